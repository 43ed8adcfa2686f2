"""Explicit anchors: ``(name)=`` before a heading is the address of its section.

Docutils names a section after the words of its heading, and an anchor that bears the same name
pushes it aside: the section would get ``id1`` as its first address. Here the anchor comes first, so
a heading keeps its address when it is reworded or translated.
"""

from typing import Any

from docutils import nodes
from docutils.transforms.references import PropagateTargets
from sphinx.transforms import SphinxTransform


class AnchorSections(SphinxTransform):
    """Make the explicit anchor of a section its one id, and known to links from other pages."""

    # After the anchors have been moved to their sections, before anything looks at the ids.
    default_priority = PropagateTargets.default_priority + 1

    def apply(self, **kwargs: Any) -> None:
        """Change the sections that have an anchor."""
        anchors = {
            target["refid"] for target in self.document.findall(nodes.target) if "refid" in target
        }
        names = self.document.nameids
        slugs = dict(getattr(self.document, "myst_slugs", {}))
        for section in self.document.findall(nodes.section):
            explicit = [name for name in section["ids"] if name in anchors]
            if not explicit:
                continue
            for name in [name for name, place in names.items() if place in section["ids"]]:
                # An address within its page, and no label of the whole book: two chapters may have
                # sections of one name.
                self.document.nametypes[name] = False
                if names[name] not in explicit:
                    names[name] = explicit[0]
            section["ids"] = explicit
            slugs |= {name: (section.line, name, section[0].astext()) for name in explicit}
        if slugs:
            self.document.myst_slugs = slugs
            self.env.metadata[self.env.docname]["myst_slugs"] = slugs
