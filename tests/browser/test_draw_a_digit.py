"""The drawn digit under a hand: a finger, a mouse, keys; what is asked, learned, taken back."""

import json
import re
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import url2pathname

import pytest
from playwright.sync_api import expect

from softmax_steps.widgets import DrawADigit
from softmax_steps.widgets.draw_a_digit import text_of

from ..one_widget import PAGE, opening, write_widget_page
from .conftest import COLOURS, DRAWN, LAYOUT

# A crossed 7, in places of the field: column and row.
SEVEN = [[(9, 6), (22, 6), (15, 26)], [(12, 16), (21, 16)]]


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    return write_widget_page(tmp_path_factory.mktemp("digit"), DrawADigit())


@pytest.fixture
def open_digit(chromium, address):
    yield from opening(chromium, address, "draw_a_digit")


@pytest.fixture
def open_score(chromium, address):
    """The score's part, beside the whole one, with the same script."""
    state = json.dumps(DrawADigit(part="score").page_state())
    beside = Path(url2pathname(urlsplit(address).path)).with_name("score.html")
    beside.write_text(PAGE.format(name="draw_a_digit", state=state, width=685), "utf-8")
    yield from opening(chromium, beside.as_uri(), "draw_a_digit")


def draw(page, widget, lines):
    box = widget.locator(".field canvas").bounding_box()
    side = box["width"] / 32
    for (x, y), *more in lines:
        page.mouse.move(box["x"] + (x + 0.5) * side, box["y"] + (y + 0.5) * side)
        page.mouse.down()
        for x, y in more:
            page.mouse.move(box["x"] + (x + 0.5) * side, box["y"] + (y + 0.5) * side, steps=4)
        page.mouse.up()
    page.evaluate(DRAWN)


def go_to(page, widget, stage):
    widget.get_by_role("slider", name="Stage").fill(str(stage))
    page.evaluate(DRAWN)


def says(widget):
    return widget.locator(".stage-says").inner_text()


def test_a_digit_is_drawn_named_and_learned_from(open_digit):
    page, widget = open_digit()
    answer, menu = widget.locator(".answer"), widget.get_by_label("I meant")
    expect(answer).to_have_text("It reads 3 91 % sure")
    expect(widget.locator(".hint")).to_be_visible()
    draw(page, widget, SEVEN)
    expect(answer).to_have_text("It reads 7 99.9 % sure")  # the first stroke took the 3 away
    expect(widget.locator(".hint")).to_be_hidden()
    expect(menu).to_have_value("-1")

    go_to(page, widget, 4)
    assert "Which was it?" in says(widget)
    go_to(page, widget, 7)
    assert "Say which digit you meant" in says(widget)
    expect(widget.get_by_role("button", name="Learn")).to_be_disabled()
    menu.select_option("1")
    number = r"\d[\d.]*(?: × 10[⁻\d⁰¹²³⁴-⁹]+)?"
    promised = re.search(f"p of 1 (from ({number}) to {number}, by {number});", says(widget))
    assert promised, says(widget)
    widget.get_by_role("button", name="Learn").click()
    assert says(widget).startswith(f"1 step taken: p of 1 went {promised[1]}")
    widget.get_by_role("button", name="Learn").click()
    assert says(widget).startswith(f"2 steps taken: p of 1 went from {promised[2]} to")
    widget.get_by_role("button", name="Forget").click()
    assert promised[0] in says(widget)
    menu.select_option("7")
    assert says(widget).startswith("Little to learn: p of 7 is 0.999")
    menu.select_option("1")

    widget.get_by_role("button", name="Learn").click()
    widget.get_by_role("button", name="Undo").click()  # the bar: another drawing, nothing learned
    expect(menu).to_have_value("-1")
    widget.get_by_role("button", name="Undo").click()
    expect(answer).to_have_text(re.compile("^It reads 3"))
    expect(widget.locator(".hint")).to_be_visible()
    widget.get_by_role("button", name="Clear").click()
    expect(answer).to_have_text("Draw a digit")


def test_keys_move_the_pen_and_draw(open_digit):
    page, widget = open_digit()
    field = widget.get_by_role("application")
    expect(field).to_have_attribute("aria-label", re.compile("arrow keys move the pen, Space"))
    page.keyboard.press("Tab")
    expect(field).to_be_focused()
    expect(widget.locator(".over")).to_be_visible()
    before = page.evaluate("() => scrollY")
    for key, times in (("ArrowUp", 10), (" ", 1), ("ArrowDown", 20), (" ", 1), ("ArrowLeft", 4)):
        for _ in range(times):
            page.keyboard.press(key)
    # The pen began in the middle, and drew from row 6 to row 26 of column 16.
    drawn = [[0] * 32 for _ in range(32)]
    for row in range(5, 28):
        for column in (15, 16, 17):
            if column == 16 or 6 <= row <= 26:
                drawn[row][column] = 1
    page.wait_for_url(lambda url: f"digit={text_of(drawn)}" in url, wait_until="commit")
    expect(widget.locator(".sms-spoken")).to_have_text("column 13, row 27")
    assert page.evaluate("() => scrollY") == before
    go_to(page, widget, 0)
    assert says(widget).startswith("3 × 23 pixels are stretched to 20 × 32")
    page.keyboard.press("Control+Space")  # not the pen's
    assert not widget.locator(".field.is-down").count()


