// All that the reader has written on a page: edits of the book's cells, cells of the reader's own, and
// texts kept aside. It is shown where it stands, kept in the browser, saved as a notebook and read
// from one, and each step that takes something away can be undone.
import { CellMarks } from "./cell_marks.js";
import { likeness } from "./compare.js";
import { cellNames, Edits } from "./edits.js";
import { showKept } from "./kept.js";
import { LARGEST, readNotebook, readWork, writeNotebook } from "./notebook_file.js";
import { cellAbove, letterOf, makeNode, nameAt, placeOf } from "./scratch_cells.js";
import { WorkRow } from "./work_row.js";
import "./own_work.css";

const plural = (count, one, many) => `${count} ${count === 1 ? one : many}`;
const STEPS = { over: "the start over", deleted: "the deletion", upload: "the upload" };
const WHY = {
  over: "before you started over",
  replaced: "as another tab of this page had it",
  deleted: "which you deleted",
  upload: "before you uploaded a notebook",
  undo: "before you undid a step",
};
const LIKE = 0.4; // how much a text must have in common with a cell's code to be compared with it

/** @typedef {import("./cell.js").Cell} Cell */
/**
 * What the work needs of its page.
 * @typedef {object} Host
 * @property {(node: HTMLElement, number: string) => Cell} makeCell Make a cell of the reader's own.
 * @property {(cell: Cell) => void} dropCell Let a cell wait for no run, and end the one that goes on.
 * @property {(text: string, isTrouble?: boolean) => void} tell
 * @property {() => boolean} isBusy Whether what the bar says must stay.
 * @property {() => void} changed
 */

export class OwnWork {
  /** @type {Cell[]} */
  books = [];
  /** @type {WorkRow} */
  row;
  /** @type {Map<string, Cell | undefined>} */
  #likely = new Map();
  /** @type {Promise<import("./notebook_file.js").Notebook> | null} */
  #book = null;

  /**
   * @param {HTMLElement} bar
   * @param {URL} root The site's.
   * @param {Host} host
   */
  constructor(bar, root, host) {
    this.bar = bar;
    this.root = root;
    this.host = host;
    this.path = location.pathname.slice(root.pathname.length);
    this.edits = new Edits(
      this.path,
      (trouble) => host.tell(trouble, true),
      (names) => this.#changedElsewhere(names),
    );
    /** @type {Map<string, Cell>} */
    this.own = new Map();
    /** @type {Map<Cell, CellMarks>} */
    this.marks = new Map();
  }

  /**
   * Put the reader's work into the page's cells and between them.
   * @param {Cell[]} cells The book's.
   */
  open(cells) {
    this.books = cells;
    const names = cellNames(cells.map((cell) => cell.original));
    const edits = this.edits.all();
    cells.forEach((cell, k) => {
      cell.name = names[k];
      this.#begin(cell, edits[cell.name] ?? cell.original);
    });
    for (const [name, text] of Object.entries(edits)) if (placeOf(name)) this.#place(name, text);
    this.row = new WorkRow(this.bar, {
      download: () => this.download(),
      upload: (file) => this.upload(file),
      undo: () => this.undo(),
    });
    this.#readBook().catch(console.error);
    this.refresh(this.#homeless().length > 0);
  }

  #begin(cell, text) {
    cell.edit(text);
    const marks = new CellMarks(cell, {
      add: (above) => this.addBelow(above),
      remove: (own) => this.remove(own),
      giveBack: (each, given) => this.#putBack(each.name, given),
    });
    this.marks.set(cell, marks);
    marks.refresh();
  }

