// The λ explorer. At fixed W the loss and its gradient are affine in λ, so the data part is
// computed once and every λ is answered exactly.
import { addScaled, dataLossAndGradient, innerProduct, squaredNorm } from "./maths.mjs";
import { announcer, button, choice, element, number, paint, slider, svgElement } from "./view.mjs";

// Slider positions: 0 is λ = 0, then 100 a decade from 10⁻⁵ to 10.
const LOWEST = -5, PER_DECADE = 100, POSITIONS = 601;
const toStrength = (position) => (position === 0 ? 0 : 10 ** (LOWEST + (position - 1) / PER_DECADE));
const toPosition = (strength) =>
  strength === 0 ? 0 : Math.min(POSITIONS, Math.max(1, Math.round(1 + (Math.log10(strength) - LOWEST) * PER_DECADE)));

const short = (value) => number(value, 3).replace(/(\.\d*?)0+(?=$| )/, "$1").replace(/\.(?=$| )/, "");

// Every number the explorer shows, from the state alone.
export function explore({ X, y, W, b, strength, learningRate }, data = dataLossAndGradient(X, y, W, b)) {
  const halfNorm = squaredNorm(W) / 2;
  const penalty = strength * halfNorm;
  const dW = addScaled(data.dW, strength, W);
  const dataLength = Math.sqrt(squaredNorm(data.dW));
  const pullLength = strength * Math.sqrt(2 * halfNorm);
  const cosine = innerProduct(data.dW, W) / (dataLength * Math.sqrt(2 * halfNorm));
  const nextW = addScaled(W, -learningRate, dW);
  const nextB = b.map((v, j) => v - learningRate * data.db[j]);
  const next = dataLossAndGradient(X, y, nextW, nextB);
  return {
    data, halfNorm, penalty, dW, db: data.db, loss: data.loss + penalty,
    dataLength, pullLength, length: Math.sqrt(squaredNorm(dW)),
    angle: strength && Number.isFinite(cosine) ? (Math.acos(Math.max(-1, Math.min(1, cosine))) * 180) / Math.PI : null,
    nextW, nextB, nextLoss: next.loss + (strength * squaredNorm(nextW)) / 2,
  };
}

