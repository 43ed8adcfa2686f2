"""The checks of everything that enters the package.

A public function checks its arguments here, once, and hands them to a private kernel of the same
name with an underscore, which computes and checks nothing: ``softmax`` to ``_softmax``. Kernels
call kernels, so no number is looked at twice.

Every message says what came, what was expected, and the likely mend.
"""

import cmath
import math
import operator
from numbers import Real

import numpy as np

FLOATS = (np.float64, np.float32, np.float16)
BIASES = "(C,), one bias per class"
ROWS_AT_ONCE = 1024  # so few that float32 adds them up with no loss to speak of


def as_array(value, name, ndim, *, allow_complex=True, shape_hint=None, as_stored=False):
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
    as_stored : bool
        True leaves integers and booleans what they are, for a function that converts them later.

    Raises
    ------
    TypeError
        If the values are not numbers.
    ValueError
        If the array is ragged, has the wrong number of axes, or holds nothing.
    """
    if (  # nothing to do: the common case, decided fast since training comes here for each batch
        type(value) is np.ndarray
        and value.ndim == ndim
        and value.dtype.type in FLOATS
        and value.size
    ):
        return value
    expected = shape_hint or f"{ndim} axes"
    array = plain_array(value, name, expected)
    kind = came = array.dtype.kind
    if kind in "biu":
        array = array if as_stored else _whole_numbers(array, name)
    elif kind == "c" and allow_complex:
        array = array.astype(np.complex128, copy=False)
    elif array.dtype.type not in FLOATS:
        raise TypeError(
            f"{name} {_what_came(array)}; expected numbers (float16, float32, float64 or "
            f"integers): {expected}. {_dtype_mend(array, name, allow_complex)}"
        )
    if array.ndim != ndim:
        raise ValueError(
            f"{name} has shape {array.shape}; expected {expected}. "
            f"{_ndim_mend(array, name, ndim, whole=came in 'iu')}"
        )
    if array.size == 0:
        raise ValueError(
            f"{name} has shape {array.shape} and so holds no numbers; expected {expected} "
            f"with at least one entry. Was the selection that made it empty?"
        )
    return array


def _whole_numbers(array, name):
    """Return integers or booleans as float64; refuse those that it would round."""
    wide = array.astype(np.float64)
    if array.dtype.itemsize == 8 and array.size and np.abs(wide).max() >= 2**53:
        end = 2.0 ** (64 if array.dtype.kind == "u" else 63)  # beyond it is no way back
        lost = (wide >= end) | (np.where(wide < end, wide, 0).astype(array.dtype) != array)
        if lost.any():
            where = tuple(int(i) for i in np.argwhere(lost)[0])
            raise ValueError(
                f"{name}[{', '.join(map(str, where))}] is {array[where]}; expected numbers that "
                f"float64 holds, which are whole up to 2**53. Subtract a common offset first, or "
                f"round on purpose with {name}.astype(float)."
            )
    return wide


def plain_array(value, name, expected="an array"):
    """Return ``np.asarray(value)``; refuse ragged rows, sparse matrices and hidden entries.

    Parameters
    ----------
    value : array_like
        What the caller passed.
    name : str
        The argument's name, for the message.
    expected : str
        What was expected, for the message.

    Returns
    -------
    ndarray

    Raises
    ------
    TypeError, ValueError
        If entries are hidden by a mask, or no array can be made.
    """
    if _hides_entries(value):
        raise TypeError(
            f"{name} is a masked array, and its hidden entries would be used; expected "
            f"{expected}. Drop those samples, or fill them with {name}.filled(…)."
        )
    try:
        array = np.asarray(value)
    except ValueError:
        raise ValueError(
            f"{name} cannot be made an array: its rows have different lengths; "
            f"expected {expected}. Give every row the same number of entries."
        ) from None
    except (TypeError, RuntimeError) as error:  # other libraries' arrays that do not convert
        raise TypeError(
            f"{name} is of type {type(value).__name__}, of which NumPy cannot make an array "
            f"({error}); expected {expected}. Convert it with that library first."
        ) from None
    if array.dtype.kind == "O" and array.size and hasattr(array.flat[0], "toarray"):
        part = "" if array.ndim == 0 else ", one in each row"
        raise TypeError(
            f"{name} is a sparse matrix{part}; expected {expected}, with the zeros stored. "
            + (
                f"Pass {name}.toarray()."
                if array.ndim == 0
                else "Use scipy.sparse.vstack(…).toarray()."
            )
        )
    return array


def _hides_entries(value):
    if isinstance(value, list | tuple):
        return any(_hides_entries(part) for part in value)
    return np.ma.is_masked(value)


def _what_came(array):
    if array.ndim == 0:  # None, a word, a set, a generator: no array at all
        return f"is {array.item()!r:.60}"
    return f"holds {array.dtype} values"


def _dtype_mend(array, name, allow_complex=True):
    if array.ndim == 0:
        return _scalar_mend(array.item(), name)
    if array.dtype.kind == "c":
        return f"{name}.real leaves out the imaginary parts."
    try:
        converts = np.isfinite(np.asarray(array, dtype=np.float64)).all()
    except (TypeError, ValueError, OverflowError):
        converts = False
    if converts:
        return f"Convert it first, for example with np.asarray({name}, dtype=np.float64)."
    for where, entry in np.ndenumerate(array):
        place = f"{name}[{', '.join(map(str, where))}]"
        if entry is None or (isinstance(entry, float) and entry != entry):
            return f"{place} is {entry}: is a value missing? Leave those samples out, or fill them."
        if isinstance(entry, np.ndarray | list | tuple):
            return (
                f"{place} is itself an array: np.stack({name}) puts arrays of one shape together."
            )
        try:
            if np.isfinite(float(entry)):
                continue
        except (TypeError, ValueError, OverflowError):
            pass
        return f"{place} is {entry!r:.60}, for which float64 has no number."
    return "Choose the columns that hold numbers."


def _scalar_mend(item, name):
    """Return the mend for what is no array at all."""
    if item is None:
        return "Was it left out, or passed in another's place?"
    if callable(item):
        return "Was it meant to be called?"
    if isinstance(item, dict):
        return f"list({name}.values()) takes the values."
    if isinstance(item, set | frozenset):
        return f"A set has no order: pass a list, such as sorted({name})."
    if hasattr(item, "__iter__") and not isinstance(item, str | bytes):
        return f"np.array(list({name})) makes an array of what it yields."
    return "Was it left out, or passed in another's place?"


def _ndim_mend(array, name, ndim, *, whole=False):
    if array.ndim == 0:
        return "Was one number passed instead of the whole array?"
    if array.ndim == ndim - 1 == 1:
        if name == "W":
            return "Are the arguments in their order, X, W, b or X, y, W, b?"
        if whole and name == "F":
            return f"Are they labels? Of labels, np.mean({name} == y) is the share that is right."
        if whole and name in ("log_p", "P"):
            return f"Are they labels? The order is {name}, y."
        return f"For one sample write {name}[np.newaxis, :]."
    if ndim == 2 and array.ndim > 2:
        return f"Images must be flattened to rows: {name}.reshape(len({name}), -1)."
    if ndim == 1 and array.ndim == 2:
        if 1 in array.shape:
            return f"If it is one row or one column, {name}.ravel() makes it a vector."
        return f"One row of it is {name}[0]."
    return "Check how it was made."


@np.errstate(over="ignore", invalid="ignore")
def require_finite(array, name, *, first_row=0):
    """Refuse NaN and ±inf in ``array``, naming the first place where one stands.

    Parameters
    ----------
    array : ndarray, any shape
        Numbers of a floating or complex type.
    name : str
        The argument's name, for the message.
    first_row : int
        What row of the named array the first one here is, where only some are looked at.

    Raises
    ------
    ValueError
        With the number of bad entries and the index and value of the first.
    """
    if has_finite_sum(array):
        return
    where, count, rows = None, 0, slice(None)
    for top in range(0, len(array), ROWS_AT_ONCE):  # not all at once: they may be more than memory
        bad = ~np.isfinite(array[top : top + ROWS_AT_ONCE])
        found = int(np.count_nonzero(bad))
        if found and where is None:
            row, *others = (int(i) for i in np.argwhere(bad)[0])
            where, rows = (top + row, *others), slice(top, top + ROWS_AT_ONCE)
        count += found
    if where is not None:
        place = ", ".join(map(str, (first_row + where[0], *where[1:])))
        others = "" if count == 1 else f" ({count} such entries in all)"
        raise ValueError(
            f"{name}[{place}] is {array[where]}{others}; expected finite numbers. "
            f"{_finite_mend(array if name == 'F' else array[rows], name)}"
        )


def _finite_mend(array, name):
    """Return the mend for an array with NaN or ±inf in it."""
    real = array.real
    if name == "F" and np.isneginf(real).any() and not (np.isnan(real) | np.isposinf(real)).any():
        if np.isneginf(real).all(axis=-1).any():
            return "A row of −inf leaves no class possible: leave that sample out."
        low = "-6e4" if real.dtype == np.float16 else "-1e30"
        return (
            f"Does −inf mask a class? np.maximum(F, {low}) gives it the probability 0 too. Else "
            f"look for an overflow or a division by zero in the step before."
        )
    if name in ("X", "X_val") and np.isnan(real).any():
        return (
            "Is a value missing? Leave that sample out, or fill it. Else look for an overflow or "
            "a division by zero in the step before."
        )
    return "Look for an overflow or a division by zero in the step before."


def has_finite_sum(array):
    """Tell whether the sum of all entries is finite: then every entry is.

    It takes one pass and no copy. False proves nothing, since a sum of finite numbers can
    overflow; that it does is no matter for a warning, so call it within ``np.errstate``.

    Parameters
    ----------
    array : ndarray, any shape
        Numbers of a floating or complex type.

    Returns
    -------
    bool
    """
    return cmath.isfinite(np.add.reduce(array, axis=None))


def check_model(X, W, b=None):
    """Return ``X``, ``W`` and ``b`` checked against each other, in one floating type.

    Parameters
    ----------
    X : array_like, shape (N, D)
    W : array_like, shape (D, C)
    b : array_like, shape (C,), optional

    Returns
    -------
    X, W, b : ndarray
        ``b`` is None if it was left out.

    Raises
    ------
    TypeError, ValueError
        If one of them is not a finite array of numbers, or their shapes do not fit.
    """
    X, W, b = _check_shapes(X, W, b)
    require_finite_model(X, W, b)
    return X, W, b


def check_problem(X, y, W, b, strength, *, as_stored=False, whole_as=np.float64, any_label=False):
    """Return data, labels, model and λ checked against each other, for a loss.

    Whether X, W and b are finite is left to :func:`softmax_steps.score._finite_scores`, or to the
    blocks of :mod:`softmax_steps.one_pass`: what is not finite in them is not finite in the scores
    either, where one look is enough.

    Parameters
    ----------
    X : array_like, shape (N, D)
    y : array_like of int, shape (N,)
    W : array_like, shape (D, C)
    b : array_like, shape (C,), or None
    strength : float
    as_stored : bool
        True leaves ``X`` in the type in which it is stored, for a function that converts it block
        by block; ``W`` and ``b`` come in the type that all three would have.
    whole_as : type or None
        The floating type for which whole numbers in ``X`` then count; None for that of ``W``
        and ``b``.
    any_label : bool
        True leaves it to the caller whether the labels lie in 0…C−1.

    Returns
    -------
    X, y, W, b, strength
        Arrays in one floating type, integer labels, and λ as a float.

    Raises
    ------
    TypeError, ValueError
        If one of them has the wrong type or shape, a label the wrong range, or λ is not ≥ 0.
    """
    strength = require_strength(strength)
    if not _fits_as_it_is(X, W, b):
        X, W, b = _check_shapes(X, W, b, as_stored=as_stored, whole_as=whole_as)
        _require_room_for_classes(W, "W")
    if not (any_label and _are_labels(y, len(X))):
        y = require_labels(y, len(X), W.shape[1], labels_of="X")
    return X, y, W, b, strength


def require_finite_model(X, W, b=None):
    """Refuse NaN and ±inf in X, W or b, naming the first place.

    Parameters
    ----------
    X : ndarray, shape (N, D)
        One sample per row.
    W : ndarray, shape (D, C)
        Weights.
    b : ndarray, shape (C,), optional
        Biases.

    Raises
    ------
    ValueError
        As :func:`require_finite`.
    """
    require_finite(X, "X")
    require_finite(W, "W")
    if b is not None:
        require_finite(b, "b")


def _fits_as_it_is(X, W, b):
    """Tell whether a model and its data are arrays of one floating type that fit together.

    That is the common case, and with few rows the checks one by one take as long as a product.
    """
    if type(X) is not np.ndarray or type(W) is not np.ndarray or X.ndim != 2 or W.ndim != 2:
        return False
    dtype, (D, C) = X.dtype, W.shape
    fit = dtype.char in "df" and W.dtype is dtype and X.shape[1] == D and X.size and C
    if b is None or not fit:
        return bool(fit)
    return type(b) is np.ndarray and b.dtype is dtype and b.shape == (C,)


def _check_shapes(X, W, b, *, as_stored=False, whole_as=np.float64):
    X = as_array(X, "X", 2, shape_hint="(N, D), one sample per row", as_stored=as_stored)
    W = as_array(W, "W", 2, shape_hint="(D, C), one column per class")
    if X.shape[1] != W.shape[0]:
        raise ValueError(
            f"X has {X.shape[1]} columns (features) but W has {W.shape[0]} rows: W should be "
            f"({X.shape[1]}, C), one row per feature. {_fit_mend(X, W)}"
        )
    if b is not None:
        b = as_array(b, "b", 1, shape_hint=BIASES)
        if len(b) != W.shape[1]:
            raise ValueError(
                f"b has {len(b)} entries but W has {W.shape[1]} columns (classes); expected "
                f"shape ({W.shape[1]},), one bias per class."
            )
    model = (W,) if b is None else (W, b)
    if as_stored:
        whole = X.dtype.kind in "biu"
        stored = np.empty(0, whole_as or W.dtype) if whole else X[:0]
        model = same_float(stored, *model)[1:]
    else:
        X, *model = same_float(X, *model)
    return (X, *model) if b is not None else (X, *model, None)


def _fit_mend(X, W):
    if X.shape[1] == W.shape[1]:
        return "Is W transposed? Then pass W.T."
    if X.shape[0] == W.shape[0]:
        return "Is X transposed? Samples go in rows: pass X.T."
    if X.shape[1] + 1 == W.shape[0]:
        return "Does W carry the bias as its last row? Then split it off, or use fold_bias."
    if X.shape[1] == W.shape[0] + 1:
        return "Does X carry a column of ones for the bias? Then W needs a row for it."
    return "Do both belong to the same data?"


def require_scores(F, *, allow_complex=True):
    """Return ``F`` as an (N, C) array of finite scores, each row in one piece of memory.

    Parameters
    ----------
    F : array_like, shape (N, C)
        One row of scores per sample.
    allow_complex : bool
        False where a complex number has no meaning.

    Returns
    -------
    F : ndarray, shape (N, C)

    Raises
    ------
    TypeError, ValueError
        If ``F`` is not such an array, or has more classes than its type can count.
    """
    shape_hint = "(N, C), one row of scores per sample"
    F = as_array(F, "F", 2, allow_complex=allow_complex, shape_hint=shape_hint)
    require_finite(F, "F")
    _require_room_for_classes(F, "F")
    return np.ascontiguousarray(F)  # a sum down strided float16 memory sticks at 2048


def _require_room_for_classes(array, name):
    if array.dtype == np.float16 and array.shape[1] > 65504:  # the largest float16
        raise ValueError(
            f"{name} has {array.shape[1]} columns; expected at most 65504 classes in float16, "
            f"which holds no larger sum. Pass {name}.astype(np.float32)."
        )


def require_labels(y, n_samples, n_classes, *, labels_of="the scores"):
    """Return ``y`` as an integer vector of ``n_samples`` labels in 0…``n_classes`` − 1.

    Parameters
    ----------
    y : array_like of int, shape (N,)
        True labels.
    n_samples : int or None
        N; None where any number of labels will do.
    n_classes : int
        C.
    labels_of : str
        Whose rows the labels belong to, for the message.

    Returns
    -------
    y : ndarray of int, shape (N,)

    Raises
    ------
    TypeError
        If the labels are not integers.
    ValueError
        If their shape, number or range is wrong.
    """
    if not _are_labels(y, n_samples):
        y = _integer_labels(y, n_samples, n_classes, labels_of)
    if np.minimum.reduce(y) < 0 or np.maximum.reduce(y) >= n_classes:  # faster than to compare all
        i = int(np.argmax((y < 0) | (y >= n_classes)))
        raise ValueError(
            f"y[{i}] is {y[i]}; expected a label in 0…{n_classes - 1} for {n_classes} "
            f"classes. {_range_mend(y, n_classes)}"
        )
    return y


def _are_labels(y, n_samples):
    """Tell whether ``y`` is a vector of integers already, one for each sample."""
    return type(y) is np.ndarray and y.dtype.kind in "iu" and y.shape == (n_samples,) and y.size


def _range_mend(y, n_classes):
    """Return the mend for integer labels out of 0…C − 1."""
    below = y[y < 0]
    if below.size and n_classes == 2 and np.all(np.abs(y) == 1):
        return "Are the two classes −1 and 1? Then pass (y + 1) // 2."
    if below.size and (y < n_classes).all():
        if len(set(below.tolist())) == 1:
            return (
                f"Does {below[0]} mark samples without a label? Leave them out: keep = y >= 0, "
                f"then X[keep] and y[keep]."
            )
        return "Labels count from 0: np.unique(y, return_inverse=True) numbers the classes anew."
    if y.min() >= 1 and y.max() == n_classes:
        return "Do your labels count from 1? Then pass y - 1."
    return "Are there more classes than that, or is a label mistyped?"


def _integer_labels(y, n_samples, n_classes, labels_of):
    """Return ``y`` as a vector of integers, one for each sample, of any size."""
    expected = f"one integer label per sample, shape ({'N' if n_samples is None else n_samples},)"
    y = plain_array(y, "y", expected)
    if y.ndim == 0 and y.dtype.kind not in "iu":
        raise TypeError(f"y {_what_came(y)}; expected {expected}. {_scalar_mend(y.item(), 'y')}")
    if y.ndim == 2 and y.shape[1] == n_classes > 1:
        raise ValueError(f"y has shape {y.shape}, {_matrix_mend(y, expected)}")
    if y.ndim != 1:
        raise ValueError(f"y has shape {y.shape}; expected {expected}. {_ndim_mend(y, 'y', 1)}")
    if y.size == 0:
        raise ValueError(
            f"y has shape (0,) and so holds no labels; expected {expected}. "
            f"Was the selection that made it empty?"
        )
    if y.dtype.kind not in "iu":
        raise TypeError(
            f"y holds {y.dtype} values; expected integer class labels "
            f"{f'0…{n_classes - 1}' if n_classes > 1 else 'from 0 up'}. {_label_mend(y)}"
        )
    if n_samples not in (None, len(y)):
        raise ValueError(
            f"y has {len(y)} labels for {n_samples} rows of {labels_of}; expected one label "
            f"per row. Were X and y split or shuffled apart?"
        )
    return y


def _matrix_mend(y, expected):
    """Return the second half of the message for labels with a column for each class."""
    if y.dtype.kind in "biuf" and np.isin(y, (0, 1)).all():
        if (y.sum(axis=1) == 1).all():
            return (
                f"which looks one-hot; expected {expected}. np.argmax(y, axis=1) turns one-hot "
                f"rows into labels."
            )
        i = int(np.argmax(y.sum(axis=1) != 1))
        return (
            f"which looks one-hot, but row {i} holds {int(y[i].sum())} ones; expected {expected}. "
            f"Each sample has one class here."
        )
    return (
        f"and is not one-hot; expected {expected}. Are they probabilities, or scores? "
        f"np.argmax(y, axis=1) keeps the likeliest class alone and loses the rest."
    )


def _label_mend(y):
    """Return the mend for labels that are no integers."""
    kind = y.dtype.kind
    if kind == "f" and np.isnan(y).any():
        return "NaN is no label: keep = ~np.isnan(y), then X[keep] and y[keep].astype(int)."
    if kind in "bf":
        bounded = kind == "b" or (np.isfinite(y).all() and np.abs(y).max() < 2**53)
        if bounded and (y == np.floor(y)).all():
            return "They are whole numbers: np.asarray(y).astype(int) converts them."
        return "They are no whole numbers: are they scores, probabilities or measurements?"
    if kind == "O" and any(label is None or label != label for label in y):
        return "A label is missing: leave those samples out of X and y."
    if kind == "O" and all(isinstance(label, Real) and label == int(label) for label in y):
        return "They are whole numbers: np.asarray(y).astype(int) converts them."
    if kind == "c":
        return "Are they scores? np.argmax takes the likeliest class of real ones."
    return "np.unique(y, return_inverse=True) numbers the names."


def require_strength(strength):
    """Return the regularization strength λ as a float: finite and not negative.

    Parameters
    ----------
    strength : float
        λ.

    Returns
    -------
    float

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

    Parameters
    ----------
    learning_rate : float
        η.

    Returns
    -------
    float

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
            f"learning_rate is {eta}; expected a finite η > 0, a number above 0 such as 0.1. The "
            f"minus sign of the descent is in the update, which already subtracts: W − η ∂L/∂W."
        )
    return eta