  /** All cells, in the order of the page. */
  get cells() {
    return this.books.flatMap((cell) => [cell, ...this.#below(cell)]);
  }

  /** Those that hold work. */
  get mine() {
    return this.cells.filter((cell) => cell.isOwn || cell.isEdited);
  }

  #below(cell) {
    return [...this.own.values()]
      .filter((own) => cellAbove(/** @type {any} */ (placeOf(own.name)), this.books) === cell)
      .sort((one, other) => (placeOf(one.name)?.order ?? 0) - (placeOf(other.name)?.order ?? 0));
  }

  /** Say what of the reader's stands where; nothing if there is nothing. */
  summary() {
    const name = (cells) => {
      const few = cells.slice(0, 6).map((cell) => cell.number);
      const more = cells.length > 6 ? ` and ${cells.length - 6} more` : "";
      return `${cells.length === 1 ? "cell" : "cells"} ${few.join(", ")}${more}`;
    };
    const edited = this.books.filter((cell) => cell.isEdited);
    const own = this.cells.filter((cell) => cell.isOwn);
    const said = [];
    if (edited.length)
      said.push(`${plural(edited.length, "edit of yours is", "edits of yours are")} back: ${name(edited)}.`);
    if (own.length)
      said.push(`${plural(own.length, "cell of your own is", "cells of your own are")} back: ${name(own)}.`);
    const lost = this.#homeless().length;
    if (lost)
      said.push(
        `The book has changed the code of ${plural(lost, "cell that you had edited: your text stands", "cells that you had edited: your texts stand")} below.`,
      );
    else if (!said.length && this.edits.kept().length) said.push("What you gave up on this page is kept below.");
    return said.join(" ");
  }

  /** Draw what depends on all of the work. */
  refresh(isOpen = false) {
    for (const cell of this.books) {
      this.#below(cell).forEach((own, k) => {
        own.rename(`${cell.number}${letterOf(k)}`);
      });
    }
    const step = this.edits.step();
    // After "Start over" the bar's own button leads back.
    this.row.show(this.mine, step && !this.canGoBack ? STEPS[step.what] : "");
    this.#showKept(isOpen);
    this.host.changed();
  }

  /** A cell's text has changed, by whatever hand. */
  edited(cell) {
    if (cell.isOwn || cell.isEdited) {
      if (!cell.isOwn) this.edits.noteOrigin(cell.name, { number: Number(cell.number), code: cell.original });
      this.edits.put(cell.name, cell.text);
    } else {
      this.edits.remove(cell.name);
    }
    this.marks.get(cell)?.refresh();
    this.refresh();
  }

  // ---------- cells of the reader's own ----------

  #place(name, text) {
    const above = cellAbove(/** @type {any} */ (placeOf(name)), this.books);
    const cell = this.host.makeCell(makeNode(), `${above.number}+`);
    cell.name = name;
    this.own.set(name, cell);
    const line = [above, ...this.#below(above)];
    line[line.indexOf(cell) - 1].node.after(cell.node);
    this.#begin(cell, text);
    return cell;
  }

  /** Add an empty cell below another. */
  addBelow(cell, text = "") {
    const name = this.#nameBelow(cell);
    const added = this.#place(name, text);
    this.edits.put(name, text);
    this.refresh();
    added.focus();
    return added;
  }

  #nameBelow(cell) {
    const place = placeOf(cell.name);
    const above = place ? cellAbove(place, this.books) : cell;
    const after = place?.order ?? 0;
    const next = this.#below(above)
      .map((own) => placeOf(own.name)?.order ?? 0)
      .find((order) => order > after);
    return nameAt({
      below: above.name,
      number: Number(above.number),
      order: next === undefined ? after + 1 : (after + next) / 2,
    });
  }

  /** Delete a cell of the reader's own; its text is kept aside. */
  remove(cell) {
    const { name, text, number } = cell;
    const cells = this.cells;
    const next = cells[cells.indexOf(cell) - 1];
    this.#takeAway(cell, "deleted");
    if (text.trim()) this.edits.setStep({ what: "deleted", changes: [{ name, before: text, after: null }] });
    this.refresh();
    this.host.tell(`Your cell ${number} is deleted.${text.trim() ? " Undo brings it back." : ""}`);
    if (this.row.undo.hidden) next.focus();
    else this.row.undo.focus();
  }

  #takeAway(cell, why) {
    this.host.dropCell(cell);
    if (why && cell.text.trim()) this.edits.keep({ name: cell.name, text: cell.text, why });
    this.own.delete(cell.name);
    this.marks.delete(cell);
    cell.node.remove();
    return this.edits.remove(cell.name);
  }

  // ---------- what can be undone ----------

  /** Whether the bar's button undoes a "Start over": nothing has been written since. */
  get canGoBack() {
    return !this.mine.length && this.edits.step()?.what === "over";
  }

  /** Restore the book's code and outputs in every cell. */
  startOver() {
    const mine = this.mine;
    const changes = mine.map(({ name, text }) => ({ name, before: text, after: null }));
    const names = this.books.map((cell) => cell.name);
    for (const cell of this.books) cell.reset();
    const own = mine.filter((cell) => cell.isOwn).flatMap((cell) => this.#takeAway(cell, "over"));
    // Only what this tab knows: another tab's edits are that tab's.
    const others = this.edits.remove(...names).length + own.length;
    this.edits.setStep({ what: "over", changes });
    this.refresh();
    return others;
  }

  /** Undo the last step; return the number of texts that are back. */
  undo() {
    const step = this.edits.step();
    if (!step) return 0;
    this.edits.setStep(null);
    for (const { name, before, after } of step.changes) {
      const cell = this.own.get(name) ?? this.books.find((each) => each.name === name);
      const isEmpty = !cell || (!cell.isOwn && !cell.isEdited);
      const present = isEmpty ? null : cell.text;
      if (present !== null && present !== after && present !== before)
        this.edits.keep({ name, text: present, why: "undo" });
      if (before !== null) this.#putBack(name, before);
      else if (cell?.isOwn)
        this.#takeAway(cell, null); // its text stands in the file, or is kept above
      else cell?.put(cell.original);
    }
    this.refresh();
    const back = step.changes.filter(({ before }) => before !== null).length;
    const said = { over: `${plural(back, "edit is", "edits are")} back.`, deleted: "Your cell is back." };
    this.host.tell(said[step.what] ?? "The upload is undone.");
    return back;
  }

  // Show a text again in the cell that it was written in.
  #putBack(name, text) {
    const cell = this.own.get(name) ?? this.books.find((each) => each.name === name);
    if (cell) {
      if (cell.text !== text && (cell.isOwn || cell.isEdited)) this.edits.keep({ name, text: cell.text, why: "undo" });
      cell.put(text);
    } else if (placeOf(name)) {
      this.#place(name, text);
      this.edits.put(name, text);
    }
    this.edits.forget(name, text);
    this.refresh();
  }

  // ---------- texts in no cell ----------

  // Edits of cells whose code the book has changed since: which cell was meant cannot be known.
  #homeless() {
    const names = new Set(this.books.map((cell) => cell.name));
    return Object.entries(this.edits.stored()).filter(([name]) => !names.has(name) && !placeOf(name));
  }

  // The cell that a text was most likely meant for.
  #likeliest(name, text) {
    const key = `${name} ${text}`;
    if (this.#likely.has(key)) return this.#likely.get(key);
    const origin = this.edits.origin(name);
    const codes = [origin?.code, text].filter((code) => code !== undefined);
    const scores = this.books.map((cell) => Math.max(...codes.map((code) => likeness(code, cell.original))));
    const best = Math.max(...scores);
    const found = best >= LIKE ? this.books[scores.indexOf(best)] : this.books[(origin?.number ?? 0) - 1];
    this.#likely.set(key, found);
    return found;
  }

  #showKept(isOpen) {
    const bookOf = (cell) => ({ number: cell.number, code: cell.original });
    const changed = this.#homeless().map(([name, text]) => {
      const likely = this.#likeliest(name, text);
      const discard = () => {
        this.edits.discard(name, text);
        this.refresh();
      };
      const asOwn = () => {
        this.addBelow(likely ?? this.books.at(-1), text);
        discard();
      };
      const acts = /** @type {[string, () => void][]} */ ([["Make it a cell of your own", asOwn]]);
      if (likely) {
        const into = () => {
          if (likely.isEdited) this.edits.keep({ name: likely.name, text: likely.text, why: "undo" });
          likely.put(text);
          discard();
          likely.focus();
        };
        acts.unshift([`Put into cell ${likely.number}`, into]);
      }
      return {
        title: "Your edit of a cell whose code the book has changed since",
        text,
        book: likely ? bookOf(likely) : null,
        acts,
        discard,
        keepAgain: () => {
          this.edits.put(name, text);
          this.refresh(true);
        },
      };
    });
    const kept = this.edits.kept().map(({ name, text, why }) => {
      const cell = this.books.find((each) => each.name === name);
      const place = placeOf(name);
      const where = place
        ? `Your own cell below cell ${cellAbove(place, this.books).number}`
        : cell
          ? `Cell ${cell.number}`
          : "A cell that the book has changed since";
      const acts = /** @type {[string, () => void][]} */ ([]);
      if (cell || place) acts.push(["Put back", () => this.#putBack(name, text)]);
      return {
        title: `${where}, ${WHY[why] ?? WHY.undo}`,
        text,
        book: cell ? bookOf(cell) : null,
        acts,
        discard: () => {
          this.edits.forget(name, text);
          this.refresh();
        },
        keepAgain: () => {
          this.edits.keep({ name, text, why });
          this.refresh(true);
        },
      };
    });
    showKept(this.row.node, [...changed, ...kept.reverse()], isOpen);
  }

  // Another tab of this page has written; what stands here stays, and neither replaces the other unseen.
  #changedElsewhere(names) {
    if (!this.row) return;
    const cells = this.cells.filter((cell) => names.includes(cell.name));
    for (const cell of cells) cell.showState("changed in another tab of this page");
    const isNew = names.some((name) => placeOf(name) && !this.own.has(name));
    if (this.host.isBusy()) return this.refresh();
    if (cells.length)
      this.host.tell(
        `Another tab of this page has changed cell ${cells.map((cell) => cell.number).join(", ")}. Both texts are kept: reload to see its own.`,
      );
    else if (isNew) this.host.tell("Another tab of this page has added a cell: reload to see it.");
    return this.refresh();
  }

  // ---------- the page as a notebook ----------

  // The notebook of the page's download menu; once it has come it is there without the server.
  #readBook() {
    this.#book ??= this.#fetchBook().catch((error) => {
      this.#book = null;
      throw error;
    });
    return this.#book;
  }

  async #fetchBook() {
    const link = /** @type {HTMLAnchorElement | null} */ (document.querySelector('a[href$=".ipynb"]'));
    const address = link?.href ?? new URL(`_sources/${this.path.replace(/\.html$/, ".ipynb")}`, this.root).href;
    const answer = await fetch(address).catch(() => null);
    if (!answer?.ok) throw new Error("the book’s own notebook did not come. Does the server still run?");
    return readNotebook(await answer.text());
  }

  #pageCells() {
    return this.books.map((cell) => ({
      name: cell.name,
      code: cell.original,
      text: cell.text,
      own: this.#below(cell).map((own) => own.text),
    }));
  }

  async download() {
    try {
      const notebook = writeNotebook(await this.#readBook(), this.#pageCells(), this.path);
      const file = new Blob([`${JSON.stringify(notebook, null, 1)}\n`], { type: "application/x-ipynb+json" });
      const link = document.createElement("a");
      link.href = URL.createObjectURL(file);
      link.download = `${this.bar.dataset.chapter || "page"}-edited.ipynb`;
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
      this.host.tell(`${link.download} is downloaded, with what you have written on this page.`);
    } catch (error) {
      this.host.tell(`The notebook was not downloaded: ${error.message}`, true);
    }
  }

  /** @param {File} file */
  async upload(file) {
    try {
      if (file.size > LARGEST) throw new Error(`it has ${Math.round(file.size / 1e6)} MB, and 20 MB is the most.`);
      const notebook = readNotebook(await file.text().catch(() => ""));
      const work = readWork(notebook, await this.#readBook(), this.#pageCells());
      this.#take(work, file.name);
    } catch (error) {
      this.host.tell(`${file.name} was not taken: ${error.message} Nothing has changed.`, true);
    }
  }

  #take({ edits, own, found }, name) {
    const changes = [];
    for (const { at, text } of edits) {
      const cell = this.books[at];
      if (cell.text === text) continue;
      if (cell.isEdited) this.edits.keep({ name: cell.name, text: cell.text, why: "upload" });
      changes.push({ name: cell.name, before: cell.isEdited ? cell.text : null, after: text });
      cell.put(text);
    }
    const changed = changes.length;
    for (const { below, text } of own) {
      const above = this.books[below];
      const line = this.#below(above);
      if (line.some((each) => each.text === text)) continue;
      const cell = this.#nameBelow(line.at(-1) ?? above);
      this.#place(cell, text);
      this.edits.put(cell, text);
      changes.push({ name: cell, before: null, after: text });
    }
    if (changes.length) this.edits.setStep({ what: "upload", changes });
    this.refresh();
    const added = changes.length - changed;
    const stranger = found ? "" : " None of its cells is one of this page: is it of another chapter?";
    const what = [
      ...(changed
        ? [`${plural(changed, "cell is", "cells are")} as you had edited ${changed === 1 ? "it" : "them"}`]
        : []),
      ...(added ? [`${plural(added, "cell", "cells")} of your own ${added === 1 ? "is" : "are"} added`] : []),
    ];
    this.host.tell(
      changes.length
        ? `From ${name}: ${what.join(", ")}.${stranger} Undo takes the upload back.`
        : `${name} holds nothing that this page has not.`,
    );
  }
}
