// One weight of the tiny example is nudged. Left: the loss along it, and its tangent. Right: how the
// first-order change and what it misses shrink with the step.
import { nudge, remainder, stand, subtracted } from "./parts/differential_arithmetic.mjs";
import { drawComparison, gapOfMatrices, gapOfNumbers } from "./shared/compare.mjs";
import { axes, drawing, path, scale, ticks, words } from "./shared/drawing.mjs";
import { formula } from "./shared/formula.mjs";
import { frame, returning } from "./shared/frame.mjs";
import { number, short, superscript } from "./shared/numbers.mjs";
import { slider } from "./shared/slider.mjs";
import { announcer, element, follow, oncePerEvent, renew, sketch, svgSketch } from "./shared/view.mjs";

/**
 * Return the index of the stop nearest to a step on the logarithmic scale.
 * @param {number[]} stops
 * @param {number} step
 */
export function nearest(stops, step) {
  const distance = (value) => Math.abs(Math.log(value) - Math.log(step));
  return stops.reduce((best, value, k) => (distance(value) < distance(stops[best]) ? k : best), 0);
}

const TRAITS = ["weight", "step"];
const nats = (value) => number(value, 4);
// Leave out the "1 × " before a power of ten.
const plain = (step) => short(step, 4).replace(/^1 × /, "");
const unbroken = (value, digits) => number(value, digits).replaceAll(" ", "\u00a0");
const aloud = (value) => {
  if (Math.abs(value) >= 0.001 || value === 0) return short(value, 3);
  const [mantissa, exponent] = value.toExponential(2).split("e");
  return `${Number(mantissa)} times 10 to the ${exponent}`.replaceAll("-", "minus ");
};

// The pictures, in pixels. On a phone the second stands below the first.
const NARROW = 520,
  TALL = 208, // one picture
  WIDE = 230, // both in one row
  LEFT = 40,
  TOP = 30,
  FOOT = 38, // of a picture: its axis and the axis' name
  ENDS = 40, // the names at the curves' ends
  APART = 15; // two names, one under the other
const LOWEST = -21,
  HIGHEST = 1; // powers of ten, of the second picture
const PARTS = 40; // of the first picture's curve

