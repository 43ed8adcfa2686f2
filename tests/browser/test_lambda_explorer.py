"""The λ explorer on its pages: what it shows is what NumPy says, and its address brings it back."""

import json
import re

import numpy as np
import pytest
from playwright.sync_api import expect

from softmax_book.sources import read_book
from softmax_steps import loss_and_gradient
from softmax_steps.palette import SIGNED
from softmax_steps.plots.stills.lambda_explorer import tile_scale
from softmax_steps.regularization import l2_gradient, l2_penalty
from softmax_steps.widgets.lambda_explorer import STRENGTHS

from ..steps.widgets.conftest import run_in_node
from .conftest import ROOT
from .test_widget_pictures import MEASURE, TALLEST

CHAPTERS = [
    page.name
    for page in read_book(ROOT).values()
    if any("LambdaExplorer(" in cell.code for cell in page.cells)
]
NUMBER = r"−?\d+(?:\.\d+)?(?: × 10[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)?"
PLAIN = str.maketrans("−⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "--0123456789")


def read_number(text):
    """A number as the page writes it, and half a unit of its last place."""
    mantissa, _, power = text.translate(PLAIN).partition(" × 10")
    places = len(mantissa.partition(".")[2])
    scale = 10.0 ** int(power or 0)
    return float(mantissa) * scale, 0.5 * 10.0**-places * scale


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [("0.0102", 0.0102, 5e-5), ("−3.5 × 10⁻⁷", -3.5e-7, 5e-9), ("12", 12, 0.5)],
)
def test_numbers_are_read_as_they_are_written(text, value, unit):
    assert re.fullmatch(NUMBER, text)
    assert read_number(text) == (pytest.approx(value), pytest.approx(unit))


# Its formula, the words of its pictures, its sentences, and its numbers, folded or not.
TEXT = r"""(place) =>
  [...place.querySelectorAll(".sms-formula, svg text, .effect, output, .beyond, tr")]
    .filter((node) => node.closest("details") || node.checkVisibility())
    .map((node) => node.getAttribute("aria-label")
      ?? [...(node.cells ?? [node])].map((part) => part.textContent).join(" "))
    .join("\n")"""


class Explorer:
    def __init__(self, opened):
        self.opened, self.page = opened, opened.page
        self.place = self.page.locator(".sms-page-widget[data-widget=lambda_explorer]")
        self.slider = self.place.get_by_role("slider", name="λ")
        opened.widgets()
        opened.settle()

    @property
    def strength(self):
        return self.place.locator(".sms-slider .sms-readout:visible").inner_text()

    def looks_wrong(self):
        self.opened.rest()
        return self.place.locator(".sms-widget").evaluate(MEASURE)

    @property
    def text(self):
        """All that it shows and says, but for the line that waits until the hand rests."""
        return self.place.evaluate(TEXT)

    def expect(self, text):
        """Wait until it shows this text."""
        self.opened.wait_until(
            lambda: self.text == text, lambda: f"{self.text}\n\nis not\n\n{text}"
        )

    def put(self, position):
        self.slider.evaluate(
            """(slider, position) => {
              slider.value = position;
              slider.dispatchEvent(new Event("input", { bubbles: true }));
            }""",
            str(position),
        )
        self.opened.settle()


@pytest.fixture
def explorer(visit):
    explorer = Explorer(visit("book/05_regularization.html"))
    explorer.chapter = "05_regularization"
    return explorer


def state_in_page(site, chapter):
    """The numbers that the chapter's page carries for the widget."""
    page = (site / "book" / f"{chapter}.html").read_text("utf-8")
    (text,) = re.findall(
        r'data-widget="lambda_explorer"[^>]*>.*?<script type="application/json">(.*?)</script>',
        page,
        re.DOTALL,
    )
    return json.loads(text)


# Positions of the slider, its ends among them, and the strength that each stands for.
SOME_STRENGTHS = """
const { last, toValue } = view.logarithmicScale(data);
const inside = [0.17, 0.42, 0.5, 0.7, 0.83].map((share) => Math.round(share * last));
const positions = [0, 1, ...inside, last];
return positions.map((position) => [position, toValue(position)]);
"""


