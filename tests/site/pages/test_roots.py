import pytest

from softmax_book.pages.roots import base_path

from ..page_reader import read_page


def test_the_page_for_wrong_addresses_works_at_any_depth(site):
    page = read_page(site / "404.html")
    assert page.base == "/"
    assert len(page.links) > 8
    assert not any(link.startswith((".", "#")) for link in page.links)
    assert not page.inline_scripts


@pytest.mark.parametrize(
    ("baseurl", "repository", "path"),
    [
        ("", "", "/"),
        ("", "https://github.com/name/book", "/book/"),
        ("", "https://github.com/name/book.git", "/book/"),
        ("", "https://github.com/name/name.github.io/", "/"),
        ("https://books.example/a/b", "https://github.com/name/book", "/a/b/"),
        ("https://books.example", "", "/"),
    ],
)
def test_the_base_of_the_page_for_wrong_addresses(baseurl, repository, path):
    assert base_path(baseurl, repository) == path


def test_a_link_to_the_front_door_opens_the_book(site):
    text = (site / "index.html").read_text("utf-8")
    assert "url=book/index.html" in text


def test_a_page_that_left_the_book_leaves_the_site(sample):
    site = sample.edition.site
    assert not (site / "book" / "old.html").exists()
    assert (site / "search.html").exists()
