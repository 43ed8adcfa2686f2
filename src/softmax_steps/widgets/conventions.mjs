// One model by the conventions of this book and of another text. The other text's numbers are computed
// by its own formulas in its own layout; only λ and η are converted.

import { onScale } from "./shared/address.mjs";
import { drawComparison, gapOfMatrices } from "./shared/compare.mjs";
import {
  addScaled,
  crossEntropy,
  l2Penalty,
  logSoftmax,
  lossAndGradient,
  scores,
  squaredNorm,
} from "./shared/maths.mjs";
import { number, short } from "./shared/numbers.mjs";
import { logarithmicScale, slider } from "./shared/slider.mjs";
import { announcer, choice, element, follow, oncePerEvent, renew, sketch } from "./shared/view.mjs";

const OURS = { penalty: "half", over: "mean", samples: "rows", bias: "apart", unit: "nats", carried: "converted" };
const NAMES = Object.keys(OURS);
/** @typedef {Record<string, any>} Choices What the reader has chosen: λ, the steps and each of OURS. */

const transpose = (M) => Array.from(M[0], (_, j) => M.map((row) => row[j]));
const product = (A, B) => A.map((a) => Array.from(B[0], (_, j) => a.reduce((sum, v, k) => sum + v * B[k][j], 0)));
const sum = (values) => values.reduce((a, v) => a + v, 0);

/**
 * Return their loss divided by ours: N for a sum, 1 / log 2 for bits.
 * @param {Choices} now
 * @param {number} N
 */
export const scaleOf = (now, N) => (now.over === "sum" ? N : 1) / (now.unit === "bits" ? Math.LN2 : 1);

// Return the loss and its gradient by the chosen formulas. X, W and b are in the chosen layout.
function lossThere(X, y, W, b, strength, now) {
  const columns = now.samples === "columns";
  const bit = now.unit === "bits" ? Math.LN2 : 1,
    shared = now.over === "sum" ? 1 : y.length;
  let F = columns ? product(W, X) : product(X, W);
  if (b) F = F.map((f, i) => f.map((v, j) => v + b[columns ? i : j]));
  const logP = logSoftmax(columns ? transpose(F) : F);
  const dataLoss = sum(crossEntropy(logP, y)) / bit / shared;
  const byRow = logP.map((row, i) => Array.from(row, (v, j) => (Math.exp(v) - (j === y[i] ? 1 : 0)) / bit / shared));
  const dF = columns ? transpose(byRow) : byRow;
  const data = columns ? product(dF, transpose(X)) : product(transpose(X), dF);
  const free = (d, j) => now.bias === "folded" && (columns ? j === W[0].length - 1 : d === W.length - 1);
  const priced = W.map((row, d) => row.map((v, j) => (free(d, j) ? 0 : v)));
  const half = now.penalty === "half" ? 1 : 2;
  return {
    scores: F,
    dataLoss,
    penalty: ((half * strength) / 2) * squaredNorm(priced),
    dW: addScaled(data, half * strength, priced),
    db: b ? (columns ? dF.map(sum) : transpose(dF).map(sum)) : null,
  };
}

/**
 * Return every number shown: this book's, the other text's, and how far the models are apart.
 * @param {Record<string, any>} state
 */