def require_step(step, name="step"):
    """Return a step h, or a tolerance, as a float: finite and above 0.

    Parameters
    ----------
    step : float
        h, or a tolerance.
    name : str
        The argument's name, for the message.

    Returns
    -------
    float

    Raises
    ------
    TypeError
        If it is not a single real number.
    ValueError
        If it is 0, negative, NaN or infinite.
    """
    step = _one_real(step, name, "above 0, such as 1e-6")
    if not (math.isfinite(step) and step > 0):
        raise ValueError(f"{name} is {step:g}; expected a finite number above 0, such as 1e-6.")
    return step


def require_count(value, name, *, whole="a whole number", one="1", mend=""):
    """Return a count as an int of at least 1.

    Parameters
    ----------
    value : int
    name : str
        The argument's name, for the message.
    whole, one : str
        What is expected, for the message, with the name of what is counted.
    mend : str
        How to get the number, for the message.

    Returns
    -------
    int

    Raises
    ------
    TypeError
        If it is no whole number.
    ValueError
        If it is below 1.
    """
    mend = f" {mend}" if mend else ""
    try:
        count = operator.index(value)
    except TypeError:
        raise TypeError(f"{name} is {value!r:.60}; expected {whole}, such as 10.{mend}") from None
    if count < 1:
        raise ValueError(f"{name} is {count}; expected at least {one}.{mend}")
    return count


