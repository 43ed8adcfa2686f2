// Points of three classes in the plane, and a linear classifier that is trained on them step by step.

import { lossCurve } from "./parts/plane_loss_curve.mjs";
import { planePicture } from "./parts/plane_picture.mjs";
import { borders, regions, square } from "./parts/plane_polygons.mjs";
import { GRID } from "./parts/plane_regions.mjs";
import { runButton } from "./parts/plane_run.mjs";
import { sureness } from "./parts/plane_sureness.mjs";
import { descend, explore } from "./parts/plane_training.mjs";
import { among, onScale } from "./shared/address.mjs";
import { drawComparison, gapOfMatrices, gapOfNumbers } from "./shared/compare.mjs";
import { words } from "./shared/drawing.mjs";
import { formula } from "./shared/formula.mjs";
import { fold, frame, returning } from "./shared/frame.mjs";
import { addScaled } from "./shared/maths.mjs";
import { number, short } from "./shared/numbers.mjs";
import { logarithmicScale, slider } from "./shared/slider.mjs";
import { announcer, button, choice, element, follow, oncePerEvent, renew, sketch, svgElement } from "./shared/view.mjs";

const LONGEST = 5000, // steps
  GRASP = 15; // how far from its middle a point is taken, in pixels
const PACE = { slowest: 6, quickens: 18, fastest: 60 }; // of a run
const LOSS_TICKS = { softmax: [0, 1, 2], hinge: [0, 2, 4] };
const TRAITS = ["points", "model", "base", "steps", "strength", "learning_rate", "loss"];
/** @type {[string, string][]} */
const LOSSES = [
  ["softmax", "softmax"],
  ["sum", "SVM"],
  ["worst", "SVM, worst class"],
  ["one_vs_all", "SVM, one against all"],
];
const shape = (label) =>
  [
    () => svgElement("circle", { r: 7 }),
    () => svgElement("rect", { x: -6.5, y: -6.5, width: 13, height: 13 }),
    () => svgElement("path", { d: "M0,-8.5L8,6L-8,6Z" }),
  ][label]();
const count = (n, thing) => `${n} ${thing}${n === 1 ? "" : "s"}`;

