import numpy as np
import pytest

from softmax_steps import log_softmax, predict, softmax
from softmax_steps.calibration import expected_calibration_error, fit_temperature, reliability


def mean_cross_entropy(F, y):
    return -log_softmax(F)[np.arange(len(y)), y].mean()


@pytest.fixture
def scored():
    """Scores three times too large: labels are drawn from the softmax of a third of them."""
    rng = np.random.default_rng(3)
    F = 6 * rng.normal(size=(20_000, 4))
    P = softmax(F / 3)
    y = (rng.random((len(F), 1)) > P.cumsum(axis=1)).sum(axis=1)
    return F, np.minimum(y, 3)


def test_the_temperature_is_found_that_the_scores_were_multiplied_by(scored):
    F, y = scored
    T = fit_temperature(F, y)
    assert abs(T - 3) < 0.1
    least = mean_cross_entropy(F / T, y)
    assert least < mean_cross_entropy(F / (T * 1.001), y)
    assert least < mean_cross_entropy(F / (T / 1.001), y)
    np.testing.assert_array_equal(predict(F / T), predict(F))


def test_it_does_not_matter_how_large_the_scores_are(scored):
    F, y = scored
    T = fit_temperature(F, y)
    for factor in (1e-6, 1e3):
        np.testing.assert_allclose(fit_temperature(factor * F, y), factor * T, rtol=1e-9)


def test_at_the_ends_there_is_no_least():
    assert fit_temperature([[1.0, 0.0]], [0]) == 1e-3  # all right: the surer the better
    assert fit_temperature([[1.0, 0.0]], [1]) == np.inf  # worse than no scores at all
    assert fit_temperature([[1.0, 1.0]], [0]) == np.inf  # the scores say nothing


def test_temperature_mends_the_calibration(scored):
    F, y = scored
    before = expected_calibration_error(softmax(F), y)
    after = expected_calibration_error(softmax(F / fit_temperature(F, y)), y)
    assert before > 0.1
    assert after < 0.02


def test_bins_are_counted_by_hand():
    P = [[0.55, 0.45], [0.65, 0.35], [0.35, 0.65], [1.0, 0.0]]
    found = reliability(P, [0, 0, 0, 0], bins=5)
    assert found.count.tolist() == [0, 0, 1, 2, 1]
    np.testing.assert_allclose(found.confidence, [np.nan, np.nan, 0.55, 0.65, 1.0])
    np.testing.assert_allclose(found.accuracy, [np.nan, np.nan, 1, 0.5, 1])
    error = expected_calibration_error(P, [0, 0, 0, 0], bins=5)
    np.testing.assert_allclose(error, (0.45 + 2 * 0.15 + 0) / 4)


def test_what_is_no_probability_is_refused():
    with pytest.raises(ValueError, match="expected probabilities"):
        reliability([[2.0, -1.0]], [0])
    with pytest.raises(ValueError, match="bins is 0"):
        reliability([[0.5, 0.5]], [0], bins=0)
