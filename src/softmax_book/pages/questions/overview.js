// The front page: what was answered in each chapter, what to repeat, and all of it as one file.

import { readKept, writeKept } from "../widgets/kept.js";
import { count, read, readAll, writeAll } from "./progress.js";
import {
  fileText,
  joined,
  joinedExamples,
  NAME,
  ProgressFileError,
  readFileText,
  soundExamples,
  WIDGET,
} from "./progress_file.js";

const EXAMPLES = "07_training.html#example="; // where the examples are worked

const overview = /** @type {HTMLElement} */ (document.querySelector(".sms-progress"));
const rows = [.../** @type {NodeListOf<HTMLElement>} */ (overview.querySelectorAll("[data-questions]"))].map((row) => ({
  page: row.dataset.page ?? "",
  questions: /** @type {[string, string][]} */ (JSON.parse(row.dataset.questions ?? "[]")),
  words: /** @type {HTMLElement} */ (row.querySelector("td")),
}));
const said = document.createElement("p");
said.setAttribute("role", "status");
const worked = document.createElement("p");
worked.className = "sms-progress-examples";
const amountOf = (amount, name) => `${amount} ${amount === 1 ? name : `${name}s`}`;

function show() {
  for (const { page, questions, words } of rows) {
    const { right, first, again } = count(questions.map(([label]) => label));
    const all = questions.length;
    const some = right === all ? `all ${all}` : `${right || "none"} of ${all}`;
    if (right) words.textContent = `${some} right, ${first || "none"} at the first try`;
    else words.textContent = again.length ? `${some} right` : `${all} questions, not begun`;
    for (const [k, label] of again.entries()) {
      const link = document.createElement("a");
      link.href = `${page}.html#question-${label}`;
      link.textContent = questions.find(([each]) => each === label)?.[1] ?? label;
      words.append(k ? ", " : ". To repeat: ", link);
    }
  }
  showExamples();
}

function showExamples() {
  const examples = Object.entries(soundExamples(readKept(WIDGET))).filter(([, each]) => each.right.length);
  worked.hidden = !examples.length;
  worked.textContent = "Worked by hand: ";
  for (const [k, [seed, { right }]] of examples.entries()) {
    const link = document.createElement("a");
    link.href = EXAMPLES + seed;
    link.textContent = `example ${seed}`;
    worked.append(k ? ", " : "", link, `, ${amountOf(right.length, "cell")} right`);
  }
  worked.append(".");
}

function save() {
  const answers = Object.fromEntries(Object.keys(readAll()).map((label) => [label, read(label)]));
  const examples = soundExamples(readKept(WIDGET));
  const [amount, some] = [answers, examples].map((each) => Object.keys(each).length);
  if (!amount && !some) {
    said.textContent = "There is nothing to save yet: answer a question first.";
    return;
  }
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([fileText(answers, examples, new Date())], { type: "application/json" }));
  link.download = NAME;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000); // the browser has read it by then
  const what = amountOf(amount, "question") + (some ? ` and ${amountOf(some, "example")}` : "");
  said.textContent = `Saved ${what} in ${NAME}, among your downloads.`;
}

/** @param {File} file */
async function take(file) {
  try {
    const { answers: theirs, examples } = readFileText(await file.text());
    const ours = readAll();
    const some = Object.keys(examples).length;
    const isKept = writeAll(joined(ours, theirs));
    const worked = () => joinedExamples(soundExamples(readKept(WIDGET)), examples);
    if (!isKept || (some && !writeKept(WIDGET, worked()))) {
      said.textContent = "This browser keeps nothing, so the file was not taken in. Is it a private window, or full?";
      return;
    }
    const fresh = Object.keys(theirs).filter((label) => !Object.hasOwn(ours, label)).length;
    const too = some ? ` Also ${amountOf(some, "example")}.` : "";
    said.textContent = `Taken in: ${Object.keys(theirs).length} questions, ${fresh} of them new here.${too} Nothing that was here is lost.`;
    show();
  } catch (error) {
    said.textContent =
      error instanceof ProgressFileError
        ? `Nothing was changed. ${error.message}`
        : "Nothing was changed. The file could not be read: is it still where it was?";
  }
}

/**
 * @param {string} words
 * @param {() => void} act
 */
function button(words, act) {
  const made = document.createElement("button");
  made.type = "button";
  made.textContent = words;
  made.addEventListener("click", act);
  return made;
}

const chooser = document.createElement("input");
chooser.type = "file";
chooser.accept = ".json,application/json";
chooser.hidden = true;
chooser.setAttribute("aria-label", "A file of answers");
chooser.addEventListener("change", () => {
  const file = chooser.files?.[0];
  if (file) take(file);
  chooser.value = ""; // so that the same file may be chosen again
});
const buttons = document.createElement("p");
buttons.className = "sms-progress-buttons";
buttons.append(
  button("Save as a file", save),
  button("Take in a file", () => chooser.click()),
  chooser,
);
overview.append(worked, buttons, said);
show();
// Another tab, or going back to this page, may have brought new answers.
addEventListener("storage", show);
addEventListener("pageshow", show);
