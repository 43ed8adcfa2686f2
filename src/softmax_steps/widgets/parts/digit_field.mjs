// The field of 32 × 32 pixels to draw on: with a finger, a mouse, or keys.
import { paint } from "../shared/pixels.mjs";
import { element, svgElement } from "../shared/view.mjs";
import { SIZE } from "./digit_bitmap.mjs";

const KEYS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const MOST_KEPT = 50; // drawings to go back to

/**
 * Make the field.
 * @param {object} options
 * @param {string[]} options.greys Of a value from below 0 to 1: white, white, ink.
 * @param {(ink: Uint8Array) => void} options.onDraw Called with each change.
 * @param {() => void} options.onRest Called when the pen is lifted.
 * @param {(text: string) => void} options.onSay Called with what a screen reader should say.
 * @param {(ink: Uint8Array) => boolean} options.isFirst Whether a drawing is the one that the page begins with.
 */
export function digitField({ greys, onDraw, onRest, onSay, isFirst }) {
  let ink = new Uint8Array(SIZE * SIZE),
    isExample = true, // the first stroke takes it away
    isDown = false; // the pen that the keys move
  /** @type {Uint8Array[]} */
  const before = [];
  /** @type {[number, number] | null} */
  let last = null;
  const pen = { x: SIZE / 2, y: SIZE / 2 };
  const canvas = element("canvas", { width: SIZE, height: SIZE, "aria-hidden": "true" });
  const cross = svgElement("path", { class: "pen" });
  const over = svgElement("svg", { class: "over", viewBox: `0 0 ${SIZE} ${SIZE}`, "aria-hidden": "true" }, cross);
  const hint = element("span", { class: "hint", "aria-hidden": "true" }, "draw a digit here");
  const node = element(
    "div",
    {
      class: "field",
      role: "application",
      tabindex: "0",
      "aria-label": "Field to draw a digit on: arrow keys move the pen, Space puts it down and lifts it",
      "data-lm-suppress-shortcuts": "true",
    },
    canvas,
    hint,
    over,
  );

  const keep = () => {
    before.push(ink.slice());
    if (before.length > MOST_KEPT) before.shift();
  };
  const begin = () => {
    keep();
    if (isExample) ink = new Uint8Array(SIZE * SIZE);
    isExample = false;
  };
  // The pen makes a dot of five pixels.
  const dot = (x, y) => {
    for (const [dx, dy] of [[0, 0], ...Object.values(KEYS)]) {
      const [c, r] = [x + dx, y + dy];
      if (c >= 0 && c < SIZE && r >= 0 && r < SIZE) ink[SIZE * r + c] = 1;
    }
  };
  const line = ([x0, y0], [x1, y1]) => {
    const count = Math.max(1, 2 * Math.max(Math.abs(x1 - x0), Math.abs(y1 - y0)));
    for (let k = 0; k <= count; k++)
      dot(Math.round(x0 + ((x1 - x0) * k) / count), Math.round(y0 + ((y1 - y0) * k) / count));
  };
  const draw = () => {
    paint(canvas, ink, 1, greys);
    cross.setAttribute("d", `M${pen.x - 1.5},${pen.y + 0.5}h4M${pen.x + 0.5},${pen.y - 1.5}v4`);
    node.classList.toggle("is-down", isDown);
    hint.hidden = !isExample && ink.includes(1); // an empty field asks, too
  };
  const put = (drawn) => {
    ink = drawn;
    draw();
    onDraw(ink);
  };

  const place = (event) => {
    const box = canvas.getBoundingClientRect();
    const at = (value, from, size) => Math.min(SIZE - 1, Math.max(0, Math.floor((SIZE * (value - from)) / size)));
    return /** @type {[number, number]} */ ([
      at(event.clientX, box.left, box.width),
      at(event.clientY, box.top, box.height),
    ]);
  };
  node.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    node.setPointerCapture(event.pointerId);
    begin();
    last = place(event);
    line(last, last);
    put(ink);
  });
  node.addEventListener("pointermove", (event) => {
    if (!last) return;
    // A fast hand: the browser gives all places since the last event.
    for (const each of event.getCoalescedEvents?.() ?? [event]) {
      const next = place(each);
      line(last, next);
      last = next;
    }
    const next = place(event);
    line(last, next);
    last = next;
    put(ink);
  });
  const lift = () => {
    if (!last) return;
    [pen.x, pen.y] = last;
    last = null;
    draw();
    onRest();
  };
  node.addEventListener("pointerup", lift);
  node.addEventListener("pointercancel", lift);
  node.addEventListener("keydown", (event) => {
    const by = KEYS[event.key];
    if (event.ctrlKey || event.metaKey || event.altKey || !(by || event.key === " ")) return;
    event.preventDefault();
    event.stopPropagation();
    if (by) {
      const from = /** @type {[number, number]} */ ([pen.x, pen.y]);
      pen.x = Math.min(SIZE - 1, Math.max(0, pen.x + by[0]));
      pen.y = Math.min(SIZE - 1, Math.max(0, pen.y + by[1]));
      if (isDown) line(from, [pen.x, pen.y]);
      onSay(`column ${pen.x + 1}, row ${pen.y + 1}`);
    } else {
      isDown = !isDown;
      if (isDown) {
        begin();
        dot(pen.x, pen.y);
      }
      onSay(isDown ? "pen down" : "pen lifted");
    }
    if (!isDown) {
      draw();
      if (!by) onRest();
    } else put(ink);
  });
  node.addEventListener("blur", () => {
    if (!isDown) return;
    isDown = false;
    draw();
    onRest();
  });

  return {
    node,
    /**
     * Show another drawing, which is no stroke of the reader's.
     * @param {Uint8Array} drawn
     */
    show(drawn) {
      ink = drawn.slice();
      isExample = isFirst(ink);
      isDown = false;
      draw();
    },
    /**
     * Put another drawing in place of this one. The first stroke takes it away, *Undo* brings this one back.
     * @param {Uint8Array} drawn
     */
    replace(drawn) {
      keep();
      ink = drawn.slice();
      isExample = true;
      isDown = false;
      draw();
    },
    undo() {
      const drawn = before.pop();
      if (!drawn) return;
      isExample = isFirst(drawn);
      put(drawn);
      onRest();
    },
    clear() {
      keep();
      isExample = false;
      put(new Uint8Array(SIZE * SIZE));
      onRest();
    },
  };
}
