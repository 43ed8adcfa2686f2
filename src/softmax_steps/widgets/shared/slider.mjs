// Sliders, and the logarithmic scale that some of them have.
import { superscript } from "./numbers.mjs";
import { element, renew } from "./view.mjs";

/**
 * Make a native slider with its name and its value as a quantity, also for screen readers.
 * @param {object} options
 * @param {string} options.label
 * @param {number} options.min
 * @param {number} options.max
 * @param {number} options.step
 * @param {number} options.value
 * @param {(position: number) => string} options.text
 * @param {(position: number) => string} options.spoken
 * @param {(position: number) => void} options.onInput
 */
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
      if (+input.value !== position) input.value = position;
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
  /** @param {number} position */
  const toValue = (position) => (position === 0 ? 0 : 10 ** (from + (position - 1) / perDecade));
  /** @param {number} value */
  const toPosition = (value) =>
    value === 0 ? 0 : Math.min(last, Math.max(1, Math.round(1 + (Math.log10(value) - from) * perDecade)));
  return {
    last,
    least: 10 ** from, // above 0
    largest: 10 ** to,
    toValue,
    toPosition,
    // Return where a value above 0 lies, also between two positions.
    /** @param {number} value */
    place: (value) => 1 + (Math.log10(value) - from) * perDecade,
    // Return the value of the nearest position if it is nearly the given one, which was rounded.
    /** @param {number} value */
    onGrid(value) {
      const near = toValue(toPosition(value));
      return Math.abs(near - value) < 1e-3 * Math.abs(value) ? near : value;
    },
    // Return labels for 0 and for the end of each decade.
    ticks() {
      const powers = Array.from({ length: to - from }, (_, k) => from + 1 + k);
      return ["0", ...powers.map((power) => (power < -2 ? `10${superscript(power)}` : String(10 ** power)))];
    },
  };
}
