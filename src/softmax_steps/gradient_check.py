"""The gradient check: is the formula's gradient the slope? Chapter ``book/06_gradient.md``.

Two ways to measure a slope without knowing its formula, and a report that compares. All three
take one array, or the parameters of a whole model as a NamedTuple of arrays.
"""

import math
from dataclasses import dataclass, replace

import numpy as np

from softmax_steps.checks import (
    as_array,
    is_named_tuple,
    plain_array,
    require_finite,
    require_function,
    require_labels,
    require_step,
    require_strength,
)
from softmax_steps.slips import SLIPS
from softmax_steps.softmax import one_hot

SMALLEST_SCALE = 1e-4  # below it, the rounding of central differences would count as an error


def numerical_gradient(f, x, *, step=None):
    r"""Measure the gradient of ``f`` at ``x`` by central differences, one entry at a time.

    .. math:: \frac{\partial f}{\partial x_k} \approx \frac{f(x + h e_k) - f(x - h e_k)}{2h}

    The formula's own error shrinks like h², the rounding error grows like ε/h (ε ≈ 2.2e-16
    is the spacing of float64 at 1). They balance near h = ε^(1/3) ≈ 6e-6, and about ten
    digits of the slope remain.

    Parameters
    ----------
    f : callable
        Takes what ``x`` is, and returns one number, or a NamedTuple that begins with a ``loss``.
    x : array_like, any shape, or NamedTuple of array_like
        Where to measure; converted to float64, never changed.
    step : float, optional
        h > 0, the same for every entry. Default: ε^(1/3) · max(1, \|x_k\|).

    Returns
    -------
    ndarray of float64, the shape of ``x``, or a NamedTuple of such
        In the unit of ``f`` per unit of ``x``.

    Raises
    ------
    TypeError, ValueError
        If ``f`` does not return one finite real number, ``x`` holds no finite numbers, or
        the step is not positive or too small to move an entry.

    Examples
    --------
    >>> numerical_gradient(lambda x: (x**2).sum(), [1.0, -2.0]).round(6)
    array([ 2., -4.])

    For a model with several arrays, measured all at once:

    >>> from softmax_steps import LinearParams, loss
    >>> params = LinearParams(W=[[1, 0, 1], [0, 1, -1]], b=[0, 1, 0])
    >>> X, y = [[1, 2], [3, -1]], [1, 0]
    >>> slopes = numerical_gradient(lambda p: loss(X, y, *p, strength=0.1), params)
    >>> slopes.b.round(3)
    array([-0.309, -0.06 ,  0.369])
    """
    _require_loss(f)
    step = None if step is None else require_step(step)
    return _measure(_central_differences, f, x, step)


def _central_differences(f, x, step, name):
    default = np.finfo(np.float64).eps ** (1 / 3) * np.maximum(1.0, np.abs(x))
    steps = default if step is None else np.full(x.shape, step)
    slope = np.empty_like(x)
    for k in np.ndindex(x.shape):
        above, below = x.copy(), x.copy()
        above[k] += steps[k]
        below[k] -= steps[k]
        moved = above[k] - below[k]  # what rounding left of 2h
        if moved == 0:
            raise ValueError(
                f"step is {steps[k]:g}, too small to move {_entry(name, k)} = {x[k]:g}; leave it "
                f"out for one that fits."
            )
        entry = _entry(name, k)
        slope[k] = (_number(f(above), entry) - _number(f(below), entry)) / moved
    return slope


def complex_step_gradient(f, x, *, step=1e-30):
    r"""Measure the gradient of ``f`` at ``x`` through the imaginary part: exact to rounding.

    .. math:: \frac{\partial f}{\partial x_k} \approx \frac{\operatorname{Im} f(x + ihe_k)}{h}

    There is no difference of two close numbers, so nothing cancels and h may be tiny; the
    formula's own error, of order h², vanishes. The price: ``f`` must let complex numbers
    through and be built from smooth formulas (exp, log, products, sums). A step such as
    ``abs``, ``.real`` or ``np.linalg.norm`` loses the imaginary part, and with it the slope.

    Parameters
    ----------
    f : callable
        Takes what ``x`` is, in complex128, and returns one complex number, or a NamedTuple that
        begins with such a ``loss``.
    x : array_like, any shape, or NamedTuple of array_like
        Where to measure; real numbers, never changed.
    step : float
        h > 0.

    Returns
    -------
    ndarray of float64, the shape of ``x``, or a NamedTuple of such
        In the unit of ``f`` per unit of ``x``.

    Raises
    ------
    TypeError, ValueError
        If ``f`` returns a real number (the imaginary part was lost on the way) or more
        than one number, or ``x`` or ``step`` is invalid.

    Examples
    --------
    >>> complex_step_gradient(lambda x: np.exp(x).sum(), [0.0, 1.0])
    array([1.        , 2.71828183])

    The whole loss lets complex weights through:

    >>> from softmax_steps import loss
    >>> X, y, W = [[1, 2], [3, -1]], [1, 0], [[1, 0, 1], [0, 1, -1]]
    >>> b = [0, 1, 0]
    >>> complex_step_gradient(lambda W: loss(X, y, W, b, strength=0.1), W).round(3)
    array([[-0.943, -0.047,  1.19 ],
           [ 0.485, -0.04 , -0.445]])
    """
    _require_loss(f)
    return _measure(_complex_steps, f, x, require_step(step))


