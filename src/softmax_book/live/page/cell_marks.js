// What a cell's row shows of the reader's work: a mark, and the buttons that compare, take back, add
// and delete.
import { showDiff } from "./compare.js";

/**
 * @typedef {object} Acts
 * @property {(cell: Cell) => void} add Add a cell below.
 * @property {(cell: Cell) => void} remove
 * @property {(cell: Cell, text: string) => void} giveBack Take the text for the cell's again.
 * @typedef {import("./cell.js").Cell} Cell
 */

let count = 0;

export class CellMarks {
  /** @type {string | null} */
  #given = null;
  /** @type {HTMLElement | null} */
  #diff = null;

  /**
   * @param {Cell} cell
   * @param {Acts} acts
   */
  constructor(cell, acts) {
    this.cell = cell;
    this.mark = document.createElement("span");
    this.mark.className = "sms-live-mark";
    this.mark.id = `sms-live-mark-${count++}`;
    this.mark.textContent = cell.isOwn ? "Your own cell" : "Edited by you";
    this.compare = cell.makeButton("Compare", "Compare with the book’s: cell", () => this.#toggle());
    this.compare.setAttribute("aria-expanded", "false");
    this.startOver = cell.makeButton("Start over", "Start over with cell", () => {
      this.#given = cell.text;
      cell.reset();
      this.undo.focus();
    });
    this.undo = cell.makeButton("Undo", "Undo: your code again in cell", () => {
      const text = this.#given;
      if (text === null) return;
      acts.giveBack(cell, text);
      this.startOver.focus();
    });
    this.add = cell.makeButton("Add cell", "Add cell below cell", () => acts.add(cell));
    this.remove = cell.makeButton("Delete", "Delete cell", () => acts.remove(cell));
    this.compare.hidden = this.startOver.hidden = this.undo.hidden = true;
    this.remove.hidden = !cell.isOwn;
    cell.row.append(this.add, this.compare, this.startOver, this.undo, this.remove, this.mark);
  }

  /** Show what is the reader's now. */
  refresh() {
    const { cell } = this;
    const isEdited = cell.isEdited && !cell.isOwn;
    if (isEdited || cell.isOwn) cell.node.dataset.yours = cell.isOwn ? "own" : "edited";
    else delete cell.node.dataset.yours;
    this.mark.hidden = !isEdited && !cell.isOwn;
    this.compare.hidden = this.startOver.hidden = !isEdited;
    if (isEdited) this.#given = null;
    this.undo.hidden = this.#given === null;
    const content = cell.editor.contentDOM;
    if (this.mark.hidden) content.removeAttribute("aria-describedby");
    else content.setAttribute("aria-describedby", this.mark.id);
    if (this.#diff) this.#draw(isEdited);
  }

  #toggle() {
    this.#draw(!this.#diff);
    this.#diff?.scrollIntoView({ block: "nearest" });
  }

  #draw(isOpen) {
    this.#diff?.remove();
    this.#diff = null;
    this.compare.setAttribute("aria-expanded", String(isOpen));
    if (!isOpen) return;
    this.#diff = showDiff(this.cell.original, this.cell.text, `The book’s code of cell ${this.cell.number}, and yours`);
    this.cell.row.after(this.#diff);
  }
}
