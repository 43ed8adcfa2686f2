// Points that no straight border can part; a network with one hidden layer and a linear model, which are
// trained together, step by step.

import { address } from "./parts/hidden_address.mjs";
import { numberTables } from "./parts/hidden_numbers.mjs";
import { divide, probabilities, unitLines, unitValue } from "./parts/hidden_regions.mjs";
import { follow as followRoad, further, lengthOf, training } from "./parts/hidden_training.mjs";
import { unitPictures } from "./parts/hidden_units.mjs";
import { lossCurve } from "./parts/plane_loss_curve.mjs";
import { planePicture } from "./parts/plane_picture.mjs";
import { square } from "./parts/plane_polygons.mjs";
import { GRID } from "./parts/plane_regions.mjs";
import { runButton } from "./parts/plane_run.mjs";
import { drawComparison, gapOfMatrices, gapOfNumbers } from "./shared/compare.mjs";
import { ticks } from "./shared/drawing.mjs";
import { formula } from "./shared/formula.mjs";
import { fold, frame, returning } from "./shared/frame.mjs";
import { number, short } from "./shared/numbers.mjs";
import { logarithmicScale, slider } from "./shared/slider.mjs";
import {
  announcer,
  button,
  choice,
  element,
  follow,
  menu,
  oncePerEvent,
  renew,
  sketch,
  svgElement,
  svgSketch,
} from "./shared/view.mjs";

const PACE = { slowest: 20, quickens: 40, fastest: 300 }; // steps in a second, of a run
const LOSS_AXIS = { ticks: [0, 0.5, 1], top: 1.2, unit: "nats" };
const CROWD = 50; // more points than that are drawn smaller
const TRAITS = ["data", "kind", "width", "start", "strength", "learning_rate", "unit", "road"];
/** @type {[string, string][]} */
const SHAPES = [
  ["spiral", "Spiral"],
  ["moons", "Moons"],
  ["exclusive_or", "Exclusive-or"],
];
/** @type {[string, string][]} */
const KINDS = [
  ["hidden", "hidden layer"],
  ["linear", "linear"],
];
const decimals = (value) => String(Number(value.toPrecision(2)));
const count = (n, thing) => `${n} ${thing}${n === 1 ? "" : "s"}`;

/**
 * Return the path of a point's mark: a circle, a square, a triangle.
 * @param {number} label
 * @param {number} x
 * @param {number} y
 * @param {number} r
 */
function mark(label, x, y, r) {
  const [a, b] = [x.toFixed(1), y.toFixed(1)];
  if (label === 0) return `M${a},${b}m${-r},0a${r},${r} 0 1 0 ${2 * r},0a${r},${r} 0 1 0 ${-2 * r},0`;
  if (label === 1) return `M${a},${b}m${-0.9 * r},${-0.9 * r}h${1.8 * r}v${1.8 * r}h${-1.8 * r}z`;
  return `M${a},${b}m0,${-1.2 * r}l${1.15 * r},${2.05 * r}h${-2.3 * r}z`;
}

