"""The reader of MyST, on a page that holds what the book uses."""

import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from softmax_book import sources
from softmax_book.sources import (
    Cell,
    Directive,
    Heading,
    Link,
    Prose,
    SourceError,
    UnknownDirectiveError,
    chapters,
    code_cells,
    page_names,
    read_book,
    read_text,
)

ROOT = Path(__file__).parents[2]
PAGE = r"""---
kernelspec:
  name: python3
myst:
  html_meta:
    description: A page.
---
(the-title)=
# 1 · A *title* with $x$ and `code`

Text with a [link to **two**](02_b.md#part) and `[none](in_code.md)`,
and [another](https://example.org), `$$ x $$ (eq-inline)`.

```{code-cell} ipython3
:tags: [hide-input, raises-exception]

print('''  # a string, which holds Markdown
# No heading
$$ x $$ (eq-in-code)
''')
```

$$
a = b .
$$ (eq-first)

$$ 1 + 1 = 2 $$

$$ c = d $$ (eq-second)

(a-place)=
A paragraph.

:::{admonition} Also here
:class: tip

$$
e &= f
$$ (eq-third)

## Deeper [down](#a-place)
:::

```{math}
:label: eq-fourth
g = h
```

> $$
> i
> = j
> $$ (eq-fifth)

1. An item

   :::{dropdown} Solution
   See [here](#the-title).

   ```python
   "$$ x $$ (eq-in-block)"
   ```
   :::

::::{note}
:::{tip}
Text.
:::
::::

```{code-cell} ipython3
---
tags: hide-input
figure:
  caption: "Words: two"
---
1 + 1
```
"""


@pytest.fixture(scope="module")
def page():
    return read_text(PAGE, "01_a")


def line_of(words):
    """The line of the page in which these words stand for the first time."""
    return PAGE[: PAGE.index(words)].count("\n") + 1


def test_a_page_is_read_into_cells_and_the_text_between(page):
    assert [type(part) for part in page.parts] == [Prose, Cell, Prose, Cell]
    assert page.parts[0].text.startswith("(the-title)=\n# 1 ·")
    assert page.parts[0].line == line_of("(the-title)=")
    assert page.parts[2].text.startswith("$$\na = b")
    assert page.parts[2].text.endswith("::::")
    lines = page.text.splitlines()
    for part in page.parts:
        first = part.code_line if isinstance(part, Cell) else part.line
        text = part.code if isinstance(part, Cell) else part.text
        assert "\n".join(lines[first - 1 :]).startswith(text)


def test_a_cell_gives_its_code_and_its_options(page):
    first, second = page.cells
    assert first.line == line_of("```{code-cell}")
    assert first.code.startswith("print('''")
    assert first.tags == ["hide-input", "raises-exception"]
    assert second.code == "1 + 1"
    assert second.options == {"tags": "hide-input", "figure": {"caption": "Words: two"}}
    assert second.tags == ["hide-input"]
    assert code_cells(page.text) == [first, second]


def test_labelled_equations_are_found_wherever_they_stand_and_code_is_not(page):
    assert [(equation.label, equation.latex) for equation in page.equations] == [
        ("eq-first", "a = b ."),
        ("eq-second", "c = d"),
        ("eq-third", "e &= f"),
        ("eq-fourth", "g = h"),
        ("eq-fifth", "i\n= j"),
    ]
    assert {equation.chapter for equation in page.equations} == {"01_a"}
    assert page.equations[0].line == line_of("$$\na = b")
    assert page.equations[2].line == line_of("$$\ne &= f")


def test_directives_are_found_with_their_place(page):
    assert page.directives[0] == Directive(
        "admonition",
        "Also here",
        {"class": "tip"},
        "\n$$\ne &= f\n$$ (eq-third)\n\n## Deeper [down](#a-place)",
        line_of(":::{admonition}"),
        line_of(":class: tip") + 1,
    )
    assert [directive.name for directive in page.directives] == [
        "admonition", "math", "dropdown", "note", "tip"
    ]  # fmt: skip
    assert page.directives[2].line == line_of("   :::{dropdown}")


def test_a_heading_has_its_text_and_its_explicit_anchors(page):
    assert page.headings == (
        Heading("1 · A title with x and code", 1, ("the-title",), line_of("# 1 ·")),
        Heading("Deeper down", 2, (), line_of("## Deeper")),
    )
    assert page.anchors == ("the-title", "a-place")
    assert page.title == "1 · A title with x and code"


