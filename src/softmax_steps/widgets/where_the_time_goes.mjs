// Where the time goes: a problem's place below the roof that two measured numbers draw.
import { among } from "./shared/address.mjs";
import { drawComparison, gapOfNumbers } from "./shared/compare.mjs";
import { axes, drawing, path, scale, words } from "./shared/drawing.mjs";
import { formula } from "./shared/formula.mjs";
import { frame, returning } from "./shared/frame.mjs";
import { number, short, superscript } from "./shared/numbers.mjs";
import { slider } from "./shared/slider.mjs";
import { announcer, choice, element, follow, oncePerEvent, renew, sketch, svgSketch } from "./shared/view.mjs";

/** @typedef {{ multiplications: number, bytes: number }} Machine What it does in a second. */

const PER_DECADE = 10; // positions of a slider from 10 on; below it, each whole number has one
const SIZES = ["n_samples", "n_features", "n_classes"];

/**
 * Return the whole number at a slider's position, with at most two digits that are not 0.
 * @param {number} position From 0, where it is 1.
 */
export function sizeAt(position) {
  if (position < 9) return position + 1;
  const exact = 10 ** ((position + 1) / PER_DECADE);
  const unit = 10 ** (Math.floor(Math.log10(exact) + 1e-9) - 1);
  return Math.round(exact / unit) * unit;
}

/**
 * Return the position that lies nearest to a size.
 * @param {number} size
 */
export const positionOf = (size) => (size < 10 ? size : Math.round(PER_DECADE * Math.log10(size))) - 1;

/**
 * Count the work of a loss and gradient, and the time that a machine takes at least.
 * @param {number[]} sizes N, D and C.
 * @param {number} itemsize Bytes of a stored number.
 * @param {Machine} machine
 */
export function costs([N, D, C], itemsize, machine) {
  const multiplications = 2 * N * D * C,
    bytes = itemsize * N * D,
    arithmetic = multiplications / machine.multiplications,
    reading = bytes / machine.bytes,
    least = Math.max(arithmetic, reading);
  return {
    multiplications,
    bytes,
    per_byte: multiplications / bytes,
    arithmetic,
    reading,
    least,
    rate: multiplications / least,
    ridge: machine.multiplications / machine.bytes,
  };
}

const UNITS = [
  [3600, "h"],
  [60, "min"],
  [1, "s"],
  [1e-3, "ms"],
  [1e-6, "µs"],
  [1e-9, "ns"],
];

/**
 * Write a time in the unit that suits it.
 * @param {number} seconds
 */
export function duration(seconds) {
  const [size, unit] = UNITS.find(([size]) => seconds >= Number(size)) ?? UNITS[UNITS.length - 1];
  const value = seconds / Number(size);
  return `${value >= 1e5 ? number(value, 3) : value >= 100 ? Math.round(value) : short(value, 3)}\u00a0${unit}`;
}

const grouped = (value) => String(value).replace(/\B(?=(\d{3})+$)/g, ",");
const amount = (value) => (value < 1e6 ? grouped(value) : short(value, 3));

// The picture, in pixels from its upper left corner; both axes are logarithmic, in powers of ten.
const HEIGHT = 284,
  LEFT = 46,
  TOP = 24,
  BOTTOM = 180,
  BARS = 238, // the upper of the two bars
  BAR = 15,
  NAMES = 78, // of the bars
  TIMES = 70, // written after them
  TO = 5.3;

/**
 * Return where the axis begins, as a power of ten: the slope must be long enough to have its name.
 * @param {Machine[]} machines
 */
export const beginning = (machines) =>
  machines.some((machine) => machine.multiplications < 4 * machine.bytes) ? -2 : -1;

