// A live page: the bar, the cells, and the order in which they run. live_button.js loads it when the
// page's server has a Python.
import { Cell } from "./cell.js";
import { askToGoOn, findLeftPython, makeChoice } from "./going_along.js";
import { Kernel } from "./kernel.js";
import { keepLooking } from "./lookout.js";
import { BACK, LOST, sayEnding, sayLeft, sayStop } from "./news.js";
import { OwnWork } from "./own_work.js";
import { QuestionField } from "./question.js";
import { inspectWith } from "./signatures.js";
import "./kernel.css";
import "./page.css";
import "./widgets.css";

const SLOW = 4000; // milliseconds after which an interrupt counts as without effect
const plural = (count, one, many) => `${count} ${count === 1 ? one : many}`;

function loadStyle(root) {
  return new Promise((done, fail) => {
    const link = Object.assign(document.createElement("link"), {
      rel: "stylesheet",
      href: new URL("live/files/page.css", root),
    });
    link.addEventListener("load", done);
    link.addEventListener("error", () => fail(new Error("its style sheet did not come.")));
    document.head.append(link);
  });
}

/**
 * @typedef {object} PageOptions
 * @property {HTMLElement} bar
 * @property {URL} root The site's.
 * @property {() => Promise<void>} press Start Python as the bar's button does.
 */

class LivePage {
  #queue = [];
  /** @type {Cell | null} */
  #running = null;
  /** @type {Promise<import("./widgets.js").PageManager> | null} */
  #manager = null;
  /** @type {keyof typeof LOST | ""} */
  #lost = "";
  #isLooking = false;
  /** @type {QuestionField | null} */
  #question = null;
  /** @type {Cell | null} */
  #last = null; // the cell that ran last
  #runNumber = 0; // a cell may run again while something still waits for its run before
  #isTyping = false; // in an editor, since the last run was asked for
  #isStarting = false;
  /** @type {Promise<void> | null} */
  #opened = null;
  #restarting = false;
  #wasRestarted = false;
  #isForeign = false; // Python still runs a cell of the page that has left it
  #runs = new Map();

  isStarted = false;
  // The bar's buttons, once #makeBar has made them.
  /** @type {HTMLButtonElement} */
  all;
  /** @type {HTMLButtonElement} */
  stop;
  /** @type {HTMLButtonElement} */
  again;
  /** @type {HTMLButtonElement} */
  over;

