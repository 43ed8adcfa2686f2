// One model by the conventions of this book and of another text: chosen by name, or fork by fork.

import { carryOver, code, gapToNumpy, NAMES, OURS } from "./parts/conventions_arithmetic.mjs";
import { formulas } from "./parts/conventions_formulas.mjs";
import { textLines } from "./parts/conventions_lines.mjs";
import { numberTables } from "./parts/conventions_numbers.mjs";
import { onScale } from "./shared/address.mjs";
import { drawComparison } from "./shared/compare.mjs";
import { fold, frame, returning } from "./shared/frame.mjs";
import { number, short } from "./shared/numbers.mjs";
import { logarithmicScale, slider } from "./shared/slider.mjs";
import { announcer, choice, element, follow, menu, oncePerEvent, renew, sketch } from "./shared/view.mjs";

const rounded = (value) => (value === Infinity ? "∞" : short(value, 4));

/** @type {[name: string, legend: string, options: [key: string, text: string][]][]} */
const FORKS = [
  [
    "penalty",
    "Penalty",
    [
      ["half", "(λ/2) ‖W‖²"],
      ["whole", "λ ‖W‖²"],
    ],
  ],
  [
    "over",
    "Samples’ losses",
    [
      ["mean", "mean"],
      ["sum", "sum"],
    ],
  ],
  [
    "samples",
    "Samples",
    [
      ["rows", "in rows, XW"],
      ["columns", "in columns, WX"],
    ],
  ],
  [
    "bias",
    "Bias",
    [
      ["apart", "apart"],
      ["folded", "folded in"],
      ["penalised", "folded in and penalised"],
    ],
  ],
  [
    "unit",
    "Loss in",
    [
      ["nats", "nats"],
      ["bits", "bits"],
    ],
  ],
];
/** @type {[key: string, text: string][]} */
const CARRIED = [
  ["converted", "converted"],
  ["copied", "copied as they stand"],
];
const NO_NAME = { key: "other", name: "another text", says: "Choose its conventions below.", strength: "λ", rate: "η" };