def require_block_rows(block_rows):
    """Return the number of rows in a block as an int of at least 1, or None as it is.

    Parameters
    ----------
    block_rows : int or None
        Rows that are computed together; None leaves the choice to the function.

    Returns
    -------
    int or None

    Raises
    ------
    TypeError, ValueError
        As :func:`require_count`.
    """
    if block_rows is None:
        return None
    return require_count(
        block_rows,
        "block_rows",
        whole="a whole number of rows",
        one="1 row",
        mend="Leave it out to let the function choose.",
    )


def require_scale(scale):
    """Return the scale of the features as a float, finite and not 0, or None as it is.

    Parameters
    ----------
    scale : float or None
        What the stored numbers are multiplied by.

    Returns
    -------
    float or None

    Raises
    ------
    TypeError, ValueError
        If it is no real number, 0, NaN or infinite.
    """
    if scale is None:
        return None
    scale = _one_real(scale, "scale", "other than 0, such as 1/255 for bytes")
    if not math.isfinite(scale) or scale == 0:
        raise ValueError(
            f"scale is {scale}; expected a finite number other than 0, such as 1/255 for the "
            f"bytes of a picture. Leave it out to take X as it is."
        )
    return scale


def require_class_count(n_classes):
    """Return the number of classes C as an int of at least 1.

    Parameters
    ----------
    n_classes : int
        C.

    Returns
    -------
    int

    Raises
    ------
    TypeError, ValueError
        As :func:`require_count`.
    """
    return require_count(
        n_classes,
        "n_classes",
        whole="a whole number of classes",
        one="1 class",
        mend="For labels y, int(np.max(y)) + 1 counts them.",
    )


