// The overflow lab: four ways from scores to probabilities in three float types. Every number equals
// NumPy's in that type, bit for bit: sums, differences and quotients follow the IEEE rules; e^n and the
// logarithm are computed with correct rounding, and the state lists where NumPy's differ from that.
import { among } from "./shared/address.mjs";
import { drawComparison } from "./shared/compare.mjs";
import { superscript } from "./shared/numbers.mjs";
import { slider } from "./shared/slider.mjs";
import { announcer, element, follow, oncePerEvent, renew, sketch } from "./shared/view.mjs";

export const TYPES = ["float16", "float32", "float64"];
const METHODS = {
  unguarded: "no guard",
  "whole-matrix": "whole-matrix guard",
  row: "row guard",
  "log-softmax": "log-softmax",
};
const STEPS = {
  score: "score",
  shifted: "shifted",
  exponential: "exp",
  sum: "sum",
  logarithm: "log sum",
  result: "P",
};
const FORMATS = {
  // significant bits, exponent of the smallest step, largest number
  float16: { bits: 11, least: -24, largest: 65504 },
  float32: { bits: 24, least: -149, largest: (2 - 2 ** -23) * 2 ** 127 },
  float64: { bits: 53, least: -1074, largest: Number.MAX_VALUE },
};

// Real numbers as [m, s], for m · 2^s with a whole number m of 200 bits.
/** @typedef {[bigint, number]} Real */
const BITS = 200,
  ONE = 1n << 200n;
/** @param {bigint} m */
const length = (m) => m.toString(2).length;
/**
 * @param {Real} a
 * @param {Real} b
 * @returns {Real}
 */
function times([m, s], [n, t]) {
  const product = m * n,
    extra = length(product) - BITS;
  return [product >> BigInt(extra), s + t + extra];
}
let fixedE = 0n;
for (let term = ONE, k = 1n; term; term /= k++) fixedE += term;
/** @param {number} n */
function ePower(n) {
  /** @type {Real} */
  let result = [ONE, -BITS];
  /** @type {Real} */
  let square = [n < 0 ? (ONE * ONE) / fixedE : fixedE, -BITS];
  for (let left = Math.abs(n); left; left >>= 1) {
    if (left & 1) result = times(result, square);
    square = times(square, square);
  }
  return result;
}
/**
 * Return ln x = 2 artanh((x − 1)/(x + 1)).
 * @param {number} x 1 < x ≤ 3
 * @returns {Real}
 */
function naturalLog(x) {
  const fixed = BigInt(x * 2 ** 52) << BigInt(BITS - 52);
  const z = ((fixed - ONE) << BigInt(BITS)) / (fixed + ONE),
    square = (z * z) >> BigInt(BITS);
  let sum = 0n;
  for (let power = z, k = 1n; power; power = (power * square) >> BigInt(BITS), k += 2n) sum += power / k;
  return [2n * sum, -BITS];
}
/**
 * Return the nearest float of a format, moved by some units in its last place.
 * @param {Real} value
 * @param {{ bits: number, least: number }} format
 */
function nearest([m, s], { bits, least }, ulps = 0) {
  const drop = Math.max(length(m) - bits, least - s);
  return (Number((m + (1n << BigInt(drop - 1))) >> BigInt(drop)) + ulps) * 2 ** (drop + s);
}

function toHalf(v) {
  const size = Math.abs(v);
  if (!(size < 65520)) return v / 0 || v; // ±inf; NaN stays
  let step = 2 ** -24;
  while (size >= 2048 * step) step *= 2;
  const anchor = 1.5 * 2 ** 52 * step; // adding it rounds to the step, ties to even
  return v + anchor - anchor;
}

/**
 * Return a float type's arithmetic.
 * @param {string} type
 * @param {any} differences Where NumPy's differs: { first, last, exp: [[n, ulps], …], log: [[x, ulps], …] }.
 */
