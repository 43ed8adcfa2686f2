"""On a phone: a figure's letters can be read, a table fits, what is a sentence wraps."""

import pytest

from softmax_book.sources import page_names

from .conftest import ROOT

PAGES = page_names(ROOT)
NARROWEST = {"width": 320, "height": 700}
# For each drawing that is seen: its letters' sizes in pixels, the texts that leave it, and pairs of
# texts that lie on each other.
FIGURES = """() => [...document.querySelectorAll("figure.sms-figure svg")]
  .filter((svg) => svg.checkVisibility())
  .map((svg) => {
    const frame = svg.getBoundingClientRect();
    const scale = svg.getScreenCTM().a;
    const texts = [...svg.querySelectorAll("text")].filter((text) => text.textContent.trim())
      .map((text) => ({
        words: text.textContent,
        box: text.getBoundingClientRect(),
        size: scale * parseFloat(getComputedStyle(text.querySelector("tspan") ?? text).fontSize),
      }));
    const leaves = ({ box }) => box.left < frame.left - 1 || box.right > frame.right + 1
      || box.top < frame.top - 1 || box.bottom > frame.bottom + 1;
    const touch = (a, b) => Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1
      && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 4;
    return {
      width: frame.width,
      small: texts.filter(({ size }) => size < 11).map(({ words, size }) => `${words}: ${size}`),
      cut: texts.filter(leaves).map(({ words }) => words),
      together: texts.flatMap((a, k) => texts.slice(k + 1)
        .filter((b) => touch(a.box, b.box)).map((b) => `${a.words} | ${b.words}`)),
      count: texts.length,
    };
  })"""
# What scrolls sideways: tables of words, and what is printed if it is sentences.
SIDEWAYS = """() => [...document.querySelectorAll(
    ".bd-article .pst-scrollable-table-container, .bd-article .sms-sentences pre")]
  .filter((box) => box.checkVisibility() && box.scrollWidth > box.clientWidth + 1)
  .map((box) => box.innerText.slice(0, 80))"""
UNCOVER = "() => { for (const fold of document.querySelectorAll('details')) fold.open = true; }"
WHOLE = "section { content-visibility: visible !important; }"


@pytest.mark.parametrize("page", PAGES)
def test_figures_tables_and_sentences_fit_a_phone(visit, page):
    opened = visit(f"{page}.html", "narrow-light")
    opened.page.add_style_tag(content=WHOLE)
    opened.page.evaluate(UNCOVER)
    opened.rest()
    figures = opened.page.evaluate(FIGURES)
    for figure in figures:
        assert not figure["small"], "letters of less than 11 pixels"
        assert not figure["cut"], "letters that leave the drawing"
        assert not figure["together"], "letters that lie on each other"
        assert figure["width"] <= 390
    shows = opened.page.locator("figure.sms-figure .sms-narrow").count()
    assert len([figure for figure in figures if figure["count"]]) >= shows
    assert opened.page.evaluate(SIDEWAYS) == []
    opened.page.set_viewport_size(NARROWEST)
    opened.rest()
    assert opened.page.evaluate(SIDEWAYS) == []


def test_each_width_has_its_own_drawing_and_paper_the_wide_one(visit):
    opened = visit("book/01_score.html", "narrow-light")
    opened.page.add_style_tag(content=WHOLE)
    figure = opened.page.locator("figure.sms-figure:has(.sms-narrow)").first
    shown = "(it) => [...it.querySelectorAll('svg')].map((svg) => svg.checkVisibility())"
    assert figure.evaluate(shown) == [False, True]
    opened.page.emulate_media(media="print")
    assert figure.evaluate(shown) == [True, False]
    opened.page.emulate_media(media="screen")
    opened.page.set_viewport_size({"width": 1280, "height": 800})
    assert figure.evaluate(shown) == [True, False]
    name = figure.locator("[role=img]").get_attribute("aria-label")
    assert len(name) > 40
