"""Ends the text of a value where a page would stop showing it.

IPython writes a nested list of millions of numbers out to its end, which takes half a minute and
megabytes, before anybody can shorten it.
"""

import contextlib
from io import StringIO
from typing import Any

from IPython.core.formatters import PlainTextFormatter, catch_format_error
from IPython.lib.pretty import RepresentationPrinter

LONGEST = 100_000  # letters; as in page/long_text.js


class EnoughError(Exception):
    """The text is as long as it may be."""


class ShortText(StringIO):
    """Text that ends its writing when it is long enough."""

    def write(self, text: str) -> int:
        """Take more text.

        Raises
        ------
        EnoughError
            If it is long enough now.
        """
        count = super().write(text)
        if self.tell() > LONGEST:
            raise EnoughError
        return count


class ShortFormatter(PlainTextFormatter):
    """IPython's own text of a value, as far as a page shows it, and a line on the rest."""

    @catch_format_error
    def __call__(self, obj: Any) -> str:
        """Return the text of a value."""
        if not self.pprint:
            return shortened(repr(obj), obj)
        stream = ShortText()
        printer = RepresentationPrinter(
            stream,
            self.verbose,
            self.max_width,
            self.newline,
            max_seq_length=self.max_seq_length,
            singleton_pprinters=self.singleton_printers,
            type_pprinters=self.type_printers,
            deferred_pprinters=self.deferred_printers,
        )
        with contextlib.suppress(EnoughError):
            printer.pretty(obj)
            printer.flush()
        return shortened(stream.getvalue(), obj)


def shortened(text: str, value: Any) -> str:
    """Return a text as long as a page shows it, with a line that says what is missing.

    Parameters
    ----------
    text : str
    value : object
        What the text is of.

    Returns
    -------
    str

    Examples
    --------
    >>> shortened("[1, 2]", [1, 2])
    '[1, 2]'
    >>> print(shortened("[" + 40_000 * "0, ", [0] * 40_000).splitlines()[1])
    (Cut here: the text of this list of 40,000 items has more than 100,000 letters. To see others, \
show a part of the value, such as value[100:200].)
    """
    if len(text) <= LONGEST:
        return text
    size = ""
    with contextlib.suppress(Exception):  # many values have no length, or raise errors of their own
        size = f" of {len(value):,} {'letters' if isinstance(value, str) else 'items'}"
    kept = text[:LONGEST].rstrip(" ,")
    return (
        f"{kept}\n(Cut here: the text of this {type(value).__name__}{size} has more than "
        f"{LONGEST:,} letters. To see others, show a part of the value, such as value[100:200].)"
    )


def shorten_values(shell: Any) -> None:
    """Have a kernel write long values short.

    Parameters
    ----------
    shell : IPython.core.interactiveshell.InteractiveShell
    """
    display = shell.display_formatter
    display.formatters["text/plain"] = ShortFormatter(parent=display)
