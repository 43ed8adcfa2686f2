"""What a live page's Python has beyond a plain one: an extension of IPython."""

from typing import Any

from softmax_book.live.kernel.figure_fonts import draw_every_script
from softmax_book.live.kernel.long_values import shorten_values


def load_ipython_extension(shell: Any) -> None:
    """Set up a kernel for a live page.

    Parameters
    ----------
    shell : IPython.core.interactiveshell.InteractiveShell
    """
    shorten_values(shell)
    draw_every_script()
