"""Keeps a comma or full stop on the line of the short formula that it follows.

A browser may break the line after a drawn formula, also before the mark that ends the clause:
on a phone a line would then begin with a comma.
"""

import re

from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform

MARK = re.compile(r"[,.;:!?)\]’”]+")
SHORT = 40  # letters of LaTeX: a longer formula must be free to break itself


class KeepTogether(SphinxPostTransform):
    """Puts a short formula and the marks behind it into one element that does not break."""

    default_priority = 100
    formats = ("html",)

    def run(self, **options):
        """Go through the formulas within the text."""
        for formula in list(self.document.findall(nodes.math)):
            place = formula.parent.index(formula)
            after = formula.next_node(descend=False, siblings=True)
            mark = MARK.match(after) if isinstance(after, nodes.Text) else None
            if mark is None or len(formula.astext()) > SHORT:
                continue
            parent = formula.parent
            rest = nodes.Text(after[mark.end() :])
            parent[place : place + 2] = [
                nodes.inline("", "", formula, nodes.Text(mark[0]), classes=["sms-together"]),
                rest,
            ]


def setup(app):
    """Register with Sphinx."""
    app.add_post_transform(KeepTogether)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
