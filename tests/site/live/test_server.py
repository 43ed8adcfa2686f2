"""What the live server refuses, each probed for real, and that it ends what it has started."""

import asyncio
import contextlib
import datetime
import json
import re
import socket
import sys
import uuid
from types import SimpleNamespace

import psutil
import pytest
import websocket
from jupyter_client.ioloop.manager import AsyncIOLoopKernelManager

from softmax_book.live import server

from ...waiting import wait_until
from .conftest import serve_alone
from .serving import Visitor, gone, send

REFUSED = (403, 404, 405)

pytestmark = pytest.mark.skipif(
    sys.platform == "win32", reason="signals to a group of processes, and files as sockets"
)


@pytest.fixture
def kernel(learner):
    name = learner.start_kernel()
    yield name
    learner.end_kernel(name)


# --- who is let in ---


def listening(process):
    try:
        connections = process.net_connections(kind="inet")
    except psutil.NoSuchProcess:  # the kernel of an earlier test, say
        return []
    return [each.laddr[:2] for each in connections if each.status == psutil.CONN_LISTEN]


def test_it_listens_on_the_loopback_alone(live, learner, kernel):
    assert listening(psutil.Process(live.process.pid)) == [("127.0.0.1", live.port)]
    # A kernel's channels are files. The one port that ipykernel opens beside them takes what
    # processes that the kernel has started print, and is on the loopback too.
    code = "import ipykernel.connect as c, json; print(json.loads(c.get_connection_info()))"
    assert "'transport': 'ipc'" in learner.run(kernel, code)
    ports = [address for process in live.family() for address in listening(process)]
    assert len(ports) <= 1
    assert {host for host, _ in ports} <= {"127.0.0.1"}


def test_the_sockets_of_the_longest_folder_have_a_path_that_every_system_takes():
    longest = "x" * server.LONGEST_SOCKET_FOLDER
    assert len(f"{longest}/runtime/kernel-{uuid.uuid4()}-ipc-5") <= 103  # of macOS


@pytest.mark.parametrize(
    "path", ["/", "/book/index.html", "/data.json", "/live/files/page.js", "/no/such/page"]
)
def test_a_stranger_is_told_to_open_the_link(stranger, path):
    answer = stranger.ask("GET", path)
    assert answer.status == 403
    assert "make live" in answer.body
    assert stranger.ask("HEAD", path).status == 403


def test_a_stranger_gets_no_kernel(stranger, kernel):
    assert json.loads(stranger.ask("GET", "/live/status").body) == {"live": True, "known": False}
    for method, path in [
        ("GET", "/api/kernels"),
        ("POST", "/api/kernels"),
        ("GET", f"/api/kernels/{kernel}"),
        ("DELETE", f"/api/kernels/{kernel}"),
        ("POST", f"/api/kernels/{kernel}/interrupt"),
        ("POST", f"/api/kernels/{kernel}/restart"),
    ]:
        assert stranger.ask(method, path, {} if method == "POST" else None).status == 403
    with pytest.raises(websocket.WebSocketBadStatusException, match="403"):
        stranger.connect(kernel, cookies=False)


def test_a_link_works_once_and_another_is_printed(live, stranger):
    stranger.enter()
    old, new = live.links[-2]["key"], live.links[-1]["key"]
    assert old != new
    late = Visitor(live)
    answer = late.ask("GET", f"/live/open?key={old}")
    assert answer.status == 403
    assert "has been used" in answer.body
    assert late.cookies == {}
    late.enter()  # by the new one
    # Who is in already may press "back" onto the link.
    assert stranger.ask("GET", f"/live/open?key={old}").status == 200


@pytest.mark.parametrize("key", ["", "guess", "%00", "k" * 5000, "é"])
def test_a_guessed_key_opens_nothing(stranger, key):
    from urllib.parse import quote

    assert stranger.ask("GET", f"/live/open?key={quote(key)}").status == 403
    assert stranger.ask("GET", "/live/open").status == 403
    assert stranger.cookies == {}


