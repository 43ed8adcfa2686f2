// A cell that is run before its notebook has a kernel is lost, without a word: here it waits.
const RUN = /^notebook:(restart-)?run-/;

Object.defineProperty(window, "jupyterapp", {
  configurable: true,
  set(app) {
    Object.defineProperty(window, "jupyterapp", { value: app });
    const execute = app.commands.execute.bind(app.commands);
    app.commands.execute = (id, words) => {
      const session = app.shell.currentWidget?.sessionContext;
      const early = RUN.test(id) && session && !session.isReady;
      return early ? session.ready.then(() => execute(id, words)) : execute(id, words);
    };
  },
});
