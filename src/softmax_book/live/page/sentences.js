// What a cell prints: sentences, which wrap, or a table, which scrolls. The built page has the same
// rule: src/softmax_book/pages/outputs.py.

const LONG = 36; // letters of a line of code on a phone of 320 pixels
const WORDS = 5; // of a line that is a sentence

/**
 * Tell whether a text has long lines, all of them sentences, and no columns.
 * @param {string} text
 * @returns {boolean}
 */
export function isSentences(text) {
  if (/\S {2,}\S/.test(text)) return false;
  const long = text.split("\n").filter((line) => [...line].length > LONG);
  return long.length > 0 && long.every((line) => (line.match(/\p{L}{2,}/gu) ?? []).length >= WORDS);
}
