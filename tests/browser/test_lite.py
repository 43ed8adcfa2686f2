"""The notebooks under ``lite/`` in Chromium: a real kernel of Python in the browser.

NumPy for this Pyodide is on no package registry. So the kernel runs up to the import of NumPy, and
a stub stands in for it where the way from Pyodide's distribution to the import is tested.
``test_chapters_in_browser.py`` runs the chapters on an older Pyodide, whose NumPy can be had, and
``with_full_distribution.py`` runs them here, for whoever has the full distribution.
"""

import _imp
import functools
import gzip
import io
import json
import re
import subprocess
import sys
import threading
import time
import zipfile
from base64 import urlsafe_b64encode
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

import nbformat
import pytest
from playwright.sync_api import expect

from softmax_book.edition import Edition
from softmax_book.lite.app import EXTENSION
from softmax_book.lite.build import build_lite
from softmax_book.lite.contents import KERNEL
from softmax_book.lite.own_wheels import write_wheel
from softmax_book.lite.pyodide import STDLIB
from softmax_book.sources import read_book

from ..conftest import PATIENCE
from .conftest import KERNEL_READY, Quiet, serving

ROOT = Path(__file__).parents[2]
NOTEBOOKS = {page.name: page for page in read_book(ROOT).values() if page.is_notebook}
LITE = "lite/notebooks/index.html?path={}.ipynb"
LOCK = "/lite/static/pyodide/pyodide-lock.json"
SELDOM = "pygments/lexers/"  # left out, but for what the kernel imports
# What the app says of itself: a menu entry given twice, two commands on one key. Blobs are made in
# the page itself.
KNOWN = (
    "asked elsewhere: blob:",
    "Menu entry for command",
    "Skipping {command",
    "Uploader widget",
    "was preloaded using",
)
# IPython looks for NumPy's types where it finds a NumPy.
STUB = b"""\
__version__ = "a stub"
float64 = type("float64", (float,), {})
"""
RUN_ALL = [
    "import softmax_lite_test",  # nowhere: must not stop what follows from being tested
    "import numpy; print(numpy.__version__)",
    "import matplotlib",
    "import ipywidgets; ipywidgets.IntSlider(description='slides')",
    "import anywidget\nclass Seen(anywidget.AnyWidget):\n"
    "    _esm = \"export default {render({el}) {el.textContent = 'drawn by a view';}}\"\nSeen()",
    "import tqdm; tqdm.__version__",
]
# Names of the modules that the kernel had to compile, and of those whose bytecode is of another
# source or was made otherwise.
COMPILED_HERE = """\
import marshal, sys
from pathlib import Path
slow, other = [], []
for name, module in sorted(sys.modules.items()):
    source = getattr(module, "__file__", None) or ""
    if module.__spec__ and module.__spec__.origin == "frozen":
        continue  # a part of Python itself
    if source.endswith(".py"):
        ready = Path(module.__spec__.cached or "nowhere")
        if not ready.is_file():
            slow.append(name)
        elif marshal.loads(ready.read_bytes()[16:]) != compile(
            Path(source).read_bytes(), source, "exec", dont_inherit=True
        ):
            other.append(name)
print(slow, other, "asyncio" in sys.modules, "IPython" in sys.modules)
"""


@pytest.fixture(scope="module")
def distribution():
    """The folder of Pyodide's full distribution: none is here."""


@pytest.fixture(scope="module")
def site(site, distribution, tmp_path_factory):
    """The site with its notebooks for the browser, as ``make site`` builds it."""
    released = tmp_path_factory.mktemp("class") / "released"
    subprocess.run(
        [sys.executable, "-m", "softmax_grader.commands.release_for_students", released],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    build_lite(Edition(ROOT), class_work=released, distribution=distribution)
    return site


class Handler(Quiet):
    """Serves a folder; some paths give other contents, and a foreign origin may fetch."""

    def do_GET(self):
        self.server.asked.append(self.path.split("?")[0])
        for name, go in list(self.server.held.items()):
            if name in self.path and not self.wait_in_turn(name, go):
                return self.send_error(503)
        data = self.server.instead.get(self.path.split("?")[0])
        if data is None:
            return super().do_GET()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)
        return None

    def wait_in_turn(self, name, go):
        """Wait until a path may be given; False if somebody else asks for it meanwhile.

        A browser has six lines to a server. Those on which pages wait that have been left would
        fill them.
        """
        turn = self.server.turns[name] = object()
        end = time.monotonic() + PATIENCE / 1000
        while not go.wait(0.05):
            if self.server.turns[name] is not turn or time.monotonic() > end:
                return False
        return True

    def end_headers(self):
        self.send_header("Access-Control-Allow-Origin", "*")
        self.send_header("Cache-Control", "no-cache")  # a file of the last test may have changed
        super().end_headers()


