// What a nudge of one weight does, to first order and in truth: the numbers of softmax_steps.differentials.
import { dataLoss, l2Penalty, lossAndGradient, scores, softmax } from "../shared/maths.mjs";

/** @typedef {{ X: number[][], y: number[], W: number[][], b: number[], strength: number }} Problem */

/**
 * Return e^z − 1 − z, by its series where the difference would lose digits.
 * @param {number} z
 */
export function expRest(z) {
  if (Math.abs(z) >= 1) return Math.expm1(z) - z;
  let series = 1;
  for (let n = 19; n > 2; n--) series = 1 + (z / n) * series;
  return ((z * z) / 2) * series;
}

/**
 * Return what does not change with the step.
 * @param {Problem} problem
 * @param {number[]} weight Its row and column.
 */
export function stand({ X, y, W, b, strength }, [d, k]) {
  const P = softmax(scores(X, W, b));
  const { loss, dW } = lossAndGradient(X, y, W, b, strength);
  const inputs = X.map((x) => x[d]); // by how much a score of class k moves, for one unit
  const gradient = dW[d][k];
  // Each score's change less its row's mean, for one unit: from differences, exact for P near 1 too.
  const centred = P.map((p, i) => {
    const others = p.reduce((sum, v, l) => (l === k ? sum : sum + v), 0);
    return Array.from(p, (_, j) => inputs[i] * (j === k ? others : -p[k]));
  });
  return { P, loss, gradient, inputs, centred, pull: strength * W[d][k], strength, k };
}

/**
 * Return what dL misses, without subtracting two losses: every term is at least 0.
 * @param {ReturnType<typeof stand>} at
 * @param {number} step
 */
export function remainder({ P, centred, strength }, step) {
  let sum = 0;
  P.forEach((p, i) => {
    let bent = 0;
    for (let j = 0; j < p.length; j++) bent += p[j] * expRest(step * centred[i][j]);
    sum += Math.log1p(bent);
  });
  return sum / P.length + (strength / 2) * step * step;
}

const EPSILON = 2 ** -52;
const NEAR = 1e-10; // a step so small that what dL misses is the square alone

/**
 * Return the miss of dL as two losses give it, and below which step they have no digit of it.
 * @param {Problem} problem
 * @param {number[]} weight
 * @param {ReturnType<typeof stand>} at
 * @param {number} step
 */
export function subtracted({ X, y, W, b, strength }, [d, k], at, step) {
  const moved = W.map((row, r) => (r === d ? row.map((v, j) => (j === k ? v + step : v)) : row));
  const value = (V) => dataLoss(X, y, V, b) + l2Penalty(V, strength);
  return value(moved) - value(W) - at.gradient * step;
}

/**
 * Return every number shown.
 * @param {Problem} problem
 * @param {number[]} weight Its row and column.
 * @param {number} step
 */
export function nudge(problem, weight, step) {
  const at = stand(problem, weight);
  const { P, centred, inputs, k, gradient, pull, strength, loss } = at;
  const missed = remainder(at, step);
  const dL = gradient * step,
    penalty = pull * step;
  return {
    dF: inputs.map((x) => Array.from(P[0], (_, j) => (j === k ? x * step : 0))),
    dP: P.map((p, i) => Array.from(p, (v, j) => v * centred[i][j] * step)),
    moved: P.map((p, i) => {
      const z = centred[i].map((v) => v * step);
      const bent = p.reduce((sum, v, j) => sum + v * expRest(z[j]), 0);
      return Array.from(p, (v, j) => (v * (Math.expm1(z[j]) - bent)) / (1 + bent));
    }),
    slope: gradient,
    dL,
    data: dL - penalty,
    penalty,
    missed,
    missed_penalty: (strength / 2) * step * step,
    change: dL + missed,
    subtracted: subtracted(problem, weight, at, step),
    rounding: NEAR * Math.sqrt((EPSILON * Math.abs(loss)) / remainder(at, NEAR)),
  };
}
