"""The hidden layer: its numbers, its steps, its regions, its address, its state."""

import gzip
import json
import re

import numpy as np
import pytest

import softmax_steps as sm
from softmax_steps.palette import CLASSES
from softmax_steps.shapes import exclusive_or, moons, spiral
from softmax_steps.two_layer import (
    TwoLayerParams,
    two_layer_forward,
    two_layer_loss_and_gradient,
)
from softmax_steps.widgets import HiddenLayer
from softmax_steps.widgets.hidden_layer import (
    LONGEST,
    N_STARTS,
    SQUARES,
    WIDEST,
    descend,
    hidden_start,
    points_of,
)

CLOSE = 1e-12
# Rows of JSON as the view's flat layers, and back.
LAYERS = """
const layer = (W, b) => ({ W: Float64Array.from(W.flat()), b: Float64Array.from(b) });
const layersOf = (params) => params.length === 4
  ? [layer(params[0], params[1]), layer(params[2], params[3])] : [layer(...params)];
const flat = (layers) => layers.flatMap(({ W, b }) => [W, b]);
"""


def random_cases(rng, count):
    cases = []
    for k in range(count):
        N, D, H, C = (rng.integers(*ends) for ends in ((1, 12), (1, 6), (1, 17), (1, 5)))
        size = rng.choice([0.1, 1, 10])
        X = rng.normal(size=(N, D))
        params = [
            rng.normal(size=(D, H)) * size,
            rng.normal(size=H),
            rng.normal(size=(H, C)) * size,
            rng.normal(size=C),
        ]
        if k % 10 == 0:  # a unit at its kink for every sample
            params[0][:, 0], params[1][0] = 0, 0
        if k % 7 == 0:
            params = [params[0][:, :C] if C <= H else rng.normal(size=(D, C)), params[3]]
        cases.append(
            {
                "X": X.tolist(),
                "y": rng.integers(0, C, N).tolist(),
                "params": [part.tolist() for part in params],
                "strength": float(rng.choice([0, 10 ** rng.uniform(-5, 0)])),
            }
        )
    return cases


def by_the_package(case):
    params = [np.array(part) for part in case["params"]]
    if len(params) == 4:
        model, F = two_layer_loss_and_gradient, two_layer_forward(case["X"], *params).O2
    else:
        model, F = sm.loss_and_gradient, sm.scores(case["X"], *params)
    loss, *gradient = model(case["X"], case["y"], *params, strength=case["strength"])
    return loss, [part.ravel() for part in gradient], (sm.predict(F) == case["y"]).sum()


GRADIENTS = f"""{LAYERS}
return data.map(({{ X, y, params, strength }}) => {{
  const layers = layersOf(params);
  const widths = [X[0].length, ...layers.map(({{ b }}) => b.length)];
  const found = view.network({{ X: Float64Array.from(X.flat()), y }}, widths)
    .lossAndGradient(layers, strength);
  return {{ ...found, gradient: flat(found.gradient) }};
}});"""


def test_loss_and_gradient_equal_the_package(in_javascript):
    cases = random_cases(np.random.default_rng(31), 1000)
    from_view = in_javascript("parts/hidden_network", GRADIENTS, cases)
    for case, found in zip(cases, from_view, strict=True):
        loss, gradient, right = by_the_package(case)
        assert found["dataLoss"] + found["penalty"] == pytest.approx(loss, rel=CLOSE, abs=1e-14)
        scale = max(1.0, *(np.abs(part).max() for part in gradient))
        for theirs, ours in zip(found["gradient"], gradient, strict=True):
            np.testing.assert_allclose(theirs, ours, rtol=CLOSE, atol=CLOSE * scale)
        assert found["right"] == right


def test_scores_of_a_thousand_and_ties_are_as_the_package_has_them(in_javascript):
    far = {"X": [[1.0], [-1.0]], "y": [0, 1], "strength": 0.0}
    cases = [
        {**far, "params": [[[1000.0]], [0.0], [[1.0, -1.0]], [0.0, 0.0]]},
        {**far, "params": [[[-1000.0]], [0.0], [[-1.0, 1.0]], [5.0, 5.0]]},
        {**far, "params": [[[0.0, 0.0]], [0.0, 0.0], [[1.0, 2.0], [3.0, 4.0]], [0.0, 0.0]]},
    ]
    for case, found in zip(
        cases, in_javascript("parts/hidden_network", GRADIENTS, cases), strict=True
    ):
        loss, gradient, right = by_the_package(case)
        assert found["dataLoss"] == pytest.approx(loss, rel=CLOSE)
        for theirs, ours in zip(found["gradient"], gradient, strict=True):
            np.testing.assert_allclose(theirs, ours, atol=CLOSE)
        assert found["right"] == right