@contextmanager
def serving_or_not(folder):
    """A server that gives other contents ``instead`` and keeps what is ``held`` waiting."""
    with serving(folder, Handler) as server:
        server.instead, server.held, server.asked, server.turns = {}, {}, [], {}
        yield server


@contextmanager
def no_kernel(server):
    """Start no kernel: what its worker asks for first does not come."""
    server.held["pyodide.asm.mjs"] = go = threading.Event()
    try:
        yield
    finally:
        go.set()
        server.held.clear()


@pytest.fixture
def without_kernel(server):
    """A test of the notebooks alone: each kernel would take seconds to start."""
    with no_kernel(server):
        yield


@pytest.fixture(scope="module")
def server(site):
    with serving_or_not(site) as started:
        yield started


@pytest.fixture(scope="module")
def served(server):
    return server.home


class Notebook:
    """A notebook of ``lite/`` that is open."""

    def __init__(self, visit, name, **options):
        self.opened = visit(LITE.format(name), **options)
        self.page = self.opened.page
        # Code that is shown: imports and the code of figures are folded.
        self.cells = self.page.locator(".jp-Notebook .jp-CodeCell:not(:has(.jp-Placeholder))")
        self.cells.first.wait_for()

    @property
    def elsewhere(self):
        """Addresses of other sites that the page, or the kernel, asked for something."""
        start = "asked elsewhere: "
        asked = [said.removeprefix(start) for said in self.opened.problems if start in said]
        return [url for url in asked if not url.startswith("blob:")]  # made in the page itself

    def write(self, code, cell=0):
        self.cells.nth(cell).locator(".cm-content").click()
        self.page.keyboard.press("Control+A")
        self.page.keyboard.insert_text(code)

    def run(self, code, cell=0):
        """Put code into a cell, run it, and return its output when it has come."""
        self.page.wait_for_function(KERNEL_READY)
        self.write(code, cell)
        prompt = self.cells.nth(cell).locator(".jp-InputPrompt")
        before = prompt.inner_text()
        self.page.keyboard.press("Control+Enter")
        expect(prompt).not_to_have_text(before)
        self.wait(cell)
        return self.output(cell)

    def wait(self, cell):
        expect(self.cells.nth(cell).locator(".jp-InputPrompt")).to_have_text(re.compile(r"\d"))

    def output(self, cell):
        return self.cells.nth(cell).locator(".jp-OutputArea-output")

    def menu(self, name, item):
        self.page.locator(".lm-MenuBar-itemLabel", has_text=name).first.click()
        self.page.locator(".lm-Menu-itemLabel").get_by_text(item, exact=True).click()

    def download(self, folder):
        with self.page.expect_download() as caught:
            self.menu("File", "Download")
        caught.value.save_as(folder / "downloaded.ipynb")
        return nbformat.read(folder / "downloaded.ipynb", as_version=4)

    def run_all(self):
        """Run every cell, each after the one before it has ended, errors or not."""
        self.page.wait_for_function(KERNEL_READY)
        self.menu("Run", "Run All Cells")
        for cell in range(self.cells.count()):
            self.wait(cell)
        self.page.wait_for_function(KERNEL_READY)

    def overflow(self):
        return self.opened.overflow()

    def barriers(self, place, axe):
        """What axe finds in one place; the rest of the page is Jupyter's."""
        self.page.evaluate(axe)
        run = "async (place) => (await axe.run(place)).violations.map(({ id }) => id)"
        return place.evaluate(run)

    def problems(self):
        return [said for said in self.opened.problems if not any(word in said for word in KNOWN)]


def first_shown(notebook):
    """Return the first code cell that is not folded."""
    codes = [cell for cell in notebook.cells if cell.cell_type == "code"]
    return next(cell for cell in codes if not cell.metadata.get("jupyter", {}).get("source_hidden"))


@pytest.fixture
def notebook(visit):
    return functools.partial(Notebook, visit)


