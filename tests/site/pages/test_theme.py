"""What leans on the theme: the built pages, and that nothing is missed when the theme changes."""

import re

import pytest

from softmax_book.expected import UnexpectedError
from softmax_book.pages import theme
from softmax_book.pages.theme import MACROS, SCRIPT, STATIC, lighter_script, mend_page, page_files

from ..page_reader import name_of

# --- the built site ---


def test_no_script_holds_up_a_page_and_none_is_loaded_for_nothing(pages, site):
    for page in pages:
        text = page.path.read_text("utf-8")
        for attributes in re.findall(r"<script([^>]*\bsrc=[^>]*)>", text):
            assert re.search(r"\bdefer\b", attributes), f"{name_of(page, site)}: {attributes}"
        assert not re.search(r"searchindex|searchtools|sphinx_highlight|doctools", text)


def test_the_theme_searches_the_whole_page_neither_at_once_nor_at_every_key(pages, site):
    script = (site / "_static/scripts/pydata-sphinx-theme.js").read_text("utf-8")
    assert '["pre",' not in script, "see src/softmax_book/pages/theme.py"
    (handler,) = re.findall(r'window\.addEventListener\("keydown",\w+=>\{(.{20})', script)
    assert handler.startswith("if(!/^(k|escape)$/i"), "see src/softmax_book/pages/theme.py"
    for page in pages:
        assert "bootstrap" not in page.path.read_text("utf-8"), name_of(page, site)


def test_no_page_mentions_a_repository_that_nobody_named(pages, site):
    for page in pages:
        text = page.path.read_text("utf-8")
        assert "executablebooks" not in text, name_of(page, site)
        assert "btn-source-" not in text, name_of(page, site)


def test_naming_a_repository_is_enough_for_its_links_to_appear(sample):
    page = sample.read_page()
    assert "https://github.com/name/book/edit/main/book/index.md" in page
    assert re.search(r'issues/new">Report a mistake</a>', page)
    assert '<a href="https://github.com/name/book">Source</a>' in page
    missing = (sample.edition.site / "404.html").read_text()
    assert '<base href="/book/" />' in missing


# --- the theme's list of files ---


def test_of_the_themes_files_three_are_left():
    macros = page_files((STATIC / MACROS).read_text("utf-8"))
    assert re.findall(r"_static/([\w/.-]+)", macros) == [
        "styles/theme.css",
        "styles/pydata-sphinx-theme.css",
        "scripts/pydata-sphinx-theme.js",
    ]
    assert "matchMedia" in macros
    assert "digest" not in macros
    names = ["head_pre_assets", "head_js_preload", "body_post"]
    assert re.findall(r"macro (\w+)\(\)", macros) == names


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("scripts/fontawesome.js", "scripts/icons.js"),
        ("scripts/bootstrap.js", "scripts/bootstrap.min.js"),
        ('rel="preload" as="script"', 'rel="prefetch"'),
        ("head_pre_assets", "head_assets"),
        ("?digest=", "?v="),
        (
            "{% macro body_post() %}",
            "{% macro body_post() %}<script src='_static/new.js'></script>",
        ),
    ],
)
def test_another_list_of_files_is_an_error(old, new):
    macros = (STATIC / MACROS).read_text("utf-8")
    assert old in macros
    with pytest.raises(UnexpectedError, match=r"the theme's template webpack-macros\.html"):
        page_files(macros.replace(old, new))


# --- the theme's script ---


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('["pre"', '["code"'),
        ('"keydown"', '"keyup"'),
        ('"#pst-page-toc-nav"', '"#toc"'),
        (".y>.5*window", ".y>.6*window"),
    ],
)
def test_another_script_is_an_error(old, new):
    script = (STATIC / SCRIPT).read_text("utf-8")
    assert old in script
    with pytest.raises(UnexpectedError, match=r"the theme's script pydata-sphinx-theme\.js"):
        lighter_script(script.replace(old, new))


# --- the theme's markup ---

PAGE = """<html><head><meta charset="utf-8" />
<meta name="viewport" content="a" /><meta name="viewport" content="b" />
<title>A page</title>
<meta name="viewport" content="c"/>
<link rel="next" title="Next" href="next.html" />
<script>DOCUMENTATION_OPTIONS.pagename = 'a';</script>
<script>DOCUMENTATION_OPTIONS.search_as_you_type = false;</script>
<script src="_static/searchtools.js"></script>
<script src="_static/language_data.js"></script>
<script src="searchindex.js"></script>
<script src="_static/doctools.js?v=1"></script>
<script src="_static/copybutton.js"></script></head><body>
<button class="btn search-button-field" title="Search" aria-label="Search">Search</button>
<div id="pst-primary-sidebar" class="bd"></div>
<p class="title logo__title">A &amp; B</p>
<button class="sidebar-toggle primary-toggle" title="Toggle primary sidebar"></button>
<button class="btn theme-switch-button" aria-label="Color mode" data-bs-title="Color mode"></button>
<div id="jb-print-docs-body" class="onlyprint"><h1>A page</h1><div><nav><ul></ul></nav>
</div></div>
<div id="searchbox"></div>
<span class="katex">x</span>
<dt class="sig sig-object">softmax</dt>
<div class="sms-page-widget" data-widget="bars"></div>
<button onclick="window.print()">Print</button>
<details class="admonition hide above-input"><summary aria-label="Toggle hidden content">
</summary></details>
<div role="list" class="citation-list">
<div class="citation" id="a" role="doc-biblioentry"></div></div>
</body></html>
"""


