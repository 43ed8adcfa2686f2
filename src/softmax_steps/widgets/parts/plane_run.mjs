// The button that runs a training and pauses it: some steps in each frame of the screen.
import { button, renew } from "../shared/view.mjs";

const CALM = 100; // steps at once, for readers who ask for less motion

/**
 * Make the button.
 * @param {object} run
 * @param {() => boolean} run.step Take a step; return whether there may be another.
 * @param {() => void} run.draw Draw at once. Called in each frame.
 * @param {() => void} run.settle Called when a hand has stopped the run, or it has come to its end.
 * @param {() => void} [run.before] Called when a run begins.
 * @param {{ slowest: number, quickens: number, fastest: number }} run.pace Steps in a second, when a run
 *   begins; by so much more in each second; and at most. On every screen alike.
 */
export function runButton({ step, draw, settle, before = () => {}, pace: { slowest, quickens, fastest } }) {
  const isCalm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  let frame = 0,
    ahead = 0; // of the next step, the part that a run shows between two steps
  const node = button(isCalm ? `Run ${CALM} steps` : "Run", toggle);
  node.classList.add("run");
  function toggle() {
    if (frame) {
      stop();
      return;
    }
    before();
    if (isCalm) {
      // Draw only the end of many steps.
      for (let k = 0; k < CALM && step(); k++);
      settle();
      return;
    }
    renew(node, "Pause");
    // A run begins slowly enough to be followed.
    let first, last;
    const loop = (now) => {
      frame = requestAnimationFrame(loop);
      first ??= now;
      const pace = Math.min(fastest, slowest + (quickens * (now - first)) / 1000);
      ahead += (pace * Math.min(100, now - (last ?? now))) / 1000;
      last = now;
      for (; ahead >= 1 && frame; ahead--) if (!step()) stop();
      draw();
    };
    frame = requestAnimationFrame(loop);
  }
  function stop() {
    ahead = 0;
    if (!frame) return;
    cancelAnimationFrame(frame);
    frame = 0;
    renew(node, "Run");
    settle();
  }
  return { node, stop, ahead: () => ahead };
}
