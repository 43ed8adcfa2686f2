"""The overflow lab by hand: dots and rows on the line, the fields, and a size that stays."""

import pytest
from playwright.sync_api import expect

from softmax_steps.widgets import OverflowLab

from ..one_widget import opening, write_widget_page
from .conftest import DRAWN, NARROW

EXTREME = [
    "scores=100000,-100000,0_-100000,100000,99999&dtype=float16&method=log-softmax",
    "scores=709,709,709_-744,-745,-746&dtype=float64&method=unguarded&cell=4",
    "scores=70000,69999,0_2049,2048,2047&dtype=float16&method=row",
    "scores=0,0,0_0,0,0&method=whole-matrix",
]


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    return write_widget_page(tmp_path_factory.mktemp("lab"), OverflowLab())


@pytest.fixture
def lab(chromium, address):
    """Return ``open(hash, **options)``, which gives the page and the widget."""
    yield from opening(chromium, address, "overflow_lab")


def score(widget, name):
    return widget.get_by_role("slider", name=name, exact=True)


def drag(page, node, across):
    box = node.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + across / 2, y + 4)
    page.mouse.move(x + across, y + 8)
    page.mouse.up()


def test_dots_and_rows_move_by_hand_and_by_key_and_hit_the_walls(lab):
    page, widget = lab()
    best, row = score(widget, "Score of row 0, class 0"), score(widget, "All scores of row 0")
    outcome = widget.locator(".outcome").first
    expect(outcome).to_contain_text("e⁸⁹ does not fit float32: inf.")
    best.press("ArrowLeft")
    expect(best).to_have_attribute("aria-valuetext", "score 88")
    expect(outcome).to_contain_text("Right.")
    expect(best).to_be_focused()  # it was not replaced
    drag(page, row, -60)
    moved = int(row.get_attribute("aria-valuenow"))
    assert -10 < moved < 70
    expect(row).to_have_attribute(
        "aria-valuetext", f"{moved}, {moved}, {moved - 3}".replace("-", "−")
    )
    drag(page, best, 2000)  # past the line's end: held there, with its value
    expect(widget.get_by_text("→")).to_have_count(2)  # the score and its exponent
    row.press("End")
    expect(row).to_have_attribute("aria-valuenow", "100000")
    row.press("Home")  # the differences stay
    expect(score(widget, "Score of row 0, class 2")).to_have_attribute("aria-valuenow", "-100000")
    expect(outcome).to_contain_text("0/0: every exponential of the row is stored as 0.")
    widget.get_by_role("radio", name="row guard, float32").locator("xpath=..").click()
    expect(outcome).to_contain_text("Right.")
    widget.get_by_role("button", name="Start over").click()
    expect(best).to_have_attribute("aria-valuetext", "score 89")
    expect(widget.get_by_role("radio", name="no guard, float32")).to_be_checked()
    expect(outcome).to_contain_text("e⁸⁹ does not fit float32: inf.")


def test_scores_can_be_typed_below_zero_and_what_is_no_score_is_told(lab):
    _, widget = lab()
    field = widget.get_by_role("spinbutton", name="Score of row 1, class 2, as a number")
    assert field.get_attribute("inputmode") is None  # phones' digits have no minus sign
    field.click()
    field.press("Control+a")
    field.press_sequentially("-745")
    dot = score(widget, "Score of row 1, class 2")
    expect(dot).to_have_attribute("aria-valuenow", "-745")
    field.press_sequentially(".5")
    assert field.evaluate("(node) => node.validationMessage").startswith("Type a whole number from")
    field.blur()
    expect(field).to_have_value("-745")
    expect(dot).to_have_attribute("aria-valuenow", "-745")


@pytest.mark.parametrize("setting", ["wide", "narrow"])
def test_its_height_stays_and_its_letters_do_not_lie_on_one_another(lab, setting):
    page, widget = lab("", **(NARROW if setting == "narrow" else {}))
    height = widget.bounding_box()["height"]
    if setting == "wide":
        assert height <= 560
    for words in EXTREME:
        page.evaluate("(words) => { location.hash = words; }", words)
        field = widget.get_by_role("spinbutton").first
        expect(field).to_have_value(words.split("=")[1].split(",")[0])
        page.evaluate(DRAWN)
        assert widget.bounding_box()["height"] == height, words
        assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]
        cut = widget.evaluate(
            """(widget) => [...widget.querySelectorAll("td, th, .words, .sms-formula")]
              .filter((node) => node.checkVisibility()
                && (node.scrollWidth > node.clientWidth + 1
                || node.scrollHeight > node.clientHeight + 1))
              .map((node) => node.outerHTML.slice(0, 200))"""
        )
        assert cut == [], words
        crossed = widget.evaluate(
            """(widget) => {
              const texts = [...widget.querySelectorAll("svg text")];
              const boxes = texts.map((node) => [node.textContent,
                node.getBoundingClientRect()]);
              const edge = widget.querySelector("svg").getBoundingClientRect();
              const meet = (a, b) => a.left < b.right - 1 && b.left < a.right - 1
                && a.top < b.bottom - 4 && b.top < a.bottom - 4;
              return [
                ...boxes.flatMap(([a, one], k) => boxes.slice(k + 1)
                  .filter(([, other]) => meet(one, other)).map(([b]) => `${a} | ${b}`)),
                ...boxes.filter(([, box]) => box.left < edge.left - 1 || box.right > edge.right + 1)
                  .map(([a]) => `${a} |`),
              ];
            }"""
        )
        assert crossed == [], words


def test_a_swipe_down_over_the_line_scrolls_the_page(lab):
    _, widget = lab("", **NARROW)
    for handle in widget.get_by_role("slider").all():
        assert handle.evaluate("(node) => getComputedStyle(node).touchAction") == "pan-y"
