"""One widget alone on a page, from a disk: without the site, and without KaTeX."""

import json
from pathlib import Path

import pytest

import softmax_steps.widgets
from softmax_book.pages.widgets.views import bundle_views
from softmax_steps.widgets.names import class_name, view_names

from ....conftest import PATIENCE

ROOT = Path(__file__).parents[4]
ALONE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>{name}</title>
<link rel="stylesheet" href="{name}.css"><body style="font: 16px/1.5 sans-serif">
<main style="width: min(100%, 685px); margin: auto">
<div class="sms-page-widget" data-widget="{name}"><figure>a picture</figure>
<script type="application/json">{state}</script></div></main>
<script src="host.js"></script><script src="{name}.js"></script>"""
WIDE, NARROW = {"width": 1280, "height": 650}, {"width": 390, "height": 844}


@pytest.fixture(scope="session")
def views(tmp_path_factory):
    """The folder of all views, and a page for each in the state of its example()."""
    folder = tmp_path_factory.mktemp("alone")
    bundle_views(ROOT, folder, view_names())
    for name in view_names():
        state = json.dumps(getattr(softmax_steps.widgets, class_name(name)).example().page_state())
        (folder / f"{name}.html").write_text(ALONE.format(name=name, state=state), "utf-8")
    return folder


@pytest.fixture
def alone(views, chromium):
    """Return ``alone(name, address, narrow=False)``: a page that shows the widget alone."""
    yield from opening(views, chromium)


@pytest.fixture(scope="module")
def alone_once(views, chromium):
    """Like ``alone``, but each page is opened once for all tests of a module."""
    for go in opening(views, chromium):
        known = {}

        def go_once(*asked, go=go, known=known):
            if asked not in known:
                known[asked] = go(*asked)
            return known[asked]

        yield go_once


def opening(views, chromium):
    contexts = []

    def go(name, address="", *, narrow=False):
        contexts.append(chromium.new_context(viewport=NARROW if narrow else WIDE))
        page = contexts[-1].new_page()
        page.set_default_timeout(PATIENCE)
        page.goto((views / f"{name}.html").as_uri() + address)
        page.locator(".sms-page-widget[data-mounted]").wait_for()
        settle(page)
        return page

    yield go
    for context in contexts:
        context.close()


DRAWN = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"


def settle(page):
    """Wait until what has changed is drawn at the size of its place."""
    page.evaluate(DRAWN)
