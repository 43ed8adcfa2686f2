"""The zip for a classroom."""

import json
import zipfile

import pytest

from softmax_book.building.freshness import remember_lite
from softmax_book.edition import Edition
from softmax_book.lite import LiteError
from softmax_book.lite.offline import FOLDER, READ_ME, read_me, what_is_fetched, write_zip
from softmax_book.lite.pyodide import DISTRIBUTION

NUMPY = "numpy-2.4.6-cp314-cp314-pyemscripten_2026_0_wasm32.whl"


@pytest.fixture
def small_site(tmp_path):
    for name in ("_config.yml", "_toc.yml", "package.json"):
        (tmp_path / name).write_text("")
    place = tmp_path / "_build" / "html" / "lite" / "static" / "pyodide"
    place.mkdir(parents=True)
    (tmp_path / "_build" / "html" / "index.html").write_text("<p>the book</p>")
    return Edition(tmp_path)


def put_lock(edition, address):
    edition.lite_lock.write_text(
        json.dumps({"packages": {"numpy": {"file_name": address + NUMPY}}})
    )
    remember_lite(edition, edition.lite)


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
    text = read_me(what_is_fetched(small_site))
    assert "WHAT WILL NOT RUN WITHOUT INTERNET" in text
    assert NUMPY in text
    assert "Pyodide 9.8.7" in text


def test_no_zip_is_made_of_half_a_site(small_site):
    with pytest.raises(LiteError, match="make site"):
        write_zip(small_site)
    put_lock(small_site, "")
    small_site.downloads.mkdir()
    (small_site.downloads / "new.ipynb").write_text("{}")
    with pytest.raises(LiteError, match="older than the book"):
        write_zip(small_site)
    assert not small_site.offline_zip.parent.exists()
