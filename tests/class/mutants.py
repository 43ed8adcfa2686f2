"""Solutions with one slip each, and what they must be given.

A mutant is the assignment's own solution with a few lines changed. ``lost`` says how many points
it loses in which test cell; all others stay full. ``slip`` is the slip that must be named there,
or None where only a plain message may stand. ``seen`` says whether the visible tests notice.
"""

from typing import NamedTuple

from .play import cells, submission


class Mutant(NamedTuple):
    assignment: str
    name: str
    edits: dict  # function -> pairs of text (old, new)
    lost: dict  # test cell -> points
    slip: str | None
    seen: bool = True


def code(mutant):
    """Return the mutant's solution cells."""
    changes = {}
    for function, edits in mutant.edits.items():
        (source,) = (c.source for c in cells(mutant.assignment) if c.name == function)
        for old, new in edits:
            assert old in source, f"{mutant.name}: {old!r} does not stand in {function}"
            source = source.replace(old, new)
        changes[function] = source
    return submission(mutant.assignment, changes)


def one(assignment, name, function, edits, lost, slip, seen=True, cell=None):
    lost = {cell or f"test_{function}": lost} if lost else {}
    return Mutant(assignment, name, {function: edits}, lost, slip, seen)
