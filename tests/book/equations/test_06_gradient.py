import numpy as np
import pytest
import sympy

from softmax_steps import (
    complex_step_gradient,
    cross_entropy,
    gradient_by_sample,
    log_softmax,
    loss,
    loss_and_gradient,
    score_gradient,
    score_gradient_by_chain_rule,
    softmax_jacobian,
    tiny_example,
    work_through,
)

N, D, C, STRENGTH = 7, 4, 3, 0.3


@pytest.fixture
def model():
    rng = np.random.default_rng(6)
    X = rng.normal(size=(N, D))
    y = rng.integers(0, C, size=N)
    return X, y, rng.normal(size=(D, C)), rng.normal(size=C)


def plain_softmax(F):
    E = np.exp(F)
    return E / E.sum(axis=-1, keepdims=True)


def plain_loss(F, y):
    """Give −log(e^f_y / Σ e^f) of one row of scores; complex scores pass."""
    return -np.log(np.exp(F[y]) / np.exp(F).sum())


def is_true(j, label):
    return 1.0 if j == label else 0.0


@pytest.mark.equation("eq-one-update")
def test_one_update_moves_against_the_gradient_and_lowers_the_loss():
    r"""
    \begin{aligned}
    W^{\text{new}} &= W - \eta\, \frac{\partial L}{\partial W}, \\
    b^{\text{new}} &= b - \eta\, \frac{\partial L}{\partial b}
    \end{aligned}
    """
    t = tiny_example()
    dW = complex_step_gradient(
        lambda W: loss(t.X, t.y, W, t.b, strength=t.strength), t.W
    )
    db = complex_step_gradient(
        lambda b: loss(t.X, t.y, t.W, b, strength=t.strength), t.b
    )
    working = work_through(t)
    np.testing.assert_allclose(working.new_W, t.W - 0.5 * dW, rtol=1e-12)
    np.testing.assert_allclose(working.new_b, t.b - 0.5 * db, rtol=1e-12)
    assert working.new_loss < working.loss
    assert np.round([working.loss, working.new_loss], 3).tolist() == [
        0.935,
        0.302,
    ]


@pytest.mark.equation("eq-gradient-sample-loss")
def test_a_samples_loss_from_its_scores(model):
    r"""
    \begin{aligned}
    L_i &= -f_{y_i} + \log \sum_k e^{f_k}, \\
    f_k &= \sum_d X_{id} W_{dk}
    \end{aligned}
    """
    X, y, W, _ = model
    losses = cross_entropy(log_softmax(X @ W), y)
    for i in range(N):
        f = [sum(X[i, d] * W[d, k] for d in range(D)) for k in range(C)]
        right = -f[y[i]] + np.log(sum(np.exp(f_k) for f_k in f))
        assert losses[i] == pytest.approx(right, rel=1e-12)
        assert plain_loss(X[i] @ W, y[i]) == pytest.approx(right, rel=1e-12)


@pytest.mark.equation("eq-score-slope")
def test_a_weight_moves_the_score_of_its_own_class_only(model):
    r"""\frac{\partial f_k}{\partial W_{dj}} = X_{id}\,[k = j]"""
    X, _, W, _ = model
    for k in range(C):
        slopes = complex_step_gradient(lambda W, k=k: X[2] @ W[:, k], W)
        right = [[X[2, d] * (k == j) for j in range(C)] for d in range(D)]
        np.testing.assert_allclose(slopes, right, rtol=1e-12)


@pytest.mark.equation("eq-true-score-slope")
def test_slope_of_the_true_score_term(model):
    r"""\frac{\partial (-f_{y_i})}{\partial W_{dj}} = -X_{id}\,[j = y_i]"""
    X, y, W, _ = model
    for i in range(N):
        slopes = complex_step_gradient(lambda W, i=i: -(X[i] @ W)[y[i]], W)
        right = [[-X[i, d] * (j == y[i]) for j in range(C)] for d in range(D)]
        np.testing.assert_allclose(slopes, right, rtol=1e-12)


