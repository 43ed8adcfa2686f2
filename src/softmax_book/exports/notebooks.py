r"""Each chapter as a notebook to download, in Markdown that plain Jupyter can read.

A chapter is written in MyST, which Jupyter shows as it stands: ``{eq}`` roles, colon fences and
equation labels would be noise there. So the download says the same in plain Markdown.
"""

import html
import re
from dataclasses import dataclass, field
from pathlib import Path

import jupytext
import nbformat

from softmax_book.equations import DOLLARS, split_code
from softmax_book.exports.figure_words import add_words_to_source, fold_metadata

FENCE_OPEN = re.compile(r"^[ \t]*(?P<fence>`{3,}|:{3,})\{(?P<name>[\w:-]+)\}[ \t]*(?P<title>.*)$")
OPTION = re.compile(r"^[ \t]*:(?P<key>[\w-]+):[ \t]*(?P<value>.*)$")
KEPT_CODE = re.compile(r"^(?P<quote>(?:> )*)\0(?P<piece>\d+)\0$", re.MULTILINE)
CODE_BLOCK_NAME = re.compile(r"^([ \t]*`{3,})\{code(?:-block)?\}[ \t]*", re.MULTILINE)
ROLE = re.compile(r"\{(?P<role>[\w:.-]+)\}`(?P<text>[^`]+)`")
PAGE_LINK = re.compile(r"\]\((?P<page>[\w-]+)\.md(?P<anchor>#[\w-]*)?\)")
TARGET_LINE = re.compile(r"^\([\w-]+\)=[ \t]*$\n?", re.MULTILINE)
COMMENT_LINE = re.compile(r"^%.*$\n?", re.MULTILINE)
ATTRIBUTE_LINE = re.compile(r"^\{[.#][^}]*\}[ \t]*$\n?", re.MULTILINE)
SPAN = re.compile(r"\[([^\]]*)\]\{[.#][^}]*\}")
NOTED = {"note", "tip", "hint", "important", "warning", "caution", "attention", "danger", "seealso"}
DROPPED = {
    "bibliography",
    "equation-register",
    "toctree",
    "contents",
    "eval-rst",
    "tableofcontents",
}


# The first two cells of each notebook, which are no part of the chapter.
OPENING_ID, INSTALL_ID = "opening", "install"
# What a chapter imports; the package itself last.
NEEDED = ("numpy", "matplotlib", "ipywidgets", "anywidget", "tqdm", "softmax_steps")
LOOK = f"""\
import importlib.util

needed = {list(NEEDED)}
lacking = [name for name in needed if importlib.util.find_spec(name) is None]
""".replace("'", '"')
INSTALL = """\
# Installs the book's package, and what it needs, where this kernel lacks it.
%s
if lacking:
    print("This kernel lacks " + ", ".join(lacking) + ". Installing the book's package.")
    %%pip install --quiet "softmax-steps[book] @ git+%s"
    importlib.invalidate_caches()
    lacking = [name for name in lacking if importlib.util.find_spec(name) is None]
if lacking:
    raise ModuleNotFoundError("Still missing: " + ", ".join(lacking) + ". What pip says above "
                              "tells why. Restart the kernel and run this cell again.")"""
ADVISE = """\
# Names what this kernel lacks of what this notebook imports.
%s
if lacking:
    raise ModuleNotFoundError("This kernel lacks " + ", ".join(lacking) + ". In a copy of the "
        "book's folder, run  python -m pip install -e '.[book]'  with this kernel's Python, and "
        "restart the kernel.")"""


@dataclass
class Book:
    """What a chapter's references mean."""

    numbers: dict = field(default_factory=dict)  #: label to equation number
    citations: dict = field(default_factory=dict)  #: key to "Bishop, 2006"
    notebooks: set = field(default_factory=set)  #: names of the chapters that can be downloaded
    title: str = ""
    repository: str = ""  #: its address, if the book has one