TRAIN = f"""{LAYERS}
return data.map(({{ points, draw, width, road }}) => {{
  const both = view.follow(view.training(points, draw, width), road);
  return ["hidden", "linear"].map((kind) =>
    ({{ params: flat(both[kind].layers), losses: both[kind].losses }}));
}});"""


@pytest.fixture(scope="module")
def widget():
    return HiddenLayer()


def settings(widget, road):
    return [
        {
            "points": widget.shapes[name]["points"],
            "draw": widget.draws[start - 1],
            "width": width,
            "road": road,
            "start": start,
            "name": name,
        }
        for name, width, start in (("spiral", 8, 1), ("moons", 3, 2), ("exclusive_or", 16, 8))
    ]


def test_it_starts_from_the_packages_weights(in_javascript, widget):
    given = settings(widget, [])
    for case, (hidden, linear) in zip(
        given, in_javascript("parts/hidden_training", TRAIN, given), strict=True
    ):
        C = len(set(points_of(case["name"]).y))
        start = hidden_start(case["width"], C, start=case["start"])
        for theirs, ours in zip(hidden["params"], start, strict=True):
            np.testing.assert_array_equal(theirs, ours.ravel())  # to the last bit
        assert not np.concatenate(linear["params"]).any()


def test_a_run_is_the_packages_steps_and_tells_each_loss(in_javascript, widget):
    road = [[1e-4, 1.0, 30], [0.01, 0.3, 20]]
    given = settings(widget, road)
    for case, found in zip(
        given, in_javascript("parts/hidden_training", TRAIN, given), strict=True
    ):
        X, y = points_of(case["name"])
        C = y.max() + 1
        starts = (
            hidden_start(case["width"], C, start=case["start"]),
            (np.zeros((2, C)), np.zeros(C)),
        )
        for start, from_view in zip(starts, found, strict=True):
            ours = descend(X, y, start, road)
            for theirs, part in zip(from_view["params"], ours, strict=True):
                np.testing.assert_allclose(theirs, part.ravel(), rtol=1e-9, atol=1e-11)
            assert len(from_view["losses"]) == 50
            before = descend(X, y, start, [road[0], [0.01, 0.3, 19]])
            case_49 = {"X": X, "y": y, "params": before, "strength": 0.01}
            assert from_view["losses"][49] == pytest.approx(by_the_package(case_49)[0], rel=1e-9)


def test_no_point_lies_at_a_units_kink_but_the_origin():
    """There the last bit would decide whether the unit is open: another one in each program."""
    for name in SQUARES:
        X, _ = points_of(name)
        X = X[X.any(axis=1)]
        for start in range(1, N_STARTS + 1):
            assert np.abs(X @ hidden_start(WIDEST, 3, start=start).W1).min() > 1e-6


def test_a_wider_layer_begins_with_the_units_of_the_narrower():
    for start in (1, N_STARTS):
        wide = hidden_start(WIDEST, 3, start=start)
        for width in range(1, WIDEST):
            narrow = hidden_start(width, 2, start=start)
            np.testing.assert_array_equal(narrow.W1, wide.W1[:, :width])
            np.testing.assert_allclose(
                narrow.W2, wide.W2[:width, :2] * np.sqrt(WIDEST / width), rtol=1e-15
            )
    spread = np.concatenate([hidden_start(WIDEST, 3, start=k + 1).W1 for k in range(N_STARTS)])
    assert spread.std() == pytest.approx(1, abs=0.1)  # √(2/D)


def random_networks(rng, count):
    networks = []
    for _ in range(count):
        H, C = rng.integers(1, WIDEST + 1), rng.integers(2, 4)
        networks.append(
            TwoLayerParams(
                rng.normal(size=(2, H)) * rng.choice([1, 5]),
                rng.normal(size=H) * rng.choice([0, 1]),
                rng.normal(size=(H, C)) * 2,
                rng.normal(size=C),
            )
        )
    return networks


def as_json(params):
    return [np.asarray(part).tolist() for part in params]


def area(corners):
    x, y = np.array(corners).T
    return abs(x @ np.roll(y, 1) - y @ np.roll(x, 1)) / 2


MIDDLE, REACH = (0.2, -0.1), 1.3
DIVIDE = f"""{LAYERS}
return data.map((params) => view.divide(layersOf(params), {REACH}, {list(MIDDLE)}));"""


