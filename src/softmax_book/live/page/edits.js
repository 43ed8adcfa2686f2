// What the reader has written, kept in the browser for each page. A cell is identified by a hash of the
// book's code, so that an edit finds its cell when other cells are added or removed, and never replaces
// code that it was not made from. The name of a cell of the reader's own says where it stands.

/**
 * Return a short name for a text.
 * @param {string} text
 */
export function hash(text) {
  let sum = 0x811c9dc5; // FNV-1a
  for (const letter of new TextEncoder().encode(text)) sum = Math.imul(sum ^ letter, 0x01000193);
  return (sum >>> 0).toString(36);
}

/**
 * Return a name for each cell: a hash of its code, with a count for cells of the same code.
 * @param {string[]} codes
 */
export function cellNames(codes) {
  const seen = new Map();
  return codes.map((code) => {
    const name = hash(code);
    seen.set(name, (seen.get(name) ?? 0) + 1);
    return `${name}-${seen.get(name)}`;
  });
}

const MOST_KEPT = 200; // texts kept aside; the oldest give way

/**
 * A text that is no cell's edit any more: the reader started over, deleted the cell, uploaded a
 * notebook or undid something, or another tab replaced it.
 * @typedef {{ name: string, text: string, why: "over" | "replaced" | "deleted" | "upload" | "undo" }} Kept
 */

/**
 * What one step has done to the page, so that it can be undone, after a reload too. null: no text.
 * @typedef {object} Step
 * @property {"over" | "deleted" | "upload"} what
 * @property {{ name: string, before: string | null, after: string | null }[]} changes
 */

export class Edits {
  // What this tab last read or wrote of each edit: what is stored beside it is another tab's.
  #known = new Map();
  // Changes that the browser would not store; they hold as long as the page is open.
  /** @type {Map<string, Map<string, (stored: any) => any>>} */
  #unstored = new Map();

  /**
   * Another tab may show the same page, so each change first reads what is stored, and what this
   * tab has not seen is never lost by it.
   * @param {string} page
   * @param {(message: string) => void} onTrouble
   * @param {(names: string[]) => void} onOther Gets the names of edits that another tab has changed.
   */
  constructor(page, onTrouble, onOther) {
    this.key = `softmax-live:${page}`;
    this.keptKey = `softmax-kept:${page}`;
    this.stepKey = `softmax-step:${page}`;
    this.originKey = `softmax-book:${page}`;
    this.onTrouble = onTrouble;
    const look = () => {
      const edits = this.#read();
      const names = new Set([...Object.keys(edits), ...this.#known.keys()]);
      onOther([...names].filter((name) => edits[name] !== this.#known.get(name)));
    };
    addEventListener("storage", ({ key }) => {
      if (key?.endsWith(`:${page}`)) look();
    });
    addEventListener("pageshow", ({ persisted }) => {
      if (persisted) look(); // nobody told this page while it was left
    });
    addEventListener("beforeunload", (event) => {
      if (this.#unstored.size) event.preventDefault();
    });
  }

  /** Every edit that is stored; from now on this tab knows them. */
  all() {
    const edits = this.#read();
    this.#known = new Map(Object.entries(edits));
    return edits;
  }

  /** Every edit that is stored, other tabs' too. */
  stored() {
    return this.#read();
  }

  /** Store an edit; what another tab has written there meanwhile is kept aside. */
  put(name, text) {
    const stored = this.#read()[name];
    if (stored !== undefined && stored !== this.#known.get(name) && stored !== text)
      this.keep({ name, text: stored, why: "replaced" });
    this.#known.set(name, text);
    this.#write(this.key, name, (edits) => ({ ...edits, [name]: text }));
  }

  /**
   * Remove the edits that this tab knows as they are; return the names of those it does not.
   * @param {string[]} names
   * @returns {string[]}
   */
  remove(...names) {
    const edits = this.#read();
    const others = names.filter((name) => name in edits && edits[name] !== this.#known.get(name));
    for (const name of names) {
      if (others.includes(name)) continue;
      this.#known.delete(name);
      if (name in edits) this.#drop(name);
    }
    return others;
  }

  #drop(name) {
    this.#write(this.key, name, (edits) => {
      const { [name]: _, ...rest } = edits;
      return rest;
    });
  }

  /** @returns {Kept[]} */
  kept() {
    return listOf(this.#read(this.keptKey).kept);
  }

  /**
   * Keep a text aside until its reader discards it, over every reload.
   * @param {Kept} text
   */
  keep(text) {
    this.#write(this.keptKey, `${text.name} ${text.text}`, ({ kept }) => ({
      kept: [...listOf(kept).filter((each) => !isSame(each, text)), text].slice(-MOST_KEPT),
    }));
  }

  /** Keep a text aside no longer. */
  forget(name, text) {
    if (!this.kept().some((each) => isSame(each, { name, text }))) return;
    this.#write(this.keptKey, `${name} ${text}`, ({ kept }) => {
      const rest = listOf(kept).filter((each) => !isSame(each, { name, text }));
      return rest.length ? { kept: rest } : {};
    });
  }

  /** Discard a text that was kept aside, or is the edit of a cell that the book has changed. */
  discard(name, text) {
    this.forget(name, text);
    if (this.#read()[name] === text) this.#drop(name);
  }

  /**
   * The last step that can be undone.
   * @returns {Step | null}
   */
  step() {
    const step = /** @type {any} */ (this.#read(this.stepKey));
    return Array.isArray(step.changes) && step.changes.length ? step : null;
  }

  /** @param {Step | null} step */
  setStep(step) {
    if (step || this.step()) this.#write(this.stepKey, "", () => step ?? {});
  }

  /** Note what the book says in a cell, and its number, for the day on which the book has changed. */
  noteOrigin(name, origin) {
    if (!(name in this.#read(this.originKey)))
      this.#write(this.originKey, name, (origins) => ({ ...origins, [name]: origin }));
  }

  /**
   * What the book said in a cell when it was edited.
   * @returns {{ number: number, code: string } | undefined}
   */
  origin(name) {
    return this.#read(this.originKey)[name];
  }

  #read(key = this.key) {
    let found = {};
    try {
      found = JSON.parse(localStorage.getItem(key) ?? "{}");
    } catch {
      // broken, or not to be had
    }
    if (!found || typeof found !== "object") found = {};
    for (const change of this.#unstored.get(key)?.values() ?? []) found = change(found);
    return found;
  }

  // Change what is stored. What cannot be stored is tried again with the next change.
  #write(key, what, change) {
    const changes = this.#unstored.get(key) ?? new Map();
    changes.delete(what); // the last of each comes last
    changes.set(what, change);
    this.#unstored.set(key, changes);
    let failed = false;
    for (const waiting of [...this.#unstored.keys()]) {
      const value = this.#read(waiting);
      try {
        if (Object.keys(value).length) localStorage.setItem(waiting, JSON.stringify(value));
        else localStorage.removeItem(waiting);
        this.#unstored.delete(waiting);
      } catch {
        failed = true;
      }
    }
    if (failed)
      this.onTrouble(
        "This browser keeps no edits (a private window, or no room): download the notebook, or copy what you need, before you leave the page.",
      );
  }
}

/** @returns {Kept[]} */
const listOf = (kept) => (Array.isArray(kept) ? kept : []);
const isSame = (one, other) => one.name === other.name && one.text === other.text;
