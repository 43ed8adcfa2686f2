// What the views share: elements, numbers as text, sliders, colours. No maths of the book.

const SVG = "http://www.w3.org/2000/svg";

// element("p", { class: "note" }, "text", child, …)
export function element(tag, attributes = {}, ...children) {
  return fill(document.createElement(tag), attributes, children);
}

export function svgElement(tag, attributes = {}, ...children) {
  return fill(document.createElementNS(SVG, tag), attributes, children);
}

function fill(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (isGiven(value)) node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.map(realise));
  return node;
}
const isGiven = (value) => value !== undefined && value !== null && value !== false;

// What element() and svgElement() would make, as a description: for renew(), and as a child.
export function sketch(tag, attributes = {}, ...children) {
  return { make: element, tag, attributes, children };
}

export function svgSketch(tag, attributes = {}, ...children) {
  return { make: svgElement, tag, attributes, children };
}

function realise(child) {
  return child.make ? child.make(child.tag, child.attributes, ...child.children) : child;
}

// Like node.replaceChildren(…) with texts and sketches, but what stands there already stays, and
// only its texts and attributes that differ are set. The less is new, the less is laid out.
export function renew(node, ...children) {
  let at = node.firstChild;
  for (const child of children) {
    if (!at) {
      node.append(realise(child));
      continue;
    }
    const next = at.nextSibling;
    if (typeof child === "string" && at.nodeType === Node.TEXT_NODE) {
      if (at.data !== child) at.data = child;
    } else if (child.make && at.localName === child.tag) renewElement(at, child);
    else if (at !== child) at.replaceWith(realise(child));
    at = next;
  }
  while (at) {
    const next = at.nextSibling;
    at.remove();
    at = next;
  }
}

function renewElement(node, { attributes, children }) {
  for (const name of node.getAttributeNames()) if (!isGiven(attributes[name])) node.removeAttribute(name);
  for (const [name, value] of Object.entries(attributes)) {
    const text = value === true ? "" : String(value);
    if (isGiven(value) && node.getAttribute(name) !== text) node.setAttribute(name, text);
  }
  renew(node, ...children);
}

// Draws once after all that one event has changed, and at once: a frame begins with laying out what
// has changed by then, and would lay out the page twice if the drawing waited for the frame.
export function oncePerEvent(draw) {
  let isDue = false;
  const redraw = () => {
    if (isDue) return;
    isDue = true;
    queueMicrotask(() => {
      if (isDue) redraw.now();
    });
  };
  redraw.now = () => {
    isDue = false;
    draw();
  };
  redraw.stop = () => {
    isDue = false;
  };
  return redraw;
}

// A group of radio buttons drawn as one row: choose([["sum", "the sum"], …], …)
export function choice({ legend, options, value, onChange }) {
  const name = `sms-${Math.random().toString(36).slice(2)}`;
  const row = element("div", { class: "sms-options" });
  const node = element("fieldset", { class: "sms-choice" }, element("legend", {}, legend), row);
  const inputs = new Map();
  for (const [key, text] of options) {
    const input = element("input", { type: "radio", name, value: key, "data-lm-suppress-shortcuts": "true" });
    input.checked = key === value;
    input.addEventListener("change", () => onChange(key));
    inputs.set(key, input);
    row.append(element("label", {}, input, element("span", {}, text)));
  }
  return {
    node,
    set(key) {
      if (!inputs.get(key).checked) inputs.get(key).checked = true;
    },
  };
}

export function button(text, onClick) {
  const node = element("button", { type: "button", class: "sms-button" }, text);
  node.addEventListener("click", onClick);
  return node;
}

// A polite live region: it speaks when the hand has come to rest, not on every frame.
export function announcer() {
  const node = element("p", { class: "sms-spoken", role: "status", "aria-live": "polite" });
  let timer = 0;
  return {
    node,
    say(text) {
      clearTimeout(timer);
      timer = setTimeout(() => {
        node.textContent = text;
      }, 400);
    },
    stop() {
      clearTimeout(timer);
    },
  };
}

// The diverging scale of the book's figures (ColorBrewer RdBu): blue below 0, white 0, red above.
const RED_BLUE = [
  [5, 48, 97],
  [33, 102, 172],
  [67, 147, 195],
  [146, 197, 222],
  [209, 229, 240],
  [247, 247, 247],
  [253, 219, 199],
  [244, 165, 130],
  [214, 96, 77],
  [178, 24, 43],
  [103, 0, 31],
];

// t from −1 to 1 → [red, green, blue], written into the pixels from a place on
export function diverging(t, pixels = [0, 0, 0], at = 0) {
  const place = ((Math.max(-1, Math.min(1, t)) + 1) / 2) * (RED_BLUE.length - 1);
  const k = Math.min(Math.floor(place), RED_BLUE.length - 2);
  const [low, high] = [RED_BLUE[k], RED_BLUE[k + 1]];
  for (let c = 0; c < 3; c++) pixels[at + c] = Math.round(low[c] + (high[c] - low[c]) * (place - k));
  return pixels;
}

// Paint values as a small picture, one canvas pixel each; the style enlarges it unsmoothed.
export function paint(canvas, values, top) {
  const context = canvas.getContext("2d");
  const pixels = context.createImageData(canvas.width, canvas.height);
  for (let k = 0; k < values.length; k++) {
    diverging(top ? values[k] / top : 0, pixels.data, 4 * k);
    pixels.data[4 * k + 3] = 255;
  }
  context.putImageData(pixels, 0, 0);
}