def test_the_regions_cover_the_plane_and_each_belongs_to_its_class(in_javascript):
    networks = random_networks(np.random.default_rng(32), 60)
    linear = [(params.W1[:, :3], params.b2) for params in networks if params.W1.shape[1] >= 3]
    linear = [model for model in linear if len(model[1]) == 3]
    given = [*networks, *linear]
    found = in_javascript("parts/hidden_regions", DIVIDE, [as_json(params) for params in given])
    looked_at = 0
    for params, shown in zip(given, found, strict=True):
        pieces = [(k, piece) for k, kept in enumerate(shown["regions"]) for piece in kept]
        assert sum(area(piece) for _, piece in pieces) == pytest.approx((2 * REACH) ** 2, rel=1e-9)
        for k, piece in pieces:
            if area(piece) < 1e-6:
                continue
            # The middle of a convex piece lies within it, and halfway to a corner too.
            middle = np.mean(piece, axis=0)
            within = np.array([middle, *(0.5 * (middle + corner) for corner in np.array(piece))])
            F = scores_of(params, within)
            assert (F.max(axis=1) - F[:, k] < 1e-9).all()
            looked_at += 1
    assert looked_at > 1000


def scores_of(params, X):
    return two_layer_forward(X, *params).O2 if len(params) == 4 else sm.scores(X, *params)


def test_two_classes_tie_for_the_lead_all_along_a_border(in_javascript):
    networks = random_networks(np.random.default_rng(33), 60)
    drawn = 0
    for params, shown in zip(
        networks,
        in_javascript("parts/hidden_regions", DIVIDE, [*map(as_json, networks)]),
        strict=True,
    ):
        for x1, x2, z1, z2 in shown["borders"]:
            t = np.array([[0.0], [0.3], [1.0]])
            F = np.sort(scores_of(params, (1 - t) * [x1, x2] + t * [z1, z2]), axis=1)
            assert np.abs(F[:, -1] - F[:, -2]).max() < 1e-8 * max(1, np.abs(F).max())
            drawn += 1
    assert drawn > 300


def test_it_is_as_sure_as_the_probability(in_javascript):
    networks = [*random_networks(np.random.default_rng(34), 10)]
    networks.append((networks[0].W1[:, :1] * [[1.0, 2.0]], np.array([0.3, 0.1])))
    body = f"""{LAYERS}
    return data.map((params) =>
      view.probabilities(layersOf(params), 9, {REACH}, {list(MIDDLE)}));"""
    at = REACH * ((np.arange(9) + 0.5) * 2 / 9 - 1)
    places = np.array([[MIDDLE[0] + x1, MIDDLE[1] + x2] for x2 in -at for x1 in at])
    found = in_javascript("parts/hidden_regions", body, [*map(as_json, networks)])
    for params, sure in zip(networks, found, strict=True):
        P = sm.softmax(scores_of(params, places))
        np.testing.assert_allclose(sure, P.max(axis=1), rtol=CLOSE)


def test_a_units_border_is_where_it_adds_up_to_0(in_javascript):
    networks = random_networks(np.random.default_rng(35), 40)
    body = f"""{LAYERS}
    return data.map((params) =>
      view.unitLines(layersOf(params)[0], view.corners));"""
    body = body.replace("view.corners", json.dumps([[-1, -1], [1, -1], [1, 1], [-1, 1]]))
    seen = 0
    for params, lines in zip(
        networks,
        in_javascript("parts/hidden_regions", body, [*map(as_json, networks)]),
        strict=True,
    ):
        for h, line in enumerate(lines):
            if line is None:
                corners = [[-1, -1], [1, -1], [1, 1], [-1, 1]]
                O1 = two_layer_forward(corners, *params).O1[:, h]
                assert O1.min() > 0 or O1.max() < 0
                continue
            O1 = two_layer_forward(np.reshape(line, (2, 2)), *params).O1[:, h]
            assert np.abs(O1).max() < 1e-12 * max(1, np.abs(params.W1).max())
            seen += 1
    assert seen > 100


ROADS = """
const start = (name) => (data.start[name]);
return data.texts.map((text) => view.roadOf(text, start) ?? null);"""