export function arithmetic(type, differences) {
  const round = { float16: toHalf, float32: Math.fround, float64: Number }[type];
  const wide = type === "float16" ? Math.fround : round; // NumPy adds float16 up in float32
  const ulps = new Map(differences.exp),
    logUlps = new Map(differences.log),
    known = new Map();
  return {
    round,
    add: ([a, b, c]) => round(wide(wide(a + b) + c)),
    exp(n) {
      if (Number.isNaN(n)) return n;
      if (n < differences.first || n > differences.last) return n < differences.first ? 0 : Infinity;
      if (!known.has(n)) known.set(n, n ? nearest(ePower(n), FORMATS[type], ulps.get(n)) : 1);
      return known.get(n);
    },
    log: (x) => (x > 1 ? nearest(naturalLog(x), FORMATS[type], logUlps.get(x)) : x - 1), // 0, or NaN
  };
}

/**
 * Return the steps of every row under one method.
 * @param {number[][]} scores
 * @param {ReturnType<typeof arithmetic>} kind
 * @param {string} method
 * @returns {any[]} For each row its steps, each an array of numbers.
 */
export function work(scores, { round, add, exp, log }, method) {
  const F = scores.map((row) => row.map(round));
  const top = Math.max(...F.flat());
  return F.map((score) => {
    const shift = { unguarded: 0, "whole-matrix": top }[method] ?? Math.max(...score);
    const shifted = score.map((v) => (method === "unguarded" ? v : round(v - shift)));
    const exponential = shifted.map(exp),
      sum = add(/** @type {[number, number, number]} */ (exponential));
    if (method !== "log-softmax") {
      return { score, shifted, exponential, sum: [sum], result: exponential.map((e) => round(e / sum)) };
    }
    const logarithm = log(sum);
    return {
      score,
      shifted,
      exponential,
      sum: [sum],
      logarithm: [logarithm],
      result: shifted.map((v) => round(v - logarithm)),
    };
  });
}

// A shifted score of −inf does no harm without the logarithm: e^−inf is 0.
const breaks = (v, step, method) =>
  !Number.isFinite(v) && !(step === "shifted" && v === -Infinity && method !== "log-softmax");

/**
 * Return where a row's steps first overflow or lose a value, and the verdict: right, wrong, inf or nan.
 * @param {Record<string, number[]>} steps
 * @param {string} type
 * @param {string} method
 * @param {ReturnType<typeof arithmetic>} exact Of float64.
 * @returns {{ first: { step: string, column: number } | null, verdict: string, worst?: number, right?: number }}
 */
export function examine(steps, type, method, exact) {
  const step = Object.keys(steps).find((name) => steps[name].some((v) => breaks(v, name, method)));
  const first = step ? { step, column: steps[step].findIndex((v) => breaks(v, step, method)) } : null;
  if (first) return { first, verdict: steps.result.some(Number.isNaN) ? "nan" : "inf" };
  const isLog = method === "log-softmax",
    { bits, least } = FORMATS[type];
  const right = work([steps.score], exact, isLog ? method : "row")[0].result;
  // Allow for some roundings: relative ones, and the format's smallest step near 0.
  const allowed = right.map((v) => 8 * 2 ** (1 - bits) * (isLog ? Math.max(1, -v) : v) + 2 ** least);
  const errors = steps.result.map((v, j) => Math.abs(v - right[j]) / allowed[j]);
  const worst = errors.indexOf(Math.max(...errors));
  return { first, verdict: errors[worst] > 1 ? "wrong" : "right", worst, right: right[worst] };
}

/**
 * Return every number and verdict shown: [type][method] holds one entry for each row.
 * @param {number[][]} scores
 * @param {Record<string, any>} kinds The arithmetic of each type.
 */
export function lab(scores, kinds) {
  const exact = kinds.float64;
  return Object.fromEntries(
    TYPES.map((type) => [
      type,
      Object.fromEntries(
        Object.keys(METHODS).map((method) => [
          method,
          work(scores, kinds[type], method).map((steps) => ({ steps, ...examine(steps, type, method, exact) })),
        ]),
      ),
    ]),
  );
}

const plain = (v) => String(v).replace("-", "−").replace("Infinity", "inf");

/**
 * Write a number for a cell; in a narrow one a number with three digits of exponent gets one digit.
 * @param {number} v
 * @param {boolean} isRoomy
 */
