/**
 * Import modules that come as text, each with a scope of its own. A kernel sends a widget's view
 * like this: see view_module in base.py.
 * @param {[string, string[]][]} modules Path and text of each, after the modules it imports. The
 *   text is cut at their paths: text, path, text, …, path, text.
 * @returns {Promise<object>} The default export of the last one.
 */
export async function load(modules) {
  /** @type {Map<string, string>} */
  const addresses = new Map();
  for (const [path, pieces] of modules) {
    const text = pieces.map((piece, k) => (k % 2 ? addresses.get(piece) : piece)).join("");
    addresses.set(path, URL.createObjectURL(new Blob([text], { type: "text/javascript" })));
  }
  try {
    return (await import([...addresses.values()].at(-1) ?? "")).default;
  } finally {
    for (const address of addresses.values()) URL.revokeObjectURL(address);
  }
}
