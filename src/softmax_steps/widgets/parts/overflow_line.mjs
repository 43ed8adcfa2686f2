// The picture of the overflow lab: the line of exponents between the two walls of a float type. Above
// lie the scores, to move; below, what the guard leaves of them, and what is stored for its e to the power.

import { drawing, scale, words } from "../shared/drawing.mjs";
import { superscript } from "../shared/numbers.mjs";
import { keeping, svgSketch } from "../shared/view.mjs";
import { brief, plain } from "./overflow_arithmetic.mjs";

const LEFT = 50; // what stands left of the line: the rows' names
const TITLE = 18; // of a panel
const HEAD = TITLE + 17; // and, in the upper one, the names of the regions
const LANE = { scores: 24, exponents: 14 }; // the height of one class of a row
const BETWEEN = 6; // two rows
const GRIP = 30; // of a row, beside its dots
const AXIS = 20;
const rowOf = (height) => 3 * height + BETWEEN;
const TOP = { scores: HEAD, exponents: HEAD + 2 * rowOf(LANE.scores) + TITLE + 8 };
const PANELS = [
  [TITLE, HEAD + 2 * rowOf(LANE.scores)],
  [TOP.exponents - 3, TOP.exponents + 2 * rowOf(LANE.exponents)],
];
const BOTTOM = TOP.exponents + 2 * rowOf(LANE.exponents);
const HEIGHT = BOTTOM + AXIS;
const MIDDLES = { scores: 12, exponents: 7 };
const down = (kind, i, j) => TOP[kind] + i * rowOf(LANE[kind]) + j * LANE[kind] + MIDDLES[kind];
const across = (text) => 6.7 * text.length; // about the width of letters of 12 px

/**
 * Return the ends of the line for a float type: its walls stand at the same places in each.
 * @param {[low: number, fades: number, high: number]} walls
 * @returns {[number, number]}
 */
export const reach = ([low, , high]) => [low - 0.5 * (high - low), high + 0.4 * (high - low)];

/**
 * @typedef {object} Shown
 * @property {number[][]} scores
 * @property {any[]} rows What lab() returns for the way that is shown.
 * @property {string} dtype
 * @property {string} method
 * @property {[number, number, number]} walls
 * @property {number} chosen
 */

/**
 * Make the picture.
 * @param {object} line
 * @param {() => Shown} line.shown
 * @param {number} line.largest A score's limit on either side of 0.
 * @param {(scores: number[][], chosen: number) => void} line.onMove
 */
