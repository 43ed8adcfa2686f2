// Scores as bars that the reader drags, and their softmax.

import { drawComparison, gapOfNumbers } from "./shared/compare.mjs";
import { logSoftmax, predict, shiftScores, softmax } from "./shared/maths.mjs";
import { number, short } from "./shared/numbers.mjs";
import { slider } from "./shared/slider.mjs";
import { announcer, button, choice, element, follow, oncePerEvent, renew, sketch } from "./shared/view.mjs";

const add = (values) => values.reduce((a, v) => a + v, 0);

/**
 * Return every number shown. The temperature divides the scores.
 * @param {{ scores: number[], shift: number, temperature: number }} state
 */
export function explore({ scores, shift, temperature }) {
  const F = scores.map((f) => (f + shift) / temperature);
  const [guarded] = shiftScores([F]),
    [P] = softmax([F]),
    [logP] = logSoftmax([F]);
  const E = guarded.map(Math.exp);
  const entropy = 0 - add(P.map((p, j) => (p === 0 ? 0 : p * logP[j])));
  return {
    F,
    guarded,
    E,
    P,
    logP,
    entropy,
    sum: add(E),
    total: add(P),
    leader: predict([F])[0],
    effective: Math.exp(entropy),
    unguarded: add(F.map(Math.exp)),
  };
}

/**
 * Return how far a score can be dragged to either side: 5, 10, 20, 50, … and at least the largest score.
 * @param {number[]} scores
 */
export function reachOf(scores) {
  const top = Math.max(...scores.map(Math.abs));
  let reach = 5;
  for (let k = 0; reach < top; k++) reach *= k % 3 === 2 ? 2.5 : 2;
  return reach;
}

// Temperatures: positions of equal ratio on either side of 1, with two digits: 0.45, 0.5, 0.56, …
const PER_DECADE = 20;
/** @param {number} position */
export const toTemperature = (position) => +(10 ** (position / PER_DECADE)).toPrecision(2);
/** @param {number} temperature */
export const toPosition = (temperature) => Math.round(PER_DECADE * Math.log10(temperature));

// Return the powers of ten from one of them to another.
function powersOfTen(from, to) {
  const first = Math.round(Math.log10(from));
  return Array.from({ length: Math.round(Math.log10(to)) - first + 1 }, (_, k) => +`1e${first + k}`);
}

const share = (p) => (p < 0.0005 && p > 0 ? "< 0.001" : p >= 0.9995 && p < 1 ? "> 0.999" : p.toFixed(3));
const TRAITS = ["scores", "shift", "temperature", "chosen"];

