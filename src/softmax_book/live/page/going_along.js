// How a Python goes along from one live page to the next one of the same tab, if its reader chooses.
import { choose, findLeft, forgetLeft, keepsPython } from "./keeping.js";
import { sayLeft } from "./news.js";

const LOOKS = 10;
const PAUSE = 300; // milliseconds between two looks

/**
 * Find the Python that the tab's page before has left. It may have ended, or another tab has taken it.
 * @param {import("./kernel.js").Kernel} kernel
 * @returns {Promise<{ id: string, title: string, isThere: boolean, isBusy: boolean } | null>}
 */
export async function findLeftPython(kernel) {
  const left = findLeft();
  if (!left) return null;
  for (let looks = 0; looks < LOOKS; looks++) {
    const { model } = await kernel.ask(left.id);
    if (!model || model.execution_state === "dead") break;
    if (!model.connections) return { ...left, isThere: true, isBusy: model.execution_state === "busy" };
    await new Promise((done) => setTimeout(done, PAUSE)); // the page before may not have let go yet
  }
  forgetLeft();
  return { ...left, isThere: false, isBusy: false };
}

/**
 * Ask in the bar whether the page is to go on with the Python of another one.
 * @param {HTMLElement} bar
 * @param {() => void} say Says what is asked, once the answers stand there.
 * @returns {Promise<boolean>}
 */
export async function askToGoOn(bar, say) {
  const start = /** @type {HTMLButtonElement} */ (bar.querySelector(".sms-live-start"));
  const [yes, no] = ["Go on with it", "Start a new one"].map((text) =>
    Object.assign(document.createElement("button"), { type: "button", textContent: text }),
  );
  start.hidden = true;
  start.after(yes, no);
  say();
  yes.focus({ preventScroll: true });
  const goesOn = await new Promise((answer) => {
    yes.addEventListener("click", () => answer(true));
    no.addEventListener("click", () => answer(false));
  });
  forgetLeft();
  yes.remove();
  no.remove();
  start.hidden = false;
  return goesOn;
}

/**
 * Make the choice to keep Python for the next page.
 * @param {(words: string) => void} say
 */
export function makeChoice(say) {
  const box = Object.assign(document.createElement("input"), { type: "checkbox", checked: keepsPython() });
  const label = document.createElement("label");
  label.className = "sms-live-keep";
  label.append(box, "Keep Python when I go to another chapter");
  box.addEventListener("change", () => {
    const isNoted = choose(box.checked);
    if (!isNoted) box.checked = false;
    say(!isNoted ? sayLeft.refused : box.checked ? sayLeft.keeps : sayLeft.keepsNot);
  });
  return label;
}
