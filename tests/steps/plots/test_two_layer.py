import matplotlib as mpl

mpl.use("Agg")

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.colors import to_hex

from softmax_steps.figure_style import narrow
from softmax_steps.palette import BLUE, ORANGE
from softmax_steps.plots import two_layer as pictures

FORTH = [("X", "O₁"), ("O₁", "H"), ("H", "O₂"), ("O₂", "L"), ("W₁, b₁", "O₁"), ("W₂, b₂", "O₂")]
BACK = [
    ("L", "∂L/∂L"),
    ("∂L/∂L", "∂L/∂O₂"),
    ("∂L/∂O₂", "∂L/∂H"),
    ("∂L/∂H", "∂L/∂O₁"),
    ("∂L/∂O₁", "∂L/∂W₁"),
    ("∂L/∂O₂", "∂L/∂W₂"),
]


@pytest.fixture(autouse=True)
def _close_figures():
    yield
    plt.close("all")


def on_paper(ax):
    """Return each text's place, and each arrow's ends and colour, in pixels."""
    ax.figure.draw_without_rendering()
    texts = [text for text in ax.texts if text.get_text()]
    places = {text.get_text(): ax.transData.transform(text.get_position()) for text in texts}
    arrows = [
        (*ax.transData.transform([text.xyann, text.xy]), text.arrow_patch.get_edgecolor())
        for text in ax.texts
        if getattr(text, "arrow_patch", None)
    ]
    return places, arrows


@pytest.mark.parametrize("narrowed", [False, True])
def test_the_graph_has_the_arrows_of_the_network_and_no_others(narrowed):
    ax = pictures.draw_graph(narrow=narrowed)
    places, arrows = on_paper(ax)
    names = [*dict.fromkeys(name for pair in FORTH + BACK for name in pair)]
    boxes = np.array([places[name] for name in names])

    def nearest(point):
        return names[np.argmin(np.linalg.norm(boxes - point, axis=1))]

    found = {BLUE: set(), ORANGE: set()}
    for start, end, colour in arrows:
        found[to_hex(colour)].add((nearest(start), nearest(end)))
    assert found == {BLUE: set(FORTH), ORANGE: set(BACK)}


@pytest.mark.parametrize("narrowed", [False, True])
def test_no_word_of_the_graph_touches_another_or_leaves_the_picture(narrowed):
    figure = pictures.draw_graph().figure
    if narrowed:
        figure = narrow(figure)
    figure.draw_without_rendering()
    ax = figure.axes[0]
    boxes = [text.get_window_extent() for text in ax.texts if text.get_text()]
    for k, box in enumerate(boxes):
        assert figure.bbox.x0 <= box.x0
        assert box.x1 <= figure.bbox.x1
        assert not [other for other in boxes[:k] if box.overlaps(other)]


def test_planes_colour_the_winner_and_mark_each_class_in_its_own_way():
    winners = np.array([[0, 1], [1, 2]])
    X, y = np.array([[0.0, 0.0], [1.0, 1.0], [1.0, 0.0]]), np.array([0, 2, 1])
    plane = pictures.Plane("three", winners, (-1, 2, -1, 3), X, y)
    for arranged in (False, True):
        axes = pictures.draw_planes([plane, plane], narrow=arranged)
        for ax in axes:
            assert ax.get_title(loc="left") == "three"
            (image,) = ax.images
            colours = np.asarray(image.get_array()).reshape(-1, 4)[:, :3]
            assert len(np.unique(colours, axis=0)) == 3
            assert (*ax.get_xlim(), *ax.get_ylim()) == plane.extent
            points = {line.get_marker(): line.get_xydata().tolist() for line in ax.lines}
            assert points == {"o": [[0, 0]], "^": [[1, 1]], "s": [[1, 0]]}
        (first, second) = (ax.get_position().bounds for ax in axes)
        assert np.isclose(first[0], second[0]) == arranged


def test_a_pair_without_a_gain_is_dashed():
    pairs = np.array([[0.9, 0.95], [0.93, 0.93], [0.94, 0.91]])
    ax = pictures.draw_pairs(pairs, names=("one", "other"))
    assert [line.get_linestyle() for line in ax.lines] == ["-", "--", "--"]
    for line, pair in zip(ax.lines, pairs, strict=True):
        np.testing.assert_array_equal(line.get_ydata(), pair)
    assert [label.get_text() for label in ax.get_xticklabels()] == ["one", "other"]
