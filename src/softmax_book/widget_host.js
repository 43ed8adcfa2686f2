// Mounts the book's widgets on a page that has no kernel. The page holds a widget's state and a
// picture of it; the view's own script, served beside this one, draws from that state.
(() => {
  const views = new Map();
  // A widget's script calls this: the view, and what of its state the address carries.
  window.softmaxWidget = (name, view) => {
    views.set(name, view);
    if (document.readyState !== "loading") mountAll(); // deferred scripts come after the page
  };

  class Model {
    #state; #start; #listeners = new Map(); #changed = false; onSave = () => {};
    constructor(state) { this.#state = { ...state }; this.#start = state; }
    get(name) { return this.#state[name]; }
    start(name) { return this.#start[name]; }
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
    off(event, listener) { this.#listeners.get(event)?.delete(listener); }
    #emit(event) { for (const listener of [...(this.#listeners.get(event) ?? [])]) listener(); }
  }

  // The address keeps what the reader set: #lambda=0.03&eta=0.5, so that a link shows the same.
  const address = {
    read() {
      const hash = decodeURIComponent(location.hash.slice(1));
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
          value: name.value ?? (isNumber ? (text) => (Number.isFinite(Number(text)) ? Number(text) : undefined) : String),
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
    },
  };

  async function mount(place) {
    const view = views.get(place.dataset.widget);
    if (!view || place.dataset.mounted) return;
    place.dataset.mounted = "true";
    const model = new Model(JSON.parse(place.querySelector("script[type='application/json']").textContent));
    if (view.address) address.bind(model, view.address);
    const stage = document.createElement("div");
    await view.render({ model, el: stage });
    place.querySelector("figure")?.remove(); // the view stands where the picture stood
    place.append(stage);
  }

  function mountAll() {
    for (const place of document.querySelectorAll(".sms-page-widget")) {
      mount(place).catch((error) => {
        console.error(`widget ${place.dataset.widget}:`, error); // its picture stays
      });
    }
  }
  addEventListener("DOMContentLoaded", mountAll);
})();
