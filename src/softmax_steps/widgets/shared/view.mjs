// What the views share: elements, drawing anew, controls, pictures. No maths of the book.

const SVG = "http://www.w3.org/2000/svg";

/**
 * Make an element: element("p", { class: "note" }, "text", child, …).
 * @template {keyof HTMLElementTagNameMap} T
 * @param {T} tag
 * @param {Attributes} attributes
 * @param {...Child} children
 * @returns {HTMLElementTagNameMap[T]}
 */
export function element(tag, attributes = {}, ...children) {
  return fill(document.createElement(tag), attributes, children);
}

/**
 * @template {keyof SVGElementTagNameMap} T
 * @param {T} tag
 * @param {Attributes} attributes
 * @param {...Child} children
 * @returns {SVGElementTagNameMap[T]}
 */
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

/**
 * Describe what element() would make: for renew(), and as a child.
 * @param {string} tag
 * @param {Attributes} attributes
 * @param {...Child} children
 * @returns {Sketch}
 */
export function sketch(tag, attributes = {}, ...children) {
  return { make: /** @type {Sketch["make"]} */ (element), tag, attributes, children };
}

/**
 * Describe what svgElement() would make.
 * @param {string} tag
 * @param {Attributes} attributes
 * @param {...Child} children
 * @returns {Sketch}
 */
export function svgSketch(tag, attributes = {}, ...children) {
  return { make: /** @type {Sketch["make"]} */ (svgElement), tag, attributes, children };
}

/**
 * @param {Child} child
 * @returns {child is Sketch}
 */
const isSketch = (child) => typeof child === "object" && "make" in child;

/** @type {WeakMap<Node, Sketch>} */
const drawn = new WeakMap(); // what each node was drawn from

/** @param {Child} child */
function realise(child) {
  if (!isSketch(child)) return child;
  const node = child.make(child.tag, child.attributes, ...child.children);
  drawn.set(node, child);
  return node;
}

/**
 * Like node.replaceChildren(…) with texts and sketches, but keep the nodes that fit, and set only the
 * texts and attributes that differ, so that the browser lays out as little as possible.
 * @param {Element} node
 * @param {...Child} children
 */
export function renew(node, ...children) {
  let at = node.firstChild;
  for (const child of children) {
    if (!at) {
      node.append(realise(child));
      continue;
    }
    const next = at.nextSibling;
    if (typeof child === "string" && at instanceof Text) {
      if (at.data !== child) at.data = child;
    } else if (isSketch(child) && at instanceof Element && at.localName === child.tag) {
      if (drawn.get(at) !== child) renewElement(at, child);
    } else if (at !== child) at.replaceWith(realise(child));
    at = next;
  }
  while (at) {
    const next = at.nextSibling;
    at.remove();
    at = next;
  }
}

/**
 * @param {Element} node
 * @param {Sketch} sketch
 */
function renewElement(node, sketch) {
  const { attributes, children } = sketch;
  // Compare with the last sketch: to read the node's own attributes takes longer.
  const has = drawn.get(node)?.attributes ?? Object.fromEntries(Array.from(node.attributes, (a) => [a.name, a.value]));
  for (const name in has) if (isGiven(has[name]) && !isGiven(attributes[name])) node.removeAttribute(name);
  for (const name in attributes) {
    const value = attributes[name];
    if (isGiven(value) && has[name] !== value) node.setAttribute(name, value === true ? "" : String(value));
  }
  renew(node, ...children);
  drawn.set(node, sketch);
}

/**
 * Return a function that makes something anew only if one of the things that it depends on has changed.
 * renew() passes over a sketch that is the same as before.
 * @returns {<T>(now: unknown[], make: () => T) => T}
 */
export function keeping() {
  let last = /** @type {unknown[]} */ ([]),
    made;
  return (now, make) => {
    if (!last.length || now.some((thing, k) => thing !== last[k])) [last, made] = [now, make()];
    return made;
  };
}

/**
 * Return a function that draws once after all changes of one event, in a microtask. Drawing in
 * requestAnimationFrame instead would lay out the page twice: the frame first lays out what the event
 * has changed.
 * @param {() => void} draw
 */
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

/**
 * Let a view follow its model: call a function when one of its traits has changed.
 * @param {WidgetState} model
 * @param {[traits: readonly string[], follow: () => void][]} followers
 * @param {{ stop(): void }[]} parts What stops with the view.
 * @returns {() => void} What render() returns: it ends all of that.
 */
export function follow(model, followers, parts) {
  const each = (act) => {
    for (const [traits, listener] of followers) for (const name of traits) act(`change:${name}`, listener);
  };
  each((event, listener) => model.on(event, listener));
  return () => {
    for (const part of parts) part.stop();
    each((event, listener) => model.off(event, listener));
  };
}

/**
 * Make a group of radio buttons in one row.
 * @param {object} group
 * @param {string} group.legend
 * @param {[string, string][]} group.options Key and text of each.
 * @param {string} group.value The key at the start.
 * @param {(key: string) => void} group.onChange
 */
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

/**
 * Make a menu, for a choice of more than four.
 * @param {object} menu
 * @param {string} menu.label
 * @param {[string, string][]} menu.options Key and text of each.
 * @param {string} menu.value The key at the start.
 * @param {(key: string) => void} menu.onChange
 */
export function menu({ label, options, value, onChange }) {
  const select = element(
    "select",
    { "data-lm-suppress-shortcuts": "true" },
    ...options.map(([key, text]) => element("option", { value: key, selected: key === value }, text)),
  );
  select.addEventListener("change", () => onChange(select.value));
  return {
    node: element("label", { class: "sms-menu" }, element("span", {}, label), select),
    set(key) {
      if (select.value !== key) select.value = key;
    },
  };
}

/**
 * @param {string} text
 * @param {() => void} onClick
 */
export function button(text, onClick) {
  const node = element("button", { type: "button", class: "sms-button" }, text);
  node.addEventListener("click", onClick);
  return node;
}

// Make a live region for screen readers. It speaks after 400 ms without a change, not at every one.
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
