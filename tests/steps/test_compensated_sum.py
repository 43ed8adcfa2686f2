"""A sum of many arrays loses next to nothing."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from softmax_steps.compensated_sum import CompensatedSum

NUMBERS = st.floats(-1e9, 1e9)


def sum_of(arrays, every):
    total = CompensatedSum(every)
    for array in arrays:
        total.add(np.array(array))
    return total.result()


@given(st.lists(st.tuples(NUMBERS, NUMBERS), min_size=1, max_size=60), st.integers(1, 5))
def test_it_is_right_up_to_what_a_few_additions_lose(rows, every):
    for got, column in zip(sum_of(rows, every), zip(*rows, strict=True), strict=True):
        size = math.fsum(map(abs, column))
        eps = np.finfo(np.float64).eps
        slack = eps * abs(math.fsum(column)) + (every * eps + len(rows) ** 2 * eps**2) * size
        assert abs(got - math.fsum(column)) <= slack


def test_a_hundred_thousand_additions_lose_no_more_than_one():
    share = np.array([0.1, 1 / 3, -0.7])
    rounding = np.finfo(np.float64).eps
    right = [math.fsum([number] * 100_000) for number in share]
    for every in (1, 32):
        total, plain = CompensatedSum(every), np.zeros(3)
        for _ in range(100_000):
            total.add(share)
            plain += share
        assert np.all(np.abs(total.result() / right - 1) <= 8 * rounding)
    assert np.abs(plain / right - 1).max() > 100 * rounding


def test_it_changes_no_array_and_widens_narrow_ones():
    part = np.array([1.5], np.float16)
    total = CompensatedSum()
    for _ in range(100_000):
        total.add(part)
    assert total.result().tolist() == [150_000.0]
    assert total.result().dtype == np.float64
    assert part.tolist() == [1.5]


@pytest.mark.parametrize("every", [1, 3])
def test_a_sum_beyond_float64_is_infinite_and_not_nan(every):
    assert sum_of([[1e308]] * 9, every).tolist() == [math.inf]
    assert math.isnan(sum_of([[math.inf], [-math.inf], [1.0], [1.0]], every)[0])


def test_numbers_by_themselves_are_added_too():
    assert float(sum_of([1.0, 1e-16, 1e-16, -1.0], 1)) == 2e-16


def test_what_a_larger_array_pushes_out_comes_back():
    total = CompensatedSum()
    for number in (1.0, 1e17, -1e17):
        total.add(np.array([number]))
    assert total.result() == 1
