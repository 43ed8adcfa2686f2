// The menus of the page's header, the hints of its buttons, and the way back to the top. The theme
// has Bootstrap for these: 80 kB, which look through the whole page at every key that is pressed.
(() => {
  for (const button of document.querySelectorAll("[data-bs-title]:not([title])")) button.title = button.dataset.bsTitle;

  for (const opener of document.querySelectorAll("[data-bs-toggle=dropdown]")) {
    const place = opener.parentElement,
      menu = place.querySelector(".dropdown-menu");
    const items = [...menu.querySelectorAll(".dropdown-item")];
    const show = (isOpen) => {
      menu.classList.toggle("show", isOpen);
      opener.setAttribute("aria-expanded", String(isOpen));
    };
    opener.addEventListener("click", () => show(!menu.classList.contains("show")));
    menu.addEventListener("click", (event) => {
      if (event.target.closest(".dropdown-item")) show(false);
    });
    place.addEventListener("keydown", (event) => {
      const now = items.indexOf(document.activeElement),
        last = items.length - 1;
      const to = { ArrowDown: now < last ? now + 1 : 0, ArrowUp: now > 0 ? now - 1 : last, Home: 0, End: last }[
        event.key
      ];
      if (to !== undefined) {
        event.preventDefault();
        show(true);
        items[to]?.focus();
      } else if (event.key === "Escape" && menu.classList.contains("show")) {
        show(false);
        opener.focus();
      }
    });
    place.addEventListener("focusout", (event) => {
      if (event.relatedTarget && !place.contains(event.relatedTarget)) show(false);
    });
    document.addEventListener("click", (event) => {
      if (!place.contains(event.target)) show(false);
    });
  }

  // It stands there while the reader goes back up, as one does who looks for the beginning.
  const back = document.getElementById("pst-back-to-top");
  let before = scrollY;
  if (back) {
    back.addEventListener("click", () => scrollTo({ top: 0 }));
    addEventListener(
      "scroll",
      () => {
        if (scrollY === before) return; // sideways, or told twice
        back.style.display = scrollY < before && scrollY > innerHeight ? "block" : "none";
        before = scrollY;
      },
      { passive: true },
    );
  }
})();
