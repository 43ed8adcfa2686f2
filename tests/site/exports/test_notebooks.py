import re
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from softmax_book.directives import (
    DATA,
    DIRECTIVES,
    IN_DOWNLOADS,
    ITSELF,
    MARKDOWN,
    TITLED_QUOTATION,
)
from softmax_book.edition import BookError
from softmax_book.exports.figure_words import add_words_to_source
from softmax_book.exports.notebooks import (
    WRITERS,
    Book,
    plain_markdown,
    read_citations,
    to_notebook,
)
from softmax_book.sources import (
    SourceError,
    flatten,
    read_blocks,
    read_book,
    read_text,
)

ROOT = Path(__file__).parents[3]
GOLDEN = Path(__file__).parent / "golden"
BOOK = Book(
    numbers={"eq-softmax": "3.1"},
    citations={"bishop2006": "Bishop, 2006"},
    notebooks={"04_cross_entropy"},
    title="The book",
)


@pytest.mark.parametrize(
    ("myst", "plain"),
    [
        ("see {eq}`eq-softmax`.", "see (3.1)."),
        ("as in {cite}`bishop2006`", "as in (Bishop, 2006)"),
        ("as {cite:t}`bishop2006` says", "as Bishop (2006) says"),
        ("{ref}`the title <target>`", "the title"),
        ("{func}`~softmax_steps.softmax`", "`softmax`"),
        ("`{eq}` stays in code", "`{eq}` stays in code"),
        ("[Chapter 4](04_cross_entropy.md)", "[Chapter 4](04_cross_entropy.ipynb)"),
        ("[the functions](api.md#step-1)", "[the functions](api.html#step-1)"),
        ("(a-target)=\n# Title", "# Title"),
        ("% a comment\ntext", "text"),
        ("a [word]{.big} here", "a word here"),
        ("$$\na = b\n$$ (eq-softmax)", "$$\na = b\n\\tag{3.1}\n$$"),
        ("$$ a = b $$", "$$ a = b $$"),
        ("```python\n$$ x $$ (eq-softmax)\n```", "```python\n$$ x $$ (eq-softmax)\n```"),
        (
            ":::{admonition} In this chapter\n:class: tip\n\n**You will** learn.\n:::",
            "> **In this chapter**\n>\n>\n> **You will** learn.",
        ),
        (
            ":::{note}\nRun\n```python\nx = 1\n```\n:::",
            "> **Note**\n>\n> Run\n> ```python\n> x = 1\n> ```",
        ),
        (
            ":::{dropdown} Solution\nIt is {eq}`eq-softmax`.\n:::",
            "<details><summary>Solution</summary>\n\nIt is (3.1).\n\n</details>",
        ),
        (
            "   :::{dropdown} Solution\n   Nested.\n   ```python\n   x = 1\n   ```\n   :::",
            "<details><summary>Solution</summary>\n\n   Nested.\n   ```python\n   x = 1\n   ```\n\n"
            "</details>",
        ),
        ("```{math}\n:label: eq-softmax\na = b\n```", "$$\na = b\n\\tag{3.1}\n$$"),
        ("::::{note}\n:::{dropdown} Why\nSo.\n:::\n::::", None),
    ],
)
def test_myst_becomes_markdown(myst, plain):
    text = plain_markdown(myst, BOOK)
    if plain is not None:
        assert text == plain
    assert ":::" not in text


def written(notebook):
    """A notebook's own cells as one text."""
    cells = (
        f"--- {cell.cell_type} {dict(cell.metadata)}\n{cell.source}\n"
        for cell in notebook.cells[2:]
    )
    return "".join(cells)


def test_a_chapter_becomes_the_notebook_that_is_kept_here():
    chapter = (GOLDEN / "chapter.md").read_text("utf-8")
    book = Book(
        numbers={
            "eq-softmax": "3.1",
            "eq-directive": "3.2",
            "eq-in-quotation": "3.3",
            "eq-quoted": "3.4",
        },
        citations={"bishop2006": "Bishop, 2006", "bridle1990": "Bridle, 1990"},
        notebooks={"02_score", "04_cross_entropy"},
    )
    assert written(to_notebook(chapter, book)) == (GOLDEN / "cells.txt").read_text("utf-8")


def test_the_kept_chapter_holds_every_construct_of_the_book():
    kept = constructs(read_text((GOLDEN / "chapter.md").read_text("utf-8")))
    for page in read_book(ROOT).values():
        if page.is_notebook:
            assert not constructs(page) - kept, f"{page.name}: add them to {GOLDEN}/chapter.md"


def constructs(page):
    """The directives and roles of a page, and the kinds of its blocks."""
    tokens = [block.token for block in flatten(read_blocks(page.text))]
    roles = {
        child.meta["name"]
        for token in tokens
        for child in token.children or ()
        if child.type == "myst_role"
    }
    changed = {
        token.type for token in tokens if token.type.startswith(("math", "myst", "attr", "amsmath"))
    }
    return {directive.name for directive in page.directives} | roles | changed


