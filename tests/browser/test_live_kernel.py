"""The life of a live page's Python in a real browser: it ends, asks, is lost, and goes along."""

import re
import signal

import pytest
from playwright.sync_api import expect

from ..conftest import PATIENCE
from ..site.live.serving import Live, free_port
from ..waiting import wait_until
from .conftest import SCREENSHOTS, SETTINGS
from .test_live import LivePage, end_all, kernels, known, open_page  # noqa: F401 - fixtures

# The line to what a kernel prints stands seconds after the one that it answers on, as it may on a
# busy machine.
SLOW_TO_HEAR = """
import sys
import zmq
from jupyter_client.connect import ConnectionFileMixin
from softmax_book.cli import main

connect = ConnectionFileMixin._create_connected_socket
def connect_late(self, channel, identity=None):
    if channel != "iopub":
        return connect(self, channel, identity)
    line = self.context.socket(zmq.SUB)
    line.linger = 1000
    line.setsockopt(zmq.RECONNECT_IVL, 3000)
    line.connect(self._make_url(channel))
    return line
ConnectionFileMixin._create_connected_socket = connect_late
main(sys.argv[1:])
"""


def serve(port=None):
    return Live("-c", SLOW_TO_HEAR, "live", "--no-open", "--port", port or free_port())


@pytest.fixture(scope="module")
def server(site):
    live = serve()
    try:
        yield live.wait_for_link()
    finally:
        live.process.send_signal(signal.SIGCONT)
        live.stop()


@pytest.fixture
def own_server(site):
    """A server of the test's own, which it may stop."""
    live = serve()
    try:
        yield live.wait_for_link()
    finally:
        live.process.send_signal(signal.SIGCONT)
        live.stop()


@pytest.fixture
def new_context(chromium):
    """Return ``new_context()``, which gives a browser that knows no server."""
    contexts = []

    def go():
        context = chromium.new_context(**SETTINGS["wide-light"])
        context.set_default_timeout(PATIENCE)
        contexts.append(context)
        return context

    yield go
    for context in contexts:
        context.close()


def enter(context, live, chapter="03_softmax"):
    """Open the newest link, and a chapter."""
    page = context.new_page()
    page.goto(live.links[-1][0])
    page.wait_for_url("**/book/index.html")
    return visit_chapter(page, live, chapter)


def visit_chapter(page, live, chapter="03_softmax"):
    opened = LivePage(page, f"http://127.0.0.1:{live.port}/")
    opened.listen()
    page.goto(f"{opened.home}book/{chapter}.html", wait_until="load")
    return opened


def faults(opened):
    """What went wrong on a page, without what the library says of each broken line."""
    return [p for p in opened.problems if "reconnecting in" not in p]


# --- its end ---


SLIDER = "import ipywidgets\nipywidgets.IntSlider(description='power')"
ENDS = [
    ("exit()", "exit() or quit() has ended Python."),
    ("quit()", "exit() or quit() has ended Python."),
    ("import os; os._exit(3)", "Python has ended itself with exit status 3, as os._exit(3) does."),
    (
        "import os, signal; os.kill(os.getpid(), signal.SIGKILL)",
        "The system has ended Python (SIGKILL), as it does when the memory is full.",
    ),
    (
        "import os, signal; os.kill(os.getpid(), signal.SIGSEGV)",
        "Python has crashed (SIGSEGV): something went wrong in compiled code.",
    ),
]


def test_each_end_of_python_is_said_and_the_next_one_is_heard(open_page):  # noqa: F811
    opened = open_page("03_softmax").start()
    opened.run(3, "from softmax_steps.widgets import SoftmaxBars\nSoftmaxBars()")
    opened.output(3).locator(".sms-softmax-bars").wait_for()
    for count, (code, words) in enumerate(ENDS):
        opened.write(1, code)
        opened.write(2, f"print('again', {count})")
        opened.cell(1).locator(".sms-live-run").click()
        opened.wait_for_status(f"{words} A new Python has been started; the variables are gone")
        # All that it prints arrives, though the line to it stands late.
        opened.cell(2).locator(".sms-live-run").click()
        expect(opened.output(2)).to_have_text(re.compile(rf"^\s*again {count}\s*$"))
        expect(opened.page.locator(".sms-live")).not_to_have_attribute("data-state", "running")
    # The widget of the first one still moves, and says what it has become.
    widget = opened.output(3).locator(".sms-live-widget")
    expect(widget).to_contain_text("This widget is not connected to Python any more")
    assert widget.locator(".sms-live-unplugged").count() == 1
    handle = widget.locator("input[type=range], [role=slider]").first
    before = widget.inner_text()
    handle.focus()
    handle.press("ArrowRight")
    expect(widget).not_to_have_text(before)
    expect(widget.locator(".sms-checked")).to_be_empty()  # NumPy says nothing of it
    # sys.exit() ends the cell alone.
    opened.run(1, "kept = 1")
    opened.run(2, "import sys; sys.exit()", ends="failed")
    opened.wait_for_status("Cell 2 stopped itself with sys.exit(): Python goes on")
    assert opened.run(2, "print(kept)").strip() == "1"
    assert faults(opened) == []


