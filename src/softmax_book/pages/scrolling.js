// Make what is wider than its place, such as code on a phone, focusable, so that the arrow keys
// scroll it. Measuring an element lays it out, so they are measured one by one while the browser is
// idle.
(() => {
  const PLACES = "pre, .cell_output > .output, .pst-scrollable-table-container";
  /** @type {(task: (deadline: { timeRemaining(): number }) => void) => void} */
  const whenIdle = window.requestIdleCallback ?? ((task) => setTimeout(() => task({ timeRemaining: () => 10 }), 200));
  /** @type {HTMLElement[]} */
  let waiting = [];

  /** @param {{ timeRemaining(): number }} deadline */
  function measure(deadline) {
    do {
      const place = waiting.shift();
      if (place && !place.closest(".sms-widget")) {
        const scrolls = place.scrollWidth > place.clientWidth || place.scrollHeight > place.clientHeight;
        if (scrolls) place.tabIndex = 0;
        else place.removeAttribute("tabindex");
      }
    } while (waiting.length && deadline.timeRemaining() > 4);
    if (waiting.length) whenIdle(measure);
    else document.documentElement.dataset.smsMeasured = "true";
  }
  function begin() {
    const isMeasuring = waiting.length > 0;
    waiting = /** @type {HTMLElement[]} */ ([...document.querySelectorAll(`#main-content :is(${PLACES})`)]);
    if (!isMeasuring) whenIdle(measure);
  }

  let timer = 0;
  addEventListener("resize", () => {
    clearTimeout(timer);
    timer = setTimeout(begin, 300);
  });
  addEventListener("load", begin);
})();
