"""The equations of chapter 1, each evaluated on both sides as it stands."""

import numpy as np
import pytest

from softmax_steps import fold_bias, scores

N, D, C = 5, 4, 3


@pytest.fixture
def model():
    rng = np.random.default_rng(11)
    return (
        rng.normal(size=(N, D)),
        rng.normal(size=(D, C)),
        rng.normal(size=C),
    )


@pytest.mark.equation("eq-score-entry")
def test_an_entry_is_a_dot_product_and_a_bias(model):
    r"""F_{ij} = \sum_{d=1}^{D} X_{id} W_{dj} + b_j"""
    X, W, b = model
    F = scores(X, W, b)
    for i in range(N):
        for j in range(C):
            entry = sum(X[i, d] * W[d, j] for d in range(D)) + b[j]
            assert F[i, j] == pytest.approx(entry, rel=1e-12)


@pytest.mark.equation("eq-score")
def test_all_scores_are_one_matrix_product(model):
    r"""F = X W + \mathbf{1} b^{\mathsf T}"""
    X, W, b = model
    right = np.einsum("id,dj->ij", X, W) + np.ones((N, 1)) @ b.reshape(1, C)
    np.testing.assert_allclose(scores(X, W, b), right, rtol=1e-12)


@pytest.mark.equation("eq-common-template")
def test_a_template_taken_from_all_columns_lowers_each_row_evenly(model):
    r"""
    X (W - m \mathbf{1}^{\mathsf T}) = X W - (X m) \mathbf{1}^{\mathsf T}
    """
    X, W, _ = model
    m = np.random.default_rng(12).normal(size=(D, 1))
    left = np.array(
        [[X[i] @ (W[:, j] - m[:, 0]) for j in range(C)] for i in range(N)]
    )
    right = X @ W - (X @ m) @ np.ones((1, C))
    np.testing.assert_allclose(left, right, rtol=1e-12)
    fall = scores(X, W) - scores(X, W - m)
    np.testing.assert_allclose(fall, np.repeat(X @ m, C, axis=1), rtol=1e-10)


@pytest.mark.equation("eq-decision-boundary")
def test_two_classes_tie_exactly_on_the_boundary(model):
    r"""x^{\mathsf T} (w_j - w_k) + b_j - b_k = 0"""
    X, W, b = model
    j, k = 0, 2
    across = W[:, j] - W[:, k]
    for x in X:
        left = x @ across + b[j] - b[k]
        foot = (
            x - left / (across @ across) * across
        )  # the nearest point where it is 0
        F = scores(foot[np.newaxis], W, b)[0]
        assert F[j] == pytest.approx(F[k], abs=1e-12)
        F = scores(x[np.newaxis], W, b)[0]
        assert F[j] - F[k] == pytest.approx(left, rel=1e-10)
        assert abs(left) > 1e-3  # a point off the boundary: no tie


@pytest.mark.equation("eq-bias-folded")
def test_the_folded_bias_gives_the_same_scores(model):
    r"""X W + \mathbf{1} b^{\mathsf T} =
    \begin{pmatrix} X & \mathbf{1} \end{pmatrix}
    \begin{pmatrix} W \\ b^{\mathsf T} \end{pmatrix}
    """
    X, W, b = model
    left = X @ W + np.ones((N, 1)) @ b.reshape(1, C)
    X_wide, W_tall = (
        np.block([[X, np.ones((N, 1))]]),
        np.block([[W], [b.reshape(1, C)]]),
    )
    np.testing.assert_allclose(left, X_wide @ W_tall, rtol=1e-12)
    for ours, written in zip(
        fold_bias(X, W, b), (X_wide, W_tall), strict=True
    ):
        np.testing.assert_array_equal(ours, written)


@pytest.mark.equation("eq-nearest-template")
def test_the_nearest_template_is_the_largest_of_certain_scores():
    r"""-\tfrac12 \lVert x - m_j \rVert^2
    = x^{\mathsf T} m_j - \tfrac12 \lVert m_j \rVert^2
    - \tfrac12 \lVert x \rVert^2
    """
    rng = np.random.default_rng(13)
    X, M = rng.normal(size=(20, D)), rng.normal(size=(C, D))
    left = np.array(
        [[-0.5 * np.linalg.norm(x - m) ** 2 for m in M] for x in X]
    )
    right = (
        X @ M.T
        - 0.5 * (M**2).sum(axis=1)
        - 0.5 * (X**2).sum(axis=1, keepdims=True)
    )
    np.testing.assert_allclose(left, right, rtol=1e-10)
    F = scores(X, M.T, -0.5 * (M**2).sum(axis=1))
    np.testing.assert_array_equal(F.argmax(axis=1), left.argmax(axis=1))
