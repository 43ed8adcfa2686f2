// One kernel for one page: started, watched, and ended with the page.
import { KernelConnection } from "@jupyterlab/services/lib/kernel/default";
import { ServerConnection } from "@jupyterlab/services/lib/serverconnection";

const cookie = (name) =>
  document.cookie
    .split("; ")
    .find((pair) => pair.startsWith(`${name}=`))
    ?.slice(name.length + 1);

export class Kernel {
  // on: { status(status), connection(status), widget(comm, message) }
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
    // Kernels tell of a widget before a cell shows it. What comes after waits until this is done.
    this.connection.registerCommTarget("jupyter.widget", (comm, message) => this.on.widget(comm, message));
    await this.connection.info;
  }

  // Run code; `take` gets each message of what it puts out. The future's `done` is the reply. It is
  // not disposed of by itself: other cells may still change what this one has displayed.
  execute(code, take) {
    const future = this.connection.requestExecute({ code, stop_on_error: true, allow_stdin: false }, false);
    future.onIOPub = take;
    return future;
  }

  // Why the line is broken: "line" (the kernel is there), "kernel" (it has ended), "stranger" (the
  // server has been started anew and does not know this page), "server" (nobody answers).
  async whatIsLost() {
    try {
      const { ok, status } = await fetch(new URL(`api/kernels/${this.id}`, this.root));
      return ok ? "line" : status === 404 ? "kernel" : "stranger";
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

  // With the page: the browser sends this even while the page is closing.
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
