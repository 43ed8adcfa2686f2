"""The numbers of two widgets agree with their definitions."""

import math

import numpy as np
import pytest

from softmax_steps.readings import cross_entropy_readings, softmax_readings


def test_equal_scores_leave_all_classes_open():
    readings = softmax_readings([2.0, 2.0, 2.0, 2.0])
    assert readings["entropy"] == pytest.approx(math.log(4))
    assert readings["effective"] == pytest.approx(4)
    assert readings["unguarded"] == pytest.approx(4 * math.exp(2))


def test_a_shift_changes_no_probability_and_a_temperature_divides_the_scores():
    scores = np.array([1.0, 3.0, -1.0])
    plain, shifted = softmax_readings(scores), softmax_readings(scores, shift=5.0)
    np.testing.assert_allclose(plain["P"], shifted["P"], rtol=1e-12)
    np.testing.assert_array_equal(softmax_readings(scores, temperature=4)["F"], scores / 4)


def test_scores_that_overflow_without_a_guard_say_so():
    readings = softmax_readings([1000.0, 0.0])
    assert readings["unguarded"] == np.inf
    assert readings["P"].tolist() == [1.0, 0.0]
    assert readings["entropy"] == 0


def test_the_product_of_the_batch_is_e_to_minus_n_times_the_loss():
    readings = cross_entropy_readings([0.9, 0.6, 0.3], repeats=10)
    assert readings["count"] == 30
    assert readings["likelihood"] == pytest.approx((0.9 * 0.6 * 0.3) ** 10)
    assert readings["product"] == pytest.approx(readings["likelihood"])
    assert readings["logSum"] == pytest.approx(readings["logProduct"])
    assert readings["typical"] == pytest.approx((0.9 * 0.6 * 0.3) ** (1 / 3))


def test_a_product_that_vanishes_has_a_sum_of_logarithms_still():
    readings = cross_entropy_readings([0.1], repeats=1000)
    assert (readings["product"], readings["logProduct"]) == (0, -np.inf)
    assert readings["logSum"] == pytest.approx(-1000 * math.log(10))
    assert readings["slopes"] == pytest.approx([-10])
