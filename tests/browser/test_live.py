"""Live cells in a real browser: a real server, a real kernel, every chapter from top to bottom."""

import json
import re

import pytest
from playwright.sync_api import expect

from softmax_book.edition import Edition
from softmax_book.pages.live_button import write_status
from softmax_book.sources import read_book

from ..conftest import PATIENCE
from ..site.live.serving import Live, Visitor, free_port
from ..waiting import wait_until
from .conftest import ROOT, SCREENSHOTS, SETTINGS, Visit, numpy_agrees, serving

# The pages with the button.
PAGES = [page.name for page in read_book(ROOT).values() if page.shows_code]

HAS_RUN = re.compile(r"cells have run\.$|stopped")
# What each cell of a page shows, in a form that the built and the live page share.
SHOWN = """() => [...document.querySelectorAll(".bd-article div.cell")]
  .filter((cell) => cell.querySelector(".cell_input"))
  .map((cell) => {
    const found = [];
    const outputs = cell.querySelector(":scope > .cell_output, :scope > details > .cell_output");
    const walk = (node) => {
      if (node.hidden) return undefined;
      if (node.matches(".sms-page-widget, .sms-live-widget")) return found.push(["widget"]);
      if (node.matches("[role=img]")) return found.push(["picture", node.ariaLabel]);
      if (node.matches("figcaption")) return found.push(["caption", node.textContent]);
      if (node.matches("img")) return found.push(["image"]);
      const text = (node.querySelector("pre") ?? node).textContent.replace(/\\s+$/, "");
      if (node.matches(".traceback")) return found.push(["error", text.split("\\n").at(-1)]);
      if (node.matches("pre")) return found.push(["text", text]);
      for (const child of node.children) walk(child);
      return undefined;
    };
    if (outputs) walk(outputs);
    return found;
  })"""


@pytest.fixture(scope="module")
def server(site):
    live = Live("-m", "softmax_book", "live", "--no-open", "--port", free_port())
    try:
        yield live.wait_for_link()
    finally:
        live.stop()


class LivePage(Visit):
    """A page with live cells, and the reader's hands."""

    def _asked(self, request):
        if not request.url.startswith("blob:"):  # a widget's view, which came from the kernel
            super()._asked(request)

    def start(self):
        self.page.locator(".sms-live-start").click()
        self.wait_for("ready")
        return self

    def wait_for(self, state):
        """Wait until the page is in a state that it stays in."""
        bar = self.page.locator(".sms-live")
        self.wait_until(
            lambda: bar.get_attribute("data-state") == state,
            lambda: f"it is not {state}, but says: {self.status}\n{self.problems}",
        )

    def wait_for_status(self, words):
        expect(self.page.locator(".sms-live-status")).to_contain_text(words)

    @property
    def status(self):
        return self.page.locator(".sms-live-status").inner_text()

    def cell(self, number):
        return self.page.locator("div.cell[data-live]").nth(number - 1)

    def output(self, number):
        return self.cell(number).locator(":scope > .cell_output, :scope > details > .cell_output")

    def state(self, number):
        return self.cell(number).get_attribute("data-live")

    def write(self, number, code):
        """Put code into a cell's editor, by hand."""
        self.unfold(number)
        self.cell(number).locator(".cm-content").click()
        self.page.keyboard.press("ControlOrMeta+a")
        self.page.keyboard.insert_text(code)

    def unfold(self, number):
        """Open the fold of a cell's code, if it has one and is closed."""
        fold = self.cell(number).locator("details.above-input:not([open]) > summary")
        if fold.count():
            fold.click()

    def code(self, number):
        self.unfold(number)
        return "\n".join(self.cell(number).locator(".cm-line").all_inner_texts())

    def run(self, number, code=None, *, ends="done"):
        """Run a cell and wait for its end."""
        if code is not None:
            self.write(number, code)
        self.cell(number).locator(".sms-live-run").click()
        self.wait_for_cell(number, ends)
        return self.output(number).inner_text()

    def wait_for_cell(self, number, state):
        expect(self.cell(number)).to_have_attribute("data-live", state)


@pytest.fixture(scope="module")
def known(chromium, server):
    """The cookies of a browser that has opened the link."""
    context = chromium.new_context()
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    page.goto(server.links[-1][0])
    page.wait_for_url("**/book/index.html")
    assert "key" not in page.evaluate("() => location.href + document.referrer")
    state = context.storage_state()
    context.close()
    return state


