"""A page's figures take their words from the cell's metadata; one without words fails the build."""

import html
import re
from pathlib import Path

import matplotlib.pyplot as plt
import pytest
from docutils import nodes

from softmax_book.building.site import BuildError
from softmax_book.pages.figures import add_words_to_cell
from softmax_book.sources import read_book, read_figure_words
from softmax_steps.notebook import show

WORDS = {"alt": "A line that rises.", "caption": "Up & up."}


def draw(**words):
    figure, ax = plt.subplots()
    ax.plot([0, 1])
    return show(figure, **words)


def make_cell(*figures, metadata):
    """Make a code cell as myst-nb leaves it in a page."""
    cell = nodes.container(nb_element="cell_code", cell_metadata=metadata)
    for figure in figures:
        data = figure._repr_mimebundle_()
        bundle = nodes.container(nb_element="mime_bundle")
        bundle += nodes.container(
            "", nodes.raw("", data["text/html"], format="html"), mime_type="text/html"
        )
        bundle += nodes.container("", nodes.image(uri="a.png"), mime_type="image/png")
        bundle += nodes.container(
            "",
            nodes.literal_block(data["text/plain"], data["text/plain"]),
            mime_type="text/plain",
        )
        cell += bundle
    return cell


def test_the_words_reach_every_form_of_the_output():
    cell = make_cell(draw(), metadata={"figure": WORDS})
    add_words_to_cell(cell)
    (page,), (image,), (plain,) = (
        list(cell.findall(kind)) for kind in (nodes.raw, nodes.image, nodes.literal_block)
    )
    assert 'role="img" aria-label="A line that rises."><div' in page.astext()
    assert "<figcaption>Up &amp; up.</figcaption></figure>" in page.astext()
    assert image["alt"] == "A line that rises."
    assert plain.astext() == "A line that rises."


def test_values_of_the_kernel_are_put_in():
    cell = make_cell(
        draw(values={"end": "1.00"}), metadata={"figure": {"alt": "It rises to {end}."}}
    )
    add_words_to_cell(cell)
    assert 'aria-label="It rises to 1.00."' in next(cell.findall(nodes.raw)).astext()
    assert next(cell.findall(nodes.literal_block)).astext() == "It rises to 1.00."


def test_words_in_the_code_stay():
    cell = make_cell(draw(alt="In the code."), metadata={})
    before = cell.deepcopy()
    add_words_to_cell(cell)
    assert str(cell) == str(before)


@pytest.mark.parametrize(
    ("figures", "metadata", "message"),
    [
        ([{}], {}, "a picture has no alt text"),
        ([{"caption": "Up."}], {}, "a picture has no alt text"),
        ([{"alt": "A"}, {}], {}, "a picture has no alt text"),
        ([{"alt": "A"}], {"figure": WORDS}, "shows 1 pictures, of which 0 lack"),
        ([{}, {}], {"figure": WORDS}, "shows 2 pictures, of which 2 lack"),
        ([], {"figure": WORDS}, "shows 0 pictures, of which 0 lack"),
        ([{}], {"figure": {"alt": "{end}"}}, r"ask for \['end'\]"),
    ],
)
def test_a_cell_whose_pictures_and_words_do_not_fit_is_refused(figures, metadata, message):
    cell = make_cell(*(draw(**words) for words in figures), metadata=metadata)
    with pytest.raises(ValueError, match=message):
        add_words_to_cell(cell)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("A line.", "expected alt and caption"),
        ({"alt": "A line.", "titel": "T"}, "expected alt and caption"),
        ({"alt": " "}, "expected a sentence"),
        ({"alt": ["A line."]}, "expected a sentence"),
        ({"alt": "A line.", "caption": None}, "expected a sentence"),
        ({"caption": "Up."}, "figure has no alt"),
    ],
)
def test_metadata_that_says_something_else_is_refused(words, message):
    with pytest.raises(ValueError, match=message):
        read_figure_words({"figure": words})


CELL = """\
```{code-cell} ipython3
import matplotlib.pyplot as plt
from softmax_steps.notebook import show

figure, ax = plt.subplots()
show(figure, values={"end": "1.00"})
```
"""


def test_a_built_page_has_the_words_and_not_the_values_apart(sample):
    page = sample.read_page()
    alt = "It rises to 1.00: &quot;up&quot; &amp; on the next line."
    assert len(re.findall(r'<figure class="sms-figure"', page)) == 1
    assert f'role="img" aria-label="{alt}"' in page
    assert "<figcaption>Up.</figcaption>" in page
    assert "data-values" not in page
    assert "Show the code of this figure" in page
    assert "<details" in page[: page.index("cell_input")]


def test_a_figure_without_an_alt_text_fails_the_build_and_its_line_is_named(toy_book):
    toy_book.write_page("Some prose.\n\n" + CELL)
    with pytest.raises(BuildError) as caught:
        toy_book.build()
    fault = re.search(r"book/index\.md:(\d+): WARNING: a picture has no alt", str(caught.value))
    lines = (toy_book.root / "book" / "index.md").read_text().splitlines()
    cell = range(lines.index("```{code-cell} ipython3") + 1, lines.index("```") + 2)
    assert int(fault[1]) in cell


PAGES = {
    name: page
    for name, page in read_book(Path(__file__).parents[3]).items()
    if any("show(" in cell.code for cell in page.cells)
}
TAG = re.compile(r"<[^>]*>")


@pytest.mark.parametrize("name", PAGES)
def test_an_alt_text_of_the_book_is_read_aloud_and_nowhere_seen(site, name):
    """A reader who is asked to predict what a figure shows must not find the answer in the page."""
    alts = [cell.options["figure"]["alt"] for cell in PAGES[name].cells if "figure" in cell.options]
    page = (site / f"{name}.html").read_text("utf-8")
    labels = [html.unescape(label) for label in re.findall(r'role="img" aria-label="(.*?)"', page)]
    text = html.unescape(TAG.sub("", page))
    for alt in alts:
        start = alt.split("{")[0]  # before the first value
        assert sum(label.startswith(start) for label in labels) == 1, alt
        assert start not in text, alt
