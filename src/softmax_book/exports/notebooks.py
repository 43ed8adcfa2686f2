r"""Each chapter as a notebook to download, in Markdown that plain Jupyter can read.

Jupyter shows MyST as it is written: ``{eq}`` roles, colon fences and equation labels would stand in
the text. So the download says the same in plain Markdown.
"""

import html
import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from typing import Any

import nbformat
from markdown_it.token import Token

from softmax_book.directives import (
    CODE,
    FOLD,
    IN_DOWNLOADS,
    MATH,
    NAMED_QUOTATION,
    NOTHING,
    PICTURE,
    QUESTION,
    TABLE,
    TITLED_QUOTATION,
)
from softmax_book.edition import Edition
from softmax_book.exports.figure_words import add_words_to_source, fold_metadata
from softmax_book.exports.package import package_name, write_package
from softmax_book.questions import QuestionError, read_question
from softmax_book.questions.markdown import as_markdown
from softmax_book.questions.values import written
from softmax_book.sources import (
    Block,
    Cell,
    Directive,
    Link,
    SourceError,
    flatten,
    read_blocks,
    read_text,
)
from softmax_book.symbols.table import written_table

ATTRIBUTE_LINE = re.compile(r"[ \t]*\{[.#][^}]*\}[ \t]*")
# Roles of which a download shows the text alone, and those of code.
TEXT_ROLES = {"abbr", "doc", "download", "kbd", "numref", "ref", "sub", "sup", "term"}
CODE_ROLES = {"func", "meth", "class", "mod", "attr", "exc", "obj", "data"}
# Marks where a replacement was shorter by one line than what it replaces.
LOST_LINE = "\0"

# The first two cells of each notebook, which are no part of the chapter.
OPENING_ID, INSTALL_ID = "opening", "install"
# What a chapter imports; the package itself last.
NEEDED = ("numpy", "matplotlib", "ipywidgets", "anywidget", "tqdm", "softmax_steps")
LIST_MISSING = f"""\
import importlib.util

needed = {list(NEEDED)}
lacking = [name for name in needed if importlib.util.find_spec(name) is None]
""".replace("'", '"')
INSTALL = """\
# Installs the book's package, and what it needs, where this kernel lacks it.
%s
if lacking:
    print("This kernel lacks " + ", ".join(lacking) + ". Installing the book's package.")
    %%pip install --quiet "%s"
    importlib.invalidate_caches()
    lacking = [name for name in lacking if importlib.util.find_spec(name) is None]
if lacking:
    raise ModuleNotFoundError("Still missing: " + ", ".join(lacking) + ". What pip says above "
                              "tells why. Restart the kernel and run this cell again.")"""
ADVISE = """\
# Names what this kernel lacks of what this notebook imports.
%s
if lacking:
    raise ModuleNotFoundError("This kernel lacks " + ", ".join(lacking) + %s)"""
# Whoever has the notebook alone got it from a menu that has the package too.
FETCH = (
    "The menu that this notebook was downloaded from offers the book's package too, {wheel}. Put "
    "it beside this notebook, run  %pip install {wheel}  in a cell, and restart the kernel."
)
IN_THE_FOLDER = (
    # Single quotes would be a part of the name in the Command Prompt of Windows.
    "In a copy of the book's folder, run  python -m pip install -e \".[book]\"  with this kernel's "
    "Python, and restart the kernel."
)


@dataclass
class Book:
    """What a chapter's references mean."""

    numbers: dict[str, str] = field(default_factory=dict)  #: label to equation number
    citations: dict[str, str] = field(default_factory=dict)  #: key to "Bishop, 2006"
    notebooks: set[str] = field(default_factory=set)  #: names of the chapters with a download
    title: str = ""
    repository: str = ""  #: its address, if the book has one
    site: str = ""  #: the website's address, if it is known
    wheel: str = ""  #: the file name of the book's package on the site, if it has one


@dataclass
class Frame:
    """What stands in a download around the body of a directive."""

    before: list[str] = field(default_factory=list)
    after: list[str] = field(default_factory=list)
    quoted: bool = False  #: whether all but ``after`` is a quotation


