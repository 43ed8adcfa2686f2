"""An assignment with variants: as hard for everybody, right for one id alone."""

import itertools
import re

import pytest

from softmax_grader.gradebook.source import read_source
from softmax_grader.marking.others import values_named
from softmax_grader.variants.choices import CHOICES_CELL, read_choices

from . import play
from .assignments import ASSIGNMENTS, points_said

WITH_VARIANTS = [
    name for name in ASSIGNMENTS if CHOICES_CELL in {cell.name for cell in play.cells(name)}
]
EACH = pytest.mark.parametrize("assignment", WITH_VARIANTS)


def choices_of(assignment):
    return read_choices(read_source(play.ASSIGNMENTS / f"{assignment}.md"), assignment)


def written_out(assignment, own):
    """Return the solution with a variant's values in it, as its student would write it."""
    code = play.submission(assignment)
    for name, value in own.items():
        code = {f: text.replace(f'CONVENTIONS["{name}"]', repr(value)) for f, text in code.items()}
    assert not any("CONVENTIONS" in text for text in code.values())
    return code


def graded(assignment, student, code, monkeypatch):
    monkeypatch.setattr(play, "STUDENT", student)
    return play.grade(assignment, code)


def test_there_is_one():
    assert "a4_own_conventions" in WITH_VARIANTS


@EACH
def test_a_right_solution_gets_full_marks_for_each_of_50_ids(assignment, monkeypatch):
    choices = choices_of(assignment)
    seen = set()
    for k in range(50):
        own = choices.own(f"student{k}@example.org")
        result = graded(
            assignment, f"student{k}@example.org", written_out(assignment, own), monkeypatch
        )
        assert result.slips == {}, own
        assert result.total == points_said(assignment)[0], own
        seen.add(tuple(own.values()))
    assert len(seen) >= 25


@EACH
def test_the_visible_tests_know_the_right_numbers_of_every_variant(assignment, monkeypatch):
    """Their tables are written by hand; here each entry is met by the solution."""
    choices = choices_of(assignment)
    left = {tuple(own.values()) for own in choices.every()}
    for k in itertools.count():
        own = choices.own(f"s{k}")
        if tuple(own.values()) in left:
            left.remove(tuple(own.values()))
            monkeypatch.setattr(play, "STUDENT", f"s{k}")
            seen = play.look(assignment, written_out(assignment, own))
            assert set(seen.values()) == {None}, own
        if not left:
            break


@EACH
def test_a_copy_shows_whose_values_it_is_right_for(assignment, monkeypatch):
    """What the tests name, put over the copier's own values, is the whole variant copied."""
    choices = choices_of(assignment)
    full = points_said(assignment)[0]
    for k in range(0, 12, 2):
        one, other = f"s{k}", f"s{k + 1}"
        own, theirs = choices.own(one), choices.own(other)
        differ = {name for name in own if own[name] != theirs[name]}
        if not differ:
            continue
        result = graded(assignment, one, written_out(assignment, theirs), monkeypatch)
        assert result.total < full
        used = {}
        for slip in {slip for slips in result.slips.values() for slip in slips}:
            used |= values_named(slip)
        told = {name: str(value) for name, value in own.items()} | used
        assert told == {name: str(value) for name, value in theirs.items()}


@EACH
def test_without_an_id_the_notebook_says_what_to_do(assignment, monkeypatch):
    monkeypatch.setattr(play, "STUDENT", "  ")
    with pytest.raises(ValueError, match=r"^STUDENT is empty: write your id between the quotes"):
        play.look(assignment, play.submission(assignment))


@EACH
def test_the_notebook_draws_as_the_grader_does_and_says_so(assignment, monkeypatch, capsys):
    cells = {cell.name: cell for cell in play.cells(assignment)}
    for student in ("s005", " S 005", "zoë@example.org"):
        space = {}
        exec(cells["setup"].source, space)
        exec(f"STUDENT = {student!r}\n{cells[CHOICES_CELL].source}", space)
        own = choices_of(assignment).own(student)
        assert space["CONVENTIONS"] == own
        printed = capsys.readouterr().out
        for name, value in own.items():
            assert re.search(rf"^  {name}: {value}\b", printed, re.M)
