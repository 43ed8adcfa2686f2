"""The command behind ``make live``: what it says, what it refuses, and that it leaves nothing."""

import getpass
import json
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
from pathlib import Path
from urllib.parse import unquote

import pytest

from softmax_book.building.freshness import is_current
from softmax_book.cli import main
from softmax_book.edition import Edition
from softmax_book.live import run

from ...waiting import wait_until
from ..conftest import ToyBook
from . import other_user
from .serving import ROOT, Live, Visitor, free_port, gone

pytestmark = pytest.mark.skipif(
    sys.platform == "win32", reason="signals to a group of processes, and files as sockets"
)


def start(*arguments, cwd=ROOT, **environment):
    return Live("-m", "softmax_book", "live", "--no-open", *arguments, cwd=cwd, **environment)


def children_are_gone(family):
    assert gone(family) == []


# --- the words ---


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--port", "0"], "'0' is no port; expected 1 to 65535"),
        (["--port", "http"], "'http' is no port"),
        (["--port", "70000"], "'70000' is no port"),
        (["--idle-minutes", "-1"], "'-1' is no time"),
        (["--idle-minutes", "soon"], "'soon' is no time"),
        (["--prot", "8000"], "unrecognized arguments: --prot"),
    ],
)
def test_a_wrong_argument_is_named(capsys, arguments, said):
    with pytest.raises(SystemExit) as stopped:
        main(["live", *arguments])
    assert stopped.value.code == 2
    assert said in capsys.readouterr().err


def test_help_says_what_it_does(capsys):
    with pytest.raises(SystemExit) as stopped:
        main(["live", "--help"])
    assert stopped.value.code == 0
    text = capsys.readouterr().out
    for word in ("--port", "--no-open", "--idle-minutes", "Ctrl-C", "opens the book once"):
        assert word in text


def test_elsewhere_it_says_where_to_go(tmp_path):
    live = start(cwd=tmp_path)
    try:
        wait_until(live.has_ended)
        assert live.process.returncode == 1
        assert "is not the repository's root" in live.text
        assert "Traceback" not in live.text
        assert list(tmp_path.iterdir()) == []
    finally:
        live.stop()


def test_a_busy_port_is_said_and_the_next_free_one_taken(monkeypatch):
    said = []
    monkeypatch.setattr(run, "is_free", lambda port: port not in (8765, 8766))
    assert run.choose_port(8765, said.append) == 8767
    assert "Port 8765 is busy" in said[0]
    assert "using 8767" in said[0]
    assert run.choose_port(8767, said.append) == 8767
    assert len(said) == 1
    monkeypatch.setattr(run, "is_free", lambda port: False)
    with pytest.raises(run.LiveError, match=r"8765 to 8784 are all busy.*make live PORT=9765"):
        run.choose_port(8765, said.append)
    with pytest.raises(run.LiveError, match="65530 to 65535"):
        run.choose_port(65530, said.append)


def test_a_port_in_use_is_not_free():
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        held.listen()
        assert not run.is_free(held.getsockname()[1])


class Browser(run.webbrowser.BaseBrowser):
    def __init__(self, works):
        super().__init__("browser")
        self.works, self.opened = works, []

    def open(self, link, new=0, autoraise=True):
        self.opened.append(link)
        return self.works


def test_the_link_is_opened_in_a_browser_but_not_in_the_terminal(monkeypatch):
    said, browser = [], Browser(works=True)
    monkeypatch.setattr(run.webbrowser, "get", lambda: browser)
    run.open_browser("http://127.0.0.1:1/", said.append)
    assert (browser.opened, said) == (["http://127.0.0.1:1/"], [])

    for other in (Browser(works=False), run.webbrowser.GenericBrowser("lynx")):
        monkeypatch.setattr(run.webbrowser, "get", lambda other=other: other)
        run.open_browser("http://127.0.0.1:1/", said.append)
        assert "open the link yourself" in said.pop()

    def none():
        raise run.webbrowser.Error("no browser")

    monkeypatch.setattr(run.webbrowser, "get", none)
    run.open_browser("http://127.0.0.1:1/", said.append)
    assert "open the link yourself" in said.pop()


