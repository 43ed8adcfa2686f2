"""What is put together for the browser: wheels, lock file, notebooks, the zip. No browser here."""

import gzip
import json
import re
import subprocess
import sys
import zipfile
from hashlib import sha256
from pathlib import Path

import nbformat
import pytest
from packaging.utils import parse_wheel_filename

from softmax_book.building.site import BuildError, main
from softmax_book.exports.notebooks import INSTALL_ID, Book, to_notebook
from softmax_book.exports.offline import FOLDER, READ_ME, read_me, what_is_fetched, write_zip
from softmax_book.lite import LiteError, contents
from softmax_book.lite.age import fingerprint, is_stale, mark_age
from softmax_book.lite.kernel_start import Lacking, MissingPackageError
from softmax_book.lite.own_wheels import own_wheels, write_wheel
from softmax_book.lite.pyodide import (
    DISTRIBUTION,
    FETCH,
    LOADER,
    PACKED,
    STDLIB,
    make_lock,
    wheel_entry,
    write_pyodide,
)
from softmax_book.sources import read_book

ROOT = Path(__file__).parents[3]
LITE = ROOT / "src" / "softmax_book" / "lite"
NUMPY = "numpy-2.4.6-cp314-cp314-pyemscripten_2026_0_wasm32.whl"


# --- wheels ---


