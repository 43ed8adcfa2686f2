// The kernel of one page: it starts, reports its state, and ends with the page.
import { KernelConnection } from "@jupyterlab/services/lib/kernel/default";
import { createMessage } from "@jupyterlab/services/lib/kernel/messages";
import { ServerConnection } from "@jupyterlab/services/lib/serverconnection";

const cookie = (name) =>
  document.cookie
    .split("; ")
    .find((pair) => pair.startsWith(`${name}=`))
    ?.slice(name.length + 1);

const LATE = 1000; // milliseconds after which a reply that should be there is asked for

export class Kernel {
  /** @type {(() => void) | null} */
  #giveUp = null;
  /** @type {KernelConnection} */
  connection;
  /** @type {string | null} */
  id = null;
  #isHeard = true;

  /**
   * @param {URL} root The site's root.
   * @param {object} on What to call on news.
   * @param {(status: string) => void} on.status
   * @param {(status: string) => void} on.connection
   * @param {(comm: any, message: any) => any} on.widget
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
    addEventListener("pagehide", () => this.end());
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
    const model = await answer.json();
    this.connection?.dispose(); // of a kernel that has ended
    this.id = model.id;
    this.connection = new KernelConnection({
      model: { id: model.id, name: model.name },
      serverSettings: this.settings,
    });
    this.connection.statusChanged.connect((_, status) => {
      if (status === "autorestarting") this.#isHeard = false;
      this.on.status(status);
    });
    this.connection.connectionStatusChanged.connect((_, status) => this.on.connection(status));
    // A kernel announces a widget before a cell shows it. Later messages wait until this is done.
    this.connection.registerCommTarget("jupyter.widget", (comm, message) => this.on.widget(comm, message));
    await this.connection.info;
  }

  /**
   * Wait until what the kernel prints reaches the page.
   *
   * When a kernel has died, the server starts another one in its place, and may hand on its first
   * reply before it listens to its output. What a cell prints until then is lost.
   */
  async untilHeard() {
    const { connection } = this;
    const listen = () => {
      this.#isHeard = true;
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
      await new Promise((answered) => {
        future.onReply = answered;
        future.done.catch(answered); // the kernel has died again
      });
      future.dispose();
    }
    connection.iopubMessage.disconnect(listen);
  }

  /**
   * Run code; the reply is there when all output is, or when it was found to be lost. The future is not disposed of by itself: other cells may change what this one displays.
   * @param {string} code
   * @param {(message: any) => any} take Gets each message of output.
   */
  execute(code, take) {
    const future = this.connection.requestExecute({ code, stop_on_error: true, allow_stdin: false }, false);
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
   * Find out why the connection is broken.
   * @returns {Promise<"line" | "kernel" | "refused" | "server">} "line": the kernel still runs;
   *   "kernel": it has ended; "refused": the server was restarted and does not know this page;
   *   "server": it does not answer.
   */
  async whatIsLost() {
    try {
      const { ok, status } = await fetch(new URL(`api/kernels/${this.id}`, this.root));
      return ok ? "line" : status === 404 ? "kernel" : "refused";
    } catch {
      return "server";
    }
  }

  interrupt() {
    return this.connection.interrupt();
  }
  restart() {
    return this.connection.restart();
  }

  // Keepalive: the browser sends this even while the page closes.
  end() {
    if (!this.id) return this.starting?.abort();
    fetch(new URL(`api/kernels/${this.id}`, this.root), {
      method: "DELETE",
      keepalive: true,
      headers: { "X-XSRFToken": cookie("_xsrf") ?? "" },
    }).catch(() => {});
    this.id = null;
  }
}
