// Points of three classes in the plane, and a linear classifier that is trained on them step by step.

import { among, onScale } from "./shared/address.mjs";
import { drawComparison, gapOfMatrices, gapOfNumbers } from "./shared/compare.mjs";
import {
  addScaled,
  backToWeights,
  crossEntropy,
  hingeLoss,
  hingeScoreGradient,
  l2Penalty,
  logSoftmax,
  mean,
  predict,
  scoreGradient,
  scores,
  softmax,
} from "./shared/maths.mjs";
import { number, short } from "./shared/numbers.mjs";
import { logarithmicScale, slider } from "./shared/slider.mjs";
import {
  announcer,
  button,
  choice,
  element,
  follow,
  oncePerEvent,
  redGreenBlue,
  renew,
  sketch,
  svgElement,
  svgSketch,
} from "./shared/view.mjs";

const GRID = 81,
  LONGEST = 5000;

/**
 * Return every number shown. The model's rows: feature 1, feature 2, bias.
 * @param {{ points: number[][], model: number[][], strength: number, loss: string }} state
 */
export function explore({ points, model, strength, loss }) {
  const X = points.map((p) => p.slice(0, 2)),
    y = points.map((p) => p[2]);
  const W = model.slice(0, 2),
    b = model[2];
  const F = scores(X, W, b);
  const logP = logSoftmax(F);
  const each = loss === "softmax" ? crossEntropy(logP, y) : hingeLoss(F, y, loss);
  const dF =
    loss === "softmax"
      ? scoreGradient(
          logP.map((row) => row.map(Math.exp)),
          y,
        )
      : hingeScoreGradient(F, y, loss);
  const { dW, db } = backToWeights(X, dF);
  const right = predict(F).filter((k, i) => k === y[i]).length;
  return {
    F,
    each,
    right,
    dataLoss: mean(each),
    penalty: l2Penalty(W, strength),
    gradient: [...addScaled(dW, strength, W), db],
  };
}

/**
 * Return shares of the classes' colours: probabilities, or for a hinge loss how far the best score leads.
 * @param {Float64Array[]} F
 * @param {string} loss
 * @returns {Matrix}
 */
export function shades(F, loss) {
  if (loss === "softmax") return softmax(F);
  return F.map((f) => {
    const best = f.reduce((a, v, j) => (v > f[a] ? j : a), 0);
    const lead = f.reduce((a, v, j) => (j === best ? a : Math.min(a, f[best] - v)), Infinity);
    const share = (1 + 2 * Math.min(1, lead)) / 3;
    return f.map((_, j) => (j === best ? share : (1 - share) / 2));
  });
}

/**
 * Return the borders between classes as [x1, x2, x1, x2]: for each pair the piece of the line f_j = f_k
 * that lies in the square and above the third class, if there is one.
 * @param {number[][]} model
 * @param {number} edge The square goes from −edge to edge.
 */
export function borders([w1, w2, b], edge) {
  return [
    [0, 1, 2],
    [0, 2, 1],
    [1, 2, 0],
  ].flatMap(([j, k, other]) => {
    const gap = (m, n) => [w1[m] - w1[n], w2[m] - w2[n], b[m] - b[n]];
    const [a1, a2, c] = gap(j, k);
    const square = a1 * a1 + a2 * a2;
    if (!square) return [];
    const from = [(-c * a1) / square, (-c * a2) / square],
      along = [-a2, a1];
    let [low, high] = [-Infinity, Infinity];
    // Keep the t for which base + t · slope ≥ 0.
    const keep = (base, slope) => {
      if (slope > 0) low = Math.max(low, -base / slope);
      else if (slope < 0) high = Math.min(high, -base / slope);
      else if (base < 0) high = -Infinity;
    };
    for (const i of [0, 1]) {
      keep(edge - from[i], -along[i]);
      keep(edge + from[i], along[i]);
    }
    const [g1, g2, g0] = gap(j, other);
    keep(g1 * from[0] + g2 * from[1] + g0, g1 * along[0] + g2 * along[1]);
    return low < high ? [[low, high].flatMap((t) => [from[0] + t * along[0], from[1] + t * along[1]])] : [];
  });
}

/**
 * Take steps against the gradient; return the model and the losses on the way.
 * @param {Parameters<typeof explore>[0]} now
 * @param {number} learningRate
 * @param {number} count
 */
export function descend(now, learningRate, count) {
  let { model } = now;
  const losses = [];
  for (let k = 0; k <= count; k++) {
    const { dataLoss, penalty, gradient } = explore({ ...now, model });
    losses.push([dataLoss, penalty]);
    if (k < count) model = addScaled(model, -learningRate, gradient);
  }
  return { model, losses };
}