def test_no_answer_holds_a_secret(live, learner):
    secrets = {link["key"] for link in live.links}
    assert len(secrets) >= 2
    assert all(len(secret) >= 43 for secret in secrets)  # 256 bits
    for path in ("/book/index.html", "/live/files/page.js", "/live/status", "/api/kernels"):
        answer = learner.ask("GET", path)
        said = answer.body + str(answer.headers)
        assert not [secret for secret in secrets if secret in said]
    # Nor does the next page learn it as the address it was opened from.
    opened = Visitor(live).open_link()
    assert opened.headers["Referrer-Policy"] == "no-referrer"
    assert opened.headers["Cache-Control"] == "no-store"


def test_every_run_has_its_own_secrets(tmp_path, live, learner):
    other = serve_alone(tmp_path)
    try:
        other.wait_for_link()
        assert other.links[0]["key"] not in {link["key"] for link in live.links}
        foreign = Visitor(other)
        assert foreign.ask("GET", f"/live/open?key={live.links[-1]['key']}").status == 403
        # Browsers send the cookies of one port to all ports of a host.
        name = next(name for name in learner.cookies if name.startswith("username-"))
        mine = f"username-127-0-0-1-{other.port}"
        foreign.cookies = {mine: learner.cookies[name], "_xsrf": learner.xsrf}
        assert foreign.ask("GET", "/book/index.html").status == 403
    finally:
        other.stop()


def test_cookies_are_strict(learner):
    assert len(learner.cookies) == 2
    for line in learner.set_cookies:
        assert "samesite=strict" in line.lower()
        assert "path=/" in line.lower().replace("; ", ";").split(";")[1:] or "Path=/" in line
    (login,) = {line for line in learner.set_cookies if line.startswith("username-")}
    assert "httponly" in login.lower()


@pytest.mark.parametrize("token", ["Authorization", "query"])
def test_a_token_is_no_way_in(live, stranger, token):
    key = live.links[-1]["key"]
    if token == "query":
        answer = stranger.ask("GET", f"/api/kernels?token={key}")
    else:
        answer = stranger.ask("GET", "/api/kernels", Authorization=f"token {key}")
    assert answer.status == 403


# --- other sites and other pages of this machine ---


@pytest.mark.parametrize(
    "host",
    ["evil.example", "evil.example:{port}", "localhost:{port}", "127.0.0.1.evil.example", ""],
)
def test_a_wrong_host_is_refused(live, learner, host):
    host = host.format(port=live.port)
    for path in ("/book/index.html", "/live/status", "/api/kernels", "/live/files/page.js"):
        assert learner.ask("GET", path, Host=host).status in (400, 403)
    key = live.links[-1]["key"]
    assert Visitor(live).ask("GET", f"/live/open?key={key}", Host=host).status in (400, 403)
    assert live.links[-1]["key"] == key  # and the link is not spent


def test_without_the_xsrf_token_nothing_is_changed(learner, kernel):
    for method, path in [
        ("POST", "/api/kernels"),
        ("POST", f"/api/kernels/{kernel}/interrupt"),
        ("DELETE", f"/api/kernels/{kernel}"),
    ]:
        body = {} if method == "POST" else None
        assert learner.ask(method, path, body).status == 403
        assert learner.ask(method, path, body, X_XSRFToken="guess").status == 403
    assert kernel in learner.kernels()


@pytest.mark.parametrize(
    "origin", ["http://evil.example", "http://127.0.0.1:1", "null", "own https"]
)
def test_a_page_of_another_origin_is_refused(learner, kernel, origin):
    origin = f"https://{learner.own}" if origin == "own https" else origin
    if not origin.startswith("https://127"):
        answer = learner.ask("POST", "/api/kernels", {}, Origin=origin, X_XSRFToken=learner.xsrf)
        assert answer.status in REFUSED
        answer = learner.ask("GET", "/api/kernels", Origin=origin)
        assert answer.status in REFUSED
        with pytest.raises(websocket.WebSocketBadStatusException, match="403"):
            learner.connect(kernel, origin=origin)
    # No answer gives another origin leave to read it.
    answer = learner.ask("OPTIONS", "/api/kernels", Origin=origin)
    assert "Access-Control-Allow-Origin" not in answer.headers
    assert "Access-Control-Allow-Credentials" not in answer.headers


