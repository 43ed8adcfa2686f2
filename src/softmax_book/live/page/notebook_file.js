// The page as a notebook: the book's own download with the reader's edits and cells in it, and back.
import { hash } from "./edits.js";

const MARK = "softmax_live"; // what a notebook's metadata hold of the page
const NO_CHAPTER = new Set(["opening", "install"]); // cells of a download that are not on the page
const TEXT = "%%markdown\n"; // how a cell of code holds one of text
export const LARGEST = 20_000_000; // bytes of a file that is read

/**
 * @typedef {{ cell_type: string, id?: string, source: string | string[], metadata?: any }} NotebookCell
 * @typedef {{ cells: NotebookCell[], metadata: any, nbformat: number, nbformat_minor: number }} Notebook
 */
/**
 * A cell of the page.
 * @typedef {object} PageCell
 * @property {string} name
 * @property {string} code The book's.
 * @property {string} text The reader's.
 * @property {string[]} own The texts of the reader's own cells below it.
 */

const textOf = (/** @type {NotebookCell} */ { source }) =>
  (Array.isArray(source) ? source.join("") : source).replaceAll("\r\n", "\n").replace(/\n+$/, "");
const lines = (text) => text.split(/(?<=\n)/);

/**
 * Read a notebook, of whatever program.
 * @param {string} text
 * @returns {Notebook}
 * @throws {Error} If it is none; the message says what is wrong with it.
 */
export function readNotebook(text) {
  let found;
  try {
    found = JSON.parse(text);
  } catch {
    throw new Error("it is no notebook. A notebook’s name ends in .ipynb.");
  }
  const { nbformat, cells, metadata = {} } = found ?? {};
  if (nbformat !== undefined && nbformat !== 4)
    throw new Error(`it is of notebook format ${nbformat}, not 4. Open it in Jupyter and save it anew.`);
  if (nbformat !== 4 || !Array.isArray(cells)) throw new Error("it is no notebook: it has no list of cells.");
  const isText = (source) =>
    typeof source === "string" || (Array.isArray(source) && source.every((each) => typeof each === "string"));
  cells.forEach((cell, k) => {
    if (!["code", "markdown", "raw"].includes(cell?.cell_type) || !isText(cell.source))
      throw new Error(`its cell ${k + 1} is damaged: it has no text, or is of no known kind.`);
  });
  const language = metadata?.kernelspec?.language ?? metadata?.language_info?.name ?? "python";
  if (!/^i?python\d*$/i.test(language)) throw new Error(`it is written in ${language}, and this page runs Python.`);
  return { ...found, metadata: metadata ?? {} };
}

/**
 * Return for each cell of the page the cell of the book's notebook that it is, or undefined. Both have
 * the same order; in the notebook the words of a figure stand in the code.
 * @param {Notebook} book
 * @param {string[]} codes The book's code of each cell of the page.
 */
function pair(book, codes) {
  const chapter = book.cells.filter((cell) => cell.cell_type === "code" && !NO_CHAPTER.has(cell.id ?? ""));
  if (chapter.length === codes.length) return chapter;
  const free = new Set(chapter);
  return codes.map((code) => {
    const found = [...free].find((cell) => textOf(cell) === code);
    if (found) free.delete(found);
    return found;
  });
}

/**
 * Return the book's notebook with what the reader has written.
 * @param {Notebook} book
 * @param {PageCell[]} page
 * @param {string} path The page's.
 * @returns {Notebook}
 */
