"""What is stale: keys, records, and the code that a chapter needs."""

import hashlib
import tomllib
from importlib import metadata
from pathlib import Path
from types import SimpleNamespace

import pytest
from packaging.requirements import Requirement

from softmax_book.building.freshness import (
    CELL_LIBRARIES,
    PAGE_LIBRARIES,
    Record,
    chapter_code,
    chapter_keys,
    everything_imported,
    hash_file,
    hash_files,
    hash_parts,
    imported_modules,
    is_current,
    is_lite_stale,
    is_made,
    note_made,
    page_key,
    remember_lite,
    remember_site,
    site_key,
    versions,
)
from softmax_book.edition import MEASURED, Edition
from softmax_book.sources import code_cells
from softmax_steps.measurements import MEASURED_BY, NEEDED

ROOT = Path(__file__).parents[3]
CELL = "```{code-cell} ipython3\n%s\n```\n"


# --- keys and records ---


def test_parts_are_not_taken_for_one_another(tmp_path):
    assert hash_parts("ab", "c") != hash_parts("a", "bc")
    (tmp_path / "a").write_text("text")
    assert hash_parts(tmp_path / "a") == hash_parts("text")
    assert hash_file(tmp_path / "a") == hashlib.sha256(b"text").hexdigest()


def test_a_hash_of_files_tells_names_and_contents_apart(tmp_path):
    first, second = tmp_path / "a.txt", tmp_path / "b.txt"
    first.write_text("1")
    before = hash_files(tmp_path, [first])
    second.write_text("1")
    assert hash_files(tmp_path, [second]) != before
    assert hash_files(tmp_path, [second, first]) == hash_files(tmp_path, [first, second])
    (tmp_path / "__pycache__").mkdir()
    (tmp_path / "__pycache__" / "a.pyc").write_text("left by Python")
    assert hash_files(tmp_path, [first, *(tmp_path / "__pycache__").iterdir()]) == before


def test_a_result_is_stale_until_it_is_recorded_and_again_when_its_key_changes(tmp_path):
    record = Record(tmp_path / "folder" / "record.txt")
    keys = {"book/a chapter.md": "k1", "site": "k2"}
    assert record.stale(keys) == ["book/a chapter.md", "site"]
    record.write(keys)
    assert record.read() == keys
    assert record.stale(keys) == []
    assert record.stale({**keys, "site": "k3"}) == ["site"]
    record.forget()
    assert record.stale({"site": "k2"}) == ["site"]


def test_a_record_in_another_form_counts_as_none(tmp_path):
    (tmp_path / "record.txt").write_text("0123abcd\n")
    assert Record(tmp_path / "record.txt").stale({"site": "0123abcd"}) == ["site"]


def test_a_folder_without_its_record_is_not_whole(tmp_path):
    folder = tmp_path / "app"
    assert not is_made(folder, "key")
    folder.mkdir()
    assert not is_made(folder, "key")
    note_made(folder, "key")
    assert is_made(folder, "key")
    assert not is_made(folder, "other")
    folder.rmdir()
    assert not is_made(folder, "key")


# --- the code that a chapter needs ---

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
        "pack.plots.softmax"
    }
    assert everything_imported("from pack.plots import softmax", MODULES) == {
        "pack.plots.softmax", "pack.plots.common", "pack.late", "pack", "pack.core"
    }  # fmt: skip
    assert everything_imported("import numpy", MODULES) == set()


def test_the_code_of_a_chapter_is_read_past_options_and_faulty_cells():
    text = (
        "Prose import pack.other\n\n"
        + CELL % ":tags: [hide-input]\n\n%matplotlib inline\nimport pack.core"
        + CELL % "this is no Python"
        + CELL % "---\nfigure:\n  alt: A sentence, no Python\n---\nimport pack.late"
    )
    assert imported_modules(chapter_code(code_cells(text)), MODULES) == {
        "pack",
        "pack.core",
        "pack.late",
    }


