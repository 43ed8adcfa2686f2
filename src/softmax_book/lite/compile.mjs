// For Node: node compile.mjs CORE JOB. Start the Python that the site serves, from npm's package in
// the folder CORE, and run compile.py in it, on the files of the folder JOB.
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const [core, job] = process.argv.slice(2);
try {
  const { loadPyodide } = await import(pathToFileURL(`${core}/pyodide.mjs`).href);
  // With a fixed seed the same source always gives the same bytes.
  const python = await loadPyodide({ indexURL: core, env: { PYTHONHASHSEED: "0" } });
  python.mountNodeFS("/job", job);
  python.runPython(readFileSync(new URL("compile.py", import.meta.url), "utf-8"));
  await python.globals.get("main")();
} catch (error) {
  console.error(error.message); // Node itself would print Pyodide's source as well
  process.exit(1);
}
