// Ask Python what the cursor stands on, and show the answer beside it: signature and docstring.
import { StateEffect, StateField } from "@codemirror/state";
import { EditorView, keymap, showTooltip } from "@codemirror/view";
import { fromTerminal } from "./ansi.js";

/** @typedef {(code: string, position: number) => Promise<string>} Inspect */

const NAME = /[\p{L}_][\p{L}\p{N}_.]*$/u;
/** @type {import("@codemirror/state").StateEffectType<import("@codemirror/view").Tooltip | null>} */
const show = StateEffect.define();

const field = StateField.define({
  create: () => /** @type {import("@codemirror/view").Tooltip | null} */ (null),
  update(tooltip, transaction) {
    if (transaction.docChanged || transaction.selection) tooltip = null;
    for (const effect of transaction.effects) if (effect.is(show)) tooltip = effect.value;
    return tooltip;
  },
  provide: (from) => showTooltip.from(from),
});

const close = (view) => {
  if (!view.state.field(field, false)) return false;
  view.dispatch({ effects: show.of(null) });
  return true;
};

function draw(view, text) {
  const node = document.createElement("div");
  node.className = "sms-live-signature";
  node.setAttribute("role", "status"); // read out, though the cursor stays in the code
  const head = document.createElement("button");
  Object.assign(head, { type: "button", textContent: "Close" });
  head.setAttribute("aria-label", "Close the help");
  head.addEventListener("click", () => {
    close(view);
    view.focus();
  });
  const body = document.createElement("pre");
  body.tabIndex = 0; // a long text scrolls, and must do so by keys too
  body.append(fromTerminal(text));
  node.append(head, body);
  return node;
}

/**
 * Show the help for what stands at the cursor.
 * @param {EditorView} view
 * @param {Inspect} inspect
 */
export async function showSignature(view, inspect) {
  const { state } = view;
  const { head } = state.selection.main;
  const say = (text) => {
    if (view.state.doc !== state.doc || view.state.selection.main.head !== head) return; // it has moved on
    const tooltip = { pos: head, above: true, arrow: false, create: () => ({ dom: draw(view, text) }) };
    view.dispatch({ effects: show.of(tooltip) });
  };
  const line = state.doc.lineAt(head);
  if (!line.text.trim()) return say("Put the cursor on a name, such as np.dot, and ask again.");
  return say(await inspect(state.doc.toString(), head));
}

/**
 * @param {Inspect} inspect
 * @returns {import("@codemirror/state").Extension}
 */
export function signatures(inspect) {
  // After a name or a bracket: elsewhere, and with something selected, Shift-Tab is to outdent.
  const ask = (view) => {
    const { from, to } = view.state.selection.main;
    const line = view.state.doc.lineAt(from);
    const before = line.text.slice(0, from - line.from);
    const after = line.text.slice(from - line.from);
    if (from !== to || !(NAME.test(before) || /[(,]\s*$/.test(before) || /^[\p{L}_]/u.test(after))) return false;
    if (!before.trim()) return false;
    showSignature(view, inspect);
    return true;
  };
  return [
    field,
    keymap.of([
      { key: "Shift-Tab", run: ask },
      { key: "Escape", run: close },
    ]),
  ];
}

/**
 * Ask a kernel.
 * @param {import("@jupyterlab/services/lib/kernel/default").KernelConnection} connection
 * @param {string} code
 * @param {number} position
 * @returns {Promise<string>} Text as for a terminal.
 */
export async function inspectWith(connection, code, position) {
  // The kernel counts code points, JavaScript UTF-16 units.
  const cursor = [...code.slice(0, position)].length;
  const { content } = await connection.requestInspect({ code, cursor_pos: cursor, detail_level: 0 });
  if (content.status === "ok" && content.found) return String(content.data["text/plain"]);
  const before = code.slice(0, position);
  const name = (NAME.exec(before) ?? NAME.exec(before.replace(/\([^()]*$/, "")))?.[0];
  return `Python does not know ${name ? `“${name}”` : "what stands here"}. If a cell above defines or imports it, run that first.`;
}