@pytest.mark.equation("eq-log-sum-slope")
def test_slope_of_the_log_sum_term_is_a_probability_times_an_input(model):
    r"""
    \begin{aligned}
    &\frac{\partial}{\partial W_{dj}} \log \sum_k e^{f_k} \\
    &\quad = \frac{1}{\sum_k e^{f_k}} \sum_k e^{f_k}\, \frac{\partial
    f_k}{\partial W_{dj}} \\
    &\quad = \frac{1}{\sum_k e^{f_k}} \sum_k e^{f_k}\, X_{id}\,[k = j] \\
    &\quad = \frac{e^{f_j}}{\sum_k e^{f_k}}\, X_{id} \\
    &\quad = p_j\, X_{id}
    \end{aligned}
    """
    X, _, W, _ = model
    i = 3
    f = X[i] @ W
    total, p = np.exp(f).sum(), plain_softmax(f)
    measured = complex_step_gradient(
        lambda W: np.log(np.exp(X[i] @ W).sum()), W
    )
    df = [
        complex_step_gradient(lambda W, k=k: X[i] @ W[:, k], W)
        for k in range(C)
    ]
    for d in range(D):
        for j in range(C):
            lines = [
                sum(np.exp(f[k]) * df[k][d, j] for k in range(C)) / total,
                sum(np.exp(f[k]) * X[i, d] * (k == j) for k in range(C))
                / total,
                np.exp(f[j]) / total * X[i, d],
                p[j] * X[i, d],
            ]
            np.testing.assert_allclose(lines, measured[d, j], rtol=1e-12)


@pytest.mark.equation("eq-two-cases")
def test_the_true_class_and_the_others(model):
    r"""
    \frac{\partial L_i}{\partial W_{dj}} =
    \begin{cases}
    (p_j - 1)\, X_{id} & j = y_i \\
    p_j\, X_{id} & j \ne y_i
    \end{cases}
    """
    X, y, W, _ = model
    for i in range(N):
        p = plain_softmax(X[i] @ W)
        measured = complex_step_gradient(
            lambda W, i=i: plain_loss(X[i] @ W, y[i]), W
        )
        for j in range(C):
            right = (p[j] - 1) * X[i] if j == y[i] else p[j] * X[i]
            np.testing.assert_allclose(measured[:, j], right, rtol=1e-10)


@pytest.mark.equation("eq-sample-gradient")
def test_one_samples_gradient_is_its_error_times_its_row(model):
    r"""
    \frac{\partial L_i}{\partial W_{:,j}} = (p_j - [j = y_i])\, X_i^{\mathsf
    T}
    """
    X, y, W, _ = model
    for i in range(N):
        p = plain_softmax(X[i] @ W)
        alone = gradient_by_sample(X[i : i + 1], y[i : i + 1], W).dW
        measured = complex_step_gradient(
            lambda W, i=i: plain_loss(X[i] @ W, y[i]), W
        )
        for j in range(C):
            right = (p[j] - is_true(j, y[i])) * X[i].T
            np.testing.assert_allclose(alone[:, j], right, rtol=1e-10)
            np.testing.assert_allclose(measured[:, j], right, rtol=1e-10)


@pytest.mark.equation("eq-batch-gradient")
def test_the_batch_gradient_is_the_mean_plus_the_pull(model):
    r"""
    \frac{\partial L}{\partial W_{:,j}}
    = \frac{1}{N} \sum_i \bigl(P_{ij} - [j = y_i]\bigr)\, X_i^{\mathsf T}
    + \lambda\, W_{:,j}
    """
    X, y, W, b = model
    P = plain_softmax(X @ W + b)
    measured = complex_step_gradient(
        lambda W: loss(X, y, W, b, strength=STRENGTH), W
    )
    ours = gradient_by_sample(X, y, W, b, strength=STRENGTH).dW
    for j in range(C):
        errors = sum((P[i, j] - is_true(j, y[i])) * X[i] for i in range(N))
        right = errors / N + STRENGTH * W[:, j]
        np.testing.assert_allclose(measured[:, j], right, rtol=1e-10)
        np.testing.assert_allclose(ours[:, j], right, rtol=1e-10)


@pytest.mark.equation("eq-probability-slope")
def test_only_the_true_class_has_a_slope_in_the_probabilities():
    r"""\frac{\partial L_i}{\partial p_k} = -\frac{Y_{ik}}{p_k}"""
    p, y = np.array([0.2, 0.5, 0.3]), np.array([0.0, 1.0, 0.0])
    measured = complex_step_gradient(lambda p: -np.sum(y * np.log(p)), p)
    np.testing.assert_allclose(measured, -y / p, rtol=1e-12)


def symbolic_softmax():
    f = sympy.symbols("f:3", real=True)
    h = sum(sympy.exp(f_k) for f_k in f)
    return f, h, [sympy.exp(f_j) / h for f_j in f]


