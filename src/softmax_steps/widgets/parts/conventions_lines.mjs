// The picture of the conventions: this book's scores, loss, λ and η over those of the other text, part
// above part, and a line below what differs.

import { element, renew } from "../shared/view.mjs";

// Each part as a line of text: for screen readers, and where no KaTeX has typeset it.
export const PLAIN = {
  scores: "F =",
  "rows-apart": "XW + 1bᵀ",
  "rows-folded": "X₁W₁",
  "columns-apart": "WX + b1ᵀ",
  "columns-folded": "W₁X₁",
  loss: "L =",
  mean: "1/N ∑ᵢ",
  sum: "∑ᵢ",
  nats: "−log",
  bits: "−log₂",
  rows: "P(i, yᵢ)",
  columns: "P(yᵢ, i)",
  plus: "+",
  half: "λ/2",
  whole: "λ",
  "half-reg": "reg/2",
  "half-weight_decay": "λ/2",
  "whole-a": "a",
  inverse: "1/(NC) · ½",
  free: "‖W‖²",
  folded: "‖W₁‖²",
  both: "‖W, b‖²",
  is: "=",
  strength: "λ",
  "strength-theirs": "λ theirs",
  rate: "η",
  "rate-theirs": "η theirs",
  "strength-sum": "Nλ",
  "strength-whole": "λ/2",
  "strength-sum-whole": "Nλ/2",
  "strength-bits": "λ/log 2",
  "strength-sum-bits": "Nλ/log 2",
  "strength-whole-bits": "λ/(2 log 2)",
  "strength-sum-whole-bits": "Nλ/(2 log 2)",
  "strength-inverse": "1/(Nλ)",
  "rate-sum": "η/N",
  "rate-bits": "η log 2",
  "rate-sum-bits": "η log 2/N",
};

/**
 * Return the parts of a text's scores.
 * @param {Record<string, any>} now Its conventions, and what is known of it by name.
 */
const scoreParts = ({ samples, bias, isApart }) => [
  "scores",
  `${samples}-${bias === "apart" || isApart ? "apart" : "folded"}`,
];

/** @param {Record<string, any>} now */
function lossParts({ over, unit, samples, penalty, bias, isApart, strength, inverse }) {
  const named = `${penalty}-${strength}`;
  const factor = inverse ? "inverse" : named in PLAIN ? named : penalty;
  const norm = bias === "penalised" ? (isApart ? "both" : "folded") : "free";
  return ["loss", over, unit, samples, "plus", factor, norm];
}

/**
 * Return the parts of the rules for λ and η.
 * @param {Record<string, any>} now
 */
export function rules({ over, penalty, unit, inverse, carried }) {
  const [sum, bits] = [over === "sum" && "sum", unit === "bits" && "bits"];
  const name = (...parts) => parts.filter(Boolean).join("-");
  if (carried === "copied") return { strength: "strength", rate: "rate" };
  return {
    strength: inverse ? "strength-inverse" : name("strength", sum, penalty === "whole" && "whole", bits),
    rate: name("rate", sum, bits),
  };
}

/**
 * Make the lines of both texts.
 * @param {WidgetState} model
 */
export function textLines(model) {
  const formulas = model.page?.formulas ?? {};
  // Fill a place with a part of a formula, or with a word in the letters of code.
  function fill(place, part, isChanged) {
    const kind = isChanged ? "part changed" : "part";
    if (place.className !== kind) place.className = kind;
    if (place.dataset.part === part) return;
    place.dataset.part = part;
    if (part in PLAIN && formulas[part]) place.innerHTML = formulas[part];
    else if (part in PLAIN) place.replaceChildren(PLAIN[part]);
    else if (/^[a-z_]+$|^C$/.test(part)) place.replaceChildren(element("code", {}, part));
    else place.replaceChildren(element("strong", {}, part));
  }
  // Make a line; set() takes its parts, which of them are marked, and the number behind them.
  function row(who, count) {
    const places = Array.from({ length: count }, () => element("span"));
    const number = element("strong", { class: "number" });
    const line = element("span", { class: "line", role: "img", translate: "no" }, ...places, number);
    return {
      node: element("div", { class: "one-text" }, element("span", { class: "who" }, who), line),
      /**
       * @param {string[]} parts
       * @param {(k: number) => boolean} [marked]
       * @param {string} [text]
       */
      set(parts, marked = () => false, text = "") {
        places.forEach((place, k) => {
          place.hidden = !parts[k];
          fill(place, parts[k] ?? "", marked(k));
        });
        renew(number, text);
        const words = [...parts.map((part) => PLAIN[part] ?? part), text].filter(Boolean).join(" ");
        if (line.getAttribute("aria-label") !== words) line.setAttribute("aria-label", words);
      },
    };
  }
  // Make this book's line and the other text's below it, where they differ marked.
  function pair(name, count) {
    const rows = [row("ours", count), row("theirs", count)];
    return {
      node: element("div", { class: `pair ${name}` }, ...rows.map(({ node }) => node)),
      set(ours, theirs) {
        const differ = (k) => PLAIN[ours[k]] !== PLAIN[theirs[k]];
        rows[0].set(ours, differ);
        rows[1].set(theirs, differ);
      },
    };
  }
  const [F, L] = [pair("scores", 2), pair("loss", 7)];
  const ourLine = row("ours", 5);
  const [strength, rate] = [row("theirs", 4), row("", 4)];
  return {
    node: element(
      "div",
      { class: "texts" },
      F.node,
      L.node,
      element("div", { class: "rules" }, ourLine.node, strength.node, rate.node),
    ),
    /**
     * @param {Record<string, any>} ours
     * @param {Record<string, any>} theirs
     * @param {{ strength: [string, string], rate: [string, string] }} numbers
     */
    set(ours, theirs, numbers) {
      F.set(scoreParts(ours), scoreParts(theirs));
      L.set(lossParts(ours), lossParts(theirs));
      const rule = rules(theirs);
      const called = (letter, name) => (name === "λ" || name === "η" ? `${letter}-theirs` : name);
      ourLine.set(["strength", "is", numbers.strength[0], "rate", "is"], undefined, numbers.rate[0]);
      strength.set([called("strength", theirs.strength), "is", rule.strength, "is"], undefined, numbers.strength[1]);
      if (theirs.rate) rate.set([called("rate", theirs.rate), "is", rule.rate, "is"], undefined, numbers.rate[1]);
      else rate.set([], undefined, "no step size to choose");
    },
  };
}