function render({ model, el }) {
  const types = model.get("types"),
    machines = model.get("machines"),
    most = model.get("most"),
    FROM = beginning(Object.values(machines));
  const read = () => {
    const stored = types[model.get("stored")] ? model.get("stored") : "float32";
    const { bytes, computed } = types[stored];
    const sizes = SIZES.map((name) => Math.min(Math.max(1, model.get(name)), most[name]));
    return { stored, itemsize: bytes, computed, machine: machines[computed], sizes };
  };
  let now = read();
  let shown = costs(now.sizes, now.itemsize, now.machine);
  const tell = (name, value) => {
    model.set(name, value);
    model.save_changes();
  };

  const plot = drawing({ label: "The roof of a machine", width: 640, height: () => HEIGHT, draw: drawPlot });
  const sizeSlider = (name, label) => {
    // The size that the widget began with may lie between two positions: it is shown as it is.
    const size = (position) => {
      const given = now.sizes[SIZES.indexOf(name)];
      return positionOf(given) === position ? given : sizeAt(position);
    };
    return slider({
      label,
      min: 0,
      max: positionOf(most[name]),
      step: 1,
      value: positionOf(model.get(name)),
      text: (position) => amount(size(position)),
      spoken: (position) => grouped(size(position)),
      onInput: (position) => tell(name, sizeAt(position)),
    });
  };
  const sliders = [
    sizeSlider("n_samples", "samples N"),
    sizeSlider("n_features", "features D"),
    sizeSlider("n_classes", "classes C"),
  ];
  const type = choice({
    legend: "X is stored in",
    options: Object.keys(types).map((name) => [name, name]),
    value: now.stored,
    onChange: (key) => tell("stored", key),
  });
  const perByte = formula(model, "per_byte", "2C / s = 2 · {C} / {s} = {perByte} for each byte");
  const bound = formula(model, "bound", "t ≥ max(2NDC / r, sND / w)");
  const value = formula(model, "value", "= max({arithmetic}, {reading}) = {least}");
  const paced = element("p", { class: "paced" }),
    counts = element("table"),
    told = element("p", {}, model.get("told")),
    checked = element("p", { class: "sms-checked" });
  const spoken = announcer();
  el.append(
    frame({
      model,
      kind: "sms-where-the-time-goes",
      label: "Where the time goes: arithmetic or memory",
      picture: [plot.node, paced],
      controls: [element("div", { class: "sizes" }, sliders[0].node, sliders[1].node), sliders[2].node, type.node],
      formula: [perByte.node, bound.node, value.node],
      numbers: [counts, told],
      startOver: returning(model, [...SIZES, "stored"]),
      status: [checked, spoken.node],
    }),
  );

  const redraw = oncePerEvent(draw);
  function draw() {
    const isMemory = shown.reading > shown.arithmetic;
    plot.redraw();
    const words = isMemory ? "Memory sets the pace." : "Arithmetic sets the pace.";
    renew(paced, words);
    const [arithmetic, reading, least] = [shown.arithmetic, shown.reading, shown.least].map(duration);
    perByte.set({
      C: amount(now.sizes[2]),
      s: String(now.itemsize),
      perByte: shown.per_byte < 1000 ? short(shown.per_byte, 3) : amount(shown.per_byte),
    });
    bound.set({});
    value.set({ arithmetic, reading, least });
    const told = `Arithmetic takes ${arithmetic}, memory ${reading}. ${words}`;
    plot.say(`The roof of a machine. ${short(shown.per_byte, 3)} multiplications for each byte. ${told}`);
    spoken.say(told);
    drawCounts();
    compare();
  }
  const crossing = () => amount(Math.max(1, Math.round((now.itemsize * shown.ridge) / 2)));

  function drawPlot({ width }) {
    const right = width - 12;
    const x = scale([FROM, TO], [LEFT, right]);
    const low = Math.floor(Math.log10(now.machine.bytes) + FROM),
      high = Math.ceil(Math.log10(now.machine.multiplications) + 0.35); // room for the names
    const y = scale([low, high], [BOTTOM, TOP]);
    const at = (perByte, rate) => /** @type {[number, number]} */ ([x(Math.log10(perByte)), y(Math.log10(rate))]);
    const { machine } = now;
    const ridge = at(shown.ridge, machine.multiplications);
    const [px, py] = at(shown.per_byte, shown.rate);
    const power = (k) => (k === 0 ? "1" : `10${superscript(k)}`);
    const every = width < 420 ? 2 : 1;
    const xs = Array.from({ length: Math.floor((TO - FROM) / every) + 1 }, (_, k) => FROM + every * k);
    const ys = Array.from({ length: high - low + 1 }, (_, k) => low + k);
    const longest = Math.max(shown.arithmetic, shown.reading);
    const bar = (row, text, kind, seconds) => {
      const top = BARS + row * (BAR + 8),
        length = Math.max(1.5, ((right - LEFT - NAMES - TIMES + 40) * seconds) / longest);
      const from = LEFT + NAMES - 40;
      return [
        words(from - 8, top + BAR - 3, text, "end"),
        svgSketch("rect", { class: `bar ${kind}`, x: from, y: top, width: length, height: BAR }),
        words(from + length + 7, top + BAR - 3, duration(seconds), "start", "time"),
      ];
    };
    return [
      ...axes({
        x,
        y,
        xTicks: xs.map((k) => [k, power(k)]),
        yTicks: ys.map((k) => [k, power(k)]),
        xName: "multiplications for each byte",
        yName: "multiplications a second",
      }),
      svgSketch("path", { class: "roof memory", d: path([at(10 ** FROM, machine.bytes * 10 ** FROM), ridge]) }),
      svgSketch("path", { class: "roof arithmetic", d: path([ridge, at(10 ** TO, machine.multiplications)]) }),
      // The place is a circle on the roof, its line goes down from it: the names stand clear of both.
      words(ridge[0] + 12, ridge[1] - 11, "arithmetic", "start"),
      words(ridge[0] - 12, ridge[1] - 11, "memory", "end", "name"),
      svgSketch("line", { class: "here", x1: px, x2: px, y1: py, y2: BOTTOM }),
      svgSketch("circle", { class: "place", cx: px, cy: py, r: 7 }),
      ...bar(0, "arithmetic", "arithmetic", shown.arithmetic),
      ...bar(1, "memory", "memory", shown.reading),
    ];
  }

  function drawCounts() {
    const row = (name, text) => sketch("tr", {}, sketch("th", { scope: "row" }, name), sketch("td", {}, text));
    renew(
      counts,
      sketch(
        "tbody",
        {},
        row("multiplications, 2NDC", number(shown.multiplications, 3)),
        row("bytes of X, sND", number(shown.bytes, 3)),
        row(`r, computed in ${now.computed}`, `${number(now.machine.multiplications, 3)} a second`),
        row("w", `${number(now.machine.bytes, 3)} bytes a second`),
        row("r / w, where the roof bends", `${short(shown.ridge, 3)} for each byte`),
        row("both take as long with", `${crossing()} classes`),
      ),
    );
  }
  function compare() {
    const says = model.get("numpy_says");
    if (!says?.least || says.stored !== now.stored || says.sizes.some((size, k) => size !== now.sizes[k])) {
      drawComparison(checked, null);
      return;
    }
    const gaps = Object.keys(shown).map((key) => gapOfNumbers(says[key], shown[key]));
    drawComparison(checked, Math.max(...gaps));
  }

  const update = () => {
    now = read();
    shown = costs(now.sizes, now.itemsize, now.machine);
    sliders.forEach((each, k) => {
      each.set(positionOf(now.sizes[k]));
    });
    type.set(now.stored);
    redraw();
  };
  draw();
  return follow(
    model,
    [
      [[...SIZES, "stored"], update],
      [["numpy_says"], compare],
    ],
    [redraw, plot, spoken],
  );
}

const whole = (trait) => (text, start) =>
  /^\d+$/.test(text) && Number(text) >= 1 && Number(text) <= start("most")[trait] ? Number(text) : undefined;
const address = {
  n_samples: { key: "rows", value: whole("n_samples") },
  n_features: { key: "features", value: whole("n_features") },
  n_classes: { key: "classes", value: whole("n_classes") },
  stored: { key: "stored", value: among(["float64", "float32", "float16", "uint8"]) },
};

export default { render, address };
