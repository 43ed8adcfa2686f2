// The kernel of one page: it starts, reports its state, and ends with the page, unless the reader wants
// it to go along to the next one.
import { KernelConnection } from "@jupyterlab/services/lib/kernel/default";
import { createMessage } from "@jupyterlab/services/lib/kernel/messages";
import { ServerConnection } from "@jupyterlab/services/lib/serverconnection";
import { keepsPython, leave } from "./keeping.js";

const cookie = (name) =>
  document.cookie
    .split("; ")
    .find((pair) => pair.startsWith(`${name}=`))
    ?.slice(name.length + 1);

const LATE = 1000; // milliseconds after which a reply that should be there is asked for
const SILENT = 5000; // milliseconds after which a server that says nothing counts as stopped

export class Kernel {
  /** @type {(() => void) | null} */
  #giveUp = null;
  /** @type {((message: any) => any) | null} Gets what belongs to the code that runs. */
  #take = null;
  /** @type {KernelConnection} */
  connection;
  /** @type {string | null} */
  id = null;
  #isHeard = false; // whether what the present process prints has come through
  /** How the kernel's last process has ended, as the server names it. */
  endedBy = "";

  /**
   * @param {URL} root The site's root.
   * @param {object} on What to call on news.
   * @param {(status: string) => void} on.status
   * @param {(status: string) => void} on.connection
   * @param {(comm: any, message: any) => any} on.widget
   * @param {(question: import("./question.js").Question) => void} on.question
   */
  constructor(root, on) {
    this.root = root;
    this.on = on;
    this.settings = ServerConnection.makeSettings({
      baseUrl: root.href,
      wsUrl: root.href.replace(/^http/, "ws"),
      token: "",
      appendToken: false,
    });
    addEventListener("pagehide", () => {
      if (this.id && keepsPython()) {
        leave({ id: this.id, title: document.querySelector(".bd-article h1")?.firstChild?.textContent?.trim() ?? "" });
        this.id = null;
      } else this.end();
    });
  }

  async start() {
    // A page that leaves before the answer breaks the request off, and the server ends the kernel.
    this.starting = new AbortController();
    const answer = await ServerConnection.makeRequest(
      new URL("api/kernels", this.root).href,
      { method: "POST", body: JSON.stringify({ name: "python3" }), signal: this.starting.signal },
      this.settings,
    );
    if (!answer.ok) {
      const { reason } = await answer.json().catch(() => ({}));
      throw new Error(reason || `the server would not start a kernel (${answer.status}).`);
    }
    const { id, name } = await answer.json();
    await this.#connect(id, name);
  }

  /**
   * Take over the kernel that another page has left.
   * @param {string} id
   */
  take(id) {
    return this.#connect(id, "python3");
  }

