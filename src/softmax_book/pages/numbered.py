"""Keeps a number in the line of what it numbers: "Chapter 2", "Step 6"."""

import re
from typing import Any

from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform

SPACE = re.compile(
    r"\b((?:Chapter|Exercise|Section|Step|Lesson|Figure|chapter|step|row|class)s?) (?=\d)"
)
NO_BREAK = "\N{NO-BREAK SPACE}"


class KeepNumbers(SphinxPostTransform):
    """Put a space that does not break before each such number of a page's text."""

    default_priority = 100
    builders = ("html",)

    def run(self, **options: Any) -> None:
        """Go through the page's text, and leave code as it is written."""
        for text in list(self.document.findall(nodes.Text)):
            if text.parent is None or isinstance(
                text.parent, (nodes.literal, nodes.FixedTextElement, nodes.math, nodes.raw)
            ):
                continue
            kept = SPACE.sub(rf"\1{NO_BREAK}", text)
            if kept != text:
                text.parent.replace(text, nodes.Text(kept))
