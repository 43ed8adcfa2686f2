"""The λ explorer: its numbers, its state, its still picture."""

import json
import re

import numpy as np
import pytest

import softmax_steps as sm
from softmax_steps.regularization_path import regularization_path
from softmax_steps.widgets import LambdaExplorer


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
    found = re.search(r'<script type="application/json">(.*?)</script>', data["text/html"])
    return json.loads(found.group(1))


def test_every_number_it_shows_equals_the_package(samples, in_javascript):
    X, y, W, b = samples
    state = page_state(LambdaExplorer(X, y, W, b))
    strengths = [0.0, *10.0 ** np.linspace(-5, 1, 25)]
    found = in_javascript(
        "lambda_explorer",
        "const {state, strengths} = data;"
        "return strengths.map((strength) =>"
        " view.explore({...state, strength, learningRate: state.learning_rate}));",
        {"state": state, "strengths": strengths},
    )
    for strength, shown in zip(strengths, found, strict=True):
        ours = sm.loss_and_gradient(X, y, W, b, strength=strength)
        data_part = sm.loss_and_gradient(X, y, W, b).dW
        pull = strength * W
        assert shown["loss"] == pytest.approx(ours.loss, rel=1e-12)
        assert shown["penalty"] == pytest.approx(sm.l2_penalty(W, strength=strength), rel=1e-12)
        np.testing.assert_allclose(shown["dW"], ours.dW, atol=1e-14 * max(1, np.abs(ours.dW).max()))
        assert shown["dataLength"] == pytest.approx(np.linalg.norm(data_part), rel=1e-12)
        assert shown["pullLength"] == pytest.approx(np.linalg.norm(pull), rel=1e-12)
        assert shown["length"] == pytest.approx(np.linalg.norm(ours.dW), rel=1e-12)
        next_loss = sm.loss(X, y, W - 0.5 * ours.dW, b - 0.5 * ours.db, strength=strength)
        assert shown["nextLoss"] == pytest.approx(next_loss, rel=1e-12)
        if strength == 0:
            assert shown["angle"] is None
        else:
            cosine = np.sum(data_part * pull) / np.linalg.norm(data_part) / np.linalg.norm(pull)
            assert shown["angle"] == pytest.approx(np.degrees(np.arccos(cosine)), rel=1e-9)


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
