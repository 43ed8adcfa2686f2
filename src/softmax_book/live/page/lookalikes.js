// Characters that look like Python's and are not: they come with text from web pages, chats and
// documents, and from keyboards that write full-width signs.

const NAMES = new Map([
  ["\u00a0", "a non-breaking space"],
  ["\ufeff", "a byte order mark"],
  ["\u200b", "a space of no width"],
  ["\u3000", "a full-width space"],
  ["“", "a curly quote"],
  ["”", "a curly quote"],
  ["‘", "a curly quote"],
  ["’", "a curly quote"],
  ["−", "a typographic minus"],
  ["–", "a dash"],
  ["—", "a long dash"],
  ["×", "a multiplication sign"],
  ["÷", "a division sign"],
  ["≤", "a sign of its own for <="],
  ["≥", "a sign of its own for >="],
  ["≠", "a sign of its own for !="],
  ["…", "one sign for three points"],
  ["。", "a full-width full stop"],
  ["、", "an enumeration comma"],
]);
// What is surely meant where Python would read it as code.
const MEANT = new Map([
  ...[..."\u00a0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"].map(
    (sign) => /** @type {[string, string]} */ ([sign, " "]),
  ),
  ...[..."\u00ad\u200b\u200c\u200d\u2060\ufeff\u200e\u200f\u202a\u202c"].map(
    (sign) => /** @type {[string, string]} */ ([sign, ""]),
  ),
  ...Object.entries({ "−": "-", "–": "-", "‐": "-", "‑": "-", "×": "*", "÷": "/", "≤": "<=", "≥": ">=", "≠": "!=" }),
  ["…", "..."],
]);
// The other sign of full width, "！" to "～", has its own 0xfee0 before it; letters Python reads as they are.
const FULL_WIDTH = /[\uff01-\uff0f\uff10-\uff19\uff1a-\uff20\uff3b-\uff40\uff5b-\uff5e]/;
const OPENING = { "“": "”", "„": "“", "”": "”", "‘": "’", "‚": "‘", "’": "’", "＂": "＂", "＇": "＇" };
const SINGLE = new Set(["‘", "‚", "’", "＇"]);

/** @typedef {{ from: number, to: number, sign: string, insert: string | null }} LookAlike insert: null if it is not sure what was meant. */

/**
 * Find the signs that Python cannot read in code; those within strings and comments are text.
 * @param {string} code
 * @returns {LookAlike[]}
 */
export function findLookAlikes(code) {
  /** @type {LookAlike[]} */
  const found = [];
  const replace = (at, insert) => found.push({ from: at, to: at + 1, sign: code[at], insert });
  for (let at = 0; at < code.length; at++) {
    const sign = code[at];
    if (sign === "#") {
      const end = code.indexOf("\n", at);
      at = end < 0 ? code.length : end;
    } else if (sign === '"' || sign === "'") {
      at = endOfString(code, at);
    } else if (sign in OPENING) {
      const line = code.slice(at + 1).split("\n", 1)[0];
      const length = line.indexOf(OPENING[sign]);
      if (length < 0) {
        replace(at, null);
        continue;
      }
      const within = line.slice(0, length);
      const [first, second] = SINGLE.has(sign) ? ["'", '"'] : ['"', "'"];
      const quote = within.includes(first) ? (within.includes(second) ? null : second) : first;
      replace(at, quote);
      at += length + 1;
      replace(at, quote);
    } else if (MEANT.has(sign)) {
      replace(at, MEANT.get(sign) ?? null);
    } else if (FULL_WIDTH.test(sign)) {
      replace(at, String.fromCharCode(sign.charCodeAt(0) - 0xfee0));
    } else if (NAMES.has(sign)) {
      replace(at, null);
    }
  }
  return found;
}

function endOfString(code, at) {
  const quote = code[at];
  const mark = code.startsWith(quote.repeat(3), at) ? quote.repeat(3) : quote;
  for (let k = at + mark.length; k < code.length; k++) {
    if (code[k] === "\\") k++;
    else if (code.startsWith(mark, k)) return k + mark.length - 1;
    else if (code[k] === "\n" && mark.length === 1) return k; // it has no end, and Python will say so
  }
  return code.length;
}

/**
 * Name signs for a reader: "a non-breaking space (U+00A0)" or "＝ (U+FF1D)".
 * @param {LookAlike[]} found
 * @param {number} [most]
 */
export function nameSigns(found, most = 3) {
  const kinds = [...new Set(found.map(({ sign }) => sign))];
  const names = kinds.slice(0, most).map((sign) => {
    const point = `U+${sign.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0")}`;
    const known = NAMES.get(sign);
    const isSeen = /[^\s\u00ad\u200b-\u200f\u202a-\u202f\u2060\ufeff]/.test(sign);
    return known ? `${known}${isSeen ? ` ${sign}` : ""} (${point})` : isSeen ? `${sign} (${point})` : point;
  });
  return names.join(", ") + (kinds.length > most ? " and others" : "");
}
