"""Every page, at two widths, in two themes: quiet, within the window, without barriers.

A page is opened once for each width. What depends on the theme, its colours, is looked at after
the theme has changed under the open page; what depends on neither is looked at once.
"""

import math
import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from softmax_book.pages.maths import SHORT
from softmax_book.pages.policy import read_policy
from softmax_book.sources import page_names

from .conftest import COLOURS, LAYOUT

ROOT = Path(__file__).parents[2]
PAGES = [*(f"{page}.html" for page in page_names(ROOT)), "search.html", "404.html"]


MOST_SHIFT = 0.05  # of what is read while the page loads; 0.1 is still called good
# The first paint always comes, so that the observer is called.
SHIFTS = """() => new Promise((done) => {
  const seen = new PerformanceObserver((list) => done(list.getEntries()
    .filter((each) => each.entryType === "layout-shift")
    .map(({ value, sources }) => [value, sources.map(({ node }) => node?.nodeName).join(" ")])));
  for (const type of ["layout-shift", "paint"]) seen.observe({ type, buffered: true });
})"""


def open_whole(visit, page, setting):
    """Open a page, bring its widgets to life, and wait until its scripts have done their part."""
    opened = visit(page, setting)
    if page != "404.html":  # it has no scripts
        opened.page.wait_for_function("() => document.documentElement.dataset.smsMeasured")
    if opened.page.locator(".sms-live").count():
        opened.page.locator(".sms-live[data-door]").wait_for(state="attached")
    opened.rest()
    shifts = opened.page.evaluate(SHIFTS)
    assert sum(value for value, _ in shifts) <= MOST_SHIFT, f"what is read moves: {shifts}"
    opened.widgets()
    return opened


def assert_whole(opened, barriers):
    assert opened.overflow() <= 0, "the page can be scrolled sideways"
    assert not barriers, "\n".join(barriers)
    assert not opened.problems, "\n".join(opened.problems)


TWO_SCREENS = 2 * 650  # of a laptop
# A drawing meets the ten templates of Chapter 1 right after they are made, and the same widget
# opens the front page. The lack is seen before a second layer mends it; the plane of Chapter 10
# belongs to one part; the roof of Chapter 11 is counted and measured before a problem is put below.
LATER = {
    "book/01_score.html": 8200,
    "book/09_two_layer.html": 2100,
    "book/10_neighbours.html": math.inf,
    "book/11_one_pass.html": math.inf,
}
FIRST_TOP = """() => {
  const widget = document.querySelector(".sms-page-widget");
  return widget && widget.getBoundingClientRect().top + scrollY;
}"""


@pytest.mark.parametrize("page", PAGES)
def test_a_wide_page_is_quiet_fits_and_has_no_barrier(visit, axe, page):
    opened = open_whole(visit, page, "wide-light")
    top = opened.page.evaluate(FIRST_TOP)
    if top and re.match(r"book/\d", page):  # a chapter begins with its widget
        bound = LATER.get(page, TWO_SCREENS)
        assert top <= bound, "the reader gives up before there is something to move"
    cut = opened.page.evaluate("""() => [...document.querySelectorAll("article pre")]
      .filter((code) => code.scrollWidth > code.clientWidth)
      .map((code) => code.textContent)""")
    assert cut == [], "code, or what it prints, is cut at the frame"
    # Equations are hidden from screen readers, which get MathML, and are drawn in the text's
    # colour: their thousands of spans are looked through here and nowhere else. The list of all
    # equations has those of the chapters once more.
    again = [".katex"] if page == "book/equations.html" else []
    assert_whole(opened, opened.barriers(axe, exclude=again))
    opened.turn_dark()
    assert_whole(opened, opened.barriers(axe, only=COLOURS))


@pytest.mark.parametrize("page", PAGES)
def test_a_narrow_page_is_quiet_fits_and_has_no_barrier(visit, axe, page):
    opened = open_whole(visit, page, "narrow-light")
    assert_whole(opened, opened.barriers(axe, only=LAYOUT))
    opened.page.add_style_tag(content="html { font-size: 200% !important; }")
    opened.rest()
    assert opened.overflow() <= 0, "with letters of twice the size it can be scrolled sideways"


def test_a_narrow_page_has_no_barrier_of_any_kind(visit, axe):
    """By all rules. What a narrow window alone shows, its header, is the same on every page."""
    opened = open_whole(visit, "book/notation.html", "narrow-dark")
    assert_whole(opened, opened.barriers(axe))


