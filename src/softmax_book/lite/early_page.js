// Starts the kernel at once: the app takes seconds until it asks for one, and then gets this one.
const WORKER = new URL(globalThis.crossOriginIsolated ? "ISOLATED" : "COMMON", import.meta.url);
const Made = globalThis.Worker;
let early = new Made(WORKER, { type: "module" });

globalThis.Worker = class extends Made {
  constructor(address, options) {
    if (early && new URL(address, location).href === WORKER.href) {
      const given = early;
      early = null; // the next kernel, after a restart, is another
      return given;
    }
    super(address, options);
  }
};
