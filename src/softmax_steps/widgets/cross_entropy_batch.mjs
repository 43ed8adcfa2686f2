// A batch of probabilities on the curve −log p, and two ways to compute its loss.

import { among } from "./shared/address.mjs";
import { drawComparison, gapOfNumbers } from "./shared/compare.mjs";
import { crossEntropy, mean } from "./shared/maths.mjs";
import { number, short, superscript } from "./shared/numbers.mjs";
import {
  announcer,
  button,
  choice,
  element,
  follow,
  oncePerEvent,
  renew,
  sketch,
  svgElement,
  svgSketch,
} from "./shared/view.mjs";

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

// Slider positions: ten a decade from 10⁻⁶ to 0.1, then hundredths up to 1.
const LEAST = -6, // the power of ten of the least p
  TURN = -1;
const EVEN = 10 * (TURN - LEAST); // the position of 0.1, from where hundredths count
const LAST = EVEN + 100 - 100 * 10 ** TURN;
/** @param {number} k */
export const toProbability = (k) => (k < EVEN ? +(10 ** (k / 10 + LEAST)).toPrecision(2) : (k - LAST + 100) / 100);
/** @param {number} p */
export const toPosition = (p) =>
  Math.max(0, Math.round(p < 10 ** TURN ? 10 * (Math.log10(p) - LEAST) : 100 * p + LAST - 100));

