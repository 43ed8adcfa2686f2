// Points that no straight border can part; a network with one hidden layer and a linear model, which are
// trained together, step by step.

import { address } from "./parts/hidden_address.mjs";
import { pointMarks, unitMarks } from "./parts/hidden_marks.mjs";
import { numberTables } from "./parts/hidden_numbers.mjs";
import { divide, probabilities } from "./parts/hidden_regions.mjs";
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
import { fold, frame, numbersFold, returning } from "./shared/frame.mjs";
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
} from "./shared/view.mjs";

// Steps in a second, of a run.
const PACE = { slowest: 20, quickens: 40, fastest: 300 };
const LOSS_AXIS = { ticks: [0, 0.5, 1], top: 1.2, unit: "nats" };
const TRAITS = Object.keys(address);
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

// The parameters as Python has them: W1, b1, W2, b2, or W, b.
const tablesOf = (layers) =>
  layers.flatMap(({ W, b }) => [
    Array.from({ length: W.length / b.length }, (_, d) => [...W.slice(d * b.length, (d + 1) * b.length)]),
    [...b],
  ]);

function render({ model: state, el }) {
  const get = (name) => state.get(name);
  const longest = get("longest"),
    most = get("draws")[0][1].length;
  let isMine = false,
    isMoving = false,
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
  // Begin again where the points, the width or the start are other ones, and where a road has come from
  // an address or from Python.
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
    write({ ...changes, road: [] });
    restore();
    settle();
  };
  const change = (changes) => {
    write(changes);
    settle();
  };
  const settle = () => {
    write({ road });
    // A page has no kernel that could compare.
    if (!state.page)
      write({
        trained: {
          data: get("data"),
          kind: get("kind"),
          strength: get("strength"),
          hidden: tablesOf(both.hidden.layers),
          linear: tablesOf(both.linear.layers),
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

  picture.say("The plane: points, regions of the classes, borders of the units.");

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
  const resetButton = button("Reset", () => put({}));
  const data = menu({
    label: "Points",
    value: get("data"),
    options: SHAPES,
    onChange: (key) => put({ data: key }),
  });
  const kinds = choice({
    legend: "Model",
    value: get("kind"),
    options: KINDS,
    onChange: (key) => change({ kind: key }),
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
    onInput: (h) => {
      isMoving = true;
      put({ width: h });
    },
  });
  const logarithmic = (label, name, trait, scale, min) =>
    slider({
      label,
      min,
      max: scale.last,
      step: 1,
      value: scale.toPosition(get(trait)),
      text: () => decimals(get(trait)),
      spoken: () => `${name} ${short(get(trait))}`,
      onInput: (position) => change({ [trait]: scale.toValue(position) }),
    });
  const lambda = logarithmic("Penalty λ", "lambda", "strength", strengths, 0);
  const eta = logarithmic("Learning rate η", "eta", "learning_rate", rates, 1);
  const starts = choice({
    legend: "Draw",
    value: String(get("start")),
    options: get("draws").map((_, k) => [String(k + 1), String(k + 1)]),
    onChange: (key) => put({ start: Number(key) }),
  });
  const units = unitPictures(most, (chosen) => change({ unit: chosen }));

  // The numbers.
  const equations = {
    hidden: formula(state, "hidden", "L = data loss + λ/2 (‖W₁‖² + ‖W₂‖²) = {data} + {penalty} = {total}"),
    linear: formula(state, "linear", "L = data loss + λ/2 ‖W‖² = {data} + {penalty} = {total}"),
  };
  const soFar = element("p", { class: "so-far" });
  const curve = lossCurve(longest, { right: 52, height: 82 });
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
    more: [fold("Other starting weights", starts.node)],
    startOver: () => {
      run.stop();
      isMine = true;
      back();
      isMine = false;
      restore();
      showTraits();
      settle();
    },
    status: [checked, spoken.node],
  });
  const numbers = numbersFold(node, redraw);
  el.append(node);

  function step() {
    if (lengthOf(road) >= longest) return false;
    const areNumbers = both.step(get("strength"), get("learning_rate"));
    road = further(road, get("strength"), get("learning_rate"));
    redraw();
    return areNumbers && lengthOf(road) < longest;
  }
  function draw() {
    picture.redraw();
    // While the number of units changes, draw the plane first and the rest one frame later: a slow phone
    // cannot draw all of it as fast as the slider moves.
    if (isMoving) requestAnimationFrame(() => setTimeout(drawRest));
    else drawRest();
    isMoving = false;
  }
  function drawRest() {
    const found = (model) => ({ ...model, ...model.net.lossAndGradient(model.layers, get("strength")) });
    shown = { hidden: found(both.hidden), linear: found(both.linear) };
    shown.open = openFor(both.hidden);
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
    picture.paint([layers], () => ({
      sure: probabilities(layers, GRID, reach, middle),
      ...divide(layers, reach, middle),
      whyNone: () => whyNoBorder(layers),
      colours: get("class_colours"),
    }));
    const isHidden = get("kind") === "hidden";
    renew(
      lines,
      ...(isHidden ? unitMarks(layers[0], square(reach, middle), unit(), picture.across(), picture.up()) : []),
    );
    drawPoints();
  }
  function whyNoBorder(layers) {
    const all = layers.flatMap(({ W, b }) => [...W, ...b]);
    if (!all.every(Number.isFinite)) return "no border: a weight is no number any more";
    return all.some((v) => v) ? "no border here" : "no border: all weights are 0";
  }
  function drawPoints() {
    const [x, y] = [picture.across(), picture.up()];
    const what = `${get("data")} ${x.places} ${y.places}`;
    if (what !== marked) renew(points, ...pointMarks(shape().points, both.C, x, y));
    marked = what;
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
    const said = [
      `${count(steps, "step")}, ${right} of ${both.N} right`,
      `${name[other]}: ${shown[other].right} right${kind === "hidden" && dead ? `; ${count(dead, "unit")} dead` : ""}`,
    ];
    spoken.say(`${name[kind]}: ${said.join("; ")}; loss ${number(dataLoss + penalty, 3)} nats`);
    if (chosen) said[1] = `unit ${chosen}: open for ${shown.open[chosen - 1]} of ${both.N} points`;
    renew(soFar, ...said.map((text) => sketch("span", {}, text)));
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
    curve.say(`L after ${count(steps, "step")}: ${hidden} with the hidden layer, ${linear} linear`);
    if (numbers.open) tables.show(shown, both.N, shown.open);
  }
  function compare() {
    const says = get("numpy_says");
    if (!says?.asked || road !== get("road") || JSON.stringify(says.asked) !== JSON.stringify(get("trained"))) {
      drawComparison(checked, null);
      return;
    }
    const { dataLoss, penalty, gradient } = shown[get("kind")];
    const ours = tablesOf(gradient);
    const gaps = says.gradient.map((theirs, k) => gapOfMatrices(theirs, k % 2 ? [ours[k]] : ours[k]));
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
    // An address sets one thing after the other.
    isWaiting = true;
    queueMicrotask(() => {
      isWaiting = false;
      restore();
      showTraits();
      // So that Python answers what is shown.
      if (!state.page) settle();
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
