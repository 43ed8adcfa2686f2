// A kernel, as a module worker: starts Python, runs notebooks cell by cell, and carries the messages
// between widgets and their views.
import { loadPyodide } from "./pyodide/pyodide.mjs";

const PACKAGES = ["softmax-steps", "ipython"];
// IPython's shell for terminals would want prompt_toolkit, which the browser has not.
const PREPARE = `
import sys, types
terminal = types.ModuleType("IPython.terminal.embed")
terminal.embed = None
sys.modules[terminal.__name__] = terminal
sys.path.insert(0, "/lib")
`;

async function start() {
  const began = performance.now();
  const python = await loadPyodide({
    indexURL: new URL("pyodide/", import.meta.url).href,
    env: { HOME: "/home/pyodide", MPLBACKEND: "module://matplotlib_inline.backend_inline" },
  });
  const booted = performance.now();
  const failed = [];
  await python.loadPackage(PACKAGES, { messageCallback() {}, errorCallback: (line) => failed.push(line) });
  if (failed.length) throw new Error(failed.join("\n"));
  python.FS.writeFile("/lib/run_cells.py", await (await fetch("run_cells.py")).text());
  python.runPython(PREPARE);
  const kernel = python.pyimport("run_cells").Kernel((message) => postMessage({ comm: JSON.parse(message) }));
  const seconds = [began, booted, performance.now()].map((moment) => moment / 1000);
  postMessage({ started: { boot: seconds[1] - seconds[0], packages: seconds[2] - seconds[1] } });
  return kernel;
}

const kernel = start();
kernel.catch((error) => postMessage({ failed: String(error.stack ?? error) }));

const answers = {
  run({ name, cells }, kernel) {
    kernel.begin();
    for (const [index, code] of cells.entries())
      postMessage({ ran: { name, index, ...JSON.parse(kernel.run(code)) } });
    postMessage({ ended: name });
  },
  comm({ id, data }, kernel) {
    kernel.receive(id, JSON.stringify(data));
  },
};

onmessage = async ({ data: [what, words] }) => {
  try {
    answers[what](words, await kernel);
  } catch (error) {
    postMessage({ failed: String(error.stack ?? error) });
  }
};
