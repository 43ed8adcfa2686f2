"""The editor of a live cell: what is pasted, what a name is, and what stays in sight."""

# ruff: noqa: F811 - a fixture that is imported is named again by the tests that take it

import pytest
from playwright.sync_api import expect

from .conftest import SCREENSHOTS

# The fixtures of the live page.
from .test_live import known, open_page, server  # noqa: F401

PAGE = "notation"  # the page with the fewest cells
PASTE = """(node, text) => {
  const clipboardData = new DataTransfer();
  clipboardData.setData("text/plain", text);
  const how = { clipboardData, bubbles: true, cancelable: true };
  node.dispatchEvent(new ClipboardEvent("paste", how));
}"""


def paste(opened, number, text):
    """Put a text from the clipboard in the place of a cell's code."""
    opened.unfold(number)
    editor = opened.cell(number).locator(".cm-content")
    editor.click()
    opened.page.keyboard.press("ControlOrMeta+a")
    editor.evaluate(PASTE, text)


def box(locator):
    return locator.evaluate("""(node) => {
      const { left, right, top, bottom } = node.getBoundingClientRect();
      return { left, right, top, bottom };
    }""")


def overlap(one, other):
    one, other = box(one), box(other)
    return (
        one["left"] < other["right"]
        and other["left"] < one["right"]
        and one["top"] < other["bottom"]
        and other["top"] < one["bottom"]
    )


@pytest.mark.parametrize("setting", ["wide-light", "narrow-dark"])
def test_pasted_signs_that_only_look_like_pythons_are_mended_or_named(open_page, axe, setting):
    opened = open_page(PAGE, setting).start()
    asides = opened.cell(1).locator(".sms-live-asides")
    pasted = "for i in range(2):\n\u00a0\u00a0print（i，“你好，世界”）"
    mended = 'for i in range(2):\n  print(i,"你好，世界")'
    paste(opened, 1, pasted)
    expect(asides).to_contain_text("7 signs were replaced")
    expect(asides).to_contain_text("a non-breaking space (U+00A0), （ (U+FF08), ， (U+FF0C)")
    assert opened.code(1) == mended
    assert opened.overflow() <= 0, "the page can be scrolled sideways"
    barriers = opened.barriers(axe)
    assert not barriers, "\n".join(barriers)
    opened.settle()
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    opened.page.screenshot(path=SCREENSHOTS / f"live-paste-{setting}.png")
    assert opened.run(1).split() == ["0", "你好，世界", "1", "你好，世界"]

    # Undone, the signs can be seen, and the error names them.
    paste(opened, 1, pasted)
    asides.get_by_role("button", name="Undo").click()
    assert opened.cell(1).locator(".cm-specialChar").count() == 2
    assert "print（i" in opened.code(1)
    assert "SyntaxError" in opened.run(1, ends="failed")
    expect(asides).to_contain_text("which Python cannot read")
    expect(asides).to_contain_text("in line 2")
    asides.get_by_role("button", name="Replace by what is meant").click()
    assert opened.code(1) == mended
    opened.run(1)
    expect(asides).to_have_count(0)

    # Where it is not sure, nothing is replaced, and an error of other kinds says nothing of it.
    paste(opened, 1, "x = 1 — 2")
    expect(asides).to_have_count(0)
    opened.run(1, ends="failed")
    expect(asides).to_contain_text("a long dash — (U+2014) in line 1")
    expect(asides).to_contain_text("Write the plain sign of the keyboard")
    expect(asides.get_by_role("button")).to_have_count(0)
    paste(opened, 1, "'你好，“世界”'.missing  # ，")
    opened.run(1, ends="failed")
    expect(asides).to_have_count(0)
    assert not opened.problems, "\n".join(opened.problems)


@pytest.mark.parametrize("setting", ["wide-dark", "narrow-light"])
def test_what_the_cursor_stands_on_is_told_by_key_and_by_button(open_page, axe, setting):
    opened = open_page(PAGE, setting).start()
    press, page = opened.page.keyboard.press, opened.page
    tip = page.locator(".sms-live-signature")
    opened.run(1, "import numpy as np\ndef mine(first, *, second=2):\n    '''Mine alone.'''")
    opened.write(1, "mine(")
    press("Shift+Tab")
    expect(tip).to_contain_text("mine(first, *, second=2)")
    expect(tip).to_contain_text("Mine alone.")
    expect(tip).to_have_attribute("role", "status")
    assert opened.overflow() <= 0, "the page can be scrolled sideways"
    barriers = opened.barriers(axe)
    assert not barriers, "\n".join(barriers)
    opened.settle()
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SCREENSHOTS / f"live-signature-{setting}.png")
    press("Escape")
    expect(tip).to_have_count(0)
    # A finger has no Shift+Tab.
    opened.write(1, "np.dot")
    opened.cell(1).get_by_role("button", name="Help on what the cursor stands on").click()
    expect(tip).to_contain_text("Dot product of two arrays")
    tip.get_by_role("button", name="Close the help").click()
    expect(tip).to_have_count(0)
    # After letters that the kernel and the page count differently.
    opened.write(1, "a = '😀😀'; mine")
    press("Shift+Tab")
    expect(tip).to_contain_text("Mine alone.")
    page.keyboard.type("2")  # the code is another one now
    expect(tip).to_have_count(0)
    press("Shift+Tab")
    expect(tip).to_contain_text("Python does not know “mine2”")
    # At the beginning of a line, and with lines selected, the same key outdents.
    opened.write(1, "    x = 1")
    press("Home")
    press("Shift+Tab")
    assert opened.code(1) == "x = 1"
    expect(tip).to_have_count(0)
    # A busy Python is not asked.
    opened.write(1, "import time\nprint('begun', flush=True)\nwhile True: time.sleep(0.01)")
    opened.cell(1).locator(".sms-live-run").click()
    expect(opened.output(1)).to_contain_text("begun")
    opened.cell(1).get_by_role("button", name="Help on what the cursor stands on").click()
    expect(tip).to_contain_text("Python is busy with cell 1")
    page.locator(".sms-live-stop").click()
    opened.wait_for("ready")
    assert not opened.problems, "\n".join(opened.problems)


@pytest.mark.parametrize("setting", ["wide-light", "narrow-light"])
def test_a_cells_buttons_stay_in_sight(open_page, setting):
    opened = open_page(PAGE, setting).start()
    opened.page.mouse.move(0, 0)
    row = opened.cell(1).locator(".sms-live-row")
    to_here = row.get_by_role("button", name="Run to here")
    assert to_here.evaluate("(node) => getComputedStyle(node).opacity") == "1"
    names = opened.page.locator(".cm-tooltip-autocomplete")
    for code in ("pr", "\n" * 12 + "pr"):
        for place in ("center", "start"):  # with room above the cursor, and without
            opened.write(1, code)
            opened.cell(1).locator(".cm-cursor").last.evaluate(
                "(node, block) => node.scrollIntoView({ block })", place
            )
            opened.page.keyboard.press("Tab")
            expect(names).to_contain_text("print")
            opened.settle()
            assert not overlap(names, row), (code, place)
            opened.page.keyboard.press("Enter")
            expect(names).to_have_count(0)
    assert not opened.problems, "\n".join(opened.problems)
