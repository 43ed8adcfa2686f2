// The row below the bar: which cells hold the reader's work, and what can be done with all of it.

/**
 * @typedef {object} Acts
 * @property {() => void} download
 * @property {(file: File) => void} upload
 * @property {() => void} undo
 */

export class WorkRow {
  /**
   * @param {Element} bar The row stands behind it.
   * @param {Acts} acts
   */
  constructor(bar, acts) {
    const node = document.createElement("div");
    node.className = "sms-live-work";
    node.setAttribute("role", "group");
    node.setAttribute("aria-label", "Your work on this page");
    this.node = node;
    this.where = document.createElement("p");
    const button = (text, name, act) => {
      const made = Object.assign(document.createElement("button"), { type: "button", textContent: text });
      made.className = `sms-live-${name}`;
      made.addEventListener("click", act);
      return made;
    };
    this.undo = button("Undo", "undo", acts.undo);
    this.undo.hidden = true;
    this.download = button("Download notebook", "download", acts.download);
    this.download.title = "This page as .ipynb, with your edits and your own cells";
    const file = Object.assign(document.createElement("input"), { type: "file", accept: ".ipynb,application/json" });
    file.hidden = true;
    file.addEventListener("change", () => {
      const [chosen] = file.files ?? [];
      file.value = ""; // so that the same file can be chosen again
      if (chosen) acts.upload(chosen);
    });
    this.upload = button("Upload notebook", "upload", () => file.click());
    this.upload.title = "Put the edits and cells of an .ipynb of this page into it";
    node.append(this.where, this.undo, this.download, this.upload, file);
    bar.after(node);
  }

  /**
   * Name the cells that hold work, as links to them, and what can be undone.
   * @param {import("./cell.js").Cell[]} cells
   * @param {string} undo What the button undoes; nothing if it is empty.
   */
  show(cells, undo) {
    const hadFocus = this.undo === document.activeElement;
    this.undo.hidden = !undo;
    if (undo) this.undo.textContent = `Undo ${undo}`;
    if (!undo && hadFocus) this.download.focus();
    const names = cells.map((cell) => `cell ${cell.number}`).join(" · ");
    this.where.hidden = !cells.length;
    if (this.where.dataset.names === names) return; // a link that is being used stays
    this.where.dataset.names = names;
    this.where.replaceChildren("Yours: ");
    cells.forEach((cell, k) => {
      const link = Object.assign(document.createElement("button"), {
        type: "button",
        className: "sms-live-goto",
        textContent: `cell ${cell.number}`,
      });
      link.setAttribute("aria-label", `Go to cell ${cell.number}, which is ${cell.isOwn ? "your own" : "edited"}`);
      link.addEventListener("click", () => cell.focus());
      this.where.append(...(k ? [" · "] : []), link);
    });
  }
}
