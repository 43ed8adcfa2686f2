// Numbers as text.

/**
 * Write a number with a true minus sign, and as a power of ten where that is shorter.
 * @param {number} value
 * @param {number} digits How many significant ones.
 */
export function number(value, digits = 4) {
  if (value === 0) return "0";
  if (!Number.isFinite(value)) return Number.isNaN(value) ? "nan" : value < 0 ? "−inf" : "inf";
  const size = Math.abs(value);
  if (size >= 1e-3 && size < 1e5) {
    const places = Math.max(0, Math.min(6, digits - 1 - Math.floor(Math.log10(size))));
    return value.toFixed(places).replace("-", "−");
  }
  const [mantissa, exponent] = value.toExponential(digits - 2).split("e");
  return `${mantissa.replace("-", "−")} × 10${superscript(Number(exponent))}`;
}

/** @param {number} n A whole number. */
export function superscript(n) {
  return String(n).replace(/[-\d]/g, (c) => (c === "-" ? "⁻" : "⁰¹²³⁴⁵⁶⁷⁸⁹"[Number(c)]));
}

/**
 * Write a number without zeros at its end: 3, −0.5, 12.3.
 * @param {number} value
 * @param {number} digits How many significant ones at most.
 */
export function short(value, digits = 3) {
  return number(value, digits)
    .replace(/(\.\d*?)0+(?=$| )/, "$1")
    .replace(/\.(?=$| )/, "");
}
