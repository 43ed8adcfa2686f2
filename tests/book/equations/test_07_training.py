"""The equations of chapter 7, each side written out by itself."""

import itertools
import math

import numpy as np
import pytest
import sympy

from softmax_steps import accuracy, loss, one_epoch, scores, train

N, D, C, STRENGTH = 6, 4, 3, 0.3


@pytest.fixture(scope="module")
def model():
    rng = np.random.default_rng(7)
    X, y = rng.normal(size=(N, D)), rng.integers(0, C, size=N)
    return X, y, rng.normal(size=(D, C)), rng.normal(size=C)


def sample_gradients(X, y, W, b):
    """Give each sample's ∂L_i/∂W and ∂L_i/∂b from the definition."""

    def sample_loss(x, label, W, b):
        f = x @ W + b
        return np.log(np.exp(f).sum()) - f[label]

    h, of_W, of_b = (
        1e-30,
        np.zeros((len(X), *W.shape)),
        np.zeros((len(X), len(b))),
    )
    for i, (x, label) in enumerate(zip(X, y, strict=True)):
        for index in np.ndindex(W.shape):
            moved = W.astype(complex)
            moved[index] += 1j * h
            of_W[i][index] = sample_loss(x, label, moved, b).imag / h
        for j in range(len(b)):
            moved = b.astype(complex)
            moved[j] += 1j * h
            of_b[i, j] = sample_loss(x, label, W, moved).imag / h
    return of_W, of_b


def full_gradient(X, y, W, b):
    of_W, _ = sample_gradients(X, y, W, b)
    return of_W.mean(axis=0) + STRENGTH * W


@pytest.mark.equation("eq-step-gain")
def test_a_short_step_gains_the_squared_length_of_the_gradient(model):
    r"""
    \lim_{\eta \to 0} \frac{L(W) - L(W - \eta\, G)}{\eta} = \lVert G \rVert^2
    """
    X, y, W, b = model
    G = full_gradient(X, y, W, b)
    squared_length = sum(g**2 for g in G.ravel())

    def gain(rate):
        before = loss(X, y, W, b, strength=STRENGTH)
        return (
            before - loss(X, y, W - rate * G, b, strength=STRENGTH)
        ) / rate

    errors = [abs(gain(rate) - squared_length) for rate in (1e-2, 1e-3, 1e-4)]
    assert errors[1] == pytest.approx(
        errors[0] / 10, rel=0.1
    )  # the rest is of order η
    assert errors[2] == pytest.approx(errors[1] / 10, rel=0.1)
    assert errors[2] < 1e-3 * squared_length


def first_updates(model, batch_size):
    X, y, W, b = model
    settings = {
        "strength": STRENGTH,
        "learning_rate": 0.2,
        "batch_size": batch_size,
    }
    order = np.random.default_rng(1).permutation(N)
    updates = one_epoch(X, y, W, b, **settings, rng=np.random.default_rng(1))
    batches = [order[k : k + batch_size] for k in range(0, N, batch_size)]
    return list(updates), batches


@pytest.mark.equation("eq-minibatch-gradient")
@pytest.mark.parametrize("batch_size", [1, 2, 6])
def test_a_batch_averages_its_own_rows_and_keeps_the_whole_pull(
    model, batch_size
):
    r"""
    \begin{aligned}
    G_{\mathcal B} &= \frac{1}{B} \sum_{i \in \mathcal B} \frac{\partial
    L_i}{\partial W} + \lambda W \\
    g_{\mathcal B} &= \frac{1}{B} \sum_{i \in \mathcal B} \frac{\partial
    L_i}{\partial b}
    \end{aligned}
    """
    X, y, W, b = model
    updates, batches = first_updates(model, batch_size)
    of_W, of_b = sample_gradients(X, y, W, b)
    G = sum(of_W[i] for i in batches[0]) / batch_size + STRENGTH * W
    g = sum(of_b[i] for i in batches[0]) / batch_size
    np.testing.assert_allclose((W - updates[0].W) / 0.2, G, atol=1e-13)
    np.testing.assert_allclose((b - updates[0].b) / 0.2, g, atol=1e-13)


@pytest.mark.equation("eq-gradient-descent-step")
def test_each_step_starts_where_the_last_one_ended(model):
    r"""
    \begin{aligned}
    W_{n+1} &= W_n - \eta\, G_{\mathcal B_n} \\
    b_{n+1} &= b_n - \eta\, g_{\mathcal B_n}
    \end{aligned}
    """
    X, y, W, b = model
    updates, batches = first_updates(model, 2)
    assert len(updates) == 3
    for update, rows in zip(updates, batches, strict=True):
        of_W, of_b = sample_gradients(X[rows], y[rows], W, b)
        W = W - 0.2 * (of_W.mean(axis=0) + STRENGTH * W)
        b = b - 0.2 * of_b.mean(axis=0)
        np.testing.assert_allclose(update.W, W, atol=1e-13)
        np.testing.assert_allclose(update.b, b, atol=1e-13)


