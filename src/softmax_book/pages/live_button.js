// The button that makes a page live. It asks the page's own server for a Python; where there is
// none it opens the chapter in JupyterLite, which the site may hold; where that is missing too it
// says how live cells are had. Nothing is loaded before it is pressed.
(() => {
  const bar = document.querySelector(".sms-live");
  const button = bar?.querySelector(".sms-live-start");
  if (!button) return;
  const status = bar.querySelector(".sms-live-status");
  const root = new URL(document.documentElement.dataset.content_root || "./", location.href);
  const HOW = "In a copy of the book’s repository, run “make live” and open the link that it prints.";
  const say = (text, state) => {
    status.textContent = text;
    bar.dataset.state = state;
  };

  // What another server answers to an address it does not know may be anything.
  async function findServer() {
    try {
      const answer = await fetch(new URL("live/status", root));
      const told = await answer.json();
      return told.live === true ? (told.known ? "known" : "stranger") : "none";
    } catch (error) {
      return error instanceof TypeError ? "silent" : "none";
    }
  }

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

  async function start() {
    if (location.protocol === "file:") {
      return say(`A page that is opened from the disk has no Python behind it. ${HOW}`, "without");
    }
    say("Looking for a Python …", "starting");
    const server = await findServer();
    if (server === "known") {
      const { start } = await import(new URL("live/files/page.js", root).href);
      return start({ bar, root });
    }
    if (server === "stranger") {
      return say("The server does not know this browser: open the link that “make live” printed last.", "without");
    }
    const lite = await findLite();
    if (lite) {
      say("Opening this chapter in JupyterLite, which runs Python in your browser …", "starting");
      return location.assign(lite);
    }
    if (server === "silent") {
      return say(
        `The server of this page does not answer any more. If it was “make live”, start it again and open its new link. Your edits are kept.`,
        "without",
      );
    }
    return say(`This site has no Python behind it. ${HOW}`, "without");
  }

  button.addEventListener("click", async () => {
    button.disabled = true;
    try {
      await start();
    } catch (error) {
      console.error(error);
      say(`The page could not be made live: ${error.message} Reload it and try again.`, "without");
    }
    if (bar.dataset.state === "without") button.disabled = false;
  });

  // Back from JupyterLite: the browser may show the page as it was left.
  addEventListener("pageshow", (event) => {
    if (!event.persisted || bar.dataset.state !== "starting") return;
    say("Edit the cells and run them.", "");
    button.disabled = false;
  });
})();
