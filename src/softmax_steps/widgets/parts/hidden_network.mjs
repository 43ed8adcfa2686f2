// The network of softmax_steps.two_layer and its gradient, and the linear model as the network without a
// hidden layer. All tables are flat, row by row: a run takes hundreds of steps in a second.

/**
 * A layer's parameters, or their gradient: W has one row for each input.
 * @typedef {{ W: Float64Array, b: Float64Array }} Layer
 */

/**
 * Make the work space for some samples and a network of given widths.
 * @param {object} samples
 * @param {ArrayLike<number>} samples.X Row by row.
 * @param {number[]} samples.y
 * @param {number[]} widths The number of features, of hidden units if there are any, and of classes.
 */
export function network({ X, y }, widths) {
  const N = y.length,
    C = widths[widths.length - 1],
    depth = widths.length - 1;
  const inputs = [X, ...widths.slice(1).map((width) => new Float64Array(N * width))];
  const slopes = widths.map((width) => new Float64Array(N * width));

  /** @param {Layer[]} layers */
  function forward(layers) {
    layers.forEach(({ W, b }, l) => {
      affine(inputs[l], W, b, inputs[l + 1], N);
      if (l < depth - 1) relu(inputs[l + 1]);
    });
    return inputs[depth];
  }

  /**
   * Return the two parts of the loss, its gradient, and how many samples are right.
   * @param {Layer[]} layers
   * @param {number} strength λ
   */
  function lossAndGradient(layers, strength) {
    const F = forward(layers),
      dF = slopes[depth];
    let sum = 0,
      right = 0;
    for (let i = 0; i < N; i++) {
      const at = i * C;
      let top = -Infinity,
        best = 0,
        total = 0;
      for (let j = 0; j < C; j++)
        if (F[at + j] > top) {
          top = F[at + j];
          best = j;
        }
      for (let j = 0; j < C; j++) total += Math.exp(F[at + j] - top);
      const logTotal = Math.log(total);
      for (let j = 0; j < C; j++) {
        const logP = F[at + j] - top - logTotal;
        if (j === y[i]) sum -= logP;
        dF[at + j] = (Math.exp(logP) - (j === y[i] ? 1 : 0)) / N;
      }
      if (best === y[i]) right += 1;
    }
    const gradient = layers.map(({ W, b }) => ({ W: new Float64Array(W.length), b: new Float64Array(b.length) }));
    let squares = 0;
    for (let l = depth - 1; l >= 0; l--) {
      const { W } = layers[l];
      backToParameters(inputs[l], slopes[l + 1], gradient[l], N);
      for (let k = 0; k < W.length; k++) {
        squares += W[k] * W[k];
        gradient[l].W[k] += strength * W[k];
      }
      if (l > 0) backThroughRelu(slopes[l + 1], W, inputs[l], slopes[l], N);
    }
    return { dataLoss: sum / N, penalty: (strength / 2) * squares, gradient, right };
  }
  return { N, widths, inputs, forward, lossAndGradient };
}

// O = A W + b, row by row.
function affine(A, W, b, O, N) {
  const wide = b.length,
    deep = W.length / wide;
  for (let i = 0; i < N; i++) {
    const at = i * wide;
    for (let j = 0; j < wide; j++) O[at + j] = b[j];
    for (let d = 0; d < deep; d++) {
      const a = A[i * deep + d];
      if (a !== 0) for (let j = 0; j < wide; j++) O[at + j] += a * W[d * wide + j];
    }
  }
}

function relu(O) {
  for (let k = 0; k < O.length; k++) if (!(O[k] > 0)) O[k] = Number.isNaN(O[k]) ? Number.NaN : 0;
}

// dW = Aᵀ dO, and db the column sums of dO.
function backToParameters(A, dO, { W: dW, b: db }, N) {
  const wide = db.length,
    deep = dW.length / wide;
  for (let i = 0; i < N; i++) {
    const at = i * wide;
    for (let j = 0; j < wide; j++) db[j] += dO[at + j];
    for (let d = 0; d < deep; d++) {
      const a = A[i * deep + d];
      if (a !== 0) for (let j = 0; j < wide; j++) dW[d * wide + j] += a * dO[at + j];
    }
  }
}

// dO of the layer before: dO Wᵀ where the unit is open, 0 where it is closed.
function backThroughRelu(dO, W, H, before, N) {
  const deep = H.length / N,
    wide = dO.length / N;
  for (let i = 0; i < N; i++)
    for (let h = 0; h < deep; h++) {
      let sum = 0;
      if (H[i * deep + h] > 0) for (let j = 0; j < wide; j++) sum += dO[i * wide + j] * W[h * wide + j];
      before[i * deep + h] = sum;
    }
}

/**
 * Return layers one step down the slope.
 * @param {Layer[]} layers
 * @param {Layer[]} gradient
 * @param {number} learningRate η
 * @returns {Layer[]}
 */
export const stepDown = (layers, gradient, learningRate) =>
  layers.map(({ W, b }, l) => ({
    W: W.map((w, k) => w - learningRate * gradient[l].W[k]),
    b: b.map((v, k) => v - learningRate * gradient[l].b[k]),
  }));

/**
 * Return the root of the sum of squares.
 * @param {Float64Array} values
 */
export const norm = (values) => Math.sqrt(values.reduce((sum, v) => sum + v * v, 0));
