// Shows the book's widgets on a page that has no kernel. The page holds each widget's state and a
// picture of it; the view's script, served beside this one, draws from that state.
(() => {
  // Each view's script calls this.
  window.softmaxWidget = (name, view) => {
    if (document.readyState === "loading") addEventListener("DOMContentLoaded", () => begin(name, view));
    else begin(name, view);
  };

  /** A widget's state, with the part of anywidget's model that the views use. */
  class Model {
    #state;
    #start;
    /** @type {Map<string, Set<() => void>>} */
    #listeners = new Map();
    #isChanged = false;
    onSave = () => {};
    /** @param {Record<string, any>} state */
    constructor(state) {
      this.#state = { ...state };
      this.#start = state;
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
    /**
     * Let the address follow a model, and a model the address.
     * @param {Model} model
     * @param {Record<string, string | AddressPart>} parts For each trait its key, or a key with the
     *   way to text and back where the trait is no number and no word.
     * @returns {boolean} Whether the address names one of the traits.
     */
    bind(model, parts) {
      const entries = Object.entries(parts).map(([trait, keyOrPart]) => {
        const part = typeof keyOrPart === "string" ? { key: keyOrPart } : keyOrPart;
        const isNumber = typeof model.start(trait) === "number";
        return {
          trait,
          key: part.key,
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
      let timer = 0;
      model.onSave = () => {
        clearTimeout(timer);
        timer = setTimeout(() => {
          const words = address.read();
          for (const { trait, key, text } of entries) {
            const value = text(model.get(trait));
            if (value === text(model.start(trait))) words.delete(key);
            else words.set(key, value);
          }
          const hash = String(words) ? `#${words}` : location.pathname + location.search;
          if (String(words) !== String(address.read())) history.replaceState(null, "", hash);
        }, 500);
      };
      addEventListener("popstate", apply);
      addEventListener("hashchange", apply);
      apply();
      return isNamed();
    },
    /** @param {WidgetView} view */
    names(view) {
      const words = address.read();
      const parts = Object.values(view.address ?? {});
      return parts.some((part) => words.has(typeof part === "string" ? part : part.key));
    },
  };

  /**
   * Put a view in place of the picture. If it fails, the picture stays.
   * @param {HTMLElement} place
   * @param {WidgetView} view
   */
  async function mount(place, view) {
    if (started.has(place)) return;
    started.add(place);
    try {
      const state = place.querySelector("script[type='application/json']")?.textContent ?? "";
      const model = new Model(JSON.parse(state));
      const isNamed = view.address ? address.bind(model, view.address) : false;
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
   */
  function begin(name, view) {
    /** @type {NodeListOf<HTMLElement>} */
    const places = document.querySelectorAll(`.sms-page-widget[data-widget="${name}"]`);
    for (const place of places) {
      if (address.names(view) || !hasAnchoring) mount(place, view);
      else setTimeout(() => mount(place, view));
    }
  }

  // Scroll to the widget that the address names when the page is opened by a link, and not when it
  // is reloaded or reached by "back": then the browser restores the reader's place.
  const [navigation] = /** @type {PerformanceNavigationTiming[]} */ (performance.getEntriesByType("navigation"));
  const isVisit = navigation?.type === "navigate";
})();
