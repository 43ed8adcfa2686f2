"""The batch on the curve −log p: points that take the keys, and what is too dear for the plot."""

import itertools

import pytest
from playwright.sync_api import expect

from .conftest import settle

DEAR = "#p=0.000001,0.000001,0.000001,0.000001,0.000001"
# How far a text's box is from a line or curve of the plot, in pixels.
GAP = """([words, mark]) => {
  const plot = document.querySelector(".sms-drawing");
  const texts = [...plot.querySelectorAll("text")];
  const text = texts.find((node) => node.textContent.startsWith(words));
  const { left, right, top, bottom } = text.getBoundingClientRect();
  const line = plot.querySelector(mark), long = line.getTotalLength(), at = line.getScreenCTM();
  const gaps = Array.from({ length: 400 }, (_, k) => {
    const { x, y } = line.getPointAtLength((k / 399) * long).matrixTransform(at);
    return Math.hypot(Math.max(left - x, 0, x - right), Math.max(top - y, 0, y - bottom));
  });
  return Math.min(...gaps);
}"""


def sample(page, number):
    return page.get_by_role("slider", name=f"Sample {number}, ")


def middle(node):
    box = node.bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def drag(page, node, dx, dy):
    x, y = middle(node)
    page.mouse.move(x, y)
    page.mouse.down()
    for k in range(1, 9):
        page.mouse.move(x + dx * k / 8, y + dy * k / 8)
    page.mouse.up()
    settle(page)


@pytest.mark.parametrize(
    ("key", "said"),
    [
        ("ArrowRight", "p = 0.31, 1.171 nats"),
        ("ArrowDown", "p = 0.29, 1.238 nats"),
        ("Shift+ArrowUp", "p = 0.4, 0.9163 nats"),
        ("PageDown", "p = 0.2, 1.609 nats"),
        ("Home", "p = 10⁻⁶, 13.82 nats"),
        ("End", "p = 1, 0 nats"),
    ],
)
def test_a_point_takes_the_keys_itself(alone_once, key, said):
    page = alone_once("cross_entropy_batch")
    page.get_by_role("button", name="Start over").click()
    assert page.locator("input[type=range]").count() == 0
    point = sample(page, 3)
    expect(point).to_have_attribute("aria-valuetext", "p = 0.3, 1.204 nats")
    point.press(key)
    expect(point).to_have_attribute("aria-valuetext", said)
    number = said.partition(", ")[2].removesuffix(" nats")
    expect(page.get_by_role("img", name=f"= {number} nats").first).to_be_visible()


@pytest.mark.parametrize("narrow", [False, True])
def test_points_too_dear_for_the_plot_are_held_at_its_edge(alone, narrow):
    page = alone("cross_entropy_batch", DEAR, narrow=narrow)
    marks = page.locator(".dot b")
    expect(marks).to_have_text(["↑ 13.82"] * 5)
    plot, widget = (page.locator(c).bounding_box() for c in (".sms-drawing", ".sms-widget"))
    boxes = [mark.bounding_box() for mark in marks.all()]
    for left, right in itertools.pairwise(boxes):
        assert left["x"] + left["width"] < right["x"]
    assert boxes[-1]["x"] + boxes[-1]["width"] < widget["x"] + widget["width"]
    assert all(plot["y"] < middle(sample(page, k))[1] < plot["y"] + 56 for k in range(1, 6))
    expect(page.locator(".loss")).to_have_text("↑ 13.82")
    page.get_by_text("powers of ten").click()
    expect(marks).to_have_count(0)
    expect(page.locator(".loss")).to_have_text("13.82")


def test_a_point_is_dragged_along_the_curve_and_off_the_plot_and_back(alone):
    page = alone("cross_entropy_batch")
    point = sample(page, 5)
    drag(page, point, 60, 40)
    shown = float(point.get_attribute("aria-valuenow"))
    assert 0.07 < shown < 0.2
    drag(page, point, -80, -250)
    expect(point).to_have_attribute("aria-valuenow", "0.000001")
    expect(point.locator("b")).to_have_text("↑ 13.82")
    drag(page, point, 0, 20)  # a little: it does not leap
    assert 1e-6 < float(point.get_attribute("aria-valuenow")) < 5e-5
    drag(page, point, 30, 150)
    expect(point.locator("b")).to_have_count(0)


@pytest.mark.parametrize("narrow", [False, True])
def test_the_curve_and_its_tangent_have_their_names_beside_them(alone, narrow):
    page = alone("cross_entropy_batch", narrow=narrow)
    name = "slope −3.33" if narrow else "tangent, slope −3.33"
    assert 1 < page.evaluate(GAP, ["−log p", ".losses"]) < 16
    assert 1 < page.evaluate(GAP, [name, ".tangent"]) < 16
    assert page.evaluate(GAP, ["−log p", ".tangent"]) > 16
    sample(page, 5).press("ArrowRight")
    name = "slope −15.9" if narrow else "tangent, slope −15.9"
    expect(page.locator(".sms-drawing").get_by_text(name)).to_be_visible()
