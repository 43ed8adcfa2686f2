// Cells of the reader's own. Each stands below a cell of the book. Its name, by which it is kept, says
// where: so its text and its place are written at once, or not at all.

/**
 * @typedef {object} Place
 * @property {string} below The name of the book's cell above it.
 * @property {number} number That cell's number, for the day on which the book has changed it.
 * @property {number} order Of the cells below the same one, the smallest comes first.
 */

/** @param {Place} place */
export function nameAt({ below, number, order }) {
  return `own:${crypto.randomUUID().slice(0, 8)}:${number}:${order}:${below}`;
}

/**
 * Return where a cell stands, or null if it is none of the reader's own.
 * @param {string} name
 * @returns {Place | null}
 */
export function placeOf(name) {
  const found = /^own:[^:]*:([^:]*):([^:]*):(.*)$/.exec(name);
  return found && { number: Number(found[1]) || 1, order: Number(found[2]) || 0, below: found[3] };
}

/**
 * Return the cell of the book that one of the reader's own stands below.
 * @template {{ name: string }} C
 * @param {Place} place
 * @param {C[]} books The book's cells.
 * @returns {C}
 */
export function cellAbove({ below, number }, books) {
  return books.find((cell) => cell.name === below) ?? books[Math.min(number, books.length) - 1];
}

/** Return a letter for each cell below the same one: a, b, … z, aa, … */
export function letterOf(count) {
  const letter = String.fromCharCode(97 + (count % 26));
  return count < 26 ? letter : letterOf(Math.floor(count / 26) - 1) + letter;
}

/** Return an element such as the built page has for a cell. */
export function makeNode() {
  const make = (className, ...children) => {
    const node = document.createElement("div");
    node.className = className;
    node.append(...children);
    return node;
  };
  const code = make("highlight-ipython3 notranslate", make("highlight", document.createElement("pre")));
  return make("cell docutils container sms-live-own", make("cell_input docutils container", code));
}
