// The stages of a drawn digit, one at a time: a line of words, and ten bars or ten small pictures.
import { drawing, scale, words } from "../shared/drawing.mjs";
import { number } from "../shared/numbers.mjs";
import { paint } from "../shared/pixels.mjs";
import { element, renew, sketch, svgSketch } from "../shared/view.mjs";
import { boxOf, SIZE } from "./digit_bitmap.mjs";
import { gradientPictures } from "./digit_model.mjs";

/** @typedef {ReturnType<typeof import("./digit_model.mjs").workThrough>} Worked */
/** @typedef {{ found: Worked, ink: Uint8Array, meant: number, kind: string, shows: string, fit: string, taken: number, eta: number, chosen: number, note: string }} Shown */

/** @typedef {{ name: string, value: number, text: string, before?: number, kind: string }} Bar */
/** @typedef {{ rows: Bar[], reach: [number, number], label: string }} Bars */

/** What a stage is called, the page that treats it, and its function in the package. */
export const STAGES = [
  { name: "Picture", page: "01_score", code: "digit_counts" },
  { name: "1 · Score", page: "01_score", code: "scores" },
  { name: "2 · Overflow guard", page: "02_overflow_guard", code: "shift_scores" },
  { name: "3 · Softmax", page: "03_softmax", code: "softmax" },
  { name: "4 · Cross-entropy", page: "04_cross_entropy", code: "cross_entropy" },
  { name: "5 · Regularization", page: "05_regularization", code: "l2_penalty" },
  { name: "6 · Gradient", page: "06_gradient", code: "loss_and_gradient" },
  { name: "7 · One step", page: "07_training", code: "train" },
];
const [COUNTS, BARS, TILES] = ["counts", "bars", "tiles"];
const LAID_OUT = [COUNTS, TILES, BARS, BARS, BARS, BARS, TILES, BARS];
const DIGITS = Array.from({ length: 10 }, (_, j) => j);
const NARROW = 0.35; // of a box's height
const SMALL = 14; // rows
const HEIGHT = 168; // of the bars
const nats = (value) => `${number(value, 4)} nats`;
const one = (value) => value.toFixed(1).replace("-", "−");
const two = (value) =>
  value
    .toFixed(2)
    .replace(/^-(?=0\.00$)/, "")
    .replace("-", "−");
const three = (value) => value.toFixed(3).replace("-", "−");

/**
 * Make the panel.
 * @param {object} options
 * @param {string[]} options.colours Of a value from below 0 to above it.
 * @param {string[]} options.greys Of a value from 0 to 1, below 0 as at 0.
 * @param {boolean} options.hasChapters Whether the chapters stand beside this page.
 * @param {Child[]} options.beside What stands beside the stage's name.
 * @param {((k: number) => void) | null} options.onChoose Called when a template is clicked.
 * @param {() => void} options.onAsk Called when the name of the menu is clicked, where a sentence has it.
 */
