// The field in which a reader answers input() or getpass(), below the cell that asks.

/**
 * @typedef {object} Question
 * @property {string} prompt What the code asks; it may be empty.
 * @property {boolean} isSecret Whether the answer must not be seen.
 * @property {(text: string) => void} answer
 */

export class QuestionField {
  /**
   * Draw the field.
   * @param {Element} place Goes at the end of this element.
   * @param {Question} question
   * @param {string} asker Which cell asks: the field's name, where the code asks without words.
   * @param {() => void} interrupt
   * @param {boolean} takesFocus Not from a reader who is typing elsewhere.
   */
  constructor(place, { prompt, isSecret, answer }, asker, interrupt, takesFocus) {
    const form = document.createElement("form");
    form.className = "sms-live-question";
    const label = document.createElement("label");
    label.textContent = prompt.trim() || `Answer to ${asker}`;
    this.field = document.createElement("input");
    Object.assign(this.field, {
      id: "sms-live-answer", // there is one question at a time
      type: isSecret ? "password" : "text",
      autocomplete: "off",
      autocapitalize: "off",
      spellcheck: false,
      enterKeyHint: "send",
    });
    const row = document.createElement("div");
    const send = document.createElement("button");
    Object.assign(send, { type: "submit", textContent: "Send" });
    const stop = document.createElement("button");
    Object.assign(stop, { type: "button", textContent: "Interrupt" });
    send.setAttribute("aria-label", `Send the answer to ${asker}`);
    stop.setAttribute("aria-label", `Interrupt ${asker} instead of answering`);
    stop.addEventListener("click", interrupt);
    row.append(this.field, send, stop);
    label.htmlFor = this.field.id;
    form.append(label, row);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.remove();
      answer(this.field.value);
    });
    this.field.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || event.isComposing) return;
      event.preventDefault();
      interrupt();
    });
    this.form = form;
    this.before = /** @type {HTMLElement | null} */ (document.activeElement);
    place.append(form);
    if (!takesFocus) return;
    form.scrollIntoView({ block: "nearest" });
    this.field.focus({ preventScroll: true });
  }

  /** Take the field away, and lead a reader at the keyboard back to where the run was started. */
  remove() {
    const isHere = this.form.contains(document.activeElement);
    this.form.remove();
    if (isHere) this.before?.focus({ preventScroll: true });
  }
}
