// Whether what a reader typed into a cell is right, and if not, what to do about it.
import { cellName, decimals, LINES, readCell, sum, workThrough } from "./example_numbers.mjs";
import { slipsOf } from "./example_slips.mjs";

/** @typedef {import("./example_numbers.mjs").Example} Example */
/** @typedef {import("./example_numbers.mjs").Found} Found */
/** @typedef {"empty" | "right" | "wrong" | "unreadable"} Verdict */
/**
 * @typedef {object} Checked
 * @property {Found} exact Every line as it is.
 * @property {Found} own The same, with a reader's own right numbers in place of those.
 * @property {Record<string, Verdict>} verdicts By cell.
 */

const CLOSE = 10; // times as far off as is allowed

/**
 * Judge every cell. A number is right if it follows from the example, or from the reader's own right
 * numbers in the lines before it, which are rounded.
 * @param {Example} example
 * @param {Record<string, string>} typed Texts by cell.
 * @param {number} within How far off a right number may be.
 * @returns {Checked}
 */
export function check(example, typed, within) {
  const exact = workThrough(example);
  /** @type {Found} */
  const own = {};
  /** @type {Record<string, Verdict>} */
  const verdicts = {};
  for (const { name, from } of LINES) {
    const following = from(example, own);
    own[name] = exact[name].map((row, i) =>
      row.map((right, j) => {
        const cell = cellName(name, i, j);
        const text = typed[cell] ?? "";
        const value = readCell(text);
        const isRight = value !== undefined && [right, following[i][j]].some((each) => isNear(value, each, within));
        verdicts[cell] = !text.trim() ? "empty" : value === undefined ? "unreadable" : isRight ? "right" : "wrong";
        return isRight ? value : Math.round(1000 * right) / 1000;
      }),
    );
  }
  return { exact, own, verdicts };
}

const isNear = (value, other, within) => Math.abs(value - other) <= within + 1e-9;

/**
 * Say what may have gone wrong in a cell: the id of a slip that makes just this number, or "digits"
 * where decimals are missing, "sign" where only the sign is wrong, "close", or "" if nothing is known.
 * @param {Example} example
 * @param {Checked} checked
 * @param {Record<string, string>} typed
 * @param {number} within
 * @param {string} line
 * @param {number} i
 * @param {number} j
 * @returns {string}
 */
export function nameSlip(example, { exact, own, verdicts }, typed, within, line, i, j) {
  const text = typed[cellName(line, i, j)];
  const value = /** @type {number} */ (readCell(text));
  const right = exact[line][i][j];
  const places = /[.,](\d*)/.exec(text)?.[1].length ?? 0;
  if (places > 0 && places < 3 && isNear(value, right, 0.5 * 10 ** -places)) return "digits";
  // Of several slips that make this number, the one that makes most of the line's other wrong ones.
  const known = slipsOf(example, own)[line];
  const found = slipsOf(example, exact)[line].map(([id, values], k) => {
    const makes = (v, r, c) => [values, known[k][1]].some((each) => isNear(v, each[r]?.[c], within));
    let count = 0;
    exact[line].forEach((row, r) => {
      row.forEach((_, c) => {
        const cell = cellName(line, r, c);
        if (verdicts[cell] === "wrong" && makes(readCell(typed[cell]), r, c)) count += 1;
      });
    });
    return { id, count, isIt: makes(value, i, j) };
  });
  const most = Math.max(0, ...found.map(({ isIt, count }) => (isIt ? count : 0)));
  const slip = found.find(({ isIt, count }) => isIt && count === most);
  if (slip) return slip.id;
  if (right !== 0 && isNear(value, -right, within)) return "sign";
  return isNear(value, right, CLOSE * within) ? "close" : "";
}

/**
 * Say how a cell is worked out: with the numbers of the lines before, if the reader has them all.
 * @param {Example} example
 * @param {(line: string, i: number, j: number) => string | null} term What the reader has in a cell.
 * @param {string} line
 * @param {number} i
 * @param {number} j
 * @returns {string}
 */