export function stagePanel({ colours, greys, hasChapters, beside, onChoose, onAsk }) {
  const heading = element("p", { class: "stage-name" });
  const text = element("p", { class: "stage-says" });
  text.addEventListener("click", ({ target }) => {
    if (target instanceof Element && target.closest("button")) onAsk();
  });
  const fitted = element("canvas", { width: SIZE, height: SIZE, role: "img" });
  const numbers = element("div", { class: "count-table", "aria-hidden": "true" });
  const counted = element("div", { class: "counted" }, element("div", { class: "fitted" }, fitted), numbers);
  const tiles = DIGITS.map(() => ({
    canvas: element("canvas", { width: 8, height: 8, "aria-hidden": "true" }),
    name: element("b"),
    value: element("span"),
  }));
  const tileTable = element(
    "div",
    { class: "tiles" },
    ...tiles.map(({ canvas, name, value }) =>
      element("div", { class: "tile" }, canvas, element("span", { class: "under" }, name, value)),
    ),
  );
  if (onChoose) {
    tileTable.classList.add("is-menu");
    // For a hand. Keys have the slider.
    tiles.forEach(({ canvas }, k) => {
      canvas.parentElement?.addEventListener("click", () => onChoose(k));
    });
  }
  /** @type {Bars} */
  let bars = { rows: [], reach: [0, 1], label: "" };
  const chart = drawing({ width: 390, height: () => HEIGHT, draw: ({ width }) => drawBars(bars, width) });
  const head = element("div", { class: "stage-head" }, heading, ...beside);
  const node = element(
    "div",
    { class: "stage-panel" },
    head,
    text,
    element("div", { class: "stage-shows" }, counted, tileTable, chart.node),
  );

  /**
   * @param {number} stage
   * @param {Shown} shown
   * @returns {string} What is said of it.
   */
  function show(stage, shown) {
    const { name, page, code } = STAGES[stage];
    node.dataset.stage = String(stage);
    renew(
      heading,
      hasChapters ? sketch("a", { href: `${page}.html` }, name) : sketch("b", {}, name),
      " ",
      sketch("code", {}, code),
    );
    const layout = LAID_OUT[stage];
    counted.hidden = layout !== COUNTS;
    tileTable.hidden = layout !== TILES || (stage === 6 && !shown.found.gradient);
    const said = SAYS[stage](shown);
    // The menu's name leads to it.
    const [before, ...after] = said.split(MENU);
    renew(text, before, ...after.flatMap((words) => [sketch("button", { type: "button", class: "ask" }, MENU), words]));
    if (layout === COUNTS) showCounts(shown.found);
    else if (stage === 1) showTemplates(shown);
    else if (stage === 6) showGradient(shown);
    else bars = barsOf(stage, shown);
    chart.node.hidden = layout !== BARS || !bars.rows.length;
    if (layout === BARS) {
      chart.say(bars.label);
      chart.redraw();
    }
    return said;
  }

  function showCounts({ fitted: ink, counts }) {
    paint(fitted, ink, 1, greys);
    fitted.setAttribute("aria-label", "The drawing as it is counted, with lines around each block of 4 by 4 pixels");
    renew(numbers, ...Array.from(counts, (n) => sketch("span", { class: n ? null : "none" }, String(n))));
  }
  function showTiles(pictures) {
    const top = Math.max(...pictures.flatMap(({ values }) => Array.from(values, Math.abs)), 1e-300);
    pictures.forEach(({ values, name, value, isChosen, isAhead }, k) => {
      paint(tiles[k].canvas, values, top, colours);
      renew(tiles[k].name, name);
      renew(tiles[k].value, value);
      const tile = tiles[k].canvas.parentElement;
      tile?.classList.toggle("chosen", isChosen);
      tile?.classList.toggle("ahead", isAhead);
    });
  }
  function showTemplates({ found, shows, chosen }) {
    showTiles(
      found.templates.map(({ weights }, j) => ({
        values: shows === "shares" ? weights.map((w, d) => w * found.x[d]) : weights,
        name: String(j),
        value: one(found.F[j]),
        isChosen: j === (chosen < 0 ? found.leader : chosen),
        isAhead: j === found.leader,
      })),
    );
  }
  function showGradient({ found, meant, kind }) {
    if (!found.gradient) return;
    showTiles(
      gradientPictures(found.gradient).map(({ name, values }, k) => ({
        values,
        name,
        value: kind === "linear" ? two(found.P[k] - (k === meant ? 1 : 0)) : "",
        isChosen: kind === "linear" && k === meant,
        isAhead: kind === "linear" && k === meant,
      })),
    );
  }
  return { node, show, stop: chart.stop };
}

/**
 * Return what the bars of a stage show.
 * @param {number} stage
 * @param {Shown} shown
 * @returns {Bars}
 */
