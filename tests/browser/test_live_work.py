"""What a reader has written on a live page: seen at once, compared, saved, undone, never lost."""

import json
import re

import nbformat
import pytest
from playwright.sync_api import expect

from ..waiting import wait_until
from .conftest import SCREENSHOTS
from .test_live import LivePage, kernels, known, open_page, server

__all__ = ["known", "open_page", "server"]  # fixtures


COMES_BACK = """() => {
  localStorage.setItem(`softmax-live:${location.pathname.slice(1)}`, "{}");
}"""


class WorkPage(LivePage):
    """A page on which the reader's work is shown."""

    @property
    def work(self):
        return self.page.locator(".sms-live-work")

    @property
    def kept(self):
        return self.page.locator(".sms-live-kept")

    def cell(self, number):
        """Find a cell by what it is called: 2, or 2a for the first of one's own below it."""
        name = re.compile(f"^Run cell {number}$")
        run = self.page.get_by_role("button", name=name, include_hidden=True)
        return self.page.locator("div.cell[data-live]").filter(has=run)

    def press(self, number, name):
        self.cell(number).get_by_role("button", name=name).click()

    def again(self):
        """Reload, and wait until the work is shown; Python does not run."""
        self.page.reload()
        self.wait_for("shown")
        return self

    def edit(self):
        """Open the editors without Python, as for a reader who comes back."""
        self.page.evaluate(COMES_BACK)
        with self.page.expect_response("**/*.ipynb"):  # which a download is made of
            self.page.reload()
        self.work.wait_for()
        return self


@pytest.fixture
def open_work(open_page):
    """Return ``open_work(...)``, as ``open_page(...)``."""

    def go(*arguments, **options):
        opened = open_page(*arguments, **options)
        made = WorkPage(opened.page, opened.home, opened.problems)
        made.asked = []
        made.page.on("request", lambda request: made.asked.append(request.url))
        return made

    return go


def test_work_is_seen_and_goes_on_before_the_page_is_live(open_work):
    opened = open_work()
    opened.page.reload()
    loaded = [url for url in opened.asked if "/live/" in url and "_static" not in url]
    # Without work, nothing of the live page: it has asked whether there is a Python.
    assert [url.rpartition("/live/")[2] for url in loaded] == ["status"]
    opened.start()
    opened.write(1, "answer = 6 * 7")
    opened.press(2, "Add cell below")
    opened.write("2a", "print(answer)")
    expect(opened.cell("2a").locator(".sms-live-mark")).to_have_text("Your own cell")

    opened.again()
    assert (opened.code(1), opened.code("2a")) == ("answer = 6 * 7", "print(answer)")
    mark = opened.cell(1).locator(".sms-live-mark")
    expect(mark).to_have_text("Edited by you")
    editor = opened.cell(1).locator(".cm-content")
    assert editor.get_attribute("aria-describedby") == mark.get_attribute("id")
    expect(opened.cell(2).locator(".sms-live-mark")).to_be_hidden()
    assert "1 edit of yours is back: cell 1." in opened.status
    assert "1 cell of your own is back: cell 2a." in opened.status
    expect(opened.work).to_contain_text("Yours: cell 1 · cell 2a")
    wait_until(lambda: kernels(opened) == [], message="a Python was started, or lives on")

    # From another chapter and back; edited without Python.
    opened.page.goto(f"{opened.home}book/04_cross_entropy.html")
    expect(opened.work).to_have_count(0)
    opened.page.go_back()
    opened.wait_for("shown")
    opened.write(3, "mine = 3")
    opened.again()
    assert opened.code(3) == "mine = 3"
    opened.work.get_by_role("button", name="Go to cell 3").click()
    expect(opened.cell(3).locator(".cm-content")).to_be_focused()
    assert kernels(opened) == []

    # The first run starts Python; what was pressed meanwhile runs too.
    opened.cell(1).locator(".sms-live-run").click()
    opened.cell("2a").locator(".sms-live-run").click()
    opened.wait_for_cell("2a", "done")
    assert opened.output("2a").inner_text().strip() == "42"
    assert len(kernels(opened)) == 1
    assert not opened.problems, "\n".join(opened.problems)


def test_a_run_without_a_server_says_so_and_keeps_the_work(open_work):
    opened = open_work(intercepting=True).start()
    opened.write(1, "mine = 1")
    opened.again()
    opened.page.route("**/live/status", lambda route: route.abort())
    opened.cell(1).locator(".sms-live-run").click()
    opened.wait_for_status("does not answer any more")
    opened.wait_for_cell(1, "ready")  # it waits no longer
    opened.page.unroute("**/live/status")
    opened.page.route("**/api/kernels*", lambda route: route.fulfill(status=429, body="{}"))
    opened.cell(1).locator(".sms-live-run").click()
    opened.wait_for_status("could not be made live")
    opened.wait_for_cell(1, "ready")
    opened.page.unroute("**/api/kernels*")
    assert opened.run(1, "print('goes on')").strip() == "goes on"