FACADE = {
    "pack": '"""Docs."""\nfrom pack.core import f\nfrom pack.b import g as h\n__all__ = ["f", "h"]',
    "pack.core": "from pack.deep import x",
    "pack.deep": "",
    "pack.b": "from . import relative",
    "pack.relative": "from .core import f",
    "pack.unused": "",
    "pack.busy": "from pack.deep import x\nsetting = x",
    "pack.busy.inside": "",
    "pack.lazy": "from pack.lazy.names import list_all\ndef __getattr__(name): ...",
    "pack.lazy.names": "def list_all(): ...",
    "pack.lazy.one": "from pack.deep import x\nclass One: ...",
    "pack.lazy.two": "class Two: ...",
}
LAZY = {"pack.lazy", "pack.lazy.names"}
HANDED_ON = {"pack", "pack.core", "pack.deep", "pack.b", "pack.relative"}


@pytest.mark.parametrize(
    ("code", "modules"),
    [
        ("from pack import f", {"pack.core", "pack.deep"}),
        ("from pack import h", {"pack.b", "pack.relative", "pack.core", "pack.deep"}),
        # A package that does more than to hand names on is run, and counts.
        ("from pack.busy import inside", {"pack.busy.inside", "pack.busy", "pack.deep"}),
        # A package that looks names up hands on what its modules define.
        ("from pack.lazy import One", LAZY | {"pack.lazy.one", "pack.deep"}),
        ("from pack.lazy import two", LAZY | {"pack.lazy.two"}),
        ("from pack.lazy.two import Two", LAZY | {"pack.lazy.two"}),
        ("import pack.lazy as p", LAZY | {"pack.lazy.one", "pack.lazy.two", "pack.deep"}),
        ("from pack.lazy import *", LAZY | {"pack.lazy.one", "pack.lazy.two", "pack.deep"}),
        # Through the package itself everything that it hands on can be reached.
        ("import pack as p", HANDED_ON),
        ("import pack.deep", HANDED_ON),
        ("from pack import *", HANDED_ON),
        ("import pack.core as c", {"pack.core", "pack.deep"}),
        ("def late():\n    from pack import f", {"pack.core", "pack.deep"}),
    ],
)
def test_a_name_that_a_package_hands_on_needs_the_module_that_defines_it(code, modules):
    assert everything_imported(code, FACADE) == modules


# --- the keys of an edition ---


@pytest.fixture
def edition(tmp_path):
    """Two chapters with cells, which need one module each, and a page of text."""
    edition = Edition(tmp_path)
    plots = edition.package / "plots"
    plots.mkdir(parents=True)
    edition.styles.mkdir(parents=True)
    (edition.styles / "book.css").write_text("")
    for name in ("__init__", "plots/__init__", "plots/a", "plots/b"):
        (edition.package / f"{name}.py").write_text("")
    for name in ("digits.npz", "view.mjs", "view.css"):
        (edition.package / name).write_bytes(b"1")
    (edition.pages / "01_a.md").write_text(CELL % "from softmax_steps.plots import a")
    (edition.pages / "02_b.md").write_text(CELL % "from softmax_steps.plots import b")
    (edition.pages / "text.md").write_text("No cells.\n")
    for path in (edition.config, edition.toc, edition.package_lock):
        path.write_text("")
    return edition


CHAPTERS = ["book/01_a.md", "book/02_b.md"]


@pytest.mark.parametrize(
    ("name", "runs", "shapes_pages"),
    [
        ("src/softmax_steps/plots/b.py", ["book/02_b.md"], True),
        ("src/softmax_steps/digits.npz", CHAPTERS, True),
        # A page takes a widget's script and style from their files.
        ("src/softmax_steps/view.mjs", [], True),
        ("src/softmax_steps/view.css", [], True),
        ("_config.yml", [], True),
        ("book/styles/book.css", [], True),
        ("package-lock.json", [], True),  # the version of KaTeX, which draws the equations
        ("book/text.md", [], False),
    ],
)
def test_a_change_runs_the_chapters_that_need_it_and_no_others(edition, name, runs, shapes_pages):
    record = Record(edition.cache_record)
    record.write(chapter_keys(edition))
    pages = page_key(edition)
    edition.site.mkdir(parents=True)
    remember_site(edition, site_key(edition))
    assert sorted(record.read()) == CHAPTERS
    assert is_current(edition)

    path = edition.root / name
    path.write_text(path.read_text() + "\n# changed\n")
    assert record.stale(chapter_keys(edition)) == runs
    assert (page_key(edition) != pages) == shapes_pages
    assert not is_current(edition)