// The place of a pair (p, price) in the plot, in percent from its left and its top.
const AXES = {
  linear: {
    top: 5,
    ticks: [0, 0.2, 0.4, 0.6, 0.8, 1].map((p) => [p, String(p)]),
    prices: [0, 1, 2, 3, 4, 5],
    across: (p) => 100 * p,
  },
  log: {
    top: 15,
    ticks: Array.from({ length: 1 - LEAST }, (_, k) => LEAST + k).map((k) => [
      10 ** k,
      k ? `10${superscript(k)}` : "1",
    ]),
    prices: [0, 2, 4, 6, 8, 10, 12, 14],
    across: (p) => 100 * (1 + Math.max(Math.log10(p), LEAST) / (0.3 - LEAST)), // 0.3 of a decade at its left
  },
};
const down = (axis, price) => 100 - (100 * Math.min(price, axis.top)) / axis.top;
const RULES = [
  { key: "losses", name: "−log p", price: (p) => -Math.log(p), at: { linear: [0.17, 2.15], log: [0.0004, 9.4] } },
  { key: "missing", name: "1 − p", price: (p) => 1 - p, at: { linear: [0.03, 1.3] } },
  { key: "squared", name: "(1 − p)²", price: (p) => (1 - p) ** 2, at: { linear: [0.03, 0.42], log: [0.00001, 2.2] } },
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

function render({ model, el }) {
  const get = (name) => model.get(name);
  const start = Object.fromEntries(TRAITS.map((name) => [name, get(name)]));
  let rows = [],
    shown;
  const put = (changes) => {
    for (const [name, value] of Object.entries(changes)) model.set(name, value);
    model.save_changes();
    update();
  };
  const setP = (i, value) => put({ p: get("p").map((v, k) => (k === i ? value : v)), chosen: i });

  const svg = svgElement("svg", { viewBox: "0 0 100 100", preserveAspectRatio: "none", "aria-hidden": "true" });
  const texts = element("div", { "aria-hidden": "true" }),
    dots = element("div", { "aria-hidden": "true" });
  const plot = element("div", { class: "plot" }, svg, texts, dots);
  const across = element("p", { class: "axis-name", "aria-hidden": "true" }, "p, the probability of the true class");
  const upwards = element("p", { class: "axis-name top", "aria-hidden": "true" });
  const drawing = element("div", { class: "drawing", role: "img" }, upwards, plot, across);
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
  const list = element("div", { class: "lines" });
  const ticks = element(
    "div",
    { class: "line ticks", "aria-hidden": "true" },
    element("span"),
    element(
      "div",
      {},
      ...[10 ** LEAST, 1e-4, 0.1, 0.5, 1].map((p) =>
        element(
          "span",
          { style: `left: ${(100 * toPosition(p)) / LAST}%` },
          p < 10 ** TURN ? `10${superscript(Math.log10(p))}` : String(p),
        ),
      ),
    ),
  );
  const sample = element("p"),
    equation = element("p", { class: "equation" });
  const results = element("table", { class: "results" }),
    rivals = element("table", { class: "rivals" });
  const checked = element("p", { class: "sms-checked" });
  const spoken = announcer();
  el.append(
    element(
      "div",
      {
        class: "sms-widget sms-cross-entropy-batch",
        role: "group",
        "aria-label": "A batch of five and its cross-entropy",
      },
      drawing,
      axis.node,
      curves.node,
      list,
      sample,
      rivals,
      element("hr"),
      repeats.node,
      equation,
      results,
      button("Back to the start", () => put(start)),
      checked,
      spoken.node,
    ),
  );

  function build(n) {
    rows = Array.from({ length: n }, (_, i) => {
      const input = element("input", {
        type: "range",
        min: 0,
        max: LAST,
        step: 1,
        "aria-label": `Sample ${i + 1}, probability of the true class`,
        "data-lm-suppress-shortcuts": "true",
      });
      input.addEventListener("input", () => setP(i, toProbability(+input.value)));
      input.addEventListener("keydown", (event) => {
        const by = { ArrowLeft: -10, ArrowDown: -10, ArrowRight: 10, ArrowUp: 10 }[event.key];
        if (!by || !event.shiftKey) return;
        event.preventDefault();
        setP(i, toProbability(Math.max(0, Math.min(LAST, toPosition(get("p")[i]) + by))));
      });
      input.addEventListener("focus", () => {
        model.set("chosen", i);
      });
      const values = [0, 1, 2].map(() => element("span", { class: "value" }));
      const node = element(
        "div",
        { class: "line" },
        element("span", { class: "disc", "aria-hidden": "true" }, String(i + 1)),
        input,
        ...values,
      );
      return { node, input, values, dot: makeDot(i) };
    });
    dots.replaceChildren(...rows.map((row) => row.dot));
    const heads = ["", "drag p", "p", "−log p", "slope"];
    list.replaceChildren(
      element("div", { class: "line head", "aria-hidden": "true" }, ...heads.map((t) => element("span", {}, t))),
      ...rows.map((row) => row.node),
      ticks,
    );
  }
  // A point can be dragged along the curve. For keys its sample's slider takes the focus.
  function makeDot(i) {
    const dot = element("div", { class: "dot" }, element("span", {}, String(i + 1)));
    dot.addEventListener("pointerdown", (event) => {
      event.preventDefault();
      dot.setPointerCapture(event.pointerId);
      rows[i].input.focus({ preventScroll: true });
    });
    dot.addEventListener("pointermove", (event) => {
      if (!dot.hasPointerCapture(event.pointerId)) return;
      const box = plot.getBoundingClientRect(),
        now = AXES[get("axis")];
      const value = nearest(now, event.clientX - box.left, event.clientY - box.top, box);
      if (value !== get("p")[i]) setP(i, value);
    });
    return dot;
  }
  // Return the probability, among those of the slider, whose point is nearest to the pointer.
  function nearest(now, x, y, box) {
    const places = Array.from({ length: LAST + 1 }, (_, k) => toProbability(k)).filter((p) => -Math.log(p) <= now.top);
    const gap = (p) =>
      Math.hypot((now.across(p) * box.width) / 100 - x, (down(now, -Math.log(p)) * box.height) / 100 - y);
    return places.reduce((best, p) => (gap(p) < gap(best) ? p : best));
  }
  function chosen() {
    return Math.max(0, Math.min(get("p").length - 1, get("chosen")));
  }
  function update() {
    if (rows.length !== get("p").length) build(get("p").length);
    axis.set(get("axis"));
    curves.set(get("curves"));
    repeats.set(String(get("repeats")));
    redraw();
  }
  const redraw = oncePerEvent(draw);
  function draw() {
    shown = explore({ p: get("p"), repeats: get("repeats") });
    drawPlot();
    drawRows();
    drawBatch();
    compare();
  }
  function drawPlot() {
    const now = AXES[get("axis")],
      p0 = get("p")[chosen()];
    const rules = get("curves") === "rivals" ? RULES : RULES.slice(0, 1);
    const line = (points, kind) =>
      svgSketch("polyline", { class: kind, points: points.map((at) => at.map((v) => v.toFixed(2)).join()).join(" ") });
    const first = now === AXES.linear ? Math.exp(-now.top) : 10 ** LEAST;
    const grid = Array.from({ length: 201 }, (_, k) =>
      now === AXES.linear ? first + (k / 200) * (1 - first) : 10 ** (6 * (k / 200 - 1)),
    );
    if (now === AXES.linear) grid.unshift(...Array.from({ length: 20 }, (_, k) => first * 1.08 ** k));
    grid.sort((a, b) => a - b);
    renew(
      svg,
      ...now.prices.map((v) =>
        line(
          [
            [0, down(now, v)],
            [100, down(now, v)],
          ],
          "grid",
        ),
      ),
      ...rules.map((rule) =>
        line(
          grid.map((p) => [now.across(p), down(now, rule.price(p))]),
          rule.key,
        ),
      ),
      ...(now === AXES.linear && -Math.log(p0) <= now.top ? [line(tangent(p0, now), "tangent")] : []),
    );
    const text = (kind, left, top, content) =>
      sketch("span", { class: kind, style: `left: ${left}%; top: ${top}%` }, content);
    renew(
      texts,
      ...now.ticks.map(([p, t]) => text("tick-x", now.across(p), 100, t)),
      ...now.prices.map((v) => text("tick-y", 0, down(now, v), String(v))),
      ...rules
        .filter((rule) => rule.at[get("axis")])
        .map((rule) => {
          const [p, price] = rule.at[get("axis")];
          return text(
            `label ${rule.key}`,
            now.across(p),
            down(now, price),
            rule.key === "squared" && now === AXES.log ? "1 − p and (1 − p)²" : rule.name,
          );
        }),
    );
    rows.forEach(({ dot }, i) => {
      const [p, price] = [get("p")[i], shown.losses[i]];
      dot.style.left = `${now.across(p)}%`;
      dot.style.top = `${down(now, price)}%`;
      dot.classList.toggle("chosen", i === chosen());
      dot.classList.toggle("beyond", price > now.top);
    });
    drawing.setAttribute(
      "aria-label",
      `The price minus log p against p, with ${rows.length} samples on it` +
        `${rules.length > 1 ? ", and the rivals 1 − p and its square, which stay below 1" : ""}. ` +
        `Sample ${chosen() + 1} stands at p = ${price(p0)}, ${price(shown.losses[chosen()])} nats.`,
    );
  }
  // Return the ends of the tangent at p0, at the plot's edges.
  function tangent(p0, now) {
    const price = (p) => -Math.log(p0) - (p - p0) / p0,
      at = (v) => p0 * (1 - Math.log(p0) - v);
    const ends = [Math.max(0, at(now.top)), Math.min(1, at(0))];
    return ends.map((p) => [now.across(p), down(now, price(p))]);
  }
  function drawRows() {
    rows.forEach((row, i) => {
      const p = get("p")[i];
      row.input.value = toPosition(p);
      row.input.setAttribute("aria-valuetext", `p = ${price(p)}, ${number(shown.losses[i], 3)} nats`);
      [price(p), number(shown.losses[i]), number(shown.slopes[i], 3)].forEach((t, k) => {
        renew(row.values[k], t);
      });
      row.node.classList.toggle("chosen", i === chosen());
    });
    const [i, p] = [chosen(), get("p")[chosen()]];
    renew(
      sample,
      `Sample ${i + 1}: −log ${braced(price(p))} = `,
      sketch("b", {}, `${number(shown.losses[i])} nats`),
      `. Slope −1/p = −1/${braced(price(p))} = ${number(shown.slopes[i])} nats for each unit of p.`,
    );
    rivals.hidden = get("curves") !== "rivals";
    renew(upwards, rivals.hidden ? "price in nats" : "price (−log p in nats)");
    const cells = (name, values) =>
      sketch(
        "tr",
        {},
        sketch("th", { scope: "row" }, name),
        ...[...values, mean(values)].map((v) => sketch("td", {}, number(v, 3))),
      );
    renew(
      rivals,
      sketch(
        "thead",
        {},
        sketch(
          "tr",
          {},
          ...["sample", ...rows.map((_, k) => String(k + 1)), "mean"].map((t) => sketch("th", { scope: "col" }, t)),
        ),
      ),
      sketch("tbody", {}, ...RULES.map((rule) => cells(rule.name, shown[rule.key]))),
    );
  }
  function drawBatch() {
    const many = get("repeats") > 1,
      power = (text) => sketch("span", {}, "e", sketch("sup", {}, text));
    const terms = shown.losses.map((v) => number(v));
    renew(
      equation,
      sketch("var", {}, "L"),
      ` = (${terms.join(" + ")}) / ${terms.length} = `,
      sketch("b", {}, `${number(shown.loss)} nats`),
      many ? `, the same for all N = ${shown.count} samples` : "",
    );
    const under = (v) => (v === 0 ? "0: too small to store" : number(v));
    const row = (name, value) =>
      sketch("tr", {}, sketch("th", { scope: "row" }, ...[name].flat()), sketch("td", {}, value));
    renew(
      results,
      sketch(
        "tbody",
        {},
        row(`product of the ${shown.count} probabilities`, under(shown.product)),
        row("log of the product", number(shown.logProduct)),
        row("sum of the logs", number(shown.logSum)),
        row(["mean of −log p: the loss ", sketch("var", {}, "L")], `${number(shown.loss)} nats`),
        row([power("−N·L"), ", the product again"], under(shown.likelihood)),
        row([power("−L"), ", a typical p"], number(shown.typical)),
      ),
    );
    spoken.say(
      `${sample.textContent} Loss of the batch ${number(shown.loss)} nats, product ${number(shown.product, 3)}.`,
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
    [redraw, spoken],
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
