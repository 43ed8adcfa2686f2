"""Points in the plane under a hand: added, moved, relabelled, removed; a run; the ground below."""

import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from softmax_book.pages.widgets.views import bundle_views
from softmax_steps.widgets import PointsInThePlane

from ..conftest import PATIENCE
from .conftest import DRAWN, NARROW, WIDE

ROOT = Path(__file__).parents[2]
PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>plane</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="points_in_the_plane.css">
<body style="margin: 16px auto; max-width: 685px">
<div class="sms-page-widget" data-widget="points_in_the_plane"><figure>a picture</figure>
<script type="application/json">STATE</script></div><p style="height: 2000px">Below it.</p>
<script src="host.js"></script><script src="points_in_the_plane.js"></script></html>"""
POINTS = len(PointsInThePlane().points)


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    folder = tmp_path_factory.mktemp("plane")
    bundle_views(ROOT, folder, ["points_in_the_plane"])
    state = json.dumps(PointsInThePlane().page_state())
    (folder / "index.html").write_text(PAGE.replace("STATE", state), "utf-8")
    return (folder / "index.html").as_uri()


@pytest.fixture
def open_plane(chromium, address):
    """Return ``open_plane(words, **options)``: the page with these words in its address."""
    contexts = []

    def go(words="", **options):
        context = chromium.new_context(**(options or WIDE))
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        page.goto(address + words)
        page.locator(".sms-page-widget[data-mounted]").wait_for()
        page.evaluate(DRAWN)
        return page

    yield go
    for context in contexts:
        context.close()


def where(mark):
    """Where a point is, to two decimals, as it is told to screen readers."""
    x1, x2 = re.findall(r"feature [12] (−?[\d.]+)", mark.get_attribute("aria-valuetext"))
    return float(x1.replace("−", "-")), float(x2.replace("−", "-"))


def middle(node):
    box = node.bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def test_a_hand_adds_moves_relabels_and_removes_points(open_plane):
    page = open_plane()
    canvas = page.locator(".plane canvas").bounding_box()
    assert canvas["width"] >= 420
    assert canvas["height"] == canvas["width"]
    marks = page.locator(".point")
    assert marks.count() == POINTS

    # A click adds a point, which takes the keys: the page stays where it is.
    page.mouse.click(canvas["x"] + 0.25 * canvas["width"], canvas["y"] + 0.75 * canvas["height"])
    added = page.get_by_role("slider", name=f"Point {POINTS + 1} of class 0")
    expect(added).to_be_focused()
    expect(page.get_by_role("group", name=f"Point {POINTS + 1}")).to_be_visible()
    assert where(added) == pytest.approx((-0.5, -0.5), abs=0.011)
    x1, x2 = where(added)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Shift+ArrowRight")
    assert where(added) == pytest.approx((x1 + 0.2, x2 - 0.02), abs=1e-9)
    assert page.evaluate("scrollY") == 0
    page.keyboard.press("2")
    added = page.get_by_role("slider", name=f"Point {POINTS + 1} of class 2")
    expect(added).to_be_focused()
    expect(page.get_by_role("radio", name="2")).to_be_checked()
    page.locator("label", has=page.get_by_role("radio", name="1")).click()
    expect(page.get_by_role("slider", name=f"Point {POINTS + 1} of class 1")).to_have_count(1)

    # The mouse takes a point where it grasps it: it does not jump to the hand.
    x, y = middle(marks.last)
    x1, x2 = where(marks.last)
    page.mouse.move(x + 6, y + 5)
    page.mouse.down()
    page.mouse.move(x + 6 + 42, y + 5 - 63, steps=3)
    page.mouse.up()
    assert where(marks.last) == pytest.approx((x1 + 0.2, x2 + 0.3), abs=0.011)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.up()  # an empty place: a further point, of the class of the last
    expect(page.get_by_role("slider", name=f"Point {POINTS + 2} of class 1")).to_be_focused()
    page.keyboard.press("Delete")
    expect(marks).to_have_count(POINTS + 1)
    expect(marks.last).to_be_focused()
    page.get_by_role("button", name="Remove the chosen point").click()
    expect(marks).to_have_count(POINTS)
    page.get_by_role("button", name="Add a point").press("Enter")
    expect(marks.last).to_be_focused()
    assert where(marks.last) == (0, 0)


def test_a_finger_moves_a_point_and_sees_the_plane_while_it_presses_run(open_plane):
    page = open_plane(**NARROW)
    plane, run = page.locator(".plane"), page.get_by_role("button", name="Run")
    assert (
        0
        <= run.bounding_box()["y"] - (plane.bounding_box()["y"] + plane.bounding_box()["height"])
        < 16
    )
    mark = page.locator(".point").first
    (x, y), before = middle(mark), where(mark)
    hand = page.context.new_cdp_session(page)
    for kind, points in (
        ("touchStart", [(x, y)]),
        *(("touchMove", [(x + 10 * k, y + 15 * k)]) for k in range(1, 5)),
        ("touchEnd", []),
    ):
        touches = [{"x": a, "y": b} for a, b in points]
        hand.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": touches})
    page.evaluate(DRAWN)
    unit = 2 / page.locator(".plane canvas").bounding_box()["width"]
    moved = (before[0] + 40 * unit, before[1] - 60 * unit)
    assert where(mark) == pytest.approx(moved, abs=0.02)
    assert page.evaluate("scrollY") == 0


# The borders and the number of steps at each frame of a run, until so many frames have been drawn.
FRAMES = """(most) => new Promise((done) => {
  const seen = [];
  const look = () => {
    const lines = [...document.querySelectorAll(".borders line")];
    seen.push([parseInt(document.querySelector(".so-far").textContent),
      lines.map((line) => line.getAttribute("x1")).join()]);
    if (seen.length < most) requestAnimationFrame(look);
    else done(seen);
  };
  requestAnimationFrame(look);
})"""


def test_a_run_moves_between_its_steps_and_stops_at_a_step(open_plane):
    page = open_plane()
    so_far = page.locator(".so-far")
    expect(so_far).to_have_text(f"0 steps, 1 of {POINTS} right")
    page.get_by_role("button", name="Step").click()
    expect(so_far).to_have_text(re.compile("^1 step, "))
    page.get_by_role("button", name="Step").click()
    expect(so_far).to_have_text(re.compile("^2 steps, "))
    page.get_by_role("button", name="Run").click()
    seen = page.evaluate(FRAMES, 30)
    steps, borders = {step for step, _ in seen}, {border for _, border in seen}
    assert len(borders) > len(steps)
    page.get_by_role("button", name="Pause").click()
    page.evaluate(DRAWN)
    ((count, stopped),) = page.evaluate(FRAMES, 1)
    ((again, from_link),) = open_plane(f"#plane-steps={count}").evaluate(FRAMES, 1)
    assert (again, from_link) == (count, stopped)


def test_a_link_shows_the_plane_to_the_pixel_after_steps_and_moves(open_plane):
    page = open_plane()
    for name in ("Step", "Add a point", "Step"):
        page.get_by_role("button", name=name).click()
    page.wait_for_function("location.hash.includes('plane-steps=1')")
    linked = open_plane(page.evaluate("location.hash"))
    for part in (".borders", ".loss svg", ".so-far"):
        seen = page.locator(part).evaluate("(node) => node.outerHTML")
        assert linked.locator(part).evaluate("(node) => node.outerHTML") == seen
    expect(linked.get_by_text("drag a point")).to_have_count(0)  # someone has


ALPHA = """() => {
  const canvas = document.querySelector(".plane canvas");
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  let [low, high] = [255, 0];
  for (let k = 3; k < data.length; k += 4)
    [low, high] = [Math.min(low, data[k]), Math.max(high, data[k])];
  return [low, high];
}"""


def test_where_the_model_knows_nothing_the_page_shows_through(open_plane):
    """So the regions follow the theme, and a model without borders says why it has none."""
    page = open_plane()
    low, high = page.evaluate(ALPHA)
    assert low < 30
    assert 60 < high < 150
    expect(page.locator(".borders line")).to_have_count(3)
    page = open_plane("#model=0,0,0_0,0,0_0,0,0")
    assert page.evaluate(ALPHA) == [0, 0]
    expect(page.locator(".borders")).to_have_text("no border yet: all weights are 0")
    page.get_by_role("button", name="Step").click()
    expect(page.locator(".borders line")).to_have_count(3)


def test_an_older_link_opens_and_its_loss_is_marked_where_it_leaves_the_axis(open_plane):
    words = (
        "plane-lambda=1&plane-eta=3&loss=sum&points=0.5,0.5,0_-0.5,-0.5,1&model=1,0,0_0,0,0_0,0,0"
    )
    page = open_plane(f"#{words}&plane-steps=9")
    expect(page.locator(".so-far")).to_have_text(re.compile("^9 steps, . of 2 right$"))
    expect(page.locator(".point")).to_have_count(2)
    expect(page.get_by_role("slider", name="λ")).to_have_attribute("aria-valuetext", "lambda 1")
    expect(page.get_by_role("slider", name="η")).to_have_attribute("aria-valuetext", "eta 3")
    expect(page.locator(".loss svg")).to_contain_text("↑ to ")
    expect(page.locator("input[value=sum]")).to_be_checked()  # folded
    page.get_by_role("button", name="Start over").click()
    expect(page.locator(".point")).to_have_count(POINTS)
    expect(page.locator(".so-far")).to_have_text(f"0 steps, 1 of {POINTS} right")
    expect(page.locator(".loss svg")).not_to_contain_text("↑ to ")