def require_batch_size(batch_size, n_samples):
    """Return the number of rows per step as an int in 1…``n_samples``.

    Parameters
    ----------
    batch_size : int
        Rows per step, B.
    n_samples : int
        N, the number of rows there are.

    Returns
    -------
    int

    Raises
    ------
    TypeError, ValueError
        If it is no whole number, or out of that range.
    """
    batch_size = require_count(batch_size, "batch_size")
    if batch_size > n_samples:
        raise ValueError(
            f"batch_size is {batch_size} but X has {n_samples} rows; expected 1…{n_samples}. "
            f"For plain gradient descent pass batch_size={n_samples}."
        )
    return batch_size


def require_rng(rng):
    """Return ``rng`` if it is a random generator.

    Parameters
    ----------
    rng : numpy.random.Generator
        What shall draw at random.

    Returns
    -------
    numpy.random.Generator

    Raises
    ------
    TypeError
        If it is anything else, such as a seed.
    """
    if not isinstance(rng, np.random.Generator):
        raise TypeError(
            f"rng is {rng!r:.60}; expected a random generator. Make one with "
            f"np.random.default_rng(0)."
        )
    return rng


def require_function(f, name, expected):
    """Return ``f`` if it can be called; ``expected`` says for what, in the message.

    Parameters
    ----------
    f : callable
        What shall be called.
    name : str
        The argument's name, for the message.
    expected : str
        What the function is to take, such as ``"of one array"``, for the message.

    Returns
    -------
    callable

    Raises
    ------
    TypeError
        If it is anything else, such as the function's result.
    """
    if not callable(f):
        raise TypeError(
            f"{name} is {f!r:.60}; expected a function {expected}. Was it called already?"
        )
    return f


