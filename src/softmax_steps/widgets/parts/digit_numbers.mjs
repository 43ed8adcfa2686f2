// The numbers of a drawn digit in a table: a line for each class.
import { number } from "../shared/numbers.mjs";
import { element, renew, sketch } from "../shared/view.mjs";

const HEADS = ["class", "f", "f − max", "p", "−log p", "p − y", "p, a step on"];

/** Make the table. */
export function digitNumbers() {
  const table = element("table");
  const node = element(
    "div",
    { class: "scroll", tabindex: 0, role: "region", "aria-label": "Numbers of each class" },
    table,
  );
  /**
   * @param {ReturnType<typeof import("./digit_model.mjs").workThrough>} found
   * @param {number} meant
   */
  function show({ F, shifted, P, logP, after }, meant) {
    const lines = F.map((f, j) => [
      f,
      shifted[j],
      P[j],
      -logP[j],
      ...(after ? [P[j] - (j === meant ? 1 : 0), after.P[j]] : []),
    ]);
    renew(
      table,
      sketch("thead", {}, sketch("tr", {}, ...HEADS.map((name) => sketch("th", { scope: "col" }, name)))),
      sketch(
        "tbody",
        {},
        ...lines.map((line, j) =>
          sketch(
            "tr",
            {},
            sketch("th", { scope: "row" }, String(j)),
            ...HEADS.slice(1).map((_, k) => sketch("td", {}, k < line.length ? number(line[k]) : "")),
          ),
        ),
      ),
    );
  }
  return { node, show };
}