function barsOf(stage, { found, meant, taken }) {
  const each = (values, text, kind, chosen = found.leader) =>
    Array.from(values, (value, j) => ({
      name: String(j),
      value,
      text: text(value),
      kind: `${kind}${j === chosen ? " chosen" : ""}`,
    }));
  const low = Math.min(...found.shifted, -1);
  switch (stage) {
    case 2:
      return { rows: each(found.shifted, one, "score"), reach: [low, 0], label: "Ten scores, less the largest" };
    case 3:
      return { rows: each(found.P, three, "share"), reach: [0, 1], label: "Ten probabilities" };
    case 4: {
      const costs = found.logP.map((v) => -v);
      return {
        rows: each(costs, (v) => number(v, 3), "cost", meant),
        reach: [0, Math.max(1, ...costs)],
        label: "What each answer would cost, in nats",
      };
    }
    case 5: {
      const rows = [{ name: "penalty", value: found.penalty, text: nats(found.penalty), kind: "penalty" }];
      if (found.loss !== null) {
        const whole = found.loss + found.penalty;
        rows.unshift({ name: "data", value: found.loss, text: nats(found.loss), kind: "share" });
        rows.push({ name: "L", value: whole, text: nats(whole), kind: "total" });
      }
      return { rows, reach: [0, Math.max(...rows.map(({ value }) => value)) || 1], label: "The parts of the loss" };
    }
    default: {
      const { start } = found;
      if (!start) return { rows: [], reach: [0, 1], label: "" };
      const rows = each(found.P, three, "share", meant).map((row, j) => ({ ...row, before: start.P[j] }));
      return { rows, reach: [0, 1], label: `Ten probabilities, ${stepsTaken(taken)}; lines: before the first` };
    }
  }
}

function drawBars({ rows, reach }, width) {
  const nameWidth = rows.length > 3 ? 16 : 58,
    valueWidth = rows.length > 3 ? 52 : 96;
  const x = scale(/** @type {[number, number]} */ (reach), [nameWidth, width - valueWidth]);
  const high = HEIGHT / Math.max(rows.length, 5);
  return rows.flatMap(({ name, value, text, before, kind }, k) => {
    const middle = (k + 0.5) * high;
    const [start, end] = [x(0), x(value)].sort((a, b) => a - b);
    const isChosen = kind.endsWith("chosen");
    return [
      words(0, middle + 4, name, "start", isChosen ? "chosen" : ""),
      svgSketch("rect", {
        class: `bar ${kind}`,
        x: start.toFixed(1),
        y: (middle - 0.32 * high).toFixed(1),
        width: Math.max(end - start, 0.5).toFixed(1),
        height: (0.64 * high).toFixed(1),
      }),
      ...(before === undefined
        ? []
        : [
            svgSketch("line", {
              class: "before",
              x1: x(before).toFixed(1),
              x2: x(before).toFixed(1),
              y1: (middle - 0.45 * high).toFixed(1),
              y2: (middle + 0.45 * high).toFixed(1),
            }),
          ]),
      words(width, middle + 4, text, "end", isChosen ? "chosen" : ""),
    ];
  });
}

