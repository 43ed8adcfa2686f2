// Tables of numbers as pictures, one pixel for each.

/**
 * Return the red, green and blue of a colour #rrggbb.
 * @param {string} colour
 */
const redGreenBlue = (colour) => [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16));
/** @type {WeakMap<string[], number[][]>} */
const scales = new WeakMap(); // each read once

// Write the colour of a value from −1 to 1 into pixels: red, green and blue.
function colourOf(t, scale, pixels, at) {
  const place = ((Math.max(-1, Math.min(1, t)) + 1) / 2) * (scale.length - 1);
  const k = Math.min(Math.floor(place), scale.length - 2);
  const [low, high] = [scale[k], scale[k + 1]];
  for (let c = 0; c < 3; c++) pixels[at + c] = Math.round(low[c] + (high[c] - low[c]) * (place - k));
}

/**
 * Paint values as a picture with one pixel for each; the style enlarges it without smoothing.
 * @param {HTMLCanvasElement} canvas
 * @param {ArrayLike<number>} values
 * @param {number} top The value that has the scale's last colour.
 * @param {string[]} colours The scale, from −top to top.
 */
export function paint(canvas, values, top, colours) {
  const scale = scales.get(colours) ?? colours.map(redGreenBlue);
  scales.set(colours, scale);
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  const pixels = context.createImageData(canvas.width, canvas.height);
  for (let k = 0; k < values.length; k++) {
    colourOf(top ? values[k] / top : 0, scale, pixels.data, 4 * k);
    pixels.data[4 * k + 3] = 255;
  }
  context.putImageData(pixels, 0, 0);
}
