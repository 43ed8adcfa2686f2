"""Draw equations with KaTeX while the site is built, and fail when one cannot be drawn."""

import socket
import time
from pathlib import Path
from subprocess import DEVNULL, PIPE, Popen

from sphinx.util import logging
from sphinxcontrib import katex

from softmax_book.edition import Edition

STRICT = {"throwOnError": True, "strict": "ignore"}
log = logging.getLogger(__name__)


def use_our_katex(app, config):
    """Take KaTeX from the fetched files; the pages link to the copy that the site serves."""
    root = Path(app.srcdir)
    config.katex_js_path = str(root / "node_modules" / "katex" / "dist" / "katex.min.js")
    config.katex_css_path = "katex/katex.min.css"
    if not (Edition(root).front_end / "katex" / "katex.min.css").is_file():
        log.warning("KaTeX is not here yet: build with  python -m softmax_book.building.site")


def make_strict():
    """Wait for KaTeX on a busy machine, and turn faulty LaTeX into a warning.

    A warning stops a strict build. The renderer's own way is to print the faulty LaTeX in red
    on the page and to say nothing.
    """
    katex.STARTUP_TIMEOUT = katex.RENDER_TIMEOUT = 60.0  # seconds; its own 5 fail on a busy machine
    katex.KaTeXServer.start_server_process = classmethod(start_patiently)
    draw = katex.render_latex

    def draw_or_warn(latex, options=None):
        try:
            return draw(aligned(latex), {**(options or {}), **STRICT})
        except katex.KaTeXError as error:
            log.warning("KaTeX cannot draw  %s  (%s)", " ".join(latex.split()), error)
            return f"<code>{latex}</code>"

    if draw.__name__ != "draw_or_warn":
        katex.render_latex = draw_or_warn


def start_patiently(cls, folder, timeout):
    """Start KaTeX's process and connect to it, trying again until it listens.

    The renderer's own way connects as soon as the socket's file is there. On a busy machine
    that is a moment too early, and the build fails. And what a process prints that nobody ends
    would keep a failed build waiting for ever, so it prints to nowhere.
    """
    path = folder / "katex.sock"
    command = cls.build_command(socket=path)
    process = Popen(command, stdin=PIPE, stdout=PIPE, stderr=DEVNULL, cwd=folder)
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


def aligned(latex):
    r"""Wrap LaTeX of several lines, as docstrings have it, in the environment that KaTeX asks for.

    Sphinx does the same for its other renderers.

    >>> print(aligned(r"a &= b \\ &= c"))
    \begin{aligned}a &= b \\ &= c\end{aligned}
    """
    if "\\\\" in latex and "\\begin{" not in latex:
        return f"\\begin{{aligned}}{latex.strip()}\\end{{aligned}}"
    return latex


def setup(app):
    """Register with Sphinx, before the renderer reads its settings."""
    make_strict()
    app.connect("config-inited", use_our_katex)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
