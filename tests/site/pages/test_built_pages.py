import gzip
import re
from urllib.parse import unquote, urljoin, urlsplit

import pytest

import softmax_steps
from softmax_book.pages.roots import base_path

from ..page_reader import is_foreign, read_page, read_pages

CSS_ADDRESS = re.compile(r"url\(\s*['\"]?([^'\")]+)|@import\s+['\"]([^'\"]+)")


@pytest.fixture(scope="module")
def pages(site):
    found = read_pages(site)
    assert len(found) > 10
    return found


def name_of(page, site):
    return page.path.relative_to(site).as_posix()


def test_no_page_asks_another_host_for_anything(pages, site):
    foreign = [
        f"{name_of(page, site)}: <{tag}> {address}"
        for page in pages
        for tag, address in page.loaded
        if is_foreign(address)
    ]
    assert not foreign, "\n".join(foreign)
    for page in pages:
        asked = re.search(
            r"https?://(?!www\.w3\.org/)", page.inline_scripts
        )  # names of SVG, MathML
        assert not asked, name_of(page, site)
        assert not re.search(r"url\(\s*['\"]?(?:https?:)?//", page.inline_styles)


def test_no_style_sheet_asks_another_host_for_anything(pages, site):
    for sheet in sorted(site.rglob("*.css")):
        if sheet.relative_to(site).parts[0] == "lite":
            continue
        for match in CSS_ADDRESS.finditer(sheet.read_text("utf-8")):
            assert not is_foreign(match[1] or match[2]), f"{sheet.relative_to(site)}: {match[0]}"


def test_no_script_for_mathematics_or_icons_or_live_cells(pages, site):
    unwanted = re.compile("mathjax|katex.*js|require|thebe|fontawesome|html-manager", re.IGNORECASE)
    for page in pages:
        for _, address in page.loaded:
            if address.split("?")[0].endswith(".js"):
                assert not unwanted.search(address), f"{name_of(page, site)} loads {address}"


def test_no_script_holds_up_a_page_and_none_is_loaded_for_nothing(pages, site):
    for page in pages:
        text = page.path.read_text("utf-8")
        for attributes in re.findall(r"<script([^>]*\bsrc=[^>]*)>", text):
            assert re.search(r"\bdefer\b", attributes), f"{name_of(page, site)}: {attributes}"
        searches = "searchindex.js" in text
        assert searches == (page.path.name == "search.html"), name_of(page, site)


def test_the_theme_searches_the_whole_page_neither_at_once_nor_at_every_key(pages, site):
    script = (site / "_static/scripts/pydata-sphinx-theme.js").read_text("utf-8")
    assert '["pre",' not in script, "see src/softmax_book/pages/theme.py"
    (handler,) = re.findall(r'window\.addEventListener\("keydown",\w+=>\{(.{20})', script)
    assert handler.startswith("if(!/^(k|escape)$/i"), "see src/softmax_book/pages/theme.py"
    for page in pages:
        assert "bootstrap" not in page.path.read_text("utf-8"), name_of(page, site)


def test_what_a_page_loads_is_there(pages, site):
    for page in pages:
        for _, address in page.loaded:
            if not address.startswith("data:"):
                target = (page.path.parent / unquote(urlsplit(address).path)).resolve()
                assert target.is_file(), (
                    f"{name_of(page, site)} loads {address}, which is not there"
                )
    for sheet in (site / "_static" / "katex").glob("*.css"):
        for match in CSS_ADDRESS.finditer(sheet.read_text("utf-8")):
            assert (sheet.parent / match[1]).is_file(), match[1]


def test_a_page_is_light(pages, site):
    """Without its fonts, which a browser fetches once, a page stays below 400 kB compressed."""
    heavy = []
    for page in pages:
        files = {page.path} | {
            (page.path.parent / urlsplit(address).path).resolve()
            for _, address in page.loaded
            if not address.startswith("data:")
        }
        weight = sum(len(gzip.compress(path.read_bytes(), 6)) for path in files)
        if weight > 400_000:
            heavy.append(f"{name_of(page, site)}: {weight / 1000:.0f} kB")
    assert not heavy, "\n".join(heavy)


def test_links_inside_the_site_lead_somewhere(pages, site):
    by_path = {page.path.resolve(): page for page in pages}
    broken = []
    for page in pages:
        base = base_path("", "") if page.base else None
        for link in page.links:
            if is_foreign(link) or re.match(r"(mailto|javascript|data):", link):
                continue
            parts = urlsplit(link)
            if base:
                target = site / urljoin(base, unquote(parts.path)).lstrip("/")
            elif parts.path:
                target = page.path.parent / unquote(parts.path)
            else:
                target = page.path
            target = target.resolve()
            if not target.is_file():
                broken.append(f"{name_of(page, site)}: {link}: no such page")
            elif (
                parts.fragment
                and target in by_path
                and unquote(parts.fragment) not in by_path[target].ids
            ):
                broken.append(f"{name_of(page, site)}: {link}: no such place on that page")
    assert not broken, "\n".join(broken)


def test_every_page_has_its_own_title_and_description(pages, site):
    for page in pages:
        assert page.title.strip(), f"{name_of(page, site)} has no title"
        assert len(page.description) > 20, f"{name_of(page, site)} has no description"
        assert len(page.description) <= 160, f"{name_of(page, site)}: its description is too long"
    shown = [page for page in pages if page.path.parent != site or page.path.stem == "search"]
    for values in ([page.title for page in shown], [page.description for page in shown]):
        assert len(set(values)) == len(values), "two pages share a title or a description"


def test_every_picture_has_words(pages, site):
    for page in pages:
        assert not page.images_without_alt, name_of(page, site)
        assert not page.graphics_without_name, (
            f"{name_of(page, site)}: {page.graphics_without_name}"
        )


def test_every_page_says_its_language_and_has_an_icon(pages, site):
    for page in pages:
        text = page.path.read_text("utf-8")
        assert re.search(r'<html[^>]* lang="en"', text), name_of(page, site)
        assert any("favicon.svg" in address for _, address in page.loaded), name_of(page, site)


def test_no_equation_was_drawn_as_an_error(pages, site):
    for page in pages:
        assert "katex-error" not in page.path.read_text("utf-8"), name_of(page, site)


def test_no_page_mentions_a_repository_that_nobody_named(pages, site):
    for page in pages:
        text = page.path.read_text("utf-8")
        assert "executablebooks" not in text, name_of(page, site)
        assert "btn-source-" not in text, name_of(page, site)


def test_search_finds_a_word_of_a_chapter(site):
    index = (site / "searchindex.js").read_text("utf-8")
    assert "book/03_softmax" in index
    assert '"overflow"' in index or "overflow:" in index


def test_the_reference_holds_every_public_function(site):
    ids = read_page(site / "book" / "api.html").ids
    missing = [name for name in softmax_steps.__all__ if f"softmax_steps.{name}" not in ids]
    assert not missing, f"add to book/api.md: {missing}"


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
