"""A page as a notebook, with what its reader has written, and back."""

import copy

import nbformat
import pytest

from softmax_book.exports.notebooks import Book, to_notebook
from softmax_book.sources import Cell, read_book, read_text

from ..serving import ROOT

CHAPTER = """\
# A chapter

Text before.

```{code-cell} ipython3
x = 1
```

Text between.

```{code-cell} ipython3
---
tags: [hide-input]
figure:
  alt: A line.
---
show(x)
```

```{code-cell} ipython3
print(x)
```
"""
CODES = ["x = 1", "show(x)", "print(x)"]


def make_book(chapter=CHAPTER):
    return to_notebook(chapter, Book(title="Toy"))


BOOK = make_book()


def page(texts=CODES, own=((), (), ()), codes=CODES):
    return [
        {"name": f"name-{code}", "code": code, "text": text, "own": list(below)}
        for code, text, below in zip(codes, texts, own, strict=True)
    ]


@pytest.fixture
def write(in_node):
    def write(*arguments, book=BOOK, **options):
        data = [book, page(*arguments, **options)]
        body = "return page.writeNotebook(data[0], data[1], 'book/toy.html');"
        made = in_node("notebook_file", body, data)
        nbformat.validate(made)
        return made

    return write


@pytest.fixture
def read(in_node):
    def read(notebook, book=BOOK, codes=CODES):
        data = [notebook, book, page(codes, [()] * len(codes), codes)]
        body = "return page.readWork(page.readNotebook(JSON.stringify(data[0])), data[1], data[2]);"
        found = in_node("notebook_file", body, data)
        edits = {each["at"]: each["text"] for each in found["edits"]}
        return edits, [(each["below"], each["text"]) for each in found["own"]]

    return read


def sources(notebook, kind="code"):
    return ["".join(cell["source"]) for cell in notebook["cells"] if cell["cell_type"] == kind]


def edit(notebook, number, text):
    """Edit a cell of code as Jupyter does; 0 is the one that installs the book's package."""
    edited = copy.deepcopy(notebook)
    [cell for cell in edited["cells"] if cell["cell_type"] == "code"][number]["source"] = text
    return edited


NO_WORK = ({}, [])


def test_a_page_without_work_is_the_books_notebook(write, read):
    made = write()
    assert made["cells"] == BOOK["cells"]
    assert read(made) == NO_WORK
    assert read(BOOK) == NO_WORK


def test_work_comes_back_from_the_notebook_that_it_was_written_to(write, read):
    note = "%%markdown\nI *see*."
    made = write(["x = 2\ny = 3", "show(x)", ""], [["a = 1", note], [], ["a = 1"]])
    _, *chapter = sources(made)
    assert chapter == ["x = 2\ny = 3", "a = 1", 'show(\n    x,\n    alt="A line.",\n)', "", "a = 1"]
    assert "I *see*." in sources(made, "markdown")  # a cell of text, in Jupyter too
    assert len({cell["id"] for cell in made["cells"]}) == len(made["cells"])
    assert read(made) == (
        {0: "x = 2\ny = 3", 2: ""},
        [(0, "a = 1"), (0, note), (2, "a = 1")],
    )


def test_an_edit_made_in_jupyter_is_found_by_its_id(read):
    # Also one that says what another cell of the book says.
    assert read(edit(BOOK, 3, "x = 1")) == ({2: "x = 1"}, [])
    assert read(edit(BOOK, 2, "show(x, alt='Mine.')")) == ({1: "show(x, alt='Mine.')"}, [])
    assert read(edit(BOOK, 0, "# nothing to install")) == NO_WORK


def test_cells_without_ids_are_found_by_the_books_code(read):
    strange = edit(BOOK, 1, "x = 5")
    for count, cell in enumerate(strange["cells"]):
        cell["id"] = f"other-{count}"
    # Nothing says which cell it was.
    assert read(strange) == ({}, [(0, "x = 5")])


def test_what_was_added_in_jupyter_is_never_dropped(read):
    added = copy.deepcopy(BOOK)
    new = nbformat.v4
    added["cells"] += [
        new.new_code_cell("mine = 1"),
        new.new_code_cell("x = 1"),  # as a cell of the book, and not one
        new.new_markdown_cell("My note."),
        new.new_raw_cell("raw"),
        new.new_code_cell("  "),
    ]
    expected = ["mine = 1", "x = 1", "%%markdown\nMy note.", "%%markdown\nraw"]
    assert read(added) == ({}, [(2, text) for text in expected])


def test_ids_of_another_edition_are_not_believed(write, read):
    # The book has a new first cell, and so each cell the id of the next.
    newer = make_book(
        CHAPTER.replace("before.\n", "before.\n\n```{code-cell} ipython3\nnew = 0\n```\n")
    )
    codes = ["new = 0", *CODES]
    assert read(edit(BOOK, 1, "x = 5"), newer, codes) == ({}, [(0, "x = 5")])
    # But the page's own download knows which cell it was.
    own = write(["x = 5", *CODES[1:]])
    assert read(own, newer, codes)[0] == {1: "x = 5"}


def test_an_edit_of_a_cell_that_the_book_has_changed_replaces_nothing(write, read):
    newer = make_book(CHAPTER.replace("print(x)", "print(x + 1)"))
    codes = [*CODES[:2], "print(x + 1)"]
    assert read(write([*CODES[:2], "print(-x)"]), newer, codes) == ({}, [(1, "print(-x)")])
    assert read(write(), newer, codes) == NO_WORK  # what nobody has edited is no work


# What Jupyter, Colab and old programs write, and what is no notebook.
@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "it is no notebook"),
        ("\x89PNG", "it is no notebook"),
        ("null", "no list of cells"),
        ("[1, 2]", "no list of cells"),
        ('{"nbformat": 4}', "no list of cells"),
        ('{"nbformat": 4, "cells": {}}', "no list of cells"),
        ('{"nbformat": 3, "worksheets": []}', "of notebook format 3, not 4"),
        ('{"nbformat": 5, "cells": []}', "of notebook format 5, not 4"),
        ('{"nbformat": 4, "cells": [null]}', "its cell 1 is damaged"),
        ('{"nbformat": 4, "cells": [{"cell_type": "code"}]}', "its cell 1 is damaged"),
        ('{"nbformat": 4, "cells": [{"cell_type": "code", "source": [1]}]}', "cell 1 is damaged"),
        (
            '{"nbformat": 4, "cells": [], "metadata": {"kernelspec": {"language": "R"}}}',
            "it is written in R, and this page runs Python",
        ),
    ],
)
def test_a_file_that_is_no_notebook_is_named_in_one_line(in_node, text, said):
    found = in_node("notebook_file", "return page.readNotebook(data);", text)
    assert said in found["thrown"]
    assert "\n" not in found["thrown"]


def test_the_notebook_of_each_chapter_has_the_pages_cells_in_their_order():
    for name, about in read_book(ROOT).items():
        if not about.shows_code:
            continue
        text = (ROOT / f"{name}.md").read_text("utf-8")
        shown = [part.code for part in read_text(text).parts if isinstance(part, Cell)]
        made = to_notebook(text, Book(), name)
        written = [cell["source"] for cell in made["cells"] if cell["cell_type"] == "code"][1:]
        assert len(written) == len(shown), name
