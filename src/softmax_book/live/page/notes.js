// One line of plain words below what a cell shows: what is missing there, why, and what to do instead.

/**
 * @param {...(string | Node)} words
 * @returns {HTMLElement}
 */
export function note(...words) {
  const node = document.createElement("p");
  node.className = "sms-live-note";
  node.setAttribute("role", "note");
  node.append(...words);
  return node;
}

/**
 * A button within a note.
 * @param {string} text
 * @param {() => void} act
 */
export function noteButton(text, act) {
  const node = document.createElement("button");
  Object.assign(node, { type: "button", textContent: text });
  node.addEventListener("click", act);
  return node;
}
