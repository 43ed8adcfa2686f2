// Lets a reader answer the questions of a page. What is said to an answer stands in the page already,
// in the fold of the answers, so that both say the same; this script finds it.

import { judgeFormula, judgeNumber, judgeOrder, readNumber, UnreadableError } from "./checks.js";
import { written } from "./formula.js";
import { count, forget, read, state, write } from "./progress.js";

/** @typedef {import("./checks.js").Verdict} Verdict */
/** @typedef {import("./formula.js").Value} Value */

// Where the front page shows all chapters.
const OVERVIEW = "index.html#what-you-have-answered";

/**
 * @param {string} tag
 * @param {Record<string, string>} [attributes]
 * @param {...(Node | string)} children
 */
function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

/** @param {unknown} packed */
const unpack = (packed) =>
  /** @type {Value | null} */ (Array.isArray(packed) ? { shape: packed[0], data: packed[1] } : null);

class QuestionOnPage {
  /**
   * @param {HTMLElement} element
   * @param {() => void} told Called when something was answered.
   */
  constructor(element, told) {
    this.element = element;
    this.told = told;
    this.label = element.dataset.question ?? "";
    this.title = /** @type {HTMLElement} */ (element.querySelector(".sms-question-title"));
    this.name = this.title.querySelector("strong")?.textContent ?? "";
    this.options = /** @type {HTMLElement[]} */ ([...element.querySelectorAll(".sms-question-options > li")]);
    this.fold = /** @type {HTMLDetailsElement} */ (element.querySelector(".sms-question-answers"));
    this.answers = /** @type {HTMLElement[]} */ ([...this.fold.querySelectorAll(":scope > ol > li")]);
    this.mark = make("span", { class: "sms-question-state" });
    this.title.append(this.mark);
    this.said = make("div", { class: "sms-question-said", role: "status" });
    this.form = make("form", { class: "sms-question-form", novalidate: "" });
    this.button = make("button", { type: "submit", class: "sms-question-check" }, "Check");
    const kind = element.dataset.kind;
    if (kind === "order") this.judge = this.letOrder();
    else if (kind === "number") this.judge = this.letType("Your answer", "decimal");
    else if (kind === "formula") this.judge = this.letType("Your formula", "text");
    else this.judge = this.letChoose();
    const list = element.querySelector(".sms-question-options");
    const text = /** @type {HTMLElement} */ (element.querySelector(".sms-question-text"));
    text.after(this.form);
    if (list) this.form.prepend(list);
    this.form.append(make("div", { class: "sms-question-buttons" }, this.button));
    this.form.after(this.said);
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.check();
    });
    this.fold.addEventListener("toggle", () => {
      const answered = read(this.label);
      if (this.fold.open && !answered.right && !answered.shown) this.keep({ ...answered, shown: true });
    });
    this.showState();
  }

  // --- by kind: each puts its controls into the form, and returns what judges them ---

  letChoose() {
    for (const [place, option] of this.options.entries()) {
      const radio = make("input", { type: "radio", name: `sms-question-${this.label}`, value: String(place) });
      const words = make("span", {}, ...option.childNodes);
      option.replaceChildren(make("label", {}, radio, words));
    }
    return () => {
      const chosen = this.options.findIndex((option) => option.querySelector("input")?.checked);
      if (chosen < 0) throw new UnreadableError("Choose one first.");
      const which = this.answers.findIndex((answer) => answer.dataset.place === String(chosen));
      const right = this.answers[which].dataset.right === "true";
      for (const option of this.options) delete option.dataset.verdict;
      this.options[chosen].dataset.verdict = right ? "right" : "wrong";
      return { right, which, note: "" };
    };
  }

  letOrder() {
    const list = /** @type {HTMLElement} */ (this.options[0].parentElement);
    const moved = make("span", { class: "sms-question-moved", role: "status" });
    for (const option of this.options) {
      const words = option.textContent ?? "";
      const buttons = [-1, 1].map((step) => {
        const button = make(
          "button",
          { type: "button", "aria-label": `${step < 0 ? "Up" : "Down"}: ${words}` },
          step < 0 ? "↑" : "↓",
        );
        button.addEventListener("click", () => {
          const lines = [...list.children];
          const place = lines.indexOf(option) + step;
          if (!(place in lines)) return;
          if (step < 0) lines[place].before(option);
          else lines[place].after(option);
          for (const line of this.options) delete line.dataset.verdict;
          button.focus(); // a moved element loses it
          moved.textContent = `Place ${place + 1} of ${lines.length}`;
        });
        return button;
      });
      option.append(make("span", { class: "sms-question-moves" }, ...buttons));
    }
    this.form.append(moved);
    return () => {
      const lines = [...list.children];
      const order = lines.map((line) => {
        const shown = String(this.options.indexOf(/** @type {HTMLElement} */ (line)));
        return this.answers.findIndex((answer) => answer.dataset.place === shown);
      });
      const verdict = judgeOrder(order);
      for (const line of this.options) delete line.dataset.verdict;
      const first = /** @type {HTMLElement | undefined} */ (lines[verdict.kept]);
      if (first) {
        first.dataset.verdict = "wrong";
        const stand = verdict.kept === 1 ? "The first line stands" : `The first ${verdict.kept} lines stand`;
        verdict.note = `${verdict.kept ? `${stand} rightly. ` : ""}Line ${verdict.kept + 1} is the first that does not belong where it is.`;
      }
      return verdict;
    };
  }

  /**
   * @param {string} name
   * @param {string} mode
   */
  letType(name, mode) {
    const input = /** @type {HTMLInputElement} */ (
      make("input", {
        type: "text",
        inputmode: mode,
        autocomplete: "off",
        autocapitalize: "off",
        spellcheck: "false",
        class: "sms-question-input",
      })
    );
    this.form.append(make("label", { class: "sms-question-label" }, make("span", {}, name), input));
    input.addEventListener("input", () => input.removeAttribute("aria-invalid"));
    const foreseen = this.answers.filter((answer) => !answer.dataset.otherwise);
    if (this.element.dataset.kind === "number") {
      const values = foreseen.map((answer) => Number(answer.dataset.value));
      const within = Number(this.element.dataset.within);
      return () => this.typed(input, (text) => judgeNumber(readNumber(text), values, within));
    }
    const packed = /** @type {Record<string, unknown>[]} */ (JSON.parse(this.element.dataset.letters ?? "[]"));
    const cases = packed.map((each) =>
      Object.fromEntries(Object.entries(each).map(([letter, value]) => [letter, /** @type {Value} */ (unpack(value))])),
    );
    const formulas = foreseen.map((answer) => ({
      text: answer.dataset.formula ?? "",
      right: answer.dataset.right === "true",
      values: JSON.parse(answer.dataset.values ?? "[]").map(unpack),
    }));
    const letters = Object.entries(cases[0]).map(([letter, { shape, data }]) =>
      shape.length ? `${letter} ${written(shape)}` : `${letter} = ${data[0]}`,
    );
    this.form.append(
      make("p", { class: "sms-question-letters" }, `In the tiny example: ${letters.join(", ")}; np is NumPy.`),
    );
    return () => this.typed(input, (text) => judgeFormula(text, formulas, cases));
  }

  /**
   * @param {HTMLInputElement} input
   * @param {(text: string) => Verdict} judge
   */
  typed(input, judge) {
    try {
      const verdict = judge(input.value);
      input.setAttribute("aria-invalid", String(!verdict.right));
      return verdict;
    } catch (error) {
      input.setAttribute("aria-invalid", "true");
      input.focus();
      throw error;
    }
  }

  // --- what becomes of an answer ---

  check() {
    /** @type {Verdict} */
    let verdict;
    try {
      verdict = this.judge();
    } catch (error) {
      if (!(error instanceof UnreadableError)) throw error;
      this.say("", error.message);
      return;
    }
    const answered = read(this.label);
    if (!answered.right) this.keep({ ...answered, tries: answered.tries + 1, right: verdict.right });
    const answer =
      verdict.which === null ? this.answers.find((each) => each.dataset.otherwise) : this.answers[verdict.which];
    const isOrdered = this.element.dataset.kind === "order" && verdict.right;
    const reason = isOrdered ? null : answer?.querySelector(".sms-question-reason")?.cloneNode(true);
    this.say(verdict.right ? "right" : "wrong", verdict.note, reason);
  }

  /**
   * @param {"right" | "wrong" | ""} verdict
   * @param {string} note
   * @param {Node | null} [reason]
   */
  say(verdict, note, reason) {
    const words = { right: "Right.", wrong: "Not yet.", "": "" }[verdict];
    this.said.dataset.verdict = verdict;
    const first = make("p", {}, ...(words ? [make("strong", {}, words), " "] : []), note);
    this.said.replaceChildren(first, ...(reason ? [reason] : []));
  }

  /** @param {import("./progress.js").Answered} answered */
  keep(answered) {
    write(this.label, answered);
    this.showState();
    this.told();
  }

  showState() {
    const answered = read(this.label);
    this.mark.textContent = state(answered);
    this.mark.dataset.right = String(answered.right);
  }
}

