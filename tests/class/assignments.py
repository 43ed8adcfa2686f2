"""Every assignment there is, and what the tests know of each.

The list comes from the folder ``assignments``. For each source there must be a module of the same
name in ``known_answers``, which holds

``MUTANTS``
    The solution with one slip each, as :func:`tests.class.mutants.one` makes them.
``TOLD``
    By a mutant's name, words that a visible test must say of it.
``RIVALS``
    Other right solutions: by a name, the functions' bodies.
``BOOK_BODIES``, ``WARM_UPS``
    The functions as the book has them, and the parts that they pass.
``CONVENTIONS``
    Pairs of function names and points: what is left with these functions from the book.
``BY_HEART``
    Whether the visible tests are passed by their own answers learnt by heart.

What is missing is an error when the tests are collected, so no assignment goes unchecked.
"""

import importlib
import re

import pytest

from . import mutants, play

KNOWN = ("MUTANTS", "TOLD", "RIVALS", "BOOK_BODIES", "WARM_UPS", "CONVENTIONS")
ASSIGNMENTS = sorted(path.stem for path in play.ASSIGNMENTS.glob("*.md"))
EACH = pytest.mark.parametrize("assignment", ASSIGNMENTS)


def known_answers(assignment):
    """Return the module that knows an assignment's answers; raise where something is missing."""
    name = f"tests/class/known_answers/{assignment}.py"
    try:
        module = importlib.import_module(f".known_answers.{assignment}", __package__)
    except ModuleNotFoundError as error:
        raise LookupError(f"assignments/{assignment}.md has no {name}: see {__file__}") from error
    missing = [known for known in KNOWN if not getattr(module, known, None)]
    missing += [] if hasattr(module, "BY_HEART") else ["BY_HEART"]
    if missing:
        raise LookupError(f"{name} lacks {', '.join(missing)}, or they are empty")
    unknown = {m.assignment for m in module.MUTANTS} - {assignment}
    if unknown:
        raise LookupError(f"{name} has mutants of {', '.join(sorted(unknown))}")
    return module


def points_said(assignment):
    """Return (points by tests, points by hand), as the assignment's first cell says them."""
    welcome = play.cells(assignment)[0].source
    total, by_hand = map(
        int, re.search(r"\*\*Points\*\* (\d+), of which (\d+) are for a written", welcome).groups()
    )
    return total - by_hand, by_hand


ANSWERS = {assignment: known_answers(assignment) for assignment in ASSIGNMENTS}
MUTANTS = [mutant for answers in ANSWERS.values() for mutant in answers.MUTANTS]
RIVALS = {
    (assignment, name): play.written(assignment, bodies)
    for assignment, answers in ANSWERS.items()
    for name, bodies in answers.RIVALS.items()
}
TOLD = {name: words for answers in ANSWERS.values() for name, words in answers.TOLD.items()}


def mutant_named(name):
    """Return the one mutant of this name."""
    (mutant,) = (m for m in MUTANTS if m.name == name)
    return mutant


def code_of(mutant):
    """Return a mutant's solution cells."""
    return mutants.code(mutant)
