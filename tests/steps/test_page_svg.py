"""A figure on a page: well-formed, quiet, light, in the theme's ink and the page's letters."""

import re
from xml.etree import ElementTree

import matplotlib.pyplot as plt
import numpy as np
import pytest

import softmax_steps.figure_style  # noqa: F401  gives matplotlib the book's style
from softmax_steps.page_svg import page_svg
from softmax_steps.palette import FIGURE

INK, MUTED, GRID, PAPER = (FIGURE[name] for name in ("ink", "muted", "grid", "paper"))


def draw(height=1.0):
    """Draw a figure with clips, an image, markers, and ink of every themed colour."""
    with plt.style.context("softmax_steps.book"):
        figure, ax = plt.subplots()
        ax.plot([0, 1], [0, height], "o-", color=INK)
        ax.plot([0, 1], [height, 0], "s", color=PAPER)
        ax.imshow(np.eye(2), extent=(0, 1, 0, 1))
        ax.grid(color=GRID)
        ax.set_xlabel("λ = 0.12345, no unit & more", color=MUTED)
    return figure


def ids(svg):
    return re.findall(r'\bid="([^"]*)"', svg)


def test_the_picture_is_well_formed_and_as_wide_as_its_figure():
    svg = page_svg(draw())
    root = ElementTree.fromstring(svg)
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert root.get("aria-hidden") == "true"
    assert root.get("viewBox").startswith("0 0 403.2 ")
    assert "max-width: 538px" in root.get("style")


def test_text_is_text_as_it_was_written():
    """It can be searched, and takes the page's font; a number in it is not rounded."""
    assert ">λ = 0.12345, no unit &amp; more</text>" in page_svg(draw())


def test_nothing_of_the_picture_reaches_the_page_around_it():
    svg = page_svg(draw())
    assert "<metadata" not in svg
    assert "<style" not in svg
    assert "<?xml" not in svg
    assert "<!" not in svg
    assert not re.search(r'(src|href)="(?!#|data:)', svg)


def test_an_id_is_there_because_something_refers_to_it_and_defined_once():
    svg = page_svg(draw())
    defined = ids(svg)
    assert len(defined) == len(set(defined)) >= 3
    assert set(defined) == set(re.findall(r'(?:href="|url\()#([^")]+)', svg))


@pytest.mark.parametrize(("height", "mark"), [(2.0, "a"), (1.0, "b")], ids=["drawing", "mark"])
def test_two_pictures_on_a_page_share_no_id(height, mark):
    one, two = page_svg(draw(), "a"), page_svg(draw(height), mark)
    assert not set(ids(one)) & set(ids(two))


@pytest.mark.parametrize("style", ["softmax_steps.book", "default"])
def test_the_same_drawing_gives_the_same_bytes(style):
    with plt.style.context(style):
        one, two = (page_svg(draw()) for _ in range(2))
    assert one == two


def test_no_number_is_finer_than_a_hundredth_of_a_point():
    """Unless it is below 1, as factors are: rounded to a hundredth, they would move much."""
    root = ElementTree.fromstring(page_svg(draw()))
    for node in root.iter():
        for name in ("d", "x", "y", "transform"):
            numbers = re.findall(r"-?\d+\.\d+", node.get(name, ""))
            assert not [n for n in numbers if abs(float(n)) >= 1 and len(n.split(".")[1]) > 2]


def test_rounding_moves_no_line_by_more_than_a_hundredth_of_a_point():
    with plt.style.context("softmax_steps.book"):
        figure, ax = plt.subplots()
        x = np.linspace(0, 1, 50)
        (line,) = ax.plot(x, np.sin(9 * x), color="#123456", marker="")
        line.get_path().should_simplify = False
    svg = page_svg(figure)
    (path,) = re.findall(r'd="([^"]*)"[^>]*stroke: #123456', svg)
    drawn = np.array(re.findall(r"-?[\d.]+", path), dtype=float).reshape(-1, 2)
    ends = ax.transData.transform([(x[0], np.sin(9 * x[0])), (x[-1], np.sin(9 * x[-1]))])
    height = figure.get_figheight() * 72
    expected = ends * 72 / figure.dpi * [1, -1] + [0, height]
    np.testing.assert_allclose(drawn[[0, -1]], expected, atol=0.011)


def test_ink_follows_the_theme_and_other_colours_stay():
    svg = page_svg(draw())
    for colour, name in {INK: "ink", MUTED: "muted", GRID: "grid", PAPER: "paper"}.items():
        assert f"var(--sms-{name}, {colour})" in svg
        assert colour not in svg.replace(f"var(--sms-{name}, {colour})", "")
    assert "var(--sms-font, sans-serif)" in svg
    assert "DejaVu" not in svg


def test_the_house_style_uses_the_inks_that_a_page_replaces():
    with plt.style.context("softmax_steps.book"):
        used = {
            plt.rcParams[name].lower().lstrip("#")
            for name in plt.rcParams
            if name.endswith(("labelcolor", "edgecolor", "tick.color", "grid.color", "text.color"))
            and name.startswith(("axes", "xtick", "ytick", "text", "grid"))
        }
    assert used == {ink.lstrip("#") for ink in (INK, MUTED, GRID)}
