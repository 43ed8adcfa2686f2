"""The widget of the differential: its numbers, its address, its still picture."""

import json
import re

import mpmath
import numpy as np
import pytest

import softmax_steps as sm
from softmax_steps.plots.stills.differential import draw_differential
from softmax_steps.widgets import Differential
from softmax_steps.widgets.differential import STOPS, nearest_stop

ARITHMETIC = "parts/differential_arithmetic"
CLOSE = 1e-12
PROBLEM = ("X", "y", "W", "b", "strength")


def random_widgets(rng, count):
    """Widgets of other examples, some so sure that a probability is nearly 1, at any step."""
    for _ in range(count):
        example = sm.tiny_example(
            X=rng.normal(size=(2, 2)) * rng.choice([0.1, 1, 4]),
            y=rng.integers(0, 3, 2),
            W=rng.normal(size=(2, 3)) * rng.choice([0.1, 1, 10]),
            b=rng.normal(size=3),
            strength=float(rng.choice([0, 0.1, 2])),
        )
        weight = (int(rng.integers(2)), int(rng.integers(3)))
        yield Differential(example, weight=weight, step=float(rng.choice(STOPS)))


@pytest.fixture(scope="module")
def answered():
    """A thousand widgets, and NumPy's answers."""
    widgets = list(random_widgets(np.random.default_rng(81), 1000))
    return widgets, [widget.answers() for widget in widgets]


def shown_for(in_javascript, widgets):
    states = [
        {"problem": {name: getattr(w, name) for name in PROBLEM}, "at": w.weight, "step": w.step}
        for w in widgets
    ]
    body = "return data.map(({ problem, at, step }) => view.nudge(problem, at, step));"
    return in_javascript(ARITHMETIC, body, states)


def gap(theirs, ours, size=None):
    """Return the largest difference, relative to the size of what was added up."""
    theirs, ours = np.asarray(theirs, dtype=float), np.asarray(ours, dtype=float)
    assert theirs.shape == ours.shape
    size = np.abs(ours).max() if size is None else size
    return np.abs(theirs - ours).max() / size if size else np.abs(theirs).max()


def test_every_number_it_shows_equals_the_package(answered, in_javascript):
    widgets, all_answers = answered
    shown_by_all = shown_for(in_javascript, widgets)
    for widget, answers, shown in zip(widgets, all_answers, shown_by_all, strict=True):
        assert set(answers) == set(shown)
        X, W = np.array(widget.X), np.array(widget.W)
        # A slope adds up errors times inputs: what they cancel to has no digits of its own.
        pull = widget.strength * abs(W[tuple(widget.weight)])
        size = widget.step * (np.abs(X[:, widget.weight[0]]).max() + pull)
        for name in ("dL", "data", "penalty"):
            assert gap(shown[name], answers[name], size) < CLOSE, name
        assert gap(shown["slope"] * widget.step, answers["dL"], size) < CLOSE
        assert gap(shown["change"], answers["change"], size) < CLOSE
        for name in ("dF", "missed", "missed_penalty"):
            assert gap(shown[name], answers[name]) < CLOSE, name
        moved = np.abs(answers["dF"]).max()
        assert gap(shown["dP"], answers["dP"], moved) < CLOSE
        assert np.abs(np.array(shown["moved"]) - answers["moved"]).max() < 1e-14
        before = sm.loss(X, widget.y, W, widget.b, strength=widget.strength)
        assert abs(shown["subtracted"] - answers["subtracted"]) < 1e-14 * max(before, 1)
        assert shown["rounding"] == pytest.approx(answers["rounding"], rel=1e-6)


def test_what_is_missed_keeps_its_digits_down_to_the_smallest_step(in_javascript):
    """There the square of the step is all: half the spread of the score's change, and of λ."""
    places = [(weight, step) for weight in np.ndindex(2, 3) for step in STOPS[:13:4]]
    shown = shown_for(in_javascript, [Differential(weight=w, step=step) for w, step in places])
    t = sm.tiny_example()
    P = sm.softmax(sm.scores(t.X, t.W, t.b))
    for ((d, k), step), row in zip(places, shown, strict=True):
        p, x = P[:, k], t.X[:, d]
        bend = (p * (1 - p) * x**2).mean() / 2 + t.strength / 2
        assert row["missed"] / step**2 == pytest.approx(bend, rel=20 * step)


def test_a_difference_of_losses_would_not_do(in_javascript):
    [tiny] = shown_for(in_javascript, [Differential(step=1e-9)])
    assert abs(tiny["subtracted"] - tiny["missed"]) > 10 * tiny["missed"]
    assert tiny["rounding"] > 1e-9
    [large] = shown_for(in_javascript, [Differential(step=1e-3)])
    assert large["subtracted"] == pytest.approx(large["missed"], rel=1e-6)


def test_the_exponential_s_rest_is_smooth_where_its_series_ends(in_javascript):
    points = [*np.linspace(-3, 3, 241), 1 - 1e-12, -1 + 1e-12, 1e-8, -1e-160]
    found = in_javascript(ARITHMETIC, "return data.map(view.expRest);", points)
    with mpmath.workdps(400):
        right = [float(mpmath.expm1(mpmath.mpf(z)) - mpmath.mpf(z)) for z in points]
    np.testing.assert_allclose(found, right, rtol=2e-15, atol=0)