@pytest.mark.equation("eq-jacobian-same")
def test_a_probabilitys_slope_in_its_own_score():
    r"""
    \begin{aligned}
    \frac{\partial p_j}{\partial f_j}
    &= \frac{e^{f_j}\, h - e^{f_j}\, e^{f_j}}{h^2} \\
    &= \frac{e^{f_j}}{h} \cdot \frac{h - e^{f_j}}{h} \\
    &= p_j\,(1 - p_j)
    \end{aligned}
    """
    f, h, p = symbolic_softmax()
    for j in range(3):
        e = sympy.exp(f[j])
        lines = [
            (e * h - e * e) / h**2,
            e / h * (h - e) / h,
            p[j] * (1 - p[j]),
        ]
        slope = sympy.diff(p[j], f[j])
        assert [sympy.simplify(slope - line) for line in lines] == [0, 0, 0]


@pytest.mark.equation("eq-jacobian-other")
def test_a_probabilitys_slope_in_another_score():
    r"""
    \begin{aligned}
    \frac{\partial p_k}{\partial f_j}
    &= \frac{0 \cdot h - e^{f_k}\, e^{f_j}}{h^2} \\
    &= -\frac{e^{f_k}}{h} \cdot \frac{e^{f_j}}{h} \\
    &= -p_k\, p_j \qquad (k \ne j)
    \end{aligned}
    """
    f, h, p = symbolic_softmax()
    for j, k in ((0, 1), (1, 2), (2, 0)):
        e_j, e_k = sympy.exp(f[j]), sympy.exp(f[k])
        lines = [(0 * h - e_k * e_j) / h**2, -e_k / h * e_j / h, -p[k] * p[j]]
        slope = sympy.diff(p[k], f[j])
        assert [sympy.simplify(slope - line) for line in lines] == [0, 0, 0]


def measured_jacobian(f):
    return np.array(
        [
            complex_step_gradient(lambda f, k=k: plain_softmax(f)[k], f)
            for k in range(C)
        ]
    )


@pytest.mark.equation("eq-softmax-jacobian")
def test_jacobian_in_one_line():
    r"""\frac{\partial p_k}{\partial f_j} = p_k\,\bigl([k = j] - p_j\bigr)"""
    f = np.array([3.0, 0.0, 4.0])
    p = plain_softmax(f)
    right = [[p[k] * ((k == j) - p[j]) for j in range(C)] for k in range(C)]
    np.testing.assert_allclose(measured_jacobian(f), right, rtol=1e-10)
    np.testing.assert_allclose(softmax_jacobian(p), right, rtol=1e-10)


@pytest.mark.equation("eq-jacobian-matrix")
def test_jacobian_as_a_matrix():
    r"""J = \operatorname{diag}(p) - p\, p^{\mathsf T}"""
    f = np.array([1.0, -0.5, 0.25])
    p = plain_softmax(f)[:, np.newaxis]
    right = np.diagflat(p) - p @ p.T
    np.testing.assert_allclose(measured_jacobian(f), right, rtol=1e-10)
    np.testing.assert_allclose(softmax_jacobian(p[:, 0]), right, rtol=1e-10)


@pytest.mark.equation("eq-chain-rule")
def test_every_probability_is_a_way_from_a_score_to_the_loss():
    r"""
    \frac{\partial L_i}{\partial f_j} =
    \sum_k \frac{\partial L_i}{\partial p_k}\,\frac{\partial p_k}{\partial
    f_j}
    """
    f, a = np.array([1.0, -0.5, 0.25]), np.array([0.3, 2.0, -1.0])
    p = plain_softmax(f)
    # any loss of the probabilities will do; this one needs them all
    dp = complex_step_gradient(lambda p: np.sum(a * p**2), p)
    df = complex_step_gradient(lambda f: np.sum(a * plain_softmax(f) ** 2), f)
    J = measured_jacobian(f)
    right = [sum(dp[k] * J[k, j] for k in range(C)) for j in range(C)]
    np.testing.assert_allclose(df, right, rtol=1e-10)


@pytest.mark.equation("eq-contraction")
def test_contracted_with_the_jacobian_the_error_is_left():
    r"""
    \begin{aligned}
    \frac{\partial L_i}{\partial f_j}
    &= \sum_k \Bigl(-\frac{Y_{ik}}{p_k}\Bigr)\, p_k\,\bigl([k = j] -
    p_j\bigr) \\
    &= -\sum_k Y_{ik}\,[k = j] + p_j \sum_k Y_{ik} \\
    &= p_j - Y_{ij}
    \end{aligned}
    """
    f, label = np.array([1.0, -0.5, 0.25]), 2
    y, p = np.eye(C)[label], plain_softmax(f)
    measured = complex_step_gradient(lambda f: plain_loss(f, label), f)
    for j in range(C):
        lines = [
            sum(-y[k] / p[k] * p[k] * ((k == j) - p[j]) for k in range(C)),
            -sum(y[k] * (k == j) for k in range(C)) + p[j] * sum(y),
            p[j] - y[j],
        ]
        np.testing.assert_allclose(lines, measured[j], rtol=1e-10)


