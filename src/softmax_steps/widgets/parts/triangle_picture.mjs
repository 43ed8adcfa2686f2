// A row of three probabilities as a point of a triangle, and the way that it takes with the temperature.
import { drawing, mark, path, words } from "../shared/drawing.mjs";
import { svgSketch } from "../shared/view.mjs";
import { BORDERS, CORNERS, footOf, HEIGHT, leadersOf, placeOf, regionOf, temperaturePath } from "./triangle_places.mjs";

const ABOVE = 24, // room for the names of the corners
  BELOW = 26,
  BESIDE = 12,
  LARGEST = 260; // side

/** @param {number} width */
const sideFor = (width) => Math.min(LARGEST, width - 2 * BESIDE);

/**
 * @typedef {object} Row What the picture shows.
 * @property {number[]} scores Three.
 * @property {ArrayLike<number>} P Their probabilities, at the present temperature.
 * @property {number} leader The class that is named where several tie.
 * @property {number} chosen The class whose probability is drawn as a length.
 */

/**
 * Make the picture.
 * @param {() => Row} row
 */
export function triangle(row) {
  return drawing({
    label: "Probabilities as a point of a triangle",
    width: 270,
    height: (width) => Math.round(ABOVE + HEIGHT * sideFor(width) + BELOW),
    draw: ({ width }) => draw(row(), width),
  });
}

/**
 * @param {Row} row
 * @param {number} width
 */
function draw({ scores, P, leader, chosen }, width) {
  const side = sideFor(width);
  const [left, bottom] = [(width - side) / 2, ABOVE + HEIGHT * side];
  /** @type {(p: ArrayLike<number>) => [number, number]} */
  const at = (p) => {
    const [x, y] = placeOf(p);
    return [left + side * x, bottom - side * y];
  };
  const line = (kind, from, to) => {
    const [[x1, y1], [x2, y2]] = [at(from), at(to)];
    return svgSketch("line", { class: kind, x1, y1, x2, y2 });
  };
  const corners = [0, 1, 2].map((j) => at(regionOf(j)[0]));
  const [x, y] = at(P);
  return [
    ...CORNERS.map((_, j) => svgSketch("path", { class: `region class-${j}`, d: `${path(regionOf(j).map(at))}Z` })),
    ...BORDERS.map(([from, to]) => line("sms-axis border", from, to)),
    svgSketch("path", { class: "sms-axis outline", d: `${path(corners)}Z` }),
    line(`distance class-${chosen}`, P, footOf(P, chosen)),
    svgSketch("path", { class: "way", d: path(temperaturePath(scores).map(at)) }),
    ...corners.map((corner, j) => name(j, corner, j === leader)),
    svgSketch("circle", { class: "row", cx: x, cy: y, r: 6 }),
  ];
}

/**
 * Draw a class's mark and name at its corner: below it, or above the upper one.
 * @param {number} j
 * @param {[number, number]} corner
 * @param {boolean} leads
 */
function name(j, [x, y], leads) {
  const text = `class ${j}`;
  const [from, base] = j === 1 ? [x - 20, y - 11] : [j ? x - 38 : x + 7, y + 21];
  return svgSketch(
    "g",
    { class: leads ? "leads" : null },
    svgSketch("path", { class: `class-${j}`, d: mark(j, from - 10, base - 4.5, 5) }),
    words(from, base, text),
  );
}

/**
 * Say where the point lies.
 * @param {Row} row
 * @param {string[]} shares The probabilities, written.
 */
export function placeInWords({ scores }, shares) {
  const leaders = leadersOf(scores);
  const named = leaders.map((j) => `class ${j}`);
  const [where, way] = [
    [`in the region of ${named[0]}`, "A lower temperature moves it to that corner, a higher one to the middle."],
    [
      `on the border of ${named.join(" and ")}`,
      "A lower temperature moves it to their side, a higher one to the middle.",
    ],
    ["in the middle", "It is there at every temperature."],
  ][leaders.length - 1];
  const all = shares.map((text, j) => `${text} from the side opposite to class ${j}`).join(", ");
  return `A triangle with a corner for each class, and the probabilities as a point in it. The point lies ${where}: in heights of the triangle ${all}. ${way}`;
}
