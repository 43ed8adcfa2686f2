// Another example: a tiny one from a seed, a table for each of the six steps, every cell checked as typed.
import { check, countRight, nameSlip, recipe } from "./parts/example_check.mjs";
import { decimals, freshExample, LINES, STEPS } from "./parts/example_numbers.mjs";
import { drawGiven, drawSheet, stepFields } from "./parts/example_tables.mjs";
import { drawComparison, gapOfMatrices } from "./shared/compare.mjs";
import { frame, returning } from "./shared/frame.mjs";
import { slider } from "./shared/slider.mjs";
import { announcer, button, element, follow, oncePerEvent, renew, sketch } from "./shared/view.mjs";

/** @typedef {{ typed: Record<string, string>, right: string[], shown: string }} Kept What is kept of an example. */

const CELL = /^(.*)(\d)(\d)$/;
const ALL = STEPS.map((_, k) => k + 1);
const stepOf = (cell) => LINES.find(({ name }) => name === cell.replace(CELL, "$1"))?.step ?? 0;
/** A whole number from 0 to a limit, as the reader or an address has it. */
const seedOf = (text, most) => (/^\d{1,9}$/.test(text) && Number(text) <= most ? Number(text) : undefined);

function render({ model, el }) {
  const within = model.get("within"),
    most = model.get("most"),
    sentences = model.get("sentences");
  const tell = (changes) => {
    for (const [name, value] of Object.entries(changes)) model.set(name, value);
    model.save_changes();
  };

  // --- what is kept: on a page in the browser, elsewhere as long as the view stands ---
  /** @type {Record<string, Kept>} */
  const here = {};
  const keeper = model.page?.kept;
  /** @returns {Kept} */
  const kept = () => {
    const all = keeper?.read() ?? here;
    const one = /** @type {Kept | undefined} */ (all[seed]);
    return { typed: { ...one?.typed }, right: [...(one?.right ?? [])], shown: one?.shown ?? "" };
  };
  const keep = () => {
    const before = kept();
    // What was typed after the step had been shown is no answer of the reader's.
    const looked = [...new Set(before.shown + model.get("shown"))].sort().join("");
    const right = Object.keys(checked.verdicts).filter(
      (cell) =>
        checked.verdicts[cell] === "right" && (before.right.includes(cell) || !looked.includes(String(stepOf(cell)))),
    );
    const isNothing = !Object.keys(typed).length && !looked;
    const all = { ...(keeper?.read() ?? here) };
    if (isNothing) delete all[seed];
    else all[seed] = { typed, right, shown: looked };
    if (!keeper?.write(all)) Object.assign(here, all);
    if (isNothing) delete here[seed];
  };

  // --- the state ---
  let seed = model.get("seed");
  let example = freshExample(seed);
  /** @type {Record<string, string>} */
  let typed = kept().typed;
  let checked = check(example, typed, within);
  let step = model.get("step");
  let last = ""; // the cell that the hand was in
  let isIn = false; // and still is, and has not said that it is done
  const isShown = (k) => model.get("shown").includes(String(k));
  const verdictOf = (cell) => {
    if (isShown(stepOf(cell))) return "shown";
    const verdict = checked.verdicts[cell];
    // A number that is half typed is not wrong yet.
    const isHalf = isIn && cell === last && !/[.,]\d{3}/.test(typed[cell] ?? "");
    return isHalf && verdict !== "right" ? "empty" : verdict;
  };
  const term = (line, i, j) => {
    const cell = `${line}${i}${j}`;
    if (isShown(stepOf(cell))) return decimals(checked.exact[line][i][j]);
    if (checked.verdicts[cell] === "right") return decimals(checked.own[line][i][j]);
    return null;
  };

  // --- the parts ---
  const given = element("div", { class: "givens" }),
    said = element("p", { class: "said", role: "status", "aria-live": "polite" }),
    counts = element("table"),
    sheet = element("div", { class: "sheet" }),
    checkedLine = element("p", { class: "sms-checked" }),
    spoken = announcer();
  const panels = ALL.map((k) =>
    stepFields(k, {
      onType(cell, text) {
        if (text.trim()) typed[cell] = text;
        else delete typed[cell];
        checked = check(example, typed, within);
        [last, isIn] = [cell, true];
        keep();
        redraw();
      },
      onEnter(cell) {
        if (cell !== last) isIn = false;
        last = cell;
        redraw();
      },
      onLeave(cell) {
        if (cell !== last || !isIn) return;
        isIn = false;
        redraw();
      },
      onEnd() {
        if (k === STEPS.length) return;
        tell({ step: k + 1 });
        redraw.now();
        panels[k].first();
      },
    }),
  );
  const number = element("input", {
    type: "text",
    inputmode: "numeric",
    autocomplete: "off",
    "aria-label": "Number of the example",
    "data-lm-suppress-shortcuts": "true",
  });
  number.addEventListener("change", () => {
    const given = seedOf(number.value.trim(), most);
    if (given === undefined) number.value = String(seed);
    else tell({ seed: given, shown: "" });
  });
  const another = button("Another example", () => {
    const next = 1 + Math.floor(Math.random() * (most - 1));
    tell({ seed: next >= seed ? next + 1 : next, step: 1, shown: "" });
  });
  const steps = slider({
    label: "Step",
    min: 1,
    max: STEPS.length,
    step: 1,
    value: step,
    text: (k) => `${k} of ${STEPS.length}`,
    spoken: (k) => `${k}, ${STEPS[k - 1]}`,
    onInput: (k) => tell({ step: k }),
  });
  const show = button("Show this step", () => {
    const now = model.get("shown");
    const next = isShown(step) ? now.replace(String(step), "") : [...now, step].sort().join("");
    tell({ shown: next });
  });
  // A phone's keys for decimals may have no minus.
  const turn = button("±", () => {
    const panel = panels[step - 1].node;
    const input = /** @type {HTMLInputElement | null} */ (panel.querySelector(`[data-cell="${last}"]`));
    if (!input || input.readOnly) return;
    input.value = /^\s*[-−]/.test(input.value) ? input.value.replace(/^\s*[-−]/, "") : `−${input.value}`;
    input.dispatchEvent(new Event("input", { bubbles: true }));
    input.focus();
  });
  turn.setAttribute("aria-label", "Change the sign of the cell");
  turn.addEventListener("pointerdown", (event) => event.preventDefault()); // the cell keeps the hand
  const forget = button("Forget what I typed", () => {
    typed = {};
    checked = check(example, typed, within);
    last = "";
    keep();
    redraw();
  });

  const node = frame({
    model,
    kind: "sms-another-example",
    label: "Another example, to be worked by hand",
    picture: [given, element("div", { class: "steps" }, ...panels.map((panel) => panel.node))],
    controls: [
      element("div", { class: "which" }, element("label", {}, element("span", {}, "Example"), number), another),
      steps.node,
      element("div", { class: "told" }, element("div", { class: "buttons" }, show, turn), said),
    ],
    numbers: [counts, forget],
    startOver: returning(model, ["seed", "step", "shown"]),
    status: [checkedLine, spoken.node],
  });
  node.querySelector(".sms-foot")?.append(
    button("Print it empty", () => print(false)),
    button("Print its key", () => print(true)),
  );
  node.append(sheet);
  el.append(node);

  // --- drawing ---
  const redraw = oncePerEvent(draw);
  function draw() {
    panels.forEach((panel, k) => {
      panel.node.classList.toggle("away", k + 1 !== step);
      panel.show((cell) => {
        const [, line, i, j] = /** @type {RegExpExecArray} */ (CELL.exec(cell));
        const isGiven = isShown(k + 1);
        return {
          text: isGiven ? decimals(checked.exact[line][Number(i)][Number(j)]) : (typed[cell] ?? ""),
          verdict: verdictOf(cell),
        };
      }, term);
    });
    renew(show, isShown(step) ? "Hide the numbers" : "Show this step");
    drawSaid();
    drawCounts();
    drawComparison(checkedLine, gap());
  }
  function drawSaid() {
    const { right, of } = countRight(checked, step);
    const verdict = last && stepOf(last) === step ? verdictOf(last) : "empty";
    said.dataset.verdict = verdict;
    if (isShown(step)) renew(said, "These are the numbers of this step. What you typed is kept below them.");
    else if (verdict === "wrong") renew(said, sketch("strong", {}, "Not yet."), ` ${advice(last)}`);
    else if (verdict === "unreadable") renew(said, sketch("strong", {}, "No number."), " Write it as −0.117.");
    else if (right === of) {
      const next = step < STEPS.length ? " Go on to the next." : " You have worked the whole example.";
      renew(said, sketch("strong", {}, "Right."), ` All ${of} cells of this step.${next}`);
    } else if (verdict === "right")
      renew(said, sketch("strong", {}, "Right."), ` ${right} of ${of} cells of this step.`);
    else
      renew(said, `${right} of ${of} cells of this step are right. Work with three decimals: ${within} off is right.`);
  }
  function advice(cell) {
    const [, line, i, j] = /** @type {RegExpExecArray} */ (CELL.exec(cell));
    const slip = nameSlip(example, checked, typed, within, line, Number(i), Number(j));
    const how = recipe(example, term, line, Number(i), Number(j));
    const isHow = ["sign", "close", ""].includes(slip);
    return [sentences[slip], isHow ? how : ""].filter(Boolean).join(" ");
  }
  function drawCounts() {
    const row = (cells) =>
      sketch(
        "tr",
        {},
        sketch("th", { scope: "row" }, cells[0]),
        ...cells.slice(1).map((text) => sketch("td", {}, text)),
      );
    const all = ALL.map((k) => countRight(checked, k));
    const total = (name) => String(all.reduce((a, each) => a + each[name], 0));
    renew(
      counts,
      sketch("caption", {}, `Example ${seed}: cells that are right`),
      sketch(
        "tbody",
        {},
        ...all.map(({ right, of }, k) => row([`${k + 1} · ${STEPS[k]}`, `${right} of ${of}`])),
        row(["all", `${total("right")} of ${total("of")}`]),
      ),
    );
  }
  function gap() {
    const says = model.get("numpy_says");
    if (says?.seed !== seed) return null;
    return Math.max(...LINES.map(({ name }) => gapOfMatrices(says[name], checked.exact[name])));
  }
  const drawExample = () => {
    drawGiven(given, example);
    number.value = String(seed);
    drawSheet(sheet, seed, example, checked.exact, isShown);
  };
  const saySoon = () => {
    const { right, of } = countRight(checked, step);
    spoken.say(
      `Example ${seed}, step ${step} of ${STEPS.length}, ${STEPS[step - 1]}: ${right} of ${of} cells are right.`,
    );
  };

  // --- on paper: this alone, where the browser can, and else the page ---
  const alone = makePaper();
  function print(isKey) {
    drawSheet(sheet, seed, example, checked.exact, (k) => isKey || isShown(k));
    node.classList.add("printed");
    if (alone) document.adoptedStyleSheets.push(alone);
    const done = () => {
      for (const event of ENDS) removeEventListener(event, done);
      document.adoptedStyleSheets = document.adoptedStyleSheets.filter((style) => style !== alone);
      node.classList.remove("printed");
      drawSheet(sheet, seed, example, checked.exact, isShown);
    };
    // A browser that does not print says nothing afterwards: then the next touch ends it.
    const ENDS = ["afterprint", "pointerdown", "keydown"];
    for (const event of ENDS) addEventListener(event, done);
    window.print();
  }

  // --- what changes ---
  const update = () => {
    if (model.get("seed") !== seed) {
      seed = model.get("seed");
      example = freshExample(seed);
      typed = kept().typed;
      checked = check(example, typed, within);
      last = "";
    }
    step = model.get("step");
    isIn = false;
    steps.set(step);
    if (model.get("shown")) keep();
    drawExample();
    saySoon();
    redraw();
  };
  drawExample();
  if (model.get("shown")) keep();
  saySoon();
  draw();
  return follow(
    model,
    [
      [["seed", "step", "shown"], update],
      [["numpy_says"], redraw],
    ],
    [redraw, spoken],
  );
}

/** A style for the press of a print button: of the whole page, only what is printed. */
function makePaper() {
  if (!("adoptedStyleSheets" in document)) return null;
  const style = new CSSStyleSheet();
  style.replaceSync(`@media print {
    body :not(:has(.sms-another-example.printed), .sms-another-example.printed, .sms-another-example.printed *) {
      display: none !important;
    }
    :has(> .sms-another-example.printed), .sms-another-example.printed { zoom: 1 !important; }
    .sms-another-example.printed {
      position: static !important;
      width: auto !important;
      max-height: none !important;
      transform: none !important;
      border: 0 !important;
    }
  }`);
  return style;
}

const address = {
  seed: { key: "example", value: (text, start) => seedOf(text, start("most")) },
  step: { key: "example-step", value: (text) => (/^[1-6]$/.test(text) ? Number(text) : undefined) },
  shown: { key: "example-shown", value: (text) => (/^1?2?3?4?5?6?$/.test(text) ? text : undefined) },
};

export default { render, address };
