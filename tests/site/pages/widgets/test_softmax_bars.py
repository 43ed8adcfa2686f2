"""The softmax bars as a picture: numbers at the bars' ends, two charts, the equation."""

import pytest
from playwright.sync_api import expect

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
