"""A live server in a process of its own, and what a program can ask it without a browser."""

import http.client
import itertools
import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
import uuid
from pathlib import Path

import psutil
import websocket

from ...waiting import PATIENCE, wait_until

ROOT = Path(__file__).parents[3]
LINK = re.compile(r"http://127\.0\.0\.1:(?P<port>\d+)/live/open\?key=(?P<key>[\w-]+)")
# The server alone, beside a site that a test has laid out: site, front end, folder, port, minutes.
# It says when a kernel begins to start and has started, and waits in between for the file GATE; and
# for the file MET before it ends those that no page has met.
ALONE = """
import asyncio
import json
import os
import sys
from pathlib import Path
from softmax_book.live import server
site, front_end, folder, port, minutes, orphan = sys.argv[1:]
def link(key):
    print(f"http://127.0.0.1:{port}/live/open?key={key}", flush=True)
keys = server.Keys(link)
start_kernel = server.PageKernels.start_kernel
gate = os.environ.get("GATE")
async def say_start(self, **options):
    print("<a start has begun>", flush=True)
    while gate and not os.path.exists(gate):
        await asyncio.sleep(0.01)
    kernel = await start_kernel(self, **options)
    print("<a start has ended>", flush=True)
    return kernel
server.PageKernels.start_kernel = say_start
end_if_unmet, met = server.PageKernels._end_if_unmet, os.environ.get("MET")
async def wait_and_end_if_unmet(self, kernel):
    while met and not os.path.exists(met):
        await asyncio.sleep(0.01)
    await end_if_unmet(self, kernel)
server.PageKernels._end_if_unmet = wait_and_end_if_unmet
if os.environ.get("BREAKS_THE_END"):
    async def fail(self):
        raise RuntimeError("the cleaning failed")
    server.LiveServer._cleanup = fail
server.serve(Path(site), Path(front_end), Path(folder), int(port), keys=keys,
             started=lambda: link(keys.key), idle_minutes=float(minutes),
             orphan_seconds=int(orphan), **json.loads(os.environ.get("LIMITS", "{}")))
"""


# Ports below those that a system hands out by itself: nothing that only wants some port, such as
# a browser's connection, takes one between the look at it and the start of the server.
PORTS = itertools.count(20_000 + 97 * os.getpid() % 10_000)
# UDP ports of the same numbers, held until this process ends: other tests that run at the same time
# leave these numbers alone.
TAKEN = []


def free_port():
    """Return a port to serve on: each time another, which no other run of the tests gets."""
    for port in PORTS:
        held = socket.socket(type=socket.SOCK_DGRAM)
        try:
            held.bind(("127.0.0.1", port))
            with socket.socket() as probe:
                probe.bind(("127.0.0.1", port))
        except OSError:
            held.close()
            continue
        TAKEN.append(held)
        return port
    raise AssertionError("there are always more numbers")


