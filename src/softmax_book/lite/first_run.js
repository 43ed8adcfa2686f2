import { watch } from "./older_copy.js";

// Workaround for JupyterLite: a cell that is run before its notebook has a kernel is silently not run.
// Here the command waits for the kernel.
const RUN = /^notebook:(restart-)?run-/;

/** @param {any} app */
function prepare(app) {
  watch(app);
  const execute = app.commands.execute.bind(app.commands);
  app.commands.execute = (id, words) => {
    const session = app.shell.currentWidget?.sessionContext;
    const isEarly = RUN.test(id) && session && !session.isReady;
    return isEarly ? session.ready.then(() => execute(id, words)) : execute(id, words);
  };
}

// The app may be there before this module is, which waits for the one that it imports.
if (window.jupyterapp) prepare(window.jupyterapp);
else
  Object.defineProperty(window, "jupyterapp", {
    configurable: true,
    set(app) {
      Object.defineProperty(window, "jupyterapp", { value: app });
      prepare(app);
    },
  });
