"""Where the time goes, as it is drawn: names clear of the place, and no button left alone."""

import pytest

from softmax_steps.roofline import Machine
from softmax_steps.widgets import WhereTheTimeGoes, where_the_time_goes

from ..one_widget import opening, write_widget_page
from .conftest import DRAWN, NARROW

# The boxes of the roof's names, and those of the place and its line; the rows of the buttons.
LAID_OUT = """(widget) => {
  const boxes = (nodes) => [...nodes].map((node) => {
    const { left, right, top, bottom } = node.getBoundingClientRect();
    return { text: node.textContent, left, right, top, bottom };
  });
  const names = boxes(widget.querySelectorAll("svg text")).filter(({ text }) =>
    ["memory", "arithmetic"].includes(text)).slice(0, 2);
  const buttons = boxes(widget.querySelectorAll(".sms-options label"));
  const tops = buttons.map(({ top }) => Math.round(top));
  const rows = [...new Set(tops)].map((top) => tops.filter((other) => other === top).length);
  return { names, place: boxes(widget.querySelectorAll(".here, .place")), rows };
}"""


# The bytes a second of two machines: one bends beyond ten classes, the other one before them.
@pytest.fixture(scope="module", params=[5e9, 30e9], ids=["slow memory", "quick memory"])
def address(request, tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        machine = Machine(50e9, request.param)
        patch.setattr(where_the_time_goes, "measured_machine", lambda numbers, kind: machine)
        return write_widget_page(tmp_path_factory.mktemp("time"), WhereTheTimeGoes())


@pytest.fixture
def widget(chromium, address):
    """Return ``open(hash, **options)``, which gives the page and the widget."""
    yield from opening(chromium, address, "where_the_time_goes")


@pytest.mark.parametrize(("options", "in_a_row"), [({}, [2, 2]), (NARROW, [4])])
def test_names_are_clear_of_the_place_and_no_button_is_left_alone(widget, options, in_a_row):
    page, place = widget(**options)
    slider = place.get_by_role("slider", name="classes C")
    slider.focus()
    page.keyboard.press("Home")
    for _ in range(18):  # from 1 class to more than where the roof bends
        page.evaluate(DRAWN)
        laid = place.evaluate(LAID_OUT)
        assert sorted(name["text"] for name in laid["names"]) == ["arithmetic", "memory"]
        for name in laid["names"]:
            for mark in laid["place"]:
                apart = (
                    name["right"] <= mark["left"]
                    or mark["right"] <= name["left"]
                    or name["bottom"] <= mark["top"] + 1
                    or mark["bottom"] <= name["top"]
                )
                assert apart, (slider.get_attribute("aria-valuetext"), name, mark)
        assert laid["rows"] == in_a_row
        page.keyboard.press("ArrowRight")
