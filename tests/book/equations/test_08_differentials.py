import numpy as np
import pytest

from softmax_steps import (
    complex_step_gradient,
    log_softmax,
    loss,
    one_hot,
    scores,
    softmax,
)
from softmax_steps.differentials import loss_differential, score_tensor

N, D, C, STRENGTH, STEP = 6, 4, 3, 0.3, 1e-30


@pytest.fixture
def rng():
    return np.random.default_rng(8)


@pytest.fixture
def model(rng):
    X, y = rng.normal(size=(N, D)), rng.integers(0, C, size=N)
    return X, y, rng.normal(size=(D, C)), rng.normal(size=C)


def along(f, *pairs):
    """Give the derivative of f, each (A, dA) moving A along its own dA."""
    moved = [value + 1j * STEP * step for value, step in pairs]
    return np.imag(f(*moved)) / STEP


def close(left, right):
    np.testing.assert_allclose(left, right, rtol=1e-11, atol=1e-13)


@pytest.mark.equation("eq-differential-number")
def test_a_square_changes_by_twice_the_number_times_the_step():
    r"""d(x^2) = 2x\; dx"""
    close(along(lambda x: x**2, (3.0, 0.1)), 2 * 3.0 * 0.1)
    assert (3.1**2 - 3**2).__round__(
        12
    ) == 0.61  # 0.6, and the rest dx^2 = 0.01


@pytest.mark.equation("eq-differential-vector")
def test_each_entry_of_a_vector_adds_its_slope_times_its_step(rng):
    r"""d\, \lVert x \rVert^2 = 2 \sum_d x_d\; dx_d"""
    x, dx = rng.normal(size=(2, D))
    close(
        along(lambda x: (x**2).sum(), (x, dx)),
        2 * sum(x[d] * dx[d] for d in range(D)),
    )


@pytest.mark.equation("eq-differential-matrix")
def test_the_differential_of_a_matrix_holds_those_of_its_entries(model, rng):
    r"""(dF)_{ij} = d(F_{ij})"""
    X, _, W, b = model
    dW = rng.normal(size=W.shape)
    dF = loss_differential(X, np.zeros(N, dtype=int), W, b, dW=dW).dF
    for i, j in np.ndindex(N, C):
        alone = along(lambda W: scores(X, W, b)[i, j], (W, dW))  # noqa: B023
        close(dF[i, j], alone)


@pytest.mark.equation("eq-differential-sum")
def test_a_sum_changes_by_the_sum(rng):
    r"""d(A + B) = dA + dB"""
    A, dA, B, dB = rng.normal(size=(4, 3, 5))
    close(along(lambda A, B: A + B, (A, dA), (B, dB)), dA + dB)


@pytest.mark.equation("eq-differential-product")
def test_each_factor_keeps_its_place(rng):
    r"""d(AB) = dA\; B + A\; dB"""
    A, dA = rng.normal(size=(2, 3, 4))
    B, dB = rng.normal(size=(2, 4, 5))
    close(along(lambda A, B: A @ B, (A, dA), (B, dB)), dA @ B + A @ dB)


@pytest.mark.equation("eq-differential-entries")
def test_a_function_of_each_entry_has_its_derivative_there(rng):
    r"""
    d\,e^{F} = e^{F} \odot dF, \qquad
    d \log h = dh \oslash h
    """
    F, dF = rng.normal(size=(2, 3, 4))
    close(along(np.exp, (F, dF)), np.exp(F) * dF)
    h = np.exp(F)
    close(along(np.log, (h, dF)), dF / h)


@pytest.mark.equation("eq-trace-pairs")
def test_the_trace_adds_up_the_products_of_pairs(rng):
    r"""
    \operatorname{tr}(A^{\mathsf T} B) = \sum_{d} \sum_{k} A_{dk}\, B_{dk}
    """
    A, B = rng.normal(size=(2, 4, 3))
    pairs = sum(A[d, k] * B[d, k] for d in range(4) for k in range(3))
    close(np.trace(A.T @ B), pairs)


