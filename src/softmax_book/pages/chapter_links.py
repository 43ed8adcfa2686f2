"""Makes a link of each chapter that is named in a sentence: "Chapter 2", "Chapters 1 and 2"."""

import re
from collections.abc import Callable, Iterator
from typing import Any

from docutils import nodes
from sphinx import addnodes
from sphinx.transforms.post_transforms import SphinxPostTransform

from softmax_book.pages.equations import chapter_sign
from softmax_book.pages.questions import Tagged

NAMED = re.compile(r"\b[Cc]hapter(?P<several>s)?\s(?P<number>\d+)\b")
# What goes on after "Chapters 1": ", 2 and 3", "to 5".
FURTHER = re.compile(r"(?:,\s|\sand\s|\sto\s|,\sand\s)(?P<number>\d+)\b(?!\.\d)")
# What is a link or a name by itself, or says its text as it stands.
LEFT_OUT = (
    nodes.reference,
    nodes.title,
    nodes.rubric,
    nodes.caption,
    nodes.term,
    nodes.literal,
    nodes.FixedTextElement,
    nodes.raw,
    nodes.math,
    nodes.comment,
    nodes.citation,
    nodes.footnote,
    addnodes.download_reference,
    addnodes.pending_xref,
    addnodes.desc_signature,
)
# Of a question: what the reader presses to answer, or to unfold.
PRESSED = {"sms-question-options", "sms-question-given"}
# Between a citation and the number of one of its chapters.
OF_CITED = re.compile(r",\s(?:[Cc]hapters?\s\d[^.;:]*)?")
CITED = "bibtex-citation"  # the class of a citation


class LinkChapters(SphinxPostTransform):
    """Link the chapters that a page names, with the address that a written link would have."""

    default_priority = 110  # when all references are resolved, and spaces do not break
    builders = ("html",)

    def run(self, **options: Any) -> None:
        """Go through the page's text."""
        here = self.env.docname
        chapters = {chapter_sign(page): page for page in self.env.found_docs}

        def address_of(number: str) -> str | None:
            page = chapters.get(number)
            if page in (None, here):
                return None
            return self.app.builder.get_relative_uri(here, page)

        link_chapters(self.document, address_of)


def link_chapters(document: nodes.Element, address_of: Callable[[str], str | None]) -> None:
    """Make links of the chapters that a text names.

    Not in headings, links, code, formulas and captions, nor right after a citation: that is a
    chapter of another book.

    Parameters
    ----------
    document : docutils.nodes.Element
        It is changed.
    address_of : callable
        Of a chapter's number, as ``"2"``; None where there is nothing to link to.
    """
    for text in list(document.findall(nodes.Text)):
        if not NAMED.search(text) or any(map(_leaves_out, _above(text))):
            continue
        pieces: list[nodes.Node] = []
        done = 0
        for first, last, number in _mentions(text):
            address = None if _is_of_another_book(text, first) else address_of(number)
            if address is None:
                continue
            words = text[first:last]
            link = nodes.reference("", words, refuri=address, internal=True)
            pieces += [nodes.Text(text[done:first]), link]
            done = last
        if pieces:
            pieces.append(nodes.Text(text[done:]))
            text.parent.replace(text, [piece for piece in pieces if piece.astext()])


def _mentions(text: str) -> Iterator[tuple[int, int, str]]:
    """Yield where each chapter is named, from and up to, and its number."""
    for named in NAMED.finditer(text):
        yield named.start(), named.end(), named["number"]
        end = named.end()
        while named["several"] and (further := FURTHER.match(text, end)):
            yield further.start("number"), further.end(), further["number"]
            end = further.end()


def _above(text: nodes.Text) -> Iterator[nodes.Element]:
    node = text.parent
    while node is not None:
        yield node
        node = node.parent


def _leaves_out(node: nodes.Element) -> bool:
    if isinstance(node, Tagged):
        return node["tag"] == "summary" or bool(PRESSED & set(node["classes"]))
    return isinstance(node, LEFT_OUT)


def _is_of_another_book(text: nodes.Text, at: int) -> bool:
    """Tell whether a citation goes on with its chapters, up to there."""
    place = text.parent.index(text)
    before = text.parent[place - 1] if place else None
    if not isinstance(before, nodes.Element) or CITED not in before.get("classes", []):
        return False
    return OF_CITED.fullmatch(text[:at]) is not None