@pytest.mark.parametrize("page", [*PAGES, "index.html"])
def test_a_page_says_what_it_may_load_and_run(site, page):
    rules = read_policy((site / page).read_text("utf-8"))
    assert rules["default-src"] == "'none'"
    assert rules["connect-src"] == "'self'"
    assert "unsafe" not in rules["script-src"]
    for rule in rules.values():
        assert not {"*", "http:", "https:", "blob:"} & set(rule.split())
    assert "data:" not in rules["script-src"]


@pytest.mark.parametrize("page", PAGES)
def test_a_page_asks_for_no_other_page_ahead(site, page):
    text = (site / page).read_text("utf-8")
    assert not re.search(r"<link[^>]* rel=.?(next|prefetch|prerender)", text)


def test_a_script_that_the_page_does_not_name_is_not_run(visit):
    opened = visit(PAGES[0])
    opened.page.evaluate("""() => {
      const script = document.createElement("script");
      script.textContent = "window.smuggled = true";
      document.body.append(script);
    }""")
    opened.wait_for_problem("Content Security Policy")
    assert opened.page.evaluate("() => window.smuggled") is None


def test_text_cannot_be_made_into_code(visit):
    opened = visit(PAGES[0])
    opened.page.evaluate("""() => {
      const button = document.createElement("button");
      button.setAttribute("onclick", "window.smuggled = true");
      document.body.append(button);
      button.click();
    }""")
    assert opened.page.evaluate("() => window.smuggled") is None


def test_nothing_can_be_sent_elsewhere(visit):
    opened = visit(PAGES[0])
    answer = opened.page.evaluate(
        "() => fetch('http://127.0.0.2:1/').then(() => 'sent', (error) => error.message)"
    )
    assert answer == "Failed to fetch"
    opened.wait_for_problem("connect-src")


def test_the_front_door_leads_to_the_book(visit):
    opened = visit("index.html")
    opened.page.wait_for_url("**/book/index.html")
    assert not opened.problems


@pytest.mark.parametrize("page", PAGES[:-1])
def test_a_page_opens_from_the_disk(visit, site, page):
    opened = visit(page, home=f"{site.as_uri()}/")
    opened.widgets()
    assert not opened.problems, "\n".join(opened.problems)


def test_what_scrolls_takes_the_focus_and_what_does_not_is_passed_over(visit):
    opened = visit("book/02_overflow_guard.html", "narrow-light")
    opened.page.wait_for_function("() => document.documentElement.dataset.smsMeasured")
    found = opened.page.locator("#main-content div.highlight pre").evaluate_all(
        "(all) => all.map((e) => [e.scrollWidth > e.clientWidth, e.tabIndex === 0])"
    )
    assert {scrolls for scrolls, _ in found} == {True, False}, "both kinds are wanted"
    assert all(scrolls == focused for scrolls, focused in found)