@pytest.mark.equation("eq-trace-by-hand")
def test_the_trace_worked_by_hand():
    r"""
    \begin{aligned}
    &\operatorname{tr}\left(
    \begin{pmatrix} 1 & 2 \\ 3 & 4 \end{pmatrix}^{\mathsf T}
    \begin{pmatrix} 5 & 6 \\ 7 & 8 \end{pmatrix}
    \right) \\
    &\quad = 1 \cdot 5 + 2 \cdot 6 + 3 \cdot 7 + 4 \cdot 8 \\
    &\quad = 70
    \end{aligned}
    """
    A, B = np.array([[1, 2], [3, 4]]), np.array([[5, 6], [7, 8]])
    assert np.trace(A.T @ B) == 1 * 5 + 2 * 6 + 3 * 7 + 4 * 8 == 70


@pytest.mark.equation("eq-trace-turn")
def test_a_trace_may_be_turned(rng):
    r"""\operatorname{tr}(A B) = \operatorname{tr}(B A)"""
    A, B = rng.normal(size=(4, 3)), rng.normal(size=(3, 4))
    close(np.trace(A @ B), np.trace(B @ A))


@pytest.mark.equation("eq-trace-turn-by-hand")
def test_the_two_products_worked_by_hand():
    r"""
    \begin{aligned}
    \begin{pmatrix} 1 & 2 \\ 3 & 4 \end{pmatrix}
    \begin{pmatrix} 5 & 6 \\ 7 & 8 \end{pmatrix}
    &= \begin{pmatrix} 19 & 22 \\ 43 & 50 \end{pmatrix} \\
    \begin{pmatrix} 5 & 6 \\ 7 & 8 \end{pmatrix}
    \begin{pmatrix} 1 & 2 \\ 3 & 4 \end{pmatrix}
    &= \begin{pmatrix} 23 & 34 \\ 31 & 46 \end{pmatrix}
    \end{aligned}
    """
    A, B = np.array([[1, 2], [3, 4]]), np.array([[5, 6], [7, 8]])
    assert (A @ B).tolist() == [[19, 22], [43, 50]]
    assert (B @ A).tolist() == [[23, 34], [31, 46]]
    assert 19 + 50 == 23 + 46 == np.trace(A @ B)


@pytest.mark.equation("eq-trace-entries")
def test_an_entry_by_entry_factor_may_change_sides(rng):
    r"""\operatorname{tr}\bigl(A^{\mathsf T} (B \odot M)\bigr)
    = \operatorname{tr}\bigl((A \odot B)^{\mathsf T} M\bigr)"""
    A, B, M = rng.normal(size=(3, 4, 3))
    close(np.trace(A.T @ (B * M)), np.trace((A * B).T @ M))


@pytest.mark.equation("eq-read-off")
def test_the_gradient_stands_before_the_step(model, rng):
    r"""
    dL = \operatorname{tr}(G^{\mathsf T}\, dW)
    \qquad \Longleftrightarrow \qquad
    G = \frac{\partial L}{\partial W}
    """
    X, y, W, b = model
    G = complex_step_gradient(lambda W: loss(X, y, W, b), W)
    for dW in rng.normal(size=(3, D, C)):
        close(along(lambda W: loss(X, y, W, b), (W, dW)), np.trace(G.T @ dW))


@pytest.mark.equation("eq-penalty-differential")
def test_the_penalty_changes_by_the_weights_times_the_step(rng):
    r"""
    \begin{aligned}
    d\, \tfrac{\lambda}{2} \operatorname{tr}(W^{\mathsf T} W)
    &= \tfrac{\lambda}{2} \operatorname{tr}(dW^{\mathsf T}\, W + W^{\mathsf
    T}\, dW) \\
    &= \lambda \operatorname{tr}(W^{\mathsf T}\, dW)
    \end{aligned}
    """
    W, dW = rng.normal(size=(2, D, C))
    moved = along(lambda W: STRENGTH / 2 * np.trace(W.T @ W), (W, dW))
    close(moved, STRENGTH / 2 * np.trace(dW.T @ W + W.T @ dW))
    close(moved, STRENGTH * np.trace(W.T @ dW))


