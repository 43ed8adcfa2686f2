// A drawn digit, followed through the six steps: one stage at a time, and a step that learns from it.

import { bitmapOf, SIZE, textOf } from "./parts/digit_bitmap.mjs";
import { digitField } from "./parts/digit_field.mjs";
import { workThrough } from "./parts/digit_model.mjs";
import { digitNumbers } from "./parts/digit_numbers.mjs";
import { STAGES, stagePanel } from "./parts/digit_stages.mjs";
import { among } from "./shared/address.mjs";
import { drawComparison, gapOfMatrices, gapOfNumbers } from "./shared/compare.mjs";
import { frame, returning } from "./shared/frame.mjs";
import { paint } from "./shared/pixels.mjs";
import { slider } from "./shared/slider.mjs";
import { announcer, button, choice, element, follow, menu, oncePerEvent, renew, sketch } from "./shared/view.mjs";

const wholeUpTo =
  (trait, least = 0) =>
  (text, start) => {
    const value = Number(text);
    const most = typeof trait === "string" ? start(trait) : trait;
    return text !== "" && Number.isInteger(value) && value >= least && value <= most ? value : undefined;
  };
/** @type {Record<string, AddressPart>} */
const address = {
  ink: { key: "digit", value: (text) => (bitmapOf(text) ? text : undefined) },
  meant: { key: "digit-meant", value: wholeUpTo(9, -1) },
  stage: { key: "digit-stage", value: wholeUpTo("last") },
  chosen: { key: "digit-class", value: wholeUpTo(9) },
  kind: { key: "digit-model", value: (text, start) => among(Object.keys(start("models")))(text) },
  fit: { key: "digit-fit", value: among(["data", "drawn"]) },
  shows: { key: "digit-shows", value: among(["templates", "shares"]) },
  taken: { key: "digit-steps", value: wholeUpTo("most_taken") },
};
const TRAITS = Object.keys(address);
const NONE = "choose";
const FULL = 16;
const decimal = (value) => value.toFixed(1).replace("-", "−");
// Nothing is wholly sure: what would be rounded to 100 % has a decimal more.
const percent = (p) => {
  const [whole, tenths] = [Math.round(100 * p), (100 * p).toFixed(1)];
  return whole < 100 ? `${whole} %` : tenths === "100.0" ? "over 99.9 %" : `${tenths} %`;
};

/**
 * Open a menu, as a click on it would.
 * @param {HTMLElement} node That holds the menu.
 */
function openMenu(node) {
  const select = /** @type {HTMLSelectElement} */ (node.querySelector("select"));
  select.focus();
  try {
    select.showPicker();
  } catch {
    // An older browser, or a frame of another origin: it has the focus at least.
  }
}

