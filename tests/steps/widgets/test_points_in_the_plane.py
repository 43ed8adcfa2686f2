"""Points in the plane: its numbers for every loss, its borders, its state."""

import json
import re

import numpy as np
import pytest

import softmax_steps as sm
from softmax_steps.palette import CLASSES
from softmax_steps.svm import FORMS, hinge_loss, hinge_score_gradient
from softmax_steps.widgets import PointsInThePlane
from softmax_steps.widgets.points_in_the_plane import EDGE


def random_states(rng, count):
    states = []
    for k in range(count):
        points = [
            [*rng.uniform(-1, 1, 2).tolist(), int(rng.integers(3))]
            for _ in range(rng.integers(1, 20))
        ]
        states.append(
            {
                "points": points,
                "model": (rng.normal(size=(3, 3)) * rng.choice([0.1, 1, 100, 1e4])).tolist(),
                "strength": float(rng.choice([0, 10 ** rng.uniform(-5, 1)])),
                "loss": ["softmax", *FORMS][k % 4],
            }
        )
    return states


def by_the_package(state):
    points, model = np.array(state["points"]), np.array(state["model"])
    X, y, W, b = points[:, :2], points[:, 2].astype(int), model[:2], model[2]
    F = sm.scores(X, W, b)
    if state["loss"] == "softmax":
        each = sm.cross_entropy(sm.log_softmax(F), y)
        dF = sm.score_gradient(sm.softmax(F), y)
    else:
        each = hinge_loss(F, y, form=state["loss"])
        dF = hinge_score_gradient(F, y, form=state["loss"])
    gradient = np.vstack([X.T @ dF + state["strength"] * W, dF.sum(axis=0)])
    return each, sm.l2_penalty(W, strength=state["strength"]), gradient, sm.predict(F) == y


def test_every_number_it_shows_equals_the_package(in_javascript):
    states = random_states(np.random.default_rng(21), 1200)
    from_view = in_javascript("parts/plane_training", "return data.map(view.explore);", states)
    for state, shown in zip(states, from_view, strict=True):
        each, penalty, gradient, right = by_the_package(state)
        np.testing.assert_allclose(shown["each"], each, rtol=1e-12, atol=1e-12 * max(1, each.max()))
        assert shown["dataLoss"] == pytest.approx(each.mean(), rel=1e-12, abs=1e-14)
        assert shown["penalty"] == pytest.approx(penalty, rel=1e-12)
        scale = max(1.0, np.abs(gradient).max())
        np.testing.assert_allclose(shown["gradient"], gradient, atol=1e-12 * scale)
        assert shown["right"] == right.sum()


def test_a_run_is_the_packages_steps_and_tells_each_loss(in_javascript):
    widget = PointsInThePlane(strength=0.05)
    now = {name: getattr(widget, name) for name in ("points", "model", "strength", "loss")}
    from_view = in_javascript("parts/plane_training", "return view.descend(data, 0.5, 40);", now)
    model, each, _, loss = descend(0.05, 0.5, 39)
    assert len(from_view["losses"]) == 41
    assert sum(from_view["losses"][39]) == pytest.approx(
        each.mean() + sm.l2_penalty(model[:2], strength=0.05), rel=1e-12
    )
    model, *_ = descend(0.05, 0.5, 40)
    np.testing.assert_allclose(from_view["model"], model, rtol=1e-11, atol=1e-12)
    assert sum(from_view["losses"][40]) < loss


BORDERS = f"return data.map((model) => view.borders(model, view.square({EDGE})));"


def test_two_classes_tie_for_the_lead_all_along_a_border(in_javascript):
    rng = np.random.default_rng(22)
    models = [rng.normal(size=(3, 3)).tolist() for _ in range(200)]
    drawn = 0
    for model, lines in zip(
        models,
        in_javascript("parts/plane_polygons", BORDERS, models),
        strict=True,
    ):
        W, b = np.array(model[:2]), np.array(model[2])
        for x1, x2, z1, z2 in lines:
            for t in (0.0, 0.3, 1.0):
                point = np.array([[x1 + t * (z1 - x1), x2 + t * (z2 - x2)]])
                assert np.abs(point).max() <= EDGE + 1e-9
                f = np.sort(sm.scores(point, W, b)[0])
                assert f[-1] - f[-2] < 1e-9 * max(1, np.abs(f).max())
                drawn += 1
    assert drawn > 300


def test_borders_stay_while_the_weights_grow_without_end(in_javascript):
    models = np.random.default_rng(25).normal(size=(20, 3, 3))
    near, far = (
        in_javascript("parts/plane_polygons", BORDERS, (models * size).tolist())
        for size in (1, 1e300)
    )
    for lines, others in zip(near, far, strict=True):
        np.testing.assert_allclose(others, lines, atol=1e-9)


def test_borders_part_the_predictions(in_javascript):
    model = [[1.0, -1.0, 0.0], [0.0, 0.0, -1.0], [0.0, 0.0, -5.0]]
    assert in_javascript("parts/plane_polygons", BORDERS, [model]) == [[[0, -1, 0, 1]]]


def places(size):
    """The middles of a grid's cells, row by row from the top."""
    at = EDGE * ((np.arange(size) + 0.5) * 2 / size - 1)
    return np.array([[x1, x2] for x2 in -at for x1 in at])