@pytest.mark.equation("eq-loss-as-trace")
def test_the_loss_is_two_traces(model):
    r"""
    L = -\frac{1}{N} \operatorname{tr}\bigl(
    \underset{C \times N}{Y^{\mathsf T}}\; \underset{N \times C}{\log P}
    \bigr)
    + \frac{\lambda}{2} \operatorname{tr}\bigl(
    \underset{C \times D}{W^{\mathsf T}}\; \underset{D \times C}{W} \bigr)
    """
    X, y, W, b = model
    Y, log_p = one_hot(y, C), log_softmax(scores(X, W, b))
    traces = -np.trace(Y.T @ log_p) / N + STRENGTH / 2 * np.trace(W.T @ W)
    by_hand = (
        np.mean([-log_p[i, y[i]] for i in range(N)])
        + STRENGTH / 2 * (W**2).sum()
    )
    close(traces, by_hand)
    close(traces, loss(X, y, W, b, strength=STRENGTH))


@pytest.mark.equation("eq-log-softmax-matrix")
def test_the_logarithm_takes_each_row_s_own_number(rng):
    r"""
    \underset{N \times C}{\log P} = \underset{N \times C}{F}
    - \underset{N \times 1}{\log h}\; \underset{1 \times C}{\mathbf
    1^{\mathsf T}}
    """
    F = rng.normal(size=(N, C))
    ones = np.ones((C, 1))
    h = np.exp(F) @ ones
    P = np.array(
        [
            [np.exp(F[i, j]) / sum(np.exp(F[i])) for j in range(C)]
            for i in range(N)
        ]
    )
    assert np.log(h).shape == (N, 1)
    close(F - np.log(h) @ ones.T, np.log(P))


@pytest.mark.equation("eq-log-sum-differential")
def test_the_log_of_the_row_sum_changes_by_the_mean_change(rng):
    r"""\underset{N \times 1}{d \log h}
    = \underset{N \times C}{(P \odot dF)}\; \underset{C \times 1}{\mathbf
    1}"""
    F, dF = rng.normal(size=(2, N, C))
    ones = np.ones((C, 1))
    close(
        along(lambda F: np.log(np.exp(F) @ ones), (F, dF)),
        (softmax(F) * dF) @ ones,
    )


@pytest.mark.equation("eq-log-softmax-differential")
def test_the_log_softmax_changes_by_what_is_above_the_mean_change(rng):
    r"""
    \underset{N \times C}{d \log P} = \underset{N \times C}{dF}
    - \underset{N \times 1}{(P \odot dF)\, \mathbf 1}\; \underset{1 \times
    C}{\mathbf 1^{\mathsf T}}
    """
    F, dF = rng.normal(size=(2, N, C))
    ones = np.ones((C, 1))
    moved = along(lambda F: F - np.log(np.exp(F) @ ones) @ ones.T, (F, dF))
    close(moved, dF - ((softmax(F) * dF) @ ones) @ ones.T)


@pytest.mark.equation("eq-loss-differential-two-terms")
def test_the_data_part_changes_by_two_terms(model, rng):
    r"""
    dL = -\frac{1}{N} \operatorname{tr}\bigl(
    \underset{C \times N}{Y^{\mathsf T}}\; \underset{N \times C}{dF} \bigr)
    + \frac{1}{N} \operatorname{tr}\bigl(
    \underset{C \times N}{Y^{\mathsf T}}\;
    \underset{N \times 1}{(P \odot dF)\, \mathbf 1}\;
    \underset{1 \times C}{\mathbf 1^{\mathsf T}} \bigr)
    """
    X, y, W, b = model
    F, dF, Y, ones = (
        scores(X, W, b),
        rng.normal(size=(N, C)),
        one_hot(y, C),
        np.ones((C, 1)),
    )

    def data_part(F):
        return -np.trace(Y.T @ (F - np.log(np.exp(F) @ ones) @ ones.T)) / N

    first = -np.trace(Y.T @ dF) / N
    second = np.trace(Y.T @ (softmax(F) * dF) @ ones @ ones.T) / N
    close(along(data_part, (F, dF)), first + second)


@pytest.mark.equation("eq-labels-vanish")
def test_the_labels_vanish_from_the_second_term(model, rng):
    r"""
    \operatorname{tr}\bigl(Y^{\mathsf T} (P \odot dF)\, \mathbf 1\, \mathbf
    1^{\mathsf T}\bigr)
    = \operatorname{tr}(P^{\mathsf T} dF)
    """
    X, y, W, b = model
    P, dF, Y, ones = (
        softmax(scores(X, W, b)),
        rng.normal(size=(N, C)),
        one_hot(y, C),
        np.ones((C, 1)),
    )
    close(np.trace(Y.T @ (P * dF) @ ones @ ones.T), np.trace(P.T @ dF))


