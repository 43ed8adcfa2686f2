"""Every place that a link names is there, at an address that outlives a reworded heading."""

import re
from pathlib import Path

import pytest
from docutils.nodes import make_id

from softmax_book.sources import read_book, read_page
from softmax_grader.marking import KNOWN_SLIPS

ROOT = Path(__file__).parents[2]
PAGES = read_book(ROOT)
# The places of a built page that text names, as in the feedback that the page for teachers shows.
ADDRESS = re.compile(r"\bbook/(?P<page>\w+)\.html#(?P<anchor>[\w-]+)")
TEXTS = [
    *(ROOT / f"{name}.md" for name in PAGES),
    *sorted((ROOT / "assignments").glob("*.md")),
    ROOT / "README.md",
    ROOT / "CONTRIBUTING.md",
]


def anchors_of(name):
    """The explicit anchors of the headings of one page."""
    return {anchor for heading in PAGES[name].headings for anchor in heading.anchors}


def fault_of(page, anchor):
    """What is wrong with a place of the book; None if it is there."""
    if page not in PAGES:
        return f"_toc.yml lists no page {page}"
    if anchor and anchor not in anchors_of(page):
        return f"no heading of {page}.md has the anchor: write ({anchor})= on the line before it"
    return None


def places_of(path):
    """The places of the book that a text links to: (line, page, anchor)."""
    page = read_page(path)
    folder = path.parent.relative_to(ROOT)
    for link in page.links:
        if link.page is not None:
            target = path.stem if link.page == "" else link.page
            place = Path(folder, target).as_posix()
            if place.startswith("book/"):
                yield link.line, place, link.fragment
    for number, line in enumerate(page.text.splitlines(), start=1):
        for match in ADDRESS.finditer(line):
            yield number, f"book/{match['page']}", match["anchor"]


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_a_link_leads_to_a_page_of_the_book_and_to_an_explicit_anchor(path):
    faults = [
        f"line {line}: {fault}"
        for line, page, anchor in places_of(path)
        for fault in [fault_of(page, anchor)]
        if fault
    ]
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize("name", KNOWN_SLIPS)
def test_a_slip_sends_to_an_explicit_anchor(name):
    match = ADDRESS.fullmatch(KNOWN_SLIPS[name].link)
    assert match, KNOWN_SLIPS[name].link
    fault = fault_of(f"book/{match['page']}", match["anchor"])
    assert fault is None, fault


@pytest.mark.parametrize("name", PAGES)
def test_an_anchor_is_its_own_address_and_names_one_place(name):
    anchors = PAGES[name].anchors
    assert [make_id(anchor) for anchor in anchors] == list(anchors)
    assert len(set(anchors)) == len(anchors)


def test_a_link_that_leads_nowhere_is_seen():
    assert fault_of("book/07_training", "the-formulas") is None
    assert "_toc.yml lists no page" in fault_of("book/07_trainings", "")
    assert "(the-formula)=" in fault_of("book/07_training", "the-formula")
