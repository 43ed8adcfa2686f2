// How sure a linear classifier of the plane is of the class that it names.
import { overGrid } from "./plane_regions.mjs";

/**
 * Return how sure a linear model is of the class it names, at each place of a grid over the plane, row by
 * row from the top: the probability, or for a hinge loss how far the best score leads. From 1/3 to 1.
 * @param {number[][]} model Rows: feature 1, feature 2, bias.
 * @param {number} edge The plane goes from −edge to edge.
 * @param {number} size How many places there are in a row.
 * @param {string} loss
 * @returns {Float64Array}
 */
export function sureness([w1, w2, b], edge, size, loss) {
  const sure = new Float64Array(size * size);
  overGrid(size, edge, [0, 0], (x1, x2, k) => {
    const f0 = x1 * w1[0] + x2 * w2[0] + b[0];
    const f1 = x1 * w1[1] + x2 * w2[1] + b[1];
    const f2 = x1 * w1[2] + x2 * w2[2] + b[2];
    const top = Math.max(f0, f1, f2);
    if (loss === "softmax") sure[k] = 1 / (Math.exp(f0 - top) + Math.exp(f1 - top) + Math.exp(f2 - top));
    else {
      const second = Math.max(Math.min(f0, f1), Math.min(Math.max(f0, f1), f2));
      sure[k] = (1 + 2 * Math.min(1, top - second)) / 3;
    }
  });
  return sure;
}