@pytest.mark.equation("eq-loss-differential-scores")
def test_the_loss_changes_by_error_times_change_of_score(model, rng):
    r"""
    dL = \frac{1}{N} \operatorname{tr}\bigl(
    \underset{C \times N}{(P - Y)^{\mathsf T}}\; \underset{N \times C}{dF}
    \bigr)
    """
    X, y, W, b = model
    F, dF, Y = scores(X, W, b), rng.normal(size=(N, C)), one_hot(y, C)

    def data_part(F):
        return np.mean(np.log(np.exp(F).sum(axis=1)) - F[np.arange(N), y])

    close(along(data_part, (F, dF)), np.trace((softmax(F) - Y).T @ dF) / N)


@pytest.mark.equation("eq-score-differential")
def test_the_scores_change_by_the_data_times_the_step(model, rng):
    r"""
    \underset{N \times C}{dF} = \underset{N \times D}{X}\; \underset{D \times
    C}{dW}
    + \underset{N \times 1}{\mathbf 1_N}\; \underset{1 \times C}{db^{\mathsf
    T}}
    """
    X, _, W, b = model
    dW, db, ones = (
        rng.normal(size=(D, C)),
        rng.normal(size=(C, 1)),
        np.ones((N, 1)),
    )
    moved = along(
        lambda W, b: X @ W + ones @ b.T, (W, dW), (b[:, np.newaxis], db)
    )
    close(moved, X @ dW + ones @ db.T)


@pytest.mark.equation("eq-loss-differential-weights")
def test_both_parts_stand_in_one_bracket(model, rng):
    r"""
    \begin{aligned}
    dL &= \frac{1}{N} \operatorname{tr}\bigl(
    \underset{C \times N}{(P - Y)^{\mathsf T}}\; \underset{N \times D}{X}\;
    \underset{D \times C}{dW}\bigr)
    + \lambda \operatorname{tr}(\underset{C \times D}{W^{\mathsf T}}\;
    \underset{D \times C}{dW}) \\
    &= \operatorname{tr}\Bigl(\bigl[\tfrac{1}{N} (P - Y)^{\mathsf T} X
    + \lambda W^{\mathsf T}\bigr]\, dW\Bigr)
    \end{aligned}
    """
    X, y, W, b = model
    dW, Y = rng.normal(size=(D, C)), one_hot(y, C)
    P = softmax(scores(X, W, b))
    moved = along(lambda W: loss(X, y, W, b, strength=STRENGTH), (W, dW))
    close(
        moved,
        np.trace((P - Y).T @ X @ dW) / N + STRENGTH * np.trace(W.T @ dW),
    )
    close(moved, np.trace(((P - Y).T @ X / N + STRENGTH * W.T) @ dW))
    assert loss_differential(
        X, y, W, b, dW=dW, strength=STRENGTH
    ).dL == pytest.approx(moved)


@pytest.mark.equation("eq-gradient-by-trace")
def test_what_stands_before_the_step_is_the_gradient_turned_over(model):
    r"""
    \underset{D \times C}{\frac{\partial L}{\partial W}}
    = \frac{1}{N}\; \underset{D \times N}{X^{\mathsf T}}\; \underset{N \times
    C}{(P - Y)}
    + \lambda\, \underset{D \times C}{W}
    """
    X, y, W, b = model
    P, Y = softmax(scores(X, W, b)), one_hot(y, C)
    measured = complex_step_gradient(
        lambda W: loss(X, y, W, b, strength=STRENGTH), W
    )
    close(X.T @ (P - Y) / N + STRENGTH * W, measured)


