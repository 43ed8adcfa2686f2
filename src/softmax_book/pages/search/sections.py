"""Reads a built page as a reader sees it: the sections of its article, and their words.

Menus, Contents, buttons, pictures and drawn formulas are left out. A formula is read from its
MathML, so that each stands in the text once: ``P_ij = e^F_ij / ∑_k e^F_ik``.
"""

import re
import unicodedata
import xml.etree.ElementTree as ET
from dataclasses import dataclass, field
from html import escape
from html.parser import HTMLParser

HEADINGS = {"h1", "h2", "h3", "h4"}
VOID = {"br", "col", "hr", "img", "input", "link", "meta", "wbr"}
LEFT_OUT = {"button", "nav", "noscript", "script", "style", "svg", "template"}
LEFT_OUT_CLASSES = {
    *("headerlink", "sms-live", "sms-register-file", "sms-tested", "toctree-wrapper"),
    *("collapsed", "expanded"),  # what folds a cell's code
    "sms-question",  # most of its words are those of wrong answers
}
#: What ends a word: the text of two cells of a table is no word.
BLOCKS = {
    *HEADINGS,
    *("article", "br", "dd", "details", "div", "dl", "dt", "figcaption", "figure", "li", "p"),
    *("pre", "section", "summary", "table", "td", "th", "tr", "ul", "ol"),
}
MATHML = re.compile(r"<math\b.*?</math>", re.DOTALL)
DRAWN = '<span class="katex-html" aria-hidden="true">'
SPAN = re.compile(r"<(/?)span\b")
IDENTIFIER = re.compile(r"[A-Za-z_]\w{2,}")
ACCENTS = {"^": "\u0302", "~": "\u0303", "ˉ": "\u0304", "¯": "\u0304", "′": "′"}
# A sign that stands before a number, and not between two.
SIGN = re.compile(r"(^|[(,;=<>^_/]) ?− (?=\S)")
SPACES = re.compile(r"\s+")
KINDS = ("title", "text", "code", "equation")


@dataclass
class Section:
    """A place of a page that a search can lead to."""

    anchor: str  #: its id on the page; "" is the page's top
    title: str = ""
    text: str = ""  #: what a reader reads
    code: str = ""  #: the names that its code uses, each once
    equation: str = ""  #: of a numbered equation: its number


def read_sections(page: str) -> list[Section]:
    """Return the sections of a page's article, in their order.

    Parameters
    ----------
    page : str
        HTML, as it was built.

    Returns
    -------
    list of Section
        One for each heading, documented function, term of a glossary and numbered equation; the
        first is the page's title with what stands before the next heading.
    """
    reader = _Reader()
    reader.feed(_article(page))
    return [section.finish() for section in reader.sections]


def _article(page: str) -> str:
    """Return a page's article with each formula as plain text."""
    start, end = page.find("<article"), page.rfind("</article>")
    if start < 0 or end < 0:
        return ""
    # A drawn formula is most of a page: it is cut out before anything looks at its elements.
    drawn = page[start:end].split(DRAWN)
    article = drawn[0] + "".join(_after_span(part) for part in drawn[1:])
    return MATHML.sub(lambda formula: escape(plain_formula(formula[0])), article)


def _after_span(text: str) -> str:
    """Return what follows the end of a ``<span>`` that is open where a text begins."""
    depth = 1
    for tag in SPAN.finditer(text):
        depth += -1 if tag[1] else 1
        if depth == 0:
            return text[tag.end() + 1 :]
    return ""


def plain_formula(mathml: str) -> str:
    r"""Return a formula on one line.

    Parameters
    ----------
    mathml : str
        A ``<math>`` element.

    Returns
    -------
    str

    Examples
    --------
    >>> half = "<mfrac><mi>λ</mi><mn>2</mn></mfrac>"
    >>> plain_formula(f"<math>{half}<msup><mi>W</mi><mn>2</mn></msup></math>")
    'λ/2 W^2'
    >>> plain_formula("<math><mi>a</mi><mo>=</mo><mo>−</mo><mn>1</mn></math>")
    'a = −1'
    """
    return SIGN.sub(_signed, _tidy(_formula(ET.fromstring(mathml))).replace(" _", "_"))


def _signed(match: re.Match[str]) -> str:
    return match[1] + ("" if match[1] in {"", "(", "^", "_", "/"} else " ") + "−"


