// Draw what a cell puts out, with the elements and classes that the built page has for it.
import { Marked } from "marked";
import { fromTerminal, overwritten } from "./ansi.js";
import { putWords } from "./figures.js";
import { coloured } from "./highlight.js";
import { LONGEST, shorten } from "./long_text.js";
import { drawFormulas, drawLatex, formulas } from "./maths.js";
import { note } from "./notes.js";
import { drawSafely } from "./safe_html.js";
import { isSentences } from "./sentences.js";
import { isBareName, sayUnshown } from "./unshown.js";

const LONGEST_HTML = 5_000_000; // a browser still draws as much at once
const marked = new Marked(formulas);
const TOO_FAST = /^\s*IOPub (?:message|data) rate exceeded/; // what Jupyter's server prints
const WIDGET = "application/vnd.jupyter.widget-view+json";
const TEXT = (value) => (Array.isArray(value) ? value.join("") : String(value));

function make(tag, className, ...children) {
  const node = document.createElement(tag);
  if (className) node.className = className;
  node.append(...children);
  return node;
}

// <div class="output KIND"><div class="highlight"><pre>…
function block(kind, content) {
  const pre = make("pre", "", content);
  pre.tabIndex = 0; // a wide block scrolls, and must do so by keys too
  return make("div", `output ${kind} notranslate`, make("div", "highlight", pre));
}

const CUT = "\n(Cut here: "; // with which the kernel ends a text that it has shortened itself

// Text as a terminal shows it. What is too long for a page is left out of the middle; the line that
// says so stands below, where it is seen without scrolling through the text.
function longBlock(kind, text) {
  const cut = shorten(text);
  if (cut) {
    const node = block(kind, fromTerminal(`${cut.start}\n⋮\n${cut.end}`));
    node.append(note(cut.said));
    return node;
  }
  const at = text.length > LONGEST ? text.lastIndexOf(CUT) : -1;
  const node = block(kind, fromTerminal(at < 0 ? text : text.slice(0, at)));
  if (at >= 0) node.append(note(text.slice(at + 2).replace(/\)$/, "")));
  return node;
}

function drawHtml(node, html) {
  if (html.length <= LONGEST_HTML) return drawSafely(node, html);
  const letters = html.length.toLocaleString("en");
  return node.replaceChildren(
    note(
      `This output has ${letters} letters of HTML, more than a page can hold. Show a part of it, such as its first rows.`,
    ),
  );
}

const TEXT_PLAIN = "text/plain";
/**
 * For each kind of content, in the order of preference, a function that returns its element.
 * @type {[string, (value: any, area: OutputArea, metadata: any) => Element | Promise<Element>][]}
 */
const RENDERERS = [
  [WIDGET, (value, area) => area.drawWidget(value.model_id)],
  [
    "text/html",
    (value, area) => {
      const node = make("div", "output text_html");
      drawHtml(node, TEXT(value));
      putWords(node, area.words, area.alt);
      return node;
    },
  ],
  [
    "text/markdown",
    async (value) => {
      const node = make("div", "output text_markdown");
      drawHtml(node, /** @type {string} */ (marked.parse(TEXT(value))));
      for (const code of node.querySelectorAll("pre > code.language-python")) {
        const pre = make("pre", "", coloured(code.textContent.replace(/\n$/, "")));
        pre.tabIndex = 0;
        code.parentNode.replaceWith(make("div", "highlight-python notranslate", make("div", "highlight", pre)));
      }
      await drawFormulas(node);
      return node;
    },
  ],
  ["text/latex", (value) => drawLatex(TEXT(value))],
  [
    "image/svg+xml",
    // As a picture its scripts do not run, and its style sheets reach nothing else.
    (value, area) => drawPicture(`data:image/svg+xml,${encodeURIComponent(TEXT(value))}`, "svg", area),
  ],
  ...["png", "jpeg", "gif", "webp"].map((kind) => /** @type {[string, any]} */ ([`image/${kind}`, picture(kind)])),
  ["application/json", (value) => longBlock("text_plain", JSON.stringify(value, null, 2))],
  [TEXT_PLAIN, (value) => longBlock("text_plain highlight-myst-ansi", TEXT(value))],
];
const SHOWN = new Set(RENDERERS.map(([kind]) => kind));

/** @type {(address: string, kind: string, area: OutputArea, size?: { width?: number }) => Element} */
function drawPicture(address, kind, area, size) {
  const node = make("img", `output image_${kind}`);
  node.src = address;
  node.alt = area.alt;
  if (size?.width) node.width = size.width;
  return node;
}

function picture(kind) {
  return (value, area, metadata) => {
    const address = `data:image/${kind};base64,${TEXT(value).replaceAll("\n", "")}`;
    return drawPicture(address, kind, area, metadata?.[`image/${kind}`]);
  };
}

