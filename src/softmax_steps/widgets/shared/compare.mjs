// How far a view's numbers are from NumPy's, which the kernel sends.
import { number } from "./numbers.mjs";
import { renew } from "./view.mjs";

/**
 * Return the difference of two numbers, relative to NumPy's.
 * @param {number} theirs NumPy's.
 * @param {number} ours
 */
export const gapOfNumbers = (theirs, ours) => Math.abs(theirs - ours) / (Math.abs(theirs) || 1);

/**
 * Return the largest difference of two matrices, relative to the largest entry of NumPy's.
 * @param {number[][]} theirs NumPy's.
 * @param {Matrix} ours
 */
export function gapOfMatrices(theirs, ours) {
  const top = Math.max(1e-300, ...theirs.flat().map(Math.abs));
  return Math.max(...theirs.flatMap((row, i) => row.map((value, j) => Math.abs(value - ours[i][j]) / top)));
}

/**
 * Write below a widget how far NumPy's numbers are from those shown.
 * @param {Element} node
 * @param {number | null} gap null if NumPy has not answered for what is shown.
 * @param {string} what
 */
export function drawComparison(node, gap, what = "finds the same") {
  if (gap === null) renew(node);
  else renew(node, `NumPy, in the kernel, ${what}; largest relative difference ${number(gap, 2)}.`);
}