@pytest.mark.equation("eq-score-gradient")
def test_score_gradient_is_the_error_over_n(model):
    r"""\frac{\partial L}{\partial F} = \frac{1}{N}\,(P - Y)"""
    X, y, W, b = model
    F = X @ W + b
    P, Y = plain_softmax(F), np.eye(C)[y]
    measured = complex_step_gradient(
        lambda F: sum(plain_loss(F[i], y[i]) for i in range(N)) / N, F
    )
    np.testing.assert_allclose(measured, (P - Y) / N, rtol=1e-10)
    np.testing.assert_allclose(score_gradient(P, y), (P - Y) / N, rtol=1e-12)
    np.testing.assert_allclose(
        score_gradient_by_chain_rule(P, y), (P - Y) / N, rtol=1e-10
    )


@pytest.mark.equation("eq-four-index")
def test_scores_and_their_slopes_in_the_weights(model):
    r"""
    \begin{aligned}
    F_{ik} &= \sum_d X_{id} W_{dk} + b_k, \\
    \frac{\partial F_{ik}}{\partial W_{dj}} &= X_{id}\,[k = j]
    \end{aligned}
    """
    X, _, W, b = model
    F = X @ W + b
    for i, k in ((0, 0), (2, 1), (6, 2)):
        assert F[i, k] == pytest.approx(
            sum(X[i, d] * W[d, k] for d in range(D)) + b[k]
        )
        slopes = complex_step_gradient(
            lambda W, i=i, k=k: (X @ W + b)[i, k], W
        )
        right = [[X[i, d] * (k == j) for j in range(C)] for d in range(D)]
        np.testing.assert_allclose(slopes, right, rtol=1e-12)


@pytest.mark.equation("eq-weight-chain")
def test_all_ways_from_a_weight_to_the_loss(model):
    r"""
    \begin{aligned}
    \frac{\partial L}{\partial W_{dj}}
    &= \sum_i \sum_k \frac{\partial L}{\partial F_{ik}}\,\frac{\partial
    F_{ik}}{\partial W_{dj}} \\
    &= \sum_i \sum_k \frac{\partial L}{\partial F_{ik}}\, X_{id}\,[k = j] \\
    &= \sum_i X_{id}\, \frac{\partial L}{\partial F_{ij}}
    \end{aligned}
    """
    X, y, W, b = model
    G = (plain_softmax(X @ W + b) - np.eye(C)[y]) / N
    dF = np.zeros((N, C, D, C))
    for i, k in np.ndindex(N, C):
        dF[i, k] = complex_step_gradient(
            lambda W, i=i, k=k: (X @ W + b)[i, k], W
        )
    measured = complex_step_gradient(lambda W: loss(X, y, W, b), W)
    for d, j in np.ndindex(D, C):
        both = [(i, k) for i in range(N) for k in range(C)]
        lines = [
            sum(G[i, k] * dF[i, k, d, j] for i, k in both),
            sum(G[i, k] * X[i, d] * (k == j) for i, k in both),
            sum(X[i, d] * G[i, j] for i in range(N)),
        ]
        np.testing.assert_allclose(lines, measured[d, j], rtol=1e-9)


@pytest.mark.equation("eq-weight-gradient")
def test_weight_gradient_has_x_transposed_in_front(model):
    r"""
    \frac{\partial L}{\partial W} = X^{\mathsf T}\, \frac{\partial L}{\partial
    F} + \lambda W
    """
    X, y, W, b = model
    G = (plain_softmax(X @ W + b) - np.eye(C)[y]) / N
    measured = complex_step_gradient(
        lambda W: loss(X, y, W, b, strength=STRENGTH), W
    )
    np.testing.assert_allclose(measured, X.T @ G + STRENGTH * W, rtol=1e-9)
    ours = loss_and_gradient(X, y, W, b, strength=STRENGTH).dW
    np.testing.assert_allclose(ours, X.T @ G + STRENGTH * W, rtol=1e-12)


