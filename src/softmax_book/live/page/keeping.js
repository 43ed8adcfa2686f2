// Whether a page leaves its Python to the next live page of the same tab, and which Python was left.
// Both are kept for the tab alone: another tab has a Python of its own.

const CHOICE = "softmax-live-keeps-python";
const LEFT = "softmax-live-python"; // live_button.js looks for it too

/** @typedef {{ id: string, title: string }} LeftPython A kernel's number, and the page that left it. */

function read(key) {
  try {
    return sessionStorage.getItem(key);
  } catch {
    return null;
  }
}

function write(key, value) {
  try {
    if (value === null) sessionStorage.removeItem(key);
    else sessionStorage.setItem(key, value);
    return true;
  } catch {
    return false;
  }
}

export const keepsPython = () => read(CHOICE) === "yes";

/** Note the reader's choice; say whether the browser lets it be noted. */
export const choose = (keeps) => write(CHOICE, keeps ? "yes" : null);

/**
 * Leave a Python to the next page.
 * @param {LeftPython} python
 */
export const leave = (python) => write(LEFT, JSON.stringify(python));

/** Forget which Python was left: it is taken over once. */
export const forgetLeft = () => write(LEFT, null);

/**
 * Return the Python that a page of this tab has left.
 * @returns {LeftPython | null}
 */
export function findLeft() {
  try {
    const found = JSON.parse(read(LEFT) ?? "null");
    return typeof found?.id === "string" && typeof found.title === "string" ? found : null;
  } catch {
    return null;
  }
}
