// The λ explorer. At fixed W the loss and its gradient are affine in λ, so the data part is computed once
// for all λ.

import { among, onScale } from "./shared/address.mjs";
import { drawComparison, gapOfMatrices, gapOfNumbers } from "./shared/compare.mjs";
import { addScaled, dataLoss, dataLossAndGradient, innerProduct, squaredNorm } from "./shared/maths.mjs";
import { number, short, superscript } from "./shared/numbers.mjs";
import { logarithmicScale, slider } from "./shared/slider.mjs";
import {
  announcer,
  button,
  choice,
  element,
  follow,
  oncePerEvent,
  paint,
  renew,
  sketch,
  svgElement,
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

function render({ model, el }) {
  const start = { W: model.get("W"), b: model.get("b"), strength: model.get("strength") };
  const [X, y, learningRate] = [model.get("X"), model.get("y"), model.get("learning_rate")];
  // The λ of each step taken. A page keeps them in its address; with a kernel Python has the weights.
  let taken = model.get("taken") ?? [];
  let { W, b } = takeSteps({ X, y, ...start, learningRate }, taken);
  let { strength } = start;
  let data = dataLossAndGradient(X, y, W, b);
  let shown;
  const trained = model.get("trained"),
    colours = model.get("colours");
  const isTrained = () => model.get("weights_from") === "trained";

  const strengths = logarithmicScale(model.get("strength_scale"));
  const lambda = slider({
    label: "λ, the strength of the penalty",
    min: 0,
    max: strengths.last,
    step: 1,
    value: strengths.toPosition(strength),
    text: () => `λ = ${short(strength)}`,
    spoken: () => `lambda ${short(strength)}`,
    onInput: (position) => {
      strength = strengths.toValue(position);
      tell();
      redraw();
    },
  });
  const ticks = element(
    "div",
    { class: "ticks", "aria-hidden": "true" },
    ...strengths.ticks().map((t) => element("span", {}, t)),
  );
  const weights = choice({
    legend: "Weights",
    options: [
      ["given", "the given ones, at any λ"],
      ["trained", "trained anew at each λ"],
    ],
    value: model.get("weights_from"),
    onChange: (key) => {
      model.set("weights_from", key);
      model.save_changes();
    },
  });
  weights.node.hidden = !trained.strength;
  const equation = element("p", { class: "equation" });
  const [barData, barPenalty] = [element("div", { class: "bar-data" }), element("div", { class: "bar-penalty" })];
  const barTicks = element("div", { class: "bar-ticks" });
  const bar = element(
    "div",
    { class: "bar", role: "img" },
    element("div", { class: "bar-parts" }, barData, barPenalty),
    barTicks,
  );
  const sizes = element("table");
  const triangle = svgElement("svg", { viewBox: "0 0 240 100", class: "triangle", role: "img" });
  const parts = choice({
    legend: "Show",
    options: [
      ["sum", "∂L/∂W"],
      ["data", "data part"],
      ["penalty", "penalty part λW"],
    ],
    value: model.get("part"),
    onChange: (key) => {
      model.set("part", key);
      model.save_changes();
    },
  });
  const chart = element("div", { class: "chart" });
  const gradientHeading = element("p", { class: "sms-heading" });
  const [height, width] = model.get("image_shape");
  const canvases = start.W[0].map(() => element("canvas", { width, height, "aria-hidden": "true" }));
  const images = element(
    "div",
    { class: "images", role: "img" },
    ...canvases.map((canvas, j) => element("div", {}, canvas, String(j))),
  );
  const scaleCanvas = element("canvas", { width: 101, height: 1, "aria-hidden": "true" });
  const [low, high] = [element("span"), element("span")];
  const effect = element("p");
  const stepButton = button("Take one step", () => {
    ({ nextW: W, nextB: b } = shown);
    moved([...taken, strength]);
  });
  const backButton = button("Back to the start", () => {
    ({ W, b } = start);
    moved([]);
  });
  const walk = element(
    "div",
    {},
    element("p", { class: "sms-heading" }, `One step against the gradient, η = ${short(learningRate)}`),
    effect,
    element("div", { class: "step" }, stepButton, backButton),
  );
  const checked = element("p", { class: "sms-checked" });
  const spoken = announcer();

  el.append(
    element(
      "div",
      {
        class: "sms-widget sms-lambda-explorer",
        role: "group",
        "aria-label": "Explorer of the penalty's strength lambda",
      },
      lambda.node,
      ticks,
      weights.node,
      equation,
      bar,
      gradientHeading,
      element("div", { class: "columns" }, sizes, triangle, chart),
      parts.node,
      images,
      element("div", { class: "scale" }, low, scaleCanvas, high),
      walk,
      checked,
      spoken.node,
    ),
  );
  paint(
    scaleCanvas,
    Array.from({ length: 101 }, (_, k) => (k - 50) / 50),
    1,
    colours,
  );

  function tell() {
    model.set("strength", strength);
    model.save_changes();
  }
  function moved(list) {
    taken = list;
    data = dataLossAndGradient(X, y, W, b);
    model.set(
      "W",
      W.map((row) => [...row]),
    );
    model.set("b", [...b]);
    if (model.get("taken")) model.set("taken", taken);
    model.save_changes();
    redraw();
  }
  const redraw = oncePerEvent(draw);
  function draw() {
    for (const node of [triangle, parts.node, walk]) node.toggleAttribute("hidden", isTrained());
    chart.hidden = !isTrained();
    renew(gradientHeading, isTrained() ? "The model trained at this λ" : "The gradient and its two parts");
    if (isTrained()) drawTrained();
    else drawGiven();
  }
  function drawTrained() {
    const k = nearest(trained.strength, strength || trained.strength[0]);
    const [value, dataLoss, penalty] = [trained.strength[k], trained.data_loss[k], trained.penalty[k]];
    drawEquation(value, dataLoss, (2 * penalty) / value, penalty);
    drawBar(dataLoss, penalty);
    const percent = (share) => `${(100 * share).toFixed(1)} %`;
    renew(
      sizes,
      sizeRow("", "trained at λ =", short(value)),
      sizeRow("", "‖W‖", number(Math.sqrt((2 * penalty) / value))),
      sizeRow("training", "right, training", percent(trained.train_accuracy[k])),
      sizeRow("held-out", "right, held out", percent(trained.validation_accuracy[k])),
      sizeRow("", "‖gradient‖ left", number(trained.gradient_length[k], 2)),
    );
    drawChart(k);
    const largest = trained.largest_weight[k];
    trainedImages(trained, k, canvases.length).forEach((levels, j) => {
      paint(canvases[j], levels, TOP_LEVEL, colours);
    });
    renew(low, short(-largest));
    renew(high, `${short(largest)}, weight`);
    images.setAttribute(
      "aria-label",
      `The trained weights, one image for each class; the largest is ${short(largest)}`,
    );
    renew(checked);
    spoken.say(
      `Trained at lambda ${short(value)}: data loss ${number(dataLoss)}, penalty ${number(penalty)}, ` +
        `${percent(trained.train_accuracy[k])} of the training samples and ${percent(trained.validation_accuracy[k])} of those held out are right.`,
    );
  }
  // Draw both accuracies against λ on a logarithmic axis, and the chosen λ.
  function drawChart(k) {
    const logs = trained.strength.map(Math.log10),
      [first, last] = [logs[0], logs.at(-1)];
    const x = (v) => 34 + ((v - first) / (last - first)) * 250,
      y = (share) => 8 + (1 - share) * 110;
    const line = (shares, colour) =>
      svgSketch("polyline", {
        points: shares.map((s, i) => `${x(logs[i]).toFixed(1)},${y(s).toFixed(1)}`).join(" "),
        style: `fill: none; stroke: var(--${colour}); stroke-width: 2.5`,
      });
    const text = (at, content, anchor) => svgSketch("text", { x: at[0], y: at[1], "text-anchor": anchor }, content);
    const drawn = [0, 0.5, 1].flatMap((share) => [
      svgSketch("line", { x1: 34, x2: 284, y1: y(share), y2: y(share), style: "stroke: var(--line)" }),
      text([30, y(share) + 4], `${100 * share} %`, "end"),
    ]);
    for (let power = Math.ceil(first); power <= last + 1e-9; power++)
      drawn.push(text([x(power), 135], `10${superscript(power)}`, "middle"));
    drawn.push(
      line(trained.train_accuracy, "training"),
      line(trained.validation_accuracy, "held-out"),
      svgSketch("line", {
        x1: x(logs[k]),
        x2: x(logs[k]),
        y1: 4,
        y2: 118,
        style: "stroke: var(--ink); stroke-width: 1.5",
      }),
    );
    renew(
      chart,
      svgSketch(
        "svg",
        {
          viewBox: "0 0 300 140",
          role: "img",
          "aria-label": "Share of right answers against lambda, for the training samples and for those held out",
        },
        ...drawn,
      ),
    );
  }
  function drawGiven() {
    shown = explore({ X, y, W, b, strength, learningRate }, data);
    drawEquation(strength, data.loss, 2 * shown.halfNorm, shown.penalty);
    drawBar(data.loss, shown.penalty);
    drawGradient();
    const change = shown.nextLoss - shown.loss,
      steps = taken.length;
    const lead = steps ? `After ${steps} step${steps > 1 ? "s" : ""}: one more step` : "One step";
    renew(
      effect,
      `${lead} takes the loss from ${number(shown.loss)} to ${number(shown.nextLoss)} nats ` +
        `(${change > 0 ? "+" : ""}${number(change, 3)}).`,
    );
    backButton.disabled = steps === 0;
    stepButton.disabled = !Number.isFinite(shown.nextLoss);
    spoken.say(
      `Data loss ${number(data.loss)}, penalty ${number(shown.penalty)}, loss ${number(shown.loss)} nats. ` +
        `Gradient length ${number(shown.length)}. ${effect.textContent}`,
    );
    compare();
  }
  function drawEquation(lambdaValue, dataLoss, squared, penalty) {
    const value = (kind, text) => sketch("span", { class: kind }, text);
    renew(
      equation,
      sketch("var", {}, "L"),
      " = data loss + (λ/2) ‖",
      sketch("var", {}, "W"),
      "‖² = ",
      value("data", number(dataLoss)),
      ` + (${short(lambdaValue)} / 2) · ${number(squared)} = `,
      value("data", number(dataLoss)),
      " + ",
      value("penalty", number(penalty)),
      " = ",
      value("total", `${number(dataLoss + penalty)} nats`),
    );
  }
  function drawBar(dataLoss, penalty) {
    const whole = dataLoss + penalty;
    const unit = 10 ** Math.floor(Math.log10(whole || 1));
    const step = ([0.2, 0.5, 1].find((k) => whole / (k * unit) <= 5) ?? 2) * unit;
    const count = Math.max(1, Math.ceil(whole / step - 1e-9));
    const places = Math.max(0, -Math.floor(Math.log10(step)));
    barData.style.width = `${(100 * dataLoss) / (count * step)}%`;
    barPenalty.style.width = `${(100 * penalty) / (count * step)}%`;
    renew(
      barTicks,
      ...Array.from({ length: count + 1 }, (_, k) =>
        sketch("span", { style: `left: ${(100 * k) / count}%` }, (k * step).toFixed(places)),
      ),
    );
    bar.setAttribute(
      "aria-label",
      `Loss ${number(whole)} nats: data loss ${number(dataLoss)} and penalty ${number(penalty)}`,
    );
  }
  function sizeRow(kind, name, value) {
    return sketch(
      "tr",
      {},
      sketch("th", { scope: "row" }, sketch("span", { class: kind }, name)),
      sketch("td", {}, value),
    );
  }
  function drawGradient() {
    renew(
      sizes,
      sizeRow("data", "‖data part‖", number(shown.dataLength)),
      sizeRow("penalty", "‖λW‖", number(shown.pullLength)),
      sizeRow("total", "‖∂L/∂W‖", number(shown.length)),
      sizeRow(
        "",
        "angle between the parts",
        shown.angle === null ? "none: one part is 0" : `${shown.angle.toFixed(1)}°`,
      ),
    );
    drawTriangle();
    const part = model.get("part");
    const rows = { sum: shown.dW, data: data.dW, penalty: addScaled(shown.dW, -1, data.dW) }[part];
    const top = Math.max(...rows.map((r) => r.reduce((a, v) => Math.max(a, Math.abs(v)), 0)));
    canvases.forEach((canvas, j) => {
      paint(
        canvas,
        rows.map((r) => r[j]),
        top,
        colours,
      );
    });
    renew(low, number(-top, 3));
    renew(high, `${number(top, 3)} nats per unit`);
    images.setAttribute(
      "aria-label",
      `${{ sum: "The gradient", data: "Its data part", penalty: "Its penalty part" }[part]}, ` +
        `one image for each class; the largest entry is ${number(top, 3)}`,
    );
  }
  // Draw the two parts in the plane that they span, with their true lengths and angle.
  function drawTriangle() {
    const angle = ((shown.angle ?? 0) * Math.PI) / 180;
    const tip = [shown.dataLength, 0];
    const end = [tip[0] + shown.pullLength * Math.cos(angle), shown.pullLength * Math.sin(angle)];
    const xs = [0, tip[0], end[0]],
      left = Math.min(...xs),
      reach = Math.max(...xs) - left;
    const scale = Math.min(200 / (reach || 1), 84 / (end[1] || 1e-300));
    const at = ([u, v]) => [120 + (u - left - reach / 2) * scale, 50 + (end[1] / 2 - v) * scale];
    const arrow = (from, to, colour) => {
      const [[x1, y1], [x2, y2]] = [at(from), at(to)];
      const length = Math.hypot(x2 - x1, y2 - y1);
      const group = (...drawn) => svgSketch("g", { style: `stroke: var(--${colour}); fill: none` }, ...drawn);
      if (length < 1) return group();
      const [ux, uy] = [(x2 - x1) / length, (y2 - y1) / length],
        head = Math.min(9, length / 2);
      const wing = (s) => `${x2 - head * (ux - 0.5 * s * uy)},${y2 - head * (uy + 0.5 * s * ux)}`;
      return group(
        svgSketch("path", { class: "arrow", d: `M${x1},${y1}L${x2},${y2}M${wing(1)}L${x2},${y2}L${wing(-1)}` }),
      );
    };
    renew(triangle, arrow([0, 0], end, "total"), arrow([0, 0], tip, "data"), arrow(tip, end, "penalty"));
    triangle.setAttribute(
      "aria-label",
      "The data part and the penalty part of the gradient as arrows, tip to tail, and their sum",
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
    lambda.set(strengths.toPosition(strength));
    redraw();
  };
  const switched = () => {
    weights.set(model.get("weights_from"));
    parts.set(model.get("part"));
    redraw();
  };
  const walked = () => {
    // The address has changed, by "back" or "forward".
    if (model.get("taken") === taken) return;
    taken = model.get("taken");
    ({ W, b } = takeSteps({ X, y, ...start, learningRate }, taken));
    moved(taken);
  };
  draw();
  return follow(
    model,
    [
      [["taken"], walked],
      [["weights_from", "part"], switched],
      [["strength"], moveTo],
      [["numpy_says"], compare],
    ],
    [redraw, spoken],
  );
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
    taken,
  },
};