function render({ model, el }) {
  const get = (name) => model.get(name);
  /** @type {import("./parts/differential_arithmetic.mjs").Problem} */
  const problem = { X: get("X"), y: get("y"), W: get("W"), b: get("b"), strength: get("strength") };
  const stops = get("stops"),
    most = stops[stops.length - 1];
  const all = problem.W.flatMap((row, d) => row.map((_, k) => [d, k]));
  let at, shown, index;
  const put = (name, value) => {
    model.set(name, value);
    model.save_changes();
  };

  const plot = drawing({
    label: "The loss along one weight",
    width: 640,
    height: (width) => (width < NARROW ? 2 * TALL : WIDE),
    draw: drawPlots,
  });
  const step = slider({
    label: "Step",
    min: 0,
    max: stops.length - 1,
    step: 1,
    value: nearest(stops, get("step")),
    text: (k) => plain(stops[k]),
    spoken: (k) => `step ${aloud(stops[k])}`,
    onInput: (k) => put("step", stops[k]),
  });
  const weight = chooser(problem.W, (place) => put("weight", place));
  const scoresMove = formula(model, "dF", "dF = X dW = {step} · [{f00} {f01} {f02}; {f10} {f11} {f12}]");
  const probabilitiesMove = formula(model, "dP", "dP = {step} · [{p00} {p01} {p02}; {p10} {p11} {p12}]");
  const first = formula(model, "dL", "dL = tr(Gᵀ dW) = {slope} · {step} = {dL}");
  const truth = formula(model, "change", "true change = dL + {missed} = {change}");
  const samples = element("table", { class: "samples" }),
    parts = element("table"),
    rounding = element("p");
  const checked = element("p", { class: "sms-checked" });
  const spoken = announcer();
  el.append(
    frame({
      model,
      kind: "sms-differential",
      label: "The differential, one entry at a time",
      picture: [plot.node],
      controls: [weight.node, step.node],
      formula: [scoresMove.node, probabilitiesMove.node, first.node, truth.node],
      numbers: [element("div", { class: "wide" }, samples), parts, rounding],
      startOver: returning(model, TRAITS),
      status: [checked, spoken.node],
    }),
  );

  // The first picture's scale is one for all weights.
  const reach = all.flatMap((place) => {
    const there = stand(problem, place);
    return [there.gradient * most, there.gradient * most + remainder(there, most)];
  });
  const ENDS_OF_Y = /** @type {[number, number]} */ ([Math.min(0, ...reach), Math.max(0, ...reach)]);
  const FROM = Math.log10(stops[0]),
    TO = Math.log10(most);

  function places(width) {
    const isNarrow = width < NARROW;
    const split = isNarrow ? width : Math.round(0.44 * width);
    const down = isNarrow ? TALL : 0,
      bottom = (isNarrow ? TALL : WIDE) - FOOT;
    return {
      isNarrow,
      split,
      down,
      x: scale([0, most], [LEFT, split - ENDS]),
      y: scale(ENDS_OF_Y, [bottom, TOP]),
      u: scale([FROM, TO], [isNarrow ? LEFT : split + LEFT + 8, width - 12]),
      v: scale([LOWEST, HIGHEST], [down + bottom, down + TOP]),
    };
  }

  function drawPlots({ width }) {
    return shown ? [...drawCurve(places(width)), ...drawSizes(places(width))] : [];
  }
  function drawCurve({ x, y, split }) {
    const curve = Array.from({ length: PARTS + 1 }, (_, j) => {
      const by = (most * j) / PARTS;
      return /** @type {[number, number]} */ ([x(by), y(at.gradient * by + remainder(at, by))]);
    });
    const [end, line] = [curve[PARTS][1], y(at.gradient * most)];
    const [above, below] = end < line ? ["loss", "dL"] : ["dL", "loss"];
    const middle = (end + line) / 2,
      half = Math.max(Math.abs(end - line), APART) / 2;
    const now = x(stops[index]);
    return [
      ...axes({
        x,
        y,
        xTicks: [0, 0.5, 1].map((v) => [v * most, short(v * most)]),
        yTicks: ticks(...ENDS_OF_Y, 4).map((v) => [v, short(v)]),
        xName: "step",
      }),
      words(0, 14, "change of the loss L, in nats"),
      svgSketch("line", { class: "tangent", x1: x(0), y1: y(0), x2: x(most), y2: line }),
      svgSketch("path", { class: "curve", d: path(curve) }),
      svgSketch("line", { class: "gap", x1: now, x2: now, y1: y(shown.dL), y2: y(shown.change) }),
      svgSketch("circle", { class: "point", cx: now, cy: y(shown.change), r: 6 }),
      words(split - ENDS + 10, middle - half + 4, above, "start", "sms-tick"),
      words(split - ENDS + 10, middle + half + 4, below, "start", "sms-tick"),
    ];
  }
  function drawSizes({ u, v, isNarrow, down }) {
    const place = (k) => u(Math.log10(stops[k]));
    const up = (value) => v.held(Math.log10(Math.abs(value)));
    const line = (f) => path(stops.map((value, k) => [place(k), up(f(value))]));
    const powers = [-10, -8, -6, -4, -2, 0];
    const name = (power) => (power ? `10${superscript(power)}` : "1");
    const beside = Math.floor(stops.length * 0.6);
    const near = place(beside);
    const now = place(index);
    return [
      ...axes({
        x: u,
        y: v,
        xTicks: powers.map((power) => [power, name(power)]),
        yTicks: [0, -5, -10, -15, -20].map((power) => [power, name(power)]),
        xName: "step",
      }),
      words(isNarrow ? 0 : u.places[0] - LEFT, down + 14, "its two parts, in nats"),
      svgSketch("line", { class: "here", x1: now, x2: now, y1: v.places[0], y2: v.places[1] }),
      svgSketch("path", { class: "noise", d: line((by) => subtracted(problem, get("weight"), at, by)) }),
      svgSketch("path", { class: "tangent", d: line((by) => at.gradient * by) }),
      svgSketch("path", { class: "rest", d: line((by) => remainder(at, by)) }),
      words(near - 6, up(at.gradient * stops[beside]) - 7, "dL", "end", "name"),
      words(near + 12, up(remainder(at, stops[beside])) + 14, "what dL misses", "start", "name"),
      words(u.places[0] + 6, v(-12.3), "by subtraction", "start", "name sms-tick"),
      svgSketch("rect", { class: "first", x: now - 5, y: up(shown.dL) - 5, width: 10, height: 10 }),
      svgSketch("circle", { class: "rest-point", cx: now, cy: up(shown.missed), r: 6 }),
    ];
  }

  const redraw = oncePerEvent(draw);
  function draw() {
    const [d, k] = get("weight");
    index = nearest(stops, get("step"));
    at = stand(problem, [d, k]);
    shown = nudge(problem, [d, k], stops[index]);
    plot.redraw();
    const name = `W[${d}, ${k}]`;
    plot.say(
      `The loss along the weight ${name}, with its tangent; and, on logarithmic axes, dL, which falls with the step, ` +
        `and what it misses, which falls with its square. At a step of ${aloud(stops[index])} the loss moves by ` +
        `${aloud(shown.change)} nats; dL is ${aloud(shown.dL)} and misses ${aloud(shown.missed)}.`,
    );
    const size = plain(stops[index]);
    const per = (table, letter) =>
      Object.fromEntries(
        table.flatMap((row, i) => row.map((v, j) => [`${letter}${i}${j}`, short(v / stops[index], 3)])),
      );
    scoresMove.set({ step: size, ...per(shown.dF, "f") });
    probabilitiesMove.set({ step: size, ...per(shown.dP, "p") });
    first.set({ slope: number(shown.slope, 3), step: size, dL: nats(shown.dL) });
    truth.set({ missed: nats(shown.missed), change: nats(shown.change) });
    drawNumbers();
    spoken.say(
      `${name} moved by ${aloud(stops[index])}: the loss moves by ${aloud(shown.change)} nats, to first order by ` +
        `${aloud(shown.dL)}; missed ${aloud(shown.missed)}.`,
    );
    compare();
  }

  function drawNumbers() {
    const head = (...names) =>
      sketch("thead", {}, sketch("tr", {}, ...names.map((name) => sketch("th", { scope: "col" }, name))));
    const row = (name, ...values) =>
      sketch("tr", {}, sketch("th", { scope: "row" }, name), ...values.map((value) => sketch("td", {}, value)));
    renew(
      samples,
      head("i, j", "dF", "dP", "P moves by"),
      sketch(
        "tbody",
        {},
        ...shown.dF.flatMap((f, i) =>
          Array.from(f, (_, j) =>
            row(`${i}, ${j}`, ...[shown.dF, shown.dP, shown.moved].map((table) => number(table[i][j], 4))),
          ),
        ),
      ),
    );
    renew(
      parts,
      head("in nats", "dL", "missed"),
      sketch(
        "tbody",
        {},
        row("data", nats(shown.data), nats(shown.missed - shown.missed_penalty)),
        row("penalty", nats(shown.penalty), nats(shown.missed_penalty)),
        row("together", nats(shown.dL), nats(shown.missed)),
      ),
    );
    renew(
      rounding,
      `What dL misses is computed without a difference. Two losses subtracted, less dL, give ${unbroken(shown.subtracted, 3)} ` +
        `for it: each loss is rounded, and for steps below about ${unbroken(shown.rounding, 2)} no digit of the miss is left.`,
    );
  }
  function compare() {
    const says = get("numpy_says");
    if (!says?.dF || says.step !== stops[index] || String(says.weight) !== String(get("weight"))) {
      drawComparison(checked, null);
      return;
    }
    const gaps = ["dL", "missed"].map((name) => gapOfNumbers(says[name], shown[name]));
    drawComparison(checked, Math.max(...gaps, gapOfMatrices(says.dF, shown.dF), gapOfMatrices(says.dP, shown.dP)));
  }

  // A click on a picture, or a drag sideways, moves the slider.
  const point = (event) => {
    const box = plot.node.getBoundingClientRect();
    const [x, y] = [event.clientX - box.left, event.clientY - box.top];
    const { isNarrow, split, x: along, u } = places(plot.size().width);
    const isSecond = isNarrow ? y > TALL : x > split;
    const asked = isSecond
      ? 10 ** Math.max(FROM, Math.min(TO, u.back(x)))
      : Math.max(stops[0], Math.min(most, along.back(x)));
    const chosen = stops[nearest(stops, asked)];
    if (chosen !== stops[index]) put("step", chosen);
  };
  /** @type {number | null} */
  let from = null;
  plot.node.addEventListener("pointerdown", (event) => {
    from = event.clientX;
    plot.node.setPointerCapture(event.pointerId);
  });
  plot.node.addEventListener("pointermove", (event) => {
    if (!plot.node.hasPointerCapture(event.pointerId)) return;
    if (from !== null && Math.abs(event.clientX - from) < 6) return; // perhaps a finger that scrolls
    from = null;
    point(event);
  });
  plot.node.addEventListener("click", point);

  const update = () => {
    weight.set(get("weight"));
    step.set(nearest(stops, get("step")));
    redraw();
  };
  update();
  redraw.now();
  return follow(
    model,
    [
      [TRAITS, update],
      [["numpy_says"], compare],
    ],
    [redraw, plot, spoken],
  );
}

