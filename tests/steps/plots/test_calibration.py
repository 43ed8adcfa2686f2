import matplotlib as mpl

mpl.use("Agg")

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.collections import PathCollection

from softmax_steps.calibration import reliability
from softmax_steps.figure_style import narrow
from softmax_steps.plots.calibration import draw_reliability


@pytest.fixture(autouse=True)
def _close_figures():
    yield
    plt.close("all")


@pytest.fixture
def found():
    P = [[0.9, 0.1], [0.8, 0.2], [0.3, 0.7], [0.6, 0.4]]
    return reliability(P, [0, 1, 1, 0], bins=4)


def test_a_point_for_each_full_bin_with_its_count(found):
    (ax,) = draw_reliability({"softmax": found})
    (points,) = [c for c in ax.collections if isinstance(c, PathCollection)]
    np.testing.assert_allclose(points.get_offsets(), [[65, 100], [85, 50]])
    assert [text.get_text() for text in ax.texts] == ["2", "2"]
    assert ax.get_title(loc="left") == "softmax"
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("confidence (%)", "right (%)")


def test_the_gap_goes_from_the_diagonal_to_the_point(found):
    (ax,) = draw_reliability({"softmax": found})
    (gaps,) = [c for c in ax.collections if not isinstance(c, PathCollection)]
    ends = [segment.tolist() for segment in gaps.get_segments()]
    np.testing.assert_allclose(ends, [[[65, 65], [65, 100]], [[85, 85], [85, 50]]])


def test_on_a_phone_one_diagram_stands_below_the_other(found):
    axes = draw_reliability({"before": found, "after": found})
    above, below = (ax.get_position() for ax in narrow(axes[0].figure).axes)
    assert below.y1 < above.y0
