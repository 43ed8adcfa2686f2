import matplotlib as mpl

mpl.use("Agg")

import matplotlib.pyplot as plt
import numpy as np
import pytest

from softmax_steps.figure_style import PHONE_WIDTH, narrow
from softmax_steps.plots import differentials as pictures


@pytest.fixture(autouse=True)
def _close_figures():
    yield
    plt.close("all")


def test_each_score_has_a_table_with_its_own_derivatives():
    T = np.arange(36.0).reshape(2, 3, 2, 3)
    axes = pictures.draw_score_tensor(T)
    assert axes.shape == (2, 3)
    for i, j in np.ndindex(2, 3):
        assert axes[i, j].get_title(loc="center") == f"∂F[{i}, {j}]/∂W"
        written = [text.get_text() for text in axes[i, j].texts]
        assert written == [f"{value:.0f}" for value in T[i, j].ravel()]
    drawn = [axes[i, j].images[0].get_clim() for i, j in np.ndindex(2, 3)]
    assert set(drawn) == {(-35.0, 35.0)}, "one scale of colours for all tables"


def test_a_phone_gets_the_same_tables_in_its_width():
    axes = pictures.draw_score_tensor(np.ones((2, 3, 2, 3)))
    for_phone = narrow(axes[0, 0].figure)
    assert len(for_phone.axes) == 6
    assert for_phone.get_size_inches()[0] == PHONE_WIDTH