def _one_real(value, name, expected):
    if type(value) is float:
        return value
    came = value
    if isinstance(value, np.ndarray) and value.ndim == 0 and not np.ma.is_masked(value):
        value = value.item()
    if not isinstance(value, Real) or isinstance(value, bool | np.bool_):
        raise TypeError(
            f"{name} is {came!r:.60}; expected one real number {expected}. {_number_mend(came)}"
        )
    try:
        return float(value)
    except OverflowError:
        raise ValueError(
            f"{name} is beyond 1.8e308, the largest float64; expected one real number {expected}. "
            f"Is a decimal point or an exponent mistyped?"
        ) from None


def _number_mend(value):
    """Return the mend for what is no real number."""
    if value is None:
        return "Was it left out?"
    if isinstance(value, bool | np.bool_):
        return "True and False are no amounts: write 1.0 or 0.0."
    try:
        if not np.ma.is_masked(value) and np.size(value) == 1 and not np.iscomplexobj(value):
            return f"Write {float(np.ravel(value)[0])!r}, the number that it holds."
    except (TypeError, ValueError, OverflowError):
        pass
    return "Was an array or a text passed where one number belongs?"


def is_named_tuple(value):
    """Tell whether ``value`` is a NamedTuple, such as the parameters of a model.

    Parameters
    ----------
    value : object
        Anything.

    Returns
    -------
    bool
    """
    return isinstance(value, tuple) and hasattr(value, "_fields")


