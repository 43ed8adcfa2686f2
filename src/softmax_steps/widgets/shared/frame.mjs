// The frame of every widget: a picture, at most three controls beside it, its formula below, numbers to
// unfold, and the same row of buttons.
import { mountPresenter } from "./present.mjs";
import { button, element } from "./view.mjs";

/**
 * Lay out a widget.
 * @param {object} parts
 * @param {WidgetState} parts.model
 * @param {string} parts.kind The widget's own class, such as "sms-lambda-explorer".
 * @param {string} parts.label Its name, for screen readers.
 * @param {Child[]} parts.picture
 * @param {Child[]} parts.controls
 * @param {Child[]} [parts.formula] Lines below the picture.
 * @param {Child[]} [parts.numbers] What "Numbers" unfolds.
 * @param {Child[]} [parts.more] Further folds, made by fold().
 * @param {() => void} parts.startOver Bring back everything as it was when the page was opened.
 * @param {Child[]} [parts.status] The line that compares with NumPy, and the live region.
 * @returns {HTMLElement}
 */
export function frame({
  model,
  kind,
  label,
  picture,
  controls,
  formula = [],
  numbers = [],
  more = [],
  startOver,
  status = [],
}) {
  const foot = element("div", { class: "sms-foot" }, button("Start over", startOver));
  const node = element(
    "div",
    { class: `sms-widget ${kind}`, role: "group", "aria-label": label },
    element(
      "div",
      { class: "sms-stage" },
      element("div", { class: "sms-picture" }, ...picture),
      element("div", { class: "sms-controls" }, ...controls),
    ),
    ...(formula.length ? [element("div", { class: "sms-formulas" }, ...formula)] : []),
    foot,
    ...(numbers.length ? [fold("Numbers", ...numbers)] : []),
    ...more,
    ...status,
  );
  if (model.page?.link) foot.append(linkButton(model.page.link));
  foot.append(mountPresenter(node, model.page?.isPresented ?? false));
  return node;
}

/**
 * Fold something below a word. It stays folded until the reader opens it.
 * @param {string} name
 * @param {...Child} children
 */
export const fold = (name, ...children) =>
  element("details", { class: "sms-fold" }, element("summary", {}, name), element("div", {}, ...children));

/**
 * Return a widget's fold "Numbers". Opening it draws the widget anew: numbers that are folded away need
 * not be drawn.
 * @param {HTMLElement} node The widget.
 * @param {() => void} redraw
 */
export function numbersFold(node, redraw) {
  const fold = /** @type {HTMLDetailsElement} */ (node.querySelector(".sms-fold"));
  fold.addEventListener("toggle", redraw);
  return fold;
}

/**
 * Return a function that sets traits of a model to what they were when the widget was drawn first, or
 * when its page was opened without an address of its own.
 * @param {WidgetState} model
 * @param {string[]} traits
 */
export function returning(model, traits) {
  const first = traits.map((trait) => (model.page ? model.page.start(trait) : model.get(trait)));
  return () => {
    traits.forEach((trait, k) => {
      model.set(trait, first[k]);
    });
    model.save_changes();
  };
}

/** @param {() => string} link */
function linkButton(link) {
  const said = element("span", { class: "sms-said", role: "status" });
  const node = button("Copy link", async () => {
    try {
      await navigator.clipboard.writeText(link());
      said.textContent = "Copied.";
    } catch {
      // Without a secure address a browser has no clipboard: show the link, to copy by hand.
      const shown = element("input", { class: "sms-link", readonly: true, value: link(), "aria-label": "The link" });
      said.replaceChildren(shown);
      shown.select();
    }
  });
  node.append(element("span", { class: "sms-if-wide" }, " to this state"));
  return element("span", { class: "sms-with-word" }, node, said);
}
