import re

import pytest

from softmax_book.building.site import BuildError

from ..page_reader import name_of


def test_every_page_has_its_own_title_and_description(pages, site):
    for page in pages:
        assert page.title.strip(), f"{name_of(page, site)} has no title"
        assert len(page.description) > 20, f"{name_of(page, site)} has no description"
        assert len(page.description) <= 160, f"{name_of(page, site)}: its description is too long"
    shown = [page for page in pages if page.path.parent != site or page.path.stem == "search"]
    for values in ([page.title for page in shown], [page.description for page in shown]):
        assert len(set(values)) == len(values), "two pages share a title or a description"


def test_a_page_with_a_text_asks_for_its_face_before_any_style_sheet(site):
    page = (site / "book" / "index.html").read_text("utf-8")
    address = "../_static/fonts/stix-two-text-latin-wght-normal.woff2"
    assert (site / "book" / address).is_file()
    assert page.index(address) < page.index('rel="stylesheet"')
    assert "stix" not in (site / "search.html").read_text("utf-8")


def test_a_page_without_description_fails_the_build(toy_book):
    path = toy_book.root / "book" / "index.md"
    path.write_text(re.sub(r"\bdescription: .*", "keywords: toy", path.read_text()))
    with pytest.raises(BuildError, match="has no description"):
        toy_book.build()
