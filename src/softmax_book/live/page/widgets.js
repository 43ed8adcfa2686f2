// Widgets with a kernel: those of ipywidgets, and those of anywidget, such as the book's. Loaded when
// the first widget is shown.
import * as base from "@jupyter-widgets/base";
import { ManagerBase } from "@jupyter-widgets/base-manager";
import * as controls from "@jupyter-widgets/controls";
import { Widget } from "@lumino/widgets";
import { OutputArea } from "./outputs.js";
import { SafeHtml, SafeHtmlMath } from "./safe_widgets.js";

const OUTPUTS = new Set(["stream", "display_data", "execute_result", "error", "update_display_data", "clear_output"]);

export class PageManager extends ManagerBase {
  constructor(connection) {
    super();
    this.connection = connection;
    /** @type {Set<Element>} */
    this.shown = new Set();
    this.isUnplugged = false;
  }

  // Python is gone: the widgets still move, in the page, and say that nobody follows.
  async unplug() {
    this.isUnplugged = true;
    for (const place of this.shown) place.append(unpluggedNote());
    // @ts-expect-error: the library has no other way to all of them
    const models = /** @type {Promise<any>[]} */ (Object.values(this._models));
    for (const { value: model } of /** @type {any[]} */ (await Promise.allSettled(models))) {
      if (!model) continue;
      model.comm_live = false;
      delete model.comm; // what is sent over it would be an error
    }
  }

  // Open the channel of a widget that the kernel has made.
  open(comm, message) {
    return this.handle_comm_open(new base.shims.services.Comm(comm), message);
  }

  // Return an element that shows a widget.
  async show(id) {
    const model = await this.get_model(id);
    const view = await this.create_view(model);
    const place = document.createElement("div");
    place.className = "output sms-live-widget";
    this.shown.add(place);
    if (this.isUnplugged) place.append(unpluggedNote());
    // Lumino attaches a widget to an element of the page alone; its cell takes it from there.
    document.body.append(place);
    nameSliders(place);
    Widget.attach(view.luminoWidget, place);
    return place;
  }

  // Show what a widget's callbacks print below the cell that shows the widget.
  callbacks(view) {
    const area = () => view?.el?.closest?.(".cell")?.smsOutputs;
    return {
      iopub: {
        output: (message) => {
          if (OUTPUTS.has(message.header.msg_type)) area()?.add(message.header.msg_type, message.content);
        },
      },
    };
  }

  async loadClass(name, module) {
    const classes = {
      "@jupyter-widgets/base": base,
      "@jupyter-widgets/controls": { ...controls, HTMLView: SafeHtml, HTMLMathView: SafeHtmlMath },
      "@jupyter-widgets/output": output,
      anywidget,
    }[module];
    if (!classes?.[name]) throw new Error(`the live page has no ${name} of ${module}`);
    return classes[name];
  }

  async _create_comm(target, id, data, metadata, buffers) {
    const comm = this.connection.createComm(target, id);
    if (data || metadata) comm.open(data, metadata, buffers);
    return new base.shims.services.Comm(comm);
  }

  async _get_comm_info() {
    const reply = await this.connection.requestCommInfo({ target_name: this.comm_target_name });
    return reply.content.comms ?? {};
  }
}

function unpluggedNote() {
  const note = document.createElement("p");
  note.className = "sms-live-unplugged";
  note.textContent =
    "This widget is not connected to Python any more: run its cell again. It still moves, but Python does not see it.";
  return note;
}

// ipywidgets' sliders have a label beside them, but no name for screen readers.
function nameSliders(place) {
  const name = () => {
    for (const handle of place.querySelectorAll("[role=slider]:not([aria-label])")) {
      const label = handle.closest(".jupyter-widgets")?.querySelector(".widget-label")?.textContent;
      handle.setAttribute("aria-label", label || "value");
    }
  };
  new MutationObserver(name).observe(place, { childList: true, subtree: true });
}

// ---------- anywidget: the kernel sends a module as text ----------

const modules = new Map();
async function load(source) {
  if (!modules.has(source)) {
    const address = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
    modules.set(
      source,
      import(address).finally(() => URL.revokeObjectURL(address)),
    );
  }
  const { default: definition, render } = await modules.get(source);
  return typeof definition === "function" ? definition() : (definition ?? { render });
}

class AnyModel extends base.DOMWidgetModel {
  initialize(attributes, options) {
    super.initialize(attributes, options);
    this.definition = load(this.get("_esm")).then(async (definition) => {
      await definition.initialize?.({ model: this });
      return definition;
    });
  }
}

class AnyView extends base.DOMWidgetView {
  async render() {
    const style = document.createElement("style");
    style.textContent = this.model.get("_css") ?? "";
    const stage = document.createElement("div");
    this.el.append(style, stage);
    this.cleanUp = await (await /** @type {AnyModel} */ (this.model).definition).render({
      model: this.model,
      el: stage,
    });
  }

  remove() {
    this.cleanUp?.();
    return super.remove();
  }
}

const anywidget = { AnyModel, AnyView };

// ---------- Output: the widget behind interact() and `with out:` ----------

class OutputModel extends base.DOMWidgetModel {
  defaults() {
    const names = { _model_module: "@jupyter-widgets/output", _view_module: "@jupyter-widgets/output" };
    return {
      ...super.defaults(),
      ...names,
      _model_name: "OutputModel",
      _view_name: "OutputView",
      msg_id: "",
      outputs: [],
    };
  }

  initialize(attributes, options) {
    super.initialize(attributes, options);
    this.listenTo(this, "change:msg_id", () => this.follow());
    this.follow();
  }

  // While the kernel is inside `with out:`, its output goes here and not to the cell.
  follow() {
    const { connection } = /** @type {PageManager} */ (/** @type {unknown} */ (this.widget_manager));
    if (this.followed) connection.removeMessageHook(this.followed, this.hook);
    this.followed = this.get("msg_id");
    this.hook = (message) => this.take(message);
    if (this.followed) connection.registerMessageHook(this.followed, this.hook);
  }

  take({ header, content }) {
    if (!OUTPUTS.has(header.msg_type)) return true;
    this.captured ??= [];
    if (header.msg_type === "clear_output") {
      if (content.wait) this.clearNext = true;
      else this.captured = [];
    } else {
      if (this.clearNext) this.captured = [];
      this.clearNext = false;
      this.captured.push([header.msg_type, content]);
    }
    this.trigger("output", header.msg_type, content);
    return false;
  }
}

class OutputView extends base.DOMWidgetView {
  render() {
    super.render();
    this.el.classList.add("cell_output", "sms-live-captured");
    const area = new OutputArea(this.el, {
      alt: "A picture that a widget draws",
      drawWidget: (id) => /** @type {PageManager} */ (/** @type {unknown} */ (this.model.widget_manager)).show(id),
    });
    this.listenTo(this.model, "output", (kind, content) => area.add(kind, content));
    const refill = () => {
      area.clear();
      for (const { output_type, ...content } of this.model.get("outputs")) area.add(output_type, content);
    };
    this.listenTo(this.model, "change:outputs", refill);
    refill();
    for (const [kind, content] of /** @type {OutputModel} */ (this.model).captured ?? []) area.add(kind, content);
  }
}

const output = { OutputModel, OutputView };