def _fold(directive: Directive, title: str) -> Frame:
    summary = f"<details><summary>{html.escape(title, quote=True)}</summary>"
    return Frame([summary, ""], ["", "</details>", ""])


def _titled_quotation(directive: Directive, title: str) -> Frame:
    return Frame([f"**{title}**", ""], [""], quoted=True)


def _named_quotation(directive: Directive, title: str) -> Frame:
    name = directive.name.capitalize().replace("Seealso", "See also")
    return Frame([f"**{name}**", "", *([title] if title else [])], [""], quoted=True)


def _picture(directive: Directive, title: str) -> Frame:
    return Frame([f"![{directive.options.get('alt', '')}]({directive.argument})", ""])


def _question(directive: Directive, title: str) -> Frame:
    """Return a question whole: its body is written by :mod:`softmax_book.questions.markdown`."""
    return Frame(as_markdown(read_question(directive.options, directive.body)).split("\n"), [""])


def _table(directive: Directive, title: str) -> Frame:
    return Frame([*written_table(directive.argument).splitlines(), ""])


def _nothing(directive: Directive, title: str) -> None:
    return None


# A writer gets the directive, and its argument in plain Markdown. What is shown as itself, code and
# mathematics, is written below.
WRITERS: dict[str, Callable[[Directive, str], Frame | None]] = {
    FOLD: _fold,
    TITLED_QUOTATION: _titled_quotation,
    NAMED_QUOTATION: _named_quotation,
    PICTURE: _picture,
    QUESTION: _question,
    TABLE: _table,
    NOTHING: _nothing,
}


def plain_markdown(text: str, book: Book, name: str = "the text", first_line: int = 1) -> str:
    """Rewrite MyST as Markdown that Jupyter shows well.

    Parameters
    ----------
    text : str
        One text cell of a chapter.
    book : Book
    name : str
        What errors call the chapter.
    first_line : int
        The line of the chapter on which the text begins.

    Returns
    -------
    str

    Raises
    ------
    SourceError
        If the text holds a directive, a role or a link that cannot be rewritten.
    """
    blocks = read_blocks(text, name)
    return _Writer(text, blocks, book, name, first_line).write()


