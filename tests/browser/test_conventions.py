"""The conventions by hand: a text chosen by name, and a size that stays."""

import pytest
from playwright.sync_api import expect

from softmax_steps.conventions import TEXTS
from softmax_steps.widgets import Conventions

from ..one_widget import opening, write_widget_page
from .conftest import DRAWN, NARROW

# Nodes of the widget whose letters are wider or taller than their place.
CUT = """(widget) => [...widget.querySelectorAll(".says, .verdict, .one-text .line, .sms-menu")]
  .filter((node) => node.scrollWidth > node.clientWidth + 1
    || (!node.matches(".line") && node.scrollHeight > node.clientHeight + 1))
  .map((node) => `${node.className}: ${node.textContent}`)"""
# Lines one below the other that reach into one another.
CROSSED = """(widget) => {
  const places = [...widget.querySelectorAll(".one-text .line")].map((line) => {
    const boxes = [...line.querySelectorAll(".part:not([hidden])")]
      .map((part) => part.getBoundingClientRect());
    return [line, Math.min(...boxes.map((b) => b.top)), Math.max(...boxes.map((b) => b.bottom))];
  }).filter(([, top]) => Number.isFinite(top));
  return places.slice(1).filter(([, top], k) => top < places[k][2] - 1)
    .map(([line]) => line.ariaLabel);
}"""


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    return write_widget_page(tmp_path_factory.mktemp("conventions"), Conventions())


@pytest.fixture
def translator(chromium, address):
    """Return ``open(hash, **options)``, which gives the page and the widget."""
    yield from opening(chromium, address, "conventions")


@pytest.mark.parametrize("setting", ["wide", "narrow"])
def test_each_text_fits_a_widget_whose_size_stays(translator, setting):
    page, widget = translator("", **(NARROW if setting == "narrow" else {}))
    height = widget.bounding_box()["height"]
    if setting == "wide":
        assert height <= 560
    menu = widget.get_by_role("combobox", name="Text or library")
    for key in TEXTS:
        menu.select_option(key)
        expect(widget.locator(".says")).to_have_text(TEXTS[key].says)
        page.evaluate(DRAWN)
        assert widget.bounding_box()["height"] == height, key
        assert widget.evaluate(CUT) == [], key
        assert widget.evaluate(CROSSED) == [], key
        assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]
    page.evaluate(
        "() => { location.hash = 'penalty=whole&samples=columns&bias=penalised&unit=bits"
        "&carried=copied&our-lambda=0.5495&steps=100'; }"
    )
    expect(menu).to_have_value("other")
    page.evaluate(DRAWN)
    assert widget.bounding_box()["height"] == height
    assert widget.evaluate(CUT) == []
    assert widget.evaluate(CROSSED) == []


def test_a_text_is_read_in_its_own_names_and_what_differs_is_marked(translator):
    _, widget = translator()
    menu = widget.get_by_role("combobox", name="Text or library")
    expect(menu).to_have_value("fourth-note")
    line = lambda words: widget.get_by_role("img", name=words, exact=True)  # noqa: E731
    expect(line("λ theirs = Nλ = 0.2")).to_be_visible()
    expect(line("η theirs = η/N = 0.25")).to_be_visible()
    menu.select_option("keras")
    expect(line("a = λ/2 = 0.05")).to_be_visible()
    expect(line("learning_rate = η = 0.5")).to_be_visible()
    marked = widget.locator(".loss .changed")
    expect(marked).to_have_count(2)  # the factor of the penalty, here and there
    menu.select_option("scikit-learn")
    expect(line("C = 1/(Nλ) = 5")).to_be_visible()
    expect(line("no step size to choose")).to_be_visible()
    expect(widget.get_by_role("radio", name="copied as they stand")).to_be_disabled()
    menu.select_option("d2l")
    expect(widget.locator(".changed")).to_have_count(0)
    menu.select_option("pytorch")
    expect(widget.locator(".verdict")).to_contain_text("No λ makes up for a penalised bias.")
    widget.get_by_text("Another text", exact=True).click()
    widget.get_by_role("radio", name="sum").locator("xpath=..").click()
    expect(menu).to_have_value("other")
    widget.get_by_role("button", name="Start over").click()
    expect(menu).to_have_value("fourth-note")
    expect(line("λ theirs = Nλ = 0.2")).to_be_visible()


def test_links_from_before_texts_had_names_still_open(translator):
    _, widget = translator("our-lambda=0.2188&penalty=whole&bias=folded&carried=copied&steps=100")
    expect(widget.get_by_role("combobox", name="Text or library")).to_have_value("other")
    expect(widget.get_by_role("radio", name="copied as they stand")).to_be_checked()
    loss = widget.get_by_role("img", name="L = ∑ᵢ −log P(i, yᵢ) + λ ‖W‖²", exact=True)
    expect(loss).to_be_visible()
    expect(widget.locator(".verdict")).to_contain_text("after 100 steps")