def same_float(*arrays):
    """Return the arrays converted to the widest floating type among them.

    Parameters
    ----------
    *arrays : ndarray
        Of floating or complex types.

    Returns
    -------
    tuple of ndarray
    """
    for array in arrays:
        if array.dtype is not arrays[0].dtype:
            break
    else:  # nothing to convert: the common case
        return arrays
    dtype = np.result_type(*arrays)
    return tuple(array.astype(dtype, copy=False) for array in arrays)


def widen(array):
    """Return float16 as float32, which holds 1/N and long sums; any other type as it is.

    Parameters
    ----------
    array : ndarray
        Of a floating or complex type.

    Returns
    -------
    ndarray
    """
    return array.astype(np.float32) if array.dtype == np.float16 else array


def mean_over_parts(kernel, F, X, y, W, *rest):
    """Return a kernel's loss and gradient, in the type of ``W``, for any number of samples.

    Where float64 computes, that is the kernel called once. Below it long sums lose digits, so
    the kernel gets some rows at a time. Its results are means over the samples, and so is the mean
    of the parts' results, weighted by their sizes; float64 adds it up.

    Parameters
    ----------
    kernel : callable
        Called as ``kernel(F, X, y, W, *rest)``; it returns a NamedTuple of the loss and arrays.
    F : ndarray, shape (N, C)
    X : ndarray, shape (N, D)
    y : ndarray of int, shape (N,)
    W : ndarray, shape (D, C)
    *rest
        What else the kernel takes.

    Returns
    -------
    NamedTuple
        As ``kernel`` returns it.
    """
    if W.dtype.itemsize >= 8:
        return kernel(F, X, y, W, *rest)
    starts = range(0, len(y), ROWS_AT_ONCE)
    parts = [slice(start, start + ROWS_AT_ONCE) for start in starts]
    results = [kernel(F[rows], X[rows], y[rows], W, *rest) for rows in parts]
    loss, *gradient = results[0]
    if len(parts) > 1:
        shares = [len(y[rows]) / len(y) for rows in parts]
        loss, *gradient = (
            sum(share * np.float64(part) for share, part in zip(shares, values, strict=True))
            for values in zip(*results, strict=True)
        )
    narrow = (part.astype(W.dtype, copy=False) for part in gradient)
    return type(results[0])(float(loss), *narrow)


