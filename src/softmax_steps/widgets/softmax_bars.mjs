// Scores as bars that the reader drags, and their softmax; three classes also as a point of a triangle.

import { placeInWords, triangle } from "./parts/triangle_picture.mjs";
import { drawComparison, gapOfNumbers } from "./shared/compare.mjs";
import { drawing, scale, words } from "./shared/drawing.mjs";
import { formula } from "./shared/formula.mjs";
import { frame, numbersFold, returning } from "./shared/frame.mjs";
import { logSoftmax, predict, shiftScores, softmax } from "./shared/maths.mjs";
import { number, short } from "./shared/numbers.mjs";
import { slider } from "./shared/slider.mjs";
import { announcer, element, follow, keeping, oncePerEvent, renew, sketch, svgSketch } from "./shared/view.mjs";

const add = (values) => values.reduce((a, v) => a + v, 0);

/**
 * Return every number shown. The temperature divides the scores.
 * @param {{ scores: number[], shift: number, temperature: number }} state
 */
export function explore({ scores, shift, temperature }) {
  const F = scores.map((f) => (f + shift) / temperature);
  const [guarded] = shiftScores([F]),
    [P] = softmax([F]),
    [logP] = logSoftmax([F]);
  const E = guarded.map(Math.exp);
  const entropy = 0 - add(P.map((p, j) => (p === 0 ? 0 : p * logP[j])));
  return {
    F,
    guarded,
    E,
    P,
    logP,
    entropy,
    sum: add(E),
    total: add(P),
    leader: predict([F])[0],
    effective: Math.exp(entropy),
    unguarded: add(F.map(Math.exp)),
  };
}

/**
 * Return how far a score can be dragged to either side: 5, 10, 20, 50, … and at least the largest score.
 * @param {number[]} scores
 */
export function reachOf(scores) {
  const top = Math.max(...scores.map(Math.abs));
  let reach = 5;
  for (let k = 0; reach < top; k++) reach *= k % 3 === 2 ? 2.5 : 2;
  return reach;
}

// Temperatures: positions of equal ratio on either side of 1, with two digits: 0.45, 0.5, 0.56, …
const PER_DECADE = 20;
/** @param {number} position */
export const toTemperature = (position) => +(10 ** (position / PER_DECADE)).toPrecision(2);
/** @param {number} temperature */
export const toPosition = (temperature) => Math.round(PER_DECADE * Math.log10(temperature));

// Return the powers of ten from one of them to another.
function powersOfTen(from, to) {
  const first = Math.round(Math.log10(from));
  return Array.from({ length: Math.round(Math.log10(to)) - first + 1 }, (_, k) => +`1e${first + k}`);
}

// One precision for each number, wherever it stands.
const thousandths = (v) => (v === 0 ? "0" : v < 0.0005 ? "< 0.001" : v.toFixed(3));
const share = (p) => (p >= 0.9995 && p < 1 ? "> 0.999" : thousandths(p));
const rounded = (value) => short(value, 4);
const TRAITS = ["scores", "shift", "temperature", "chosen"];

// The charts, in pixels: what stands above the rows and below them, and beside the axis.
const TOP = 26,
  BELOW = 24,
  SCORE = { left: 62, right: 46 },
  SHARE = { left: 28, right: 58 },
  GAP = { score: 10, share: 6 }; // from a bar's end to its number
// Of three classes both charts stand beside the triangle, one below the other.
const rowHeight = (n) => (n === 3 ? 26 : Math.max(20, Math.min(34, Math.round(165 / n))));

