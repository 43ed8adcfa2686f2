// Readers of what an address holds for a widget. They return undefined for what the widget does not
// accept; it then keeps its own value.

/**
 * Return a reader of one of some words.
 * @param {readonly string[]} words
 * @returns {(text: string) => string | undefined}
 */
export const among = (words) => (text) => (words.includes(text) ? text : undefined);

/**
 * Return a reader of numbers in a range, moved to the scale's grid where the address has them rounded.
 * @param {ReturnType<typeof import("./slider.mjs").logarithmicScale>} scale
 * @param {number} least
 * @param {number} largest
 * @returns {(text: string) => number | undefined}
 */
export const onScale =
  (scale, least = 0, largest = scale.largest) =>
  (text) => {
    const value = Number(text);
    return text !== "" && value >= least && value <= largest ? scale.onGrid(value) : undefined;
  };
