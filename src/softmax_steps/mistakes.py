"""Wrong on purpose: known slips, kept here to be shown failing. Never compute with them.

No step of the package, no picture and no widget imports this module. What shows a slip failing
does: the chapters, the assignments' hidden tests, the tests, and
:mod:`softmax_steps.overflow_working` for the overflow lab; and what knows a slip by its numbers,
:mod:`softmax_steps.practice`. Each function belongs to a slip of
:mod:`softmax_steps.slips`, whose id its docstring names, beside the function that does it right.
"""

import numpy as np


def unguarded_softmax(F):
    """Take the softmax without a guard: e^f overflows above 709.78 in float64.

    Parameters
    ----------
    F : array_like, shape (N, C)
        Scores.

    Returns
    -------
    ndarray, shape (N, C)
        Probabilities; NaN in a row that overflows.

    Source: note 000, step 3 without step 2. Slip: ``no-guard``. Mended:
    :func:`softmax_steps.softmax`.
    """
    E = np.exp(F)
    return E / E.sum(axis=1, keepdims=True)


def whole_matrix_shift(F):
    """Subtract the maximum of the whole matrix from every row.

    A row far below that maximum is pushed off the other end: all its exponentials are 0.

    Parameters
    ----------
    F : array_like, shape (N, C)
        Scores.

    Returns
    -------
    ndarray, shape (N, C)
        Shifted scores.

    Source: note 000, step 2. Slip: ``whole-matrix-guard``. Mended:
    :func:`softmax_steps.shift_scores`.
    """
    F = np.asarray(F)
    return F - F.max()


def whole_matrix_softmax(F):
    """Take the softmax behind the whole-matrix guard: 0/0 in a row far below the maximum.

    Parameters
    ----------
    F : array_like, shape (N, C)
        Scores.

    Returns
    -------
    ndarray, shape (N, C)
        Probabilities; NaN in a row far below the maximum.

    Source: note 000, steps 2 and 3. Slip: ``whole-matrix-guard``. Mended:
    :func:`softmax_steps.softmax`.
    """
    E = np.exp(whole_matrix_shift(F))
    return E / E.sum(axis=1, keepdims=True)


def log_of_softmax(F):
    """Take the logarithm of a computed softmax: −inf once a probability is stored as 0.

    Parameters
    ----------
    F : array_like, shape (N, C)
        Scores.

    Returns
    -------
    ndarray, shape (N, C)
        Log-probabilities in nats, some of them −inf.

    Source: note 000, step 4. Slip: ``log-of-softmax``. Mended:
    :func:`softmax_steps.log_softmax`.
    """
    F = np.asarray(F)
    E = np.exp(F - F.max(axis=1, keepdims=True))
    return np.log(E / E.sum(axis=1, keepdims=True))


def softmax_over_columns(F):
    """Divide by the sum over the samples of a batch instead of the classes of one row.

    It runs, the shape is right, and each *column* sums to 1.

    Parameters
    ----------
    F : array_like, shape (N, C)
        Scores.

    Returns
    -------
    ndarray, shape (N, C)
        Each column sums to 1.

    Examples
    --------
    >>> softmax_over_columns([[1.0, 3.0], [1.0, 3.0]])
    array([[0.5, 0.5],
           [0.5, 0.5]])

    Source: note 000, step 3. Slip: ``wrong-axis``. Mended: :func:`softmax_steps.softmax`.
    """
    F = np.asarray(F)
    E = np.exp(F - F.max(axis=0))
    return E / E.sum(axis=0)


def softmax_without_keepdims(F):
    """Divide by a vector of row sums that broadcasts along the columns.

    An error unless N = C, or N or C is 1. With N = C column j is divided by the sum of row j;
    with one sample it is right; with one class the result is (N, N).

    Parameters
    ----------
    F : array_like, shape (N, C)
        Scores.

    Returns
    -------
    ndarray, shape (N, C)
        For N = C; see above for one sample or one class.

    Examples
    --------
    >>> softmax_without_keepdims([[0.0, 0.0], [0.0, -1000.0]])
    array([[0.5, 1. ],
           [0.5, 0. ]])

    Source: a common slip. Slip: ``lost-keepdims``. Mended: :func:`softmax_steps.softmax`.
    """
    F = np.asarray(F)
    E = np.exp(F - F.max(axis=1, keepdims=True))
    return E / E.sum(axis=1)


