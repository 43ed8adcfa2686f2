// The λ explorer. At fixed W the loss and its gradient are affine in λ, so the data part is computed once
// for all λ.

import { arrows, arrowsHeight, inWords } from "./parts/lambda_arrows.mjs";
import { axisEnd, lossCurve } from "./parts/lambda_loss_curve.mjs";
import { among, onScale } from "./shared/address.mjs";
import { drawComparison, gapOfMatrices, gapOfNumbers } from "./shared/compare.mjs";
import { drawing, path, scale, words } from "./shared/drawing.mjs";
import { formula } from "./shared/formula.mjs";
import { frame, returning } from "./shared/frame.mjs";
import { addScaled, dataLoss, dataLossAndGradient, innerProduct, squaredNorm } from "./shared/maths.mjs";
import { number, short, superscript } from "./shared/numbers.mjs";
import { paint } from "./shared/pixels.mjs";
import { logarithmicScale, slider } from "./shared/slider.mjs";
import {
  announcer,
  button,
  choice,
  element,
  follow,
  keeping,
  oncePerEvent,
  renew,
  sketch,
  svgSketch,
} from "./shared/view.mjs";

const TOP_LEVEL = 127; // of an image in eight bits

/**
 * Return the index of the trained model whose λ is nearest on the logarithmic scale.
 * @param {number[]} strengths
 * @param {number} strength
 */
export function nearest(strengths, strength) {
  const distance = (value) => Math.abs(Math.log(value) - Math.log(strength));
  return strengths.reduce((best, value, k) => (distance(value) < distance(strengths[best]) ? k : best), 0);
}

/**
 * Return a trained model's weights, one image for each class, in levels from −127 to 127.
 * @param {{ images: string, strength: number[] }} trained
 * @param {number} index
 * @param {number} classes
 */
export function trainedImages(trained, index, classes) {
  const bytes = Int8Array.from(atob(trained.images), (c) => c.charCodeAt(0));
  const features = bytes.length / trained.strength.length / classes;
  return Array.from({ length: classes }, (_, j) =>
    bytes.subarray((index * classes + j) * features, (index * classes + j + 1) * features),
  );
}

/**
 * Return every number shown at given weights.
 * @param {any} state
 * @param {ReturnType<typeof dataLossAndGradient>} data
 */
export function explore({ X, y, W, b, strength, learningRate }, data = dataLossAndGradient(X, y, W, b)) {
  const halfNorm = squaredNorm(W) / 2;
  const penalty = strength * halfNorm;
  const dW = addScaled(data.dW, strength, W);
  const dataLength = Math.sqrt(squaredNorm(data.dW));
  const pullLength = strength * Math.sqrt(2 * halfNorm);
  const cosine = innerProduct(data.dW, W) / (dataLength * Math.sqrt(2 * halfNorm));
  const nextW = addScaled(W, -learningRate, dW);
  const nextB = b.map((v, j) => v - learningRate * data.db[j]);
  return {
    data,
    halfNorm,
    penalty,
    dW,
    db: data.db,
    loss: data.loss + penalty,
    dataLength,
    pullLength,
    length: Math.sqrt(squaredNorm(dW)),
    angle: strength && Number.isFinite(cosine) ? (Math.acos(Math.max(-1, Math.min(1, cosine))) * 180) / Math.PI : null,
    nextW,
    nextB,
    nextLoss: dataLoss(X, y, nextW, nextB) + (strength * squaredNorm(nextW)) / 2,
  };
}

/**
 * Return the weights after steps at the given values of λ, in order.
 * @param {any} state
 * @param {number[]} taken
 */
export function takeSteps({ X, y, W, b, learningRate }, taken) {
  for (const strength of taken) {
    const { dW, db } = dataLossAndGradient(X, y, W, b);
    W = addScaled(W, -learningRate, addScaled(dW, strength, W));
    b = b.map((v, j) => v - learningRate * db[j]);
  }
  return { W, b };
}

/**
 * Return the end of the tiles' scale for a gradient: a round number near its largest entry, and below it.
 * @param {Matrix} dW
 */
export function tileScale(dW) {
  const top = largestEntry(dW);
  if (!(top > 0)) return 1;
  const unit = 10 ** Math.floor(Math.log10(top));
  const factor = [7, 5, 3, 2, 1.5].find((k) => k * unit <= top) ?? 1;
  return Number((factor * unit).toPrecision(3));
}