/** The line below a page's last question: what was answered, what to repeat. */
class Summary {
  /** @param {Element} last */
  constructor(last) {
    this.words = make("span");
    this.button = make("button", { type: "button" }, "Forget my answers");
    this.line = make("p", { class: "sms-question-summary", role: "status" }, this.words, " ", this.button);
    last.after(this.line);
    this.button.addEventListener("click", () => {
      forget(questions.map(({ label }) => label));
      for (const question of questions) question.showState();
      this.show();
    });
  }

  show() {
    const labels = questions.map(({ label }) => label);
    const { right: some, first, again: open } = count(labels);
    const again = questions.filter(({ label }) => open.includes(label));
    const all = questions.length;
    let words = `Of the ${all} questions of this page you have answered ${some === all ? "all" : some || "none"} right`;
    words += some ? `, ${first} at the first try. ` : ". ";
    this.words.replaceChildren(words);
    if (again.length) {
      const links = again.flatMap(({ element, name }, k) => [
        ...(k ? [", "] : []),
        make("a", { href: `#${element.id}` }, name.replace("Question ", "")),
      ]);
      this.words.append("To repeat: ", ...links, ". ");
    }
    const link = make("a", { href: OVERVIEW }, "All chapters, and a file to keep");
    this.words.append("Kept in this browser, and sent nowhere. ", link, ".");
    this.button.hidden = !(some || open.length);
  }
}

/** @type {QuestionOnPage[]} */
const questions = [];
/** @type {Summary | undefined} */
let summary;
for (const element of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-question]"))) {
  questions.push(new QuestionOnPage(element, () => summary?.show()));
}
const last = questions.at(-1);
if (last) {
  const shown = new Summary(last.element);
  summary = shown;
  shown.show();
  // A page that the browser has kept whole may know nothing of a file that was taken in meanwhile.
  addEventListener("pageshow", ({ persisted }) => {
    if (!persisted) return;
    for (const question of questions) question.showState();
    shown.show();
  });
}
