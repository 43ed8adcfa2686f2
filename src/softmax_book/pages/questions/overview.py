"""``{progress}``: every chapter with its questions, and what a script tells of the answers."""

import json
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from softmax_book.edition import PAGES, Edition
from softmax_book.pages.equations import chapter_sign
from softmax_book.pages.files import add_script, add_style
from softmax_book.pages.questions.tags import tagged
from softmax_book.sources import read_book

HERE = Path(__file__).parent
FOLDER = "questions"  # of the site, below _static
CLASS = "sms-progress"


class ProgressDirective(SphinxDirective):
    """The list of the chapters that ask something; without scripts, how much each asks."""

    def run(self) -> list[nodes.Node]:
        """Return the list, read anew whenever one of the chapters changes."""
        edition = Edition.of(self.env.app)
        body = tagged("tbody")
        for page in read_book(edition.source).values():
            labels = [d.options["label"] for d in page.directives if d.name == "question"]
            if not labels:
                continue
            name, sign = page.name, chapter_sign(page.name)
            self.env.note_dependency(f"{PAGES}/{name}.md")
            signs = [(label, f"{sign}.{place}") for place, label in enumerate(labels, 1)]
            link = tagged("a", nodes.Text(page.title), href=f"{name}.html")
            body += tagged(
                "tr",
                tagged("th", link, scope="row"),
                tagged("td", nodes.Text(f"{len(labels)} questions")),
                data_page=name,
                data_questions=json.dumps(signs, separators=(",", ":")),
            )
        return [tagged("div", tagged("table", body), cls=CLASS)]


def add_overview(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: Any
) -> None:
    """Give the page with the list its script and its style."""
    if f'class="{CLASS}' in (context.get("body") or ""):
        add_script(app, HERE / "overview.js", FOLDER)
        add_style(app, HERE / "overview.css", FOLDER)