/**
 * Return the end of a scale that is refitted to what it shows: a round number, none is beyond it.
 * @param {number} largest
 */
export function refittedEnd(largest) {
  if (!(largest > 0 && largest < Number.MAX_VALUE / 10)) return 1;
  const unit = 10 ** Math.floor(Math.log10(largest));
  const factor = [1, 1.5, 2, 3, 5, 7].find((k) => k * unit >= largest) ?? 10;
  return Number((factor * unit).toPrecision(3));
}

/** @param {Matrix} M */
function largestEntry(M) {
  let top = 0;
  for (const row of M) for (const v of row) top = Math.max(top, Math.abs(v)); // nan stays nan
  return top;
}

/**
 * Return the data loss and the penalty at positions of the slider for λ: at its ends, between, and where
 * their sum leaves the axis.
 * @param {Parameters<typeof logarithmicScale>[0]} range Of the slider.
 * @param {number} loss The data loss.
 * @param {number} halfNorm Half the squared length of the weights.
 * @param {number} top The end of the axis.
 * @returns {[number, number, number][]} Position, data loss and penalty.
 */
export function lossOverStrength(range, loss, halfNorm, top) {
  const strengths = logarithmicScale(range);
  const { last } = strengths;
  const positions = Array.from({ length: 101 }, (_, k) => (k * last) / 100);
  const leaves = (top - loss) / halfNorm;
  if (leaves > strengths.least && leaves < strengths.largest) positions.push(strengths.place(leaves));
  return positions
    .sort((a, b) => a - b)
    .map((position) => [position, loss, position ? strengths.toValue(position) * halfNorm : 0]);
}

const PARTS = { sum: "The gradient", data: "Its data part", penalty: "Its penalty part" };