@pytest.mark.equation("eq-loss-differential-bias")
def test_the_bias_s_step_comes_to_the_end(model, rng):
    r"""
    \begin{aligned}
    dL &= \frac{1}{N} \operatorname{tr}\bigl(
    \underset{C \times N}{(P - Y)^{\mathsf T}}\; \underset{N \times
    1}{\mathbf 1_N}\;
    \underset{1 \times C}{db^{\mathsf T}}\bigr) \\
    &= \frac{1}{N} \operatorname{tr}\bigl(
    \underset{1 \times N}{\mathbf 1_N^{\mathsf T}}\; \underset{N \times C}{(P
    - Y)}\;
    \underset{C \times 1}{db} \bigr)
    \end{aligned}
    """
    X, y, W, b = model
    db, ones = rng.normal(size=(C, 1)), np.ones((N, 1))
    error = softmax(scores(X, W, b)) - one_hot(y, C)
    moved = along(
        lambda b: loss(X, y, W, b, strength=STRENGTH), (b, db[:, 0])
    )
    close(moved, np.trace(error.T @ ones @ db.T) / N)
    close(moved, np.trace(ones.T @ error @ db) / N)


@pytest.mark.equation("eq-bias-gradient-by-trace")
def test_the_bias_s_slopes_are_the_column_sums_of_the_errors(model):
    r"""
    \frac{\partial L}{\partial b} = \frac{1}{N}\; (P - Y)^{\mathsf T}\,
    \mathbf 1_N
    """
    X, y, W, b = model
    error = softmax(scores(X, W, b)) - one_hot(y, C)
    measured = complex_step_gradient(
        lambda b: loss(X, y, W, b, strength=STRENGTH), b
    )
    close(error.T @ np.ones(N) / N, measured)


@pytest.mark.equation("eq-read-off-one-entry")
def test_a_step_in_one_place_reads_off_one_slope(model):
    r"""dL = G_{dk} \qquad \text{for } dW = E_{dk}"""
    X, y, W, b = model
    G = complex_step_gradient(
        lambda W: loss(X, y, W, b, strength=STRENGTH), W
    )
    for place in np.ndindex(W.shape):
        E = np.zeros_like(W)
        E[place] = 1
        close(
            loss_differential(X, y, W, b, dW=E, strength=STRENGTH).dL,
            G[place],
        )


@pytest.mark.equation("eq-number-is-a-trace")
def test_the_number_is_the_trace_of_the_matrix(rng):
    r"""
    (e^{a} \odot da)\,\mathbf 1
    = \operatorname{tr}\bigl((e^{a\mathsf T} \odot \mathbf 1)\, da\bigr)
    """
    a, da = rng.normal(size=(2, 1, C))
    ones = np.ones((C, 1))
    number, matrix = (np.exp(a) * da) @ ones, (np.exp(a).T * ones) @ da
    assert (number.shape, matrix.shape) == ((1, 1), (C, C))
    close(number.item(), np.trace(matrix))
    assert (
        np.abs(matrix - number).min() > 0.01
    )  # copied out of the trace it is another thing


@pytest.mark.equation("eq-score-tensor")
def test_a_score_follows_its_own_class_s_weights(model):
    r"""\frac{\partial F_{ij}}{\partial W_{dk}} = X_{id}\, [\,j = k\,]"""
    X, _, W, b = model
    T = score_tensor(X, C)
    for i, j, d, k in np.ndindex(N, C, D, C):
        E = np.zeros_like(W)
        E[d, k] = 1
        moved = along(lambda W: scores(X, W, b), (W, E))[i, j]
        close(moved, X[i, d] * (j == k))
        assert T[i, j, d, k] == X[i, d] * (j == k)


@pytest.mark.equation("eq-from-the-joint")
def test_all_slopes_follow_from_that_of_the_scores(model):
    r"""
    \begin{aligned}
    \frac{\partial L}{\partial W} &= X^{\mathsf T}\, \frac{\partial
    L}{\partial F} \\
    \frac{\partial L}{\partial b} &= \Bigl(\frac{\partial L}{\partial
    F}\Bigr)^{\mathsf T}
    \mathbf 1_N \\
    \frac{\partial L}{\partial X} &= \frac{\partial L}{\partial F}\;
    W^{\mathsf T}
    \end{aligned}
    """
    X, y, W, b = model
    dF = (softmax(scores(X, W, b)) - one_hot(y, C)) / N
    close(X.T @ dF, complex_step_gradient(lambda W: loss(X, y, W, b), W))
    close(
        dF.T @ np.ones(N),
        complex_step_gradient(lambda b: loss(X, y, W, b), b),
    )
    close(dF @ W.T, complex_step_gradient(lambda X: loss(X, y, W, b), X))