  /** @param {PageOptions} options */
  constructor({ bar, root, press }) {
    this.bar = bar;
    this.root = root;
    this.press = press;
    this.status = /** @type {Element} */ (bar.querySelector(".sms-live-status"));
    this.kernel = new Kernel(root, {
      status: (status) => this.#followKernel(status),
      connection: (status) => this.#followConnection(status),
      widget: async (comm, message) => (await this.#widgets()).open(comm, message),
      question: (question) => this.#ask(question),
    });
    document.addEventListener(
      "keydown",
      ({ target }) => {
        if (/** @type {Element} */ (target).closest?.(".cm-content")) this.#isTyping = true;
      },
      true,
    );
    addEventListener("pageshow", ({ persisted }) => {
      if (persisted && this.isStarted && !this.kernel.id) this.#reportLoss("left");
    });
    this.work = new OwnWork(bar, root, {
      makeCell: (node, number) => new Cell(node, number, this.#cellPage, { isOwn: true }),
      dropCell: (cell) => this.#drop(cell),
      tell: (text, isTrouble) => this.say(isTrouble ? "trouble" : (this.bar.dataset.state ?? ""), text),
      isBusy: () => Boolean(this.#running || this.#lost || this.#isStarting),
      changed: () => this.#refresh(),
    });
  }

  get cells() {
    return this.work.cells;
  }

  // Turn the cells into editors that hold the reader's work. Python need not run for that.
  open() {
    this.#opened ??= loadStyle(this.root).then(() => this.#prepare());
    return this.#opened;
  }

  // What a reader sees who comes back to own work.
  async show() {
    await this.open();
    const summary = this.work.summary();
    if (summary && !this.#isStarting && !this.isStarted)
      this.say("shown", `${summary} Python starts when you run a cell.`);
  }

  async start() {
    this.#isStarting = true;
    const left = await findLeftPython(this.kernel);
    const taken = left?.isThere && (await this.#offer(left)) ? left : null;
    this.#isForeign = Boolean(taken?.isBusy);
    this.say("starting", taken ? sayLeft.taken(taken) : "Starting Python …");
    // The kernel starts while the page is prepared.
    const tasks = await Promise.allSettled([this.open(), taken ? this.kernel.take(taken.id) : this.kernel.start()]);
    this.#isStarting = this.#isForeign = false;
    const failed = tasks.find((task) => task.status === "rejected");
    if (failed) {
      this.#emptyQueue();
      throw /** @type {PromiseRejectedResult} */ (failed).reason;
    }
    this.isStarted = true;
    const summary = this.work.summary();
    const ready = taken ? sayLeft.ready(taken) : left && !left.isThere ? sayLeft.gone(left) : "Python is ready.";
    this.say("ready", `${ready}${summary && ` ${summary}`} Shift+Enter runs a cell.`);
    if (document.activeElement === document.body || this.bar.contains(document.activeElement))
      this.all.focus({ preventScroll: true });
    if (this.#queue.length) this.run([]);
  }

  // What cells ask of the page.
  /** @type {import("./cell.js").CellPage} */
  #cellPage = {
    run: (cells) => this.run(cells),
    runTo: (cell) => this.run(this.cells.slice(0, this.cells.indexOf(cell) + 1)),
    edited: (cell) => this.work.edited(cell),
    givenUp: (cell) => this.work.edits.keep({ name: cell.name, text: cell.text, why: "over" }),
    next: (cell) => this.cells[this.cells.indexOf(cell) + 1],
    ran: (count, cell) => this.#runs.set(count, cell),
    cellOfRun: (count) => (this.#runs.has(count) ? `Cell ${this.#runs.get(count).number}` : undefined),
    complete: (code, position) => this.#complete(code, position),
    inspect: (code, position) => this.#inspect(code, position),
    showWidget: (id) => this.#showWidget(id),
  };

  // Ask whether the page is to go on with the Python of another one; else that one ends.
  async #offer(left) {
    const goesOn = await askToGoOn(this.bar, () => this.say("asking", sayLeft.offer(left)));
    if (!goesOn) await this.kernel.endOther(left.id);
    return goesOn;
  }

  #prepare() {
    /** @type {NodeListOf<HTMLElement>} */
    const allNodes = document.querySelectorAll(".bd-article div.cell");
    const nodes = [...allNodes].filter((node) => node.querySelector(".cell_input pre"));
    this.#makeBar();
    this.work.open(nodes.map((node, k) => new Cell(node, k + 1, this.#cellPage)));
  }

  #makeBar() {
    const button = (text, name, act) => {
      const node = document.createElement("button");
      Object.assign(node, { type: "button", textContent: text, className: `sms-live-${name}` });
      node.addEventListener("click", act);
      return node;
    };
    this.all = button("Run all", "all", () => this.run(this.cells));
    this.stop = button("Interrupt", "stop", () => this.interrupt());
    this.again = button("Restart", "again", () => this.restart());
    this.over = button("Start over", "over", () => this.startOver());
    this.again.title = "End this Python and start a new one: variables are gone, edits stay";
    this.over.title = "The book’s own code and outputs again, in every cell";
    this.bar.querySelector(".sms-live-buttons")?.append(this.all, this.stop, this.again, this.over);
    this.bar.append(
      makeChoice((words) => {
        if (this.isStarted && !this.#running && !this.#lost) this.say(this.bar.dataset.state, words);
      }),
    );
    this.bar.classList.add("is-live");
    const head = /** @type {HTMLElement | null} */ (document.querySelector(".bd-header-article"))?.offsetHeight;
    if (head) this.bar.style.setProperty("--sms-live-top", `${head}px`);
    this.#refresh();
  }

  // state: shown · asking · starting · ready · running · trouble · failed
  say(state, text) {
    this.bar.dataset.state = state;
    this.status.textContent = text;
    this.#refresh();
  }

  #refresh() {
    if (!this.all) return;
    const gone = Boolean(this.#lost) || !this.isStarted;
    const starter = /** @type {HTMLElement | null} */ (this.bar.querySelector(".sms-live-start"));
    if (starter) starter.hidden = this.isStarted || this.#isStarting;
    this.all.hidden = this.stop.hidden = this.again.hidden = !this.isStarted && !this.#isStarting;
    this.all.disabled = gone || Boolean(this.#running);
    this.stop.disabled = !this.#isForeign && (gone || !this.#running);
    this.again.disabled = !this.isStarted || this.#restarting || ["server", "refused"].includes(this.#lost);
    this.over.hidden = !this.work.mine.length && !this.work.canGoBack;
    this.over.textContent = this.work.canGoBack ? "Undo" : "Start over";
    for (const cell of this.cells) cell.runButton.disabled = cell.toHere.disabled = Boolean(this.#lost);
  }

  // ---------- running ----------

  // Run cells in order, after those that already wait. An error stops the rest.
  async run(cells) {
    if (this.#lost) return this.say(this.bar.dataset.state, this.status.textContent);
    this.#isTyping = false;
    for (const cell of cells) {
      if (cell === this.#running || this.#queue.includes(cell)) continue;
      this.#queue.push(cell);
      cell.mark("waiting", "waiting");
    }
    if (!this.isStarted) return this.#startFirst();
    if (this.#running) return this.#sayRunning();
    let count = 0;
    while (this.#queue.length) {
      const cell = this.#queue.shift();
      this.#running = this.#last = cell;
      this.#runNumber += 1;
      this.#sayRunning();
      let reply;
      try {
        await this.kernel.untilHeard();
        reply = await cell.run(this.kernel);
      } catch {
        this.#running = null; // the kernel was restarted or has died: #followKernel reports it
        this.#closeQuestion();
        return this.#refresh();
      }
      this.#closeQuestion();
      count += 1;
      if (reply.payload?.some(({ source, keepkernel }) => source === "ask_exit" && !keepkernel)) return this.#exit();
      if (reply.status === "ok" || (cell.mayRaise && reply.ename !== "KeyboardInterrupt")) continue;
      return this.#stopped(cell, reply);
    }
    const last = this.#running;
    this.#running = null;
    return this.say("ready", count === 1 ? `Cell ${last?.number} has run.` : `${count} cells have run.`);
  }

  // Start Python for the cells that wait; those that cannot be run wait no longer.
  async #startFirst() {
    if (this.#isStarting) return; // they are run when it is ready
    await this.press();
    if (!this.isStarted && !this.#isStarting) this.#emptyQueue();
  }

  #drop(cell) {
    if (cell === this.#running) this.interrupt();
    this.#queue = this.#queue.filter((each) => each !== cell);
  }

  #sayRunning() {
    const waiting = this.#queue.length ? `; ${plural(this.#queue.length, "cell is", "cells are")} waiting` : "";
    this.say("running", `Running cell ${this.#running?.number}${waiting}.`);
  }

  #stopped(cell, reply) {
    const unrun = this.#emptyQueue();
    this.#running = null;
    const rest = unrun ? ` ${plural(unrun, "cell that was waiting has", "cells that were waiting have")} not run.` : "";
    const [state, words] = sayStop(cell.number, reply);
    this.say(state, `${words}${rest}`);
    if (state === "failed") cell.node.scrollIntoView({ block: "nearest" });
  }

  // A cell has called exit(): Python ends within moments, and the server starts another one.
  #exit() {
    this.#emptyQueue();
    this.#running = null;
    this.#lost = "exiting";
    this.say("starting", LOST.exiting);
  }

  // ---------- questions: input() and getpass() ----------

  /** @param {import("./question.js").Question} question */
  #ask(question) {
    const cell = this.#running ?? this.#last; // or a widget asks
    if (!cell) return;
    this.#closeQuestion();
    cell.asks = Boolean(this.#running);
    if (cell.asks) cell.showState("waits for your answer");
    const answer = (text) => {
      this.#closeQuestion();
      question.answer(text);
      if (this.#running) this.#sayRunning();
    };
    this.#question = new QuestionField(
      cell.node,
      { ...question, answer },
      `cell ${cell.number}`,
      () => this.interrupt(),
      !this.#isTyping,
    );
    this.say(
      this.#running ? "running" : this.bar.dataset.state,
      `Cell ${cell.number} waits for your answer, in the field below it. Escape breaks it off.`,
    );
  }

  #closeQuestion() {
    if (this.#running) this.#running.asks = false;
    this.#question?.remove();
    this.#question = null;
  }

  // Let the waiting cells wait no longer; return how many there were.
  #emptyQueue() {
    const dropped = this.#queue.splice(0);
    for (const cell of dropped) cell.mark("ready", "not run");
    return dropped.length;
  }

  async interrupt() {
    const cell = this.#running;
    if (!cell) {
      // a widget asks, or a cell of the page before runs
      this.#closeQuestion();
      return this.kernel.interrupt();
    }
    this.say("running", `Interrupting cell ${cell.number} …`);
    const run = this.#runNumber;
    const isStillRunning = () => this.#running === cell && this.#runNumber === run;
    setTimeout(() => {
      if (!isStillRunning()) return;
      this.say(
        "running",
        `Cell ${cell.number} does not let itself be interrupted yet. Restart ends it; the variables are then gone.`,
      );
    }, SLOW);
    try {
      await this.kernel.interrupt();
    } catch (error) {
      return this.say("trouble", `The interrupt did not reach Python: ${error.message}`);
    }
    // An interrupt that falls between two steps of the kernel takes the reply with it, and the answer
    // to a question too: ask again, less and less often.
    for (let pause = 1000; isStillRunning() && !this.#lost && pause < 60_000; pause *= 2) {
      this.kernel.findLostReply();
      await new Promise((done) => setTimeout(done, pause));
    }
    return undefined;
  }

  async restart() {
    this.#restarting = true;
    this.#emptyQueue();
    this.#closeQuestion();
    this.#unplug();
    this.say("starting", "Starting a new Python …");
    try {
      if (["kernel", "left"].includes(this.#lost)) await this.kernel.start();
      else await this.kernel.restart();
    } catch (error) {
      this.#restarting = false;
      console.error(error);
      return this.#reportLoss(await this.kernel.whatIsLost());
    }
    this.#lost = "";
    this.#restarting = false;
    this.#markOld();
    return this.say("ready", "A new Python is ready. Its variables are gone: run the cells again from the top.");
  }

  // Keep the outputs of the Python before, marked as old.
  #markOld() {
    this.#closeQuestion();
    this.#running = this.#last = null;
    this.#unplug();
    this.#runs.clear();
    for (const cell of this.cells) {
      if (!["ready"].includes(cell.node.dataset.live ?? "")) cell.mark("stale", "from before the restart");
    }
  }

  // ---------- trouble ----------

  async #followKernel(status) {
    if (!this.isStarted || this.#restarting) return;
    if (status === "autorestarting") {
      const wasAsked = this.#lost === "exiting";
      this.#lost = "";
      this.#wasRestarted = true;
      this.#emptyQueue();
      this.#markOld();
      this.say("trouble", sayEnding(this.kernel.endedBy, wasAsked));
    } else if (status === "dead") {
      // The library has given it up, for one of several reasons.
      this.#breakOff();
      this.#reportLoss(await this.kernel.whatIsLost());
    }
  }

  async #followConnection(status) {
    if (!this.isStarted || this.#restarting) return;
    if (status === "connected") return this.#goOn();
    if (this.#lost && this.#lost !== "exiting") return;
    if (this.#wasRestarted && status === "connecting") return; // to the new Python
    const what = await this.kernel.whatIsLost();
    if (!this.#restarting && !this.#wasRestarted && this.kernel.connection.connectionStatus !== "connected")
      this.#reportLoss(what);
  }

  // The line stands again.
  #goOn() {
    if (this.#wasRestarted) {
      this.#wasRestarted = false;
      return;
    }
    if (this.#lost && this.#lost !== "exiting") {
      this.#lost = "";
      this.say(this.#running ? "running" : "ready", BACK);
    }
    // Its reply may have come while the line was broken, for however short a time.
    if (this.#running) this.kernel.findLostReply();
  }

  #reportLoss(what) {
    this.#lost = what;
    // Over a broken line what a cell prints still comes, once the line stands again.
    if (what !== "line" && what !== "server") this.#breakOff();
    this.say("trouble", LOST[what]);
    if (!this.#isLooking) this.#look();
  }

  #breakOff() {
    this.#emptyQueue();
    this.#closeQuestion();
    this.#running?.mark("failed", "broken off");
    this.#running = null;
    this.#unplug();
  }

  // Look whether what is lost is there again, or has changed: a server that is stopped ends its kernels
  // first, and one that is started anew knows none of them.
  async #look() {
    this.#isLooking = true;
    await keepLooking(async () => {
      if (!this.#lost) return false;
      const what = await this.kernel.whatIsLost();
      if (!this.#lost || this.#restarting) return Boolean(this.#lost);
      if (what !== this.#lost && this.#lost !== "left") this.#reportLoss(what);
      if (what === "line") await this.kernel.reconnect().catch(() => {});
      return Boolean(this.#lost);
    });
    this.#isLooking = false;
  }

  // Restore the book's code and outputs in every cell; pressed again, restore the edits.
  startOver() {
    if (this.work.canGoBack) return this.work.undo();
    const others = this.work.startOver();
    const left = others ? ` ${plural(others, "edit", "edits")} made in another tab of this page stay there.` : "";
    this.over.focus();
    const variables = this.isStarted ? " Python keeps its variables: Restart clears them." : "";
    return this.say(this.bar.dataset.state, `The page is as the book has it.${variables}${left}`);
  }

  // ---------- what cells ask the kernel ----------

  async #complete(code, position) {
    if (!this.isStarted || this.#lost || this.#running) return null;
    // The kernel counts code points, JavaScript UTF-16 units.
    const count = (text) => [...text].length;
    const reply = await this.kernel.connection.requestComplete({ code, cursor_pos: count(code.slice(0, position)) });
    if (reply.content.status !== "ok") return null;
    const letters = [...code];
    const offset = (k) => letters.slice(0, k).join("").length;
    return {
      from: offset(reply.content.cursor_start),
      to: offset(reply.content.cursor_end),
      matches: reply.content.matches,
    };
  }

  async #inspect(code, position) {
    if (!this.isStarted || this.#lost) return "Python does not answer now: the bar above says why.";
    if (this.#running) return `Python is busy with cell ${this.#running.number}: ask again when it has ended.`;
    return inspectWith(this.kernel.connection, code, position);
  }

  // Return the widgets' manager: one for each Python, loaded with the first widget.
  #widgets() {
    const { connection } = this.kernel;
    this.#manager ??= import("./widgets.js").then(({ PageManager }) => new PageManager(connection));
    return this.#manager;
  }

  // Python's side of the widgets is gone.
  #unplug() {
    this.#manager?.then((manager) => manager.unplug());
    this.#manager = null;
  }

  async #showWidget(id) {
    return (await this.#widgets()).show(id);
  }
}

/** @type {LivePage | null} */
let page = null;

/**
 * Show the reader's work in the page's cells; Python need not run.
 * @param {PageOptions} options
 */
export function show(options) {
  page ??= new LivePage(options);
  return page.show();
}

/**
 * Make the page live.
 * @param {PageOptions} options
 */
export function start(options) {
  page ??= new LivePage(options);
  return page.start();
}
