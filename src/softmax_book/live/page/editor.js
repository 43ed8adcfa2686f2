// One cell's editor. Tab indents or completes; Escape, then Tab leaves it, for readers at a keyboard.
import {
  acceptCompletion,
  autocompletion,
  closeBrackets,
  closeBracketsKeymap,
  startCompletion,
} from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap, indentLess, indentMore } from "@codemirror/commands";
import { pythonLanguage } from "@codemirror/lang-python";
import { bracketMatching, indentOnInput, indentUnit, LanguageSupport, syntaxHighlighting } from "@codemirror/language";
import { EditorState, Prec } from "@codemirror/state";
import { drawSelection, EditorView, keymap } from "@codemirror/view";
import { pygments } from "./highlight.js";
import { mendedPaste } from "./mended_paste.js";
import { signatures } from "./signatures.js";

/** @typedef {{ from: number, to: number, matches: string[] }} Completion */

/**
 * @param {object} options
 * @param {Element} options.parent
 * @param {string} options.text
 * @param {string} options.label For screen readers.
 * @param {(text: string) => void} options.onChange
 * @param {(how: { next: boolean }) => void} options.onRun next: then go to the next cell.
 * @param {(code: string, position: number) => Promise<Completion | null>} options.complete
 * @param {import("./signatures.js").Inspect} options.inspect
 * @param {(found: import("./lookalikes.js").LookAlike[]) => void} options.onMended Signs of a paste were replaced.
 */
export function makeEditor({ parent, text, label, onChange, onRun, complete, inspect, onMended }) {
  async function source(context) {
    if (!context.explicit) return null;
    const completion = await complete(context.state.doc.toString(), context.pos);
    return (
      completion && {
        from: completion.from,
        to: completion.to,
        options: completion.matches.slice(0, 200).map((match) => ({ label: match })),
      }
    );
  }
  // Tab completes after a name or a point, and indents elsewhere.
  const tab = (view) => {
    const { from, to } = view.state.selection.main;
    const before = view.state.doc.lineAt(from).text.slice(0, from - view.state.doc.lineAt(from).from);
    return from === to && /[\w.]$/.test(before) ? startCompletion(view) : indentMore(view);
  };
  const run = (next) => () => {
    onRun({ next });
    return true;
  };
  const keys = [
    { key: "Shift-Enter", run: run(true) },
    { key: "Mod-Enter", run: run(false) },
    { key: "Tab", run: (view) => acceptCompletion(view) || tab(view), shift: indentLess },
  ];
  return new EditorView({
    parent,
    state: EditorState.create({
      doc: text,
      extensions: [
        Prec.highest(signatures(inspect)),
        Prec.highest(keymap.of(keys)),
        mendedPaste(onMended),
        keymap.of([...closeBracketsKeymap, ...defaultKeymap, ...historyKeymap]),
        history(),
        drawSelection(),
        bracketMatching(),
        closeBrackets(),
        indentOnInput(),
        indentUnit.of("    "),
        EditorState.tabSize.of(4),
        new LanguageSupport(pythonLanguage),
        syntaxHighlighting(pygments),
        // The list opens on demand alone, so Enter may choose from it at once; above, so that the
        // cell's buttons stay in sight.
        autocompletion({ override: [source], activateOnTyping: false, interactionDelay: 0, aboveCursor: true }),
        EditorView.contentAttributes.of({ "aria-label": label, "data-gramm": "false", tabindex: "0" }),
        EditorView.updateListener.of((update) => {
          if (update.docChanged) onChange(update.state.doc.toString());
        }),
      ],
    }),
  });
}

/**
 * @param {EditorView} view
 * @param {string} text
 */
export function setText(view, text) {
  if (view.state.doc.toString() === text) return;
  view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text } });
}