@pytest.fixture
def open_page(chromium, server, known):
    """Return ``open_page(name, setting)``, which opens a page of the live site."""
    contexts = []

    def go(name="03_softmax", setting="wide-light", *, context=None, intercepting=False, **options):
        if context is None:
            context = chromium.new_context(**SETTINGS[setting], storage_state=known, **options)
            context.set_default_timeout(PATIENCE)
            contexts.append(context)
        opened = LivePage(context.new_page(), f"http://127.0.0.1:{server.port}/")
        opened.open(f"book/{name}.html", intercepting=intercepting)
        return opened

    yield go
    for context in contexts:
        context.close()
    visitor = Visitor(server)
    visitor.cookies = {cookie["name"]: cookie["value"] for cookie in known["cookies"]}
    for kernel in visitor.kernels():
        visitor.end_kernel(kernel)
    # The pages end their kernels too: the next test counts its own.
    wait_until(lambda: visitor.kernels() == [], message="a kernel of the last test lives on")


@pytest.mark.parametrize("chapter", PAGES)
def test_a_chapter_runs_live_as_it_was_built(open_page, chapter):
    opened = open_page(chapter)
    built = opened.page.evaluate(SHOWN)
    opened.start()
    opened.page.locator(".sms-live-all").click()
    # Not "running" and then "ready": the first may be over before it is looked for.
    expect(opened.page.locator(".sms-live-status")).to_have_text(HAS_RUN)
    assert opened.status == f"{len(built)} cells have run."
    assert any(built)
    live = None

    def is_as_built():
        nonlocal live
        live = opened.page.evaluate(SHOWN)
        return live == built

    # A widget comes with a file of its own, after its cell has ended.
    opened.wait_until(is_as_built, lambda: f"{live}\n\nis not\n\n{built}")
    widgets = opened.page.locator(".sms-live-widget")
    assert widgets.count() == str(built).count("'widget'")
    for widget in widgets.filter(has=opened.page.locator(".sms-checked")).all():
        numpy_agrees(widget, "ArrowRight")
    assert not opened.problems, "\n".join(opened.problems)


# --- edits ---


def test_edits_are_kept_for_the_page_and_can_be_undone(open_page):
    first = open_page("03_softmax").start()
    book = first.code(1), first.code(2)
    built = first.output(2).inner_text()
    assert first.run(1, "answer = 6 * 7") == ""
    assert first.run(2, "print(answer)").strip() == "42"

    context = first.page.context
    first.page.reload()
    again = LivePage(first.page, first.home).start()
    assert "2 edits of yours are back" in again.status
    assert (again.code(1), again.code(2)) == ("answer = 6 * 7", "print(answer)")
    expect(again.cell(1).locator("details")).to_have_attribute("open", "")  # it was the imports'
    assert again.output(2).inner_text() == built  # nothing has run yet

    other = open_page("04_cross_entropy", context=context).start()
    assert "edit" not in other.status
    other.page.close()

    over = again.cell(2).get_by_role("button", name="Start over with cell 2")
    again.cell(2).hover()
    over.click()
    expect(over).to_be_hidden()
    assert again.code(2) == book[1]
    assert again.code(1) == "answer = 6 * 7"

    page_over = again.page.locator(".sms-live-over")
    page_over.click()
    assert (again.code(1), again.code(2)) == book
    assert page_over.inner_text() == "Undo"
    page_over.click()
    assert again.code(1) == "answer = 6 * 7"
    page_over.click()

    again.page.reload()
    last = LivePage(again.page, again.home).start()
    assert "edit" not in last.status
    assert (last.code(1), last.code(2)) == book
    # The last step can still be undone.
    expect(last.page.locator(".sms-live-over")).to_have_text("Undo")
    assert not first.problems, "\n".join(first.problems)


def test_an_edit_of_code_that_the_book_has_changed_is_not_put_in_its_place(open_page):
    opened = open_page("03_softmax").start()
    opened.write(1, "mine = 1")
    opened.page.wait_for_function(
        "() => Object.keys(localStorage).some((key) => key.startsWith('softmax-live'))"
    )
    opened.page.evaluate("""() => {
      const key = Object.keys(localStorage).find((name) => name.startsWith("softmax-live"));
      localStorage.setItem(key, localStorage.getItem(key).replace(/"[^"]*":"mine/, '"0-1":"mine'));
    }""")
    opened.page.reload()
    again = LivePage(opened.page, opened.home).start()
    assert "mine" not in again.code(1)
    # It is shown, and stays until its reader discards it.
    assert "The book has changed the code of 1 cell that you had edited" in again.status
    kept = again.page.locator(".sms-live-kept")
    expect(kept.get_by_text("mine = 1", exact=True)).to_be_visible()
    again.run(1, "other = 1")
    expect(kept.locator("li")).to_have_count(1)
    kept.get_by_role("button", name="Discard").click()
    expect(kept).to_have_count(0)
    again.page.reload()
    last = LivePage(again.page, again.home).start()
    expect(last.page.locator(".sms-live-kept")).to_have_count(0)
    assert last.code(1) == "other = 1"