function render({ model, el }) {
  const start = { W: model.get("W"), b: model.get("b"), strength: model.get("strength") };
  const [X, y, learningRate] = [model.get("X"), model.get("y"), model.get("learning_rate")];
  // The λ of each step taken. A page keeps them in its address; with a kernel Python has the weights.
  let taken = model.get("taken") ?? [];
  let { W, b } = takeSteps({ X, y, ...start, learningRate }, taken);
  let { strength } = start;
  let data = dataLossAndGradient(X, y, W, b);
  let shown = explore({ X, y, W, b, strength, learningRate }, data);
  const trained = model.get("trained"),
    colours = model.get("colours");
  const isTrained = () => model.get("weights_from") === "trained" && Boolean(trained.strength);
  const isRefitted = () => model.get("scales") === "refitted";
  const nearestTrained = () => nearest(trained.strength, strength || trained.strength[0]);

  // What stays as it is for all λ and all steps, unless the reader asks for a refit of the scales: they
  // are fitted to the weights at the start.
  const first = dataLossAndGradient(X, y, start.W, start.b);
  const firstAngle = angleBetween(first.dW, start.W);
  const top = axisEnd(2.6 * first.loss);
  const tileTop = tileScale(first.dW);
  const weightTop = trained.strength && tileScale([[middleOf(trained.largest_weight)]]);

  const strengths = logarithmicScale(model.get("strength_scale"));
  const lambda = slider({
    label: "λ, the penalty’s strength",
    min: 0,
    max: strengths.last,
    step: 1,
    value: strengths.toPosition(strength),
    text: () => `λ = ${short(strength)}`,
    spoken: () => `lambda ${short(strength)}`,
    onInput: (position) => setStrength(strengths.toValue(position)),
  });
  const stops = trained.strength ?? [0];
  const stop = slider({
    label: `λ, one of ${stops.length} trained`,
    min: 0,
    max: stops.length - 1,
    step: 1,
    value: 0,
    text: (k) => `λ = ${short(stops[k])}`,
    spoken: (k) => `lambda ${short(stops[k])}`,
    onInput: (k) => setStrength(stops[k]),
  });
  const weights = choice({
    legend: "Weights",
    options: [
      ["given", "W as given"],
      ["trained", "trained anew at each λ"],
    ],
    value: model.get("weights_from"),
    onChange: (key) => {
      model.set("weights_from", key);
      model.save_changes();
    },
  });
  const tabs = trained.strength ? weights.node : element("p", { class: "heading" }, "Loss at fixed W");
  const parts = choice({
    legend: "∂L/∂W",
    options: [
      ["sum", "sum"],
      ["data", "data part"],
      ["penalty", "penalty part"],
    ],
    value: model.get("part"),
    onChange: (key) => {
      model.set("part", key);
      model.save_changes();
    },
  });
  const heading = element("p", { class: "heading of-trained" }, "The weights W trained at this λ");

  const keepPoints = keeping();
  const curve = lossCurve({
    shown: () => (isTrained() ? trainedCurve() : givenCurve()),
    onMove: (position) => setStrength(isTrained() ? stops[position] : strengths.toValue(position)),
  });
  const firstLength = Math.sqrt(squaredNorm(first.dW));
  const pushes = arrows({
    shown: () => {
      const { dataLength, pullLength, length } = shown;
      const angle = angleBetween(data.dW, W);
      const fitted = isRefitted()
        ? { unit: Math.max(dataLength, pullLength), angle }
        : { unit: firstLength, angle: firstAngle };
      return { data: dataLength, penalty: pullLength, sum: length, angle, words: inWords(shown.angle), fitted };
    },
  });
  const accuracies = drawing({
    label: "The share of right answers",
    width: 312,
    height: arrowsHeight,
    draw: (size) => (isTrained() ? drawAccuracies(size, trained, nearestTrained()) : []),
  });
  const [height, width] = model.get("image_shape");
  const canvases = start.W[0].map(() => element("canvas", { width, height, "aria-hidden": "true" }));
  const images = element(
    "div",
    { class: "images", role: "img" },
    ...canvases.map((canvas, j) => element("div", {}, canvas, String(j))),
  );
  const scaleCanvas = element("canvas", { width: 101, height: 1, "aria-hidden": "true" });
  const [low, high, largestText] = Array.from({ length: 3 }, () => element("span"));
  const beyond = element("b");
  const refit = element("input", { type: "checkbox", "aria-label": "refit the scales to this λ" });
  refit.addEventListener("change", () => {
    model.set("scales", refit.checked ? "refitted" : "fixed");
    model.save_changes();
  });
  const tiles = element(
    "div",
    { class: "tiles" },
    images,
    element("div", { class: "scale" }, low, scaleCanvas, high),
    element("p", { class: "beyond" }, largestText, beyond, element("label", {}, refit, "refit")),
  );

  const line = formula(
    model,
    "loss",
    "L = data loss + (λ/2) ‖W‖² = {data} + ({lambda} / 2) · {squared} = {data} + {penalty} = {loss} nats",
  );
  const effect = element("p", { class: "effect" });
  const stepButton = button("Take one step", () => {
    ({ nextW: W, nextB: b } = shown);
    moved([...taken, strength]);
  });
  const sizes = element("table");
  const checked = element("p", { class: "sms-checked" });
  const spoken = announcer();
  const back = returning(model, [
    "strength",
    "weights_from",
    "part",
    "scales",
    ...(model.get("taken") ? ["taken"] : ["W", "b"]),
  ]);

  el.append(
    frame({
      model,
      kind: "sms-lambda-explorer",
      label: "Explorer of the penalty's strength lambda",
      picture: [tabs, curve.node, heading, tiles, pushes.node, accuracies.node],
      controls: [element("div", { class: "lambda" }, lambda.node, stop.node), parts.node],
      formula: [line.node, element("div", { class: "walk" }, stepButton, effect)],
      numbers: [sizes],
      startOver: () => {
        ({ W, b } = start);
        if (taken.length) moved([]);
        back();
      },
      status: [checked, spoken.node],
    }),
  );
  const widget = el.querySelector(".sms-lambda-explorer");
  const places = { loss: curve.node, arrows: pushes.node, accuracies: accuracies.node, parts: parts.node, tabs };
  for (const [kind, node] of Object.entries(places)) node.classList.add(kind);
  paint(
    scaleCanvas,
    Array.from({ length: 101 }, (_, k) => (k - 50) / 50),
    1,
    colours,
  );

  function setStrength(value) {
    if (value === strength) return;
    strength = value;
    model.set("strength", strength);
    model.save_changes();
    redraw();
  }
  function moved(list) {
    taken = list;
    data = dataLossAndGradient(X, y, W, b);
    if (model.get("taken")) model.set("taken", taken);
    model.set(
      "W",
      W.map((row) => [...row]),
    );
    model.set("b", [...b]);
    model.save_changes();
    redraw();
  }
  const redraw = oncePerEvent(draw);
  function draw() {
    widget.classList.toggle("is-trained", isTrained());
    if (isTrained()) drawTrained();
    else drawGiven();
    curve.redraw();
  }
  /** @returns {import("./parts/lambda_loss_curve.mjs").Stacked} */
  function givenCurve() {
    const { from, to } = model.get("strength_scale");
    const powers = Array.from({ length: to - from }, (_, k) => from + 1 + k);
    return {
      last: strengths.last,
      xTicks: [[0, "0"], ...powers.map((power) => tickAt(strengths.place(10 ** power), power))],
      top,
      points: keepPoints([data.loss, shown.halfNorm], () =>
        lossOverStrength(model.get("strength_scale"), data.loss, shown.halfNorm, top),
      ),
      at: strengths.toPosition(strength),
      parts: [data.loss, shown.penalty],
      isBroken: true,
    };
  }
  /** @returns {import("./parts/lambda_loss_curve.mjs").Stacked} */
  function trainedCurve() {
    const { strength: values, data_loss: losses, penalty } = trained;
    const k = nearestTrained();
    return {
      last: values.length - 1,
      xTicks: stopTicks(values),
      top: axisEnd(1.05 * Math.max(...values.map((_, k) => losses[k] + penalty[k]))),
      points: values.map((_, k) => [k, losses[k], penalty[k]]),
      at: k,
      parts: [losses[k], penalty[k]],
    };
  }
  function drawTrained() {
    const k = nearestTrained();
    const [value, dataLoss, penalty] = [trained.strength[k], trained.data_loss[k], trained.penalty[k]];
    stop.set(k);
    drawEquation(value, dataLoss, (2 * penalty) / value, penalty);
    accuracies.redraw();
    renew(
      sizes,
      sizeRow("trained at λ =", short(value)),
      sizeRow("‖W‖", number(Math.sqrt((2 * penalty) / value))),
      sizeRow("right, training", percent(trained.train_accuracy[k])),
      sizeRow("right, held out", percent(trained.validation_accuracy[k])),
      sizeRow("‖gradient‖ left", number(trained.gradient_length[k], 2)),
    );
    const largest = trained.largest_weight[k];
    const end = isRefitted() ? refittedEnd(largest) : weightTop;
    trainedImages(trained, k, canvases.length).forEach((levels, j) => {
      paint(canvases[j], levels, (TOP_LEVEL * end) / largest, colours);
    });
    drawScale(end, largest, "");
    images.setAttribute(
      "aria-label",
      `The trained weights, one image for each class; the largest is ${short(largest)}`,
    );
    const said = `${percent(trained.train_accuracy[k])} of the training samples and ${percent(trained.validation_accuracy[k])} of those held out are right.`;
    renew(effect, `Trained at λ = ${short(value)}: ${said}`);
    accuracies.say(`The share of right answers against lambda. Here ${said}`);
    curve.say(
      `The loss against lambda, trained anew at each. Here the data loss is ${number(dataLoss)}, the penalty ${number(penalty)}.`,
    );
    renew(checked);
    spoken.say(`Trained at lambda ${short(value)}: data loss ${number(dataLoss)}, penalty ${number(penalty)}, ${said}`);
  }
  function drawGiven() {
    shown = explore({ X, y, W, b, strength, learningRate }, data);
    lambda.set(strengths.toPosition(strength));
    drawEquation(strength, data.loss, 2 * shown.halfNorm, shown.penalty);
    drawGradient();
    const change = shown.nextLoss - shown.loss,
      steps = taken.length;
    const lead = steps
      ? `After ${steps} step${steps > 1 ? "s" : ""}, one more`
      : `One step with η = ${short(learningRate)}`;
    const said =
      `${lead} takes the loss from ${number(shown.loss)} to ${number(shown.nextLoss)} nats ` +
      `(${change > 0 ? "+" : ""}${number(change, 3)}).`;
    renew(effect, said.replaceAll(" × ", "\u00a0×\u00a0"));
    stepButton.disabled = !Number.isFinite(shown.nextLoss);
    curve.say(
      `The loss against lambda. Here it is ${number(shown.loss)} nats: data loss ${number(data.loss)}, penalty ${number(shown.penalty)}.`,
    );
    spoken.say(
      `Data loss ${number(data.loss)}, penalty ${number(shown.penalty)}, loss ${number(shown.loss)} nats. ` +
        `Gradient length ${number(shown.length)}. ${effect.textContent}`,
    );
    compare();
  }
  function drawEquation(lambdaValue, dataLoss, squared, penalty) {
    line.set({
      lambda: short(lambdaValue),
      squared: number(squared),
      data: number(dataLoss),
      penalty: number(penalty),
      loss: number(dataLoss + penalty),
    });
  }
  function drawScale(end, largest, unit) {
    renew(low, `−${short(end)}`);
    renew(high, `${short(end)}${unit}`);
    const times = largest / end;
    const far = times < 1e5 ? `× ${times.toFixed(times < 10 ? 1 : 0)}, off the scale` : "far off the scale";
    renew(largestText, "largest", sketch("span", { class: "sms-if-wide" }, " entry"), ` ${number(largest)}`);
    renew(beyond, isRefitted() ? "scales refitted here" : times <= 1 ? "" : far);
  }
  function drawGradient() {
    renew(
      sizes,
      sizeRow("‖data part‖", number(shown.dataLength)),
      sizeRow("‖λW‖", number(shown.pullLength)),
      sizeRow("‖∂L/∂W‖", number(shown.length)),
      sizeRow("angle between the parts", shown.angle === null ? "none: one part is 0" : `${shown.angle.toFixed(1)}°`),
      sizeRow("‖W‖²", number(2 * shown.halfNorm)),
    );
    pushes.redraw();
    pushes.say(
      `The two parts of the gradient as arrows that meet: data part ${number(shown.dataLength)}, ` +
        `penalty part ${number(shown.pullLength)}, ${inWords(shown.angle)}; their sum is ${number(shown.length)} long`,
    );
    const part = model.get("part");
    const rows = { sum: shown.dW, data: data.dW, penalty: addScaled(shown.dW, -1, data.dW) }[part];
    const largest = largestEntry(rows);
    const end = isRefitted() ? refittedEnd(largest) : tileTop;
    canvases.forEach((canvas, j) => {
      paint(
        canvas,
        rows.map((r) => r[j]),
        end,
        colours,
      );
    });
    drawScale(end, largest, " nats per unit");
    images.setAttribute(
      "aria-label",
      `${PARTS[part]}, one image for each class; the largest entry is ${number(largest)}, ` +
        `the colours end at ${short(end)}`,
    );
  }
  function compare() {
    const says = model.get("numpy_says");
    if (!says?.dW || says.strength !== strength) {
      drawComparison(checked, null);
      return;
    }
    drawComparison(checked, Math.max(gapOfNumbers(says.loss, shown.loss), gapOfMatrices(says.dW, shown.dW)));
  }
  const moveTo = () => {
    if (model.get("strength") === strength) return; // it was this view that set it
    strength = model.get("strength");
    redraw();
  };
  const switched = () => {
    weights.set(model.get("weights_from"));
    parts.set(model.get("part"));
    refit.checked = isRefitted();
    redraw();
  };
  const walked = () => {
    // The address has changed, by "back" or "forward".
    if (model.get("taken") === taken) return;
    taken = model.get("taken");
    ({ W, b } = takeSteps({ X, y, ...start, learningRate }, taken));
    moved(taken);
  };
  refit.checked = isRefitted();
  draw();
  return follow(
    model,
    [
      [["taken"], walked],
      [["weights_from", "part", "scales"], switched],
      [["strength"], moveTo],
      [["numpy_says"], compare],
    ],
    [redraw, spoken, curve, pushes, accuracies],
  );
}

