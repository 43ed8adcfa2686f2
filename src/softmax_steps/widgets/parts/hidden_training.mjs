// A network and a linear model of the same points, which take the same steps.
import { keeping } from "../shared/view.mjs";
import { network, stepDown } from "./hidden_network.mjs";

/** @typedef {import("./hidden_network.mjs").Layer} Layer */

const keepSamples = keeping(); // the points stay while the width changes

/**
 * Return the layers that a network starts from, as hidden_start in Python: of a draw the first units.
 * @param {number[][][]} draw What goes into 16 units, a row for each feature, and out of them, a row each.
 * @param {number} width How many of them there are.
 * @param {number} C The number of classes.
 * @returns {Layer[]}
 */
export function startOf([into, out], width, C) {
  const size = Math.sqrt(2 / width);
  return [
    { W: Float64Array.from(into.flatMap((row) => row.slice(0, width))), b: new Float64Array(width) },
    {
      W: Float64Array.from(out.slice(0, width).flatMap((row) => row.slice(0, C).map((v) => size * v))),
      b: new Float64Array(C),
    },
  ];
}

/**
 * Prepare the two.
 * @param {number[][]} points Two features and a label each.
 * @param {number[][][]} draw
 * @param {number} width
 */
export function training(points, draw, width) {
  const samples = keepSamples([points], () => ({
    X: Float64Array.from(points.flatMap((p) => p.slice(0, 2))),
    y: points.map((p) => p[2]),
  }));
  const C = Math.max(...samples.y) + 1;
  const model = (widths, layers) => ({ net: network(samples, widths), layers, losses: /** @type {number[]} */ ([]) });
  const models = {
    hidden: model([2, width, C], startOf(draw, width, C)),
    linear: model([2, C], [{ W: new Float64Array(2 * C), b: new Float64Array(C) }]),
  };
  return {
    ...models,
    C,
    N: samples.y.length,
    /**
     * Take one step with both, and keep the losses before it; return whether both are still numbers.
     * @param {number} strength λ
     * @param {number} learningRate η
     */
    step(strength, learningRate) {
      let areNumbers = true;
      for (const model of Object.values(models)) {
        const { dataLoss, penalty, gradient } = model.net.lossAndGradient(model.layers, strength);
        model.losses.push(dataLoss + penalty);
        model.layers = stepDown(model.layers, gradient, learningRate);
        areNumbers &&= Number.isFinite(dataLoss + penalty);
      }
      return areNumbers;
    },
  };
}

/**
 * Take all steps of a road.
 * @param {ReturnType<typeof training>} both
 * @param {number[][]} road λ, η and how many steps, one after the other.
 */
export function follow(both, road) {
  for (const [strength, learningRate, count] of road) for (let k = 0; k < count; k++) both.step(strength, learningRate);
  return both;
}

/**
 * Return a road that is one step longer.
 * @param {number[][]} road
 * @param {number} strength
 * @param {number} learningRate
 */
export function further(road, strength, learningRate) {
  const [l, r, count] = road.at(-1) ?? [];
  return l === strength && r === learningRate
    ? [...road.slice(0, -1), [l, r, count + 1]]
    : [...road, [strength, learningRate, 1]];
}

/** @param {number[][]} road */
export const lengthOf = (road) => road.reduce((sum, part) => sum + part[2], 0);
