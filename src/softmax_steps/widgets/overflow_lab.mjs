// The overflow lab: scores on the line between the two walls of a float type, and what four ways from
// scores to probabilities make of them in three types. See parts/overflow_arithmetic.mjs for its numbers.

import { arithmetic, brief, difference, explain, lab, METHODS, TYPES } from "./parts/overflow_arithmetic.mjs";
import { numberLine } from "./parts/overflow_line.mjs";
import { raised, SIGNS, stepTables, verdictTable } from "./parts/overflow_tables.mjs";
import { among } from "./shared/address.mjs";
import { drawComparison } from "./shared/compare.mjs";
import { formula } from "./shared/formula.mjs";
import { frame, numbersFold, returning } from "./shared/frame.mjs";
import { announcer, element, follow, menu, oncePerEvent, renew } from "./shared/view.mjs";

function render({ model, el }) {
  const get = (name) => model.get(name);
  const kinds = Object.fromEntries(TYPES.map((type) => [type, arithmetic(type, get("corrections")[type])]));
  const largest = get("largest");
  /** @type {[string, number[][]][]} */
  const known = get("examples");
  let shown = lab(get("scores"), kinds);

  const put = (changes) => {
    for (const [name, value] of Object.entries(changes)) model.set(name, value);
    model.save_changes();
  };
  const line = numberLine({
    shown: () => ({
      scores: get("scores"),
      rows: shown[get("dtype")][get("method")],
      dtype: get("dtype"),
      method: get("method"),
      walls: get("walls")[get("dtype")],
      chosen: get("chosen"),
    }),
    largest,
    onMove: (scores, chosen) => put({ scores, chosen }),
  });
  const verdicts = verdictTable((method, dtype) => put({ method, dtype }));
  const fields = scoreFields(largest, (k, value) => {
    const scores = get("scores").map((row, i) => row.map((v, j) => (3 * i + j === k ? value : v)));
    put({ scores, chosen: k });
  });
  const examples = menu({
    label: "Example",
    options: [["", "your own"], ...known.map(([name], k) => /** @type {[string, string]} */ ([String(k), name]))],
    value: "",
    onChange: (key) => key && put({ scores: known[Number(key)][1] }),
  });
  const outcomes = [0, 1].map((i) => outcome(model, i));
  const steps = stepTables();
  const checked = element("p", { class: "sms-checked" });
  const spoken = announcer();
  const redraw = oncePerEvent(draw);
  const node = frame({
    model,
    kind: "sms-overflow-lab",
    label: "Overflow lab",
    picture: [line.node],
    controls: [verdicts.node, fields.node, examples.node],
    formula: [element("div", { class: "outcomes" }, ...outcomes.map(({ node }) => node))],
    numbers: steps.nodes,
    startOver: returning(model, ["scores", "chosen", "dtype", "method"]),
    status: [checked, spoken.node],
  });
  const numbers = numbersFold(node, redraw);
  el.append(node);

  function draw() {
    const [scores, method, dtype, chosen] = [get("scores"), get("method"), get("dtype"), get("chosen")];
    shown = lab(scores, kinds);
    line.redraw();
    verdicts.draw(shown, method, dtype);
    fields.draw(scores);
    const same = known.findIndex(([, F]) => String(F) === String(scores));
    examples.set(same < 0 ? "" : String(same));
    const explained = (row, type) => {
      const rows = shown[type][method];
      const top = Math.max(...rows.flatMap(({ steps }) => steps.score));
      return explain(rows[row], type, method, scores[row], top);
    };
    outcomes.forEach(({ draw }, i) => {
      draw(shown[dtype][method][i], method, explained(i, dtype));
    });
    if (numbers.open) steps.draw(shown, { method, dtype, chosen }, explained);
    const [i, j] = [Math.floor(chosen / 3), chosen % 3];
    const words = [0, 1].map((r) => `Row ${r}: ${explained(r, dtype)}`).join(" ");
    spoken.say(`Row ${i}, class ${j} is ${scores[i][j]}. ${METHODS[method]}, ${dtype}. ${words}`);
    compare();
  }
  function compare() {
    const says = get("numpy_says");
    if (String(says?.scores) !== String(get("scores"))) {
      drawComparison(checked, null);
      return;
    }
    const { count, gap } = difference(shown, says.numbers);
    drawComparison(checked, gap, `finds the same ${count} numbers`);
  }
  draw();
  return follow(
    model,
    [
      [["scores", "chosen", "dtype", "method"], redraw],
      [["numpy_says"], compare],
    ],
    [redraw, spoken, line],
  );
}

