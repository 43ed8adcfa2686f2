// The presenter's mode: one widget alone on the screen, as large as it fits, for a lecture. P starts and
// ends it, Escape ends it, and so does its button. An address with ?present opens a page in it.
import { button, renew } from "./view.mjs";

const WIDTH = 940; // of a widget on a wide page, in pixels
const LARGEST = 3;

/** @param {KeyboardEvent} event */
const isTyping = ({ target }) =>
  target instanceof HTMLElement &&
  (target.isContentEditable || target.matches("textarea, select, input:not([type=range], [type=radio])"));

/**
 * Give a widget its presenter's mode.
 * @param {HTMLElement} node The widget.
 * @param {boolean} atOnce Whether to begin in it.
 * @returns {HTMLButtonElement} The button that starts and ends it.
 */
export function mountPresenter(node, atOnce) {
  /** @type {HTMLElement[]} */
  let silenced = [];
  let isOn = false;
  const fit = () => {
    const { clientWidth, clientHeight } = document.documentElement;
    const width = Math.min(WIDTH, clientWidth);
    Object.assign(node.style, { width: `${width}px`, maxHeight: "none" });
    const scale = Math.min(LARGEST, clientWidth / width, Math.max(1, clientHeight / node.offsetHeight));
    const [left, top] = [clientWidth - width * scale, clientHeight - node.offsetHeight * scale];
    node.style.transform = `translate(${left / 2}px, ${Math.max(0, top / 2)}px) scale(${scale})`;
    node.style.maxHeight = `${clientHeight / scale}px`;
  };
  // Pictures are drawn anew for the width that they get, and may be taller then.
  const watch = new ResizeObserver(fit);
  const turn = (on) => {
    if (on === isOn) return;
    isOn = on;
    node.classList.toggle("sms-presented", on);
    document.documentElement.classList.toggle("sms-presenting", on);
    renew(control, on ? "Leave the full screen (P)" : "Present (P)");
    if (on) {
      // The top layer: what stands around a widget may clip it, or move what is fixed.
      node.popover = "manual";
      node.showPopover();
      // Nothing else takes the keys, or is read out.
      for (let inner = /** @type {HTMLElement} */ (node); inner !== document.body; ) {
        const outer = inner.parentElement;
        if (!outer) break;
        for (const other of outer.children)
          if (other !== inner && other instanceof HTMLElement && !other.inert) silenced.push(other);
        inner = outer;
      }
      for (const other of silenced) other.inert = true;
      addEventListener("resize", fit);
      fit();
      if (node.firstElementChild) watch.observe(node.firstElementChild);
    } else {
      node.hidePopover();
      node.removeAttribute("popover");
      for (const other of silenced) other.inert = false;
      silenced = [];
      removeEventListener("resize", fit);
      watch.disconnect();
      Object.assign(node.style, { width: "", maxHeight: "", transform: "" });
    }
    control.focus({ preventScroll: true });
  };
  const control = button("Present (P)", () => turn(!isOn));
  control.hidden = !("showPopover" in node); // a browser without a top layer
  node.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event)) return;
    if (event.key === "p" || event.key === "P") turn(!isOn);
    else if (event.key === "Escape" && isOn) turn(false);
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  if (atOnce) setTimeout(() => turn(true));
  return control;
}
