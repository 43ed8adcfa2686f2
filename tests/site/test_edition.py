import ast
from pathlib import Path
from types import SimpleNamespace

import pytest

from softmax_book.edition import BookError, Edition

ROOT = Path(__file__).parents[2]
CODE = ROOT / "src" / "softmax_book"
# Parts of paths that only an edition knows.
KNOWN = (
    "_build",
    "build/",
    ".jupyter_cache",
    ".doctrees",
    "_config.yml",
    "_toc.yml",
    "dist/",
    "book/",
    "lite/",
)


def paths_of(edition):
    """Return the paths that an edition gives, by name."""
    properties = [name for name, value in vars(Edition).items() if isinstance(value, property)]
    paths = {name: getattr(edition, name) for name in properties}
    return {name: path for name, path in paths.items() if isinstance(path, Path)}


def test_the_first_edition_keeps_the_places_that_the_commands_name():
    edition = Edition(ROOT)
    shown = {name: edition.shown(path) for name, path in paths_of(edition).items() if path != ROOT}
    assert shown["site"] == "_build/html"
    assert shown["log"] == "_build/build.log"
    assert shown["cache"] == "_build/.jupyter_cache"
    assert shown["environment"] == "_build/.doctrees/environment.pickle"
    assert shown["front_end"] == "build/front_end"
    assert shown["lite"] == "_build/html/lite"
    assert shown["offline_zip"] == "dist/softmax-step-by-step.zip"
    assert shown["notebooks"] == "build/notebooks"


def test_two_editions_write_to_different_places():
    written = ("site", "log", "site_record", "downloads", "lite")
    first = paths_of(Edition(ROOT))
    for other in (paths_of(Edition(ROOT, "zh_CN")), paths_of(Edition(ROOT, format="epub"))):
        for name in written:
            assert other[name] != first[name], name
    translated = paths_of(Edition(ROOT, "zh_CN"))
    for name in ("source", "config", "toc", "pages", "cache", "doctrees", "offline_zip"):
        assert translated[name] != first[name], name
    assert translated["package"] == first["package"]


def test_sphinx_builds_the_edition_that_its_settings_name(tmp_path):
    config = SimpleNamespace(repository_root="../..", language="zh_CN")
    app = SimpleNamespace(srcdir=str(tmp_path / "build" / "zh_CN"), config=config)
    assert Edition.of(app) == Edition(tmp_path, "zh_CN")  # before Sphinx has a builder
    app.builder = SimpleNamespace(name="epub")
    assert Edition.of(app) == Edition(tmp_path, "zh_CN", "epub")
    assert Edition.of(app).source == tmp_path / "build" / "zh_CN"


def test_another_folder_is_not_the_root(tmp_path):
    (tmp_path / "_toc.yml").write_text("")
    with pytest.raises(BookError, match=r"it has no _config\.yml, package\.json"):
        Edition(tmp_path).check_root()


def test_a_language_without_sources_is_refused_and_one_with_them_is_not(tmp_path):
    for name in ("_config.yml", "_toc.yml", "package.json"):
        (tmp_path / name).write_text("")
    with pytest.raises(
        BookError, match=r"no edition in the language 'fr': build/fr, .* has no _config\.yml, _toc"
    ):
        Edition(tmp_path, "fr").check_root()
    (tmp_path / "build" / "fr").mkdir(parents=True)
    for name in ("_config.yml", "_toc.yml"):
        (tmp_path / "build" / "fr" / name).write_text("")
    Edition(tmp_path, "fr").check_root()


def modules():
    """The modules that may know no path; cli.py names some to its reader."""
    paths = sorted(CODE.rglob("*.py"))
    return [path for path in paths if path.name not in {"edition.py", "cli.py"}]


@pytest.mark.parametrize("path", modules(), ids=lambda path: path.relative_to(CODE).as_posix())
def test_no_other_module_knows_a_path(path):
    texts = [
        node.value
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    ]
    names = [text for text in texts if " " not in text and "\n" not in text]
    assert [name for name in names if name.startswith(KNOWN)] == []
