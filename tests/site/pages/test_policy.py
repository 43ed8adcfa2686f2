import base64
import hashlib

import pytest

from softmax_book.expected import UnexpectedError
from softmax_book.pages.policy import has_policy, policy, read_policy, with_policy, without_policy

from ..page_reader import name_of

PAGE = '<html><head><meta charset="utf-8" />\n</head><body><script>one()</script></body></html>'


def test_a_script_in_the_page_is_named_by_its_hash():
    digest = base64.b64encode(hashlib.sha256(b"one()").digest()).decode()
    rules = read_policy(with_policy(PAGE))
    assert rules["script-src"] == f"'self' file: 'sha256-{digest}'"
    assert rules["default-src"] == "'none'"


def test_only_a_page_that_needs_it_may_make_code_of_strings():
    assert "unsafe-eval" not in policy(PAGE)
    assert "'unsafe-eval'" in policy(PAGE, evaluates=True)


def test_a_script_in_an_attribute_is_an_error():
    with pytest.raises(ValueError, match="the page has onclick attributes"):
        policy(PAGE.replace("<body>", '<body onclick="two()">'))


def test_a_policy_takes_the_place_of_another():
    once = with_policy(PAGE)
    assert has_policy(once)
    assert with_policy(once) == once
    assert without_policy(once) == PAGE
    assert not has_policy(PAGE)
    assert read_policy(PAGE) == {}


@pytest.mark.parametrize("charset", ["", '<meta charset="utf-8" />' * 2])
def test_a_page_without_a_place_for_its_policy_is_an_error(charset):
    with pytest.raises(UnexpectedError, match="the page's head, its charset"):
        with_policy(PAGE.replace('<meta charset="utf-8" />', charset))


def test_every_page_has_a_policy_that_fits(pages, site):
    for page in pages:
        text = page.path.read_text("utf-8")
        rules = read_policy(text)
        assert rules, name_of(page, site)
        assert with_policy(text, evaluates="'unsafe-eval'" in rules["script-src"]) == text