def test_an_edit_is_compared_with_the_book_and_taken_back(open_work):
    opened = open_work().edit()
    book = opened.code(2)
    mine = book.replace("print(F)", "print(2 * F)")
    opened.write(2, mine)
    compare = opened.cell(2).get_by_role("button", name="Compare with the book’s: cell 2")
    compare.press("Enter")
    expect(compare).to_have_attribute("aria-expanded", "true")
    diff = opened.cell(2).locator(".sms-live-diff")
    expect(diff.locator("del")).to_have_text(["the book’s: − print(F)"], use_inner_text=False)
    expect(diff.locator("ins")).to_have_text(["yours: + print(2 * F)"])
    opened.write(2, mine.replace("2 * F", "3 * F"))  # the comparison follows
    expect(diff.locator("ins")).to_have_text(["yours: + print(3 * F)"])
    opened.press(2, "Start over with cell 2")
    expect(diff).to_have_count(0)
    assert opened.code(2) == book
    undo = opened.cell(2).get_by_role("button", name="Undo: your code again in cell 2")
    expect(undo).to_be_focused()
    expect(opened.kept).to_contain_text("Cell 2, before you started over")
    undo.press("Enter")
    assert "3 * F" in opened.code(2)
    expect(opened.kept).to_have_count(0)
    expect(undo).to_be_hidden()
    assert not opened.problems, "\n".join(opened.problems)


# The book had another cell 2 when the reader edited it.
CHANGED = """() => {
  const of = (kind) =>
    Object.keys(localStorage).find((name) => name.startsWith(`softmax-${kind}:`));
  const edits = JSON.parse(localStorage.getItem(of("live")));
  const origins = JSON.parse(localStorage.getItem(of("book")));
  const [name] = Object.keys(edits);
  const code = origins[name].code.replace("row sums", "sums");
  localStorage.setItem(of("live"), JSON.stringify({ "0-1": edits[name] }));
  localStorage.setItem(of("book"), JSON.stringify({ "0-1": { code, number: 9 } }));
}"""


def test_an_edit_of_changed_code_is_compared_and_finds_a_cell(open_work):
    opened = open_work().edit()
    book = opened.code(2)
    opened.write(2, "mine = 1")  # like no code of the book
    opened.page.evaluate(CHANGED)
    opened.again()
    assert "The book has changed the code of 1 cell that you had edited" in opened.status
    assert opened.code(2) == book
    kept = opened.kept
    kept.get_by_role("button", name="Compare with cell 2").click()
    expect(kept.locator("ins")).to_have_text(["yours: + mine = 1"])
    assert kept.locator("del").count() == len(book.split("\n"))

    kept.get_by_role("button", name="Discard").click()
    expect(kept).to_have_count(0)
    undo = opened.work.get_by_role("button", name="Undo: discarded")
    expect(undo).to_be_focused()
    undo.press("Enter")
    expect(kept.locator("li")).to_have_count(1)

    kept.get_by_role("button", name="Put into cell 2").click()
    assert opened.code(2) == "mine = 1"
    expect(kept).to_have_count(0)

    opened.page.evaluate(CHANGED)
    opened.again()
    kept.get_by_role("button", name="Make it a cell of your own").click()
    assert opened.code("2a") == "mine = 1"
    expect(kept).to_have_count(0)
    opened.again()
    assert opened.code("2a") == "mine = 1"
    assert not opened.problems, "\n".join(opened.problems)


