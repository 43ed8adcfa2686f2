// What a reader has answered, as one file: written, read, and joined with what is kept already.

/** @typedef {import("./progress.js").Answered} Answered */
/** @typedef {Record<string, Answered>} Answers */

export const FORMAT = "softmax-steps progress";
export const VERSION = 1;
export const NAME = "softmax-progress.json";
const MOST_SIGNS = 200_000;
const MOST_TRIES = 9999;
const LABEL = /^\d\d-[a-z0-9]+(-[a-z0-9]+)*$/;

/** A file that is not taken: the message says what came, what was expected, and what to do. */
export class ProgressFileError extends Error {}

/**
 * @param {Answers} answers
 * @param {Date} now
 * @returns {string}
 */
export function fileText(answers, now) {
  const file = { format: FORMAT, version: VERSION, saved: now.toISOString(), answers };
  return `${JSON.stringify(file, null, 1)}\n`;
}

/**
 * Read a file whole, or not at all.
 * @param {string} text
 * @returns {Answers}
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
  if (file.version !== VERSION) {
    throw new ProgressFileError(
      `That file has version ${JSON.stringify(file.version)}; this copy of the book reads version ${VERSION}. Open it in the copy that wrote it, or in a newer one.`,
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
  return read;
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