def unsummed_cross_entropy(log_p, Y):
    """Leave −Y log P an (N, C) matrix, and call it the loss.

    Parameters
    ----------
    log_p : array_like, shape (N, C)
        Log-probabilities in nats.
    Y : array_like, shape (N, C)
        One-hot rows.

    Returns
    -------
    ndarray, shape (N, C)
        In nats.

    Examples
    --------
    >>> unsummed_cross_entropy([[-1.0, -2.0]], [[0, 1]]).shape
    (1, 2)

    Source: note 000, steps 4 and 5. Slip: ``unsummed-loss``. Mended:
    :func:`softmax_steps.cross_entropy`, then the mean.
    """
    return -np.asarray(Y) * np.asarray(log_p)


def one_hot_times_log(log_p, Y):
    """Sum −Y log P with a plain product: 0 times −inf is NaN.

    Parameters
    ----------
    log_p : array_like, shape (N, C)
        Log-probabilities in nats.
    Y : array_like, shape (N, C)
        One-hot rows.

    Returns
    -------
    ndarray, shape (N,)
        Losses in nats, NaN where a log-probability is −inf.

    Examples
    --------
    >>> with np.errstate(invalid="ignore"):
    ...     one_hot_times_log([[0.0, -np.inf]], [[1, 0]])
    array([nan])

    Source: note 000, step 4. Slip: ``zero-times-infinity``. Mended:
    :func:`softmax_steps.cross_entropy_one_hot`.
    """
    return -np.sum(np.asarray(Y) * np.asarray(log_p), axis=1)


def all_pairs_cross_entropy(log_p, y):
    """Pick whole columns, ``log_p[:, y]``, instead of one entry in each row.

    The result is (N, N), every sample with every sample's label; its mean is a number.

    Parameters
    ----------
    log_p : array_like, shape (N, C)
        Log-probabilities in nats.
    y : array_like of int, shape (N,)
        Labels in 0…C−1.

    Returns
    -------
    ndarray, shape (N, N)
        In nats; the losses stand on the diagonal.

    Examples
    --------
    >>> all_pairs_cross_entropy([[-1.0, -2.0], [-3.0, -4.0]], [0, 1])
    array([[1., 2.],
           [3., 4.]])

    Source: a common slip. Slip: ``all-pairs``. Mended: :func:`softmax_steps.cross_entropy`.
    """
    return -np.asarray(log_p)[:, y]


def column_of_labels_cross_entropy(log_p, y):
    """Index with labels of shape (N, 1): the two indices broadcast to (N, N).

    Row a of the result prices every sample with the label of sample a.

    Parameters
    ----------
    log_p : array_like, shape (N, C)
        Log-probabilities in nats.
    y : array_like of int, shape (N, 1)
        Labels in a column.

    Returns
    -------
    ndarray, shape (N, N)
        In nats; the losses stand on the diagonal.

    Examples
    --------
    >>> column_of_labels_cross_entropy([[-1.0, -2.0], [-3.0, -4.0]], [[0], [1]])
    array([[1., 3.],
           [2., 4.]])

    Source: a common slip. Slip: ``column-of-labels``. Mended:
    :func:`softmax_steps.cross_entropy`.
    """
    log_p = np.asarray(log_p)
    return -log_p[np.arange(len(log_p)), y]


def loss_without_sums(log_p, Y, W, *, strength):
    """Add the penalty to the matrix −Y log P: N · C numbers, each with a whole penalty in it.

    Parameters
    ----------
    log_p : array_like, shape (N, C)
        Log-probabilities in nats.
    Y : array_like, shape (N, C)
        One-hot rows.
    W : array_like, shape (D, C)
        Weights.
    strength : float
        λ ≥ 0.

    Returns
    -------
    ndarray, shape (N, C)
        In nats.

    Source: note 000, step 5. Slip: ``unsummed-loss``. Mended: :func:`softmax_steps.loss`.
    """
    return -np.asarray(Y) * log_p + strength / 2 * np.sum(np.square(W))


def penalise_the_data(X, *, strength):
    """Charge for the size of X instead of W: a constant, which pulls at no weight.

    Parameters
    ----------
    X : array_like, shape (N, D)
        One sample per row.
    strength : float
        λ ≥ 0.

    Returns
    -------
    float
        In nats.

    Source: note 000, step 6. Slip: ``data-penalised``. Mended:
    :func:`softmax_steps.l2_penalty`.
    """
    return strength / 2 * np.sum(np.square(X))


