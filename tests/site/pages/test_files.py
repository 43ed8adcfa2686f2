from pathlib import Path
from types import SimpleNamespace

import pytest
from sphinx.errors import ExtensionError

from softmax_book.pages.files import AFTER_THEME, add_script, add_style, serve

ROOT = Path(__file__).parents[3]


@pytest.fixture
def app(tmp_path):
    """As much of a Sphinx application as the functions need, and what they add to it."""
    scripts, styles = [], []
    return SimpleNamespace(
        srcdir=ROOT,
        config=SimpleNamespace(repository_root=".", language="en"),
        outdir=tmp_path / "site",
        add_js_file=lambda name, **options: scripts.append((name, options)),
        add_css_file=styles.append,
        scripts=scripts,
        styles=styles,
    )


def test_a_file_is_served_as_it_is(app, tmp_path):
    source = tmp_path / "data.txt"
    source.write_text("/* not a comment here */")
    assert serve(app, source) == "data.txt"
    assert serve(app, source, "folder") == "folder/data.txt"
    served = app.outdir / "_static" / "folder" / "data.txt"
    assert served.read_text() == source.read_text()


def test_scripts_and_styles_are_linked_in_the_order_of_adding_without_comments(app, tmp_path):
    script, style = tmp_path / "one.js", tmp_path / "one.css"
    script.write_text("// why\nconsole.log(1);\n")
    style.write_text("/* why */ p { color: red }\n")
    add_script(app, script, "folder")
    add_style(app, style, "folder")
    # One number for all: Sphinx then keeps their order.
    options = {"priority": AFTER_THEME, "loading_method": "defer"}
    assert app.scripts == [("folder/one.js", options)]
    assert app.styles == ["folder/one.css"]
    folder = app.outdir / "_static" / "folder"
    assert "console.log(1)" in (folder / "one.js").read_text()
    assert (folder / "one.css").read_text().startswith("p{color:red}")
    assert all("why" not in path.read_text() for path in folder.iterdir())


def test_a_script_that_cannot_be_read_fails_the_build(app, tmp_path):
    script = tmp_path / "one.js"
    script.write_text("let let = 1;")
    with pytest.raises(ExtensionError, match=r"one\.js"):
        add_script(app, script)