export function carryOver(state) {
  const { X, y, W, b, strength, learningRate, steps } = state;
  const scale = scaleOf(state, y.length),
    half = state.penalty === "whole" ? 2 : 1;
  const converted = { strength: (strength * scale) / half, rate: learningRate / scale };
  const used = state.carried === "copied" ? { strength, rate: learningRate } : converted;
  const apart = state.bias === "apart",
    turn = state.samples === "columns" ? transpose : (M) => M;
  const X2 = turn(apart ? X : X.map((x) => [...x, 1]));
  /** @type {{ W: Matrix, b: Row | null | undefined }} */
  let there = { W: turn(apart ? W : [...W, b]), b: apart ? b : null };
  let here = { W, b };
  const first = lossThere(X2, y, there.W, there.b, used.strength, state);
  const ours = lossAndGradient(X, y, W, b, strength),
    penalty = l2Penalty(W, strength);
  for (let k = 0; k < steps; k++) {
    const [p, q] = [
      lossAndGradient(X, y, here.W, here.b, strength),
      lossThere(X2, y, there.W, there.b, used.strength, state),
    ];
    here = { W: addScaled(here.W, -learningRate, p.dW), b: here.b.map((v, j) => v - learningRate * p.db[j]) };
    const { db } = q;
    there = { W: addScaled(there.W, -used.rate, q.dW), b: db && there.b?.map((v, j) => v - used.rate * db[j]) };
  }
  const back = turn(there.W),
    D = W.length;
  const gaps = [
    ...here.W.flatMap((row, d) => Array.from(row, (v, j) => back[d][j] - v)),
    ...here.b.map((v, j) => (there.b ?? back[D])[j] - v),
  ].map(Math.abs);
  const length = ({ dW, db }) => Math.sqrt(squaredNorm(dW) + (db ? squaredNorm([db]) : 0));
  return {
    scale,
    converted,
    ...used,
    weighs: (used.strength * half) / scale,
    stepsAs: used.rate * scale, // what they amount to in this book
    ours: {
      scores: scores(X, W, b),
      dataLoss: ours.loss - penalty,
      penalty,
      loss: ours.loss,
      dW: ours.dW,
      db: ours.db,
      length: length(ours),
      ...after(here),
    },
    theirs: { ...first, loss: first.dataLoss + first.penalty, length: length(first), ...after(there) },
    difference: gaps.some(Number.isNaN) ? NaN : Math.max(...gaps),
    largest: Math.max(1, ...here.W.flatMap((row) => Array.from(row, Math.abs)), ...Array.from(here.b, Math.abs)),
  };
}
const after = ({ W, b }) => ({ W, b });

/**
 * Return the largest relative difference from NumPy's numbers; null if they are of other choices.
 * @param {any} numbers As carryOver returns them.
 * @param {Choices} now
 * @param {any} says What the kernel has sent.
 */
export function gapToNumpy({ theirs }, now, says) {
  if (!says?.asked || Object.keys(says.asked).some((name) => says.asked[name] !== now[name])) return null;
  return Math.max(
    gapOfMatrices(says.dW, theirs.dW),
    gapOfMatrices(says.W_after, theirs.W),
    gapOfMatrices([[says.loss]], [[theirs.loss]]),
  );
}

/**
 * Return the other text's code, line by line. It runs where X, y, W, b, strength and learning_rate are
 * defined.
 * @param {Choices} now
 * @returns {string[]}
 */
export function code(now) {
  const columns = now.samples === "columns",
    apart = now.bias === "apart";
  const [x, w] = apart ? ["X", "W"] : ["X1", "W1"];
  const price = now.bias === "folded" ? "V" : w;
  const half = now.penalty === "half",
    mean = now.over === "mean",
    bits = now.unit === "bits";
  const lines = ["N, C = len(y), len(b)"];
  if (!apart && columns) lines.push("X1 = np.vstack([X, np.ones((1, N))])", "W1 = np.column_stack([W, b])");
  if (!apart && !columns) lines.push("X1 = np.hstack([X, np.ones((N, 1))])", "W1 = np.vstack([W, b])");
  lines.push("");
  lines.push(
    `F = ${columns ? `${w} @ ${x}` : `${x} @ ${w}`}${apart ? (columns ? " + b[:, np.newaxis]" : " + b") : ""}`,
  );
  lines.push(`log_p = ${columns ? "log_softmax(F.T).T" : "log_softmax(F)"}`);
  lines.push(`losses = -log_p[${columns ? "y, np.arange(N)" : "np.arange(N), y"}]`);
  if (bits) lines.push("losses = losses / np.log(2)");
  if (price === "V") lines.push(`V = ${w}.copy()`, `V[${columns ? ":, " : ""}-1] = 0  # the bias is free`);
  lines.push(`data_loss = losses.${mean ? "mean" : "sum"}()`);
  lines.push(`penalty = strength${half ? " / 2" : ""} * np.sum(${price}**2)`);
  lines.push("loss = data_loss + penalty", "");
  lines.push(`Y = one_hot(y, C)${columns ? ".T" : ""}`);
  lines.push(`dF = ${mean ? "(np.exp(log_p) - Y) / N" : "np.exp(log_p) - Y"}`);
  if (bits) lines.push("dF = dF / np.log(2)");
  lines.push(`d${w} = ${columns ? `dF @ ${x}.T` : `${x}.T @ dF`} + ${half ? "" : "2 * "}strength * ${price}`);
  if (apart) lines.push(`db = dF.sum(axis=${columns ? 1 : 0})`);
  lines.push("", `${w} = ${w} - learning_rate * d${w}`);
  if (apart) lines.push("b = b - learning_rate * db");
  return lines;
}

