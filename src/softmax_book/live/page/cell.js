// One cell of a live page: its editor, its buttons, its outputs, and the book's own code and outputs.
import { undo } from "@codemirror/commands";
import { Asides } from "./asides.js";
import { makeEditor, setText } from "./editor.js";
import { readWords } from "./figures.js";
import { mendLookAlikes } from "./mended_paste.js";
import { OutputArea } from "./outputs.js";
import { showSignature } from "./signatures.js";

/**
 * Return the code of a cell as the book shows it.
 * @param {Element} node
 */
export const codeOf = (node) => node.querySelector(".cell_input pre")?.textContent.replace(/\n$/, "") ?? "";

const SECONDS = (time) => (time < 10 ? `${Math.max(time, 0.01).toFixed(2)} s` : `${Math.round(time)} s`);

/**
 * What a cell needs of its page.
 * @typedef {object} CellPage
 * @property {(cells: Cell[]) => void} run
 * @property {(cell: Cell) => void} runTo Run the cells up to this one.
 * @property {(cell: Cell) => void} edited Keep the cell's edit.
 * @property {(cell: Cell) => void} givenUp Keep the text aside that the book's is about to replace.
 * @property {(cell: Cell) => Cell | undefined} next
 * @property {(count: number, cell: Cell) => void} ran Note which cell is In[count].
 * @property {(count: number) => string | undefined} cellOfRun The page's name for In[count].
 * @property {(code: string, position: number) => Promise<import("./editor.js").Completion | null>} complete
 * @property {import("./signatures.js").Inspect} inspect
 * @property {(id: string) => Promise<Element>} showWidget
 */

export class Cell {
  /** @type {import("@codemirror/view").EditorView} */
  editor;
  /** @type {HTMLButtonElement} */
  runButton;
  /** @type {HTMLButtonElement} */
  toHere;
  /** @type {HTMLElement} */
  row;
  /** @type {HTMLElement} */
  stateText;
  /** @type {[Element, string][]} */
  #labels = [];
  #state = "";