def test_a_websocket_with_a_wrong_host_is_refused(learner, kernel):
    with pytest.raises(websocket.WebSocketBadStatusException, match=r"40[03]"):
        learner.connect(kernel, host="evil.example", origin="http://evil.example")


def test_an_answer_cannot_be_framed_or_embedded_elsewhere(learner):
    for path in ("/book/index.html", "/data.json", "/live/files/page.js", "/no/such/page"):
        headers = learner.ask("GET", path).headers
        assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
        assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
        assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
        assert headers["X-Content-Type-Options"] == "nosniff"


def test_a_pages_policy_names_no_other_host(learner):
    answer = learner.ask("GET", "/book/index.html")
    rules = dict(
        rule.split(" ", 1) for rule in answer.headers["Content-Security-Policy"].split("; ")
    )
    assert rules["default-src"] == "'none'"
    assert rules["connect-src"] == f"'self' ws://{learner.own}"
    assert "unsafe" not in rules["script-src"]
    assert set(re.sub(r"'sha256-[^']*'", "", rules["script-src"]).split()) == {"'self'", "blob:"}
    for name, rule in rules.items():
        hosts = [part for part in rule.split() if "." in part and not part.startswith("'sha256")]
        assert hosts == ([f"ws://{learner.own}"] if name == "connect-src" else [])
    assert "http-equiv" not in answer.body  # the older, narrower policy would hold as well


def test_a_page_without_a_policy_may_do_nothing(learner):
    answer = learner.ask("GET", "/bare.html")
    assert answer.headers["Content-Security-Policy"] == (
        "default-src 'none'; frame-ancestors 'none'"
    )


@pytest.mark.parametrize(
    "path", ["/lite/notebooks/index.html", "/lite/", "/book/../lite/notebooks/index.html"]
)
def test_jupyterlite_does_not_share_the_kernels_origin(learner, path):
    answer = learner.ask("GET", path)
    assert answer.status == 404
    assert "window.known" not in answer.body


# --- what is served ---


def test_the_site_is_served(learner):
    assert learner.ask("GET", "/data.json").body == "{}"
    assert "window.known" in learner.ask("GET", "/book/").body
    script = learner.ask("GET", "/live/files/page.js")
    assert script.headers["Content-Type"].startswith("text/javascript")
    head = learner.ask("HEAD", "/book/index.html")
    assert (head.status, head.body) == (200, "")


@pytest.mark.parametrize(
    "path",
    [
        "/../secret.txt",
        "/..%2fsecret.txt",
        "/%2e%2e/secret.txt",
        "/book/../../secret.txt",
        "/book/..%2f..%2fsecret.txt",
        "/..%5csecret.txt",
        "//etc/passwd",
        "/%2fetc/passwd",
        "/live/files/../../secret.txt",
        "/live/files/..%2f..%2fsecret.txt",
        "/leak.txt",
        "/out/secret.txt",
        "/out/site/leak.txt",
        "/out/",
        "/book%00.html",
    ],
)
def test_nothing_outside_the_site_is_served(learner, path):
    answer = learner.ask("GET", path)
    assert answer.status in (400, 403, 404)
    assert "secret" not in answer.body.replace("/secret", "")
    assert "root:" not in answer.body


def test_a_link_inside_the_site_is_followed(learner):
    assert learner.ask("GET", "/inside.json").body == "{}"


@pytest.mark.parametrize(
    "path",
    [
        "/api/terminals",
        "/terminals/1",
        "/terminals/websocket/1",
        "/api/contents",
        "/api/contents/../..",
        "/files/work",
        "/view/x",
        "/nbconvert/html/x",
        "/api/sessions",
        "/api/kernelspecs",
        "/api/config/x",
        "/api/status",
        "/api/events",
        "/api/me",
        "/metrics",
        "/login",
        "/logout",
        "/lab",
        "/tree",
    ],
)
def test_nothing_else_of_jupyter_is_there(learner, path):
    assert learner.ask("GET", path).status in REFUSED
    for method in ("POST", "PUT", "PATCH", "DELETE"):
        answer = learner.ask(method, path, {}, X_XSRFToken=learner.xsrf)
        assert answer.status in REFUSED