@pytest.mark.parametrize("setting", ["wide-light", "narrow-dark"])
def test_what_was_given_up_comes_back_after_a_reload(open_page, axe, setting):
    opened = open_page("03_softmax", setting).start()
    book = opened.code(2)
    opened.write(2, "mine = 2")
    opened.page.locator(".sms-live-over").click()
    assert opened.code(2) == book
    opened.page.reload()
    again = LivePage(opened.page, opened.home).start()
    kept = again.page.locator(".sms-live-kept")
    kept.locator("summary").click()
    expect(kept).to_contain_text("Cell 2, before you started over")
    barriers = again.barriers(axe)
    assert not barriers, "\n".join(barriers)
    assert again.overflow() <= 0, "the page can be scrolled sideways"
    again.settle()
    again.page.screenshot(path=SCREENSHOTS / f"live-kept-{setting}.png")
    kept.get_by_role("button", name="Put back").click()
    assert again.code(2) == "mine = 2"
    expect(kept).to_have_count(0)
    assert not again.problems, "\n".join(again.problems)


def test_tabs_of_a_page_lose_none_of_each_others_edits(open_page):
    one = open_page("03_softmax").start()
    other = open_page("03_softmax", context=one.page.context).start()
    book = one.code(3)
    one.write(3, "of_one = 3")
    other.wait_for_status("Another tab of this page has changed cell 3")
    other.write(1, "of_other = 1")
    other.page.locator(".sms-live-over").click()
    other.wait_for_status("1 edit made in another tab of this page stay")
    assert other.code(3) == book
    # The same cell in both: the one that was replaced is kept.
    other.write(3, "of_other = 3")
    expect(other.page.locator(".sms-live-kept")).to_contain_text("of_one = 3")
    one.wait_for_status("Another tab of this page has changed cell 3")
    assert one.code(3) == "of_one = 3"
    one.page.reload()
    again = LivePage(one.page, one.home).start()
    assert again.code(3) == "of_other = 3"
    again.page.locator(".sms-live-kept summary").click()
    expect(again.page.locator(".sms-live-kept")).to_contain_text("of_one = 3")
    # Here nobody else has changed it: what this tab knows, it may give up.
    again.page.locator(".sms-live-over").click()
    again.page.reload()
    assert LivePage(again.page, again.home).start().code(3) == book


def test_the_keyboard_is_enough(open_page):
    opened = open_page("03_softmax")
    press, page = opened.page.keyboard.press, opened.page
    page.locator(".sms-live-start").focus()
    press("Enter")
    opened.wait_for("ready")
    opened.write(1, "import math\nif True:")
    press("Enter")
    press("Tab")  # indented already by the colon; one more step
    page.keyboard.type("x = math.flo")
    press("Tab")
    page.locator(".cm-tooltip-autocomplete li[aria-selected]", has_text="floor").wait_for()
    press("Enter")
    page.keyboard.type("(2.5)")
    press("Shift+Enter")
    opened.wait_for_cell(1, "done")
    assert opened.code(1).split("\n")[-1].strip() == "x = math.floor(2.5)"
    focused = page.locator(":focus")
    expect(focused).to_have_attribute("aria-label", re.compile("^Code of cell 2\\."))  # the next
    press("ControlOrMeta+a")
    page.keyboard.insert_text("print(x)")
    press("ControlOrMeta+Enter")
    opened.wait_for_cell(2, "done")
    expect(focused).to_have_attribute("aria-label", re.compile("^Code of cell 2\\."))
    assert opened.output(2).inner_text().strip() == "2"
    press("Escape")
    press("Tab")  # out of the editor, to the cell's buttons
    expect(focused).to_have_attribute("aria-label", "Run cell 2")
    assert not opened.problems, "\n".join(opened.problems)


# --- running, and what can go wrong ---


def test_run_to_here_runs_what_a_cell_needs(open_page):
    opened = open_page("03_softmax").start()
    opened.cell(4).hover()
    opened.cell(4).get_by_role("button", name="Run to here").click()
    opened.wait_for_cell(4, "done")
    assert [opened.state(k) for k in range(1, 6)] == ["done"] * 4 + ["ready"]


def test_a_loop_without_end_can_be_interrupted(open_page):
    opened = open_page("03_softmax").start()
    opened.write(2, "print('after')")
    opened.write(1, "n = 0\nwhile True:\n    n += 1\n    if n == 9: print('begun', flush=True)")
    stop = opened.page.locator(".sms-live-stop")
    assert stop.is_disabled()
    opened.page.locator(".sms-live-all").click()
    opened.wait_for_cell(1, "running")
    opened.wait_for_status("Running cell 1")
    # A kernel that has not begun with the cell yet would be interrupted in nothing.
    expect(opened.output(1)).to_contain_text("begun")
    stop.click()
    opened.wait_for_cell(1, "failed")
    opened.wait_for("ready")
    opened.wait_for_status("Cell 1 was interrupted; Python is ready again")
    assert "KeyboardInterrupt" in opened.output(1).inner_text()
    assert opened.state(2) == "ready"  # what was waiting has not run
    assert int(opened.run(2, "print(n)")) >= 9
    assert not opened.problems, "\n".join(opened.problems)