function render({ model, el }) {
  const start = { W: model.get("W"), b: model.get("b"), strength: model.get("strength") };
  const [X, y, learningRate] = [model.get("X"), model.get("y"), model.get("learning_rate")];
  let { W, b, strength } = start;
  let data = dataLossAndGradient(X, y, W, b);
  let part = "sum", steps = 0, frame = 0, shown;

  const lambda = slider({
    label: "λ, the strength of the penalty",
    min: 0, max: POSITIONS, step: 1, value: toPosition(strength),
    text: () => `λ = ${short(strength)}`,
    spoken: () => `lambda ${short(strength)}`,
    onInput: (position) => { strength = toStrength(position); tell(); redraw(); },
  });
  const ticks = element("div", { class: "ticks", "aria-hidden": "true" },
    ...["0", "10⁻⁴", "10⁻³", "0.01", "0.1", "1", "10"].map((t) => element("span", {}, t)));
  const equation = element("p", { class: "equation" });
  const [barData, barPenalty] = [element("div", { class: "bar-data" }), element("div", { class: "bar-penalty" })];
  const barTicks = element("div", { class: "bar-ticks" });
  const bar = element("div", { class: "bar", role: "img" },
    element("div", { class: "bar-parts" }, barData, barPenalty), barTicks);
  const sizes = element("table");
  const triangle = svgElement("svg", { viewBox: "0 0 240 100", class: "triangle", role: "img" });
  const parts = choice({
    legend: "Show",
    options: [["sum", "∂L/∂W"], ["data", "data part"], ["penalty", "penalty part λW"]],
    value: part,
    onChange: (key) => { part = key; redraw(); },
  });
  const [height, width] = model.get("image_shape");
  const canvases = start.W[0].map((_, j) => element("canvas", { width, height, "aria-hidden": "true" }));
  const images = element("div", { class: "images", role: "img" },
    ...canvases.map((canvas, j) => element("div", {}, canvas, String(j))));
  const scaleCanvas = element("canvas", { width: 101, height: 1, "aria-hidden": "true" });
  const [low, high] = [element("span"), element("span")];
  const effect = element("p");
  const stepButton = button("Take one step", () => {
    ({ nextW: W, nextB: b } = shown);
    moved(steps + 1);
  });
  const backButton = button("Back to the start", () => { ({ W, b } = start); moved(0); });
  const checked = element("p", { class: "sms-checked" });
  const spoken = announcer();

  el.append(element("div", { class: "sms-widget sms-lambda", role: "group", "aria-label": "Explorer of the penalty's strength lambda" },
    lambda.node, ticks, equation, bar,
    element("h4", {}, "The gradient and its two parts"),
    element("div", { class: "columns" }, sizes, triangle),
    parts.node, images,
    element("div", { class: "scale" }, low, scaleCanvas, high),
    element("h4", {}, `One step against the gradient, η = ${short(learningRate)}`),
    effect, element("div", { class: "step" }, stepButton, backButton),
    checked, spoken.node));
  paint(scaleCanvas, Array.from({ length: 101 }, (_, k) => (k - 50) / 50), 1);

  function tell() {
    model.set("strength", strength);
    model.save_changes();
  }
  function moved(count) {
    steps = count;
    data = dataLossAndGradient(X, y, W, b);
    model.set("W", W.map((row) => [...row]));
    model.set("b", [...b]);
    model.save_changes();
    redraw();
  }
  function redraw() {
    cancelAnimationFrame(frame);
    frame = requestAnimationFrame(draw);
  }
  function draw() {
    shown = explore({ X, y, W, b, strength, learningRate }, data);
    drawEquation();
    drawBar();
    drawGradient();
    const change = shown.nextLoss - shown.loss;
    effect.textContent = `${steps ? `After ${steps} step${steps > 1 ? "s" : ""}: o` : "O"}ne more step takes the loss from ` +
      `${number(shown.loss)} to ${number(shown.nextLoss)} nats (${change > 0 ? "+" : ""}${number(change, 3)}).`;
    if (!steps) effect.textContent = effect.textContent.replace("One more step", "One step");
    backButton.disabled = steps === 0;
    stepButton.disabled = !Number.isFinite(shown.nextLoss);
    spoken.say(`Data loss ${number(data.loss)}, penalty ${number(shown.penalty)}, loss ${number(shown.loss)} nats. ` +
      `Gradient length ${number(shown.length)}. ${effect.textContent}`);
    compare();
  }
  function drawEquation() {
    const value = (kind, text) => element("span", { class: kind }, text);
    equation.replaceChildren(
      element("var", {}, "L"), " = data loss + (λ/2) ‖", element("var", {}, "W"), "‖² = ",
      value("data", number(data.loss)), ` + (${short(strength)} / 2) · ${number(2 * shown.halfNorm)} = `,
      value("data", number(data.loss)), " + ", value("penalty", number(shown.penalty)), " = ",
      value("total", `${number(shown.loss)} nats`));
  }
  function drawBar() {
    const unit = 10 ** Math.floor(Math.log10(shown.loss || 1));
    const step = [0.2, 0.5, 1, 2].map((k) => k * unit).find((k) => shown.loss / k <= 5);
    const count = Math.max(1, Math.ceil(shown.loss / step - 1e-9));
    const places = Math.max(0, -Math.floor(Math.log10(step)));
    barData.style.width = `${(100 * data.loss) / (count * step)}%`;
    barPenalty.style.width = `${(100 * shown.penalty) / (count * step)}%`;
    barTicks.replaceChildren(...Array.from({ length: count + 1 }, (_, k) =>
      element("span", { style: `left: ${(100 * k) / count}%` }, (k * step).toFixed(places))));
    bar.setAttribute("aria-label", `Loss ${number(shown.loss)} nats: data loss ${number(data.loss)} and penalty ${number(shown.penalty)}`);
  }
  function drawGradient() {
    const row = (kind, name, value) => element("tr", {}, element("th", { scope: "row" }, element("span", { class: kind }, name)), element("td", {}, value));
    sizes.replaceChildren(
      row("data", "‖data part‖", number(shown.dataLength)),
      row("penalty", "‖λW‖", number(shown.pullLength)),
      row("total", "‖∂L/∂W‖", number(shown.length)),
      row("", "angle between the parts", shown.angle === null ? "none: one part is 0" : `${shown.angle.toFixed(1)}°`));
    drawTriangle();
    const rows = { sum: shown.dW, data: data.dW, penalty: addScaled(shown.dW, -1, data.dW) }[part];
    const top = Math.max(...rows.map((r) => r.reduce((a, v) => Math.max(a, Math.abs(v)), 0)));
    canvases.forEach((canvas, j) => paint(canvas, rows.map((r) => r[j]), top));
    low.textContent = number(-top, 3);
    high.textContent = `${number(top, 3)} nats per unit`;
    images.setAttribute("aria-label", `${{ sum: "The gradient", data: "Its data part", penalty: "Its penalty part" }[part]}, ` +
      `one image for each class; the largest entry is ${number(top, 3)}`);
  }
  // The two parts lie in one plane: drawn there, lengths and angle are true.
  function drawTriangle() {
    const angle = ((shown.angle ?? 0) * Math.PI) / 180;
    const tip = [shown.dataLength, 0];
    const end = [tip[0] + shown.pullLength * Math.cos(angle), shown.pullLength * Math.sin(angle)];
    const xs = [0, tip[0], end[0]], left = Math.min(...xs), reach = Math.max(...xs) - left;
    const scale = Math.min(200 / (reach || 1), 84 / (end[1] || 1e-300));
    const at = ([u, v]) => [120 + (u - left - reach / 2) * scale, 50 + (end[1] / 2 - v) * scale];
    const arrow = (from, to, colour) => {
      const [[x1, y1], [x2, y2]] = [at(from), at(to)];
      const length = Math.hypot(x2 - x1, y2 - y1);
      const group = svgElement("g", { style: `stroke: var(--${colour}); fill: none` });
      if (length < 1) return group;
      const [ux, uy] = [(x2 - x1) / length, (y2 - y1) / length], head = Math.min(9, length / 2);
      const wing = (s) => `${x2 - head * (ux - 0.5 * s * uy)},${y2 - head * (uy + 0.5 * s * ux)}`;
      group.append(svgElement("path", { class: "arrow", d: `M${x1},${y1}L${x2},${y2}M${wing(1)}L${x2},${y2}L${wing(-1)}` }));
      return group;
    };
    triangle.replaceChildren(arrow([0, 0], end, "total"), arrow([0, 0], tip, "data"), arrow(tip, end, "penalty"));
    triangle.setAttribute("aria-label", "The data part and the penalty part of the gradient as arrows, tip to tail, and their sum");
  }
  function compare() {
    const says = model.get("numpy_says");
    if (!says?.dW || says.strength !== strength) { checked.textContent = ""; return; }
    const top = Math.max(1e-300, ...says.dW.flat().map(Math.abs));
    const gap = Math.max(Math.abs(says.loss - shown.loss) / Math.abs(says.loss || 1),
      ...says.dW.map((r, d) => Math.max(...r.map((v, j) => Math.abs(v - shown.dW[d][j]) / top))));
    checked.textContent = `NumPy, in the kernel, finds the same; largest relative difference ${number(gap, 2)}.`;
  }
  const follow = () => {
    if (model.get("strength") === strength) return;
    strength = model.get("strength");
    lambda.set(toPosition(strength));
    redraw();
  };
  model.on("change:strength", follow);
  model.on("change:numpy_says", compare);
  draw();
  return () => {
    cancelAnimationFrame(frame);
    spoken.stop();
    model.off("change:strength", follow);
    model.off("change:numpy_says", compare);
  };
}

export default { render, address: { strength: "lambda" } };