/**
 * Make the matrix W, drawn: click an entry, or go from one to the next with the arrow keys.
 * @param {number[][]} W
 * @param {(place: number[]) => void} onChange
 */
function chooser(W, onChange) {
  const group = `sms-${Math.random().toString(36).slice(2)}`;
  const inputs = W.map((row, d) =>
    row.map((value, k) => {
      const input = element("input", {
        type: "radio",
        name: group,
        value: `${d},${k}`,
        "aria-label": `W[${d}, ${k}], ${short(value)}`,
        "data-lm-suppress-shortcuts": "true",
      });
      input.addEventListener("change", () => onChange([d, k]));
      input.addEventListener("keydown", (event) => {
        const [down, right] = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[
          event.key
        ] ?? [0, 0];
        if ((!down && !right) || event.ctrlKey || event.metaKey || event.altKey) return;
        event.preventDefault();
        const next = inputs[d + down]?.[k + right];
        if (!next) return;
        next.focus();
        next.click();
      });
      return input;
    }),
  );
  return {
    node: element(
      "fieldset",
      { class: "sms-choice" },
      element("legend", {}, "Weight of W"),
      element(
        "div",
        { class: "entries" },
        ...inputs.flatMap((row, d) =>
          row.map((input, k) => element("label", {}, input, element("span", {}, short(W[d][k])))),
        ),
      ),
    ),
    set([d, k]) {
      if (!inputs[d][k].checked) inputs[d][k].checked = true;
    },
  };
}

const address = {
  weight: {
    key: "weight",
    text: (place) => place.join(","),
    value: (text) => (/^[01],[0-2]$/.test(text) ? text.split(",").map(Number) : undefined),
  },
  step: { key: "step", value: (text) => (Number(text) > 0 ? Number(text) : undefined) },
};

export default { render, address };