function render({ model: state, el }) {
  const get = (name) => state.get(name);
  const longest = get("longest"),
    most = get("draws")[0][1].length;
  let isMine = false,
    road = /** @type {number[][]} */ ([]),
    trainedFor = "",
    both = /** @type {ReturnType<typeof training>} */ (/** @type {unknown} */ (null)),
    shown,
    marked = "";
  const redraw = oncePerEvent(draw);
  const shape = () => get("shapes")[get("data")];
  const setting = () => JSON.stringify([get("data"), get("width"), get("start")]);
  const unit = () => (get("kind") === "hidden" && get("unit") <= get("width") ? get("unit") : 0);

  const write = (changes) => {
    isMine = true;
    for (const [name, value] of Object.entries(changes)) state.set(name, value);
    isMine = false;
    redraw();
  };
  // Begin again where the points, the width or the start are other ones, and follow a road that came
  // from an address, or from Python.
  function restore() {
    const given = get("road");
    if (trainedFor === setting() && JSON.stringify(given) === JSON.stringify(road)) return;
    run.stop();
    [road, trainedFor] = [given, setting()];
    const { points, reach, middle } = shape();
    both = followRoad(training(points, get("draws")[get("start") - 1], get("width")), road);
    picture.lookAt(reach, middle, ticks(-2, 3, 5));
  }
  const put = (changes) => {
    run.stop();
    write(changes);
    restore();
    settle();
  };
  const settle = () => {
    const flat = (model) =>
      model.layers.flatMap(({ W, b }) => [
        Array.from({ length: W.length / b.length }, (_, d) => [...W.slice(d * b.length, (d + 1) * b.length)]),
        [...b],
      ]);
    write({ road });
    // A page has no kernel that could compare.
    if (!state.page)
      write({
        trained: {
          data: get("data"),
          kind: get("kind"),
          strength: get("strength"),
          hidden: flat(both.hidden),
          linear: flat(both.linear),
        },
      });
    state.save_changes();
  };

  // The plane, and over its borders those of the units, and the points.
  const points = svgElement("g", { class: "points", "aria-hidden": "true" }),
    lines = svgElement("g", { class: "unit-lines", "aria-hidden": "true" });
  const picture = planePicture({
    width: 380,
    reach: 1,
    ticks: [],
    draw: () => {
      drawPlane();
      return [lines, points];
    },
  });

  // The controls.
  const run = runButton({
    pace: PACE,
    step,
    draw: () => redraw.now(),
    settle: () => {
      redraw();
      settle();
    },
  });
  const stepButton = button("Step", () => {
    run.stop();
    step();
    settle();
  });
  const resetButton = button("Reset", () => put({ road: [] }));
  resetButton.title = "Back to the first step, with these settings";
  const data = menu({
    label: "Points",
    value: get("data"),
    options: SHAPES,
    onChange: (key) => put({ data: key, road: [] }),
  });
  const kinds = choice({
    legend: "Model",
    value: get("kind"),
    options: KINDS,
    onChange: (key) => {
      write({ kind: key });
      settle();
    },
  });
  const strengths = logarithmicScale(get("strength_scale")),
    rates = logarithmicScale(get("rate_scale"));
  const width = slider({
    label: "Hidden units",
    min: 1,
    max: most,
    step: 1,
    value: get("width"),
    text: String,
    spoken: (h) => count(h, "hidden unit"),
    onInput: (h) => put({ width: h, road: [] }),
  });
  const lambda = slider({
    label: "Penalty λ",
    min: 0,
    max: strengths.last,
    step: 1,
    value: strengths.toPosition(get("strength")),
    text: () => decimals(get("strength")),
    spoken: () => `lambda ${short(get("strength"))}`,
    onInput: (position) => {
      write({ strength: strengths.toValue(position) });
      settle();
    },
  });
  const eta = slider({
    label: "Learning rate η",
    min: 1,
    max: rates.last,
    step: 1,
    value: rates.toPosition(get("learning_rate")),
    text: () => decimals(get("learning_rate")),
    spoken: () => `eta ${short(get("learning_rate"))}`,
    onInput: (position) => {
      write({ learning_rate: rates.toValue(position) });
      settle();
    },
  });
  const starts = choice({
    legend: "Which draw of the weights",
    value: String(get("start")),
    options: get("draws").map((_, k) => [String(k + 1), String(k + 1)]),
    onChange: (key) => put({ start: Number(key), road: [] }),
  });
  const units = unitPictures(most, (chosen) => {
    write({ unit: chosen });
    settle();
  });

  // The numbers.
  const equations = {
    hidden: formula(state, "hidden", "L = data loss + λ/2 (‖W₁‖² + ‖W₂‖²) = {data} + {penalty} = {total}"),
    linear: formula(state, "linear", "L = data loss + λ/2 ‖W‖² = {data} + {penalty} = {total}"),
  };
  const soFar = element("p", { class: "so-far" });
  const curve = lossCurve(longest, { right: 52, height: 88 });
  const tables = numberTables();
  const checked = element("p", { class: "sms-checked" });
  const spoken = announcer();
  const back = returning(state, TRAITS);
  const node = frame({
    model: state,
    kind: "sms-hidden-layer",
    label: "The hidden layer",
    picture: [
      picture.node,
      element("div", { class: "run-row" }, run.node, stepButton, resetButton, data.node, kinds.node),
      element("div", { class: "layer" }, soFar, units.node),
      element("div", { class: "loss" }, equations.hidden.node, equations.linear.node, curve.node),
    ],
    controls: [width.node, lambda.node, eta.node],
    numbers: tables.nodes,
    more: [fold("Other weights to start from", starts.node)],
    startOver: () => {
      run.stop();
      isMine = true;
      back();
      isMine = false;
      showTraits();
      restore();
    },
    status: [checked, spoken.node],
  });
  const numbers = /** @type {HTMLDetailsElement} */ (node.querySelector(".sms-fold"));
  numbers.addEventListener("toggle", redraw);
  el.append(node);

  function step() {
    if (lengthOf(road) >= longest) return false;
    const areNumbers = both.step(get("strength"), get("learning_rate"));
    road = further(road, get("strength"), get("learning_rate"));
    redraw();
    return areNumbers && lengthOf(road) < longest;
  }
  function draw() {
    const found = (model) => ({ ...model, ...model.net.lossAndGradient(model.layers, get("strength")) });
    shown = { hidden: found(both.hidden), linear: found(both.linear) };
    shown.open = openFor(both.hidden);
    picture.redraw();
    drawUnits();
    drawNumbers();
    compare();
  }
  // For each unit, for how many points it is open.
  function openFor({ net, layers }) {
    const H = layers[0].b.length,
      passed = net.inputs[1];
    return Array.from({ length: H }, (_, h) => {
      let open = 0;
      for (let i = 0; i < net.N; i++) if (passed[i * H + h] > 0) open += 1;
      return open;
    });
  }
  function drawPlane() {
    const { reach, middle } = shape();
    const { layers } = both[get("kind")];
    const isNumber = layers.every(({ W, b }) => [...W, ...b].every(Number.isFinite));
    picture.paint([layers], () => ({
      sure: isNumber ? probabilities(layers, GRID, reach, middle) : new Float64Array(GRID * GRID),
      ...(isNumber
        ? divide(layers, reach, middle)
        : { regions: Array.from({ length: both.C }, () => []), borders: [] }),
      whyNone: () => whyNoBorder(layers, isNumber),
      colours: get("class_colours"),
    }));
    drawUnitLines(reach, middle);
    drawPoints();
  }
  function whyNoBorder(layers, isNumber) {
    if (!isNumber) return "no border: a weight is no number any more";
    if (layers.every(({ W }) => W.every((w) => w === 0))) return "no border: all weights are 0";
    return "no border in this part of the plane";
  }
  function drawUnitLines(reach, middle) {
    const [x, y] = [picture.across(), picture.up()];
    const [first] = both.hidden.layers;
    if (get("kind") !== "hidden") {
      renew(lines);
      return;
    }
    const line = (kind, [x1, y1, x2, y2]) => svgSketch("line", { class: kind, x1, y1, x2, y2 });
    renew(
      lines,
      ...unitLines(first, square(reach, middle)).flatMap((ends, h) => {
        if (!ends) return [];
        const [x1, y1, x2, y2] = [x(ends[0]), y(ends[1]), x(ends[2]), y(ends[3])];
        if (unit() !== h + 1) return [line("unit-line", [x1, y1, x2, y2])];
        // A short stroke from the middle of the line to the side where the unit is open.
        const long = Math.hypot(x2 - x1, y2 - y1) || 1;
        const [dx, dy] = [(-9 * (y2 - y1)) / long, (9 * (x2 - x1)) / long];
        const [mx, my] = [(x1 + x2) / 2, (y1 + y2) / 2];
        const side = unitValue(first, h)([x.back(mx + dx), y.back(my + dy)]) > 0 ? 1 : -1;
        return [
          line("unit-line chosen", [x1, y1, x2, y2]),
          ...[-1, 0, 1].map((k) => {
            const [ax, ay] = [mx + (k * (x2 - x1)) / 4, my + (k * (y2 - y1)) / 4];
            return line("unit-line chosen", [ax, ay, ax + side * dx, ay + side * dy]);
          }),
        ];
      }),
    );
  }
  function drawPoints() {
    const [x, y] = [picture.across(), picture.up()];
    const what = `${get("data")} ${x.places} ${y.places}`;
    if (what === marked) return;
    marked = what;
    const given = shape().points;
    const r = given.length > CROWD ? 3.4 : 8;
    renew(
      points,
      ...Array.from({ length: both.C }, (_, j) =>
        svgSketch("path", {
          class: `class-${j}`,
          d: given
            .filter(([, , label]) => label === j)
            .map(([x1, x2]) => mark(j, x(x1), y(x2), r))
            .join(""),
        }),
      ),
    );
  }
  function drawUnits() {
    const { reach, middle } = shape();
    const { open } = shown;
    units.show({
      layers: both.hidden.layers,
      open,
      N: both.N,
      chosen: unit(),
      reach,
      middle,
      isOff: get("kind") === "linear",
    });
    node.classList.toggle("is-linear", get("kind") === "linear");
  }
  function drawNumbers() {
    const steps = lengthOf(road),
      kind = get("kind"),
      other = kind === "hidden" ? "linear" : "hidden";
    const { dataLoss, penalty, right } = shown[kind];
    for (const [name, equation] of Object.entries(equations)) equation.node.hidden = name !== kind;
    equations[kind].set({
      data: number(dataLoss),
      penalty: number(penalty),
      total: number(dataLoss + penalty),
    });
    const name = { hidden: "hidden layer", linear: "linear model" };
    const chosen = unit(),
      dead = shown.open.filter((n) => n === 0).length;
    renew(
      soFar,
      sketch("span", {}, `${count(steps, "step")}, ${right} of ${both.N} right`),
      sketch(
        "span",
        {},
        chosen
          ? `unit ${chosen}: open for ${shown.open[chosen - 1]} of ${both.N} points`
          : `${name[other]}: ${shown[other].right} right${kind === "hidden" && dead ? `; ${count(dead, "unit")} dead` : ""}`,
      ),
    );
    const ended = steps >= longest;
    for (const key of [run.node, stepButton]) if (key.disabled !== ended) key.disabled = ended;
    resetButton.disabled = !steps;
    const curves = ["hidden", "linear"].map((key) => ({
      kind: key === kind ? `${key} shown` : key,
      name: key,
      values: [...both[key].losses, shown[key].dataLoss + shown[key].penalty],
    }));
    curve.show(curves, LOSS_AXIS);
    const [hidden, linear] = curves.map(({ values }) => number(values[values.length - 1], 3));
    curve.say(`L against the step, after ${count(steps, "step")}: ${hidden} with the hidden layer, ${linear} linear`);
    picture.say(
      `The plane with ${both.N} points of ${both.C} classes, and the regions of the ${name[kind]}: ${right} points are right.`,
    );
    spoken.say(
      `${count(steps, "step")}. The ${name[kind]}: loss ${number(dataLoss + penalty, 3)} nats, ${right} of ${both.N} points right. ` +
        `The ${name[other]}: ${shown[other].right}.`,
    );
    if (numbers.open) tables.show(shown, both.N, shown.open);
  }
  function compare() {
    const says = get("numpy_says"),
      kind = get("kind");
    const asked = says?.asked;
    const isAnswered =
      asked &&
      asked.kind === kind &&
      asked.strength === get("strength") &&
      JSON.stringify(asked) === JSON.stringify(get("trained"));
    if (!isAnswered) {
      drawComparison(checked, null);
      return;
    }
    const { dataLoss, penalty, gradient } = shown[kind];
    const ours = gradient.flatMap(({ W, b }) => [
      Array.from({ length: W.length / b.length }, (_, d) => W.slice(d * b.length, (d + 1) * b.length)),
      [b],
    ]);
    const gaps = says.gradient.map((theirs, k) => gapOfMatrices(theirs, ours[k]));
    drawComparison(
      checked,
      Math.max(gapOfNumbers(says.data_loss, dataLoss), gapOfNumbers(says.penalty, penalty), ...gaps),
    );
  }
  function showTraits() {
    data.set(get("data"));
    kinds.set(get("kind"));
    starts.set(String(get("start")));
    width.set(get("width"));
    lambda.set(strengths.toPosition(get("strength")));
    eta.set(rates.toPosition(get("learning_rate")));
    redraw();
  }
  let isWaiting = false;
  const update = () => {
    if (isMine || isWaiting) return;
    isWaiting = true; // an address sets one thing after the other
    queueMicrotask(() => {
      isWaiting = false;
      restore();
      showTraits();
    });
  };
  const end = follow(
    state,
    [
      [TRAITS, update],
      [["numpy_says"], redraw],
    ],
    [{ stop: run.stop }, redraw, spoken, picture, curve],
  );
  restore();
  redraw.now();
  return end;
}

export default { render, address };
