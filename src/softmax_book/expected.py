"""What is expected of other packages' insides, checked wherever it is relied upon.

Some of what a page needs can only be had by changing what the theme, myst-nb, the renderer of
equations or JupyterLite write. After an upgrade it may look otherwise: everything that leans on
such insides goes through these functions, which raise when they do not find what they expect
exactly as often as they should.
"""

import inspect
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from softmax_book.edition import BookError

ADVICE = "Has that package been upgraded? Look at what it does now, and adapt the code."
Item = TypeVar("Item")


class UnexpectedError(BookError):
    """Another package is not as the code that leans on it expects."""


def find_exactly(
    text: str, pattern: str | re.Pattern[str], *, times: int = 1, where: str
) -> list[re.Match[str]]:
    r"""Find a pattern exactly as often as expected.

    Parameters
    ----------
    text : str
        What is searched.
    pattern : str or re.Pattern
        A regular expression.
    times : int
        How often it must be there.
    where : str
        What is searched and who relies on it, for the message.

    Returns
    -------
    list of re.Match

    Raises
    ------
    UnexpectedError
        If it is there more or less often.

    Examples
    --------
    >>> [match[0] for match in find_exactly("a1 b2", r"\w\d", times=2, where="an example")]
    ['a1', 'b2']
    >>> find_exactly("a1 b2", "c", where="an example")
    Traceback (most recent call last):
        ...
    softmax_book.expected.UnexpectedError: an example: expected to find  c  1 time, found it 0
    times. Has that package been upgraded? Look at what it does now, and adapt the code.
    """
    compiled = re.compile(pattern)
    matches = list(compiled.finditer(text))
    if len(matches) != times:
        raise UnexpectedError(
            f"{where}: expected to find  {compiled.pattern}  {_times(times)}, "
            f"found it {_times(len(matches))}. {ADVICE}"
        )
    return matches


def replace_exactly(
    text: str,
    pattern: str | re.Pattern[str],
    replacement: str | Callable[[re.Match[str]], str],
    *,
    times: int = 1,
    where: str,
) -> str:
    """Replace a pattern that is there exactly as often as expected.

    Parameters
    ----------
    text : str
        Where it is replaced.
    pattern : str or re.Pattern
        A regular expression.
    replacement : str or callable
        As for :func:`re.sub`.
    times : int
        How often the pattern must be there.
    where : str
        What the text is, for the message.

    Returns
    -------
    str

    Raises
    ------
    UnexpectedError
        If the pattern is there more or less often.

    Examples
    --------
    >>> replace_exactly("a red hat", "red", "blue", where="an example")
    'a blue hat'
    """
    find_exactly(text, pattern, times=times, where=where)
    return re.sub(pattern, replacement, text)


def replace_attribute(owner: Any, name: str, value: Any, *, where: str) -> None:
    """Put a value in the place of another package's own.

    Parameters
    ----------
    owner : module or class
        Whose attribute it is.
    name : str
        The attribute; it must be there.
    value : object
        The new value. A function must take the parameters that the old one takes.
    where : str
        What is replaced, for the message.

    Raises
    ------
    UnexpectedError
        If there is no such attribute, or the old function has other parameters.
    """
    if not hasattr(owner, name):
        raise UnexpectedError(f"{where}: expected {owner.__name__}.{name}, found none. {ADVICE}")
    old, new = getattr(owner, name), value
    if callable(old):
        if isinstance(new, classmethod):
            new = new.__get__(None, owner)
        before, after = (list(inspect.signature(each).parameters) for each in (old, new))
        if before != after:
            raise UnexpectedError(
                f"{where}: expected {owner.__name__}.{name}({', '.join(after)}), "
                f"found the parameters ({', '.join(before)}). {ADVICE}"
            )
    setattr(owner, name, value)


def only_item(items: list[Item], *, where: str) -> Item:
    """Return the one item of a list.

    Parameters
    ----------
    items : list
        It must hold one item.
    where : str
        What is looked for, for the message.

    Raises
    ------
    UnexpectedError
        If there are more items, or none.
    """
    if len(items) != 1:
        raise UnexpectedError(f"{where}: expected exactly one, found {len(items)}. {ADVICE}")
    return items[0]


def only_file(folder: Path, pattern: str, *, where: str) -> Path:
    """Return the one file of a folder that a pattern of names fits.

    Parameters
    ----------
    folder : pathlib.Path
        Where to look; not in its folders.
    pattern : str
        As for :meth:`pathlib.Path.glob`.
    where : str
        What is looked for, for the message.

    Raises
    ------
    UnexpectedError
        If it fits more files, or none.
    """
    return only_item(sorted(folder.glob(pattern)), where=f"{where}, {pattern}")


def _times(count: int) -> str:
    return f"{count} time" if count == 1 else f"{count} times"