// --- the formulas as HTML: v("W") is a symbol, changed(…) marks what differs from this book ---

const v = (name) => sketch("var", {}, name);
const sup = (...parts) => sketch("sup", {}, ...parts);
const sub = (...parts) => sketch("sub", {}, ...parts);
const fraction = (top, bottom) =>
  sketch("span", { class: "fraction" }, sketch("span", {}, ...top), sketch("span", {}, ...bottom));
const changed = (differs, ...parts) => sketch("span", { class: differs && "changed" }, ...parts);
const stack = (...rows) => sketch("span", { class: "stack" }, ...rows.map((row) => sketch("span", {}, row)));

function formulas(now) {
  const columns = now.samples === "columns",
    apart = now.bias === "apart",
    half = now.penalty === "half";
  const one = () => (apart ? [] : [sub("1")]);
  const x = () => [v("X"), ...one()],
    w = () => [v("W"), ...one()];
  const T = () => sup("⊤"),
    turned = (...parts) => changed(columns, ...parts);
  const bits = now.unit === "bits",
    mean = now.over === "mean";
  const below = () => [...(mean ? [v("N")] : []), ...(mean && bits ? [" "] : []), ...(bits ? ["log 2"] : [])];
  const share = () => (mean || bits ? [fraction(["1"], below())] : []);
  const sumOver = () => sketch("span", { class: "sum" }, "∑", sub(v("i")));
  const error = () => ["(", v("P"), " − ", v("Y"), ")"];
  const priced = () => (now.bias === "penalised" ? changed(true, ...w()) : v("W"));
  const pull = () =>
    changed(
      !half || !apart,
      ...(half ? [] : ["2"]),
      v("λ"),
      ...(now.bias === "folded" ? [columns ? sketch("span", {}, "(", v("W"), " 0)") : stack(v("W"), "0")] : w()),
    );
  const lines = [
    [
      v("F"),
      " = ",
      changed(columns || !apart, ...(columns ? [...w(), " ", ...x()] : [...x(), " ", ...w()])),
      ...(apart
        ? [turned(" + ", ...(columns ? [v("b"), " ", sketch("b", {}, "1"), T()] : [sketch("b", {}, "1"), v("b"), T()]))]
        : []),
    ],
    [
      v("L"),
      " = ",
      changed(!mean, ...(mean ? [fraction(["1"], [v("N")])] : []), sumOver()),
      " −",
      changed(bits, "log", ...(bits ? [sub("2")] : [])),
      " ",
      v("P"),
      sub(turned(...(columns ? [v("y"), sub(v("i")), v("i")] : [v("i"), v("y"), sub(v("i"))]))),
      " + ",
      changed(!half, ...(half ? [fraction([v("λ")], ["2"])] : [v("λ")])),
      "‖",
      priced(),
      "‖",
      sup("2"),
    ],
    [
      fraction(["∂", v("L")], ["∂", changed(!apart, ...w())]),
      " = ",
      changed(
        !mean || bits || columns || !apart,
        ...share(),
        ...(columns ? [...error(), " ", ...x(), T()] : [...x(), T(), ...error()]),
      ),
      " + ",
      pull(),
    ],
  ];
  if (apart) {
    lines.push([
      fraction(["∂", v("L")], ["∂", v("b")]),
      " = ",
      changed(
        !mean || bits || columns,
        ...share(),
        sumOver(),
        ...error(),
        sub(...(columns ? [":, ", v("i")] : [v("i"), ", :"])),
      ),
    ]);
  }
  return lines;
}

// --- the view ---

const rounded = (value) => short(value, 4);

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
  [
    "carried",
    "λ and η",
    [
      ["converted", "converted"],
      ["copied", "copied as they stand"],
    ],
  ],
];

