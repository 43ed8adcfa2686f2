// The ground of a plane: each class's colour where a classifier names it, deeper where it is surer.

export const GRID = 51; // places across at which it is asked how sure it is; the picture is smooth between them
const DEEPEST = 0.55; // the share of a class's colour where the classifier is certain

/**
 * Call a function for each place of a grid over a square, row by row from the top.
 * @param {number} size How many places there are in a row.
 * @param {number} reach From the square's middle to its edge.
 * @param {number[]} middle
 * @param {(x1: number, x2: number, k: number) => void} visit
 */
export function overGrid(size, reach, [m1, m2], visit) {
  const at = (k) => reach * (((k + 0.5) * 2) / size - 1);
  for (let row = 0; row < size; row++)
    for (let column = 0; column < size; column++) visit(m1 + at(column), m2 - at(row), row * size + column);
}

/**
 * Make a function that paints the regions: each class's colour, deeper where the model is surer. Where
 * it is not sure at all, the ground shows through.
 * @param {HTMLCanvasElement} canvas
 * @param {number} size How many places there are in a row of the grid that tells how sure it is.
 */
export function regionPainter(canvas, size = GRID) {
  const low = document.createElement("canvas");
  low.width = low.height = size;
  const lowContext = /** @type {CanvasRenderingContext2D} */ (low.getContext("2d"));
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  const pixels = lowContext.createImageData(size, size);
  /**
   * @param {object} ground
   * @param {ArrayLike<number>} ground.sure From one over the number of classes to 1, as `overGrid` goes.
   * @param {number[][][][]} ground.regions For each class its pieces: the corners of each.
   * @param {number} ground.reach
   * @param {number[]} [ground.middle]
   * @param {string[]} ground.colours
   */
  return ({ sure, regions, reach, middle: [m1, m2] = [0, 0], colours }) => {
    const { width } = canvas;
    const C = regions.length;
    for (let k = 0; k < sure.length; k++)
      pixels.data[4 * k + 3] = 255 * DEEPEST * Math.sqrt(Math.max(0, (C * sure[k] - 1) / (C - 1)));
    lowContext.putImageData(pixels, 0, 0);
    context.globalCompositeOperation = "copy";
    context.drawImage(low, 0, 0, width, width);
    context.globalCompositeOperation = "source-atop"; // the colours change, how deep they are stays
    const at = (x, m) => (((x - m) / reach + 1) / 2) * width;
    regions.forEach((pieces, k) => {
      context.fillStyle = colours[k];
      context.beginPath(); // one path of all pieces: no seams where they meet
      for (const corners of pieces) {
        corners.forEach(([x1, x2], i) => {
          context[i ? "lineTo" : "moveTo"](at(x1, m1), width - at(x2, m2));
        });
        context.closePath();
      }
      context.fill();
    });
  };
}
