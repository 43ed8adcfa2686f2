// What the reader has written and no cell shows: of code that the book has changed since, replaced by
// another tab or by a notebook, or given up by "Start over". It stands below the bar until the reader
// discards it.
import { showDiff } from "./compare.js";

/**
 * @typedef {object} KeptText
 * @property {string} title Where it was written, and why it stands here.
 * @property {string} text
 * @property {{ number: number | string, code: string } | null} book The cell of the book to compare it with.
 * @property {[string, () => void][]} acts What else can be done with it: the button's words, and the deed.
 * @property {() => void} discard
 * @property {() => void} keepAgain Undoes it.
 */

function button(text, label, act) {
  const node = document.createElement("button");
  Object.assign(node, { type: "button", textContent: text });
  node.setAttribute("aria-label", `${text}: ${label}`);
  node.addEventListener("click", act);
  return node;
}

function makeRow(...children) {
  const row = document.createElement("div");
  row.className = "sms-live-kept-row";
  row.append(...children);
  return row;
}

/** @param {KeptText} kept */
function item({ title, text, book, acts, discard, keepAgain }) {
  const heading = document.createElement("p");
  heading.textContent = title;
  const code = document.createElement("pre");
  code.textContent = text;
  code.tabIndex = 0; // a wide text scrolls, and must do so by keys too
  const copy = button("Copy", title, () => {
    getSelection()?.selectAllChildren(code); // so that Ctrl+C does it where the browser refuses
    navigator.clipboard?.writeText(text).then(
      () => {
        copy.textContent = "Copied";
      },
      () => {},
    );
  });
  const row = makeRow(copy, ...acts.map(([words, act]) => button(words, title, act)));
  const node = document.createElement("li");
  node.append(heading, code, row);
  if (book) {
    const { number, code: theirs } = book;
    const compare = button(`Compare with cell ${number}`, title, () => {
      const isOpen = compare.getAttribute("aria-expanded") === "true";
      compare.setAttribute("aria-expanded", String(!isOpen));
      node.querySelector(".sms-live-diff")?.remove();
      if (!isOpen) row.before(showDiff(theirs, text, `The book’s code of cell ${number}, and yours`));
    });
    compare.setAttribute("aria-expanded", "false");
    row.append(compare);
  }
  row.append(
    button("Discard", title, () => {
      const list = node.parentElement;
      const said = document.createElement("p");
      said.textContent = "Discarded.";
      const undo = button("Undo", `discarded, ${title}`, keepAgain);
      // The list is drawn anew: the way back stands above it.
      const back = makeRow(said, undo);
      back.classList.add("sms-live-discarded");
      const panel = list?.parentElement;
      discard();
      panel?.querySelector(".sms-live-discarded")?.remove();
      if (panel?.isConnected) panel.querySelector("summary")?.after(back);
      else document.querySelector(".sms-live-work")?.append(back);
      undo.focus();
    }),
  );
  return node;
}

/**
 * Show texts below the bar, or nothing if there are none.
 * @param {Element} before The element to stand behind.
 * @param {KeptText[]} texts
 * @param {boolean} isOpen Whether to unfold them, if they are not shown yet.
 */
export function showKept(before, texts, isOpen) {
  let panel = /** @type {HTMLDetailsElement | null} */ (document.querySelector(".sms-live-kept"));
  if (!texts.length) return panel?.remove();
  if (!panel) {
    panel = document.createElement("details");
    panel.className = "sms-live-kept";
    panel.append(document.createElement("summary"), document.createElement("ul"));
    before.after(panel);
  }
  if (isOpen) panel.open = true;
  const signature = JSON.stringify(texts.map(({ title, text }) => [title, text]));
  if (panel.dataset.shown === signature) return undefined; // what the reader has unfolded stays so
  panel.dataset.shown = signature;
  const summary = /** @type {Element} */ (panel.querySelector("summary"));
  summary.textContent = `Kept for you, in no cell: ${texts.length === 1 ? "one text" : `${texts.length} texts`}`;
  panel.querySelector("ul")?.replaceChildren(...texts.map(item));
  return undefined;
}