// Make the six scores as fields to type in. Without an inputmode a phone's keyboard has the minus sign.
function scoreFields(largest, onInput) {
  const inputs = Array.from({ length: 6 }, (_, k) => {
    const input = element("input", {
      type: "number",
      min: -largest,
      max: largest,
      step: 1,
      "aria-label": `Score of row ${Math.floor(k / 3)}, class ${k % 3}, as a number`,
      "data-lm-suppress-shortcuts": "true",
    });
    input.addEventListener("input", () => {
      const value = Number(input.value);
      const isScore = Number.isInteger(value) && Math.abs(value) <= largest;
      input.setCustomValidity(isScore ? "" : `Type a whole number from −${largest} to ${largest}.`);
      if (!isScore) input.reportValidity();
      else if (input.value !== "") onInput(k, value + 0);
    });
    input.addEventListener("blur", () => {
      input.setCustomValidity("");
      input.value = input.defaultValue;
    });
    return input;
  });
  const head = (j) =>
    element("th", { scope: "col" }, element("span", { class: `sms-mark sms-class-${j}` }, "●■▲"[j]), ` class ${j}`);
  const line = (i) =>
    element(
      "tr",
      {},
      element("th", { scope: "row" }, `row ${i}`),
      ...[0, 1, 2].map((j) => element("td", {}, inputs[3 * i + j])),
    );
  return {
    node: element(
      "table",
      { class: "scores" },
      element("caption", { class: "sms-spoken" }, "The scores"),
      element("thead", {}, element("tr", {}, element("td"), ...[0, 1, 2].map(head))),
      element("tbody", {}, line(0), line(1)),
    ),
    /** @param {number[][]} scores */
    draw(scores) {
      scores.flat().forEach((v, k) => {
        const input = inputs[k];
        input.defaultValue = String(v);
        if (Number(input.value) !== v || (input.value === "" && document.activeElement !== input))
          input.value = String(v);
      });
    },
  };
}

// Make what becomes of a row: its verdict, its last lines and the reason.
function outcome(model, i) {
  const quotient = formula(model, "quotient", "P = ({a}, {b}, {c}) / {sum} = ({p}, {q}, {r})");
  const logarithm = formula(model, "logarithm", "log P = ({a}, {b}, {c}) − log {sum} = ({p}, {q}, {r})");
  const sign = element("span");
  const words = element("span");
  const line = element(
    "p",
    { class: "words" },
    element("span", { class: "door" }, sign),
    element("strong", {}, ` Row ${i}: `),
    words,
  );
  return {
    node: element("div", { class: "outcome" }, quotient.node, logarithm.node, line),
    draw({ steps, verdict }, method, reason) {
      const isLog = method === "log-softmax";
      quotient.node.hidden = isLog;
      logarithm.node.hidden = !isLog;
      const [a, b, c] = (isLog ? steps.shifted : steps.exponential).map((v) => brief(v));
      const [p, q, r] = steps.result.map((v) => brief(v));
      (isLog ? logarithm : quotient).set({ a, b, c, sum: brief(steps.sum[0]), p, q, r });
      renew(sign, SIGNS[verdict]);
      if (sign.className !== verdict) sign.className = verdict;
      renew(words, raised(reason));
    },
  };
}

const address = {
  scores: {
    key: "scores",
    text: (rows) => rows.map((row) => row.join(",")).join("_"),
    value: (text, start) => {
      const rows = text.split("_").map((row) => row.split(",").map((v) => Number(v) + 0)); // no −0
      return rows.length === 2 &&
        rows.every(
          (row) => row.length === 3 && row.every((v) => Number.isInteger(v) && Math.abs(v) <= start("largest")),
        )
        ? rows
        : undefined;
    },
  },
  chosen: { key: "cell", text: String, value: (text) => (/^[0-5]$/.test(text) ? Number(text) : undefined) },
  dtype: { key: "dtype", value: among(TYPES) },
  method: { key: "method", value: among(Object.keys(METHODS)) },
};

export default { render, address };
