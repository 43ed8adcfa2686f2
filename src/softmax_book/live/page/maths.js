// Formulas in what a cell shows. The page has KaTeX's style sheet and fonts already, because the built
// pages are drawn with it; its script is loaded with the first formula.

import { note } from "./notes.js";

const PLACE = "sms-live-tex";
const escaped = (text) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
/** @type {(formula: any) => string} */
const place = ({ tex, display }) =>
  display ? `<div class="${PLACE}">${escaped(tex)}</div>` : `<span class="${PLACE}">${escaped(tex)}</span>`;

// As Pandoc reads them, so that "$5 and $6" is no formula: no space inside the dollars, no digit behind.
/** @type {[RegExp, boolean][]} */
const INLINE = [
  [/^\$\$([^$]+?)\$\$/, true],
  [/^\\\[([\s\S]+?)\\\]/, true],
  [/^\\\(([\s\S]+?)\\\)/, false],
  [/^\$(?![\s$])((?:\\[\s\S]|[^\\$])*?(?:\\[^\s]|[^\s\\$]))\$(?!\d)/, false],
];
const BLOCK = [
  /^ {0,3}\$\$([^$]+?)\$\$[ \t]*(?:\n|$)/,
  /^ {0,3}\\\[([\s\S]+?)\\\][ \t]*(?:\n|$)/,
  /^ {0,3}(\\begin\{([a-zA-Z]+\*?)\}[\s\S]+?\\end\{\2\})[ \t]*(?:\n|$)/,
];
const startsInline = (text) => text.match(/\$|\\[([]/)?.index;
const startsBlock = (text) => text.match(/\n {0,3}(?:\$\$|\\\[|\\begin\{)/)?.index;

/**
 * For marked: a formula becomes an element that drawFormulas fills.
 * @type {import("marked").MarkedExtension}
 */
export const formulas = {
  extensions: [
    {
      name: "blockFormula",
      level: "block",
      start: startsBlock,
      tokenizer(text) {
        for (const rule of BLOCK) {
          const found = rule.exec(text);
          if (found) return { type: "blockFormula", raw: found[0], tex: found[1], display: true };
        }
        return undefined;
      },
      renderer: place,
    },
    {
      name: "inlineFormula",
      level: "inline",
      start: startsInline,
      tokenizer(text) {
        for (const [rule, display] of INLINE) {
          const found = rule.exec(text);
          // Within a paragraph a display formula must not end it: a span that is set as a block.
          if (found) return { type: "inlineFormula", raw: found[0], tex: found[1], display };
        }
        return undefined;
      },
      renderer: (/** @type {any} */ { tex, display }) =>
        place({ tex: display ? `\\displaystyle ${tex}` : tex, display: false }),
    },
  ],
};

const load = () => Promise.all([import("katex"), import("katex/contrib/auto-render")]);
/** @type {import("katex").KatexOptions} */
const OPTIONS = { throwOnError: true, trust: false, strict: "ignore", maxExpand: 1000, maxSize: 50 };
const ENVIRONMENTS = [
  "equation",
  "align",
  "aligned",
  "alignat",
  "gather",
  "CD",
  "matrix",
  "pmatrix",
  "bmatrix",
  "cases",
];
const DELIMITERS = [
  { left: "$$", right: "$$", display: true },
  { left: "\\[", right: "\\]", display: true },
  { left: "\\(", right: "\\)", display: false },
  ...ENVIRONMENTS.flatMap((name) => [name, `${name}*`]).map((name) => ({
    left: `\\begin{${name}}`,
    right: `\\end{${name}}`,
    display: true,
  })),
  { left: "$", right: "$", display: false },
];

function showSource(node, tex, error) {
  const code = document.createElement("code");
  code.textContent = tex;
  const why = error.message.replace(/^KaTeX parse error: /, "").replace(/[.:]?$/, ".");
  node.replaceChildren(code, note(`This formula cannot be drawn, so its source is shown. The reason: ${why}`));
}

// A wide formula scrolls, and must do so by keys too.
function set(node, draw) {
  try {
    draw();
  } catch (error) {
    showSource(node, node.dataset.tex, error);
  }
  delete node.dataset.tex;
  if (node.tagName === "DIV") node.tabIndex = 0;
}

/**
 * Draw the formulas that marked has left places for.
 * @param {Element} node
 */
export async function drawFormulas(node) {
  /** @type {NodeListOf<HTMLElement>} */
  const places = node.querySelectorAll(`.${PLACE}`);
  if (!places.length) return;
  const [{ default: katex }] = await load();
  for (const each of places) {
    const tex = each.textContent;
    each.dataset.tex = tex;
    set(each, () => katex.render(tex, each, { ...OPTIONS, displayMode: each.tagName === "DIV" }));
  }
}

/**
 * Draw LaTeX, in which text may stand between the formulas.
 * @param {string} source
 * @returns {Promise<HTMLElement>}
 */
export async function drawLatex(source) {
  const [, { default: drawWithin }] = await load();
  const node = document.createElement("div");
  node.className = "output text_latex";
  node.textContent = source;
  node.dataset.tex = source;
  const errorCallback = (_, error) => {
    throw error;
  };
  set(node, () => {
    drawWithin(node, { ...OPTIONS, delimiters: DELIMITERS, errorCallback });
    if (/\$|\\[([]|\\begin/.test(source) && !node.querySelector(".katex"))
      throw new Error("it has no end, or a brace in it is not closed");
  });
  return node;
}

/**
 * Draw the formulas between dollars in the text of a node.
 * @param {HTMLElement} node
 */
export async function drawFormulasWithin(node) {
  if (!/[$\\]/.test(node.textContent)) return;
  const [, { default: drawWithin }] = await load();
  drawWithin(node, { ...OPTIONS, delimiters: DELIMITERS, errorCallback: () => {} }); // a faulty one stays as it is
}
