// The gradient check. NumPy has measured every number; the view looks them up in a table and computes
// none, because JavaScript has no float32 mathematics.
import { among } from "./shared/address.mjs";
import { drawComparison, gapOfNumbers } from "./shared/compare.mjs";
import { axes, drawing, path, scale, words } from "./shared/drawing.mjs";
import { frame, returning } from "./shared/frame.mjs";
import { number, superscript } from "./shared/numbers.mjs";
import { slider } from "./shared/slider.mjs";
import { announcer, choice, element, follow, oncePerEvent, renew, sketch, svgSketch } from "./shared/view.mjs";

const METHODS = [
  { key: "forward", name: "forward", colour: "penalty", dash: "7 4", formula: "(f(w + h) − f(w)) / h" },
  { key: "central", name: "central", colour: "data", dash: "", formula: "(f(w + h) − f(w − h)) / 2h" },
  { key: "complex", name: "complex", colour: "total", dash: "9 3 2 3", formula: "Im f(w + ih) / h" },
];
const TYPES = { float64: { spacing: 2 ** -52, digits: 16 }, float32: { spacing: 2 ** -23, digits: 8 } };

/**
 * Return the index of the stop nearest to h on the logarithmic scale.
 * @param {number[]} stops
 * @param {number} h
 */
export function nearest(stops, h) {
  const distance = (value) => Math.abs(Math.log(value) - Math.log(h));
  return stops.reduce((best, value, k) => (distance(value) < distance(stops[best]) ? k : best), 0);
}

/**
 * Return how many characters of two numbers agree from the left.
 * @param {number} measured
 * @param {number} formula
 * @param {number} digits How many significant digits to write.
 */
export function agreeing(measured, formula, digits) {
  const [a, b] = [measured, formula].map((value) => value.toPrecision(digits));
  let k = 0;
  while (k < a.length && a[k] === b[k]) k++;
  return /[1-9]/.test(a.slice(0, k)) ? k : 0; // a sign and zeros alone do not count
}

/**
 * Return what the table holds for one h: each method's slope, error, limit and best h.
 * @param {any} measured The table.
 * @param {string} type A float type.
 * @param {number} index Of h.
 */
export function readings(measured, type, index) {
  const table = measured[type],
    { spacing, digits } = TYPES[type];
  const reading = { h: measured.h[index], truth: measured.float64.formula.slope, spacing, digits };
  for (const { key } of METHODS) {
    const { slope, error } = table[key];
    const lowest = error.reduce((best, value, k) => (value < error[best] ? k : best), 0);
    // The complex step's error has a flat part instead of a lowest point: find its end.
    const beyond = error.findIndex((value) => value > 8 * spacing);
    const plain = (beyond < 0 ? error.length : beyond) - 1;
    const ratio = reading.h / measured.h[lowest];
    let limit = ratio > 2 ? "formula" : ratio < 0.5 ? "rounding" : "both";
    if (key === "complex") limit = index > plain ? "formula" : "none";
    else if (slope[index] === 0 && error[index] > 0.99) limit = "lost";
    reading[key] = {
      slope: slope[index],
      error: error[index],
      agree: agreeing(slope[index], reading.truth, digits),
      limit,
      best: { h: measured.h[lowest], error: error[lowest], index: lowest },
      plain: measured.h[plain],
    };
  }
  return reading;
}

// Write a power of ten that does not break across lines.
const scientific = (value, digits) => {
  const [mantissa, exponent] = value.toExponential(digits).split("e");
  return `${mantissa} × 10${superscript(+exponent)}`.replaceAll(" ", "\u00a0");
};
const brief = (value) => (value >= 0.01 ? number(value, 3) : scientific(value, 1));
const aloud = (value) => {
  if (value >= 0.01) return number(value, 3);
  const [mantissa, exponent] = value.toExponential(2).split("e");
  return `${Number(mantissa)} times 10 to the ${exponent.replace("-", "minus ")}`;
};
const LIMITS = {
  formula: "truncation; the step is too long, and the curve bends on the way",
  rounding: "rounding; the step is too short, and the difference has lost digits",
  both: "truncation and rounding, about alike; this is near its best",
  lost: "the step is lost; both losses are equal to the last digit",
  none: "exact to rounding; nothing is subtracted",
};