def _formula(element: ET.Element) -> str:
    tag = element.tag.rpartition("}")[2]
    if tag == "annotation":
        return ""
    parts = [_formula(child) for child in element]
    if tag in {"msup", "mover"} and parts[1] in ACCENTS:
        return unicodedata.normalize("NFC", parts[0] + ACCENTS[parts[1]])
    if tag in {"msub", "munder", "msup", "mover"} and len(parts) == 2:
        return parts[0] + ("_" if tag in {"msub", "munder"} else "^") + _grouped(parts[1])
    if tag == "msubsup" and parts[2] == "′":
        return f"{parts[0]}′_{_grouped(parts[1])}"
    if tag in {"msubsup", "munderover"} and len(parts) == 3:
        return f"{parts[0]}_{_grouped(parts[1])}^{_grouped(parts[2])}"
    if tag == "mfrac" and len(parts) == 2:
        return f"{_grouped(parts[0])}/{_grouped(parts[1])} "
    if tag == "msqrt":
        return f"√{_grouped(''.join(parts))}"
    if tag in {"mtr", "mspace"}:
        return " ".join(parts) + " "
    if tag == "mo":
        sign = element.text or ""
        if sign in {"=", "+", "−", "<", ">", "≤", "≥", "≠", "≈", "∈", "\u2061"}:
            return f" {sign} ".replace("\u2061", "")
        return f"{sign} " if sign in {",", ";"} else sign
    text = element.text or ""
    return (text if tag == "mtext" else text.strip()) + "".join(parts)


def _grouped(text: str) -> str:
    text = text.strip()
    return text if re.fullmatch(r"\w*", text) else f"({text})"


def _tidy(text: str) -> str:
    return SPACES.sub(" ", text).strip()


@dataclass
class _Draft:
    """A section that is being read."""

    anchor: str
    words: dict[str, list[str]] = field(default_factory=lambda: {kind: [] for kind in KINDS})

    def finish(self) -> Section:
        title, text, code, equation = (_tidy("".join(self.words[kind])) for kind in KINDS)
        names = " ".join(dict.fromkeys(IDENTIFIER.findall(code)))
        return Section(self.anchor, title, text, names, equation.strip("()#"))


@dataclass
class _Open:
    """An open element: where its text goes."""

    tag: str
    draft: _Draft | None = None  #: the section
    kind: str | None = None  #: which words of the section; None is left out
    is_title_of_box: bool = False
    names_term: bool = False  #: its last child was a name of a term, and another may follow


class _Reader(HTMLParser):
    """Goes through an article once. An element's text goes where that of its parent goes."""

    def __init__(self) -> None:
        super().__init__()
        self.sections: list[_Draft] = []
        self.stack = [_Open("", kind="text")]

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        if tag in BLOCKS:
            self.handle_data(" ")
        if tag in VOID:
            return
        found = dict(attributes)
        classes = set((found.get("class") or "").split())
        parent = self.stack[-1]
        here = _Open(tag, parent.draft, parent.kind)
        here.is_title_of_box = "admonition-title" in classes and not classes & LEFT_OUT_CLASSES
        is_signature = tag == "dt" and "sig" in classes
        anchor = found.get("id")
        is_term = tag == "dt" and (anchor or "").startswith("term-")
        is_further_name = is_term and parent.names_term
        parent.names_term = is_term
        if anchor and (
            tag == "section"
            or is_signature
            or (is_term and not is_further_name)
            or "sms-equation" in classes
        ):
            here.draft = _Draft(anchor if self.sections else "")
            self.sections.append(here.draft)
        if is_further_name and here.draft:
            here.draft.words["title"].append(" · ")
        if is_signature or is_term:
            parent.draft = here.draft  # the description is the signature's neighbour
        if (
            tag in LEFT_OUT
            or found.get("aria-hidden") == "true"
            or classes & LEFT_OUT_CLASSES
            or here.kind is None
        ):
            here.kind = None
        elif tag in HEADINGS or is_term or "sig-name" in classes:
            here.kind = "title"
        elif tag == "pre" or is_signature:
            here.kind = "code"
        elif "eqno" in classes:
            here.kind = "equation"
        self.stack.append(here)

    def handle_endtag(self, tag: str) -> None:
        if any(each.tag == tag for each in self.stack):
            while (closed := self.stack.pop()).tag != tag:
                pass
            if closed.is_title_of_box:
                self.handle_data(": ")
        if tag in BLOCKS:
            self.handle_data(" ")

    def handle_data(self, data: str) -> None:
        here = self.stack[-1]
        if here.draft and here.kind:
            here.draft.words[here.kind].append(data)
