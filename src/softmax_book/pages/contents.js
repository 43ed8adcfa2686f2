// Mark in the page's Contents the section that the reader is in. The theme marks the last heading
// that came into sight, which is an old one after a jump into the middle of a section.
(() => {
  const nav = document.querySelector("#pst-page-toc-nav");
  if (!nav) return;
  const entries = [...nav.querySelectorAll(".toc-entry")];
  const links = /** @type {HTMLAnchorElement[]} */ ([...nav.querySelectorAll("a")]);
  /** @type {Map<Element, HTMLAnchorElement>} */
  const linkOf = new Map();
  for (const link of links) {
    const section = document.getElementById(decodeURIComponent(link.hash.slice(1)));
    if (section) linkOf.set(section, link);
  }

  /**
   * Return where the reader is taken to read, in pixels from the window's top: below the place where
   * a jump lands, and further down at the page's end, where a heading cannot come up that far.
   */
  function readingLine() {
    const rest = document.documentElement.scrollHeight - scrollY - innerHeight;
    return 120 + (innerHeight - 120) * Math.max(0, 1 - rest / innerHeight);
  }

  /**
   * Return the last section of a parent that begins above a line, or a section within it. To ask
   * where a part of a distant section lies would lay it out, so no other is looked into.
   * @param {Element} parent
   * @param {number} line
   * @returns {Element | undefined}
   */
  function findSection(parent, line) {
    const begun = [...parent.children].filter(
      (child) => linkOf.has(child) && child.getBoundingClientRect().top <= line,
    );
    const section = begun.at(-1);
    return section && (findSection(section, line) ?? section);
  }

  /** @type {Element | undefined} */
  let marked;
  /** @type {Element | undefined} */
  let chosen; // in the Contents, until the reader scrolls on
  function mark() {
    const title = document.querySelector(".bd-article > section");
    const section = chosen ?? (title ? findSection(title, readingLine()) : undefined);
    if (section === marked) return;
    marked = section;
    const current = section && linkOf.get(section);
    for (const link of links) {
      link.classList.toggle("active", link === current);
      if (link === current) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    }
    for (const entry of entries) entry.classList.toggle("active", entry.contains(current ?? null));
    const place = nav?.closest(".bd-sidebar-secondary");
    if (current && place && place.scrollHeight > place.clientHeight) {
      const [box, frame] = [current.getBoundingClientRect(), place.getBoundingClientRect()];
      if (box.bottom > frame.bottom) place.scrollTop += box.bottom - frame.bottom;
      else if (box.top < frame.top) place.scrollTop -= frame.top - box.top;
    }
  }

  let isDue = false;
  const schedule = () => {
    if (isDue) return;
    isDue = true;
    requestAnimationFrame(() => {
      isDue = false;
      mark();
    });
  };
  nav.addEventListener("click", (event) => {
    const link = event.target instanceof Element ? event.target.closest("a") : null;
    chosen = [...linkOf.keys()].find((section) => linkOf.get(section) === link);
    schedule();
  });
  for (const move of ["wheel", "touchmove", "keydown", "pointerdown"]) {
    addEventListener(move, () => (chosen = undefined), { passive: true });
  }
  addEventListener("scroll", schedule, { passive: true });
  addEventListener("resize", schedule, { passive: true });
  schedule();
})();
