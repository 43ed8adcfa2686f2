// A triangle with a corner for each of three classes, in which a row of probabilities is a point. A side
// is 1 long, x runs right and y up. No pixels here.
import { softmax } from "../shared/maths.mjs";

export const HEIGHT = Math.sqrt(3) / 2;
/** Class 0 lower left, class 1 on top, class 2 lower right. */
export const CORNERS = [
  [0, 0],
  [0.5, HEIGHT],
  [1, 0],
];
export const MIDDLE = [1 / 3, 1 / 3, 1 / 3];

/**
 * Return the point of a row of probabilities. From the side opposite to a corner it is as many heights of
 * the triangle away as that class has probability.
 * @param {ArrayLike<number>} p
 */
export const placeOf = (p) => [0, 1].map((d) => CORNERS.reduce((sum, corner, j) => sum + p[j] * corner[d], 0));

/**
 * Return the row on the side opposite to a corner that is nearest to a row: what the class has goes to
 * the two others, half to each.
 * @param {ArrayLike<number>} p
 * @param {number} j The corner's class.
 */
export const footOf = (p, j) => Array.from(p, (v, k) => (k === j ? 0 : v + p[j] / 2));

/** What parts the regions in which each class is the largest: rows, from the middle to a side. */
export const BORDERS = [0, 1, 2].map((j) => [MIDDLE, footOf(MIDDLE, j)]);

/**
 * Return the corners of the region in which a class is the largest, as rows.
 * @param {number} j
 */
export function regionOf(j) {
  const corner = MIDDLE.map((_, k) => (k === j ? 1 : 0));
  const [before, after] = [(j + 2) % 3, (j + 1) % 3];
  return [corner, BORDERS[before][1], MIDDLE, BORDERS[after][1]];
}

/**
 * Return the classes with the largest score.
 * @param {number[]} scores
 */
export function leadersOf(scores) {
  const top = Math.max(...scores);
  return [0, 1, 2].filter((j) => scores[j] === top);
}

const PER_DECADE = 32; // temperatures: from one to the next a point moves a few pixels
const COLDEST = 1 / 40, // in units of a lead: e^(−40) is nothing
  HOTTEST = 2000,
  NARROWEST = 1e-6; // of the widest lead; the way of a narrower one is a straight line all the same

/**
 * Return the rows through which softmax of three scores goes as the temperature rises, from the winner's
 * corner to the middle. Both ends are limits, and belong to it. Winners that tie share what there is.
 * @param {number[]} scores
 * @returns {ArrayLike<number>[]}
 */
export function temperaturePath(scores) {
  const leaders = leadersOf(scores);
  const leads = scores.map((f) => scores[leaders[0]] - f);
  const widest = Math.max(...leads);
  if (widest === 0) return [MIDDLE];
  const shares = leads.map((lead) => lead / widest);
  const narrowest = Math.max(NARROWEST, Math.min(...shares.filter((share) => share > 0)));
  const [first, last] = [COLDEST * narrowest, HOTTEST].map(Math.log10);
  const count = Math.ceil(PER_DECADE * (last - first));
  const temperatures = Array.from({ length: count + 1 }, (_, k) => 10 ** (first + (k / count) * (last - first)));
  const cold = MIDDLE.map((_, j) => (leaders.includes(j) ? 1 / leaders.length : 0));
  return [cold, ...softmax(temperatures.map((T) => shares.map((share) => -share / T))), MIDDLE];
}