@pytest.mark.equation("eq-bias-gradient")
def test_bias_gradient_is_the_column_sums(model):
    r"""
    \frac{\partial L}{\partial b_j} = \sum_i \frac{\partial L}{\partial
    F_{ij}}
    """
    X, y, W, b = model
    G = (plain_softmax(X @ W + b) - np.eye(C)[y]) / N
    right = [sum(G[i, j] for i in range(N)) for j in range(C)]
    measured = complex_step_gradient(
        lambda b: loss(X, y, W, b, strength=STRENGTH), b
    )
    np.testing.assert_allclose(measured, right, rtol=1e-9)
    np.testing.assert_allclose(
        loss_and_gradient(X, y, W, b).db, right, rtol=1e-12
    )


@pytest.mark.equation("eq-rows-sum-to-zero")
def test_rows_of_the_score_gradient_sum_to_zero(model):
    r"""
    \sum_j \frac{\partial L}{\partial F_{ij}} = 0 \quad\text{for each sample }
    i
    """
    X, y, W, b = model
    measured = complex_step_gradient(
        lambda F: sum(plain_loss(F[i], y[i]) for i in range(N)) / N, X @ W + b
    )
    assert np.abs(measured).max() > 0.01
    np.testing.assert_allclose(measured.sum(axis=1), 0, atol=1e-14)
    np.testing.assert_allclose(
        score_gradient(plain_softmax(X @ W + b), y).sum(axis=1), 0, atol=1e-14
    )


@pytest.mark.equation("eq-weight-rows")
def test_rows_of_the_weight_gradient_sum_to_the_pull_alone(model):
    r"""\sum_j \frac{\partial L}{\partial W_{dj}} = \lambda \sum_j W_{dj}"""
    X, y, W, b = model
    measured = complex_step_gradient(
        lambda W: loss(X, y, W, b, strength=STRENGTH), W
    )
    for d in range(D):
        right = STRENGTH * sum(W[d, j] for j in range(C))
        assert measured[d].sum() == pytest.approx(right, abs=1e-12)


@pytest.mark.equation("eq-gradient-at-zero")
def test_the_first_gradient_is_a_difference_of_mean_samples():
    r"""
    \frac{\partial L}{\partial W_{:,j}} = \frac{1}{C}\,\bar x -
    \frac{n_j}{N}\,\bar x_j
    """
    X = np.random.default_rng(7).normal(size=(N, D))
    y = np.array([0, 1, 2, 2, 0, 2, 2])
    W, b = np.zeros((D, C)), np.zeros(C)
    measured = complex_step_gradient(lambda W: loss(X, y, W, b), W)
    for j in range(C):
        of_class = X[y == j]
        right = X.mean(axis=0) / C - len(of_class) / N * of_class.mean(axis=0)
        np.testing.assert_allclose(measured[:, j], right, rtol=1e-9)


def leading_terms(expression, h):
    return sympy.expand(sympy.series(expression, h, 0, 4).removeO())


@pytest.mark.equation("eq-central-difference")
def test_central_difference_and_its_error():
    r"""
    \frac{f(w+h) - f(w-h)}{2h}
    = \frac{df}{dw} + \frac{h^2}{6}\, \frac{d^3 f}{dw^3} + O(h^4)
    """
    h, w = sympy.symbols("h w", real=True)
    for f in (sympy.exp, sympy.sin, sympy.tanh):
        quotient = (f(w + h) - f(w - h)) / (2 * h)
        right = sympy.diff(f(w), w) + h**2 / 6 * sympy.diff(f(w), w, 3)
        error = (leading_terms(quotient, h) - right).subs(
            w, sympy.Rational(1, 3)
        )
        coefficients = [error.coeff(h, power) for power in range(4)]
        assert all(abs(sympy.N(c)) < 1e-12 for c in coefficients)


@pytest.mark.equation("eq-complex-step")
def test_complex_step_and_its_error():
    r"""
    \frac{\operatorname{Im} f(w + ih)}{h}
    = \frac{df}{dw} - \frac{h^2}{6}\, \frac{d^3 f}{dw^3} + O(h^4)
    """
    w = 1 / 3
    for f, first, third in (
        (np.exp, np.exp(w), np.exp(w)),
        (np.sin, np.cos(w), -np.cos(w)),
        (lambda x: x**3, 3 * w**2, 6.0),
    ):
        for h in (1e-2, 2e-2):
            left = np.imag(f(w + 1j * h)) / h
            assert abs(left - (first - h**2 / 6 * third)) < h**4
            assert abs(left - first) > h**3  # the h² term is there
