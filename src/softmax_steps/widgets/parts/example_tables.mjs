// The tables of an example: what is given, a place for each number of a step, and all of it on paper.
import { element, renew, sketch } from "../shared/view.mjs";
import { cellName, decimals, LINES, STEPS } from "./example_numbers.mjs";

/** @typedef {import("./example_numbers.mjs").Example} Example */
/** @typedef {import("./example_numbers.mjs").Found} Found */

const CLASSES = [0, 1, 2];
// As many rows as the lines of an example have.
const ROWS = { sample: 2, feature: 2, "": 1 };
const MARKS = { right: "✓", wrong: "✗", unreadable: "?", shown: "", empty: "" };
const SPOKEN = { right: ", right", wrong: ", not yet", unreadable: ", no number", shown: ", shown", empty: "" };

const table = (name, rows) =>
  sketch(
    "span",
    { class: "given" },
    sketch("var", {}, name),
    " = ",
    sketch(
      "table",
      { "aria-label": name },
      sketch("tbody", {}, ...rows.map((row) => sketch("tr", {}, ...row.map((text) => sketch("td", {}, text))))),
    ),
  );

/**
 * Draw what is given.
 * @param {Element} node
 * @param {Example} example
 */
export function drawGiven(node, { X, y, W, b, strength }) {
  renew(
    node,
    table(
      "X",
      X.map((row) => row.map(decimals)),
    ),
    table(
      "y",
      y.map((label) => [String(label)]),
    ),
    table(
      "W",
      W.map((row) => row.map(decimals)),
    ),
    table("b", [b.map(decimals)]),
    sketch("span", { class: "given" }, sketch("var", {}, "λ"), ` = ${strength}`),
  );
}

/** The line that a step begins with, where it is not what is given. */
const BEFORE = { 2: "F", 3: "shifted", 4: "P", 5: "data_loss", 6: "P" };
const NAMES = { F: "F", shifted: "F′", P: "P", data_loss: "data loss" };

/**
 * Make the fields of one step.
 * @param {number} step From 1 to 6.
 * @param {object} follow What is called.
 * @param {(cell: string, text: string) => void} follow.onType A cell has another text.
 * @param {(cell: string) => void} follow.onEnter The hand comes to a cell.
 * @param {(cell: string) => void} follow.onLeave The hand leaves it, or says that it is done.
 * @param {() => void} follow.onEnd Enter was pressed in the last cell.
 */