# Pass on what the kernel says, but for some answers to code.
LOSES = """kinds => {
  const { WebSocket: Line } = window;
  window.losing = false;
  window.WebSocket = class extends Line {
    set onmessage(take) {
      super.onmessage = (event) => {
        const { data } = event;
        const text = typeof data === "string" ? data : new TextDecoder().decode(data);
        const answers = /"execute_request"/.test(text);
        if (!window.losing || !answers || !kinds.some((kind) => text.includes(kind))) take(event);
      };
    }
  };
}"""


@pytest.mark.parametrize("kinds", [["execute_reply"], ["execute_reply", '"idle"']])
def test_a_lost_reply_is_noticed(open_page, kinds):
    opened = open_page("03_softmax")
    opened.page.evaluate(LOSES, kinds)
    opened.start()
    opened.page.evaluate("() => { window.losing = true; }")
    opened.write(1, "kept = 1")
    opened.cell(1).locator(".sms-live-run").click()
    if '"idle"' in kinds:  # nothing says that it has ended: the reader asks
        opened.wait_for_cell(1, "running")
        opened.page.locator(".sms-live-stop").click()
    opened.wait_for_cell(1, "failed")
    opened.wait_for_status("what it answered to cell 1 was lost")
    opened.page.evaluate("() => { window.losing = false; }")
    assert opened.run(2, "print(kept)").strip() == "1"  # the same Python


def test_a_live_page_writes_into_no_folder_of_the_book(open_page):
    opened = open_page("03_softmax").start()
    said = opened.run(1, "import os\nopen('mine.txt', 'w').close()\nprint(os.getcwd())")
    assert said.strip().endswith("/work")
    assert str(ROOT) not in said
    assert not (ROOT / "mine.txt").exists()


def test_a_cell_that_prints_without_end_neither_fills_nor_stops_the_page(open_page):
    opened = open_page("03_softmax").start()
    opened.write(1, "while True:\n    print('x' * 1000)")
    opened.cell(1).locator(".sms-live-run").click()
    shortened = re.compile("earlier letters are not shown|faster than a page can show")
    opened.output(1).get_by_text(shortened).first.wait_for()
    opened.page.locator(".sms-live-stop").click()
    opened.wait_for_cell(1, "failed")
    assert len(opened.output(1).inner_text()) < 500_000
    # The server's word that it leaves some of it out makes no room for as much again.
    said = opened.run(
        2,
        "import sys\nfor k in range(6):\n    print('x' * 150_000, flush=True)\n"
        "    print('IOPub data rate exceeded.', file=sys.stderr, flush=True)",
    )
    assert "faster than a page can show" in said
    assert len(said) < 250_000
    assert opened.run(3, "print(1)").strip() == "1"


def test_an_error_is_readable_and_stops_the_rest(open_page):
    opened = open_page("03_softmax").start()
    opened.write(1, "def half(x):\n    return x / 0\n\nhalf(3)")
    opened.page.locator(".sms-live-all").click()
    opened.wait_for("failed")
    said = opened.output(1).inner_text()
    assert "ZeroDivisionError: division by zero" in said
    assert "return x / 0" in said
    assert "\x1b" not in said
    assert "Cell 1, line 4" in said  # the page's cell, and not the kernel's count of runs
    assert re.match(
        r"Cell 1 stopped with ZeroDivisionError\. \d+ cells .* not run\.", opened.status
    )
    assert opened.state(2) == "ready"
    assert opened.run(2, "print('goes on')").strip() == "goes on"


def test_a_restart_clears_the_variables_and_keeps_the_edits(open_page):
    opened = open_page("03_softmax").start()
    opened.run(1, "kept = 1")
    opened.page.locator(".sms-live-again").click()
    opened.wait_for_status("A new Python is ready")
    assert opened.state(1) == "stale"
    assert opened.code(1) == "kept = 1"
    assert "NameError" in opened.run(2, "kept", ends="failed")
    # Also out of a loop that is running.
    opened.write(1, "while True: pass")
    opened.cell(1).locator(".sms-live-run").click()
    opened.wait_for_cell(1, "running")
    opened.page.locator(".sms-live-again").click()
    opened.wait_for_status("A new Python is ready")
    assert opened.run(2, "print(2)").strip() == "2"
    # The library lays the line anew at each restart, and says so in the console.
    assert [p for p in opened.problems if "reconnecting in 0 seconds" not in p] == []


def test_a_python_that_dies_is_said_and_the_page_goes_on(open_page):
    opened = open_page("03_softmax").start()
    opened.write(1, "import os; os._exit(1)")
    opened.cell(1).locator(".sms-live-run").click()
    opened.wait_for("trouble")
    opened.wait_for_status("Python has ended itself with exit status 1")
    assert "run the cells again from the top" in opened.status
    assert opened.run(2, "print('again')").strip() == "again"


