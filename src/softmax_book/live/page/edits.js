// The reader's edits, kept in the browser for each page. A cell is identified by a hash of the book's
// code, so that an edit finds its cell when other cells are added or removed, and never replaces code
// that it was not made from.

/**
 * Return a name for each cell: a hash of its code, with a count for cells of the same code.
 * @param {string[]} codes
 */
export function cellNames(codes) {
  const seen = new Map();
  return codes.map((code) => {
    let hash = 0x811c9dc5; // FNV-1a
    for (const letter of new TextEncoder().encode(code)) hash = Math.imul(hash ^ letter, 0x01000193);
    const name = (hash >>> 0).toString(36);
    seen.set(name, (seen.get(name) ?? 0) + 1);
    return `${name}-${seen.get(name)}`;
  });
}

const MOST_KEPT = 30; // texts kept aside; the oldest give way

/**
 * A text that is no cell's edit any more: the reader started over, or another tab replaced it.
 * @typedef {{ name: string, text: string, why: "over" | "replaced" }} Kept
 */

export class Edits {
  // What this tab last read or wrote of each edit: what is stored beside it is another tab's.
  #known = new Map();

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
    this.onTrouble = onTrouble;
    addEventListener("storage", ({ key }) => {
      if (key !== this.key) return;
      const edits = this.#read();
      const names = new Set([...Object.keys(edits), ...this.#known.keys()]);
      onOther([...names].filter((name) => edits[name] !== this.#known.get(name)));
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
    const edits = this.#read();
    if (edits[name] !== undefined && edits[name] !== this.#known.get(name) && edits[name] !== text)
      this.keep({ name, text: edits[name], why: "replaced" });
    this.#known.set(name, text);
    this.#write(this.key, { ...edits, [name]: text });
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
      delete edits[name];
      this.#known.delete(name);
    }
    this.#write(this.key, edits);
    return others;
  }

  /** @returns {Kept[]} */
  kept() {
    const kept = this.#read(this.keptKey).kept;
    return Array.isArray(kept) ? kept : [];
  }

  /**
   * Keep a text aside until its reader discards it, over every reload.
   * @param {Kept} text
   */
  keep(text) {
    const others = this.kept().filter((each) => each.name !== text.name || each.text !== text.text);
    this.#write(this.keptKey, { kept: [...others, text].slice(-MOST_KEPT) });
  }

  /** Keep a text aside no longer. */
  forget(name, text) {
    const kept = this.kept().filter((each) => each.name !== name || each.text !== text);
    this.#write(this.keptKey, kept.length ? { kept } : {});
  }

  /** Discard a text that was kept aside, or is the edit of a cell that the book has changed. */
  discard(name, text) {
    if (this.kept().some((each) => each.name === name && each.text === text)) return this.forget(name, text);
    const edits = this.#read();
    if (edits[name] === text) delete edits[name];
    return this.#write(this.key, edits);
  }

  #read(key = this.key) {
    try {
      const found = JSON.parse(localStorage.getItem(key) ?? "{}");
      return found && typeof found === "object" ? found : {};
    } catch {
      return {};
    }
  }

  #write(key, value) {
    try {
      if (Object.keys(value).length) localStorage.setItem(key, JSON.stringify(value));
      else localStorage.removeItem(key);
    } catch {
      this.onTrouble(
        "This browser keeps no edits (a private window, or no room): copy what you need before you leave the page.",
      );
    }
  }
}