def test_a_finger_draws_and_does_not_scroll(open_digit):
    page, widget = open_digit(
        viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True
    )
    box = widget.locator(".field canvas").bounding_box()
    hand = page.context.new_cdp_session(page)
    x, y = box["x"] + box["width"] / 2, box["y"] + 0.2 * box["height"]
    for k, kind in enumerate(["touchStart", *["touchMove"] * 8, "touchEnd"]):
        place = {"x": x - 3 * k, "y": y + 12 * k}
        points = [] if kind == "touchEnd" else [place]
        hand.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
    page.evaluate(DRAWN)
    assert page.evaluate("() => scrollY") == 0
    go_to(page, widget, 0)
    assert re.match(r"The ink.s box, \d+ × \d+", says(widget))
    expect(widget.get_by_label("I meant")).to_have_value("-1")


def test_it_is_made_to_fail_and_says_why(open_digit):
    page, widget = open_digit()
    answer, fail = widget.locator(".answer b"), widget.get_by_role("button", name="Make it fail")
    expect(fail).to_be_hidden()
    go_to(page, widget, 0)
    for meant, read, why, fit, mended in (
        ("3", "5", "A small 3 in a corner", "as drawn", ("fitted", "3")),
        ("3", "4", "A 3 on its side", "fitted", ("two layers", "4")),
        ("3", "2", "A 3 of half the size", "fitted", ("two layers", "3")),
        ("1", "8", "A 1 like a bar", "fitted", ("two layers", "1")),
    ):
        fail.click()
        expect(answer).to_have_text(read)
        expect(widget.get_by_label("I meant")).to_have_value(meant)
        expect(widget.get_by_role("radio", name=fit)).to_be_checked()
        expect(widget.get_by_role("radio", name="linear")).to_be_checked()
        assert says(widget).startswith(why)
        widget.get_by_role("radio", name=mended[0]).check(force=True)
        expect(answer).to_have_text(mended[1])
    widget.get_by_role("button", name="Undo").click()  # the drawing before
    assert says(widget).startswith("A 3 of half the size")
    fail.click()
    draw(page, widget, SEVEN)  # the first stroke takes the example away
    expect(answer).to_have_text("7")


def test_no_words_are_clipped_at_any_stage(open_digit):
    page, widget = open_digit()
    spills = """(widget) => [
      ...widget.querySelectorAll(".stage-says, .answer, .stage-head, .under"),
    ].filter((node) => node.clientWidth)
      .filter((node) => node.scrollHeight > node.clientHeight + 1
        || node.scrollWidth > node.clientWidth + 1)
      .map((node) => `${node.className} ${node.textContent}`)"""
    for width in (320, 660):
        page.set_viewport_size({"width": width, "height": 844})
        for kind in ("linear", "two layers"):
            widget.get_by_role("radio", name=kind).check(force=True)
            for stage in (0, 1, 4, 6, 7):
                go_to(page, widget, stage)
                assert widget.evaluate(spills) == [], (width, kind, stage)
                if stage == 0:
                    for _ in range(4):
                        widget.get_by_role("button", name="Make it fail").click()
                        page.evaluate(DRAWN)
                        assert widget.evaluate(spills) == [], (width, kind, stage)
                if stage == 7:
                    widget.get_by_role("button", name="Learn").click()
                    page.evaluate(DRAWN)
                    assert widget.evaluate(spills) == [], (width, kind, stage)


def test_in_the_score_part_each_class_is_a_touch_away(open_score):
    page, widget = open_score()
    assert says(widget).startswith("Class 3: ink on red pixels adds")
    slider = widget.get_by_role("slider", name="Class")
    widget.locator(".tile").nth(8).click()
    expect(slider).to_have_value("8")
    page.evaluate(DRAWN)
    assert says(widget).startswith("Class 8: ")
    expect(widget.locator(".tile.chosen")).to_contain_text("8")
    expect(widget.locator(".tile.ahead")).to_contain_text("3")
    widget.get_by_role("button", name="Next").click()
    page.evaluate(DRAWN)
    assert says(widget).startswith("Class 9: ")
    for absent in ("I meant", "Make it fail", "Learn"):
        expect(widget.get_by_text(absent, exact=True)).to_be_hidden()
    expect(widget.locator(".stage-name a")).to_have_count(0)  # it stands on that page