def test_links_are_found_and_what_looks_like_one_in_code_is_not(page):
    assert page.links == (
        Link("02_b.md#part", "link to two", line_of("Text with a")),
        Link("https://example.org", "another", line_of("and [another]")),
        Link("#a-place", "down", line_of("## Deeper")),
        Link("#the-title", "here", line_of("   See [here]")),
    )
    assert [(link.page, link.fragment) for link in page.links] == [
        ("02_b", "part"), (None, ""), ("", "a-place"), ("", "the-title")
    ]  # fmt: skip


def test_running_text_is_told_from_code(page):
    text = "\n".join(paragraph.text for paragraph in page.paragraphs)
    assert "A paragraph." in text
    assert "An item" in text
    assert "No heading" not in text
    assert "eq-in-block" not in text


def test_an_unknown_directive_stops_the_reader_and_says_where_to_teach_it():
    with pytest.raises(UnknownDirectiveError) as caught:
        read_text("# Title\n\n:::{note}\n:::{quiz} Which?\nThe answer.\n:::\n:::\n", "05_x")
    for words in ("05_x, line 4", "{quiz}", "MEANINGS in src/softmax_book/directives.py"):
        assert words in str(caught.value)


@pytest.mark.parametrize(
    "text",
    [
        ":::{code-cell}\n1\n:::",
        "> ```{code-cell}\n> 1\n> ```",
        "* item\n\n  ```{code-cell}\n  1\n  ```",
        "::::{note}\n```{code-cell}\n1\n```\n::::",
    ],
)
def test_a_cell_that_would_not_run_is_an_error(text):
    with pytest.raises(SourceError, match="this cell would not run"):
        read_text(text, "01_a")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("```{code-cell}\n:tags: [a\n1\n```", "01_a, line 1: this is not YAML"),
        ("```{code-cell}\n---\ntags: [a]\n1\n```", "01_a, line 1: the options have no closing"),
        ("---\n- a\n---\n", "01_a, line 1: expected  key: value"),
        (':::{note}\n:class: "tip\n:::', "01_a, line 1: the options of {note} cannot be read"),
    ],
)
def test_what_cannot_be_read_is_named_with_its_line(text, words):
    with pytest.raises(SourceError) as caught:
        read_text(text, "01_a")
    assert words in str(caught.value)


def test_an_unlabelled_equation_does_not_take_the_next_ones_label():
    equations = read_text("$$ 1 + 1 = 2 $$\n\n$$ a = b $$ (eq-a)\n", "01_score").equations
    assert [(equation.label, equation.latex) for equation in equations] == [("eq-a", "a = b")]


def test_pages_come_in_the_order_of_the_table_of_contents(tmp_path):
    (tmp_path / "_toc.yml").write_text(
        "format: jb-book\nroot: book/index\nparts:\n- caption: A\n  chapters:\n"
        "  - file: book/02_b\n    sections:\n    - file: book/10_c.md\n  - url: https://x.example\n"
        "- chapters:\n  - file: book/01_a\n"
    )
    names = ["book/index", "book/02_b", "book/10_c", "book/01_a"]
    assert page_names(tmp_path) == names
    (tmp_path / "book").mkdir()
    for name in names:
        (tmp_path / f"{name}.md").write_text("# Title\n")
    assert list(read_book(tmp_path)) == names
    assert [page.number for page in chapters(tmp_path)] == [2, 10, 1]


def test_pages_that_are_listed_by_a_pattern_are_refused(tmp_path):
    (tmp_path / "_toc.yml").write_text("root: book/index\nchapters:\n- glob: book/*\n")
    with pytest.raises(SourceError, match=r"book/\*"):
        page_names(tmp_path)


def test_every_page_of_the_book_can_be_read():
    for page in read_book(ROOT).values():
        assert page.headings, page.name
        if page.is_notebook:
            assert page.cells, page.name


def test_the_reader_and_the_website_know_the_same_dialect():
    settings = yaml.safe_load((ROOT / "_config.yml").read_text("utf-8"))
    assert list(sources.EXTENSIONS) == settings["parse"]["myst_enable_extensions"]


def test_the_reader_needs_no_sphinx():
    code = "import sys, softmax_book.sources; sys.exit('sphinx' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)