function render({ model: state, el }) {
  const get = (name) => state.get(name);
  const isWhole = get("part") === "all";
  const first = state.page ? state.page.start("ink") : get("ink");
  let found = /** @type {ReturnType<typeof workThrough>} */ (/** @type {unknown} */ (null)),
    isMine = false;
  const redraw = oncePerEvent(draw);
  const write = (changes) => {
    isMine = true;
    for (const [name, value] of Object.entries(changes)) state.set(name, value);
    isMine = false;
    redraw();
  };
  const change = (changes) => {
    write(changes);
    state.save_changes();
  };

  const spoken = announcer();
  const field = digitField({
    greys: get("greys"),
    // Another drawing: nobody has said what it is, and nothing was learned from it.
    onDraw: (ink) => {
      write({ ink: textOf(ink), meant: -1, taken: 0 });
      meant.set(String(-1));
    },
    onRest: () => state.save_changes(),
    onSay: (text) => spoken.say(text),
    // In the score's part the reader changes it, pixel by pixel.
    isFirst: (ink) => isWhole && textOf(ink) === first,
  });
  const counts = element("canvas", { width: 8, height: 8, role: "img", "aria-label": "Its 8 by 8 counts" });
  const answer = element("p", { class: "answer" });
  const failures = /** @type {{ ink: string, meant: number, fit: string, says: string }[]} */ (get("failures"));
  const failure = () => failures.findIndex((each) => each.ink === get("ink"));
  const fail = button("Make it fail", () => {
    const { ink, meant: digit, fit } = failures[(failure() + 1) % failures.length];
    field.replace(/** @type {Uint8Array} */ (bitmapOf(ink)));
    change({ ink, meant: digit, fit, kind: "linear", taken: 0 });
    showControls();
  });
  const takeStep = button("Learn", () => change({ taken: get("taken") + 1 }));
  const forget = button("Forget", () => change({ taken: 0 }));
  // The score's part goes through the classes.
  const walked = isWhole ? "stage" : "chosen",
    end = isWhole ? get("last") : 9;
  const stage = slider({
    label: isWhole ? "Stage" : "Class",
    min: 0,
    max: end,
    step: 1,
    value: get(walked),
    text: (k) => (isWhole ? `${k} / ${end}` : String(k)),
    spoken: (k) => (isWhole ? STAGES[k].name : `class ${k}`),
    onInput: (k) => change({ [walked]: k }),
  });
  const go = (by) => () => {
    const next = Math.min(end, Math.max(0, get(walked) + by));
    stage.set(next);
    change({ [walked]: next });
  };
  const [previous, next] = [button("Back", go(-1)), button("Next", go(1))];
  const meant = menu({
    label: "I meant",
    value: String(get("meant")),
    options: [-1, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9].map((k) => [String(k), k < 0 ? NONE : String(k)]),
    onChange: (key) => change({ meant: Number(key), taken: 0 }),
  });
  const kinds = choice({
    legend: "Model",
    value: get("kind"),
    options: [
      ["linear", "linear"],
      ["hidden", "two layers"],
    ],
    onChange: (key) => change({ kind: key, taken: 0 }),
  });
  const fits = choice({
    legend: "Count it",
    value: get("fit"),
    options: [
      ["data", "fitted"],
      ["drawn", "as drawn"],
    ],
    onChange: (key) => change({ fit: key, taken: 0 }),
  });
  const shows = choice({
    legend: "Show",
    value: get("shows"),
    options: [
      ["templates", "templates"],
      ["shares", "shares"],
    ],
    onChange: (key) => change({ shows: key }),
  });
  const panel = stagePanel({
    colours: get("colours"),
    greys: get("greys"),
    hasChapters: Boolean(state.page) && isWhole,
    beside: [
      shows.node,
      element("div", { class: "keys failing" }, ...(failures.length ? [fail] : [])),
      element("div", { class: "keys learning" }, takeStep, forget),
    ],
    onChoose: isWhole
      ? null
      : (k) => {
          stage.set(k);
          change({ chosen: k });
        },
    onAsk: () => openMenu(meant.node),
  });
  kinds.node.hidden = Object.keys(get("models")).length < 2;
  meant.node.hidden = !isWhole;
  const numbers = digitNumbers();
  const checked = element("p", { class: "sms-checked" });
  const back = returning(state, TRAITS);
  const node = frame({
    model: state,
    kind: "sms-draw-a-digit",
    label: "Draw a digit",
    picture: [
      element(
        "div",
        { class: "drawn" },
        field.node,
        element(
          "div",
          { class: "beside" },
          counts,
          answer,
          element("div", { class: "keys" }, button("Clear", field.clear), button("Undo", field.undo)),
        ),
      ),
      panel.node,
    ],
    controls: [
      element("div", { class: "walk" }, stage.node, element("div", { class: "keys" }, previous, next)),
      meant.node,
      element("div", { class: "switches" }, kinds.node, fits.node),
    ],
    numbers: [numbers.node],
    startOver: () => {
      isMine = true;
      back();
      isMine = false;
      showTraits();
      state.save_changes();
    },
    status: [checked, spoken.node],
  });
  const fold = /** @type {HTMLDetailsElement} */ (node.querySelector(".sms-fold"));
  fold.addEventListener("toggle", redraw);
  el.append(node);

  function draw() {
    const ink = bitmapOf(get("ink")) ?? new Uint8Array(SIZE * SIZE);
    const k = isWhole ? get("stage") : 1;
    const model = get("models")[get("kind")];
    found = workThrough(ink, {
      model,
      isFitted: get("fit") === "data",
      meant: get("meant"),
      taken: get("taken"),
      learningRate: get("learning_rate"),
    });
    paint(counts, found.counts, FULL, get("greys"));
    const isEmpty = !ink.includes(1);
    const failing = failures[failure()];
    const more = isWhole ? `${percent(found.P[found.leader])} sure` : `score ${decimal(found.top)}`;
    renew(
      answer,
      ...(isEmpty
        ? ["Draw a digit"]
        : ["It reads ", sketch("b", {}, String(found.leader)), " ", sketch("span", {}, more)]),
    );
    const said = panel.show(k, {
      found,
      ink,
      meant: get("meant"),
      kind: get("kind"),
      shows: get("shows"),
      fit: get("fit"),
      taken: get("taken"),
      eta: get("learning_rate"),
      chosen: isWhole ? -1 : get("chosen"),
      note: failing?.fit === get("fit") ? failing.says : "",
    });
    if (fold.open) numbers.show(found, get("meant"));
    takeStep.disabled = !found.after || get("taken") >= get("most_taken");
    forget.disabled = !get("taken");
    previous.disabled = get(walked) === 0;
    next.disabled = get(walked) === end;
    spoken.say(`${isEmpty ? "Draw a digit" : `It reads ${found.leader}, ${more}`}. ${STAGES[k].name}: ${said}`);
    compare();
  }
  function compare() {
    const says = get("numpy_says");
    const asked = ["ink", "meant", "kind", "fit", "taken"].map(get);
    if (!says?.asked || JSON.stringify(says.asked) !== JSON.stringify(asked)) {
      drawComparison(checked, null);
      return;
    }
    const rows = [
      [says.F, found.F],
      [says.P, found.P],
      [says.counts.flat(), Array.from(found.counts)],
      ...(says.P_after && found.after ? [[says.P_after, found.after.P]] : []),
    ];
    drawComparison(
      checked,
      Math.max(
        gapOfNumbers(says.penalty, found.penalty),
        ...rows.map(([theirs, ours]) => gapOfMatrices([theirs], [ours])),
      ),
    );
  }
  function showTraits() {
    field.show(bitmapOf(get("ink")) ?? new Uint8Array(SIZE * SIZE));
    showControls();
    redraw();
  }
  function showControls() {
    stage.set(get(walked));
    meant.set(String(get("meant")));
    kinds.set(get("kind"));
    fits.set(get("fit"));
    shows.set(get("shows"));
  }
  const update = () => {
    if (!isMine) showTraits();
  };
  const stop = follow(
    state,
    [
      [TRAITS, update],
      [["numpy_says"], redraw],
    ],
    [redraw, spoken, panel],
  );
  showTraits();
  redraw.now();
  return stop;
}

export { bitmapOf, textOf, workThrough };
export default { render, address };
