// Mounts the book's widgets on a page that has no kernel. The page holds a widget's state and a
// picture of it; the view's own script, served beside this one, draws from that state.
(() => {
  // A widget's script calls this: the view, and what of its state the address carries.
  window.softmaxWidget = (name, view) => {
    if (document.readyState === "loading") addEventListener("DOMContentLoaded", () => begin(name, view));
    else begin(name, view);
  };

  class Model {
    #state;
    #start;
    #listeners = new Map();
    #changed = false;
    onSave = () => {};
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
      this.#changed = true;
      this.#emit(`change:${name}`);
    }
    save_changes() {
      if (!this.#changed) return;
      this.#changed = false;
      this.#emit("change");
      this.onSave();
    }
    send() {} // there is no kernel to send to
    on(event, listener) {
      if (!this.#listeners.has(event)) this.#listeners.set(event, new Set());
      this.#listeners.get(event).add(listener);
    }
    off(event, listener) {
      this.#listeners.get(event)?.delete(listener);
    }
    #emit(event) {
      for (const listener of [...(this.#listeners.get(event) ?? [])]) listener();
    }
  }

  // The address keeps what the reader set: #lambda=0.03&eta=0.5, so that a link shows the same.
  const address = {
    read() {
      const hash = location.hash.slice(1);
      return new URLSearchParams(hash.includes("=") ? hash : "");
    },
    // names: for each trait its key, or { key, text, value } where it is not a number or a word.
    bind(model, names) {
      const entries = Object.entries(names).map(([trait, name]) => {
        const isNumber = typeof model.start(trait) === "number";
        return {
          trait,
          key: name.key ?? name,
          text: name.text ?? (isNumber ? (value) => String(Number(value.toPrecision(4))) : String),
          value:
            name.value ?? (isNumber ? (text) => (Number.isFinite(Number(text)) ? Number(text) : undefined) : String),
        };
      });
      const apply = () => {
        const given = address.read();
        for (const { trait, key, value } of entries) {
          model.set(trait, (given.has(key) ? value(given.get(key)) : undefined) ?? model.start(trait));
        }
      };
      let timer = 0;
      model.onSave = () => {
        clearTimeout(timer);
        timer = setTimeout(() => {
          const now = address.read();
          for (const { trait, key, text } of entries) {
            const value = text(model.get(trait));
            if (value === text(model.start(trait))) now.delete(key);
            else now.set(key, value);
          }
          const hash = String(now) ? `#${now}` : location.pathname + location.search;
          if (String(now) !== String(address.read())) history.pushState(null, "", hash);
        }, 500);
      };
      addEventListener("popstate", apply);
      addEventListener("hashchange", apply);
      apply();
      const given = address.read();
      return entries.some(({ key }) => given.has(key));
    },
  };

  async function mount(place, view) {
    if (started.has(place)) return;
    started.add(place);
    try {
      const model = new Model(JSON.parse(place.querySelector("script[type='application/json']").textContent));
      const named = view.address ? address.bind(model, view.address) : false;
      const stage = document.createElement("div");
      await view.render({ model, el: stage });
      place.querySelector("figure")?.remove(); // the view stands where the picture stood
      place.append(stage);
      place.dataset.mounted = "true";
      if (named && arrived) {
        const show = () => place.scrollIntoView();
        show();
        addEventListener("load", show, { once: true }); // what stands above has its height by then
      }
    } catch (error) {
      console.error(`widget ${place.dataset.widget}:`, error); // its picture stays
    }
  }

  // Those that the address names come to life first. Each has a task of its own, so that the
  // reader's hand and the page's drawing find their place in between. WebKit does not hold the text
  // still when what stands above it grows: there all are drawn before the page has its place.
  const holdsStill = CSS.supports("overflow-anchor: auto");
  const started = new WeakSet();
  function begin(name, view) {
    for (const place of document.querySelectorAll(`.sms-page-widget[data-widget="${name}"]`)) {
      if (isNamed(view) || !holdsStill) mount(place, view);
      else setTimeout(() => mount(place, view));
    }
  }
  function isNamed(view) {
    const given = address.read();
    return Object.values(view.address ?? {}).some((name) => given.has(name.key ?? name));
  }

  // A reader who comes by a link that sets a widget is taken to it. Who reloads or goes back is
  // where the browser puts them.
  const arrived = performance.getEntriesByType("navigation")[0]?.type === "navigate";
})();
