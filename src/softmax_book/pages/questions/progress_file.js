// What a reader has answered and worked out, as one file: written, read, and joined with what is kept.

/** @typedef {import("./progress.js").Answered} Answered */
/** @typedef {Record<string, Answered>} Answers */
/** @typedef {{ typed: Record<string, string>, right: string[], shown: string }} Example Cells, and steps shown. */
/** @typedef {Record<string, Example>} Examples By their seeds. */

export const FORMAT = "softmax-steps progress";
export const VERSION = 2; // 1 had no examples, and is written where there are none
export const WIDGET = "another_example"; // that the examples are of
export const NAME = "softmax-progress.json";
const MOST_SIGNS = 200_000;
const MOST_TRIES = 9999;
const MOST_EXAMPLES = 1000;
const MOST_CELLS = 100;
const SEED = /^\d{1,9}$/;
const CELL = /^[A-Za-z_]{1,12}\d\d$/;
const TEXT = 20; // signs in a cell
const SHOWN = /^1?2?3?4?5?6?$/;
const LABEL = /^\d\d-[a-z0-9]+(-[a-z0-9]+)*$/;

/** A file that is not taken: the message says what came, what was expected, and what to do. */
export class ProgressFileError extends Error {}

/**
 * @param {Answers} answers
 * @param {Examples} examples
 * @param {Date} now
 * @returns {string}
 */
export function fileText(answers, examples, now) {
  const file = { format: FORMAT, version: 1, saved: now.toISOString(), answers };
  const whole = Object.keys(examples).length ? { ...file, version: VERSION, examples } : file;
  return `${JSON.stringify(whole, null, 1)}\n`;
}

/**
 * Return the examples of what a browser kept, without what is none.
 * @param {Record<string, unknown>} kept
 * @returns {Examples}
 */
export function soundExamples(kept) {
  return /** @type {Examples} */ (
    Object.fromEntries(Object.entries(kept).filter(([seed, each]) => isExample(seed, each)))
  );
}

/**
 * @param {string} seed
 * @param {any} example
 */
function isExample(seed, example) {
  const { typed, right, shown } = example ?? {};
  if (!SEED.test(seed) || !typed || typeof typed !== "object" || !Array.isArray(right)) return false;
  const cells = Object.entries(typed);
  return (
    cells.length <= MOST_CELLS &&
    cells.every(([cell, text]) => CELL.test(cell) && typeof text === "string" && text.length <= TEXT) &&
    right.length <= MOST_CELLS &&
    right.every((cell) => typeof cell === "string" && CELL.test(cell)) &&
    typeof shown === "string" &&
    SHOWN.test(shown)
  );
}

/**
 * Read a file whole, or not at all.
 * @param {string} text
 * @returns {{ answers: Answers, examples: Examples }}
 */
export function readFileText(text) {
  if (text.length > MOST_SIGNS) {
    throw new ProgressFileError(
      `That file has more than ${MOST_SIGNS} signs. Expected ${NAME}, which has a few thousand.`,
    );
  }
  let file;
  try {
    file = JSON.parse(text.replace(/^\ufeff/, ""));
  } catch {
    throw new ProgressFileError(
      `That file is no JSON, or was cut off. Expected ${NAME}, as “Save as a file” writes it.`,
    );
  }
  if (file?.format !== FORMAT) {
    throw new ProgressFileError(
      `That file does not say format: “${FORMAT}”. Expected ${NAME}, as “Save as a file” writes it.`,
    );
  }
  if (file.version !== 1 && file.version !== VERSION) {
    throw new ProgressFileError(
      `That file has version ${JSON.stringify(file.version)}; this copy of the book reads versions 1 and ${VERSION}. Open it in the copy that wrote it, or in a newer one.`,
    );
  }
  const { answers } = file;
  if (!answers || typeof answers !== "object" || Array.isArray(answers)) {
    throw new ProgressFileError("That file has no answers in it. Was it changed by hand? Save it anew.");
  }
  /** @type {Answers} */
  const read = {};
  for (const [label, answered] of Object.entries(answers)) {
    const { tries, right, shown } = answered ?? {};
    const isWhole = Number.isInteger(tries) && tries >= 0 && tries <= MOST_TRIES;
    if (!LABEL.test(label) || !isWhole || typeof right !== "boolean" || typeof shown !== "boolean") {
      throw new ProgressFileError(
        `That file has an answer that cannot be read, “${label.slice(0, 40)}”. Was it changed by hand? Save it anew.`,
      );
    }
    read[label] = { tries, right, shown };
  }
  const examples = file.version === VERSION ? (file.examples ?? {}) : {};
  const known = soundExamples(examples);
  const bad = Object.keys(examples).find((seed) => !Object.hasOwn(known, seed));
  if (bad !== undefined || Object.keys(known).length > MOST_EXAMPLES) {
    throw new ProgressFileError(
      `That file has an example that cannot be read, “${(bad ?? "").slice(0, 40)}”. Was it changed by hand? Save it anew.`,
    );
  }
  return { answers: read, examples: known };
}

/**
 * Join two sets of answers, so that nothing is lost: what is right in one is right, what was looked
 * up in one was looked up. Tries are those of the one that is right; of two that are alike, the more.
 * @param {Answers} ours
 * @param {Answers} theirs
 * @returns {Answers}
 */
export function joined(ours, theirs) {
  const all = { ...ours };
  for (const [label, b] of Object.entries(theirs)) {
    const a = Object.hasOwn(ours, label) ? ours[label] : b;
    const tries = a.right === b.right ? Math.max(a.tries, b.tries) : a.right ? a.tries : b.tries;
    all[label] = { tries, right: a.right || b.right, shown: a.shown || b.shown };
  }
  return all;
}

/**
 * Join two sets of examples: a cell that is right in one is right, what was shown in one was shown. Of two
 * texts in a cell the right one stays, and of two alike that of this browser.
 * @param {Examples} ours
 * @param {Examples} theirs
 * @returns {Examples}
 */
export function joinedExamples(ours, theirs) {
  const all = { ...ours };
  for (const [seed, b] of Object.entries(theirs)) {
    if (!Object.hasOwn(ours, seed)) {
      all[seed] = b;
      continue;
    }
    const a = ours[seed];
    const better = b.right.filter((cell) => !a.right.includes(cell) && Object.hasOwn(b.typed, cell));
    all[seed] = {
      typed: { ...b.typed, ...a.typed, ...Object.fromEntries(better.map((cell) => [cell, b.typed[cell]])) },
      right: [...new Set([...a.right, ...b.right])],
      shown: [...new Set(a.shown + b.shown)].sort().join(""),
    };
  }
  return all;
}
