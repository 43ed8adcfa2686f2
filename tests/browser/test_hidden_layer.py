"""The hidden layer under a hand: trained, switched, picked out, reset; what a link brings back."""

import re

import pytest
from playwright.sync_api import expect

from softmax_steps.widgets import HiddenLayer

from ..one_widget import opening, write_widget_page
from .conftest import DRAWN

TRAINED = "hidden-steps=0.0001,1,1000"


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    return write_widget_page(tmp_path_factory.mktemp("hidden"), HiddenLayer())


@pytest.fixture
def open_layer(chromium, address):
    yield from opening(chromium, address, "hidden_layer")


def lines(widget):
    return widget.locator(".so-far span").all_inner_texts()


def choose(page, widget, name):
    widget.locator("label", has=page.get_by_role("radio", name=name, exact=True)).click()
    page.evaluate(DRAWN)


def test_a_switch_shows_what_the_layer_adds(open_layer):
    """Both models have taken every step: the switch shows the other after just as many."""
    page, widget = open_layer(TRAINED)
    assert lines(widget) == ["1000 steps, 179 of 180 right", "linear model: 94 right"]
    assert widget.locator(".borders line").count() > 15  # bent, piece by piece
    expect(widget.locator(".unit-line")).to_have_count(8)
    expect(widget.locator(".unit:visible")).to_have_count(8)
    choose(page, widget, "linear")
    assert lines(widget) == ["1000 steps, 94 of 180 right", "hidden layer: 179 right"]
    expect(widget.locator(".borders line")).to_have_count(3)
    expect(widget.locator(".unit-line")).to_have_count(0)
    expect(widget.locator(".unit input:disabled")).to_have_count(8)
    formula = widget.get_by_role("img", name=re.compile("^L = data loss .*‖W‖² = 0.8"))
    expect(formula).to_be_visible()
    choose(page, widget, "hidden layer")
    assert lines(widget)[0] == "1000 steps, 179 of 180 right"


def test_a_unit_is_picked_out_by_hand_and_by_key_and_let_go(open_layer):
    page, widget = open_layer(TRAINED)
    units, chosen = widget.locator(".unit"), widget.locator(".unit-line.chosen")
    expect(chosen).to_have_count(0)
    units.nth(2).click()
    expect(chosen).to_have_count(4)  # the border, and three strokes to where it is open
    open_for = int(re.search(r"open for (\d+) of 180", lines(widget)[1])[1])
    assert lines(widget)[1] == f"unit 3: open for {open_for} of 180 points"
    name = widget.get_by_role("radio", name=re.compile(f"^Unit 3, open for {open_for} of 180"))
    expect(name).to_be_checked()
    page.keyboard.press("ArrowRight")
    expect(widget.locator(".so-far")).to_contain_text("unit 4: open for")
    page.wait_for_function("location.hash.includes('hidden-unit=4')")
    page.keyboard.press("Space")
    expect(chosen).to_have_count(0)
    units.nth(3).click()
    expect(chosen).to_have_count(4)
    units.nth(3).click()
    expect(chosen).to_have_count(0)
    assert lines(widget)[1] == "linear model: 94 right"
    # Where there are fewer units than its number, none is.
    page, widget = open_layer("hidden-units=2&hidden-unit=4")
    expect(widget.locator(".unit-line.chosen")).to_have_count(0)


def test_a_link_shows_the_layer_to_the_pixel_after_steps_and_other_settings(open_layer):
    page, widget = open_layer()
    step = widget.get_by_role("button", name="Step")
    step.click()
    step.click()
    widget.get_by_role("slider", name="Penalty λ").press("End")
    widget.get_by_role("slider", name="Learning rate η").press("ArrowLeft")
    step.click()
    page.wait_for_function("decodeURIComponent(location.hash).includes('_1,0.912,1')")
    words = page.evaluate("decodeURIComponent(location.hash.slice(1))")
    assert "hidden-steps=0.0001,1,2_1,0.912,1" in words
    _, linked = open_layer(words)
    for part in (".borders", ".unit-lines", ".loss svg", ".so-far", ".units"):
        seen, again = (
            re.sub(
                r"sms-\w+-", "", re.sub(r'name="sms-\w+"', "", node.evaluate("(n) => n.outerHTML"))
            )
            for node in (widget.locator(part), linked.locator(part))
        )
        assert again == seen, part
    widget.get_by_role("button", name="Reset").click()
    assert lines(widget)[0] == "0 steps, 32 of 180 right"
    expect(widget.get_by_role("slider", name="Penalty λ")).to_have_attribute(
        "aria-valuetext", "lambda 1"
    )
    expect(widget.get_by_role("button", name="Reset")).to_be_disabled()


