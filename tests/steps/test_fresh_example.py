"""Examples drawn anew: fit for paper, the same for the same seed, others for others."""

import re

import numpy as np
import pytest

from softmax_steps import fresh_example, scores, softmax
from softmax_steps.fresh_example import MODULUS, MULTIPLIER, _whole_numbers


def numbers_of(t):
    return [*t.X.ravel(), *t.W.ravel(), *t.b, *t.y]


def test_every_drawn_example_can_be_worked_on_paper():
    drawn = [fresh_example(seed) for seed in range(200)]
    for t in drawn:
        F = scores(t.X, t.W, t.b)
        for numbers in (t.X, t.W, t.b):
            assert (numbers == np.round(numbers)).all()
            assert np.abs(numbers).max() <= 3
        assert np.abs(F).max() <= 6
        assert softmax(F).min() > 0.01  # three decimals tell it
        assert np.sum(F.argmax(axis=1) == t.y) == 1
        assert (np.sort(F, axis=1)[:, -1] > np.sort(F, axis=1)[:, -2]).all()
        assert abs(np.linalg.det(t.X)) > 0.5
        assert (np.ptp(t.W, axis=1) > 0).all()
        assert (t.strength, t.learning_rate) == (0.1, 0.5)
    assert len({tuple(numbers_of(t)) for t in drawn}) > 195


def test_the_same_seed_gives_the_same_numbers():
    for seed in (0, 417, np.int64(7), 10**9 - 1, 2**40):
        assert numbers_of(fresh_example(seed)) == numbers_of(fresh_example(seed))


def test_its_numbers_are_those_of_park_and_millers_generator():
    """The published check of that generator: from 1, its 10 000th number is 399268537."""
    drawn = _whole_numbers(0)
    state = [next(drawn) for _ in range(10_000 - 3)][-1]
    assert state == 399_268_537
    assert MULTIPLIER * MODULUS < 2**53


@pytest.mark.parametrize(
    ("seed", "error", "message"),
    [
        (-1, ValueError, "seed is -1; expected 0 or more"),
        (1.5, TypeError, "seed is 1.5; expected a whole number"),
        (True, TypeError, "seed is True"),
        ("417", TypeError, "seed is '417'"),
    ],
)
def test_what_is_no_seed_is_refused(seed, error, message):
    with pytest.raises(error, match=re.escape(message)):
        fresh_example(seed)
