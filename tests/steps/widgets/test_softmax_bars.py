"""The softmax widget: its numbers, its state, its address, its still picture."""

import json
import re

import matplotlib.pyplot as plt
import numpy as np
import pytest

import softmax_steps as sm
from softmax_steps.plots.stills.softmax_bars import draw_softmax_bars
from softmax_steps.widgets import SoftmaxBars
from softmax_steps.widgets.softmax_bars import COLDEST, HOTTEST, temperature_path

CLOSE = 1e-12


def random_states(rng, count):
    return [
        {
            "scores": (rng.normal(size=rng.integers(1, 11)) * rng.choice([0.1, 3, 50])).tolist(),
            "shift": float(rng.choice([0, rng.uniform(-5, 5), 1e4])),
            "temperature": float(10 ** rng.uniform(-2, 2)),
        }
        for _ in range(count)
    ]


def extreme_states():
    plain = {"shift": 0.0, "temperature": 1.0}
    return [
        {**plain, "scores": [1000.0, 999.0, 998.0]},
        {**plain, "scores": [-1000.0, -1000.0, -1e5]},
        {**plain, "scores": [5.0, -5.0], "temperature": 0.01},
        {**plain, "scores": [5.0, -5.0], "temperature": 100.0},
        {**plain, "scores": [1.0, 3.0, 3.0, 3.0], "shift": -1e6},
        {**plain, "scores": [0.0] * 5},
        {**plain, "scores": [7.0]},
    ]


def shown_for(in_javascript, states):
    return in_javascript("softmax_bars", "return data.map(view.explore);", states)


def difference(theirs, ours):
    """Largest difference, relative to the entry where that is above 1, else in the unit itself."""
    theirs, ours = np.asarray(theirs, dtype=float), np.asarray(ours, dtype=float)
    assert theirs.shape == ours.shape
    same = theirs == ours  # an overflow is the same overflow
    with np.errstate(invalid="ignore"):
        return np.max(np.where(same, 0, np.abs(theirs - ours) / np.maximum(np.abs(ours), 1.0)))


def test_every_number_it_shows_equals_the_package(in_javascript):
    states = random_states(np.random.default_rng(31), 1000) + extreme_states()
    for state, shown in zip(states, shown_for(in_javascript, states), strict=True):
        F = ((np.array(state["scores"]) + state["shift"]) / state["temperature"])[np.newaxis]
        P, log_p = sm.softmax(F)[0], sm.log_softmax(F)[0]
        small = np.finfo(float).tiny
        assert np.max(np.abs(shown["P"] - P) / np.maximum(P, small)) < CLOSE
        assert difference(shown["F"], F[0]) == 0
        assert difference(shown["guarded"], sm.shift_scores(F)[0]) == 0
        assert difference(shown["E"], np.exp(sm.shift_scores(F)[0])) < CLOSE
        assert difference(shown["logP"], log_p) < CLOSE
        assert difference(shown["sum"], np.exp(sm.shift_scores(F)).sum()) < CLOSE
        assert difference(shown["total"], 1.0) < CLOSE
        assert shown["leader"] == sm.predict(F)[0]
        entropy = -np.sum(P * log_p)
        assert difference(shown["entropy"], entropy) < CLOSE
        assert difference(shown["effective"], np.exp(entropy)) < CLOSE
        with np.errstate(over="ignore"):
            assert difference(shown["unguarded"], np.exp(F).sum()) < CLOSE


def test_python_answers_with_the_numbers_of_the_view(in_javascript):
    states = random_states(np.random.default_rng(32), 20) + extreme_states()
    for state, shown in zip(states, shown_for(in_javascript, states), strict=True):
        widget = SoftmaxBars(**state)
        answers = widget.answers()
        assert set(answers) == set(shown)
        for name, value in answers.items():
            assert difference(shown[name], value) < CLOSE
        assert widget.numpy_says["P"] == sm.softmax(answers["F"][np.newaxis])[0].tolist()


def test_a_wrong_sign_or_a_lost_temperature_would_be_seen(in_javascript):
    state = {"scores": [1.0, 3.0, -1.0], "shift": 0.0, "temperature": 2.0}
    [shown] = shown_for(in_javascript, [state])
    F = np.array([state["scores"]])
    assert difference(shown["P"], sm.softmax(F)[0]) > 0.01
    assert difference(shown["P"], sm.softmax(-F / 2)[0]) > 0.01


