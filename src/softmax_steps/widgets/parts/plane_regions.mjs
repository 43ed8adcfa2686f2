// Where in the plane a linear classifier names which class, and how sure it is there.

const GRID = 81; // places across at which it is asked how sure it is; the picture is smooth between them
const DEEPEST = 0.55; // the share of a class's colour where the classifier is certain

/**
 * Return how sure a model is of the class it names, at each place of a grid over the plane, row by row
 * from the top: the probability, or for a hinge loss how far the best score leads. From 1/3 to 1.
 * @param {number[][]} model Rows: feature 1, feature 2, bias.
 * @param {number} edge The plane goes from −edge to edge.
 * @param {number} size How many places there are in a row.
 * @param {string} loss
 * @returns {Float64Array}
 */
export function sureness([w1, w2, b], edge, size, loss) {
  const sure = new Float64Array(size * size);
  const at = (k) => edge * (((k + 0.5) * 2) / size - 1);
  for (let row = 0; row < size; row++) {
    const x2 = -at(row);
    for (let column = 0; column < size; column++) {
      const x1 = at(column);
      const f0 = x1 * w1[0] + x2 * w2[0] + b[0];
      const f1 = x1 * w1[1] + x2 * w2[1] + b[1];
      const f2 = x1 * w1[2] + x2 * w2[2] + b[2];
      const top = Math.max(f0, f1, f2);
      let share;
      if (loss === "softmax") share = 1 / (Math.exp(f0 - top) + Math.exp(f1 - top) + Math.exp(f2 - top));
      else {
        const second = Math.max(Math.min(f0, f1), Math.min(Math.max(f0, f1), f2));
        share = (1 + 2 * Math.min(1, top - second)) / 3;
      }
      sure[row * size + column] = share;
    }
  }
  return sure;
}

/**
 * Return for each class the corners [x1, x2] of its region: the part of the square where no other class
 * has a higher score. Empty if there is none.
 * @param {number[][]} model
 * @param {number} edge
 * @returns {number[][][]}
 */
export function regions(model, edge) {
  const [w1, w2, b] = inReach(model);
  const square = [
    [-edge, -edge],
    [edge, -edge],
    [edge, edge],
    [-edge, edge],
  ];
  return [0, 1, 2].map((k) =>
    [0, 1, 2]
      .filter((j) => j !== k)
      .reduce(
        (corners, j) => cut(corners, ([x1, x2]) => x1 * (w1[k] - w1[j]) + x2 * (w2[k] - w2[j]) + b[k] - b[j]),
        square,
      ),
  );
}

// Divide all by the largest, which moves no border: the squares of weights that grow without end would
// be inf long before they are.
function inReach(model) {
  const largest = Math.max(...model.flat().map(Math.abs));
  return largest > 0 && largest < Infinity ? model.map((row) => row.map((v) => v / largest)) : model;
}

// Keep the part of a convex polygon where a function, linear in the place, is not below 0.
function cut(corners, value) {
  const kept = [];
  corners.forEach((corner, i) => {
    const before = corners.at(i - 1);
    const [v, u] = [value(corner), value(before)];
    if ((u > 0 && v < 0) || (u < 0 && v > 0))
      kept.push(corner.map((x, d) => before[d] + (u / (u - v)) * (x - before[d])));
    if (v >= 0) kept.push(corner);
  });
  return kept;
}

/**
 * Return the borders between classes as [x1, x2, x1, x2]: for each pair the piece of the line f_j = f_k
 * that lies in the square and above the third class, if there is one.
 * @param {number[][]} model
 * @param {number} edge The square goes from −edge to edge.
 */
export function borders(model, edge) {
  const [w1, w2, b] = inReach(model);
  return [
    [0, 1, 2],
    [0, 2, 1],
    [1, 2, 0],
  ].flatMap(([j, k, other]) => {
    const gap = (m, n) => [w1[m] - w1[n], w2[m] - w2[n], b[m] - b[n]];
    const [a1, a2, c] = gap(j, k);
    const square = a1 * a1 + a2 * a2;
    if (!square) return [];
    const from = [(-c * a1) / square, (-c * a2) / square],
      along = [-a2, a1];
    let [low, high] = [-Infinity, Infinity];
    // Keep the t for which base + t · slope ≥ 0.
    const keep = (base, slope) => {
      if (slope > 0) low = Math.max(low, -base / slope);
      else if (slope < 0) high = Math.min(high, -base / slope);
      else if (base < 0) high = -Infinity;
    };
    for (const i of [0, 1]) {
      keep(edge - from[i], -along[i]);
      keep(edge + from[i], along[i]);
    }
    const [g1, g2, g0] = gap(j, other);
    keep(g1 * from[0] + g2 * from[1] + g0, g1 * along[0] + g2 * along[1]);
    return low < high ? [[low, high].flatMap((t) => [from[0] + t * along[0], from[1] + t * along[1]])] : [];
  });
}

/**
 * Make a function that paints the regions: each class's colour, deeper where the model is surer. Where
 * it is not sure at all, the ground shows through.
 * @param {HTMLCanvasElement} canvas
 * @param {number} edge
 */
export function regionPainter(canvas, edge) {
  const low = document.createElement("canvas");
  low.width = low.height = GRID;
  const lowContext = /** @type {CanvasRenderingContext2D} */ (low.getContext("2d"));
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  const pixels = lowContext.createImageData(GRID, GRID);
  /**
   * @param {number[][]} model
   * @param {string} loss
   * @param {string[]} colours
   */
  return (model, loss, colours) => {
    const { width } = canvas;
    sureness(model, edge, GRID, loss).forEach((share, k) => {
      pixels.data[4 * k + 3] = 255 * DEEPEST * Math.sqrt((3 * share - 1) / 2);
    });
    lowContext.putImageData(pixels, 0, 0);
    context.globalCompositeOperation = "copy";
    context.drawImage(low, 0, 0, width, width);
    context.globalCompositeOperation = "source-atop"; // the colours change, how deep they are stays
    const at = (x) => ((x / edge + 1) / 2) * width;
    regions(model, edge).forEach((corners, k) => {
      context.fillStyle = colours[k];
      context.beginPath();
      for (const [x1, x2] of corners) context.lineTo(at(x1), width - at(x2));
      context.fill();
    });
  };
}
