"""The pictures of chapter 3 draw the numbers they are given."""

import matplotlib.pyplot as plt
import numpy as np
import pytest

from softmax_steps.plots import softmax as pictures


@pytest.fixture(autouse=True)
def style():
    with plt.style.context("softmax_steps.book"):
        yield


def heights(ax):
    return [bar.get_height() for bar in ax.patches]


def widths(ax):
    return [bar.get_width() for bar in ax.patches]


def test_draw_shares_has_one_panel_with_its_name_for_each_rule():
    x = np.linspace(-1, 1, 5)
    shares = {"up": x, "down": -x, "flat": 0 * x}
    axes = pictures.draw_shares(x, shares)
    assert [ax.get_title(loc="left") for ax in axes] == list(shares)
    for ax, share in zip(axes, shares.values(), strict=True):
        np.testing.assert_array_equal(ax.lines[-1].get_ydata(), share)
    places = [ax.get_position() for ax in axes[0].figure.axes]
    assert len(places) == 3, "no place of the grid is empty"
    assert places[2].x0 == pytest.approx(places[0].x0)
    assert places[2].x1 == pytest.approx(places[1].x1)


def test_draw_pipeline_draws_each_stage_and_writes_its_numbers():
    stages = {"F": np.array([1.0, 3.0, -1.0]), "P": np.array([0.117, 0.867, 0.016])}
    axes = pictures.draw_pipeline(stages, class_names=["a", "b", "c"], digits=1)
    for ax, numbers in zip(axes, stages.values(), strict=True):
        np.testing.assert_allclose(widths(ax), numbers)
    assert [text.get_text() for text in axes[0].texts] == ["1.0", "3.0", "−1.0"]
    assert [label.get_text() for label in axes[0].get_yticklabels()] == ["a", "b", "c"]
    assert axes[0].yaxis_inverted()  # class 0 on top


def test_draw_temperatures_draws_a_row_for_each_temperature():
    P = np.array([[0.9, 0.1], [0.5, 0.5]])
    axes = pictures.draw_temperatures([0.5, 100], P)
    for ax, row in zip(axes, P, strict=True):
        np.testing.assert_allclose(heights(ax), row)
    assert [ax.get_title(loc="left") for ax in axes] == ["T = 0.5", "T = 100"]


def test_draw_output_and_target_draws_image_output_and_target():
    image = np.arange(6.0)
    output, target = np.array([0.2, 0.5, 0.3]), np.array([0.0, 0.0, 1.0])
    axes = pictures.draw_output_and_target(image, output, target, shape=(2, 3))
    np.testing.assert_array_equal(axes[0].images[0].get_array(), image.reshape(2, 3))
    np.testing.assert_allclose(widths(axes[1]), output)
    np.testing.assert_allclose(widths(axes[2]), target)


@pytest.mark.parametrize("numbers", [np.zeros(2), np.array([-1.0, -2.0])])
def test_draw_pipeline_takes_rows_without_a_positive_number(numbers):
    (ax,) = pictures.draw_pipeline({"F": numbers}, class_names=["a", "b"])
    low, high = ax.get_xlim()
    assert low < high
