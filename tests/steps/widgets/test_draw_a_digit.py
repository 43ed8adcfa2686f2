"""The drawn digit: each number that the page shows, held against the package."""

import numpy as np
import pytest

import softmax_steps as sm
from softmax_steps.digit_models import digit_models
from softmax_steps.drawn_digit import digit_counts, normalize_bitmap
from softmax_steps.widgets import DrawADigit
from softmax_steps.widgets.draw_a_digit import (
    EXAMPLE_LINES,
    bitmap_of,
    cornered,
    draw_lines,
    text_of,
)

from ...other_writers import read_written

CLOSE = 1e-12
NORMALIZE = """return data.map((text) => {
  const ink = view.bitmapOf(text);
  const fitted = view.normalizeBitmap(ink);
  return { again: view.textOf(ink), fitted: view.textOf(fitted), counts: view.blockCounts(fitted) };
});"""
WORK = """return data.states.map(({ ink, kind, fit, meant, taken }) => view.workThrough(
  view.bitmapOf(ink),
  { model: data.models[kind], isFitted: fit === "data", meant, taken, learningRate: data.rate },
));"""


def scribbles(rng, count):
    """Bitmaps of all kinds: sparse and dense, in boxes of any size and place."""
    made = [np.zeros((32, 32), dtype=bool), np.ones((32, 32), dtype=bool)]
    while len(made) < count:
        top, left = rng.integers(0, 31, size=2)
        bottom, right = rng.integers(top + 1, 33), rng.integers(left + 1, 33)
        ink = np.zeros((32, 32), dtype=bool)
        box = ink[top:bottom, left:right]
        box[:] = rng.random(box.shape) < rng.choice([0.02, 0.2, 0.5, 0.95])
        made.append(ink)
    return made


@pytest.fixture(scope="module")
def written():
    """200 digits of other writers, drawn into the field by a threshold, and what they are."""
    return read_written(200)


@pytest.fixture(scope="module")
def widget():
    return DrawADigit()


def worked(in_javascript, widget, states):
    data = {"states": states, "models": widget.models, "rate": widget.learning_rate}
    return in_javascript("draw_a_digit", WORK, data)


def test_a_drawing_is_normalized_and_counted_as_in_the_package(in_javascript):
    bitmaps = scribbles(np.random.default_rng(0), 400)
    texts = [text_of(bitmap) for bitmap in bitmaps]
    found = in_javascript("parts/digit_bitmap", NORMALIZE, texts)
    for bitmap, text, ours in zip(bitmaps, texts, found, strict=True):
        assert ours["again"] == text
        assert np.array_equal(bitmap_of(text), bitmap)
        assert ours["fitted"] == text_of(normalize_bitmap(bitmap))
        assert ours["counts"] == digit_counts(bitmap).ravel().tolist()


def test_every_number_it_shows_equals_the_package(in_javascript, widget):
    rng = np.random.default_rng(1)
    states = [
        {
            "ink": text_of(bitmap),
            "kind": str(rng.choice(["linear", "hidden"])),
            "fit": str(rng.choice(["data", "drawn"])),
            "meant": int(rng.integers(-1, 10)),
            "taken": int(rng.choice([0, 1, 20])),
        }
        for bitmap in scribbles(rng, 60)
    ]
    for state, ours in zip(states, worked(in_javascript, widget, states), strict=True):
        for name, value in state.items():
            setattr(widget, name, value)
        theirs = widget.answers()
        assert ours["counts"] == theirs["counts"].ravel().tolist()
        pairs = [("F", "F"), ("P", "P"), ("logP", "log_p"), ("penalty", "penalty")]
        for mine, name in pairs:
            np.testing.assert_allclose(ours[mine], theirs[name], rtol=CLOSE, atol=CLOSE)
        np.testing.assert_allclose(ours["shifted"], sm.shift_scores(theirs["F"][np.newaxis])[0])
        assert ours["leader"] == sm.predict(theirs["F"][np.newaxis])[0]
        # The score is this template times the picture, and a bias, in either model.
        x = theirs["counts"].ravel() / 16
        parts = [np.dot(t["weights"], x) + t["bias"] for t in ours["templates"]]
        np.testing.assert_allclose(parts, theirs["F"], rtol=1e-9, atol=1e-9)
        if state["meant"] < 0:
            assert ours["loss"] is ours["gradient"] is ours["start"] is ours["after"] is None
            continue
        np.testing.assert_allclose(ours["loss"], theirs["loss"], rtol=CLOSE, atol=CLOSE)
        np.testing.assert_allclose(ours["start"]["P"], theirs["P_start"], rtol=CLOSE, atol=CLOSE)
        np.testing.assert_allclose(ours["start"]["loss"], theirs["loss_start"], rtol=CLOSE)
        np.testing.assert_allclose(ours["after"]["P"], theirs["P_after"], rtol=CLOSE, atol=CLOSE)
        np.testing.assert_allclose(ours["after"]["loss"], theirs["loss_after"], rtol=CLOSE)
        flat = [part for layer in ours["gradient"] for part in (layer["W"], layer["b"])]
        for mine, right in zip(flat, theirs["gradient"], strict=True):
            np.testing.assert_allclose(mine, right.ravel(), rtol=1e-9, atol=CLOSE)


