"""The server behind live cells: the built site and its kernels, on one loopback origin.

It is Jupyter's own server with most of it left out. What stays is the kernels' part of its
interface, its checks of host, origin, cookie and XSRF token, and its WebSocket. Nothing is served
to a browser that has not opened a link which this run printed, and each link works once.
"""

import asyncio
import contextlib
import hmac
import json
import os
import re
import secrets
import signal
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from jupyter_client.jsonutil import json_default
from jupyter_server.auth.decorator import allow_unauthenticated
from jupyter_server.auth.identity import IdentityProvider, User
from jupyter_server.base.handlers import APIHandler, JupyterHandler
from jupyter_server.serverapp import ServerApp
from jupyter_server.services.kernels.connection.base import serialize_msg_to_ws_v1
from jupyter_server.services.kernels.connection.channels import ZMQChannelsWebsocketConnection
from jupyter_server.services.kernels.handlers import MainKernelHandler
from jupyter_server.services.kernels.kernelmanager import AsyncMappingKernelManager
from jupyter_server.utils import ApiPath
from tornado import web
from tornado.ioloop import IOLoop
from traitlets import Any as AnyTrait
from traitlets import Dict, Integer, Set, Unicode
from traitlets.config import Config

from softmax_book.building.environment import is_of_matplotlib, matplotlib_environment
from softmax_book.edition import LITE, PAGES
from softmax_book.live.visitors import find_owner, is_other_user, name_client, name_user
from softmax_book.pages.policy import read_policy, without_policy
from softmax_steps.palette import FONTS