const shape = (label) =>
  [
    () => svgElement("circle", { r: 0.045 }),
    () => svgElement("rect", { x: -0.042, y: -0.042, width: 0.084, height: 0.084 }),
    () => svgElement("path", { d: "M0,-0.056L0.052,0.04L-0.052,0.04Z" }),
  ][label]();
const TRAITS = ["points", "model", "base", "steps", "strength", "learning_rate", "loss"];
/** @type {[string, string][]} */
const LOSSES = [
  ["softmax", "softmax"],
  ["sum", "SVM"],
  ["worst", "SVM, worst class"],
  ["one_vs_all", "SVM, one against all"],
];

function render({ model: state, el }) {
  const start = { points: state.get("points"), model: state.get("model") };
  const tints = state.get("class_tints").map(redGreenBlue);
  const edge = state.get("edge");
  const clip = (v) => Math.max(-edge, Math.min(edge, Math.round(v * 100) / 100));
  let running = 0,
    chosen = -1,
    history = [],
    isMine = false,
    painted = {},
    shown;
  const redraw = oncePerEvent(draw);
  // The steps since something else was changed, and the model before them. A page keeps these two in
  // its address; with a kernel Python has the model.
  let [base, steps] = [state.get("base") ?? state.get("model"), state.get("steps") ?? 0];
  const get = (name) => state.get(name);
  const present = () => ({ points: get("points"), model: get("model"), strength: get("strength"), loss: get("loss") });
  const write = (changes) => {
    isMine = true;
    for (const [name, value] of Object.entries(changes)) state.set(name, value);
    isMine = false;
    redraw();
  };
  const put = (changes) => {
    [base, steps] = [changes.model ?? get("model"), 0];
    write(changes);
  };
  const settle = () => {
    if (get("base")) write({ base, steps });
    state.save_changes();
  };
  function restore() {
    // Follow the address: at the start, and after "back" or "forward".
    if (!get("base")) return;
    [base, steps, chosen] = [get("base"), get("steps"), -1];
    const { model, losses } = descend({ ...present(), model: base }, get("learning_rate"), steps);
    history = steps ? losses : [];
    write({ model });
  }

  // The plane.
  const canvas = element("canvas", { width: GRID, height: GRID, "aria-hidden": "true" });
  const svg = svgElement("svg", {
    viewBox: [-edge, -edge, 2 * edge, 2 * edge].join(" "),
    "aria-label": "The plane: feature 1 to the right, feature 2 upwards",
    role: "group",
  });
  const lines = svgElement("g", { class: "borders" });
  svg.append(lines);
  const plane = element(
    "div",
    { class: "plane" },
    canvas,
    svg,
    element("span", { class: "across", "aria-hidden": "true" }, "feature 1 →"),
    element("span", { class: "up", "aria-hidden": "true" }, "↑ feature 2"),
  );
  const marks = [];
  const place = (event) => {
    const box = svg.getBoundingClientRect();
    return [
      clip(edge * (((event.clientX - box.left) / box.width) * 2 - 1)),
      clip(edge * (1 - ((event.clientY - box.top) / box.height) * 2)),
    ];
  };
  svg.addEventListener("click", (event) => {
    if (event.target === svg) addPoint(...place(event));
  });

  // The controls.
  const strengths = logarithmicScale(get("strength_scale"));
  const rates = logarithmicScale(get("rate_scale"));
  const lambda = slider({
    label: "λ, the strength of the penalty",
    min: 0,
    max: strengths.last,
    step: 1,
    value: strengths.toPosition(get("strength")),
    text: () => `λ = ${short(get("strength"))}`,
    spoken: () => `lambda ${short(get("strength"))}`,
    onInput: (position) => {
      put({ strength: strengths.toValue(position) });
      lambda.set(position);
      settle();
    },
  });
  const eta = slider({
    label: "η, the learning rate",
    min: 1,
    max: rates.last,
    step: 1,
    value: rates.toPosition(get("learning_rate")),
    text: () => `η = ${short(get("learning_rate"))}`,
    spoken: () => `eta ${short(get("learning_rate"))}`,
    onInput: (position) => {
      put({ learning_rate: rates.toValue(position) });
      eta.set(position);
      settle();
    },
  });
  const losses = choice({
    legend: "Loss",
    value: get("loss"),
    options: LOSSES,
    onChange: (key) => {
      history = [];
      put({ loss: key });
      settle();
    },
  });
  const classes = choice({
    legend: "New points are of class",
    value: "0",
    options: [
      ["0", "0 ●"],
      ["1", "1 ■"],
      ["2", "2 ▲"],
    ],
    onChange: (key) => {
      newClass = +key;
      if (chosen >= 0) relabel(chosen, newClass);
    },
  });
  let newClass = 0;
  const isCalm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const [stepButton, runButton] = [
    button("Step", () => {
      step();
      settle();
    }),
    button(isCalm ? "Run 100 steps" : "Run", toggle),
  ];
  const resetButton = button("Reset", () => {
    stop();
    history = [];
    chosen = -1;
    put(start);
    settle();
  });
  const randomButton = button("Randomise weights", () => {
    stop();
    history = [];
    put({
      model: [0, 1, 2].map(() =>
        [0, 1, 2].map(() => Math.round(200 * (Math.random() + Math.random() + Math.random() - 1.5)) / 100),
      ),
    });
    settle();
  });
  const addButton = button("Add a point", () => {
    addPoint(0, 0);
    marks.at(-1).focus();
  });
  const removeButton = button("Remove the chosen point", () => removePoint(chosen));

  // The numbers.
  const summary = element("p", { class: "losses" });
  const chart = element("div", { class: "chart", role: "img" });
  const table = element("table"),
    each = element("table");
  const details = element(
    "details",
    {},
    element("summary", {}, "Every point’s scores and loss"),
    element("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": "Scores and losses" }, each),
  );
  details.addEventListener("toggle", redraw);
  const checked = element("p", { class: "sms-checked" });
  const spoken = announcer();
  el.append(
    element(
      "div",
      { class: "sms-widget sms-points-in-the-plane", role: "group", "aria-label": "Points in the plane" },
      element(
        "div",
        { class: "layout" },
        element(
          "div",
          {},
          plane,
          element(
            "p",
            { class: "hint" },
            "The stronger a colour, the surer the model. Drag a point, or choose it and use the arrow keys; 0, 1, 2 change its class, Delete removes it. Tap the plane to add one.",
          ),
          classes.node,
          element("div", { class: "controls" }, addButton, removeButton),
        ),
        element(
          "div",
          {},
          lambda.node,
          eta.node,
          losses.node,
          element("div", { class: "controls" }, stepButton, runButton, resetButton, randomButton),
          summary,
          chart,
        ),
      ),
      element("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": "Weights and gradient" }, table),
      details,
      checked,
      spoken.node,
    ),
  );

  function addPoint(x1, x2) {
    chosen = get("points").length;
    put({ points: [...get("points"), [x1, x2, newClass]] });
    draw();
    settle();
  }
  function removePoint(i) {
    if (i < 0 || get("points").length < 2) return;
    chosen = -1;
    put({ points: get("points").filter((_, k) => k !== i) });
    settle();
  }
  function relabel(i, label) {
    put({ points: get("points").map((p, k) => (k === i ? [p[0], p[1], label] : p)) });
    settle();
  }
  function movePoint(i, x1, x2) {
    put({ points: get("points").map((p, k) => (k === i ? [clip(x1), clip(x2), p[2]] : p)) });
  }
  function step() {
    const { model, losses } = descend(present(), get("learning_rate"), 1);
    if (!history.length) history.push(losses[0]);
    history.push(losses[1]);
    steps += 1;
    write({ model });
    if (!Number.isFinite(losses[1][0] + losses[1][1]) || steps >= LONGEST) stop();
  }
  function toggle() {
    if (running) {
      stop();
      return;
    }
    if (steps >= LONGEST) [base, steps] = [get("model"), 0];
    if (isCalm) {
      // Draw only the end of many steps.
      for (let k = 0; k < 100 && (k === 0 || Number.isFinite(history.at(-1)[0])) && steps < LONGEST; k++) step();
      settle();
      return;
    }
    renew(runButton, "Pause");
    const loop = () => {
      running = requestAnimationFrame(loop);
      step();
      redraw.now();
    };
    running = requestAnimationFrame(loop);
  }
  function stop() {
    if (!running) return;
    cancelAnimationFrame(running);
    running = 0;
    renew(runButton, "Run");
    settle();
  }
  function draw() {
    const now = present();
    shown = explore(now);
    if (now.model !== painted.model || now.loss !== painted.loss) paintPlane(now);
    painted = now;
    drawPoints(now.points);
    drawNumbers(now);
    compare();
  }
  function paintPlane({ model, loss }) {
    const at = (k) => edge * (((k + 0.5) * 2) / GRID - 1);
    const cells = Array.from({ length: GRID * GRID }, (_, k) => [at(k % GRID), -at(Math.floor(k / GRID))]);
    const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
    const pixels = context.createImageData(GRID, GRID);
    shades(scores(cells, model.slice(0, 2), model[2]), loss).forEach((p, k) => {
      for (let c = 0; c < 3; c++) {
        pixels.data[4 * k + c] = p[0] * tints[0][c] + p[1] * tints[1][c] + p[2] * tints[2][c];
      }
      pixels.data[4 * k + 3] = 255;
    });
    context.putImageData(pixels, 0, 0);
    renew(lines, ...borders(model, edge).map(([x1, y1, x2, y2]) => svgSketch("line", { x1, y1: -y1, x2, y2: -y2 })));
  }
  function drawPoints(points) {
    while (marks.length > points.length) marks.pop().remove();
    while (marks.length < points.length) marks.push(makeMark(marks.length));
    points.forEach(([x1, x2, label], i) => {
      const mark = marks[i];
      if (mark.dataset.label !== String(label)) {
        mark.dataset.label = label;
        const drawn = shape(label);
        drawn.setAttribute("class", `shape class-${label}`);
        mark.replaceChildren(svgElement("circle", { r: 0.09, class: "target" }), drawn);
      }
      mark.classList.toggle("chosen", i === chosen);
      mark.setAttribute("transform", `translate(${x1} ${-x2})`);
      mark.setAttribute("aria-label", `Point ${i + 1} of class ${label}`);
      mark.setAttribute("aria-valuenow", x1);
      mark.setAttribute(
        "aria-valuetext",
        `feature 1 ${number(x1, 2)}, feature 2 ${number(x2, 2)}, loss ${number(shown.each[i], 3)}`,
      );
    });
    removeButton.disabled = chosen < 0 || points.length < 2;
  }
  function makeMark(i) {
    const mark = svgElement("g", {
      class: "point",
      tabindex: 0,
      role: "slider",
      "aria-valuemin": -edge,
      "aria-valuemax": edge,
      "aria-roledescription": "draggable point",
      "data-lm-suppress-shortcuts": "true",
    });
    mark.addEventListener("focus", () => {
      chosen = i;
      redraw();
    });
    mark.addEventListener("pointerdown", (event) => {
      event.preventDefault();
      mark.setPointerCapture(event.pointerId);
      mark.focus();
    });
    mark.addEventListener("pointermove", (event) => {
      if (mark.hasPointerCapture(event.pointerId)) movePoint(i, ...place(event));
    });
    mark.addEventListener("lostpointercapture", settle);
    mark.addEventListener("keydown", (event) => {
      const reach = event.shiftKey ? 0.2 : 0.02,
        [x1, x2] = get("points")[i];
      const by = { ArrowLeft: [-reach, 0], ArrowRight: [reach, 0], ArrowUp: [0, reach], ArrowDown: [0, -reach] }[
        event.key
      ];
      if (by) movePoint(i, x1 + by[0], x2 + by[1]);
      else if ("012".includes(event.key)) relabel(i, +event.key);
      else if (event.key === "Delete" || event.key === "Backspace") {
        removePoint(i);
        marks[Math.max(0, i - 1)]?.focus();
      } else return;
      event.preventDefault();
      settle();
    });
    svg.append(mark);
    return mark;
  }
  function drawNumbers({ points, model }) {
    const total = shown.dataLoss + shown.penalty,
      unit = get("loss") === "softmax" ? " nats" : "";
    const part = (kind, text) => sketch("span", { class: kind }, text);
    renew(
      summary,
      "Loss ",
      part("data", number(shown.dataLoss)),
      " + penalty ",
      part("penalty", number(shown.penalty)),
      " = ",
      part("total", number(total) + unit),
      `. ${shown.right} of ${points.length} points are right.`,
    );
    drawChart();
    renew(
      table,
      sketch("caption", {}, "The model, and below each number its gradient"),
      head("", "class 0", "class 1", "class 2"),
      sketch(
        "tbody",
        {},
        ...["feature 1", "feature 2", "bias"].map((name, d) =>
          sketch(
            "tr",
            {},
            sketch("th", { scope: "row" }, name),
            ...[0, 1, 2].map((j) =>
              sketch(
                "td",
                {},
                number(model[d][j], 3),
                sketch("span", { class: "gradient" }, number(shown.gradient[d][j], 3)),
              ),
            ),
          ),
        ),
      ),
    );
    if (details.open) drawEach(points);
    spoken.say(summary.textContent);
  }
  function head(...names) {
    return sketch(
      "thead",
      {},
      sketch("tr", {}, ...names.map((n) => (n ? sketch("th", { scope: "col" }, n) : sketch("td")))),
    );
  }
  function drawEach(points) {
    renew(
      each,
      head("point", "class", "score 0", "score 1", "score 2", "loss"),
      sketch(
        "tbody",
        {},
        ...points.map((p, i) =>
          sketch(
            "tr",
            {},
            sketch("th", { scope: "row" }, String(i + 1)),
            ...[String(p[2]), ...Array.from(shown.F[i], (f) => number(f, 3)), number(shown.each[i], 3)].map((t) =>
              sketch("td", {}, t),
            ),
          ),
        ),
      ),
    );
  }
  function drawChart() {
    const line = history.length ? history : [[shown.dataLoss, shown.penalty]];
    const top = Math.max(...line.map((v) => v[0] + v[1]).filter(Number.isFinite), 1e-12);
    const path = (f) =>
      line
        .map((v, k) => `${(100 * k) / Math.max(1, line.length - 1)},${100 - (100 * Math.min(f(v), top)) / top}`)
        .join(" ");
    renew(
      chart,
      svgSketch(
        "svg",
        { viewBox: "0 0 100 100", preserveAspectRatio: "none" },
        svgSketch("polyline", { points: path((v) => v[0]), style: "stroke: var(--data)" }),
        svgSketch("polyline", { points: path((v) => v[0] + v[1]), style: "stroke: var(--total)" }),
      ),
      sketch("span", { class: "name" }, history.length ? "loss against the step" : "Step or Run draws the loss here"),
      sketch("span", { class: "top" }, number(top, 2)),
      sketch("span", { class: "zero" }, "0"),
      sketch("span", { class: "first" }, "start"),
      sketch("span", { class: "last" }, `${line.length - 1} steps`),
    );
    chart.setAttribute(
      "aria-label",
      `Loss against the step, ${line.length - 1} steps so far: from ${number(line[0][0] + line[0][1], 3)} to ${number(line.at(-1)[0] + line.at(-1)[1], 3)}`,
    );
  }
  function compare() {
    const says = get("numpy_says"),
      now = present();
    if (
      !says?.asked ||
      Object.keys(now).some((name) => JSON.stringify(now[name]) !== JSON.stringify(says.asked[name]))
    ) {
      drawComparison(checked, null);
      return;
    }
    const gap = Math.max(gapOfNumbers(says.data_loss, shown.dataLoss), gapOfMatrices(says.gradient, shown.gradient));
    drawComparison(checked, gap);
  }
  let isWaiting = false;
  const update = () => {
    lambda.set(strengths.toPosition(get("strength")));
    eta.set(rates.toPosition(get("learning_rate")));
    losses.set(get("loss"));
    redraw();
    if (isMine || isWaiting || !get("base")) return;
    isWaiting = true; // an address sets one thing after the other
    queueMicrotask(() => {
      isWaiting = false;
      restore();
    });
  };
  const end = follow(
    state,
    [
      [TRAITS, update],
      [["numpy_says"], redraw],
    ],
    [{ stop }, redraw, spoken],
  );
  restore();
  redraw.now();
  return end;
}

