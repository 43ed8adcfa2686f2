"""What stands below each page: the authors, the terms, and where to report a mistake."""

import re
from types import SimpleNamespace

import pytest

from softmax_book.expected import UnexpectedError
from softmax_book.pages.footer import name_licences

from ..page_reader import name_of

FOOTER = re.compile(r'<p class="sms-footer">(.*?)</p>', re.DOTALL)


def footer_of(page):
    (footer,) = FOOTER.findall(page)
    return " ".join(re.sub(r"<[^>]*>", "", footer).split())


def licences(folder):
    context = {}
    config = SimpleNamespace(repository_root=".", language="en")
    name_licences(SimpleNamespace(srcdir=folder, config=config), "book/a", "", context, None)
    return str(context["sms_licences"])


def test_every_page_names_the_terms_and_no_address_that_nobody_gave(pages, site):
    for page in pages:
        if page.path.parent.name == "book":
            assert footer_of(page.path.read_text("utf-8")) == (
                "By The Softmax, Step by Step authors. Text CC BY 4.0, code BSD 3-Clause."
            ), name_of(page, site)


def test_the_licences_are_those_of_the_repository(tmp_path):
    assert licences(tmp_path) == ""
    (tmp_path / "LICENSE").write_text("BSD 3-Clause License\n\nCopyright")
    assert licences(tmp_path) == (
        'code <a rel="license" href="https://opensource.org/license/bsd-3-clause">BSD 3-Clause</a>.'
    )
    (tmp_path / "LICENSE-TEXT").write_text("All rights reserved\n")
    with pytest.raises(UnexpectedError, match="LICENSE-TEXT begins with 'All rights reserved'"):
        licences(tmp_path)
