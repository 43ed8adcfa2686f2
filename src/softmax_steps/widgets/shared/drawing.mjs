// Pictures with axes, drawn like the book's figures: the same lines, letters and colours.
import { element, renew, svgElement, svgSketch } from "./view.mjs";

/**
 * Make an SVG that is drawn anew for the width it gets, so that its letters keep their size.
 * @param {object} options
 * @param {string} [options.label] What the picture is, for screen readers; with a role of its own
 *   inside, leave it out.
 * @param {number} options.width In pixels, until the picture has a place on the page.
 * @param {(width: number) => number} options.height The height for a width.
 * @param {(size: { width: number, height: number }) => Child[]} options.draw Return what the picture
 *   holds, in pixels from its upper left corner.
 */
export function drawing({ label, width, height, draw }) {
  const svg = svgElement("svg", { class: "sms-drawing", role: label ? "img" : "group", "aria-label": label });
  const node = element("div", { class: "sms-drawing-place" }, svg);
  let size = { width: 0, height: 0 };
  // Only for a new size: an SVG whose view box is set, even to the same, is laid out whole.
  const resize = (width) => {
    size = { width, height: Math.round(height(width)) };
    svg.setAttribute("viewBox", `0 0 ${width} ${size.height}`);
    svg.setAttribute("height", String(size.height));
  };
  const redraw = () => renew(svg, ...draw(size));
  resize(width);
  const watch = new ResizeObserver(([entry]) => {
    const given = Math.round(entry.contentRect.width);
    if (!given || given === size.width) return;
    resize(given);
    redraw();
  });
  watch.observe(node);
  return {
    node,
    svg,
    redraw,
    size: () => size,
    say: (text) => svg.setAttribute("aria-label", text),
    stop: () => watch.disconnect(),
  };
}

/**
 * Return where values lie on an axis of a picture.
 * @param {[number, number]} values The first and the last.
 * @param {[number, number]} places Theirs, in pixels.
 */
export function scale([first, last], [from, to]) {
  const at = (value) => from + ((value - first) / (last - first)) * (to - from);
  return Object.assign(at, {
    values: [first, last],
    places: [from, to],
    back: (place) => first + ((place - from) / (to - from)) * (last - first),
    // Hold what lies off the axis at its end: a mark there tells of it.
    held: (value) => at(Math.min(Math.max(value, Math.min(first, last)), Math.max(first, last))),
  });
}

/**
 * Return values for ticks, some three to six, at 1, 2 or 5 times a power of ten.
 * @param {number} first
 * @param {number} last
 * @param {number} most
 */
export function ticks(first, last, most = 5) {
  const rough = (last - first) / most;
  const unit = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((k) => k * unit).find((k) => k >= rough * (1 - 1e-9)) ?? 10 * unit;
  const start = Math.ceil(first / step - 1e-9);
  const count = Math.floor(last / step + 1e-9) - start;
  return Array.from({ length: count + 1 }, (_, k) => Number(((start + k) * step).toPrecision(12)));
}

/**
 * Draw the axes of a picture: a line to the left and one below, ticks, names, and faint lines across.
 * @param {object} axes
 * @param {ReturnType<typeof scale>} axes.x
 * @param {ReturnType<typeof scale>} axes.y
 * @param {[number, string][]} axes.xTicks Value and text of each.
 * @param {[number, string][]} axes.yTicks
 * @param {string} [axes.xName]
 * @param {string} [axes.yName] Stands above the axis, so that no letters are turned.
 * @param {boolean} [axes.across] Whether a faint line runs across at each tick of y.
 * @returns {Child[]}
 */
export function axes({ x, y, xTicks, yTicks, xName, yName, across = true }) {
  const [left, right] = x.places;
  const [bottom, top] = y.places;
  const line = (kind, x1, y1, x2, y2) => svgSketch("line", { class: kind, x1, y1, x2, y2 });
  const drawn = [];
  for (const [value, text] of yTicks) {
    const at = y(value);
    if (across && Math.abs(at - bottom) > 0.5) drawn.push(line("sms-grid-line", left, at, right, at));
    drawn.push(line("sms-axis", left - 4, at, left, at), words(left - 7, at + 4, text, "end", "sms-tick"));
  }
  for (const [value, text] of xTicks) {
    const at = x(value);
    drawn.push(line("sms-axis", at, bottom, at, bottom + 4), words(at, bottom + 17, text, "middle", "sms-tick"));
  }
  drawn.push(line("sms-axis", left, bottom, right, bottom), line("sms-axis", left, top, left, bottom));
  if (xName) drawn.push(words(right, bottom + 33, xName, "end"));
  if (yName) drawn.push(words(0, top - 10, yName, "start"));
  return drawn;
}

/**
 * Draw words in a picture.
 * @param {number} x
 * @param {number} y Their base line.
 * @param {string} text
 * @param {"start" | "middle" | "end"} anchor
 * @param {string} kind A class, such as that of a curve's colour.
 */
export const words = (x, y, text, anchor = "start", kind = "") =>
  svgSketch("text", { x, y, "text-anchor": anchor, class: kind || null }, text);

/**
 * Return the path of a curve through points, in pixels; a point that is not finite leaves a gap.
 * @param {[number, number][]} points
 */
export function path(points) {
  let isBegun = false;
  let text = "";
  for (const [x, y] of points) {
    const isThere = Number.isFinite(x) && Number.isFinite(y);
    if (isThere) text += `${isBegun ? "L" : "M"}${x.toFixed(1)},${y.toFixed(1)}`;
    isBegun = isThere;
  }
  return text;
}

/**
 * Return the path of a class's mark: a circle for class 0, a square for class 1, a triangle for class 2.
 * @param {number} label
 * @param {number} x
 * @param {number} y
 * @param {number} r
 */
export function mark(label, x, y, r) {
  const start = `M${x.toFixed(1)},${y.toFixed(1)}m`;
  if (label === 0) return `${start}${-r},0a${r},${r} 0 1 0 ${2 * r},0a${r},${r} 0 1 0 ${-2 * r},0`;
  if (label === 1) return `${start}${-0.9 * r},${-0.9 * r}h${1.8 * r}v${1.8 * r}h${-1.8 * r}z`;
  return `${start}0,${-1.2 * r}l${1.15 * r},${2.05 * r}h${-2.3 * r}z`;
}
