// The steps of softmax_steps, in JavaScript, under the package's names: X and W are matrices, y holds
// labels, F scores, P probabilities. A test compares every function with the package.

/**
 * Return XW + b.
 * @param {Matrix} X
 * @param {Matrix} W
 * @param {Row} [b]
 * @returns {Float64Array[]}
 */
export function scores(X, W, b) {
  const C = W[0].length;
  return X.map((x) => {
    const f = new Float64Array(C);
    for (let d = 0; d < x.length; d++) {
      const v = x[d],
        w = W[d];
      if (v !== 0) for (let j = 0; j < C; j++) f[j] += v * w[j];
    }
    if (b) for (let j = 0; j < C; j++) f[j] += b[j];
    return f;
  });
}

/**
 * Subtract each row's maximum.
 * @template {Row} R
 * @param {R[]} F
 * @returns {R[]}
 */
export function shiftScores(F) {
  return F.map((f) => {
    const shifted = /** @type {R} */ (f.slice());
    let top = -Infinity;
    for (let j = 0; j < f.length; j++) top = Math.max(top, f[j]);
    for (let j = 0; j < f.length; j++) shifted[j] -= top;
    return shifted;
  });
}

/**
 * @template {Row} R
 * @param {R[]} F
 * @returns {R[]}
 */
export function softmax(F) {
  const P = shiftScores(F);
  for (const p of P) {
    let sum = 0;
    for (let j = 0; j < p.length; j++) sum += p[j] = Math.exp(p[j]);
    for (let j = 0; j < p.length; j++) p[j] /= sum;
  }
  return P;
}

/**
 * @template {Row} R
 * @param {R[]} F
 * @returns {R[]}
 */
export function logSoftmax(F) {
  const logP = shiftScores(F);
  for (const row of logP) {
    let sum = 0;
    for (let j = 0; j < row.length; j++) sum += Math.exp(row[j]);
    const logSum = Math.log(sum);
    for (let j = 0; j < row.length; j++) row[j] -= logSum;
  }
  return logP;
}

/**
 * Return the index of each row's largest score.
 * @param {Matrix} F
 * @returns {number[]}
 */
export function predict(F) {
  return F.map((f) => /** @type {number[]} */ (f).reduce((best, v, j) => (v > f[best] ? j : best), 0));
}

/**
 * @param {Matrix} logP
 * @param {number[]} y
 * @returns {number[]} In nats, one for each sample.
 */
export function crossEntropy(logP, y) {
  return logP.map((row, i) => -row[y[i]]);
}

/**
 * @param {Matrix} W
 * @param {number} strength λ
 */
export function l2Penalty(W, strength) {
  return (strength / 2) * squaredNorm(W);
}

/**
 * Return the gradient of the mean loss with respect to the scores.
 * @template {Row} R
 * @param {R[]} P
 * @param {number[]} y
 * @returns {R[]}
 */
export function scoreGradient(P, y) {
  return P.map((p, i) => /** @type {R} */ (p.map((v, j) => (v - (j === y[i] ? 1 : 0)) / P.length)));
}

/**
 * Return the gradient with respect to the weights, Xᵀ dF, and the biases, the column sums of dF.
 * @param {Matrix} X
 * @param {Matrix} dF
 */
export function backToWeights(X, dF) {
  const dW = Array.from(X[0], () => new Float64Array(dF[0].length));
  const db = new Float64Array(dF[0].length);
  X.forEach((x, i) => {
    const g = dF[i];
    for (let j = 0; j < db.length; j++) db[j] += g[j];
    for (let d = 0; d < x.length; d++) {
      const v = x[d],
        w = dW[d];
      if (v !== 0) for (let j = 0; j < db.length; j++) w[j] += v * g[j];
    }
  });
  return { dW, db };
}

/**
 * @param {Matrix} X
 * @param {number[]} y
 * @param {Matrix} W
 * @param {Row} [b]
 */
