"""The book's package as a wheel beside the notebooks: whether pip takes it from there."""

import http.server
import os
import subprocess
import sys
import threading
from functools import partial
from pathlib import Path

import nbformat
import pytest

from softmax_book.edition import BookError, Edition
from softmax_book.expected import UnexpectedError
from softmax_book.exports.notebooks import INSTALL_ID
from softmax_book.exports.package import offer_package, package_name, write_package
from softmax_book.sources import read_book

ROOT = Path(__file__).parents[3]
USE = "import softmax_steps as s; X, y = s.load_digits(); print(s.__file__, X.shape)"


def test_pip_installs_the_package_from_the_site_that_served_the_notebook(site, tmp_path):
    name = package_name(Edition(ROOT))
    assert (site / "_sources" / "book" / name).stat().st_size < 1_000_000
    handler = partial(http.server.SimpleHTTPRequestHandler, directory=str(site))
    handler.func.log_message = lambda *words: None
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever).start()
        address = f"http://127.0.0.1:{server.server_port}/_sources/book/{name}"
        options = ["--quiet", "--no-deps", "--no-index", "--target", tmp_path / "there"]
        try:
            subprocess.run([sys.executable, "-m", "pip", "install", *options, address], check=True)
        finally:
            server.shutdown()
    there = {**os.environ, "PYTHONPATH": str(tmp_path / "there")}
    ran = subprocess.run(
        [sys.executable, "-c", USE], env=there, capture_output=True, text=True, check=True
    )
    assert str(tmp_path) in ran.stdout
    assert "(1797, 64)" in ran.stdout


def test_each_notebook_of_the_site_names_the_wheel_that_lies_beside_it(site):
    pages = [page for page in read_book(ROOT).values() if page.is_notebook]
    assert pages
    for path in (site / "_sources" / "book" / f"{page.name}.ipynb" for page in pages):
        cells = nbformat.read(path, as_version=4).cells
        (first,) = [cell.source for cell in cells if cell.id == INSTALL_ID]
        assert f"offers the book's package too, {package_name(Edition(ROOT))}." in first
        page = (site / "book" / f"{path.stem}.html").read_text("utf-8")
        assert page.count(f'href="../_sources/book/{package_name(Edition(ROOT))}"') == 1


def test_a_page_without_a_notebook_offers_no_package(site):
    assert ".whl" not in (site / "book" / "references.html").read_text("utf-8")


def test_without_the_sources_there_is_no_wheel_and_one_clear_line(tmp_path):
    assert package_name(Edition(tmp_path)) == ""
    with pytest.raises(BookError, match=r"softmax_steps is not there: run the command in the"):
        write_package(Edition(tmp_path), tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_theme_without_its_menu_is_heard_of():
    class App:
        srcdir = ROOT
        builder = None

        class config:  # noqa: N801
            repository_root, language = ".", "en"

    with pytest.raises(UnexpectedError, match="the theme's group of download buttons"):
        offer_package(App, "book/01_score", "", {"ipynb_source": "x", "header_buttons": []}, None)
