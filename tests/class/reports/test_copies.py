"""Copies are named however they are disguised, and honest students never are."""

from pathlib import Path

import numpy as np
import pytest

import softmax_steps
from softmax_grader.cells import grade_id, is_solution
from softmax_grader.demonstration.students import make_class
from softmax_grader.gradebook.release import student_version
from softmax_grader.gradebook.source import read_source
from softmax_grader.reports.copies import functions_in, likenesses

from .. import honest_styles, play
from ..honest_styles import A1, BODIES, DISGUISES, UNUSUAL

SOLUTION = "the assignment's own solution"
STUB = honest_styles.stub()
PUBLIC = {
    SOLUTION: honest_styles.solution(),
    "the book's own functions": functions_in(Path(softmax_steps.__file__).parent),
}


def made_up_class(number, seed):
    rng = np.random.default_rng(seed)
    return {f"s{k:02}": honest_styles.student(rng) for k in range(number)}


def found(submissions):
    return [(one.one, one.other) for one in likenesses(submissions, STUB, PUBLIC)]


@pytest.mark.parametrize("k", range(max(len(bodies) for bodies in BODIES.values())))
def test_the_honest_styles_are_right(k):
    bodies = {name: choices[k % len(choices)] for name, choices in BODIES.items()}
    assert play.grade(A1, play.submission(A1, play.written(A1, bodies))).total == 27


def test_one_with_ideas_of_their_own_is_right_too():
    assert play.grade(A1, play.submission(A1, play.written(A1, UNUSUAL))).total == 27


@pytest.mark.parametrize(("number", "seed"), [(2, 0), (3, 1), (6, 2), (10, 3), (20, 0), (20, 4)])
def test_honest_students_are_never_named(number, seed):
    assert found(made_up_class(number, seed)) == []


def test_in_a_class_of_three_chance_accuses_nobody():
    rng = np.random.default_rng(3)
    many = [honest_styles.student(rng) for _ in range(24)]
    for k in range(0, 24, 3):
        assert found({f"s{j}": many[k + j] for j in range(3)}) == []


def test_in_the_made_up_class_only_the_copy_is_named():
    path = play.ASSIGNMENTS / f"{A1}.md"
    release = student_version(path)
    rows = make_class(read_source(path), release, 20, hostile=1 / 6, seed=1)
    submissions = {
        student: [
            (c.cell_type, c.source) for c in notebook.cells if is_solution(c) or not grade_id(c)
        ]
        for student, notebook, _ in rows
    }
    assert found(submissions) == []
    submissions["s020"] = submissions["s019"]
    assert found(submissions) == [("s019", "s020")]


@pytest.fixture(scope="module")
def eight():
    """A class of eight, the first with ideas of their own."""
    submissions = made_up_class(8, 100)
    submissions["s00"] = honest_styles.student(np.random.default_rng(7), UNUSUAL)
    return submissions


@pytest.mark.parametrize("disguise", DISGUISES)
def test_a_copy_is_named_in_each_disguise(eight, disguise):
    code = [source for kind, source in eight["s00"] if kind == "code"]
    copy = [("code", source) for source in DISGUISES[disguise](code)]
    assert found({**eight, "copy": copy}) == [("copy", "s00")]


@pytest.mark.parametrize("disguise", [d for d in DISGUISES if not d.startswith("two of seven")])
def test_the_public_solution_is_named_in_each_disguise(eight, disguise):
    copy = [("code", s) for s in DISGUISES[disguise](honest_styles.solution_code())]
    assert found({**eight, "copy": copy}) == [("copy", SOLUTION)]


def test_what_is_shared_is_marked_on_both_sides(eight):
    code = [source for kind, source in eight["s00"] if kind == "code"]
    copy = [("code", source) for source in DISGUISES["several at once"](code)]
    public = [("code", source) for source in honest_styles.solution_code()]
    (of_public,) = likenesses({**eight, "copy": public}, STUB, PUBLIC)
    assert len(of_public.passages) >= 5
    assert all(passage.in_one and passage.in_other for passage in of_public.passages)
    (likeness,) = likenesses({**eight, "copy": copy}, STUB, PUBLIC)
    (passage,) = likeness.passages  # all of the copy stands in one cell, the other's in seven
    shared = [passage.one.splitlines()[k] for k in sorted(passage.in_one)]
    there = [passage.other.splitlines()[k] for k in sorted(passage.in_other)]
    assert shared
    assert there
    assert not any(line.startswith("def ") for line in shared)
    honest = {name: cells for name, cells in eight.items() if name != "s00"}
    text = "The factor cancels, since it stands above and below the bar.\nThat is all I know of it."
    same = [("markdown", f"{text}\nOwn words of {k}.") for k in range(2)]
    pair = {**honest, "a": [*eight["s00"][:7], same[0]], "b": [*eight["s00"][:7], same[1]]}
    (likeness,) = likenesses(pair, STUB, PUBLIC)
    passage = likeness.passages[-1]
    assert (passage.in_one, passage.in_other) == ({0, 1}, {0, 1})


def test_a_flood_is_read_in_part():
    lines = [f"w{k}x=q(w{k + 1},{k})+r[{k}].u{k}(t)" for k in range(700)]
    flood = [("code", "\n".join(lines))] * 300
    (likeness,) = likenesses({"a": flood, "b": flood}, [], {})
    assert sum(len(passage.one) for passage in likeness.passages) <= 200_000
