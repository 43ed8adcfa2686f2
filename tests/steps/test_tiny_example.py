"""The tiny example prints the digits that paper and pencil give."""

import itertools
import math
import re

import numpy as np
import pytest

from softmax_steps import tiny_example, work_through
from softmax_steps.tiny_example import STEPS

TINY = {
    "X": [[1, 2], [3, -1]],
    "y": [1, 0],
    "W": [[1, 0, 1], [0, 1, -1]],
    "b": [0, 1, 0],
    "strength": 0.1,
    "learning_rate": 0.5,
}
OTHER = {
    "X": [[0.5, -1], [2, 2], [0, 1]],
    "y": [1, 1, 0],
    "W": [[0.3, -0.2], [1, 0.4]],
    "b": [0.1, -0.1],
    "strength": 0.0,
    "learning_rate": 0.1,
}


def plain_loss(X, y, W, b, strength):
    total = 0.0
    for x, label in zip(X, y, strict=True):
        f = [sum(x[d] * W[d][j] for d in range(len(W))) + b[j] for j in range(len(b))]
        total += math.log(sum(math.exp(v) for v in f)) - f[label]
    return total / len(X) + strength / 2 * sum(w * w for row in W for w in row)


def work_by_hand(X, y, W, b, strength, learning_rate):
    """Follow the notes line by line with lists and the math module alone."""
    N, D, C = len(X), len(W), len(b)
    F = [[sum(x[d] * W[d][j] for d in range(D)) + b[j] for j in range(C)] for x in X]
    shifted = [[f - max(row) for f in row] for row in F]
    E = [[math.exp(f) for f in row] for row in shifted]
    P = [[e / sum(row) for e in row] for row in E]
    losses = [-math.log(row[label]) for row, label in zip(P, y, strict=True)]
    data_loss = sum(losses) / N
    penalty = strength / 2 * sum(w * w for row in W for w in row)
    dF = [[(P[i][j] - (j == y[i])) / N for j in range(C)] for i in range(N)]
    dW = [
        [sum(X[i][d] * dF[i][j] for i in range(N)) + strength * W[d][j] for j in range(C)]
        for d in range(D)
    ]
    db = [sum(dF[i][j] for i in range(N)) for j in range(C)]
    new_W = [[W[d][j] - learning_rate * dW[d][j] for j in range(C)] for d in range(D)]
    new_b = [b[j] - learning_rate * db[j] for j in range(C)]
    return {
        "F": F,
        "shifted": shifted,
        "E": E,
        "P": P,
        "losses": losses,
        "data_loss": data_loss,
        "penalty": penalty,
        "loss": data_loss + penalty,
        "dF": dF,
        "dW": dW,
        "db": db,
        "new_W": new_W,
        "new_b": new_b,
        "new_loss": plain_loss(X, y, new_W, new_b, strength),
    }


def printed_numbers(text):
    return [float(number) for number in re.findall(r"(?<![\w.])-?\d+\.\d{3}(?!\d)", text)]


def flat(values):
    return [float(number) for value in values for number in np.ravel(value)]


