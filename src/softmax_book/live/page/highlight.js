// Highlight Python as on the built page: tokens get the class names of Pygments, which the theme's
// style sheet colours in both themes.
import { pythonLanguage } from "@codemirror/lang-python";
import { highlightCode, tagHighlighter, tags } from "@lezer/highlight";

export const pygments = tagHighlighter([
  { tag: tags.comment, class: "c1" },
  { tag: [tags.keyword, tags.controlKeyword, tags.definitionKeyword, tags.self, tags.bool, tags.null], class: "k" },
  { tag: tags.moduleKeyword, class: "kn" },
  { tag: [tags.operatorKeyword], class: "ow" },
  {
    tag: [tags.operator, tags.arithmeticOperator, tags.compareOperator, tags.definitionOperator, tags.updateOperator],
    class: "o",
  },
  { tag: [tags.string, tags.special(tags.string)], class: "s2" },
  { tag: tags.number, class: "mi" },
  {
    tag: [tags.function(tags.definition(tags.variableName)), tags.definition(tags.className), tags.className],
    class: "nf",
  },
  { tag: tags.standard(tags.variableName), class: "nb" },
  { tag: tags.meta, class: "nd" },
  { tag: [tags.punctuation, tags.bracket], class: "p" },
]);

/**
 * Highlight code that is shown and not edited.
 * @param {string} code
 * @returns {DocumentFragment} The children of a <pre>.
 */
export function coloured(code) {
  const nodes = document.createDocumentFragment();
  highlightCode(
    code,
    pythonLanguage.parser.parse(code),
    pygments,
    (text, classes) => {
      if (!classes) return nodes.append(text);
      const span = document.createElement("span");
      span.className = classes;
      span.textContent = text;
      nodes.append(span);
    },
    () => nodes.append("\n"),
  );
  return nodes;
}