# The page names no folder, nor does every other client.
@pytest.mark.parametrize(
    "body",
    [
        {},
        {"path": None},
        *({"path": path} for path in ("", ".", "../..", "/etc", "../../secret.txt")),
        {"kernel_id": "../../../secret"},
        {"env": {"PWD": "/"}, "cwd": "/"},
    ],
)
def test_a_kernel_works_in_the_empty_folder_of_the_run(learner, body):
    kernel = learner.start_kernel(**body)
    said = learner.run(kernel, "import os; print(os.getcwd(), os.listdir('.'))")
    assert said.rstrip().endswith("own/work []")
    # And the next Python in its place too.
    restart = f"/api/kernels/{kernel}/restart"
    assert learner.ask("POST", restart, {}, X_XSRFToken=learner.xsrf).status == 200
    said = learner.run(kernel, "import os; print(os.getcwd(), os.listdir('.'))")
    assert said.rstrip().endswith("own/work []")
    learner.end_kernel(kernel)


def test_a_file_that_a_cell_writes_is_there_to_import_and_takes_no_packages_place(learner):
    kernel = learner.start_kernel()
    folder = learner.run(kernel, "import os; print(os.getcwd())").strip()
    assert folder.endswith("own/work")  # before anything is written there
    write = "for name in ('numpy', 'random', 'IPython', 'mine'): open(f'{name}.py', 'w')"
    assert learner.run(kernel, f"{write}.write('x = 42')") == ""
    learner.end_kernel(kernel)
    kernel = learner.start_kernel()
    try:
        said = learner.run(kernel, "import mine, numpy, random\nprint(mine.x, numpy.arange(2))")
        assert said == "42 [0 1]\n"
        code = "import os\nfor name in os.listdir('.'):\n    if '.' in name: os.unlink(name)\n"
        code += "__import__('shutil').rmtree('__pycache__', ignore_errors=True)"
        learner.run(kernel, code)
    finally:
        learner.end_kernel(kernel)


def test_only_the_books_python_can_be_started(learner):
    kernel = learner.start_kernel()
    assert learner.run(kernel, "import sys; print(sys.executable)") == f"{sys.executable}\n"
    learner.end_kernel(kernel)
    answer = learner.ask("POST", "/api/kernels", {"name": "bash"}, X_XSRFToken=learner.xsrf)
    assert answer.status == 400
    assert "no other kernel than python3" in answer.body
    assert learner.kernels() == []


def test_what_the_learner_has_told_matplotlib_changes_no_picture(learner, kernel):
    """The server was started with their settings: a file, and a folder that is not there."""
    code = (
        "import matplotlib, os\n"
        "print('size', matplotlib.rcParams['font.size'], 'file', matplotlib.matplotlib_fname())\n"
        "print('folder', os.environ.get('MPLCONFIGDIR'))"
    )
    printed = learner.run(kernel, code)
    assert "size 10.0 file" in printed
    assert "mpl-data" in printed
    assert "folder None" in printed


def test_a_kernel_that_still_starts_is_left_out_of_the_list():
    kernels = server.PageKernels()
    ready, starts = (AsyncIOLoopKernelManager(kernel_name=name) for name in ("ready", "starts"))
    ready.last_activity, ready.execution_state = datetime.datetime.now(datetime.UTC), "idle"
    starts.last_activity = None  # for a moment after it has been entered
    kernels._kernels = {"a": ready, "b": starts}
    assert [kernel["id"] for kernel in kernels.list_kernels()] == ["a"]


def test_two_pages_do_not_share_a_kernel(learner):
    one, other = learner.start_kernel(), learner.start_kernel()
    assert one != other
    learner.run(one, "secret = 1")
    assert learner.run(other, "print('secret' in globals())") == "False\n"
    learner.end_kernel(one)
    learner.end_kernel(other)


# --- ends ---


