// The picture of a plane: the regions, painted, and over them axes, borders, and what a widget adds.
import { axes, drawing, scale, words } from "../shared/drawing.mjs";
import { short } from "../shared/numbers.mjs";
import { element, keeping, renew, svgElement, svgSketch } from "../shared/view.mjs";
import { regionPainter } from "./plane_regions.mjs";

const MARGIN = { left: 20, right: 2, above: 6, below: 22 }; // of the plane in its picture

/**
 * Make the picture.
 * @param {object} options
 * @param {number} options.width In pixels, until the picture has a place on the page.
 * @param {number} options.reach From the middle of the square that is drawn to its edge.
 * @param {number[]} [options.middle]
 * @param {number[]} options.ticks On both axes.
 * @param {() => Child[]} options.draw Return what lies over the borders.
 */
export function planePicture({ width, reach, middle = [0, 0], ticks, draw }) {
  const canvas = element("canvas", { "aria-hidden": "true" });
  const paint = regionPainter(canvas);
  const ground = svgElement("g", { "aria-hidden": "true" }),
    lines = svgElement("g", { class: "borders" });
  const keepPainted = keeping();
  let drawnFor;
  const picture = drawing({
    width,
    height: (width) => width - MARGIN.left - MARGIN.right + MARGIN.above + MARGIN.below,
    draw: () => {
      const above = draw();
      return [ground, lines, ...above];
    },
  });
  const across = () =>
    scale([middle[0] - reach, middle[0] + reach], [MARGIN.left, picture.size().width - MARGIN.right]);
  const up = () => scale([middle[1] - reach, middle[1] + reach], [picture.size().height - MARGIN.below, MARGIN.above]);
  function drawAxes() {
    const [x, y] = [across(), up()];
    const [left, right] = x.places,
      [bottom, top] = y.places;
    Object.assign(canvas.style, { left: `${left}px`, top: `${top}px`, width: `${right - left}px` });
    /** @type {(axis: ReturnType<typeof scale>) => [number, string][]} */
    const within = ({ values: [low, high] }) => ticks.filter((v) => v >= low && v <= high).map((v) => [v, short(v)]);
    renew(
      ground,
      ...axes({ x, y, xTicks: within(x), yTicks: within(y), across: false }),
      svgSketch("rect", { class: "edge", x: left, y: top, width: right - left, height: bottom - top }),
      words(right - 8, bottom - 9, "feature 1 →", "end", "on-plane"),
      words(left + 8, top + 17, "↑ feature 2", "start", "on-plane"),
    );
  }
  return {
    ...picture,
    node: element("div", { class: "plane" }, canvas, picture.node),
    across,
    up,
    /**
     * Show another square from here on.
     * @param {number} newReach
     * @param {number[]} newMiddle
     * @param {number[]} newTicks
     */
    lookAt(newReach, newMiddle, newTicks) {
      if (newReach === reach && newMiddle === middle) return;
      [reach, middle, ticks] = [newReach, newMiddle, newTicks];
      drawnFor = undefined;
    },
    /**
     * Paint the regions and draw the borders, if they have changed. To be called while drawing.
     * @param {unknown[]} now What they depend on.
     * @param {() => { sure: ArrayLike<number>, regions: number[][][][], borders: number[][],
     *   whyNone: () => string, colours: string[] }} make
     */
    paint(now, make) {
      const { width } = picture.size();
      // Half of the screen's resolution will do: the lines of the borders lie over the edges.
      const side = Math.round(((width - MARGIN.left - MARGIN.right) * Math.min(2, devicePixelRatio)) / 2);
      if (drawnFor !== width) drawAxes();
      drawnFor = width;
      keepPainted([...now, width, side, reach, middle], () => {
        if (canvas.width !== side) canvas.width = canvas.height = side;
        const { borders, whyNone, ...rest } = make();
        paint({ ...rest, reach, middle });
        const [x, y] = [across(), up()];
        renew(
          lines,
          ...borders.map(([x1, y1, x2, y2]) => svgSketch("line", { x1: x(x1), y1: y(y1), x2: x(x2), y2: y(y2) })),
          ...(borders.length
            ? []
            : [words((x.places[0] + x.places[1]) / 2, y.places[1] + 40, whyNone(), "middle", "on-plane")]),
        );
      });
    },
  };
}
