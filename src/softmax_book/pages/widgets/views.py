"""Sphinx extension: puts a widget's script and style on the pages that show it, and no others.

The scripts are the views of :mod:`softmax_steps.widgets`, served as files of the site, so that
a page needs neither a kernel nor another host, also when it is opened from a disk.
"""

import re
from pathlib import Path

from softmax_steps.widgets.base import view_source, view_style

HOST = Path(__file__).parent / "host.js"
SHOWN = re.compile(r'class="sms-page-widget" data-widget="(\w+)"')


def page_script(name):
    """Return a widget's view as a plain script that hands itself to the page's host."""
    module = re.sub(r"^export (?!default)", "", view_source(name), flags=re.MULTILINE)
    body, found = re.subn(r"^export default ", "return ", module, flags=re.MULTILINE)
    if found != 1:
        raise ValueError(f"{name}.mjs has {found} default exports; expected exactly one, the view.")
    return f'softmaxWidget("{name}", (() => {{\n{body}\n}})());\n'


def add_widgets(app, page, template, context, doctree):
    """Give the page the host and the files of each widget that its body holds."""
    names = sorted(set(SHOWN.findall(context.get("body") or "")))
    if not names:
        return
    static = Path(app.outdir) / "_static" / "widgets"
    static.mkdir(parents=True, exist_ok=True)
    (static / "host.js").write_text(HOST.read_text("utf-8"), "utf-8")
    app.add_js_file("widgets/host.js", priority=600, loading_method="defer")
    for name in names:
        (static / f"{name}.js").write_text(page_script(name), "utf-8")
        (static / f"{name}.css").write_text(view_style(name), "utf-8")
        app.add_js_file(f"widgets/{name}.js", priority=601, loading_method="defer")
        app.add_css_file(f"widgets/{name}.css")
