"""Loss, gradient and fit over rows that do not fit into memory: one block after the other.

The rows come from :func:`softmax_steps.stored_rows.open_rows`. A pass reads each block once and
keeps two numbers and two small arrays of it, so that memory does not grow with the rows.
"""

import numpy as np

from softmax_steps.checks import (
    BIASES,
    as_array,
    require_class_count,
    require_labels,
    require_strength,
    same_float,
)
from softmax_steps.fitting import join_surveys, solve
from softmax_steps.fitting import survey as survey_in_memory
from softmax_steps.gradient import require_kernel
from softmax_steps.partial_sums import add_sums, mean_of_sums, naming_part, partial_sums
from softmax_steps.progress_bar import progress_bar
from softmax_steps.stored_rows import StoredRows


def loss_and_gradient(rows, W, b=None, *, strength=0.0, progress=True, kernel=None):
    """Give the loss and its gradient over stored rows.

    Parameters
    ----------
    rows : StoredRows
        From :func:`softmax_steps.stored_rows.open_rows`.
    W : array_like, shape (D, C)
        Weights. Each block is computed in the widest type of its rows and the model: with float32
        rows, float32 weights are quicker. Sums over blocks are float64.
    b : array_like, shape (C,), optional
        Biases, not penalised.
    strength : float
        λ ≥ 0.
    progress : bool
        Show a bar (tqdm, on standard output) while it runs.
    kernel : str, optional
        As for :func:`softmax_steps.loss_and_gradient`.

    Returns
    -------
    LossGradient
        As :func:`softmax_steps.loss_and_gradient` on all rows at once, up to rounding.

    Raises
    ------
    ImportError, TypeError, ValueError
        As for :func:`softmax_steps.loss_and_gradient`, and if tqdm is missing.

    Examples
    --------
    >>> from softmax_steps.stored_rows import open_rows
    >>> rows = open_rows(np.array([[1, 2], [3, -1]]), [1, 0], rows_at_once=1)
    >>> W, b = [[1, 0, 1], [0, 1, -1]], [0, 1, 0]
    >>> round(loss_and_gradient(rows, W, b, strength=0.1, progress=False).loss, 4)
    0.9347
    """
    rows = _require_rows(rows)
    W = as_array(W, "W", 2, allow_complex=False, shape_hint="(D, C), one column per class")
    if b is None:
        b = np.zeros(W.shape[1], W.dtype)
    b = as_array(b, "b", 1, allow_complex=False, shape_hint=BIASES)
    strength, kernel = require_strength(strength), require_kernel(kernel)
    with _row_bar(progress, rows) as bar:
        return _one_pass(rows, *same_float(W, b), strength, kernel, bar)


def fit(
    rows,
    *,
    strength,
    n_classes=None,
    initial=None,
    tolerance=1e-5,
    most_passes=10_000,
    progress=True,
    kernel=None,
):
    """Find the weights and biases at which the loss over stored rows is least.

    A first pass takes the mean row and counts the classes; each further one is a pass of the
    solver. Interrupting it (Ctrl-C, or the notebook's stop button) gives the best model so far.

    Parameters
    ----------
    rows : StoredRows
        From :func:`softmax_steps.stored_rows.open_rows`.
    strength, n_classes, initial, tolerance, most_passes, kernel
        As for :func:`softmax_steps.fit`.
    progress : bool
        Show a bar (tqdm, on standard output) for each pass.

    Returns
    -------
    FittedModel
        As :func:`softmax_steps.fit` on all rows at once, up to ``tolerance``; in float64.

    Raises
    ------
    ImportError, TypeError, ValueError
        As for :func:`softmax_steps.fit`, and if tqdm is missing.

    Examples
    --------
    >>> from softmax_steps.stored_rows import open_rows
    >>> X, y = np.arange(4.0).reshape(4, 1), [0, 1, 0, 1]
    >>> rows = open_rows(X, y, rows_at_once=3)
    >>> fit(rows, strength=0.1, progress=False).W.round(3)
    array([[-0.372,  0.372]])
    """
    rows, kernel = _require_rows(rows), require_kernel(kernel)
    with _row_bar(progress, rows) as bar:
        looked = survey(rows, n_classes=n_classes, bar=bar)
        passes = 0

        def evaluate(W, b, strength):
            nonlocal passes
            passes += 1
            bar.reset()
            bar.set_description_str(f"pass {passes}")
            return _one_pass(rows, W, b, strength, kernel, bar)

        return solve(
            evaluate,
            looked,
            dtype=np.float64,
            strength=strength,
            initial=initial,
            tolerance=tolerance,
            most_passes=most_passes,
            after_step=lambda loss: bar.set_postfix_str(f"loss {loss:.4f}"),
        )


def survey(rows, *, n_classes=None, bar=None):
    """Count the classes of stored rows, and take their mean, in one pass.

    Parameters
    ----------
    rows : StoredRows
    n_classes : int, optional
        C; without it, the largest label and one, for which the labels are read once more.
    bar : tqdm, optional
        Told of each block's rows.

    Returns
    -------
    softmax_steps.fitting.Survey

    Raises
    ------
    TypeError, ValueError
        If the labels are not integers from 0 to C − 1, or a number is not finite.
    """
    if n_classes is None:
        largest = max(int(require_labels(y, None, np.iinfo(int).max).max()) for y in rows.labels())
        n_classes = largest + 1
    n_classes = require_class_count(n_classes)

    def parts():
        first = 0
        for X, y in rows.blocks():
            with naming_part(_place(rows, first, X)):
                y = require_labels(y, len(X), n_classes, labels_of="X")
                part = survey_in_memory(X, y, n_classes)
            yield part
            first += len(X)
            if bar is not None:
                bar.update(len(X))

    return join_surveys(parts())


def _one_pass(rows, W, b, strength, kernel, bar):
    def parts():
        first = 0
        for X, y in rows.blocks():
            with naming_part(_place(rows, first, X)):
                part = partial_sums(X, y, W, b, kernel=kernel)
            yield part
            first += len(X)
            bar.update(len(X))

    return mean_of_sums(add_sums(parts()), W, strength=strength)


def _place(rows, first, X):
    return f"rows {first}…{first + len(X) - 1} of {rows.name}"


def _row_bar(progress, rows):
    return progress_bar(progress, rows.shape[0], unit="row", unit_scale=True)


def _require_rows(rows):
    if not isinstance(rows, StoredRows):
        raise TypeError(
            f"rows is a {type(rows).__name__}; expected StoredRows. Open files with "
            f"softmax_steps.stored_rows.open_rows, or pass arrays in memory to the function of "
            f"this name in softmax_steps."
        )
    return rows