def l2_gradient_of_another_penalty(W, *, strength):
    """Give 2λW, the gradient of λ‖W‖², to a loss that holds (λ/2)‖W‖².

    Parameters
    ----------
    W : array_like, shape (D, C)
        Weights.
    strength : float
        λ ≥ 0.

    Returns
    -------
    ndarray, shape (D, C)
        In nats per unit of weight.

    Source: notes 000 and 003 mixed. Slip: ``penalty-factor-two``. Mended:
    :func:`softmax_steps.l2_gradient`.
    """
    return 2 * strength * np.asarray(W)


def gradient_with_one_feature(X, P, y):
    """Multiply the error of class j by the one number X[i, j] instead of the row X[i].

    With at least as many features as classes it runs, and every column is constant.

    Parameters
    ----------
    X : array_like, shape (N, D)
        One sample per row.
    P : ndarray, shape (N, C)
        Probabilities.
    y : array_like of int, shape (N,)
        Labels in 0…C−1.

    Returns
    -------
    ndarray, shape (D, C)
        In nats per unit of weight.

    Source: note 003. Slip: ``one-feature``. Mended: :func:`softmax_steps.gradient_by_sample`.
    """
    N, D = np.shape(X)
    C = np.shape(P)[1]
    dW = np.zeros((D, C))
    for i in range(N):
        for j in range(C):
            dW[:, j] += (P[i, j] - (j == y[i])) * X[i, j]
    return dW / N


def chain_rule_element_by_element(P, Y):
    """Multiply −Y/P by P(1 − P), entry by entry: the Jacobian's diagonal without the rest.

    Only the true class keeps a gradient.

    Parameters
    ----------
    P : ndarray, shape (N, C)
        Probabilities.
    Y : array_like, shape (N, C)
        One-hot rows.

    Returns
    -------
    ndarray, shape (N, C)
        In nats per unit of score.

    Source: note 000, step 6. Slip: ``element-by-element``. Mended:
    :func:`softmax_steps.score_gradient`, and
    :func:`softmax_steps.score_gradient_by_chain_rule` for the long way.
    """
    return -Y / P * (P * (1 - P)) / len(P)


def weight_gradient_half_done(X, P, Y):
    """Stop at Xᵀ(P − Y): no 1/N, no penalty.

    Parameters
    ----------
    X : array_like, shape (N, D)
        One sample per row.
    P : ndarray, shape (N, C)
        Probabilities.
    Y : array_like, shape (N, C)
        One-hot rows.

    Returns
    -------
    ndarray, shape (D, C)
        In nats per unit of weight.

    Source: note 003's last form. Slip: ``half-gradient``. Mended:
    :func:`softmax_steps.loss_and_gradient`.
    """
    return np.transpose(X) @ (P - Y)


def shift_without_keepdims(F):
    """Subtract the row maxima along the columns: ``keepdims=True`` was forgotten.

    It raises an error unless N = C, or N or C is 1. With N = C column j loses row j's maximum;
    with one sample it is right; with one class the result is (N, N).

    Parameters
    ----------
    F : array_like, shape (N, C)
        Scores.

    Returns
    -------
    ndarray, shape (N, C)
        For N = C; see above for one sample or one class.

    Source: a common slip. Slip: ``lost-keepdims``. Mended: :func:`softmax_steps.shift_scores`.
    """
    F = np.asarray(F)
    return F - F.max(axis=1)


def shift_by_column_maximum(F):
    """Subtract each column's maximum: ``axis=0`` for ``axis=1``. It runs for every shape.

    Parameters
    ----------
    F : array_like, shape (N, C)
        Scores.

    Returns
    -------
    ndarray, shape (N, C)
        Shifted scores.

    Source: a common slip. Slip: ``wrong-axis``. Mended: :func:`softmax_steps.shift_scores`.
    """
    F = np.asarray(F)
    return F - F.max(axis=0)


def shift_by_row_mean(F):
    """Subtract each row's mean: the largest score can still lie far above 0.

    Parameters
    ----------
    F : array_like, shape (N, C)
        Scores.

    Returns
    -------
    ndarray, shape (N, C)
        Shifted scores.

    Source: a rival of the guard. Slip: ``row-mean-guard``. Mended:
    :func:`softmax_steps.shift_scores`.
    """
    F = np.asarray(F)
    return F - F.mean(axis=1, keepdims=True)


def divide_by_row_maximum(F):
    """Divide each row by its maximum: the differences change, or turn round if it is negative.

    Parameters
    ----------
    F : array_like, shape (N, C)
        Scores.

    Returns
    -------
    ndarray, shape (N, C)
        Scaled scores.

    Source: a rival of the guard. Slip: ``divided-by-maximum``. Mended:
    :func:`softmax_steps.shift_scores`.
    """
    F = np.asarray(F)
    return F / F.max(axis=1, keepdims=True)