def position_of(strength):
    code = "return view.logarithmicScale(data.scale).toPosition(data.strength);"
    return run_in_node("shared/slider", code, {"scale": STRENGTHS, "strength": strength})


@pytest.fixture
def numbers(explorer, site):
    """X, y, W, b and η, from the page's own state."""
    state = state_in_page(site, explorer.chapter)
    return [*(np.array(state[name]) for name in "XyWb"), state["learning_rate"]]


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_what_is_shown_is_what_numpy_says(visit, site, chapter):
    explorer = Explorer(visit(f"book/{chapter}.html"))
    state = state_in_page(site, chapter)
    X, y, W, b = (np.array(state[name]) for name in "XyWb")
    for position, strength in run_in_node("shared/slider", SOME_STRENGTHS, STRENGTHS):
        explorer.put(position)
        compare(explorer.text.replace("\n", " "), X, y, W, b, strength, state["learning_rate"])
    assert not explorer.opened.problems


def compare(text, X, y, W, b, strength, rate):
    """Hold each number of the text against NumPy's."""
    loss, dW, db = loss_and_gradient(X, y, W, b, strength=strength)
    penalty, pull = l2_penalty(W, strength=strength), l2_gradient(W, strength=strength)
    following, _, _ = loss_and_gradient(X, y, W - rate * dW, b - rate * db, strength=strength)

    def holds(value, words):
        match = re.search(words.replace("NUMBER", f"({NUMBER})"), text)
        assert match, f"{words!r} is not to be found in: {text}"
        shown, unit = read_number(match[1])
        assert abs(shown - value) <= unit * (1 + 1e-6), f"{match[0]!r}, but NumPy says {value!r}"

    holds(strength, "λ = NUMBER")
    holds(loss, "= NUMBER nats")
    holds(loss, "L = NUMBER")
    holds(loss - penalty, f"= NUMBER \\+ {NUMBER} = {NUMBER} nats")
    holds(penalty, f"\\+ NUMBER = {NUMBER} nats")
    holds(np.linalg.norm(dW - pull), r"‖data part‖ NUMBER")
    holds(np.linalg.norm(dW - pull), r"data part NUMBER")
    holds(np.linalg.norm(pull), r"‖λW‖ NUMBER")
    holds(np.linalg.norm(pull), r"penalty part NUMBER")
    holds(np.linalg.norm(dW), r"‖∂L/∂W‖ NUMBER")
    holds(np.linalg.norm(dW), r"sum NUMBER")
    holds(np.abs(dW).max(), "largest entry NUMBER")
    if strength:
        cosine = np.vdot(dW - pull, pull) / np.linalg.norm(dW - pull) / np.linalg.norm(pull)
        holds(np.degrees(np.arccos(cosine)), r"angle between the parts NUMBER°")
        holds(np.degrees(np.arccos(cosine)), r"NUMBER° apart")
    holds(following, f"from {NUMBER} to NUMBER nats")


PIXELS = """(canvases) => canvases.map((c) =>
  [...c.getContext("2d").getImageData(0, 0, c.width, c.height).data])"""


def tiles(explorer):
    """The pixels of the ten images, as signed whole numbers."""
    pixels = explorer.place.locator(".images canvas").evaluate_all(PIXELS)
    return np.array(pixels).reshape(len(pixels), -1, 4).astype(int)


def test_the_images_are_the_gradient(explorer, numbers):
    X, y, W, b, _ = numbers
    explorer.put(position_of(0.01))
    _, dW, _ = loss_and_gradient(X, y, W, b, strength=0.01)
    drawn = tiles(explorer)
    assert len(drawn) == W.shape[1]
    for j, image in enumerate(drawn):
        warm = image[:, 0] - image[:, 2]  # red above 0, blue below
        clear = np.abs(dW[:, j]) > 0.05 * np.abs(dW).max()
        assert np.array_equal(np.sign(warm[clear]), np.sign(dW[clear, j]))
        assert (image[:, 3] == 255).all()


