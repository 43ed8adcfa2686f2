// A figure's alt text and caption. The book has them beside the cell's code and not in it, so what
// the kernel draws comes without: the built page's words are put on it.

// The words of the figure in a cell's built outputs, or null. In words with values, {name} stands
// for the value that the kernel sends.
export function readWords(outputs) {
  const figure = outputs.querySelector("figure.sms-figure:not(.sms-page-widget *)");
  if (!figure) return null;
  const { alt, caption } = figure.dataset;
  return {
    alt: alt ?? figure.querySelector("svg").getAttribute("aria-label"),
    caption: caption ?? figure.querySelector("figcaption")?.textContent,
  };
}

// Put words on the figures in a node that have none; otherwise: the alt text where there are no words.
export function putWords(node, words, otherwise) {
  for (const figure of node.querySelectorAll("figure.sms-figure")) {
    const picture = figure.querySelector("svg[role=img]");
    if (!picture || picture.hasAttribute("aria-label")) continue;
    const values = JSON.parse(figure.dataset.values ?? "{}");
    // A reader's own code may leave a value out.
    const fillIn = (text) => text.replace(/\{(\w+)\}/g, (whole, name) => (Object.hasOwn(values, name) ? values[name] : "…"));
    picture.setAttribute("aria-label", words ? fillIn(words.alt) : otherwise);
    if (!words?.caption || figure.querySelector("figcaption")) continue;
    const caption = document.createElement("figcaption");
    caption.textContent = fillIn(words.caption);
    figure.append(caption);
  }
}