def test_a_shift_changes_no_probability(in_javascript):
    states = [{"scores": [1.0, 3.0, -1.0], "shift": s, "temperature": 1.0} for s in (0, 3, -2.5)]
    first, *others = shown_for(in_javascript, states)
    for shown in others:
        assert difference(shown["P"], first["P"]) < CLOSE
        assert shown["unguarded"] != first["unguarded"]


def test_every_position_of_the_temperature_comes_back(in_javascript):
    ends = in_javascript("softmax_bars", "return data.map(view.toPosition);", [COLDEST, HOTTEST])
    assert ends == [-40, 40]
    positions = list(range(-40, 41))
    from_view = in_javascript("softmax_bars", "return data.map(view.toTemperature);", positions)
    again = in_javascript("softmax_bars", "return data.map(view.toPosition);", from_view)
    assert again == positions
    assert (from_view[0], from_view[40], from_view[80]) == (COLDEST, 1, HOTTEST) == (0.01, 1, 100)
    assert np.all(np.diff(from_view) > 0)


def test_chapter_3_tells_what_it_shows():
    def answers(class_1=3.0, **state):
        return SoftmaxBars([1.0, class_1, -1.0, 0.5, 2.5], **state).answers()

    start, raised, hot = answers(), answers(4.0), answers(temperature=100.0)
    assert (start["P"][1].round(3), raised["P"][1].round(3)) == (0.543, 0.763)
    odds = [a["P"][1] / (1 - a["P"][1]) for a in (start, raised)]
    assert np.round(odds, 2).tolist() == [1.19, 3.23]
    assert (start["unguarded"].round(2), answers(shift=3.0)["unguarded"].round(1)) == (37.0, 743.2)
    assert answers(temperature=0.01)["entropy"] < 1e-15
    assert hot["effective"].round(2) == 5
    last = answers(5.0, shift=3.0, temperature=0.01)
    assert last["F"][1] == 800
    assert np.isinf(last["unguarded"])


def test_the_bars_reach_far_enough_for_any_score(in_javascript):
    tops = [0.0, 5.0, 5.1, -12.0, 50.0, 1000.0, 1234.0]
    reaches = in_javascript(
        "softmax_bars", "return data.map((top) => view.reachOf([0, top]));", tops
    )
    assert reaches == [5, 5, 10, 20, 50, 1000, 2000]


def test_the_address_carries_the_state_and_refuses_nonsense(in_javascript):
    body = """
    const { scores, shift, temperature, chosen } = view.default.address;
    const numbers = (text) => scores.value(text) ?? null;
    const start = (trait) => ({ temperatures: [0.1, 10] })[trait];
    const hot = (text) => temperature.value(text, start) ?? null;
    return [numbers(scores.text(data)), numbers("1,x"), numbers("1,,2"), numbers("1,inf"),
      shift.value("-2.5"), hot("0.5"), hot("0"), hot("0.1"), hot("10.1"),
      chosen.value("3"), chosen.value("-1") ?? null];
    """
    kept = [1.0, -0.5, 2.25]
    expected = [kept, None, None, None, -2.5, 0.5, None, 0.1, None, 3, None]
    assert in_javascript("softmax_bars", body, kept) == expected


def test_the_page_gets_the_state_and_a_plain_viewer_a_picture():
    data, _ = SoftmaxBars([1.0, 3.0], shift=1.0, temperature=2.0)._repr_mimebundle_()
    state = re.search(r'<script type="application/json">(.*?)</script>', data["text/html"])
    assert json.loads(state.group(1)) == {
        "scores": [1.0, 3.0], "shift": 1.0, "temperature": 2.0, "chosen": 0,
        "temperatures": [COLDEST, HOTTEST],
    }  # fmt: skip
    assert data["image/png"].startswith(b"\x89PNG")
    assert "class 1: score 4.0, probability 0.731" in data["text/plain"]
    assert "at the temperature 2" in data["text/html"]


def test_the_still_picture_draws_the_numbers_it_is_given():
    with plt.style.context("softmax_steps.book"):
        axes = draw_softmax_bars(np.array([1.0, -2.0]), np.array([0.25, 0.75]))
    for ax, numbers in zip(axes, ([1.0, -2.0], [0.25, 0.75]), strict=True):
        assert [bar.get_width() for bar in ax.patches] == numbers
    assert [text.get_text() for text in axes[0].texts] == ["1.0", "−2.0"]
    plt.close("all")


