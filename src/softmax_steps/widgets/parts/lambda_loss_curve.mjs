// The loss over λ as a stacked curve: the data's part below, the penalty on it, and a cursor to drag.
import { axes, drawing, path, scale, ticks, words } from "../shared/drawing.mjs";
import { number } from "../shared/numbers.mjs";
import { keeping, svgSketch } from "../shared/view.mjs";

const LEFT = 36; // room for the axis's numbers
const FIRST = LEFT + 9; // the cursor's first place: its bar stands beside the axis
const RIGHT = 12;
const TOP = 26;
const BOTTOM = 22;
const BAR = 14;

/**
 * Return the end of an axis from 0 that has room for some value, at a tick.
 * @param {number} value
 */
export function axisEnd(value) {
  if (!(value > 0)) return 1;
  const step = ticks(0, value)[1];
  return Number((step * Math.ceil(value / step - 1e-9)).toPrecision(12));
}

/**
 * @typedef {object} Stacked What a picture of the loss shows.
 * @property {number} last The last position of the cursor; the first is 0.
 * @property {[number, string][]} xTicks Position and text of each.
 * @property {number} top The end of the axis of the loss.
 * @property {[number, number, number][]} points Position, data loss and penalty, from left to right.
 * @property {number} at The cursor's position.
 * @property {[number, number]} parts Data loss and penalty there.
 * @property {boolean} [isBroken] Whether the axis has 0 at its left end and powers of ten after it.
 */

/**
 * Make the picture.
 * @param {object} options
 * @param {() => Stacked} options.shown
 * @param {(position: number) => void} options.onMove What a hand on the picture does.
 */
export function lossCurve({ shown, onMove }) {
  const keep = keeping();
  const picture = drawing({
    label: "The loss",
    width: 316,
    height: (width) => (width < 300 ? 196 : 0.5 * width + 108),
    draw: (size) => draw(size, shown(), keep),
  });
  const { svg } = picture;
  svg.classList.add("sms-lambda-curve");
  const move = (event) => {
    const { left, width } = svg.getBoundingClientRect();
    const { last } = shown();
    const inside = ((event.clientX - left) * picture.size().width) / width;
    const position = Math.round(across(picture.size(), last).back(inside));
    onMove(Math.min(last, Math.max(0, position)));
  };
  svg.addEventListener("pointerdown", (event) => {
    if (event.button) return;
    svg.setPointerCapture(event.pointerId);
    move(event);
    event.preventDefault(); // no text is selected
  });
  svg.addEventListener("pointermove", (event) => {
    if (svg.hasPointerCapture(event.pointerId)) move(event);
  });
  return picture;
}

const across = ({ width }, last) => scale([0, last], [FIRST, width - RIGHT]);

function draw(size, { last, xTicks, top, points, at, parts, isBroken = false }, keep) {
  const x = across(size, last);
  const y = scale([0, top], [size.height - BOTTOM, TOP]);
  const [bottom, ceiling] = y.places;
  const held = (value) => (Number.isFinite(value) ? y.held(value) : ceiling);
  const area = (kind, lower, upper) =>
    svgSketch("path", { class: `area ${kind}`, d: `${path([...upper, ...[...lower].reverse()])}Z` });
  const line = (kind, value) =>
    svgSketch("path", {
      class: `line ${kind}`,
      d: path(points.map((p) => [x(p[0]), value(p) <= top * (1 + 1e-9) ? y(value(p)) : Number.NaN])),
    });
  const sum = (p) => p[1] + p[2];
  const [loss, place] = [parts[0] + parts[1], x(at)];
  const bar = (kind, from, to) =>
    svgSketch("rect", {
      class: `bar ${kind}`,
      x: place - BAR / 2,
      width: BAR,
      y: Math.min(from, to),
      height: Math.abs(from - to),
    });
  const isOff = !(loss <= top);
  const yTicks = ticks(0, top);
  const places = Math.max(0, ...yTicks.map((value) => String(value).split(".")[1]?.length ?? 0));
  // What stays as it is for all positions of the cursor.
  const still = () => {
    const [floor, plain, rim] = [() => 0, (p) => p[1], sum].map((value) =>
      points.map((p) => [x(p[0]), held(value(p))]),
    );
    return [
      area("data", floor, plain),
      area("penalty", plain, rim),
      ...axes({
        x: Object.assign((position) => x(position), x, { places: [LEFT, x.places[1]] }),
        y,
        xTicks,
        yTicks: yTicks.map((value) => [value, value.toFixed(places)]),
      }),
      ...(isBroken ? [svgSketch("path", { class: "break", d: `M${FIRST + 9},${bottom + 4}l5,-8m3,0l-5,8` })] : []),
      line("data", (p) => p[1]),
      line("total", sum),
    ];
  };
  return [
    ...keep([size, points, top], still),
    svgSketch("line", { class: "cursor", x1: place, x2: place, y1: ceiling, y2: bottom }),
    bar("data", bottom, held(parts[0])),
    bar("penalty", held(parts[0]), held(loss)),
    isOff
      ? svgSketch("path", { class: "off", d: `M${place},${ceiling - 9}l7,9h-14Z` })
      : svgSketch("circle", { class: "rim", cx: place, cy: held(loss), r: 5 }),
    words(0, 12, "loss (nats)", "start"),
    words(size.width, 12, `L = ${number(loss)}${isOff ? ", off the axis" : ""}`, "end", "value"),
    ...(isBroken ? besideItsRise() : overItsEnd()),
  ];
  // A sum that leaves the axis has its name to the left of where it does; the penalty fills the rest.
  function besideItsRise() {
    const leaves = points.findLast((p) => sum(p) <= 0.86 * top) ?? points[0];
    const own = words(FIRST + 12, bottom - 8, "data loss");
    if (!(parts[0] < 0.8 * top)) return [own];
    return [
      own,
      words(size.width - RIGHT - 12, y(parts[0]) - 9, "penalty", "end"),
      words(Math.max(LEFT + 92, x(leaves[0]) - 10), held(0.86 * top) + 4, "L, their sum", "end", "halo"),
    ];
  }
  // One that stays has it at its end. A line leads to the penalty where there is most of it.
  function overItsEnd() {
    const thickest = points.reduce((best, p) => (p[2] > best[2] ? p : best));
    const [px, py] = [x(thickest[0]), held(thickest[1] + thickest[2] / 2)];
    const [wx, wy] = [Math.max(FIRST + 4, px - 70), Math.max(ceiling + 34, py - 70)];
    return [
      words(size.width - RIGHT - 12, bottom - 8, "data loss", "end"),
      words(size.width - RIGHT, held(sum(points[points.length - 1])) - 8, "L, their sum", "end", "halo"),
      svgSketch("path", {
        class: "leader",
        d: path([
          [wx + 26, wy + 5],
          [px, py],
        ]),
      }),
      words(wx, wy, "penalty", "start", "halo"),
    ];
  }
}
