// What a reader has answered, kept in this browser and sent nowhere.

/** @typedef {{ tries: number, right: boolean, shown: boolean }} Answered */
const KEY = "sms-questions";

/** @returns {Record<string, Answered>} */
export function readAll() {
  try {
    const kept = JSON.parse(localStorage.getItem(KEY) ?? "{}");
    return kept && typeof kept === "object" ? kept : {};
  } catch {
    return {}; // nothing may be kept, or what was kept is no JSON
  }
}

/**
 * @param {string} label
 * @returns {Answered}
 */
export function read(label) {
  const kept = readAll()[label];
  return { tries: Number(kept?.tries) || 0, right: kept?.right === true, shown: kept?.shown === true };
}

/**
 * @param {string} label
 * @param {Answered} answered
 */
export function write(label, answered) {
  try {
    localStorage.setItem(KEY, JSON.stringify({ ...readAll(), [label]: answered }));
  } catch {} // nothing may be kept: the page goes on without
}

/** @param {string[]} labels */
export function forget(labels) {
  const all = readAll();
  for (const label of labels) delete all[label];
  try {
    localStorage.setItem(KEY, JSON.stringify(all));
  } catch {} // as above
}

/**
 * What is said of an answered question; nothing of one that is open.
 * @param {Answered} answered
 */
export function state({ tries, right, shown }) {
  if (right && shown) return "right, after a look at the answer";
  if (right) return tries === 1 ? "right, at the first try" : `right, at try ${tries}`;
  if (shown) return "looked up";
  return tries ? "not right yet" : "";
}
