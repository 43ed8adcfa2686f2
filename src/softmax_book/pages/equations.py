"""In the page: an equation's number, a mark that leads to its test, and the page of all tests."""

import re
from html import escape
from typing import Any

from docutils import nodes
from sphinx import addnodes
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective

from softmax_book.edition import PAGES, Edition
from softmax_book.equations import PREFIX, EquationTest, read_equation_tests
from softmax_book.sources import Equation, read_book

REGISTER = f"{PAGES}/equations"
# Attributes of an equation on that page: where it is explained, and its label there.
HOME, LABEL_AT_HOME = "sms_home", "sms_label"
log = logging.getLogger(__name__)


def number_equations(app: Any, doctree: nodes.document) -> None:
    """Give the equations of a page their numbers, by chapter: (3.1), (3.2); in the notation (N.1).

    Sphinx counts through the whole book instead, and then a new equation in chapter 1 renumbers
    the others. References find the same number, because they ask Sphinx's list of equations.
    """
    page = app.env.docname
    equations = app.env.get_domain("math").equations
    count = 0
    for node in doctree.findall(nodes.math_block):
        label = node.get("label")
        if label and label.startswith(PREFIX):
            count += 1
            node["number"] = f"{chapter_sign(page)}.{count}"
            equations[label] = (page, node["number"])
        else:
            node["number"] = None


def chapter_sign(page: str) -> str:
    """Return what stands before the point in a page's equation numbers.

    The sign of a page without a number is made of the first letters of its name's words.

    >>> chapter_sign("book/03_softmax"), chapter_sign("book/notation")
    ('3', 'N')
    >>> chapter_sign("book/notes_mended")
    'NM'
    """
    name = page.rsplit("/", 1)[-1]
    digits = re.match(r"\d+", name)
    return str(int(digits[0])) if digits else "".join(word[0] for word in name.split("_")).upper()


def mark_equations(app: Any, doctree: nodes.document, page: str) -> None:
    """Put the number of each labelled equation beside it, with a link to its test."""
    if app.builder.format != "html":
        return
    for node in list(doctree.findall(nodes.math_block)):
        number = node.get("number")
        if not number:
            continue
        node["number"] = None  # drawn here, and not a second time by the equation itself
        anchor = nodes.make_id(f"equation-{node['label']}")
        test = app.builder.get_relative_uri(page, REGISTER) + f"#{anchor_of_test(node['label'])}"
        side = (
            f'<div class="sms-equation-side">'
            f'<span class="eqno">({number})<a class="headerlink" href="#{anchor}" '
            f'title="Link to this equation">#</a></span>'
            f'<a class="sms-tested" href="{escape(test)}" '
            f'aria-label="Equation ({number}) is tested" '
            f'title="See the test of this equation">tested</a></div>'
        )
        frame = nodes.container(classes=["sms-equation"], is_div=True)
        node.replace_self(frame)  # which hands the equation's anchor to the frame
        node["ids"] = []
        frame += [node, nodes.raw("", side, format="html")]


def anchor_of_test(label: str) -> str:
    """Return the place of an equation's test on the register page.

    >>> anchor_of_test("eq-softmax")
    'test-eq-softmax'
    """
    return nodes.make_id(f"test-{label}")


class EquationRegister(SphinxDirective):
    """``{equation-register}``: every equation of the book with the source of its test."""

    def run(self) -> list[nodes.Node]:
        """Return a section for each chapter that has labelled equations."""
        edition = Edition.of(self.env.app)
        tests = read_equation_tests(edition.equation_tests)
        pages = {
            name: page
            for name, page in read_book(edition.source).items()
            if _labelled(page.equations)
        }
        sections: list[nodes.Node] = []
        for name in sorted(pages, key=lambda name: (not pages[name].number, name)):
            title = pages[name].title
            section = nodes.section(ids=[nodes.make_id(f"register-{name}")], names=[title])
            section += nodes.title(title, title)
            for equation in _labelled(pages[name].equations):
                proofs = [test for test in tests if equation.label in test.labels]
                section += self.entry(name, equation, proofs)
            sections.append(section)
        return sections

    def entry(self, page: str, equation: Equation, tests: list[EquationTest]) -> nodes.Element:
        """Return one equation: its number, which links back, itself, and its tests."""
        entry = nodes.container(
            ids=[anchor_of_test(equation.label)], classes=["sms-register-entry"], is_div=True
        )
        head = nodes.paragraph(classes=["sms-register-head"])
        head += nodes.strong("", "Equation ")
        link = addnodes.pending_xref(
            "",
            nodes.literal("", equation.label),
            refdomain="math",
            reftype="eq",
            reftarget=equation.label,
            refdoc=self.env.docname,
            refexplicit=False,
            refwarn=True,
        )
        head += [link, nodes.Text(" "), nodes.literal("", equation.label)]
        entry += head
        shown = nodes.math_block("", equation.latex, nowrap=False, number=None, label=None)
        shown[HOME], shown[LABEL_AT_HOME] = page, equation.label
        entry += shown
        for test in tests:
            where = nodes.paragraph(classes=["sms-register-file"])
            where += nodes.Text(f"tests/book/equations/{test.file}")
            entry += where
            code = nodes.literal_block(test.source, test.source, language="python")
            entry += code
        if not tests:
            entry += nodes.paragraph("", "This equation has no test yet.")
            log.warning("%s of %s has no test", equation.label, page, location=page)
        return entry


def _labelled(equations: tuple[Equation, ...]) -> list[Equation]:
    return [equation for equation in equations if equation.label.startswith(PREFIX)]


def compare_with_pages(app: Any, env: Any) -> None:
    """Warn if Sphinx saw other labelled equations than the register: then its parser is at fault.

    Without this, an equation that the register overlooks would be a claim without a test.
    """
    seen = {label for label in env.get_domain("math").equations if label.startswith(PREFIX)}
    listed = {
        equation.label
        for page in read_book(Edition.of(app).source).values()
        for equation in _labelled(page.equations)
    }
    for label in sorted(seen - listed):
        log.warning("%s stands on a page, but the register of equations does not see it", label)
    for label in sorted(listed - seen):
        log.warning("%s is in the register of equations, but on no page", label)


def always_reread(
    app: Any, env: Any, added: set[str], changed: set[str], removed: set[str]
) -> list[str]:
    """Have the register page read at each build: it shows all chapters and all tests."""
    return [REGISTER] if REGISTER in env.found_docs else []