// The plot, in pixels from its upper left corner. Both axes are logarithmic; their ends are powers of ten.
const HEIGHT = 310,
  LEFT = 44,
  RIGHT = 74, // the names at the lines' ends
  TOP = 52,
  BOTTOM = HEIGHT - 48, // the slider's thumb stands on the axis
  HIGHEST = 1.3,
  LOWEST = -17.3,
  APART = 15; // two names, one under the other

function render({ model, el }) {
  const measured = model.get("measured"),
    stops = measured.h,
    [d, j] = model.get("weight");
  const read = () => ({
    type: TYPES[model.get("float_type")] ? model.get("float_type") : "float64",
    index: nearest(stops, model.get("step")),
  });
  let now = read();
  const tell = (name, value) => {
    model.set(name, value);
    model.save_changes();
  };

  const plot = drawing({ label: "Relative error against h", width: 640, height: () => HEIGHT, draw: drawPlot });
  const step = slider({
    label: "step h",
    min: 0,
    max: stops.length - 1,
    step: 1,
    value: now.index,
    text: (k) => `h = ${scientific(stops[k])}`,
    spoken: (k) => `step ${aloud(stops[k])}`,
    onInput: (k) => tell("step", stops[k]),
  });
  const type = choice({
    legend: "Computed in",
    options: Object.keys(TYPES).map((name) => [name, name]),
    value: now.type,
    onChange: (key) => tell("float_type", key),
  });
  const slopes = element("table", { class: "slopes" }),
    why = element("table"),
    best = element("table");
  const checked = element("p", { class: "sms-checked" }),
    far = element("p");
  const spoken = announcer();
  const heading = (text) => element("p", { class: "heading" }, text);
  el.append(
    frame({
      model,
      kind: "sms-gradient-check",
      label: "Error of measured slopes against the step h",
      picture: [element("div", { class: "plot" }, plot.node, step.node)],
      controls: [type.node],
      formula: [slopes],
      numbers: [heading("What limits each at this h"), why, heading("The best h of each"), best, far],
      startOver: returning(model, ["step", "float_type"]),
      status: [checked, spoken.node],
    }),
  );

  const redraw = oncePerEvent(draw);
  let drawn, shown;
  function draw() {
    shown = readings(measured, now.type, now.index);
    if (drawn !== now.type) {
      // The table of the best h changes with the type alone.
      drawn = now.type;
      drawBest(shown);
    }
    plot.redraw();
    plot.say(
      `Relative error against h in ${now.type}. Forward and central differences fall with h, ` +
        `lowest at ${aloud(shown.forward.best.h)} and ${aloud(shown.central.best.h)}, and rise again; the complex step falls and stays.`,
    );
    drawSlopes(shown);
    drawWhy(shown);
    compare();
    spoken.say(
      `Step ${aloud(shown.h)}, ${now.type}. ` +
        METHODS.map(({ key, name }) => `${name}: relative error ${aloud(shown[key].error)}`).join(", "),
    );
  }

  const [FROM, TO] = [stops[0], stops[stops.length - 1]].map((h) => Math.round(Math.log10(h)));
  const across = (width) => scale([FROM, TO], [LEFT, width - RIGHT]);
  const y = scale([LOWEST, HIGHEST], [BOTTOM, TOP]);
  const up = (error) => y.held(Math.log10(error)); // an error of 0 is held at the edge
  function drawPlot({ width }) {
    if (!shown) return [];
    const table = measured[now.type],
      x = across(width),
      at = (k) => x(Math.log10(stops[k]));
    const apart = width < 420 ? 4 : 2;
    const powers = Array.from({ length: Math.floor((TO - FROM) / apart) + 1 }, (_, k) => TO - apart * k);
    const name = (power) => (power ? `10${superscript(power)}` : "1");
    const here = at(now.index),
      text = `h = ${scientific(stops[now.index])}`;
    // Names beside the lines' right ends, in the order in which they lie, and apart from each other.
    let last = -Infinity;
    const names = METHODS.map((method) => ({ method, end: up(table[method.key].error[stops.length - 1]) }))
      .sort((one, other) => one.end - other.end)
      .map(({ method, end }) => {
        last = Math.max(end, last + APART);
        return svgSketch(
          "g",
          {},
          mark(method, width - RIGHT + 12, last, 0.7),
          words(width - RIGHT + 21, last + 4, method.name, "start", "sms-tick"),
        );
      });
    return [
      ...axes({
        x,
        y,
        xTicks: powers.map((power) => [power, ""]),
        yTicks: [0, -4, -8, -12, -16].map((power) => [power, name(power)]),
      }),
      ...powers.map((power) => words(x(power), BOTTOM + 26, name(power), "middle", "sms-tick")),
      words(width - RIGHT, BOTTOM + 44, "step h", "end"),
      words(0, 20, "relative error of the gradient"),
      ...METHODS.map(({ key, colour, dash }) =>
        svgSketch("path", {
          class: "curve",
          d: path(table[key].error.map((error, k) => [at(k), up(error)])),
          "stroke-dasharray": dash || null,
          style: `stroke: var(--${colour})`,
        }),
      ),
      ...METHODS.slice(0, 2).map(({ key, colour }) =>
        svgSketch("circle", {
          class: "best",
          cx: at(shown[key].best.index),
          cy: up(shown[key].best.error),
          r: 5,
          style: `stroke: var(--${colour})`,
        }),
      ),
      ...names,
      svgSketch("line", { class: "here", x1: here, x2: here, y1: TOP, y2: BOTTOM }),
      words(Math.max(42, Math.min(here, width - 42)), TOP - 6, text, "middle", "chosen"),
      ...METHODS.map((method) => mark(method, here, up(shown[method.key].error))),
      ...METHODS.filter(({ key }) => shown[key].error < 10 ** LOWEST).map(({ key }) =>
        words(here + 12, BOTTOM - 5, `↓ ${brief(shown[key].error)}`, "start", "sms-tick name"),
      ),
    ];
  }
  // Shapes tell the methods apart without colours.
  function mark({ key, colour }, cx, cy, size = 1) {
    const style = `fill: var(--${colour}); stroke: var(--paper); stroke-width: 1`;
    if (key === "central") return svgSketch("circle", { cx, cy, r: 6.5 * size, style });
    const wide = 11 * size;
    if (key === "forward")
      return svgSketch("rect", { x: cx - wide / 2, y: cy - wide / 2, width: wide, height: wide, style });
    return svgSketch("path", { d: `M${cx},${cy - 6 * size}l${wide / 2},${10 * size}h${-wide}z`, style });
  }
  function key(method) {
    return sketch(
      "th",
      { scope: "row" },
      svgSketch("svg", { viewBox: "-8 -8 16 16", class: "key", "aria-hidden": "true" }, mark(method, 0, 0)),
      method.name,
    );
  }
  function head(...names) {
    return sketch(
      "thead",
      {},
      sketch("tr", {}, ...names.map((name) => (name ? sketch("th", { scope: "col" }, name) : sketch("td")))),
    );
  }
  function drawSlopes(shown) {
    const write = (value, agree) => {
      const text = value.toPrecision(shown.digits).replace("-", "−");
      return sketch(
        "td",
        { class: "digits" },
        sketch("b", {}, text.slice(0, agree)),
        sketch("span", {}, text.slice(agree)),
      );
    };
    const exact = measured[now.type].formula;
    renew(
      slopes,
      head("", `slope ∂L/∂W[${d},\u00a0${j}]: bold digits are right`, "relative error"),
      sketch(
        "tbody",
        {},
        ...METHODS.map((method) => {
          const { slope, agree, error } = shown[method.key];
          return sketch("tr", {}, key(method), write(slope, agree), sketch("td", {}, brief(error)));
        }),
        sketch(
          "tr",
          {},
          sketch("th", { scope: "row", class: "unmarked" }, "formula"),
          write(exact.slope, agreeing(exact.slope, shown.truth, shown.digits)),
          sketch("td", {}, exact.error === 0 ? "reference" : brief(exact.error)),
        ),
      ),
    );
  }
  function drawWhy(shown) {
    renew(
      why,
      sketch(
        "tbody",
        {},
        ...METHODS.map((method) =>
          sketch(
            "tr",
            {},
            key(method),
            sketch("td", { class: "why" }, `${method.formula}: ${LIMITS[shown[method.key].limit]}.`),
          ),
        ),
        sketch(
          "tr",
          {},
          sketch("th", { scope: "row", class: "unmarked" }, "formula"),
          sketch(
            "td",
            { class: "why" },
            `the reference${now.type === "float32" ? ", in float64: its digits are the right ones" : ""}. The errors are those of all weights together.`,
          ),
        ),
      ),
    );
  }
  function drawBest(shown) {
    const e = shown.spacing,
      { forward, central, complex } = shown;
    const row = (method, h, error, why) => [
      sketch("tr", {}, key(method), sketch("td", {}, h), sketch("td", {}, error)),
      sketch("tr", {}, sketch("td", { colspan: 3, class: "why" }, why)),
    ];
    renew(
      best,
      head("", "h", "relative error"),
      sketch(
        "tbody",
        {},
        ...row(
          METHODS[0],
          scientific(forward.best.h),
          brief(forward.best.error),
          `Truncation shrinks like h, rounding grows like ε/h. They meet near √ε\u00a0=\u00a0${brief(Math.sqrt(e))}.`,
        ),
        ...row(
          METHODS[1],
          scientific(central.best.h),
          brief(central.best.error),
          `Truncation shrinks like h², rounding grows like ε/h. They meet near ∛ε\u00a0=\u00a0${brief(Math.cbrt(e))}.`,
        ),
        ...row(
          METHODS[2],
          `≤ ${scientific(complex.plain)}`,
          `≈ ${brief(Math.max(e, complex.best.error))}`,
          "Truncation shrinks like h², and no two close numbers are subtracted: rounding does not grow.",
        ),
      ),
    );
    const least = measured[now.type].far;
    renew(
      far,
      `ε = ${brief(e)} is the spacing of ${now.type} at 1. The complex step may be smaller than the slider goes: ` +
        `at h = ${scientific(least.h)} its error is ${brief(least.error)}.`,
    );
  }
  function compare() {
    const says = model.get("numpy_says");
    if (!says?.forward || says.step !== stops[now.index] || says.float_type !== now.type) {
      drawComparison(checked, null);
      return;
    }
    const gaps = METHODS.map(({ key }) => gapOfNumbers(says[key][d][j], measured[now.type][key].slope[now.index]));
    drawComparison(checked, Math.max(...gaps), "measures the same again");
  }

  // A click on the plot, or a drag sideways, moves the slider.
  const place = plot.node;
  const point = (event) => {
    const power = across(plot.size().width).back(event.clientX - place.getBoundingClientRect().left);
    const h = stops[nearest(stops, 10 ** Math.max(FROM, Math.min(TO, power)))];
    if (h !== stops[now.index]) tell("step", h);
  };
  /** @type {number | null} */
  let from = null;
  place.addEventListener("pointerdown", (event) => {
    from = event.clientX;
    place.setPointerCapture(event.pointerId);
  });
  place.addEventListener("pointermove", (event) => {
    if (!place.hasPointerCapture(event.pointerId)) return;
    if (from !== null && Math.abs(event.clientX - from) < 6) return; // perhaps a finger that scrolls
    from = null;
    point(event);
  });
  place.addEventListener("click", point);

  const update = () => {
    now = read();
    step.set(now.index);
    type.set(now.type);
    redraw();
  };
  draw();
  return follow(
    model,
    [
      [["step", "float_type"], update],
      [["numpy_says"], compare],
    ],
    [redraw, plot, spoken],
  );
}

const address = {
  step: { key: "h", value: (text) => (Number(text) > 0 ? Number(text) : undefined) },
  float_type: { key: "float", value: among(Object.keys(TYPES)) },
};

export default { render, address };