// In radians, whatever λ is; π where one of the parts has no direction.
function angleBetween(dW, W) {
  const cosine = innerProduct(dW, W) / Math.sqrt(squaredNorm(dW) * squaredNorm(W));
  return Number.isFinite(cosine) ? Math.acos(Math.max(-1, Math.min(1, cosine))) : Math.PI;
}

/** @param {number} power */
const powerText = (power) => (power < -2 ? `10${superscript(power)}` : String(Number((10 ** power).toPrecision(1))));

/**
 * @param {number} place
 * @param {number} power
 * @returns {[number, string]}
 */
const tickAt = (place, power) => [place, powerText(power)];

/**
 * Return ticks at those values that are powers of ten, or at the ends if none is.
 * @param {number[]} values
 * @returns {[number, string][]}
 */
function stopTicks(values) {
  const ticks = values.flatMap((value, k) => {
    const power = Math.round(Math.log10(value));
    return Math.abs(Math.log10(value) - power) < 1e-9 ? [tickAt(k, power)] : [];
  });
  const ends = [0, values.length - 1].map((k) => [k, short(values[k])]);
  return /** @type {[number, string][]} */ (ticks.length > 1 ? ticks : ends);
}

const percent = (share) => `${(100 * share).toFixed(1)}\u00a0%`;
const middleOf = (values) => [...values].sort((a, b) => a - b)[values.length >> 1];