class _Writer:
    """Writes one text again, line by line; what need not change stays as it stands."""

    def __init__(
        self, text: str, blocks: tuple[Block, ...], book: Book, name: str, first_line: int
    ) -> None:
        self.book, self.name, self.first_line = book, name, first_line
        self.blocks = blocks
        self.source = text.split("\n")
        # None: the line has become a part of the one before it.
        self.lines: list[str | None] = list(self.source)
        self.in_paragraph: set[int] = set()

    def write(self) -> str:
        inline = (block for block in flatten(self.blocks) if block.token.type == "inline")
        # The cells of a table's row share its line.
        for (start, end), group in groupby(inline, key=lambda block: (block.start, block.end)):
            end = max(end, start + 1)
            self.in_paragraph |= set(range(start, end))
            children = [child for block in group for child in block.token.children or ()]
            self._rewrite_inline(start, end, children)
        return "\n".join(self._rewrite(self.blocks, 0, len(self.lines), "")).strip("\n")

    # Blocks.

    def _rewrite(self, blocks: Iterable[Block], start: int, end: int, quote: str) -> list[str]:
        """Return lines anew; each gets ``quote`` in front."""
        rewritten: list[str] = []
        for block in blocks:
            if block.start < start:
                continue  # stands in a block that has been written
            lines = self._rewrite_block(block, quote)
            if lines is not None:
                rewritten += self._unchanged(start, block.start, quote) + lines
                start = block.end
        return rewritten + self._unchanged(start, end, quote)

    def _unchanged(self, start: int, end: int, quote: str) -> list[str]:
        lines = []
        for number in range(start, end):
            line = self.lines[number]
            if line is None or (number not in self.in_paragraph and ATTRIBUTE_LINE.fullmatch(line)):
                continue
            lines.append((quote + line).rstrip() if quote else line)
        return lines

    def _rewrite_block(self, block: Block, quote: str) -> list[str] | None:
        """Return the lines of a block; None for one whose lines stay, or are written one by one."""
        token, directive = block.token, block.directive
        if token.type in {"myst_target", "myst_line_comment"}:
            return []
        if token.type == "math_block_label":
            return self._equation(block, token.content, token.info, quote)
        if directive is None:
            if token.type in {"fence", "code_block"}:
                return [(quote + line).rstrip() for line in self.source[block.start : block.end]]
            return None
        if directive.content == CODE:
            return self._code(block, directive, quote)
        if directive.content == MATH:
            latex = "\n".join(["", *filter(None, [directive.argument]), directive.body])
            return self._equation(block, latex, directive.options.get("label", ""), quote)
        return self._directive(block, directive, quote)

    def _equation(self, block: Block, latex: str, label: str, quote: str) -> list[str]:
        number = self.book.numbers.get(label)
        body = latex.rstrip() + (f"\n\\tag{{{number}}}" if number else "")
        # Without a number the equation stays as long as it is.
        end = "\n" if number or latex.endswith("\n") or block.directive else ""
        marks = self._mark_of(block)
        return _in_front(f"$${body}{end}$$".split("\n"), quote + marks)

    def _code(self, block: Block, directive: Directive, quote: str) -> list[str]:
        fence = "`" * len(block.token.markup)
        before, after = self._mark_of(block) + fence + directive.argument, self._mark_of(block)
        body = self.source[directive.body_line - 1 : self._end_of_body(block)]
        return _in_front([before, *body, after + fence], quote)

    def _directive(self, block: Block, directive: Directive, quote: str) -> list[str]:
        title = plain_markdown(directive.argument, self.book, self.name)
        try:
            frame = WRITERS[IN_DOWNLOADS[directive.name]](directive, title)
        except QuestionError as error:
            raise SourceError(
                f"{self.name}, line {self.first_line + block.start}: {error}"
            ) from None
        if frame is None:
            return []
        if (
            IN_DOWNLOADS[directive.name] == TABLE
        ):  # its equations and chapters are named as the page's
            table = plain_markdown("\n".join(frame.before), self.book, self.name)
            frame = Frame([*table.split("\n"), ""])
        mark = self._mark_of(block)
        if ">" not in mark:  # a fold ends the item of a list that it stands in
            mark = ""
        if IN_DOWNLOADS[directive.name] == QUESTION:
            text = plain_markdown("\n".join(frame.before), self.book, self.name)
            return _in_front([*text.split("\n"), *frame.after], quote + mark)
        inner = quote + ("> " if frame.quoted else "")
        body = self._rewrite(
            block.children, directive.body_line - 1, self._end_of_body(block), inner
        )
        return [
            *_in_front(frame.before, inner + mark),
            *body,
            *_in_front(frame.after, quote + mark),
        ]

    def _mark_of(self, block: Block) -> str:
        """Return what stands before a fence: the indentation, or the marks of a quotation."""
        line = self.source[block.start]
        mark = line[: line.index(block.token.markup)]
        if mark.strip("> \t"):
            self._fail(block.start, "begins behind the mark of a list. Put it on a line of its own")
        return mark

    def _end_of_body(self, block: Block) -> int:
        """Return the line of the closing fence; a fence may lack one at the end of the text."""
        last = self.source[block.end - 1].lstrip("> \t").rstrip()
        markup = block.token.markup
        closed = block.end - 1 > block.start and last.startswith(markup)
        return block.end - closed if set(last) == {markup[0]} else block.end

    def _fail(self, line: int, problem: str) -> None:
        raise SourceError(
            f"{self.name}, line {self.first_line + line}: {self.source[line].strip()!r} {problem}."
        )

    # Text within lines.

    def _rewrite_inline(self, start: int, end: int, children: list[Token]) -> None:
        """Rewrite roles, links and spans of a paragraph.

        MyST's parser does not say where in a line something stands. So each piece is looked for
        behind the piece before it, code and mathematics too, which may hold what looks like one.
        """
        text = "\n".join(line or "" for line in self.lines[start:end])
        edits: list[tuple[int, int, str]] = []
        position = 0
        open_links: list[str] = []
        for child in children:
            pattern = None
            if child.type in {"code_inline", "math_inline"}:
                pattern = re.escape(child.markup) + _loosely(child.content)
                pattern += re.escape(child.markup)
            elif child.type == "myst_role":
                pattern = re.escape(f"{{{child.meta['name']}}}") + "(?P<ticks>`+)"
                pattern += f"(?P<content>{_loosely(child.content)})(?P=ticks)"
            elif child.type == "span_open":
                pattern = r"\["
            elif child.type == "span_close":
                pattern = r"\]\{[.#][^}]*\}"
            elif child.type == "link_open":
                open_links.append(str(child.attrGet("href")))
            elif child.type == "link_close" and open_links:
                page = Link(open_links.pop(), "", 0).page
                if page and "/" not in page:
                    pattern = rf"\]\({re.escape(page)}\.md(?P<anchor>#[^)\s]*)?(?=[)\s])"
            if pattern is None:
                continue
            match = re.compile(pattern).search(text, position)
            if match is None:
                self._fail(
                    start,
                    f"holds {child.content or child.type!r} in a form that cannot be rewritten. "
                    f"Write links as [text](page.md), and roles on one line",
                )
                continue
            position = match.end()
            if child.type == "myst_role":
                new = self._role(child.meta["name"], match["content"], start)
                edits.append((*match.span(), new))
            elif child.type.startswith("span"):
                edits.append((*match.span(), ""))
            elif child.type == "link_close":
                anchor = match["anchor"] or ""
                known = page in self.book.notebooks
                new = f"]({page}.ipynb" if known else f"]({page}.html{anchor}"
                edits.append((*match.span(), new))
        for first, last, new in reversed(edits):
            lost = text[first:last].count("\n") - new.count("\n")
            text = text[:first] + new + LOST_LINE * lost + text[last:]
        lines: list[str | None] = []
        for line in text.split("\n"):
            lines += [line.replace(LOST_LINE, ""), *[None] * line.count(LOST_LINE)]
        self.lines[start:end] = lines

    def _role(self, role: str, text: str, line: int) -> str:
        """Return what a download shows for a role."""
        titled = re.fullmatch(r"(?P<title>.+?)\s*<(?P<target>[^<>]+)>", text, re.DOTALL)
        kind = role.split(":")[-1]
        if role in {"eq", "math:numref"}:
            return f"({self.book.numbers.get(text, text)})"
        if role.startswith("cite"):
            keys = [key.strip() for key in text.split(",")]
            works = [self.book.citations.get(key, key) for key in keys]
            if role == "cite:t":  # the names are a part of the sentence
                return " and ".join(re.sub(r", (?=[^,]*$)", " (", work) + ")" for work in works)
            return "(" + "; ".join(works) + ")"
        if role == "math":
            return f"${text}$"
        if role == "computed":
            return written(text)
        if kind not in CODE_ROLES | TEXT_ROLES:
            self._fail(
                line,
                f"holds the role {{{role}}}, which is unknown. Is it misspelt? To teach it, say in "
                f"src/softmax_book/exports/notebooks.py what a downloaded notebook shows for it",
            )
        if titled:
            return titled["title"]
        if kind in CODE_ROLES:
            return f"`{text.rsplit('.', 1)[-1] if text.startswith('~') else text}`"
        return text.lstrip("~!")