function render({ model, el }) {
  const get = (name) => model.get(name);
  const start = Object.fromEntries(TRAITS.map((name) => [name, get(name)]));
  const [coldest, hottest] = get("temperatures");
  let reach = 0,
    step,
    rows = [],
    classes,
    shown;
  const put = (changes) => {
    for (const [name, value] of Object.entries(changes)) model.set(name, value);
    model.save_changes();
    update();
  };

  const list = element("div", { class: "lines" });
  const shift = slider({
    label: "Shift, added to every score",
    min: 0, // build() sets its range
    max: 0,
    step: 1,
    value: 0,
    text: () => short(get("shift")),
    spoken: () => `${short(get("shift"))} added to every score`,
    onInput: (value) => put({ shift: value }),
  });
  const temperature = slider({
    label: "Temperature T",
    min: toPosition(coldest),
    max: toPosition(hottest),
    step: 1,
    value: 0,
    text: () => `T = ${short(get("temperature"))}`,
    spoken: () => `temperature ${short(get("temperature"))}`,
    onInput: (position) => put({ temperature: toTemperature(position) }),
  });
  const ticks = element(
    "div",
    { class: "ticks", "aria-hidden": "true" },
    ...powersOfTen(coldest, hottest).map((t) => element("span", {}, String(t))),
  );
  const back = button("Back to the start", () => put(start));
  const equation = element("p", { class: "equation" });
  const place = element("div");
  const steps = element("table"),
    facts = element("table", { class: "facts" });
  const guard = element("p", { class: "guard" }),
    checked = element("p", { class: "sms-checked" });
  const spoken = announcer();
  el.append(
    element(
      "div",
      { class: "sms-widget sms-softmax-bars", role: "group", "aria-label": "Scores and their softmax" },
      list,
      element("div", { class: "controls" }, shift.node, element("div", {}, temperature.node, ticks)),
      back,
      place,
      equation,
      element("div", { class: "columns" }, steps, facts),
      guard,
      checked,
      spoken.node,
    ),
  );

  function build(n) {
    const axis = (...texts) => element("div", { class: "axis" }, ...texts.map((t) => element("span", {}, t)));
    rows = Array.from({ length: n }, (_, j) => {
      const [scoreBar, shareBar] = [element("div", { class: "bar score" }), element("div", { class: "bar share" })];
      const [scoreText, shareText] = [element("span", { class: "value" }), element("span", { class: "value" })];
      const input = element("input", {
        type: "range",
        "aria-label": `Score of class ${j}`,
        "data-lm-suppress-shortcuts": "true",
      });
      const move = (f) => {
        const score = Math.max(
          -reach,
          Math.min(reach, +(Math.round((f - get("shift")) / step) * step).toPrecision(12)),
        );
        put({ scores: get("scores").map((v, k) => (k === j ? score : v)), chosen: j });
      };
      input.addEventListener("input", () => move(+input.value));
      input.addEventListener("keydown", (event) => {
        const by = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1 }[event.key];
        if (!by || !event.shiftKey) return;
        event.preventDefault();
        move(get("scores")[j] + get("shift") + 10 * step * by);
      });
      const node = element(
        "div",
        { class: "line" },
        element("span", { class: "name", "aria-hidden": "true" }, String(j)),
        element("div", { class: "track zeroed" }, scoreBar, input),
        scoreText,
        element("div", { class: "track", "aria-hidden": "true" }, shareBar),
        shareText,
      );
      return { node, input, scoreBar, shareBar, scoreText, shareText };
    });
    const scale = [-1, -0.5, 0, 0.5, 1].map((k) => short(k * edge()));
    list.replaceChildren(
      element(
        "div",
        { class: "line head", "aria-hidden": "true" },
        element("span"),
        element("span", { class: "key score" }, "score (drag it)"),
        element("span"),
        element("span", { class: "key share" }, "probability"),
        element("span"),
      ),
      ...rows.map((row) => row.node),
      element(
        "div",
        { class: "line head", "aria-hidden": "true" },
        element("span"),
        axis(...scale),
        element("span"),
        axis("0", "0.5", "1"),
        element("span"),
      ),
    );
    for (const { input } of rows) Object.assign(input, { min: -edge(), max: edge(), step });
    Object.assign(shift.input, { min: reach - edge(), max: edge() - reach, step });
    classes = choice({
      legend: "Equation for class",
      value: String(chosen()),
      options: rows.map((_, j) => [String(j), String(j)]),
      onChange: (key) => put({ chosen: +key }),
    });
    place.replaceChildren(classes.node);
  }
  function edge() {
    return 1.6 * reach;
  } // a bar, and room for the shift
  function chosen() {
    return Math.max(0, Math.min(get("scores").length - 1, get("chosen")));
  }
  function update() {
    const wide = Math.max(reach, reachOf([...get("scores"), get("shift") / 0.6]));
    if (wide !== reach || rows.length !== get("scores").length) {
      reach = wide;
      step = 10 ** Math.floor(Math.log10(reach / 5)) / 10;
      build(get("scores").length);
    }
    shift.set(get("shift"));
    temperature.set(toPosition(get("temperature")));
    classes.set(String(chosen()));
    redraw();
  }
  const redraw = oncePerEvent(draw);
  function draw() {
    shown = explore({ scores: get("scores"), shift: get("shift"), temperature: get("temperature") });
    rows.forEach((row, j) => {
      const f = get("scores")[j] + get("shift"),
        end = 50 + Math.max(-50, Math.min(50, (50 * f) / edge()));
      row.input.value = f;
      row.input.setAttribute("aria-valuetext", `score ${short(f)}, probability ${number(shown.P[j], 3)}`);
      row.scoreBar.style.left = `${Math.min(50, end)}%`;
      row.scoreBar.style.width = `${Math.abs(end - 50)}%`;
      row.shareBar.style.width = `${100 * shown.P[j]}%`;
      renew(row.scoreText, short(f));
      renew(row.shareText, share(shown.P[j]));
      row.node.classList.toggle("leads", j === shown.leader);
    });
    drawEquation();
    drawNumbers();
    compare();
  }
  function drawEquation() {
    const j = chosen(),
      T = get("temperature");
    const power = (k) => {
      const lead = `${short(get("scores")[k] + get("shift"))} − ${braced(get("scores")[shown.leader] + get("shift"))}`;
      return sketch("span", { class: "power" }, "e", sketch("sup", {}, T === 1 ? lead : `(${lead})/${short(T)}`));
    };
    const between = (nodes, text) => nodes.flatMap((node, k) => (k ? [text, node] : [node]));
    const part = (node) => sketch("span", { class: "part" }, "= ", node);
    const fraction = (top, bottom) =>
      part(sketch("span", { class: "fraction" }, sketch("span", {}, ...top), sketch("span", {}, ...bottom)));
    const rounded = (value) => short(value, 4);
    renew(
      equation,
      sketch("span", {}, sketch("var", {}, "P"), sketch("sub", {}, String(j))),
      " ",
      fraction(
        [power(j)],
        between(
          rows.map((_, k) => power(k)),
          " + ",
        ),
      ),
      " ",
      fraction(
        [rounded(shown.E[j])],
        between(
          Array.from(shown.E, (e) => sketch("span", { class: "power" }, rounded(e))),
          " + ",
        ),
      ),
      " ",
      fraction([rounded(shown.E[j])], [rounded(shown.sum)]),
      " ",
      part(sketch("b", {}, number(shown.P[j]))),
    );
  }
  function braced(value) {
    return value < 0 ? `(${short(value)})` : short(value);
  }
  function drawNumbers() {
    const cells = (texts) => texts.map((t, k) => sketch(k ? "td" : "th", k ? {} : { scope: "row" }, t));
    const heads = ["class", "score", "guarded", "exp", "P"];
    renew(
      steps,
      sketch("thead", {}, sketch("tr", {}, ...heads.map((t) => sketch("th", { scope: "col" }, t)))),
      sketch(
        "tbody",
        {},
        ...rows.map((_, j) =>
          sketch(
            "tr",
            { class: j === chosen() ? "chosen" : undefined },
            ...cells([
              String(j),
              short(get("scores")[j] + get("shift")),
              number(shown.guarded[j], 3),
              number(shown.E[j], 3),
              number(shown.P[j], 3),
            ]),
          ),
        ),
      ),
      sketch("tfoot", {}, sketch("tr", {}, ...cells(["sum", "", "", number(shown.sum, 3), number(shown.total)]))),
    );
    renew(
      facts,
      sketch(
        "tbody",
        {},
        ...[
          ["sum of all P", number(shown.total)],
          ["arg max", `class ${shown.leader}`],
          ["entropy", `${number(shown.entropy)} nats`],
          [sketch("span", {}, "e", sketch("sup", {}, "entropy")), `like ${number(shown.effective, 3)} equal classes`],
        ].map((pair) => sketch("tr", {}, ...cells(pair))),
      ),
    );
    const T = get("temperature") === 1 ? "" : ", divided by T";
    renew(
      guard,
      `Guarded: the largest score is taken off${T}. Without the guard the exponentials would sum to ${number(shown.unguarded)}` +
        (shown.unguarded === Infinity
          ? ": an overflow, and inf/inf is nan."
          : shown.unguarded === 0
            ? ": all underflow, and 0/0 is nan."
            : "."),
    );
    spoken.say(
      `Class ${shown.leader} leads with probability ${number(shown.P[shown.leader], 3)}. ` +
        `Class ${chosen()} has ${number(shown.P[chosen()], 3)}. Entropy ${number(shown.entropy, 3)} nats.`,
    );
  }
  function compare() {
    const says = get("numpy_says");
    const same =
      says?.P && ["scores", "shift", "temperature"].every((name) => String(says[name]) === String(get(name)));
    if (!same) {
      drawComparison(checked, null);
      return;
    }
    const entropy = Math.abs(says.entropy - shown.entropy) / Math.max(says.entropy, 1);
    drawComparison(checked, Math.max(entropy, ...says.P.map((p, j) => gapOfNumbers(p, shown.P[j]))));
  }
  update();
  redraw.now();
  return follow(
    model,
    [
      [TRAITS, update],
      [["numpy_says"], compare],
    ],
    [redraw, spoken],
  );
}

const address = {
  scores: {
    key: "scores",
    text: (values) => values.map((v) => +v.toPrecision(4)).join(","),
    value: (text) => {
      const values = text.split(",").map((v) => (v.trim() ? Number(v) : NaN));
      return values.length <= 20 && values.every((v) => Math.abs(v) <= 1e6) ? values : undefined;
    },
  },
  shift: { key: "shift", value: (text) => (Math.abs(+text) <= 1e6 ? +text : undefined) },
  temperature: {
    key: "T",
    value: (text, start) => {
      const [coldest, hottest] = start("temperatures");
      return +text >= coldest && +text <= hottest ? +text : undefined;
    },
  },
  chosen: { key: "class", value: (text) => (/^\d+$/.test(text) ? +text : undefined) },
};

export default { render, address };