def plain_markdown(text, book):
    """Rewrite MyST as Markdown that Jupyter shows well.

    Parameters
    ----------
    text : str
        One text cell of a chapter.
    book : Book

    Returns
    -------
    str
    """
    pieces = split_code(text)
    # Code stands aside while the text is rewritten.
    text = "".join(f"\0{k}\0\n" if pieces[k][0] else pieces[k][1] for k in range(len(pieces)))
    text = _plain_fences(text, book)
    text = DOLLARS.sub(lambda match: _tagged(match["latex"], match["label"], book), text)
    for pattern in (TARGET_LINE, COMMENT_LINE, ATTRIBUTE_LINE):
        text = pattern.sub("", text)
    text = SPAN.sub(r"\1", text)
    text = ROLE.sub(lambda match: _plain_role(match["role"], match["text"], book), text)
    text = PAGE_LINK.sub(lambda match: _plain_link(match, book), text)
    text = KEPT_CODE.sub(
        lambda match: _quoted(pieces[int(match["piece"])][1], match["quote"]), text
    )
    return text.strip("\n")


def _quoted(code, quote):
    """Put a block of code back, in the quotation that it stands in."""
    code = CODE_BLOCK_NAME.sub(r"\1", code.rstrip("\n"))
    return "\n".join((quote + line).rstrip() for line in code.split("\n"))


def _tagged(latex, label, book):
    number = book.numbers.get(label)
    if number is None:
        return f"$${latex}$$"
    return f"$${latex.rstrip()}\n\\tag{{{number}}}\n$$"


def _plain_fences(text, book):
    """Turn directives into quotations, folds and plain text."""
    lines, open_fences = [], []
    awaiting_options = False
    for line in text.split("\n"):
        quote = "> " * sum(fence["quoted"] for fence in open_fences)
        opened = FENCE_OPEN.match(line)
        option = OPTION.match(line)
        if awaiting_options and (option or line.strip() == "---"):
            if option and option["key"] == "label":
                open_fences[-1]["label"] = option["value"].strip()
            continue
        if awaiting_options and not open_fences[-1]["dropped"]:
            lines += [(quote + start).rstrip() for start in open_fences[-1]["start"]]
        awaiting_options = False
        if opened:
            open_fences.append(_opening(opened))
            awaiting_options = True
        elif open_fences and line.strip() == open_fences[-1]["fence"]:
            closed = open_fences.pop()
            quote = "> " * sum(fence["quoted"] for fence in open_fences)
            end = closed["end"]
            if closed["name"] == "math":
                end = [f"$$ ({closed['label']})" if closed.get("label") else "$$"]
            lines += [(quote + piece).rstrip() for piece in end]
        elif not any(fence["dropped"] for fence in open_fences):
            lines.append((quote + line).rstrip() if quote else line)
    return "\n".join(lines)


def _opening(match):
    name, title = match["name"], match["title"].strip()
    fence = {
        "fence": match["fence"],
        "name": name,
        "quoted": False,
        "dropped": name in DROPPED,
        "start": [],
        "end": [],
    }
    if name == "dropdown":
        fence["start"] = [f"<details><summary>{html.escape(title)}</summary>", ""]
        fence["end"] = ["", "</details>", ""]
    elif name == "admonition" or name in NOTED:
        heading = title if name == "admonition" else name.capitalize()
        fence |= {"quoted": True, "start": [f"**{heading}**", ""]}
        if name in NOTED and title:
            fence["start"].append(title)
        fence["end"] = [""]
    elif name == "math":
        fence["start"] = ["$$", *([title] if title else [])]
    elif name in {"figure", "image"}:
        fence["start"] = [f"![]({title})", ""]
    elif title:
        fence["start"] = [f"**{title}**", ""]
    return fence


