import matplotlib as mpl

mpl.use("Agg")

import matplotlib.pyplot as plt
import numpy as np
import pytest

from softmax_steps.plots import one_pass as pictures


@pytest.fixture(autouse=True)
def _close_figures():
    yield
    plt.close("all")


@pytest.mark.parametrize("narrow", [False, True])
def test_the_roof_is_a_slope_and_then_a_ceiling_and_points_lie_where_they_are(narrow):
    points = {"ours": ([5, 500], [2e9, 9e9]), "theirs": ([5, 500], [1e9, 8e9])}
    ax = pictures.draw_roofline((10e9, 1e9), points, names=["small", "large"], narrow=narrow)
    roof, ours, theirs = ax.lines
    x, y = roof.get_data()
    np.testing.assert_allclose(y, np.minimum(10, x))
    np.testing.assert_allclose(ours.get_xydata(), [[5, 2], [500, 9]])
    np.testing.assert_allclose(theirs.get_ydata(), [1, 8])
    assert ours.get_marker() != theirs.get_marker()
    named = {text.get_text(): text for text in ax.texts}
    assert named["small"].xy == pytest.approx((5, 2))
    assert named["large"].xy == pytest.approx((500, 9))


def test_names_of_points_that_lie_on_each_other_are_moved_apart():
    points = {"ours": ([5, 5, 5], [2e9, 2.01e9, 9e9])}
    ax = pictures.draw_roofline((1e11, 1e10), points, names=["a", "b", "c"])
    named = {text.get_text(): text for text in ax.texts}
    heights = {name: text.get_position()[1] for name, text in named.items()}
    assert heights["a"] == pytest.approx(2)
    assert heights["b"] > 1.3 * heights["a"]
    assert heights["c"] == pytest.approx(9)
    assert named["b"].xy == pytest.approx((5, 2.01)), "a line leads from the name to its point"
    assert named["b"].arrow_patch is not None


def test_each_ratio_has_its_mark_and_a_program_may_lack_a_size():
    ratios = {"small": {"ours": 2.0, "theirs": 3.0}, "large": {"ours": 0.5}}
    ax = pictures.draw_ratios(ratios)
    one, ours, theirs = ax.lines
    assert set(one.get_xdata()) == {1}
    np.testing.assert_allclose(ours.get_xydata(), [[2.0, 0], [0.5, 1]])
    np.testing.assert_allclose(theirs.get_xydata(), [[3.0, 0]])
    assert [text.get_text() for text in ax.get_yticklabels()] == ["small", "large"]
    top, bottom = sorted(ax.get_ylim())
    assert ax.get_ylim() == (bottom, top), "the first size is the uppermost"


def test_a_walk_begins_at_pass_0():
    ax = pictures.draw_walks({"short": np.array([1.0, 0.1]), "measured": np.array([1.0, 1e-3])})
    for line, far in zip(ax.lines, ([1, 0.1], [1, 1e-3]), strict=True):
        np.testing.assert_allclose(line.get_xydata(), list(enumerate(far)))
    assert ax.get_yscale() == "log"
