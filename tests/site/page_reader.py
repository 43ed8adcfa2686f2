"""What the tests of the site need to read a page."""

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path

# Templates of the theme, and the app that runs notebooks: tests/browser/test_lite.py looks at it.
NO_PAGES = {"_static", "lite"}
VOID = {
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track",
    "wbr",
}  # fmt: skip


@dataclass
class Page:
    path: Path
    title: str = ""
    description: str = ""
    ids: set = field(default_factory=set)
    links: list = field(default_factory=list)  #: href of <a>
    loaded: list = field(default_factory=list)  #: (tag, address) of what a browser fetches
    images_without_alt: list = field(default_factory=list)
    graphics_without_name: list = field(default_factory=list)
    inline_scripts: str = ""
    inline_styles: str = ""
    base: str = ""


class Reader(HTMLParser):
    def __init__(self, page):
        super().__init__()
        self.page, self.stack = page, []

    def handle_starttag(self, tag, attributes):
        found, page = dict(attributes), self.page
        hidden = found.get("aria-hidden") == "true" or any(hidden for _, hidden in self.stack)
        if "id" in found:
            page.ids.add(found["id"])
        if tag == "a" and "href" in found:
            page.links.append(found["href"])
        if tag == "base":
            page.base = found["href"]
        if tag == "meta" and found.get("name") == "description":
            page.description = found.get("content", "")
        if tag == "link" and {"next", "prev", "search"} & set(found.get("rel", "").split()):
            page.links.append(found.get("href", ""))
        elif tag == "link":
            page.loaded.append((tag, found.get("href", "")))
        for name in ("src", "poster", "data"):
            if name in found and tag in {"script", "img", "iframe", "source", "video", "object"}:
                page.loaded.append((tag, found[name]))
        if tag in {"img", "source"} and "srcset" in found:
            page.loaded += [(tag, part.split()[0]) for part in found["srcset"].split(",")]
        if tag == "img" and "alt" not in found:
            page.images_without_alt.append(found.get("src", ""))
        if tag == "svg" and not hidden and not found.get("aria-label", "").strip():
            page.graphics_without_name.append(self.get_starttag_text()[:80])
        page.inline_styles += found.get("style", "")
        if tag not in VOID:
            self.stack.append((tag, hidden))

    def handle_endtag(self, tag):
        while self.stack:
            if self.stack.pop()[0] == tag:
                break

    def handle_data(self, text):
        tag = self.stack[-1][0] if self.stack else ""
        if tag == "title" and not any(name == "svg" for name, _ in self.stack):
            self.page.title += text
        elif tag == "script":
            self.page.inline_scripts += text
        elif tag == "style":
            self.page.inline_styles += text


def read_page(path):
    page = Page(path)
    Reader(page).feed(path.read_text("utf-8"))
    return page


def read_pages(site):
    return [
        read_page(path)
        for path in sorted(site.rglob("*.html"))
        if path.relative_to(site).parts[0] not in NO_PAGES
    ]


def is_foreign(address):
    return bool(re.match(r"(?:[a-z][a-z0-9+.-]*:)?//", address.strip(), re.IGNORECASE))


def name_of(page, site):
    """Return a page's path in the site, for messages."""
    return page.path.relative_to(site).as_posix()
