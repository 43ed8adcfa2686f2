"""The λ explorer: its numbers, its state, its still picture."""

import json
import re

import numpy as np
import pytest

import softmax_steps as sm
from softmax_steps.plots.stills.lambda_explorer import axis_end, tile_scale
from softmax_steps.regularization_path import regularization_path
from softmax_steps.widgets import LambdaExplorer
from softmax_steps.widgets.lambda_explorer import STRENGTHS


@pytest.fixture(scope="module")
def samples():
    X, y = sm.load_digits()
    rng = np.random.default_rng(3)
    return X[:60], y[:60], rng.normal(size=(64, 10)) * 0.3, rng.normal(size=10) * 0.1


@pytest.fixture(scope="module")
def points(samples):
    X, y, *_ = samples
    return regularization_path(X, y, X[::2], y[::2], strengths=[0.1, 1.0, 10.0], tolerance=1e-4)


def page_state(widget):
    data, _ = widget._repr_mimebundle_()
    script = re.search(r'<script type="application/json">(.*?)</script>', data["text/html"])
    return json.loads(script.group(1))


def random_state(rng, scale=None):
    N, D, C = rng.integers(1, 9), 4, rng.integers(2, 6)
    scale = rng.choice([0.1, 1.0, 30.0]) if scale is None else scale
    return {
        "X": rng.uniform(0, 1, (N, D)).tolist(),
        "y": rng.integers(C, size=N).tolist(),
        "W": (scale * rng.normal(size=(D, C))).tolist(),
        "b": rng.normal(size=C).tolist(),
        "strength": float(rng.choice([0.0, 10.0 ** rng.uniform(-5, 1)], p=[0.1, 0.9])),
        "learningRate": float(10.0 ** rng.uniform(-2, 0)),
    }


def test_every_number_it_shows_equals_the_package(samples, in_javascript):
    X, y, W, b = samples
    state = page_state(LambdaExplorer(X, y, W, b))
    own = {name: state[name] for name in "XyWb"} | {"learningRate": state["learning_rate"]}
    rng = np.random.default_rng(51)
    cases = [{**own, "strength": strength} for strength in (0.0, 1e-5, 0.01, 0.3, 10.0)]
    cases += [random_state(rng) for _ in range(1000)]
    cases += [random_state(rng, scale=1000.0) for _ in range(20)]  # one class takes all
    shown = in_javascript(
        "lambda_explorer", "return data.map((state) => view.explore(state));", cases
    )
    for case, from_view in zip(cases, shown, strict=True):
        compare(case, from_view)


def compare(case, shown):
    X, y, W, b = (np.array(case[name]) for name in "XyWb")
    strength, rate = case["strength"], case["learningRate"]
    ours = sm.loss_and_gradient(X, y, W, b, strength=strength)
    data_part = sm.loss_and_gradient(X, y, W, b).dW
    pull = strength * W
    close = {"rel": 1e-12, "abs": 1e-13}  # a loss of 0 is a difference of large scores
    assert shown["loss"] == pytest.approx(ours.loss, **close)
    assert shown["penalty"] == pytest.approx(sm.l2_penalty(W, strength=strength), rel=1e-12)
    top = max(1.0, np.abs(W).max())
    np.testing.assert_allclose(shown["dW"], ours.dW, rtol=1e-12, atol=1e-14 * top)
    np.testing.assert_allclose(shown["db"], ours.db, rtol=1e-12, atol=1e-14)
    assert shown["dataLength"] == pytest.approx(np.linalg.norm(data_part), rel=1e-12, abs=1e-14)
    assert shown["pullLength"] == pytest.approx(np.linalg.norm(pull), rel=1e-12)
    assert shown["length"] == pytest.approx(np.linalg.norm(ours.dW), rel=1e-12, abs=1e-14)
    next_loss = sm.loss(X, y, W - rate * ours.dW, b - rate * ours.db, strength=strength)
    assert shown["nextLoss"] == pytest.approx(next_loss, **close)
    if strength == 0:
        assert shown["angle"] is None
    elif shown["angle"] is not None and np.linalg.norm(data_part) > 1e-9:
        # Where the data part is all but 0, so are its digits.
        allowed = 1e-12 + 1e-14 / np.linalg.norm(data_part)
        cosine = np.sum(data_part * pull) / np.linalg.norm(data_part) / np.linalg.norm(pull)
        # The angle is drawn from its cosine, which near 0 and 180 degrees hardly changes with it.
        assert np.cos(np.radians(shown["angle"])) == pytest.approx(cosine, rel=1e-12, abs=allowed)


