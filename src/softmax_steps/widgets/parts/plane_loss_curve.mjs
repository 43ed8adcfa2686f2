// Losses against the step, on axes that stay as they are.
import { axes, drawing, path, scale, words } from "../shared/drawing.mjs";
import { number } from "../shared/numbers.mjs";
import { keeping, svgSketch } from "../shared/view.mjs";

const LEFT = 18,
  ABOVE = 19,
  BELOW = 20,
  LINE = 13;

/**
 * One of the two losses: the class of its curve, its name at the curve's end, its value at each step.
 * @typedef {{ kind: string, name: string, values: number[] }} Curve
 */

/**
 * Make the picture. Steps stand at their logarithms, so that the first ten and the last thousands are
 * both seen.
 * @param {number} longest The last step on the axis.
 * @param {object} [size]
 * @param {number} [size.right] Room for the names at the curves' ends, in pixels.
 * @param {number} [size.height]
 */
export function lossCurve(longest, { right = 36, height = 118 } = {}) {
  /** @type {Curve[]} */
  let curves = [];
  let band = "";
  let yTicks = [0, 1, 2];
  let top = 2;
  let unit = "";
  /** @type {{ width: number, steps: number[] }} */
  let seen = { width: 0, steps: [] };
  const keep = keeping();
  const picture = drawing({ label: "Loss against the step", width: 194, height: () => height, draw });

  function draw({ width }) {
    const along = scale([0, Math.log1p(longest)], [LEFT, width - right]);
    const x = Object.assign((k) => along(Math.log1p(k)), { ...along });
    const y = scale([0, top], [height - BELOW, ABOVE]);
    // Of the steps that share a place keep the first.
    if (seen.width !== width) {
      let last = -1;
      seen = { width, steps: [] };
      for (let k = 0; k <= longest; k++) {
        const place = Math.floor(2 * x(k));
        if (place > last) seen.steps.push(k);
        last = place;
      }
    }
    const end = (curves[0]?.values.length ?? 1) - 1;
    const steps = [...seen.steps.filter((k) => k < end), end];
    // What is no number any more was the largest before it.
    /** @param {number} v */
    const held = (v) => y.held(Number.isNaN(v) ? Infinity : v);
    const drawn = curves.map(({ kind, name, values }) => {
      /** @type {[number, number][]} */
      const points = steps.map((k) => [x(k), held(values[k])]);
      return { kind, name, points, at: points[points.length - 1] };
    });
    const [high, low] = [...drawn].reverse().sort((a, b) => a.at[1] - b.at[1]);
    // The two names never lie on each other, nor on the axis below.
    const lowName = drawn.length ? Math.min(Math.max(low.at[1], high.at[1] + LINE), height - BELOW - LINE / 2) : 0;
    const highName = drawn.length ? Math.max(Math.min(high.at[1], lowName - LINE), ABOVE) : 0;
    const largest = Math.max(...curves.flatMap(({ values }) => values.map((v) => (Number.isNaN(v) ? Infinity : v))));
    const xTicks = [0, 1, 10, 100, 1000].filter((k) => k <= longest);
    return [
      keep([width, top, yTicks, unit], () =>
        svgSketch(
          "g",
          {},
          ...axes({
            x,
            y,
            xTicks: xTicks.map((k) => [k, String(k)]),
            yTicks: yTicks.map((v) => [v, String(v)]),
            yName: unit ? `loss (${unit})` : "loss",
          }),
          words(width, height - BELOW + 17, "step", "end"),
        ),
      ),
      svgSketch(
        "g",
        {},
        ...(band
          ? [
              svgSketch("path", {
                class: band,
                d: `${path(drawn[0].points)}${path([...drawn[1].points].reverse()).replace("M", "L")}Z`,
              }),
            ]
          : []),
        ...drawn.map(({ kind, points }) => svgSketch("path", { class: kind, d: path(points) })),
        ...drawn.map(({ kind, at }) => svgSketch("circle", { class: kind, cx: at[0], cy: at[1], r: 3 })),
        ...drawn.map((curve) => words(curve.at[0] + 7, (curve === high ? highName : lowName) + 4, curve.name)),
        ...(largest > top ? [words(width, ABOVE - 7, `↑ to ${number(largest, 3)}`, "end", "sms-tick")] : []),
      ),
    ];
  }
  return {
    ...picture,
    /**
     * @param {Curve[]} now Two, from the start on.
     * @param {object} how
     * @param {number[]} how.ticks Of the loss's axis.
     * @param {number} [how.top] Where the axis ends: at its last tick.
     * @param {string} how.unit "" if it has none.
     * @param {string} [how.between] The class of the band between the two curves.
     */
    show(now, { ticks, top: end = ticks[ticks.length - 1], unit: unitOfLoss, between = "" }) {
      [curves, yTicks, top, unit, band] = [now, ticks, end, unitOfLoss, between];
      picture.redraw();
    },
  };
}