def _in_front(lines: Iterable[str], mark: str) -> list[str]:
    return [(mark + line).rstrip() for line in lines]


def _loosely(content: str) -> str:
    """Return a pattern for a text whose lines may have been joined by the parser."""
    words = map(re.escape, content.split())
    return r"\s*" + r"(?:\s|>)+".join(words) + r"\s*"


def to_notebook(text: str, book: Book, name: str = "the chapter") -> nbformat.NotebookNode:
    """Turn a chapter into a notebook without outputs: the reader runs it.

    Parameters
    ----------
    text : str
        The chapter's source.
    book : Book
    name : str
        What errors call the chapter.

    Returns
    -------
    nbformat.NotebookNode
        For the kernel ``python3``, which every Jupyter has.

    Raises
    ------
    SourceError
        If the chapter holds what cannot be rewritten.
    """
    cells = [
        nbformat.v4.new_markdown_cell(_opening_text(book)),
        nbformat.v4.new_code_cell(_install_code(book)),
    ]
    for part in read_text(text, name).parts:
        if isinstance(part, Cell):
            tags = [tag for tag in part.tags if tag == "raises-exception"]
            metadata = fold_metadata(part.options) | ({"tags": tags} if tags else {})
            source = add_words_to_source(part.code, part.options)
            cells.append(nbformat.v4.new_code_cell(source, metadata=metadata))
        else:
            plain = plain_markdown(part.text, book, name, part.line)
            cells.append(nbformat.v4.new_markdown_cell(plain))
    for count, cell in enumerate(cells):  # not random: the same chapter gives the same file
        cell["id"] = f"cell-{count - 2:03d}"
    cells[0]["id"], cells[1]["id"] = OPENING_ID, INSTALL_ID
    return nbformat.v4.new_notebook(
        cells=cells,
        metadata={
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
        },
    )


