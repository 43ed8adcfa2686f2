// The kernel of one page: it starts, reports its state, and ends with the page.
import { KernelConnection } from "@jupyterlab/services/lib/kernel/default";
import { ServerConnection } from "@jupyterlab/services/lib/serverconnection";

const cookie = (name) =>
  document.cookie
    .split("; ")
    .find((pair) => pair.startsWith(`${name}=`))
    ?.slice(name.length + 1);

export class Kernel {
  /** @type {KernelConnection} */
  connection;
  /** @type {string | null} */
  id = null;

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
    const answer = await ServerConnection.makeRequest(
      new URL("api/kernels", this.root).href,
      { method: "POST", body: JSON.stringify({ name: "python3" }) },
      this.settings,
    );
    if (!answer.ok) throw new Error(`the server would not start a kernel (${answer.status}).`);
    const model = await answer.json();
    this.connection?.dispose(); // of a kernel that has ended
    this.id = model.id;
    this.connection = new KernelConnection({
      model: { id: model.id, name: model.name },
      serverSettings: this.settings,
    });
    this.connection.statusChanged.connect((_, status) => this.on.status(status));
    this.connection.connectionStatusChanged.connect((_, status) => this.on.connection(status));
    // A kernel announces a widget before a cell shows it. Later messages wait until this is done.
    this.connection.registerCommTarget("jupyter.widget", (comm, message) => this.on.widget(comm, message));
    await this.connection.info;
  }

  /**
   * Run code. The future is not disposed of by itself: other cells may change what this one displays.
   * @param {string} code
   * @param {(message: any) => any} take Gets each message of output.
   */
  execute(code, take) {
    const future = this.connection.requestExecute({ code, stop_on_error: true, allow_stdin: false }, false);
    future.onIOPub = take;
    return future;
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
    if (!this.id) return;
    fetch(new URL(`api/kernels/${this.id}`, this.root), {
      method: "DELETE",
      keepalive: true,
      headers: { "X-XSRFToken": cookie("_xsrf") ?? "" },
    }).catch(() => {});
    this.id = null;
  }
}
