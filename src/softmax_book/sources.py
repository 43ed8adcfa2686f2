"""The one reader of the book's sources: pages in MyST Markdown, in the order of ``_toc.yml``.

Whatever needs to know what a page holds (cells, equations, directives, headings, links) asks here,
so that a new piece of MyST is taught once. The text is read with MyST's own parser, in the dialect
that ``_config.yml`` gives the website. Nothing here knows Sphinx.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from myst_parser.config.main import MdParserConfig
from myst_parser.parsers.mdit import create_md_parser
from myst_parser.parsers.options import TokenizeError, options_to_items

from softmax_book.directives import CELL, DIRECTIVES, MARKDOWN, MATH
from softmax_book.edition import TOC, BookError

# The list myst_enable_extensions of _config.yml; a test holds the two together.
EXTENSIONS = ("amsmath", "attrs_block", "attrs_inline", "colon_fence", "deflist", "dollarmath")

_INFO = re.compile(r"\{(?P<name>[^{}\s]+)\}\s*(?P<argument>.*)", re.DOTALL)
_OPTION = re.compile(r"[ \t]*:[A-Za-z][\w-]*:([ \t]|$)")
_PAGE_FILE = re.compile(r"(?P<page>[^#?:]*)\.md")


class SourceError(BookError, ValueError):
    """A page that cannot be read, with its name, the line and the mend."""


class UnknownDirectiveError(SourceError):
    """A directive that :data:`softmax_book.directives.MEANINGS` does not list."""


#: What a cell may say of the figure that it shows.
FIGURE_KEYS = {"alt", "caption"}


@dataclass(frozen=True)
class Cell:
    """A code cell."""

    code: str
    options: dict[str, Any]  #: the cell's metadata, such as ``tags``
    line: int  #: of the opening fence
    code_line: int  #: of the first line of code

    @property
    def tags(self) -> list[str]:
        """The cell's tags; one tag may be written without a list."""
        tags = self.options.get("tags") or []
        return tags.split() if isinstance(tags, str) else list(tags)


@dataclass(frozen=True)
class Prose:
    """The Markdown between two cells, without blank lines at its ends."""

    text: str
    line: int


@dataclass(frozen=True)
class Directive:
    """A directive that is not a cell."""

    name: str
    argument: str  #: what stands behind the name, on the same line
    options: dict[str, str]
    body: str  #: without the options
    line: int  #: of the opening fence
    body_line: int  #: of the body's first line

    @property
    def content(self) -> str:
        """How the body is read: one of the values of :data:`softmax_book.directives.MEANINGS`."""
        return DIRECTIVES[self.name]


@dataclass(frozen=True)
class Equation:
    """A displayed equation with a label."""

    label: str
    chapter: str  #: the page's name, as ``03_softmax``
    latex: str
    line: int


@dataclass(frozen=True)
class Heading:
    """A heading."""

    text: str  #: without marks of emphasis, code or mathematics
    level: int
    anchors: tuple[str, ...]  #: the explicit ones, ``(name)=`` before the heading
    line: int


@dataclass(frozen=True)
class Link:
    """A link, as it is written."""

    target: str
    text: str
    line: int

    @property
    def page(self) -> str | None:
        """The page of the book that is linked to, without ``.md``; None for other links.

        ``""`` is the page that holds the link.
        """
        if self.target.startswith("#"):
            return ""
        match = _PAGE_FILE.fullmatch(self.target.partition("#")[0])
        return match["page"] if match else None

    @property
    def fragment(self) -> str:
        """What stands behind the ``#``; empty without one."""
        return self.target.partition("#")[2]


@dataclass(frozen=True)
class Block:
    """A token of MyST's parser with its place in the page; the writers of other formats use it."""

    token: Token
    start: int  #: first line, counted from 0
    end: int  #: the line after the last
    directive: Directive | None = None
    children: tuple["Block", ...] = ()  #: of a directive whose body is Markdown


