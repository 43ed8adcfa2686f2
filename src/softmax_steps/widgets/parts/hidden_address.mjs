// What an address keeps of the hidden layer. The steps that were taken are written as a road: λ, η and
// how many, "_" between one stretch and the next, so that a link trains again just what was trained.
import { among, onScale } from "../shared/address.mjs";
import { logarithmicScale } from "../shared/slider.mjs";
import { lengthOf } from "./hidden_training.mjs";

const short = (value) => String(Number(value.toPrecision(4)));
const upTo = (most) => (text) => (/^\d{1,2}$/.test(text) && +text >= 1 && +text <= most ? +text : undefined);

/**
 * Return a road from its text; undefined if it is none.
 * @param {string} text
 * @param {(trait: string) => any} start
 */
export function roadOf(text, start) {
  const [strengths, rates] = ["strength_scale", "rate_scale"].map((name) => logarithmicScale(start(name)));
  const road = text.split("_").map((part) => part.split(",").map(Number));
  const isRoad = road.every(
    ([strength, rate, count, ...more]) =>
      !more.length &&
      strength >= 0 &&
      strength <= strengths.largest &&
      rate >= rates.least &&
      rate <= rates.largest &&
      Number.isInteger(count) &&
      count > 0,
  );
  if (!isRoad || lengthOf(road) > start("longest")) return undefined;
  return road.map(([strength, rate, count]) => [strengths.onGrid(strength), rates.onGrid(rate), count]);
}

/** @param {number[][]} road */
export const roadText = (road) =>
  road.map(([strength, rate, count]) => `${short(strength)},${short(rate)},${count}`).join("_");

/** @type {Record<string, AddressPart>} */
export const address = {
  data: {
    key: "hidden-data",
    value: (text, start) => among(Object.keys(start("shapes")))(text),
  },
  kind: { key: "hidden-model", value: among(["hidden", "linear"]) },
  width: { key: "hidden-units", value: (text, start) => upTo(start("draws")[0][1].length)(text) },
  start: { key: "hidden-start", value: (text, start) => upTo(start("draws").length)(text) },
  strength: { key: "hidden-lambda", value: onScale("strength_scale") },
  learning_rate: { key: "hidden-eta", value: onScale("rate_scale", (rates) => rates.least) },
  unit: { key: "hidden-unit", value: (text, start) => upTo(start("draws")[0][1].length)(text) },
  road: { key: "hidden-steps", text: roadText, value: roadOf },
};
