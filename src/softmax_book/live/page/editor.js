// One cell's editor. Tab indents or completes; Escape and then Tab leaves, for keyboards.
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

// { parent, text, label, onChange(text), onRun({ next }), complete(code, position) }
export function makeEditor({ parent, text, label, onChange, onRun, complete }) {
  async function source(context) {
    if (!context.explicit) return null;
    const found = await complete(context.state.doc.toString(), context.pos);
    return (
      found && {
        from: found.from,
        to: found.to,
        options: found.matches.slice(0, 200).map((match) => ({ label: match })),
      }
    );
  }
  // After a name, a point or an opening bracket Tab completes; at the start of a line it indents.
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
        Prec.highest(keymap.of(keys)),
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
        // The list comes when asked for, so Enter means it, however soon.
        autocompletion({ override: [source], activateOnTyping: false, interactionDelay: 0 }),
        EditorView.contentAttributes.of({ "aria-label": label, "data-gramm": "false", tabindex: "0" }),
        EditorView.updateListener.of((update) => {
          if (update.docChanged) onChange(update.state.doc.toString());
        }),
      ],
    }),
  });
}

export function setText(view, text) {
  if (view.state.doc.toString() === text) return;
  view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text } });
}