@dataclass(frozen=True)
class Page:
    """What one page holds, each kind in the order in which it stands."""

    name: str  #: the file's name without its ending, as ``03_softmax``
    text: str
    metadata: dict[str, Any] = field(default_factory=dict)  #: what the front matter says
    parts: tuple[Cell | Prose, ...] = ()  #: the page as a notebook
    equations: tuple[Equation, ...] = ()
    directives: tuple[Directive, ...] = ()
    headings: tuple[Heading, ...] = ()
    anchors: tuple[str, ...] = ()  #: all explicit ones, before headings or other blocks
    links: tuple[Link, ...] = ()
    paragraphs: tuple[Prose, ...] = ()  #: running text: paragraphs, headings, items, table cells

    @property
    def cells(self) -> tuple[Cell, ...]:
        """The code cells."""
        return tuple(part for part in self.parts if isinstance(part, Cell))

    @property
    def number(self) -> int | None:
        """The chapter's number, None for a page that is no chapter.

        >>> Page("03_softmax", "").number, Page("notation", "").number
        (3, None)
        """
        digits = re.match(r"(\d+)_", self.name)
        return int(digits[1]) if digits else None

    @property
    def is_notebook(self) -> bool:
        """Whether the page has a kernel, so that its cells run."""
        return "kernelspec" in self.metadata

    @property
    def shows_code(self) -> bool:
        """Whether a reader sees the code of a cell, and could edit it."""
        return any(not {"remove-input", "remove-cell"} & set(cell.tags) for cell in self.cells)

    @property
    def title(self) -> str:
        """The text of the first heading; without one, the page's name."""
        return self.headings[0].text if self.headings else self.name


def page_names(root: Path) -> list[str]:
    """Return the pages of a book, in the order in which they are read.

    Parameters
    ----------
    root : pathlib.Path
        The folder that holds ``_toc.yml``.

    Returns
    -------
    list of str
        Paths from the root without ``.md``, as ``book/03_softmax``.

    Raises
    ------
    SourceError
        If ``_toc.yml`` lists pages by a pattern: they would have no order.
    """
    return list(_files_of(yaml.safe_load((Path(root) / TOC).read_text("utf-8"))))


def read_figure_words(options: dict[str, Any]) -> dict[str, str] | None:
    """Read a cell's alt text and caption.

    Parameters
    ----------
    options : dict
        The cell's, as :class:`Cell` has them.

    Returns
    -------
    dict of str to str or None
        With ``alt`` and perhaps ``caption``; None where the options have no ``figure``.

    Raises
    ------
    ValueError
        If ``figure`` has other keys, or holds anything but text.
    """
    words = options.get("figure")
    if words is None:
        return None
    if not isinstance(words, dict) or not set(words) <= FIGURE_KEYS:
        raise ValueError(f"the cell has figure: {words!r}; expected alt and caption.")
    for key in words:
        if not isinstance(words[key], str) or not words[key].strip():
            raise ValueError(f"figure has {key}: {words[key]!r}; expected a sentence.")
    if "alt" not in words:
        raise ValueError("figure has no alt; expected a sentence that tells what it shows.")
    return dict(words)


def _files_of(entry: Any) -> Iterator[str]:
    if isinstance(entry, list):
        for item in entry:
            yield from _files_of(item)
    elif isinstance(entry, dict):
        if "glob" in entry:
            raise SourceError(
                f"{TOC} lists pages by the pattern {entry['glob']!r}. List each of them as a "
                f"'file', in the order in which they are read."
            )
        for key in ("root", "file"):
            if key in entry:
                yield entry[key].removesuffix(".md")
        for key in ("parts", "subtrees", "chapters", "sections", "entries"):
            yield from _files_of(entry.get(key, []))


def read_book(root: Path) -> dict[str, Page]:
    """Read all pages of a book.

    Parameters
    ----------
    root : pathlib.Path
        The folder that holds ``_toc.yml``.

    Returns
    -------
    dict of str to Page
        By the names and in the order of :func:`page_names`.
    """
    return {name: read_page(Path(root) / f"{name}.md") for name in page_names(root)}


def chapters(root: Path) -> list[Page]:
    """Return the numbered pages of a book, in the order of ``_toc.yml``.

    Parameters
    ----------
    root : pathlib.Path

    Returns
    -------
    list of Page
    """
    return [page for page in read_book(root).values() if page.number is not None]


def read_page(path: Path) -> Page:
    """Read one page.

    Parameters
    ----------
    path : pathlib.Path
        The file in MyST Markdown.

    Returns
    -------
    Page

    Raises
    ------
    SourceError
        If something in it cannot be read; :class:`UnknownDirectiveError` for a directive that
        :data:`softmax_book.directives.MEANINGS` does not list.
    """
    path = Path(path)
    return read_text(path.read_text("utf-8"), path.stem)


