"""A class that does not exist: it is the same each time, and arrives in many ways."""

import nbformat
import numpy as np

from softmax_grader.cells import grade_id, is_solution
from softmax_grader.demonstration.students import (
    CHEATS,
    MUTATIONS,
    make_class,
    make_notebook,
    mutate,
    pretend,
)
from softmax_grader.intake.archives import arrivals

from ..courses import MINI


def notebooks(course):
    return [
        nbformat.read(course.notebook(step, MINI), as_version=4) for step in ("source", "release")
    ]


def test_a_seed_makes_the_same_class(course):
    source, release = notebooks(course)
    one, other = (make_class(source, release, 12, hostile=0.25, seed=3) for _ in range(2))
    assert one == other
    assert sum(not honest for _, _, honest in one) == 3
    assert one != make_class(source, release, 12, hostile=0.25, seed=4)


def test_the_most_skilled_hand_in_the_solution_and_a_cheat_cheats(course):
    source, release = notebooks(course)
    right = make_notebook(source, release, np.random.default_rng(0), skill=1.0)
    cells = {grade_id(cell): cell.source for cell in right.cells if is_solution(cell)}
    assert "return F - F.max(axis=1, keepdims=True)" in cells["guard"]
    assert "SOLUTION" not in cells["guard"]
    rng = np.random.default_rng(0)
    cheat = make_notebook(source, release, rng, skill=1.0, cheat="reads the gradebook")
    (guard,) = (cell.source for cell in cheat.cells if grade_id(cell) == "guard")
    assert guard.startswith("def guard(*args, **named):\n" + CHEATS["reads the gradebook"])


def test_a_mutation_changes_the_code_and_not_its_docstring():
    code = 'def f(x):\n    """Return x.mean(axis=1)."""\n    return x.mean(axis=1)\n'
    changed = {mutate(code, np.random.default_rng(seed)) for seed in range(50)}
    assert code not in changed
    assert 2 < len(changed) <= len(MUTATIONS)
    assert all('"""Return x.mean(axis=1)."""' in text for text in changed)
    assert mutate("pass", np.random.default_rng(0)) == "pass"


def test_what_is_handed_in_can_be_collected(course, tmp_path):
    submissions = pretend(course, MINI, tmp_path / "handed_in", 12)
    assert len(submissions) == 13
    files, remarks = arrivals(tmp_path / "handed_in")
    assert sum(file.is_notebook for file in files) == 13
    assert remarks == []