HOST = "127.0.0.1"
FRONT_DOOR = f"/{PAGES}/index.html"
# The path of a Unix socket has at most 103 letters on macOS and 107 on Linux, of which 58 follow:
# /runtime/kernel-, the kernel's 36 and -ipc-5.
LONGEST_SOCKET_FOLDER = 45
UNMET_SECONDS = 60
MOST_KERNELS = 12  # each has about 100 MB
KERNEL_CONFIG = """\
c = get_config()
c.IPKernelApp.ignore_cwd = True
c.IPKernelApp.exec_lines = ["__import__('sys').path.append('')"]
c.IPKernelApp.extensions = ["softmax_book.live.kernel"]
"""
LONGEST_END = 15  # seconds that all kernels together have to start, and then to end
REFUSAL = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>{title}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>:root {{ color-scheme: light dark }} body {{ font: 1.05rem/1.6 {font};
max-width: 38rem; margin: 12vh auto; padding: 0 1.25rem }}</style></head>
<body><main><h1>{title}</h1><p>{text}</p></main></body></html>
"""


class Keys:
    """The secrets of one run: each opens the book once, in one browser.

    Parameters
    ----------
    announce : callable
        Is given each new key.
    tell : callable
        Is given a sentence on each client that comes with a key.
    """

    def __init__(
        self,
        announce: Callable[[str], object] = lambda key: None,
        tell: Callable[[str], object] = lambda news: None,
    ) -> None:
        self._announce, self._tell = announce, tell
        self.key = secrets.token_urlsafe(32)

    def spend(self, offered: str, client: str = "a client", owner: int | None = None) -> bool:
        """Say whether a key opens the book; if so, it never does again and a new one is announced.

        Parameters
        ----------
        offered : str
        client : str
            The kind of client that offers it.
        owner : int or None
            The user who owns the client, if known. Another user's key is refused and kept.

        Returns
        -------
        bool
        """
        if not hmac.compare_digest(offered.encode(), self.key.encode()):
            return False
        whose = "" if owner is None else f", which the user {name_user(owner)} runs"
        moment = time.strftime("%H:%M:%S")
        if is_other_user(owner):
            self._tell(
                f"Refused: at {moment} {client}{whose}, came with the link. The link has leaked, "
                "but the book was not opened."
            )
            return False
        self._tell(
            f"The link was used at {moment} by {client}{whose}. If that was not you, press Ctrl-C."
        )
        self.key = secrets.token_urlsafe(32)
        self._announce(self.key)
        return True


def name_ending(code: int | None) -> str:
    """Name how a process has ended.

    Parameters
    ----------
    code : int or None
        Its exit status; on Linux and macOS minus the number of the signal that has ended it.

    Returns
    -------
    str
        The signal's name, the status as a number, or nothing if it is not known.

    Examples
    --------
    >>> name_ending(-9), name_ending(1), name_ending(None)
    ('SIGKILL', '1', '')
    """
    if code is None:
        return ""
    with contextlib.suppress(ValueError):
        return signal.Signals(-code).name
    return str(code)


class PageConnection(ZMQChannelsWebsocketConnection):
    """The connection between a page and its kernel."""

    def connect(self) -> Any:
        """Note the connection, so that the page is told when its kernel has ended."""
        self.multi_kernel_manager.connections.add(self)
        return super().connect()

    def disconnect(self) -> Any:
        """Forget the connection."""
        self.multi_kernel_manager.connections.discard(self)
        super().disconnect()

    def _send_status_message(self, status: str) -> None:
        # Jupyter tells that a kernel has ended, and not how.
        how = self.multi_kernel_manager.endings.get(self.kernel_id)
        if how is None or status != "restarting":
            super()._send_status_message(status)
            return
        self.channels["iopub"].flush()  # what the kernel has printed before it ended comes first
        message = self.session.msg("status", {"execution_state": status, "ended_by": how})
        if self.subprotocol:
            data = serialize_msg_to_ws_v1(message, "iopub", self.session.pack)
            self.write_message(data, binary=True)
        else:
            self.write_message(json.dumps({**message, "channel": "iopub"}, default=json_default))


class PageKernels(AsyncMappingKernelManager):
    """One kernel for each open page, which ends soon after the page."""

    orphan_seconds = Integer(
        help="How long a kernel waits for a page that has lost its connection."
    ).tag(config=True)
    unmet_seconds = Integer(help="How long a new kernel waits for its page to connect.").tag(
        config=True
    )
    most_kernels = Integer(help="How many kernels there may be at once.").tag(config=True)

    connections = Set()
    endings = Dict()  # how the kernel's last process has ended, by the kernel's number
    _met = Set()  # the kernels that a page has connected to
    _leaves = Dict()  # how often a page has left a kernel
    _is_stopping = False

    def kernel_model(self, kernel_id: str) -> dict:
        """Describe a kernel, but none that still starts: Jupyter would fail at the whole list."""
        if getattr(self._kernels.get(kernel_id), "last_activity", None) is None:
            raise web.HTTPError(404, f"There is no kernel {kernel_id} yet, or no more.")
        return super().kernel_model(kernel_id)

    def notify_connect(self, kernel_id: str) -> None:
        """Note that a page has found its kernel."""
        self._met.add(kernel_id)
        super().notify_connect(kernel_id)

    async def start_kernel(self, **options: Any) -> str:  # type: ignore[override]
        """Start a kernel in the learner's folder, whatever the request asks for.

        Parameters
        ----------
        **options
            A name, folder and number of the request's own are ignored: without a folder Jupyter
            would take the one that the server was started in, which is the book's repository.

        Returns
        -------
        str
            The kernel's number.

        Raises
        ------
        tornado.web.HTTPError
            If there are as many as there may be, the server stops, or the kernel does not start.
        """
        if self._is_stopping:
            raise web.HTTPError(503, "The server stops.", reason="The server stops.")
        if len(self.list_kernel_ids()) + len(self._pending_kernels) >= self.most_kernels:
            raise web.HTTPError(
                429,
                reason=f"{self.most_kernels} pages are live already: close one, and try again.",
            )
        try:
            kernel = await super().start_kernel(kernel_name="python3", path=ApiPath(""))
        except Exception as error:
            said = str(error).splitlines() or [type(error).__name__]
            said[0] = re.sub(r"[^ -~]", "?", said[0])  # all that a status line may hold
            raise web.HTTPError(500, reason=f"Python did not start: {said[0]}") from error
        self.add_restart_callback(kernel, partial(self._note_ending, kernel))
        IOLoop.current().call_later(self.unmet_seconds, self._end_if_unmet, kernel)
        return kernel

    def _note_ending(self, kernel_id: str) -> None:
        kernel: Any = self.get_kernel(kernel_id)
        # Until it hears of the new process, Jupyter takes it for as busy as the dead one was; to a
        # busy kernel it connects a page without waiting for its output to come through, and what a
        # cell prints until then is lost.
        kernel.execution_state = "starting"
        process = getattr(kernel.provisioner, "process", None)
        self.endings[kernel_id] = name_ending(process.poll() if process else None)

    async def _add_kernel_when_ready(self, kernel_id, km, kernel_awaitable):
        # Jupyter keeps a start that has failed among those under way, and then cannot end.
        try:
            await super()._add_kernel_when_ready(kernel_id, km, kernel_awaitable)
        finally:
            self._pending_kernels.pop(kernel_id, None)

    async def shutdown_kernel(  # type: ignore[override]
        self, kernel_id: str, *arguments: Any, **options: Any
    ) -> None:
        """End a kernel and close its connections, or its page would wait for answers."""
        await super().shutdown_kernel(kernel_id, *arguments, **options)
        self._met.discard(kernel_id)
        self._leaves.pop(kernel_id, None)
        self.endings.pop(kernel_id, None)
        for connection in [each for each in self.connections if each.kernel_id == kernel_id]:
            connection.websocket_handler.close(1000)  # which the page takes as final

    async def shutdown_all(self, now: bool = False) -> None:  # type: ignore[override]
        """End every kernel, and start no more.

        Starts under way are waited for: Jupyter itself would raise an error for them, and for
        those that have failed. No trouble with one kernel keeps another, or the server, alive.
        """
        self._is_stopping = True
        starts = [start for start in self._pending_kernels.values() if not start.done()]
        if starts:
            await asyncio.wait(starts, timeout=LONGEST_END)
        kernels = {name: self.get_kernel(name) for name in self.list_kernel_ids()}
        ends = [asyncio.ensure_future(self.shutdown_kernel(name, now=now)) for name in kernels]
        if ends:
            await asyncio.wait(ends, timeout=LONGEST_END)
        for kernel in kernels.values():
            with contextlib.suppress(Exception):
                if kernel.has_kernel and kernel.provisioner:
                    await kernel.provisioner.kill()

    def notify_disconnect(self, kernel_id: str) -> None:
        """Give a page that has lost its connection, or sleeps, time to come back."""
        super().notify_disconnect(kernel_id)
        # Each page that it goes along to, or comes back to, begins the time anew.
        self._leaves[kernel_id] = self._leaves.get(kernel_id, 0) + 1
        IOLoop.current().call_later(
            self.orphan_seconds, self._end_if_left, kernel_id, self._leaves[kernel_id]
        )

    async def _end_if_left(self, kernel_id, leaves):
        if self._leaves.get(kernel_id) == leaves:
            await self._end_if_alone(kernel_id)

    async def _end_if_alone(self, kernel_id):
        if kernel_id in self and not self._kernel_connections.get(kernel_id):
            await self.shutdown_kernel(kernel_id)

    async def _end_if_unmet(self, kernel_id):
        if kernel_id not in self._met:
            await self._end_if_alone(kernel_id)

    def cwd_for_path(self, path: str, **kwargs: Any) -> str:
        """Return the learner's folder: a request cannot name another."""
        return self.root_dir


