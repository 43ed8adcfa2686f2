// The button that makes a page live. It asks the page's server for a Python; without one the button
// is a door to where the cells run: the chapter in JupyterLite, if the site has it, or else the
// notebook to download. Nothing more is loaded before the button is pressed.
(() => {
  const foundBar = /** @type {HTMLElement | null} */ (document.querySelector(".sms-live"));
  const foundButton = /** @type {HTMLButtonElement | null | undefined} */ (foundBar?.querySelector(".sms-live-start"));
  if (!foundBar || !foundButton) return;
  const [bar, button] = [foundBar, foundButton];
  const status = bar.querySelector(".sms-live-status");
  const root = new URL(document.documentElement.dataset.content_root || "./", location.href);
  const HOW = "Or, in a copy of the book’s repository, run “make live” and open the link that it prints.";
  /**
   * @param {string} text
   * @param {"" | "starting" | "without"} state
   */
  const say = (text, state) => {
    if (status) status.textContent = text;
    bar.dataset.state = state;
  };

  /** @typedef {"ready" | "refuses" | "unreachable" | "lite" | "none"} Server */
  /**
   * Ask the page's server what it is. On a server that is not ours this is a file of the site, which
   * says whether the site has JupyterLite.
   * @returns {Promise<Server>}
   */
  async function findServer() {
    if (location.protocol === "file:") return "none";
    try {
      const { live, known, lite } = await (await fetch(new URL("live/status", root))).json();
      if (live === true) return known ? "ready" : "refuses";
      return lite ? "lite" : "none";
    } catch (error) {
      return error instanceof TypeError ? "unreachable" : "none";
    }
  }

  let invitation = "Edit the cells and run them.";
  let isPythonKept = false;
  /** @param {Server} server */
  function openDoor(server) {
    if (server === "lite") {
      button.textContent = "Open as a notebook";
      invitation = "Edit the cells and run them, with a Python in your browser.";
    } else if (server === "none") {
      const link = Object.assign(document.createElement("a"), { textContent: "Download the notebook" });
      link.href = new URL(`${bar.dataset.download}.ipynb`, root).href;
      link.download = "";
      button.replaceWith(link);
      invitation = `To run the cells, open it in Jupyter. ${HOW}`;
    }
    if (!bar.dataset.state && !isPythonKept) say(invitation, "");
    bar.dataset.door = server;
  }

  /** The host that the kernel of JupyterLite fetches NumPy from, or "" where the site has all that it needs. */
  async function findHost() {
    try {
      const { packages } = await (await fetch(new URL(bar.dataset.packages ?? "", root))).json();
      /** @type {{ file_name: string }[]} */
      const wheels = Object.values(packages);
      const far = wheels.find(({ file_name }) => file_name.includes("://"));
      return far ? new URL(far.file_name).host : "";
    } catch {
      return "";
    }
  }

  /**
   * Say before the reader leaves that the notebook needs the internet, and let the reader choose.
   * @param {URL} lite
   * @param {string} host
   */
  function warn(lite, host) {
    const need = `needs NumPy, which this site does not hold: it fetches it from ${host}.`;
    say(
      navigator.onLine
        ? `The notebook of this chapter runs Python in your browser. It ${need} Without internet, download the chapter.`
        : `The notebook of this chapter ${need} There is no internet now: download the chapter, and run it where Python and NumPy are.`,
      "without",
    );
    const buttons = /** @type {HTMLElement} */ (button.parentElement);
    const link = (text, href) => Object.assign(document.createElement("a"), { textContent: text, href });
    const download = link("Download the chapter", new URL(`${bar.dataset.download}.ipynb`, root).href);
    download.download = "";
    const ways = [...(navigator.onLine ? [link("Open the notebook", lite.href)] : []), download];
    for (const old of buttons.querySelectorAll("a")) old.remove();
    buttons.append(...ways);
    ways[0].focus();
  }

  /** The address of this chapter in JupyterLite, or null where the site has no JupyterLite. */
  async function findLite() {
    const page = new URL("lite/notebooks/index.html", root);
    try {
      if (!(await fetch(page, { method: "HEAD" })).ok) return null;
    } catch {
      return null;
    }
    page.searchParams.set("path", `${bar.dataset.chapter}.ipynb`);
    return page;
  }

  const options = { bar, root, press };
  const loadPage = () => import(new URL("live/files/page.js", root).href);

  /** Whether the browser keeps something that the reader has written on this page. */
  function hasWork() {
    const path = location.pathname.slice(root.pathname.length);
    try {
      return ["live", "kept"].some((kind) => localStorage.getItem(`softmax-${kind}:${path}`));
    } catch {
      return false;
    }
  }

  async function start() {
    say("Looking for a Python …", "starting");
    const server = await findServer();
    if (server === "ready") {
      return (await loadPage()).start(options);
    }
    if (server === "refuses") {
      return say("The server does not know this browser: open the link that “make live” printed last.", "without");
    }
    const lite = await findLite();
    if (lite) {
      const host = await findHost();
      if (host) return warn(lite, host);
      say("Opening this chapter in JupyterLite, which runs Python in your browser …", "starting");
      return location.assign(lite);
    }
    if (server === "unreachable") {
      return say(
        "The server of this page does not answer any more. If it was “make live”, start it again and open " +
          "its new link. Your edits are kept.",
        "without",
      );
    }
    return say(`The site has no notebook of this chapter any more. Reload the page. ${HOW}`, "without");
  }

  async function startOrSay() {
    button.disabled = true;
    try {
      await start();
    } catch (error) {
      console.error(error);
      say(`The page could not be made live: ${error.message} Reload it and try again.`, "without");
    }
    if (bar.dataset.state === "without") button.disabled = false;
  }

  /** @type {Promise<void> | null} */
  let starting = null;
  /** Start once, however often this is asked for: a cell that is run asks too. */
  function press() {
    starting ??= startOrSay().finally(() => {
      starting = null;
    });
    return starting;
  }
  button.addEventListener("click", press);

  // Own work is seen before the page is live.
  findServer()
    .then(async (server) => {
      openDoor(server);
      if (!hasWork()) return undefined;
      if (server === "ready") return (await loadPage()).show(options);
      if (!bar.dataset.state)
        say("What you wrote here is kept in this browser. It shows where “make live” serves the page.", "");
      return undefined;
    })
    .catch(console.error);

  // A live page of this tab may have left its Python to the next one: see live/page/keeping.js.
  try {
    const { title } = JSON.parse(sessionStorage.getItem("softmax-live-python") ?? "{}");
    isPythonKept = Boolean(title);
    if (title) say(`The Python of “${title}” was kept: make this page live to go on with it.`, "");
  } catch {
    // a browser that keeps nothing
  }

  // After "back" from JupyterLite the browser may show the page as it was left.
  addEventListener("pageshow", (event) => {
    if (!event.persisted || bar.dataset.state !== "starting") return;
    say(invitation, "");
    button.disabled = false;
  });
})();
