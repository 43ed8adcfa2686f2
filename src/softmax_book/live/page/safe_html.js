// Make HTML that a cell shows harmless for the page: it may not run, load, leave or repaint anything.
// What is taken out is told.
import DOMPurify from "dompurify";
import { note } from "./notes.js";

const OWN = /^(?:data:image\/|blob:)/i; // pictures that bring their data
const ELSEWHERE = /^(?:https?:)?\/\//i;
const FRAMES = ["IFRAME", "FRAME", "FRAMESET", "OBJECT", "EMBED", "PORTAL"];
const MEDIA = ["AUDIO", "VIDEO", "SOURCE", "TRACK", "BGSOUND"];

const OPTIONS = {
  RETURN_DOM_FRAGMENT: true,
  FORCE_BODY: true, // else what stands first, such as <style>, goes to a head and unseen
  USE_PROFILES: { html: true, svg: true, svgFilters: true, mathMl: true },
  ADD_TAGS: ["use"], // of matplotlib's pictures; limited below
  FORBID_TAGS: ["style", "form", "audio", "video", "source", "track", "template"],
  FORBID_CONTENTS: ["style", "script", "template", "iframe", "noembed", "noframes", "noscript", "xmp", "title"],
  FORBID_ATTR: ["action", "formaction", "form", "ping", "background", "popover", "popovertarget"],
};

// What is said of each kind. The first that fits counts.
const KINDS = [
  {
    has: ({ name, attribute }) => name === "SCRIPT" || /^on/.test(attribute) || attribute === "javascript:",
    says: () =>
      "A script of this output is left out: a page of the book runs no code but its own, and so plots of plotly, bokeh or altair stay empty. Draw with matplotlib, or let ipywidgets move things.",
  },
  {
    has: ({ name }) => FRAMES.includes(name),
    says: (cuts) => [
      "A frame of this output is left out: the book shows nothing from other addresses. ",
      ...links(cuts.map(({ address }) => address).filter(Boolean)),
    ],
  },
  {
    has: ({ name }) => MEDIA.includes(name),
    says: () =>
      "A sound or film of this output is left out: the page plays none. Save it to a file in Python, and open the file in a player.",
  },
  {
    has: ({ name }) => name === "STYLE" || name === "LINK",
    says: () =>
      "A style sheet of this output is left out: it would repaint the whole page. Give the elements style attributes of their own.",
  },
  {
    has: ({ name }) => name === "META" || name === "BASE",
    says: () =>
      "An order to leave or redirect the page is left out: Python and its variables would be gone. Show a link instead.",
  },
  {
    has: ({ name }) => name === "IMG",
    says: (cuts) =>
      `A picture of this output is left out, because it lies elsewhere (${cuts[0].address}) and the page loads nothing that the cell does not send. Read its data in Python, and show it with IPython.display.Image(data=…).`,
  },
  {
    has: ({ name }) => name === "FORM",
    says: () =>
      "A form of this output is not sent: the page would leave, and Python be gone. Use ipywidgets to ask for something.",
  },
];

function links(addresses) {
  return addresses
    .filter((address) => ELSEWHERE.test(address))
    .flatMap((address) => {
      const link = document.createElement("a");
      Object.assign(link, { href: address, textContent: address, target: "_blank", rel: "noopener noreferrer" });
      return ["Open it in a tab of its own: ", link];
    });
}

/** @type {{ name: string, attribute: string, address: string }[]} */
let cuts = [];
const purify = DOMPurify(window);
purify.addHook("uponSanitizeAttribute", (node, data) => {
  const name = node.nodeName.toUpperCase();
  const { attrName, attrValue } = data;
  if (name === "USE" && /href$/.test(attrName) && !attrValue.startsWith("#")) data.keepAttr = false;
  if ((name === "IMG" || name === "IMAGE") && /^(?:src|srcset|(?:xlink:)?href)$/.test(attrName)) {
    if (OWN.test(attrValue.trim()) && attrName !== "srcset") return;
    data.keepAttr = false;
    if (!/^\s*javascript:/i.test(attrValue))
      cuts.push({ name: "IMG", attribute: "", address: attrValue.slice(0, 200) });
  }
});
purify.addHook("afterSanitizeAttributes", (node) => {
  if (node.nodeName !== "A" || !node.hasAttribute("href") || node.getAttribute("href")?.startsWith("#")) return;
  node.setAttribute("target", "_blank"); // the page, and its Python, stay
  node.setAttribute("rel", "noopener noreferrer");
});

function nameOf(entry) {
  if ("element" in entry) {
    const { element } = entry;
    const name = element.nodeName.toUpperCase();
    // pandas gives each table a style sheet that only aligns its letters.
    if (name === "STYLE" && element.hasAttribute?.("scoped")) return null;
    return { name, attribute: "", address: element.getAttribute?.("src") ?? element.getAttribute?.("data") ?? "" };
  }
  const { attribute, from } = entry;
  const isScript = /^\s*javascript:/i.test(attribute?.value ?? "");
  return {
    name: ["IMG", "IMAGE"].includes(from?.nodeName?.toUpperCase()) ? "" : "ATTRIBUTE",
    attribute: isScript ? "javascript:" : (attribute?.name ?? ""),
    address: "",
  };
}

/**
 * @param {string} html
 * @returns {{ fragment: DocumentFragment, notes: HTMLElement[] }} What may be shown, and what is said of the rest.
 */
export function safeHtml(html) {
  cuts = [];
  const fragment = purify.sanitize(html, /** @type {any} */ (OPTIONS));
  const all = [...cuts, ...purify.removed.map(nameOf).filter((each) => each !== null)];
  const notes = KINDS.flatMap(({ has, says }) => {
    const found = all.filter(has);
    return found.length ? [note(...[says(found)].flat())] : [];
  });
  return { fragment: /** @type {any} */ (fragment), notes };
}

/**
 * Draw HTML in a node, and tell what was taken out.
 * @param {HTMLElement} node
 * @param {string} html
 */
export function drawSafely(node, html) {
  const { fragment, notes } = safeHtml(html);
  node.replaceChildren(fragment, ...notes);
}
