// What to say of an output whose kind the page cannot show.
import { note } from "./notes.js";

const KINDS = [
  [
    /javascript|ecmascript/,
    () =>
      "JavaScript of a cell does not run: a page of the book runs no code but its own. Let ipywidgets move things instead.",
  ],
  [
    /plotly|bokeh|vega|holoviews|leaflet|3dmol|threejs|kepler|jsxgraph/,
    (kind) =>
      `An interactive plot (${kind}) is not drawn: it needs scripts, and a page of the book runs none but its own. Draw with matplotlib, or write the plot to a file and open that: with plotly, figure.write_html("plot.html").`,
  ],
  [
    /^(?:audio|video)\//,
    (kind) =>
      `A sound or film (${kind}) is not played here. Save it to a file in Python, and open the file in a player.`,
  ],
  [/pdf$/, () => "A PDF is not shown here. Show the figure as a picture, or save the file and open it."],
  [/widget-view/, () => "A widget is not drawn here: the live page lacks its front end."],
];

/**
 * @param {string[]} kinds Those of the output that cannot be shown.
 * @param {boolean} hasText Whether the output's text stands below the line.
 */
export function sayUnshown(kinds, hasText) {
  for (const [pattern, words] of KINDS) {
    const kind = kinds.find((each) => /** @type {RegExp} */ (pattern).test(each));
    if (kind) return note(/** @type {(kind: string) => string} */ (words)(kind));
  }
  const instead = hasText ? "Its text is shown instead." : "It has no text either.";
  return note(
    `This output is of a kind that the page cannot show (${kinds.join(", ")}). ${instead} Print it, or display it as HTML, Markdown or a picture.`,
  );
}

// Such as <IPython.core.display.Javascript object>, which tells a reader nothing.
export const isBareName = (text) => /^<[\w.]+ object(?: at 0x[\da-fA-F]+)?>$/.test(text.trim());