COLOURS = np.array([[int(colour[at : at + 2], 16) for at in (1, 3, 5)] for colour in SIGNED])
NEUTRAL = COLOURS[len(COLOURS) // 2]


def colours_of(values, end):
    """The red, green and blue of values on a scale from −end to end, not rounded."""
    place = (np.clip(values / end, -1, 1) + 1) / 2 * (len(COLOURS) - 1)
    k = np.minimum(place.astype(int), len(COLOURS) - 2)
    return COLOURS[k] + (COLOURS[k + 1] - COLOURS[k]) * (place - k)[..., np.newaxis]


def expect_tiles(explorer, values, end):
    """Hold each pixel of the tiles, to rounding, and return how far they are from no colour."""
    drawn = tiles(explorer)[..., :3]
    np.testing.assert_allclose(drawn, colours_of(values.T, end), rtol=0, atol=0.5 + 1e-6)
    return np.abs(drawn - NEUTRAL).mean()


# 25 positions of the slider, from end to end, and the strength that each stands for.
EVENLY = """
const { last, toValue } = view.logarithmicScale(data);
const positions = Array.from({ length: 25 }, (_, k) => Math.round((k / 24) * last));
return positions.map((position) => [position, toValue(position)]);
"""


def test_along_the_whole_slider_the_tiles_fade_and_return_as_the_gradient_does(explorer, numbers):
    X, y, W, b, _ = numbers
    end = tile_scale(loss_and_gradient(X, y, W, b)[1])
    scale = explorer.place.locator(".scale").inner_text()
    beyond = explorer.place.locator(".beyond b")
    ink, lengths = [], []
    for position, strength in run_in_node("shared/slider", EVENLY, STRENGTHS):
        explorer.put(position)
        _, dW, _ = loss_and_gradient(X, y, W, b, strength=strength)
        ink.append(expect_tiles(explorer, dW, end))
        lengths.append(np.linalg.norm(dW))
        assert explorer.place.locator(".scale").inner_text() == scale
        times = np.abs(dW).max() / end
        said = f"× {times:.{int(times < 10)}f}, off the scale" if times > 1 else ""
        assert beyond.inner_text() == said
    shortest = np.argmin(lengths)
    assert 0 < shortest < len(ink) - 1
    assert (np.diff(ink[: shortest + 1]) < 0).all()
    assert (np.diff(ink[shortest:]) > 0).all()


def test_the_tiles_of_the_penalty_follow_lambda_and_those_of_the_data_do_not(explorer, numbers):
    X, y, W, b, _ = numbers
    _, G, _ = loss_and_gradient(X, y, W, b)
    for part, gradient in (("penalty part", lambda s: s * W), ("data part", lambda s: G)):
        explorer.place.locator("label").get_by_text(part).click()
        for position, strength in run_in_node("shared/slider", SOME_STRENGTHS, STRENGTHS):
            explorer.put(position)
            expect_tiles(explorer, gradient(strength), tile_scale(G))


def test_the_scales_change_when_the_reader_asks_for_it_and_say_so(explorer, numbers):
    X, y, W, b, _ = numbers
    explorer.put(position_of(10.0))
    refit, beyond = explorer.place.get_by_role("checkbox"), explorer.place.locator(".beyond")
    arrows = explorer.place.locator("svg.arrows, .arrows svg").first
    scale = explorer.place.locator(".scale")
    fixed = scale.inner_text()
    expect(beyond).to_contain_text("off the scale")
    expect(arrows).to_contain_text("off the scale")
    refit.focus()
    explorer.page.keyboard.press("Space")
    expect(beyond).to_contain_text("scales refitted here")
    expect(beyond).not_to_contain_text("off the scale")
    expect(arrows).not_to_contain_text("off the scale")
    end = read_number(re.search(f"({NUMBER}) nats per unit", scale.inner_text())[1])[0]
    largest = np.abs(loss_and_gradient(X, y, W, b, strength=10.0)[1]).max()
    assert largest <= end < 2 * largest
    explorer.put(position_of(0.01))  # at each λ anew
    expect(scale).not_to_contain_text(f"{end:g}")
    explorer.page.wait_for_url("**scales=refitted*", wait_until="commit")
    explorer.place.get_by_role("button", name="Start over").click()
    expect(refit).not_to_be_checked()
    assert scale.inner_text() == fixed


def test_a_hand_on_the_curve_moves_lambda(explorer):
    curve = explorer.place.locator(".sms-lambda-curve")
    curve.scroll_into_view_if_needed()
    explorer.opened.rest()
    box = curve.bounding_box()
    widget = explorer.place.locator(".sms-widget")
    height = widget.bounding_box()["height"]
    y = box["y"] + 0.4 * box["height"]
    explorer.page.mouse.move(box["x"] + 0.3 * box["width"], y)
    explorer.page.mouse.down()
    for share in (0.5, 0.8, 1.2):
        explorer.page.mouse.move(box["x"] + share * box["width"], y + 30)
        thumb, cursor = explorer.place.evaluate(
            """(place) => {
              const input = place.querySelector("input[type=range]");
              const { left, width } = input.getBoundingClientRect();
              const share = input.value / input.max;
              return [left + 10 + share * (width - 20),
                place.querySelector(".cursor").getBoundingClientRect().left];
            }"""
        )
        assert abs(thumb - cursor) < 1.5  # the thumb stands below the cursor
        assert widget.bounding_box()["height"] == height
    explorer.page.mouse.up()
    assert explorer.strength == "λ = 10"
    expect(curve).to_contain_text("off the axis")
    explorer.place.get_by_role("button", name="Take one step").click()
    explorer.place.locator("label").get_by_text("penalty part").click()
    explorer.place.get_by_role("button", name="Start over").click()
    expect(explorer.place.locator(".effect")).to_contain_text("One step with")
    assert explorer.strength == "λ = 0.01"
    assert explorer.place.get_by_role("radio", name="sum").is_checked()


def test_the_trained_weights_have_one_lambda_on_the_whole_panel(visit, site):
    explorer = Explorer(visit("book/05_regularization.html#lambda=0&weights=trained"))
    trained = state_in_page(site, "05_regularization")["trained"]
    height = explorer.place.locator(".sms-widget").bounding_box()["height"]
    assert explorer.slider.get_attribute("max") == str(len(trained["strength"]) - 1)
    for k in (0, 3, len(trained["strength"]) - 1):
        explorer.put(k)
        text = explorer.text
        shown = {read_number(n)[0] for n in re.findall(f"λ = ({NUMBER})", text)}
        assert len(shown) == 1
        assert shown.pop() == pytest.approx(trained["strength"][k], rel=5e-3)
        for name in ("train_accuracy", "validation_accuracy"):
            assert f"{100 * trained[name][k]:.1f}\u00a0%" in text
        assert f"training {100 * trained['train_accuracy'][k]:.0f} %" in text
        assert f"held out {100 * trained['validation_accuracy'][k]:.0f} %" in text
        assert explorer.looks_wrong() == []
    explorer.place.get_by_text("W as given").click()
    assert explorer.looks_wrong() == []
    assert explorer.place.locator(".sms-widget").bounding_box()["height"] == height <= TALLEST
    assert not explorer.opened.problems


@pytest.mark.parametrize("setting", ["wide-light", "narrow-light"])
def test_steps_that_lead_away_leave_everything_in_its_place(visit, setting):
    walk = "&walk=10x3" if setting == "wide-light" else "&walk=10x250"
    explorer = Explorer(visit(f"book/05_regularization.html#lambda=10{walk}", setting))
    assert explorer.looks_wrong() == []
    height = explorer.place.locator(".sms-widget").bounding_box()["height"]
    expect(explorer.place.locator(".effect")).to_contain_text(f"After {walk[9:]} steps")
    expect(explorer.place.locator(".sms-lambda-curve")).to_contain_text("off the axis")
    expect(explorer.place.locator(".beyond")).to_contain_text("off the scale")
    explorer.place.get_by_role("button", name="Start over").click()
    assert explorer.looks_wrong() == []
    assert explorer.place.locator(".sms-widget").bounding_box()["height"] == height
    assert explorer.strength == "λ = 0.01"


def test_steps_lower_the_loss_as_numpy_says(explorer, numbers):
    X, y, W, b, rate = numbers
    explorer.put(position_of(0.01))
    for _ in range(3):
        explorer.place.get_by_role("button", name="Take one step").click()
        _, dW, db = loss_and_gradient(X, y, W, b, strength=0.01)
        W, b = W - rate * dW, b - rate * db
    explorer.opened.settle()
    loss, _, _ = loss_and_gradient(X, y, W, b, strength=0.01)
    shown, unit = read_number(re.findall(f"= ({NUMBER}) nats", explorer.text)[-1])
    assert abs(shown - loss) <= unit * (1 + 1e-6)


# --- the address ---


def test_an_address_shows_what_it_says(visit):
    explorer = Explorer(visit("book/05_regularization.html#lambda=0.03"))
    explorer.opened.wait_until(
        lambda: explorer.strength == "λ = 0.03", lambda: f"it shows {explorer.strength}"
    )
    assert not explorer.opened.problems


# As in WebKit, which does not hold the text still when what stands above it grows.
LOOSE = """
  const supports = CSS.supports;
  CSS.supports = (...rule) =>
    !String(rule).includes("overflow-anchor") && supports.call(CSS, ...rule);
  addEventListener("DOMContentLoaded", () => {
    const style = document.createElement("style");
    style.textContent = `* { overflow-anchor: none !important }
      .bd-article > section > section { content-visibility: visible !important }`;
    document.head.append(style);
    window.unmounted = document.querySelectorAll(".sms-page-widget:not([data-mounted])").length;
  });
"""


def test_a_link_leads_to_its_widget_where_no_browser_holds_it_still(visit):
    opened = visit("404.html", "narrow-light")
    opened.page.add_init_script(LOOSE)
    opened.page.goto(f"{opened.home}book/05_regularization.html#lambda=0.03", wait_until="load")
    opened.rest()
    assert opened.page.evaluate("() => window.unmounted") == 0
    widget = opened.page.locator("[data-widget=lambda_explorer] .sms-widget")
    header = opened.page.locator(".bd-header-article").bounding_box()
    assert header["y"] + header["height"] - 1 < widget.bounding_box()["y"] < 300


@pytest.mark.parametrize(
    "nonsense", ["lambda=nan", "lambda=", "lambda=x&lambda=1", "%", "%E0%A4%A"]
)
def test_an_address_that_makes_no_sense_does_no_harm(visit, nonsense):
    explorer = Explorer(visit(f"book/05_regularization.html#{nonsense}"))
    assert "λ = " in explorer.strength
    assert not explorer.opened.problems


def test_the_address_follows_the_slider_and_a_reload_shows_the_same(explorer):
    explorer.slider.focus()
    for _ in range(5):
        explorer.page.keyboard.press("ArrowRight")
    explorer.opened.settle()
    # It is written anew wherever the hand rests, on a slow machine between two keys too.
    shown = float(explorer.strength.removeprefix("λ = "))
    explorer.page.wait_for_function(
        "(shown) => Math.abs(new URLSearchParams(location.hash.slice(1)).get('lambda') / shown - 1)"
        " < 0.01",
        arg=shown,
    )
    before = explorer.text
    explorer.page.reload()
    Explorer(explorer.opened).expect(before)


def test_the_address_keeps_the_readers_place(explorer):
    explorer.opened.rest()
    at = explorer.slider.bounding_box()["y"]  # of the window: sections above may grow meanwhile
    explorer.put(400)
    explorer.page.wait_for_url("**#lambda=*", wait_until="commit")
    explorer.opened.rest()
    assert abs(explorer.slider.bounding_box()["y"] - at) < 5


def test_back_leaves_the_page_and_forward_shows_what_was_shown(explorer):
    page = explorer.page
    start, length = explorer.text, page.evaluate("() => history.length")
    for position in (100, 200):
        before = page.url
        explorer.put(position)
        page.wait_for_url(lambda url, before=before: url != before, wait_until="commit")
    there = explorer.text
    assert there != start
    assert page.evaluate("() => history.length") == length
    address = page.url
    page.goto(f"{explorer.opened.home}book/index.html")
    page.go_back()
    page.wait_for_url(address, wait_until="load")
    explorer.opened.widgets()
    explorer.expect(there)