def test_cells_of_ones_own_stand_where_they_were_put(open_work):
    opened = open_work().start()
    opened.press(2, "Add cell below cell 2")
    editor = opened.cell("2a").locator(".cm-content")
    expect(editor).to_be_focused()
    opened.page.keyboard.insert_text("first = 1")
    opened.press("2a", "Add cell below")
    opened.page.keyboard.insert_text("print(first)")
    opened.press(2, "Add cell below")  # between the book's and the others
    opened.page.keyboard.insert_text("zeroth = 0")

    def own():
        return [opened.code(name) for name in ("2a", "2b", "2c")]

    assert own() == ["zeroth = 0", "first = 1", "print(first)"]
    expect(opened.cell("2c").locator(".cm-content")).to_have_attribute(
        "aria-label", re.compile(r"^Code of cell 2c\.")
    )
    # They run with the others, in the page's order, and errors name them.
    opened.cell("2b").locator(".cm-content").press("Shift+Enter")
    expect(opened.cell("2c").locator(".cm-content")).to_be_focused()
    assert opened.run("2c").strip() == "1"
    assert "Cell 2a, line 1" in opened.run("2a", "1 / 0", ends="failed")

    # Deleted, and back, now and after a reload.
    opened.press("2b", "Delete cell 2b")
    undo = opened.work.get_by_role("button", name="Undo the deletion")
    expect(undo).to_be_focused()
    expect(opened.cell("2c")).to_have_count(0)
    undo.press("Enter")
    assert own() == ["1 / 0", "first = 1", "print(first)"]
    opened.press("2b", "Delete cell 2b")
    opened.again()
    assert [opened.code("2a"), opened.code("2b")] == ["1 / 0", "print(first)"]
    expect(opened.kept).to_contain_text("Your own cell below cell 2, which you deleted")
    undo.click()
    assert own() == ["1 / 0", "first = 1", "print(first)"]
    expect(opened.kept).to_have_count(0)
    # An empty one goes without a word, and the keyboard stays near.
    opened.press(4, "Add cell below")
    opened.press("4a", "Delete cell 4a")
    expect(opened.cell(4).locator(".cm-content")).to_be_focused()
    expect(opened.kept).to_have_count(0)
    assert not opened.problems, "\n".join(opened.problems)


def test_start_over_is_undone_after_a_reload(open_work):
    opened = open_work().edit()
    book = opened.code(1)
    opened.write(1, "mine = 1")
    opened.press(3, "Add cell below")
    opened.write("3a", "own = 3")
    over = opened.page.locator(".sms-live-over")
    over.click()
    assert opened.code(1) == book
    expect(opened.cell("3a")).to_have_count(0)
    opened.again()
    assert "kept below" in opened.status
    expect(over).to_have_text("Undo")
    over.click()
    assert (opened.code(1), opened.code("3a")) == ("mine = 1", "own = 3")
    expect(opened.kept).to_have_count(0)
    # What was written since is not undone unseen.
    over.click()
    opened.write(1, "later = 1")
    opened.work.get_by_role("button", name="Undo the start over").click()
    assert (opened.code(1), opened.code("3a")) == ("mine = 1", "own = 3")
    expect(opened.kept).to_contain_text("later = 1")


def upload(opened, notebook, name="mine.ipynb"):
    data = notebook if isinstance(notebook, bytes) else json.dumps(notebook).encode()
    file = {"name": name, "mimeType": "application/json", "buffer": data}
    with opened.page.expect_file_chooser() as chooser:
        opened.work.get_by_role("button", name="Upload notebook").click()
    chooser.value.set_files(file)


def test_the_page_is_saved_as_a_notebook_and_read_from_it(open_work):
    opened = open_work(intercepting=True).edit()
    opened.write(1, "mine = 1")
    opened.press(3, "Add cell below")
    opened.write("3a", "own = 3")
    opened.page.route("**/*.ipynb", lambda route: route.abort())  # the server has been stopped
    with opened.page.expect_download() as download:
        opened.work.get_by_role("button", name="Download notebook").click()
    assert download.value.suggested_filename == "03_softmax-edited.ipynb"
    notebook = json.loads(download.value.path().read_text("utf-8"))
    nbformat.validate(notebook)
    codes = ["".join(cell["source"]) for cell in notebook["cells"] if cell["cell_type"] == "code"]
    assert codes[1] == "mine = 1"
    assert codes[3].startswith("from softmax_steps.widgets import")  # and the reader's below it
    assert codes[4] == "own = 3"

    opened.page.unroute("**/*.ipynb")
    opened.page.locator(".sms-live-over").click()
    opened.write(1, "other = 1")
    upload(opened, notebook)
    opened.wait_for_status("From mine.ipynb: 1 cell is as you had edited it, 1 cell of your own")
    assert (opened.code(1), opened.code("3a")) == ("mine = 1", "own = 3")
    expect(opened.kept).to_contain_text("Cell 1, before you uploaded a notebook")
    upload(opened, notebook)  # again: nothing twice
    opened.wait_for_status("holds nothing that this page has not")
    opened.again()
    assert (opened.code(1), opened.code("3a")) == ("mine = 1", "own = 3")
    opened.work.get_by_role("button", name="Undo the upload").click()
    assert opened.code(1) == "other = 1"
    expect(opened.cell("3a")).to_have_count(0)

    # Of a file that is none, one line is said, and nothing changes.
    kept = opened.page.evaluate("() => JSON.stringify(localStorage)")
    for bad, said in [
        (b"\x89PNG", "bad.ipynb was not taken: it is no notebook."),
        ({"nbformat": 3, "worksheets": []}, "of notebook format 3"),
        ({**notebook, "cells": [*notebook["cells"], {"cell_type": "code"}]}, "is damaged"),
    ]:
        upload(opened, bad, "bad.ipynb")
        opened.wait_for_status(said)
        assert opened.status.endswith("Nothing has changed.")
    assert opened.page.evaluate("() => JSON.stringify(localStorage)") == kept
    # What belongs to no cell of the page is not dropped.
    cell = {"cell_type": "code", "id": "a", "metadata": {}, "source": "far = 1", "outputs": []}
    upload(opened, {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [cell]})
    opened.wait_for_status("is it of another chapter?")
    assert opened.code("1a") == "far = 1"
    assert not opened.problems, "\n".join(opened.problems)


