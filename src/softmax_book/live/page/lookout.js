// While a page has lost its Python: look again and again for what is lost, until it is there again.

const FIRST = 500; // milliseconds between two looks; each next pause is longer
const LONGEST = 5000;
const GROWTH = 1.5;
// The reader or the network is back: look now.
const SIGNS = ["online", "focus", "pageshow"];

/**
 * Look at once and then from time to time, until `look` says that nothing is lost.
 * @param {() => Promise<boolean>} look Returns whether something is still lost.
 */
export async function keepLooking(look) {
  let wake = () => {};
  const now = () => wake();
  const shown = () => document.visibilityState === "visible" && wake();
  for (const sign of SIGNS) addEventListener(sign, now);
  document.addEventListener("visibilitychange", shown);
  try {
    for (let pause = FIRST; await look(); pause = Math.min(LONGEST, pause * GROWTH)) {
      await new Promise((done) => {
        const timer = setTimeout(done, pause);
        wake = () => {
          clearTimeout(timer);
          done(undefined);
        };
      });
    }
  } finally {
    for (const sign of SIGNS) removeEventListener(sign, now);
    document.removeEventListener("visibilitychange", shown);
  }
}