def kernels(opened):
    return [
        kernel["id"]
        for kernel in opened.page.context.request.get(f"{opened.home}api/kernels").json()
    ]


def end_all(opened):
    cookies = {cookie["name"]: cookie["value"] for cookie in opened.page.context.cookies()}
    for kernel in kernels(opened):
        opened.page.context.request.delete(
            f"{opened.home}api/kernels/{kernel}", headers={"X-XSRFToken": cookies["_xsrf"]}
        )


def test_a_python_that_was_ended_is_said_and_can_be_started_anew(open_page):
    opened = open_page("03_softmax").start()
    opened.run(1, "kept = 1")
    end_all(opened)  # as the server does with one that is idle for long
    opened.wait_for("trouble")
    opened.wait_for_status("Python has ended")
    assert opened.cell(1).locator(".sms-live-run").is_disabled()
    opened.page.locator(".sms-live-again").click()
    opened.wait_for("ready")
    assert opened.run(2, "print('kept' in globals())").strip() == "False"


def test_a_stopped_server_is_said(chromium, site):
    live = Live("-m", "softmax_book", "live", "--no-open", "--port", free_port())
    context = chromium.new_context(**SETTINGS["wide-light"])
    context.set_default_timeout(PATIENCE)
    try:
        live.wait_for_link()
        page = context.new_page()
        page.goto(live.links[-1][0])
        page.wait_for_url("**/book/index.html")
        page.goto(f"http://127.0.0.1:{live.port}/book/03_softmax.html")
        opened = LivePage(page, f"http://127.0.0.1:{live.port}/").start()
        opened.write(1, "mine = 1")
        assert live.interrupt() == 0
        opened.wait_for("trouble")
        opened.wait_for_status("make live")
        assert "your edits are kept" in opened.status
        assert "mine = 1" in page.evaluate("() => JSON.stringify(localStorage)")
        page.screenshot(path=SCREENSHOTS / "live-stopped.png")
    finally:
        live.stop()
        context.close()


def test_a_server_that_ends_its_kernels_before_itself_is_said(open_page):
    opened = open_page("03_softmax", intercepting=True).start()
    opened.page.route("**/api/kernels/*", lambda route: route.abort())  # as if it had stopped
    end_all(opened)
    opened.wait_for_status("The server does not answer")


# --- tabs ---


def test_tabs_do_not_share_a_python_and_closing_one_ends_its_own(open_page):
    one = open_page("03_softmax").start()
    before = set(kernels(one))
    assert len(before) == 1
    other = open_page("03_softmax", context=one.page.context).start()
    assert len(kernels(one)) == 2
    one.run(1, "mine = 1")
    assert other.run(1, "print('mine' in globals())").strip() == "False"
    other.page.close(run_before_unload=True)
    wait_until(lambda: set(kernels(one)) == before, message="the closed tab's kernel lives on")
    # Going elsewhere in the same tab ends it as well.
    one.page.goto(f"{one.home}book/index.html")
    wait_until(lambda: kernels(one) == [], message="the left page's kernel lives on")


# --- what is alive in the outputs ---


INTERACT = """
%matplotlib inline
import matplotlib.pyplot as plt
import numpy as np
from ipywidgets import interact

@interact(power=(1, 5))
def draw(power=2):
    x = np.linspace(0, 1)
    plt.plot(x, x**power)
    plt.title(f"power {power}")
    plt.show()
    print("drawn for", power)
"""


def test_a_slider_redraws_a_figure(open_page):
    opened = open_page("03_softmax").start()
    opened.run(1, INTERACT)
    output = opened.output(1)
    image = output.locator("img")
    expect(image).to_have_count(1)
    before = image.get_attribute("src")
    assert "drawn for 3" not in output.inner_text()
    handle = output.locator(".noUi-handle, [role=slider]").first
    handle.focus()
    opened.page.keyboard.press("ArrowRight")
    output.get_by_text("drawn for 3").wait_for()
    expect(image).to_have_count(1)  # none, for the moment in which one takes the other's place
    expect(image).not_to_have_attribute("src", before)
    assert not opened.problems, "\n".join(opened.problems)


def test_what_a_button_prints_stands_below_its_cell(open_page):
    opened = open_page("03_softmax").start()
    opened.run(
        1,
        "import ipywidgets\nbutton = ipywidgets.Button(description='Press')\n"
        "button.on_click(lambda _: print('pressed') or 1 / 0)\nbutton",
    )
    opened.output(1).get_by_role("button", name="Press").click()
    opened.output(1).get_by_text("pressed", exact=True).wait_for()
    opened.output(1).get_by_text("ZeroDivisionError: division by zero").wait_for()
    # A widget of the book may stand inside one of ipywidgets.
    code = "from softmax_steps.widgets import SoftmaxBars\nipywidgets.VBox([SoftmaxBars()])"
    opened.run(2, code)
    widget = opened.output(2).locator(".sms-live-widget")
    widget.locator(".sms-softmax-bars").wait_for()
    numpy_agrees(widget, "ArrowRight")
    assert not opened.problems, "\n".join(opened.problems)


