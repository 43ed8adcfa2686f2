// Draw what a cell puts out, with the elements and classes that the built page has for it.
import { marked } from "marked";
import { fromTerminal, overwritten } from "./ansi.js";
import { putWords } from "./figures.js";
import { coloured } from "./highlight.js";

const LONGEST = 100_000; // characters of one stream that stay on the page
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
      node.innerHTML = TEXT(value);
      putWords(node, area.words, area.alt);
      return node;
    },
  ],
  [
    "text/markdown",
    (value) => {
      const node = make("div", "output text_markdown");
      node.innerHTML = marked.parse(TEXT(value));
      for (const code of node.querySelectorAll("pre > code.language-python")) {
        const pre = make("pre", "", coloured(code.textContent.replace(/\n$/, "")));
        pre.tabIndex = 0;
        code.parentNode.replaceWith(make("div", "highlight-python notranslate", make("div", "highlight", pre)));
      }
      return node;
    },
  ],
  [
    "image/svg+xml",
    (value) => {
      const node = make("div", "output image_svg");
      node.innerHTML = TEXT(value);
      return node;
    },
  ],
  ["image/png", picture("png")],
  ["image/jpeg", picture("jpeg")],
  ["text/plain", (value) => block("text_plain highlight-myst-ansi", fromTerminal(TEXT(value)))],
];

function picture(kind) {
  return (value, area, metadata) => {
    const node = make("img", `output image_${kind}`);
    node.src = `data:image/${kind};base64,${TEXT(value).replaceAll("\n", "")}`;
    node.alt = area.alt;
    const size = metadata?.[`image/${kind}`];
    if (size?.width) node.width = size.width;
    return node;
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
    for (const [type, render] of RENDERERS) {
      if (!(type in data)) continue;
      try {
        const node = await render(data[type], this, metadata);
        return place.replaceChildren(node);
      } catch (error) {
        console.error(error); // such as a widget without a front end: try the next kind
      }
    }
    return undefined;
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
    const node = block("traceback highlight-ipythontb", fromTerminal(text));
    node.dataset.error = ename;
    if (!traceback.length) node.querySelector("pre").textContent = `${ename}: ${evalue}`;
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
    const shown = fromTerminal(overwritten(text));
    pre.replaceChildren(cut ? `(${cut} earlier letters are not shown)\n` : "", shown);
  }
}