@pytest.mark.parametrize("narrow", [False, True])
def test_the_still_picture_has_three_probabilities_as_a_point_too(narrow):
    P = np.array([0.2, 0.5, 0.3])
    way = np.array([[0, 1.0, 0], P, [1 / 3] * 3])
    with plt.style.context("softmax_steps.book"):
        axes = draw_softmax_bars(np.log(P), P, way=way, narrow=narrow)
    _, shares, triangle = axes
    assert [bar.get_width() for bar in shares.patches] == P.tolist()
    assert [text.get_text() for text in triangle.texts] == ["class 0", "class 1", "class 2"]
    assert [text.get_fontweight() for text in triangle.texts] == ["normal", "bold", "normal"]
    curve, point = (line.get_xydata() for line in triangle.lines[-2:])
    np.testing.assert_allclose(point, [[0.2 * 0 + 0.5 * 0.5 + 0.3, 0.5 * np.sqrt(3) / 2]])
    np.testing.assert_allclose(curve[[0, 2]], [[0.5, np.sqrt(3) / 2], [0.5, np.sqrt(3) / 6]])
    np.testing.assert_allclose(curve[1], point[0])
    plt.close("all")


def test_only_three_classes_have_a_triangle_and_its_words():
    alts = [SoftmaxBars(scores).picture().alt for scores in ([2, 1], [2, 1, 0], [2, 2, 0])]
    assert ["triangle" in alt for alt in alts] == [False, True, True]
    assert ["in the region of class 0" in alt for alt in alts] == [False, True, False]


