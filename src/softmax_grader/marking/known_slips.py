"""The slips that feedback can name, as a class is told of them that has not read the whole book.

What is said of a slip, and where the book treats it, stands in :mod:`softmax_steps.advice`, which
serves whoever practises alone as well. What a slip costs is said by the part of a hidden test that
finds it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from softmax_grader.marking.early_slips import EARLY
from softmax_steps.advice import KNOWN_SLIPS, KnownSlip

__all__ = ["KNOWN_SLIPS", "KnownSlip", "class_at", "known_slip"]

_chapter: ContextVar[int | None] = ContextVar("chapter", default=None)


@contextmanager
def class_at(chapter: int | None) -> Iterator[None]:
    """Tell slips in the words of the chapters that a class has read, while the block runs.

    Parameters
    ----------
    chapter : int or None
        The last one; None for a class that has read all of them.
    """
    token = _chapter.set(chapter)
    try:
        yield
    finally:
        _chapter.reset(token)


def known_slip(id: str) -> KnownSlip:
    """Return a slip as the class is told of it that is at work.

    Parameters
    ----------
    id : str

    Returns
    -------
    KnownSlip
        With the sentence and the place of a chapter that the class has read, where there is one.

    Raises
    ------
    KeyError
        If no slip has this id.
    """
    chapter = _chapter.get()
    before, early = EARLY.get(id, (0, KNOWN_SLIPS[id]))
    return early if chapter is not None and chapter < before else KNOWN_SLIPS[id]
