import json
from pathlib import Path
from types import SimpleNamespace

import pytest

from softmax_book.edition import Edition
from softmax_book.expected import UnexpectedError
from softmax_book.pages import live_button

ROOT = Path(__file__).parents[3]
CELLS = '<h1>Title</h1><div class="cell_input"></div>'


@pytest.fixture
def app(tmp_path):
    """As much of a Sphinx application as the button needs."""
    added = []
    return SimpleNamespace(
        srcdir=ROOT,
        config=SimpleNamespace(repository_root=".", language="en"),
        outdir=tmp_path,
        env=SimpleNamespace(metadata={"book/a": {"kernelspec": {}}}),
        add_js_file=lambda name, **options: added.append(name),
        add_css_file=added.append,
        added=added,
    )


def add_button(app, page, body):
    context = {"body": body}
    live_button.add_button(app, page, "page.html", context, None)
    return context["body"]


def test_the_button_stands_below_the_title_of_a_page_with_cells(app, tmp_path):
    body = add_button(app, "book/a", CELLS)
    assert body.index("</h1>") < body.index("Make this page live") < body.index("cell_input")
    assert 'data-chapter="a"' in body
    # Where the packages of the notebooks' kernel are listed, and the page as a notebook.
    assert 'data-packages="lite/static/pyodide/pyodide-lock.json"' in body
    assert 'data-download="_sources/book/a"' in body
    assert app.added == ["live/live_button.js", "live/live_button.css"]
    assert all((tmp_path / "_static" / name).is_file() for name in app.added)


@pytest.mark.parametrize(("page", "body"), [("book/text", CELLS), ("book/a", "<h1>Title</h1>")])
def test_a_page_without_cells_has_no_button(app, page, body):
    assert add_button(app, page, body) == body
    assert app.added == []


@pytest.mark.parametrize("body", ['<div class="cell_input"></div>', CELLS * 2])
def test_a_page_without_exactly_one_title_is_an_error(app, body):
    with pytest.raises(UnexpectedError, match="book/a, the end of its title"):
        add_button(app, "book/a", body)


@pytest.mark.parametrize("has_lite", [True, False])
def test_a_plain_server_answers_whether_the_site_has_notebooks_for_the_browser(tmp_path, has_lite):
    edition = Edition(tmp_path)
    if has_lite:
        page = edition.lite / "notebooks" / "index.html"
        page.parent.mkdir(parents=True)
        page.touch()
    live_button.write_status(edition)
    answer = json.loads((edition.site / "live" / "status").read_text())
    assert answer == {"live": False, "lite": has_lite}
