// A linear classifier of points in the plane: its numbers, and steps against their gradient.
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
} from "../shared/maths.mjs";

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
