import matplotlib as mpl

mpl.use("Agg")

import matplotlib.pyplot as plt
import numpy as np
import pytest

from softmax_steps.plots import regularization as pictures


@pytest.fixture(autouse=True)
def _close_figures():
    yield
    plt.close("all")


def test_loss_against_scale_draws_each_line_and_marks_only_lowest_points_inside():
    scales = np.array([1.0, 2.0, 3.0])
    falling, with_bottom = np.array([3.0, 2.0, 1.0]), np.array([3.0, 1.5, 2.0])
    ax = pictures.draw_loss_against_scale(scales, {0.0: falling, 0.1: with_bottom})
    curves = [line for line in ax.lines if len(line.get_xdata()) == 3]
    np.testing.assert_array_equal([line.get_ydata() for line in curves], [falling, with_bottom])
    marks = [line.get_xydata().tolist() for line in ax.lines if len(line.get_xdata()) == 1]
    assert marks == [[[2.0, 1.5]]]
    assert [text.get_text() for text in ax.texts] == ["λ = 0", "λ = 0.1"]


def test_learning_by_heart_draws_three_curves_and_names_them_at_their_ends():
    steps = np.array([10.0, 20.0])
    curves = np.array([[1.0, 0.1], [1.2, 0.9], [1.3, 0.8]])
    ax = pictures.draw_learning_by_heart(steps, *curves, strength=0.003)
    np.testing.assert_array_equal([line.get_ydata() for line in ax.lines], curves)
    names = {text.get_text(): text.xy for text in ax.texts}
    assert names == {
        "training": (20.0, 0.1),
        "held out, λ = 0": (20.0, 0.9),
        "held out, λ = 0.003": (20.0, 0.8),
    }


def test_penalties_are_drawn_above_and_slopes_below():
    w = np.array([-1.0, 0.0, 1.0])
    axes = pictures.draw_penalties(w, {"w²/2": w**2 / 2}, {"w²/2": w})
    np.testing.assert_array_equal(axes[0].lines[0].get_ydata(), w**2 / 2)
    np.testing.assert_array_equal(axes[1].lines[0].get_ydata(), w)
    assert [text.get_text() for text in axes[0].get_legend().get_texts()] == ["w²/2"]
