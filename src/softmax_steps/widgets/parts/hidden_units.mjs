// The hidden units, each a small picture of the plane: its own border, what it passes on, and bars with
// the weight that each class gives to it.
import { number } from "../shared/numbers.mjs";
import { element, keeping, renew, svgElement, svgSketch } from "../shared/view.mjs";

const SIDE = 36; // of a picture
const STRONGEST = 4; // what a unit passes on where its picture is deepest
const HEAVIEST = 4; // the weight of the longest bar
const BARS = { width: 16, height: SIDE, thick: 4, apart: 1 };

/** @typedef {import("./hidden_network.mjs").Layer} Layer */

/**
 * Make the pictures. One of them can be picked out.
 * @param {number} most How many there can be.
 * @param {(unit: number) => void} onChoose Called with the unit's number from 1, or 0 for none.
 */
export function unitPictures(most, onChoose) {
  const name = `sms-${Math.random().toString(36).slice(2)}`;
  let held = 0;
  const units = Array.from({ length: most }, (_, h) => {
    const input = element("input", {
      type: "radio",
      name,
      value: `unit ${h + 1}`,
      "data-lm-suppress-shortcuts": "true",
    });
    const tile = svgElement("svg", { class: "tile", viewBox: `0 0 ${SIDE} ${SIDE}`, "aria-hidden": "true" });
    const bars = svgElement("svg", {
      class: "bars",
      viewBox: `0 0 ${BARS.width} ${BARS.height}`,
      "aria-hidden": "true",
    });
    input.addEventListener("change", () => onChoose(h + 1));
    // A second click on a unit, or the space bar, lets it go.
    input.addEventListener("click", () => {
      if (held === h + 1) onChoose(0);
    });
    input.addEventListener("keyup", (event) => {
      if (event.key !== " " || held !== h + 1) return;
      // It would click, and choose the unit again.
      event.preventDefault();
      onChoose(0);
    });
    return { input, tile, bars, keep: keeping(), node: element("label", { class: "unit" }, input, tile, bars) };
  });
  const node = element(
    "div",
    { class: "units", role: "radiogroup", "aria-label": "Hidden units" },
    ...units.map((unit) => unit.node),
  );
  /**
   * @param {object} shown
   * @param {Layer[]} shown.layers
   * @param {number[]} shown.open For each unit, for how many points it is open.
   * @param {number} shown.N How many points there are.
   * @param {number} shown.chosen
   * @param {number} shown.reach
   * @param {number[]} shown.middle
   * @param {boolean} shown.isOff Whether another model is shown.
   */
  function show({ layers: [hidden, out], open, N, chosen, reach, middle, isOff }) {
    const H = hidden.b.length,
      C = out.b.length;
    held = chosen;
    node.dataset.size = H <= 4 ? "large" : H <= 8 ? "middle" : "small"; // the fewer, the larger
    units.forEach(({ input, tile, bars, keep, node }, h) => {
      node.hidden = h >= H;
      if (h >= H) return;
      input.checked = chosen === h + 1;
      input.disabled = isOff;
      node.classList.toggle("dead", !open[h]);
      const weights = Array.from(out.b, (_, j) => out.W[h * C + j]);
      input.setAttribute(
        "aria-label",
        `Unit ${h + 1}, open for ${open[h]} of ${N} points; weights to the classes ${weights.map((w) => number(w, 2)).join(", ")}`,
      );
      const own = [hidden.W[h], hidden.W[H + h], hidden.b[h]];
      renew(tile, ...keep([...own, reach, middle], () => tilePicture(`${name}-${h}`, own, reach, middle)));
      renew(bars, ...barPicture(weights));
    });
  }
  return { node, show };
}

/**
 * Draw one unit's plane: where it passes nothing on the ground shows, beyond its border ever more.
 * @param {string} id
 * @param {number[]} unit Its weights and its bias.
 * @param {number} reach
 * @param {number[]} middle
 */
function tilePicture(id, [w1, w2, b], reach, [m1, m2]) {
  // In pixels from the upper left corner it adds up g1 · x + g2 · y + c.
  const [g1, g2] = [(w1 * 2 * reach) / SIDE, (-w2 * 2 * reach) / SIDE];
  const c = w1 * (m1 - reach) + w2 * (m2 + reach) + b;
  const square = g1 * g1 + g2 * g2;
  if (!(square > 0 && square < Infinity)) return [];
  const at = (value) => [((value - c) * g1) / square, ((value - c) * g2) / square];
  const [[x1, y1], [x2, y2]] = [at(0), at(STRONGEST)];
  const along = [-g2 / Math.sqrt(square), g1 / Math.sqrt(square)];
  const [dx, dy] = along.map((v) => v * 3 * SIDE);
  return [
    svgSketch(
      "linearGradient",
      { id, gradientUnits: "userSpaceOnUse", x1, y1, x2, y2 },
      svgSketch("stop", { offset: 0, class: "nothing" }),
      svgSketch("stop", { offset: 1, class: "much" }),
    ),
    svgSketch("rect", { width: SIDE, height: SIDE, fill: `url(#${id})` }),
    svgSketch("line", { x1: x1 - dx, y1: y1 - dy, x2: x1 + dx, y2: y1 + dy }),
  ];
}

/** @param {number[]} weights */
function barPicture(weights) {
  const middle = BARS.height / 2;
  const from = (BARS.width - weights.length * (BARS.thick + BARS.apart) + BARS.apart) / 2;
  return [
    ...weights.map((w, j) => {
      const long = (Math.min(1, Math.abs(w) / HEAVIEST) || 0) * (middle - 1);
      return svgSketch("rect", {
        class: `class-${j}`,
        x: from + j * (BARS.thick + BARS.apart),
        y: w > 0 ? middle - long : middle,
        width: BARS.thick,
        height: long,
      });
    }),
    svgSketch("line", { x1: from - 1, x2: BARS.width - from + 1, y1: middle, y2: middle }),
  ];
}