class KernelsHandler(MainKernelHandler):
    """Where a page asks for its kernel."""

    _has_gone = False

    def on_connection_close(self) -> None:
        """Note that the page has gone without waiting for the answer."""
        self._has_gone = True
        super().on_connection_close()

    @web.authenticated
    async def post(self) -> None:
        """Start the book's Python, and end it if the page has gone meanwhile."""
        asked = self.get_json_body() or {}
        if asked.get("name", "python3") != "python3":
            raise web.HTTPError(400, reason="There is no other kernel than python3.")
        kernel = await self.kernel_manager.start_kernel()
        if self._has_gone:
            await self.kernel_manager.shutdown_kernel(kernel)
            return
        self.set_status(201)
        self.finish(json.dumps(self.kernel_manager.kernel_model(kernel), default=json_default))


class Guarded(JupyterHandler):
    """What every page and file of the server has in common."""

    @property
    def content_security_policy(self) -> str:
        """Nothing may load, run or frame an answer, except what a page's own policy allows."""
        return "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"

    def set_default_headers(self) -> None:
        """Add what keeps other pages, of this machine too, from reading or holding ours."""
        super().set_default_headers()
        self.set_header("Cross-Origin-Opener-Policy", "same-origin")
        self.set_header("Cross-Origin-Resource-Policy", "same-origin")
        self.set_header("Referrer-Policy", "same-origin")

    def write_error(self, status_code: int, **options: Any) -> None:
        """Say in plain words that something is not to be had."""
        known = {403: "This is not served", 404: "There is no such page"}
        text = f'Go back, or begin at <a href="{FRONT_DOOR}">the front page</a>.'
        if self.request.path.startswith(f"/{LITE}/"):
            text = f"JupyterLite is for the published site; here the pages themselves run. {text}"
        title = known.get(status_code, f"The server could not answer ({status_code})")
        self.refuse(title, text, status=status_code)

    def refuse(self, title: str, text: str, *, status: int = 403) -> None:
        """Answer with a page of plain words."""
        self.set_status(status)
        self.set_header("Content-Type", "text/html; charset=utf-8")
        self.finish(REFUSAL.format(title=title, text=text, font=FONTS["report"]))

    def refuse_unknown(self) -> None:
        """Refuse a browser that has opened no link of this run."""
        self.refuse(
            "This book is open in another browser",
            "Go to the terminal where <code>make live</code> runs and open the link that it "
            "printed last. After a new start of <code>make live</code> the old links and the "
            "pages opened with them are no longer valid.",
        )