def test_a_chapter_runs_up_to_numpy_keeps_its_edits_and_can_be_downloaded(notebook, tmp_path):
    opened = notebook("01_score")
    page = opened.page
    page.get_by_role("heading", name="1 · The score").wait_for()
    expect(opened.run("print(1 + 1)")).to_have_text("2")
    expect(opened.run("import sys; sys.modules.keys() & {'numpy', 'jedi'}")).to_have_text("set()")
    assert opened.problems() == []
    check_that_numpy_is_missed(opened)

    opened.write("kept = 'over a reload'")
    page.keyboard.press("Control+S")
    # What is downloaded is what has been saved, and no mark on the page says when that is the new.
    opened.opened.wait_until(
        lambda: "kept = 'over a reload'" in first_shown(opened.download(tmp_path)).source,
        "the edit is not in the file that is downloaded",
    )
    page.reload()
    expect(opened.cells.first).to_contain_text("kept = 'over a reload'")


def check_that_numpy_is_missed(opened):
    """Both ways to NumPy stop with one message; of the package, all else is there."""
    for code in ("import numpy as np", "from softmax_steps import softmax"):
        output = opened.run(code)
        expect(output).to_have_text(re.compile(r"^\s*ModuleNotFoundError: NumPy is not here\."))
        said = output.inner_text()
        assert "numpy-2" in said
        assert "could not be fetched from" in said
        assert "PYODIDE_DIST" in said
        assert "Traceback" not in said
    version = opened.run("import importlib.metadata; importlib.metadata.version('softmax-steps')")
    expect(version).to_have_text("'0.1.0'")
    compiled = {"numpy", "matplotlib", "contourpy", "kiwisolver", "pillow"}
    opened.opened.wait_until(
        lambda: {url.rsplit("/", 1)[-1].split("-")[0] for url in opened.elsewhere} == compiled,
        lambda: f"asked elsewhere: {opened.elsewhere}",
    )


def test_the_kernel_starts_with_the_page_and_compiles_nothing(notebook, server):
    server.asked.clear()
    opened = notebook("01_score")
    expect(opened.run(COMPILED_HERE)).to_have_text("[] [] True True")
    assert len(opened.page.workers) == 1  # the one that the page started is the kernel's
    begun = server.asked.index("/lite/static/pyodide/early_worker.mjs")
    assert begun < server.asked.index(
        f"/lite/{EXTENSION.as_posix()}/static/{kernel_script(server)}"
    )
    # Lines of the source, also where it lies in an archive beside its bytecode.
    said = opened.run("import json; json.loads('{')")
    expect(said).to_contain_text("/lib/python314.zip/json/decoder.py")
    expect(said).to_contain_text("return obj, end")
    assert opened.problems() == []
    opened.menu("Kernel", "Restart Kernel…")
    with opened.page.expect_worker():
        opened.page.get_by_role("button", name="Confirm Kernel Restart").click()
    expect(opened.run("json")).to_contain_text("NameError")


def kernel_script(server):
    """Name the file without which the app cannot ask for a kernel."""
    folder = server.folder / "lite" / EXTENSION / "static"
    (script,) = [path for path in folder.glob("*.js") if "initWorker(" in path.read_text()]
    return script.name


def test_a_cell_that_is_run_before_there_is_a_kernel_waits_for_it(notebook, server):
    server.held[kernel_script(server)] = go = threading.Event()
    try:
        opened = notebook("01_score")
        opened.write("print(6 * 7)")
        opened.page.keyboard.press("Control+Enter")
        opened.page.wait_for_timeout(500)  # the app has done what it does
        expect(opened.output(0)).to_have_count(0)
        go.set()
        expect(opened.output(0)).to_have_text("42")
    finally:
        go.set()
        server.held.clear()


def test_bytecode_is_of_the_source_beside_it_and_packages_are_else_as_published(site):
    folder = site / "lite" / "static" / "pyodide"
    stdlib = gzip.decompress((folder / f"{STDLIB}.packed").read_bytes())
    with zipfile.ZipFile(io.BytesIO(stdlib)) as archive:
        kinds = check_bytecode(archive)
    lock = json.loads((folder / Path(LOCK).name).read_text())
    for entry in lock["packages"].values():
        wheel = folder / entry["file_name"]
        if not wheel.name.endswith("none-any.whl"):
            continue
        assert sha256(wheel.read_bytes()).hexdigest() == entry["sha256"]
        with zipfile.ZipFile(wheel) as archive:
            kinds |= check_bytecode(archive)
            served = {name: archive.read(name) for name in archive.namelist()}
        check_record(served)
        modules = [name for name in served if name.endswith(".py")]
        if entry["name"] in ("ipywidgets", "psygnal", "softmax-steps"):  # on a cell's import
            assert len(served) >= 2 * len(modules) > 40
        published = ROOT / "build" / "lite" / "wheels" / wheel.name
        if published.is_file():
            with zipfile.ZipFile(published) as archive:
                for name in archive.namelist():
                    same = served.get(name) == archive.read(name)
                    assert same or name.startswith(SELDOM) or name.endswith("/RECORD")
    assert len(kinds) == 1  # of one Python


