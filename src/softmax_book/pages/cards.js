// A card beside the text: what a letter of a displayed formula is, or what a reference points to. It
// comes where a mouse rests, a finger taps or the focus lies, and goes with Escape, a second tap or a
// look elsewhere. What it shows stands in the page: in its <template>, or, of an equation, in the text.
(() => {
  const article = document.querySelector(".bd-article");
  const told = /** @type {HTMLTemplateElement | null} */ (document.getElementById("sms-cards"));
  if (!article) return;

  const REST = 150; // milliseconds for which the mouse lies still before a card comes
  const AWAY = 300; // and for which it may leave, on its way to the card
  const FINGER = 24; // pixels by which a tap may miss a letter
  const NEAR = 150; // pixels: the height of a formula that no card covers
  const card = document.createElement("div");
  card.className = "sms-card";
  card.role = "status"; // a screen reader says what comes into it
  document.body.append(card);

  /** @type {HTMLElement | null} */
  let asked = null; // the letter or the link of which the card tells
  let timer = 0;
  let isTouch = false;

  /** @param {string} name */
  const find = (name) => told?.content.querySelector(`[data-card="${CSS.escape(name)}"]`);

  // ---------- letters ----------

  /** @param {HTMLElement} letter */
  const markOf = (letter) => (letter.dataset.s ?? "").split(".");
  /**
   * The letters of a formula, in the order in which they are read.
   * @param {Element} formula
   */
  const lettersOf = (formula) =>
    /** @type {HTMLElement[]} */ ([...formula.querySelectorAll("[data-s]")]).sort(
      (one, other) => Number(markOf(one)[0]) - Number(markOf(other)[0]),
    );

  /**
   * Where a letter is drawn, without what stands above and below it; of a fraction, all of it.
   * @param {HTMLElement} letter
   */
  function boxOf(letter) {
    const glyph = letter.querySelector(".mfrac") ?? document.createTreeWalker(letter, NodeFilter.SHOW_TEXT).nextNode();
    const range = document.createRange();
    range.selectNode(glyph ?? letter);
    return range.getBoundingClientRect();
  }

  /**
   * The letter at a place: the smallest that holds it, or else the nearest.
   * @param {Element} formula
   * @param {MouseEvent} at
   * @param {number} slack
   */
  function letterAt(formula, { clientX: x, clientY: y }, slack) {
    /** @type {HTMLElement | null} */
    let best = null;
    let least = Infinity;
    for (const letter of lettersOf(formula)) {
      const { left, right, top, bottom, width, height } = boxOf(letter);
      const miss = Math.hypot(Math.max(left - x, 0, x - right), Math.max(top - y, 0, y - bottom));
      const cost = miss ? 1e6 * miss : width * height;
      if (miss <= slack && cost < least) [best, least] = [letter, cost];
    }
    return best;
  }

  for (const formula of /** @type {NodeListOf<HTMLElement>} */ (article.querySelectorAll("div.math"))) {
    if (!formula.querySelector("[data-s]")) continue;
    const number = formula.parentElement?.querySelector(".eqno, .sms-register-head a")?.firstChild?.textContent ?? "";
    formula.tabIndex = 0;
    formula.role = "group";
    formula.ariaLabel = `Formula ${number}. Left and right arrow: its letters.`.replace(" .", ".");
    formula.classList.add("sms-askable");
    formula.addEventListener("focus", () => {
      if (formula.matches(":focus-visible")) say(formula, "← →  What is each letter?");
    });
    formula.addEventListener("keydown", (event) => {
      const letters = lettersOf(formula);
      const at = asked ? letters.indexOf(asked) : -1;
      const last = letters.length - 1;
      const next = { ArrowRight: Math.min(at + 1, last), ArrowLeft: Math.max(at - 1, 0), Home: 0, End: last }[
        event.key
      ];
      if (next === undefined || event.altKey || event.ctrlKey || event.metaKey) return;
      event.preventDefault();
      letters[next].scrollIntoView({ block: "nearest", inline: "nearest" });
      show(letters[next]);
    });
    formula.addEventListener("pointermove", (event) => {
      if (event.pointerType === "mouse") wait(letterAt(formula, event, 1));
    });
    formula.addEventListener("click", (event) => {
      if (!getSelection()?.isCollapsed) return; // the reader is copying
      const letter = letterAt(formula, event, isTouch ? FINGER : 1);
      if (letter && !(isTouch && letter === asked)) show(letter);
      else close();
    });
  }

  // ---------- references ----------

  /** @param {EventTarget | null} node */
  const linkOf = (node) =>
    node instanceof Element
      ? /** @type {HTMLAnchorElement | null} */ (node.closest(".bd-article a.reference.internal"))
      : null;

  /** @param {HTMLElement} link */
  function pointedTo(link) {
    const address = link.getAttribute("href") ?? "";
    const there = find(address);
    if (there) return [...there.cloneNode(true).childNodes];
    const place = address.startsWith("#") ? document.getElementById(decodeURIComponent(address.slice(1))) : null;
    const formula = place?.querySelector(":scope > .math .katex-display");
    const heading = place?.querySelector(":scope > :is(h1, h2, h3, h4)");
    const box = document.createElement(formula ? "div" : "p");
    box.className = formula ? "math" : "sms-card-head";
    if (formula) box.append(formula.cloneNode(true));
    else if (heading) box.append(...heading.cloneNode(true).childNodes);
    for (const mark of box.querySelectorAll(".headerlink")) mark.remove();
    return formula || heading ? [box] : [];
  }

  document.addEventListener("pointerover", ({ target, pointerType }) => {
    if (pointerType !== "mouse") return;
    const link = linkOf(target);
    if (link) wait(link);
    else if (target instanceof Node && card.contains(target)) clearTimeout(timer);
    else if (!(target instanceof Element && target.closest(".sms-askable"))) wait(null);
  });
  document.addEventListener("focusin", ({ target }) => {
    const link = linkOf(target);
    if (link?.matches(":focus-visible")) show(link);
    else if (asked && !(target instanceof Node && (card.contains(target) || target.contains(asked)))) close();
  });
  document.addEventListener(
    "pointerdown",
    ({ target, pointerType }) => {
      isTouch = pointerType !== "mouse";
      if (target instanceof Element && !target.closest(".sms-card, .sms-askable") && linkOf(target) !== asked) close();
    },
    true,
  );
  // With a finger the first tap shows what is there; the second goes there.
  article.addEventListener(
    "click",
    (event) => {
      const link = linkOf(event.target);
      if (link && isTouch && link !== asked && pointedTo(link).length) {
        event.preventDefault();
        show(link);
      } else if (link) close();
    },
    true,
  );
  document.addEventListener("keydown", ({ key }) => {
    if (key === "Escape") close();
  });

  // ---------- the card ----------

  /** @param {HTMLElement | null} next */
  function wait(next) {
    clearTimeout(timer);
    if (next !== asked) timer = setTimeout(() => (next ? show(next) : close()), next ? REST : AWAY);
  }

  /** @param {HTMLElement} next */
  function show(next) {
    const isLetter = next.dataset.s !== undefined;
    const what = isLetter ? [...(find(markOf(next)[1])?.cloneNode(true).childNodes ?? [])] : pointedTo(next);
    close();
    if (!what.length) return;
    asked = next;
    card.classList.toggle("sms-wide", !isLetter);
    card.replaceChildren(...what);
    for (const letter of card.querySelectorAll("[data-s]")) letter.removeAttribute("data-s");
    if (isLetter) next.classList.add("sms-asked");
    else if (isTouch) {
      const go = document.createElement("a");
      go.href = /** @type {HTMLAnchorElement} */ (next).href;
      go.textContent = `Go to ${next.textContent}`;
      const line = document.createElement("p");
      line.append(go);
      card.append(line);
    }
    // Below a whole formula, as long as the letter is near.
    const formula = next.closest("div.math")?.getBoundingClientRect();
    const box = isLetter ? next.getBoundingClientRect() : next.getClientRects()[0];
    place(box, isLetter && formula && formula.height < NEAR ? formula : box);
  }

  /**
   * @param {HTMLElement} formula
   * @param {string} words
   */
  function say(formula, words) {
    close();
    card.replaceChildren(words);
    asked = formula;
    place(formula.getBoundingClientRect(), formula.getBoundingClientRect());
  }

  /**
   * Put the card below what it tells of, or above it where there is no room, and within the window.
   * @param {DOMRect} box What it tells of.
   * @param {DOMRect} free What it should not cover.
   */
  function place(box, free) {
    const GAP = 6;
    const below = free.bottom + GAP;
    const above = free.top - GAP - card.offsetHeight;
    const top = below + card.offsetHeight > innerHeight && above > 0 ? above : below;
    const room = document.documentElement.clientWidth - card.offsetWidth - GAP;
    const left = Math.max(GAP, Math.min(box.left + box.width / 2 - card.offsetWidth / 2, room));
    card.style.translate = `${left + scrollX}px ${top + scrollY}px`;
  }

  function close() {
    clearTimeout(timer);
    asked?.classList.remove("sms-asked");
    asked = null;
    card.replaceChildren();
  }
})();