@pytest.mark.equation("eq-minibatch-expectation")
@pytest.mark.parametrize("batch_size", [1, 2, 3, 5, 6])
def test_over_all_batches_the_mean_is_the_full_gradient(model, batch_size):
    r"""\mathbb E\,[\,G_{\mathcal B}\,] = \frac{\partial L}{\partial W}"""
    X, y, W, b = model
    of_W, _ = sample_gradients(X, y, W, b)
    every_batch = [
        of_W[list(rows)].mean(axis=0) + STRENGTH * W
        for rows in itertools.combinations(range(N), batch_size)
    ]
    assert len(every_batch) == math.comb(N, batch_size)
    h, slope = 1e-30, np.zeros_like(W)
    for index in np.ndindex(W.shape):
        moved = W.astype(complex)
        moved[index] += 1j * h
        slope[index] = loss(X, y, moved, b, strength=STRENGTH).imag / h
    np.testing.assert_allclose(
        np.mean(every_batch, axis=0), slope, atol=1e-14
    )


@pytest.mark.equation("eq-loss-at-zero-weights")
@pytest.mark.parametrize("n_classes", [1, 2, 10, 1000])
def test_the_loss_starts_at_the_logarithm_of_the_number_of_classes(n_classes):
    r"""L\big|_{W = 0,\ b = 0} = \log C"""
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(N, D)), rng.integers(0, n_classes, size=N)
    zero = np.zeros((D, n_classes)), np.zeros(n_classes)
    assert loss(X, y, *zero, strength=5.0) == pytest.approx(
        math.log(n_classes), rel=1e-14
    )
    y[0] = n_classes - 1
    run = train(
        X,
        y,
        strength=STRENGTH,
        learning_rate=0.1,
        epochs=1,
        batch_size=2,
        rng=rng,
        progress=False,
    )
    assert run.history.train_loss[0] == pytest.approx(
        math.log(n_classes), rel=1e-14
    )


@pytest.mark.equation("eq-accuracy")
def test_accuracy_is_the_mean_of_the_hits(model):
    r"""A = \frac{1}{N} \sum_i [\,\hat y_i = y_i\,]"""
    _, _, W, b = model
    rng = np.random.default_rng(3)
    X, y = rng.normal(size=(40, D)), rng.integers(0, C, size=40)
    hits = 0
    for x, label in zip(X, y, strict=True):
        row = [float(x @ W[:, j] + b[j]) for j in range(C)]
        hits += row.index(max(row)) == label
    assert 0 < hits < 40  # so that a wrong count shows
    assert accuracy(scores(X, W, b), y) == hits / 40


@pytest.mark.equation("eq-repeated-decay")
@pytest.mark.parametrize("product", [0.5, 1.5, 2.0, 3.0])
def test_without_data_the_weights_follow_a_power(product):
    r"""W_n = (1 - \eta\lambda)^n\, W_0"""
    strength, n = 0.25, 9
    rate = product / strength
    W_0 = np.random.default_rng(2).normal(size=(D, C))
    W = W_0
    for _ in range(n):  # X = 0: the data say nothing about W
        [update] = one_epoch(
            np.zeros((1, D)),
            np.array([0]),
            W,
            np.zeros(C),
            strength=strength,
            learning_rate=rate,
            batch_size=1,
            rng=np.random.default_rng(0),
        )
        W = update.W
    np.testing.assert_allclose(
        W, (1 - rate * strength) ** n * W_0, rtol=1e-12
    )
    grows = np.linalg.norm(W) > (1 + 1e-9) * np.linalg.norm(W_0)
    assert grows == (product > 2)


@pytest.mark.equation("eq-accuracy-spread")
@pytest.mark.parametrize("n", [1, 2, 5])
def test_the_spread_of_an_accuracy_by_adding_up_all_outcomes(n):
    r"""\sigma_A = \sqrt{\frac{p\,(1 - p)}{N}}"""
    p = sympy.symbols("p", positive=True)
    outcomes = list(itertools.product((0, 1), repeat=n))
    chance = [
        sympy.prod([p if hit else 1 - p for hit in outcome])
        for outcome in outcomes
    ]
    share = [sympy.Rational(sum(outcome), n) for outcome in outcomes]
    mean = sum(c * a for c, a in zip(chance, share, strict=True))
    variance = sum(
        c * (a - mean) ** 2 for c, a in zip(chance, share, strict=True)
    )
    assert sympy.simplify(mean - p) == 0
    assert sympy.simplify(variance - p * (1 - p) / n) == 0
