// Mend what is pasted into an editor: signs that only look like Python's are replaced, and it is said.
// Undo in the editor brings them back.
import { isolateHistory } from "@codemirror/commands";
import { EditorView, highlightSpecialChars } from "@codemirror/view";
import { findLookAlikes } from "./lookalikes.js";

/**
 * Replace what is surely meant otherwise, in one step of the editor's history.
 * @param {EditorView} view
 * @param {(from: number, to: number) => boolean} [isWithin]
 * @returns {import("./lookalikes.js").LookAlike[]} What was replaced.
 */
export function mendLookAlikes(view, isWithin = () => true) {
  const found = findLookAlikes(view.state.doc.toString()).filter(
    ({ from, to, insert }) => insert !== null && isWithin(from, to),
  );
  if (found.length) {
    view.dispatch({
      changes: found.map(({ from, to, insert }) => ({ from, to, insert: insert ?? "" })),
      annotations: isolateHistory.of("full"),
      userEvent: "mend",
    });
  }
  return found;
}

/**
 * @param {(found: import("./lookalikes.js").LookAlike[]) => void} onMended
 */
export function mendedPaste(onMended) {
  return [
    // Signs that cannot be seen get a mark, with their name for screen readers.
    highlightSpecialChars({ addSpecialChars: /[\u00a0\u2000-\u200a\u202f\u205f\u3000]/g }),
    EditorView.updateListener.of((update) => {
      const isPaste = update.transactions.some(
        (each) => each.isUserEvent("input.paste") || each.isUserEvent("input.drop"),
      );
      if (!isPaste) return;
      /** @type {[number, number][]} */
      const pasted = [];
      update.changes.iterChangedRanges((_fromA, _toA, from, to) => pasted.push([from, to]));
      const { view } = update;
      const text = view.state.doc;
      queueMicrotask(() => {
        if (view.state.doc !== text) return; // changed again meanwhile
        const found = mendLookAlikes(view, (from, to) => pasted.some((range) => from >= range[0] && to <= range[1]));
        if (found.length) onMended(found);
      });
    }),
  ];
}
