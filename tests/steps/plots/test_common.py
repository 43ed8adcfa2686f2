"""The shared pictures draw the numbers they are given, on scales that do not mislead."""

import matplotlib.colors
import matplotlib.pyplot as plt
import numpy as np
import pytest

from softmax_steps.figure_style import PHONE_WIDTH
from softmax_steps.notebook import show
from softmax_steps.palette import BLUE, GREEN, MAPS, OCHRE, ORANGE, PURPLE, SKY
from softmax_steps.plots.common import (
    CLASS_COLOURS,
    CLASS_MARKERS,
    draw_images,
    draw_matrix,
)


@pytest.fixture
def rows():
    return np.random.default_rng(0).normal(size=(7, 6))


def test_each_row_becomes_the_image_of_its_shape(rows):
    before = rows.copy()
    axes = draw_images(rows, shape=(2, 3), titles="abcdefg", columns=3)
    assert axes.shape == (7,)
    for ax, row, title in zip(axes, rows, "abcdefg", strict=True):
        assert isinstance(ax, plt.Axes)
        np.testing.assert_array_equal(ax.images[0].get_array(), row.reshape(2, 3))
        assert ax.get_title() == title
    assert len(axes[0].figure.axes) == 9  # three lines of three, the last two of them empty
    assert all(not ax.axison for ax in axes[0].figure.axes)
    np.testing.assert_array_equal(rows, before)


def test_all_images_share_one_scale_whose_middle_is_0(rows):
    rows[0] = 0.01
    axes = draw_images(rows, shape=(2, 3), diverging=True)
    top = np.abs(rows).max()
    assert {ax.images[0].get_clim() for ax in axes} == {(-top, top)}
    assert axes[0].images[0].get_cmap().name == MAPS["signed"]


def test_images_of_ink_go_from_the_smallest_to_the_largest_number(rows):
    axes = draw_images(rows, shape=(2, 3))
    assert {ax.images[0].get_clim() for ax in axes} == {(rows.min(), rows.max())}


def test_weights_that_are_all_0_are_white():
    (ax,) = draw_images(np.zeros((1, 4)), shape=(2, 2), diverging=True, columns=1)
    image = ax.images[0]
    np.testing.assert_allclose(image.to_rgba(image.get_array())[..., :3], 0.97, atol=0.01)


def test_the_scale_carries_its_label(rows):
    axes = draw_images(rows, shape=(2, 3), label="weight")
    (bar,) = [ax for ax in axes[0].figure.axes if ax.get_label() == "<colorbar>"]
    assert bar.get_ylabel() == "weight"


def test_a_matrix_is_written_as_it_is_coloured():
    _, ax = plt.subplots()
    matrix = np.array([[0.059, -0.067], [-0.367, 0.0]])
    assert draw_matrix(ax, matrix, row_labels="12", column_labels="ab") is ax
    assert [text.get_text() for text in ax.texts] == ["0.06", "−0.07", "−0.37", "0.00"]
    assert [text.get_position() for text in ax.texts] == [(0, 0), (1, 0), (0, 1), (1, 1)]
    assert ax.images[0].get_clim() == (-0.367, 0.367)
    np.testing.assert_array_equal(ax.images[0].get_array(), matrix)
    assert [label.get_text() for label in ax.get_xticklabels()] == ["a", "b"]
    assert [label.get_text() for label in ax.get_yticklabels()] == ["1", "2"]


def test_a_matrix_of_probabilities_starts_at_0():
    _, ax = plt.subplots()
    options = {"row_labels": "1", "column_labels": "ab", "digits": 3, "diverging": False}
    draw_matrix(ax, [[0.25, 0.75]], **options)
    assert ax.images[0].get_clim() == (0, 0.75)
    assert [text.get_text() for text in ax.texts] == ["0.250", "0.750"]


@pytest.mark.parametrize("diverging", [True, False])
def test_a_matrix_of_zeros_can_be_drawn(diverging):
    _, ax = plt.subplots()
    draw_matrix(ax, np.zeros((1, 1)), row_labels="1", column_labels="a", diverging=diverging)
    assert ax.images[0].get_clim() == (-1.0 if diverging else 0.0, 1.0)


@pytest.mark.parametrize("diverging", [True, False])
def test_the_numbers_can_be_read_on_every_cell(diverging):
    _, ax = plt.subplots()
    matrix = np.linspace(-1 if diverging else 0, 1, 21)[np.newaxis]
    labels = [""] * 21
    draw_matrix(ax, matrix, row_labels=[""], column_labels=labels, diverging=diverging)
    cells = ax.images[0].to_rgba(matrix)[0, :, :3]
    for text, cell in zip(ax.texts, cells, strict=True):
        ink = np.array(matplotlib.colors.to_rgb(text.get_color()))
        assert contrast(ink, cell) >= 4.5


@pytest.mark.parametrize("paper", ["#ffffff", "#14181e"])
@pytest.mark.parametrize("colour", [BLUE, ORANGE, GREEN, PURPLE, OCHRE, SKY])
def test_every_colour_can_be_seen_on_light_and_on_dark_paper(colour, paper):
    to_rgb = matplotlib.colors.to_rgb
    assert contrast(np.array(to_rgb(colour)), np.array(to_rgb(paper))) >= 2.5


def test_classes_differ_by_more_than_colour():
    assert len(set(CLASS_COLOURS)) == len(set(CLASS_MARKERS)) == 3


def test_shared_pictures_can_be_shown(rows):
    axes = draw_images(rows, shape=(2, 3), diverging=True, label="weight")
    assert "<svg" in show(axes[0].figure, alt="Seven images.").svg


def contrast(one, two):
    """Return the contrast ratio of two colours as WCAG 2 defines it."""

    def luminance(rgb):
        linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
        return linear @ [0.2126, 0.7152, 0.0722]

    brighter, darker = sorted((luminance(one), luminance(two)), reverse=True)
    return (brighter + 0.05) / (darker + 0.05)


def test_on_a_phone_the_scale_is_below_and_a_long_title_has_two_lines(rows):
    titles = [f"{k} → 9, 57 %" for k in range(7)]
    axes = draw_images(rows, shape=(2, 3), titles=titles, label="ink", narrow=True)
    (bar,) = [ax for ax in axes[0].figure.axes if ax.get_label() == "<colorbar>"]
    assert bar.get_xlabel() == "ink"
    assert axes[0].get_title() == "0 → 9,\n57 %"
    assert axes[0].figure.get_figwidth() == PHONE_WIDTH
