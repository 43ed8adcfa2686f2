"""The structure of code: what a disguise changes does not count, what code does counts."""

import pytest

from softmax_grader.reports.structure import structure_of

HEAD = "def f(A, y):\n    "
CODE = HEAD + "E = np.exp(A - A.max(axis=1, keepdims=True))\n    return E / E.sum(axis=1)"


@pytest.mark.parametrize(
    "other",
    [
        CODE.replace("E", "thing").replace("A", "q"),
        CODE.replace("np.", "numpy."),
        CODE.replace("A.max(axis=1, ", "np.max(A, axis=1, "),
        CODE.replace("axis=1, keepdims=True", "keepdims=True, axis=1"),
        CODE.replace("E = ", "D = A - A.max(axis=1, keepdims=True)\n    E = ").replace(
            "(A - A.max(axis=1, keepdims=True))", "(D)"
        ),
        CODE.replace("return E / E.sum(axis=1)", "answer = (E / E.sum(axis=1))\n    return answer"),
        CODE.replace(
            "E = ", '"""A docstring."""\n    print(1)\n    assert len(y), "none"\n    E = '
        ),
        CODE.replace("(A, y)", "(A: np.ndarray, y=None) -> float").replace("axis=1", "axis=0"),
        CODE.replace("\n", "   # why\n\n"),
    ],
)
def test_a_disguise_changes_nothing(other):
    assert structure_of(other).runs == structure_of(CODE).runs
    assert len(structure_of(CODE).runs) > 10


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("total = 0\n    total = total + 2 * y", "total = 0\n    total += y * 2"),
        ("y = np.sum(A) if y > 1 else 0", "y = A.sum() if 1 < y else 0"),
    ],
)
def test_two_ways_to_write_the_same(one, other):
    tail = "\n    return np.log(np.exp(y).sum(axis=1)) + np.arange(len(y))"
    assert structure_of(HEAD + one + tail).runs == structure_of(HEAD + other + tail).runs


def test_another_way_to_compute_is_another_structure():
    by_loop = HEAD + "rows = []\n    for a in A:\n        e = np.exp(a - a.max())\n"
    by_loop += "        rows.append(e / e.sum())\n    return np.array(rows)"
    assert not structure_of(by_loop).runs & structure_of(CODE).runs


@pytest.mark.parametrize(
    "source",
    ["def f(:", "(" * 5000, "x = " + "-" * 3000 + "1", "\0", "a" + ".b" * 6000, "%time f()"],
)
def test_what_cannot_be_read_has_no_structure(source):
    assert structure_of(source).runs == set()


def test_lines_are_those_of_the_code_that_is_shown():
    touched = structure_of("\n# a remark\n" + CODE.replace("A.max", "-A.min")).lines
    assert set().union(*touched.values()) == {3, 4}


def test_a_backslash_in_a_students_text_warns_nobody():
    assert structure_of(CODE + "\nx = '\\d'").functions["f"] == structure_of(CODE).runs


def test_a_sum_that_grows_in_a_loop_is_no_name_for_one_value():
    loop = HEAD + "F = 0\n    for d in range(len(A)):\n        F = F + np.outer(A, y)\n    return F"
    assert any("outer(" in run for run in structure_of(loop).runs)