function render({ model, el }) {
  const [X, y, W, b, learningRate] = ["X", "y", "W", "b", "learning_rate"].map((name) => model.get(name));
  const offered = model.get("steps_offered");
  /** @type {Record<string, any>[]} */
  const texts = [...model.get("texts"), NO_NAME];
  let shown, now, text, written;
  const read = () => {
    const steps = offered.includes(model.get("steps")) ? model.get("steps") : offered[0];
    now = { strength: Math.max(0, model.get("strength")) || 0, learningRate, steps };
    for (const [name, , options] of [...FORKS, ["carried", "", CARRIED]]) {
      // The address may hold anything.
      const isKnown = /** @type {string[][]} */ (options).some(([key]) => key === model.get(name));
      now[/** @type {string} */ (name)] = isKnown ? model.get(name) : OURS[/** @type {string} */ (name)];
    }
    // A text has its name as long as no fork was turned another way.
    const isItself = (one) => one.key === model.get("text") && FORKS.every(([name]) => one[name] === now[name]);
    text = texts.find(isItself) ?? NO_NAME;
    if (text.inverse) now.carried = "converted";
  };
  const put = (changes) => {
    for (const [name, value] of Object.entries(changes)) model.set(name, value);
    model.save_changes();
  };
  read();

  const strengths = logarithmicScale(model.get("strength_scale"));
  const lambda = slider({
    label: "λ in this book",
    min: 0,
    max: strengths.last,
    step: 1,
    value: strengths.toPosition(now.strength),
    text: () => `λ = ${rounded(now.strength)}`,
    spoken: () => `lambda ${rounded(now.strength)} in this book`,
    onInput: (position) => {
      now.strength = strengths.toValue(position);
      lambda.set(position);
      put({ strength: now.strength });
    },
  });
  const named = menu({
    label: "Text or library",
    options: texts.map(({ key, name }) => [key, name]),
    value: text.key,
    onChange: (key) => {
      const chosen = /** @type {Record<string, any>} */ (texts.find((one) => one.key === key));
      const forks = chosen === NO_NAME ? [] : FORKS.map(([name]) => [name, chosen[name]]);
      put({ text: key, ...Object.fromEntries(forks), ...(chosen.inverse ? { carried: "converted" } : {}) });
      if (chosen === NO_NAME) switches.open = true;
    },
  });
  const carried = choice({
    legend: "λ and η",
    options: CARRIED,
    value: now.carried,
    onChange: (key) => put({ carried: key }),
  });
  const choices = FORKS.map(([name, legend, options]) => ({
    name,
    radios: choice({ legend, options, value: now[name], onChange: (key) => put({ [name]: key, text: "other" }) }),
  }));
  const walked = choice({
    legend: "Compare after",
    options: offered.map((count) => [String(count), count === 1 ? "1 step" : `${count} steps`]),
    value: String(now.steps),
    onChange: (key) => put({ steps: Number(key) }),
  });
  const switches = /** @type {HTMLDetailsElement} */ (
    fold("Another text", element("div", { class: "forks" }, ...choices.map(({ radios }) => radios.node)))
  );
  const lines = textLines(model);
  const says = element("p", { class: "says" });
  const verdict = element("div", { class: "verdict" });
  const gradients = element("div", { class: "formulas" });
  const note = element("p", { class: "note" });
  const listing = element("code");
  const tables = numberTables();
  const checked = element("p", { class: "sms-checked" });
  const spoken = announcer();
  const regional = {
    tabindex: "0",
    role: "region",
    "aria-label": "The other text’s code",
    "data-lm-suppress-shortcuts": "true",
  };
  el.append(
    frame({
      model,
      kind: "sms-conventions",
      label: "One model by two texts’ conventions",
      picture: [lines.node],
      controls: [element("div", {}, named.node, says), lambda.node, carried.node],
      formula: [verdict],
      numbers: [walked.node, ...tables.nodes, gradients, note, element("pre", regional, listing)],
      more: [switches],
      startOver: returning(model, ["text", "strength", "steps", ...NAMES]),
      status: [checked, spoken.node],
    }),
  );

  switches.open = text === NO_NAME; // by a link, or by the notebook

  const redraw = oncePerEvent(draw);
  function draw() {
    shown = carryOver({ X, y, W, b, learningRate, ...now });
    drawLines();
    drawVerdict();
    const forks = NAMES.map((name) => now[name]).join();
    if (forks !== written) {
      // Formulas and code show λ as a letter, so a new λ leaves them as they are.
      written = forks;
      drawFormulas();
      drawCode();
    }
    tables.draw(shown, now, steps());
    compare();
  }
  const steps = () => (now.steps === 1 ? "one step" : `${now.steps} steps`);
  const same = () => shown.difference <= 1e-12 * shown.largest;
  // The other text's number for λ: what it weighs, or with scikit-learn what it is divided by.
  const theirStrength = () => (text.inverse ? 1 / (y.length * now.strength) : shown.strength);
  function drawLines() {
    renew(says, text.says);
    lines.set(
      { ...OURS, strength: "λ", rate: "η" },
      {
        ...now,
        ...text,
        ...Object.fromEntries(FORKS.map(([name]) => [name, now[name]])),
        isApart: text.key === "pytorch",
      },
      {
        strength: [rounded(now.strength), rounded(theirStrength())],
        rate: [rounded(learningRate), rounded(shown.rate)],
      },
    );
    carried.node.disabled = Boolean(text.inverse);
  }
  function drawVerdict() {
    const { converted, strength, rate, difference } = shown;
    const apart = difference === 0 ? "agree in every digit" : `differ by at most ${number(difference, 3)}`;
    let end;
    if (!Number.isFinite(difference)) end = "Each step is too long: the weights grow without end.";
    else if (same()) end = `The same model: after ${steps()} the weights and biases ${apart}.`;
    else end = `Another model: after ${steps()} the weights and biases ${apart}.`;
    const why = [];
    if (now.carried === "copied" && (strength !== converted.strength || rate !== converted.rate)) {
      why.push(`There they amount to our λ = ${rounded(shown.weighs)} and η = ${rounded(shown.stepsAs)}.`);
    }
    if (now.bias === "penalised" && now.strength > 0) {
      why.push(
        same()
          ? "No rule converts a penalised bias; here the biases have given nothing to penalise."
          : "No λ makes up for a penalised bias.",
      );
    }
    const sign = sketch("span", { class: same() ? "sign same" : "sign", "aria-hidden": "true" }, same() ? "=" : "≠");
    renew(
      verdict,
      sign,
      sketch("p", {}, sketch("strong", {}, end), ...why.flatMap((line) => [" ", sketch("span", {}, line)])),
    );
    const there = text.rate ? ` and ${text.rate} = ${rounded(rate)}` : "";
    spoken.say(
      [
        `${text.name}: our λ = ${rounded(now.strength)} and η = ${rounded(learningRate)}, there ${text.strength} = ${rounded(theirStrength())}${there}.`,
        end,
        ...why,
      ].join(" "),
    );
  }
  function drawFormulas() {
    renew(gradients, ...formulas(now).map((line) => sketch("div", { class: "line" }, ...line)));
    const columns = now.samples === "columns";
    const folded =
      now.bias === "apart"
        ? ""
        : columns
          ? "X₁ is X with a row of ones below, W₁ is W with the column b at its right. "
          : "X₁ is X with a column of ones at its right, W₁ is W with the row b below. ";
    const differs = NAMES.some((name) => name !== "carried" && now[name] !== OURS[name]);
    renew(
      note,
      `${folded}${differs ? "Underlined, and marked in the code: what this book writes otherwise." : "All as in this book."}`,
    );
  }
  function drawCode() {
    const book = new Set(code(OURS));
    renew(
      listing,
      ...code(now).map((line) =>
        sketch("span", { class: book.has(line) ? "code-line" : "code-line marked" }, `${line}\n`),
      ),
    );
  }
  function compare() {
    drawComparison(checked, gapToNumpy(shown, now, model.get("numpy_says")));
  }
  const update = () => {
    const before = now.strength;
    read();
    if (now.strength !== before || lambda.input.value !== String(strengths.toPosition(now.strength)))
      lambda.set(strengths.toPosition(now.strength));
    for (const { name, radios } of choices) radios.set(now[name]);
    named.set(text.key);
    carried.set(now.carried);
    walked.set(String(now.steps));
    redraw();
  };
  draw();
  return follow(
    model,
    [
      [["text", "strength", "steps", ...NAMES], update],
      [["numpy_says"], compare],
    ],
    [redraw, spoken],
  );
}

export default {
  render,
  address: {
    strength: { key: "our-lambda", value: onScale("strength_scale") },
    text: "text",
    penalty: "penalty",
    over: "over",
    samples: "samples",
    bias: "bias",
    unit: "unit",
    carried: "carried",
    steps: "steps",
  },
};
