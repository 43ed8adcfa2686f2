"""The softmax bars as a picture: numbers at the bars' ends, two charts, the equation."""

import re

import pytest
from playwright.sync_api import expect

from .conftest import settle

# Each row of a chart: the bar's ends, its number and the number's ends, from the left.
ROWS = """(chart) => {
  const ends = (node) => {
    const { left, right } = node.getBoundingClientRect();
    return [left, right];
  };
  const numbers = [...chart.querySelectorAll(".at-end")];
  return [...chart.querySelectorAll(".bar")].map((bar, j) =>
    ({ bar: ends(bar), text: numbers[j].textContent, number: ends(numbers[j]) }));
}"""


def charts(page):
    return page.locator(".sms-drawing").all()


@pytest.mark.parametrize("narrow", [False, True])
def test_each_number_stands_at_the_end_of_its_own_bar(alone, narrow):
    page = alone("softmax_bars", "#scores=5,3,-5,0.5,2.5&shift=-3", narrow=narrow)
    scores, shares = (chart.evaluate(ROWS) for chart in charts(page))
    assert [row["text"] for row in scores] == ["2", "0", "−8", "−2.5", "−0.5"]
    assert [row["text"] for row in shares] == ["0.814", "0.110", "< 0.001", "0.009", "0.067"]
    for row in [*scores, *shares]:
        (left, right), (first, last) = row["bar"], row["number"]
        gap = left - last if row["text"].startswith("−") else first - right
        assert 4 < gap < 12, row
        assert page.locator(".sms-widget").bounding_box()["x"] < first


def test_the_charts_stand_side_by_side_or_one_under_the_other(alone):
    page = alone("softmax_bars")
    left, right = (chart.bounding_box() for chart in charts(page))
    assert left["x"] + left["width"] < right["x"]
    assert (left["y"], left["height"]) == (right["y"], right["height"])
    page.set_viewport_size({"width": 390, "height": 844})
    page.wait_for_function(
        "() => { const [a, b] = document.querySelectorAll('.sms-drawing');"
        " return a.getBoundingClientRect().bottom < b.getBoundingClientRect().top; }"
    )
    for chart, ticks in zip(
        charts(page), (["−8", "−4", "0", "4", "8"], ["0", "0.25", "0.5", "0.75", "1"]), strict=True
    ):
        expect(chart.locator(".sms-tick")).to_have_text(ticks)


def test_the_equation_is_that_of_the_bar_under_the_hand(alone):
    """And one number is written in one way wherever it stands."""
    page = alone("softmax_bars")
    terms = "e^(−2) + e^(0) + e^(−4) + e^(−2.5) + e^(−0.5)"
    expect(page.get_by_role("img", name=f"= e^(−2) / ({terms})")).to_be_visible()
    expect(page.get_by_role("img", name="= 0.1353 / 1.842 = 0.073")).to_be_visible()
    page.get_by_text("Numbers", exact=True).click()
    expect(page.locator("tr.chosen > *")).to_have_text(["0", "1", "−2", "0.1353", "0.073"])
    expect(page.locator("tfoot td").nth(2)).to_have_text("1.842")
    expect(page.get_by_role("img", name="entropy 1.074 nats, like 2.93")).to_be_visible()
    page.get_by_role("slider", name="Score of class 4").focus()
    result = page.get_by_role("img", name="= 0.6065 / 1.842 = 0.329")
    expect(result).to_be_visible()
    expect(page.locator(".sms-slot-own sup")).to_have_text("−0.5")
    page.locator(".shares .sms-drawing").get_by_text("0.010").click()
    expect(page.get_by_role("img", name="= 0.01832 / 1.842 = 0.010")).to_be_visible()
    bar = page.get_by_role("slider", name="Score of class 1")
    expect(bar).to_have_attribute("aria-valuetext", "score 3, probability 0.543")


def test_start_over_brings_back_the_axis_too(alone):
    page = alone("softmax_bars", "#scores=800,1,2")
    first = page.locator(".sms-tick").first
    expect(first).to_have_text("−1600")
    page.get_by_role("button", name="Start over").click()
    expect(first).to_have_text("−8")
    expect(page.get_by_role("slider", name="Score of class 4")).to_be_visible()