def code_cells(text: str, name: str = "the text") -> list[Cell]:
    """Return the code cells of a page.

    Parameters
    ----------
    text : str
        The page's source.
    name : str
        What errors call it.

    Returns
    -------
    list of Cell
    """
    return list(read_text(text, name).cells)


def read_text(text: str, name: str = "the text") -> Page:
    """Read the source of one page.

    Parameters
    ----------
    text : str
    name : str
        The file's name without its ending; errors give it.

    Returns
    -------
    Page

    Raises
    ------
    SourceError
        See :func:`read_page`.
    """
    blocks = read_blocks(text, name)
    metadata, targets = {}, []
    cells, ends, breaks = [], [], []
    equations, directives, headings, anchors, links, paragraphs = [], [], [], [], [], []
    heading_level = 0
    for block in flatten(blocks):
        token, line = block.token, block.start + 1
        if token.type == "front_matter":
            metadata = _read_yaml(token.content, name, line)
            ends.append((block.start, block.end))
        elif token.type == "myst_block_break":
            breaks.append((block.start, block.end))
        elif token.type == "myst_target":
            targets.append(token.content)
            anchors.append(token.content)
            continue
        elif token.type == "heading_open":
            heading_level = int(token.tag[1])
            continue  # the anchors before it are those of its text, the next token
        elif token.type == "inline":
            if heading_level:
                headings.append(Heading(_plain_text(token), heading_level, tuple(targets), line))
            heading_level = 0
            paragraphs.append(Prose(token.content, line))
            links += _links_of(token, line)
        elif token.type == "math_block_label":
            equations.append(Equation(token.info, name, token.content.strip(), line))
        elif _is_cell(token):
            cells.append(_read_cell(block, name))
            breaks.append((block.start, block.end))
        elif block.directive is not None:
            directive = block.directive
            directives.append(directive)
            if directive.content == MATH and "label" in directive.options:
                latex = "\n".join(filter(None, (directive.argument, directive.body))).strip()
                equations.append(Equation(directive.options["label"], name, latex, line))
        targets = []
    return Page(
        name=name,
        text=text,
        metadata=metadata,
        parts=_parts(text, cells, sorted(ends + breaks)),
        equations=tuple(equations),
        directives=tuple(directives),
        headings=tuple(headings),
        anchors=tuple(anchors),
        links=tuple(links),
        paragraphs=tuple(paragraphs),
    )


def _parts(text: str, cells: list[Cell], cuts: list[tuple[int, int]]) -> tuple[Cell | Prose, ...]:
    """Return a page as a notebook: cells, and the text between the cuts."""
    lines = text.splitlines()
    by_line = {cell.line: cell for cell in cells}
    parts: list[Cell | Prose] = []
    begin = 0
    for start, end in [*cuts, (len(lines), len(lines))]:
        first = next((k for k in range(begin, start) if lines[k].strip()), None)
        if first is not None:
            parts.append(Prose("\n".join(lines[first:start]).rstrip(), first + 1))
        if start + 1 in by_line:
            parts.append(by_line[start + 1])
        begin = end
    return tuple(parts)


@cache
def _parser() -> MarkdownIt:
    return create_md_parser(MdParserConfig(enable_extensions=set(EXTENSIONS)), RendererHTML)


def read_blocks(text: str, name: str = "the text") -> tuple[Block, ...]:
    """Return the blocks of a page: MyST's tokens that have a place, with directives read.

    Parameters
    ----------
    text : str
    name : str
        What errors call the text.

    Returns
    -------
    tuple of Block
        What stands in lists and quotations is among them; what stands in a directive is among its
        children.

    Raises
    ------
    SourceError
        See :func:`read_page`.
    """
    return _read_blocks(text, name, first=0, nested=False)


def _read_blocks(text: str, name: str, first: int, nested: bool) -> tuple[Block, ...]:
    blocks, depth = [], int(nested)
    for token in _parser().parse(text):
        depth += token.nesting
        if token.map is None or token.nesting < 0:
            continue
        block = Block(token, first + token.map[0], first + token.map[1])
        if token.type in {"fence", "colon_fence"} and _INFO.match(token.info.strip()):
            block = _read_directive(block, name, runs=depth == 0 and token.type == "fence")
        blocks.append(block)
    return tuple(blocks)


def flatten(blocks: tuple[Block, ...]) -> Iterator[Block]:
    """Yield blocks and all that stands in them, in the order of the page.

    Parameters
    ----------
    blocks : tuple of Block

    Yields
    ------
    Block
    """
    for block in blocks:
        yield block
        yield from flatten(block.children)


