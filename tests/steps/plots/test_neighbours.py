import matplotlib as mpl

mpl.use("Agg")

import matplotlib.pyplot as plt
import numpy as np
import pytest

from softmax_steps.plots import neighbours as pictures


@pytest.fixture(autouse=True)
def _close_figures():
    yield
    plt.close("all")


def test_each_sets_best_k_is_ringed():
    shares = {"training": [1.0, 0.9, 0.8], "validation": np.array([0.8, 0.95, 0.9])}
    ax = pictures.draw_choice_of_k([1, 5, 25], shares)
    rings = [line.get_xydata()[0] for line in ax.lines if len(line.get_xdata()) == 1]
    np.testing.assert_allclose(rings, [[1, 100], [5, 95]])
    assert [text.get_text() for text in ax.get_legend().get_texts()] == list(shares)
    drawn = [line for line in ax.lines if len(line.get_xdata()) == 3]
    np.testing.assert_allclose(drawn[1].get_ydata(), [80, 95, 90])
    assert len({line.get_linestyle() for line in drawn}) == 2


def test_the_prices_are_drawn_as_they_are_and_the_margin_is_marked():
    leads = np.array([-1.0, 1.0, 3.0])
    ax = pictures.draw_lead_prices(leads, {"hinge": np.maximum(0, 1 - leads)})
    margin, line = ax.lines
    assert set(margin.get_xdata()) == {1}
    np.testing.assert_array_equal(line.get_ydata(), [2, 0, 0])
    assert "the margin" in [text.get_text() for text in ax.texts]