def test_chapter_8_tells_what_it_shows():
    def answers(weight=(0, 0), **state):
        return Differential(weight=weight, **state).answers()

    assert round(answers(step=1.0)["slope"], 3) == -0.943
    one, tenth, hundredth = (answers(step=step) for step in (1.0, 0.1, 0.01))
    for larger, smaller in ((one, tenth), (tenth, hundredth)):
        assert larger["dL"] / smaller["dL"] == pytest.approx(10)
    assert tenth["missed"] / hundredth["missed"] == pytest.approx(100, rel=0.05)
    slopes = {weight: abs(answers(weight)["slope"]) for weight in np.ndindex(2, 3)}
    assert sorted(slopes, key=slopes.get)[:2] == [(1, 1), (0, 1)]
    for weight in ((0, 1), (1, 1)):  # the middle column
        wide, near = (answers(weight, step=step) for step in (1.0, 0.1))
        assert wide["missed"] > abs(wide["dL"])
        assert near["missed"] < abs(near["dL"])
    assert 5e-9 < one["rounding"] < 5e-8


def test_python_answers_at_the_readers_state():
    widget = Differential()
    widget.weight = [1, 2]
    widget.step = STOPS[8]
    says = widget.numpy_says
    assert (says["weight"], says["step"]) == ([1, 2], STOPS[8])
    assert says["dL"] == widget.answers()["dL"]
    assert says["missed"] == pytest.approx(
        sm.loss_remainder(
            widget.X, widget.y, widget.W, widget.b,
            dW=[[0, 0, 0], [0, 0, STOPS[8]]], strength=widget.strength,
        )
    )  # fmt: skip


def test_every_step_is_snapped_to_the_same_stop_as_in_python(in_javascript):
    rng = np.random.default_rng(82)
    asked = [*(10.0 ** rng.uniform(-12, 2, 1000)), *STOPS]
    found = in_javascript(
        "differential",
        "return data.asked.map((step) => view.nearest(data.stops, step));",
        {"asked": asked, "stops": STOPS},
    )
    assert [STOPS[k] for k in found] == [nearest_stop(step) for step in asked]
    assert (len(STOPS), STOPS[0], STOPS[-1]) == (41, 1e-10, 1.0)


def test_the_address_carries_the_state_and_refuses_nonsense(in_javascript):
    body = """
    const { weight, step } = view.default.address;
    return [weight.value(weight.text([1, 2])), ...data.map((text) => weight.value(text) ?? null),
      step.value("0.01"), step.value("0") ?? null, step.value("x") ?? null];
    """
    nonsense = ["2,0", "0,3", "0", "0,1,1", ""]
    expected = [[1, 2], *[None] * len(nonsense), 0.01, None, None]
    assert in_javascript("differential", body, nonsense) == expected


def test_the_page_gets_the_state_and_a_plain_viewer_a_picture():
    data, _ = Differential(step=0.1)._repr_mimebundle_()
    script = re.search(r'<script type="application/json">(.*?)</script>', data["text/html"])
    state = json.loads(script.group(1))
    t = sm.tiny_example()
    assert state == {
        "X": t.X.tolist(), "y": t.y.tolist(), "W": t.W.tolist(), "b": t.b.tolist(),
        "strength": 0.1, "stops": list(STOPS), "weight": [0, 0], "step": 0.1,
    }  # fmt: skip
    assert data["image/png"].startswith(b"\x89PNG")
    assert "At 0.1: dL −0.0943, missed 0.00535." in data["text/plain"]
    assert "in truth by −0.089" in data["text/html"]


def test_the_picture_draws_curve_tangent_and_gap():
    along = np.linspace(0, 1, 5)
    sizes = {name: np.array([1e-20, 1e-10, 1.0]) for name in ("dL", "missed", "subtracted")}
    sizes["subtracted"][0] = 0
    left, right = draw_differential(
        along, along**2 - along, np.array([1e-10, 1e-5, 1.0]), sizes,
        slope=-1.0, step=0.5, missed=0.25,
    )  # fmt: skip
    curve, tangent, gap_line, point = left.lines
    np.testing.assert_array_equal(curve.get_xydata(), np.column_stack([along, along**2 - along]))
    np.testing.assert_array_equal(tangent.get_xydata(), [[0, 0], [1, -1]])
    np.testing.assert_array_equal(gap_line.get_xydata(), [[0.5, -0.5], [0.5, -0.25]])
    np.testing.assert_array_equal(point.get_xydata(), [[0.5, -0.25]])
    assert (right.get_xscale(), right.get_yscale()) == ("log", "log")
    assert min(line.get_ydata().min() for line in right.lines[1:]) > 0, "0 has no place there"


@pytest.mark.parametrize(
    ("given", "error", "message"),
    [
        ({"example": 3}, TypeError, "example is 3; expected what tiny_example() returns"),
        (
            {"example": sm.tiny_example(X=[[1.0, 2.0]], y=[0])},
            ValueError,
            "X has shape (1, 2) and W (2, 3); expected (2, 2) and (2, 3)",
        ),
        ({"weight": (2, 0)}, ValueError, "weight is (2, 0), but W has shape (2, 3)"),
        ({"step": 0}, ValueError, "step is 0; expected a finite number above 0"),
    ],
)
def test_bad_input_is_refused_by_name(given, error, message):
    with pytest.raises(error, match=re.escape(message)):
        Differential(**given)
