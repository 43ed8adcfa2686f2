// Numbers as the widgets write them.

// Four significant digits, a true minus sign, and powers of ten where they are shorter.
export function number(value, digits = 4) {
  if (value === 0) return "0";
  if (!Number.isFinite(value)) return Number.isNaN(value) ? "nan" : value < 0 ? "−inf" : "inf";
  const size = Math.abs(value);
  if (size >= 1e-3 && size < 1e5) {
    const places = Math.max(0, Math.min(6, digits - 1 - Math.floor(Math.log10(size))));
    return value.toFixed(places).replace("-", "−");
  }
  const [mantissa, exponent] = value.toExponential(digits - 2).split("e");
  return `${mantissa.replace("-", "−")} × 10${superscript(+exponent)}`;
}

export function superscript(n) {
  return String(n).replace(/[-\d]/g, (c) => (c === "-" ? "⁻" : "⁰¹²³⁴⁵⁶⁷⁸⁹"[c]));
}

// Without zeros at the end: 3, −0.5, 12.3
export function short(value, digits = 3) {
  return number(value, digits)
    .replace(/(\.\d*?)0+(?=$| )/, "$1")
    .replace(/\.(?=$| )/, "");
}