export function writeNotebook(book, page, path) {
  const pairs = pair(
    book,
    page.map(({ code }) => code),
  );
  const ids = new Set(book.cells.map(({ id }) => id));
  const ownId = () => {
    let count = 1;
    while (ids.has(`own-${count}`)) count += 1;
    ids.add(`own-${count}`);
    return `own-${count}`;
  };
  const makeOwn = (text) => {
    const shared = { id: ownId(), metadata: { [MARK]: { own: true } } };
    if (text.startsWith(TEXT)) return { ...shared, cell_type: "markdown", source: lines(text.slice(TEXT.length)) };
    return { ...shared, cell_type: "code", execution_count: null, outputs: [], source: lines(text) };
  };
  /** @type {Record<string, string>} */
  const names = {}; // of the page's cells, by the id
  /** @type {Record<string, string>} */
  const sources = {}; // a hash of what the book says in each cell
  /** @type {NotebookCell[]} */
  const cells = [];
  for (const cell of book.cells) {
    const k = pairs.indexOf(cell);
    if (cell.id) sources[cell.id] = hash(textOf(cell));
    if (k < 0) {
      cells.push(cell);
      continue;
    }
    if (cell.id) names[cell.id] = page[k].name;
    const { code, text, own } = page[k];
    cells.push(text === code ? cell : { ...cell, source: lines(text) }, ...own.map(makeOwn));
  }
  page.forEach(({ code, text, own }, k) => {
    if (!pairs[k]) cells.push(...(text === code ? own : [text, ...own]).map(makeOwn));
  });
  return { ...book, cells, metadata: { ...book.metadata, [MARK]: { page: path, names, sources } } };
}

/**
 * Return what a notebook has that the book has not: edits of the page's cells, and cells that are
 * none of the page's.
 *
 * A cell is found by its id, then by its code. Ids count the cells of one edition of the book, so those
 * of another edition are not believed, unless this page has written the notebook: then it holds the
 * cells' names.
 * @param {Notebook} notebook
 * @param {Notebook} book
 * @param {Pick<PageCell, "name" | "code">[]} page
 * @returns {{ edits: { at: number, text: string }[], own: { below: number, text: string }[], found: number }}
 *   Places are counted from 0; `found` cells are the page's.
 */
export function readWork(notebook, book, page) {
  const pairs = pair(
    book,
    page.map(({ code }) => code),
  );
  const sources = pairs.map((cell) => (cell ? textOf(cell) : ""));
  const isBooks = (text, k) => text === page[k].code || text === sources[k];
  const bookOf = (text) => page.findIndex((_, k) => isBooks(text, k));
  const { names = {}, sources: since = {} } = notebook.metadata[MARK] ?? {};
  const isOwn = (cell) => cell.metadata?.[MARK]?.own === true;
  const isFrame = (cell) => NO_CHAPTER.has(cell.id) && !isOwn(cell);
  const rest = new Set(notebook.cells.filter((cell) => cell.cell_type === "code" && !isOwn(cell) && !isFrame(cell)));
  /** @type {Map<NotebookCell, number>} */
  const places = new Map();
  const take = (find) => {
    for (const cell of rest) {
      const k = find(cell);
      if (k < 0 || [...places.values()].includes(k)) continue;
      places.set(cell, k);
      rest.delete(cell);
    }
  };
  take((cell) => page.findIndex(({ name }) => name === names[cell.id ?? ""]));
  // A name that is not on the page is that of a cell which the book has changed.
  const byId = (cell) => (cell.id in names ? -1 : pairs.findIndex((each) => each?.id && each.id === cell.id));
  let belief = 0;
  for (const cell of rest) {
    const [k, text] = [byId(cell), textOf(cell)];
    if (k >= 0) belief += isBooks(text, k) ? 1 : bookOf(text) >= 0 ? -1 : 0;
  }
  if (belief >= 0) take(byId);
  take((cell) => {
    const text = textOf(cell);
    return page.findIndex((_, k) => isBooks(text, k) && ![...places.values()].includes(k));
  });

  // A text of the book, as it is now or was when the notebook was written.
  const texts = new Set(book.cells.filter((cell) => cell.cell_type !== "code" || isFrame(cell)).map(textOf));
  const isKnown = (cell, text) => texts.has(text) || since[cell.id] === hash(text);
  const edits = [];
  const own = [];
  let below = 0;
  for (const cell of notebook.cells) {
    const text = textOf(cell);
    const at = places.get(cell);
    if (at !== undefined) {
      below = at;
      if (!isBooks(text, at)) edits.push({ at, text });
    } else if (text.trim() && !isFrame(cell) && (isOwn(cell) || !isKnown(cell, text))) {
      own.push({ below, text: cell.cell_type === "code" ? text : TEXT + text });
    }
  }
  return { edits, own, found: places.size };
}