def test_a_link_into_a_page_leads_to_its_place(visit):
    """Sections out of sight are not laid out, and yet nothing moves under the reader."""
    opened = visit("book/06_gradient.html")
    places = opened.page.locator(".bd-article section section").evaluate_all(
        "(all) => all.map((section) => section.id)"
    )
    for name in (places[len(places) // 2], places[-1]):
        opened.page.goto("about:blank")
        opened.page.goto(f"{opened.home}book/06_gradient.html#{name}", wait_until="load")
        heading = opened.page.locator(f"#{name} > :is(h2, h3)").first

        def is_in_place(heading=heading):
            box = heading.bounding_box()  # none, as long as its section is not laid out
            return box and -5 < box["y"] < 300

        opened.wait_until(is_in_place, f"the page is not at {name}")
        opened.rest()  # fonts and sections on the way have come
        opened.wait_until(is_in_place, f"the page has left {name}")


def test_a_short_formula_stands_on_one_line_and_no_line_begins_with_a_formulas_comma(visit):
    opened = visit("book/03_softmax.html", "narrow-light")
    opened.rest()
    seen = opened.page.evaluate("""() => {
      const article = document.querySelector("article"), seen = [];
      const texts = document.createTreeWalker(article, NodeFilter.SHOW_TEXT);
      while (texts.nextNode()) {
        const text = texts.currentNode, formula = text.previousSibling;
        if (!/^[,.;:]/.test(text.data) || !formula?.classList?.contains("math")) continue;
        const mark = document.createRange();
        mark.setStart(text, 0);
        mark.setEnd(text, 1);
        const last = [...formula.querySelectorAll(".katex-html .base")].at(-1);
        const drawn = last.getBoundingClientRect();
        if (formula.textContent.length > 100 || !drawn.width) continue;
        seen.push([mark.getBoundingClientRect().left >= drawn.right - 1, text.data.slice(0, 20)]);
      }
      return seen;
    }""")
    assert len(seen) > 10
    assert [words for beside, words in seen if not beside] == []
    # The pieces of a formula, between which it may break, and what is left of them on each line.
    broken = opened.page.evaluate("""() => [...document.querySelectorAll("article p .katex")]
      .map((formula) => [
        formula.querySelector("annotation").textContent,
        [...formula.querySelectorAll(".katex-html > .base")]
          .map((base) => base.getBoundingClientRect()),
      ])
      .filter(([, pieces]) => pieces.some((piece, k) => k && piece.right < pieces[k - 1].right))
      .map(([latex]) => latex)""")
    assert broken, "no formula is long enough to break"
    assert [latex for latex in broken if len(latex) <= SHORT] == []
    assert [latex for latex in broken if latex.endswith(r"\text{.}")], "its full stop is outside"


def test_an_equation_breaks_only_where_it_does_not_fit(visit):
    opened = visit("book/06_gradient.html", "wide-light")
    equation = opened.page.locator("#equation-eq-central-difference")
    equation.evaluate("(node) => { node.closest('details').open = true; }")
    lines = """(node) => {
      const pieces = [...node.querySelectorAll(".katex-html > .base")];
      const lefts = pieces.map((piece) => piece.getBoundingClientRect().left);
      return 1 + lefts.filter((left, k) => k && left < lefts[k - 1]).length;
    }"""
    equation.scroll_into_view_if_needed()
    assert equation.evaluate(lines) == 1
    opened.page.set_viewport_size({"width": 320, "height": 640})
    opened.wait_until(lambda: equation.evaluate(lines) == 2, lambda: "it does not break")
    frame = equation.locator(".math")
    assert frame.evaluate("(node) => node.scrollWidth <= node.clientWidth")


def test_the_print_button_prints(visit):
    opened = visit(PAGES[2])
    opened.page.evaluate("() => { window.print = () => { window.printed = true; }; }")
    opened.page.locator("[data-sms-prints]").evaluate("(button) => button.click()")
    assert opened.page.evaluate("() => window.printed")
    assert not opened.problems, "\n".join(opened.problems)


def test_without_javascript_all_answers_are_open(visit):
    opened = visit("book/03_softmax.html", java_script_enabled=False)
    answers = opened.page.locator("details.below-input")
    for answer in answers.locator("> :not(summary)").all():
        expect(answer).to_be_visible()
    expect(answers.locator("summary").first).to_be_hidden()


def test_a_prediction_is_covered_until_a_key_lifts_it_and_open_on_paper(visit):
    opened = visit("book/01_score.html")
    answers = opened.page.locator("details.below-input")
    first, second = (answers.nth(place).locator(".cell_output") for place in (0, 1))
    said, said_second = (opened.page.get_by_text(text) for text in ("Not one. No", "A one is a"))
    for hidden in (first, said):
        expect(hidden).to_be_hidden()
    answers.first.locator("summary").focus()
    opened.page.keyboard.press("Enter")
    expect(first).to_be_visible()
    expect(first.locator("pre")).to_have_text("0")
    expect(said).to_be_visible()
    text = opened.page.get_by_text("So measure something instead")
    face = "(node) => { const s = getComputedStyle(node); return [s.fontSize, s.font, s.color]; }"
    assert said.evaluate(face) == text.evaluate(face), "what explains reads as the text does"
    for hidden in (second, said_second):
        expect(hidden).to_be_hidden()
    opened.page.emulate_media(media="print")
    for shown in (second, said_second):
        expect(shown).to_be_visible()
    expect(answers.locator("summary").nth(1)).to_be_hidden()
    assert not opened.problems, "\n".join(opened.problems)


@pytest.mark.parametrize("setting", ["wide-light", "narrow-light"])
def test_the_header_menu_opens_and_closes(visit, setting):
    opened = visit("book/06_gradient.html", setting)
    opener = opened.page.get_by_label("Download this page")
    menu = opened.page.locator(".dropdown-download-buttons .dropdown-menu")
    focus = opened.page.locator(":focus")
    opener.click()
    expect(menu).to_be_visible()
    expect(opener).to_have_attribute("aria-expanded", "true")
    opened.rest()
    assert opened.overflow() <= 0
    box = menu.bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= opened.page.viewport_size["width"]
    opened.page.keyboard.press("ArrowDown")
    expect(focus).to_have_text("Jupyter notebook")
    opened.page.keyboard.press("End")
    expect(focus).to_have_text("Print, or save as PDF")
    opened.page.keyboard.press("Escape")
    expect(menu).to_be_hidden()
    expect(focus).to_have_attribute("aria-label", "Download this page")
    opened.page.keyboard.press("ArrowDown")
    expect(menu).to_be_visible()
    opened.page.locator("section > h1").click(position={"x": 5, "y": 5})
    expect(menu).to_be_hidden()
    expect(opener).to_have_attribute("aria-expanded", "false")
