// The widgets of ipywidgets that show HTML: it is made harmless as that of a cell is.
import { HTMLMathView, HTMLView } from "@jupyter-widgets/controls";
import { drawFormulasWithin } from "./maths.js";
import { drawSafely } from "./safe_html.js";

// What the view has drawn is replaced: it would put the text into the page as it is.
function guarded(view, update) {
  const { model } = view;
  const { get } = model;
  model.get = (name) => (name === "value" ? "" : get.call(model, name));
  try {
    update();
  } finally {
    delete model.get;
  }
  drawSafely(view.content, String(model.get("value")));
}

export class SafeHtml extends HTMLView {
  update() {
    guarded(this, () => super.update());
  }
}

export class SafeHtmlMath extends HTMLMathView {
  update() {
    guarded(this, () => super.update());
    drawFormulasWithin(this.content);
  }
}