class OpenHandler(Guarded):
    """The one-time link."""

    @allow_unauthenticated
    def get(self) -> Any:
        """Let the browser in that brings the key, and take the key out of its address bar."""
        client = name_client(self.request.headers.get("User-Agent", ""))
        port = self.settings["port"]
        connection: Any = self.request.connection
        owner = find_owner(connection.context.address[:2], (HOST, port))
        if self.settings["keys"].spend(self.get_query_argument("key", ""), client, owner):
            provider = self.identity_provider
            provider.set_login_cookie(self, User(username="learner"))
        elif is_other_user(owner):
            return self.refuse(
                "This book is open for another user of this machine",
                "The link is for the one who runs <code>make live</code>.",
            )
        elif not self.current_user:
            return self.refuse(
                "This link has been used, or is of another run",
                "Each link opens the book once. The next one stands in the terminal where "
                "<code>make live</code> runs.",
            )
        self.set_header("Referrer-Policy", "no-referrer")  # the next page must not hold the key
        # No redirect: a browser that was led here by another site would not send the cookie.
        self.set_header("Cache-Control", "no-store")
        self.set_header("Content-Type", "text/html; charset=utf-8")
        return self.finish(
            f'<!DOCTYPE html><meta charset="utf-8"><meta http-equiv="refresh" content="0; '
            f'url={FRONT_DOOR}"><title>Opening the book</title><a href="{FRONT_DOOR}">Open</a>'
        )


class StatusHandler(APIHandler):
    """What the button asks: whether there is a Python behind its page."""

    @allow_unauthenticated
    def get(self) -> None:
        """Answer yes, or that the browser is not known."""
        self.set_status(200 if self.current_user else 403)
        self.finish(json.dumps({"live": True, "known": bool(self.current_user)}))


class FileHandler(Guarded, web.StaticFileHandler):
    """Files of one folder, for the known browser."""

    @allow_unauthenticated  # the refusal is a page of its own and no redirect to a login
    async def get(self, path: str, include_body: bool = True) -> None:
        """Serve a file."""
        if not self.current_user:
            return self.refuse_unknown()
        if "\0" in path:
            raise web.HTTPError(404)
        self.xsrf_token  # noqa: B018 - reading it sets the cookie that the page's requests echo
        return await self.serve(path, include_body)

    @allow_unauthenticated
    async def head(self, path: str) -> None:
        """Serve a file's head."""
        await self.get(path, include_body=False)

    async def serve(self, path: str, include_body: bool) -> Any:
        """Serve a file as it is."""
        return await web.StaticFileHandler.get(self, path, include_body)

    def validate_absolute_path(self, root: str, absolute_path: str) -> str | None:
        """Refuse whatever lies outside the folder once symbolic links have been followed."""
        if not Path(absolute_path).resolve().is_relative_to(Path(root).resolve()):
            raise web.HTTPError(403, "outside the site")
        return super().validate_absolute_path(root, absolute_path)

    def get_content_type(self) -> str:
        """Name a file's type: Jupyter's handlers would call everything HTML."""
        kind = web.StaticFileHandler.get_content_type(self)
        return "text/javascript" if kind == "application/javascript" else kind

    def set_headers(self) -> None:
        """Have the browser ask each time whether a file has changed."""
        super().set_headers()
        self.set_header("Cache-Control", "no-cache")


