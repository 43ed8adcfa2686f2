"""What came in from a student, and what was put right, as the student is told of it."""

import re
from collections.abc import Mapping
from datetime import datetime
from pathlib import PurePosixPath
from typing import Any

from softmax_grader.text import one_line

# What `collect` notes for the teacher, and the same for the student; {0} is the first group.
IN_A_STUDENTS_WORDS = (
    (
        r"cell (\S+) had become (?:markdown|raw)",
        "The cell “{0}” had become a text cell. It was read as code.",
    ),
    (
        r"cell (\S+) had become code",
        "The cell “{0}” had become a code cell. It was read as text.",
    ),
    (
        r"missing and put back: cells? (.+)",
        "These cells were missing and were put back as you got them: {0}.",
    ),
    (
        r"known by what they define: cells? (.+)",
        "These cells had lost their marks and were known by the functions in them: {0}.",
    ),
    (
        r"cell (\S+) was known by its question",
        "Your answer “{0}” had lost its mark and was known by its question.",
    ),
    (
        r"cell (\S+): the text in the cells beside it is taken as the answer",
        "Your text beside the cell for the answer was taken as the answer “{0}”.",
    ),
    (
        r"its name was (.+)",
        "Your file was called {0}. Next time keep the name that it had, so that it is found.",
    ),
    (
        r"(\d+) notebooks came; (.+) was taken, not (.+)",
        "You handed in {0} notebooks. Graded was {1}, not {2}.",
    ),
)


def what_came(collected: Mapping[str, Any]) -> str:
    """Return which file was graded, and when it was handed in.

    Parameters
    ----------
    collected : dict
        The record of what was collected; it may be empty.

    Returns
    -------
    str
        A sentence; empty where nothing is known.
    """
    name = PurePosixPath(collected.get("file") or "").name
    when = _moment((collected.get("sender") or {}).get("handed_in"))
    if not name:
        return ""
    handed_in = f", handed in on {when}" if when else ""
    return f"Graded: {one_line(name, 80)}{handed_in}."


def remarks(collected: Mapping[str, Any]) -> list[str]:
    """Return what was put right in the work, and how it was run, in the student's words.

    Parameters
    ----------
    collected : dict
        The record of what was collected, with the ``remarks`` of the run.

    Returns
    -------
    list of str
        A sentence each.
    """
    chosen = [flag for flag in collected.get("flags") or () if " notebooks came; " in flag]
    told = (*chosen, *(collected.get("mended") or ()), *(collected.get("remarks") or ()))
    return [_told(text) for text in told]


def why_not_graded(collected: Mapping[str, Any]) -> str:
    """Return why nothing could be graded.

    Parameters
    ----------
    collected : dict

    Returns
    -------
    str
        Two sentences; empty where the file could be read.
    """
    if collected.get("readable", True):
        return ""
    flags = collected.get("flags") or ["it could not be read"]
    why = one_line(flags[-1], 300).rstrip(".").removeprefix("the file cannot be read: ")
    return (
        f"Nothing could be graded, since {why}. "
        "Ask your teacher whether you may hand in the notebook itself, the file ending in .ipynb."
    )


def _moment(text: object) -> str:
    """Return a time as people say it; nothing where it is none."""
    try:
        moment = datetime.fromisoformat(str(text))
    except ValueError:
        return ""
    return f"{moment.day} {moment:%B %Y at %H:%M}"


def _told(text: str) -> str:
    text = one_line(text, 300)
    for pattern, words in IN_A_STUDENTS_WORDS:
        if match := re.fullmatch(pattern, text):
            return words.format(*match.groups())
    return f"{text[:1].upper()}{text[1:].rstrip('.')}."
