"""A figure for a phone: as wide as one, with letters that can be read, and nothing cut."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.text import Text

from softmax_steps.figure_style import PHONE_WIDTH, arranged_for_phones, narrow

SMALLEST = 11 * 72 / 96  # points that are 11 pixels on a phone of 390


def letters(figure):
    figure.draw_without_rendering()
    return [text for text in figure.findobj(Text) if text.get_visible() and text.get_text()]


@pytest.fixture(autouse=True)
def book_style():
    with plt.style.context("softmax_steps.book"):
        yield
    plt.close("all")


def draw_line():
    figure, ax = plt.subplots()
    ax.plot([0, 1], [0, 1000])
    ax.set(xlabel="time", ylabel="way")
    return figure


def test_a_figure_becomes_as_wide_as_a_phone_and_keeps_its_height():
    height = draw_line().get_figheight()
    assert narrow(draw_line()).get_size_inches() == pytest.approx([PHONE_WIDTH, height])


def test_squares_stay_squares_so_that_the_figure_gets_lower():
    figure, ax = plt.subplots(figsize=(2 * PHONE_WIDTH, 6))
    ax.imshow(np.eye(3))
    assert narrow(figure).get_size_inches() == pytest.approx([PHONE_WIDTH, 3])


def test_no_letter_is_below_11_pixels_and_none_leaves_the_paper():
    figure = narrow(draw_line())
    width, height = figure.get_size_inches()
    for text in letters(figure):
        assert text.get_fontsize() >= SMALLEST, text
    box = figure.get_tightbbox()  # in inches
    assert -0.01 <= box.x0 <= box.x1 <= width + 0.01
    assert -0.01 <= box.y0 <= box.y1 <= height + 0.01


def test_a_picture_with_an_arrangement_for_phones_is_drawn_anew():
    @arranged_for_phones
    def draw(count, *, narrow=False):
        size = (PHONE_WIDTH, count) if narrow else (5.6, 1)
        return plt.subplots(count if narrow else 1, 1 if narrow else count, figsize=size)[1]

    figure = narrow(draw(3)[0].figure)
    assert figure.get_size_inches() == pytest.approx([PHONE_WIDTH, 3])
    assert figure.axes[0].get_subplotspec().get_gridspec().get_geometry() == (3, 1)
    assert all(text.get_fontsize() >= SMALLEST for text in letters(figure))


@pytest.mark.parametrize("width", [2, PHONE_WIDTH])
def test_a_figure_that_is_narrow_needs_no_other(width):
    assert narrow(plt.figure(figsize=(width, 2))) is None


def test_a_figure_that_nothing_lays_out_is_left_as_it_is():
    figure = plt.figure(layout="none")
    size = figure.get_size_inches()
    assert narrow(figure) is None
    np.testing.assert_array_equal(figure.get_size_inches(), size)


def test_a_figure_that_does_not_fit_a_phone_has_no_second_drawing():
    """A reader's own: one axes beside the other, each with a label of a hundred letters."""
    figure, axes = plt.subplots(1, 12)
    for ax in axes:
        ax.set_ylabel("way\n" * 4)
    assert narrow(figure) is None