def _plain_role(role, text, book):
    explicit = re.fullmatch(r"(?P<title>.+?)\s*<(?P<target>[^<>]+)>", text, re.DOTALL)
    if role in {"eq", "math:numref"}:
        return f"({book.numbers.get(text, text)})"
    if role.startswith("cite"):
        keys = [key.strip() for key in text.split(",")]
        return "(" + "; ".join(book.citations.get(key, key) for key in keys) + ")"
    if role == "math":
        return f"${text}$"
    if explicit:
        return explicit["title"]
    if role.split(":")[-1] in {"func", "meth", "class", "mod", "attr", "exc", "obj", "data"}:
        return f"`{text.rsplit('.', 1)[-1] if text.startswith('~') else text}`"
    return text.lstrip("~!")


def _plain_link(match, book):
    if match["page"] in book.notebooks:
        return f"]({match['page']}.ipynb)"
    return f"]({match['page']}.html{match['anchor'] or ''})"


def to_notebook(text, book):
    """Turn a chapter into a notebook without outputs: the reader runs it.

    Parameters
    ----------
    text : str
        The chapter's source.
    book : Book

    Returns
    -------
    nbformat.NotebookNode
        For the kernel ``python3``, which every Jupyter has.
    """
    notebook = jupytext.reads(text, fmt="md:myst")
    cells = [
        nbformat.v4.new_markdown_cell(_opening_text(book)),
        nbformat.v4.new_code_cell(_install_code(book)),
    ]
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            cells.append(nbformat.v4.new_markdown_cell(plain_markdown(cell.source, book)))
        else:
            tags = [tag for tag in cell.metadata.get("tags", []) if tag == "raises-exception"]
            metadata = fold_metadata(cell.metadata) | ({"tags": tags} if tags else {})
            source = add_words_to_source(cell.source, cell.metadata)
            cells.append(nbformat.v4.new_code_cell(source, metadata=metadata))
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


def _opening_text(book):
    if book.repository:
        how = "The first cell installs it where it is missing."
    else:
        how = "The first cell says whether it is here, and how to install it if not."
    return f"From *{book.title}*. This notebook needs the book's package. {how}"


def _install_code(book):
    if book.repository:
        return INSTALL % (LOOK.strip(), book.repository)
    return ADVISE % LOOK.strip()


def read_citations(bib_file):
    """Return how a download names each work: by its first author and the year.

    Parameters
    ----------
    bib_file : pathlib.Path

    Returns
    -------
    dict of str to str
    """
    from pybtex.database import parse_file

    if not bib_file.is_file():
        return {}
    named = {}
    for key, entry in parse_file(str(bib_file)).entries.items():
        people = entry.persons.get("author", [])
        last = " ".join(people[0].last_names) if people else key
        more = " et al." if len(people) > 2 else ""
        if len(people) == 2:
            more = f" and {' '.join(people[1].last_names)}"
        named[key] = f"{last}{more}, {entry.fields.get('year', 'no year')}"
    return named


def offer_download(app, pagename, templatename, context, doctree):
    """Put the notebook into the page's download button."""
    if is_notebook(app, pagename):
        context["ipynb_source"] = f"{pagename}.ipynb"


def is_notebook(app, page):
    """Say whether a page holds cells, and not text alone."""
    return "kernelspec" in app.env.metadata.get(page, {})


def write_downloads(app, exception):
    """After the build: write all notebooks beside the pages' sources."""
    if exception or app.builder.format != "html":
        return
    pages = [page for page in app.env.found_docs if is_notebook(app, page)]
    repository = app.config.html_theme_options.get("repository_url")
    book = Book(
        numbers={
            label: number for label, (_, number) in app.env.get_domain("math").equations.items()
        },
        citations=read_citations(Path(app.srcdir) / "book" / "references.bib"),
        notebooks={page.rsplit("/", 1)[-1] for page in pages},
        title=app.config.html_title,
        repository=repository or "",
    )
    for page in pages:
        source = Path(app.env.doc2path(page))
        target = Path(app.outdir) / "_sources" / f"{page}.ipynb"
        target.parent.mkdir(parents=True, exist_ok=True)
        nbformat.write(to_notebook(source.read_text("utf-8"), book), target)


def setup(app):
    """Register with Sphinx."""
    app.connect("html-page-context", offer_download)
    app.connect("build-finished", write_downloads)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
