"""The trusted process: scores, and what of a hidden test may come back in a text."""

import json

import nbformat
import numpy as np
import pytest

from softmax_grader.course.records import read_record
from softmax_grader.marking.examiner import Examiner, examine, examine_once, score_of
from softmax_grader.marking.plan import make_plan

from ..courses import AUTOMATIC, MINI, RIGHT, grade_all, scores, solve, submit
from ..examining import printed


def test_a_perfect_submission_has_full_marks_each_time(course):
    source = nbformat.read(course.notebook("source", MINI), as_version=4)
    plan = make_plan(course, source, solve(course, **RIGHT))
    with Examiner() as examiner:
        for _ in range(50):
            cells = examiner.examine(plan)["cells"]
            results = [
                output["data"]["text/plain"]
                for cell in cells
                for output in cell["outputs"]
                if output["output_type"] == "execute_result"
            ]
            errors = [o for cell in cells for o in cell["outputs"] if o["output_type"] == "error"]
            assert (results, errors) == (["4"], [])


@pytest.mark.parametrize(
    ("value", "score"),
    [
        *[(2, 2), (2.5, 2.5), (9, 4), (-3, 0), (float("nan"), 0), (float("inf"), 4)],
        *[(True, 4), (False, 0), (np.float64(1.5), 1.5), (np.bool_(False), 0)],
    ],
)
def test_a_score_stays_within_its_points(value, score):
    assert score_of(value, 4.0) == score


def test_a_score_that_is_no_number_is_the_tests_fault():
    with pytest.raises(TypeError, match="last line gives its points"):
        score_of("all", 4.0)


def test_what_a_cell_prints_after_a_test_is_told_by_a_worker_that_saw_none(course):
    spying = RIGHT["guard"].replace("    return", "    global seen\n    seen = F\n    return")
    late = "print('seen' in globals())"
    submit(course, "s001", solve(course, [late], **{**RIGHT, "guard": spying}))
    grade_all(course)
    run = read_record(course.record(MINI, "run", "s001"))
    assert scores(course)["s001"] == AUTOMATIC
    assert run["cells"][-1]["outputs"][0]["text"] == "False\n"


def test_the_tests_process_takes_no_module_from_the_teachers_folder(tmp_path, monkeypatch, sandbox):
    """A student's numpy.py in the folder that the command is called in is not imported."""
    for name in ("numpy", "json", "softmax_steps"):
        (tmp_path / f"{name}.py").write_text("raise SystemExit('taken from the folder')")
    monkeypatch.chdir(tmp_path)
    cell = {"role": "test", "source": "import numpy\nnumpy.ones(2).sum()", "points": 2}
    (ran,) = examine_once({"cells": [cell]})["cells"]
    assert ran["outputs"][0]["data"]["text/plain"] == "2"


HIDDEN = "F = np.array([[0.73125, 0.5]])\ntry:\n    f(F)\nexcept Exception as e:\n    print(e)\n"


LEAKS = {
    "in an exception": "raise ValueError(str(F))",
    "in an exception's name": "raise type(str(F), (Exception,), {})('x')",
    "in a KeyError": "return {}[F[0, 0]]",
    "in the name of a name": "return globals()['x' + str(F[0, 0]).replace('.', '_')]",
    "in what looks like NumPy's": "raise IndexError('index %d is out of bounds for axis 0 with "
    "size 3' % round(F[0, 0] * 1e5))",
    "in a line of code": "import linecache\n    for k in linecache.cache:\n        "
    "linecache.cache[k] = (9, None, [str(F)] * 9, k)\n    raise ValueError('x')",
}


@pytest.mark.parametrize("kind", LEAKS)
def test_an_exception_tells_no_value_of_a_hidden_test(sandbox, kind):
    source = f"import numpy as np\ndef f(F):\n    {LEAKS[kind]}\n"
    text = printed(source, "import numpy as np\n" + HIDDEN)
    assert text.strip()
    assert "73125" not in text


def test_an_exceptions_own_words_are_told_where_they_help(sandbox):
    source = "import numpy as np\ndef f(F):\n    return F - np.ones(5)\n"
    text = printed(source, "import numpy as np\n" + HIDDEN)
    assert "operands could not be broadcast together with shapes (1,2) (5,)" in text
    source = "def f(F):\n    raise ValueError('F is too flat')\n"
    assert "F is too flat" in printed(source, "import numpy as np\n" + HIDDEN)


@pytest.mark.parametrize(
    "late",
    [
        {"role": "student", "source": "print(seen)"},
        {"role": "student", "source": "[seen]"},
        {"role": "student", "source": "raise ValueError(seen)"},
        {"role": "try", "source": "print('Yours:', f(np.zeros((1, 2))))"},
        {"role": "try", "source": "assert not f(np.zeros((1, 2))), str(f(np.zeros((1, 2))))"},
        {"role": "try", "source": "f(np.zeros((1, 2)))"},
    ],
    ids=lambda cell: cell["source"][:25],
)
def test_what_a_hidden_test_handed_over_is_not_told_by_later_cells(sandbox, late):
    source = """
import numpy as np
seen = None
def f(F):
    global seen
    seen, before = F.tolist(), seen
    return before
"""
    cells = [
        {"role": "student", "source": source, "functions": ["f"]},
        {"role": "try", "source": "import numpy as np\nprint('Yours:', f(np.ones(1)))"},
        {"role": "test", "source": HIDDEN, "points": 1},
        late,
        {"role": "test", "source": "print(f(np.ones(1)) is not None)", "points": 1},
    ]
    ran = examine({"cells": cells})["cells"]
    assert ran[4]["outputs"][0]["text"] == "True\n", "the trick would work"
    assert ran[1]["outputs"][0]["text"] == "Yours: None\n"
    assert ran[3]["outputs"]
    assert "73125" not in json.dumps(ran[:4])
