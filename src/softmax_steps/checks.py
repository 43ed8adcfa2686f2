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
    array = _plain_array(value, name, expected)
    kind = array.dtype.kind
    if kind in "biu":
        array = array.astype(np.float64)
    elif kind == "c" and allow_complex:
        array = array.astype(np.complex128, copy=False)
    elif array.dtype.type not in FLOATS:
        raise TypeError(
            f"{name} {_what_came(array)}; expected numbers (float16, float32, float64 or "
            f"integers): {expected}. {_dtype_mend(array, name)}"
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


def _plain_array(value, name, expected):
    """Return ``np.asarray(value)``; ragged rows and hidden entries are refused in our words."""
    if np.ma.is_masked(value):
        raise TypeError(
            f"{name} is a masked array, and its hidden entries would be used; expected "
            f"{expected}. Drop those samples, or fill them with {name}.filled(…)."
        )
    try:
        return np.asarray(value)
    except ValueError:
        raise ValueError(
            f"{name} cannot be made an array: its rows have different lengths; "
            f"expected {expected}. Give every row the same number of entries."
        ) from None


def _what_came(array):
    if array.ndim == 0:  # None, a word, a set, a generator: no array at all
        return f"is {array.item()!r:.60}"
    return f"holds {array.dtype} values"


def _dtype_mend(array, name):
    if array.ndim == 0:
        return "Was it left out, or passed in another's place?"
    if array.dtype.kind == "c":
        return f"{name}.real leaves out the imaginary parts."
    return f"Convert it first, for example with np.asarray({name}, dtype=np.float64)."


def _ndim_mend(array, name, ndim):
    if array.ndim == 0:
        return "Was one number passed instead of the whole array?"
    if array.ndim == ndim - 1 == 1:
        if name == "W":
            return "Are the arguments in their order, X, W, b or X, y, W, b?"
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


def require_scores(F, *, allow_complex=True):
    """Return ``F`` as an (N, C) array of finite scores, each row in one piece of memory.

    Raises
    ------
    TypeError, ValueError
        If ``F`` is not such an array, or has more classes than its type can count.
    """
    shape_hint = "(N, C), one row of scores per sample"
    F = as_array(F, "F", 2, allow_complex=allow_complex, shape_hint=shape_hint)
    require_finite(F, "F")
    if F.dtype == np.float16 and F.shape[1] > 65504:  # the largest float16
        raise ValueError(
            f"F has {F.shape[1]} columns; expected at most 65504 classes in float16, which "
            f"holds no larger sum. Pass F.astype(np.float32)."
        )
    return np.ascontiguousarray(F)  # a sum down strided float16 memory sticks at 2048


def require_labels(y, n_samples, n_classes, *, labels_of="the scores"):
    """Return ``y`` as an integer vector of ``n_samples`` labels in 0…``n_classes`` − 1.

    ``n_samples`` is None where any number of labels will do.

    Raises
    ------
    TypeError
        If the labels are not integers.
    ValueError
        If their shape, number or range is wrong.
    """
    expected = f"one integer label per sample, shape ({'N' if n_samples is None else n_samples},)"
    y = _plain_array(y, "y", expected)
    if y.ndim == 0 and y.dtype.kind not in "iu":
        raise TypeError(f"y {_what_came(y)}; expected {expected}. Was it left out?")
    if y.ndim == 2 and y.shape[1] == n_classes > 1:
        raise ValueError(
            f"y has shape {y.shape}, which looks one-hot; expected {expected}. "
            f"np.argmax(y, axis=1) turns one-hot rows into labels."
        )
    if y.ndim != 1:
        raise ValueError(f"y has shape {y.shape}; expected {expected}. {_ndim_mend(y, 'y', 1)}")
    if y.size == 0:
        raise ValueError(
            f"y has shape (0,) and so holds no labels; expected {expected}. "
            f"Was the selection that made it empty?"
        )
    if y.dtype.kind not in "iu":
        mend = (
            "np.unique(y, return_inverse=True) numbers the names."
            if y.dtype.kind in "US"
            else "If they are whole numbers, np.asarray(y).astype(int) converts them."
        )
        raise TypeError(
            f"y holds {y.dtype} values; expected integer class labels "
            f"{f'0…{n_classes - 1}' if n_classes > 1 else 'from 0 up'}. {mend}"
        )
    if n_samples not in (None, len(y)):
        raise ValueError(
            f"y has {len(y)} labels for {n_samples} rows of {labels_of}; expected one label "
            f"per row. Were X and y split or shuffled apart?"
        )
    bad = (y < 0) | (y >= n_classes)
    if bad.any():
        i = int(np.argmax(bad))
        mend = (
            "Do your labels count from 1? Then pass y - 1."
            if y.min() >= 1 and y.max() == n_classes
            else "Are there more classes than that, or is a label mistyped?"
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
    strength = _one_real(strength, "strength", "λ ≥ 0, such as 0.01")
    if not math.isfinite(strength) or strength < 0:
        raise ValueError(
            f"strength is {strength}; expected a finite λ ≥ 0. A negative λ would reward "
            f"large weights without end; use 0 for no penalty."
        )
    return strength


def require_learning_rate(learning_rate):
    """Return the learning rate η as a float: finite and above 0.

    Raises
    ------
    TypeError
        If η is not a single real number.
    ValueError
        If η is 0, negative, NaN or infinite.
    """
    eta = _one_real(learning_rate, "learning_rate", "η > 0, such as 0.1")
    if not math.isfinite(eta) or eta <= 0:
        raise ValueError(
            f"learning_rate is {eta}; expected a finite η > 0. The update already subtracts: "
            f"W − η ∂L/∂W."
        )
    return eta


def _one_real(value, name, expected):
    if isinstance(value, np.ndarray) and value.ndim == 0:
        value = value.item()
    if not isinstance(value, Real) or isinstance(value, bool):
        raise TypeError(
            f"{name} is {value!r:.60}; expected one real number {expected}. "
            f"Was an array or a text passed where one number belongs?"
        )
    return float(value)


def same_float(*arrays):
    """Return the arrays converted to the widest floating type among them."""
    dtype = np.result_type(*arrays)
    return tuple(array.astype(dtype, copy=False) for array in arrays)


def column_sums(array):
    """Add up each column; float16 is added in float32, for it cannot count past 2048."""
    wide = np.result_type(array, np.float32)
    return array.sum(axis=0, dtype=wide).astype(array.dtype, copy=False)
