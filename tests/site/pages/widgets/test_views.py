"""The views as files of the site: one classic script and one style for each widget."""

import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

import softmax_steps.widgets
from softmax_book.pages.widgets.views import bundle_views
from softmax_steps.widgets import SoftmaxBars
from softmax_steps.widgets.names import FOLDER, class_name, css_class, view_names

from ....conftest import PATIENCE
from ....steps.widgets.test_base import MOUNT

ROOT = Path(__file__).parents[4]
NAMES = view_names()
PAGE = """<!doctype html><meta charset="utf-8"><title>views</title>
<script>Math.random = () => 0.5;</script>
<div class="sms-page-widget" data-widget="{name}"><figure>a picture</figure>
<script type="application/json">{state}</script></div>
<script src="host.js"></script><script src="{name}.js"></script>
"""


@pytest.fixture(scope="module")
def bundles(tmp_path_factory):
    folder = tmp_path_factory.mktemp("views")
    bundle_views(ROOT, folder, NAMES)
    return folder


@pytest.mark.parametrize("name", NAMES)
def test_a_script_is_whole_and_keeps_its_names_to_itself(bundles, name):
    text = (bundles / f"{name}.js").read_text("utf-8")
    assert re.fullmatch(r"(\"use strict\";)?\(\(\)=>\{.*\}\)\(\);\n?", text, re.DOTALL)
    assert f'softmaxWidget("{name}",' in text
    assert not re.search(r"\bimport\b|\bexport\b|https?://(?!www\.w3\.org/)", text)


@pytest.mark.parametrize("name", NAMES)
def test_a_page_draws_what_a_kernel_would(bundles, chromium, name):
    """Opened from a disk, where a browser loads no modules."""
    widget = getattr(softmax_steps.widgets, class_name(name)).example()
    state = json.dumps(widget.page_state())
    (bundles / f"{name}.html").write_text(PAGE.format(name=name, state=state), "utf-8")
    page = chromium.new_page()
    problems = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.goto((bundles / f"{name}.html").as_uri())
    place = page.locator(".sms-page-widget[data-mounted]")
    place.wait_for()
    assert place.locator("figure").count() == 0
    on_page = place.locator("> div").inner_html()
    by_kernel = page.evaluate(MOUNT, [widget._esm, widget.page_state()])
    assert without_what_waits(on_page) == without_what_waits(by_kernel)
    assert not problems
    page.close()


def test_an_address_sets_what_the_state_allows(bundles, chromium):
    """The range of the temperature is Python's, and comes with the state."""
    state = SoftmaxBars().page_state() | {"temperatures": [0.1, 1000]}
    text = PAGE.format(name="softmax_bars", state=json.dumps(state))
    (bundles / "range.html").write_text(text, "utf-8")
    page = chromium.new_page()
    page.set_default_timeout(PATIENCE)
    slider = page.get_by_role("slider", name="Temperature T")
    for asked, shown in (("#T=500", "temperature 500"), ("#T=0.05", "temperature 1")):
        page.goto("about:blank")
        page.goto((bundles / "range.html").as_uri() + asked)
        expect(slider).to_have_attribute("aria-valuetext", shown)
    assert (slider.get_attribute("min"), slider.get_attribute("max")) == ("-20", "60")
    expect(page.locator(".ticks").last.locator("span")).to_have_text(
        ["0.1", "1", "10", "100", "1000"]
    )
    page.close()


def without_what_waits(drawn):
    """Leave out what is drawn again at the size of its place, and what only a page has or says."""
    drawn = re.sub(r'<div class="chart">.*?</svg></div>', "", drawn)
    drawn = re.sub(r'<svg class="sms-drawing[^"]*".*?</svg>', "", drawn)
    drawn = re.sub(r"<canvas [^>]*>", "<canvas>", drawn)
    drawn = re.sub(r' style="left: [^"]*px; top: [^"]*px;"', "", drawn)
    drawn = re.sub(r'<(a|b)(?: href="\w+\.html")?>(\d+ · [^<]*)</\1>', r"\2", drawn)
    drawn = re.sub(r'<span class="sms-with-word">.*?</span></span>', "", drawn)
    return re.sub(r'(<p class="sms-spoken"[^>]*>)[^<]*', r"\1", drawn)


@pytest.mark.parametrize("name", NAMES)
def test_a_style_holds_the_palette_the_shared_rules_and_its_own(bundles, name):
    text = (bundles / f"{name}.css").read_text("utf-8")
    assert "--figure-ink:" in text
    assert ".sms-slider" in text
    has_its_own = (FOLDER / f"{name}.css").is_file()
    assert (re.search(rf"\.{css_class(name)}[^\w-]", text) is not None) == has_its_own