def test_widgets_say_that_a_restart_has_left_them(open_page):  # noqa: F811
    opened = open_page("03_softmax").start()
    opened.run(1, SLIDER)
    opened.run(2, "from softmax_steps.widgets import SoftmaxBars\nipywidgets.VBox([SoftmaxBars()])")
    opened.output(2).locator(".sms-softmax-bars").wait_for()
    opened.page.locator(".sms-live-again").click()
    opened.wait_for_status("A new Python is ready")
    for number in (1, 2):
        note = opened.output(number).locator(".sms-live-unplugged")
        expect(note).to_have_count(1)
        expect(note).to_contain_text("run its cell again")
        handle = opened.output(number).locator("input[type=range], [role=slider]").first
        handle.focus()
        handle.press("ArrowRight")
    opened.run(1, SLIDER)
    expect(opened.output(1).locator(".sms-live-widget")).to_have_count(1)
    expect(opened.output(1).locator(".sms-live-unplugged")).to_have_count(0)
    assert faults(opened) == []


# --- what it asks ---


@pytest.mark.parametrize("setting", ["wide-light", "narrow-dark"])
def test_what_python_asks_is_answered_in_the_page(open_page, axe, tmp_path, setting):  # noqa: F811
    opened = open_page("03_softmax", setting).start()
    press = opened.page.keyboard.press
    opened.write(1, "name = input('Your name: ')\nprint(name.upper())")
    press("Shift+Enter")  # the next cell's editor has the focus now
    field = opened.cell(1).get_by_label("Your name:")
    opened.wait_for_status("Cell 1 waits for your answer")
    expect(opened.cell(1).locator(".sms-live-state")).to_have_text("Cell 1: waits for your answer")
    expect(field).to_be_focused()
    barriers = opened.barriers(axe)
    assert not barriers, "\n".join(barriers)
    assert opened.overflow() <= 0, "the page can be scrolled sideways"
    opened.settle()
    opened.page.screenshot(path=SCREENSHOTS / f"live-question-{setting}.png")
    opened.page.keyboard.insert_text("Łukasz")
    if setting.startswith("narrow"):
        opened.cell(1).get_by_role("button", name="Send the answer to cell 1").tap()
    else:
        press("Enter")
    opened.wait_for_cell(1, "done")
    assert opened.output(1).inner_text().strip() == "Your name: Łukasz\nŁUKASZ"
    expect(field).to_have_count(0)
    focused = opened.page.locator(":focus")
    expect(focused).to_have_attribute("aria-label", re.compile("^Code of cell 2\\."))

    # A password is never seen, and two questions follow each other.
    opened.write(1, "from getpass import getpass\nword = getpass()\nprint(len(word), input())")
    opened.cell(1).locator(".sms-live-run").click()
    secret = opened.cell(1).locator("input[type=password]")
    secret.fill("hunter2")
    secret.press("Enter")
    opened.cell(1).get_by_role("textbox", name="Answer to cell 1").fill("two")
    press("Enter")
    opened.wait_for_cell(1, "done")
    assert "7 two" in opened.output(1).inner_text()
    assert "hunter2" not in opened.page.content()

    # Escape and both buttons break the cell off.
    opened.write(1, "input('Wait? ')")
    for breaks_off in (
        lambda: press("Escape"),
        lambda: opened.page.locator(".sms-live-stop").click(),
        lambda: opened.cell(1).get_by_role("button", name="Interrupt cell 1").click(),
    ):
        opened.cell(1).locator(".sms-live-run").click()
        expect(opened.cell(1).get_by_label("Wait?")).to_be_focused()
        breaks_off()
        opened.wait_for_status("Cell 1 was interrupted; Python is ready again")
        expect(opened.cell(1).locator(".sms-live-question")).to_have_count(0)
    # Who is typing elsewhere goes on typing there.
    gate = tmp_path / "asks"
    opened.write(1, f"while not __import__('os').path.exists({str(gate)!r}): pass\ninput('Now? ')")
    opened.cell(1).locator(".sms-live-run").click()
    opened.wait_for_cell(1, "running")
    opened.write(2, "mine = 1")
    press("End")
    gate.touch()
    expect(opened.cell(1).get_by_label("Now?")).to_be_visible()
    opened.wait_for_status("Cell 1 waits for your answer")
    opened.page.keyboard.insert_text(" + 1")
    assert opened.code(2) == "mine = 1 + 1"
    opened.page.locator(".sms-live-stop").click()
    opened.wait_for_cell(1, "failed")
    assert not faults(opened), "\n".join(faults(opened))