@np.errstate(over="ignore")  # then the terms are made smaller first
def finite_mean(values):
    """Return the mean as a Python number, also where the sum alone would overflow.

    Parameters
    ----------
    values : ndarray, shape (N,)
        Of a floating or complex type.

    Returns
    -------
    float or complex
    """
    mean = np.add.reduce(values).item() / len(values)  # faster than values.mean()
    return mean if cmath.isfinite(mean) else np.add.reduce(values / len(values)).item()


def rounding_of(array):
    """Return the relative rounding, ε, of the numbers in ``array``.

    float32 numbers that came by way of a list, or of another library, to a float64 array still
    have the rounding of float32.

    Parameters
    ----------
    array : ndarray
        Of a floating or complex type.

    Returns
    -------
    float
    """
    real = array.real
    with np.errstate(over="ignore"):
        narrow = real.dtype == np.float64 and np.array_equal(real, real.astype(np.float32))
    return float(np.finfo(np.float32 if narrow else real.dtype).eps)


@np.errstate(over="ignore", invalid="ignore")
def sums_to_one(array, *, axis=1):
    """Tell whether all sums are about 1, for a message that guesses what came.

    Parameters
    ----------
    array : ndarray, shape (N, C)
        Of a floating type.
    axis : int
        1 to add up each row, 0 each column.

    Returns
    -------
    bool
    """
    return bool(np.all(np.abs(array.sum(axis=axis, dtype=np.float64) - 1) < 1e-2))
