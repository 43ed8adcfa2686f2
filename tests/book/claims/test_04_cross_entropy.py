"""Claims of Chapter 4."""

import numpy as np
import pytest

from softmax_steps import cross_entropy, log_softmax, mistakes, scores, softmax, tiny_example

from .pages import says


def test_a_loss_lies_above_its_lag_by_at_most_log_c():
    says(
        "04_cross_entropy",
        "how far its true score lags behind the largest one, plus something between 0 and "
        r"$\log C$.",
    )
    rng = np.random.default_rng(0)
    for size in (0.0, 0.1, 10.0, 1000.0):
        F, y = rng.normal(scale=size, size=(100, 7)), rng.integers(7, size=100)
        excess = cross_entropy(log_softmax(F), y) - (F.max(axis=1) - F[np.arange(100), y])
        assert excess.min() >= -1e-12 * size
        assert excess.max() <= np.log(7) + 1e-12 * (1 + size)


def steps_until_half(lead, pull):
    for step in range(10_000):
        p = softmax(np.array([[lead, 0.0]]))[0, 0]
        if p > 0.5:
            return step
        lead += 0.5 * pull(p)
    raise AssertionError("it never gets there")


def test_a_squared_error_hardly_moves_before_it_learns():
    says(
        "04_cross_entropy",
        "But first it hardly moves for hundreds, and the more confident the mistake, the "
        "longer. Begin at −7: the logarithm needs two steps more, and the other two about 2.6 "
        "times as many.",
    )
    log, plain, square = (
        [steps_until_half(lead, pull) for lead in (-6.0, -7.0)]
        for pull in (
            lambda p: 1 - p,
            lambda p: p * (1 - p),
            lambda p: 2 * p * (1 - p) ** 2,
        )
    )
    assert log[1] == log[0] + 2
    assert plain[1] / plain[0] == pytest.approx(2.6, abs=0.1)
    assert square[1] / square[0] == pytest.approx(2.6, abs=0.1)
    assert log[0] < 20
    assert 300 < square[0] < plain[0] < 1000


def test_the_logarithm_of_a_softmax_ends_at_the_left_walls():
    says(
        "04_cross_entropy",
        "at a gap of 17 between the scores in float16, of 104 in float32, of 745 in float64.",
    )
    for dtype, gap in ((np.float16, 17), (np.float32, 104), (np.float64, 745)):
        pairs = np.array([[0, -gap + 1], [0, -gap - 1]], dtype=dtype)
        with np.errstate(divide="ignore"):
            log_p = mistakes.log_of_softmax(pairs)[:, 1]
        assert np.isinf(log_p).tolist() == [False, True]


def test_the_numbers_of_chapter_4_that_no_cell_prints():
    says(
        "04_cross_entropy",
        "the probability 0.8668",
        "only 0.2654",
        r"$0.8668 \cdot 0.2654 = 0.230$",
        "if you see 3.322, you count in bits",
    )
    t = tiny_example()
    truth = softmax(scores(t.X, t.W, t.b))[[0, 1], t.y]
    np.testing.assert_allclose(truth, [0.8668, 0.2654], atol=5e-5)
    assert truth.prod() == pytest.approx(0.230, abs=5e-4)
    assert np.log2(10) == pytest.approx(3.322, abs=5e-4)