def test_a_missing_package_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "softmax_book.live.server", None)
    monkeypatch.setattr(run, "bring_up_to_date", lambda edition, say: None)
    with pytest.raises(run.LiveError, match="which live cells need: run  make live"):
        run.run_live(Edition(ROOT), opens=False)


# --- a real run ---


@pytest.fixture
def own_tmp():
    """A folder for temporary files with a path as short as they have; pytest's own are longer."""
    with tempfile.TemporaryDirectory(prefix="t") as folder:
        yield Path(folder)


def test_it_serves_the_present_book_and_leaves_nothing(site, own_tmp):
    port = free_port()
    with socket.socket() as held:
        held.bind(("127.0.0.1", port))
        held.listen()
        live = start("--port", port, TMPDIR=own_tmp)
        try:
            live.wait_for_link()
            assert "The book is up to date." in live.text
            assert f"Port {port} is busy" in live.text
            assert live.port > port
            learner = Visitor(live).enter()
            page = learner.ask("GET", "/book/03_softmax.html").body
            assert "Make this page live" in page
            assert learner.ask("GET", "/live/files/page.js").status == 200
            kernel = learner.start_kernel()
            assert learner.run(kernel, "from softmax_steps import softmax; print(softmax([[0]]))")
            family = live.family()
            assert family
            (folder,) = own_tmp.glob("live-*")
            assert folder.stat().st_mode & 0o077 == 0  # of this user alone
            assert live.interrupt() == 0
            wait_until(live.has_ended)
            assert "Stopped." in live.text
            children_are_gone(family)
            assert list(own_tmp.iterdir()) == []
        finally:
            live.stop()


@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP"])
def test_a_closed_terminal_ends_it_too(site, own_tmp, name):
    live = start("--port", free_port(), TMPDIR=own_tmp)
    try:
        learner = Visitor(live.wait_for_link()).enter()
        learner.start_kernel()
        family = live.family()
        live.process.send_signal(getattr(signal, name))
        assert live.wait() == 0
        children_are_gone(family)
        assert list(own_tmp.iterdir()) == []
    finally:
        live.stop()


# What a shell calls 130. Python ends by the signal itself if the interrupt met code in a string,
# such as a named tuple's at an import, even where the exception was caught.
INTERRUPTED = (130, -signal.SIGINT)


@pytest.mark.parametrize(
    "has_come",
    [
        pytest.param(lambda live, folder: True, id="before its server is imported"),
        pytest.param(lambda live, folder: [*folder.iterdir()], id="with its folder"),
        pytest.param(lambda live, folder: live.family(), id="as its page is bundled"),
    ],
)
def test_ctrl_c_while_it_starts_leaves_nothing(site, own_tmp, has_come):
    live = start("--port", free_port(), TMPDIR=own_tmp)
    try:
        live.wait_for_line("The book is up to date.")
        wait_until(lambda: live.links or has_come(live, own_tmp))  # a quick one has begun to serve
        family = live.family()
        assert live.interrupt() in (0, *INTERRUPTED)
        wait_until(live.has_ended)
        assert re.search("nothing is left running|Stopped", live.text)
        assert "Traceback" not in live.text
        children_are_gone(family)
        assert list(own_tmp.iterdir()) == []
    finally:
        live.stop()


# --- another user of the machine ---