class SiteHandler(FileHandler):
    """The built site. A page's policy is widened by what live cells need, and by no other host."""

    async def serve(self, path: str, include_body: bool) -> Any:
        """Serve a page with its policy, or a file."""
        self.path = self.parse_url_path(path)
        if self.path.endswith("/") or not self.path:
            self.path += "index.html"
        absolute = self.get_absolute_path(self.root, self.path)
        # Notebooks of JupyterLite may load and run what they like: not on the kernel's own origin.
        if os.path.relpath(absolute, self.root).casefold().startswith(LITE):
            raise web.HTTPError(404)
        file = self.validate_absolute_path(self.root, absolute)
        if file is None:
            return None
        if not file.endswith(".html"):
            return await super().serve(self.path, include_body)
        self.absolute_path = file  # tornado names the file's version by it
        page = Path(file).read_text("utf-8")
        self.set_header("Content-Security-Policy", live_policy(page, self.request.host))
        page = without_policy(page)  # it would hold beside the wider one
        self.set_header("Content-Type", "text/html; charset=utf-8")
        self.set_header("Cache-Control", "no-cache")
        return self.finish(page if include_body else None)


def live_policy(page: str, host: str) -> str:
    """Return the policy of a page that may have live cells.

    Parameters
    ----------
    page : str
        HTML, with the policy that the build has written into it.
    host : str
        Host and port that the page is served from.

    Returns
    -------
    str
        Nothing at all, if the page has none. Else its own policy, and: the kernel's WebSocket,
        which not every browser counts as the page's own origin; views of widgets, which arrive
        from the kernel as text and become modules (``blob:``); and pictures made in the page.
    """
    rules = {name: rule.replace(" file:", "") for name, rule in read_policy(page).items()}
    if rules:
        rules["script-src"] += " blob:"
        rules["img-src"] += " blob:"
        rules["connect-src"] += f" ws://{host}"
    rules = {"default-src": "'none'", **rules, "frame-ancestors": "'none'"}
    return "; ".join(f"{name} {value}" for name, value in rules.items())


class Learner(IdentityProvider):
    """The one user: known by the cookie alone, which dies with the run."""

    def get_handlers(self) -> list:
        """Offer no login and no logout."""
        return []

    def get_token(self, handler: Any) -> None:
        """Take no token: a key is for the link, and a link is for a browser."""


class LiveServer(ServerApp):
    """Jupyter's server, reduced to kernels, with the site beside them.

    Settings and extensions of the reader's own Jupyter are not loaded.
    """

    name = "softmax-live"
    default_services = ("kernels",)  # type: ignore[assignment]
    no_browser_open_file = True  # it would hold a secret, on the disk
    site = Unicode()
    front_end = Unicode()
    keys = AnyTrait()

    def load_config_file(self, suppress_errors: bool = True) -> None:  # type: ignore[override]
        """Load none."""

    def find_server_extensions(self) -> None:
        """Find none."""

    def write_server_info_file(self) -> None:
        """Write none: it would hold a secret."""

    def init_signal(self) -> None:
        """Stop at the first Ctrl-C, without a question, and when the terminal is closed."""
        for name in ("SIGINT", "SIGTERM", "SIGHUP"):
            if hasattr(signal, name):
                signal.signal(getattr(signal, name), self._signal_stop)

    def _signal_stop(self, sig, frame):
        if not self._stopping:
            self.stop(from_signal=True)

    async def _stop(self) -> None:
        # Nothing that goes wrong while this cleans may leave the server running.
        try:
            await asyncio.wait_for(self._cleanup(), 3 * LONGEST_END)
        except Exception as error:
            self.log.error("Not all could be cleaned: %s: %s", type(error).__name__, error)
        finally:
            self.io_loop.stop()

    def init_webapp(self) -> None:
        """Put the site before Jupyter's own addresses, except the kernels'."""
        self.tornado_settings |= {
            "keys": self.keys,
            "port": self.port,
            "xsrf_cookie_kwargs": {"path": "/", "samesite": "Strict"},
        }
        super().init_webapp()
        self.web_app.add_handlers(
            ".*$",
            [
                (r"/live/open", OpenHandler),
                (r"/live/status", StatusHandler),
                (r"/api/kernels", KernelsHandler),
                (r"/live/files/(.*)", FileHandler, {"path": self.front_end}),
                (r"/(?!api/|live/)(.*)", SiteHandler, {"path": self.site}),
            ],
        )


