import numpy as np
import pytest

from softmax_steps.shapes import exclusive_or, moons, spiral


@pytest.mark.parametrize(("draw", "count"), [(spiral, 3), (moons, 2)])
def test_the_classes_come_one_after_the_other_and_the_generator_decides(draw, count):
    X, y = draw(7, rng=np.random.default_rng(1))
    assert X.shape == (7 * count, 2)
    assert y.tolist() == [k for k in range(count) for _ in range(7)]
    again, other = (draw(7, rng=np.random.default_rng(seed)).X for seed in (1, 2))
    np.testing.assert_array_equal(X, again)
    assert (other != X).all()


def test_noise_is_a_standard_deviation_in_each_direction():
    for draw in (spiral, moons):
        still, moved = (draw(4000, noise=s, rng=np.random.default_rng(3)).X for s in (0, 0.2))
        np.testing.assert_allclose((moved - still).std(axis=0), 0.2, rtol=0.03)


def test_an_arm_of_the_spiral_is_the_first_one_turned():
    X, y = spiral(9, 4, noise=0, rng=np.random.default_rng(0))
    quarter = np.array([[0, 1], [-1, 0]])  # of a turn, for rows
    for k in range(1, 4):
        np.testing.assert_allclose(X[y == k], X[y == k - 1] @ quarter, atol=1e-12)


def test_opposite_corners_have_one_class():
    X, y = exclusive_or()
    assert y.tolist() == [a != b for a, b in X.tolist()]


@pytest.mark.parametrize("draw", [spiral, moons])
def test_what_is_no_count_or_no_generator_is_named(draw):
    with pytest.raises(ValueError, match="n_per_class is 0"):
        draw(0, rng=np.random.default_rng(0))
    with pytest.raises(TypeError, match="rng"):
        draw(3, rng=0)
