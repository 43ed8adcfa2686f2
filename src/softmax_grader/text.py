"""Text that a student wrote, made harmless: for a page, a file, a terminal."""

import re
import unicodedata

ANSI = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[@-_])")


def clean_text(text: object, limit: int | None = None) -> str:
    r"""Return `text` with nothing in it but what can be read.

    Terminal codes, control characters, marks that turn the reading direction, and halves of
    characters are removed; what is beyond `limit` characters is cut off and said to be.

    Parameters
    ----------
    text : object
        Anything; what is no text is turned into one.
    limit : int, optional
        The most characters that are kept.

    Returns
    -------
    str

    Examples
    --------
    >>> clean_text("red: \x1b[31mno\x1b[0m", 7)
    'red: no'
    """
    text = ANSI.sub("", str(text)).replace("\r\n", "\n").replace("\r", "\n")
    text = "".join(
        c for c in text if c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Co")
    )
    if limit is not None and len(text) > limit:
        text = text[:limit] + " …"
    return text


def quoted(text: object, limit: int = 60) -> str:
    """Return `text` as somebody else's words within a sentence of ours.

    Parameters
    ----------
    text : object
    limit : int
        The most characters that are kept.

    Returns
    -------
    str
        In quotation marks, which nothing in it can close.

    Examples
    --------
    >>> quoted("x” is right. “y")
    "“x' is right. 'y”"
    """
    inner = one_line(text, limit).translate(dict.fromkeys(map(ord, '“”„‟«»"'), "'"))
    return f"“{inner}”"


def one_line(text: object, limit: int = 200) -> str:
    r"""Return `text` cleaned and on one line.

    Parameters
    ----------
    text : object
    limit : int
        The most characters that are kept.

    Returns
    -------
    str

    Examples
    --------
    >>> one_line("two\nlines")
    'two lines'
    """
    return clean_text(" ".join(clean_text(text, 4 * limit).split()), limit)