export function stepFields(step, { onType, onEnter, onLeave, onEnd }) {
  /** @type {Map<string, { input: HTMLInputElement, mark: HTMLElement, name: string }>} */
  const fields = new Map();
  const before = element("p", { class: "before" });
  const body = element("tbody");
  const lines = LINES.filter((line) => line.step === step);
  /** @type {HTMLInputElement[][]} */
  const grid = [];
  for (const { name, formula, rows, columns } of lines) {
    body.append(element("tr", {}, element("th", { colspan: 4, scope: "colgroup", class: "formula" }, formula)));
    for (let i = 0; i < ROWS[rows]; i++) {
      const heading = rows ? `${rows} ${i + 1}` : "";
      const row = element("tr", {}, element("th", { scope: "row" }, heading));
      grid.push(
        (columns ? CLASSES : [0]).map((j) => {
          const label = [formula.split(" = ")[0], heading, columns ? `class ${j}` : ""].filter(Boolean).join(", ");
          const input = element("input", {
            type: "text",
            inputmode: "decimal",
            enterkeyhint: "next",
            maxlength: 20,
            autocomplete: "off",
            spellcheck: "false",
            "data-lm-suppress-shortcuts": "true",
            "data-cell": cellName(name, i, j),
          });
          const mark = element("span", { class: "verdict", "aria-hidden": "true" });
          row.append(element("td", {}, input, mark));
          fields.set(cellName(name, i, j), { input, mark, name: label });
          return input;
        }),
      );
      body.append(row);
    }
  }
  const classes = lines.some(({ columns }) => columns);
  const head = element("tr", {}, element("td"), ...CLASSES.map((j) => element("th", { scope: "col" }, `class ${j}`)));
  const node = element(
    "div",
    { class: "step", role: "group", "aria-label": `Step ${step}: ${STEPS[step - 1]}` },
    element("p", { class: "title" }, element("strong", {}, `${step} · ${STEPS[step - 1]}`)),
    before,
    element("table", {}, ...(classes ? [element("thead", {}, head)] : []), body),
  );

  const order = grid.flat();
  const go = (input) => {
    input?.focus();
    input?.select();
  };
  node.addEventListener("input", ({ target }) => {
    if (target instanceof HTMLInputElement) onType(target.dataset.cell ?? "", target.value);
  });
  node.addEventListener("focusin", ({ target }) => {
    if (target instanceof HTMLInputElement) onEnter(target.dataset.cell ?? "");
  });
  node.addEventListener("focusout", ({ target }) => {
    if (target instanceof HTMLInputElement) onLeave(target.dataset.cell ?? "");
  });
  node.addEventListener("keydown", (event) => {
    const input = event.target;
    if (!(input instanceof HTMLInputElement) || event.altKey || event.ctrlKey || event.metaKey) return;
    const place = order.indexOf(input),
      row = grid.findIndex((each) => each.includes(input)),
      column = grid[row].indexOf(input);
    const [from, to] = [input.selectionStart, input.selectionEnd];
    const isAll = from === 0 && to === input.value.length;
    const isAt = (end) => isAll || (from === to && from === end);
    /** @type {HTMLInputElement | undefined} */
    let next;
    if (event.key === "Enter") next = order[place + (event.shiftKey ? -1 : 1)];
    else if (event.key === "ArrowDown") next = grid[row + 1]?.[Math.min(column, grid[row + 1].length - 1)];
    else if (event.key === "ArrowUp") next = grid[row - 1]?.[Math.min(column, grid[row - 1].length - 1)];
    else if (event.key === "ArrowRight" && isAt(input.value.length)) next = order[place + 1];
    else if (event.key === "ArrowLeft" && isAt(0)) next = order[place - 1];
    else return;
    if (event.key === "Enter") onLeave(input.dataset.cell ?? "");
    if (next) go(next);
    else if (event.key === "Enter" && !event.shiftKey) onEnd();
    event.preventDefault();
  });

  return {
    node,
    first: () => go(order[0]),
    /**
     * Show what stands in each cell, and what is said of it.
     * @param {(cell: string) => { text: string, verdict: string }} state
     * @param {(line: string, i: number, j: number) => string | null} term
     */
    show(state, term) {
      for (const [cell, { input, mark, name }] of fields) {
        const { text, verdict } = state(cell);
        if (input.value !== text) input.value = text;
        input.readOnly = verdict === "shown";
        input.setAttribute("aria-invalid", String(verdict === "wrong" || verdict === "unreadable"));
        input.setAttribute("aria-label", name + SPOKEN[verdict]);
        input.dataset.verdict = verdict;
        renew(mark, MARKS[verdict]);
      }
      const line = BEFORE[step];
      if (!line) return;
      const one = line === "data_loss";
      const rows = (one ? [0] : [0, 1]).map((i) => (one ? [0] : CLASSES).map((j) => term(line, i, j)));
      const isKnown = rows.flat().every((text) => text !== null);
      const text = one ? rows[0][0] : rows.map((row) => `(${row.join(" ")})`).join(", ");
      const source = LINES.find(({ name }) => name === line)?.step;
      renew(before, isKnown ? `${NAMES[line]} = ${text}` : `It takes ${NAMES[line]} from step ${source}.`);
    },
  };
}

/**
 * Draw the worksheet that is printed: what is given, and a place for each number.
 * @param {Element} node
 * @param {number} seed
 * @param {Example} example
 * @param {Found} exact
 * @param {(step: number) => boolean} isFilled Whether the numbers of a step stand there.
 */
export function drawSheet(node, seed, example, exact, isFilled) {
  const given = element("div", { class: "givens" });
  drawGiven(given, example);
  node.replaceChildren(
    element("p", { class: "heading" }, `Six steps by hand: example ${seed}`),
    element("p", {}, "A row of X is a sample; y has its true class, counted from 0. Work with three decimals."),
    given,
    ...STEPS.map((name, k) =>
      element(
        "div",
        { class: "part" },
        element("p", {}, element("strong", {}, `${k + 1} · ${name}`)),
        ...LINES.filter(({ step }) => step === k + 1).map(({ name: line, formula }) =>
          element(
            "div",
            { class: "line" },
            element("span", {}, formula),
            element(
              "table",
              {},
              element(
                "tbody",
                {},
                ...exact[line].map((row) =>
                  element("tr", {}, ...row.map((v) => element("td", {}, isFilled(k + 1) ? decimals(v) : ""))),
                ),
              ),
            ),
          ),
        ),
      ),
    ),
  );
}