def _complex_steps(f, x, step, name):
    slope = np.empty_like(x)
    for k in np.ndindex(x.shape):
        z = x.astype(np.complex128)
        z[k] += 1j * step
        slope[k] = _number(f(z), _entry(name, k), kind="complex").imag / step
    return slope


def _measure(method, f, x, step):
    """Measure at one array, or at each array of a NamedTuple while the others stay."""
    if not is_named_tuple(x):
        return method(f, _real_array(x, "x"), step, "x")
    params = x._make(map(_real_array, x, x._fields))
    slopes = []
    for name, array in params._asdict().items():

        def f_of_one(moved, name=name):
            return f(params._replace(**{name: moved}))

        slopes.append(method(f_of_one, array, step, name))
    return params._make(slopes)


@dataclass(frozen=True, repr=False)
class GradientReport:
    """What :func:`compare_gradients` found. Printed, it is three short lines; true if passed.

    ``name`` is that of the array with the largest error, where several were compared.
    """

    passed: bool
    relative_error: float
    tolerance: float
    worst: tuple | None
    analytic_value: float
    numeric_value: float
    slip: str | None
    name: str = ""

    def __bool__(self):
        return self.passed

    def __str__(self):
        verdict = "agree" if self.passed else "differ"
        where = f", most in {self.name}" if self.name and not self.passed else ""
        lines = [
            f"The gradients {verdict}{where}: relative error {self.relative_error:.1e}, "
            f"tolerance {self.tolerance:.0e}."
        ]
        if self.worst is not None:
            lines.append(
                f"Largest difference at {_entry(self.name, self.worst)}: "
                f"analytic {self.analytic_value:.6g}, numerical {self.numeric_value:.6g}."
            )
        if self.slip is not None:
            lines.append(f"Likely slip: {self.slip}")
        elif not self.passed:
            lines.append("No common slip explains it. Begin with that entry, by hand.")
        return "\n".join(lines)

    __repr__ = __str__


def compare_gradients(analytic, numeric, *, X=None, y=None, W=None, strength=None, tolerance=1e-6):
    r"""Compare a gradient from a formula with a measured one, and name the likely slip.

    .. math:: \text{relative error} =
        \frac{\max_k |a_k - n_k|}{\max(\max_k |a_k|,\ \max_k |n_k|,\ 10^{-4})}

    One scale for all entries, so that an entry near 0 does not turn rounding into an
    error; the 1e-4 does the same for a gradient that is nearly 0 as a whole.

    Parameters
    ----------
    analytic : array_like or NamedTuple of array_like
        The gradient to check: ∂L/∂W (D, C), ∂L/∂b (C,), ∂L/∂F (N, C) or any other; or those of
        a whole model, such as what ``loss_and_gradient`` returns.
    numeric : array_like, the same shape, or NamedTuple of such
        From :func:`numerical_gradient` or :func:`complex_step_gradient`.
    X : array_like, shape (N, D), optional
    y : array_like of int, shape (N,), optional
    W : array_like, shape (D, C), or NamedTuple of array_like, optional
    strength : float, optional
        The data, the weights and λ behind the gradient. The comparison does not need
        them; some slips can only be recognised with them. Of a whole model's parameters those
        with two axes are taken to be penalised.
    tolerance : float
        The largest relative error that passes.

    Returns
    -------
    GradientReport
        ``passed``, ``relative_error``, the index ``worst`` of the largest difference and
        the two values there, and ``slip``: a sentence, or None. Of several arrays the one with
        the largest relative error is reported; its ``name`` says which.

    Raises
    ------
    TypeError, ValueError
        If the two shapes do not fit, or an input is not made of finite numbers.

    Examples
    --------
    >>> compare_gradients([[2.0, -4.0, 6.0]], [[1.0, -2.0, 3.0]], X=[[1.0], [5.0]])
    The gradients differ: relative error 5.0e-01, tolerance 1e-06.
    Largest difference at [0, 2]: analytic 6, numerical 3.
    Likely slip: everything is N = 2 times too large: the division by N is missing.
    (N is 2 here, so it may as well be a stray factor 2.)
    """
    tolerance = require_step(tolerance, "tolerance")
    X, y, W, strength = _require_origin(X, y, W, strength)
    if is_named_tuple(numeric):
        return _worst_report(analytic, numeric, X, y, W, strength, tolerance)
    return _report(analytic, numeric, X, y, W, strength, tolerance)