def test_a_link_holds_the_road_and_refuses_what_is_none(in_javascript, widget):
    road = [[1e-4, 1.0, 300], [0.0, 10 ** (-3 / 25), 2], [10 ** (-104 / 25), 10.0, 1]]
    text = in_javascript("parts/hidden_address", "return view.roadText(data);", road)
    assert text == "0.0001,1,300_0,0.7586,2_0.00006918,10,1"
    refused = [
        *(
            "",
            "0.1,1",
            "0.1,1,0",
            "0.1,1,2.5",
            "2,1,1",
            "0.1,0,1",
            "0.1,11,1",
            "0.1,1,1,1",
            "a,1,1",
        ),
        f"0.1,1,{LONGEST}_0.1,0.5,1",
    ]
    data = {"start": widget.page_state(), "texts": [text, *refused]}
    again, *others = in_javascript("parts/hidden_address", ROADS, data)
    np.testing.assert_allclose(again, road, rtol=1e-15)  # back on the sliders' grid
    assert others == [None] * len(refused)


def test_the_points_are_the_chapters_to_three_decimals(widget):
    for name, (X, y) in {
        "spiral": spiral(rng=np.random.default_rng(0)),
        "moons": moons(rng=np.random.default_rng(0)),
        "exclusive_or": exclusive_or(),
    }.items():
        points = np.array(widget.shapes[name]["points"])
        assert np.abs(points[:, :2] - X).max() <= 0.0005 + 1e-12
        assert (points[:, 2] == y).all()
        middle, reach = SQUARES[name]
        assert np.abs(points[:, :2] - middle).max() < reach


def test_python_answers_what_the_view_has_trained(widget):
    X, y = points_of("moons")
    params = descend(X, y, hidden_start(5, 2, start=3), [(0.01, 0.5, 20)])
    W, b = descend(X, y, (np.zeros((2, 2)), np.zeros(2)), [(0.01, 0.5, 20)])
    for kind, given in (("hidden", params), ("linear", (W, b))):
        widget.trained = {
            "data": "moons",
            "kind": kind,
            "strength": 0.01,
            "hidden": as_json(params),
            "linear": as_json((W, b)),
        }
        case = {"X": X, "y": y, "params": given, "strength": 0.01}
        loss, gradient, _ = by_the_package(case)
        says = widget.numpy_says
        assert says["asked"] == widget.trained
        assert says["data_loss"] + says["penalty"] == pytest.approx(loss, rel=CLOSE)
        for theirs, ours in zip(says["gradient"], gradient, strict=True):
            np.testing.assert_allclose(np.ravel(theirs), ours, atol=CLOSE)
    for theirs, ours in zip(widget.params, params, strict=True):
        np.testing.assert_array_equal(theirs, ours)


def test_the_page_carries_the_state_and_a_picture():
    data, _ = HiddenLayer("moons", width=3, strength=0.2)._repr_mimebundle_()
    script = re.search(r'<script type="application/json">(.*?)</script>', data["text/html"])
    state = json.loads(script.group(1))
    assert state["strength"] == 0.2
    assert (state["data"], state["width"]) == ("moons", 3)
    assert {name: len(shape["points"]) for name, shape in state["shapes"].items()} == {
        "spiral": 180,
        "moons": 120,
        "exclusive_or": 4,
    }
    assert np.shape(state["draws"][0][0]) == (2, WIDEST)
    assert len(state["draws"]) == N_STARTS
    assert state["class_colours"] == list(CLASSES)
    assert not {"numpy_says", "trained"} & set(state)
    assert len(script.group(1)) < 12_000
    assert len(gzip.compress(data["text/html"].encode())) < 40_000  # with the picture, twice
    assert data["image/png"].startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"width": 17}, "width is 17; expected 1 to 16"),
        ({"width": 0}, "width is 0"),
        ({"start": 9}, "start is 9; expected 1 to 8"),
        ({"strength": -1}, "strength is -1"),
    ],
)
def test_bad_input_is_refused_by_name(given, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        HiddenLayer(**given)


def right_after(name, width, steps, *, start=1):
    """How many points the network, and the linear model, have right after so many steps."""
    X, y = points_of(name)
    C = y.max() + 1
    road = [(1e-4, 1.0, steps)]
    network = descend(X, y, hidden_start(width, C, start=start), road)
    W, b = descend(X, y, (np.zeros((2, C)), np.zeros(C)), road)
    return [
        int((sm.predict(F) == y).sum())
        for F in (two_layer_forward(X, *network).O2, sm.scores(X, W, b))
    ]


def test_the_widget_does_what_chapter_9_says_of_it():
    assert right_after("spiral", 8, 1000) == [179, 94]
    assert right_after("exclusive_or", 4, 300) == [4, 2]
    few = [right_after("spiral", 2, 1000, start=k)[0] for k in (1, 2, 3)]
    assert max(few) < 120  # two units are too few, from any of these starts
