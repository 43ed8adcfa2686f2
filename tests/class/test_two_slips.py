"""Two slips in one function: what is named is there. Nothing else ever is."""

import itertools

import pytest

from . import play
from .assignments import ASSIGNMENTS, MUTANTS

BOTH = {frozenset({"penalty-factor-two", "bias-penalised"}): "bias-and-factor-two"}
EVERY, FEWEST = 24, 8  # of the pairs; all of them take a minute
# The softmax that it calls has a guard of its own, so what is left is the guard by columns.
EXCEPT = {("log of softmax by own softmax", "log-softmax over the samples")}


ANOTHERS = "right-for-another:"


def together(slips):
    """Return the one slip that two are, or None."""
    if all(slip and slip.startswith(ANOTHERS) for slip in slips):
        return ANOTHERS + ",".join(sorted(slip.removeprefix(ANOTHERS) for slip in slips))
    return BOTH.get(frozenset(slips))


def edited(source, edits):
    """Return the source with the edits, or None where they do not fit."""
    for old, new in edits:
        if old not in source:
            return None
        source = source.replace(old, new)
    return source


def pairs(assignment):
    """Yield pairs of mutants of one function, and the function with both slips."""
    sources = {c.name: c.source for c in play.cells(assignment)}
    mutants = [m for m in MUTANTS if m.assignment == assignment and len(m.edits) == 1]
    for one, other in itertools.combinations(mutants, 2):
        (name,), (again,) = one.edits, other.edits
        if name != again or (one.name, other.name) in EXCEPT:
            continue
        first = edited(sources[name], one.edits[name])
        both = edited(first, other.edits[name])
        if both not in (None, first, edited(sources[name], other.edits[name])):
            yield one, other, {name: both}


@pytest.mark.parametrize("assignment", ASSIGNMENTS)
def test_of_two_slips_none_is_named_that_is_not_there(assignment):
    known = list(pairs(assignment))
    chosen = known[:: max(1, min(EVERY, len(known) // FEWEST))]
    assert len(chosen) >= FEWEST
    for one, other, changes in chosen:
        graded = play.grade(assignment, play.submission(assignment, changes))
        cells = set(one.lost) | set(other.lost)
        named = {slip for cell in cells for slip in graded.slips.get(cell, ())}
        there = {one.slip, other.slip}
        assert named <= there | {together(there)}, (one.name, other.name)
