// A figure's alt text and caption. The book keeps them beside the cell's code and not in it, so what
// the kernel draws has neither: put the built page's words on it.

/** @typedef {{ alt: string, caption: string | undefined }} Words */

/**
 * Return the words of the figure in a cell's built outputs, or null if it shows none.
 *
 * In words with values, {name} stands for the value that the kernel sends.
 * @param {Element} outputs
 * @returns {Words | null}
 */
export function readWords(outputs) {
  /** @type {HTMLElement | null} */
  const figure = outputs.querySelector("figure.sms-figure:not(.sms-page-widget *)");
  if (!figure) return null;
  const { alt, caption } = figure.dataset;
  return {
    alt: alt ?? figure.querySelector("[role=img]")?.getAttribute("aria-label") ?? "",
    caption: caption ?? figure.querySelector("figcaption")?.textContent,
  };
}

/**
 * Put words on the figures in a node that have none.
 * @param {Element} node
 * @param {Words | null} words
 * @param {string} otherwise The alt text where there are no words.
 */
export function putWords(node, words, otherwise) {
  /** @type {NodeListOf<HTMLElement>} */
  const figures = node.querySelectorAll("figure.sms-figure");
  for (const figure of figures) {
    const picture = figure.querySelector("[role=img]");
    if (!picture || picture.hasAttribute("aria-label")) continue;
    const values = JSON.parse(figure.dataset.values ?? "{}");
    // A reader's own code may leave a value out.
    const fillIn = (/** @type {string} */ text) =>
      text.replace(/\{(\w+)\}/g, (_, name) => (Object.hasOwn(values, name) ? values[name] : "…"));
    picture.setAttribute("aria-label", words ? fillIn(words.alt) : otherwise);
    if (!words?.caption || figure.querySelector("figcaption")) continue;
    const caption = document.createElement("figcaption");
    caption.textContent = fillIn(words.caption);
    figure.append(caption);
  }
}
