// What is different between two versions of a cell's code, line by line.
import { diff } from "@codemirror/merge";

/** @typedef {{ kind: "same" | "old" | "new", text: string }} Line */

/**
 * Return the lines of both versions: those that only the first has stand before those that only the
 * second has.
 * @param {string} before
 * @param {string} after
 * @returns {Line[]}
 */
export function lineDiff(before, after) {
  // The library compares letters: give each line one.
  const letters = new Map();
  const written = (lines) =>
    lines
      .map((line) => {
        if (!letters.has(line)) letters.set(line, String.fromCharCode(32 + letters.size));
        return letters.get(line);
      })
      .join("");
  const [a, b] = [before, after].map((text) => (text ? text.split("\n") : []));
  /** @type {Line[]} */
  const found = [];
  const tell = (kind, texts) => {
    for (const text of texts) found.push({ kind, text });
  };
  let told = 0; // lines of the second
  for (const { fromA, toA, fromB, toB } of diff(written(a), written(b))) {
    tell("same", b.slice(told, fromB));
    tell("old", a.slice(fromA, toA));
    tell("new", b.slice(fromB, toB));
    told = toB;
  }
  tell("same", b.slice(told));
  return found;
}

/**
 * Return how much two texts have in common, from 0 to 1.
 * @param {string} one
 * @param {string} other
 */
export function likeness(one, other) {
  if (one === other) return 1;
  const changed = diff(one, other, { scanLimit: 500 }).reduce(
    (sum, { fromA, toA, fromB, toB }) => sum + toA - fromA + toB - fromB,
    0,
  );
  return 1 - changed / Math.max(one.length + other.length, 1);
}

const SIGNS = { same: " ", old: "−", new: "+" };
const TAGS = { same: "span", old: "del", new: "ins" };
const WHOSE = { same: "", old: "the book’s: ", new: "yours: " };

/**
 * Return an element that shows the book's code and the reader's.
 * @param {string} book
 * @param {string} own
 * @param {string} label For screen readers.
 */
export function showDiff(book, own, label) {
  const node = document.createElement("div");
  node.className = "sms-live-diff";
  const key = document.createElement("p");
  key.className = "sms-live-key";
  const lines = lineDiff(book, own);
  const isSame = lines.every(({ kind }) => kind === "same");
  key.textContent = isSame ? "No line differs from the book’s." : "− only in the book’s code, + only in yours";
  const pre = document.createElement("pre");
  pre.className = "sms-live-lines";
  pre.tabIndex = 0; // wide lines scroll, and must do so by keys too
  pre.setAttribute("role", "group");
  pre.setAttribute("aria-label", label);
  for (const { kind, text } of lines) {
    const line = document.createElement(TAGS[kind]);
    const whose = document.createElement("span");
    whose.className = "sms-live-unseen";
    whose.textContent = WHOSE[kind];
    line.append(whose, `${SIGNS[kind]} ${text}\n`);
    pre.append(line);
  }
  node.append(key, pre);
  return node;
}
