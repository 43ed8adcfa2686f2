// The loss against the step, on axes that stay as they are.
import { axes, drawing, path, scale, words } from "../shared/drawing.mjs";
import { number } from "../shared/numbers.mjs";
import { svgSketch } from "../shared/view.mjs";

const LEFT = 18,
  RIGHT = 36, // the names at the curves' ends
  ABOVE = 19,
  BELOW = 20,
  HEIGHT = 118,
  LINE = 13;

/**
 * Make the picture. Steps stand at their logarithms, so that the first ten and the last thousands are
 * both seen.
 * @param {number} longest The last step on the axis.
 */
export function lossCurve(longest) {
  /** @type {[data: number, penalty: number][]} */
  let losses = [[0, 0]];
  let top = 2;
  let unit = "";
  /** @type {{ width: number, steps: number[] }} */
  let seen = { width: 0, steps: [] };
  const picture = drawing({ label: "Loss against the step", width: 194, height: () => HEIGHT, draw });

  function draw({ width }) {
    const along = scale([0, Math.log1p(longest)], [LEFT, width - RIGHT]);
    const x = Object.assign((k) => along(Math.log1p(k)), { ...along });
    const y = scale([0, top], [HEIGHT - BELOW, ABOVE]);
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
    const end = losses.length - 1;
    const steps = [...seen.steps.filter((k) => k < end), end];
    // What is no number any more was the largest before it.
    /** @param {number} v */
    const held = (v) => y.held(Number.isNaN(v) ? Infinity : v);
    /** @type {(loss: (parts: [number, number]) => number) => [number, number][]} */
    const curve = (loss) => steps.map((k) => [x(k), held(loss(losses[k]))]);
    const data = curve(([data]) => data);
    const total = curve(([data, penalty]) => data + penalty);
    const [atX, dataY] = data[data.length - 1];
    const totalY = total[total.length - 1][1];
    // The two names never lie on each other, and stay within the axes.
    const middle = Math.min(Math.max((dataY + totalY) / 2, ABOVE + LINE / 2), HEIGHT - BELOW - LINE / 2);
    const apart = Math.max(LINE, dataY - totalY) / 2;
    const largest = Math.max(...losses.map(([a, b]) => (Number.isNaN(a + b) ? Infinity : a + b)));
    const xTicks = [0, 1, 10, 100, 1000].filter((k) => k <= longest);
    return [
      svgSketch(
        "g",
        {},
        ...axes({
          x,
          y,
          xTicks: xTicks.map((k) => [k, String(k)]),
          yTicks: [0, top / 2, top].map((v) => [v, String(v)]),
          yName: unit ? `loss (${unit})` : "loss",
        }),
        words(width, HEIGHT - BELOW + 17, "step", "end"),
      ),
      svgSketch(
        "g",
        {},
        svgSketch("path", { class: "penalty", d: `${path(data)}${path([...total].reverse()).replace("M", "L")}Z` }),
        svgSketch("path", { class: "data", d: path(data) }),
        svgSketch("path", { class: "total", d: path(total) }),
        svgSketch("circle", { class: "data", cx: atX, cy: dataY, r: 3 }),
        svgSketch("circle", { class: "total", cx: atX, cy: totalY, r: 3 }),
        words(atX + 7, middle - apart + 4, "L"),
        words(atX + 7, middle + apart + 4, "data"),
        ...(largest > top ? [words(width, ABOVE - 7, `↑ to ${number(largest, 3)}`, "end", "sms-tick")] : []),
      ),
    ];
  }
  return {
    ...picture,
    /**
     * @param {[data: number, penalty: number][]} now The two parts of the loss, from the start on.
     * @param {number} reach How far the axis of the loss reaches.
     * @param {string} unitOfLoss "" if it has none.
     */
    show(now, reach, unitOfLoss) {
      [losses, top, unit] = [now, reach, unitOfLoss];
      picture.redraw();
    },
  };
}
