import re
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from softmax_book.exports.notebooks import Book, plain_markdown, read_citations, to_notebook

ROOT = Path(__file__).parents[3]
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


def chapters():
    return sorted(
        path.stem
        for path in (ROOT / "book").glob("*.md")
        if "kernelspec" in path.read_text("utf-8")
    )


@pytest.mark.parametrize("name", chapters())
def test_each_chapter_can_be_downloaded_as_a_notebook(site, name):
    page = (site / "book" / f"{name}.html").read_text("utf-8")
    assert f'href="../_sources/book/{name}.ipynb"' in page
    notebook = nbformat.read(site / "_sources" / "book" / f"{name}.ipynb", as_version=4)
    nbformat.validate(notebook)
    source = (ROOT / "book" / f"{name}.md").read_text("utf-8")
    code = [cell for cell in notebook.cells[2:] if cell.cell_type == "code"]
    assert len(code) == len(re.findall(r"^```\{code-cell\}", source, re.MULTILINE))
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
