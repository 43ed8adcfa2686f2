"""A Jupyter server in a process of its own, for the tests that open its pages."""

import contextlib
import os
import subprocess
import sys
import urllib.request

from .site.live.serving import free_port
from .waiting import wait_until


@contextlib.contextmanager
def jupyter_server(module, folder, root, *options):
    """Start a Jupyter server, and stop it at the end.

    Parameters
    ----------
    module : str
        What Python runs: ``"jupyter_server"`` or ``"jupyterlab"``.
    folder : pathlib.Path
        Takes the server's log and settings, apart from the reader's own.
    root : pathlib.Path
        The folder whose notebooks it opens.
    *options : str
        What else its command line has.

    Yields
    ------
    str
        The server's address.
    """
    own = {
        name: str(folder / name.lower())
        for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR")
    }
    port, log = free_port(), folder / "server.log"
    with log.open("w") as written:
        server = subprocess.Popen(
            [sys.executable, "-m", module, "--no-browser", "--ip=127.0.0.1",
             f"--ServerApp.port={port}", "--ServerApp.port_retries=0", "--IdentityProvider.token=",
             "--ServerApp.allow_root=True", f"--ServerApp.root_dir={root}",
             "--ServerApp.terminals_enabled=False", *options],
            env={**os.environ, **own}, stdout=written, stderr=subprocess.STDOUT, cwd=root,
        )  # fmt: skip
    address = f"http://127.0.0.1:{port}"

    def answers():
        assert server.poll() is None, log.read_text("utf-8")
        with contextlib.suppress(OSError):
            urllib.request.urlopen(f"{address}/api/status", timeout=30).close()
            return True

    try:
        wait_until(answers, 240, f"{module} did not start")
        yield address
    finally:
        server.terminate()
        try:
            server.wait(60)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()
