// What is too long for a page: its beginning and its end, and a line that says so.

export const LONGEST = 100_000; // letters of one text that stay on the page
const grouped = (count) => count.toLocaleString("en");

/**
 * Shorten a text of more than twice what a page shows.
 * @param {string} text
 * @returns {{ start: string, end: string, said: string } | null} null: short enough.
 */
export function shorten(text) {
  if (text.length <= 2 * LONGEST) return null;
  return {
    start: text.slice(0, LONGEST / 2),
    end: text.slice(-LONGEST / 2),
    said: `This text has ${grouped(text.length)} letters: the first and the last ${grouped(LONGEST / 2)} are shown. To see others, show a part of the value, such as value[100:200].`,
  };
}
