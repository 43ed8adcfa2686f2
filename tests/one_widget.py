"""A page that holds one widget of the book and nothing else: quick to make and to open."""

import json
import shutil
import subprocess
from pathlib import Path

from softmax_book.building.npm import find_node, package_folder
from softmax_book.pages.maths import SLOT
from softmax_book.pages.widgets.views import bundle_views

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
DRAW = "process.stdout.write(require(process.argv[1]).renderToString(process.argv[2], {options}))"
OPTIONS = {"trust": True, "output": "html", "strict": "ignore"}


def typeset(latex):
    """Draw a widget's formula as the book's pages have it, without Sphinx.

    Parameters
    ----------
    latex : str

    Returns
    -------
    str
    """
    marked = SLOT.sub(r"\\htmlClass{sms-slot-\1}{0}", latex)
    script = package_folder(ROOT, "katex") / "dist" / "katex.min.js"
    program = DRAW.replace("{options}", json.dumps(OPTIONS))
    command = [find_node() / "node", "-e", program, "--", script, marked]
    return subprocess.run(
        command, check=True, capture_output=True, text=True, encoding="utf-8", timeout=60
    ).stdout


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
    bundle_views(ROOT, folder, [widget.name], typeset=typeset)
    fonts = package_folder(ROOT, "katex") / "dist"
    shutil.copytree(fonts / "fonts", folder / "fonts")
    shutil.copy(fonts / "katex.min.css", folder)
    state = json.dumps(widget.page_state(), allow_nan=False).replace("</", r"<\/")
    page = folder / "index.html"
    page.write_text(PAGE.format(name=widget.name, state=state, width=width), "utf-8")
    return page.as_uri()
