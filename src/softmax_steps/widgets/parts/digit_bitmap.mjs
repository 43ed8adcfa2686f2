// A drawing of 32 × 32 pixels, made into 8 × 8 counts as softmax_steps.drawn_digit does, step by step. A
// bitmap holds 1 where there is ink, row by row from the top.

export const SIZE = 32;
const BLOCK = 4,
  [WIDE, HIGH] = [20, 32],
  THIN = [413, 561],
  THICKEN = [255, 107],
  NOISY = 2,
  SHORT = 5;

/**
 * Return a bitmap from its text: eight hexadecimal digits for each row. Undefined if it is none.
 * @param {string} text
 */
export function bitmapOf(text) {
  if (!/^[\da-f]{256}$/.test(text)) return undefined;
  const ink = new Uint8Array(SIZE * SIZE);
  for (let k = 0; k < ink.length; k++) ink[k] = (Number.parseInt(text[k >> 2], 16) >> (3 - (k & 3))) & 1;
  return ink;
}

/** @param {Uint8Array} ink */
export function textOf(ink) {
  let text = "";
  for (let k = 0; k < ink.length; k += 4)
    text += (8 * ink[k] + 4 * ink[k + 1] + 2 * ink[k + 2] + ink[k + 3]).toString(16);
  return text;
}

/**
 * Return the smallest box around the ink: its first row and column, its height and width. Null without ink.
 * @param {Uint8Array} ink
 */
export function boxOf(ink) {
  let [top, left, bottom, right] = [SIZE, SIZE, -1, -1];
  ink.forEach((v, k) => {
    if (!v) return;
    const [r, c] = [Math.floor(k / SIZE), k % SIZE];
    [top, left, bottom, right] = [Math.min(top, r), Math.min(left, c), Math.max(bottom, r), Math.max(right, c)];
  });
  return bottom < 0 ? null : { top, left, height: bottom - top + 1, width: right - left + 1 };
}

/**
 * Count the ink of each block of 4 × 4.
 * @param {Uint8Array} ink
 * @returns {Float64Array} 64 counts, row by row.
 */
export function blockCounts(ink) {
  const counts = new Float64Array((SIZE / BLOCK) ** 2);
  ink.forEach((v, k) => {
    const [r, c] = [Math.floor(k / SIZE), k % SIZE];
    counts[(SIZE / BLOCK) * Math.floor(r / BLOCK) + Math.floor(c / BLOCK)] += v;
  });
  return counts;
}

/**
 * Scale to 20 × 32 in the middle, even out the stroke, take out the slant.
 * @param {Uint8Array} ink
 * @returns {Uint8Array}
 */
export function normalizeBitmap(ink) {
  const box = boxOf(ink);
  return box ? upright(evenStroke(scaled(ink, box))) : ink.slice();
}

function scaled(ink, { top, left, height, width }) {
  const [rows, columns] = [sources(height, HIGH), sources(width, WIDE)];
  const made = new Uint8Array(ink.length);
  rows.forEach((r, y) => {
    columns.forEach((c, x) => {
      made[SIZE * y + (SIZE - WIDE) / 2 + x] = ink[SIZE * (top + r) + left + c];
    });
  });
  return made;
}

// For each of `many` rows, which of the old ones is copied into it.
function sources(old, many) {
  const rows = Array.from({ length: many }, (_, k) => k);
  if (old > many) return rows.map((k) => Math.floor((2 * k * old + many) / (2 * many)));
  const last = (m) => Math.floor((2 * (m + 1) * many - old) / (2 * old));
  let m = 0;
  return rows.map((k) => {
    while (last(m) < k) m += 1;
    return m;
  });
}

function evenStroke(given) {
  const dark = given.reduce((sum, v) => sum + v, 0);
  let ink = given;
  for (const least of THIN) if (dark >= least) ink = ink.map((v, k) => (v && neighbours(ink, k) === 4 ? 1 : 0));
  for (const most of THICKEN) if (dark <= most) ink = ink.map((v, k) => (v || neighbours(ink, k) ? 1 : 0));
  return ink;
}

// How many of a pixel's four neighbours have ink.
function neighbours(ink, k) {
  const [r, c] = [Math.floor(k / SIZE), k % SIZE];
  return (
    (r > 0 ? ink[k - SIZE] : 0) +
    (r < SIZE - 1 ? ink[k + SIZE] : 0) +
    (c > 0 ? ink[k - 1] : 0) +
    (c < SIZE - 1 ? ink[k + 1] : 0)
  );
}

function upright(ink) {
  const box = boxOf(ink);
  if (!box || box.height <= SHORT) return ink;
  const row = (r) => ink.subarray(SIZE * r, SIZE * (r + 1));
  const [top, bottom] = [box.top + NOISY, box.top + box.height - 1 - NOISY];
  const [first, last] = [row(top).indexOf(1), row(bottom).indexOf(1)];
  if (first < 0 || last < 0) return ink;
  const [slant, height] = [first - last, bottom - top];
  const moved = new Uint8Array(ink.length);
  for (let r = 0; r < SIZE; r++) {
    const twice = 2 * (r - SIZE / 2) * slant;
    const shift = Math.floor((Math.abs(twice) + height) / (2 * height)) * Math.sign(twice);
    for (let c = 0; c < SIZE; c++) {
      const at = c - shift;
      if (at >= 0 && at < SIZE) moved[SIZE * r + c] = ink[SIZE * r + at];
    }
  }
  return moved;
}
