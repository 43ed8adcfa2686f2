// Mounts the book's widgets on a page that has no kernel. The page holds a widget's state and a
// picture of it; the view's own script, served beside this one, draws from that state.
(() => {
  const views = new Map();
  // A widget's script calls this: the view, and what of its state the address carries.
  window.softmaxWidget = (name, view) => views.set(name, view);

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
    bind(model, names) {
      const apply = () => {
        const given = address.read();
        for (const [trait, key] of Object.entries(names)) {
          const start = model.start(trait);
          const value = !given.has(key) ? start : typeof start === "number" ? Number(given.get(key)) : given.get(key);
          if (typeof start !== "number" || Number.isFinite(value)) model.set(trait, value);
        }
      };
      let timer = 0;
      model.onSave = () => {
        clearTimeout(timer);
        timer = setTimeout(() => {
          const now = address.read();
          for (const [trait, key] of Object.entries(names)) {
            const value = model.get(trait);
            if (value === model.start(trait)) now.delete(key);
            else now.set(key, typeof value === "number" ? String(Number(value.toPrecision(4))) : value);
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
  if (document.readyState === "loading") addEventListener("DOMContentLoaded", mountAll);
  else mountAll();
})();