  /**
   * @param {HTMLElement} node
   * @param {number | string} number
   * @param {CellPage} page
   * @param {{ isOwn?: boolean }} [options] isOwn: the reader has added it.
   */
  constructor(node, number, page, { isOwn = false } = {}) {
    this.node = node;
    this.isOwn = isOwn;
    this.number = number;
    this.page = page;
    this.name = ""; // by which the reader's edits find it again
    this.original = codeOf(node);
    this.asks = false; // whether its code waits for an answer
    this.mayRaise = node.classList.contains("tag_raises-exception");
    const input = /** @type {Element} */ (node.querySelector(".cell_input"));
    this.frame = /** @type {Element} */ (input.querySelector(".highlight"));
    /** @type {Element | null} */
    const outputs = node.querySelector(":scope > .cell_output, :scope > details > .cell_output");
    this.builtOutputs = outputs ? [...outputs.childNodes] : [];
    this.outputs = outputs ?? document.createElement("div");
    if (!outputs) {
      this.outputs.className = "cell_output docutils container";
      node.append(this.outputs);
    }
    this.cover = this.outputs.closest("details"); // over what the reader is to predict
    this.area = new OutputArea(this.outputs, {
      words: readWords(this.outputs),
      alt: `The picture that cell ${number} draws`,
      drawWidget: page.showWidget,
      cellOfRun: page.cellOfRun,
    });
    this.asides = new Asides(this);
    node.smsOutputs = this.area;
    node.dataset.live = "ready";
    // Code that only draws is folded; the buttons and what they tell stay in sight.
    this.fold = input.closest("details");
    if (this.fold) this.fold.after(this.#buttons());
    else input.append(this.#buttons());
  }

  // Make a button of this cell's; its name for screen readers is the label and the cell's number.
  makeButton(text, label, act) {
    const node = document.createElement("button");
    node.type = "button";
    node.textContent = text;
    node.setAttribute("aria-label", `${label} ${this.number}`);
    node.addEventListener("click", act);
    this.#labels.push([node, label]);
    return node;
  }

  #buttons() {
    this.runButton = this.makeButton("Run", "Run cell", () => this.page.run([this]));
    this.runButton.className = "sms-live-run";
    // As in the editor, which is out of sight in a folded cell.
    this.runButton.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || !event.shiftKey) return;
      event.preventDefault();
      this.page.run([this]);
      this.page.next(this)?.focus();
    });
    this.toHere = this.makeButton("Run to here", "Run to here: the cells up to", () => this.page.runTo(this));
    const help = this.makeButton("Help", "Help on what the cursor stands on in cell", () => this.help());
    this.stateText = document.createElement("span");
    this.stateText.className = "sms-live-state";
    this.row = document.createElement("div");
    this.row.className = "sms-live-row";
    this.row.append(this.runButton, this.toHere, help, this.stateText);
    this.showState("");
    return this.row;
  }

  // Give a cell another number: one of the reader's own has been added before it, or deleted.
  rename(number) {
    if (number === this.number) return;
    this.number = number;
    this.area.alt = `The picture that cell ${number} draws`;
    for (const [node, label] of this.#labels) node.setAttribute("aria-label", `${label} ${number}`);
    this.editor.contentDOM.setAttribute("aria-label", this.#label);
    this.showState(this.#state);
  }

  get #label() {
    return `Code of cell ${this.number}. Tab indents or completes; Shift+Tab tells what a name is; Escape, then Tab moves on.`;
  }

  // Replace the built page's code by an editor.
  edit(text) {
    this.frame.replaceChildren();
    this.editor = makeEditor({
      parent: this.frame,
      text,
      label: this.#label,
      onChange: () => this.#changed(),
      onRun: ({ next }) => {
        this.page.run([this]);
        if (next) this.page.next(this)?.focus();
      },
      complete: this.page.complete,
      inspect: this.page.inspect,
      onMended: (found) => this.asides.sayMended(found, () => undo(this.editor)),
    });
    this.#showEdit();
  }

  put(text) {
    setText(this.editor, text);
  }

  // Tell what the cursor stands on; a folded cell is opened for it.
  help() {
    if (this.fold) this.fold.open = true;
    return showSignature(this.editor, this.page.inspect);
  }

  // Replace the signs that only look like Python's.
  mend() {
    mendLookAlikes(this.editor);
    this.editor.focus();
  }

  get text() {
    return this.editor.state.doc.toString();
  }
  get isEdited() {
    return this.text !== this.original;
  }

  // What differs from the book is not folded away.
  #showEdit() {
    if (this.fold && this.isEdited) this.fold.open = true;
  }

  #changed() {
    this.#showEdit();
    if (this.node.dataset.live === "done" || this.node.dataset.live === "failed")
      this.mark("changed", "changed since it ran");
    this.page.edited(this);
  }

  focus() {
    if (this.fold && !this.fold.open) this.runButton.focus();
    else this.editor.focus();
    this.node.scrollIntoView({ block: "nearest" });
  }

  // Restore the book's code and outputs. Undo in the editor restores the edit.
  reset() {
    if (this.isEdited) this.page.givenUp(this);
    this.put(this.original);
    if (this.node.dataset.live === "running") return; // its outputs are still coming
    this.area.clear();
    this.asides.clear();
    this.outputs.replaceChildren(...this.builtOutputs);
    this.mark("ready", "");
  }

  // ready · waiting · running · done · failed · changed · stale
  mark(state, text) {
    clearInterval(this.clock);
    this.asks = false;
    this.outputs.classList.remove("sms-live-old");
    this.node.dataset.live = state;
    this.showState(text);
  }

  showState(text) {
    this.#state = text;
    this.stateText.textContent = `Cell ${this.number}${text && `: ${text}`}`;
  }

  // Run this cell; return the kernel's reply.
  async run(kernel) {
    const started = performance.now();
    const passed = () => (performance.now() - started) / 1000;
    this.mark("running", "running");
    this.clock = setInterval(() => {
      if (passed() >= 1 && !this.asks) this.showState(`running, ${Math.floor(passed())} s`);
    }, 500);
    let fresh = false; // keep the old outputs until there is a new one, or the end
    this.outputs.classList.add("sms-live-old");
    if (this.cover) this.cover.open = true;
    const begin = () => {
      if (!fresh) {
        this.area.clear();
        this.asides.clear();
      }
      fresh = true;
      this.outputs.classList.remove("sms-live-old");
    };
    try {
      this.future?.dispose();
      const code = this.text;
      const run = kernel.execute(code, ({ header, content }) => {
        if (header.msg_type === "execute_input") this.page.ran(content.execution_count, this);
        if (["status", "execute_input"].includes(header.msg_type)) return undefined;
        begin();
        return this.area.add(header.msg_type, content);
      });
      this.future = run.future;
      const { content: reply } = await run.reply;
      begin();
      this.area.flush();
      if (reply.status === "ok") this.mark("done", SECONDS(passed()));
      else
        this.mark(
          "failed",
          reply.ename === "KeyboardInterrupt"
            ? "interrupted"
            : reply.status === "error"
              ? reply.ename
              : reply.status === "lost"
                ? "without an answer"
                : "not run",
        );
      this.asides.show(reply.payload);
      if (["SyntaxError", "IndentationError", "TabError"].includes(reply.ename)) this.asides.explainSyntax(code);
      return reply;
    } catch (error) {
      this.mark("failed", "broken off");
      throw error;
    }
  }
}