def settings(
    folder: Path,
    port: int,
    *,
    idle_minutes: float,
    orphan_seconds: int,
    unmet_seconds: int = UNMET_SECONDS,
    most_kernels: int = MOST_KERNELS,
) -> Config:
    """Return the server's settings.

    Parameters
    ----------
    folder : pathlib.Path
        A folder of this run alone, removed after it.
    port : int
    idle_minutes : float
        After so long without a run a kernel ends.
    orphan_seconds : int
        So long a kernel waits for a page that has lost its connection.
    unmet_seconds : int
        So long a new kernel waits for its page to connect.
    most_kernels : int
        So many there may be at once.

    Returns
    -------
    traitlets.config.Config
    """
    short = os.name != "nt" and len(str(folder)) <= LONGEST_SOCKET_FOLDER
    config = Config()
    config.LiveServer.update(
        ip=HOST,
        port=port,
        port_retries=0,
        open_browser=False,
        root_dir=str(folder / "work"),
        allow_root=hasattr(os, "geteuid") and os.geteuid() == 0,
        allow_origin="",
        allow_remote_access=False,
        local_hostnames=[],
        terminals_enabled=False,
        quit_button=False,
        kernel_manager_class=PageKernels,
        kernel_websocket_connection_class=PageConnection,
        identity_provider_class=Learner,
        cookie_secret=secrets.token_bytes(32),  # Jupyter would keep one on the disk
        log_level="ERROR",
    )
    config.Learner.update(
        cookie_options={"samesite": "Strict"},
        token=secrets.token_urlsafe(32),  # asked for nowhere; an empty one would let everybody in
    )
    config.PageKernels.update(
        cull_idle_timeout=max(1, round(60 * idle_minutes)),
        cull_interval=max(1, min(60, round(15 * idle_minutes))),
        cull_connected=True,
        orphan_seconds=orphan_seconds,
        unmet_seconds=unmet_seconds,
        most_kernels=most_kernels,
    )
    # A slider that redraws a figure may send ten pictures a second.
    config.PageConnection.update(iopub_data_rate_limit=1e7, iopub_msg_rate_limit=3000)
    config.KernelSpecManager.update(
        kernel_dirs=[], allowed_kernelspecs={"python3"}
    )  # this Python's
    config.KernelManager.update(shutdown_wait_time=1.0)
    # Sockets that are files of this user alone; where there are none, TCP ports with signatures.
    config.KernelManager.transport = "ipc" if short else "tcp"
    return config


def serve(
    site: Path,
    front_end: Path,
    folder: Path,
    port: int,
    *,
    keys: Keys,
    started: Callable[[], None],
    idle_minutes: float,
    orphan_seconds: int = 600,
    unmet_seconds: int = UNMET_SECONDS,
    most_kernels: int = MOST_KERNELS,
) -> None:
    """Serve until a signal says stop; then end all kernels.

    Parameters
    ----------
    site, front_end : pathlib.Path
        The built site, and the bundled page.
    folder : pathlib.Path
        A folder of this run alone.
    port : int
        A free port.
    keys : Keys
    started : callable
        Called once the server listens.
    idle_minutes : float
    orphan_seconds, unmet_seconds, most_kernels : int
        As for :func:`settings`.
    """
    (folder / "work").mkdir()
    # Whatever Jupyter, IPython and the kernels would keep is kept in the folder of this run.
    for name in ("JUPYTER_RUNTIME_DIR", "JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "IPYTHONDIR"):
        place = folder / name.removeprefix("JUPYTER_").removesuffix("_DIR").lower()
        place.mkdir(mode=0o700)
        os.environ[name] = str(place)
    # A file that a cell has written may be imported, but never takes the place of a package: one
    # called numpy.py would break every later kernel.
    profile = folder / "ipythondir" / "profile_default"
    profile.mkdir(mode=0o700)
    (profile / "ipython_kernel_config.py").write_text(KERNEL_CONFIG)
    # Pictures look as on the built page, whatever the learner has told their own matplotlib.
    own = matplotlib_environment(os.environ)
    for name in filter(is_of_matplotlib, list(os.environ)):
        del os.environ[name]
    os.environ.update(own)
    os.environ["MPLBACKEND"] = "module://matplotlib_inline.backend_inline"  # figures, on the page
    LiveServer.clear_instance()
    server = LiveServer.instance(
        config=settings(
            folder,
            port,
            idle_minutes=idle_minutes,
            orphan_seconds=orphan_seconds,
            unmet_seconds=unmet_seconds,
            most_kernels=most_kernels,
        ),
        site=str(site),
        front_end=str(front_end),
        keys=keys,
    )
    server.initialize(argv=[])
    server.io_loop.add_callback(started)
    server.start()
