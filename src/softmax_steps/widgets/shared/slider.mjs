// Sliders, and the logarithmic scale that some of them have.
import { superscript } from "./numbers.mjs";
import { element, renew } from "./view.mjs";

// A native slider with its name and its value read out as a quantity.
export function slider({ label, min, max, step, value, text, spoken, onInput }) {
  const input = element("input", {
    type: "range",
    min,
    max,
    step,
    value,
    "aria-label": label,
    "data-lm-suppress-shortcuts": "true",
  });
  const readout = element("output", { class: "sms-readout" });
  const name = element("span", { class: "sms-slider-name", "aria-hidden": "true" }, label);
  const node = element("div", { class: "sms-slider" }, name, readout, input);
  const update = () => {
    renew(readout, text(+input.value));
    input.setAttribute("aria-valuetext", spoken(+input.value));
  };
  input.addEventListener("input", () => {
    onInput(+input.value);
    update();
  });
  update();
  return {
    node,
    input,
    set(position) {
      input.value = position;
      update();
    },
  };
}

/**
 * A logarithmic scale for a slider: position 0 is the value 0, position 1 is 10^from.
 * @param {object} range
 * @param {number} range.from The power of ten of the least value above 0.
 * @param {number} range.to The power of ten of the largest value.
 * @param {number} range.perDecade How many positions a factor of ten has.
 */
export function logarithmicScale({ from, to, perDecade }) {
  const last = 1 + (to - from) * perDecade;
  const toValue = (position) => (position === 0 ? 0 : 10 ** (from + (position - 1) / perDecade));
  const toPosition = (value) =>
    value === 0 ? 0 : Math.min(last, Math.max(1, Math.round(1 + (Math.log10(value) - from) * perDecade)));
  return {
    last,
    largest: 10 ** to,
    toValue,
    toPosition,
    // Where a rounded value, as an address has it, is nearly that of a position, return the latter.
    onGrid(value) {
      const near = toValue(toPosition(value));
      return Math.abs(near - value) < 1e-3 * Math.abs(value) ? near : value;
    },
    // Labels for the positions 0, 1 + perDecade, 1 + 2 perDecade, …: a label for each decade.
    ticks() {
      const powers = Array.from({ length: to - from }, (_, k) => from + 1 + k);
      return ["0", ...powers.map((power) => (power < -2 ? `10${superscript(power)}` : String(10 ** power)))];
    },
  };
}