def test_pip_takes_the_wheel_of_the_books_package(tmp_path):
    # pip reads the record, the metadata and the tags as it does for any wheel.
    package = own_wheels(ROOT, tmp_path)[0]
    target = tmp_path / "installed"
    options = ["--quiet", "--no-deps", "--no-index", "--disable-pip-version-check"]
    subprocess.run(
        [sys.executable, "-m", "pip", "install", *options, "--target", target, package], check=True
    )
    inside = {path.name for path in target.iterdir() if not path.name.endswith(".dist-info")}
    assert inside == {"softmax_steps"}
    assert (target / "softmax_steps" / "digits.npz").is_file()
    found = subprocess.run(
        [sys.executable, "-c", "import softmax_steps as s; print(s.__file__, s.softmax([[0, 0]]))"],
        env={"PYTHONPATH": str(target)},
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert str(target) in found
    assert "[[0.5 0.5]]" in found


def test_the_same_sources_give_the_same_wheels(tmp_path):
    first, second = tmp_path / "1", tmp_path / "2"
    first.mkdir()
    second.mkdir()
    for one, other in zip(own_wheels(ROOT, first), own_wheels(ROOT, second), strict=True):
        assert one.read_bytes() == other.read_bytes()


def test_a_wheels_entry_says_what_it_brings_and_needs(tmp_path):
    needs = ["Six>=1", "pexpect; sys_platform != 'emscripten'", "pytest; extra == 'test'"]
    wheel = write_wheel(tmp_path, "a-b", "1.0", {"a_b/__init__.py": b"", "c.py": b""}, needs)
    assert parse_wheel_filename(wheel.name)[0] == "a-b"
    entry = wheel_entry(wheel)
    assert (entry["name"], entry["version"]) == ("a-b", "1.0")
    assert entry["imports"] == ["a_b", "c"]
    assert entry["depends"] == ["six"]
    assert entry["sha256"] == sha256(wheel.read_bytes()).hexdigest()


@pytest.mark.parametrize("name", ["wheels.txt", "tools.txt"])
def test_each_pin_has_a_hash(name):
    lines = [line for line in (LITE / name).read_text().splitlines() if line[0] != "#"]
    assert len(lines) > 5
    for line in lines:
        assert re.fullmatch(r"[a-z0-9-]+==[\w.]+ --hash=sha256:[0-9a-f]{64}", line)


def test_widgets_are_of_the_same_version_here_and_in_the_browser():
    def pins(path):
        return dict(re.findall(r"^([\w-]+)==([\w.]+)", path.read_text(), re.MULTILINE))

    here, browser, tools = (
        pins(path) for path in (ROOT / "constraints.txt", LITE / "wheels.txt", LITE / "tools.txt")
    )
    for name in ("ipywidgets", "anywidget", "psygnal", "tqdm"):
        assert browser[name] == here[name]
    for name in ("anywidget", "jupyterlab-widgets"):
        assert tools[name] == {k.replace("_", "-"): v for k, v in here.items()}[name]


# --- Pyodide and its lock file, from a core that is made up ---


class Core:
    """A made-up npm package, pure wheels, and a distribution with compiled ones."""

    def __init__(self, root):
        self.folder, self.distribution, wheels = root / "core", root / "full", root / "wheels"
        for folder in (self.folder, self.distribution, wheels):
            folder.mkdir()
        packages = {}
        for name, needs in (("numpy", []), ("matplotlib", ["numpy", "Cycler", "pytz"])):
            file = f"{name}-1.0-cp314-cp314-pyemscripten_2026_0_wasm32.whl"
            stub = write_wheel(root, name, "1.0", {f"{name}.py": b"__version__ = 'stub'\n"})
            data = stub.read_bytes()
            (self.distribution / file).write_bytes(data)
            packages[name] = {
                "name": name,
                "version": "1.0",
                "file_name": file,
                "sha256": sha256(data).hexdigest(),
                "imports": [name],
                "depends": needs,
            }
        packages["cycler"] = dict(packages["numpy"], name="cycler", file_name="cycler-none-any.whl")
        packages["unused"] = dict(packages["numpy"], name="unused")
        self.lock = {"info": {"python": "3.14.2"}, "packages": packages}
        for name in ("pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm", "python_stdlib.zip"):
            (self.folder / name).write_text(f"{name} {FETCH}")
        (self.folder / "package.json").write_text('{"version": "9.8.7"}')
        (self.folder / "pyodide-lock.json").write_text(json.dumps(self.lock))
        (self.folder / "pyodide.mjs.map").write_text("not for the browser")
        self.wheels = [
            write_wheel(wheels, "cycler", "0.12", {"cycler.py": b""}),
            write_wheel(wheels, "book", "1", {"book.py": b""}, ["numpy", "matplotlib", "pooch"]),
        ]


@pytest.fixture
def core(tmp_path):
    return Core(tmp_path)


def test_what_is_compiled_is_fetched_by_address_with_its_hash(core, tmp_path):
    fetched = write_pyodide(core.folder, core.wheels, tmp_path / "out")
    lock = json.loads((tmp_path / "out" / "pyodide-lock.json").read_text())
    assert sorted(lock["packages"]) == ["book", "cycler", "matplotlib", "numpy"]
    for name in ("numpy", "matplotlib"):
        entry, original = lock["packages"][name], core.lock["packages"][name]
        assert entry["file_name"] == DISTRIBUTION.format(version="9.8.7") + original["file_name"]
        assert entry["sha256"] == original["sha256"]
        assert original["file_name"] in fetched
    assert lock["packages"]["matplotlib"]["depends"] == ["numpy", "cycler"]
    assert lock["packages"]["book"]["depends"] == ["matplotlib", "numpy"]
    assert lock["packages"]["cycler"]["file_name"] == core.wheels[0].name  # ours, not Pyodide's
    assert not list((tmp_path / "out").glob("*wasm32.whl"))
    assert not (tmp_path / "out" / "pyodide.mjs.map").exists()


def test_the_largest_files_are_served_compressed_and_asked_for_by_those_names(core, tmp_path):
    library = tmp_path / "with_bytecode.zip"
    library.write_text("a library with bytecode")
    out = tmp_path / "out"
    write_pyodide(core.folder, core.wheels, out, stdlib=library)
    for name in PACKED:
        source = library if name == STDLIB else core.folder / name
        assert gzip.decompress((out / f"{name}.packed").read_bytes()) == source.read_bytes()
        assert not (out / name).exists()
    loader = (out / LOADER.name).read_text()
    asked = re.findall(r'unpacked\("(.+?)"', loader)
    asked += re.findall(r'fetch\(e\+"(.+?)\.packed"\)', (out / "pyodide.mjs").read_text())
    assert sorted(asked) == sorted(PACKED)
    (core.folder / "pyodide.mjs").write_text("another version")
    with pytest.raises(LiteError, match="mend FETCH"):
        write_pyodide(core.folder, core.wheels, tmp_path / "other")


def test_a_local_distribution_puts_all_of_it_into_the_site(core, tmp_path):
    fetched = write_pyodide(
        core.folder, core.wheels, tmp_path / "out", distribution=core.distribution
    )
    assert fetched == []
    text = (tmp_path / "out" / "pyodide-lock.json").read_text()
    assert "://" not in text
    for entry in json.loads(text)["packages"].values():
        data = (tmp_path / "out" / entry["file_name"]).read_bytes()
        assert sha256(data).hexdigest() == entry["sha256"]


def test_a_wrong_file_in_the_distribution_is_refused(core, tmp_path):
    file = core.lock["packages"]["numpy"]["file_name"]
    (core.distribution / file).write_bytes(b"another file")
    with pytest.raises(LiteError, match=f"{file} in PYODIDE_DIST=.* is not the published file"):
        write_pyodide(core.folder, core.wheels, tmp_path / "out", distribution=core.distribution)
    (core.distribution / file).unlink()
    with pytest.raises(LiteError, match=rf"does not hold {file}\. Expected the full .* 9\.8\.7"):
        write_pyodide(core.folder, core.wheels, tmp_path / "out", distribution=core.distribution)
    with pytest.raises(LiteError, match="is not a folder"):
        write_pyodide(core.folder, core.wheels, tmp_path / "out", distribution=tmp_path / "no")
    assert not (tmp_path / "out").exists()


def test_a_package_that_is_not_shipped_is_named(core, tmp_path):
    with pytest.raises(LiteError, match=r"cycler 1\.0 is needed in the browser"):
        make_lock(core.lock, core.wheels[1:], "1")
    lost = write_wheel(tmp_path, "other", "2", {"other.py": b""}, ["nowhere>=1"])
    with pytest.raises(LiteError, match=r"other 2 needs nowhere, which the site does not serve"):
        make_lock(core.lock, [*core.wheels, lost], "1")


def test_the_distributions_host_stands_in_one_file():
    host = DISTRIBUTION.split("/")[2]
    named = [
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "src").rglob("*")
        if path.is_file() and host.encode() in path.read_bytes() and path.suffix != ".pyc"
    ]
    assert named == ["src/softmax_book/lite/pyodide.py"]


