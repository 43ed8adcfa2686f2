// The gradient check. NumPy has measured every number; the view looks them up in a table and computes
// none, because JavaScript has no float32 mathematics.
import { among } from "./shared/address.mjs";
import { drawComparison, gapOfNumbers } from "./shared/compare.mjs";
import { number, superscript } from "./shared/numbers.mjs";
import { slider } from "./shared/slider.mjs";
import {
  announcer,
  choice,
  element,
  follow,
  oncePerEvent,
  renew,
  sketch,
  svgElement,
  svgSketch,
} from "./shared/view.mjs";

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

  const chart = element("div", { class: "chart" });
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
    legend: "Numbers",
    options: Object.keys(TYPES).map((name) => [name, name]),
    value: now.type,
    onChange: (key) => tell("float_type", key),
  });
  const slopes = element("table", { class: "slopes" }),
    best = element("table", { class: "best" });
  const checked = element("p", { class: "sms-checked" }),
    far = element("p");
  const spoken = announcer();
  el.append(
    element(
      "div",
      {
        class: "sms-widget sms-gradient-check",
        role: "group",
        "aria-label": "Error of measured slopes against the step h",
      },
      type.node,
      element("p", { class: "axis", "aria-hidden": "true" }, "relative error of the measured gradient"),
      chart,
      step.node,
      element("p", { class: "sms-heading" }, "At this h"),
      slopes,
      element("p", { class: "sms-heading" }, "The best h of each"),
      best,
      far,
      checked,
      spoken.node,
    ),
  );

  let width = 640;
  const watcher = new ResizeObserver(() => {
    if (chart.clientWidth && chart.clientWidth !== width) {
      width = chart.clientWidth;
      drawChart();
      drawPlace();
    }
  });
  watcher.observe(chart);

  const redraw = oncePerEvent(draw);
  let drawn;
  function draw() {
    const shown = readings(measured, now.type, now.index);
    if (drawn !== now.type) {
      // The chart and the table of the best h change with the type alone.
      drawn = now.type;
      drawChart();
      drawBest(shown);
    }
    drawPlace();
    drawSlopes(shown);
    compare();
    spoken.say(
      `Step ${aloud(shown.h)}, ${now.type}. ` +
        METHODS.map(({ key, name }) => `${name}: relative error ${aloud(shown[key].error)}`).join(", "),
    );
  }

  // Both axes are logarithmic. The chart's unit is the pixel, so that letters keep their size on a phone.
  const LEFT = 48,
    RIGHT = 14,
    HEIGHT = 270,
    TOP = 1.3,
    FLOOR = -17.3;
  const [FROM, TO] = [stops[0], stops[stops.length - 1]].map((h) => Math.round(Math.log10(h)));
  const x = (k) => LEFT + ((Math.log10(stops[k]) - FROM) / (TO - FROM)) * (width - LEFT - RIGHT);
  const y = (error) => 8 + ((TOP - Math.max(FLOOR, Math.log10(error))) / (TOP - FLOOR)) * (HEIGHT - 36);
  function drawChart() {
    const table = measured[now.type],
      shown = readings(measured, now.type, now.index);
    const svg = svgElement("svg", {
      viewBox: `0 0 ${width} ${HEIGHT}`,
      height: HEIGHT,
      role: "img",
      "aria-label":
        `Relative error against h in ${now.type}. Forward and central differences fall with h, ` +
        `lowest at ${aloud(shown.forward.best.h)} and ${aloud(shown.central.best.h)}, and rise again; the complex step falls and stays.`,
    });
    const line = (x1, y1, x2, y2, style) => svgElement("line", { x1, y1, x2, y2, style });
    const text = (at, up, content, anchor, kind) =>
      svgElement("text", { x: at, y: up, "text-anchor": anchor, class: kind }, content);
    for (let power = 0; power >= -16; power -= 4) {
      svg.append(
        line(LEFT, y(10 ** power), width - RIGHT, y(10 ** power), "stroke: var(--line)"),
        text(LEFT - 6, y(10 ** power) + 4, power ? `10${superscript(power)}` : "1", "end"),
      );
    }
    const apart = width < 420 ? 4 : 2;
    for (let power = TO - apart * Math.floor((TO - FROM) / apart); power <= TO; power += apart) {
      const k = nearest(stops, 10 ** power);
      svg.append(
        line(x(k), HEIGHT - 28, x(k), HEIGHT - 23, "stroke: var(--muted)"),
        text(x(k), HEIGHT - 9, `10${superscript(power)}`, "middle"),
      );
    }
    svg.append(line(LEFT, HEIGHT - 28, width - RIGHT, HEIGHT - 28, "stroke: var(--muted)"), place);
    for (const { key, colour, dash } of METHODS) {
      const { error } = table[key];
      svg.append(
        svgElement("polyline", {
          points: error.map((value, k) => `${x(k).toFixed(1)},${y(value).toFixed(1)}`).join(" "),
          "stroke-dasharray": dash || undefined,
          style: `fill: none; stroke: var(--${colour}); stroke-width: 2`,
        }),
      );
      if (key !== "complex") {
        const { index } = shown[key].best;
        svg.append(
          svgElement("circle", {
            cx: x(index),
            cy: y(error[index]),
            r: 5,
            style: `fill: none; stroke: var(--${colour}); stroke-width: 1.5`,
          }),
        );
      }
    }
    const last = stops.length - 1,
      low = shown.central.best.index,
      quarter = nearest(stops, 1e-12);
    svg.append(
      text(x(last), y(table.forward.error[last]) - 9, "forward", "end", "name"),
      text(x(low) - 9, y(table.central.error[low]) + 7, "central", "end", "name"),
      text(x(quarter), y(table.complex.error[quarter]) - 11, "complex step", "middle", "name"),
      ...places,
    );
    chart.replaceChildren(svg);
  }
  // The line at the chosen h, with a mark for each method.
  const place = svgElement("line", { y1: 4, y2: HEIGHT - 28, style: "stroke: var(--ink); stroke-width: 1.5" });
  const places = METHODS.map((method) => svgElement("g", {}, mark(method, 0, 0)));
  function drawPlace() {
    for (const name of ["x1", "x2"]) place.setAttribute(name, String(x(now.index)));
    METHODS.forEach(({ key }, k) => {
      const up = y(measured[now.type][key].error[now.index]);
      places[k].setAttribute("transform", `translate(${x(now.index)} ${up})`);
    });
  }
  // Shapes tell the methods apart without colours.
  function mark({ key, colour }, cx, cy) {
    const style = `fill: var(--${colour}); stroke: var(--sms-paper, var(--white)); stroke-width: 1`;
    if (key === "central") return svgSketch("circle", { cx, cy, r: 6.5, style });
    if (key === "forward") return svgSketch("rect", { x: cx - 5.5, y: cy - 5.5, width: 11, height: 11, style });
    return svgSketch("path", { d: `M${cx},${cy - 6}l5.5,10h-11z`, style });
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
      head("", `slope ∂L/∂W[${d},\u00a0${j}]`, "relative error"),
      sketch(
        "tbody",
        {},
        ...METHODS.flatMap((method) => {
          const { slope, agree, error, limit } = shown[method.key];
          return [
            sketch("tr", {}, key(method), write(slope, agree), sketch("td", {}, brief(error))),
            sketch("tr", { class: "why" }, sketch("td", { colspan: 3 }, `${method.formula}: ${LIMITS[limit]}.`)),
          ];
        }),
        sketch(
          "tr",
          {},
          sketch("th", { scope: "row" }, "formula"),
          write(exact.slope, agreeing(exact.slope, shown.truth, shown.digits)),
          sketch("td", {}, exact.error === 0 ? "reference" : brief(exact.error)),
        ),
        sketch(
          "tr",
          { class: "why" },
          sketch(
            "td",
            { colspan: 3 },
            `Digits in bold are those of the formula${now.type === "float32" ? " in float64" : ""}. The error is that of all weights together.`,
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
      sketch("tr", { class: "why" }, sketch("td", { colspan: 3 }, why)),
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

  // A click on the chart, or a drag sideways, moves the slider.
  const point = (event) => {
    const left = chart.getBoundingClientRect().left + LEFT;
    const power = ((event.clientX - left) / (width - LEFT - RIGHT)) * (TO - FROM) + FROM;
    const h = stops[nearest(stops, 10 ** Math.max(FROM, Math.min(TO, power)))];
    if (h !== stops[now.index]) tell("step", h);
  };
  /** @type {number | null} */
  let from = null;
  chart.addEventListener("pointerdown", (event) => {
    from = event.clientX;
    chart.setPointerCapture(event.pointerId);
  });
  chart.addEventListener("pointermove", (event) => {
    if (!chart.hasPointerCapture(event.pointerId)) return;
    if (from !== null && Math.abs(event.clientX - from) < 6) return; // perhaps a finger that scrolls
    from = null;
    point(event);
  });
  chart.addEventListener("click", point);

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
    [redraw, { stop: () => watcher.disconnect() }, spoken],
  );
}

const address = {
  step: { key: "h", value: (text) => (Number(text) > 0 ? Number(text) : undefined) },
  float_type: { key: "float", value: among(Object.keys(TYPES)) },
};

export default { render, address };
