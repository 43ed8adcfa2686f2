// Finds sections of the book: words, their beginnings, words that mean the same, and slips of the pen.
import MiniSearch from "minisearch";

/**
 * What index.py writes. `weight` is a page's: a chapter says more than a list of functions.
 * @typedef {{ address: string, title: string, weight: number }} Page
 * @typedef {{ page: number, anchor: string, title: string, text: string, code: string, equation: string }} Section
 * @typedef {{ pages: Page[], sections: Section[], synonyms: string[][] }} Book
 *
 * @typedef {{ address: string, title: string, page: string, excerpt: string, words: string[] }} Hit
 * @typedef {{ hits: Hit[], corrected: string[] }} Found The hits, the best first, and the words that
 *   were searched for instead of some that the book has not.
 */

const LATIN = /[\p{L}\p{N}]+(?:[._][\p{L}\p{N}]+)*/gu;
const HYPHENATED = /\p{L}+(?:[-‐–]\p{L}+)+/gu;
const IDEOGRAPHS = /\p{Script=Han}|\p{Script=Hiragana}|\p{Script=Katakana}|\p{Script=Hangul}/u;
// An equation's number: (3.4), or (4) of any chapter.
const NUMBER = /\((?:[\p{L}\d]+\.)?\d+\)/gu;
// The places in which a word may stand, and how much it says about the section.
const BOOSTS = { title: 6, equation: 4, text: 1, code: 0.4 };
const LONGEST_EXCERPT = 170;

/** British spellings become American ones, on both sides. */
const spelling = /** @type {[RegExp, string][]} */ ([
  [/is(e|ed|es|er|ers|ing|ation|ations)$/, "iz$1"],
  [/ys(e|ed|es|ing)$/, "yz$1"],
  [/(\w{3})our(s|ed|ing|al)?$/, "$1or$2"],
  [/(cent|met|lit|fib)re(s?)$/, "$1er$2"],
]);

/** @param {string} word */
function plain(word) {
  let text = word.toLowerCase();
  if (!IDEOGRAPHS.test(text)) text = text.normalize("NFKD").replace(/\p{M}/gu, "");
  for (const [pattern, replacement] of spelling) text = text.replace(pattern, replacement);
  return text;
}

/** @param {string} text */
function ideographs(text) {
  if (!Intl.Segmenter) return [...text]; // an older browser: letter by letter
  const words = new Intl.Segmenter("zh", { granularity: "word" }).segment(text);
  return [...words].filter(({ isWordLike }) => isWordLike).map(({ segment }) => segment);
}

/**
 * The words of a text as a reader may type them.
 * @param {string} text
 * @returns {string[]}
 */
export function words(text) {
  const found = [...(text.match(NUMBER) ?? [])];
  for (const [word] of text.matchAll(LATIN)) {
    if (IDEOGRAPHS.test(word)) found.push(...ideographs(word));
    else found.push(plain(word));
  }
  return found;
}

/**
 * What the index holds of a text: its words, the parts of names, and what a hyphen joins.
 * @param {string} text
 */
function indexed(text) {
  const found = words(text);
  const parts = found.filter((word) => /[._]/.test(word) && /\p{L}/u.test(word)).flatMap((word) => word.split(/[._]+/));
  const joined = (text.match(HYPHENATED) ?? []).map((word) => plain(word.replace(/[-‐–]/g, "")));
  return [...found, ...parts, ...joined];
}

/**
 * A section without a heading of its own, an equation, is called by its number.
 * @param {Section} section
 */
const nameOf = ({ title, equation }) => title || `Equation (${equation})`;

/**
 * Return what finds sections of a book. The page stays alive while the words are put in order.
 * @param {Book} book
 * @returns {Promise<(query: string) => Found>}
 */