function render({ model, el }) {
  const get = (name) => model.get(name);
  const [coldest, hottest] = get("temperatures");
  let reach = 0,
    step,
    inputs = [],
    shown;
  const put = (changes) => {
    for (const [name, value] of Object.entries(changes)) model.set(name, value);
    model.save_changes();
    update();
  };
  const count = () => get("scores").length;
  const isThree = () => count() === 3;
  const height = () => TOP + count() * rowHeight(count()) + BELOW;
  const chart = (label, draw) => drawing({ label, width: 330, height, draw });
  const scoreChart = chart("Scores", ({ width }) => drawScores(width));
  const shareChart = chart("Probabilities", ({ width }) => drawShares(width));
  const bars = element("div", { class: "bars" }, scoreChart.node);
  const flow = element("div", { class: "flow", "aria-hidden": "true" }, "softmax");
  const shares = element("div", { class: "shares" }, shareChart.node);
  const row = () => ({ scores: get("scores"), P: shown.P, leader: shown.leader, chosen: chosen() });
  const point = triangle(row);
  const asPoint = element("div", { class: "sms-triangle" }, point.node);
  const charts = element("div", { class: "charts" });
  // A touch on a class's name or share chooses it, as its bar does.
  for (const { node } of [scoreChart, shareChart])
    node.addEventListener("click", (event) => {
      const j = Math.floor((event.clientY - node.getBoundingClientRect().top - TOP) / rowHeight(count()));
      if (j >= 0 && j < count()) put({ chosen: j });
    });

  const shift = slider({
    label: "Shift s",
    min: 0, // build() sets its range
    max: 0,
    step: 1,
    value: 0,
    text: () => short(get("shift")),
    spoken: () => `${short(get("shift"))} added to every score`,
    onInput: (value) => put({ shift: value }),
  });
  const temperature = slider({
    label: "Temperature T",
    min: toPosition(coldest),
    max: toPosition(hottest),
    step: 1,
    value: 0,
    text: () => short(get("temperature")),
    spoken: () => `temperature ${short(get("temperature"))}`,
    onInput: (position) => put({ temperature: toTemperature(position) }),
  });
  const ticks = (...texts) =>
    element("div", { class: "ticks", "aria-hidden": "true" }, ...texts.map((t) => element("span", {}, t)));
  const shiftTicks = element("div");
  const rule = formula(model, "rule", "P{j} = e^((f{j} + s − m)/T) / Σ e^((f + s − m)/T)");
  const value = formula(model, "value", "= {own} / ({terms})");
  const result = formula(model, "result", "= {top} / {sum} = {P}");
  const entropy = formula(model, "entropy", "entropy {H} nats, like {effective} equal classes");
  const steps = element("table"),
    facts = element("table", { class: "facts" });
  const guard = element("p", { class: "guard" }),
    checked = element("p", { class: "sms-checked" });
  const spoken = announcer();
  const back = returning(model, TRAITS);
  const redraw = oncePerEvent(draw);
  const node = frame({
    model,
    kind: "sms-softmax-bars",
    label: "Scores and their softmax",
    picture: [charts],
    controls: [
      element("div", {}, shift.node, shiftTicks),
      element("div", {}, temperature.node, ticks(...powersOfTen(coldest, hottest).map(String))),
    ],
    formula: [rule.node, value.node, result.node, entropy.node],
    numbers: [element("div", { class: "columns" }, steps, facts), guard],
    startOver: () => {
      back();
      reach = 0; // the axis too is as at the start
      update();
    },
    status: [checked, spoken.node],
  });
  const numbers = numbersFold(node, redraw);
  el.append(node);

  function build() {
    inputs = Array.from({ length: count() }, (_, j) => {
      const input = element("input", {
        type: "range",
        "aria-label": `Score of class ${j}`,
        "data-lm-suppress-shortcuts": "true",
      });
      Object.assign(input, { min: -edge(), max: edge(), step });
      const move = (f) => {
        const score = Math.max(
          -reach,
          Math.min(reach, +(Math.round((f - get("shift")) / step) * step).toPrecision(12)),
        );
        put({ scores: get("scores").map((v, k) => (k === j ? score : v)), chosen: j });
      };
      input.addEventListener("input", () => move(+input.value));
      input.addEventListener("focus", () => {
        model.set("chosen", j);
      });
      input.addEventListener("keydown", (event) => {
        const by = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1 }[event.key];
        if (!by || !event.shiftKey) return;
        event.preventDefault();
        move(get("scores")[j] + get("shift") + 10 * step * by);
      });
      const tall = rowHeight(count());
      Object.assign(input.style, { top: `${TOP + j * tall}px`, height: `${tall}px` });
      return input;
    });
    bars.replaceChildren(scoreChart.node, ...inputs);
    charts.replaceChildren(bars, flow, shares, ...(isThree() ? [asPoint] : []));
    charts.classList.toggle("three", isThree());
    const room = edge() - reach;
    Object.assign(shift.input, { min: -room, max: room, step });
    shiftTicks.replaceChildren(ticks(short(-room), "0", short(room)));
  }
  function edge() {
    return 1.6 * reach;
  } // a bar, and room for the shift
  function chosen() {
    return Math.max(0, Math.min(count() - 1, get("chosen")));
  }
  function update() {
    const wide = Math.max(reach, reachOf([...get("scores"), get("shift") / 0.6]));
    if (wide !== reach || inputs.length !== count()) {
      reach = wide;
      step = 10 ** Math.floor(Math.log10(reach / 5)) / 10;
      build();
    }
    shift.set(get("shift"));
    temperature.set(toPosition(get("temperature")));
    redraw();
  }
  function draw() {
    shown = explore({ scores: get("scores"), shift: get("shift"), temperature: get("temperature") });
    inputs.forEach((input, j) => {
      const f = get("scores")[j] + get("shift");
      input.value = f;
      input.setAttribute("aria-valuetext", `score ${short(f)}, probability ${share(shown.P[j])}`);
    });
    scoreChart.redraw();
    shareChart.redraw();
    const all = (texts) => texts.map((text, j) => `class ${j}: ${text}`).join("; ");
    scoreChart.say(`Scores as bars. ${all(get("scores").map((f) => short(f + get("shift"))))}.`);
    shareChart.say(`Probabilities as bars. ${all(Array.from(shown.P, share))}.`);
    if (isThree()) {
      point.redraw();
      point.say(placeInWords(row(), Array.from(shown.P, share)));
    }
    drawEquation();
    if (numbers.open) drawNumbers();
    spoken.say(
      `Class ${shown.leader} leads with probability ${share(shown.P[shown.leader])}. ` +
        `Class ${chosen()} has ${share(shown.P[chosen()])}. Entropy ${thousandths(shown.entropy)} nats.`,
    );
    compare();
  }

  const keeps = { score: keeping(), share: keeping() };
  // Draw one chart: rows of bars from 0, each with its class before it and its number at its end.
  function drawChart({ name, hint, width, margin, ends, tickValues, values, texts, kind }) {
    const x = scale(ends, [margin.left, width - margin.right]);
    const tall = rowHeight(values.length),
      bottom = TOP + values.length * tall,
      zero = x(0);
    const line = (look, x1, y1, x2, y2) => svgSketch("line", { class: look, x1, y1, x2, y2 });
    const rect = (look, left, top, wide, high) =>
      svgSketch("rect", { class: look, x: left.toFixed(1), y: top, width: wide.toFixed(1), height: high });
    const [behind, before] = keeps[kind]([width, values.length, ...ends], () => [
      tickValues.filter((v) => v !== 0).map((v) => line("sms-grid-line", x(v), TOP, x(v), bottom)),
      [
        line("sms-axis", margin.left, bottom, width - margin.right, bottom),
        line("sms-axis", zero, TOP, zero, bottom),
        ...tickValues.flatMap((v) => [
          line("sms-axis", x(v), bottom, x(v), bottom + 4),
          words(x(v), bottom + 18, short(v), "middle", "sms-tick"),
        ]),
        svgSketch(
          "text",
          { x: 0, y: 14 },
          svgSketch("tspan", { class: "title" }, name),
          svgSketch("tspan", { class: "hint" }, hint),
        ),
      ],
    ]);
    return [
      rect("chosen", 0, TOP + chosen() * tall, width, tall),
      ...behind,
      ...Array.from(values, (v, j) =>
        rect(`bar ${kind}`, Math.min(zero, x(v)), TOP + (j + 0.2) * tall, Math.abs(x(v) - zero), 0.6 * tall),
      ),
      ...before,
      ...Array.from(values, (v, j) => {
        const look = j === shown.leader ? "leads" : "";
        const [from, anchor] = v < 0 ? [-GAP[kind], "end"] : [GAP[kind], "start"];
        const middle = TOP + (j + 0.5) * tall + 4.5;
        return svgSketch(
          "g",
          { class: look || null },
          words(12, middle, String(j), "middle"),
          words(x(v) + from, middle, texts[j], /** @type {"start" | "end"} */ (anchor), "at-end"),
        );
      }),
    ];
  }
  function drawScores(width) {
    const F = get("scores").map((f) => f + get("shift"));
    return drawChart({
      name: "score",
      hint: ", a bar for each class: drag its end",
      width,
      margin: SCORE,
      ends: [-edge(), edge()],
      tickValues: [-1, -0.5, 0, 0.5, 1].map((k) => k * edge()),
      values: F,
      texts: F.map((f) => short(f)),
      kind: "score",
    });
  }
  function drawShares(width) {
    return drawChart({
      name: "probability",
      hint: "",
      width,
      margin: SHARE,
      ends: [0, 1],
      tickValues: [0, 0.25, 0.5, 0.75, 1],
      values: shown.P,
      texts: Array.from(shown.P, share),
      kind: "share",
    });
  }
  function drawEquation() {
    const j = chosen();
    const terms = Array.from(shown.guarded, (g) => `e^{${short(g)}}`);
    rule.set({ j: String(j) });
    value.set({ own: terms[j], terms: terms.join(" + ") });
    result.set({ top: rounded(shown.E[j]), sum: rounded(shown.sum), P: share(shown.P[j]) });
    entropy.set({ H: thousandths(shown.entropy), effective: shown.effective.toFixed(2) });
  }
  function drawNumbers() {
    const cells = (texts) => texts.map((t, k) => sketch(k ? "td" : "th", k ? {} : { scope: "row" }, t));
    const heads = ["class", "score", "guarded", "exp", "P"];
    renew(
      steps,
      sketch("thead", {}, sketch("tr", {}, ...heads.map((t) => sketch("th", { scope: "col" }, t)))),
      sketch(
        "tbody",
        {},
        ...inputs.map((_, j) =>
          sketch(
            "tr",
            { class: j === chosen() ? "chosen" : undefined },
            ...cells([
              String(j),
              short(get("scores")[j] + get("shift")),
              short(shown.guarded[j]),
              rounded(shown.E[j]),
              share(shown.P[j]),
            ]),
          ),
        ),
      ),
      sketch("tfoot", {}, sketch("tr", {}, ...cells(["sum", "", "", rounded(shown.sum), share(shown.total)]))),
    );
    renew(
      facts,
      sketch(
        "tbody",
        {},
        ...[
          ["sum of all P", share(shown.total)],
          ["arg max", `class ${shown.leader}`],
          ["entropy", `${thousandths(shown.entropy)} nats`],
          [sketch("span", {}, "e", sketch("sup", {}, "entropy")), `like ${shown.effective.toFixed(2)} equal classes`],
        ].map((pair) => sketch("tr", {}, ...cells(pair))),
      ),
    );
    const T = get("temperature") === 1 ? "" : ", divided by T";
    renew(
      guard,
      `Guarded: the largest score, m = ${short(Math.max(...get("scores")) + get("shift"))}, is taken off${T}. Without the guard the exponentials would sum to ${number(shown.unguarded)}` +
        (shown.unguarded === Infinity
          ? ": an overflow, and inf/inf is nan."
          : shown.unguarded === 0
            ? ": all underflow, and 0/0 is nan."
            : "."),
    );
  }
  function compare() {
    const says = get("numpy_says");
    const same =
      says?.P && ["scores", "shift", "temperature"].every((name) => String(says[name]) === String(get(name)));
    if (!same) {
      drawComparison(checked, null);
      return;
    }
    const entropy = Math.abs(says.entropy - shown.entropy) / Math.max(says.entropy, 1);
    drawComparison(checked, Math.max(entropy, ...says.P.map((p, j) => gapOfNumbers(p, shown.P[j]))));
  }
  update();
  redraw.now();
  return follow(
    model,
    [
      [TRAITS, update],
      [["numpy_says"], compare],
    ],
    [redraw, spoken, scoreChart, shareChart, point],
  );
}

const address = {
  scores: {
    key: "scores",
    text: (values) => values.map((v) => +v.toPrecision(4)).join(","),
    value: (text) => {
      const values = text.split(",").map((v) => (v.trim() ? Number(v) : NaN));
      return values.length <= 20 && values.every((v) => Math.abs(v) <= 1e6) ? values : undefined;
    },
  },
  shift: { key: "shift", value: (text) => (Math.abs(+text) <= 1e6 ? +text : undefined) },
  temperature: {
    key: "T",
    value: (text, start) => {
      const [coldest, hottest] = start("temperatures");
      return +text >= coldest && +text <= hottest ? +text : undefined;
    },
  },
  chosen: { key: "class", value: (text) => (/^\d+$/.test(text) ? +text : undefined) },
};

export default { render, address };
