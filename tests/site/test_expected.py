from types import SimpleNamespace

import pytest

from softmax_book.expected import (
    UnexpectedError,
    find_exactly,
    only_file,
    only_item,
    replace_attribute,
    replace_exactly,
)


@pytest.mark.parametrize("text", ["", "a", "a a a"])
def test_a_pattern_must_be_there_exactly_as_often_as_expected(text):
    message = r"a page: expected to find  a  2 times, found it "
    with pytest.raises(UnexpectedError, match=message):
        find_exactly(text, "a", times=2, where="a page")
    with pytest.raises(UnexpectedError, match=message):
        replace_exactly(text, "a", "b", times=2, where="a page")


def test_a_pattern_is_replaced_as_by_re_sub():
    assert replace_exactly("a1 b2", r"(\w)(\d)", r"\2\1", times=2, where="") == "1a 2b"
    assert replace_exactly("a", "a", lambda match: match[0] * 2, where="") == "aa"
    assert replace_exactly("a", "b", "c", times=0, where="") == "a"


def owner():
    return SimpleNamespace(__name__="package", limit=5, draw=lambda latex, options=None: latex)


def test_an_attribute_that_is_not_there_is_not_set():
    package = owner()
    with pytest.raises(UnexpectedError, match=r"a renderer: expected package\.timeout, found none"):
        replace_attribute(package, "timeout", 60, where="a renderer")
    assert not hasattr(package, "timeout")


def test_a_function_is_replaced_by_one_with_its_parameters():
    package = owner()
    replace_attribute(package, "limit", 60, where="")
    replace_attribute(package, "draw", lambda latex, options=None: "drawn", where="")
    assert (package.limit, package.draw("")) == (60, "drawn")
    with pytest.raises(UnexpectedError, match=r"draw\(text\), found the parameters \(latex, "):
        replace_attribute(package, "draw", lambda text: text, where="a renderer")


@pytest.mark.parametrize("items", [[], [1, 2]])
def test_one_item_must_be_the_only_one(items):
    with pytest.raises(UnexpectedError, match=f"buttons: expected exactly one, found {len(items)}"):
        only_item(items, where="buttons")


def test_one_file_must_be_the_only_one(tmp_path):
    (tmp_path / "worker.1.js").touch()
    assert only_file(tmp_path, "worker.*.js", where="") == tmp_path / "worker.1.js"
    (tmp_path / "worker.2.js").touch()
    with pytest.raises(UnexpectedError, match=r"workers, worker\.\*\.js: expected exactly one, "):
        only_file(tmp_path, "worker.*.js", where="workers")
