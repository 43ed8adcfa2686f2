"""The notebooks for the browser beside the book."""

from softmax_book.building.freshness import is_lite_stale, remember_lite
from softmax_book.cli import main


def test_building_the_book_leaves_lite_alone_and_says_that_it_is_old(toy_book, monkeypatch, capsys):
    edition, lite = toy_book.edition, toy_book.edition.lite
    lite.mkdir(parents=True)
    theirs = "<!DOCTYPE html><p onclick='x()'>a page that Sphinx did not make</p>"
    (lite / "index.html").write_text(theirs)
    remember_lite(edition, lite)  # of a book without a notebook
    monkeypatch.chdir(toy_book.root)
    assert main(["build"]) == 0
    assert "'make site' renews them" in capsys.readouterr().out
    assert (lite / "index.html").read_text() == theirs
    assert is_lite_stale(edition)
    remember_lite(edition, lite)
    assert not is_lite_stale(edition)
