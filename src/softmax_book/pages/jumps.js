// Land each jump within a page on its target. The sections of a page are laid out on demand
// (book.css), and until then their heights are guessed, so a jump over them would miss. Before a
// jump, lay out the whole page; the browser then remembers the heights.
(() => {
  const root = document.documentElement;
  const ON_DEMAND = "sms-on-demand"; // set before the first section is there: theme.py
  /** @type {Element | null} */
  let target = null; // of the jump under way, until the reader scrolls or the page is settled
  /** @type {number | null} */
  let distance = null; // of the target from the window's top; null where a heading belongs
  let isLoaded = document.readyState === "complete";

  /** @param {string} hash */
  function find(hash) {
    try {
      return document.getElementById(decodeURIComponent(hash.slice(1)));
    } catch {
      return null; // no valid text
    }
  }

  function land() {
    if (!target) return;
    if (distance === null) target.scrollIntoView();
    else scrollBy({ top: target.getBoundingClientRect().top - distance, behavior: "instant" });
  }
  const heights = new ResizeObserver(land); // what stands above may still grow
  const article = document.querySelector(".bd-article");
  let frame = 0;

  /** @param {string} hash */
  const begin = (hash) => approach(find(hash), null);

  /**
   * @param {Element | null} element
   * @param {number | null} top
   */
  function approach(element, top) {
    [target, distance] = [element, top];
    if (!target) return;
    delete root.dataset.smsSettled;
    root.classList.remove(ON_DEMAND);
    if (article) heights.observe(article);
    if (isLoaded) settle();
  }

  // The browser remembers a section's height in the frame after its layout.
  function settle() {
    cancelAnimationFrame(frame);
    frame = requestAnimationFrame(() => {
      frame = requestAnimationFrame(() => {
        end();
        root.classList.add(ON_DEMAND);
        root.dataset.smsSettled = "true";
      });
    });
  }
  function end() {
    target = null;
    heights.disconnect();
  }

  addEventListener(
    "click",
    (event) => {
      const link = event.target instanceof Element ? event.target.closest("a") : null;
      const isHere = link?.hash && link.origin === location.origin && link.pathname === location.pathname;
      if (isHere && !event.defaultPrevented) begin(link.hash);
    },
    true, // before the browser jumps
  );
  // Where the browser has it, this also tells of an address that was typed. Not of Back: then the
  // browser returns to where the reader was.
  const navigation = /** @type {any} */ (window).navigation;
  navigation?.addEventListener("navigate", (/** @type {any} */ event) => {
    if (event.hashChange && event.navigationType !== "traverse") begin(new URL(event.destination.url).hash);
  });
  for (const move of ["wheel", "touchmove", "keydown", "pointerdown"]) addEventListener(move, end, { passive: true });

  // A page that is reloaded or reached by Back returns to the reader's place. The browser keeps that as
  // a height, which is another one until all above is as it was: so it is kept as a section, too, with
  // its distance from the window's top.
  const place = () => `sms-place ${navigation?.currentEntry?.key ?? location.pathname}`;
  addEventListener("pagehide", () => {
    const tops = [...document.querySelectorAll(".bd-article section[id]")].map((section) => ({
      id: section.id,
      top: section.getBoundingClientRect().top,
    }));
    try {
      sessionStorage.setItem(place(), JSON.stringify(tops.findLast(({ top }) => top <= 0) ?? null));
    } catch {} // nothing may be kept: then the browser's height has to do
  });
  function approachPlace() {
    try {
      const kept = JSON.parse(sessionStorage.getItem(place()) ?? "null");
      if (kept) approach(document.getElementById(kept.id), kept.top);
    } catch {} // as above
  }
  const [visit] = /** @type {PerformanceNavigationTiming[]} */ (performance.getEntriesByType("navigation"));
  if (visit?.type === "navigate") begin(location.hash);
  else approachPlace();
  addEventListener("load", async () => {
    isLoaded = true;
    await document.fonts.ready;
    land();
    settle();
    whenIdle(rememberSome);
  });

  // While the browser is idle, lay out one section after the other, so that the scroll bar is right
  // and Back finds the place that the reader has left.
  /** @type {(task: (deadline: { timeRemaining(): number }) => void) => void} */
  const whenIdle = window.requestIdleCallback ?? ((task) => setTimeout(() => task({ timeRemaining: () => 10 }), 200));
  const waiting = /** @type {HTMLElement[]} */ ([...document.querySelectorAll(".bd-article > section > section")]);
  /** @param {{ timeRemaining(): number }} deadline */
  function rememberSome(deadline) {
    /** @type {HTMLElement[]} */
    const some = [];
    do {
      const section = waiting.shift();
      if (!section) break;
      section.style.contentVisibility = "visible";
      some.push(section);
      section.getBoundingClientRect();
    } while (deadline.timeRemaining() > 8);
    requestAnimationFrame(() =>
      requestAnimationFrame(() => {
        for (const section of some) section.style.contentVisibility = "";
        if (waiting.length) whenIdle(rememberSome);
        else root.dataset.smsRemembered = "true";
      }),
    );
  }
})();
