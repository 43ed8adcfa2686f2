// The page of the kernels: shares notebooks among them, keeps what their cells show, and draws views.
/** @type {Map<string, { worker: Worker, state: Record<string, any>, model?: Model }>} */
const widgets = new Map();
const news = { started: [], ran: {}, ended: [], failed: [], count: 0 };
let waiting = [];

/** The part of anywidget's model that the views use; Python has the other half. */
class Model {
  #id;
  #widget;
  #changed = {};
  #listeners = new EventTarget();
  constructor(id, widget) {
    [this.#id, this.#widget] = [id, widget];
  }
  get(name) {
    return this.#widget.state[name];
  }
  set(name, value) {
    this.#changed[name] = value;
    this.take({ [name]: value });
  }
  save_changes() {
    const data = { method: "update", state: this.#changed, buffer_paths: [] };
    this.#changed = {};
    this.#widget.worker.postMessage(["comm", { id: this.#id, data }]);
  }
  on(event, listener) {
    this.#listeners.addEventListener(event, listener);
  }
  off(event, listener) {
    this.#listeners.removeEventListener(event, listener);
  }
  /** Take in values, from the view or from Python. */
  take(state) {
    Object.assign(this.#widget.state, state);
    for (const name of Object.keys(state)) this.#listeners.dispatchEvent(new Event(`change:${name}`));
    this.#listeners.dispatchEvent(new Event("change"));
  }
}

function hear(worker, { comm, started, ran, ended, failed }) {
  news.count += 1;
  if (comm?.type === "comm_open") widgets.set(comm.id, { worker, state: comm.data.state });
  if (comm?.type === "comm_msg" && comm.data.method === "update") {
    const widget = widgets.get(comm.id);
    if (widget.model) widget.model.take(comm.data.state);
    else Object.assign(widget.state, comm.data.state);
  }
  if (started) news.started.push(started);
  if (ran) (news.ran[ran.name] ??= []).push({ ...ran, ...read(ran.outputs) });
  if (ended) news.ended.push(ended);
  if (failed) news.failed.push(failed);
  if (started || ended) {
    const next = waiting.shift();
    if (next) worker.postMessage(["run", next]);
  }
}

/** What a reader sees of a cell's outputs: their text, and the words of its pictures. */
function read(outputs) {
  const texts = outputs.filter((each) => !each["text/html"] && !each["text/markdown"]);
  const pages = outputs.map((each) => each["text/html"]).filter(Boolean);
  return {
    values: texts.map((each) => each["text/plain"]),
    pictures: pages.flatMap((page) => words(new DOMParser().parseFromString(page, "text/html"))),
  };
}

const words = (place) =>
  [...place.querySelectorAll(".sms-figure [role=img], .sms-figure figcaption")].map(
    (each) => each.getAttribute("aria-label") ?? each.textContent,
  );

/** The cells of a built page, in the same form. */
function readBuilt(page) {
  const texts = (cell, kind) => [...cell.querySelectorAll(`.cell_output .output.${kind}`)].map((each) => each.textContent);
  return [...new DOMParser().parseFromString(page, "text/html").querySelectorAll("div.cell")].map((cell) => ({
    printed: texts(cell, "stream").join(""),
    values: texts(cell, "text_plain"),
    error: texts(cell, "traceback").map((text) => text.trim().split("\n").at(-1)).join(""),
    pictures: words(cell),
  }));
}

/** Start kernels, and let them run notebooks: each takes the next one when it is free. */
function run(notebooks, kernels) {
  waiting = notebooks;
  for (let count = 0; count < kernels; count += 1) {
    const worker = new Worker("kernel.mjs", { type: "module" });
    worker.onmessage = ({ data }) => hear(worker, data);
    worker.onerror = (event) => news.failed.push(event.message || "a kernel did not start");
  }
}

/** Draw the view of the last widget of a class; what it shows is window.shown then. */
async function draw(name) {
  const all = [...widgets].filter(([, each]) => each.state._anywidget_id?.endsWith(`.${name}`));
  const [id, widget] = all.at(-1);
  const address = URL.createObjectURL(new Blob([widget.state._esm], { type: "text/javascript" }));
  const view = await (await import(address)).default();
  widget.model = new Model(id, widget);
  const place = document.createElement("section");
  const style = document.createElement("style");
  style.textContent = widget.state._css;
  document.querySelector("main").replaceChildren(style, place);
  await view.render({ model: widget.model, el: place });
  window.shown = widget.model;
}

Object.assign(window, { news, run, readBuilt, draw });
