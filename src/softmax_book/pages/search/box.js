// The search box, in the dialog of every page and on the page of its own. What searches, and the
// words of the book, are loaded when the box is used for the first time.
(() => {
  const root = new URL(document.documentElement.dataset.content_root || "./", location.href);
  const MOST_IN_DIALOG = 12;
  const LOADING = "Looking through the book …";
  const FAILED = "The search could not be loaded. Reload the page and try again.";

  /** @type {Promise<(query: string) => import("./find.js").Found> | undefined} */
  let finder;
  function load() {
    finder ??= new Promise((resolve, reject) => {
      // Scripts, and no data that is fetched: they load from the disk, too.
      const script = document.createElement("script");
      script.src = new URL("_static/search/book.js", root).href;
      script.addEventListener("load", () => resolve(window.softmaxFind));
      script.addEventListener("error", () => {
        finder = undefined;
        reject(new Error(script.src));
      });
      document.head.append(script);
    });
    return finder;
  }

  /**
   * Put what is found below a box.
   * @param {HTMLFormElement} form
   * @param {boolean} isPage Whether the box has a page of its own; else it is in the dialog.
   */
  function makeBox(form, isPage) {
    const field = /** @type {HTMLInputElement} */ (form.querySelector("input"));
    const status = document.createElement("p");
    status.className = "sms-search-status";
    status.setAttribute("role", "status");
    const list = document.createElement(isPage ? "ol" : "div");
    list.className = "sms-search-results";
    form.after(status, list);
    form.action = new URL("search.html", root).href;
    if (!isPage) {
      // The focus stays in the field; the arrows choose among the options.
      list.id = "sms-search-options";
      list.setAttribute("role", "listbox");
      list.setAttribute("aria-label", "Sections");
      field.setAttribute("role", "combobox");
      field.setAttribute("aria-autocomplete", "list");
      field.setAttribute("aria-controls", list.id);
      field.setAttribute("aria-expanded", "false");
    }

    /** @type {HTMLAnchorElement[]} */
    let options = [];
    let chosen = -1;
    /** @param {number} number */
    function choose(number) {
      options[chosen]?.setAttribute("aria-selected", "false");
      chosen = number;
      const option = options[chosen];
      if (!option) return field.removeAttribute("aria-activedescendant");
      option.setAttribute("aria-selected", "true");
      field.setAttribute("aria-activedescendant", option.id);
      option.scrollIntoView({ block: "nearest" });
    }

    /** @param {import("./find.js").Found} found */
    function show({ hits, corrected }) {
      const listed = isPage ? hits : hits.slice(0, MOST_IN_DIALOG);
      const query = field.value.trim();
      options = listed.map((hit, number) => {
        const link = document.createElement("a");
        link.href = new URL(hit.address, root).href;
        link.append(line("sms-search-title", hit.title, hit.words));
        if (hit.page !== hit.title) link.append(line("sms-search-page", hit.page, []));
        if (hit.excerpt) link.append(line("sms-search-excerpt", hit.excerpt, hit.words));
        if (!isPage) {
          link.id = `${list.id}-${number}`;
          link.tabIndex = -1;
          link.setAttribute("role", "option");
          link.setAttribute("aria-selected", "false");
        }
        return link;
      });
      list.replaceChildren(...options.map((link) => (isPage ? inItem(link) : link)));
      list.scrollTop = 0;
      chosen = -1;
      if (!isPage) {
        field.setAttribute("aria-expanded", String(options.length > 0));
        choose(options.length ? 0 : -1);
      }
      status.replaceChildren(...(query ? news(query, hits.length, listed.length, corrected) : []));
    }

    /**
     * @param {string} query
     * @param {number} all
     * @param {number} listed
     * @param {string[]} corrected
     */
    function news(query, all, listed, corrected) {
      if (!all) return [`Nothing in the book has “${query}”.`];
      const count = `${all} ${all === 1 ? "section" : "sections"}`;
      const said = corrected.length
        ? `Nothing has “${query}”. ${count} with “${corrected.join("”, “")}”.`
        : `${count}.`;
      if (listed === all) return [said];
      const more = document.createElement("a");
      more.href = `${form.action}?q=${encodeURIComponent(query)}`;
      more.textContent = "See all";
      return [`${said} The first ${listed} are here. `, more];
    }

    let turn = 0;
    async function search() {
      const mine = ++turn;
      if (isPage) {
        const address = new URL(location.href);
        if (field.value) address.searchParams.set("q", field.value);
        else address.searchParams.delete("q");
        if (location.protocol !== "file:") history.replaceState(null, "", address);
      }
      try {
        const loading = load();
        if (!list.childElementCount && field.value.trim()) status.textContent = LOADING;
        const find = await loading;
        if (mine === turn) show(find(field.value));
      } catch (error) {
        console.error(error);
        status.textContent = FAILED;
      }
    }

    field.addEventListener("focus", () => load().catch(() => {}));
    field.addEventListener("input", search);
    form.addEventListener("submit", (event) => {
      if (isPage) event.preventDefault();
    });
    if (isPage) {
      field.value = new URLSearchParams(location.search).get("q") ?? "";
      if (field.value) search();
      return;
    }
    field.addEventListener("keydown", (event) => {
      if (event.isComposing) return; // a Chinese word is being chosen
      const last = options.length - 1;
      const target = { ArrowDown: chosen < last ? chosen + 1 : 0, ArrowUp: chosen > 0 ? chosen - 1 : last }[event.key];
      if (target !== undefined && options.length) {
        event.preventDefault();
        choose(target);
      } else if (event.key === "Enter" && options[chosen]) {
        event.preventDefault();
        options[chosen].click();
      }
    });
    const dialog = form.closest("dialog");
    list.addEventListener("click", () => dialog?.close());
  }

  /** @param {HTMLElement} link */
  function inItem(link) {
    const item = document.createElement("li");
    item.append(link);
    return item;
  }

  /**
   * A line of text in which some words are marked.
   * @param {string} className
   * @param {string} text
   * @param {string[]} words
   */
  function line(className, text, words) {
    const element = document.createElement("span");
    element.className = className;
    let end = 0;
    for (const [from, to] of words.length ? window.softmaxPlaces(text, words) : []) {
      const mark = document.createElement("mark");
      mark.textContent = text.slice(from, to);
      element.append(text.slice(end, from), mark);
      end = to;
    }
    element.append(text.slice(end));
    return element;
  }

  for (const form of /** @type {NodeListOf<HTMLFormElement>} */ (document.querySelectorAll("form.bd-search"))) {
    makeBox(form, !form.closest("dialog"));
  }

  // The theme opens the dialog with Ctrl+K; many readers know the other key.
  addEventListener("keydown", (event) => {
    const { target } = event;
    // A field in a dialog that was closed keeps the focus until the browser draws; nobody writes there.
    const isText =
      target instanceof HTMLElement &&
      !target.closest("dialog:not([open])") &&
      (target.isContentEditable || /^(input|textarea|select)$/i.test(target.tagName));
    if (event.key !== "/" || isText || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    // The theme's button would close a dialog that is open.
    /** @type {HTMLElement | null} */
    const field = document.querySelector("dialog[open] form.bd-search input");
    /** @type {HTMLElement | null} */
    const button = document.querySelector(".search-button__button");
    if (field) field.focus();
    else button?.click();
  });
})();