# Where the point of the triangle lies: how far from each side, in heights.
POINT = """(triangle) => {
  const [a, b, c] = [...triangle.querySelector(".outline").getAttribute("d")
    .matchAll(/([\\d.]+),([\\d.]+)/g)].map(([, x, y]) => [Number(x), Number(y)]);
  const dot = triangle.querySelector(".row");
  const p = [dot, dot].map((node, k) => Number(node.getAttribute(["cx", "cy"][k])));
  const twice = ([x, y], [u, v], [s, t]) => Math.abs((u - x) * (t - y) - (s - x) * (v - y));
  return [[b, c], [a, c], [a, b]].map(([u, v]) => twice(p, u, v) / twice(a, b, c));
}"""


@pytest.mark.parametrize("narrow", [False, True])
def test_three_probabilities_are_a_point_of_a_triangle(alone, narrow):
    page = alone("softmax_bars", "#scores=1,3,-1", narrow=narrow)
    triangle = page.locator(".sms-triangle")
    expect(triangle.locator("text")).to_have_text(["class 0", "class 1", "class 2"])
    assert triangle.evaluate(POINT) == pytest.approx([0.117, 0.867, 0.016], abs=2e-3)
    place = page.get_by_role("img", name="The point lies in the region of class 1")
    expect(place).to_have_accessible_name(re.compile("0.117 from the side opposite to class 0"))
    bar = page.get_by_role("slider", name="Score of class 0")
    for _ in range(2):
        bar.press("Shift+ArrowRight")
    settle(page)
    assert triangle.evaluate(POINT) == pytest.approx([0.495, 0.495, 0.009], abs=2e-3)
    expect(page.get_by_role("img", name="on the border of class 0 and class 1")).to_be_visible()
    page.get_by_role("slider", name="Temperature T").press("End")
    settle(page)
    assert triangle.evaluate(POINT) == pytest.approx([1 / 3] * 3, abs=0.015)
    assert page.evaluate("() => document.scrollingElement.scrollWidth") == (390 if narrow else 1280)


def test_the_point_lies_on_its_way_and_the_chosen_class_has_its_length(alone):
    page = alone("softmax_bars", "#scores=-1,-4,0&T=2&class=1")
    near = page.locator(".sms-triangle").evaluate(
        """(triangle) => {
          const way = triangle.querySelector(".way"), dot = triangle.querySelector(".row");
          const [x, y] = ["cx", "cy"].map((name) => Number(dot.getAttribute(name)));
          const long = way.getTotalLength();
          return Math.min(...Array.from({ length: 4001 }, (_, k) => {
            const at = way.getPointAtLength((k / 4000) * long);
            return Math.hypot(at.x - x, at.y - y);
          }));
        }"""
    )
    assert near < 0.2
    long, high = page.locator(".sms-triangle").evaluate(
        """(triangle) => [triangle.querySelector(".distance.class-1").getTotalLength(),
          triangle.querySelector(".outline").getBBox().height]"""
    )
    expect(page.get_by_role("img", name="= 0.1353 / 1.742 = 0.078")).to_be_visible()
    assert long / high == pytest.approx(0.0777, abs=1e-3)


def test_the_triangle_stands_beside_the_bars_or_below_and_only_for_three(alone):
    page = alone("softmax_bars", "#scores=-1,-4,0")
    scores, shares, triangle = (chart.bounding_box() for chart in charts(page))
    assert scores["y"] + scores["height"] < shares["y"]
    assert scores["x"] + scores["width"] < triangle["x"]
    widget = page.locator(".sms-widget")
    assert widget.bounding_box()["height"] <= 560  # a laptop's window shows it whole
    page.set_viewport_size({"width": 390, "height": 844})
    page.wait_for_function(
        "() => { const [, a, b] = document.querySelectorAll('.sms-drawing');"
        " return a.getBoundingClientRect().bottom < b.getBoundingClientRect().top; }"
    )
    page.get_by_role("button", name="Start over").click()
    expect(page.locator(".sms-drawing")).to_have_count(2)
    expect(page.locator(".sms-triangle")).to_have_count(0)