# --- what an import says that lacks a package ---

ENTRY = {
    "name": "numpy",
    "imports": ["numpy"],
    "file_name": f"https://far.example/full/{NUMPY}",
}


def test_an_import_that_lacks_a_package_names_the_file_the_reason_and_the_mend():
    lacking = Lacking({"numpy": ENTRY})
    lacking.note("The following error occurred while loading numpy:")
    lacking.note("Failed to fetch")
    with pytest.raises(MissingPackageError) as caught:
        lacking.find_spec("numpy")
    message = str(caught.value)
    assert NUMPY in message
    assert "https://far.example/full (Failed to fetch)" in message
    assert "make offline" in message
    assert lacking.find_spec("no_package_of_ours") is None


def test_an_import_that_the_kernel_did_not_see_says_so():
    with pytest.raises(ModuleNotFoundError, match=r"not loaded yet.*Run  import numpy  in a cell"):
        Lacking({"numpy": ENTRY}).find_spec("numpy")


def test_a_file_that_the_site_itself_does_not_give_is_named():
    lacking = Lacking({"tqdm": {"name": "tqdm", "imports": ["tqdm"], "file_name": "tqdm-1.whl"}})
    lacking.note("The following error occurred while loading tqdm:")
    lacking.note("404")
    with pytest.raises(ModuleNotFoundError, match=r"tqdm-1\.whl, which this site(.|\n)*404"):
        lacking.find_spec("tqdm")


# --- the notebooks ---


def test_a_chapter_in_the_browser_installs_nothing_and_says_where_work_is_kept():
    notebook = to_notebook("# 1 · A title\n\n```{code-cell}\n1 + 1\n```\n", Book(title="The book"))
    assert notebook.cells[1].id == INSTALL_ID
    notebook = contents.for_browser(notebook, "The book")
    assert [cell.cell_type for cell in notebook.cells] == ["markdown", "markdown", "code"]
    assert "kept in this browser" in notebook.cells[0].source
    assert "install" not in "".join(cell.source for cell in notebook.cells if cell.id != "opening")
    assert notebook.metadata.kernelspec.name == "python"  # what JupyterLite calls its kernel


def test_the_chapters_come_in_the_order_of_the_book_and_link_to_one_another(site):
    found = contents.chapters(site, ROOT / "_toc.yml", "The book")
    names = [lesson.name for lesson in found]
    pages = [page for page in read_book(ROOT).values() if page.is_notebook]
    assert names == [page.name for page in pages]
    assert [lesson.title for lesson in found] == [page.title for page in pages]
    links = [
        link
        for lesson in found
        for cell in lesson.notebook.cells
        for link in re.findall(r"\]\(([\w-]+)\.ipynb\)", cell.source)
    ]
    assert len(links) > 10
    assert set(links) <= set(names)


def test_without_the_book_the_command_says_what_to_build(tmp_path):
    with pytest.raises(LiteError, match="make book"):
        contents.chapters(tmp_path, ROOT / "_toc.yml", "The book")


def test_a_notebook_with_a_solution_is_not_published(tmp_path):
    cell = nbformat.v4.new_code_cell("### BEGIN SOLUTION\n1\n### END SOLUTION")
    nbformat.write(nbformat.v4.new_notebook(cells=[cell]), tmp_path / "a1.ipynb")
    with pytest.raises(LiteError, match=r"a1\.ipynb holds a solution"):
        contents.assignments(tmp_path)


