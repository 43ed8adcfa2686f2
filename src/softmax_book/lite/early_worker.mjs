// The kernel's worker imports this first, and Python starts before anyone has asked for it. The
// kernel asks for it here, in place of pyodide.mjs, and gets what is on its way.
import { loadPyodide as load } from "./pyodide.mjs";

const KERNEL = "@jupyterlite/pyodide-kernel-extension:kernel";
const HERE = new URL("./", import.meta.url).href;

async function get(address) {
  const found = await fetch(address);
  if (!found.ok) throw new Error(`${address}: ${found.status} ${found.statusText}`);
  return found;
}

async function options() {
  const settings = await (await get(`${HERE}../../jupyter-lite.json`)).json();
  return settings["jupyter-config-data"].litePluginSettings[KERNEL].loadPyodideOptions;
}

async function unpacked(name, type) {
  const packed = (await get(`${HERE}${name}.packed`)).body;
  const stream = packed.pipeThrough(new DecompressionStream("gzip"));
  const whole = await new Response(stream, { headers: { "Content-Type": type } }).blob();
  return URL.createObjectURL(whole);
}

async function begin() {
  const [given, stdLibURL, script] = await Promise.all([
    options(),
    unpacked("python_stdlib.zip", "application/zip"),
    unpacked("pyodide.asm.mjs", "text/javascript").then((url) => import(url)),
  ]);
  const createPyodideModule = script.default;
  const python = await load({ ...given, indexURL: HERE, stdLibURL, createPyodideModule });
  python.pyimport("kernel_start").import_kernel();
  return python;
}

const begun = begin();
begun.catch(() => {}); // it is heard below

export async function loadPyodide({ stdout, stderr }) {
  const python = await begun;
  python.setStdout({ batched: stdout });
  python.setStderr({ batched: stderr });
  return python;
}
