// The tables of the overflow lab: the verdicts on each way in each float type, to choose one of them, and
// the steps of the chosen way.

import { superscript } from "../shared/numbers.mjs";
import { element, renew, sketch } from "../shared/view.mjs";
import { breaks, brief, METHODS, STEPS, TYPES } from "./overflow_arithmetic.mjs";

export const SIGNS = { right: "✓", wrong: "≠", inf: "inf", nan: "nan" };
const SPOKEN = { right: "right", wrong: "wrong without a sign", inf: "inf", nan: "nan" };
const STEP_CELLS = { sum: 1, logarithm: 1 };
const NAMES = { unguarded: "no guard", "whole-matrix": "whole matrix", row: "row guard", "log-softmax": "log-softmax" };
const WAYS = Object.keys(METHODS).flatMap((method) => TYPES.map((type) => [method, type]));

// Make radio buttons for the cells of a grid: arrow keys move along its rows and columns.
function radios(count, columns, choose) {
  const name = `sms-${Math.random().toString(36).slice(2)}`;
  const inputs = Array.from({ length: count }, (_, k) => {
    const input = element("input", { type: "radio", name, "data-lm-suppress-shortcuts": "true" });
    input.addEventListener("change", () => choose(k));
    input.addEventListener("keydown", (event) => {
      const move = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columns, ArrowDown: columns }[event.key];
      if (!move) return;
      event.preventDefault();
      const to = (k + move + count) % count;
      inputs[to].focus();
      inputs[to].checked = true;
      choose(to);
    });
    return input;
  });
  return inputs;
}

/**
 * Make the table of verdicts: a row for each guard, a column for each float type.
 * @param {(method: string, type: string) => void} onChoose
 */
export function verdictTable(onChoose) {
  const doors = radios(WAYS.length, TYPES.length, (k) => onChoose(WAYS[k][0], WAYS[k][1]));
  const signs = doors.map(() => [element("span"), element("span")]);
  const cell = (k) =>
    element("td", {}, element("label", {}, doors[k], element("span", { class: "door" }, ...signs[k])));
  const node = element(
    "table",
    { class: "verdicts" },
    element("caption", {}, "Guard and float type"),
    element(
      "thead",
      {},
      element("tr", {}, element("td"), ...TYPES.map((type) => element("th", { scope: "col" }, type))),
    ),
    element(
      "tbody",
      {},
      ...Object.values(NAMES).map((name, m) =>
        element("tr", {}, element("th", { scope: "row" }, name), ...TYPES.map((_, t) => cell(3 * m + t))),
      ),
    ),
  );
  return {
    node,
    /**
     * @param {any} shown As lab() returns it.
     * @param {string} method
     * @param {string} dtype
     */
    draw(shown, method, dtype) {
      WAYS.forEach(([m, t], k) => {
        const ends = shown[t][m].map((row) => row.verdict);
        doors[k].checked = m === method && t === dtype;
        doors[k].setAttribute(
          "aria-label",
          `${METHODS[m]}, ${t}: ${ends.map((end, r) => `row ${r} ${SPOKEN[end]}`).join(", ")}`,
        );
        ends.forEach((end, r) => {
          renew(signs[k][r], SIGNS[end]);
          if (signs[k][r].className !== end) signs[k][r].className = end;
        });
      });
    },
  };
}

/** Make a table of steps for each float type: all of them stand side by side where there is room. */
export function stepTables() {
  const heads = () => [0, 1, 2].map((j) => element("th", { scope: "col" }, `class ${j}`));
  const panels = TYPES.map((type) => {
    const groups = [0, 1].map((i) => {
      const rows = Object.fromEntries(
        Object.entries(STEPS).map(([step, name]) => {
          const cells = Array.from({ length: STEP_CELLS[step] ?? 3 }, () =>
            element("td", STEP_CELLS[step] ? { colspan: 3 } : {}),
          );
          const head = element("th", { scope: "row" }, name);
          return [step, { node: element("tr", { class: step }, head, ...cells), head, cells }];
        }),
      );
      const words = element("td", { colspan: 4 });
      const head = element("tr", {}, element("th", { colspan: 4, scope: "rowgroup" }, `row ${i}`));
      const lines = Object.values(rows).map((row) => row.node);
      return { rows, words, node: element("tbody", {}, head, ...lines, element("tr", { class: "words" }, words)) };
    });
    const node = element(
      "table",
      { class: "way" },
      element("caption", {}, type),
      element("thead", {}, element("tr", {}, element("td"), ...heads())),
      ...groups.map((group) => group.node),
    );
    return { groups, node };
  });
  const heading = element("p", { class: "sms-heading" });
  return {
    nodes: [heading, element("div", { class: "ways" }, ...panels.map((panel) => panel.node))],
    /**
     * @param {any} shown As lab() returns it.
     * @param {{ method: string, dtype: string, chosen: number }} now
     * @param {(row: number, type: string) => string} explained
     */
    draw(shown, { method, dtype, chosen }, explained) {
      renew(heading, `Step by step: ${METHODS[method]}`);
      TYPES.forEach((type, t) => {
        panels[t].node.classList.toggle("chosen", type === dtype);
        panels[t].groups.forEach((group, r) => {
          drawSteps(group.rows, shown[type][method][r], method, Math.floor(chosen / 3) === r ? chosen % 3 : -1);
          renew(group.words, raised(explained(r, type)));
        });
      });
    },
  };
}

function drawSteps(lines, { steps, first, verdict, worst }, method, moved) {
  for (const [step, { node, head, cells }] of Object.entries(lines)) {
    node.hidden = !(step in steps) || (step === "shifted" && method === "unguarded");
    if (node.hidden) continue;
    if (step === "result") renew(head, method === "log-softmax" ? "log P" : "P");
    cells.forEach((cell, c) => {
      const v = steps[step][c];
      const isFirst = first?.step === step && first.column === c;
      const isWrong = step === "result" && verdict === "wrong" && c === worst;
      const text = `${isFirst ? "✗ " : ""}${brief(v, cells.length === 1)}`;
      const isQuotient = step === "result" && Number.isNaN(v) && method !== "log-softmax";
      renew(
        cell,
        text,
        ...(isWrong ? [sketch("small", {}, "≠ wrong")] : []),
        ...(isQuotient ? [sketch("small", {}, `${brief(steps.exponential[c])}/${brief(steps.sum[0])}`)] : []),
      );
      const kind = isFirst ? "first" : isWrong ? "first off" : breaks(v, step, method) ? "bad" : "";
      const name = `${kind}${text.length > 6 ? " long" : ""}${step === "score" && c === moved ? " moved" : ""}`;
      if (cell.className !== name) cell.className = name;
    });
  }
}

/**
 * Write the powers of e in a text with raised digits.
 * @param {string} text
 */
export const raised = (text) =>
  text.replace(/e\^(−?)(\d+)/g, (_, sign, n) => `e${superscript((sign ? -1 : 1) * Number(n))}`);