def _opening_text(book: Book) -> str:
    if _package_address(book):
        how = "The first cell installs it where it is missing."
    else:
        how = "The first cell says whether it is here, and how to install it if not."
    return f"From *{book.title}*. This notebook needs the book's package. {how}"


def _install_code(book: Book) -> str:
    address = _package_address(book)
    if address:
        return INSTALL % (LIST_MISSING.strip(), address)
    advice = FETCH.format(wheel=book.wheel) if book.wheel else IN_THE_FOLDER
    return ADVISE % (LIST_MISSING.strip(), json.dumps(f". {advice}"))


def _package_address(book: Book) -> str:
    """Return what pip installs the book's package from: the site, which has this very edition."""
    if book.site.startswith(("https://", "http://")) and book.wheel:  # it may be a path alone
        return f"{book.site.rstrip('/')}/_sources/book/{book.wheel}"
    return f"softmax-steps[book] @ git+{book.repository}" if book.repository else ""


def read_citations(bib_file: Path) -> dict[str, str]:
    """Return how a download names each work: by its first author and the year.

    Parameters
    ----------
    bib_file : pathlib.Path

    Returns
    -------
    dict of str to str
        By the work's key; empty if there is no such file.
    """
    from pybtex.database import parse_file

    if not bib_file.is_file():
        return {}
    names = {}
    for key, entry in parse_file(str(bib_file)).entries.items():
        people = entry.persons.get("author", [])
        last = " ".join(people[0].last_names) if people else key
        more = " et al." if len(people) > 2 else ""
        if len(people) == 2:
            more = f" and {' '.join(people[1].last_names)}"
        names[key] = f"{last}{more}, {entry.fields.get('year', 'no year')}"
    return names


def offer_download(
    app: Any, pagename: str, templatename: str, context: dict[str, Any], doctree: Any
) -> None:
    """Put the notebook into the page's download button."""
    if is_notebook(app, pagename):
        context["ipynb_source"] = f"{pagename}.ipynb"


def is_notebook(app: Any, page: str) -> bool:
    """Return whether a page holds cells, and not text alone."""
    return "kernelspec" in app.env.metadata.get(page, {})


def write_downloads(app: Any, exception: Exception | None) -> None:
    """After the build: write all notebooks beside the pages' sources."""
    if exception:
        return
    edition = Edition.of(app)
    pages = [page for page in app.env.found_docs if is_notebook(app, page)]
    book = Book(
        numbers={
            label: number for label, (_, number) in app.env.get_domain("math").equations.items()
        },
        citations=read_citations(edition.references),
        notebooks={page.rsplit("/", 1)[-1] for page in pages},
        title=app.config.html_title,
        repository=app.config.html_theme_options.get("repository_url") or "",
        site=app.config.html_baseurl or "",
        wheel=package_name(edition),
    )
    for page in pages:
        source = Path(app.env.doc2path(page))
        target = edition.downloads / f"{page}.ipynb"
        target.parent.mkdir(parents=True, exist_ok=True)
        nbformat.write(to_notebook(source.read_text("utf-8"), book, page), target)
    if pages and book.wheel:
        write_package(edition, edition.downloads / "book")