def test_progress_is_seen_while_a_cell_runs(open_page, tmp_path):
    opened = open_page("03_softmax").start()
    gate = tmp_path / "seen"
    opened.write(
        1,
        "import sys, time\nfrom pathlib import Path\nfrom tqdm import tqdm\n"
        "for k in tqdm(range(4), file=sys.stdout, mininterval=0):\n"
        f"    while k == 2 and not Path({str(gate)!r}).exists(): time.sleep(0.01)\nprint('end')",
    )
    opened.cell(1).locator(".sms-live-run").click()
    opened.output(1).get_by_text("50%").wait_for()
    assert opened.state(1) == "running"
    gate.touch()
    opened.wait_for_cell(1, "done")
    said = opened.output(1).inner_text()
    assert "100%" in said
    assert "50%" not in said  # the bar has overwritten itself
    # tqdm.auto, which the book's train() uses, is a widget where there is a kernel.
    opened.run(2, "from tqdm.auto import tqdm\nfor k in tqdm(range(3)): pass\nprint('end')")
    opened.output(2).locator(
        ".sms-live-widget [role=progressbar], .sms-live-widget .progress"
    ).first.wait_for()
    expect(opened.output(2)).to_contain_text("3/3")


def test_a_figure_can_be_updated_in_place(open_page):
    opened = open_page("03_softmax").start()
    opened.run(
        1,
        "import matplotlib.pyplot as plt\nfrom IPython.display import display, clear_output\n"
        "figure, axes = plt.subplots()\nshown = display(figure, display_id=True)\n"
        "axes.plot([1, 2])\nshown.update(figure)\nplt.close(figure)",
    )
    image = opened.output(1).locator("img")
    expect(image).to_have_count(1)
    before = image.get_attribute("src")
    opened.run(2, "axes.plot([2, 1])\nshown.update(figure)")
    expect(image).not_to_have_attribute("src", before)
    expect(opened.output(2).locator("img")).to_have_count(0)


FIGURE = """
import matplotlib.pyplot as plt
from softmax_steps.notebook import show

def draw(**words):
    figure, _ = plt.subplots()
    return show(figure, **words)

"""


def find_cell(opened, selector):
    """Return the number of the one cell whose outputs hold this."""
    cells = opened.page.locator("div.cell[data-live]")
    holding = [k + 1 for k in range(cells.count()) if cells.nth(k).locator(selector).count()]
    assert len(holding) == 1
    return holding[0]


def test_a_figure_drawn_anew_has_the_words_of_the_book_with_its_own_values(open_page):
    opened = open_page("07_training").start()
    number = find_cell(opened, "figure[data-alt]")
    built = opened.output(number).locator("[role=img]").get_attribute("aria-label")
    words = "Ten misread digits. Over each: the true digit, the answer, and its probability."
    assert built.startswith(f"{words} ")
    caption = opened.output(number).locator("figcaption").text_content()
    opened.cell(number).locator("summary").click()
    code = FIGURE + "draw(values={'titles': 'mine & <b>yours</b>'})"
    opened.run(number, code)
    picture = opened.output(number).locator("[role=img]")
    expect(picture).to_have_attribute("aria-label", f"{words} mine & <b>yours</b>.")
    expect(opened.output(number).locator("figcaption")).to_have_text(caption)
    # Words of the reader's own stay, and a value that was left out harms nothing.
    opened.run(number, FIGURE + "draw(alt='A square.', caption='Mine.')")
    expect(picture).to_have_attribute("aria-label", "A square.")
    expect(opened.output(number).locator("figcaption")).to_have_text("Mine.")
    opened.run(number, FIGURE + "draw()")
    expect(picture).to_have_attribute("aria-label", f"{words} ….")
    # Where the book has no figure there are no words to put on one.
    opened.run(1, FIGURE + "draw()")
    expect(opened.output(1).locator("[role=img]")).to_have_attribute(
        "aria-label", "The picture that cell 1 draws"
    )
    expect(opened.output(1).locator("figcaption")).to_have_count(0)
    assert not opened.problems, "\n".join(opened.problems)


