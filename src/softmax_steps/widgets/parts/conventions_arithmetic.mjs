// The numbers of one model by the conventions of this book and of another text. The other text's are
// computed by its own formulas in its own layout; only λ and η are converted.

import { gapOfMatrices } from "../shared/compare.mjs";
import {
  addScaled,
  crossEntropy,
  l2Penalty,
  logSoftmax,
  lossAndGradient,
  scores,
  squaredNorm,
} from "../shared/maths.mjs";

export const OURS = {
  penalty: "half",
  over: "mean",
  samples: "rows",
  bias: "apart",
  unit: "nats",
  carried: "converted",
};
export const NAMES = Object.keys(OURS);
/** @typedef {Record<string, any>} Choices What the reader has chosen: λ, the steps and each of OURS. */

const transpose = (M) => Array.from(M[0], (_, j) => M.map((row) => row[j]));
const product = (A, B) => A.map((a) => Array.from(B[0], (_, j) => a.reduce((sum, v, k) => sum + v * B[k][j], 0)));
const sum = (values) => values.reduce((a, v) => a + v, 0);

/**
 * Return their loss divided by ours: N for a sum, 1 / log 2 for bits.
 * @param {Choices} now
 * @param {number} N
 */
const scaleOf = (now, N) => (now.over === "sum" ? N : 1) / (now.unit === "bits" ? Math.LN2 : 1);

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
