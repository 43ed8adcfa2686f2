"""The pictures of chapter 4 draw the numbers they are given."""

import matplotlib.pyplot as plt
import numpy as np
import pytest

from softmax_steps.plots import cross_entropy as pictures


@pytest.fixture(autouse=True)
def style():
    with plt.style.context("softmax_steps.book"):
        yield


def texts(ax):
    return [text.get_text() for text in ax.texts]


def test_draw_prices_draws_the_rules_and_the_batch():
    p = np.array([0.1, 0.5, 1.0])
    prices = {"first": np.array([3.0, 1.0, 0.0]), "second": 1 - p}
    batch_p, batch_losses = np.array([0.5, 0.25]), np.array([0.6931, 1.3863])
    ax = pictures.draw_prices(
        p, prices, labels_at=[(0.2, 2), (0.2, 0.5)], batch_p=batch_p, batch_losses=batch_losses
    )
    first, second, dots = ax.lines
    np.testing.assert_array_equal(first.get_ydata(), prices["first"])
    np.testing.assert_array_equal(second.get_ydata(), prices["second"])
    np.testing.assert_array_equal(dots.get_xydata(), np.column_stack([batch_p, batch_losses]))
    assert texts(ax) == ["first", "second", "0.69", "1.39"]


def test_draw_learnt_draws_each_rule_from_its_first_step_on():
    paths = {"one": np.array([0.1, 0.2, 0.9]), "other": np.array([0.1, 0.1, 0.2])}
    ax = pictures.draw_learnt(paths, labels_at=[(1, 0.5), (2, 0.5)])
    lines = ax.get_lines()
    np.testing.assert_array_equal(lines[0].get_xdata(), [1, 2])
    np.testing.assert_array_equal(lines[0].get_ydata(), [0.2, 0.9])
    np.testing.assert_array_equal(lines[1].get_ydata(), [0.1, 0.2])
    assert [text.get_text() for text in ax.texts] == ["one", "other"]


def test_draw_pulls_draws_each_rule_over_the_whole_lead():
    lead = np.linspace(-2, 2, 5)
    pulls = {"a": lead**2, "b": lead + 2}
    ax = pictures.draw_pulls(lead, pulls, labels_at=[(0, 1), (1, 2)])
    for line, pull in zip(ax.lines, pulls.values(), strict=False):
        np.testing.assert_array_equal(line.get_xydata(), np.column_stack([lead, pull]))
    assert ax.get_xlim() == (-2, 2)
    assert texts(ax) == ["a", "b"]


def test_draw_running_product_stops_the_product_where_it_is_stored_as_zero():
    product = np.array([-100.0, -200.0, -300.0, -np.inf, -np.inf])
    total = np.array([-100.0, -200.0, -300.0, -400.0, -500.0])
    ax = pictures.draw_running_product(product, total, smallest=-323.3)
    logs, stored, floor, end = ax.lines
    np.testing.assert_array_equal(logs.get_ydata(), total)
    np.testing.assert_array_equal(stored.get_xydata(), [[1, -100], [2, -200], [3, -300]])
    assert set(floor.get_ydata()) == {-323.3}
    np.testing.assert_array_equal(end.get_xydata(), [[3, -300]])


def test_draw_running_product_marks_no_end_where_there_is_none():
    total = np.array([-1.0, -2.0])
    ax = pictures.draw_running_product(total, total, smallest=-323.3)
    assert len(ax.lines) == 3
    assert "sum of logs" in texts(ax)


def test_draw_chosen_frames_the_entry_of_each_label():
    values = np.array([[-2.143, -0.143, -4.143], [-1.327, -4.327, -0.327]])
    ax = pictures.draw_chosen(values, [1, 0], class_names=["a", "b", "c"])
    assert texts(ax) == ["−2.143", "−0.143", "−4.143", "−1.327", "−4.327", "−0.327"]
    centres = [tuple(frame.get_center()) for frame in ax.patches]
    np.testing.assert_allclose(centres, [(1, 0), (0, 1)])
