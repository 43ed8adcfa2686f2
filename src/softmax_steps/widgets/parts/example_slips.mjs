// What a slip makes of each line of the working: a number that is one of these has its slip named.
import { backToWeights, predict, scores, squaredNorm } from "../shared/maths.mjs";
import { sum } from "./example_numbers.mjs";

/** @typedef {import("./example_numbers.mjs").Example} Example */
/** @typedef {import("./example_numbers.mjs").Found} Found */
/** @typedef {[id: string, values: number[][]]} Slipped */

const map = (M, f) => M.map((row, i) => row.map((v, j) => f(v, i, j)));
const columnOf = (M, j) => M.map((row) => row[j]);
const oneHot = (y) => (i, j) => (j === y[i] ? 1 : 0);

/**
 * Return the wrong forms of each line, by the line's name: a slip's id and what it makes of the line.
 * @param {Example} example
 * @param {Found} found The lines before, as they are right.
 * @returns {Record<string, Slipped[]>}
 */
export function slipsOf({ X, y, W, b, strength }, { F, shifted, E, P, losses, data_loss, penalty, dF, dW, db }) {
  const [N, C] = [X.length, W[0].length];
  const Y = oneHot(y);
  const back = (G) => backToWeights(X, G).dW;
  const pull = (factor) => (v, d, j) => v + factor * strength * W[d][j];
  const negative = (M) => map(M, (v) => -v);
  const only = (value) => [[value]];
  const total = sum(losses.flat());
  const cost = penalty[0][0];
  const mistaken = P.map((p, i) => p[y[i]]);
  const flipped = X[0].map((_, d) => columnOf(X, d)); // Xᵀ
  const other = scores(X, dF);
  return {
    F: [
      ["bias-left-out", map(scores(X, W), Number)],
      ["bias-subtracted", map(scores(X, W), (v, _, j) => v - b[j])],
      ["transposed-data", scores(flipped, W, b).map((row) => [...row])],
    ],
    shifted: [
      ["whole-matrix-guard", map(F, (v) => v - Math.max(...F.flat()))],
      ["wrong-axis", map(F, (v, _, j) => v - Math.max(...columnOf(F, j)))],
      ["row-mean-guard", map(F, (v, i) => v - sum(F[i]) / F[i].length)],
      ["minimum-for-maximum", map(F, (v, i) => v - Math.min(...F[i]))],
      ["guard-added", map(F, (v, i) => v + Math.max(...F[i]))],
      ["unchanged-scores", F],
    ],
    E: [
      ["no-guard", map(F, Math.exp)],
      ["sign-of-exponent", map(shifted, (v) => Math.exp(-v))],
      ["base-ten", map(shifted, (v) => 10 ** v)],
      ["base-ten", map(shifted, (v) => 2 ** v)],
      ["unchanged-exponent", shifted],
    ],
    P: [
      ["wrong-axis", map(E, (v, _, j) => v / sum(columnOf(E, j)))],
      ["whole-sum", map(E, (v) => v / sum(E.flat()))],
      ["not-divided", E],
      ["scores-divided", map(shifted, (v, i) => v / sum(shifted[i]))],
    ],
    losses: [
      ["sign-of-logarithm", mistaken.map((p) => [Math.log(p)])],
      ["other-base", mistaken.map((p) => [-Math.log10(p)])],
      ["other-base", mistaken.map((p) => [-Math.log2(p)])],
      ["largest-for-true", P.map((p, i) => [-Math.log(p[predict(F)[i]])])],
      ["labels-from-one", P.map((p, i) => [-Math.log(p[y[i] - 1])])],
      ["no-logarithm", mistaken.map((p) => [p])],
      ["one-minus", mistaken.map((p) => [1 - p])],
    ],
    data_loss: [
      ["sum-for-mean", only(total)],
      ["classes-for-samples", only(total / C)],
      ["mean-over-classes", only(total / N / C)],
    ],
    penalty: [
      ["penalty-factor-two", only(2 * cost)],
      ["strength-forgotten", only(squaredNorm(W) / 2)],
      ["strength-forgotten", only(squaredNorm(W))],
      ["halved-twice", only(cost / 2)],
      ["strength-squared", only(strength * cost)],
      ["bias-penalised", only(cost + (strength / 2) * squaredNorm([b]))],
      ["norm-not-squared", only((strength / 2) * Math.sqrt(squaredNorm(W)))],
      ["data-penalised", only((strength / 2) * squaredNorm(X))],
      ["weights-not-squared", only((strength / 2) * sum(W.flat()))],
    ],
    loss: [
      ["penalty-missing", data_loss],
      ["sum-for-mean", only(total + cost)],
      ["penalty-in-the-mean", only((total + cost) / N)],
      ["penalty-for-each-sample", only(data_loss[0][0] + N * cost)],
      ["penalty-factor-two", only(data_loss[0][0] + 2 * cost)],
      ["penalty-sign", only(data_loss[0][0] - cost)],
    ],
    dF: [
      ["missing-mean", map(P, (p, i, j) => p - Y(i, j))],
      ["wrong-sign", negative(dF)],
      ["one-hot-left", map(P, (p) => p / N)],
      ["one-hot-left", P],
      ["one-hot-added", map(P, (p, i, j) => (p + Y(i, j)) / N)],
      ["divided-twice", map(dF, (v) => v / N)],
      ["missing-mean", map(P, (p, i, j) => Y(i, j) - p)],
      ["classes-for-samples", map(P, (p, i, j) => (p - Y(i, j)) / C)],
      ["divided-by-classes", map(dF, (v) => v / C)],
    ],
    dW: [
      ["penalty-missing", map(back(dF), Number)],
      ["missing-mean", map(back(map(dF, (v) => N * v)), pull(1))],
      ["wrong-sign", negative(dW)],
      ["penalty-sign", map(back(dF), pull(-1))],
      ["penalty-factor-two", map(back(dF), pull(2))],
      ["penalty-halved", map(back(dF), pull(1 / 2))],
      ["data-sign", map(back(negative(dF)), pull(1))],
      ["one-hot-left", map(back(map(P, (p) => p / N)), pull(1))],
      ["transposed-data", map(other, pull(1))],
    ],
    db: [
      ["missing-mean", map(db, (v) => N * v)],
      ["divided-twice", map(db, (v) => v / N)],
      ["wrong-sign", negative(db)],
      ["bias-penalised", map(db, (v, _, j) => v + strength * b[j])],
      ["one-hot-left", [dF[0].map((_, j) => sum(columnOf(P, j)) / N)]],
    ],
  };
}
