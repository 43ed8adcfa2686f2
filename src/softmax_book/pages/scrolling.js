// What is wider than its place, as code on a phone, takes the focus, so that the arrow keys scroll
// it. Measuring it lays it out, so it is done piece by piece while the browser is idle.
(() => {
  const PLACES = "pre, .cell_output > .output, .pst-scrollable-table-container";
  const whenIdle = window.requestIdleCallback ?? ((task) => setTimeout(() => task({ timeRemaining: () => 10 }), 200));
  let waiting = [];

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
    const isAtWork = waiting.length > 0;
    waiting = [...document.querySelectorAll(`#main-content :is(${PLACES})`)];
    if (!isAtWork) whenIdle(measure);
  }

  let timer = 0;
  addEventListener("resize", () => {
    clearTimeout(timer);
    timer = setTimeout(begin, 300);
  });
  addEventListener("load", begin);
})();
