"""Says of each Chinese name in the glossary that it is Chinese, to screen readers and to fonts."""

import re
from typing import Any

from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform

CHINESE = re.compile("[\u4e00-\u9fff]")
# docutils turns a class of this form into the attribute lang.
CLASS = "language-zh-Hans"


class NameLanguages(SphinxPostTransform):
    """Give the Chinese terms of a page their language."""

    default_priority = 100
    builders = ("html",)

    def run(self, **options: Any) -> None:
        """Go through the terms of the page's definition lists."""
        for term in self.document.findall(nodes.term):
            if CHINESE.search(term.astext()):
                term["classes"].append(CLASS)