def start_and_connect(learner):
    """Open the line to a new kernel, where one lives so shortly that it may end before that."""
    for _ in range(100):  # on a busy machine a kernel takes its time before it can be connected to
        with contextlib.suppress(websocket.WebSocketBadStatusException):
            kernel = learner.start_kernel()
            return kernel, learner.connect(kernel)
    raise AssertionError("no kernel lived long enough to be connected to")


def test_an_idle_kernel_is_ended(tmp_path):
    server = serve_alone(tmp_path, minutes=1 / 60)
    try:
        learner = Visitor(server.wait_for_link()).enter()
        _, channel = start_and_connect(learner)  # also while a page holds it
        wait_until(lambda: learner.kernels() == [], message="the idle kernel lives on")
        channel.shutdown()
    finally:
        server.stop()


def test_a_kernel_does_not_outlive_its_page_by_much(tmp_path):
    server = serve_alone(tmp_path, orphan=1)
    try:
        learner = Visitor(server.wait_for_link()).enter()
        kernel, kept = learner.start_kernel(), learner.start_kernel()
        held = learner.connect(kept)
        learner.connect(kernel).close()  # the page is gone, without a word
        wait_until(lambda: learner.kernels() == [kept], message="a kernel without a page lives on")
        held.shutdown()
    finally:
        server.stop()


def test_each_page_that_leaves_a_kernel_begins_its_time_anew(monkeypatch):
    later, ended = [], []
    loop = SimpleNamespace(call_later=lambda seconds, *call: later.append((seconds, call)))
    monkeypatch.setattr(server.IOLoop, "current", staticmethod(lambda: loop))
    kernels = server.PageKernels(orphan_seconds=600)

    async def end(kernel_id):
        ended.append(kernel_id)

    kernels._end_if_alone = end
    kernels.notify_disconnect("k")
    kernels.notify_connect("k")  # the next page has taken it over
    kernels.notify_disconnect("k")
    (first, (end_first, *of_first)), (_, (end_second, *of_second)) = later
    assert first == 600
    asyncio.run(end_first(*of_first))
    assert ended == []
    asyncio.run(end_second(*of_second))
    assert ended == ["k"]


@pytest.mark.parametrize(
    ("code", "how"),
    [("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", "SIGKILL"), ("exit()", "0")],
)
def test_how_a_kernel_has_ended_is_told_to_its_page(learner, kernel, code, how):
    channel = learner.connect(kernel)
    send(channel, code)
    while (said := json.loads(channel.recv())["content"]).get("execution_state") != "restarting":
        pass
    assert said["ended_by"] == how
    channel.close()


@pytest.mark.parametrize("busy", [False, True])
def test_a_stop_leaves_no_process_and_no_file(tmp_path, busy):
    server = serve_alone(tmp_path)
    try:
        learner = Visitor(server.wait_for_link()).enter()
        kernel = learner.start_kernel()
        learner.run(kernel, "print(1)")
        if busy:  # even with a cell that runs forever
            channel = learner.connect(kernel)
            send(channel, "while True: pass")
            wait_until(
                lambda: (
                    json.loads(learner.ask("GET", f"/api/kernels/{kernel}").body)["execution_state"]
                    == "busy"
                )
            )
            channel.shutdown()
        family = server.family()
        assert family
        assert server.interrupt() == 0
        assert gone(family) == []
        # Its own folder, which the command removes, is where everything was kept.
        kept = [path.name for path in (tmp_path / "home").rglob("*") if path.is_file()]
        assert kept == ["matplotlibrc"]  # the learner's own
        made = {path.name for path in tmp_path.iterdir()}
        assert made == {"site", "front_end", "own", "secret.txt", "home"}
    finally:
        server.stop()


@pytest.mark.parametrize("another", [False, True])
def test_a_kernel_that_did_not_start_does_not_keep_the_server_alive(tmp_path, another):
    server = serve_alone(tmp_path)
    try:
        learner = Visitor(server.wait_for_link()).enter()
        if another:
            learner.start_kernel()
        (tmp_path / "own" / "runtime").rename(tmp_path / "own" / "away")  # as a cleaner may do
        answer = learner.ask("POST", "/api/kernels", {}, X_XSRFToken=learner.xsrf)
        assert answer.status == 500
        assert "Python did not start: " in json.loads(answer.body)["reason"]
        family = server.family()
        assert server.interrupt() == 0
        assert gone(family) == []
    finally:
        server.stop()