def _is_cell(token: Token) -> bool:
    match = _INFO.match(token.info.strip()) if token.type == "fence" else None
    return match is not None and DIRECTIVES.get(match["name"]) == CELL


def _read_directive(block: Block, name: str, runs: bool) -> Block:
    """Return a block with the directive that it holds, and with the blocks of the body."""
    match, line = _INFO.match(block.token.info.strip()), block.start + 1
    assert match is not None  # only a block with a directive comes here
    kind = DIRECTIVES.get(match["name"])
    if kind is None:
        raise UnknownDirectiveError(
            f"{name}, line {line}: the directive {{{match['name']}}} is unknown to the readers of "
            f"the book. Is it misspelt? Known are: {', '.join(sorted(DIRECTIVES))}. To teach it, "
            f"add a line to MEANINGS in src/softmax_book/directives.py: how its body is read, and "
            f"what a downloaded notebook shows for it."
        )
    if kind == CELL:
        if not runs:
            raise SourceError(
                f"{name}, line {line}: this cell would not run. Cells stand by themselves, in "
                f"backticks, and in no list, quotation or directive."
            )
        return block
    options, skipped = _split_options(block.token.content, name, line)
    body = block.token.content.splitlines()[skipped:]
    try:
        values = dict(options_to_items(options)[0])
    except TokenizeError as error:
        raise SourceError(
            f"{name}, line {line}: the options of {{{match['name']}}} cannot be read: "
            f"{error.problem}. Write each as  :key: value"
        ) from None
    directive = Directive(
        match["name"],
        match["argument"].strip(),
        values,
        "\n".join(body),
        line,
        line + 1 + skipped,
    )
    children: tuple[Block, ...] = ()
    if kind == MARKDOWN:
        children = _read_blocks(directive.body, name, directive.body_line - 1, nested=True)
    return replace(block, directive=directive, children=children)


def _split_options(content: str, name: str, line: int) -> tuple[str, int]:
    r"""Return the options at the head of a directive as YAML, and how many lines they take.

    Examples
    --------
    >>> _split_options(":class: tip\nText", "page", 1)
    ('class: tip', 1)
    >>> _split_options(":::{note}", "page", 1)  # a directive in the directive
    ('', 0)
    """
    lines = content.splitlines()
    if lines and re.fullmatch(r"-{3,}\s*", lines[0]):
        for k in range(1, len(lines)):
            if re.fullmatch(r"-{3,}\s*", lines[k]):
                return "\n".join(lines[1:k]), k + 1
        raise SourceError(f"{name}, line {line}: the options have no closing line  ---")
    count = next((k for k in range(len(lines)) if not _OPTION.match(lines[k])), len(lines))
    return "\n".join(line.strip()[1:] for line in lines[:count]), count


def _read_cell(block: Block, name: str) -> Cell:
    line, content = block.start + 1, block.token.content
    options, skipped = _split_options(content, name, line)
    lines = content.splitlines()[skipped:]
    if lines and not lines[0].strip():  # parts the options from the code
        lines, skipped = lines[1:], skipped + 1
    return Cell("\n".join(lines), _read_yaml(options, name, line), line, line + 1 + skipped)


def _read_yaml(text: str, name: str, line: int) -> dict[str, Any]:
    try:
        values = yaml.safe_load(text) or {}
    except yaml.YAMLError as error:
        problem = getattr(error, "problem", None) or error
        raise SourceError(f"{name}, line {line}: this is not YAML: {problem}") from None
    if not isinstance(values, dict):
        raise SourceError(f"{name}, line {line}: expected  key: value, got {text.strip()!r}")
    return values


def _plain_text(token: Token) -> str:
    """Return the text of an inline token or a link without its marks."""
    return "".join(
        " " if child.type == "softbreak" else child.content for child in token.children or ()
    )


def _links_of(token: Token, line: int) -> list[Link]:
    links: list[Link] = []
    text: list[str] = []
    target: str | None = None
    for child in token.children or ():
        if child.type == "link_open":
            target, text = str(child.attrGet("href")), []
        elif child.type == "link_close" and target is not None:
            links.append(Link(target, "".join(text), line))
            target = None
        elif child.type in {"softbreak", "hardbreak"}:
            line += 1
            text.append(" ")
        else:
            text.append(child.content)
    return links