def test_tabs_of_a_page_do_not_lose_each_others_cells(open_work):
    one = open_work().edit()
    other = open_work(context=one.page.context).edit()
    one.press(2, "Add cell below")
    one.write("2a", "of_one = 1")
    other.wait_for_status("Another tab of this page has added a cell")
    other.press(2, "Add cell below")
    other.write("2a", "of_other = 1")
    other.page.locator(".sms-live-over").click()
    one.again()
    assert one.code("2a") == "of_one = 1"
    # Changed here, deleted there: the one that was changed stays.
    third = open_work(context=one.page.context)
    third.wait_for("shown")
    one.write("2a", "of_one = 2")
    third.wait_for_status("Another tab of this page has changed cell 2a")
    third.press("2a", "Delete cell 2a")
    one.again()
    assert one.code("2a") == "of_one = 2"


FULL = """() => {
  Storage.prototype.setItem = () => { throw new DOMException("full", "QuotaExceededError"); };
}"""
BROKEN = """() => {
  for (const name of ["getItem", "setItem", "removeItem"])
    Storage.prototype[name] = () => { throw new DOMException("none", "SecurityError"); };
}"""


@pytest.mark.parametrize("trouble", [FULL, BROKEN], ids=["full", "broken"])
def test_without_room_nothing_is_lost_while_the_page_is_open(open_work, trouble):
    opened = open_work().edit()
    book = opened.code(1)
    if trouble == FULL:
        opened.write(3, "kept = 3")
    opened.page.evaluate(trouble)
    opened.write(1, "mine = 1")
    opened.wait_for_status("This browser keeps no edits")
    assert "download the notebook" in opened.status
    opened.press(2, "Add cell below")
    opened.write("2a", "own = 2")
    over = opened.page.locator(".sms-live-over")
    over.click()
    assert opened.code(1) == book
    over.click()
    assert (opened.code(1), opened.code("2a")) == ("mine = 1", "own = 2")
    with opened.page.expect_download() as download:
        opened.work.get_by_role("button", name="Download notebook").click()
    assert "own = 2" in download.value.path().read_text("utf-8")
    # The browser asks before it leaves the page.
    with opened.page.expect_event("dialog") as asked:
        opened.page.close(run_before_unload=True)
    assert asked.value.type == "beforeunload"
    asked.value.dismiss()
    assert opened.code("2a") == "own = 2"
    opened.page.evaluate("() => { onbeforeunload = null; }")


@pytest.mark.parametrize("setting", ["wide-light", "narrow-dark"])
def test_own_work_fits_and_has_no_barrier(open_work, axe, setting):
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    opened = open_work("03_softmax", setting)

    def look(name):
        opened.settle()
        opened.page.screenshot(path=SCREENSHOTS / f"work-{name}-{setting}.png")

    opened.edit()
    opened.write(3, "gone = 1")
    opened.page.locator(".sms-live-over").click()
    opened.write(2, opened.code(2).replace("print(F)", "print(2 * F)  # a long line " + "= " * 40))
    opened.press(2, "Add cell below")
    opened.write("2a", "own = 2")
    opened.again()
    look("shown")
    opened.press(2, "Compare")
    opened.cell(2).scroll_into_view_if_needed()
    look("cells")
    opened.kept.locator("summary").click()
    opened.kept.get_by_role("button", name="Compare").click()
    opened.kept.scroll_into_view_if_needed()
    look("kept")
    assert opened.overflow() <= 0, "the page can be scrolled sideways"
    barriers = opened.barriers(axe)
    assert not barriers, "\n".join(barriers)
    assert not opened.problems, "\n".join(opened.problems)