def test_a_folded_cell_can_be_run_and_passed_without_opening_it(open_page):
    opened = open_page("07_training").start()
    number = find_cell(opened, "figure[data-alt]")
    fold = opened.cell(number).locator("details")
    opened.write(number - 1, "titles = 'none'")
    opened.page.keyboard.press("Shift+Enter")
    focused = opened.page.locator(":focus")
    expect(focused).to_have_attribute("aria-label", f"Run cell {number}")
    opened.page.keyboard.press("Shift+Enter")
    expect(focused).to_have_attribute("aria-label", re.compile(f"^Code of cell {number + 1}\\."))
    opened.wait_for_cell(number, "failed")  # nothing before has run
    assert fold.get_attribute("open") is None
    assert "NameError" in opened.output(number).inner_text()
    # Opened, it is a cell like the others.
    fold.locator("summary").click()
    assert opened.run(number, "print(titles)").strip() == "none"
    # A run shows what the reader was to predict.
    number = opened.page.evaluate("""() => 1 + [...document.querySelectorAll("div.cell[data-live]")]
      .findIndex((cell) => cell.querySelector("details.below-input"))""")
    expect(opened.output(number)).to_be_hidden()
    assert opened.run(number, "print(titles)").strip() == "none"
    expect(opened.output(number)).to_be_visible()
    assert not opened.problems, "\n".join(opened.problems)


# --- looks ---


@pytest.mark.parametrize("setting", ["wide-light", "narrow-dark"])  # each width and each theme
def test_a_live_page_fits_and_has_no_barrier(open_page, axe, setting):
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    opened = open_page("03_softmax", setting)

    def look(name):
        opened.settle()
        opened.page.screenshot(path=SCREENSHOTS / f"live-{name}-{setting}.png")

    look("before")
    opened.start()
    look("ready")
    opened.write(2, "import time\nprint('begun', flush=True)\nwhile True:\n    time.sleep(0.01)")
    opened.cell(2).locator(".sms-live-run").click()
    expect(opened.output(2)).to_contain_text("begun")
    expect(opened.cell(2).locator(".sms-live-state")).to_have_text(re.compile(r"running, \d+ s"))
    look("running")
    opened.page.locator(".sms-live-stop").click()
    opened.wait_for("ready")
    look("interrupted")
    opened.run(1)
    opened.run(3)
    opened.run(4, "1 / 0", ends="failed")
    opened.cell(4).scroll_into_view_if_needed()
    look("error")
    opened.run(5, INTERACT)
    opened.output(5).locator("img").wait_for()
    opened.cell(5).scroll_into_view_if_needed()
    look("widget")
    assert opened.overflow() <= 0, "the page can be scrolled sideways"
    barriers = opened.barriers(axe)
    assert not barriers, "\n".join(barriers)
    assert not opened.problems, "\n".join(opened.problems)


def test_a_page_that_is_no_chapter_has_no_button(open_page):
    for name in ("index", "api", "equations", "references", "teaching"):
        assert open_page(name).page.locator(".sms-live").count() == 0


# --- other sites ---


# All that a page can try against another origin. Returns what it got.
FOREIGN = """async ([own, kernel]) => {
  const got = [];
  const attempt = (name, task) => task().then(() => got.push(name), () => {});
  const send = { method: "POST", credentials: "include", body: "{}" };
  for (const path of ["api/kernels", "live/status", "book/03_softmax.html"]) {
    await attempt(path, () => fetch(own + path, { credentials: "include" }));
  }
  const headers = { "X-XSRFToken": "x" };
  await attempt("post", () => fetch(`${own}api/kernels`, { ...send, headers }));
  await fetch(`${own}api/kernels`, { ...send, mode: "no-cors" }).catch(() => {});
  await attempt("websocket", () => new Promise((open, no) => {
    const line = new WebSocket(`${own.replace("http", "ws")}api/kernels/${kernel}/channels`);
    Object.assign(line, { onopen: open, onerror: no });
  }));
  await attempt("script", () => new Promise((loaded, no) => {
    const script = document.createElement("script");
    Object.assign(script, { src: `${own}live/files/page.js`, onload: loaded, onerror: no });
    document.head.append(script);
  }));
  const frame = document.createElement("iframe");
  frame.src = `${own}book/03_softmax.html`;
  const loaded = new Promise((done) => { frame.onload = done; });
  document.body.append(frame);
  await loaded;
  return got;
}"""


def test_a_page_of_another_site_cannot_reach_the_kernel(open_page, tmp_path):
    opened = open_page("03_softmax").start()
    (kernel,) = kernels(opened)
    (tmp_path / "index.html").write_text("<!DOCTYPE html><title>Evil</title><body></body>")
    # The same browser, with the same cookies; "localhost" is another site, 127.0.0.1 is the same
    # site at another port, to which browsers do send the cookies.
    with serving(tmp_path) as evil:
        for host in ("localhost", "127.0.0.1"):
            page = opened.page.context.new_page()
            page.goto(evil.home.replace("127.0.0.1", host))
            assert page.evaluate(FOREIGN, [opened.home, kernel]) == []
            frame = page.frames[1]
            opened.wait_until(
                lambda frame=frame: frame.url.startswith("chrome-error:"), "a frame was let in"
            )
            page.close()
    assert kernels(opened) == [kernel]
    assert opened.run(1, "print('still mine')").strip() == "still mine"


