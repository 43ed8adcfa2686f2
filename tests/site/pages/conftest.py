import pytest

from ..page_reader import read_pages


@pytest.fixture(scope="session")
def pages(site):
    """Every page of the built site."""
    pages = read_pages(site)
    assert len(pages) > 10
    return pages
