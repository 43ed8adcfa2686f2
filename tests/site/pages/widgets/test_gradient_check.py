"""The gradient check as a picture: names at the lines' ends, the slider under the line at h."""

import pytest
from playwright.sync_api import expect

from .conftest import settle

# Where each line ends, and where its name stands, in pixels of the plot.
ENDS = """(plot) => {
  const lines = [...plot.querySelectorAll(".curve")].map((line) => {
    const end = line.getPointAtLength(line.getTotalLength());
    return [end.x, end.y];
  });
  const names = ["forward", "central", "complex"].map((name) => {
    const text = [...plot.querySelectorAll("text")].find((node) => node.textContent === name);
    const { x, y, height } = text.getBBox();
    return [x, y + height / 2];
  });
  return { lines, names };
}"""
# How far the slider's thumb, 20 pixels wide, is from the line at h.
ASIDE = """(widget) => {
  const input = widget.querySelector("input[type=range]");
  const { left, width } = input.getBoundingClientRect();
  const share = (input.value - input.min) / (input.max - input.min);
  const line = widget.querySelector(".here").getBoundingClientRect();
  return left + 10 + share * (width - 20) - (line.left + line.width / 2);
}"""


@pytest.mark.parametrize("kind", ["float64", "float32"])
@pytest.mark.parametrize("narrow", [False, True])
def test_each_line_has_its_name_at_its_end(alone, kind, narrow):
    page = alone("gradient_check", f"#float={kind}", narrow=narrow)
    ends = page.locator(".sms-drawing").evaluate(ENDS)
    for line, name in zip(ends["lines"], ends["names"], strict=True):
        assert 15 < name[0] - line[0] < 30
        assert abs(name[1] - line[1]) < 20
    heights = sorted(name[1] for name in ends["names"])
    assert min(heights[1] - heights[0], heights[2] - heights[1]) > 10


@pytest.mark.parametrize("narrow", [False, True])
def test_the_thumb_stands_under_the_line_at_h(alone, narrow):
    page = alone("gradient_check", narrow=narrow)
    widget, slider = page.locator(".sms-widget"), page.get_by_role("slider", name="step h")
    for key, said in (
        ("ArrowRight", "step 1.33 times 10 to the minus 6"),
        ("Home", "step 1 times 10 to the minus 15"),
        ("End", "step 0.100"),
    ):
        slider.press(key)
        expect(slider).to_have_attribute("aria-valuetext", said)
        settle(page)
        assert abs(widget.evaluate(ASIDE)) < 1.5


def test_right_digits_are_bold_and_the_rest_is_folded(alone):
    page = alone("gradient_check")
    central = page.get_by_role("row", name="central −0.9432628927941167")
    expect(central.locator("b")).to_have_text("−0.943262892")
    expect(central).to_contain_text("1.4 × 10⁻¹⁰")
    expect(page.get_by_text("the step is too long").first).to_be_hidden()
    page.get_by_text("Numbers", exact=True).click()
    expect(page.get_by_text("the step is too long").first).to_be_visible()
    expect(page.locator(".sms-drawing .chosen")).to_have_text("h = 1 × 10⁻⁶")


def test_an_error_too_small_for_the_axis_is_held_at_its_edge(alone):
    page = alone("gradient_check", "#h=0.0000000000042")
    expect(page.locator(".sms-drawing").get_by_text("↓ ")).to_be_visible()
    page.get_by_role("slider", name="step h").press("End")
    expect(page.locator(".sms-drawing").get_by_text("↓ ")).to_have_count(0)
