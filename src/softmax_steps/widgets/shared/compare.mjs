// How far a view's numbers are from NumPy's, which a kernel sends.
import { number } from "./numbers.mjs";
import { renew } from "./view.mjs";

// Relative to NumPy's number.
export const gapOfNumbers = (theirs, ours) => Math.abs(theirs - ours) / (Math.abs(theirs) || 1);

// The largest difference of two matrices, relative to the largest entry of NumPy's.
export function gapOfMatrices(theirs, ours) {
  const top = Math.max(1e-300, ...theirs.flat().map(Math.abs));
  return Math.max(...theirs.flatMap((row, i) => row.map((value, j) => Math.abs(value - ours[i][j]) / top)));
}

// Write below a widget what NumPy says. The gap is null where NumPy has not answered yet, or has
// answered what the view no longer shows.
export function drawComparison(node, gap, what = "finds the same") {
  if (gap === null) renew(node);
  else renew(node, `NumPy, in the kernel, ${what}; largest relative difference ${number(gap, 2)}.`);
}
