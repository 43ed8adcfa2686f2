// The kernel's worker imports this first, and Python starts before the kernel asks for it. The
// kernel imports this in place of pyodide.mjs, and loadPyodide() returns the Python that is starting.
import { loadPyodide as load } from "./pyodide.mjs";

const KERNEL = "@jupyterlite/pyodide-kernel-extension:kernel";
const HERE = new URL("./", import.meta.url).href;

/** @param {string} address */
async function get(address) {
  const response = await fetch(address);
  if (!response.ok) throw new Error(`${address}: ${response.status} ${response.statusText}`);
  return response;
}

async function readOptions() {
  const settings = await (await get(`${HERE}../../jupyter-lite.json`)).json();
  return settings["jupyter-config-data"].litePluginSettings[KERNEL].loadPyodideOptions;
}

/**
 * Fetch a packed file; return an address of its unpacked content.
 * @param {string} name
 * @param {string} type The content's media type.
 */
async function unpack(name, type) {
  const { body } = await get(`${HERE}${name}.packed`);
  if (!body) throw new Error(`${name}.packed is empty`);
  const stream = body.pipeThrough(new DecompressionStream("gzip"));
  const content = await new Response(stream, { headers: { "Content-Type": type } }).blob();
  return URL.createObjectURL(content);
}

async function begin() {
  const [options, stdLibURL, script] = await Promise.all([
    readOptions(),
    unpack("python_stdlib.zip", "application/zip"),
    unpack("pyodide.asm.mjs", "text/javascript").then((url) => import(url)),
  ]);
  const createPyodideModule = script.default;
  const python = await load({ ...options, indexURL: HERE, stdLibURL, createPyodideModule });
  python.pyimport("kernel_start").import_kernel();
  return python;
}

const started = begin();
started.catch(() => {}); // loadPyodide() reports it

/**
 * Return the Python that has been started, printing to the kernel's functions.
 * @param {{ stdout: (text: string) => void, stderr: (text: string) => void }} options
 */
export async function loadPyodide({ stdout, stderr }) {
  const python = await started;
  python.setStdout({ batched: stdout });
  python.setStderr({ batched: stderr });
  return python;
}
