// Start the kernel's worker at once. The app asks for one seconds later, and gets this one.
const WORKER = new URL(globalThis.crossOriginIsolated ? "ISOLATED" : "COMMON", import.meta.url);
const PlainWorker = globalThis.Worker;
/** @type {Worker | null} */
let startedWorker = new PlainWorker(WORKER, { type: "module" });

globalThis.Worker = new Proxy(PlainWorker, {
  construct(target, options, newTarget) {
    if (startedWorker && new URL(options[0], location.href).href === WORKER.href) {
      const worker = startedWorker;
      startedWorker = null; // the next kernel, after a restart, needs another worker
      return worker;
    }
    return Reflect.construct(target, options, newTarget);
  },
});