# --- how it is lost and found ---


# Keep the lines that a page opens within reach of the test.
LINES = """() => {
  const { WebSocket: Line } = window;
  window.lines = [];
  window.WebSocket = class extends Line {
    constructor(...options) {
      super(...options);
      window.lines.push(this);
      if (window.losesNext) window.lose(this);
    }
  };
  window.lost = [];
  window.lose = (line) => {
    window.losesNext = false;
    line.send = (message) => window.lost.push(new TextDecoder("latin1").decode(message));
  };
}"""
ARE_LOST = "([kind, count]) => lost.filter((message) => message.includes(kind)).length === count"
# As the browser tells after minutes, of a server that does not answer to a close either.
BREAKS = "() => window.lines.at(-1).onclose(new CloseEvent('close'))"
# The line stands again before the server has said why it was broken.
IS_SLOW = "() => { window.fetch = () => new Promise(() => {}); }"


def test_a_page_finds_its_python_again_by_itself(new_context, own_server, tmp_path):
    opened = enter(new_context(), own_server)
    opened.page.evaluate(LINES)
    opened.start()
    opened.run(2, "kept = 1")
    # The server closes the line as it does for good, but the kernel lives.
    opened.page.evaluate("() => window.lines.at(-1).close(1000)")
    opened.wait_for_status("The connection to Python is back")
    assert opened.run(2, "print(kept)").strip() == "1"

    # The server stops while a cell runs and others wait, and the line breaks.
    gate = tmp_path / "goes on"
    opened.write(
        1,
        "import os, time\nprint('begun', flush=True)\n"
        f"while not os.path.exists({str(gate)!r}): time.sleep(0.01)\nprint('ended')",
    )
    opened.write(2, "print('next')")
    opened.cell(1).locator(".sms-live-run").click()
    expect(opened.output(1)).to_contain_text("begun")
    opened.cell(2).locator(".sms-live-run").click()
    own_server.process.send_signal(signal.SIGSTOP)
    opened.page.evaluate(BREAKS)
    opened.wait_for_status("The server does not answer")
    own_server.process.send_signal(signal.SIGCONT)
    opened.wait_for_status("The connection to Python is back")
    gate.touch()
    opened.wait_for_cell(2, "done")
    assert opened.output(1).inner_text().split() == ["begun", "ended"]
    assert opened.output(2).inner_text().strip() == "next"
    assert opened.state(1) == "done"

    # Without a new link: a reload, and another tab.
    again = visit_chapter(opened.page, own_server).start()
    assert again.run(1, "print(1)").strip() == "1"
    other = visit_chapter(opened.page.context.new_page(), own_server, "01_score").start()
    assert other.run(1, "print(2)").strip() == "2"
    assert len(own_server.links) == 2  # the one that was used, and the one for another browser


def test_what_is_lost_with_a_line_is_asked_anew_over_the_next_one(open_page):  # noqa: F811
    opened = open_page("03_softmax")
    opened.page.evaluate(LINES)
    opened.start()
    opened.run(2, "kept = 1")
    opened.page.evaluate(IS_SLOW)
    # The page asks whether it hears what Python prints.
    opened.page.evaluate("() => { losesNext = true; }")
    opened.page.evaluate(BREAKS)
    opened.page.wait_for_function(ARE_LOST, arg=["kernel_info_request", 1])  # the library's own
    opened.write(1, "print('heard', kept)")
    opened.cell(1).locator(".sms-live-run").click()
    opened.page.wait_for_function(ARE_LOST, arg=["kernel_info_request", 2])
    opened.page.evaluate(BREAKS)
    opened.wait_for_cell(1, "done")
    assert opened.output(1).inner_text().strip() == "heard 1"

    # A cell's code is not sent twice: it may have run.
    opened.page.evaluate("() => lose(lines.at(-1))")
    opened.cell(1).locator(".sms-live-run").click()
    opened.page.wait_for_function(ARE_LOST, arg=["execute_request", 1])
    opened.page.evaluate(BREAKS)
    opened.wait_for_status("what it answered to cell 1 was lost")
    assert opened.run(1, "print('goes on')").strip() == "goes on"
    assert faults(opened) == []