class Live:
    """A process that serves, its lines, and the links that it has printed."""

    def __init__(self, *arguments, cwd=ROOT, **environment):
        self.process = subprocess.Popen(
            [sys.executable, *map(str, arguments)],
            cwd=cwd,
            env={**os.environ, **{name: str(value) for name, value in environment.items()}},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,  # a signal to its group reaches it as Ctrl-C does
        )
        self.lines, self.links = [], []
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self):
        for line in self.process.stdout:
            self.lines.append(line.rstrip("\n"))
            if found := LINK.search(line):
                self.links.append(found)

    @property
    def text(self):
        return "\n".join(self.lines)

    def has_ended(self):
        """Say whether the process is gone and all that it said has been read."""
        return self.process.poll() is not None and not self._reader.is_alive()

    def wait_until(self, holds, message):
        """Wait until something is so; if it never is, tell what the process has said."""
        return wait_until(holds, message=lambda: f"{message}; it said:\n{self.text}")

    def wait_for_link(self):
        self.wait_until(lambda: self.links or self.has_ended(), "no link was printed")
        assert self.links, self.text
        self.port = int(self.links[0]["port"])
        return self

    def wait_for_line(self, part):
        self.wait_until(lambda: part in self.text or self.has_ended(), f"it never said {part!r}")
        assert part in self.text, self.text

    def family(self):
        """Every process that this one has started, and their children."""
        try:
            children = psutil.Process(self.process.pid).children(recursive=True)
        except psutil.NoSuchProcess:
            return []
        return [*filter(is_alive, children)]

    def interrupt(self):
        """Press Ctrl-C: the signal goes to the whole group. Returns the exit code."""
        os.killpg(self.process.pid, signal.SIGINT)
        return self.wait()

    def wait(self):
        """Wait for the end of the process; returns the exit code."""
        return self.process.wait(PATIENCE)

    def stop(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.wait()
            except subprocess.TimeoutExpired:
                os.killpg(self.process.pid, signal.SIGKILL)
                self.process.wait()
        self._reader.join(PATIENCE)  # a pipe must not be closed while it is read
        self.process.stdout.close()


def is_alive(process):
    """Say whether a process still runs: one that has ended and that nobody asks about does not."""
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:  # it has ended between the two questions
        return False


def gone(processes, seconds=PATIENCE):
    """Wait for the end of some processes; returns those that live on."""
    end = time.monotonic() + seconds
    while (alive := [*filter(is_alive, processes)]) and time.monotonic() < end:
        time.sleep(0.02)
    return alive


class Visitor:
    """A browser's part in the conversation, with every header in the hand of the test."""

    def __init__(self, live):
        self.live, self.cookies, self.set_cookies = live, {}, []

    @property
    def own(self):
        return f"127.0.0.1:{self.live.port}"

    def ask(self, method, path, body=None, **headers):
        """Send a request; underscores in the headers' names stand for dashes."""
        headers = {name.replace("_", "-"): value for name, value in headers.items()}
        headers.setdefault("Host", self.own)
        if self.cookies:
            headers.setdefault("Cookie", "; ".join(f"{k}={v}" for k, v in self.cookies.items()))
        connection = http.client.HTTPConnection("127.0.0.1", self.live.port, timeout=PATIENCE)
        try:
            connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
            data = None if body is None else json.dumps(body).encode()
            if data is not None:
                headers["Content-Length"] = str(len(data))
            for name, value in headers.items():
                connection.putheader(name, value)
            connection.endheaders(data)
            answer = connection.getresponse()
            answer.body = answer.read().decode("utf-8", "replace")
        finally:
            connection.close()
        for line in answer.headers.get_all("Set-Cookie") or []:
            self.set_cookies.append(line)
            name, value = line.split(";")[0].split("=", 1)
            self.cookies[name] = value
        return answer

    def open_link(self):
        """Open the newest link, and wait until the next one has been printed; returns the answer.

        Who did not wait would leave to the next test a link that has been used.
        """
        count = len(self.live.links)
        answer = self.ask("GET", f"/live/open?key={self.live.links[-1]['key']}")
        assert answer.status == 200
        wait_until(lambda: len(self.live.links) > count, message="no new link was printed")
        return answer

    def enter(self):
        """Open the newest link, then a page, as the browser does."""
        self.open_link()
        assert self.ask("GET", "/book/index.html").status == 200
        return self

    @property
    def xsrf(self):
        return self.cookies["_xsrf"]

    def start_kernel(self, **body):
        answer = self.ask(
            "POST", "/api/kernels", {"name": "python3", **body}, X_XSRFToken=self.xsrf
        )
        assert answer.status == 201, answer.body
        return json.loads(answer.body)["id"]

    def kernels(self):
        answer = self.ask("GET", "/api/kernels")
        assert answer.status == 200, answer.body
        return [kernel["id"] for kernel in json.loads(answer.body)]

    def end_kernel(self, kernel):
        return self.ask("DELETE", f"/api/kernels/{kernel}", X_XSRFToken=self.xsrf).status

    def connect(self, kernel, *, origin=None, host=None, cookies=True):
        """Open the kernel's WebSocket; raises websocket.WebSocketBadStatusException."""
        options = {"host": host} if host else {}
        line = socket.create_connection(("127.0.0.1", self.live.port), timeout=PATIENCE)
        try:
            return websocket.create_connection(
                f"ws://{self.own}/api/kernels/{kernel}/channels",
                origin=origin or f"http://{self.own}",
                cookie="; ".join(f"{k}={v}" for k, v in self.cookies.items()) if cookies else None,
                socket=line,
                timeout=PATIENCE,
                **options,
            )
        except websocket.WebSocketException:
            line.close()
            raise

    def run(self, kernel, code):
        """Run code in a kernel; returns what it printed."""
        channel = self.connect(kernel)
        try:
            send(channel, code)
            printed = ""
            while True:
                message = json.loads(channel.recv())
                content = message["content"]
                if message["msg_type"] == "stream":
                    printed += content["text"]
                elif message["msg_type"] == "error":
                    raise AssertionError(content)
                elif (
                    message["parent_header"].get("msg_type") == "execute_request"
                    and content.get("execution_state") == "idle"
                ):
                    return printed
        finally:
            channel.close()


def send(channel, code):
    header = {"msg_id": uuid.uuid4().hex, "username": "", "session": "s", "version": "5.3"}
    content = {"code": code, "silent": False, "store_history": False, "allow_stdin": False}
    message = {"header": {**header, "msg_type": "execute_request"}, "parent_header": {}}
    channel.send(json.dumps({**message, "metadata": {}, "content": content, "channel": "shell"}))
