"""The triangle beside the softmax bars: where a row of probabilities lies, and its way with T."""

import numpy as np

import softmax_steps as sm

CORNERS = np.array([[0, 0], [0.5, np.sqrt(3) / 2], [1, 0]])
HEIGHT = np.sqrt(3) / 2
PLACES = "parts/triangle_places"


def rows(rng, count):
    F = rng.normal(size=(count, 3)) * rng.choice([0.1, 3, 50], size=(count, 1))
    return np.vstack([sm.softmax(F), np.eye(3), np.full((1, 3), 1 / 3), [[0.5, 0, 0.5]]])


def distances(points):
    """Return how far points are from the side opposite to each corner, in heights."""
    away = []
    for j in range(3):
        start, end = np.delete(CORNERS, j, axis=0)
        (a, b), (x, y) = end - start, (points - start).T
        away.append(np.abs(a * y - b * x) / HEIGHT)  # a side is 1 long
    return np.column_stack(away)


def test_a_point_is_as_far_from_each_side_as_the_class_opposite_has(in_javascript):
    P = rows(np.random.default_rng(1), 500)
    points = np.array(in_javascript(PLACES, "return data.map(view.placeOf);", P.tolist()))
    np.testing.assert_allclose(points, P @ CORNERS, atol=1e-14)
    np.testing.assert_allclose(distances(points), P, atol=1e-14)
    assert in_javascript(PLACES, "return view.CORNERS;", None) == CORNERS.tolist()


def test_the_foot_is_the_nearest_point_of_a_side(in_javascript):
    P = rows(np.random.default_rng(2), 100)
    body = "return data.map((p) => [0, 1, 2].map((j) => view.footOf(p, j)));"
    for p, feet in zip(P, np.array(in_javascript(PLACES, body, P.tolist())), strict=True):
        np.testing.assert_allclose(feet.sum(axis=1), 1)
        np.testing.assert_array_equal(np.diag(feet), 0)
        step = (feet - p) @ CORNERS
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
        x, y = (region @ CORNERS).T
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
        steps = np.linalg.norm(np.diff(way @ CORNERS, axis=0), axis=1)
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