// "Cell In[4]", with a terminal's colours anywhere between.
const RUN = /Cell(?:\x1b\[[\d;]*m| )+In(?:\x1b\[[\d;]*m)*\[(?:\x1b\[[\d;]*m)*(\d+)(?:\x1b\[[\d;]*m)*\]/g;

export class OutputArea {
  #waiting = false;
  /** @type {{ name: string, text: string, cut: number, pre: Element } | null} */
  #stream = null;
  #frame = 0;
  #named = new Map();
  #turns = new WeakMap();

  /**
   * @param {Element} node Where to draw.
   * @param {object} options
   * @param {import("./figures.js").Words | null} [options.words] The book's words for a figure of show().
   * @param {string} options.alt For pictures that have no alt text.
   * @param {(id: string) => Promise<Element>} options.drawWidget
   * @param {(count: number) => string | undefined} [options.cellOfRun] The page's name for In[count].
   */
  constructor(node, { words = null, alt, drawWidget, cellOfRun }) {
    this.node = node;
    this.words = words;
    this.alt = alt;
    this.drawWidget = drawWidget;
    this.cellOfRun = cellOfRun;
  }

  clear({ wait = false } = {}) {
    this.#waiting = wait;
    if (wait) return;
    this.#stream = null;
    this.#named.clear();
    this.node.replaceChildren();
  }

  // Add a message from the kernel, or an output of a notebook: both have the same fields.
  add(kind, content) {
    if (kind === "clear_output") return this.clear(content);
    if (kind === "update_display_data") return this.#update(content);
    if (this.#waiting) this.clear();
    if (kind === "stream") return this.#print(content.name, TEXT(content.text));
    this.flush();
    this.#stream = null;
    if (kind === "error") return this.node.append(this.#error(content));
    if (kind !== "display_data" && kind !== "execute_result") return undefined;
    const place = make("div", "sms-live-shown");
    this.node.append(place);
    const name = content.transient?.display_id;
    if (name) this.#named.set(name, [...(this.#named.get(name) ?? []), place]);
    return this.#draw(place, content);
  }

  async #draw(place, { data, metadata }) {
    const turn = {};
    this.#turns.set(place, turn);
    const missing = Object.keys(data).filter((kind) => !SHOWN.has(kind));
    let nodes = [];
    for (const [kind, render] of RENDERERS) {
      if (!(kind in data)) continue;
      // Its text is all that is left of the output: say so, and leave out a text that tells nothing.
      if (kind === TEXT_PLAIN && missing.length) {
        nodes = [sayUnshown(missing, !isBareName(TEXT(data[kind])))];
        if (isBareName(TEXT(data[kind]))) break;
      }
      try {
        nodes.push(await render(data[kind], this, metadata));
        missing.length = 0;
        break;
      } catch (error) {
        console.error(error); // such as a widget without a front end: try the next kind
        missing.push(kind);
      }
    }
    if (!nodes.length && missing.length) nodes = [sayUnshown(missing, false)];
    // A later message for the same place may have been drawn meanwhile.
    if (this.#turns.get(place) === turn) place.replaceChildren(...nodes);
  }

  #update(content) {
    for (const place of this.#named.get(content.transient?.display_id) ?? []) this.#draw(place, content);
  }

  #error({ ename, evalue, traceback }) {
    const lines = traceback
      .map((line) => line.replace(/\n+$/, ""))
      .filter((line) => !/^(\x1b\[[\d;]*m)*-+(\x1b\[[\d;]*m)*$/.test(line));
    // IPython counts runs; the reader sees the page's cells.
    const text = lines.join("\n").replace(RUN, (as, run) => this.cellOfRun?.(+run) ?? as);
    const whole = traceback.length ? text : `${ename}: ${evalue}`;
    const node = longBlock("traceback highlight-ipythontb", whole);
    node.dataset.error = ename;
    return node;
  }

  #print(name, text) {
    if (TOO_FAST.test(text)) {
      text = "\n(The cell prints faster than a page can show: some of it is left out.)\n";
      name = this.#stream?.name ?? name; // a stream after it would be as long again
    }
    let stream = this.#stream;
    if (!stream || stream.name !== name) {
      this.flush();
      const node = block(`stream${name === "stderr" ? " stderr" : ""} highlight-myst-ansi`, "");
      stream = { name, text: "", cut: 0, pre: /** @type {Element} */ (node.querySelector("pre")) };
      this.#stream = stream;
      this.node.append(node);
    }
    stream.text += text;
    if (stream.text.length > 2 * LONGEST) {
      stream.cut += stream.text.length - LONGEST;
      stream.text = stream.text.slice(-LONGEST);
    }
    this.#frame ||= setTimeout(() => this.flush(), 30);
  }

  // Show what has been printed: called at most about thirty times a second.
  flush() {
    clearTimeout(this.#frame);
    this.#frame = 0;
    if (!this.#stream) return;
    const { text, cut, pre } = this.#stream;
    const left = overwritten(text);
    const shown = fromTerminal(left);
    const output = /** @type {HTMLElement | null} */ (pre.closest(".output"));
    output?.classList.toggle("sms-sentences", isSentences(text));
    // A bar that has gone leaves nothing to show.
    output?.toggleAttribute("hidden", !cut && /^ *$/.test(left));
    pre.replaceChildren(cut ? `(${cut} earlier letters are not shown)\n` : "", shown);
  }
}
