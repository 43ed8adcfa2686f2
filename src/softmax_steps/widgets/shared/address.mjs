// What an address may say: readers return undefined for anything else, and the widget keeps its own.

// One of some words.
export const among = (words) => (text) => (words.includes(text) ? text : undefined);

// A number of a scale from a least value on; of the scale's grid where it was rounded for the address.
export const onScale =
  (scale, least = 0, largest = scale.largest) =>
  (text) => {
    const value = Number(text);
    return text !== "" && value >= least && value <= largest ? scale.onGrid(value) : undefined;
  };