def test_each_stage_leads_to_its_chapter_and_names_its_function(open_digit):
    page, widget = open_digit()
    go_to(page, widget, 0)
    head, forward = widget.locator(".stage-name"), widget.get_by_role("button", name="Next")
    seen = []
    while True:
        link = head.get_by_role("link")
        seen.append((link.get_attribute("href"), head.locator("code").inner_text()))
        if forward.is_disabled():
            break
        forward.click()
        page.evaluate(DRAWN)
    assert seen == [
        ("01_score.html", "digit_counts"),
        ("01_score.html", "scores"),
        ("02_overflow_guard.html", "shift_scores"),
        ("03_softmax.html", "softmax"),
        ("04_cross_entropy.html", "cross_entropy"),
        ("05_regularization.html", "l2_penalty"),
        ("06_gradient.html", "loss_and_gradient"),
        ("07_training.html", "train"),
    ]


def test_the_shares_of_a_template_lie_where_the_ink_is(open_digit):
    """A share is a weight times the ink: where there is none, the picture is blank."""
    _, widget = open_digit("digit-shows=shares")
    blank = """(canvas) => {
      const { data } = canvas.getContext("2d").getImageData(0, 0, 8, 8);
      return Array.from({ length: 64 }, (_, d) => data[4 * d] === 247 && data[4 * d + 1] === 247);
    }"""
    inked = """(canvas) => {
      const { data } = canvas.getContext("2d").getImageData(0, 0, 8, 8);
      return Array.from({ length: 64 }, (_, d) => data[4 * d] < 255);
    }"""
    ink = widget.locator(".beside canvas").evaluate(inked)
    for tile in widget.locator(".tile canvas").all():
        for is_blank, has_ink in zip(tile.evaluate(blank), ink, strict=True):
            assert is_blank or has_ink
    expect(widget.get_by_role("radio", name="shares")).to_be_checked()


# --- the menu, where a stage asks for it ---

# Whether the hand can reach each of these now: its middle lies in the window, and nothing on it.
REACHED = """(nodes) => nodes.map((node) => {
  const { left, top, right, bottom } = node.getBoundingClientRect();
  const at = document.elementFromPoint((left + right) / 2, (top + bottom) / 2);
  return top >= 0 && left >= 0 && right <= innerWidth && bottom <= innerHeight
    && bottom - top >= 24 && right - left >= 24 && node.contains(at);
})"""
ASKING = {
    4: "You meant 1: the answer costs −log",
    6: "∂L/∂W, an image for each class",
    7: "“Learn” takes one step",
}


@pytest.fixture
def front_page(visit):
    def go(setting, **options):
        opened = visit("book/index.html", setting, **options)
        place = opened.page.locator(".sms-page-widget[data-widget=draw_a_digit]")
        opened.bring(place)
        opened.page.evaluate("() => scrollTo(0, 0)")  # as it opens
        opened.rest()
        return opened, opened.page, place.locator(".sms-widget")

    return go


@pytest.mark.parametrize("setting", ["narrow-light", "narrow-dark", "wide-light"])
def test_a_stage_that_asks_for_the_digit_has_the_menu_in_view(front_page, axe, setting):
    opened, page, widget = front_page(setting)
    press = "tap" if setting.startswith("narrow") else "click"
    menu, forward = widget.get_by_label("I meant"), widget.get_by_role("button", name="Next")
    draw(page, widget, SEVEN)
    expect(widget.locator(".answer")).to_contain_text("It reads 7")
    height = widget.bounding_box()["height"]
    while not forward.is_disabled():
        getattr(forward, press)()
        page.evaluate(DRAWN)
        stage = int(widget.get_by_role("slider", name="Stage").input_value())
        ask = widget.get_by_role("button", name="“I meant”")
        assert ask.count() == (stage in ASKING)
        if stage not in ASKING:
            continue
        at = page.evaluate("() => scrollY")
        reached = [each.evaluate_all(REACHED) for each in (ask, menu)]
        assert reached == [[True], [True]], (stage, reached)
        assert opened.barriers(axe, only=[*COLOURS, *LAYOUT]) == []
        if press == "tap":
            ask.tap()
        else:
            ask.press("Enter")
        expect(menu).to_be_focused()
        menu.select_option("1")
        page.evaluate(DRAWN)
        assert says(widget).startswith(ASKING[stage])
        expect(ask).to_have_count(0)
        assert page.evaluate("() => scrollY") == at == 0
        assert widget.bounding_box()["height"] == height
        menu.select_option("-1")
        page.evaluate(DRAWN)
    assert stage == 7
    assert not opened.problems