def test_the_themes_markup_is_mended():
    page = mend_page(PAGE)
    assert page.count('name="viewport"') == 2
    assert 'rel="next"' not in page
    assert "DOCUMENTATION_OPTIONS" not in page
    assert re.findall(r'<script defer src="([^"]*)"', page) == ["_static/copybutton.js"]
    assert not re.search("searchindex|searchtools|language_data|doctools", page)
    assert 'title="Search">' in page
    assert 'role="complementary" aria-label="The book"' in page
    assert "onclick" not in page
    assert 'title="List of chapters" aria-label="List of chapters"' in page
    assert "Color mode" not in page
    assert '<p class="sms-print-book">A &amp; B</p>' in page
    assert "<h1>" not in page
    assert '<span class="katex" translate="no">' in page
    assert '<dt translate="no" class="sig ' in page
    assert 'data-widget="bars" translate="no">' in page
    assert page.count("data-sms-prints") == 2  # the button, and the script that listens to it
    assert "<summary>" in page
    assert 'role="list"' not in page
    assert "doc-biblioentry" not in page


# For each mend, a page in which the theme writes the thing in another way.
OTHERWISE = {
    "search button": ('aria-label="Search"', 'aria-label="Find"'),
    "folded cells": ('aria-label="Toggle hidden content"', 'title="Toggle hidden content"'),
    "sidebar": ("pst-primary-sidebar", "primary-sidebar"),
    "list of cited works": ('<div role="list" class', '<ul role="list" class'),
    "cited works": ('role="doc-biblioentry"', 'role="listitem"'),
    "viewport": ('content="a" />', 'content="a">'),
    "next page": ('<link rel="next" title="Next" href="next.html" />', '<link rel="next">'),
    "options of its scripts": ("DOCUMENTATION_OPTIONS.pagename", "OPTIONS.pagename"),
    "search scripts": ('src="searchindex.js"', 'async="" src="/searchindex.js#" data-x="'),
    "scripts": (
        '<script src="_static/copybutton.js">',
        '<script async src="_static/copybutton.js">',
    ),
    "buttons of the sidebars": ("Toggle primary", "Show primary"),
    "button of the colours": ('data-bs-title="Color mode"', 'title="Color mode"'),
    "printed head": ('<div id="searchbox">', '<div id="search">'),
    "widgets": ('data-widget="bars">', 'data-widget="bars" data-a="">'),
    "signatures": ('<dt class="sig ', '<dt id="a" class="sig '),
    "formulas": ('<span class="katex">', '<span id="a" class="katex">'),
    "print button": ("window.print()", "window.print(1)"),
}
ALL_MENDS = [*theme.MENDS, *theme.LAST_MENDS]


@pytest.mark.parametrize("mend", ALL_MENDS, ids=lambda mend: mend.what)
def test_other_markup_is_an_error(mend):
    old, new = OTHERWISE[mend.what]
    assert old in PAGE
    with pytest.raises(UnexpectedError, match=f"the page's {mend.what}, as the theme writes it"):
        mend_page(PAGE.replace(old, new))


# --- the download menu, and the colours of code ---


def test_the_items_of_the_download_menu_are_called_by_what_they_are(pages, site):
    names = {name for name, _ in theme.DOWNLOADS.values()}
    text = (site / "book" / "03_softmax.html").read_text("utf-8")
    found = re.findall(r'<span class="btn__text-container">([^<]*)</span>', text)
    assert len(found) == 4
    assert set(found) == names


def test_an_item_that_is_called_after_an_ending_is_an_error():
    item = {"label": "download-epub-button", "text": ".epub", "tooltip": "Download"}
    menu = {"label": "download-buttons", "buttons": [item]}
    with pytest.raises(UnexpectedError, match="book/a, the item of the download menu download-ep"):
        theme.name_downloads(None, "book/a", "page.html", {"header_buttons": [menu]}, None)


def test_code_has_colours_without_a_theme_that_a_script_has_chosen(site):
    light, dark = (
        f'html[data-theme="{name}"] .k {{ color: {colour} }}'
        for name, colour in (("light", "blue"), ("dark", "red"))
    )
    style = theme.follow_system(f"{light} /* Keyword */\n{dark}\n")
    assert style.splitlines() == [
        'html:not([data-theme="dark"]) .k { color: blue }',
        'html[data-theme="dark"] .k { color: red }',
        "@media (prefers-color-scheme:dark){",
        'html:not([data-theme="light"],[data-theme="dark"]) .k { color: red }',
        "}",
    ]
    assert "prefers-color-scheme" in (site / "_static" / "pygments.css").read_text("utf-8")


def test_colours_of_code_in_other_rules_are_an_error():
    with pytest.raises(UnexpectedError, match=r"pygments\.css, beside its rules for two themes"):
        theme.follow_system(".highlight .k { color: blue }")
