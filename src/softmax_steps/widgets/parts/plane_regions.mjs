// The ground of a plane: which class a classifier names where, and how sure it is there.

export const GRID = 81; // places across at which it is asked how sure it is; the picture is smooth between them
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
 * Return how sure a linear model is of the class it names, at each place of a grid over the plane, row by
 * row from the top: the probability, or for a hinge loss how far the best score leads. From 1/3 to 1.
 * @param {number[][]} model Rows: feature 1, feature 2, bias.
 * @param {number} edge The plane goes from −edge to edge.
 * @param {number} size How many places there are in a row.
 * @param {string} loss
 * @returns {Float64Array}
 */
export function sureness([w1, w2, b], edge, size, loss) {
  const sure = new Float64Array(size * size);
  overGrid(size, edge, [0, 0], (x1, x2, k) => {
    const f0 = x1 * w1[0] + x2 * w2[0] + b[0];
    const f1 = x1 * w1[1] + x2 * w2[1] + b[1];
    const f2 = x1 * w1[2] + x2 * w2[2] + b[2];
    const top = Math.max(f0, f1, f2);
    if (loss === "softmax") sure[k] = 1 / (Math.exp(f0 - top) + Math.exp(f1 - top) + Math.exp(f2 - top));
    else {
      const second = Math.max(Math.min(f0, f1), Math.min(Math.max(f0, f1), f2));
      sure[k] = (1 + 2 * Math.min(1, top - second)) / 3;
    }
  });
  return sure;
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