# --- where no server answers ---


class Published(Edition):
    """An edition whose site lies in its root."""

    @property
    def site(self):
        return self.root


@pytest.fixture
def without_lite(site, tmp_path):
    """A folder that serves as the site does, but for its notebooks in the browser."""
    for path in site.iterdir():
        if path.name not in {"lite", "live"}:
            (tmp_path / path.name).symlink_to(path)
    write_status(Published(tmp_path))
    return tmp_path


def add_lite(folder):
    """Put a stub of JupyterLite into a site."""
    (folder / "lite" / "notebooks").mkdir(parents=True)
    page = folder / "lite" / "notebooks" / "index.html"
    page.write_text("<!DOCTYPE html><title>A stub of JupyterLite</title>")
    write_status(Published(folder))


@pytest.fixture
def published(without_lite):
    """Its address on a plain static server."""
    with serving(without_lite) as server:
        yield server.home


@pytest.mark.parametrize("from_disk", [True, False])
def test_where_nothing_runs_the_door_leads_to_the_notebook(visit, published, site, from_disk):
    opened = visit("book/03_softmax.html", home=f"{site.as_uri()}/" if from_disk else published)
    door = opened.page.get_by_role("link", name="Download the notebook")
    expect(door).to_be_visible()
    expect(opened.page.locator(".sms-live-start")).to_have_count(0)
    expect(opened.page.locator(".sms-live-status")).to_have_text(
        "To run the cells, open it in Jupyter. Or, in a copy of the book’s repository, run “make "
        "live” and open the link that it prints."
    )
    assert door.get_attribute("href").endswith("/_sources/book/03_softmax.ipynb")
    if not from_disk:
        with opened.page.expect_download() as begun:
            door.click()
        assert begun.value.suggested_filename == "03_softmax.ipynb"
    assert not opened.problems, "\n".join(opened.problems)  # nor a file that is not there


def test_where_the_site_holds_jupyterlite_the_chapter_opens_there(visit, without_lite, published):
    add_lite(without_lite)
    opened = visit("book/05_regularization.html", home=published)
    page = opened.page
    expect(page.locator(".sms-live-status")).to_have_text(
        "Edit the cells and run them, with a Python in your browser."
    )
    assert not opened.problems, "\n".join(opened.problems)
    page.get_by_role("button", name="Open as a notebook").click()
    page.wait_for_url("**/lite/notebooks/index.html?path=05_regularization.ipynb")
    assert page.title() == "A stub of JupyterLite"
    page.go_back()
    expect(page.locator(".sms-live-start")).to_be_enabled()


@pytest.mark.parametrize("has_internet", [True, False])
def test_where_numpy_must_be_fetched_the_button_says_so_before_it_leaves(
    visit, without_lite, published, has_internet
):
    add_lite(without_lite)
    lock = Published(without_lite).lite_lock
    lock.parent.mkdir(parents=True)
    packages = {
        "six": {"file_name": "six-1.whl"},
        "numpy": {"file_name": "https://cdn.example.org/pyodide/full/numpy-2.whl"},
    }
    lock.write_text(json.dumps({"packages": packages}))
    opened = visit("book/05_regularization.html", "narrow-dark", home=published)
    if not has_internet:
        opened.page.add_init_script("Object.defineProperty(navigator, 'onLine', {value: false})")
        opened.page.reload()
    start = opened.page.locator(".sms-live-start")
    for _ in range(2):  # it says so each time
        start.click()
        status = opened.page.locator(".sms-live-status")
        expect(status).to_contain_text(
            "needs NumPy, which this site does not hold: it fetches it from cdn.example.org"
        )
        expect(start).to_be_enabled()
    assert opened.overflow() <= 0, "the page can be scrolled sideways"
    download = opened.page.get_by_role("link", name="Download the chapter")
    notebook = opened.page.get_by_role("link", name="Open the notebook")
    expect(notebook if has_internet else download).to_be_focused()
    opened.page.screenshot(path=SCREENSHOTS / f"live-without-numpy-{has_internet}.png")
    with opened.page.expect_download() as begun:
        download.click()
    assert begun.value.suggested_filename == "05_regularization.ipynb"
    expect(notebook).to_have_count(int(has_internet))
    if has_internet:
        notebook.click()
        opened.page.wait_for_url("**/lite/notebooks/index.html?path=05_regularization.ipynb")
    assert [p for p in opened.problems if "404" not in p] == []


def test_the_button_costs_a_reader_almost_nothing(site):
    files = [site / "_static" / "live" / name for name in ("live_button.js", "live_button.css")]
    assert sum(file.stat().st_size for file in files) < 6_000
    page = (site / "book" / "03_softmax.html").read_text("utf-8")
    assert re.search(r'<script defer="defer" src="\.\./_static/live/live_button\.js', page)
    assert "live/files" not in page