function render({ model, el }) {
  const [X, y, W, b, learningRate] = ["X", "y", "W", "b", "learning_rate"].map((name) => model.get(name));
  const N = y.length;
  const offered = model.get("steps_offered");
  let shown, now, written;
  const read = () => {
    const steps = offered.includes(model.get("steps")) ? model.get("steps") : offered[0];
    now = { strength: model.get("strength"), steps };
    for (const [name, , options] of FORKS) {
      // The address may hold anything.
      now[name] = options.some(([key]) => key === model.get(name)) ? model.get(name) : OURS[name];
    }
    if (!(now.strength >= 0)) now.strength = 0;
  };
  const tell = (name, value) => {
    model.set(name, value);
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
      tell("strength", now.strength);
    },
  });
  const choices = FORKS.map(([name, legend, options]) => ({
    name,
    radios: choice({ legend, options, value: now[name], onChange: (key) => tell(name, key) }),
  }));
  const walked = choice({
    legend: "Compare after",
    options: offered.map((count) => [String(count), count === 1 ? "1 step" : `${count} steps`]),
    value: String(now.steps),
    onChange: (key) => tell("steps", Number(key)),
  });
  const verdict = element("div", { class: "verdict" });
  const formula = element("div", { class: "formulas" });
  const note = element("p", { class: "note" });
  const listing = element("code");
  const table = element("table", { class: "numbers" }),
    matrices = element("div", { class: "matrices" });
  const checked = element("p", { class: "sms-checked" });
  const spoken = announcer();
  el.append(
    element(
      "div",
      { class: "sms-widget sms-conventions", role: "group", "aria-label": "One model by two texts’ conventions" },
      lambda.node,
      element("p", { class: "sms-heading" }, "The other text"),
      element("div", { class: "forks" }, ...choices.map(({ radios }) => radios.node), walked.node),
      verdict,
      element(
        "div",
        { class: "columns" },
        element("div", {}, element("p", { class: "sms-heading" }, "Its formulas"), formula, note),
        element(
          "div",
          {},
          element("p", { class: "sms-heading" }, "Its code"),
          element(
            "pre",
            {
              tabindex: "0",
              role: "region",
              "aria-label": "The other text’s code",
              "data-lm-suppress-shortcuts": "true",
            },
            listing,
          ),
        ),
      ),
      element("p", { class: "sms-heading" }, "The numbers"),
      table,
      matrices,
      checked,
      spoken.node,
    ),
  );

  const redraw = oncePerEvent(draw);
  function draw() {
    shown = carryOver({ X, y, W, b, learningRate, ...now });
    drawVerdict();
    const forks = NAMES.map((name) => now[name]).join();
    if (forks !== written) {
      // Formulas and code show λ as a letter, so a new λ leaves them as they are.
      written = forks;
      drawFormulas();
      drawCode();
    }
    drawNumbers();
    compare();
  }
  const steps = () => (now.steps === 1 ? "one step" : `${now.steps} steps`);
  const same = () => shown.difference <= 1e-12 * shown.largest;
  // The rule that converts our λ and η into the other text's.
  const rule = () => {
    const theirs = (name) => [v(name), sub("theirs"), " = "];
    const [times, bits] = [now.over === "sum", now.unit === "bits"];
    const under = [...(now.penalty === "whole" ? ["2"] : []), ...(bits ? ["log 2"] : [])];
    const top = [...(times ? [v("N"), " "] : []), v("λ")],
      rate = [v("η"), bits ? " log 2" : ""];
    return sketch(
      "p",
      { class: "rule" },
      sketch("span", {}, ...theirs("λ"), ...(under.length ? [fraction(top, [under.join(" ")])] : top)),
      sketch("span", {}, ...theirs("η"), ...(times ? [fraction(rate, [v("N")])] : rate)),
      ...(times ? [sketch("span", {}, v("N"), ` = ${N}`)] : []),
    );
  };
  function drawVerdict() {
    const { converted, strength, rate, difference } = shown;
    const lead =
      now.carried === "copied"
        ? `Copied as they stand: λ = ${rounded(strength)} and η = ${rounded(rate)} in both texts.`
        : now.bias === "penalised" && now.strength > 0
          ? `For the weights, our λ = ${rounded(now.strength)} is their λ = ${rounded(strength)}. For the biases it would have to be 0.`
          : `Our λ = ${rounded(now.strength)} is their λ = ${rounded(strength)}. Our η = ${rounded(learningRate)} is their η = ${rounded(rate)}.`;
    const apart = difference === 0 ? "agree in every digit" : `differ by at most ${number(difference, 3)}`;
    let end;
    if (!Number.isFinite(difference)) end = `Each step is too long: the weights grow without end.`;
    else if (same()) end = `The same model: after ${steps()} the weights and biases ${apart}.`;
    else end = `Another model: after ${steps()} the weights and biases ${apart}.`;
    const why = [];
    if (now.carried === "copied" && (strength !== converted.strength || rate !== converted.rate)) {
      why.push(
        `There λ weighs as much as λ = ${rounded(shown.weighs)} here, and η steps as far as η = ${rounded(shown.stepsAs)} here.`,
      );
    }
    if (now.bias === "penalised" && now.strength > 0) {
      why.push(
        same()
          ? "No rule converts a penalised bias; here the biases have given nothing to penalise."
          : "No λ makes up for a penalised bias: these are two different models.",
      );
    }
    const sign = sketch("span", { class: same() ? "sign same" : "sign", "aria-hidden": "true" }, same() ? "=" : "≠");
    renew(
      verdict,
      sign,
      sketch(
        "div",
        {},
        sketch("p", { class: "claim" }, lead),
        ...(now.carried === "converted" ? [rule()] : []),
        sketch("p", {}, sketch("strong", {}, end)),
        ...why.map((text) => sketch("p", {}, text)),
      ),
    );
    spoken.say([lead, end, ...why].join(" "));
  }
  function drawFormulas() {
    renew(formula, ...formulas(now).map((line) => sketch("div", { class: "line" }, ...line)));
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
      ...code(now).map((text) =>
        sketch("span", { class: book.has(text) ? "code-line" : "code-line marked" }, `${text}\n`),
      ),
    );
  }
  function drawNumbers() {
    const { ours, theirs } = shown;
    const cell = (text, tag = "td", scope) => sketch(tag, { scope }, text);
    const row = (name, here, there) => sketch("tr", {}, cell(name, "th", "row"), cell(here), cell(there));
    renew(
      table,
      sketch(
        "thead",
        {},
        sketch("tr", {}, sketch("td"), cell("this book", "th", "col"), cell("other text", "th", "col")),
      ),
      sketch(
        "tbody",
        {},
        row("λ", rounded(now.strength), rounded(shown.strength)),
        row("η", rounded(learningRate), rounded(shown.rate)),
        row(`data loss (nats${now.unit === "bits" ? " | bits" : ""})`, number(ours.dataLoss), number(theirs.dataLoss)),
        row("penalty", number(ours.penalty), number(theirs.penalty)),
        row("loss", number(ours.loss), number(theirs.loss)),
        row("length of the gradient", number(ours.length), number(theirs.length)),
      ),
    );
    const later = `after ${steps()}`;
    renew(
      matrices,
      ...pair("Scores F", ours.scores, theirs.scores),
      ...pair("∂L/∂W", ours.dW, theirs.dW),
      ...bias("∂L/∂b", ours.db, theirs.db),
      ...pair(`W ${later}`, ours.W, theirs.W),
      ...bias(`b ${later}`, ours.b, theirs.b),
    );
  }
  const bias = (name, here, there) => pair(name, [here], there && [there]);
  function pair(name, here, there) {
    const folded = now.bias !== "apart" && name.includes("W");
    return [
      sketch("div", { class: "name" }, folded ? `${name} | ${name.replace("W", "W₁")}` : name),
      sketch("div", {}, matrix(`${name}, this book`, here)),
      sketch("div", {}, there ? matrix(`${name}, other text`, there) : sketch("span", { class: "none" }, "in W₁")),
    ];
  }
  function matrix(name, M) {
    const rows = M.map((row) =>
      Array.from(row, (value) => (Math.abs(value) < 1000 ? value.toFixed(3) : number(value, 2)).replace("-", "−")),
    );
    return sketch(
      "div",
      {
        class: "matrix",
        role: "img",
        "aria-label": `${name}: ${rows.map((row) => row.join(", ")).join("; ")}`,
        style: `grid-template-columns: repeat(${rows[0].length}, auto)`,
      },
      ...rows.flat().map((text) => sketch("span", { "aria-hidden": "true" }, text)),
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
    walked.set(String(now.steps));
    redraw();
  };
  draw();
  return follow(
    model,
    [
      [["strength", "steps", ...NAMES], update],
      [["numpy_says"], compare],
    ],
    [redraw, spoken],
  );
}

export default {
  render,
  address: {
    strength: { key: "our-lambda", value: onScale("strength_scale") },
    penalty: "penalty",
    over: "over",
    samples: "samples",
    bias: "bias",
    unit: "unit",
    carried: "carried",
    steps: "steps",
  },
};
