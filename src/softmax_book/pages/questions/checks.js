// Whether an answer is right, and which of the foreseen ones it is: no page, no storage.

import { canonical, evaluate, ratio, same, written } from "./formula.js";

/** @typedef {import("./formula.js").Value} Value */
/** @typedef {import("./formula.js").Letters} Letters */
/**
 * What a reader's answer is: right or not, the foreseen answer whose words are to be said, and a
 * sentence before them.
 * @typedef {{ right: boolean, which: number | null, note: string }} Verdict
 */
/**
 * A foreseen formula: its text, and NumPy's value in each case, null where NumPy stops.
 * @typedef {{ text: string, right: boolean, values: (Value | null)[] }} Foreseen
 */

/** An answer that cannot be judged, and does not count as a try. */
export class UnreadableError extends Error {}

/**
 * Read a number as a person writes it: 0.5, 0,5, −3, 50 %, 1/3.
 * @param {string} text
 */
export function readNumber(text) {
  const plain = text
    .replace(/[\s\u00a0_]/g, "")
    .replaceAll("−", "-")
    .replace(/^\+/, "");
  const [, above, below, percent] =
    /^(-?(?:\d+[.,]?\d*|[.,]\d+)(?:e[-+]?\d+)?)(?:\/(\d+(?:[.,]\d+)?))?(%)?$/i.exec(plain) ?? [];
  if (above === undefined) {
    throw new UnreadableError(
      text.trim() ? `“${text.trim()}” is no number. Write it as 0.25, 1/4 or 25 %.` : "Type a number first.",
    );
  }
  const [a, b] = [above, below ?? "1"].map((part) => Number(part.replace(",", ".")));
  return a / b / (percent ? 100 : 1);
}

/**
 * @param {number} value
 * @param {number[]} foreseen The right one first.
 * @param {number} within
 * @returns {Verdict}
 */
export function judgeNumber(value, foreseen, within) {
  const gaps = foreseen.map((each) => Math.abs(each - value));
  const nearest = gaps.indexOf(Math.min(...gaps));
  if (gaps[nearest] <= within + 1e-12) return { right: nearest === 0, which: nearest, note: "" };
  const isClose = gaps[0] <= 10 * within && nearest === 0;
  return { right: false, which: null, note: isClose ? `You are close: the answer may be off by ${within}.` : "" };
}

/**
 * @param {number[]} order The lines' places in the right order, as the reader has them.
 * @returns {Verdict & { kept: number }} With how many lines from the top stand rightly.
 */
export function judgeOrder(order) {
  const wrong = order.findIndex((line, place) => line !== place);
  const kept = wrong < 0 ? order.length : wrong;
  return { right: wrong < 0, which: wrong < 0 ? 0 : order[wrong], note: "", kept };
}

/**
 * @param {string} text
 * @param {Foreseen[]} foreseen
 * @param {Letters[]} cases The tiny example and another one.
 * @returns {Verdict}
 */
export function judgeFormula(text, foreseen, cases) {
  if (!text.trim()) throw new UnreadableError("Type a formula first.");
  const written = canonical(text);
  const isSaid = foreseen.findIndex((each) => canonical(each.text) === written);
  /** @type {(Value | null)[]} */
  const values = [];
  let stopped = "";
  for (const letters of cases) {
    try {
      values.push(evaluate(text, letters));
    } catch (error) {
      // A fault of the spelling, or of the shapes, stops at the tiny example already.
      if (isSaid < 0 && !values.length) throw new UnreadableError(error.message);
      values.push(null);
      stopped = error.message;
    }
  }
  const found =
    isSaid >= 0
      ? isSaid
      : foreseen.findIndex(
          (each) => each.values[0] && each.values.every((value, k) => (value ? same(values[k], value) : !values[k])),
        );
  const right = foreseen.findIndex((each) => each.right);
  if (found >= 0) return { right: found === right, which: found, note: "" };
  return { right: false, which: null, note: compare(values, foreseen[right].values, cases, stopped) };
}

/**
 * Say how an unforeseen result differs from the right one.
 * @param {(Value | null)[]} values
 * @param {(Value | null)[]} rights
 * @param {Letters[]} cases
 * @param {string} stopped Why it stops at another example, if it does.
 */
function compare(values, rights, cases, stopped) {
  const [mine, right] = [values[0], rights[0]];
  if (!mine || !right) return "";
  const sizes = ["N", "D", "C"].map((name) => `${name} = ${cases[1][name].data[0]}`).join(", ");
  if (stopped) return `It runs on the tiny example, and stops on another one, with ${sizes}: ${stopped}`;
  if (same(mine, right)) {
    return `It is right for the tiny example, and wrong for another one, with ${sizes}. Is a number typed where a size belongs?`;
  }
  if (mine.shape.join() !== right.shape.join()) {
    return `Your result has the shape ${written(mine.shape)}; expected ${written(right.shape)}.`;
  }
  const factors = values.map((value, k) => value && ratio(value, /** @type {Value} */ (rights[k])));
  for (const name of ["N", "D", "C"]) {
    const size = cases.map((letters) => letters[name].data[0]);
    if (factors.every((factor, k) => factor && Math.abs(factor / size[k] - 1) < 1e-9)) {
      return `Every number of yours is ${name} times too large.`;
    }
    if (factors.every((factor, k) => factor && Math.abs(factor * size[k] - 1) < 1e-9)) {
      return `Every number of yours is ${name} times too small.`;
    }
  }
  if (factors.every((factor) => factor && Math.abs(factor + 1) < 1e-9)) return "The sign is wrong throughout.";
  const off = mine.data.findIndex(
    (x, k) => !(Math.abs(x - right.data[k]) <= 1e-9 * Math.max(1, Math.abs(right.data[k]))),
  );
  const columns = right.shape.at(-1) ?? 1;
  const place = right.shape.length === 2 ? `[${Math.floor(off / columns)}, ${off % columns}]` : `[${off}]`;
  const where = right.shape.length ? `Entry ${place} of yours` : "Your number";
  return `${where} is ${short(mine.data[off])}, and should be ${short(right.data[off])}.`;
}

/** @param {number} value */
function short(value) {
  return Number.isFinite(value) ? String(Number(value.toPrecision(4))).replace("-", "−") : String(value);
}
