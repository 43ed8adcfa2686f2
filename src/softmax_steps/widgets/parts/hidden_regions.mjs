// Where in the plane a network names which class. Each hidden unit bends the plane along one line; in a
// piece between these lines the network is a linear classifier.
import { borders, cut, regions, square, zeroLine } from "./plane_polygons.mjs";
import { overGrid } from "./plane_regions.mjs";

/** @typedef {import("./hidden_network.mjs").Layer} Layer */

/**
 * Return what a unit adds up at a place: where it is 0 lies the unit's own border.
 * @param {Layer} layer
 * @param {number} h
 * @returns {(place: number[]) => number}
 */
export const unitValue =
  ({ W, b }, h) =>
  ([x1, x2]) =>
    x1 * W[h] + x2 * W[b.length + h] + b[h];

/**
 * Return the borders of all units within a square; null for a unit that has none there.
 * @param {Layer} layer
 * @param {number[][]} corners
 */
export const unitLines = (layer, corners) => Array.from(layer.b, (_, h) => zeroLine(corners, unitValue(layer, h)));

/**
 * Return the pieces of a square, and for each the linear classifier that the network is there.
 * @param {Layer[]} layers
 * @param {number[][]} corners
 */
export function pieces(layers, corners) {
  const [hidden, out] = layers.length === 2 ? layers : [null, layers[0]];
  const C = out.b.length;
  let found = [{ corners, open: /** @type {number[]} */ ([]) }];
  hidden?.b.forEach((_, h) => {
    const value = unitValue(hidden, h);
    const below = (place) => -value(place);
    found = found.flatMap(({ corners, open }) =>
      [
        { corners: cut(corners, value), open: [...open, h] },
        { corners: cut(corners, below), open },
      ].filter((piece) => piece.corners.length > 2),
    );
  });
  if (!hidden) return [{ corners, model: [out.W.slice(0, C), out.W.slice(C), out.b].map((row) => [...row]) }];
  return found.map(({ corners, open }) => {
    const [w1, w2, b] = [new Array(C).fill(0), new Array(C).fill(0), [...out.b]];
    const H = hidden.b.length;
    for (const h of open)
      for (let j = 0; j < C; j++) {
        const v = out.W[h * C + j];
        w1[j] += hidden.W[h] * v;
        w2[j] += hidden.W[H + h] * v;
        b[j] += hidden.b[h] * v;
      }
    return { corners, model: [w1, w2, b] };
  });
}

/**
 * Return the regions of a network, for each class its pieces, and the borders between the classes.
 * @param {Layer[]} layers
 * @param {number} reach
 * @param {number[]} middle
 */
export function divide(layers, reach, middle) {
  const C = layers[layers.length - 1].b.length;
  /** @type {number[][][][]} */
  const ofClass = Array.from({ length: C }, () => []);
  const lines = [];
  for (const { corners, model } of pieces(layers, square(reach, middle))) {
    const leading = leader(model, corners);
    if (leading >= 0) {
      ofClass[leading].push(corners); // and no border
      continue;
    }
    regions(model, corners).forEach((kept, k) => {
      if (kept.length > 2) ofClass[k].push(kept);
    });
    lines.push(...borders(model, corners));
  }
  return { regions: ofClass, borders: lines };
}

/**
 * Return the class that leads in all of a piece; −1 if there is none.
 * @param {number[][]} model
 * @param {number[][]} corners
 */
function leader([w1, w2, b], corners) {
  let leading = -1;
  for (const [x1, x2] of corners) {
    let best = 0,
      top = -Infinity;
    for (let j = 0; j < b.length; j++) {
      const f = x1 * w1[j] + x2 * w2[j] + b[j];
      if (f === top) return -1;
      if (f > top) [best, top] = [j, f];
    }
    if (leading >= 0 && best !== leading) return -1;
    leading = best;
  }
  return leading;
}

/**
 * Return the probability of the class that a network names, at each place of a grid over a square.
 * @param {Layer[]} layers
 * @param {number} size How many places there are in a row.
 * @param {number} reach
 * @param {number[]} middle
 */
export function probabilities(layers, size, reach, middle) {
  const sure = new Float64Array(size * size);
  const [hidden, out] = layers.length === 2 ? layers : [null, layers[0]];
  const C = out.b.length,
    H = hidden ? hidden.b.length : 2;
  const F = new Float64Array(C);
  overGrid(size, reach, middle, (x1, x2, k) => {
    for (let j = 0; j < C; j++) F[j] = out.b[j];
    for (let h = 0; h < H; h++) {
      const v = hidden ? x1 * hidden.W[h] + x2 * hidden.W[H + h] + hidden.b[h] : h ? x2 : x1;
      if (v > 0 || !hidden) for (let j = 0; j < C; j++) F[j] += v * out.W[h * C + j];
    }
    let top = -Infinity,
      total = 0;
    for (let j = 0; j < C; j++) if (F[j] > top) top = F[j];
    for (let j = 0; j < C; j++) total += Math.exp(F[j] - top);
    sure[k] = 1 / total;
  });
  return sure;
}
