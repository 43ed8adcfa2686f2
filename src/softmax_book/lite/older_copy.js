// A copy that is kept in the browser hides the notebook that the site serves, for ever. So a copy that
// was begun from another edition says so, and the reader can have both.
const LITE = new URL("./", import.meta.url);
const WORDS = {
  moved: "The book has changed since you began this notebook. What you see is your copy, as you left it.",
  take: "Open the new edition",
  keep: "Keep mine",
  taken: "This is the new edition. Your copy is kept beside it, as ",
  close: "Close",
};
const STYLE = {
  position: "fixed",
  inset: "auto 0 0",
  zIndex: "1000",
  display: "flex",
  flexWrap: "wrap",
  gap: "0.5rem",
  alignItems: "center",
  padding: "0.75rem 1rem",
  font: "var(--jp-ui-font-size2, 15px)/1.4 var(--jp-ui-font-family, sans-serif)",
  color: "var(--jp-ui-font-color0, black)",
  background: "var(--jp-layout-color2, white)",
  borderTop: "1px solid var(--jp-border-color1, gray)",
};

/**
 * Show a bar at the bottom of the page; it goes when one of its buttons is pressed.
 * @param {(string | Node)[]} words
 * @param {Record<string, () => void>} buttons
 */
function say(words, buttons) {
  const bar = document.createElement("section");
  bar.setAttribute("role", "status");
  bar.setAttribute("aria-label", "Editions of this notebook");
  Object.assign(bar.style, STYLE);
  const text = document.createElement("span");
  text.append(...words);
  const pressed = Object.entries(buttons).map(([label, press]) => {
    const button = document.createElement("button");
    Object.assign(button, { type: "button", textContent: label, className: "jp-mod-styled jp-mod-accept" });
    button.style.minHeight = "36px";
    button.addEventListener("click", () => {
      bar.remove();
      press();
    });
    return button;
  });
  document.body.append(bar);
  bar.append(text, ...pressed); // after the bar itself, or no screen reader would tell of it
}

/** Where a notebook's own address is. */
const address = (path) => new URL(`notebooks/index.html?path=${encodeURIComponent(path)}`, LITE).href;
/** What the browser remembers of a notebook; other books on this origin lie at another address. */
const key = (what, path) => `${what}:${new URL(path, LITE).href}`;

/** Give the copy a name of its own, so that the site's notebook is found under the old one. */
async function moveCopy(app, context, path) {
  await context.save();
  const { content } = await app.serviceManager.contents.get("");
  const names = new Set(content.map((each) => each.name));
  const stem = path.replace(/\.ipynb$/, "");
  let name = `${stem}-mine.ipynb`;
  for (let count = 2; names.has(name); count += 1) name = `${stem}-mine-${count}.ipynb`;
  await app.serviceManager.contents.rename(path, name);
  await fetch(new URL(`files/${path}`, LITE), { cache: "reload" }); // or the browser's cache has the old one
  sessionStorage.setItem(key("taken", path), name);
  location.assign(address(path));
}

/** Compare the open notebook with the one that the site serves. */
async function compare(app, panel) {
  await panel.context.ready;
  const { path } = panel.context;
  const copy = sessionStorage.getItem(key("taken", path));
  if (copy) {
    sessionStorage.removeItem(key("taken", path));
    const link = Object.assign(document.createElement("a"), { href: address(copy), textContent: copy });
    link.style.textDecoration = "underline";
    say([WORDS.taken, link, "."], { [WORDS.close]() {} });
    return;
  }
  const response = await fetch(new URL("editions.json", LITE), { cache: "no-cache" });
  const edition = response.ok ? (await response.json())[path] : undefined;
  const own = panel.context.model.sharedModel.getMetadata("softmax_edition");
  if (!edition || edition === own || localStorage.getItem(key("kept", path)) === edition) return;
  say([WORDS.moved], {
    [WORDS.take]: () => moveCopy(app, panel.context, path),
    [WORDS.keep]: () => localStorage.setItem(key("kept", path), edition),
  });
}

/** @param {any} app The app, once it is there. */
export function watch(app) {
  const seen = new WeakSet();
  const look = () => {
    const panel = app.shell.currentWidget;
    if (!panel?.context?.model?.sharedModel || seen.has(panel)) return;
    seen.add(panel);
    compare(app, panel).catch((error) => console.warn("The book's edition could not be compared:", error));
  };
  app.shell.currentChanged?.connect(look);
  app.restored.then(look);
}
