// An example drawn from a seed, as softmax_steps.fresh_example draws it, and every line of its working.
import { backToWeights, l2Penalty, mean, predict, scoreGradient, scores, shiftScores } from "../shared/maths.mjs";

/** @typedef {{ X: number[][], y: number[], W: number[][], b: number[], strength: number }} Example */
/** @typedef {Record<string, number[][]>} Found Lines of the working by name, each a matrix. */

// The generator of Park and Miller: no product reaches 2**53, so Python and JavaScript agree.
const MULTIPLIER = 48271,
  MODULUS = 2 ** 31 - 1,
  SKIPPED = 3,
  LARGEST_SCORE = 6;

/**
 * Return the example of a seed.
 * @param {number} seed A whole number from 0 on.
 * @returns {Example}
 */
export function freshExample(seed) {
  let state = 1 + (seed % (MODULUS - 1));
  const draw = () => {
    state = (MULTIPLIER * state) % MODULUS;
    return state;
  };
  for (let k = 0; k < SKIPPED; k++) draw();
  const row = (length, least, most) => Array.from({ length }, () => least + (draw() % (most - least + 1)));
  for (;;) {
    const X = [row(2, -2, 3), row(2, -2, 3)];
    const W = [row(3, -1, 1), row(3, -1, 1)];
    const b = row(3, -1, 1);
    const first = draw() % 3;
    const y = [first, (first + 1 + (draw() % 2)) % 3];
    if (isFit(X, y, W, b)) return { X, y, W, b, strength: 0.1 };
  }
}

function isFit(X, y, W, b) {
  const F = scores(X, W, b);
  const isSmall = F.every((f) => {
    const ordered = [...f].sort((a, c) => a - c);
    const spread = ordered[2] - ordered[0];
    const isClear = ordered[2] > ordered[1];
    return isClear && spread >= 2 && spread <= 4 && Math.max(-ordered[0], ordered[2]) <= LARGEST_SCORE;
  });
  const isApart = X[0][0] * X[1][1] !== X[0][1] * X[1][0];
  const isFull = isApart && W.every((row) => row.some((v) => v !== row[0])) && b.some((v) => v !== 0);
  return isSmall && isFull && predict(F).filter((j, i) => j === y[i]).length === 1;
}

const matrix = (rows) => Array.from(rows, (row) => Array.from(row, (v) => v + 0)); // no −0
const column = (values) => values.map((v) => [v]);

/**
 * The lines to be filled in, in their order: the step that they belong to, from 1 to 6, what is asked,
 * and what comes out, of the lines before.
 * @type {{ name: string, step: number, formula: string, rows: string, columns: string,
 *   from: (example: Example, found: Found) => number[][] }[]}
 */
export const LINES = [
  {
    name: "F",
    step: 1,
    formula: "F = XW + b",
    rows: "sample",
    columns: "class",
    from: ({ X, W, b }) => matrix(scores(X, W, b)),
  },
  {
    name: "shifted",
    step: 2,
    formula: "F′ = F − each row’s maximum",
    rows: "sample",
    columns: "class",
    from: (_, { F }) => matrix(shiftScores(F)),
  },
  {
    name: "E",
    step: 3,
    formula: "E = exp F′",
    rows: "sample",
    columns: "class",
    from: (_, { shifted }) => shifted.map((row) => row.map(Math.exp)),
  },
  {
    name: "P",
    step: 3,
    formula: "P = E / each row’s sum",
    rows: "sample",
    columns: "class",
    from: (_, { E }) => E.map((row) => row.map((v) => v / sum(row))),
  },
  {
    name: "losses",
    step: 4,
    formula: "Lᵢ = −log of the true class’s P",
    rows: "sample",
    columns: "",
    from: ({ y }, { P }) => column(P.map((p, i) => -Math.log(p[y[i]]))),
  },
  {
    name: "data_loss",
    step: 4,
    formula: "data loss = mean of the Lᵢ",
    rows: "",
    columns: "",
    from: (_, { losses }) => [[mean(losses.flat())]],
  },
  {
    name: "penalty",
    step: 5,
    formula: "penalty = (λ/2) ‖W‖²",
    rows: "",
    columns: "",
    from: ({ W, strength }) => [[l2Penalty(W, strength)]],
  },
  {
    name: "loss",
    step: 5,
    formula: "L = data loss + penalty",
    rows: "",
    columns: "",
    from: (_, { data_loss, penalty }) => [[data_loss[0][0] + penalty[0][0]]],
  },
  {
    name: "dF",
    step: 6,
    formula: "∂L/∂F = (P − Y) / N",
    rows: "sample",
    columns: "class",
    from: ({ y }, { P }) => matrix(scoreGradient(P, y)),
  },
  {
    name: "dW",
    step: 6,
    formula: "∂L/∂W = Xᵀ ∂L/∂F + λW",
    rows: "feature",
    columns: "class",
    from: ({ X, W, strength }, { dF }) =>
      matrix(backToWeights(X, dF).dW).map((row, d) => row.map((v, j) => v + strength * W[d][j])),
  },
  {
    name: "db",
    step: 6,
    formula: "∂L/∂b = column sums of ∂L/∂F",
    rows: "",
    columns: "class",
    from: ({ X }, { dF }) => [Array.from(backToWeights(X, dF).db)],
  },
];
export const STEPS = ["The score", "The guard", "Softmax", "Cross-entropy", "Penalty and loss", "The gradient"];

/** @param {number[]} values */
export const sum = (values) => values.reduce((a, v) => a + v, 0);

/**
 * Work an example through.
 * @param {Example} example
 * @returns {Found}
 */
export function workThrough(example) {
  /** @type {Found} */
  const found = {};
  for (const line of LINES) found[line.name] = line.from(example, found);
  return found;
}

/**
 * Write a number as a worksheet has it: three decimals at most, and none where they are 0.
 * @param {number} value
 */
export function decimals(value) {
  const text = Number.isInteger(value) ? String(value) : value.toFixed(3);
  return (Number(text) === 0 ? text.replace("-", "") : text).replace("-", "−");
}

/**
 * Read a cell: a number with a point or a comma, with either minus sign. Undefined if it is none.
 * @param {string} text
 */
export function readCell(text) {
  const plain = text
    .replace(/[\s\u00a0]/g, "")
    .replaceAll("−", "-")
    .replace(",", ".");
  return /^[+-]?(\d+\.?\d*|\.\d+)$/.test(plain) ? Number(plain) : undefined;
}

/**
 * The name of a cell, as F01: the line, the row and the column.
 * @param {string} line
 * @param {number} i
 * @param {number} j
 */
export const cellName = (line, i, j) => `${line}${i}${j}`;
