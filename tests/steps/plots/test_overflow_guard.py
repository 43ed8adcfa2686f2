"""The pictures of step 2 draw what they are given."""

import numpy as np

from softmax_steps.plots import overflow_guard as pictures


def test_the_number_line_marks_every_exponent_and_both_walls():
    before, after = np.array([[1000.0, 998], [196, 145]]), np.array([[0.0, -2], [0, -51]])
    axes = pictures.draw_number_line(
        {"before": before, "after": after}, lowest=-745, highest=710, row_names=["a", "b"]
    )
    for ax, name, rows in zip(axes, ("before", "after"), (before, after), strict=True):
        assert ax.get_title(loc="left") == name
        np.testing.assert_array_equal([line.get_xdata() for line in ax.lines], rows)
        assert [text.get_text() for text in ax.texts] == ["a", "b"]
        shaded = ax.patches[0].get_extents().transformed(ax.transData.inverted())
        assert (round(shaded.x0), round(shaded.x1)) == (-745, 710)
    assert [label.get_text() for label in axes[-1].get_xticklabels()] == ["−745", "0", "710"]


def test_only_rows_with_a_nan_are_crossed_out():
    P = np.array([[0.5, 0.5], [np.nan, np.nan], [1.0, 0.0], [np.nan, 0.0]])
    axes = pictures.draw_dead_rows(
        {"left": P, "right": np.nan_to_num(P)}, row_labels=list("abcd"), row_label_title="row"
    )
    assert [patch.get_y() for patch in axes[0].patches] == [0.5, 2.5]
    assert len(axes[1].patches) == 0
    np.testing.assert_array_equal(axes[0].images[0].get_array().filled(np.nan), P)
