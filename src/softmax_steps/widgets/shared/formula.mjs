// Displayed formulas whose numbers change. A page has them typeset by KaTeX when it is built; where a
// kernel runs there may be no KaTeX, and a plain line stands in.
import { element, renew, sketch } from "./view.mjs";

const DIGITS = "⁰¹²³⁴⁵⁶⁷⁸⁹";
const RAISED = /e\^\{([^}]*)\}/g;
const POWER = /^(.*10)([⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)(.*)$/;

/**
 * Make a formula of the widget's `formulas` in Python.
 *
 * There `\slot{name}` marks the place of a number. The plain line marks it by `{name}`.
 * @param {WidgetState} model
 * @param {string} name Which of them.
 * @param {string} plain The formula as a line of text.
 * @returns {{ node: HTMLElement, set(numbers: Record<string, string>): void }} `set` writes the numbers
 *   of all slots, and tells screen readers the whole line.
 */
export function formula(model, name, plain) {
  const node = element("div", { class: "sms-formula", role: "img", translate: "no" });
  const typeset = model.page?.formulas?.[name];
  const inner = element("span", { "aria-hidden": "true" });
  node.append(inner);
  if (typeset) inner.innerHTML = typeset;
  else
    inner.append(
      ...plain
        .split(/(\{\w+\})/)
        .map((part) => (part.startsWith("{") ? element("span", { class: `sms-slot-${part.slice(1, -1)}` }) : part)),
    );
  const slots = new Map();
  const find = (slot) => {
    if (!slots.has(slot)) slots.set(slot, [...inner.querySelectorAll(`.sms-slot-${slot}`)]);
    return slots.get(slot);
  };
  return {
    node,
    set(numbers) {
      for (const [slot, text] of Object.entries(numbers)) for (const place of find(slot)) renew(place, ...power(text));
      const line = plain.replace(/\{(\w+)\}/g, (_, slot) => numbers[slot] ?? "").replace(RAISED, "e^($1)");
      if (node.getAttribute("aria-label") !== line) node.setAttribute("aria-label", line);
    },
  };
}

/**
 * Return a number's text, as in 1.2 × 10⁻⁵, with its exponent raised: the fonts of formulas have no
 * raised digits. So are the exponents of a sum such as e^{−2} + e^{0}.
 * @param {string} text
 * @returns {Child[]}
 */
export function power(text) {
  /** @type {Child[]} */
  const pieces = text.split(RAISED);
  if (pieces.length > 1) {
    for (let k = pieces.length - 2; k > 0; k -= 2)
      pieces.splice(k, 1, sketch("i", { class: "mathnormal" }, "e"), sketch("sup", {}, pieces[k]));
    return pieces.filter((piece) => piece !== "");
  }
  const parts = POWER.exec(text);
  if (!parts) return [text];
  const exponent = parts[2].replace(/./g, (c) => (c === "⁻" ? "−" : String(DIGITS.indexOf(c))));
  return [parts[1], sketch("sup", {}, exponent), parts[3]];
}