def check_bytecode(archive):
    """Check an archive's bytecode against the sources; return the marks of the Pythons it is of."""
    kinds = set()
    for name in archive.namelist():
        if name.endswith(".pyc"):
            data = archive.read(name)
            source = archive.read(
                re.sub(r"__pycache__/(.*)\.cpython-314(\.pyc)$", r"\1\2", name)[:-1]
            )
            kind, unchecked, found = data[:4], data[4:8], data[8:16]
            assert unchecked == b"\1\0\0\0"
            assert found == _imp.source_hash(int.from_bytes(kind, "little"), source)
            kinds.add(kind)
    return kinds


def check_record(files):
    """Check that a wheel's record tells of each file."""
    (record,) = [name for name in files if name.endswith(".dist-info/RECORD")]
    expected = {
        name: "sha256=" + urlsafe_b64encode(sha256(data).digest()).rstrip(b"=").decode()
        for name, data in files.items()
    }
    told = dict(line.split(",")[:2] for line in files[record].decode().splitlines())
    assert told == {**expected, record: ""}


@pytest.mark.usefixtures("without_kernel")
def test_links_lead_to_chapters_here_and_to_the_books_pages(notebook):
    opened = notebook("index")
    with opened.page.context.expect_page() as caught:
        opened.page.locator('.jp-RenderedMarkdown a[href*="equations.html"]').first.click()
    caught.value.wait_for_url("**/book/equations.html*")
    with opened.page.context.expect_page() as caught:
        opened.page.locator('.jp-RenderedMarkdown a[href*="01_score.ipynb"]').first.click()
    caught.value.wait_for_url("**/lite/notebooks/index.html?path=01_score.ipynb")
    caught.value.get_by_role("heading", name="1 · The score").wait_for()
    assert opened.elsewhere == []


@pytest.mark.usefixtures("without_kernel")
@pytest.mark.parametrize(("setting", "light"), [("wide-light", "true"), ("narrow-dark", "false")])
def test_an_assignment_opens_in_the_colours_of_the_system(notebook, setting, light):
    opened = notebook("a1_forward", setting=setting)
    heading = opened.page.get_by_role("heading", name="Assignment 1", exact=False).first
    heading.wait_for()
    body = opened.page.locator(f'body[data-jp-theme-light="{light}"]')
    body.wait_for(state="attached")
    assert opened.elsewhere == []


@pytest.mark.usefixtures("without_kernel")
def test_the_landing_page_leads_to_every_notebook(visit, site):
    opened = visit("lite/")
    links = opened.page.locator('a[href*="notebooks/index.html?path="]')
    named = {link.get_attribute("href").split("path=")[1] for link in links.all()}
    assert named == {path.name for path in (site / "lite" / "files").iterdir()}
    assignments = {path.stem for path in (ROOT / "assignments").glob("*.md")}
    assert named == {f"{name}.ipynb" for name in {*NOTEBOOKS, *assignments}}
    assert opened.problems == []
    links.first.click()
    opened.page.locator(".jp-Notebook .jp-Cell").first.wait_for()


SAVE = "() => jupyterapp.shell.currentWidget.context.save()"
# Asks what the page itself asks, and so is answered after it.
EDITIONS = "async (url) => { await (await fetch(url, { cache: 'no-cache' })).json(); }"


def keep(opened, text):
    """Write a text into the first cell, and save the notebook."""
    opened.write(text)
    expect(opened.cells.first).to_contain_text(text)
    opened.page.evaluate(SAVE)


@contextmanager
def comparing(opened, server):
    """Wait until a page that is loaded meanwhile has compared its notebook with the book's."""
    url = f"{server.home}lite/editions.json"
    with opened.page.expect_response(url) as answer:
        yield
    answer.value.finished()
    opened.page.evaluate(EDITIONS, url)
    opened.opened.settle()


