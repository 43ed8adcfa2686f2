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

export class Edits {
  /**
   * Another tab may show the same page, so each change first reads what is stored.
   * @param {string} page
   * @param {(message: string) => void} onTrouble
   */
  constructor(page, onTrouble) {
    this.key = `softmax-live:${page}`;
    this.onTrouble = onTrouble;
  }

  all() {
    try {
      return JSON.parse(localStorage.getItem(this.key) ?? "{}");
    } catch {
      return {};
    }
  }

  put(name, text) {
    this.write({ ...this.all(), [name]: text });
  }

  remove(...names) {
    const edits = this.all();
    for (const name of names) delete edits[name];
    this.write(edits);
  }

  write(edits) {
    try {
      if (Object.keys(edits).length) localStorage.setItem(this.key, JSON.stringify(edits));
      else localStorage.removeItem(this.key);
    } catch {
      this.onTrouble(
        "This browser keeps no edits (a private window, or no room): copy what you need before you leave the page.",
      );
    }
  }
}