export function numberLine({ shown, largest, onMove }) {
  const shade = `sms-fade-${Math.random().toString(36).slice(2)}`;
  const keep = keeping();
  const picture = drawing({ width: 390, height: () => HEIGHT, draw });
  const { svg } = picture;
  svg.setAttribute("aria-label", "The scores, and the walls of the float type");
  /** @type {{ handle: number, from: number, scores: number[][] } | null} */
  let held = null;

  const along = (width) => scale(reach(shown().walls), [LEFT + 12, width - 9]);
  // Move a score, or a row as a whole: handles 0 to 5 are the scores, 6 and 7 the rows.
  const move = (scores, handle, by) => {
    const row = handle < 6 ? Math.floor(handle / 3) : handle - 6;
    const moved = handle < 6 ? [scores[row][handle % 3]] : scores[row];
    const step = Math.max(-largest - Math.min(...moved), Math.min(largest - Math.max(...moved), by));
    onMove(
      scores.map((values, i) =>
        i === row ? values.map((v, j) => (handle >= 6 || j === handle % 3 ? v + step + 0 : v)) : values,
      ),
      handle < 6 ? handle : shown().chosen,
    );
  };
  const place = (event) => event.clientX - svg.getBoundingClientRect().left;
  const scaled = (event) => (place(event) * picture.size().width) / (svg.getBoundingClientRect().width || 1);
  svg.addEventListener("pointerdown", (event) => {
    const node = /** @type {Element} */ (event.target).closest("[role=slider]");
    if (!(node instanceof SVGElement) || event.button) return;
    event.preventDefault();
    node.focus({ preventScroll: true });
    svg.setPointerCapture(event.pointerId);
    held = { handle: Number(node.dataset.handle), from: scaled(event), scores: shown().scores };
  });
  svg.addEventListener("pointermove", (event) => {
    if (!held || !svg.hasPointerCapture(event.pointerId)) return;
    const x = along(picture.size().width);
    move(held.scores, held.handle, Math.round(x.back(scaled(event)) - x.back(held.from)));
  });
  const release = () => {
    held = null;
  };
  svg.addEventListener("pointerup", release);
  svg.addEventListener("pointercancel", release);
  svg.addEventListener("keydown", (event) => {
    const node = /** @type {Element} */ (event.target).closest("[role=slider]");
    if (!(node instanceof SVGElement) || event.ctrlKey || event.metaKey || event.altKey) return;
    const far = event.shiftKey ? 10 : 1;
    const by = {
      ArrowLeft: -far,
      ArrowDown: -far,
      ArrowRight: far,
      ArrowUp: far,
      PageDown: -100,
      PageUp: 100,
      Home: -2 * largest,
      End: 2 * largest,
    }[event.key];
    if (!by) return;
    event.preventDefault();
    move(shown().scores, Number(node.dataset.handle), by);
  });

  function draw({ width }) {
    const { scores, rows, dtype, method, walls } = shown();
    const x = along(width);
    const [low, fades, high] = walls.map(x);
    return [
      svgSketch(
        "g",
        { "aria-hidden": "true" },
        ...keep([width, dtype], () => [
          ...ground(width, low, fades, high),
          words((LEFT + low) / 2, HEAD - 4, "stored as 0", "middle", "sms-tick"),
          words(low + 4, HEAD - 4, "fades", "start", "sms-tick"),
          words((fades + high) / 2 + 14, HEAD - 4, `fits ${dtype}`, "middle", "sms-tick"),
          words((high + width) / 2, HEAD - 4, "inf", "middle", "sms-tick"),
          words(0, TITLE - 5, "the scores: drag a dot, or a row by its grip", "start", "sms-title"),
        ]),
        words(0, TOP.exponents - 8, TITLES[method], "start", "sms-title"),
        ...rows.flatMap((row, i) => names(i, row, method)),
      ),
      ...scores.map((row, i) => rail(i, row, x, width)),
      ...scores.flatMap((row, i) => row.map((v, j) => dot(i, j, v, x, width))),
      svgSketch("g", { "aria-hidden": "true" }, ...rows.flatMap((row, i) => exponents(i, row, x, width, walls[1]))),
    ];
  }
  // The window in which e to the power can be stored, the stretch in which it fades, and the axis.
  function ground(width, low, fades, high) {
    const line = (kind, x1, y1, x2, y2) => svgSketch("line", { class: kind, x1, y1, x2, y2 });
    const [atLow, , atHigh] = shown().walls;
    const wall = (v) => plain(Number(v.toFixed(2)));
    return [
      svgSketch(
        "defs",
        {},
        svgSketch(
          "linearGradient",
          { id: shade },
          svgSketch("stop", { offset: 0, class: "sms-fade-from" }),
          svgSketch("stop", { offset: 1, class: "sms-fade-to" }),
        ),
      ),
      ...PANELS.flatMap(([top, bottom]) => [
        svgSketch("rect", { x: low, y: top, width: fades - low, height: bottom - top, fill: `url(#${shade})` }),
        svgSketch("rect", { class: "sms-window", x: fades, y: top, width: high - fades, height: bottom - top }),
        line("sms-wall", low, top, low, bottom),
        line("sms-wall", high, top, high, bottom),
      ]),
      line("sms-axis", LEFT, BOTTOM, width, BOTTOM),
      ...[
        [low, wall(atLow)],
        [along(width)(0), "0"],
        [high, wall(atHigh)],
      ].flatMap(([at, text]) => [
        line("sms-axis", at, BOTTOM, at, BOTTOM + 4),
        words(Number(at), BOTTOM + 16, String(text), "middle", "sms-tick"),
      ]),
    ];
  }
  function names(i, { steps }, method) {
    const shift = method === "unguarded" ? 0 : steps.score[0] - steps.shifted[0];
    const taken =
      method === "unguarded" || Number.isNaN(shift) ? "" : `${shift < 0 ? "+" : "−"}${plain(Math.abs(shift))}`;
    const middle = (kind) => down(kind, i, 1) + 4;
    return [
      words(0, middle("scores"), `row ${i}`),
      words(0, middle("exponents") - 7, `row ${i}`),
      words(0, middle("exponents") + 8, taken, "start", "sms-tick"),
    ];
  }
  // A row as a whole: a band around its dots, with a grip.
  function rail(i, row, x, width) {
    const places = row.map(x.held);
    const [first, last] = [Math.min(...places), Math.max(...places)];
    const isRoomLeft = first - GRIP - 8 >= LEFT;
    const [from, to] = isRoomLeft ? [first - GRIP - 8, last + 11] : [Math.max(LEFT, first - 11), last + GRIP + 60];
    const [left, right] = [from, Math.min(width, to)];
    // Where the dots reach both ends, the grip keeps away from the one in its own lane.
    const grip = isRoomLeft || places[1] > (LEFT + width) / 2 ? left + 10 : right - 22;
    const middle = down("scores", i, 1);
    return svgSketch(
      "g",
      {
        class: "sms-row",
        role: "slider",
        tabindex: 0,
        "data-handle": 6 + i,
        "data-lm-suppress-shortcuts": "true",
        "aria-label": `All scores of row ${i}`,
        "aria-valuemin": -largest,
        "aria-valuemax": largest,
        "aria-valuenow": Math.max(...row),
        "aria-valuetext": row.map(plain).join(", "),
      },
      svgSketch("rect", { x: left, y: middle - 35, width: right - left, height: 70, rx: 8 }),
      ...[0, 5, 10].map((k) => svgSketch("line", { x1: grip + k, x2: grip + k, y1: middle - 9, y2: middle + 9 })),
    );
  }
  function dot(i, j, v, x, width) {
    const [at, y] = [x.held(v), down("scores", i, j)];
    return svgSketch(
      "g",
      {
        class: "sms-dot",
        role: "slider",
        tabindex: 0,
        "data-handle": 3 * i + j,
        "data-lm-suppress-shortcuts": "true",
        "aria-label": `Score of row ${i}, class ${j}`,
        "aria-valuemin": -largest,
        "aria-valuemax": largest,
        "aria-valuenow": v,
        "aria-valuetext": `score ${plain(v)}`,
      },
      svgSketch("rect", { class: "sms-reach", x: at - 14, y: y - 12, width: 28, height: 24, rx: 6 }),
      mark(j, at, y, 6, ""),
      beside(plain(v), v, at, y, x, width, ""),
    );
  }
  function exponents(i, { steps }, x, width, fades) {
    return steps.shifted.flatMap((exponent, j) => {
      const y = down("exponents", i, j);
      const stored = steps.exponential[j];
      if (Number.isNaN(exponent)) return [words(x(0), y + 4, "nan: not on the line", "middle", "sms-tick sms-inf")];
      const kind = stored === Infinity ? "sms-inf" : stored === 0 ? "sms-zero" : exponent < fades ? "sms-fading" : "";
      const power = Number.isFinite(exponent) ? `e${superscript(exponent)}` : `e^${plain(exponent)}`;
      const at = x.held(exponent);
      return [
        ...(stored === Infinity ? [svgSketch("circle", { class: "sms-ring", cx: at, cy: y, r: 7 })] : []),
        mark(j, at, y, 4.5, kind),
        beside(`${power} = ${brief(stored)}`, exponent, at, y, x, width, kind),
      ];
    });
  }
  // Write what a dot stands for beside it, with an arrow where it is held at the line's end.
  function beside(text, v, at, y, x, width, kind) {
    const [first, last] = x.values;
    const isLeft = v > last || at + 12 + across(text) > width;
    const arrow = v > last ? " →" : v < first ? "← " : "";
    const line = isLeft ? text + arrow : arrow + text;
    return words(at + (isLeft ? -11 : 11), y + 4, line, isLeft ? "end" : "start", `sms-tick ${kind}`);
  }
  return picture;
}

const TITLES = {
  unguarded: "exponents of e: the scores as they are",
  "whole-matrix": "exponents of e: score − matrix’s largest",
  row: "exponents of e: score − its row’s largest",
  "log-softmax": "exponents of e: score − its row’s largest",
};

// A class's mark, as in the book's figures: a disc, a square, a triangle.
function mark(j, x, y, size, kind) {
  const name = `sms-class-${j} ${kind}`;
  const r = size * 0.9;
  const d = [
    `M${x - size},${y}a${size},${size} 0 1 0 ${2 * size},0a${size},${size} 0 1 0 ${-2 * size},0Z`,
    `M${x - r},${y - r}h${2 * r}v${2 * r}h${-2 * r}Z`,
    `M${x},${y - size * 1.1}l${size * 1.1},${size * 2}h${-size * 2.2}Z`,
  ][j];
  return svgSketch("path", { class: name, d });
}
