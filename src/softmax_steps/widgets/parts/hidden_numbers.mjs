// The numbers of both models, in tables.
import { number } from "../shared/numbers.mjs";
import { element, renew, sketch } from "../shared/view.mjs";
import { norm } from "./hidden_network.mjs";

const scroll = (label, child) =>
  element("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": label }, child);
const row = (name, cells) =>
  sketch("tr", {}, sketch("th", { scope: "row" }, name), ...cells.map((text) => sketch("td", {}, text)));
const head = (...names) =>
  sketch("thead", {}, sketch("tr", {}, ...names.map((n) => (n ? sketch("th", { scope: "col" }, n) : sketch("td")))));

/** @typedef {import("./hidden_network.mjs").Layer} Layer */
/**
 * @typedef {object} Found What is known of one model.
 * @property {Layer[]} layers
 * @property {Layer[]} gradient
 * @property {number} dataLoss
 * @property {number} penalty
 * @property {number} right How many points.
 */

/** Make the tables. */
export function numberTables() {
  const losses = element("table"),
    sizes = element("table"),
    units = element("table");
  /**
   * @param {{ hidden: Found, linear: Found }} both
   * @param {number} N How many points there are.
   * @param {number[]} open For each unit, for how many points it is open.
   */
  function show({ hidden, linear }, N, open) {
    const two = (text) => [hidden, linear].map(text);
    renew(
      losses,
      sketch("caption", {}, "The losses, in nats"),
      head("", "hidden layer", "linear"),
      sketch(
        "tbody",
        {},
        row(
          "data loss",
          two((m) => number(m.dataLoss)),
        ),
        row(
          "penalty",
          two((m) => number(m.penalty)),
        ),
        row(
          "L",
          two((m) => number(m.dataLoss + m.penalty)),
        ),
        row(
          `right, of ${N}`,
          two((m) => String(m.right)),
        ),
        row(
          "accuracy",
          two((m) => number(m.right / N, 3)),
        ),
      ),
    );
    /** @type {[string, number, "W" | "b"][]} */
    const named = [
      ["W₁", 0, "W"],
      ["b₁", 0, "b"],
      ["W₂", 1, "W"],
      ["b₂", 1, "b"],
    ];
    renew(
      sizes,
      sketch("caption", {}, "The layers; ‖·‖ is the root of all squares"),
      head("", "numbers", "‖parameter‖", "‖gradient‖"),
      sketch(
        "tbody",
        {},
        ...named.map(([name, l, part]) => {
          const [values, slopes] = [hidden.layers[l][part], hidden.gradient[l][part]];
          return row(name, [String(values.length), number(norm(values)), number(norm(slopes))]);
        }),
      ),
    );
    const [first, second] = hidden.layers;
    const H = first.b.length,
      C = second.b.length;
    renew(
      units,
      sketch("caption", {}, "Every hidden unit"),
      head("unit", "weight 1", "weight 2", "bias", ...Array.from(second.b, (_, j) => `to class ${j}`), "open for"),
      sketch(
        "tbody",
        {},
        ...open.map((count, h) =>
          row(String(h + 1), [
            ...[first.W[h], first.W[H + h], first.b[h], ...second.W.slice(h * C, (h + 1) * C)].map((v) => number(v, 3)),
            String(count),
          ]),
        ),
      ),
    );
  }
  return {
    nodes: [scroll("Losses", losses), scroll("Gradients", sizes), scroll("Hidden units", units)],
    show,
  };
}
