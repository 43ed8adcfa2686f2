// What a cell has to say beside its outputs: help (np.dot?), code that it loads (%load), advice after a
// mistake. Below its buttons, until the cell runs again or the reader closes it.
import { fromTerminal } from "./ansi.js";
import { LONGEST, shorten } from "./long_text.js";
import { findLookAlikes, nameSigns } from "./lookalikes.js";
import { note, noteButton } from "./notes.js";

const TEXT = (value) => (Array.isArray(value) ? value.join("") : String(value ?? ""));

export class Asides {
  /**
   * @param {object} cell
   * @param {Element} cell.outputs
   * @param {number | string} cell.number
   * @param {string} cell.text The code, which can be read and changed.
   * @param {(text: string) => void} cell.put
   * @param {() => void} cell.mend Replace the signs that only look like Python's.
   */
  constructor(cell) {
    this.cell = cell;
    this.place = document.createElement("div");
    this.place.className = "sms-live-asides";
  }

  clear() {
    this.place.remove();
    this.place.replaceChildren();
  }

  #attach(...nodes) {
    this.place.append(...nodes);
    this.cell.outputs.before(this.place);
  }

  #panel(title, text, ...buttons) {
    const panel = document.createElement("section");
    panel.className = "sms-live-help";
    panel.setAttribute("aria-label", `${title}, cell ${this.cell.number}`);
    const head = document.createElement("p");
    const close = noteButton("Close", () => panel.remove());
    close.setAttribute("aria-label", `Close: ${title}`);
    head.append(title, ...buttons, close);
    const body = document.createElement("pre");
    body.tabIndex = 0;
    const cut = shorten(text);
    body.append(fromTerminal(cut ? `${text.slice(0, LONGEST)}\n` : text));
    panel.append(head, body);
    if (cut) panel.append(note(cut.said));
    this.#attach(panel);
    return panel;
  }

  /**
   * Say something in one line.
   * @param {string} text
   * @param {...HTMLElement} buttons
   */
  say(text, ...buttons) {
    const line = note(text, ...buttons.flatMap((button) => [" ", button]));
    line.setAttribute("role", "status");
    this.#attach(line);
    return line;
  }

  /**
   * Show what a reply holds besides the outputs.
   * @param {any[]} [payloads]
   */
  show(payloads = []) {
    for (const payload of payloads) {
      if (payload.source === "page") this.#panel("Help", TEXT(payload.data?.["text/plain"]).trim());
      else if (payload.source === "set_next_input") this.#offer(TEXT(payload.text).trimEnd(), payload.replace);
      else if (payload.source === "edit_magic") {
        this.say("%edit opens a program on this machine, which a page cannot. Write in the cell itself.");
      }
    }
  }

  #offer(text, isInPlace) {
    const before = this.cell.text;
    const put = () => {
      this.cell.put(text);
      const undo = noteButton("Undo", () => {
        this.cell.put(before);
        line.remove();
      });
      const line = this.say(`The code was put into cell ${this.cell.number}. Run it to see what it does.`, undo);
    };
    if (isInPlace) return put();
    const take = noteButton(`Put it into cell ${this.cell.number}`, () => {
      panel.remove();
      put();
    });
    const panel = this.#panel("Code that Python offers", text, take);
    return undefined;
  }

  /**
   * After an error of syntax: name the signs that Python cannot read, and offer the mend.
   * @param {string} code
   */
  explainSyntax(code) {
    const found = findLookAlikes(code);
    if (!found.length) return;
    const sure = found.filter(({ insert }) => insert !== null);
    const lines = [...new Set(found.map(({ from }) => code.slice(0, from).split("\n").length))];
    const where = `line ${lines.slice(0, 5).join(", ")}${lines.length > 5 ? " …" : ""}`;
    const text = `The code holds ${nameSigns(found)} in ${where}, which Python cannot read.`;
    if (!sure.length) {
      this.say(`${text} Write the plain sign of the keyboard in its place.`);
      return;
    }
    const line = this.say(
      text,
      noteButton("Replace by what is meant", () => {
        this.cell.mend();
        line.remove();
      }),
    );
  }

  /**
   * After a paste: say what was replaced.
   * @param {import("./lookalikes.js").LookAlike[]} found
   * @param {() => void} undo
   */
  sayMended(found, undo) {
    const count = found.length === 1 ? "1 sign was" : `${found.length} signs were`;
    const line = this.say(
      `${count} replaced, because Python cannot read ${found.length === 1 ? "it" : "them"}: ${nameSigns(found)}.`,
      noteButton("Undo", () => {
        undo();
        line.remove();
      }),
    );
  }
}