def _require_origin(X, y, W, strength):
    """Return the data, labels, weights and λ behind a gradient, each checked if it is there."""
    if X is not None:
        X = as_array(X, "X", 2, allow_complex=False, shape_hint="(N, D), one sample per row")
        require_finite(X, "X")
    if y is not None:
        y = plain_array(y, "y")
        n_classes = int(y.max()) + 1 if y.dtype.kind in "iu" and y.size else 1
        y = require_labels(y, None if X is None else len(X), max(n_classes, 1), labels_of="X")
    if W is not None and not is_named_tuple(W):
        W = _real_array(W, "W")
    return X, y, W, None if strength is None else require_strength(strength)


def _worst_report(analytic, numeric, X, y, W, strength, tolerance):
    """Report on the array whose gradients differ most, as a share of their size."""
    names = numeric._fields
    if is_named_tuple(analytic) and analytic._fields[0] == "loss":
        analytic = analytic[1:]
    if not isinstance(analytic, tuple) or len(analytic) != len(names):
        count = f"{len(analytic)} arrays" if isinstance(analytic, tuple) else "one array"
        raise TypeError(
            f"analytic is {count}; expected a gradient for each of {', '.join(names)}, in this "
            f"order, as loss_and_gradient returns them."
        )
    weights = W if is_named_tuple(W) else (W,) * len(names)
    reports = []
    for name, a, n, w in zip(names, analytic, numeric, weights, strict=True):
        penalised = w if np.ndim(w) == 2 else None  # of biases, λ asks nothing
        report = _report(a, n, X, y, penalised, strength, tolerance, name)
        reports.append(replace(report, name=name))
    return max(reports, key=lambda report: report.relative_error)


@np.errstate(over="ignore", invalid="ignore")  # a slip whose gradient overflows explains nothing
def _report(analytic, numeric, X, y, W, strength, tolerance, name=""):
    """Compare two arrays, whose values stand under ``name`` in what was passed."""
    label = f" for {name}" if name else ""
    analytic = _real_array(analytic, f"analytic{label}")
    numeric = _real_array(numeric, f"numeric{label}")
    if analytic.shape != numeric.shape:
        return _compare_shapes(analytic, numeric, tolerance)
    error = _relative_error(analytic, numeric)
    worst = tuple(int(k) for k in np.unravel_index(_gap(analytic, numeric).argmax(), numeric.shape))
    passed = error <= tolerance
    slip = None
    if not passed:
        N = _sample_count(X, y)
        sentences = [
            _diagnosis(name, N)
            for name, expected in _wrong_gradients(numeric, X, y, W, strength)
            if _explains(expected, analytic, numeric, tolerance)
        ]
        sentences = sentences or _constant_factor(analytic, numeric, tolerance)
        slip = " Or: ".join(sentences) or None
    return GradientReport(
        passed, error, tolerance, worst, float(analytic[worst]), float(numeric[worst]), slip
    )


def _wrong_gradients(numeric, X, y, W, strength):
    """Yield what the gradient would be under each slip that has a diagnosis, the surest first."""
    n = numeric
    penalty, N = _penalty_gradient(n, W, strength), _sample_count(X, y)
    if n.ndim == 2 and n.shape[0] == n.shape[1]:
        yield "transposed", n.T
    yield "wrong-sign", -n
    yield "never-filled", np.zeros_like(n)
    if N is not None and N > 1:
        yield "times-n", N * n
        yield "divided-twice", n / N
    if penalty is not None:
        data = n - penalty
        yield "data-sign", -data + penalty
        if N is not None and N > 1:
            yield "missing-mean", N * data + penalty
            yield "penalty-in-the-mean", data + penalty / N
        yield "penalty-factor-two", data + 2 * penalty
        yield "penalty-missing", data
        yield "penalty-sign", data - penalty
        yield "penalty-halved", data + penalty / 2
    for missing in _one_hot_parts(n, X, y):
        yield "one-hot-left", n + missing
        yield "one-hot-added", n + 2 * missing


def _diagnosis(slip, N):
    """Return the sentence of :data:`softmax_steps.slips.SLIPS` for one slip."""
    sentence = SLIPS[slip].diagnose(N=N)
    if slip == "times-n" and N == 2:  # the factor alone cannot tell the two apart
        sentence += " (N is 2 here, so it may as well be a stray factor 2.)"
    return sentence


