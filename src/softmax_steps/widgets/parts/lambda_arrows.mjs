// The gradient's two parts as arrows that push against each other at one point, and what is left.
import { drawing, words } from "../shared/drawing.mjs";
import { number } from "../shared/numbers.mjs";
import { svgSketch } from "../shared/view.mjs";

const ABOVE = 18; // room for the names
const BELOW = 18;
const GAP = 8; // between where the parts meet and where their sum begins
const HEAD = 10;

/**
 * Return where the arrows of two parts lie: they meet at the origin, both from above, so that the point
 * goes where their sum does. x runs right and y down; lengths are in the parts' own unit.
 * @param {number} data The length of the first part, which pushes to the right.
 * @param {number} penalty
 * @param {number} angle Between them, in radians.
 */
export function meet(data, penalty, angle) {
  const tilt = (Math.PI - angle) / 2;
  const [cosine, sine] = [Math.cos(tilt), Math.sin(tilt)];
  return {
    data: [-data * cosine, -data * sine], // its tail
    penalty: [penalty * cosine, -penalty * sine],
    sum: [(data - penalty) * cosine, (data + penalty) * sine], // its head
  };
}

/**
 * Say an angle in words.
 * @param {number | null} angle In degrees, between the parts.
 */
export function inWords(angle) {
  if (angle === null) return "one part is 0";
  const apart = `${angle.toFixed(1)}° apart: `;
  if (angle >= 150) return `${apart}nearly opposite`;
  if (angle > 95) return `${apart}partly opposed`;
  if (angle >= 85) return `${apart}at a right angle`;
  return `${apart}partly alike`;
}

/**
 * @typedef {object} Pushes What the picture shows.
 * @property {number} data The lengths of the two parts and of their sum.
 * @property {number} penalty
 * @property {number} sum
 * @property {number} angle Between the parts, in radians.
 * @property {string} words Of the angle.
 * @property {{ unit: number, angle: number }} fitted What the scale is fitted to: parts of this length, which
 *   takes a third of the width, at this angle.
 */

/**
 * Make the picture.
 * @param {object} options
 * @param {() => Pushes} options.shown
 */
export function arrows({ shown }) {
  return drawing({
    label: "The two parts of the gradient",
    width: 312,
    height: arrowsHeight,
    draw: (size) => {
      const pushes = shown();
      const { unit, angle } = pushes.fitted;
      const steepness = Math.sin((Math.PI - angle) / 2);
      const room = size.height - ABOVE - BELOW - GAP; // a third for the arrows that come from above
      const up = Math.min(room / 3, (size.width / 2) * Math.tan((Math.PI - angle) / 2));
      const pixels = Math.min(size.width / 3, room / 3 / Math.max(steepness, 1e-9)) / (unit || 1);
      return draw(size, ABOVE + up, pixels, pushes);
    },
  });
}

/** @param {number} width */
export const arrowsHeight = (width) => (width > 400 ? 150 : 104);

function draw({ width, height }, middle, pixels, { data, penalty, sum, angle, words: said }) {
  const origin = [width / 2, middle];
  const box = { left: 3, right: width - 3, top: ABOVE, bottom: height - BELOW + 1 };
  const ends = meet(data, penalty, angle);
  // How much of the way from the origin to an arrow's end lies in the box.
  const inside = (u, v, [x, y]) =>
    Math.min(
      1,
      u > 0 ? (box.right - x) / u : u < 0 ? (box.left - x) / u : 1,
      v > 0 ? (box.bottom - y) / v : v < 0 ? (box.top - y) / v : 1,
    );
  const drawn = [];
  const place = (end, from) => {
    const whole = end.map((v) => v * pixels);
    const share = whole.every(Number.isFinite) ? inside(whole[0], whole[1], from) : 0;
    const [u, v] = share ? whole : [0, 0];
    const to = /** @type {[number, number]} */ ([from[0] + share * u, from[1] + share * v]);
    return { to, isWhole: share === 1 };
  };
  const arrow = (kind, [x1, y1], [x2, y2], hasHead) => {
    const length = Math.hypot(x2 - x1, y2 - y1);
    if (!(length > 0.5)) return;
    const [u, v] = [(x2 - x1) / length, (y2 - y1) / length];
    const head = hasHead ? Math.min(HEAD, length) : 0;
    const [bx, by] = [x2 - head * u, y2 - head * v];
    drawn.push(svgSketch("path", { class: `shaft ${kind}`, d: `M${at(x1, y1)}L${at(bx, by)}` }));
    if (head)
      drawn.push(
        svgSketch("path", {
          class: `head ${kind}`,
          d: `M${at(x2, y2)}L${at(bx - 0.5 * head * v, by + 0.5 * head * u)}L${at(bx + 0.5 * head * v, by - 0.5 * head * u)}Z`,
        }),
      );
  };
  const [fromData, fromPenalty] = [place(ends.data, origin), place(ends.penalty, origin)];
  const begin = /** @type {[number, number]} */ ([origin[0], origin[1] + GAP]);
  const left = place(ends.sum, begin);
  const gap = 3; // between the two heads
  if (data * pixels > 2 * gap) arrow("data", fromData.to, [origin[0] - gap, origin[1]], true);
  if (penalty * pixels > 2 * gap) arrow("penalty", fromPenalty.to, [origin[0] + gap, origin[1]], true);
  arrow("total", begin, left.to, left.isWhole);
  drawn.push(svgSketch("circle", { class: "meeting", cx: begin[0], cy: begin[1], r: 2.5 }));
  const part = width < 310 ? "" : " part"; // the room of a phone
  const off = (isWhole, x, y, anchor, text) => (isWhole ? [] : [words(x, y, text, anchor, "off-scale")]);
  return [
    ...drawn,
    words(0, 12, `data${part} ${number(data)}`),
    words(width, 12, `penalty${part} ${number(penalty)}`, "end"),
    ...off(fromPenalty.isWhole, width, Math.max(fromPenalty.to[1], ABOVE + 6) + 22, "end", "off the scale →"),
    ...off(left.isWhole, 0, left.to[1] + (left.to[1] + 20 < height - BELOW ? 18 : -32), "start", "← off the scale"),
    words(0, height - 4, `sum ${number(sum)}`),
    words(width, height - 4, said, "end"),
  ];
}

const at = (x, y) => `${x.toFixed(1)},${y.toFixed(1)}`;