export function dataLoss(X, y, W, b) {
  return mean(crossEntropy(logSoftmax(scores(X, W, b)), y));
}

/**
 * Return the part of the loss and its gradient that does not depend on λ. At fixed W both are affine in
 * λ: loss = dataLoss + λ · squaredNorm / 2 and dW = dataGradient + λ W.
 * @param {Matrix} X
 * @param {number[]} y
 * @param {Matrix} W
 * @param {Row} [b]
 */
export function dataLossAndGradient(X, y, W, b) {
  const logP = logSoftmax(scores(X, W, b));
  const dF = scoreGradient(
    logP.map((row) => row.map(Math.exp)),
    y,
  );
  return { loss: mean(crossEntropy(logP, y)), ...backToWeights(X, dF) };
}

/**
 * @param {Matrix} X
 * @param {number[]} y
 * @param {Matrix} W
 * @param {Row} b
 * @param {number} strength λ
 */
export function lossAndGradient(X, y, W, b, strength) {
  const data = dataLossAndGradient(X, y, W, b);
  return {
    loss: data.loss + l2Penalty(W, strength),
    dW: addScaled(data.dW, strength, W),
    db: data.db,
  };
}

/**
 * Return by how much each class violates its margin.
 * @param {Matrix} F
 * @param {number[]} y
 * @param {string} form "sum", "worst" or "one_vs_all".
 * @returns {number[][]}
 */
function hingeExcess(F, y, form) {
  return F.map((f, i) =>
    Array.from(f, (v, j) => {
      if (form === "one_vs_all") return 1 + (j === y[i] ? -v : v);
      return j === y[i] ? -Infinity : v - f[y[i]] + 1;
    }),
  );
}

/**
 * @param {Matrix} F
 * @param {number[]} y
 * @param {string} form As in softmax_steps.svm.
 * @returns {number[]} One for each sample.
 */
export function hingeLoss(F, y, form) {
  return hingeExcess(F, y, form).map((row) =>
    row.reduce((a, v) => (form === "worst" ? Math.max(a, v) : a + Math.max(0, v)), 0),
  );
}

/**
 * @param {Matrix} F
 * @param {number[]} y
 * @param {string} form As in softmax_steps.svm.
 * @returns {number[][]}
 */
export function hingeScoreGradient(F, y, form) {
  return hingeExcess(F, y, form).map((row, i) => {
    const worst = row.reduce((best, v, j) => (v > row[best] ? j : best), 0);
    /** @type {number[]} */
    const pays = row.map((v, j) => (v > 0 && (form !== "worst" || j === worst) ? 1 : 0));
    if (form === "one_vs_all") return pays.map((v, j) => (j === y[i] ? -v : v) / F.length);
    const all = pays.reduce((a, v) => a + v, 0);
    return pays.map((v, j) => (j === y[i] ? v - all : v) / F.length);
  });
}

/** @param {number[]} values */
export function mean(values) {
  return values.reduce((a, v) => a + v, 0) / values.length;
}

/** @param {Matrix} M */
export function squaredNorm(M) {
  let sum = 0;
  for (const row of M) for (const v of row) sum += v * v;
  return sum;
}

/**
 * @param {Matrix} A
 * @param {Matrix} B
 */
export function innerProduct(A, B) {
  let sum = 0;
  A.forEach((row, d) => {
    row.forEach((v, j) => {
      sum += v * B[d][j];
    });
  });
  return sum;
}

/**
 * Return A + factor · B.
 * @template {Row} R
 * @param {R[]} A
 * @param {number} factor
 * @param {Matrix} B
 * @returns {R[]}
 */
export function addScaled(A, factor, B) {
  return A.map((row, d) => {
    const sum = /** @type {R} */ (row.slice());
    for (let j = 0; j < sum.length; j++) sum[j] += factor * B[d][j];
    return sum;
  });
}