export async function makeFinder(book) {
  const index = new MiniSearch({
    fields: Object.keys(BOOSTS),
    tokenize: indexed,
    processTerm: (term) => term,
    searchOptions: {
      tokenize: (word) => [word], // a query is given word by word
      boost: BOOSTS,
      boostDocument: (id) => book.pages[book.sections[id].page].weight,
    },
  });
  await index.addAllAsync(
    book.sections.map((section, id) => {
      const { equation } = section;
      const numbers = equation ? `Equation (${equation}) (${equation.split(".").at(-1)})` : "";
      return { ...section, id, equation: numbers };
    }),
  );

  /** @type {Map<string, string[][]>} */
  const meansTheSame = new Map();
  for (const group of book.synonyms) {
    const phrases = group.map(words);
    for (const phrase of phrases) meansTheSame.set(phrase.join(" "), phrases);
  }

  const isNumber = (word) => /^[\d.()]+$/.test(word);
  const EXACT = { prefix: false, fuzzy: false };
  // What means the same comes after what was asked for.
  const boost = Object.fromEntries(Object.entries(BOOSTS).map(([name, value]) => [name, value / 5]));
  const LESS = { ...EXACT, boost };
  /** @returns {import("minisearch").QueryCombination} */
  const all = (queries) => ({ combineWith: "AND", queries });
  /** @returns {import("minisearch").QueryCombination} */
  const any = (queries) => ({ combineWith: "OR", queries });

  /**
   * What a search asks for: each word, or what means the same.
   * @param {string[]} asked
   */
  function ask(asked) {
    const parts = [];
    for (let at = 0; at < asked.length; ) {
      let length = Math.min(3, asked.length - at);
      while (length > 1 && !meansTheSame.has(asked.slice(at, at + length).join(" "))) length--;
      const phrase = asked.slice(at, at + length);
      // Of several words that mean the same, each may stand in a section for itself.
      const others = (meansTheSame.get(phrase.join(" ")) ?? []).filter(
        (other) => other.length === 1 && other.join() !== phrase.join(),
      );
      const itself = all(phrase);
      parts.push(others.length ? any([itself, { ...any(others.flat()), ...LESS }]) : itself);
      at += length;
    }
    const together = all(parts);
    return asked.length > 1 ? any([together, { ...all([asked.join("")]), ...EXACT }]) : together;
  }

  /**
   * Find the sections that have the words of a query; where none has them all, words like these;
   * and where none has those, some of them.
   * @param {string} query
   * @returns {Found}
   */
  return function find(query) {
    const asked = words(query);
    if (!asked.length) return { hits: [], corrected: [] };
    const prefix = (word) => !isNumber(word) && (word.length > 2 || word === asked.at(-1));
    const fuzzy = (word) => !isNumber(word) && word.length > 3 && 0.25;
    let results = index.search(ask(asked), { prefix });
    const isExact = results.length > 0;
    if (!isExact) results = index.search(ask(asked), { prefix, fuzzy });
    if (!results.length) results = index.search(any(asked), { prefix, fuzzy });
    const hits = results.map(({ id, terms }) => {
      const section = book.sections[id];
      const page = book.pages[section.page];
      return {
        address: page.address + (section.anchor && `#${section.anchor}`),
        title: nameOf(section),
        page: page.title,
        get excerpt() {
          return excerpt(section.text, terms);
        },
        words: terms,
      };
    });
    return { hits, corrected: isExact || !results.length ? [] : results[0].terms };
  };
}

/**
 * The part of a text around the first of some words, from the beginning of a sentence where one is near.
 * @param {string} text
 * @param {string[]} terms
 */
export function excerpt(text, terms) {
  const at = places(text, terms)[0]?.[0] ?? 0;
  let start = 0;
  if (at > LONGEST_EXCERPT / 2) {
    const before = text.slice(0, at);
    const sentence = Math.max(...[". ", "? ", "! ", ": ", "。"].map((end) => before.lastIndexOf(end)));
    start = sentence >= at - LONGEST_EXCERPT * 0.7 ? sentence + 1 : before.lastIndexOf(" ", at - LONGEST_EXCERPT / 3);
  }
  let end = start + LONGEST_EXCERPT;
  if (end < text.length) end = Math.max(text.lastIndexOf(" ", end), start + LONGEST_EXCERPT / 2);
  const cut = text.slice(start, end).trim();
  const isWhole = start <= 0 || /[.?!:。]/.test(text[start - 1] ?? "");
  return `${isWhole ? "" : "… "}${cut}${end < text.length ? "\u00a0…" : ""}`;
}

/**
 * Where some words stand in a text: pairs of a start and an end.
 * @param {string} text
 * @param {string[]} terms As the search has them.
 * @returns {[number, number][]}
 */
export function places(text, terms) {
  const wanted = new Set(terms);
  const found = /** @type {[number, number][]} */ ([]);
  for (const pattern of [LATIN, HYPHENATED]) {
    for (const match of text.matchAll(pattern)) {
      const word = match[0];
      if (IDEOGRAPHS.test(word)) {
        for (const term of wanted) {
          for (let at = word.indexOf(term); at >= 0; at = word.indexOf(term, at + 1)) {
            found.push([match.index + at, match.index + at + term.length]);
          }
        }
      } else if (indexed(word).some((each) => wanted.has(each))) {
        found.push([match.index, match.index + word.length]);
      }
    }
  }
  found.sort(([a], [b]) => a - b);
  return found.filter(([start], number) => !number || start >= found[number - 1][1]);
}
