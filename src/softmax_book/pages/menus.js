// The menus of the page's header, the tooltips of its buttons, and the button that scrolls to the
// top. The theme uses Bootstrap for them: 80 kB, which search the whole page at every key press.
(() => {
  for (const button of /** @type {NodeListOf<HTMLElement>} */ (
    document.querySelectorAll("[data-bs-title]:not([title])")
  )) {
    button.title = button.dataset.bsTitle ?? "";
  }

  for (const opener of /** @type {NodeListOf<HTMLElement>} */ (
    document.querySelectorAll("[data-bs-toggle=dropdown]")
  )) {
    const place = opener.parentElement;
    const menu = place?.querySelector(".dropdown-menu");
    if (place && menu) openMenuWith(opener, place, menu);
  }

  /**
   * Let a button open and close a menu, and the arrow keys move in it.
   * @param {HTMLElement} opener
   * @param {HTMLElement} place The element that holds both.
   * @param {Element} menu
   */
  function openMenuWith(opener, place, menu) {
    const items = /** @type {HTMLElement[]} */ ([...menu.querySelectorAll(".dropdown-item")]);
    /** @param {boolean} isOpen */
    const show = (isOpen) => {
      menu.classList.toggle("show", isOpen);
      opener.setAttribute("aria-expanded", String(isOpen));
    };
    /** @param {EventTarget | null} node */
    const isInside = (node) => node instanceof Node && place.contains(node);
    opener.addEventListener("click", () => show(!menu.classList.contains("show")));
    menu.addEventListener("click", (event) => {
      if (event.target instanceof Element && event.target.closest(".dropdown-item")) show(false);
    });
    place.addEventListener("keydown", (event) => {
      const at = items.indexOf(/** @type {HTMLElement} */ (document.activeElement));
      const last = items.length - 1;
      const targets = { ArrowDown: at < last ? at + 1 : 0, ArrowUp: at > 0 ? at - 1 : last, Home: 0, End: last };
      const target = targets[event.key];
      if (target !== undefined) {
        event.preventDefault();
        show(true);
        items[target]?.focus();
      } else if (event.key === "Escape" && menu.classList.contains("show")) {
        show(false);
        opener.focus();
      }
    });
    place.addEventListener("focusout", (event) => {
      if (event.relatedTarget && !isInside(event.relatedTarget)) show(false);
    });
    document.addEventListener("click", (event) => {
      if (!isInside(event.target)) show(false);
    });
  }

  // The button of the colours says which are in use, and changes them with each press.
  const root = document.documentElement;
  for (const button of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll(".theme-switch-button"))) {
    const name = () => {
      const mode = root.dataset.mode === "auto" ? "as your system" : root.dataset.mode;
      button.title = `Colours: ${mode}`;
      button.setAttribute("aria-label", button.title);
    };
    new MutationObserver(name).observe(root, { attributeFilter: ["data-mode"] });
    for (const icon of button.querySelectorAll("i[title]")) icon.removeAttribute("title");
    name();
  }

  // Show the button while the reader scrolls up, below the first screen; but not over a widget, whose
  // controls it would cover.
  const toTop = document.getElementById("pst-back-to-top");
  let lastY = scrollY;
  if (toTop) {
    /** @type {Set<Element>} */
    const widgetsBelow = new Set();
    const corner = new IntersectionObserver(
      (entries) => {
        for (const { target, isIntersecting } of entries) {
          if (isIntersecting) widgetsBelow.add(target);
          else widgetsBelow.delete(target);
        }
        if (widgetsBelow.size) toTop.style.display = "none";
      },
      { rootMargin: "-85% 0px 0px 0px" },
    );
    for (const widget of document.querySelectorAll(".sms-page-widget")) corner.observe(widget);
    toTop.addEventListener("click", () => scrollTo({ top: 0 }));
    addEventListener(
      "scroll",
      () => {
        if (scrollY === lastY) return; // scrolled sideways, or reported twice
        const isShown = scrollY < lastY && scrollY > innerHeight && !widgetsBelow.size;
        toTop.style.display = isShown ? "block" : "none";
        lastY = scrollY;
      },
      { passive: true },
    );
  }
})();
