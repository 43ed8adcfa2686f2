// What lies over the regions of the hidden layer's plane: the points, and the borders of the units.
import { mark } from "../shared/drawing.mjs";
import { svgSketch } from "../shared/view.mjs";
import { unitLines, unitValue } from "./hidden_regions.mjs";

const CROWD = 50; // more points than that are drawn smaller
const LASH = 9; // the length of the strokes that show where a unit is open, in pixels

/** @typedef {ReturnType<typeof import("../shared/drawing.mjs").scale>} Scale */

/**
 * Draw the points, all of a class as one path.
 * @param {number[][]} points
 * @param {number} C The number of classes.
 * @param {Scale} x
 * @param {Scale} y
 */
export function pointMarks(points, C, x, y) {
  const r = points.length > CROWD ? 3.4 : 8;
  return Array.from({ length: C }, (_, j) => {
    const own = points.filter(([, , label]) => label === j);
    return svgSketch("path", { class: `class-${j}`, d: own.map(([x1, x2]) => mark(j, x(x1), y(x2), r)).join("") });
  });
}

/**
 * Draw the borders of all units; that of a chosen one with strokes to the side where it is open.
 * @param {import("./hidden_network.mjs").Layer} layer
 * @param {number[][]} corners Of the plane.
 * @param {number} chosen Counted from 1; 0 is none.
 * @param {Scale} x
 * @param {Scale} y
 */
export function unitMarks(layer, corners, chosen, x, y) {
  const line = (kind, [x1, y1, x2, y2]) => svgSketch("line", { class: `unit-line ${kind}`, x1, y1, x2, y2 });
  return unitLines(layer, corners).flatMap((ends, h) => {
    if (!ends) return [];
    const [x1, y1, x2, y2] = [x(ends[0]), y(ends[1]), x(ends[2]), y(ends[3])];
    if (chosen !== h + 1) return [line("other", [x1, y1, x2, y2])];
    const long = Math.hypot(x2 - x1, y2 - y1) || 1;
    const [dx, dy] = [(-LASH * (y2 - y1)) / long, (LASH * (x2 - x1)) / long];
    const at = (k) => [x1 + (k / 4) * (x2 - x1), y1 + (k / 4) * (y2 - y1)];
    const [mx, my] = at(2);
    const side = unitValue(layer, h)([x.back(mx + dx), y.back(my + dy)]) > 0 ? 1 : -1;
    return [
      line("chosen", [x1, y1, x2, y2]),
      ...[1, 2, 3].map(at).map(([ax, ay]) => line("chosen", [ax, ay, ax + side * dx, ay + side * dy])),
    ];
  });
}
