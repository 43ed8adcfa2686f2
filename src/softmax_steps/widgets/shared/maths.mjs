// The steps of softmax_steps, in JavaScript, under the package's names.
// A matrix is an array of rows. Every function is held against the package by a test.

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

export function shiftScores(F) {
  return F.map((f) => {
    const shifted = f.slice();
    let top = -Infinity;
    for (let j = 0; j < f.length; j++) top = Math.max(top, f[j]);
    for (let j = 0; j < f.length; j++) shifted[j] -= top;
    return shifted;
  });
}

export function softmax(F) {
  const P = shiftScores(F);
  for (const p of P) {
    let sum = 0;
    for (let j = 0; j < p.length; j++) sum += p[j] = Math.exp(p[j]);
    for (let j = 0; j < p.length; j++) p[j] /= sum;
  }
  return P;
}

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

export function predict(F) {
  return F.map((f) => f.reduce((best, v, j) => (v > f[best] ? j : best), 0));
}

export function crossEntropy(logP, y) {
  return logP.map((row, i) => -row[y[i]]);
}

export function l2Penalty(W, strength) {
  return (strength / 2) * squaredNorm(W);
}

export function scoreGradient(P, y) {
  return P.map((p, i) => p.map((v, j) => (v - (j === y[i] ? 1 : 0)) / P.length));
}

// The score gradient dF taken back to the weights and the biases: Xᵀ dF and its column sums.
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

export function dataLoss(X, y, W, b) {
  return mean(crossEntropy(logSoftmax(scores(X, W, b)), y));
}

// The two parts of the loss and of its gradient: at fixed W the whole is affine in λ,
// loss = dataLoss + λ · squaredNorm / 2 and dW = dataGradient + λ W.
export function dataLossAndGradient(X, y, W, b) {
  const logP = logSoftmax(scores(X, W, b));
  const dF = scoreGradient(
    logP.map((row) => row.map(Math.exp)),
    y,
  );
  return { loss: mean(crossEntropy(logP, y)), ...backToWeights(X, dF) };
}

export function lossAndGradient(X, y, W, b, strength) {
  const data = dataLossAndGradient(X, y, W, b);
  return {
    loss: data.loss + l2Penalty(W, strength),
    dW: addScaled(data.dW, strength, W),
    db: data.db,
  };
}

// By how much each class breaks its margin; form is "sum", "worst" or "one_vs_all".
function hingeExcess(F, y, form) {
  return F.map((f, i) =>
    f.map((v, j) => {
      if (form === "one_vs_all") return 1 + (j === y[i] ? -v : v);
      return j === y[i] ? -Infinity : v - f[y[i]] + 1;
    }),
  );
}

export function hingeLoss(F, y, form) {
  return hingeExcess(F, y, form).map((row) =>
    row.reduce((a, v) => (form === "worst" ? Math.max(a, v) : a + Math.max(0, v)), 0),
  );
}

export function hingeScoreGradient(F, y, form) {
  return hingeExcess(F, y, form).map((row, i) => {
    const worst = row.reduce((best, v, j) => (v > row[best] ? j : best), 0);
    const pays = row.map((v, j) => (v > 0 && (form !== "worst" || j === worst) ? 1 : 0));
    if (form === "one_vs_all") return pays.map((v, j) => (j === y[i] ? -v : v) / F.length);
    const all = pays.reduce((a, v) => a + v, 0);
    return pays.map((v, j) => (j === y[i] ? v - all : v) / F.length);
  });
}

export function mean(values) {
  return values.reduce((a, v) => a + v, 0) / values.length;
}

export function squaredNorm(M) {
  let sum = 0;
  for (const row of M) for (const v of row) sum += v * v;
  return sum;
}

export function innerProduct(A, B) {
  let sum = 0;
  A.forEach((row, d) => {
    row.forEach((v, j) => {
      sum += v * B[d][j];
    });
  });
  return sum;
}

// A + factor · B
export function addScaled(A, factor, B) {
  return A.map((row, d) => row.map((v, j) => v + factor * B[d][j]));
}
