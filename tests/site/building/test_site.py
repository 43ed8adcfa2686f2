"""A book of one page, built under the real settings."""

import re

import pytest

from softmax_book.building.freshness import (
    chapter_code,
    chapter_keys,
    everything_imported,
    imported_modules,
    stale_chapters,
)
from softmax_book.building.site import BuildError, main

CELL = "```{code-cell} ipython3\n%s\n```\n"


def test_a_page_runs_again_when_it_must_and_only_then(toy_book):
    assert list(toy_book.build().ran) == ["book/index"]

    toy_book.write_page("More prose.\n\n" + CELL % "from softmax_steps.toy import answer\nanswer")
    report = toy_book.build()
    assert report.ran == {}
    assert report.remembered == ["book/index"]
    assert "More prose." in toy_book.read_page()

    toy_book.write_module("answer = 4321\n")
    report = toy_book.build()
    assert list(report.ran) == ["book/index"]
    assert report.changed_code == ["book/index.md"]
    assert "4321" in toy_book.read_page()

    toy_book.write_page(CELL % "6 * 111")
    assert list(toy_book.build().ran) == ["book/index"]
    assert "666" in toy_book.read_page()


def test_a_failing_cell_fails_the_build_and_is_shown(toy_book):
    toy_book.write_page(CELL % "first = 1" + "\n" + CELL % "second = first / 0")
    with pytest.raises(BuildError) as caught:
        toy_book.build()
    message = str(caught.value)
    assert "book/index.md" in message
    assert "second = first / 0" in message
    assert "ZeroDivisionError: division by zero" in message
    assert str(toy_book.root) + "/" not in message
    assert "\x1b" not in message


FAULTS = {
    "nowhere": "[A link](nowhere.md)\n",
    "KaTeX cannot draw": "$$ \\frac{1}{ $$\n",
    "eq-a": "$$ a = b $$ (eq-a)\n\n$$ a = c $$ (eq-a)\n",
    "eq-missing": "See {eq}`eq-missing`.\n",
    "nobody2000": "{cite}`nobody2000`\n",
    "stderr": CELL % "import sys\nsys.stderr.write('trouble')",
}


def test_warnings_fail_the_build_and_each_is_told(toy_book):
    toy_book.write_page("\n".join(FAULTS.values()))
    with pytest.raises(BuildError) as caught:
        toy_book.build()
    told = [line for line in str(caught.value).splitlines() if re.search("(WARNING|ERROR): ", line)]
    for word in FAULTS:
        assert any(word in line for line in told), word


def test_a_page_without_description_fails_the_build(toy_book):
    path = toy_book.root / "book" / "index.md"
    path.write_text(re.sub(r"\bdescription: .*", "keywords: toy", path.read_text()))
    with pytest.raises(BuildError, match="has no description"):
        toy_book.build()


def test_a_page_that_left_the_book_leaves_the_site(toy_book):
    site = toy_book.root / "_build" / "html"
    (site / "book").mkdir(parents=True)
    (site / "book" / "old.html").write_text("<p>old</p>")
    toy_book.build()
    assert not (site / "book" / "old.html").exists()
    assert (site / "search.html").exists()


def test_naming_a_repository_is_enough_for_its_links_to_appear(toy_book):
    toy_book.set_config('\n  url: ""', "\n  url: https://github.com/name/book")
    toy_book.build()
    page = toy_book.read_page()
    assert "https://github.com/name/book/edit/main/book/index.md" in page
    assert "https://github.com/name/book/issues/new" in page
    missing = (toy_book.root / "_build" / "html" / "404.html").read_text()
    assert '<base href="/book/" />' in missing


def test_a_slider_that_needs_a_kernel_shows_the_picture_it_carries(toy_book):
    bundle = (
        "from IPython.display import display\n"
        "display({'application/vnd.jupyter.widget-view+json': {'model_id': 'abc'},\n"
        "         'text/html': '<p>the picture</p>', 'text/plain': 'plain'}, raw=True)"
    )
    toy_book.write_page(CELL % bundle)
    toy_book.build()
    page = toy_book.read_page()
    assert "<p>the picture</p>" in page
    assert "require" not in page


def test_the_command_wants_the_repositorys_root(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main([]) == 1
    assert "is not the repository's root" in capsys.readouterr().err


MODULES = {
    "pack": "from pack.core import f",
    "pack.core": "import numpy",
    "pack.plots": "",
    "pack.plots.softmax": "from pack.plots import common",
    "pack.plots.common": "def f():\n    import pack.late",
    "pack.late": "",
    "pack.other": "",
}


def test_imports_are_followed_through_modules():
    assert imported_modules("from pack.plots import softmax as s", MODULES) == {
        "pack", "pack.plots", "pack.plots.softmax"
    }  # fmt: skip
    assert everything_imported("from pack.plots import softmax", MODULES) == {
        "pack", "pack.core", "pack.plots", "pack.plots.softmax", "pack.plots.common", "pack.late"
    }  # fmt: skip
    assert everything_imported("import numpy", MODULES) == set()


def test_the_code_of_a_chapter_is_read_past_options_and_faulty_cells():
    text = (
        "Prose import pack.other\n\n"
        + CELL % ":tags: [hide-input]\n\n%matplotlib inline\nimport pack.core"
        + CELL % "this is no Python"
        + CELL % "---\nfigure:\n  alt: A sentence, no Python\n---\nimport pack.late"
    )
    assert imported_modules(chapter_code(text), MODULES) == {"pack", "pack.core", "pack.late"}


def test_a_key_changes_with_what_its_chapter_imports_and_with_nothing_else(tmp_path):
    package, book = tmp_path / "src" / "softmax_steps", tmp_path / "book"
    (package / "plots").mkdir(parents=True)
    book.mkdir()
    (package / "__init__.py").write_text("")
    (package / "plots" / "__init__.py").write_text("")
    (package / "plots" / "a.py").write_text("")
    (package / "plots" / "b.py").write_text("")
    (package / "digits.npz").write_bytes(b"1")
    (book / "01_a.md").write_text(CELL % "from softmax_steps.plots import a")
    (book / "02_b.md").write_text(CELL % "from softmax_steps.plots import b")
    (book / "text.md").write_text("No cells.\n")

    keys = chapter_keys(tmp_path)
    assert sorted(keys) == ["book/01_a.md", "book/02_b.md"]
    assert stale_chapters(keys, {}) == ["book/01_a.md", "book/02_b.md"]

    (package / "plots" / "b.py").write_text("colour = 'blue'\n")
    assert stale_chapters(chapter_keys(tmp_path), keys) == ["book/02_b.md"]

    keys = chapter_keys(tmp_path)
    (book / "01_a.md").write_text("Prose.\n" + CELL % "from softmax_steps.plots import a")
    assert stale_chapters(chapter_keys(tmp_path), keys) == []

    (package / "digits.npz").write_bytes(b"2")
    assert stale_chapters(chapter_keys(tmp_path), keys) == ["book/01_a.md", "book/02_b.md"]