# The number of steps at each frame of a run, until so many have been taken, or it has stopped.
FRAMES = """(most) => new Promise((done) => {
  const seen = [];
  const look = () => {
    seen.push(parseInt(document.querySelector(".so-far").textContent));
    if (seen.at(-1) < most && seen.length < 900) requestAnimationFrame(look);
    else done(seen);
  };
  requestAnimationFrame(look);
})"""


def test_a_run_is_seen_as_it_goes_and_ends_at_its_last_step(open_layer):
    page, widget = open_layer()
    widget.get_by_role("button", name="Run").click()
    seen = page.evaluate(FRAMES, 20)
    assert len(set(seen)) > 3
    widget.get_by_role("button", name="Pause").click()
    page.evaluate(DRAWN)
    count = int(lines(widget)[0].split()[0])
    page.wait_for_function(f"decodeURIComponent(location.hash).endsWith(',1,{count}')")
    page, widget = open_layer("hidden-data=exclusive_or&hidden-steps=0.0001,1,2998")
    widget.get_by_role("button", name="Run").click()
    expect(widget.locator(".so-far")).to_contain_text("3000 steps, 4 of 4 right")
    for name in ("Run", "Step"):
        expect(widget.get_by_role("button", name=name, exact=True)).to_be_disabled()


def test_it_says_when_there_is_no_border_and_when_units_are_dead(open_layer):
    _, widget = open_layer("hidden-data=exclusive_or&hidden-model=linear&hidden-steps=0.0001,1,50")
    expect(widget.locator(".borders")).to_have_text("no border: all weights are 0")
    assert lines(widget)[0] == "50 steps, 2 of 4 right"
    _, widget = open_layer("hidden-data=exclusive_or&hidden-units=4&hidden-steps=0.0001,1,300")
    assert lines(widget) == ["300 steps, 4 of 4 right", "linear model: 2 right; 1 unit dead"]
    expect(widget.locator(".unit.dead")).to_have_count(1)
    # Steps that are too large end in what is no number; the picture says so and nothing breaks.
    _, widget = open_layer("hidden-steps=1,10,900")
    expect(widget.locator(".borders")).to_have_text("no border: a weight is no number any more")


# What stands there when the event of a moved slider is over, before any frame.
AT_ONCE = """async (slider) => {
  slider.stepUp(1);
  slider.dispatchEvent(new Event("input", { bubbles: true }));
  await Promise.resolve();
  const widget = slider.closest(".sms-widget");
  const units = [...widget.querySelectorAll(".unit")].filter((unit) => !unit.hidden);
  return [widget.querySelectorAll(".unit-line").length, units.length];
}"""


def test_while_the_units_are_changed_the_plane_is_drawn_first_and_then_the_rest(open_layer):
    page, widget = open_layer(TRAINED)
    width = widget.get_by_role("slider", name="Hidden units")
    assert width.evaluate(AT_ONCE) == [9, 8]
    page.evaluate(DRAWN)  # the plane's frame and the next one
    expect(widget.locator(".unit:visible")).to_have_count(9)
    assert lines(widget)[0].startswith("0 steps")


def test_the_numbers_hold_both_models_and_the_gradients_of_both_layers(open_layer):
    page, widget = open_layer(TRAINED)
    widget.locator("summary", has_text="Numbers").click()
    rows = widget.locator("table").first.locator("tr")
    expect(rows.nth(4)).to_have_text(re.compile(r"right, of 180\s*179\s*94"))
    names = widget.locator("table").nth(1).locator("tbody th").all_inner_texts()
    assert names == ["W₁", "b₁", "W₂", "b₂"]
    expect(widget.locator("table").nth(2).locator("tbody tr")).to_have_count(8)
    assert page.evaluate("() => document.scrollingElement.scrollWidth <= innerWidth")