// A list of lists of numbers in the address: "_" between rows, "," between numbers.
const table = {
  text: (rows) => rows.map((row) => row.map((v) => +v.toPrecision(6)).join(",")).join("_"),
  value: (text, width) => {
    const rows = text.split("_").map((row) => row.split(",").map(Number));
    return rows.every((row) => row.length === width && row.every(Number.isFinite)) ? rows : undefined;
  },
};
const address = {
  strength: { key: "plane-lambda", value: onScale("strength_scale") },
  learning_rate: { key: "plane-eta", value: onScale("rate_scale", (rates) => rates.least) },
  loss: { key: "loss", value: among(LOSSES.map(([key]) => key)) },
  points: {
    key: "points",
    text: table.text,
    value: (text, start) => {
      const rows = table.value(text, 3),
        edge = start("edge");
      return rows?.every(([x1, x2, label]) => Math.abs(x1) <= edge && Math.abs(x2) <= edge && [0, 1, 2].includes(label))
        ? rows
        : undefined;
    },
  },
  base: {
    key: "model",
    text: table.text,
    value: (text) => {
      const rows = table.value(text, 3);
      return rows?.length === 3 ? rows : undefined;
    },
  },
  steps: { key: "plane-steps", value: (text) => (/^\d{1,4}$/.test(text) && +text <= LONGEST ? +text : undefined) },
};

export default { render, address };