export function brief(v, isRoomy = false) {
  if (Number.isNaN(v)) return "nan";
  if (!Number.isFinite(v) || (Number.isInteger(v) && Math.abs(v) < 1e6)) return plain(v);
  const isFar = !isRoomy && (Math.abs(v) < 1e-99 || Math.abs(v) >= 1e100);
  if (Math.abs(v) < 1e-3 || Math.abs(v) >= 1e5) return plain(v.toExponential(isFar ? 0 : 1).replace("+", ""));
  return plain(Math.abs(v) < 100 ? v.toPrecision(3) : v.toFixed(0));
}

// Write a number with as many digits as tell it from another, at least three.
function apart(v, other) {
  let digits = 3;
  while (digits < 17 && v.toPrecision(digits) === other.toPrecision(digits)) digits++;
  return v === 0 ? "0" : plain(v.toPrecision(digits));
}

/**
 * Describe what happened to a row. e^n stands for a power.
 * @param {any} row As lab() returns it.
 * @param {string} type
 * @param {string} method
 * @param {number[]} exact The scores before rounding.
 * @param {number} top The matrix's largest score.
 */
export function explain({ steps, first, verdict, worst, right }, type, method, exact, top) {
  const { score, shifted, exponential, result } = steps;
  const best = Math.max(...score);
  const rounded = exact.findIndex((v, j) => Number.isFinite(score[j]) && v !== score[j]);
  const says = [];
  if (rounded >= 0) says.push(`${type} stores ${plain(exact[rounded])} as ${plain(score[rounded])}.`);
  if (first?.step === "score") {
    says.push(
      `${plain(exact[first.column])} does not fit ${type}: the score itself is stored as ${plain(score[first.column])}. No guard mends that.`,
    );
  } else if (first?.step === "shifted") {
    says.push(`A gap of ${plain(best - score[first.column])} does not fit ${type}: −inf.`);
  } else if (first?.step === "exponential") {
    says.push(`e^${plain(shifted[first.column])} does not fit ${type}: inf. So is the sum, and inf/inf is nan.`);
  } else if (first?.step === "sum") {
    says.push(`Each exponential fits ${type}, their sum does not: inf. So every quotient is 0.`);
  } else if (first) {
    says.push("0/0: every exponential of the row is stored as 0.");
    if (method === "whole-matrix") says.push(`Its best score lies ${plain(top - best)} below the matrix’s.`);
  } else if (verdict === "wrong") {
    says.push(
      `Wrong, and nothing tells: class ${worst} gets ${apart(result[worst], right)}, not ${apart(right, result[worst])}. So small an exponential has lost its digits.`,
    );
  } else {
    says.push("Right.");
    const lost = exponential.findIndex((e, j) => e === 0 && Number.isFinite(shifted[j]));
    if (lost >= 0 && method === "log-softmax")
      says.push(`P of class ${lost} is too small to store; its logarithm, ${brief(result[lost])}, is not.`);
    else if (lost >= 0) says.push(`e^${plain(shifted[lost])} is stored as 0, which costs the others nothing.`);
  }
  return says.join(" ");
}

/**
 * Return the slider's positions, from −last to last, for whole scores on either side of 0.
 * @param {number[][]} ruler How far each step goes: [end, step], …
 */
export function scoreScale(ruler) {
  const values = [0];
  for (const [end, step] of ruler) {
    while (values[values.length - 1] < end) values.push(values[values.length - 1] + step);
  }
  return {
    last: values.length - 1,
    largest: largestOf(ruler),
    /** @param {number} position */
    toScore: (position) => Math.sign(position) * values[Math.abs(position)],
    /** @param {number} score */
    toPosition(score) {
      const size = Math.abs(score),
        above = values.findIndex((v) => v >= size);
      return Math.sign(score) * (values[above] - size > size - values[above - 1] ? above - 1 : above);
    },
  };
}
const largestOf = (ruler) => ruler[ruler.length - 1][0];

const SIGNS = { right: "✓", wrong: "≠", inf: "inf", nan: "nan" };
const SPOKEN = { right: "right", wrong: "wrong without a sign", inf: "inf", nan: "nan" };
const STEP_CELLS = { sum: 1, logarithm: 1 };

