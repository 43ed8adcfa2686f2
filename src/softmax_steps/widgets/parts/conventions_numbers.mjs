// The numbers of both texts side by side: the loss in its parts, and the matrices before and after a step.

import { number, short } from "../shared/numbers.mjs";
import { element, renew, sketch } from "../shared/view.mjs";

/** Make the table of numbers and the matrices below it. */
export function numberTables() {
  const table = element("table", { class: "numbers" }),
    matrices = element("div", { class: "matrices" });
  return {
    nodes: [table, matrices],
    /**
     * @param {any} shown As carryOver() returns it.
     * @param {Record<string, any>} now What the reader has chosen.
     * @param {string} steps How many, in words.
     */
    draw(shown, now, steps) {
      const { ours, theirs } = shown;
      const cell = (text, tag = "td", scope) => sketch(tag, { scope }, text);
      const row = (name, here, there) => sketch("tr", {}, cell(name, "th", "row"), cell(here), cell(there));
      const unit = `data loss (nats${now.unit === "bits" ? " | bits" : ""})`;
      renew(
        table,
        sketch(
          "thead",
          {},
          sketch("tr", {}, sketch("td"), cell("this book", "th", "col"), cell("theirs", "th", "col")),
        ),
        sketch(
          "tbody",
          {},
          row("λ", short(now.strength, 4), short(shown.strength, 4)),
          row("η", short(now.learningRate, 4), short(shown.rate, 4)),
          row(unit, number(ours.dataLoss), number(theirs.dataLoss)),
          row("penalty", number(ours.penalty), number(theirs.penalty)),
          row("loss", number(ours.loss), number(theirs.loss)),
          row("length of the gradient", number(ours.length), number(theirs.length)),
        ),
      );
      const isFolded = now.bias !== "apart";
      const bias = (name, here, there) => pair(name, [here], there && [there], isFolded);
      renew(
        matrices,
        ...pair("Scores F", ours.scores, theirs.scores, isFolded),
        ...pair("∂L/∂W", ours.dW, theirs.dW, isFolded),
        ...bias("∂L/∂b", ours.db, theirs.db),
        ...pair(`W after ${steps}`, ours.W, theirs.W, isFolded),
        ...bias(`b after ${steps}`, ours.b, theirs.b),
      );
    },
  };
}

function pair(name, here, there, isFolded) {
  return [
    sketch("div", { class: "name" }, isFolded && name.includes("W") ? `${name} | ${name.replace("W", "W₁")}` : name),
    sketch("div", {}, matrix(`${name}, this book`, here)),
    sketch("div", {}, there ? matrix(`${name}, other text`, there) : sketch("span", { class: "none" }, "in W₁")),
  ];
}

function matrix(name, M) {
  const rows = M.map((row) =>
    Array.from(row, (value) => (Math.abs(value) < 1000 ? value.toFixed(3) : number(value, 2)).replace("-", "−")),
  );
  return sketch(
    "div",
    {
      class: "matrix",
      role: "img",
      "aria-label": `${name}: ${rows.map((row) => row.join(", ")).join("; ")}`,
      style: `grid-template-columns: repeat(${rows[0].length}, auto)`,
    },
    ...rows.flat().map((text) => sketch("span", { "aria-hidden": "true" }, text)),
  );
}