def strength_at(position):
    """The λ of a position of the slider, which has 0 at its left end."""
    power = STRENGTHS["from"] + (position - 1) / STRENGTHS["perDecade"]
    return 10.0**power if position else 0.0


def test_the_curve_is_the_loss_at_each_strength(samples, in_javascript):
    X, y, W, b = samples
    data_loss, half_norm = sm.loss(X, y, W, b), sm.l2_penalty(W, strength=1.0)
    asked = {"scale": STRENGTHS, "loss": data_loss, "halfNorm": half_norm}
    for top in (1.05 * data_loss, 3 * data_loss, 1e6):
        points = in_javascript(
            "lambda_explorer",
            "return view.lossOverStrength(data.scale, data.loss, data.halfNorm, data.top);",
            asked | {"top": top},
        )
        assert points[0] == [0, data_loss, 0]
        assert strength_at(points[-1][0]) == pytest.approx(10.0 ** STRENGTHS["to"], rel=1e-12)
        for position, data, penalty in points:
            whole = sm.loss(X, y, W, b, strength=strength_at(position))
            assert data + penalty == pytest.approx(whole, rel=1e-12)
        # The curve reaches the axis's end, and not only somewhere near it.
        sums = [data + penalty for _, data, penalty in points]
        assert min(abs(value / top - 1) for value in sums) < 1e-12 or sums[-1] < top


def test_the_scales_are_those_of_the_still_picture(in_javascript):
    rng = np.random.default_rng(53)
    values = [0.0, 1.0, 0.0131, 0.0309, *(10.0 ** rng.uniform(-9, 9, 200))]
    ends = in_javascript("parts/lambda_loss_curve", "return data.map(view.axisEnd);", values)
    body = "return data.map((v) => view.tileScale([[v / 2, -v], [0, v / 3]]));"
    scales = in_javascript("lambda_explorer", body, values)
    for value, end, scale in zip(values, ends, scales, strict=True):
        assert end == axis_end(value)
        assert scale == tile_scale(np.array([value / 2, -value]))
        assert end >= value * (1 - 1e-9)
        assert value == 0 or 0.6 * value < scale <= value * (1 + 1e-12)


def test_nothing_lies_beyond_a_scale_that_is_refitted(in_javascript):
    rng = np.random.default_rng(55)
    values = [0.0, 1.0, 0.0131, 10.81, *(10.0 ** rng.uniform(-12, 300, 300))]
    ends = in_javascript("lambda_explorer", "return data.map(view.refittedEnd);", values)
    for value, end in zip(values, ends, strict=True):
        assert end == 1 if value == 0 else value * (1 - 1e-9) <= end < 1.7 * value
        mantissa = f"{end:.1e}".partition("e")[0]
        assert mantissa in {"1.0", "1.5", "2.0", "3.0", "5.0", "7.0"}, "a round number"
    assert ends[3] == 15
    strange = in_javascript("lambda_explorer", "return [NaN, Infinity].map(view.refittedEnd);", [])
    assert strange == [1, 1]


def test_the_arrows_have_the_lengths_the_angle_and_the_sum_of_the_parts(in_javascript):
    rng = np.random.default_rng(54)
    cases = [[*rng.uniform(0.01, 5, 2), rng.uniform(0, np.pi)] for _ in range(200)]
    drawn = in_javascript(
        "parts/lambda_arrows", "return data.map((each) => view.meet(...each));", cases
    )
    for (data, penalty, angle), ends in zip(cases, drawn, strict=True):
        first, second = -np.array(ends["data"]), -np.array(ends["penalty"])  # tails, heads at 0
        assert np.linalg.norm(first) == pytest.approx(data)
        assert np.linalg.norm(second) == pytest.approx(penalty)
        assert first @ second == pytest.approx(data * penalty * np.cos(angle), abs=1e-12)
        np.testing.assert_allclose(first + second, ends["sum"], atol=1e-12)
        assert first[1] >= -1e-12  # both come from above, so that the sum goes down
        assert second[1] >= -1e-12