function render({ model: state, el }) {
  const edge = state.get("edge");
  const clip = (v) => Math.max(-edge, Math.min(edge, Math.round(v * 100) / 100));
  let chosen = -1,
    newClass = 0,
    history = [],
    isMine = false,
    shown;
  const redraw = oncePerEvent(draw);
  const untouched = state.page ? state.page.start("points") : state.get("points");
  const get = (name) => state.get(name);
  // The steps since something else was changed, and the model before them. A page keeps these two in
  // its address; with a kernel Python has the model.
  let [base, steps] = [get("base") ?? get("model"), get("steps") ?? 0];
  const present = () => ({ points: get("points"), model: get("model"), strength: get("strength"), loss: get("loss") });
  const write = (changes) => {
    isMine = true;
    for (const [name, value] of Object.entries(changes)) state.set(name, value);
    isMine = false;
    redraw();
  };
  // Change something else than by a step: the loss is drawn from here on.
  const put = (changes) => {
    // From here on as the address writes it, so that a link shows just what was seen.
    const model = changes.model ?? (steps && get("base") ? rounded(get("model")) : get("model"));
    [base, steps, history] = [model, 0, []];
    write({ ...changes, model });
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

  // The plane, and over its borders the points.
  const said = svgElement("g", { class: "said" }),
    points = svgElement("g");
  const marks = [];
  const picture = planePicture({
    width: 442,
    reach: edge,
    ticks: [-edge, 0, edge],
    draw: () => {
      drawPlane();
      return [said, points];
    },
  });
  const { across, up } = picture;
  picture.say(
    "The plane: feature 1 to the right, feature 2 upwards. The arrow keys move a point; 0, 1 and 2 give it a class; Delete removes it.",
  );
  const place = (event) => {
    const box = picture.svg.getBoundingClientRect();
    const larger = box.width / picture.size().width; // as in the presenter's mode
    return [across().back((event.clientX - box.left) / larger), up().back((event.clientY - box.top) / larger)];
  };
  picture.svg.addEventListener("click", (event) => {
    const [x1, x2] = place(event);
    if (points.contains(/** @type {Node} */ (event.target)) || Math.abs(x1) > edge || Math.abs(x2) > edge) return;
    addPoint(clip(x1), clip(x2));
  });

  // A finger on a point does not scroll the page. Chromium does not heed touch-action within an SVG.
  points.addEventListener("touchstart", (event) => event.preventDefault(), { passive: false });
  // A hand takes the nearest point, also where another lies on top, and where it grasps it.
  let grip = [0, 0];
  points.addEventListener("pointerdown", (event) => {
    event.preventDefault();
    const [x1, x2] = place(event);
    const far = get("points").map((p) => Math.hypot(p[0] - x1, p[1] - x2));
    const nearest = far.indexOf(Math.min(...far));
    const [p1, p2] = get("points")[nearest];
    grip = [p1 - x1, p2 - x2];
    marks[nearest].setPointerCapture(event.pointerId);
    marks[nearest].focus({ preventScroll: true });
  });

  // The controls.
  const run = runButton({
    pace: PACE,
    step,
    before: () => {
      if (steps >= LONGEST) put({});
    },
    draw: () => redraw.now(),
    settle: () => {
      redraw();
      settle();
    },
  });
  const { stop } = run;
  const stepButton = button("Step", () => {
    stop();
    step();
    settle();
  });
  const strengths = logarithmicScale(get("strength_scale"));
  const rates = logarithmicScale(get("rate_scale"));
  const lambda = slider({
    label: "Penalty λ",
    min: 0,
    max: strengths.last,
    step: 1,
    value: strengths.toPosition(get("strength")),
    text: () => short(get("strength")),
    spoken: () => `lambda ${short(get("strength"))}`,
    onInput: (position) => {
      put({ strength: strengths.toValue(position) });
      settle();
    },
  });
  const eta = slider({
    label: "Learning rate η",
    min: 1,
    max: rates.last,
    step: 1,
    value: rates.toPosition(get("learning_rate")),
    text: () => short(get("learning_rate")),
    spoken: () => `eta ${short(get("learning_rate"))}`,
    onInput: (position) => {
      put({ learning_rate: rates.toValue(position) });
      settle();
    },
  });
  const classes = choice({
    legend: "New point",
    value: "0",
    options: [
      ["0", "0"],
      ["1", "1"],
      ["2", "2"],
    ],
    onChange: (key) => {
      newClass = +key;
      if (chosen >= 0) relabel(chosen, newClass);
    },
  });
  const legend = /** @type {HTMLElement} */ (classes.node.querySelector("legend"));
  const addButton = button("+", () => addPoint(0, 0));
  addButton.title = "Add a point";
  addButton.setAttribute("aria-label", "Add a point");
  const removeButton = button("×", () => removePoint(chosen));
  removeButton.title = "Remove the chosen point";
  removeButton.setAttribute("aria-label", "Remove the chosen point");
  const losses = choice({
    legend: "Loss",
    value: get("loss"),
    options: LOSSES,
    onChange: (key) => {
      put({ loss: key });
      settle();
    },
  });
  const randomButton = button("Draw the weights at random", () => {
    stop();
    put({
      model: [0, 1, 2].map(() =>
        [0, 1, 2].map(() => Math.round(200 * (Math.random() + Math.random() + Math.random() - 1.5)) / 100),
      ),
    });
    settle();
  });

  // The numbers.
  const equation = formula(state, "loss", "data {data}\n+ penalty {penalty}\n= L {total}");
  const soFar = element("p", { class: "so-far" });
  const curve = lossCurve(LONGEST);
  const table = element("table"),
    each = element("table");
  const scroll = (label, child) =>
    element("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": label }, child);
  const checked = element("p", { class: "sms-checked" });
  const spoken = announcer();
  const back = returning(
    state,
    TRAITS.filter((trait) => get(trait) !== undefined),
  );
  const node = frame({
    model: state,
    kind: "sms-points-in-the-plane",
    label: "Points in the plane",
    picture: [
      picture.node,
      element("div", { class: "run-row" }, run.node, stepButton, soFar),
      element("div", { class: "loss" }, equation.node, curve.node),
    ],
    controls: [
      lambda.node,
      eta.node,
      element("div", { class: "class-row" }, classes.node, element("div", { class: "tools" }, addButton, removeButton)),
    ],
    numbers: [scroll("Weights and gradient", table), scroll("Scores and losses", each)],
    more: [fold("Another loss, other weights", losses.node, randomButton)],
    startOver: () => {
      stop();
      isMine = true;
      back();
      isMine = false;
      [base, steps, history] = [get("base") ?? get("model"), get("steps") ?? 0, []];
      [chosen, newClass] = [-1, 0];
      showTraits();
    },
    status: [checked, spoken.node],
  });
  const numbers = /** @type {HTMLDetailsElement} */ (node.querySelector(".sms-fold"));
  numbers.addEventListener("toggle", redraw);
  el.append(node);

  function addPoint(x1, x2) {
    chosen = get("points").length;
    put({ points: [...get("points"), [x1, x2, newClass]] });
    redraw.now();
    settle();
    marks[chosen].focus({ preventScroll: true });
  }
  function removePoint(i) {
    if (i < 0 || get("points").length < 2) return;
    chosen = -1;
    put({ points: get("points").filter((_, k) => k !== i) });
    settle();
  }
  function relabel(i, label) {
    newClass = label;
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
    return Number.isFinite(losses[1][0] + losses[1][1]) && steps < LONGEST;
  }
  function draw() {
    shown = explore(present());
    picture.redraw();
    drawNumbers(present());
    compare();
  }
  function drawPlane() {
    const now = present();
    // Between two steps the borders are on their way: as far along the gradient.
    const ahead = run.ahead();
    const model = ahead ? addScaled(now.model, -ahead * get("learning_rate"), shown.gradient) : now.model;
    picture.paint([model, now.loss], () => ({
      sure: sureness(model, edge, GRID, now.loss),
      regions: regions(model, square(edge)).map((corners) => [corners]),
      borders: borders(model, square(edge)),
      whyNone: () => whyNoBorder(model),
      colours: get("class_colours"),
    }));
    drawPoints(now.points);
  }
  function whyNoBorder(model) {
    if (!model.flat().every(Number.isFinite)) return "no border: a weight is no number any more";
    if (model.flat().every((v) => v === 0)) return "no border yet: all weights are 0";
    return model.every(([a, b, c]) => a === b && b === c)
      ? "no border: the classes have the same weights"
      : "no border in this part of the plane";
  }
  function drawPoints(now) {
    const [x, y] = [across(), up()],
      { width } = picture.size();
    while (marks.length > now.length) marks.pop().remove();
    while (marks.length < now.length) marks.push(makeMark(marks.length));
    now.forEach(([x1, x2, label], i) => {
      const mark = marks[i];
      if (mark.dataset.label !== String(label)) {
        mark.dataset.label = label;
        const drawn = shape(label);
        drawn.setAttribute("class", `shape class-${label}`);
        mark.replaceChildren(
          svgElement("circle", { r: GRASP, class: "target" }),
          svgElement("circle", { r: 12.5, class: "ring" }),
          drawn,
        );
      }
      mark.classList.toggle("chosen", i === chosen);
      mark.setAttribute("transform", `translate(${x(x1).toFixed(1)} ${y(x2).toFixed(1)})`);
      mark.setAttribute("aria-label", `Point ${i + 1} of class ${label}`);
      mark.setAttribute("aria-valuenow", x1);
      mark.setAttribute(
        "aria-valuetext",
        `feature 1 ${number(x1, 2)}, feature 2 ${number(x2, 2)}, loss ${number(shown.each[i], 3)}`,
      );
    });
    // The keys are of use where there are keys: not on a phone.
    const isWide = width > 400;
    const hint = chosen >= 0 && isWide ? "arrow keys: move · 0 1 2: class · Delete" : "drag a point · click to add";
    renew(
      said,
      ...((chosen >= 0 && isWide) || now === untouched
        ? [words(x.places[1] - 8, y.places[1] + 17, hint, "end", "on-plane")]
        : []),
    );
    renew(legend, chosen >= 0 ? `Point ${chosen + 1}` : "New point");
    classes.set(String(chosen >= 0 ? now[chosen][2] : newClass));
    removeButton.disabled = chosen < 0 || now.length < 2;
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
      newClass = get("points")[i][2];
      redraw();
    });
    mark.addEventListener("pointermove", (event) => {
      if (!mark.hasPointerCapture(event.pointerId)) return;
      const [x1, x2] = place(event);
      movePoint(i, x1 + grip[0], x2 + grip[1]);
    });
    mark.addEventListener("lostpointercapture", settle);
    mark.addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      const reach = event.shiftKey ? 0.2 : 0.02,
        [x1, x2] = get("points")[i];
      const by = { ArrowLeft: [-reach, 0], ArrowRight: [reach, 0], ArrowUp: [0, reach], ArrowDown: [0, -reach] }[
        event.key
      ];
      if (by) movePoint(i, x1 + by[0], x2 + by[1]);
      else if ("012".includes(event.key)) relabel(i, +event.key);
      else if (event.key === "Delete" || event.key === "Backspace") {
        removePoint(i);
        redraw.now();
        marks[Math.max(0, i - 1)].focus({ preventScroll: true });
      } else return;
      event.preventDefault();
      settle();
    });
    points.append(mark);
    return mark;
  }
  function drawNumbers({ points: now, model, loss }) {
    const total = shown.dataLoss + shown.penalty,
      unit = loss === "softmax" ? "nats" : "";
    equation.set({
      data: number(shown.dataLoss),
      penalty: number(shown.penalty),
      total: number(total),
    });
    renew(soFar, `${count(steps, "step")}, ${shown.right} of ${now.length} right`);
    const losses = history.length ? history : [[shown.dataLoss, shown.penalty]];
    curve.show(
      [
        { kind: "data", name: "data", values: losses.map(([data]) => data) },
        { kind: "total", name: "L", values: losses.map(([data, penalty]) => data + penalty) },
      ],
      { ticks: LOSS_TICKS[loss] ?? LOSS_TICKS.hinge, unit, between: "penalty" },
    );
    const first = history.length ? history[0][0] + history[0][1] : total;
    curve.say(`Loss against the step, ${count(steps, "step")} so far: from ${number(first, 3)} to ${number(total, 3)}`);
    spoken.say(
      `${count(steps, "step")}. Loss ${number(shown.dataLoss)} + penalty ${number(shown.penalty)} = ${number(total)}${unit && ` ${unit}`}. ` +
        `${shown.right} of ${count(now.length, "point")} right.`,
    );
    if (!numbers.open) return;
    drawModel(model);
    drawEach(now);
  }
  function drawModel(model) {
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
  }
  function head(...names) {
    return sketch(
      "thead",
      {},
      sketch("tr", {}, ...names.map((n) => (n ? sketch("th", { scope: "col" }, n) : sketch("td")))),
    );
  }
  function drawEach(now) {
    renew(
      each,
      sketch("caption", {}, "Every point’s scores and loss"),
      head("point", "class", "score 0", "score 1", "score 2", "loss"),
      sketch(
        "tbody",
        {},
        ...now.map((p, i) =>
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
  function showTraits() {
    lambda.set(strengths.toPosition(get("strength")));
    eta.set(rates.toPosition(get("learning_rate")));
    losses.set(get("loss"));
    redraw();
  }
  let isWaiting = false;
  const update = () => {
    showTraits();
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
    [{ stop }, redraw, spoken, picture, curve],
  );
  restore();
  redraw.now();
  return end;
}

const rounded = (rows) => rows.map((row) => row.map((v) => +v.toPrecision(6)));
// A list of lists of numbers in the address: "_" between rows, "," between numbers.
const table = {
  text: (rows) =>
    rounded(rows)
      .map((row) => row.join(","))
      .join("_"),
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
