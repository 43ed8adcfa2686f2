// The list of chapters: opened where the present page is in sight, and hidden for as long as the
// reader wants it hidden. On narrow windows it is a drawer, which the theme opens.
(() => {
  const root = document.documentElement;
  const sidebar = document.getElementById("pst-primary-sidebar");
  const toggle = /** @type {HTMLElement | null} */ (document.querySelector(".primary-toggle"));
  const KEY = "sms-sidebar"; // read before anything is drawn: theme.py
  const isWide = matchMedia("(min-width: 992px)");

  const list = sidebar?.querySelector(".sidebar-primary-item:has(.bd-links)");
  const current = list?.querySelector(".current > a");
  if (list && current) {
    const [place, frame] = [current.getBoundingClientRect(), list.getBoundingClientRect()];
    if (place.bottom > frame.bottom) list.scrollTop += place.bottom - frame.bottom + frame.height / 3;
  }

  if (!sidebar || !toggle) return;
  const say = () => {
    const isHidden = root.classList.contains("sms-sidebar-hidden");
    if (isWide.matches) toggle.setAttribute("aria-expanded", String(!isHidden));
    else toggle.removeAttribute("aria-expanded");
  };
  isWide.addEventListener("change", say);
  say();
  // Before the theme hears of it, which forgets the choice and takes the focus away.
  addEventListener(
    "click",
    (event) => {
      if (!isWide.matches || !(event.target instanceof Node) || !toggle.contains(event.target)) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      const isHidden = root.classList.toggle("sms-sidebar-hidden");
      say();
      try {
        localStorage.setItem(KEY, isHidden ? "hidden" : "");
      } catch {
        // a browser that keeps nothing
      }
    },
    true,
  );
})();