export function recipe({ X, y, W, b, strength }, term, line, i, j) {
  const N = X.length;
  /** @type {(cells: [string, number, number][], words: string, numbers: (...terms: string[]) => string) => string} */
  const from = (cells, words, numbers) => {
    const terms = cells.map(([name, r, c]) => term(name, r, c));
    return terms.every((each) => each !== null) ? numbers(.../** @type {string[]} */ (terms)) : words;
  };
  const product = (xs, ws) => xs.map((x, k) => `${signed(x)} · ${signed(ws[k])}`).join(" + ");
  const column = (M, k) => M.map((row) => decimals(row[k]));
  const row = (name, k) => W[0].map((_, c) => /** @type {[string, number, number]} */ ([name, k, c]));
  const down = (name) => X.map((_, n) => /** @type {[string, number, number]} */ ([name, n, j]));
  const truth = `The true class of sample ${i + 1} is ${y[i]}`;
  switch (line) {
    case "F":
      return `Row ${i + 1} of X times column ${j} of W, plus b: ${product(X[i].map(decimals), column(W, j))} + ${signed(decimals(b[j]))}.`;
    case "shifted":
      return from(
        row("F", i),
        "Take the row’s largest score from the score in this place, of step 1.",
        (...f) => `Take the largest of ${f.join(", ")} from ${f[j]}.`,
      );
    case "E":
      return from(
        [["shifted", i, j]],
        "Raise e to the F′ in this place, of step 2.",
        (f) => `Raise e to the power ${f}.`,
      );
    case "P":
      return from(
        row("E", i),
        "Divide the E in this place by the sum of its row.",
        (...e) => `Divide by the sum of the row: ${e[j]} / (${e.join(" + ")}).`,
      );
    case "losses":
      return from(
        [["P", i, y[i]]],
        `${truth}: take −log of its P, of step 3.`,
        (p) => `${truth}: take −log ${p}, the natural logarithm.`,
      );
    case "data_loss":
      return from(
        [
          ["losses", 0, 0],
          ["losses", 1, 0],
        ],
        `Add up both samples’ losses and divide by ${N}.`,
        (first, second) => `Take the mean: (${first} + ${second}) / ${N}.`,
      );
    case "penalty":
      return `Square every weight of W, add up, and multiply by λ/2 = ${strength / 2}. Neither X nor b has a part in it.`;
    case "loss":
      return from(
        [
          ["data_loss", 0, 0],
          ["penalty", 0, 0],
        ],
        "Add the penalty to the data loss.",
        (data, penalty) => `Add the penalty: ${data} + ${penalty}.`,
      );
    case "dF": {
      const Y = j === y[i] ? 1 : 0;
      return from(
        [["P", i, j]],
        `${truth}, so Y is ${Y} here: take it from P, of step 3, and divide by N = ${N}.`,
        (p) => `${truth}, so Y is ${Y} here: (${p} − ${Y}) / ${N}.`,
      );
    }
    case "dW": {
      const pull = `plus λ times the weight, ${strength} · ${signed(decimals(W[i][j]))}`;
      return from(
        down("dF"),
        `Column ${i + 1} of X times column ${j} of ∂L/∂F, ${pull}.`,
        (...g) => `Column ${i + 1} of X times column ${j} of ∂L/∂F, ${product(column(X, i), g)}, ${pull}.`,
      );
    }
    default:
      return from(
        down("dF"),
        `Add up column ${j} of ∂L/∂F.`,
        (...g) => `Add up column ${j} of ∂L/∂F: ${g.map(signed).join(" + ")}.`,
      );
  }
}

const signed = (text) => (text.startsWith("−") ? `(${text})` : text);

/**
 * How many cells a step has, and how many of them are right.
 * @param {Checked} checked
 * @param {number} step From 1 to 6.
 */
export function countRight({ exact, verdicts }, step) {
  const lines = LINES.filter((line) => line.step === step);
  const cells = lines.flatMap(({ name }) => exact[name].flatMap((row, i) => row.map((_, j) => cellName(name, i, j))));
  return { right: sum(cells.map((cell) => (verdicts[cell] === "right" ? 1 : 0))), of: cells.length, cells };
}
