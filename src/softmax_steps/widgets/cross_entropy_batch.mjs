// A batch of probabilities on the curve −log p, and two ways to compute its loss.

import { among } from "./shared/address.mjs";
import { drawComparison, gapOfNumbers } from "./shared/compare.mjs";
import { axes, drawing, path, scale, words } from "./shared/drawing.mjs";
import { formula } from "./shared/formula.mjs";
import { frame, returning } from "./shared/frame.mjs";
import { crossEntropy, mean } from "./shared/maths.mjs";
import { number, short, superscript } from "./shared/numbers.mjs";
import { announcer, choice, element, follow, oncePerEvent, renew, sketch, svgSketch } from "./shared/view.mjs";

/**
 * Return every number shown. The batch p is taken `repeats` times.
 * @param {{ p: number[], repeats: number }} state
 */
export function explore({ p, repeats }) {
  const logs = p.map(Math.log);
  const losses = crossEntropy(
    logs.map((l) => [l]),
    p.map(() => 0),
  );
  const count = p.length * repeats;
  let product = 1,
    logSum = 0;
  for (let n = 0; n < count; n++) {
    product *= p[n % p.length];
    logSum += logs[n % p.length];
  }
  const loss = mean(losses);
  return {
    losses,
    slopes: p.map((v) => -1 / v),
    missing: p.map((v) => 1 - v),
    squared: p.map((v) => (1 - v) ** 2),
    count,
    product,
    logProduct: Math.log(product),
    logSum,
    loss,
    likelihood: Math.exp(-count * loss),
    typical: Math.exp(-loss),
  };
}

// Positions of a point: ten a decade from 10⁻⁶ to 0.1, then hundredths up to 1.
const LEAST = -6, // the power of ten of the least p
  TURN = -1;
const EVEN = 10 * (TURN - LEAST); // the position of 0.1, from where hundredths count
const LAST = EVEN + 100 - 100 * 10 ** TURN;
/** @param {number} k */
export const toProbability = (k) => (k < EVEN ? +(10 ** (k / 10 + LEAST)).toPrecision(2) : (k - LAST + 100) / 100);
/** @param {number} p */
export const toPosition = (p) =>
  Math.max(0, Math.round(p < 10 ** TURN ? 10 * (Math.log10(p) - LEAST) : 100 * p + LAST - 100));

// The axes. What costs more than the top, or lies left of the axis, is held above the plot.
const AXES = {
  linear: {
    top: 5,
    least: Math.exp(-5),
    ticks: [0, 0.2, 0.4, 0.6, 0.8, 1].map((p) => [p, String(p)]),
    prices: [0, 1, 2, 3, 4, 5],
    ends: [0, 1],
    along: (p) => p,
  },
  log: {
    top: 15,
    least: 10 ** LEAST,
    ticks: Array.from({ length: 1 - LEAST }, (_, k) => LEAST + k).map((k) => [
      10 ** k,
      k ? `10${superscript(k)}` : "1",
    ]),
    prices: [0, 5, 10, 15],
    ends: [LEAST - 0.3, 0], // 0.3 of a decade at its left
    along: (p) => Math.log10(p),
  },
};
// Rules to pay by; where their names begin in the plot: p and price.
const RULES = [
  { key: "losses", name: "−log p", price: (p) => -Math.log(p), at: { linear: [0.2, 2.1], log: [0.0006, 9.2] } },
  { key: "missing", name: "1 − p", price: (p) => 1 - p, at: { linear: [0.03, 1.2] } },
  { key: "squared", name: "(1 − p)²", price: (p) => (1 - p) ** 2, at: { linear: [0.03, 0.35], log: [0.00001, 1.8] } },
];
const TRAITS = ["p", "chosen", "repeats", "axis", "curves"];
/** @type {[string, string][]} */
const AXIS = [
  ["linear", "even"],
  ["log", "powers of ten"],
];
/** @type {[string, string][]} */
const CURVES = [
  ["price", "−log p"],
  ["rivals", "its rivals too"],
];
// Leave out the "1 × " before a power of ten.
const price = (value) => short(value).replace(/^1 × /, "");
const braced = (text) => (text.includes(" ") ? `(${text})` : text);
const nats = (value) => number(value);

