// Convex pieces of the plane, and a linear classifier in one of them: which class it names where, and
// the borders between classes. A place is [x1, x2]; a model's rows are feature 1, feature 2, bias.

/**
 * Return the corners of a square.
 * @param {number} reach From its middle to its edge.
 * @param {number[]} middle
 * @returns {number[][]}
 */
export const square = (reach, [m1, m2] = [0, 0]) => [
  [m1 - reach, m2 - reach],
  [m1 + reach, m2 - reach],
  [m1 + reach, m2 + reach],
  [m1 - reach, m2 + reach],
];

/**
 * Keep the part of a convex polygon where a function, linear in the place, is not below 0.
 * @param {number[][]} corners
 * @param {(place: number[]) => number} value
 */
export function cut(corners, value) {
  const kept = [];
  corners.forEach((corner, i) => {
    const before = corners[i ? i - 1 : corners.length - 1];
    const [v, u] = [value(corner), value(before)];
    if ((u > 0 && v < 0) || (u < 0 && v > 0)) kept.push(between(before, corner, u, v));
    if (v >= 0) kept.push(corner);
  });
  return kept;
}

const between = (before, corner, u, v) => corner.map((x, d) => before[d] + (u / (u - v)) * (x - before[d]));

/**
 * Return the line within a convex polygon where a function, linear in the place, is 0, as
 * [x1, x2, x1, x2]; null if there is none.
 * @param {number[][]} corners
 * @param {(place: number[]) => number} value
 */
export function zeroLine(corners, value) {
  const ends = [];
  corners.forEach((corner, i) => {
    const before = corners[i ? i - 1 : corners.length - 1];
    const [v, u] = [value(corner), value(before)];
    if ((u > 0 && v < 0) || (u < 0 && v > 0)) ends.push(between(before, corner, u, v));
    else if (v === 0) ends.push(corner);
  });
  return ends.length === 2 ? ends.flat() : null;
}

/**
 * Return for each class the corners of its region: the part of a convex polygon where no other class has
 * a higher score. Empty if there is none.
 * @param {number[][]} model
 * @param {number[][]} corners
 * @returns {number[][][]}
 */
export function regions(model, corners) {
  const gap = gaps(model);
  const classes = [...model[2].keys()];
  return classes.map((k) => classes.filter((j) => j !== k).reduce((kept, j) => cut(kept, gap(k, j)), corners));
}

/**
 * Return the borders between classes in a convex polygon as [x1, x2, x1, x2]: for each pair the piece of
 * the line f_j = f_k above the other classes, if there is one.
 * @param {number[][]} model
 * @param {number[][]} corners
 * @returns {number[][]}
 */
export function borders(model, corners) {
  const gap = gaps(model);
  const classes = [...model[2].keys()];
  return classes.flatMap((j) =>
    classes.slice(j + 1).flatMap((k) => {
      const others = classes.filter((other) => other !== j && other !== k);
      const line = zeroLine(
        others.reduce((kept, other) => cut(kept, gap(j, other)), corners),
        gap(j, k),
      );
      return line ? [line] : [];
    }),
  );
}

// By how much class k leads class j. All is divided by the largest, which moves no border: weights that
// grow without end would be inf long before their borders are.
/** @param {number[][]} model */
function gaps([w1, w2, b]) {
  const largest = Math.max(...[w1, w2, b].flatMap((row) => [...row]).map(Math.abs));
  const size = largest > 0 && largest < Infinity ? largest : 1;
  /**
   * @param {number} k
   * @param {number} j
   * @returns {(place: number[]) => number}
   */
  return (k, j) => {
    const [a1, a2, c] = [w1, w2, b].map((row) => row[k] / size - row[j] / size);
    return ([x1, x2]) => x1 * a1 + x2 * a2 + c;
  };
}