def test_it_is_as_sure_as_the_probability_and_a_hinge_as_the_lead(in_javascript):
    model = np.random.default_rng(23).normal(size=(3, 3)) * 3
    body = """return data.kinds.map((kind) => view.sureness(data.model, data.edge, 9, kind));"""
    data = {"model": model.tolist(), "edge": EDGE, "kinds": ["softmax", "sum"]}
    soft, hinge = in_javascript("parts/plane_sureness", body, data)
    F = sm.scores(places(9), model[:2], model[2])
    np.testing.assert_allclose(soft, sm.softmax(F).max(axis=1), rtol=1e-12)
    _, second, best = np.sort(F, axis=1).T
    np.testing.assert_allclose(hinge, (1 + 2 * np.minimum(1, best - second)) / 3, rtol=1e-12)


def area(corners):
    x, y = np.array(corners).T if corners else np.zeros((2, 1))
    return abs(x @ np.roll(y, 1) - y @ np.roll(x, 1)) / 2


def test_the_regions_cover_the_plane_and_each_belongs_to_its_class(in_javascript):
    rng = np.random.default_rng(24)
    models = [*rng.normal(size=(100, 3, 3)).tolist(), (rng.normal(size=(3, 3)) * 1e6).tolist()]
    body = f"return data.map((model) => view.regions(model, view.square({EDGE})));"
    for model, found in zip(
        models, in_javascript("parts/plane_polygons", body, models), strict=True
    ):
        assert sum(map(area, found)) == pytest.approx((2 * EDGE) ** 2, rel=1e-9)
        W, b = np.array(model[:2]), np.array(model[2])
        for k, corners in enumerate(found):
            if area(corners) > 1e-6:
                middle = np.mean(corners, axis=0, keepdims=True)
                assert sm.predict(sm.scores(middle, W, b)) == [k]


def test_the_start_has_a_region_for_each_class_and_is_mostly_wrong():
    widget = PointsInThePlane()
    model, points = np.array(widget.model), np.array(widget.points)
    named = sm.predict(sm.scores(places(50), model[:2], model[2]))
    assert np.bincount(named, minlength=3).min() > 0.2 * len(named)
    right = sm.predict(sm.scores(points[:, :2], model[:2], model[2])) == points[:, 2]
    assert right.sum() == 1


def test_python_answers_each_change(in_javascript):
    widget = PointsInThePlane()
    for name, value in [("strength", 0.3), ("loss", "worst"), ("model", [[1.0, 0, 0]] * 3)]:
        setattr(widget, name, value)
        state = {k: getattr(widget, k) for k in ("points", "model", "strength", "loss")}
        each, penalty, gradient, _ = by_the_package(state)
        assert widget.numpy_says["data_loss"] == pytest.approx(each.mean(), rel=1e-12)
        assert widget.numpy_says["penalty"] == pytest.approx(penalty, rel=1e-12)
        np.testing.assert_allclose(widget.numpy_says["gradient"], gradient, atol=1e-12)


def test_the_page_carries_the_state_and_a_picture():
    data, _ = PointsInThePlane(strength=0.2)._repr_mimebundle_()
    script = re.search(r'<script type="application/json">(.*?)</script>', data["text/html"])
    state = json.loads(script.group(1))
    assert state["strength"] == 0.2
    assert len(state["points"]) == 15
    assert state["edge"] == EDGE
    assert state["class_colours"] == list(CLASSES)
    assert "numpy_says" not in state
    assert data["image/png"].startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"points": [[0, 0]]}, "points has shape (1, 2)"),
        ({"points": [[0, 0, 3]]}, "y[0] is 3"),
        ({"points": [[0, 0, 0.5]]}, "points has labels [0.5]"),
        ({"model": [[1, 2], [3, 4]]}, "model has shape (2, 2)"),
        ({"strength": -1}, "strength is -1"),
    ],
)
def test_bad_input_is_refused_by_name(given, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        PointsInThePlane(**given)


def descend(strength, learning_rate, steps):
    """What pressing Step does, by the package."""
    widget = PointsInThePlane(strength=strength)
    points, model = np.array(widget.points), np.array(widget.model)
    X, y = points[:, :2], points[:, 2].astype(int)
    for _ in range(steps):
        from_view = sm.loss_and_gradient(X, y, model[:2], model[2], strength=strength)
        model = model - learning_rate * np.vstack([from_view.dW, from_view.db])
    each = sm.cross_entropy(sm.log_softmax(sm.scores(X, model[:2], model[2])), y)
    right = (sm.predict(sm.scores(X, model[:2], model[2])) == y).sum()
    return model, each, right, from_view.loss


def test_the_widget_does_what_chapter_7_says_of_it():
    _, each, right, loss_then = descend(0.01, 0.5, 40)
    assert right == 15
    assert descend(0.01, 0.5, 400)[3] < loss_then
    assert (each > 0).all()
    weights = [np.linalg.norm(descend(0.0, 0.5, steps)[0][:2]) for steps in (100, 1000, 3000)]
    assert weights == sorted(weights)
    assert np.linalg.norm(descend(1.0, 0.5, 200)[0][:2]) < 0.1 * weights[-1]
    with np.errstate(over="ignore"):
        assert descend(1.0, 2.2, 300)[3] > 1e20