def clip_scores(F):
    """Cut every score off at ±700: all scores beyond become equal.

    Parameters
    ----------
    F : array_like, shape (N, C)
        Scores.

    Returns
    -------
    ndarray, shape (N, C)
        Scores between −700 and 700.

    Source: a rival of the guard. Slip: ``clipped-scores``. Mended:
    :func:`softmax_steps.shift_scores`.
    """
    return np.clip(F, -700, 700)


def scores_with_transposed_weights(X, W):
    """Multiply by the weights turned over, as if one size n stood for N, D and C.

    It raises an error unless D = C; then it runs, and its shape is right.

    Parameters
    ----------
    X : array_like, shape (N, D)
        One sample per row.
    W : array_like, shape (D, C)
        Weights.

    Returns
    -------
    ndarray, shape (N, D)
        For D = C.

    Source: note 000, its matrices with n × n indices. Slip: ``one-size-for-three``. Mended:
    :func:`softmax_steps.scores`.
    """
    return np.asarray(X) @ np.transpose(W)


def scores_entry_by_entry(X, W):
    """Multiply entry by entry: nothing is summed over the features.

    Parameters
    ----------
    X : array_like, shape (N, D)
        One sample per row.
    W : array_like, shape (D, C)
        Weights.

    Returns
    -------
    ndarray, shape (N, D)
        For N = D and D = C; an error for most other shapes.

    Source: note 003. Slip: ``entry-by-entry-product``. Mended: :func:`softmax_steps.scores`.
    """
    return np.asarray(X) * np.asarray(W)


def cross_entropy_with_labels_from_one(log_p, y):
    """Take labels that count from 1 for places that count from 0.

    Parameters
    ----------
    log_p : array_like, shape (N, C)
        Log-probabilities in nats.
    y : array_like of int, shape (N,)
        Labels in 1…C.

    Returns
    -------
    ndarray, shape (N,)
        In nats, for the class after the true one; an error if class C occurs.

    Examples
    --------
    >>> cross_entropy_with_labels_from_one([[-1.0, -2.0, -3.0]], [1])
    array([2.])

    Source: note 003. Slip: ``labels-from-one``. Mended: :func:`softmax_steps.cross_entropy`
    with y − 1.
    """
    log_p = np.asarray(log_p)
    return -log_p[np.arange(len(log_p)), y]


def likelihood_as_a_product(log_p, y):
    """Multiply the probabilities of all labels: 0 in floating point for more than a few hundred.

    Parameters
    ----------
    log_p : array_like, shape (N, C)
        Log-probabilities in nats.
    y : array_like of int, shape (N,)
        Labels in 0…C−1.

    Returns
    -------
    float
        The probability of all labels together, or 0 where it is too small for a float.

    Source: note 001, before its logarithm. Slip: ``product-of-probabilities``. Mended:
    :func:`softmax_steps.cross_entropy`, then the sum.
    """
    log_p = np.asarray(log_p)
    return np.exp(log_p[np.arange(len(log_p)), y]).prod()


def summed_loss(log_p, y):
    """Add up the losses of the samples, and stop there: no mean, no penalty.

    Parameters
    ----------
    log_p : array_like, shape (N, C)
        Log-probabilities in nats.
    y : array_like of int, shape (N,)
        Labels in 0…C−1.

    Returns
    -------
    float
        In nats; twice as large for the same data taken twice.

    Source: note 004. Slip: ``sum-for-mean``. Mended: :func:`softmax_steps.loss`.
    """
    log_p = np.asarray(log_p)
    return -log_p[np.arange(len(log_p)), y].sum()


def true_scores_from_the_labels_row(X, W, y):
    """Score the row of X that has the label's number, in place of the sample's own row.

    Parameters
    ----------
    X : array_like, shape (N, D)
        One sample per row, at least as many as classes.
    W : array_like, shape (D, C)
        Weights.
    y : array_like of int, shape (N,)
        Labels in 0…C−1.

    Returns
    -------
    ndarray, shape (N,)
        The same number for all samples of one class.

    Source: note 003. Slip: ``row-of-the-label``. Mended: :func:`softmax_steps.scores`, and of
    each row the entry of the label.
    """
    return np.array([np.asarray(X)[label] @ np.asarray(W)[:, label] for label in y])