def test_every_directive_of_the_readers_has_a_writer():
    """Code, mathematics and cells are no frames around a text: they are written by their kind."""
    framed = {name for name, body in DIRECTIVES.items() if body in {MARKDOWN, DATA}}
    assert {name for name, shown in IN_DOWNLOADS.items() if shown != ITSELF} == framed
    assert set(WRITERS) | {ITSELF} == set(IN_DOWNLOADS.values())


def test_one_line_teaches_the_book_a_directive(monkeypatch):
    """What reads the pages, and what writes the downloads, draw from one place."""
    text = ":::{theorem} Pythagoras\nA *proof* follows.\n:::\n"
    with pytest.raises(SourceError, match=r"add a line to MEANINGS in src/softmax_book/directives"):
        plain_markdown(text, BOOK)
    monkeypatch.setitem(DIRECTIVES, "theorem", MARKDOWN)
    monkeypatch.setitem(IN_DOWNLOADS, "theorem", TITLED_QUOTATION)
    assert plain_markdown(text, BOOK) == "> **Pythagoras**\n>\n> A *proof* follows."


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            "# T\n\n:::{quiz} Which?\nThe answer.\n:::",
            "08_x, line 3: the directive {quiz} is unknown",
        ),
        ("# T\n\nA {answer}`42`.", "08_x, line 3: 'A {answer}`42`.' holds the role {answer}"),
        (
            "# T\n\n[a][b]\n\n[b]: 01_score.md",
            "08_x, line 3: '[a][b]' holds 'link_close' in a form",
        ),
        ("# T\n\n* :::{note}\n  a\n  :::", "08_x, line 3: '* :::{note}' begins behind the mark"),
    ],
)
def test_what_cannot_be_rewritten_is_an_error_and_never_printed_as_it_stands(text, words):
    with pytest.raises(SourceError) as caught:
        to_notebook(text, BOOK, "08_x")
    assert words in str(caught.value)


def test_a_directive_that_only_the_website_knows_fails_the_build(toy_book):
    toy_book.write_page(":::{card} Which?\nThe answer.\n:::\n\n```{code-cell}\n1 + 1\n```\n")
    with pytest.raises(BookError) as caught:
        toy_book.build()
    assert "the directive {card} is unknown to the readers of the book" in str(caught.value)
    downloads = toy_book.root / "_build" / "html" / "_sources"
    assert not list(downloads.rglob("*.ipynb"))


def test_a_notebook_has_no_outputs_and_always_the_same_ids():
    chapter = "# Title\n\n```{code-cell} ipython3\n1 + 1\n```\n\nText {eq}`eq-softmax`.\n"
    first, second = to_notebook(chapter, BOOK), to_notebook(chapter, BOOK)
    assert first == second
    assert [cell.cell_type for cell in first.cells] == [
        *("markdown", "code", "markdown", "code", "markdown")
    ]
    assert first.cells[3].outputs == []
    assert first.cells[4].source == "Text (3.1)."
    assert first.metadata.kernelspec.name == "python3"


def test_works_are_cited_by_author_and_year():
    named = read_citations(ROOT / "book" / "references.bib")
    assert named["bishop2006"] == "Bishop, 2006"
    assert named["squire1998"] == "Squire and Trapp, 1998"
    assert named["goodfellow2016"] == "Goodfellow et al., 2016"


NOTEBOOKS = {name: page for name, page in read_book(ROOT).items() if page.is_notebook}


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_each_chapter_can_be_downloaded_as_a_notebook(site, name):
    assert f'href="../_sources/{name}.ipynb"' in (site / f"{name}.html").read_text("utf-8")
    notebook = nbformat.read(site / "_sources" / f"{name}.ipynb", as_version=4)
    nbformat.validate(notebook)
    code = [cell.source for cell in notebook.cells[2:] if cell.cell_type == "code"]
    assert code == [add_words_to_source(cell.code, cell.options) for cell in NOTEBOOKS[name].cells]
    text = "\n".join(
        re.sub(r"```.*?```|`[^`]*`", "", cell.source, flags=re.DOTALL)
        for cell in notebook.cells
        if cell.cell_type == "markdown"
    )
    left_over = re.findall(r":::|\{[\w:-]+\}`|\$\$ ?\([\w-]+\)|^\(\S+\)=$", text, re.MULTILINE)
    assert not left_over


def test_a_downloaded_notebook_runs_as_it_is(site, tmp_path):
    notebook = nbformat.read(site / "_sources" / "book" / "notation.ipynb", as_version=4)
    NotebookClient(
        notebook,
        timeout=600,
        startup_timeout=600,
        kernel_name="python3",
        resources={"metadata": {"path": tmp_path}},
    ).execute()
    assert any(cell.get("outputs") for cell in notebook.cells)
