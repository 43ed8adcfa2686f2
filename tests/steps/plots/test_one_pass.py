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


@pytest.mark.parametrize("narrow", [False, True])
@pytest.mark.parametrize("bandwidth", [5e9, 30e9], ids=["slow memory", "quick memory"])
def test_the_name_of_the_slope_is_clear_of_the_points(bandwidth, narrow):
    """Where memory is quick the slope is short: the axis begins so early that it has room."""
    rates = np.array([5e9, 12e9, 15e9, 23e9])
    ax = pictures.draw_roofline(
        (50e9, bandwidth), {"ours": ([5] * 4, rates)}, names="abcd", narrow=narrow
    )
    ax.figure.canvas.draw()
    (name,) = (text for text in ax.texts if "memory" in text.get_text())
    box = name.get_window_extent()
    assert ax.get_window_extent().x0 <= box.x0
    for across, height in ax.transData.transform([(5, rate / 1e9) for rate in rates]):
        mark = 4 * ax.figure.dpi / 72
        clear = box.x1 < across - mark or box.y1 < height - mark or box.y0 > height + mark
        assert clear, (box, across, height)


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
