// One drawing on its way through the six steps, with the linear model and with the network.
import { blockCounts, normalizeBitmap } from "./digit_bitmap.mjs";
import { network, stepDown } from "./hidden_network.mjs";

/** @typedef {import("./hidden_network.mjs").Layer} Layer */
/** @typedef {{ per: number, strength: number, widths: number[], layers: number[][][] }} StoredModel */

const DARKEST = 16;

/**
 * Return the layers of a stored model, whose numbers are whole parts of 1.
 * @param {StoredModel} stored
 * @returns {Layer[]}
 */
export const layersOf = ({ per, layers }) =>
  layers.map(([W, b]) => ({ W: Float64Array.from(W, (v) => v / per), b: Float64Array.from(b, (v) => v / per) }));

/**
 * Work through the steps for one drawing.
 * @param {Uint8Array} ink
 * @param {object} how
 * @param {StoredModel} how.model
 * @param {boolean} how.isFitted Whether the drawing is first brought to the size of the data's digits.
 * @param {number} how.meant The digit that was meant; −1 if nobody said.
 * @param {number} how.taken How many steps the model has learned from this drawing already.
 * @param {number} how.learningRate η
 */
export function workThrough(ink, { model, isFitted, meant, taken, learningRate }) {
  const fitted = isFitted ? normalizeBitmap(ink) : ink;
  const counts = blockCounts(fitted);
  const x = counts.map((v) => v / DARKEST);
  const isSaid = meant >= 0;
  const net = network({ X: x, y: [isSaid ? meant : 0] }, model.widths);
  let layers = layersOf(model);
  const slope = () => net.lossAndGradient(layers, model.strength);
  const start = look(net, layers);
  for (let k = 0; isSaid && k < taken; k++) layers = stepDown(layers, slope().gradient, learningRate);
  const found = slope();
  const seen = look(net, layers);
  // What lies between the drawing and the scores, before another step overwrites it.
  const templates = templatesOf(layers, net.inputs[1]);
  const after = isSaid ? look(net, stepDown(layers, found.gradient, learningRate)) : null;
  return {
    fitted,
    counts,
    x,
    ...seen,
    templates,
    penalty: found.penalty,
    loss: isSaid ? found.dataLoss : null,
    gradient: isSaid ? found.gradient : null,
    start: isSaid ? { P: start.P, loss: -start.logP[meant] } : null,
    after: after && { P: after.P, loss: -after.logP[meant] },
  };
}

// Scores, shifted scores, and what softmax makes of them.
function look(net, layers) {
  const F = Array.from(net.forward(layers));
  const top = Math.max(...F);
  const shifted = F.map((f) => f - top);
  const logSum = Math.log(shifted.reduce((sum, f) => sum + Math.exp(f), 0));
  const logP = shifted.map((f) => f - logSum);
  return { F, top, shifted, logP, P: logP.map(Math.exp), leader: F.indexOf(top) };
}

/**
 * Return for each class the template that meets the drawing, 64 weights each, and its bias. Without a
 * hidden layer they are columns of W. With one, they are those of the units that this drawing opens.
 * @param {Layer[]} layers
 * @param {ArrayLike<number>} hidden What the units let through.
 * @returns {{ weights: Float64Array, bias: number }[]}
 */
export function templatesOf(layers, hidden) {
  const { W, b } = layers[layers.length - 1],
    C = b.length;
  return Array.from(b, (bias, j) => {
    if (layers.length === 1)
      return { weights: Float64Array.from({ length: W.length / C }, (_, d) => W[d * C + j]), bias };
    const [into] = layers,
      M = into.b.length;
    const weights = new Float64Array(into.W.length / M);
    let sum = bias;
    for (let h = 0; h < M; h++) {
      if (!(hidden[h] > 0)) continue;
      const out = W[h * C + j];
      sum += into.b[h] * out;
      for (let d = 0; d < weights.length; d++) weights[d] += into.W[d * M + h] * out;
    }
    return { weights, bias: sum };
  });
}

/**
 * Return the ten pictures of the gradient: of the classes, or of the hidden units with the longest ones.
 * @param {Layer[]} gradient
 * @returns {{ name: string, values: Float64Array }[]}
 */
export function gradientPictures(gradient) {
  const [{ W, b }] = gradient,
    M = b.length;
  const columns = Array.from(b, (_, h) => ({
    name: String(gradient.length === 1 ? h : h + 1),
    values: Float64Array.from({ length: W.length / M }, (_, d) => W[d * M + h]),
  }));
  if (gradient.length === 1) return columns;
  const long = ({ values }) => values.reduce((sum, v) => sum + v * v, 0);
  return columns.sort((one, other) => long(other) - long(one)).slice(0, 10);
}