def test_a_server_that_is_gone_is_said_until_another_answers(new_context, own_server):
    opened = enter(new_context(), own_server)
    opened.page.clock.install()
    opened.start()
    opened.write(1, "mine = 1")
    assert own_server.interrupt() == 0
    opened.wait_for_status("The server does not answer")
    said = opened.status
    for _ in range(20):  # minutes, in which the library gives up
        with opened.page.expect_event("requestfailed"):
            opened.page.clock.run_for(15_000)
        assert opened.status == said
    opened.page.clock.resume()
    live = serve(own_server.port)
    try:
        live.wait_for_link()
        opened.wait_for_status("The server has been started anew and does not know this browser")
        other = enter(opened.page.context, live)
        # By the link in that tab the browser is known, and the first tab can go on.
        opened.wait_for_status("or the server has been started anew. Restart starts a new one")
        opened.page.locator(".sms-live-again").click()
        opened.wait_for("ready")
        assert opened.code(1) == "mine = 1"
        assert opened.run(1, "print(3)").strip() == "3"
        other.page.close()
    finally:
        live.stop()


# --- how it goes along ---


def keep(opened):
    opened.page.get_by_label("Keep Python when I go to another chapter").check()


def test_python_goes_along_to_the_next_chapter_if_the_reader_chooses(open_page, axe):  # noqa: F811
    first = open_page("03_softmax", "narrow-dark").start()
    page, context = first.page, first.page.context
    (kernel,) = kernels(first)
    first.run(1, "kept = 1")
    keep(first)
    first.wait_for_status("Python will stay when you go to another chapter")
    assert first.overflow() <= 0, "the page can be scrolled sideways"
    barriers = first.barriers(axe)
    assert not barriers, "\n".join(barriers)

    # Nothing of it in another tab, whose page has a Python of its own.
    other = open_page("01_score", context=context).start()
    assert other.run(1, "print('kept' in globals())").strip() == "False"
    other.page.close(run_before_unload=True)
    wait_until(lambda: kernels(first) == [kernel], message="the closed tab's kernel lives on")

    page.goto(f"{first.home}book/04_cross_entropy.html")
    first.wait_for_status("“3 · Softmax” was kept: make this page live to go on with it")
    page.locator(".sms-live-start").click()
    first.wait_for("asking")
    first.settle()
    page.screenshot(path=SCREENSHOTS / "live-goes-on-narrow-dark.png")
    page.get_by_role("button", name="Go on with it").click()
    first.wait_for_status("The Python of “3 · Softmax” goes on here, with its variables")
    assert kernels(first) == [kernel]
    assert first.run(1, "print(kept)").strip() == "1"

    # A reload while a cell runs: Python goes on, and can be taken back and interrupted.
    first.write(1, "print('begun', flush=True)\nwhile True: pass")
    first.cell(1).locator(".sms-live-run").click()
    expect(first.output(1)).to_contain_text("begun")
    page.reload()
    page.locator(".sms-live-start").click()
    first.wait_for_status("It is running a cell")
    page.get_by_role("button", name="Go on with it").click()
    first.wait_for_status("Python is finishing a cell of the page before")
    page.locator(".sms-live-stop").click()
    first.wait_for("ready")
    assert first.run(1, "print(kept)").strip() == "1"

    # A new one instead: the old one ends.
    page.reload()
    page.locator(".sms-live-start").click()
    page.get_by_role("button", name="Start a new one").click()
    first.wait_for("ready")
    assert first.run(1, "print('kept' in globals())").strip() == "False"
    assert len(kernels(first)) == 1
    assert kernels(first) != [kernel]
    # One that has ended meanwhile is not promised.
    end_all(first)
    page.reload()
    first.start()
    first.wait_for_status("has ended meanwhile, or another tab has taken it: this is a new one")
    page.get_by_label("Keep Python").uncheck()
    first.wait_for_status("Python will end with this page")
    page.goto(f"{first.home}book/index.html")
    wait_until(lambda: kernels(first) == [], message="the left page's kernel lives on")
    assert [p for p in faults(first) if "404" not in p] == []  # of the one that had ended
