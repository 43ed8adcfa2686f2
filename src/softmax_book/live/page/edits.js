// The reader's edits, kept in the browser for each page. A cell is known by a hash of the code
// that the book has there, so an edit finds its cell again when cells around it have moved, and
// is not put in the place of code that it was not made from.

// Each cell's name: a hash of its code, with a count where the same code stands twice.
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
  // Another tab may have the same page open: each change reads what is there first.
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
    const kept = this.all();
    for (const name of names) delete kept[name];
    this.write(kept);
  }

  write(kept) {
    try {
      if (Object.keys(kept).length) localStorage.setItem(this.key, JSON.stringify(kept));
      else localStorage.removeItem(this.key);
    } catch {
      this.onTrouble(
        "This browser keeps no edits (a private window, or no room): copy what you need before you leave the page.",
      );
    }
  }
}
