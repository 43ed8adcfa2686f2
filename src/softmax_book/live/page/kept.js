// What the reader has written and no cell shows: of code that the book has changed since, replaced by
// another tab, or given up by "Start over". It stands below the bar until the reader discards it.

/**
 * @typedef {object} KeptText
 * @property {string} title Where it was written, and why it stands here.
 * @property {string} text
 * @property {(() => void) | null} putBack Put it into its cell, where there is one.
 * @property {() => void} discard
 */

function button(text, label, act) {
  const node = document.createElement("button");
  Object.assign(node, { type: "button", textContent: text });
  node.setAttribute("aria-label", `${text}: ${label}`);
  node.addEventListener("click", act);
  return node;
}

function item({ title, text, putBack, discard }) {
  const heading = document.createElement("p");
  heading.textContent = title;
  const code = document.createElement("pre");
  code.textContent = text;
  code.tabIndex = 0; // a wide text scrolls, and must do so by keys too
  const row = document.createElement("div");
  row.className = "sms-live-kept-row";
  const copy = button("Copy", title, () => {
    getSelection()?.selectAllChildren(code); // so that Ctrl+C does it where the browser refuses
    navigator.clipboard?.writeText(text).then(
      () => {
        copy.textContent = "Copied";
      },
      () => {},
    );
  });
  row.append(copy, ...(putBack ? [button("Put back", title, putBack)] : []), button("Discard", title, discard));
  const node = document.createElement("li");
  node.append(heading, code, row);
  return node;
}

/**
 * Show texts below the bar, or nothing if there are none.
 * @param {HTMLElement} bar
 * @param {KeptText[]} texts
 * @param {boolean} isOpen Whether to unfold them, if they are not shown yet.
 */
export function showKept(bar, texts, isOpen) {
  let panel = /** @type {HTMLDetailsElement | null} */ (document.querySelector(".sms-live-kept"));
  if (!texts.length) return panel?.remove();
  if (!panel) {
    panel = document.createElement("details");
    panel.className = "sms-live-kept";
    panel.append(document.createElement("summary"), document.createElement("ul"));
    bar.after(panel);
  }
  if (isOpen) panel.open = true;
  const [summary, list] = panel.children;
  summary.textContent = `Kept for you, in no cell: ${texts.length === 1 ? "one text" : `${texts.length} texts`}`;
  list.replaceChildren(...texts.map(item));
  return undefined;
}
