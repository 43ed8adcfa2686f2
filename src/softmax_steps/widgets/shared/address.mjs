// Readers of what an address holds for a widget. They return undefined for what the widget does not
// accept; it then keeps its own value.
import { logarithmicScale } from "./slider.mjs";

/**
 * Return a reader of one of some words.
 * @param {readonly string[]} words
 * @returns {(text: string) => string | undefined}
 */
export const among = (words) => (text) => (words.includes(text) ? text : undefined);

/**
 * Return a reader of numbers in a slider's range, moved to its grid where the address has them rounded.
 * @param {string} trait The trait that holds the slider's scale.
 * @param {(scale: ReturnType<typeof logarithmicScale>) => number} least
 * @returns {(text: string, start: (trait: string) => any) => number | undefined}
 */
export const onScale =
  (trait, least = () => 0) =>
  (text, start) => {
    const scale = logarithmicScale(start(trait));
    const value = Number(text);
    return text !== "" && value >= least(scale) && value <= scale.largest ? scale.onGrid(value) : undefined;
  };
