// What is copied of a formula is its TeX, once. A browser would copy each of its letters on a line of
// its own, and its text for screen readers besides.
addEventListener("copy", (event) => {
  const selection = getSelection();
  if (!event.clipboardData || !selection?.rangeCount || selection.isCollapsed) return;
  const range = selection.getRangeAt(0).cloneRange();
  // A formula is copied whole.
  const first = formulaOf(range.startContainer);
  const last = formulaOf(range.endContainer);
  if (first) range.setStartBefore(first);
  if (last) range.setEndAfter(last);
  const copy = document.createElement("div");
  copy.append(range.cloneContents());
  const formulas = [...copy.querySelectorAll(".katex")];
  if (!formulas.length) return;
  for (const formula of formulas) {
    const tex = formula.querySelector("annotation")?.textContent?.trim() ?? "";
    const display = formula.parentElement?.closest(".katex-display");
    const text = document.createElement(display ? "div" : "span");
    text.textContent = display ? `$$\n${tex}\n$$` : `$${tex}$`;
    text.style.whiteSpace = "pre";
    (formula.closest(".math") ?? display ?? formula).replaceWith(text);
  }
  for (const mark of copy.querySelectorAll(".headerlink, .sms-tested, .sms-live, button, script")) mark.remove();
  // Only what is laid out has lines.
  copy.style.cssText = "position: fixed; left: -200vw; width: 100vw;";
  document.body.append(copy);
  // biome-ignore lint/performance/useDomNodeTextContent: textContent has neither lines nor paragraphs
  const text = copy.innerText.trim();
  copy.remove();
  event.clipboardData.setData("text/plain", text);
  event.clipboardData.setData("text/html", copy.innerHTML);
  event.preventDefault();

  /** @param {Node} node */
  function formulaOf(node) {
    const element = node instanceof Element ? node : node.parentElement;
    return element?.closest(".katex-display") ?? element?.closest(".katex");
  }
});