// Make radio buttons for the cells of a grid: arrow keys move along its rows and columns.
function radios(count, columns, choose) {
  const name = `sms-${Math.random().toString(36).slice(2)}`;
  const inputs = Array.from({ length: count }, (_, k) => {
    const input = element("input", { type: "radio", name, "data-lm-suppress-shortcuts": "true" });
    input.addEventListener("change", () => choose(k));
    input.addEventListener("keydown", (event) => {
      const move = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columns, ArrowDown: columns }[event.key];
      if (!move) return;
      event.preventDefault();
      const to = (k + move + count) % count;
      inputs[to].focus();
      inputs[to].checked = true;
      choose(to);
    });
    return input;
  });
  return inputs;
}

function render({ model, el }) {
  const get = (name) => model.get(name);
  const kinds = Object.fromEntries(TYPES.map((type) => [type, arithmetic(type, get("corrections")[type])]));
  const pairs = Object.keys(METHODS).flatMap((method) => TYPES.map((type) => [method, type]));
  const { last, largest, toScore, toPosition } = scoreScale(get("ruler"));
  /** @type {[string, number[][]][]} */
  const known = get("examples");
  const at = () => [Math.floor(get("chosen") / 3), get("chosen") % 3];
  let shown;

  const put = (changes) => {
    for (const [name, value] of Object.entries(changes)) model.set(name, value);
    model.save_changes();
  };
  const setScore = (value) => {
    const [i, j] = at();
    put({ scores: get("scores").map((row, r) => (r === i ? row.map((v, c) => (c === j ? value + 0 : v)) : row)) });
  };

  // The six scores, and the slider of the chosen one.
  const picks = radios(6, 3, (chosen) => put({ chosen }));
  const faces = picks.map(() => element("span"));
  const grid = element(
    "table",
    { class: "scores" },
    element("caption", {}, "Choose a score, then move it"),
    element(
      "thead",
      {},
      element("tr", {}, element("td"), ...[0, 1, 2].map((j) => element("th", { scope: "col" }, `class ${j}`))),
    ),
    element(
      "tbody",
      {},
      ...[0, 1].map((i) =>
        element(
          "tr",
          {},
          element("th", { scope: "row" }, `row ${i}`),
          ...[0, 1, 2].map((j) => element("td", {}, element("label", {}, picks[3 * i + j], faces[3 * i + j]))),
        ),
      ),
    ),
  );
  const mover = slider({
    label: "Score",
    min: -last,
    max: last,
    step: 1,
    value: 0,
    text: () => "",
    spoken: () => `score ${get("scores")[at()[0]][at()[1]]}`,
    onInput: (position) => setScore(toScore(position)),
  });
  const box = element("input", {
    type: "number",
    min: -largest,
    max: largest,
    step: 1,
    inputmode: "numeric",
    "data-lm-suppress-shortcuts": "true",
  });
  box.addEventListener("input", () => {
    const value = Number(box.value);
    if (box.value !== "" && Number.isInteger(value) && Math.abs(value) <= largest) setScore(value);
  });
  box.addEventListener("change", () => {
    box.value = get("scores")[at()[0]][at()[1]];
  });
  const [moverName, readout] = mover.node.children;
  readout.replaceWith(box);
  const ticks = element(
    "div",
    { class: "ticks", "aria-hidden": "true" },
    ...[-largest, -1000, -100, 0, 100, 1000, largest].map((v) =>
      element(
        "span",
        { style: `left: ${50 + (50 * toPosition(v)) / last}%` },
        Math.abs(v) < 1e4 ? plain(v) : `${v < 0 ? "−" : ""}10${superscript(Math.log10(largest))}`,
      ),
    ),
  );
  const examples = element(
    "select",
    { "data-lm-suppress-shortcuts": "true" },
    element("option", { value: "" }, "your own"),
    ...known.map(([name], k) => element("option", { value: k }, name)),
  );
  examples.addEventListener("change", () => {
    if (examples.value) put({ scores: known[examples.value][1] });
  });

  // The verdicts on four methods in three types; the reader chooses one of them here.
  const doors = radios(12, 3, (k) => put({ method: pairs[k][0], dtype: pairs[k][1] }));
  const signs = doors.map(() => [element("span"), element("span")]);
  const verdicts = element(
    "table",
    { class: "verdicts" },
    element("caption", {}, "What comes out (row 0, row 1)"),
    element(
      "thead",
      {},
      element("tr", {}, element("td"), ...TYPES.map((type) => element("th", { scope: "col" }, type))),
    ),
    element(
      "tbody",
      {},
      ...Object.values(METHODS).map((name, m) =>
        element(
          "tr",
          {},
          element("th", { scope: "row" }, name.replace("-matrix guard", " matrix")),
          ...TYPES.map((_, t) =>
            element(
              "td",
              {},
              element("label", {}, doors[3 * m + t], element("span", { class: "door" }, ...signs[3 * m + t])),
            ),
          ),
        ),
      ),
    ),
  );
  const legend = element(
    "p",
    { class: "legend" },
    ...["✓ right", "≠ wrong, and nothing tells", "inf, nan: broken on the way"].map((t) => element("span", {}, t)),
  );

  // The steps in each type.
  const panels = TYPES.map((type) => {
    const groups = [0, 1].map((i) => {
      const rows = Object.fromEntries(
        Object.entries(STEPS).map(([step, name]) => {
          const cells = Array.from({ length: STEP_CELLS[step] ?? 3 }, () =>
            element("td", STEP_CELLS[step] ? { colspan: 3 } : {}),
          );
          const head = element("th", { scope: "row" }, name);
          return [step, { node: element("tr", { class: step }, head, ...cells), head, cells }];
        }),
      );
      const words = element("td", { colspan: 4 });
      return {
        rows,
        words,
        node: element(
          "tbody",
          {},
          element("tr", {}, element("th", { colspan: 4, scope: "rowgroup" }, `row ${i}`)),
          ...Object.values(rows).map((row) => row.node),
          element("tr", { class: "words" }, words),
        ),
      };
    });
    return {
      groups,
      node: element(
        "table",
        { class: "way" },
        element("caption", {}, type),
        element(
          "thead",
          {},
          element("tr", {}, element("td"), ...[0, 1, 2].map((j) => element("th", { scope: "col" }, `class ${j}`))),
        ),
        ...groups.map((g) => g.node),
      ),
    };
  });
  const wayHeading = element("p", { class: "sms-heading" });
  const checked = element("p", { class: "sms-checked" });
  const spoken = announcer();
  el.append(
    element(
      "div",
      { class: "sms-widget sms-overflow-lab", role: "group", "aria-label": "Overflow lab" },
      grid,
      mover.node,
      ticks,
      element("label", { class: "examples" }, "Example ", examples),
      verdicts,
      legend,
      wayHeading,
      element("div", { class: "ways" }, ...panels.map((p) => p.node)),
      checked,
      spoken.node,
    ),
  );

  const redraw = oncePerEvent(draw);
  function draw() {
    const [scores, method, dtype, [i, j]] = [get("scores"), get("method"), get("dtype"), at()];
    shown = lab(scores, kinds);
    scores.flat().forEach((v, k) => {
      renew(faces[k], plain(v));
      picks[k].checked = k === get("chosen");
      picks[k].setAttribute("aria-label", `score of row ${Math.floor(k / 3)}, class ${k % 3}: ${v}`);
    });
    mover.set(toPosition(scores[i][j]));
    renew(moverName, `Row ${i}, class ${j}`);
    mover.input.setAttribute("aria-label", `Score of row ${i}, class ${j}`);
    box.setAttribute("aria-label", `Score of row ${i}, class ${j}, as a number`);
    if (document.activeElement !== box) box.value = scores[i][j];
    const same = known.findIndex(([, F]) => String(F) === String(scores));
    examples.value = same < 0 ? "" : String(same);
    pairs.forEach(([m, t], k) => {
      const ends = shown[t][m].map((row) => row.verdict);
      doors[k].checked = m === method && t === dtype;
      doors[k].setAttribute(
        "aria-label",
        `${METHODS[m]}, ${t}: ${ends.map((end, r) => `row ${r} ${SPOKEN[end]}`).join(", ")}`,
      );
      ends.forEach((end, r) => {
        renew(signs[k][r], SIGNS[end]);
        if (signs[k][r].className !== end) signs[k][r].className = end;
      });
    });
    renew(wayHeading, `The way: ${METHODS[method]}`);
    TYPES.forEach((type, t) => {
      drawPanel(panels[t], type, method, scores, type === dtype);
    });
    const words = shown[dtype][method].map((row, r) => `Row ${r}: ${explainRow(row, dtype, method, scores, r)}`);
    spoken.say(`Row ${i}, class ${j} is ${scores[i][j]}. ${METHODS[method]}, ${dtype}. ${words.join(" ")}`);
    compare();
  }
  const explainRow = (row, type, method, scores, r) =>
    explain(row, type, method, scores[r], Math.max(...shown[type][method].flatMap((other) => other.steps.score)));
  function drawPanel({ node, groups }, type, method, scores, isChosen) {
    node.classList.toggle("chosen", isChosen);
    groups.forEach(({ rows, words }, r) => {
      const row = shown[type][method][r],
        { steps, first, verdict, worst } = row;
      for (const [step, { node: line, head, cells }] of Object.entries(rows)) {
        line.hidden = !(step in steps) || (step === "shifted" && method === "unguarded");
        if (line.hidden) continue;
        if (step === "result") renew(head, method === "log-softmax" ? "log P" : "P");
        cells.forEach((cell, c) => {
          const v = steps[step][c];
          const isFirst = first?.step === step && first.column === c;
          const isWrong = step === "result" && verdict === "wrong" && c === worst;
          const text = `${isFirst ? "✗ " : ""}${brief(v, cells.length === 1)}`;
          const isQuotient = step === "result" && Number.isNaN(v) && method !== "log-softmax";
          renew(
            cell,
            text,
            ...(isWrong ? [sketch("small", {}, "≠ wrong")] : []),
            ...(isQuotient ? [sketch("small", {}, `${brief(steps.exponential[c])}/${brief(steps.sum[0])}`)] : []),
          );
          const kind = isFirst ? "first" : isWrong ? "first off" : breaks(v, step, method) ? "bad" : "";
          const isMoved = step === "score" && r === at()[0] && c === at()[1];
          const name = `${kind}${text.length > 6 ? " long" : ""}${isMoved ? " moved" : ""}`;
          if (cell.className !== name) cell.className = name;
        });
      }
      renew(
        words,
        explainRow(row, type, method, scores, r).replace(
          /e\^(−?)(\d+)/g,
          (_, sign, n) => `e${superscript((sign ? -1 : 1) * n)}`,
        ),
      );
    });
  }
  function compare() {
    const says = get("numpy_says");
    if (String(says?.scores) !== String(get("scores"))) {
      drawComparison(checked, null);
      return;
    }
    const { count, gap } = difference(shown, says.numbers);
    drawComparison(checked, gap, `finds the same ${count} numbers`);
  }
  draw();
  return follow(
    model,
    [
      [["scores", "chosen", "dtype", "method"], redraw],
      [["numpy_says"], compare],
    ],
    [redraw, spoken],
  );
}

