"""The gradient check: what was measured, what the view picks from it, its still picture."""

import gzip
import json
import re

import numpy as np
import pytest
from traitlets import TraitError

import softmax_steps as sm
from softmax_steps.plots.stills.gradient_check import FLOOR, draw_gradient_check
from softmax_steps.step_size import METHODS, loss_in_one_type
from softmax_steps.widgets import GradientCheck
from softmax_steps.widgets.gradient_check import STOPS, nearest_stop

SPACING = {"float64": 2.0**-52, "float32": 2.0**-23}


@pytest.fixture(scope="module")
def widget():
    return GradientCheck()


def page_state(widget):
    data, _ = widget._repr_mimebundle_()
    script = re.search(r'<script type="application/json">(.*?)</script>', data["text/html"])
    return json.loads(script.group(1))


def test_the_stops_are_eight_in_a_decade_and_written_in_three_digits():
    assert (len(STOPS), STOPS[0], STOPS[-1]) == (113, 1e-15, 0.1)
    ratios = np.diff(np.log10(STOPS))
    assert ratios.max() - ratios.min() < 0.003
    assert all(float(f"{h:.2e}") == h for h in STOPS)


@pytest.mark.parametrize("float_type", ["float64", "float32"])
def test_the_table_holds_what_numpy_measures(widget, float_type):
    t, dtype = sm.tiny_example(), np.dtype(float_type).type
    X, b, table = t.X.astype(dtype), t.b.astype(dtype), widget.measured[float_type]
    truth = sm.loss_and_gradient(t.X, t.y, t.W, t.b, strength=t.strength).dW

    def f(W):
        return loss_in_one_type(X, t.y, W, b, t.strength)

    for k in (0, 20, 56, 90, 112):
        h = dtype(STOPS[k])
        slopes = {name: np.zeros((2, 3), dtype=dtype) for name in METHODS}
        for d, j in np.ndindex(2, 3):
            E = np.zeros((2, 3), dtype=dtype)
            E[d, j] = h
            W = t.W.astype(dtype)
            slopes["forward"][d, j] = (f(W + E) - f(W)) / h
            slopes["central"][d, j] = (f(W + E) - f(W - E)) / (2 * h)
            slopes["complex"][d, j] = f(W + E * np.complex64(1j)).imag / h
        for name in METHODS:
            assert table[name]["slope"][k] == slopes[name][0, 0]
            error = np.linalg.norm(slopes[name] - truth) / np.linalg.norm(truth)
            assert table[name]["error"][k] == pytest.approx(error, rel=1e-4)


@pytest.mark.parametrize("float_type", ["float64", "float32"])
def test_the_errors_follow_truncation_and_rounding(widget, float_type, in_javascript):
    table, eps = widget.measured[float_type], SPACING[float_type]
    from_view = in_javascript(
        "gradient_check",
        "return view.readings(data.measured, data.type, 0);",
        {"measured": widget.measured, "type": float_type},
    )
    assert eps**0.5 / 4 < from_view["forward"]["best"]["h"] < eps**0.5 * 4
    assert eps ** (1 / 3) / 4 < from_view["central"]["best"]["h"] < eps ** (1 / 3) * 4
    assert from_view["complex"]["plain"] > eps**0.5
    # Ten times the step: ten times the forward error, a hundred times the others'.
    for name, growth in (("forward", 10), ("central", 100), ("complex", 100)):
        error = table[name]["error"]
        assert error[112] / error[104] == pytest.approx(growth, rel=0.25)
    assert table["far"]["error"] < 2 * eps
    assert max(table["complex"]["error"][:60]) < 2 * eps


def test_the_view_shows_the_table_and_nothing_in_between(widget, in_javascript):
    from_view = in_javascript(
        "gradient_check",
        "return ['float64', 'float32'].map((type) =>"
        " data.h.map((_, k) => view.readings(data, type, k)));",
        widget.measured,
    )
    for float_type, shown in zip(["float64", "float32"], from_view, strict=True):
        for k, reading in enumerate(shown):
            assert reading["h"] == STOPS[k]
            for name in METHODS:
                column = widget.measured[float_type][name]
                assert reading[name]["slope"] == column["slope"][k]
                assert reading[name]["error"] == column["error"][k]
                assert reading[name]["best"]["error"] == min(column["error"])


def test_every_h_is_snapped_to_the_same_stop_as_in_python(in_javascript):
    rng = np.random.default_rng(32)
    asked = [*(10.0 ** rng.uniform(-18, 2, 1000)), *STOPS, 1e-300, 1e300]
    from_view = in_javascript(
        "gradient_check",
        "return data.asked.map((h) => view.nearest(data.stops, h));",
        {"asked": asked, "stops": STOPS},
    )
    assert [STOPS[k] for k in from_view] == [nearest_stop(h) for h in asked]