@pytest.mark.parametrize("kind", ["linear", "hidden"])
def test_digits_of_other_writers_are_classified_as_by_the_package(
    in_javascript, widget, written, kind
):
    bitmaps, labels = written
    state = {"kind": kind, "fit": "data", "meant": -1, "taken": 0}
    states = [{**state, "ink": text_of(bitmap)} for bitmap in bitmaps]
    leaders = [found["leader"] for found in worked(in_javascript, widget, states)]
    X = np.array([digit_counts(bitmap).ravel() for bitmap in bitmaps]) / 16
    # The package's own weights, not rounded for the page.
    if kind == "linear":
        F = sm.scores(X, *digit_models().linear)
    else:
        F = sm.two_layer_forward(X, *digit_models().hidden).O2
    assert leaders == sm.predict(F).tolist()
    assert np.mean(leaders == labels) > 0.7  # others' hands, drawn coarsely


def test_the_page_has_the_weights_that_were_trained_rounded_and_small(widget):
    for kind, params in digit_models()._asdict().items():
        widget.kind = kind
        most = 0.5 / widget.models[kind]["per"]
        for rounded, part in zip(widget.params, params, strict=True):
            assert rounded.shape == part.shape
            assert np.abs(rounded - part).max() <= most + 1e-15
    widget.kind = "linear"
    X, y = sm.load_digits()
    _, _, X, y = sm.train_validation_split(X, y, validation=0.2, rng=np.random.default_rng(0))
    assert sm.accuracy(sm.scores(X, *widget.params), y) > 0.96


def test_a_step_raises_the_right_class_and_lowers_the_loss():
    widget = DrawADigit()
    for kind in ("linear", "hidden"):
        widget.kind = kind
        for meant in range(10):
            widget.meant = meant
            found = widget.answers()
            assert found["P_after"][meant] > found["P"][meant]
            assert found["loss_after"] < found["loss"]


def test_the_drawing_it_begins_with_is_read_rightly_by_both():
    widget = DrawADigit()
    for kind in ("linear", "hidden"):
        widget.kind = kind
        assert widget.answers()["P"].argmax() == widget.meant == 3


@pytest.mark.parametrize("right", [False, True])
@pytest.mark.parametrize("below", [False, True])
def test_a_small_digit_in_a_corner_is_read_if_fitted_and_lost_as_drawn(right, below):
    widget = DrawADigit(cornered(EXAMPLE_LINES, 2 / 3, right=right, below=below), meant=3)
    for kind in ("linear", "hidden"):
        widget.kind, widget.fit = kind, "data"
        assert widget.answers()["P"][3] > 0.9
        widget.fit = "drawn"
        assert widget.answers()["P"][3] < 0.2


def test_at_half_the_size_the_hidden_layer_mends_what_the_linear_model_misses():
    widget = DrawADigit(cornered(EXAMPLE_LINES, 1 / 2), meant=3)
    assert widget.answers()["P"].argmax() == 2
    widget.kind = "hidden"
    assert widget.answers()["P"].argmax() == 3


def test_an_upright_bar_becomes_a_block_and_a_slanted_one_a_1():
    upright, slanted = (
        DrawADigit(draw_lines([line]), meant=1)
        for line in ([(16, 5), (16, 26)], [(20, 5), (13, 26)])
    )
    assert (upright.answers()["counts"] > 0).sum() == 32  # half of the picture
    assert upright.answers()["P"][1] < 0.5
    assert slanted.answers()["counts"].sum() < 0.7 * upright.answers()["counts"].sum()
    assert slanted.answers()["P"][1] > 0.9


def test_a_turned_digit_stays_turned():
    for quarters in (1, 3):
        widget = DrawADigit(np.rot90(draw_lines(EXAMPLE_LINES), quarters), meant=3)
        for kind in ("linear", "hidden"):
            widget.kind = kind
            assert widget.answers()["P"][3] < 0.1


def test_what_is_said_of_each_failing_drawing_is_true():
    """The small one, the turned one, the coarse one, the bar: with one layer, then with two."""
    widget = DrawADigit()
    read, sure = [], []
    for failing in widget.failures:
        widget.ink, widget.meant, widget.fit = (failing[name] for name in ("ink", "meant", "fit"))
        for kind in ("linear", "hidden"):
            widget.kind = kind
            P = widget.answers()["P"]
            read.append(int(P.argmax()))
            sure.append(P.max())
    assert read == [5, 5, 4, 4, 2, 3, 8, 1]
    assert sure[3] > sure[2]
    corner, side, half, bar = (failing["says"] for failing in widget.failures)
    assert "counted as drawn" in corner
    assert "reads 4, and with two layers it is surer" in side
    assert "linear model reads 2" in half
    assert "one layer reads 8. Two read 1" in bar
    assert DrawADigit(part="score").failures == []


def test_other_weights_take_the_place_of_both_models():
    W = np.zeros((64, 10))
    W[:, 4] = 1
    widget = DrawADigit(part="score", W=W)
    assert list(widget.models) == ["linear"]
    assert (widget.stage, widget.chosen) == (1, 3)
    found = widget.answers()
    assert found["F"][4] == found["counts"].sum() / 16
    assert "probability" not in widget.picture().alt
    assert "4" in widget.picture().caption


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"bitmap": np.zeros((8, 8))}, r"shape \(8, 8\); expected \(32, 32\)"),
        ({"meant": 10}, "meant is 10; expected a digit"),
        ({"W": np.zeros((64, 3)), "b": np.zeros(3)}, "W has 3 columns; expected 10"),
        ({"W": np.zeros((784, 10))}, "784"),
    ],
)
def test_what_does_not_fit_is_refused(options, message):
    with pytest.raises(ValueError, match=message):
        DrawADigit(**options)