def _explains(expected, analytic, numeric, tolerance):
    """Tell whether a slip accounts for the analytic gradient, and for nearly all that differs."""
    rest = _gap(analytic, expected).max()
    enough = rest <= 0.01 * _gap(analytic, numeric).max()
    return enough and _relative_error(analytic, expected) <= tolerance


def _constant_factor(analytic, numeric, tolerance):
    """Return a list with one sentence if all entries differ by one factor, else none."""
    size = np.abs(numeric).max()
    if numeric.size < 3 or size == 0:  # of one or two entries, the factor says too little
        return []
    unit = numeric / size  # its squares do not overflow
    ratio = np.sum(analytic / size * unit) / np.sum(unit * unit)
    if not _explains(ratio * numeric, analytic, numeric, tolerance):
        return []
    whole = round(ratio)
    hint = ""
    if whole >= 2 and math.isclose(ratio, whole, rel_tol=1e-5):
        ratio, hint = whole, f" If there are N = {whole} samples, the division by N is missing."
    return [f"every entry is {ratio:.6g} times what it should be: a constant factor.{hint}"]


def _compare_shapes(analytic, numeric, tolerance):
    """Report a transposed gradient; refuse any other shape."""
    if analytic.T.shape != numeric.shape:
        raise ValueError(
            f"analytic has shape {analytic.shape} but numeric has shape {numeric.shape}; expected "
            f"the same: a gradient has the shape of what it is the gradient of."
        )
    rest = _relative_error(analytic.T, numeric)
    mend = (
        "its transpose fits."
        if rest <= tolerance
        else f"and its transpose still differs (relative error {rest:.1e})."
    )
    slip = f"it is transposed: shape {analytic.shape} for {numeric.shape}; {mend}"
    return GradientReport(False, math.inf, tolerance, None, math.nan, math.nan, slip)


def _gap(a, n):
    return np.abs(a / 2 - n / 2)  # half the difference, which does not overflow


def _relative_error(a, n):
    scale = max(np.abs(a).max(), np.abs(n).max(), SMALLEST_SCALE)
    return float(_gap(a, n).max() / (scale / 2))


def _penalty_gradient(n, W, strength):
    """Return λW if W belongs to this gradient and λW is not 0, else None."""
    if W is None or strength is None:
        return None
    penalty = strength * _real_array(W, "W")
    return penalty if penalty.shape == n.shape and penalty.any() else None


def _sample_count(X, y):
    if X is not None:
        return len(X)
    return None if y is None else len(y)


def _one_hot_parts(n, X, y):
    """Return what Y/N contributes to the gradient, for each kind whose shape fits."""
    if y is None or n.ndim == 0 or np.max(y) >= n.shape[-1]:
        return []  # the columns are no classes: a hidden layer, say
    N, C = np.size(y), n.shape[-1]
    Y = one_hot(y, C) / N
    parts = [Y, Y.sum(axis=0)]
    if X is not None:
        parts.append(X.T @ Y)
    return [part for part in parts if part.shape == n.shape]


def _real_array(value, name):
    try:
        ndim = np.ndim(value)
    except ValueError:  # ragged: as_array says so in plain words
        ndim = 2
    array = as_array(value, name, ndim, allow_complex=False, shape_hint="an array of real numbers")
    require_finite(array, name)
    return array.astype(np.float64)


def _require_loss(f):
    require_function(f, "f", "of one array, such as lambda W: loss(X, y, W, b)")


def _number(value, entry, *, kind="real"):
    """Return the number that f gave with ``entry`` moved; refuse what is none."""
    if is_named_tuple(value) and value._fields[0] == "loss":
        value = value.loss
    try:
        array = np.asarray(value)
    except ValueError:
        array = np.array(None)
    if array.ndim or array.dtype.kind not in "biufc":
        what = f"an array of shape {array.shape}" if array.ndim else f"a {type(value).__name__}"
        raise TypeError(
            f"f returned {what}; expected one number. Of losses take the mean; of "
            f"a loss with its gradient take the loss."
        )
    if kind == "real" and array.dtype.kind == "c":
        raise TypeError(
            f"f returned the complex number {value}; expected a real one. "
            f"Does f hold complex arrays? complex_step_gradient is for those."
        )
    if kind == "complex" and array.dtype.kind != "c":
        raise TypeError(
            f"f returned the real number {value}: the imaginary part, which carries the slope, "
            f"was lost on the way; expected a complex number. Look for float(), abs(), .real "
            f"or an array of float64 that f fills."
        )
    number = array.item()
    if not np.isfinite(number):
        raise ValueError(
            f"f returned {number} with {entry} moved by a step; expected a finite "
            f"number. Is x at the edge of where f is defined?"
        )
    return number


def _entry(name, k):
    return f"{name}[{', '.join(map(str, k))}]" if k else name or "the number"
