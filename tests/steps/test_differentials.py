import mpmath
import numpy as np
import pytest

from softmax_steps import loss, loss_and_gradient, scores, softmax, tiny_example
from softmax_steps.differentials import (
    gradient_by_differentials,
    loss_differential,
    loss_remainder,
    score_tensor,
    softmax_differential,
)

N, D, C, STRENGTH = 6, 4, 3, 0.2


@pytest.fixture
def problem():
    rng = np.random.default_rng(8)
    X, y = rng.normal(size=(N, D)), rng.integers(0, C, size=N)
    return X, y, rng.normal(size=(D, C)), rng.normal(size=C)


@pytest.fixture
def step():
    rng = np.random.default_rng(4)
    return rng.normal(size=(D, C)), rng.normal(size=C)


def test_every_score_follows_every_weight_as_the_array_says(problem):
    X, _, W, b = problem
    T = score_tensor(X, C)
    assert T.shape == (N, C, D, C)
    for place in np.ndindex(W.shape):
        moved = W.copy()
        moved[place] += 1  # scores are linear: any step will do
        change = scores(X, moved, b) - scores(X, W, b)
        np.testing.assert_allclose(T[:, :, *place], change, atol=1e-12)


def test_differentials_are_the_derivatives_along_the_step(problem, step):
    """A complex step along the whole of dW and db at once."""
    X, y, W, b = problem
    dW, db = step
    found = loss_differential(X, y, W, b, dW=dW, db=db, strength=STRENGTH)
    h = 1e-30
    along = (W + 1j * h * dW, b + 1j * h * db)
    np.testing.assert_allclose(found.dF, scores(X, *along).imag / h, rtol=1e-12)
    np.testing.assert_allclose(found.dP, softmax(scores(X, *along)).imag / h, rtol=1e-10)
    np.testing.assert_allclose(found.dL, loss(X, y, *along, strength=STRENGTH).imag / h, rtol=1e-12)


def test_the_remainder_falls_with_the_square_of_the_step(problem, step):
    X, y, W, b = problem
    dW, db = step
    before = loss(X, y, W, b, strength=STRENGTH)
    remainders = []
    for size in (1e-2, 1e-3):
        d = loss_differential(X, y, W, b, dW=size * dW, db=size * db, strength=STRENGTH)
        after = loss(X, y, W + size * dW, b + size * db, strength=STRENGTH)
        remainders.append(after - before - d.dL)
    assert 90 < remainders[0] / remainders[1] < 110


def exact_remainder(X, y, W, b, dW, db):
    """Two losses with 80 digits, subtracted."""
    number = np.vectorize(mpmath.mpf, otypes=[object])
    exp, log = (np.vectorize(f, otypes=[object]) for f in (mpmath.exp, mpmath.log))
    X, W, b, dW, db = map(number, (X, W, b, dW, db))
    rows = np.arange(len(y))

    def f(W, b):
        F = X @ W + b
        return (log(exp(F).sum(axis=1)) - F[rows, y]).sum() / len(y) + STRENGTH / 2 * (W * W).sum()

    F = X @ W + b
    P = exp(F) / exp(F).sum(axis=1, keepdims=True)
    P[rows, y] -= 1
    dL = (P * (X @ dW + db)).sum() / len(y) + STRENGTH * (W * dW).sum()
    return f(W + dW, b + db) - f(W, b) - dL


@pytest.mark.parametrize("size", [30.0, 1.0, 0.3, 1e-2, 1e-5, 1e-8, 1e-12, 1e-80])
def test_the_remainder_has_all_its_digits_however_small_the_step(problem, step, size):
    X, y, W, b = problem
    W[:, 0] *= 20  # and where a probability is nearly 1
    dW, db = size * step[0], size * step[1]
    with mpmath.workdps(80 if size > 1e-20 else 320):
        expected = float(exact_remainder(X, y, W, b, dW, db))
    found = loss_remainder(X, y, W, b, dW=dW, db=db, strength=STRENGTH)
    assert found == pytest.approx(expected, rel=1e-13)
    assert found > 0


def test_the_remainder_asks_for_a_step_that_is_no_leap(problem):
    X, y, W, b = problem
    with pytest.raises(ValueError, match=r"the step moves a score by 500; .*scale dW and db down"):
        loss_remainder(X, y, W, b, dW=np.zeros((D, C)), db=[500.0, 0, 0])


def test_the_gradient_read_off_is_the_one_of_chapter_6(problem):
    X, y, W, b = problem
    read_off = gradient_by_differentials(X, y, W, b, strength=STRENGTH)
    _, dW, db = loss_and_gradient(X, y, W, b, strength=STRENGTH)
    np.testing.assert_allclose(read_off.dW, dW, rtol=1e-12, atol=1e-14)
    np.testing.assert_allclose(read_off.db, db, rtol=1e-12, atol=1e-14)


def test_a_row_of_probabilities_wins_what_it_loses():
    rng = np.random.default_rng(0)
    P = softmax(rng.normal(size=(N, C)))
    np.testing.assert_allclose(
        softmax_differential(P, rng.normal(size=(N, C))).sum(axis=1), 0, atol=1e-15
    )
    np.testing.assert_allclose(softmax_differential(P, np.ones((N, C))), 0, atol=1e-16)


def test_without_biases_only_the_weights_move(problem, step):
    X, y, W, _ = problem
    without = loss_differential(X, y, W, dW=step[0])
    assert without.dL == loss_differential(X, y, W, np.zeros(C), dW=step[0], db=np.zeros(C)).dL


@pytest.mark.parametrize("dtype", [np.float16, np.float32])
def test_narrow_types_agree_to_their_rounding(problem, dtype):
    X, y, W, b = problem
    wide = gradient_by_differentials(X, y, W, b, strength=STRENGTH)
    X, W, b = (array.astype(dtype) for array in (X, W, b))
    narrow = gradient_by_differentials(X, y, W, b, strength=STRENGTH)
    assert narrow.dW.dtype == dtype
    np.testing.assert_allclose(narrow.dW, wide.dW, atol=10 * np.finfo(dtype).eps)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"dW": np.zeros((3, 2))}, r"dW has shape \(3, 2\); expected \(2, 3\)"),
        ({"db": np.zeros(2)}, r"db has shape \(2,\); expected \(3,\)"),
        ({"dW": np.full((2, 3), np.nan)}, r"dW\[0, 0\] is nan"),
    ],
)
def test_a_step_of_the_wrong_kind_is_named(changes, message):
    t = tiny_example()
    with pytest.raises(ValueError, match=message):
        loss_differential(t.X, t.y, t.W, t.b, **({"dW": np.zeros((2, 3))} | changes))


def test_scores_and_probabilities_must_fit():
    with pytest.raises(ValueError, match=r"dF has shape \(1, 3\) but P has \(1, 2\)"):
        softmax_differential([[0.5, 0.5]], [[1.0, 0.0, 0.0]])
    with pytest.raises(ValueError, match="n_classes is 0"):
        score_tensor([[1.0]], 0)
