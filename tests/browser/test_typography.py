"""One typography for screen and paper: the text's face, and how a page is printed."""

import re

import pytest

from .test_narrow_pages import WHOLE

# Text, and what stands beside it.
KINDS = (
    ".bd-article section > p:not([class]), .bd-article h2, .bd-article figcaption, .sms-page-widget"
)
FACES = """(all) => [...new Set(all.map((it) =>
  `${it.tagName} ${getComputedStyle(it).fontFamily.split(",")[0]}`))].sort()"""
SIZES = """(formula) => [formula, formula.closest("p")]
  .map((it) => parseFloat(getComputedStyle(it).fontSize))"""
CHAPTER = "book/03_softmax.html"


def test_the_text_has_the_face_that_the_site_serves_and_headings_the_systems(visit):
    opened = visit(CHAPTER)
    opened.rest()
    assert opened.page.locator(KINDS).evaluate_all(FACES) == [
        "DIV system-ui",
        "FIGCAPTION system-ui",
        "H2 system-ui",
        'P "STIX Two Text"',
    ]
    names = opened.page.evaluate(
        "() => performance.getEntriesByType('resource').map((each) => each.name)"
    )
    served = [name.rsplit("/", 1)[1] for name in names if "stix" in name]
    assert sorted(served) == [
        f"stix-two-text-latin-wght-{style}.woff2" for style in ("italic", "normal")
    ]


def test_the_letters_of_formulas_are_as_high_as_the_texts(visit):
    """An x of KaTeX is 0.431 of its size, an x of the text 0.473."""
    opened = visit(CHAPTER)
    sizes = opened.page.locator(".bd-article section > p .katex").first.evaluate(SIZES)
    assert 0.431 * sizes[0] == pytest.approx(0.473 * sizes[1], rel=0.02)


def test_paper_has_the_solutions_and_what_belongs_together_on_one_page(visit):
    opened = visit(CHAPTER)
    opened.page.add_style_tag(content=WHOLE)
    opened.page.emulate_media(media="print")
    opened.rest()
    solutions = opened.page.locator("details.sd-dropdown:not([open]) > .sd-card-body")
    assert solutions.count() >= 4
    seen = "(all) => all.map((it) => it.checkVisibility({ contentVisibilityAuto: true }))"
    assert set(solutions.evaluate_all(seen)) == {True}
    breaks = opened.page.evaluate(
        """() => ["div.cell", "div.cell_input", ".sms-figure", ".sms-page-widget", ".sms-equation"]
          .map((each) => getComputedStyle(document.querySelector(each)).breakInside)"""
    )
    assert breaks == ["auto", "avoid", "avoid", "avoid", "avoid"]
    # A box that scrolls could not be divided between two pages.
    boxes = ".bd-article :is(.cell_output, div.math, pre)"
    scrolls = "(all) => [...new Set(all.map((it) => getComputedStyle(it).overflowX))]"
    assert opened.page.locator(boxes).evaluate_all(scrolls) == ["visible"]


def test_a_printed_chapter_leaves_no_page_nearly_empty(visit):
    """As many pages as it has, counted on paper: 22 with solutions and answers, one to spare."""
    opened = visit(CHAPTER)
    opened.widgets()
    printed = opened.page.pdf(format="A4", prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b", printed)) <= 23
