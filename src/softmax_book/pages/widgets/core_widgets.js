// Give names for screen readers to what ipywidgets' front end leaves without one: the handles of
// sliders, buttons that show a symbol alone, fields for colours.
(() => {
  const label = (node) => node.closest(".jupyter-widgets")?.querySelector("label, .widget-label")?.textContent.trim();
  const name = (node, text) => {
    if (!node.hasAttribute("aria-label")) node.setAttribute("aria-label", text);
  };

  function nameAll(place) {
    for (const node of place.querySelectorAll("[title='null']")) node.removeAttribute("title");
    for (const slider of place.querySelectorAll(".noUi-base")) {
      const handles = [...slider.querySelectorAll("[role=slider]")];
      handles.forEach((handle, k) => {
        const end = handles.length > 1 ? ["from", "to"][k] : "";
        name(handle, [label(slider) || "value", end].filter(Boolean).join(", "));
      });
    }
    for (const field of place.querySelectorAll("input[type=color]")) name(field, label(field) || "colour");
    for (const button of place.querySelectorAll("button:not([aria-label])")) {
      const symbol = button.querySelector("[class*='fa-']")?.className.match(/\bfa-([a-z-]+)/);
      if (symbol && !button.textContent.trim()) name(button, symbol[1] === "retweet" ? "repeat" : symbol[1]);
    }
  }

  // A view is drawn when its model arrives, and again when a value changes its parts.
  let waiting = false;
  new MutationObserver(() => {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => {
      waiting = false;
      for (const place of document.querySelectorAll(".widget-subarea")) nameAll(place);
    });
  }).observe(document.body, { childList: true, subtree: true });
})();