def test_only_digits_that_agree_are_called_right(in_javascript):
    pairs = [
        [-0.9432577475210201, -0.9432628929285379],
        [-0.9432628929285379, -0.9432628929285379],
        [0.0, -0.9432628929285379],
        [0.1, -0.9],
        [-0.2, -0.9],
        [1.5, 1.4],
    ]
    from_view = in_javascript(
        "gradient_check", "return data.map(([a, b]) => view.agreeing(a, b, 16));", pairs
    )
    assert from_view == [len("-0.9432"), len("-0.9432628929285379"), 0, 0, 0, len("1.")]


def test_it_says_what_limits_each_method(widget, in_javascript):
    from_view = in_javascript(
        "gradient_check",
        "return data.h.map((_, k) => view.readings(data, 'float64', k));",
        widget.measured,
    )
    far, near, tiny = (from_view[STOPS.index(h)] for h in (0.1, 1e-5, 1e-15))
    reach = from_view[0]["complex"]["plain"]
    for reading in from_view:
        assert (reading["complex"]["limit"] == "none") == (reading["h"] <= reach)
        assert (reading["complex"]["error"] < 10 * SPACING["float64"]) == (reading["h"] <= reach)
    assert [far[name]["limit"] for name in METHODS] == ["formula", "formula", "formula"]
    assert [near[name]["limit"] for name in METHODS] == ["formula", "both", "formula"]
    assert [tiny[name]["limit"] for name in METHODS] == ["rounding", "rounding", "none"]
    lost = in_javascript(
        "gradient_check", "return view.readings(data, 'float32', 0);", widget.measured
    )
    assert [lost[name]["limit"] for name in METHODS] == ["lost", "lost", "none"]


def test_python_measures_again_at_the_readers_step():
    widget = GradientCheck()
    widget.float_type = "float32"
    widget.step = 1.4e-3
    assert widget.numpy_says["step"] == 1.33e-3
    k = STOPS.index(1.33e-3)
    for name in METHODS:
        assert widget.numpy_says[name][0][0] == widget.measured["float32"][name]["slope"][k]


def test_the_page_gets_the_table_and_it_is_light(widget):
    state = page_state(widget)
    assert "numpy_says" not in state
    assert state["measured"]["h"] == list(STOPS)
    assert (state["step"], state["float_type"], state["weight"]) == (1e-6, "float64", [0, 0])
    assert len(gzip.compress(json.dumps(state).encode())) < 10_000


def test_a_plain_viewer_gets_a_picture_and_words(widget):
    data, _ = widget._repr_mimebundle_()
    assert data["image/png"].startswith(b"\x89PNG")
    assert "At h = 1e-06: forward 4.7e-07" in data["text/plain"]
    assert "<figcaption>" in data["text/html"]


def test_the_picture_draws_every_error_and_marks_one_step():
    steps = 10.0 ** np.arange(-6, 0)
    errors = {name: np.linspace(1e-6, 1e-3, 6) * (k + 1) for k, name in enumerate(METHODS)}
    errors["complex"][0] = 0.0
    ax = draw_gradient_check(steps, errors, at=2)
    curves = [line for line in ax.lines if len(line.get_xdata()) == 6]
    assert [list(line.get_ydata()) for line in curves[:2]] == [
        list(errors["forward"]),
        list(errors["central"]),
    ]
    assert curves[2].get_ydata()[0] == FLOOR
    marks = [line.get_ydata()[0] for line in ax.lines if len(line.get_xdata()) == 1]
    assert marks == [errors[name][2] for name in METHODS]
    assert [text.get_text() for text in ax.texts] == ["complex step", "central", "forward"]
    assert {text.xy[0] for text in ax.texts} == {steps[-1]}
    heights = np.log10([text.xy[1] for text in ax.texts])
    assert heights[0] == np.log10(3e-3)
    assert np.all(np.diff(heights) < -1)


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"example": [1]}, TypeError, "example is [1]"),
        ({"step": 0}, ValueError, "step is 0; expected a finite number above 0"),
        ({"step": float("nan")}, ValueError, "step is nan"),
        ({"weight": (2, 0)}, ValueError, "weight is (2, 0), but W has shape (2, 3)"),
        ({"float_type": "float16"}, TraitError, "float_type"),
        (
            {"example": sm.tiny_example(X=np.ones((1, 51)), y=[0], W=np.ones((51, 2)), b=[0, 0])},
            ValueError,
            "the example has 102 weights; expected at most 100",
        ),
        (
            {"example": sm.tiny_example(X=[[0.0]], y=[0], W=[[0.0, 0.0]], b=[0, 0])},
            ValueError,
            "the gradient is 0 in every entry",
        ),
    ],
)
def test_bad_input_is_refused_by_name(arguments, error, message):
    with pytest.raises(error, match=re.escape(message)):
        GradientCheck(**arguments)
