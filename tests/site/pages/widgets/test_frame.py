"""The frame of all widgets on a page: links to a state, Start over, the presenter's mode."""

import json
import shutil
from pathlib import Path

import pytest
from playwright.sync_api import expect

from softmax_book.pages.widgets.views import bundle_views
from softmax_steps.widgets.names import FOLDER

from ....conftest import PATIENCE

ROOT = Path(__file__).parents[4]
VIEW = """
import { drawing, words } from "./shared/drawing.mjs";
import { formula } from "./shared/formula.mjs";
import { frame, returning } from "./shared/frame.mjs";
import { number } from "./shared/numbers.mjs";
import { slider } from "./shared/slider.mjs";
import { follow } from "./shared/view.mjs";

function render({ model, el }) {
  const line = formula(model, "square", "x² = {square}");
  const picture = drawing({
    label: "A number",
    width: 300,
    height: () => 200,
    draw: ({ width }) => [words(width / 2, 100, number(model.get("x")), "middle")],
  });
  const x = slider({
    label: "x", min: 0, max: 10, step: 1, value: model.get("x"), text: String, spoken: String,
    onInput: (value) => { model.set("x", value); model.save_changes(); },
  });
  el.append(frame({
    model, kind: "sms-demo", label: "Demo", picture: [picture.node], controls: [x.node],
    formula: [line.node], numbers: ["all of them"], startOver: returning(model, ["x"]),
  }));
  const update = () => {
    x.set(model.get("x"));
    line.set({ square: number(1e-5 * model.get("x") ** 2) });
    picture.redraw();
  };
  update();
  return follow(model, [[["x"], update]], [picture]);
}
export default { render, address: { x: { key: "x" } } };
"""
WIDGET = """<div class="sms-page-widget" data-widget="demo"><figure>a picture</figure>
<script type="application/json">{state}</script></div>"""
PAGE = """<!doctype html><meta charset="utf-8"><title>demo</title>
<link rel="stylesheet" href="demo.css"><button>Elsewhere</button>
{first}<section style="contain: strict; height: 600px">{second}</section>
<script src="host.js"></script><script src="demo.js"></script>"""


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    views, site = tmp_path_factory.mktemp("demo_views"), tmp_path_factory.mktemp("demo")
    shutil.copytree(FOLDER / "shared", views / "shared")
    (views / "demo.mjs").write_text(VIEW, "utf-8")
    bundle_views(ROOT, site, ["demo"], folder=views)
    first, second = (WIDGET.format(state=json.dumps({"x": x})) for x in (2, 3))
    (site / "index.html").write_text(PAGE.format(first=first, second=second), "utf-8")
    return (site / "index.html").as_uri()


@pytest.fixture
def page(chromium):
    context = chromium.new_context(viewport={"width": 1280, "height": 720})
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    yield page
    context.close()


def test_two_widgets_of_a_kind_share_no_place_in_the_address(page, address):
    page.goto(address + "#x=7&x.2=4")
    sliders = page.get_by_role("slider", name="x")
    expect(sliders.nth(0)).to_have_attribute("aria-valuetext", "7")
    expect(sliders.nth(1)).to_have_attribute("aria-valuetext", "4")
    sliders.nth(1).press("ArrowRight")
    page.wait_for_function("location.hash === '#x=7&x.2=5'")
    page.get_by_role("button", name="Start over").nth(1).click()
    expect(sliders.nth(1)).to_have_attribute("aria-valuetext", "3")
    expect(sliders.nth(0)).to_have_attribute("aria-valuetext", "7")
    page.wait_for_function("location.hash === '#x=7'")


def test_a_link_to_a_state_opens_it(page, address):
    """From a disk a browser may refuse the clipboard: then the link is shown, to copy by hand."""
    page.goto(address)
    page.get_by_role("slider", name="x").nth(1).press("ArrowRight")
    page.evaluate("() => { navigator.clipboard.writeText = () => Promise.reject(Error()); }")
    page.get_by_role("button", name="Copy link to this state").nth(1).click()
    link = page.get_by_role("textbox", name="The link").input_value()
    assert link == address + "#x.2=4"
    page.evaluate("() => { navigator.clipboard.writeText = async (text) => { copied = text; }; }")
    page.get_by_role("button", name="Copy link to this state").nth(0).click()
    expect(page.get_by_text("Copied.")).to_be_visible()
    assert page.evaluate("copied") == address + "#x=2"  # as it is, and opens at the widget


def test_the_presenters_mode_shows_one_widget_alone_and_large(page, address):
    page.goto(address)
    slider = page.get_by_role("slider", name="x").nth(1)  # within what clips all that leaves it
    before = slider.bounding_box()
    slider.press("p")
    leave = page.get_by_role("button", name="Leave the full screen (P)")
    expect(leave).to_be_focused()
    after = slider.bounding_box()
    assert after["height"] > 1.3 * before["height"]
    box = page.locator(".sms-presented").bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 1281
    assert box["y"] >= 0
    assert box["y"] + box["height"] <= 721
    assert page.evaluate("document.elementFromPoint(12, 12).closest('button') === null")
    slider.press("ArrowRight")
    expect(slider).to_have_attribute("aria-valuetext", "4")
    page.keyboard.press("Escape")
    expect(page.locator(".sms-presented")).to_have_count(0)
    assert slider.bounding_box()["height"] == before["height"]
    assert page.evaluate("document.querySelectorAll('[inert]').length") == 0


@pytest.mark.parametrize(
    ("asked", "which"), [("?present", 0), ("?present=demo#x.2=9", 0), ("?present#x.2=9", 1)]
)
def test_a_link_opens_a_widget_alone(page, address, asked, which):
    page.goto(address + asked)
    expect(page.locator(".sms-presented")).to_have_count(1)
    shown = page.locator(".sms-page-widget").nth(which)
    expect(shown.locator(".sms-presented")).to_have_count(1)


def test_a_formula_tells_its_line_and_raises_its_exponents(page, address):
    page.goto(address)
    line = page.get_by_role("img", name="x² = 4.00 × 10⁻⁵")
    expect(line.locator("sup")).to_have_text("−5")


def test_the_letters_of_a_drawing_keep_their_size(page, address):
    page.goto(address)
    text = page.locator(".sms-drawing text").first
    expect(text).to_have_text("2.000")
    height = text.bounding_box()["height"]
    page.set_viewport_size({"width": 390, "height": 844})
    page.wait_for_function(
        "document.querySelector('.sms-drawing').viewBox.baseVal.width ==="
        " Math.round(document.querySelector('.sms-drawing').getBoundingClientRect().width)"
    )
    assert abs(text.bounding_box()["height"] - height) < 0.5
    assert page.evaluate("document.documentElement.scrollWidth") == 390
