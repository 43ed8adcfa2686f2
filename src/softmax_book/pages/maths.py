"""Draws equations with KaTeX while the site is built, and fails when one cannot be drawn.

Keeps a comma or full stop on the line of the short formula that it follows: a browser may break the
line after a drawn formula, also before the mark that ends the clause, and on a phone a line would
then begin with a comma.
"""

import re
import socket
import time
from collections.abc import Mapping
from pathlib import Path
from subprocess import DEVNULL, PIPE, Popen
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util import logging
from sphinxcontrib import katex

from softmax_book.building.npm import package_folder
from softmax_book.edition import Edition
from softmax_book.expected import replace_attribute
from softmax_book.symbols.letters import without_marks

WHERE = "softmax_book.pages.maths, which changes how sphinxcontrib.katex draws"
# The T of a transposed matrix is upright, and not sans serif: that would be a face to load for one
# letter.
STRICT = {"throwOnError": True, "strict": "ignore", "macros": {r"\mathsf": r"\mathrm"}}
SECONDS = 60.0  # sphinxcontrib.katex gives up after 5, too soon on a busy machine
MARK = re.compile(r"[,.;:!?)\]’”]+")
SHORT = 40  # letters of LaTeX: a longer formula must be free to break itself
SLOT = re.compile(r"\\slot\{(\w+)\}")
# Where KaTeX lets a formula break: behind a relation or an operation.
BREAKS = re.compile(r"[-=<>+/]|\\(?:approx|cdot|dots|ge|le|ne|times|to)\b")
# What KaTeX draws for sighted readers, and how it writes a mark of softmax_book.symbols.letters.
DRAWN, MARKED = '<span class="katex-html" aria-hidden="true">', '<span class="enclosing" data-s='
TOGETHER = "sms-together"  # the class, of book.css
log = logging.getLogger(__name__)


def use_served_katex(app: Sphinx) -> None:
    """Draw with the fetched KaTeX, and link the pages to the style sheet that the site serves."""
    edition = Edition.of(app)
    served = edition.front_end / "katex" / "katex.min.css"
    app.config.katex_js_path = str(package_folder(edition.root, "katex") / "dist" / "katex.min.js")
    app.config.katex_css_path = "katex/katex.min.css"
    if not served.is_file():
        log.warning("KaTeX is not here yet: build with  python -m softmax_book build")


def draw_strictly() -> None:
    """Wait for KaTeX on a busy machine, and turn faulty LaTeX into a warning.

    A warning stops a strict build. The renderer's own way is to print the faulty LaTeX in red
    on the page and to say nothing.

    Raises
    ------
    softmax_book.expected.UnexpectedError
        If the renderer is not built as expected.
    """
    original = katex.render_latex
    if hasattr(original, "is_strict"):
        return

    def render_latex(latex, options=None):
        options = {**(options or {}), **STRICT}
        try:
            plain = original(aligned(without_marks(latex)), options)
            if without_marks(latex) == latex:
                return plain
            # What is said, and what is copied, has no marks.
            drawn = original(aligned(latex), {**options, "trust": True})
            said, _ = plain.split(DRAWN)
            _, marked = drawn.split(DRAWN)
            return f"{said}{DRAWN}{marked.replace(MARKED, '<span data-s=')}"
        except katex.KaTeXError as error:
            log.warning("KaTeX cannot draw  %s  (%s)", " ".join(latex.split()), error)
            return f"<code>{latex}</code>"

    render_latex.is_strict = True  # type: ignore[attr-defined]
    replace_attribute(katex, "STARTUP_TIMEOUT", SECONDS, where=WHERE)
    replace_attribute(katex, "RENDER_TIMEOUT", SECONDS, where=WHERE)
    start = classmethod(start_server_process)
    replace_attribute(katex.KaTeXServer, "start_server_process", start, where=WHERE)
    replace_attribute(katex, "render_latex", render_latex, where=WHERE)


def start_server_process(
    cls: Any, rundir: Path, timeout: float
) -> tuple["Popen[bytes]", socket.socket]:
    """Start KaTeX's process and connect to it, trying again until it listens.

    Workaround for the renderer, which connects as soon as the socket's file is there: on a busy
    machine that is a moment too early, and the build fails. The process writes its errors to
    nowhere, because nobody reads them: a full pipe would stop the build.

    Parameters
    ----------
    cls : type
        The renderer's ``KaTeXServer``.
    rundir : pathlib.Path
        A folder for the socket.
    timeout : float
        Seconds to wait at most.

    Returns
    -------
    process : subprocess.Popen
    connection : socket.socket
    """
    path = rundir / "katex.sock"
    command = cls.build_command(socket=path)
    process = Popen(command, stdin=PIPE, stdout=PIPE, stderr=DEVNULL, cwd=rundir)
    deadline = time.monotonic() + timeout
    while True:
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        if connection.connect_ex(str(path)) == 0:
            return process, connection
        connection.close()
        if time.monotonic() > deadline or process.poll() is not None:
            process.kill()
            raise cls.timeout_error(timeout)
        time.sleep(0.01)


def aligned(latex: str) -> str:
    r"""Wrap LaTeX of several lines, as docstrings have it, in the environment that KaTeX asks for.

    Sphinx does the same for its other renderers.

    >>> print(aligned(r"a &= b \\ &= c"))
    \begin{aligned}a &= b \\ &= c\end{aligned}
    """
    if "\\\\" in latex and "\\begin{" not in latex:
        return f"\\begin{{aligned}}{latex.strip()}\\end{{aligned}}"
    return latex


def mark_slots(latex: str) -> str:
    r"""Give the place of each number in a widget's formula a class of its own.

    >>> print(mark_slots(r"L = \slot{loss}"))
    L = \htmlClass{sms-slot-loss}{0}
    """
    return SLOT.sub(r"\\htmlClass{sms-slot-\1}{0}", latex)


def typeset_slots(latex: str) -> str:
    r"""Return a widget's formula as HTML; each ``\slot{name}`` has the class ``sms-slot-name``.

    The numbers change, so there is no MathML beside it: the widget tells screen readers the line.

    Parameters
    ----------
    latex : str

    Returns
    -------
    str

    Raises
    ------
    sphinxcontrib.katex.KaTeXError
        If KaTeX cannot draw it.
    """
    return katex.render_latex(
        mark_slots(latex), {"trust": True, "output": "html", "displayMode": False}
    )


class KeepTogether(SphinxPostTransform):
    """Keeps a short formula on one line, and the marks behind any formula beside it."""

    default_priority = 100
    builders = ("html",)

    def run(self, **options: Mapping[str, Any]) -> None:
        """Go through the formulas within the text."""
        for formula in list(self.document.findall(nodes.math)):
            place = formula.parent.index(formula)
            after = formula.next_node(descend=False, siblings=True)
            mark = MARK.match(after) if isinstance(after, nodes.Text) else None
            latex, parent = formula.astext(), formula.parent
            rest = nodes.Text(after[mark.end() :]) if mark else None
            if mark and len(latex) > SHORT:
                # Within the formula, where KaTeX does not break before it.
                whole = nodes.math("", f"{latex}\\text{{{mark[0]}}}")
                parent[place : place + 2] = [whole, rest]
            elif len(latex) > SHORT:
                continue
            elif mark:
                together = nodes.inline("", "", formula, nodes.Text(mark[0]), classes=[TOGETHER])
                parent[place : place + 2] = [together, rest]
            elif BREAKS.search(latex):
                parent[place] = nodes.inline("", "", formula, classes=[TOGETHER])