@pytest.mark.usefixtures("without_kernel")
def test_an_edited_copy_says_that_the_book_has_moved_on_and_both_can_be_had(
    notebook, server, site, axe
):
    name, mine = "03_softmax.ipynb", "kept = 'my work'"
    opened = notebook("03_softmax", setting="narrow-dark")
    bar = opened.page.get_by_role("status", name="Editions of this notebook")
    keep(opened, mine)
    with comparing(opened, server):
        opened.page.reload()
    expect(opened.cells.first).to_contain_text(mine)
    expect(bar).to_have_count(0)  # the book is as it was

    newer = nbformat.read(site / "lite" / "files" / name, as_version=4)
    first_shown(newer).source = "print('the new edition')"
    newer.metadata["softmax_edition"] = "newer"
    editions = json.loads((site / "lite" / "editions.json").read_text())
    assert editions.keys() == {path.name for path in (site / "lite" / "files").iterdir()}
    server.instead = {
        f"/lite/files/{name}": nbformat.writes(newer).encode(),
        "/lite/editions.json": json.dumps({**editions, name: "newer"}).encode(),
    }
    try:
        opened.page.reload()
        expect(bar).to_contain_text("The book has changed since you began this notebook.")
        expect(opened.cells.first).to_contain_text(mine)
        assert opened.overflow() <= 0
        assert opened.barriers(bar, axe) == []
        # Who stays is not asked again.
        bar.get_by_role("button", name="Keep mine").press("Enter")
        expect(bar).to_have_count(0)
        with comparing(opened, server):
            opened.page.reload()
        expect(opened.cells.first).to_contain_text(mine)
        expect(bar).to_have_count(0)

        # The script that compares comes when the app is there already.
        opened.page.evaluate("() => localStorage.clear()")
        server.held["older_copy.js"] = go = threading.Event()
        opened.page.reload(wait_until="commit")
        opened.page.wait_for_function("() => window.jupyterapp")
        go.set()
        bar.get_by_role("button", name="Open the new edition").press("Enter")
        expect(bar).to_contain_text("Your copy is kept beside it, as 03_softmax-mine.ipynb.")
        expect(opened.cells.first).to_contain_text("the new edition")
        with comparing(opened, server):
            bar.get_by_role("link", name="03_softmax-mine.ipynb").press("Enter")
        expect(opened.cells.first).to_contain_text(mine)
        expect(bar).to_have_count(0)
    finally:
        server.instead = {}


def test_two_books_on_one_origin_keep_their_notebooks_apart(notebook, site, tmp_path):
    for name in "ab":
        (tmp_path / name).symlink_to(site, target_is_directory=True)
    with serving_or_not(tmp_path) as both, no_kernel(both):
        opened = notebook("04_cross_entropy", home=f"{both.home}a/")
        keep(opened, "kept = 'in a'")
        for name, there in (("b", 0), ("a", 1)):
            opened.page.goto(f"{both.home}{name}/{LITE.format('04_cross_entropy')}")
            opened.cells.first.wait_for()
            expect(opened.cells.first.locator(".cm-content")).to_have_text(re.compile(r"\w"))
            expect(opened.cells.filter(has_text="kept = 'in a'")).to_have_count(there)


def test_what_is_compiled_comes_from_the_distribution_only_if_its_hash_is_right(
    notebook, server, tmp_path
):
    stub = write_wheel(tmp_path, "numpy", "1", {"numpy.py": STUB})
    lock = json.loads((server.folder / LOCK[1:]).read_text())
    packages = lock["packages"]
    cells = [nbformat.v4.new_code_cell(code) for code in RUN_ALL]
    for cell in cells:
        cell.metadata.tags = ["raises-exception"]  # and the next cell runs
    small = nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": KERNEL})
    with serving_or_not(tmp_path) as far:
        for name in ("numpy", "matplotlib"):
            packages[name] |= {"file_name": far.home + stub.name, "depends": []}
        packages["numpy"]["sha256"] = sha256(stub.read_bytes()).hexdigest()
        packages["matplotlib"]["sha256"] = "0" * 64
        server.instead = {
            LOCK: json.dumps(lock).encode(),
            "/lite/files/02_overflow_guard.ipynb": nbformat.writes(small).encode(),
        }
        try:
            opened = notebook("02_overflow_guard")
            opened.run_all()
        finally:
            server.instead = {}
        expect(opened.output(0)).to_contain_text("No module named 'softmax_lite_test'")
        expect(opened.output(1)).to_contain_text("a stub")
        expect(opened.output(2)).to_contain_text("ModuleNotFoundError: matplotlib is not here.")
        opened.cells.nth(3).locator(".noUi-handle").wait_for()
        expect(opened.output(3)).to_contain_text("slides")
        opened.cells.nth(4).get_by_text("drawn by a view", exact=True).wait_for()
        expect(opened.output(5)).to_have_text(re.compile(r"^\s*'[\d.]+'\s*$"))
        assert [url for url in opened.elsewhere if not url.startswith(far.home)] == []
        assert len(opened.elsewhere) >= 2