const sizeRow = (name, value) => sketch("tr", {}, sketch("th", { scope: "row" }, name), sketch("td", {}, value));

// Both accuracies against λ, and the chosen one.
function drawAccuracies({ width, height }, trained, k) {
  const [left, right] = [44, width - 108];
  const x = scale([0, trained.strength.length - 1], [left, right]);
  const y = scale([0, 1], [height - 22, 22]);
  const shares = { training: trained.train_accuracy, "held-out": trained.validation_accuracy };
  const ends = Object.values(shares).map((share) => y(share.at(-1)));
  const middle = (ends[0] + ends[1]) / 2;
  const isAbove = ends[0] <= ends[1];
  // The names stand at the curves' ends, and apart from each other.
  const places = Math.abs(ends[0] - ends[1]) < 17 ? [middle - (isAbove ? 9 : -9), middle + (isAbove ? 9 : -9)] : ends;
  return [
    ...[0, 0.5, 1].flatMap((share) => [
      svgSketch("line", { class: "sms-grid-line", x1: left, x2: right, y1: y(share), y2: y(share) }),
      words(left - 6, y(share) + 4, `${100 * share} %`, "end", "sms-tick"),
    ]),
    ...stopTicks(trained.strength).map(([at, text]) => words(x(at), height - 5, text, "middle", "sms-tick")),
    svgSketch("line", { class: "cursor", x1: x(k), x2: x(k), y1: 22, y2: height - 22 }),
    ...Object.entries(shares).flatMap(([kind, share], n) => [
      svgSketch("path", { class: `line ${kind}`, d: path(share.map((value, at) => [x(at), y(value)])) }),
      svgSketch("circle", { class: `point ${kind}`, cx: x(k), cy: y(share[k]), r: 4.5 }),
      words(right + 8, places[n] + 4, `${kind.replace("-", " ")} ${(100 * share[k]).toFixed(0)} %`, "start", "name"),
    ]),
    words(0, 12, "right answers"),
  ];
}