def test_a_walk_is_the_steps_of_the_package(in_javascript):
    rng = np.random.default_rng(52)
    state, taken = random_state(rng), [0.01] * 5 + [0.3, 0.0]
    from_view = in_javascript(
        "lambda_explorer",
        "return view.takeSteps(data.state, data.taken);",
        {"state": state, "taken": taken},
    )
    X, y, W, b = (np.array(state[name]) for name in "XyWb")
    for strength in taken:
        ours = sm.loss_and_gradient(X, y, W, b, strength=strength)
        W, b = W - state["learningRate"] * ours.dW, b - state["learningRate"] * ours.db
    np.testing.assert_allclose(from_view["W"], W, rtol=1e-12)
    np.testing.assert_allclose(from_view["b"], b, rtol=1e-12)


def test_the_address_carries_the_steps(in_javascript):
    body = """
    const { taken } = view.default.address;
    const read = (text) => taken.value(text, () => data.scale);
    return data.texts.map((text) => [read(text) ?? null, taken.text(read(text) ?? [])]);"""
    beyond = str(1 + 10 ** STRENGTHS["to"])
    texts = ["", "0.01x3,0.1", "0", "0.01x0", "-1", "x", "0.01x2000", beyond, "0.1x1.5"]
    from_view = in_javascript("lambda_explorer", body, {"texts": texts, "scale": STRENGTHS})
    assert from_view[0] == [[], ""]
    assert from_view[1][0] == pytest.approx([0.01, 0.01, 0.01, 0.1])
    assert from_view[1][1] == "0.01x3,0.1"
    assert from_view[2] == [[0], "0"]
    assert [value for value, _ in from_view[3:]] == [None] * 6


def test_the_table_of_trained_models_is_snapped_not_interpolated(samples, points, in_javascript):
    state = page_state(LambdaExplorer(*samples, trained=points))["trained"]
    assert state["strength"] == [0.1, 1.0, 10.0]
    assert state["penalty"] == [point.penalty for point in points]
    assert state["validation_accuracy"] == [point.validation_accuracy for point in points]
    asked = [1e-5, 0.1, 0.3, 0.33, 1.0, 3.2, 10.0]
    chosen = in_javascript(
        "lambda_explorer",
        "return data.asked.map((s) => view.nearest(data.at, s));",
        {"asked": asked, "at": state["strength"]},
    )
    assert chosen == [0, 0, 0, 1, 1, 2, 2]


def test_the_trained_images_are_the_weights_to_a_127th(samples, points, in_javascript):
    state = page_state(LambdaExplorer(*samples, trained=points))["trained"]
    levels = in_javascript("lambda_explorer", "return view.trainedImages(data, 1, 10);", state)
    W = points[1].W
    drawn = np.array(levels).T * state["largest_weight"][1] / 127
    assert np.abs(drawn - W).max() <= np.abs(W).max() / 127


def test_python_answers_each_change_of_the_strength(samples):
    X, y, W, b = samples
    widget = LambdaExplorer(X, y, W, b)
    widget.strength = 0.3
    ours = sm.loss_and_gradient(X, y, W, b, strength=0.3)
    assert widget.numpy_says["loss"] == ours.loss
    assert widget.numpy_says["dW"] == ours.dW.tolist()


def test_a_plain_viewer_gets_a_picture_and_words(samples):
    data, _ = LambdaExplorer(*samples, strength=0.05)._repr_mimebundle_()
    assert data["image/png"].startswith(b"\x89PNG")
    assert "λ = 0.05" in data["text/plain"]
    assert "<figcaption>" in data["text/html"]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"strength": -1.0}, "strength is -1.0"),
        ({"image_shape": (7, 8)}, "image_shape is (7, 8) but X has 64 columns"),
        ({"y": [10] * 60}, "y[0] is 10"),
    ],
)
def test_bad_input_is_refused_by_name(samples, changes, message):
    X, y, W, b = samples
    given = {"X": X, "y": y, "W": W, "b": b, **changes}
    with pytest.raises(ValueError, match=re.escape(message)):
        LambdaExplorer(**given)
