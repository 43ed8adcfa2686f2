// What a widget keeps of its reader's work, in this browser, sent nowhere.

/** @param {string} name The widget's. */
const key = (name) => `sms-widget-${name}`;

/**
 * @param {string} name The widget's.
 * @returns {Record<string, unknown>}
 */
export function readKept(name) {
  try {
    const kept = JSON.parse(localStorage.getItem(key(name)) ?? "{}");
    return kept && typeof kept === "object" ? kept : {};
  } catch {
    return {}; // nothing may be kept, or what was kept is no JSON
  }
}

/**
 * Keep all, in place of what was.
 * @param {string} name The widget's.
 * @param {Record<string, unknown>} all
 * @returns {boolean} Whether the browser keeps it.
 */
export function writeKept(name, all) {
  try {
    if (Object.keys(all).length) localStorage.setItem(key(name), JSON.stringify(all));
    else localStorage.removeItem(key(name));
    return true;
  } catch {
    return false;
  }
}
