"""Cards: a letter of a formula, and a reference, ask nothing of another page."""

import re

from playwright.sync_api import expect

from softmax_steps import loss_and_gradient, tiny_example

from .conftest import COLOURS

PAGE = "book/07_training.html"
GAIN = "#equation-eq-step-gain div.math"
# The middle of a letter's own glyph, in the window; the section around it has been laid out.
MIDDLE = """(letter) => {
  letter.scrollIntoView({ block: "center" });
  const range = document.createRange();
  range.selectNode(document.createTreeWalker(letter, NodeFilter.SHOW_TEXT).nextNode());
  const { left, top, width, height } = range.getBoundingClientRect();
  return [left + width / 2, top + height / 2];
}"""
# What moves if the marks around the letters are taken away, in pixels.
MOVED = """() => {
  const formulas = [...document.querySelectorAll(".bd-article .katex-display .katex-html")];
  for (const each of document.querySelectorAll("section")) each.style.contentVisibility = "visible";
  const places = () => formulas.flatMap((formula) => {
    const home = formula.getBoundingClientRect();
    const found = [...formula.querySelectorAll(".mord:not(:has(*)), .mfrac, .mop, .mrel")];
    return found
      .map((it) => it.getBoundingClientRect())
      .flatMap((it) => [it.left - home.left, it.top - home.top]);
  });
  const before = places();
  for (const mark of document.querySelectorAll(".bd-article [data-s]"))
    mark.replaceWith(...mark.childNodes);
  const after = places();
  return [formulas.length, before.length - after.length,
          Math.max(...before.map((it, at) => Math.abs(it - after[at])))];
}"""


def middle_of(opened, formula, name, which=0):
    letter = opened.page.locator(f"{formula} [data-s$='.{name}']").nth(which)
    letter.evaluate(MIDDLE)  # lays out what is above
    opened.settle()
    return letter.evaluate(MIDDLE)


def test_a_letter_and_a_reference_are_told_by_mouse_and_by_keys(visit, axe):
    opened = visit(PAGE)
    page, card = opened.page, opened.page.locator(".sms-card")
    asked = page.locator(".sms-asked")

    # A mouse that rests on the letter; the value is the package's.
    page.mouse.move(*middle_of(opened, GAIN, "full_gradient"))
    expect(card.locator("dl")).to_contain_text("nats per unit of weight")
    expect(card).to_contain_text("the whole gradient, with the penalty's part")
    t = tiny_example()
    _, dW, _ = loss_and_gradient(t.X, t.y, t.W, t.b, strength=t.strength)
    told = "; ".join(", ".join(f"{entry:.3f}" for entry in row) for row in dW).replace("-", "−")
    assert card.locator("dl .sms-said").text_content() == told
    assert asked.text_content() == "G"
    # It stays while the mouse is on it, and goes when the mouse has left both.
    card.hover()
    page.mouse.move(5, 5)
    expect(card).to_be_empty()
    expect(asked).to_have_count(0)
    # Escape ends it.
    page.mouse.move(*middle_of(opened, GAIN, "learning_rate", 1))
    expect(card).to_contain_text("what a step multiplies the gradient by")
    page.keyboard.press("Escape")
    expect(card).to_be_empty()

    # By keys: one stop for the whole formula, then from letter to letter as one reads them.
    formula = page.locator(GAIN)
    formula.locator("xpath=preceding::a[1]").focus()
    while not formula.evaluate("(it) => it === document.activeElement"):
        page.keyboard.press("Tab")
    expect(card).to_have_text("← → What is each letter?")
    assert (
        formula.get_attribute("aria-label") == "Formula (7.1). Left and right arrow: its letters."
    )
    assert formula.get_attribute("role") == "group"
    assert card.get_attribute("role") == "status"
    read = []
    for _ in range(formula.locator("[data-s]").count()):
        page.keyboard.press("ArrowRight")
        read.append(re.match(r"[^:]*", card.inner_text())[0])
    assert read == ["eta", "L", "W", "L", "W", "eta", "G", "eta", "G"]
    page.keyboard.press("Home")
    expect(card).to_contain_text("what a step multiplies")
    page.keyboard.press("Tab")  # to the next of the page, which is no letter
    expect(card).to_be_empty()
    assert not page.locator("[data-s][tabindex]").count()

    # A reference to a formula of another page, and to a chapter; a link as before.
    other = page.locator(".bd-article a.reference[href$='#equation-eq-one-update']").first
    other.hover()
    expect(card.locator(".katex-display")).to_have_count(1)
    expect(card).to_contain_text("6 · The gradient")
    chapter = page.locator(".bd-article a.reference[href='06_gradient.html']").first
    chapter.focus()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Tab")
    expect(card).to_contain_text("6 · The gradient")
    # And to one of this page, which is read where it stands.
    here = page.locator(".bd-article a.reference[href^='#equation-']").first
    here.hover()
    expect(card.locator(".katex-display")).to_have_count(1)
    expect(card.locator("[data-s]")).to_have_count(0)
    assert opened.barriers(axe, only=[*COLOURS, "aria-hidden-focus", "region"]) == []
    page.emulate_media(media="print")
    expect(card).to_be_hidden()
    page.emulate_media(media="screen")
    formulas, count, moved = page.evaluate(MOVED)
    assert formulas >= 8
    assert count == 0
    assert moved < 0.01
    assert opened.problems == []


def test_a_finger_asks_with_one_tap_and_ends_it_with_the_second(visit):
    opened = visit(PAGE, "narrow-dark")
    page, card = opened.page, opened.page.locator(".sms-card")
    place = middle_of(opened, GAIN, "full_gradient")
    page.touchscreen.tap(place[0] + 2, place[1] + 6)  # a finger need not meet it
    expect(card).to_contain_text("the whole gradient")
    box = card.bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 390
    assert opened.overflow() <= 0
    page.touchscreen.tap(*place)
    expect(card).to_be_empty()
    # A link shows what is there, and leads there with the second tap.
    link = page.locator(".bd-article a.reference[href='06_gradient.html']").first
    link.tap()
    expect(card.get_by_role("link", name="Go to Chapter 6")).to_be_visible()
    assert page.url.endswith(PAGE)
    link.tap()
    page.wait_for_url("**/06_gradient.html")
    assert opened.problems == []


def test_letters_are_told_on_the_pages_of_all_equations_and_of_all_functions(visit, axe):
    opened = visit("book/equations.html")
    page, card = opened.page, opened.page.locator(".sms-card")
    for label, name, words in [
        ("eq-weight-decay", "data_gradient", "the gradient of the data loss alone"),
        ("eq-step-gain", "full_gradient", "the whole gradient, with the penalty's part"),
    ]:
        page.mouse.move(*middle_of(opened, f"#test-{label} div.math", name))
        expect(card).to_contain_text(words)
        page.keyboard.press("Escape")
    formula = page.locator("#test-eq-step-gain div.math")
    assert (
        formula.get_attribute("aria-label") == "Formula (7.1). Left and right arrow: its letters."
    )
    assert opened.problems == []

    opened = visit("book/api.html")
    page, card = opened.page, opened.page.locator(".sms-card")
    votes = "[id='softmax_steps.neighbour_votes'] + dd div.math"
    page.mouse.move(*middle_of(opened, votes, "neighbours"))
    expect(card).to_contain_text("how many neighbours vote")
    page.locator(votes).press("End")
    expect(card).to_contain_text("counts classes")
    assert opened.barriers(axe, only=[*COLOURS, "aria-hidden-focus", "region"]) == []
    assert opened.problems == []
