"""Where the system sets the colours: what was told by a colour or a shadow is told by a line."""

import pytest
from playwright.sync_api import expect

from .test_cards import middle_of

STYLE = "(it, name) => getComputedStyle(it)[name]"
RING = """(it) => {
  const { outlineStyle, outlineWidth, outlineOffset } = getComputedStyle(it);
  return [outlineStyle, parseFloat(outlineWidth), parseFloat(outlineOffset)];
}"""


@pytest.fixture
def forced(visit):
    """Return ``forced(path, setting)``, which opens a page in forced colours."""

    def go(path, setting="wide-dark"):
        return visit(path, setting, forced_colors="active", reduced_motion="reduce")

    return go


@pytest.mark.parametrize("setting", ["wide-dark", "narrow-light"])
def test_right_and_wrong_are_told_by_lines_and_marks(forced, setting):
    opened = forced("book/05_regularization.html", setting)
    page = opened.page
    text = page.locator("body").evaluate(STYLE, "color")
    question = page.locator(".sms-question[data-kind=choose]").first
    question.scroll_into_view_if_needed()
    options = question.locator(".sms-question-options > li")
    assert options.first.evaluate(STYLE, "borderTopColor") != text  # not all are framed
    right = question.locator(".sms-question-answers li[data-right]").get_attribute("data-place")
    for place, verdict, style in [
        (1 - min(int(right), 1), "wrong", "dashed"),
        (int(right), "right", "solid"),
    ]:
        options.nth(place).locator("input").check()
        question.locator(".sms-question-check").click()
        expect(options.nth(place)).to_have_attribute("data-verdict", verdict)
        assert options.nth(place).evaluate(STYLE, "borderTopStyle") == style
        assert options.nth(place).evaluate(STYLE, "borderTopColor") == text
        said = question.locator(".sms-question-said")
        expect(said).to_have_attribute("data-verdict", verdict)
        assert said.evaluate(STYLE, "borderLeftStyle") == style
    assert opened.problems == []


def test_a_card_is_framed_and_its_letter_ringed(forced):
    opened = forced("book/05_regularization.html")
    page, card = opened.page, opened.page.locator(".sms-card")
    page.mouse.move(*middle_of(opened, "#equation-eq-weight-decay div.math", "data_gradient"))
    expect(card).to_contain_text("the gradient of the data loss alone")
    text = page.locator("body").evaluate(STYLE, "color")
    assert card.evaluate(STYLE, "borderTopColor") == text
    assert page.locator(".sms-asked").evaluate(RING)[:2] == ["solid", 2]


@pytest.mark.parametrize(
    "path", ["book/index.html", "book/05_regularization.html", "book/07_training.html"]
)
def test_the_focus_of_a_choice_is_told_from_the_choice(forced, path):
    opened = forced(path)
    widget = opened.page.locator(".sms-page-widget").first
    opened.bring(widget)
    chosen = widget.locator(".sms-choice label:visible:has(:checked)").first
    resting = chosen.evaluate(RING)
    assert resting[0] == "solid"
    assert resting[2] < 0  # within the border
    chosen.locator("input").focus()
    opened.page.keyboard.press("ArrowRight")
    opened.page.keyboard.press("ArrowLeft")
    focused = chosen.evaluate(RING)
    assert focused[0] == "solid"
    assert focused[2] > 0  # around it
    assert opened.problems == []


def test_the_field_to_draw_on_shows_its_focus_and_its_pen(forced):
    opened = forced("book/index.html")
    widget = opened.page.locator(".sms-page-widget").first
    opened.bring(widget)
    field = widget.locator(".field")
    field.focus()
    opened.page.keyboard.press("ArrowUp")
    style, width, _ = field.evaluate(RING)
    assert (style, width) == ("solid", 2)
    expect(field.locator(".over")).to_be_visible()
    pen, paper = field.locator(".pen").evaluate(STYLE, "stroke"), "rgb(255, 255, 255)"
    assert pen not in (paper, "none")


@pytest.mark.parametrize(
    ("path", "parts"),
    [
        ("book/05_regularization.html", ".sms-formula :is(.data, .penalty, .total)"),
        (
            "book/07_training.html",
            "[class*='sms-slot-']:is([class*=data], [class*=penalty], [class*=total])",
        ),
    ],
)
def test_the_parts_of_a_formula_keep_the_colours_of_the_picture(forced, path, parts):
    opened = forced(path)
    widget = opened.page.locator(".sms-page-widget").first
    opened.bring(widget)
    found = widget.locator(parts)
    colours = {each.evaluate(STYLE, "borderBottomColor") for each in found.all()}
    assert len(colours) == 3
    # The letters have the system's.
    text = opened.page.locator("body").evaluate(STYLE, "color")
    assert found.first.evaluate(STYLE, "color") == text


def test_with_reduced_motion_a_run_is_there_at_once(forced):
    opened = forced("book/07_training.html")
    widget = opened.page.locator(".sms-page-widget").first
    opened.bring(widget)
    widget.get_by_role("button", name="Run 100").click()
    opened.settle()
    assert "100 steps" in widget.inner_text()
    assert opened.problems == []
