"""A page that holds one widget of the book and nothing else: quick to make and to open."""

import json
import shutil
from pathlib import Path

from softmax_book.building.npm import package_folder
from softmax_book.pages.maths import mark_slots
from softmax_book.pages.widgets.views import bundle_views
from softmax_steps.widgets.base import view_formulas
from softmax_steps.widgets.names import css_class

from .node import run_node

ROOT = Path(__file__).parents[1]
PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>{name}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="katex.min.css"><link rel="stylesheet" href="{name}.css">
<style>
body {{ margin: 16px auto; max-width: {width}px; --sms-font: DejaVu Sans, sans-serif; }}
</style>
<div class="sms-page-widget" data-widget="{name}"><figure>a picture</figure>
<script type="application/json">{state}</script></div>
<p style="height: 900px">Below it.</p>
<script src="host.js"></script><script src="{name}.js"></script></html>"""
DRAW = """
const data = JSON.parse(require("fs").readFileSync(0, "utf8"));
const options = { trust: true, strict: "ignore", output: "html" };
const katex = require(data.katex);
console.log(JSON.stringify(data.texts.map((text) => katex.renderToString(text, options))));
"""


def typeset_widgets(names):
    """Draw widgets' formulas as the book's pages have them, without Sphinx, in one process.

    Parameters
    ----------
    names : iterable of str
        The widgets.

    Returns
    -------
    callable
        Turns the TeX of one of their formulas into HTML.
    """
    texts = sorted({latex for name in names for latex in view_formulas(name).values()})
    script = package_folder(ROOT, "katex") / "dist" / "katex.min.js"
    drawn = run_node(
        DRAW,
        {
            "katex": script.as_posix(),
            "texts": [mark_slots(text) for text in texts],
        },
        module=False,
    )
    return dict(zip(texts, drawn, strict=True)).__getitem__


def write_widget_page(folder, widget, width=685):
    """Write a page with one widget into a folder, and return the page's address.

    Parameters
    ----------
    folder : pathlib.Path
    widget : softmax_steps.widgets.base.BookWidget
    width : int
        Of the text, in pixels: a chapter's in a window of 1280 pixels without.

    Returns
    -------
    str
    """
    bundle_views(ROOT, folder, [widget.name], typeset=typeset_widgets([widget.name]))
    fonts = package_folder(ROOT, "katex") / "dist"
    shutil.copytree(fonts / "fonts", folder / "fonts")
    shutil.copy(fonts / "katex.min.css", folder)
    state = json.dumps(widget.page_state(), allow_nan=False).replace("</", r"<\/")
    page = folder / "index.html"
    page.write_text(PAGE.format(name=widget.name, state=state, width=width), "utf-8")
    return page.as_uri()


def opening(chromium, address, name):
    """Yield ``open(hash, **options)``, which gives the page with a widget, and the widget.

    Parameters
    ----------
    chromium : playwright.sync_api.Browser
    address : str
        As :func:`write_widget_page` returns it.
    name : str
        The widget's.
    """
    contexts = []

    def go(words="", **options):
        context = chromium.new_context(**{"viewport": {"width": 1280, "height": 650}, **options})
        contexts.append(context)
        page = context.new_page()
        page.goto(f"{address}#{words}" if words else address)
        widget = page.locator(f".{css_class(name)}")
        widget.wait_for()
        return page, widget

    yield go
    for context in contexts:
        context.close()
