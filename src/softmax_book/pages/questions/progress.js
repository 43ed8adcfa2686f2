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
 * Keep all answers, in place of those that were.
 * @param {Record<string, Answered>} all
 * @returns {boolean} Whether the browser keeps them.
 */
export function writeAll(all) {
  try {
    localStorage.setItem(KEY, JSON.stringify(all));
    return true;
  } catch {
    return false;
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
  writeAll({ ...readAll(), [label]: answered }); // where nothing is kept, the page goes on without
}

/** @param {string[]} labels */
export function forget(labels) {
  const all = readAll();
  for (const label of labels) delete all[label];
  writeAll(all);
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

/**
 * The open ones of some questions that were tried or looked up, and how many are right.
 * @param {string[]} labels
 */
export function count(labels) {
  const answered = labels.map(read);
  const right = answered.filter((each) => each.right);
  return {
    right: right.length,
    first: right.filter((each) => each.tries === 1 && !each.shown).length,
    again: labels.filter((_, k) => !answered[k].right && (answered[k].tries || answered[k].shown)),
  };
}