const stepsTaken = (taken) => `${taken || "no"} step${taken === 1 ? "" : "s"} taken`;
const LEARNED = 0.99; // the probability from which a step has hardly anything to add
const MENU = "“I meant”";
const ASK = `Say which digit you meant: choose at ${MENU}.`;
/** @type {((shown: Shown) => string)[]} */
const SAYS = [
  ({ ink, fit, note }) => {
    const box = boxOf(ink);
    if (!box) return "Nothing is drawn yet: all 64 counts are 0.";
    if (note) return note;
    if (fit === "drawn")
      return "Counted where it stands. The weights expect ink where the data had it: a small digit, or one in a corner, is lost.";
    if (box.width < NARROW * box.height)
      return `${box.width} × ${box.height} pixels are stretched to 20 × 32, as the data's were: an upright bar becomes a block. A slanted 1 is straightened last, and stays slim.`;
    const last = box.height < SMALL ? " So small a digit grows coarse." : "";
    return `The ink's box, ${box.width} × ${box.height}, is scaled to 20 × 32, the stroke evened, the slant taken out. Then the dark pixels of each 4 × 4 block are counted.${last}`;
  },
  ({ found, kind, shows, chosen }) => {
    if (chosen >= 0) {
      const shares = Array.from(found.templates[chosen].weights, (w, d) => w * found.x[d]);
      const sum = (sign) => shares.reduce((all, v) => all + (sign * v > 0 ? v : 0), 0);
      return `Class ${chosen}: ink on red pixels adds ${three(sum(1))}, ink on blue ones ${three(sum(-1))}; with the bias, ${three(found.templates[chosen].bias)}, the score is ${three(found.F[chosen])}. Class ${found.leader} is ahead.`;
    }
    const which =
      shows === "shares"
        ? "What each pixel of your drawing adds to a score, red, or takes from it, blue. With a bias, the 64 shares sum to the score."
        : kind === "linear"
          ? "A template for each digit: your ink on red adds to its score, ink on blue takes from it."
          : "Two layers make their templates for the drawing, of the hidden units that it opens. Ink on red adds, ink on blue takes away.";
    return `${which} Class ${found.leader} is ahead.`;
  },
  ({ found }) =>
    `The largest score, ${one(found.top)}, is subtracted from all ten. Their differences stay, and e to the power of them cannot overflow now.`,
  ({ found }) =>
    `e to the power of each, divided by the sum of all ten: shares of 1. Class ${found.leader} gets ${three(found.P[found.leader])}.`,
  ({ found, meant }) =>
    found.loss === null
      ? `−log p for each class: what the answer costs, if you meant that digit. Which was it? Choose at ${MENU}.`
      : `You meant ${meant}: the answer costs −log ${three(found.P[meant])} = ${nats(found.loss)}. The other bars are what it would cost had you meant those.`,
  ({ found, kind }) => {
    const norms = kind === "linear" ? "‖W‖²" : "(‖W₁‖² + ‖W₂‖²)";
    return `λ/2 ${norms} = ${nats(found.penalty)}, whatever you draw: it is a price on the weights.`;
  },
  ({ found, meant, kind }) => {
    if (!found.gradient) return ASK;
    const most = number(
      found.gradient[0].W.reduce((top, v) => Math.max(top, Math.abs(v)), 0),
      2,
    );
    return kind === "linear"
      ? `∂L/∂W, an image for each class, and p − y. A step lowers red weights and raises blue ones: class ${meant} grows where you drew. The largest entry is ${most}.`
      : `∂L/∂W₁ of the ten hidden units with the longest gradients. A closed unit has none from this drawing. The largest entry is ${most}.`;
  },
  ({ found, meant, taken, eta }) => {
    const { start, after } = found;
    if (!(start && after)) return ASK;
    const from = (/** @type {{ P: number[], loss: number }} */ a, /** @type {{ P: number[], loss: number }} */ b) =>
      `from ${number(a.P[meant], 4)} to ${number(b.P[meant], 4)}, by ${number(b.P[meant] - a.P[meant], 3)}; the loss from ${number(a.loss, 4)} to ${number(b.loss, 4)}`;
    if (taken)
      return `${stepsTaken(taken)}: p of ${meant} went ${from(start, { P: found.P, loss: /** @type {number} */ (found.loss) })}. The next brings ${number(after.P[meant], 4)}.`;
    if (start.P[meant] > LEARNED)
      return `Little to learn: p of ${meant} is ${number(start.P[meant], 4)}, and a step adds ${number(after.P[meant] - start.P[meant], 3)}. Say at ${MENU} that it was another digit, and a step moves more.`;
    return `“Learn” takes one step against the gradient, η = ${eta}, and p of ${meant} ${from(start, after)}.`;
  },
];