def test_a_new_measurement_runs_the_chapter_that_shows_it_and_no_other(edition):
    (edition.package / "measurements.py").write_text("")
    path = edition.pages / "02_b.md"
    path.write_text(CELL % "from softmax_steps.measurements import load_measurements")
    record = Record(edition.cache_record)
    for name in MEASURED:
        record.write(chapter_keys(edition))
        remember_site(edition, site_key(edition))
        measured = edition.root / "build" / "bench" / f"{name}.json"
        measured.parent.mkdir(parents=True, exist_ok=True)
        measured.write_text("{}")
        assert record.stale(chapter_keys(edition)) == ["book/02_b.md"]
        assert site_key(edition) not in edition.site_record.read_text()
    files = {MEASURED_BY.get(name, name) for name in NEEDED}
    assert set(MEASURED) == files, "what a chapter may load"


def test_prose_runs_no_chapter(edition):
    record = Record(edition.cache_record)
    record.write(chapter_keys(edition))
    path = edition.pages / "01_a.md"
    path.write_text("Prose.\n" + path.read_text())
    assert record.stale(chapter_keys(edition)) == []


def test_the_styles_of_the_book_are_those_of_a_second_language_too(edition):
    other = Edition(edition.root, "zh_CN")
    other.pages.mkdir(parents=True)
    other.site.mkdir(parents=True)
    remember_site(other, site_key(other))
    assert is_current(other)
    (edition.styles / "book.css").write_text("a { color: red }")
    assert not is_current(other)


@pytest.mark.parametrize(("name", "runs"), [("pillow", CHAPTERS), ("sphinx-book-theme", [])])
def test_a_new_version_makes_the_pages_stale_and_what_runs_the_cells_the_outputs_too(
    edition, monkeypatch, name, runs
):
    record = Record(edition.cache_record)
    record.write(chapter_keys(edition))
    edition.site.mkdir(parents=True)
    remember_site(edition, site_key(edition))
    pages = page_key(edition)
    installed = metadata.distribution

    def upgraded(wanted):
        found = installed(wanted)
        if wanted != name:
            return found
        return SimpleNamespace(version=f"{found.version}.post1", requires=found.requires)

    monkeypatch.setattr(metadata, "distribution", upgraded)
    versions.cache_clear()  # it counts on it that nothing is installed while a build runs
    try:
        assert record.stale(chapter_keys(edition)) == runs
        assert not is_current(edition)
        assert (page_key(edition) != pages) == (runs == [])
    finally:
        versions.cache_clear()


def test_what_a_library_needs_counts_as_well():
    cells, pages = (
        {line.split(" ")[0] for line in versions(names).splitlines()}
        for names in (CELL_LIBRARIES, PAGE_LIBRARIES)
    )
    assert cells >= {"python", "numpy", "matplotlib", "pillow", "traitlets", "ipython"}
    assert cells.isdisjoint({"sphinx", "myst-nb", "pydata-sphinx-theme"})
    assert pages >= {"sphinx-book-theme", "jinja2", "pygments", "mdit-py-plugins"}


def test_every_package_that_the_site_imports_makes_its_pages():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    site = {Requirement(text).name for text in project["optional-dependencies"]["site"]}
    lines = versions(PAGE_LIBRARIES).splitlines()
    assert site <= {line.split(" ")[0] for line in lines}
    assert not [line for line in lines if line.endswith(" none")]


def test_a_package_that_is_not_there_has_no_version_and_extras_do_not_count():
    assert versions(("no-such-package",)).splitlines()[0] == "no-such-package none"
    assert "sphinx " not in versions(("numpy",))


def test_without_a_site_none_is_current(edition):
    remember_site(edition, site_key(edition))
    assert not is_current(edition)


def test_the_notebooks_for_the_browser_are_those_of_the_book_and_of_the_code(edition):
    edition.lite.mkdir(parents=True)
    assert not is_lite_stale(edition)  # there are none
    remember_lite(edition, edition.lite)
    assert not is_lite_stale(edition)
    edition.downloads.mkdir()
    (edition.downloads / "a.ipynb").write_text("{}")
    assert is_lite_stale(edition)
    remember_lite(edition, edition.lite)
    (edition.package / "view.css").write_text("2")
    assert is_lite_stale(edition)
