"""The pictures of step 1 draw what they are given."""

import numpy as np

from softmax_steps.plots import score as pictures


def test_the_bars_of_one_number_hold_every_sample_of_the_class():
    values, labels = np.array([0.1, 0.9, 0.9, 0.5]), np.array([0, 1, 1, 7])
    axes = pictures.draw_one_number(values, labels, classes=(0, 1), name="ink", threshold=0.4)
    assert [sum(bar.get_height() for bar in ax.patches) for ax in axes] == [1, 2]
    assert axes[-1].get_xlabel() == "ink"
    assert axes[0].lines[0].get_xdata()[0] == 0.4


def test_the_product_shows_its_three_arrays_and_the_sum():
    x, w = np.arange(4.0) / 4, np.array([-1.0, 1, 2, -3])
    axes = pictures.draw_product(x, w, x * w, shape=(2, 2), score=-1.0)
    for ax, row in zip(axes, (x, w, x * w), strict=True):
        np.testing.assert_array_equal(ax.images[0].get_array(), row.reshape(2, 2))
    assert "−1.00" in axes[2].get_title(loc="center")


def test_the_largest_score_has_its_own_colour():
    ax = pictures.draw_scores(np.array([1.0, 3.0, -1.0]))
    assert [bar.get_height() for bar in ax.patches] == [1, 3, -1]
    colours = [bar.get_facecolor() for bar in ax.patches]
    assert colours[0] == colours[2] != colours[1]


def test_the_rectangles_carry_the_sizes():
    texts = [text.get_text() for text in pictures.draw_shapes(100, 784, 10).texts]
    assert [texts.count(size) for size in ("100", "784", "10")] == [2, 2, 2]


def test_the_winning_line_is_thick_only_where_it_wins():
    x, F = np.array([0.0, 1.0, 2.0]), np.array([[2.0, 0.0], [1.0, 0.5], [0.0, 1.0]])
    ax = pictures.draw_score_lines(x, F, name="x", names=["a", "b"], crossings=[1.5])
    _, _, thick_a, _, thick_b = ax.lines
    np.testing.assert_array_equal(np.isfinite(thick_a.get_ydata()), [True, True, False])
    np.testing.assert_array_equal(np.isfinite(thick_b.get_ydata()), [False, False, True])


def test_the_map_colours_each_point_by_its_winner():
    winners = np.array([[0, 1], [2, 1]])
    axes = pictures.draw_regions(
        {"one": winners, "two": winners[::-1]},
        extent=(-1, 1, -1, 1),
        X=np.array([[0.5, -0.5]]),
        y=np.array([2]),
        names=["a", "b", "c"],
        places=[(0, 0)] * 3,
    )
    image = axes[0].images[0].get_array()
    assert (image[0, 1] == image[1, 1]).all()
    assert len({tuple(colour) for colour in image.reshape(-1, 4)}) == 3
    assert axes[0].lines[0].get_xydata().tolist() == [[0.5, -0.5]]
    assert [ax.get_title(loc="left") for ax in axes] == ["one", "two"]
