// Make elements of a terminal's text: its colours, such as those of tracebacks, become classes, which
// have a colour in each of the page's themes.

const NAMES = ["black", "red", "green", "yellow", "blue", "magenta", "cyan", "white"];
const ESCAPE = /\x1b\[([\d;]*)([A-Za-z])/g;

// Of 256 colours the first sixteen have names; the others get the nearest of those, greys "muted".
function nameOf(colour) {
  if (colour < 16) return NAMES[colour % 8];
  if (colour > 231) return "muted";
  const [r, g, b] = [Math.floor((colour - 16) / 36), Math.floor((colour - 16) / 6) % 6, (colour - 16) % 6];
  const top = Math.max(r, g, b);
  return NAMES[Number(r > top / 2) + 2 * Number(g > top / 2) + 4 * Number(b > top / 2)];
}

function apply(codes, style) {
  for (let k = 0; k < codes.length; k++) {
    const code = codes[k];
    if (code === 0) Object.assign(style, { bold: false, colour: "" });
    else if (code === 1) style.bold = true;
    else if (code === 22) style.bold = false;
    else if (code === 39) style.colour = "";
    else if (code >= 30 && code < 38) style.colour = NAMES[code - 30];
    else if (code >= 90 && code < 98) style.colour = NAMES[code - 90];
    else if ((code === 38 || code === 48) && codes[k + 1] === 5) {
      if (code === 38) style.colour = nameOf(codes[k + 2] ?? 0);
      k += 2;
    } else if ((code === 38 || code === 48) && codes[k + 1] === 2) k += 4;
  }
}

/**
 * @param {string} text With the escape sequences of a terminal.
 * @returns {DocumentFragment}
 */
export function fromTerminal(text) {
  const nodes = document.createDocumentFragment();
  const style = { bold: false, colour: "" };
  const put = (piece) => {
    if (!piece) return;
    const classes = [style.bold && "sms-ansi-bold", style.colour && `sms-ansi-${style.colour}`].filter(Boolean);
    if (!classes.length) return nodes.append(piece);
    const span = document.createElement("span");
    span.className = classes.join(" ");
    span.textContent = piece;
    nodes.append(span);
  };
  let end = 0;
  for (const code of text.matchAll(ESCAPE)) {
    put(text.slice(end, code.index));
    end = code.index + code[0].length;
    if (code[2] === "m") apply(code[1].split(";").map(Number), style);
  }
  put(text.slice(end));
  return nodes;
}

/**
 * Return what a terminal shows after carriage returns and backspaces, as progress bars use them.
 * @param {string} text
 */
export function overwritten(text) {
  let plain = text.replaceAll("\r\n", "\n");
  while (/[^\n]\x08/.test(plain)) plain = plain.replace(/[^\n]\x08/g, "");
  if (!plain.includes("\r")) return plain;
  return plain
    .split("\n")
    .map((line) => line.split("\r").reduce((shown, piece) => piece + shown.slice(piece.length)))
    .join("\n");
}