RELEASE = "softmax_grader.commands.release_for_students"


def test_every_assignment_is_released_without_solutions_and_hidden_tests(tmp_path):
    subprocess.run(
        [sys.executable, "-m", RELEASE, tmp_path / "released"],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    found = contents.assignments(tmp_path / "released")
    assert [lesson.name for lesson in found] == sorted(
        path.stem for path in (ROOT / "assignments").glob("*.md")
    )
    for lesson in found:
        assert "raise NotImplementedError()" in "".join(c.source for c in lesson.notebook.cells)


def test_the_landing_page_lists_everything_under_a_strict_policy(tmp_path):
    lesson = contents.Lesson("01_score", "1 · The <score>", nbformat.v4.new_notebook())
    work = contents.Lesson("a1_forward", "Assignment 1", nbformat.v4.new_notebook())
    contents.write_landing(tmp_path, [lesson], [work], "The book")
    page = (tmp_path / "index.html").read_text()
    assert 'href="lite/notebooks/index.html?path=01_score.ipynb">1 · The &lt;score&gt;' in page
    assert 'href="lite/notebooks/index.html?path=a1_forward.ipynb"' in page
    assert "Content-Security-Policy" in page
    assert 'id="jupyter-config-data"' in page


# --- a book that has changed since ---


def test_building_the_book_leaves_lite_alone_and_says_that_it_is_old(toy_book, monkeypatch, capsys):
    lite = toy_book.root / "_build" / "html" / "lite"
    lite.mkdir(parents=True)
    theirs = "<!DOCTYPE html><p onclick='x()'>a page that Sphinx did not make</p>"
    (lite / "index.html").write_text(theirs)
    mark_age(lite, toy_book.root)  # of a book without a notebook
    monkeypatch.chdir(toy_book.root)
    assert main([]) == 0
    assert "'make site' renews them" in capsys.readouterr().out
    assert (lite / "index.html").read_text() == theirs
    assert is_stale(toy_book.root)
    mark_age(lite, toy_book.root)
    assert not is_stale(toy_book.root)


def test_the_fingerprint_is_that_of_the_code_too(tmp_path):
    (tmp_path / "src" / "softmax_steps").mkdir(parents=True)
    before = fingerprint(tmp_path)
    (tmp_path / "src" / "softmax_steps" / "a.py").write_text("1")
    assert fingerprint(tmp_path) != before


# --- the zip for a classroom ---


@pytest.fixture
def small_site(tmp_path):
    for name in ("_config.yml", "_toc.yml", "package.json"):
        (tmp_path / name).write_text("")
    place = tmp_path / "_build" / "html" / "lite" / "static" / "pyodide"
    place.mkdir(parents=True)
    (tmp_path / "_build" / "html" / "index.html").write_text("<p>the book</p>")
    return tmp_path


def put_lock(root, address):
    lock = root / "_build" / "html" / "lite" / "static" / "pyodide" / "pyodide-lock.json"
    lock.write_text(json.dumps({"packages": {"numpy": {"file_name": address + NUMPY}}}))
    mark_age(root / "_build" / "html" / "lite", root)


def test_the_zip_holds_the_site_and_says_how(small_site):
    put_lock(small_site, "")
    path, fetched = write_zip(small_site)
    assert fetched == []
    assert [each.name for each in path.parent.iterdir()] == [path.name]
    with zipfile.ZipFile(path) as archive:
        assert archive.read(f"{FOLDER}/index.html") == b"<p>the book</p>"
        text = archive.read(f"{FOLDER}/{READ_ME}").decode()
    assert "http.server" in text
    assert "nothing is fetched" in text
    assert "WILL NOT RUN" not in text


def test_without_the_compiled_wheels_the_zip_says_what_will_not_run(small_site):
    put_lock(small_site, DISTRIBUTION.format(version="9.8.7"))
    text = read_me(what_is_fetched(small_site / "_build" / "html"))
    assert "WHAT WILL NOT RUN WITHOUT INTERNET" in text
    assert NUMPY in text
    assert "Pyodide 9.8.7" in text


def test_no_zip_is_made_of_half_a_site(small_site):
    with pytest.raises(BuildError, match="make site"):
        write_zip(small_site)
    put_lock(small_site, "")
    sources = small_site / "_build" / "html" / "_sources"
    sources.mkdir()
    (sources / "new.ipynb").write_text("{}")
    with pytest.raises(BuildError, match="older than the book"):
        write_zip(small_site)
    assert not (small_site / "dist").exists()
