"""What enters the package is checked here, once; the steps behind it can trust their input.

Every message says what came, what was expected, and the likely mend.
"""

import math
from numbers import Real

import numpy as np

FLOATS = (np.float16, np.float32, np.float64)


def as_array(value, name, ndim, *, allow_complex=True, shape_hint=None):
    """Return ``value`` as a non-empty floating-point array with ``ndim`` axes.

    float16, float32 and float64 stay what they are; integers and booleans become
    float64. complex128 passes too, so that the complex-step derivative
    (:func:`softmax_steps.complex_step_gradient`) can travel through every step.

    Parameters
    ----------
    value : array_like
        What the caller passed.
    name : str
        The argument's name, for the message.
    ndim : int
        The number of axes it must have.
    allow_complex : bool
        False where a complex number has no meaning.
    shape_hint : str, optional
        The expected shape in the book's letters, such as ``"(N, D)"``.

    Raises
    ------
    TypeError
        If the values are not numbers.
    ValueError
        If the array is ragged, has the wrong number of axes, or holds nothing.
    """
    expected = shape_hint or f"{ndim} axes"
    try:
        array = np.asarray(value)
    except ValueError as error:
        raise ValueError(
            f"{name} cannot be made an array: its rows have different lengths. "
            f"Expected {expected}; give every row the same number of entries."
        ) from error
    kind = array.dtype.kind
    if kind in "biu":
        array = array.astype(np.float64)
    elif kind == "c" and allow_complex:
        array = array.astype(np.complex128, copy=False)
    elif array.dtype.type not in FLOATS:
        raise TypeError(
            f"{name} holds {array.dtype} values; expected numbers (float16, float32, float64 "
            f"or integers). Convert it first, for example with "
            f"np.asarray({name}, dtype=np.float64)."
        )
    if array.ndim != ndim:
        raise ValueError(
            f"{name} has shape {array.shape}; expected {expected}. {_ndim_mend(array, name, ndim)}"
        )
    if array.size == 0:
        raise ValueError(
            f"{name} has shape {array.shape} and so holds no numbers; expected {expected} "
            f"with at least one entry. Was the selection that made it empty?"
        )
    return array


def _ndim_mend(array, name, ndim):
    if array.ndim == ndim - 1 == 1:
        return f"For one sample write {name}[np.newaxis, :]."
    if ndim == 2 and array.ndim > 2:
        return f"Images must be flattened to rows: {name}.reshape(len({name}), -1)."
    if ndim == 1 and array.ndim == 2:
        return f"If it is one row or one column, {name}.ravel() makes it a vector."
    return "Check how it was made."


def require_finite(array, name):
    """Refuse NaN and ±inf in ``array``, naming the first place where one stands.

    Raises
    ------
    ValueError
        With the number of bad entries and the index and value of the first.
    """
    with np.errstate(over="ignore", invalid="ignore"):
        if np.isfinite(array.sum()):  # one pass, no copy: the common case
            return
    bad = ~np.isfinite(array)
    if bad.any():
        where = tuple(int(i) for i in np.argwhere(bad)[0])
        place = ", ".join(map(str, where))
        count = int(bad.sum())
        others = "" if count == 1 else f" ({count} such entries in all)"
        raise ValueError(
            f"{name}[{place}] is {array[where]}{others}; expected finite numbers. "
            f"Look for an overflow or a division by zero in the step before."
        )


def require_scores(F):
    """Return ``F`` as an (N, C) array of finite scores."""
    F = as_array(F, "F", 2, shape_hint="(N, C), one row of scores per sample")
    require_finite(F, "F")
    return F


def require_labels(y, n_samples, n_classes, *, labels_of="the scores"):
    """Return ``y`` as an integer vector of ``n_samples`` labels in 0…``n_classes`` − 1.

    Raises
    ------
    TypeError
        If the labels are not integers.
    ValueError
        If their shape, number or range is wrong.
    """
    y = np.asarray(y)
    if y.ndim == 2 and y.shape == (n_samples, n_classes):
        raise ValueError(
            f"y has shape {y.shape}, which looks one-hot; expected class indices, shape "
            f"({n_samples},). np.argmax(y, axis=1) turns one-hot rows into indices."
        )
    if y.ndim != 1:
        raise ValueError(
            f"y has shape {y.shape}; expected one label per sample, shape ({n_samples},). "
            f"If it is one row or one column, y.ravel() makes it a vector."
        )
    if y.dtype.kind not in "iu":
        raise TypeError(
            f"y holds {y.dtype} values; expected integer class labels 0…{n_classes - 1}. "
            f"If they are whole numbers, y.astype(int) converts them."
        )
    if len(y) != n_samples:
        raise ValueError(
            f"y has {len(y)} labels but {labels_of} have {n_samples} rows; expected one label "
            f"per row. Were X and y split or shuffled apart?"
        )
    bad = (y < 0) | (y >= n_classes)
    if bad.any():
        i = int(np.argmax(bad))
        mend = (
            "Do your labels count from 1? Then pass y - 1."
            if y.min() == 1 and y.max() == n_classes
            else "Is a class missing from W, or a label mistyped?"
        )
        raise ValueError(
            f"y[{i}] is {y[i]}; expected a label in 0…{n_classes - 1} for {n_classes} "
            f"classes. {mend}"
        )
    return y


def require_strength(strength):
    """Return the regularization strength λ as a float: finite and not negative.

    Raises
    ------
    TypeError
        If λ is not a single real number.
    ValueError
        If λ is negative, NaN or infinite.
    """
    if isinstance(strength, np.ndarray) and strength.ndim == 0:
        strength = strength.item()
    if not isinstance(strength, Real) or isinstance(strength, bool):
        raise TypeError(f"strength is {strength!r}; expected one real number λ ≥ 0, such as 0.01.")
    strength = float(strength)
    if not math.isfinite(strength) or strength < 0:
        raise ValueError(
            f"strength is {strength}; expected a finite λ ≥ 0. A negative λ would reward "
            f"large weights without end; use 0 for no penalty."
        )
    return strength


def same_float(*arrays):
    """Return the arrays converted to the widest floating type among them."""
    dtype = np.result_type(*arrays)
    return tuple(array.astype(dtype, copy=False) for array in arrays)