def test_a_stop_while_a_kernel_starts_waits_for_it_and_ends_it(tmp_path):
    server = serve_alone(tmp_path)
    try:
        learner = Visitor(server.wait_for_link()).enter()
        learner.start_kernel()
        before = len(server.family())
        with ask_for_kernel(learner):
            server.wait_until(lambda: len(server.family()) > before, "no start is under way")
            family = server.family()
            assert server.interrupt() == 0
        assert gone(family) == []
        assert [path.name for path in (tmp_path / "own" / "runtime").iterdir()] == []
    finally:
        server.stop()


def test_trouble_with_the_cleaning_does_not_keep_the_server_alive(tmp_path):
    server = serve_alone(tmp_path, BREAKS_THE_END=1)
    try:
        server.wait_for_link()
        assert server.interrupt() == 0
        wait_until(server.has_ended)
        assert "RuntimeError: the cleaning failed" in server.text
    finally:
        server.stop()


def ask_for_kernel(learner):
    """Ask for a kernel and do not wait for the answer; returns the connection."""
    line = socket.create_connection(("127.0.0.1", learner.live.port))
    cookies = "; ".join(f"{name}={value}" for name, value in learner.cookies.items())
    line.sendall(
        f"POST /api/kernels HTTP/1.1\r\nHost: {learner.own}\r\nContent-Length: 2\r\n"
        f"Cookie: {cookies}\r\nX-XSRFToken: {learner.xsrf}\r\n\r\n{{}}".encode()
    )
    return line


def test_a_page_that_leaves_before_it_knows_its_kernel_leaves_none(tmp_path):
    gate = tmp_path / "gate"
    server = serve_alone(tmp_path, LIMITS=json.dumps({"unmet_seconds": 3600}), GATE=gate)

    def count(news):
        # Kernels write to the same place: a line may begin with the end of another one's.
        return server.text.count(f"<a start has {news}>")

    try:
        learner = Visitor(server.wait_for_link()).enter()
        pages = [ask_for_kernel(learner) for _ in range(3)]
        # Each leaves while its kernel starts, however fast or slow the machine is.
        server.wait_until(lambda: count("begun") == 3, "not all starts have begun")
        for page in pages:
            page.close()
        gate.touch()
        server.wait_until(lambda: count("ended") == 3, "not all starts have ended")
        server.wait_until(lambda: not learner.kernels(), "a kernel without a page lives on")
        server.wait_until(lambda: not server.family(), "a process of a kernel lives on")
    finally:
        server.stop()


def test_a_kernel_that_no_page_connects_to_is_ended(tmp_path):
    gate = tmp_path / "met"
    server = serve_alone(tmp_path, LIMITS=json.dumps({"unmet_seconds": 1}), MET=gate)
    try:
        learner = Visitor(server.wait_for_link()).enter()
        met = learner.start_kernel()
        learner.connect(met).close()  # this one's page may come back
        learner.start_kernel()
        gate.touch()  # the time is over, for the other one too
        wait_until(lambda: learner.kernels() == [met], message="the unmet kernel lives on")
    finally:
        server.stop()


def test_there_are_so_many_kernels_and_no_more(tmp_path):
    server = serve_alone(tmp_path, LIMITS=json.dumps({"most_kernels": 2}))
    try:
        learner = Visitor(server.wait_for_link()).enter()
        one, _ = learner.start_kernel(), learner.start_kernel()
        answer = learner.ask("POST", "/api/kernels", {}, X_XSRFToken=learner.xsrf)
        assert answer.status == 429
        assert "2 pages are live already: close one" in json.loads(answer.body)["reason"]
        assert len(learner.kernels()) == 2
        learner.end_kernel(one)
        learner.start_kernel()
    finally:
        server.stop()
