// The other text's formulas with the gradients, as HTML: v("W") is a symbol, changed(…) marks what differs
// from this book.

import { sketch } from "../shared/view.mjs";

const v = (name) => sketch("var", {}, name);
const sup = (...parts) => sketch("sup", {}, ...parts);
const sub = (...parts) => sketch("sub", {}, ...parts);
const fraction = (top, bottom) =>
  sketch("span", { class: "fraction" }, sketch("span", {}, ...top), sketch("span", {}, ...bottom));
const changed = (differs, ...parts) => sketch("span", { class: differs && "changed" }, ...parts);
const stack = (...rows) => sketch("span", { class: "stack" }, ...rows.map((row) => sketch("span", {}, row)));

/**
 * Return the lines of the other text's formulas.
 * @param {Record<string, any>} now The conventions.
 * @returns {Child[][]}
 */
export function formulas(now) {
  const columns = now.samples === "columns",
    apart = now.bias === "apart",
    half = now.penalty === "half";
  const one = () => (apart ? [] : [sub("1")]);
  const x = () => [v("X"), ...one()],
    w = () => [v("W"), ...one()];
  const T = () => sup("⊤"),
    turned = (...parts) => changed(columns, ...parts);
  const bits = now.unit === "bits",
    mean = now.over === "mean";
  const below = () => [...(mean ? [v("N")] : []), ...(mean && bits ? [" "] : []), ...(bits ? ["log 2"] : [])];
  const share = () => (mean || bits ? [fraction(["1"], below())] : []);
  const sumOver = () => sketch("span", { class: "sum" }, "∑", sub(v("i")));
  const error = () => ["(", v("P"), " − ", v("Y"), ")"];
  const priced = () => (now.bias === "penalised" ? changed(true, ...w()) : v("W"));
  const pull = () =>
    changed(
      !half || !apart,
      ...(half ? [] : ["2"]),
      v("λ"),
      ...(now.bias === "folded" ? [columns ? sketch("span", {}, "(", v("W"), " 0)") : stack(v("W"), "0")] : w()),
    );
  const lines = [
    [
      v("F"),
      " = ",
      changed(columns || !apart, ...(columns ? [...w(), " ", ...x()] : [...x(), " ", ...w()])),
      ...(apart
        ? [turned(" + ", ...(columns ? [v("b"), " ", sketch("b", {}, "1"), T()] : [sketch("b", {}, "1"), v("b"), T()]))]
        : []),
    ],
    [
      v("L"),
      " = ",
      changed(!mean, ...(mean ? [fraction(["1"], [v("N")])] : []), sumOver()),
      " −",
      changed(bits, "log", ...(bits ? [sub("2")] : [])),
      " ",
      v("P"),
      sub(turned(...(columns ? [v("y"), sub(v("i")), v("i")] : [v("i"), v("y"), sub(v("i"))]))),
      " + ",
      changed(!half, ...(half ? [fraction([v("λ")], ["2"])] : [v("λ")])),
      "‖",
      priced(),
      "‖",
      sup("2"),
    ],
    [
      fraction(["∂", v("L")], ["∂", changed(!apart, ...w())]),
      " = ",
      changed(
        !mean || bits || columns || !apart,
        ...share(),
        ...(columns ? [...error(), " ", ...x(), T()] : [...x(), T(), ...error()]),
      ),
      " + ",
      pull(),
    ],
  ];
  if (apart) {
    lines.push([
      fraction(["∂", v("L")], ["∂", v("b")]),
      " = ",
      changed(
        !mean || bits || columns,
        ...share(),
        sumOver(),
        ...error(),
        sub(...(columns ? [":, ", v("i")] : [v("i"), ", :"])),
      ),
    ]);
  }
  return lines;
}