// The steps in the address: each λ, with a count if it is taken more than once, as in 0.01x3,0.1.
const taken = {
  key: "walk",
  text: (taken) => {
    const runs = [];
    for (const strength of taken) {
      if (runs.at(-1)?.[0] === strength) runs.at(-1)[1] += 1;
      else runs.push([strength, 1]);
    }
    return runs.map(([strength, times]) => `${+strength.toPrecision(4)}${times > 1 ? `x${times}` : ""}`).join();
  },
  value: (text, start) => {
    const strengths = logarithmicScale(start("strength_scale"));
    const runs = text === "" ? [] : text.split(",").map((run) => run.split("x").map(Number));
    const isRight = ([strength, times = 1]) =>
      strength >= 0 && strength <= strengths.largest && Number.isInteger(times) && times > 0;
    const count = runs.reduce((sum, [, times = 1]) => sum + times, 0);
    if (!runs.every(isRight) || !(count <= 1000)) return undefined;
    return runs.flatMap(([strength, times = 1]) => Array(times).fill(strengths.onGrid(strength)));
  },
};
const lambda = { key: "lambda", value: onScale("strength_scale") };

export default {
  render,
  address: {
    strength: lambda,
    weights_from: { key: "weights", value: among(["given", "trained"]) },
    part: { key: "show", value: among(["sum", "data", "penalty"]) },
    scales: { key: "scales", value: among(["fixed", "refitted"]) },
    taken,
  },
};
