// What a live page says when something happens to its Python: for each state, the words. Each says
// what has happened, what has become of the variables, and what its reader can do.

const ANEW = "A new Python has been started; the variables are gone: run the cells again from the top.";

/** Why the page cannot run anything, and whether it is still trying. */
export const LOST = {
  line: "The connection to Python is broken; the page is mending it. Variables and edits are kept.",
  server:
    "The server does not answer. If “make live” was stopped, start it again and open its new link. The page goes on by itself when the server answers; your edits are kept.",
  refused:
    "The server has been started anew and does not know this browser: open the link that “make live” printed last. Your edits are kept.",
  kernel:
    "This page’s Python has ended, and its variables are gone: it was idle for long, or the server has been started anew. Restart starts a new one; your edits are kept.",
  left: "You had left this page, and its Python has gone with it. Restart starts a new one; your edits are kept.",
  exiting: "A cell has called exit() or quit(), which ends Python. A new one is being started …",
};

/** The page has its Python again. */
export const BACK = "The connection to Python is back: variables and edits are as they were.";

const CRASHES = ["SIGSEGV", "SIGBUS", "SIGABRT", "SIGFPE", "SIGILL"];

/**
 * Say why a Python ended by itself.
 * @param {string} how A signal's name, an exit status, or nothing: as the server names it.
 * @param {boolean} wasAsked Whether a cell has called exit() or quit().
 */
export function sayEnding(how, wasAsked) {
  return `${whyEnded(how, wasAsked)} ${ANEW}`;
}

function whyEnded(how, wasAsked) {
  if (wasAsked) return "exit() or quit() has ended Python.";
  if (how === "SIGKILL") return "The system has ended Python (SIGKILL), as it does when the memory is full.";
  if (CRASHES.includes(how)) return `Python has crashed (${how}): something went wrong in compiled code.`;
  if (how.startsWith("SIG")) return `Python was ended from outside (${how}).`;
  if (how) return `Python has ended itself with exit status ${how}, as os._exit(${how}) does.`;
  return "Python has stopped by itself; why is not known.";
}

/**
 * Say why a run of cells has stopped early.
 * @param {number} cell Its number.
 * @param {{ status: string, ename?: string }} reply The kernel's.
 * @returns {["ready" | "failed", string]} The state of the page, and the words.
 */
export function sayStop(cell, reply) {
  if (reply.status === "lost")
    return [
      "failed",
      `Python is ready, but what it answered to cell ${cell} was lost: the cell may not have run to its end.`,
    ];
  if (reply.ename === "KeyboardInterrupt") return ["ready", `Cell ${cell} was interrupted; Python is ready again.`];
  if (reply.ename === "SystemExit")
    return ["ready", `Cell ${cell} stopped itself with sys.exit(): Python goes on, and its variables are kept.`];
  return ["failed", `Cell ${cell} stopped with ${reply.ename ?? "an error"}.`];
}

/** What is said of a Python that goes along from page to page. */
export const sayLeft = {
  keeps:
    "Python will stay when you go to another chapter, for ten minutes: the next page that you make live offers to go on with it.",
  keepsNot: "Python will end with this page.",
  refused: "This browser lets a page keep nothing (a private window, perhaps): Python will end with this page.",
  offer: ({ title, isBusy }) =>
    `The Python of “${title}” is still there, with its variables.${
      isBusy ? " It is running a cell; what that prints is not shown here." : ""
    } Go on with it on this page?`,
  gone: ({ title }) =>
    `The Python of “${title}” has ended meanwhile, or another tab has taken it: this is a new one, without its variables.`,
  taken: ({ isBusy }) =>
    isBusy
      ? "Python is finishing a cell of the page before; Interrupt breaks it off …"
      : "Connecting to the Python of the page before …",
  ready: ({ title }) => `The Python of “${title}” goes on here, with its variables.`,
};