/**
 * Compare with NumPy's numbers, which are text, in the order of types, methods, rows and steps.
 * @param {any} shown As lab() returns it.
 * @param {string[]} numbers
 */
export function difference(shown, numbers) {
  const ours = TYPES.flatMap((type) =>
    Object.values(shown[type]).flatMap((rows) => rows.flatMap(({ steps }) => Object.values(steps).flat())),
  );
  const gaps = ours.map((v, k) => {
    const theirs = { inf: Infinity, "-inf": -Infinity, nan: NaN }[numbers[k]] ?? Number(numbers[k]);
    return Object.is(v, theirs) || v === theirs ? 0 : Math.abs(v - theirs) / Math.abs(theirs) || Infinity;
  });
  return { count: ours.length, gap: Math.max(...gaps, ours.length === numbers.length ? 0 : Infinity) };
}

const address = {
  scores: {
    key: "scores",
    text: (rows) => rows.map((row) => row.join(",")).join("_"),
    value: (text, start) => {
      const rows = text.split("_").map((row) => row.split(",").map((v) => Number(v) + 0)); // no −0
      const largest = largestOf(start("ruler"));
      return rows.length === 2 &&
        rows.every((row) => row.length === 3 && row.every((v) => Number.isInteger(v) && Math.abs(v) <= largest))
        ? rows
        : undefined;
    },
  },
  chosen: { key: "cell", text: String, value: (text) => (/^[0-5]$/.test(text) ? Number(text) : undefined) },
  dtype: { key: "dtype", value: among(TYPES) },
  method: { key: "method", value: among(Object.keys(METHODS)) },
};

export default { render, address };
