// One cell of a live page: its editor, its buttons, its outputs, and what the book had there.
import { makeEditor, setText } from "./editor.js";
import { OutputArea } from "./outputs.js";

// The code of a cell as the book shows it.
export const codeOf = (node) => node.querySelector(".cell_input pre").textContent.replace(/\n$/, "");

const SECONDS = (time) => (time < 10 ? `${Math.max(time, 0.01).toFixed(2)} s` : `${Math.round(time)} s`);

export class Cell {
  // page: what a cell needs of its page: { run(cells), runTo(cell), edited(cell), next(cell), ran(count, cell), cellOfRun, complete, showWidget }
  constructor(node, number, page) {
    Object.assign(this, { node, number, page, original: codeOf(node) });
    this.mayRaise = node.classList.contains("tag_raises-exception");
    const input = node.querySelector(".cell_input");
    this.frame = input.querySelector(".highlight");
    this.built = [...this.frame.childNodes];
    this.outputs = node.querySelector(":scope > .cell_output");
    this.builtOutputs = this.outputs ? [...this.outputs.childNodes] : [];
    if (!this.outputs) {
      this.outputs = document.createElement("div");
      this.outputs.className = "cell_output docutils container";
      node.append(this.outputs);
    }
    this.area = new OutputArea(this.outputs, {
      alt: `The picture that cell ${number} draws`,
      drawWidget: page.showWidget,
      cellOfRun: page.cellOfRun,
    });
    node.smsOutputs = this.area;
    node.dataset.live = "ready";
    input.append(this.#buttons());
  }

  #buttons() {
    const button = (text, label, act) => {
      const node = document.createElement("button");
      node.type = "button";
      node.textContent = text;
      node.setAttribute("aria-label", `${label} ${this.number}`);
      node.addEventListener("click", act);
      return node;
    };
    this.runButton = button("Run", "Run cell", () => this.page.run([this]));
    this.runButton.className = "sms-live-run";
    this.toHere = button("Run to here", "Run to here: the cells up to", () => this.page.runTo(this));
    this.startOver = button("Start over", "Start over with cell", () => this.reset());
    this.startOver.hidden = true;
    this.told = document.createElement("span");
    this.told.className = "sms-live-told";
    this.told.textContent = `Cell ${this.number}`;
    const row = document.createElement("div");
    row.className = "sms-live-row";
    row.append(this.runButton, this.toHere, this.startOver, this.told);
    return row;
  }

  // Put the editor in the place of the built page's code.
  edit(text) {
    this.frame.replaceChildren();
    this.editor = makeEditor({
      parent: this.frame,
      text,
      label: `Code of cell ${this.number}. Tab indents or completes; Escape, then Tab moves on.`,
      onChange: () => this.#changed(),
      onRun: ({ next }) => {
        this.page.run([this]);
        if (next) this.page.next(this)?.focus();
      },
      complete: this.page.complete,
    });
    this.startOver.hidden = text === this.original;
  }

  put(text) {
    setText(this.editor, text);
  }

  get text() {
    return this.editor.state.doc.toString();
  }
  get isEdited() {
    return this.text !== this.original;
  }

  #changed() {
    this.startOver.hidden = !this.isEdited;
    if (this.node.dataset.live === "done" || this.node.dataset.live === "failed")
      this.mark("changed", "changed since it ran");
    this.page.edited(this);
  }

  focus() {
    this.editor.focus();
    this.node.scrollIntoView({ block: "nearest" });
  }

  // The book's code and the book's outputs again. Undo, in the editor, brings an edit back.
  reset() {
    this.put(this.original);
    if (this.node.dataset.live === "running") return; // its outputs are still coming
    this.area.clear();
    this.outputs.replaceChildren(...this.builtOutputs);
    this.mark("ready", "");
  }

  // ready · waiting · running · done · failed · changed · stale
  mark(state, text) {
    clearInterval(this.clock);
    this.outputs.classList.remove("sms-live-old");
    this.node.dataset.live = state;
    this.tell(text);
  }

  tell(text) {
    this.told.textContent = `Cell ${this.number}${text && `: ${text}`}`;
  }

  // Run this cell. Returns the kernel's reply.
  async run(kernel) {
    const started = performance.now();
    const passed = () => (performance.now() - started) / 1000;
    this.mark("running", "running");
    this.clock = setInterval(() => {
      if (passed() >= 1) this.tell(`running, ${Math.floor(passed())} s`);
    }, 500);
    let fresh = false; // what stood there stays until there is something new, or the end
    this.outputs.classList.add("sms-live-old");
    const begin = () => {
      if (!fresh) this.area.clear();
      fresh = true;
      this.outputs.classList.remove("sms-live-old");
    };
    try {
      this.future?.dispose();
      this.future = kernel.execute(this.text, ({ header, content }) => {
        if (header.msg_type === "execute_input") this.page.ran(content.execution_count, this);
        if (["status", "execute_input"].includes(header.msg_type)) return undefined;
        begin();
        return this.area.add(header.msg_type, content);
      });
      const { content: reply } = await this.future.done;
      begin();
      this.area.flush();
      if (reply.status === "ok") this.mark("done", SECONDS(passed()));
      else
        this.mark(
          "failed",
          reply.ename === "KeyboardInterrupt" ? "interrupted" : reply.status === "error" ? reply.ename : "not run",
        );
      return reply;
    } catch (error) {
      this.mark("failed", "broken off");
      throw error;
    }
  }
}