// The plot, in pixels from its upper left corner.
const HEIGHT = 284,
  LEFT = 30,
  RIGHT = 54,
  TOP = 56, // above it: the axis' name, and the points that are held
  BOTTOM = HEIGHT - 38,
  HELD = 42,
  LIFT = 8; // a point above the plot is this far from the next nat

function render({ model, el }) {
  const get = (name) => model.get(name);
  let dots = [],
    shown;
  const put = (changes) => {
    for (const [name, value] of Object.entries(changes)) model.set(name, value);
    model.save_changes();
    update();
  };
  const setP = (i, value) => put({ p: get("p").map((v, k) => (k === i ? value : v)), chosen: i });

  const plot = drawing({ label: "The price −log p", width: 640, height: () => HEIGHT, draw: drawPlot });
  const crowd = element("div");
  const axis = choice({
    legend: "Axis of p",
    options: AXIS,
    value: get("axis"),
    onChange: (key) => put({ axis: key }),
  });
  const curves = choice({
    legend: "Draw",
    options: CURVES,
    value: get("curves"),
    onChange: (key) => put({ curves: key }),
  });
  const repeats = choice({
    legend: "Take the batch",
    options: get("repeats_offered").map((count) => [String(count), count === 1 ? "once" : `${count} times`]),
    value: String(get("repeats")),
    onChange: (key) => put({ repeats: +key }),
  });
  const own = formula(model, "price", "−log p{i} = −log {p} = {price} nats");
  const slope = formula(model, "slope", "slope −1/p{i} = {slope}");
  const sum = formula(model, "sum", "L = ({terms}) / {n}");
  const loss = formula(model, "loss", "= {loss} nats");
  const samples = element("table", { class: "samples" }),
    results = element("table", { class: "results" });
  const checked = element("p", { class: "sms-checked" });
  const spoken = announcer();
  el.append(
    frame({
      model,
      kind: "sms-cross-entropy-batch",
      label: "A batch of five and its cross-entropy",
      picture: [element("div", { class: "plot" }, plot.node, crowd)],
      controls: [axis.node, curves.node],
      formula: [own.node, slope.node, sum.node, loss.node],
      numbers: [element("div", { class: "wide" }, samples), repeats.node, results],
      startOver: returning(model, TRAITS),
      status: [checked, spoken.node],
    }),
  );

  // The place of a pair (p, price). What is above the plot lies closer together.
  function places(width) {
    const now = AXES[get("axis")];
    const x = scale(now.ends, [LEFT, width - RIGHT]),
      y = scale([0, now.top], [BOTTOM, TOP]);
    const at = (p, cost) => [
      x.held(now.along(p)),
      cost <= now.top ? y(cost) : TOP - LIFT * (Math.min(cost, 20) - now.top),
    ];
    return { now, x, y, at, isHeld: (p) => p < now.least * (1 - 1e-9) };
  }

  function build(n) {
    dots = Array.from({ length: n }, (_, i) => makeDot(i));
    crowd.replaceChildren(...dots);
  }
  // A point: drag it along the curve, or use the keys of a slider.
  function makeDot(i) {
    const dot = element(
      "div",
      {
        class: "dot",
        role: "slider",
        tabindex: 0,
        "aria-label": `Sample ${i + 1}, probability of the true class`,
        "aria-valuemin": 10 ** LEAST,
        "aria-valuemax": 1,
        "data-lm-suppress-shortcuts": "true",
      },
      element("span", {}, String(i + 1)),
    );
    const move = (position) => setP(i, toProbability(Math.max(0, Math.min(LAST, position))));
    dot.addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      const by = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, PageDown: -10, PageUp: 10 }[event.key];
      if (by) move(toPosition(get("p")[i]) + by * (event.shiftKey && Math.abs(by) === 1 ? 10 : 1));
      else if (event.key === "Home") move(0);
      else if (event.key === "End") move(LAST);
      else return;
      event.preventDefault();
    });
    dot.addEventListener("focus", () => {
      model.set("chosen", i);
    });
    let offset = [0, 0]; // from the pointer to the point
    dot.addEventListener("pointerdown", (event) => {
      event.preventDefault();
      dot.setPointerCapture(event.pointerId);
      dot.focus({ preventScroll: true });
      const p = get("p")[i];
      const [x, y] = places(plot.size().width).at(p, shown.losses[i]);
      offset = [x - event.clientX, y - event.clientY];
    });
    dot.addEventListener("pointermove", (event) => {
      if (!dot.hasPointerCapture(event.pointerId)) return;
      const value = nearest(event.clientX + offset[0], event.clientY + offset[1]);
      if (value !== get("p")[i]) setP(i, value);
    });
    return dot;
  }
  // Return the probability, among a point's positions, whose place is nearest.
  function nearest(x, y) {
    const { at } = places(plot.size().width);
    let best = 1,
      least = Infinity;
    for (let k = 0; k <= LAST; k++) {
      const p = toProbability(k),
        [px, py] = at(p, -Math.log(p)),
        gap = Math.hypot(px - x, py - y);
      if (gap < least) [best, least] = [p, gap];
    }
    return best;
  }
  function chosen() {
    return Math.max(0, Math.min(get("p").length - 1, get("chosen")));
  }
  function update() {
    if (dots.length !== get("p").length) build(get("p").length);
    axis.set(get("axis"));
    curves.set(get("curves"));
    repeats.set(String(get("repeats")));
    redraw();
  }
  const redraw = oncePerEvent(draw);
  function draw() {
    shown = explore({ p: get("p"), repeats: get("repeats") });
    plot.redraw();
    const [i, p] = [chosen(), get("p")[chosen()]];
    plot.say(
      `The price minus log p against p, with ${dots.length} samples on it` +
        `${get("curves") === "rivals" ? ", and the rivals 1 − p and its square, which stay below 1" : ""}. ` +
        `Sample ${i + 1} stands at p = ${price(p)}, ${nats(shown.losses[i])} nats; their mean, the loss, is ${nats(shown.loss)} nats.`,
    );
    own.set({ i: String(i + 1), p: braced(price(p)), price: nats(shown.losses[i]) });
    slope.set({ i: String(i + 1), slope: number(shown.slopes[i]) });
    sum.set({ terms: shown.losses.map(nats).join(" + "), n: String(shown.losses.length) });
    loss.set({ loss: nats(shown.loss) });
    drawSamples();
    drawResults();
    spoken.say(
      `Sample ${i + 1}: p = ${price(p)}, ${nats(shown.losses[i])} nats, slope ${number(shown.slopes[i])}. ` +
        `Loss of the batch ${nats(shown.loss)} nats, product ${number(shown.product, 3)}.`,
    );
    compare();
  }
  function drawPlot({ width }) {
    if (!shown) return [];
    const { now, x, y, at, isHeld } = places(width);
    const rules = get("curves") === "rivals" ? RULES : RULES.slice(0, 1);
    const [from, to] = [now.along(now.least), now.along(1)];
    const back = now === AXES.linear ? (v) => v : (v) => 10 ** v;
    // Closer together at the left, where the curve is steep.
    const grid = Array.from({ length: 161 }, (_, k) => back(from + (to - from) * (k / 160) ** 2));
    const spots = drawDots(at, isHeld);
    return [
      ...axes({
        x,
        y,
        xTicks: now.ticks.map(([p, text]) => [now.along(p), text]),
        yTicks: now.prices.map((v) => [v, String(v)]),
        xName: "p, the probability of the true class",
      }),
      words(0, 12, "price in nats"),
      ...rules.map(({ key, price: cost }) =>
        svgSketch("path", { class: key, d: path(grid.map((p) => [x(now.along(p)), y(cost(p))])) }),
      ),
      ...drawLoss(now, x, y),
      ...(now === AXES.linear && !isHeld(get("p")[chosen()])
        ? drawTangent(get("p")[chosen()], x, y, now.top, spots)
        : []),
      ...rules
        .filter((rule, k) => rule.at[get("axis")] && !(k && isNarrow()))
        .map(({ key, name, at }) => {
          const [p, cost] = at[get("axis")];
          const text = key === "squared" && now === AXES.log ? "1 − p and (1 − p)²" : name;
          return words(x(now.along(p)), y(cost), text, "start", "name");
        }),
      // On a phone there is no room for the rivals' names beside them.
      ...(isNarrow()
        ? rules.slice(1).flatMap(({ key, name }, k) => {
            const left = 108 + 76 * k;
            return [
              svgSketch("path", { class: key, d: `M${left},8h20` }),
              words(left + 25, 12, name, "start", "sms-tick"),
            ];
          })
        : []),
    ];
  }
  // The mean: a line across, named at its right end.
  function drawLoss(now, x, y) {
    const isOff = shown.loss > now.top,
      at = y.held(shown.loss),
      right = x.places[1];
    const beside = Math.max(TOP + 12, at + 1);
    return [
      svgSketch("line", { class: "mean", x1: LEFT, x2: right, y1: at, y2: at }),
      words(right + 6, beside - 3, "loss L", "start", "sms-tick"),
      words(right + 6, beside + 12, `${isOff ? "↑ " : ""}${nats(shown.loss)}`, "start", "sms-tick loss"),
    ];
  }
  // The tangent, from edge to edge, and its name: below it, or right of its foot, or in the empty corner.
  function drawTangent(p0, x, y, top, spots) {
    const cost = (p) => -Math.log(p0) - (p - p0) / p0,
      along = (v) => p0 * (1 - Math.log(p0) - v);
    const [first, last] = [Math.max(0, along(top)), Math.min(1, along(0))];
    const name = `slope ${number(-1 / p0, 3)}`,
      text = isNarrow() ? name : `tangent, ${name}`;
    const long = 7.6 * text.length;
    /** @param {number[]} place */
    const isFree = ([left, base]) =>
      left > LEFT + 4 &&
      left + long < x.places[1] &&
      spots.every(
        ([px, py]) => px < left - 14 || px > left + long + 14 || py < base - 26 || py > base + 16, // a disc
      );
    const low = BOTTOM - 7;
    const [left, base] = [
      [x(along(0.55)) - 8 - long, low],
      [x(last) + 8, low],
      [x.places[1] - long, TOP + 16],
    ].find((place, k) => k === 2 || isFree(place)) ?? [0, 0];
    return [
      svgSketch("line", { class: "tangent", x1: x(first), y1: y(cost(first)), x2: x(last), y2: y(cost(last)) }),
      words(left, base, text, "start", "name"),
    ];
  }
  const isNarrow = () => plot.size().width < 420;
  function drawDots(at, isHeld) {
    const count = get("p").filter(isHeld).length;
    const apart = Math.min(64, (plot.size().width - LEFT - 40) / Math.max(1, count - 1));
    let held = 0;
    const spots = dots.map((_, i) => {
      const p = get("p")[i];
      return isHeld(p) ? [LEFT + 20 + apart * held++, HELD] : at(p, shown.losses[i]);
    });
    dots.forEach((dot, i) => {
      const p = get("p")[i],
        [left, top] = spots[i];
      const isCovered = spots.some(
        (spot, k) =>
          k !== i && (k === chosen() || (k > i && i !== chosen())) && Math.hypot(spot[0] - left, spot[1] - top) < 16,
      );
      Object.assign(dot.style, { left: `${left.toFixed(1)}px`, top: `${top.toFixed(1)}px` });
      dot.setAttribute("class", i === chosen() ? "dot chosen" : "dot");
      dot.setAttribute("aria-valuenow", String(p));
      dot.setAttribute("aria-valuetext", `p = ${price(p)}, ${nats(shown.losses[i])} nats`);
      const marks = isHeld(p) ? [sketch("b", {}, `↑ ${nats(shown.losses[i])}`)] : [];
      renew(dot, sketch("span", {}, isCovered ? "" : String(i + 1)), ...marks);
    });
    return spots;
  }
  function cells(name, values) {
    return sketch(
      "tr",
      {},
      sketch("th", { scope: "row" }, ...[name].flat()),
      ...values.map((v) => sketch("td", {}, v)),
    );
  }
  function drawSamples() {
    const row = (name, values, write, last) => cells(name, [...values.map(write), last ?? write(mean(values))]);
    renew(
      samples,
      sketch(
        "thead",
        {},
        sketch(
          "tr",
          {},
          ...["sample", ...dots.map((_, k) => String(k + 1)), "mean"].map((t) => sketch("th", { scope: "col" }, t)),
        ),
      ),
      sketch(
        "tbody",
        {},
        row("p", get("p"), price, ""),
        row("−log p", shown.losses, nats),
        row("slope −1/p", shown.slopes, (v) => number(v, 3), ""),
        ...RULES.slice(1).map(({ key, name }) => row(name, shown[key], (v) => number(v, 3))),
      ),
    );
  }
  function drawResults() {
    const power = (text) => sketch("span", {}, "e", sketch("sup", {}, text));
    const under = (v) => (v === 0 ? "0: too small to store" : number(v));
    const row = (name, value) => cells(name, [value]);
    renew(
      results,
      sketch(
        "tbody",
        {},
        row(`product of the ${shown.count} probabilities`, under(shown.product)),
        row("log of the product", number(shown.logProduct)),
        row("sum of the logs", number(shown.logSum)),
        row(["mean of −log p: the loss ", sketch("var", {}, "L")], `${nats(shown.loss)} nats`),
        row([power("−N·L"), ", the product again"], under(shown.likelihood)),
        row([power("−L"), ", a typical p"], number(shown.typical)),
      ),
    );
  }
  function compare() {
    const says = get("numpy_says");
    if (!says?.losses || says.repeats !== get("repeats") || String(says.p) !== String(get("p"))) {
      drawComparison(checked, null);
      return;
    }
    const gaps = ["product", "logSum", "loss", "typical"].map((name) => gapOfNumbers(says[name], shown[name]));
    drawComparison(checked, Math.max(...gaps, ...says.losses.map((v, i) => gapOfNumbers(v, shown.losses[i]))));
  }
  update();
  redraw.now();
  return follow(
    model,
    [
      [TRAITS, update],
      [["numpy_says"], compare],
    ],
    [redraw, spoken, plot],
  );
}

const address = {
  p: {
    key: "p",
    text: (values) => values.map((v) => +v.toPrecision(4)).join(","),
    value: (text) => {
      const values = text.split(",").map(Number);
      return values.length <= 10 && values.every((v) => v > 0 && v <= 1) ? values : undefined;
    },
  },
  chosen: {
    key: "sample",
    text: (i) => String(i + 1),
    value: (text) => (/^[1-9]\d?$/.test(text) ? text - 1 : undefined),
  },
  repeats: {
    key: "times",
    value: (text, start) => (start("repeats_offered").includes(+text) ? +text : undefined),
  },
  axis: { key: "axis", value: among(AXIS.map(([key]) => key)) },
  curves: { key: "draw", value: among(CURVES.map(([key]) => key)) },
};

export default { render, address };