  #connect(id, name) {
    this.connection?.dispose(); // of a kernel that has ended
    this.id = id;
    this.endedBy = "";
    const connection = new KernelConnection({ model: { id, name }, serverSettings: this.settings });
    this.connection = connection;
    this.#isHeard = false;
    connection.statusChanged.connect((_, status) => {
      if (status.endsWith("restarting")) this.#isHeard = false;
      this.on.status(status);
    });
    connection.connectionStatusChanged.connect((_, status) => {
      if (status !== "connected") this.#isHeard = false;
      this.on.connection(status);
    });
    connection.anyMessage.connect((_, { msg, direction }) => {
      if (direction === "recv") this.#hear(msg);
    });
    // A kernel announces a widget before a cell shows it. Later messages wait until this is done.
    connection.registerCommTarget("jupyter.widget", (comm, message) => this.on.widget(comm, message));
    const gone = new Promise((_, fail) => {
      connection.disposed.connect(() => fail(new Error("Python has ended meanwhile.")));
    });
    return Promise.race([connection.info, gone]);
  }

  // What the library passes on to nobody: how the kernel has ended, and what a cell or a widget asks.
  #hear({ channel, header, content }) {
    if (channel === "iopub" && typeof content.ended_by === "string") this.endedBy = content.ended_by;
    if (channel !== "stdin" || header.msg_type !== "input_request") return;
    const { prompt, password } = content;
    const take = this.#take;
    this.on.question({
      prompt,
      isSecret: password,
      answer: (text) => {
        this.connection.sendInputReply({ status: "ok", value: text }, header);
        const shown = password ? "•".repeat(8) : text; // not even how long it is
        take?.({ header: { msg_type: "stream" }, content: { name: "stdout", text: `${prompt}${shown}\n` } });
      },
    });
  }

  /**
   * Wait until what the kernel prints comes through.
   *
   * A server that takes a new process for busy connects a page to it without waiting for its output,
   * and what a cell prints until then is lost. So ask the kernel something: the status that it prints
   * with its answer tells. What was asked over a line that has broken since may never be answered: ask
   * again over the next one.
   */
  async untilHeard() {
    const { connection } = this;
    const listen = (_, { parent_header }) => {
      if (parent_header.session === connection.clientId) this.#isHeard = true;
    };
    connection.iopubMessage.connect(listen);
    while (!this.#isHeard && !connection.isDisposed) {
      const request = createMessage({
        msgType: "kernel_info_request",
        channel: "shell",
        session: connection.clientId,
        username: connection.username,
        content: {},
      });
      const future = connection.sendShellMessage(request, true);
      let askAnew = () => {};
      const follow = (_, status) => status === "connected" && askAnew();
      connection.connectionStatusChanged.connect(follow);
      await new Promise((answered) => {
        askAnew = () => answered(undefined);
        future.onReply = askAnew;
        future.done.catch(askAnew); // the kernel has died again
      });
      connection.connectionStatusChanged.disconnect(follow);
      future.dispose();
    }
    connection.iopubMessage.disconnect(listen);
  }

  /** Reach the same kernel again, after the line to it was broken. */
  async reconnect() {
    const { connection } = this;
    if (connection.isDisposed) return this.#connect(this.id, "python3");
    return connection.reconnect();
  }

  /**
   * Run code; the reply is there when all output is, or when it was found to be lost. The future is not disposed of by itself: other cells may change what this one displays.
   * @param {string} code
   * @param {(message: any) => any} take Gets each message of output.
   */
  execute(code, take) {
    const future = this.connection.requestExecute({ code, stop_on_error: true, allow_stdin: true }, false);
    this.#take = take;
    /** @type {any} */
    let said = null;
    future.onReply = (message) => {
      said = message;
    };
    future.onIOPub = (/** @type {any} */ message) => {
      const isEnd = message.header.msg_type === "status" && message.content.execution_state === "idle";
      if (isEnd) setTimeout(() => this.findLostReply(), LATE);
      return take(message);
    };
    let giveUp = () => {};
    const reply = new Promise((done, fail) => {
      future.done.then(done, fail);
      giveUp = () => done(said ?? { content: { status: "lost" } });
    }).finally(() => {
      if (this.#giveUp === giveUp) this.#giveUp = null;
    });
    this.#giveUp = giveUp;
    return { future, reply };
  }

  /**
   * Find out whether the reply to the code that runs was lost, and if so stop waiting for it. A
   * kernel answers in order, so whoever has the answer to a later question has all the earlier ones.
   */
  async findLostReply() {
    const giveUp = this.#giveUp;
    if (!giveUp) return;
    await this.connection.requestKernelInfo().catch(() => {});
    await Promise.resolve();
    if (this.#giveUp === giveUp && this.connection.connectionStatus === "connected") giveUp();
  }

  /**
   * Ask the server for a kernel's state.
   * @param {string | null} id
   * @returns {Promise<{ status: number, model: any }>} The answer's status, 0 if there is none.
   */
  async ask(id = this.id) {
    try {
      const address = new URL(`api/kernels/${id}`, this.root);
      const answer = await fetch(address, { signal: AbortSignal.timeout(SILENT) });
      return { status: answer.status, model: answer.ok ? await answer.json() : null };
    } catch {
      return { status: 0, model: null };
    }
  }

  /**
   * Find out why the connection is broken.
   * @returns {Promise<"line" | "kernel" | "refused" | "server">} "line": the kernel still runs;
   *   "kernel": it has ended; "refused": the server was restarted and does not know this page;
   *   "server": it does not answer.
   */
  async whatIsLost() {
    const { status, model } = await this.ask();
    if (!status) return "server";
    if (status === 404 || model?.execution_state === "dead") return "kernel";
    return model ? "line" : "refused";
  }

  interrupt() {
    return this.connection.interrupt();
  }
  restart() {
    return this.connection.restart();
  }

  /** End this page's kernel. */
  end() {
    if (!this.id) return this.starting?.abort();
    this.endOther(this.id);
    this.id = null;
  }

  /**
   * End a kernel. Keepalive: the browser sends this even while the page closes.
   * @param {string} id
   */
  endOther(id) {
    return fetch(new URL(`api/kernels/${id}`, this.root), {
      method: "DELETE",
      keepalive: true,
      headers: { "X-XSRFToken": cookie("_xsrf") ?? "" },
    }).catch(() => {});
  }
}