def score_gradient_on_the_diagonal(P, y):
    """Count the classes with the index of the sample: only the diagonal is filled.

    Parameters
    ----------
    P : ndarray, shape (N, C)
        Probabilities.
    y : array_like of int, shape (N,)
        Labels in 0…C−1.

    Returns
    -------
    ndarray, shape (N, C)
        For N ≤ C, in nats per unit of score; an error for more samples than classes.

    Source: note 003. Slip: ``sample-for-class``. Mended: :func:`softmax_steps.score_gradient`.
    """
    dF = np.zeros_like(P)
    for i in range(len(P)):
        dF[i, i] = P[i, i] - (i == y[i])
    return dF / len(P)


def weight_gradient_in_the_other_order(X, dF):
    """Multiply ∂L/∂F by Xᵀ from the right, in the order in which the chain rule is spoken.

    It raises an error unless C = D; where N = D = C its shape is that of W.

    Parameters
    ----------
    X : array_like, shape (N, D)
        One sample per row.
    dF : array_like, shape (N, C)
        The gradient for the scores.

    Returns
    -------
    ndarray, shape (N, N)

    Source: note 003, its open question. Slip: ``other-order``. Mended:
    :func:`softmax_steps.loss_and_gradient`.
    """
    return np.asarray(dF) @ np.transpose(X)


def step_by_the_score_gradient(W, dF, *, learning_rate):
    """Move the weights by the gradient for the scores, which has another shape and meaning.

    Parameters
    ----------
    W : array_like, shape (D, C)
        Weights.
    dF : array_like, shape (N, C)
        The gradient for the scores.
    learning_rate : float
        η > 0.

    Returns
    -------
    ndarray, shape (D, C)
        For N = D or N = 1; an error for other numbers of samples.

    Source: note 001, which ends at the scores. Slip: ``stopped-at-the-scores``. Mended:
    :func:`softmax_steps.loss_and_gradient`.
    """
    return np.asarray(W) - learning_rate * np.asarray(dF)


def log_sum_differential_without_trace(a, da):
    """Leave the differential of log Σ eᵃ a matrix, where its trace is the number.

    Parameters
    ----------
    a : array_like, shape (1, C)
        The scores of one sample.
    da : array_like, shape (1, C)
        Their step.

    Returns
    -------
    ndarray, shape (C, C)

    Examples
    --------
    >>> matrix = log_sum_differential_without_trace([[0.0, 0.0]], [[0.5, 0.25]])
    >>> matrix
    array([[0.25 , 0.125],
           [0.25 , 0.125]])
    >>> np.trace(matrix).item()
    0.375

    Source: note 004. Slip: ``trace-dropped``. Mended:
    :func:`softmax_steps.differentials.softmax_differential` has the number in it.
    """
    E = np.exp(a)
    return E.T @ np.asarray(da) / E.sum()


def two_layer_gradient_named_twice(X, H, dO2, dO1):
    """Give the first layer's gradients the second layer's names, which are taken.

    Parameters
    ----------
    X : ndarray, shape (N, D)
        One sample per row.
    H : ndarray, shape (N, M)
        What the hidden layer passes on.
    dO2 : ndarray, shape (N, C)
        The gradient for the scores.
    dO1 : ndarray, shape (N, M)
        The gradient for the hidden layer before its bend.

    Returns
    -------
    dict of str to ndarray
        ``W2`` with the shape of W₁, and ``b2`` with that of b₁; nothing for the first layer.

    Source: note 004. Slip: ``layer-named-twice``. Mended:
    :func:`softmax_steps.two_layer.two_layer_loss_and_gradient`.
    """
    gradients = {"W2": H.T @ dO2, "b2": dO2.sum(axis=0)}
    gradients.update({"W2": X.T @ dO1, "b2": dO1.sum(axis=0)})
    return gradients


def two_layer_scores_with_one_bias(X, W1, W2, b):
    """Add one and the same bias in both layers.

    Parameters
    ----------
    X : array_like, shape (N, D)
        One sample per row.
    W1 : array_like, shape (D, M)
        One column of weights per hidden unit.
    W2 : array_like, shape (M, C)
        One column of weights per class.
    b : array_like, shape (C,)
        The biases of the second layer.

    Returns
    -------
    ndarray, shape (N, C)
        For M = C or C = 1; else an error.

    Source: note 004. Slip: ``one-bias-for-two-layers``. Mended:
    :func:`softmax_steps.two_layer.two_layer_forward`.
    """
    H = np.maximum(0, np.asarray(X) @ W1 + b)
    return H @ W2 + b
