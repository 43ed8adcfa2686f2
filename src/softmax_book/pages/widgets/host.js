// Shows the book's widgets on a page that has no kernel. The page holds each widget's state and a
// picture of it; the view's script, served beside this one, draws from that state.

import { readKept, writeKept } from "./kept.js";

(() => {
  // Each view's script calls this.
  window.softmaxWidget = (name, view, formulas = {}) => {
    const start = () => begin(name, view, formulas);
    if (document.readyState === "loading") addEventListener("DOMContentLoaded", start);
    else start();
  };

  /** A widget's state, with the part of anywidget's model that the views use. */
  class Model {
    #state;
    #start;
    /** @type {Map<string, Set<() => void>>} */
    #listeners = new Map();
    #isChanged = false;
    onSave = () => {};
    /** @type {WidgetPage} What a page gives its widgets beside their state. */
    page;
    /**
     * @param {string} name The widget's.
     * @param {Record<string, any>} state
     * @param {Record<string, string>} formulas
     */
    constructor(name, state, formulas) {
      this.#state = { ...state };
      this.#start = state;
      const kept = { read: () => readKept(name), write: (all) => writeKept(name, all) };
      this.page = { formulas, start: (name) => this.start(name), isPresented: false, kept };
    }
    get(name) {
      return this.#state[name];
    }
    start(name) {
      return this.#start[name];
    }
    set(name, value) {
      if (this.#state[name] === value) return;
      this.#state[name] = value;
      this.#isChanged = true;
      this.#emit(`change:${name}`);
    }
    save_changes() {
      if (!this.#isChanged) return;
      this.#isChanged = false;
      this.#emit("change");
      this.onSave();
    }
    send() {} // there is no kernel to send to
    on(event, listener) {
      const listeners = this.#listeners.get(event) ?? new Set();
      this.#listeners.set(event, listeners.add(listener));
    }
    off(event, listener) {
      this.#listeners.get(event)?.delete(listener);
    }
    #emit(event) {
      for (const listener of [...(this.#listeners.get(event) ?? [])]) listener();
    }
  }

  // The address holds what the reader set, as in #lambda=0.03&eta=0.5, so that a link shows the same.
  const address = {
    read() {
      const hash = location.hash.slice(1);
      return new URLSearchParams(hash.includes("=") ? hash : "");
    },
    isSet: () => location.hash.includes("="),
    /**
     * Let the address follow a model, and a model the address.
     * @param {Model} model
     * @param {Record<string, string | AddressPart>} parts For each trait its key, or a key with the
     *   way to text and back where the trait is no number and no word.
     * @param {string} suffix What its keys end in, so that no two widgets of a page share one.
     * @returns {boolean} Whether the address names one of the traits.
     */
    bind(model, parts, suffix) {
      const entries = Object.entries(parts).map(([trait, keyOrPart]) => {
        const part = typeof keyOrPart === "string" ? { key: keyOrPart } : keyOrPart;
        const isNumber = typeof model.start(trait) === "number";
        return {
          trait,
          key: part.key + suffix,
          text: part.text ?? (isNumber ? (value) => String(Number(value.toPrecision(4))) : String),
          value:
            part.value ?? (isNumber ? (text) => (Number.isFinite(Number(text)) ? Number(text) : undefined) : String),
        };
      });
      const isNamed = () => entries.some(({ key }) => address.read().has(key));
      const start = (trait) => model.start(trait);
      // An address that names none of the traits, such as that of a section, leaves them alone.
      const apply = () => {
        if (!isNamed()) return;
        const words = address.read();
        for (const { trait, key, value } of entries) {
          const text = words.get(key);
          model.set(trait, (text === null ? undefined : value(text, start)) ?? model.start(trait));
        }
      };
      // Write what differs from the start into an address's words.
      const write = (words) => {
        for (const { trait, key, text } of entries) {
          const value = text(model.get(trait));
          if (value === text(model.start(trait))) words.delete(key);
          else words.set(key, value);
        }
        return words;
      };
      // A link to this widget alone. One that says nothing else names a trait as it is, and so still
      // opens at the widget.
      model.page.link = () => {
        const words = write(new URLSearchParams());
        if (!String(words)) words.set(entries[0].key, entries[0].text(model.get(entries[0].trait)));
        return `${location.href.split("#")[0]}#${words}`;
      };
      let timer = 0;
      model.onSave = () => {
        clearTimeout(timer);
        timer = setTimeout(() => {
          const words = write(address.read());
          const hash = String(words) ? `#${words}` : location.pathname + location.search;
          if (String(words) !== String(address.read())) history.replaceState(null, "", hash);
        }, 500);
      };
      addEventListener("popstate", apply);
      addEventListener("hashchange", apply);
      apply();
      return isNamed();
    },
    /**
     * @param {WidgetView} view
     * @param {string} suffix
     */
    names(view, suffix) {
      const words = address.read();
      const parts = Object.values(view.address ?? {});
      return parts.some((part) => words.has((typeof part === "string" ? part : part.key) + suffix));
    },
  };

  /**
   * Put a view in place of the picture. If it fails, the picture stays.
   * @param {HTMLElement} place
   * @param {WidgetView} view
   * @param {Record<string, string>} formulas
   * @param {string} suffix
   */
  async function mount(place, view, formulas, suffix) {
    if (started.has(place)) return;
    started.add(place);
    try {
      const state = place.querySelector("script[type='application/json']")?.textContent ?? "";
      const model = new Model(place.dataset.widget ?? "", JSON.parse(state), formulas);
      const isNamed = view.address ? address.bind(model, view.address, suffix) : false;
      model.page.isPresented = asked.has("present") && isAsked(place, isNamed);
      const stage = document.createElement("div");
      await view.render({ model, el: stage });
      place.querySelector("figure")?.remove();
      place.append(stage);
      place.dataset.mounted = "true";
      if (isNamed && isVisit) {
        const show = () => place.scrollIntoView();
        show();
        addEventListener("load", show, { once: true }); // by then what stands above has its height
      }
    } catch (error) {
      console.error(`widget ${place.dataset.widget}:`, error);
    }
  }

  // Start the widgets that the address names first, and each in a task of its own, so that the
  // browser can handle input and draw in between. WebKit has no scroll anchoring: there all are
  // started at once, before the browser scrolls to its place in the page.
  const hasAnchoring = CSS.supports("overflow-anchor: auto");
  const started = new WeakSet();
  /**
   * @param {string} name
   * @param {WidgetView} view
   * @param {Record<string, string>} formulas Typeset, by name.
   */
  function begin(name, view, formulas) {
    /** @type {NodeListOf<HTMLElement>} */
    const places = document.querySelectorAll(`.sms-page-widget[data-widget="${name}"]`);
    places.forEach((place, k) => {
      const suffix = k ? `.${k + 1}` : ""; // the second of a kind has "lambda.2"
      if (address.names(view, suffix) || !hasAnchoring) mount(place, view, formulas, suffix);
      else setTimeout(() => mount(place, view, formulas, suffix));
    });
  }

  // ?present shows one widget alone: the one that it names, as in ?present=softmax_bars, or that the
  // address sets, or the page's first.
  const asked = new URLSearchParams(location.search);
  const isAsked = (place, isNamed) => {
    const kind = asked.get("present");
    const first = document.querySelector(`.sms-page-widget${kind ? `[data-widget="${CSS.escape(kind)}"]` : ""}`);
    return kind || !address.isSet() ? place === first : isNamed;
  };

  // Scroll to the widget that the address names when the page is opened by a link, and not when it
  // is reloaded or reached by "back": then the browser restores the reader's place.
  const [navigation] = /** @type {PerformanceNavigationTiming[]} */ (performance.getEntriesByType("navigation"));
  const isVisit = navigation?.type === "navigate";
})();
