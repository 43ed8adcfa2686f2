"""Lets a wide table of a page be read on a phone: each of its rows becomes an entry of a list.

An entry begins with the row's first two cells, a term and what it means. Of each other cell it says
what it is: the words of the column's head, which a page shows where the head is out of sight.
"""

from typing import Any

from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform

WIDE = 3  # columns that do not stand side by side on a phone
CLASS, LABEL = "sms-stacks", "sms-label"


class StackTables(SphinxPostTransform):
    """Mark the wide tables of a page, and write into their cells what they are."""

    default_priority = 100
    builders = ("html",)

    def run(self, **options: Any) -> None:
        """Go through the tables with a head."""
        for table in self.document.findall(nodes.table):
            heads = [
                [entry.astext() for entry in head.findall(nodes.entry)]
                for head in table.findall(nodes.thead)
            ]
            if len(heads) != 1 or len(heads[0]) < WIDE:
                continue
            table["classes"].append(CLASS)
            for body in table.findall(nodes.tbody):
                for row in body.findall(nodes.row):
                    _label(row, heads[0])


def _label(row: nodes.row, head: list[str]) -> None:
    for entry, name in list(zip(row.findall(nodes.entry), head, strict=False))[2:]:
        label = nodes.inline("", f"{name} ", classes=[LABEL])
        first = entry.next_node(nodes.paragraph)
        (entry if first is None else first).insert(0, label)