@pytest.mark.parametrize("numbers", [TINY, OTHER], ids=["tiny", "changed"])
def test_every_number_is_that_of_the_working_by_hand(numbers):
    working = work_through(tiny_example(**numbers))
    for name, value in work_by_hand(**numbers).items():
        np.testing.assert_allclose(getattr(working, name), value, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("numbers", [TINY, OTHER], ids=["tiny", "changed"])
def test_the_printed_digits_are_those_of_the_working_by_hand(numbers):
    by_hand = flat(work_by_hand(**numbers).values())
    printed = printed_numbers(str(work_through(tiny_example(**numbers))))
    assert printed == [float(f"{number:.3f}") for number in by_hand]


def test_the_example_is_the_one_in_the_book():
    t = tiny_example()
    for name, value in TINY.items():
        assert np.array_equal(getattr(t, name), value)


def test_the_story_told_about_the_example_is_so():
    working = work_through(tiny_example())
    assert np.argmax(working.P, axis=1).tolist() == [1, 2]  # the first right, the second wrong
    assert working.losses[1] > working.losses[0]
    assert working.new_loss < working.loss
    assert f"{working.loss:.3f} {working.new_loss:.3f}" == "0.935 0.302"


@pytest.mark.parametrize("last", range(len(STEPS)))
def test_each_step_adds_its_lines_to_those_of_the_step_before(last):
    texts = [str(work_through(tiny_example(), up_to=step)) for step in STEPS[: last + 1]]
    for shorter, longer in itertools.pairwise(texts):
        assert longer.startswith(shorter + "\n")
    first_numbers = {"score": 6, "overflow_guard": 12, "softmax": 24, "cross_entropy": 27}
    first_numbers |= {"regularization": 29, "gradient": 29 + 6 + 6 + 3 + 6 + 3 + 1}
    assert len(printed_numbers(texts[-1])) == first_numbers[STEPS[last]]


def test_the_printed_lines_stand_under_each_other():
    lines = str(work_through(tiny_example())).splitlines()
    starts = [line[21:] for line in lines]
    assert all(re.match(r"[\[ ]?[\[ -]*\d", start) for start in starts)
    assert repr(work_through(tiny_example())) == "\n".join(lines)


def test_the_readers_print_options_change_no_digit():
    expected = str(work_through(tiny_example()))
    with np.printoptions(precision=8, suppress=False, floatmode="maxprec"):
        assert str(work_through(tiny_example())) == expected


def test_changed_numbers_leave_the_others_and_the_next_example_alone():
    changed = tiny_example(b=[0, 0, 0], strength=2)
    assert changed.b.tolist() == [0, 0, 0]
    assert changed.strength == 2
    assert changed.W.tolist() == TINY["W"]
    changed.X[0, 0] = 99
    assert tiny_example().X.tolist() == TINY["X"]
    assert tiny_example().b.tolist() == TINY["b"]


def test_an_example_cannot_be_changed_by_accident():
    with pytest.raises(AttributeError):
        tiny_example().strength = 3
    assert tiny_example() != tiny_example()  # a comparison is an answer, not an error


def test_a_working_leaves_its_example_alone():
    t = tiny_example()
    work_through(t)
    for name, value in TINY.items():
        assert np.array_equal(getattr(t, name), value)


@pytest.mark.parametrize(
    ("changes", "error", "message"),
    [
        ({"lambda_": 1}, TypeError, "tiny_example has no lambda_; expected any of X, y, W, b"),
        ({"Z": 1, "A": 2}, TypeError, "tiny_example has no A, Z; expected"),
        ({"X": [[1, 2, 3]]}, ValueError, "X has 3 columns .* W has 2 rows"),
        ({"X": [[1, 2], [3]]}, ValueError, "X .* different lengths"),
        ({"X": [[1, 2]]}, ValueError, "y has 2 labels for 1 rows of X"),
        ({"y": [1, 3]}, ValueError, r"y\[1\] is 3; expected a label in 0…2"),
        ({"y": [1]}, ValueError, "y has 1 labels for 2 rows of X"),
        ({"y": [0.0, 1.0]}, TypeError, "y holds float64"),
        ({"W": [[1, 0], [0, 1]]}, ValueError, "b has 3 entries but W has 2 columns"),
        ({"b": None}, TypeError, "b is None; expected"),
        ({"b": [0, np.nan, 0]}, ValueError, r"b\[1\] is nan"),
        ({"strength": -1}, ValueError, r"strength is -1\.0; expected a finite λ"),
        ({"learning_rate": -1}, ValueError, r"learning_rate is -1\.0; expected a finite η"),
        ({"learning_rate": "fast"}, TypeError, "learning_rate is 'fast'; expected one real"),
    ],
)
def test_numbers_that_do_not_fit_are_refused_at_once(changes, error, message):
    with pytest.raises(error, match=message):
        tiny_example(**changes)


def test_an_unknown_step_is_refused_with_the_list_of_steps():
    with pytest.raises(ValueError, match="up_to is 'loss'; expected one of score, overflow_guard"):
        work_through(tiny_example(), up_to="loss")


def test_something_else_than_an_example_is_refused():
    with pytest.raises(TypeError, match=r"example is \[\[1, 2\]\]; .* work_through\(tiny_example"):
        work_through([[1, 2]])