def test_the_way_of_the_still_picture_begins_with_the_winners_and_ends_in_the_middle():
    for scores, cold in [
        ([1.0, 3.0, -1.0], [0, 1, 0]),
        ([5.0, -1e6, 5.0], [0.5, 0, 0.5]),
        ([0.0, 1e-9, -1e6], [0.5, 0.5, 0]),  # a lead of nothing beside one of a million
    ]:
        way = temperature_path(np.array(scores))
        np.testing.assert_allclose(way[[0, -1]], [cold, [1 / 3] * 3], atol=2e-3)
    np.testing.assert_array_equal(temperature_path(np.full(3, 7.0)), [[1 / 3] * 3])


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"scores": [[1.0, 2.0]]}, "scores has shape (1, 2)"),
        ({"scores": [1.0, np.nan]}, "scores[1] is nan"),
        ({"shift": np.inf}, "shift is inf"),
        ({"temperature": 0.0}, "temperature is 0.0"),
        ({"chosen": 5}, "chosen is 5"),
    ],
)
def test_bad_input_is_refused_by_name(given, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        SoftmaxBars(**given)


# The triangle beside the bars: class 0 lower left, class 1 on top, class 2 lower right.
TRIANGLE = np.array([[0, 0], [0.5, np.sqrt(3) / 2], [1, 0]])
HEIGHT = np.sqrt(3) / 2
PLACES = "parts/triangle_places"


def rows_of_three(rng, count):
    F = rng.normal(size=(count, 3)) * rng.choice([0.1, 3, 50], size=(count, 1))
    return np.vstack([sm.softmax(F), np.eye(3), np.full((1, 3), 1 / 3), [[0.5, 0, 0.5]]])


def distances(points):
    """Return how far points are from the side opposite to each corner, in heights."""
    away = []
    for j in range(3):
        start, end = np.delete(TRIANGLE, j, axis=0)
        (a, b), (x, y) = end - start, (points - start).T
        away.append(np.abs(a * y - b * x) / HEIGHT)  # a side is 1 long
    return np.column_stack(away)


def test_a_point_is_as_far_from_each_side_as_the_class_opposite_has(in_javascript):
    P = rows_of_three(np.random.default_rng(1), 500)
    points = np.array(in_javascript(PLACES, "return data.map(view.placeOf);", P.tolist()))
    np.testing.assert_allclose(points, P @ TRIANGLE, atol=1e-14)
    np.testing.assert_allclose(distances(points), P, atol=1e-14)
    assert in_javascript(PLACES, "return view.CORNERS;", None) == TRIANGLE.tolist()


def test_the_foot_is_the_nearest_point_of_a_side(in_javascript):
    P = rows_of_three(np.random.default_rng(2), 100)
    body = "return data.map((p) => [0, 1, 2].map((j) => view.footOf(p, j)));"
    for p, feet in zip(P, np.array(in_javascript(PLACES, body, P.tolist())), strict=True):
        np.testing.assert_allclose(feet.sum(axis=1), 1)
        np.testing.assert_array_equal(np.diag(feet), 0)
        step = (feet - p) @ TRIANGLE
        np.testing.assert_allclose(np.linalg.norm(step, axis=1), p * HEIGHT, atol=1e-14)


def test_the_borders_part_the_regions_of_the_winners(in_javascript):
    borders = np.array(in_javascript(PLACES, "return view.BORDERS;", None))
    regions = np.array(in_javascript(PLACES, "return data.map(view.regionOf);", [0, 1, 2]))
    for j, (start, end) in enumerate(borders):
        between = start + np.linspace(0, 1, 11)[:, np.newaxis] * (end - start)
        others = np.delete(between, j, axis=1)
        np.testing.assert_allclose(others[:, 0], others[:, 1])
        assert np.all(others[:, 0] >= between[:, j] - 1e-15)
        np.testing.assert_allclose([start[j], end[j]], [1 / 3, 0])
    rng = np.random.default_rng(3)
    for j, region in enumerate(regions):
        inside = rng.dirichlet(np.ones(4), size=50) @ region
        assert np.all(inside.argmax(axis=1) == j)
        x, y = (region @ TRIANGLE).T
        area = np.abs(np.sum(x * np.roll(y, -1) - y * np.roll(x, -1))) / 2
        np.testing.assert_allclose(area, HEIGHT / 2 / 3)


def test_every_row_of_the_way_is_the_softmax_at_one_temperature(in_javascript):
    rng = np.random.default_rng(4)
    many = [(rng.normal(size=3) * size).tolist() for size in (0.1, 1, 3, 50, 1e5) for _ in range(9)]
    many += [[1.0, 3.0, -1.0], [-1.0, -4.0, 0.0], [1000.0, 999.0, -1e5], [2.0, 2.0, 1.0]]
    ways = in_javascript(PLACES, "return data.map(view.temperaturePath);", many)
    for f, way in zip(np.array(many), map(np.array, ways), strict=True):
        low, middle, top = np.argsort(f)
        np.testing.assert_array_equal(way[0], (f == f.max()) / np.sum(f == f.max()))
        np.testing.assert_array_equal(way[-1], [1 / 3] * 3)
        former = 0.0
        for p in way[1:-1]:
            rival = low if p[low] > 1e-300 else middle
            T = (f[top] - f[rival]) / np.log(p[top] / p[rival])
            assert former < T
            former = T
            expected = sm.softmax((f[np.newaxis] - f.max()) / T)[0]
            np.testing.assert_allclose(p, expected, rtol=1e-6, atol=1e-12)
        steps = np.linalg.norm(np.diff(way @ TRIANGLE, axis=0), axis=1)
        assert steps.max() < 0.03  # so the line through the points looks like a curve


def test_a_tie_and_a_lead_of_nearly_nothing_have_their_ways(in_javascript):
    given = [[7.0, 7.0, 7.0], [1.0, 1.0, 0.0], [0.0, 1e-320, -1.0], [1e-12, 0.0, 1e6]]
    equal, tied, *nearly = in_javascript(PLACES, "return data.map(view.temperaturePath);", given)
    np.testing.assert_array_equal(equal, [[1 / 3] * 3])
    assert np.ptp(np.array(tied)[:, :2], axis=1).max() == 0
    for way in nearly:
        assert np.all(np.isfinite(way))
        np.testing.assert_allclose(np.sum(way, axis=1), 1)
    np.testing.assert_array_equal(nearly[0][0], [0, 1, 0])
    np.testing.assert_allclose(nearly[0][1], [0.5, 0.5, 0], atol=1e-12)
    leaders = in_javascript(PLACES, "return data.map(view.leadersOf);", given)
    assert leaders == [[0, 1, 2], [0, 1], [1], [2]]


def test_it_is_said_where_the_point_lies(in_javascript):
    body = """return data.map(([scores, shares]) => view.placeInWords({ scores }, shares));"""
    alone, tied, equal = in_javascript(
        "parts/triangle_picture",
        body,
        [
            [[1, 3, -1], ["0.117", "0.867", "0.016"]],
            [[3, 3, -1], ["0.495", "0.495", "0.009"]],
            [[3, 3, 3], ["0.333", "0.333", "0.333"]],
        ],
    )
    assert "in the region of class 1: in heights of the triangle 0.117 from the side" in alone
    assert "0.016 from the side opposite to class 2." in alone
    assert "on the border of class 0 and class 1:" in tied
    assert "in the middle:" in equal
    assert "at every temperature" in equal