def as_nobody(file, link):
    """Ask as another user of the machine; returns what that one found."""
    command = [sys.executable, "-I", other_user.__file__]
    if os.geteuid() != 0:  # CI has a way to become another, or fails here
        if not os.environ.get("CI"):
            pytest.skip("only root can become another user")
        command = ["sudo", "-n", *command]
    said = f"{file}\n{link}\n"
    done = subprocess.run(command, input=said, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.fixture
def slow_browser(tmp_path):
    """A browser that is started and goes nowhere, so that its command line can be read."""
    program, address, gate = (tmp_path / name for name in ("browser", "address", "gate"))
    program.write_text(
        f"#!/bin/sh\nprintf %s \"$1\" > '{address}.part'\nmv '{address}.part' '{address}'\n"
        f"while ! test -e '{gate}'; do sleep 0.1; done\n"
    )
    program.chmod(0o755)
    return program, address, gate


@pytest.mark.skipif(sys.platform != "linux", reason="command lines below /proc")
def test_another_user_finds_no_link_and_cannot_use_one(site, own_tmp, slow_browser):
    program, address, gate = slow_browser
    own_tmp.chmod(0o755)  # as /tmp is
    port = free_port()
    command = ("-m", "softmax_book", "live", "--port", port)
    live = Live(*command, TMPDIR=own_tmp, BROWSER=f"{program} %s &")
    try:
        live.wait_for_link()
        wait_until(address.exists)
        opened = address.read_text()
        link, key = live.links[0][0], live.links[0]["key"]
        page = Path(unquote(opened.removeprefix("file://")))
        found = as_nobody(page, link)
        assert opened in "\n".join(found["lines"])  # it saw the browser ...
        assert not [line for line in found["lines"] if key in line]  # ... and no secret
        assert not [text for text in found["environments"] if key in text]
        assert found["page"] == ""
        assert link in page.read_text()
        assert page.stat().st_mode & 0o077 == 0
        assert page.parent.stat().st_mode & 0o077 == 0
        # Were the link known by another way, it would not let another user in.
        assert found["status"] == 403
        assert "another user" in found["said"]
        live.wait_for_line("Refused: at ")
        assert "curl, which the user nobody runs, came with the link" in live.text
        assert [each["key"] for each in live.links] == [key]
        # Its owner's browser goes in, which is said, and the page is no more.
        learner = Visitor(live)
        agent = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"
        assert learner.ask("GET", f"/live/open?key={key}", User_Agent=agent).status == 200
        live.wait_for_line("For another browser")
        owner = getpass.getuser()
        said = (
            rf"The link was used at \d\d:\d\d:\d\d by Firefox on Linux, which the user {owner} runs"
        )
        assert re.search(said, live.text)
        wait_until(lambda: not page.exists())
    finally:
        gate.touch()  # the browser holds the run's output open
        live.stop()


# --- a book that is not up to date ---


@pytest.fixture
def toy_book(tmp_path, monkeypatch, site):
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "src"))
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    return ToyBook(tmp_path)


def test_a_stale_book_is_built_before_it_is_served(toy_book):
    assert not is_current(toy_book.edition)
    said = []
    run.bring_up_to_date(toy_book.edition, said.append)
    assert "was not built from the present sources" in said[0]
    assert is_current(toy_book.edition)

    said.clear()
    run.bring_up_to_date(toy_book.edition, said.append)
    assert said == ["The book is up to date."]

    toy_book.write_module("answer = 2\n")  # code alone
    assert not is_current(toy_book.edition)
    run.bring_up_to_date(toy_book.edition, said.append)
    assert is_current(toy_book.edition)
    assert ">2\n" in toy_book.read_page() or "</span>2\n" in toy_book.read_page()

    page = toy_book.root / "book" / "index.md"
    page.write_text(page.read_text() + "\nA new sentence.\n")
    assert not is_current(toy_book.edition)


def test_a_book_that_does_not_build_is_not_served(toy_book):
    toy_book.build()
    toy_book.write_page("```{code-cell} ipython3\n1 / 0\n```\n")
    live = start("--port", free_port(), cwd=toy_book.root)
    try:
        wait_until(live.has_ended, 600)
        assert live.process.returncode == 1
        assert "ZeroDivisionError" in live.text
        assert "The site was NOT built" in live.text
        assert not live.links
        assert not is_current(toy_book.edition)
    finally:
        live.stop()


def test_ctrl_c_while_it_builds_leaves_no_process(toy_book):
    toy_book.write_page(
        "```{code-cell} ipython3\nfrom pathlib import Path\nimport time\n"
        f'Path("{toy_book.root}/running").touch()\ntime.sleep(90)\n```\n'
    )
    live = start("--port", free_port(), cwd=toy_book.root)
    try:
        wait_until(lambda: (toy_book.root / "running").exists(), 600)
        family = live.family()
        assert len(family) >= 2  # the build, and the kernel that it runs the cell in
        assert live.interrupt() == 130
        wait_until(live.has_ended)
        assert "nothing is left running" in live.text
        children_are_gone(family)
        assert not is_current(toy_book.edition)
    finally:
        live.stop()
