"""Every page of the built site: what it loads, where it links, what it says."""

import gzip
import re
from urllib.parse import unquote, urljoin, urlsplit

import softmax_steps
from softmax_book.pages.roots import base_path

from ..page_reader import is_foreign, name_of, read_page

CSS_ADDRESS = re.compile(r"url\(\s*['\"]?([^'\")]+)|@import\s+['\"]([^'\"]+)")


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
    """A first visit stays below 400 kB compressed: so much without fonts, which are 102 to 142."""
    heavy = []
    for page in pages:
        files = {page.path} | {
            (page.path.parent / urlsplit(address).path).resolve()
            for _, address in page.loaded
            if not address.startswith("data:")
        }
        weight = sum(len(gzip.compress(path.read_bytes(), 6)) for path in files)
        if weight > 270_000:
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
                and "present=" not in parts.query  # then it is a widget's state
                and target in by_path
                and unquote(parts.fragment) not in by_path[target].ids
            ):
                broken.append(f"{name_of(page, site)}: {link}: no such place on that page")
    assert not broken, "\n".join(broken)


def test_after_the_front_page_comes_chapter_1(site):
    text = (site / "book" / "index.html").read_text("utf-8")
    assert re.search(r'class="right-next"\s+href="01_score\.html"', text)


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


def test_the_reference_holds_every_public_function(site):
    ids = read_page(site / "book" / "api.html").ids
    missing = [name for name in softmax_steps.__all__ if f"softmax_steps.{name}" not in ids]
    assert not missing, f"add to book/api.md: {missing}"
