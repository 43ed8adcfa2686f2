"""The way from scores to probabilities by four methods in three float types, broken or not.

Two of the methods are slips; they run where they are kept, in :mod:`softmax_steps.mistakes`.
"""

import functools
from decimal import Decimal, localcontext

import numpy as np

from softmax_steps.mistakes import whole_matrix_shift
from softmax_steps.overflow_guard import _shift_scores

DTYPES = ("float16", "float32", "float64")
METHODS = {
    "unguarded": "no guard",
    "whole-matrix": "whole-matrix guard",
    "row": "row guard",
    "log-softmax": "log-softmax",
}


def working(F, dtype, method):
    """Return every step from scores to probabilities as NumPy computes it, broken or not.

    Parameters
    ----------
    F : array_like of int, shape (N, C)
    dtype : str
        The float type of everything that follows.
    method : str
        One of ``METHODS``.

    Returns
    -------
    dict of str to ndarray
        ``score``, ``shifted``, ``exponential``, ``sum``, with log-softmax ``logarithm``, and
        ``result``: probabilities, or log-probabilities with log-softmax.
    """
    with np.errstate(all="ignore"):
        F = np.array(F, dtype=dtype)
        if method == "unguarded":
            shifted = F
        elif method == "whole-matrix":
            shifted = whole_matrix_shift(F)
        else:  # the kernel, since shift_scores refuses scores that are inf already
            shifted = _shift_scores(F)
        E = np.exp(shifted)
        total = E.sum(axis=1, keepdims=True)
        steps = {"score": F, "shifted": shifted, "exponential": E, "sum": total}
        if method == "log-softmax":
            logarithm = np.log(total)
            return {**steps, "logarithm": logarithm, "result": shifted - logarithm}
        return {**steps, "result": E / total}


def rows_of(steps):
    """Return the steps of each row by themselves.

    Parameters
    ----------
    steps : dict of str to ndarray, shape (N, …)
        From :func:`working`.

    Returns
    -------
    list of dict
        One for each row of the matrices.
    """
    return [dict(zip(steps, row, strict=True)) for row in zip(*steps.values(), strict=True)]


def verdicts(steps, dtype, method):
    """Return for each row where it breaks first, and its verdict.

    Parameters
    ----------
    steps : dict of str to ndarray
        From :func:`working`.
    dtype, method : str

    Returns
    -------
    list of (first, verdict)
        ``first`` is (step, column) of the first ``inf`` or ``nan``, or None; a shifted score
        of −inf counts only with log-softmax, for e^−inf is 0, as it should be. ``verdict`` is
        ``"right"``; ``"wrong"``: finite, and farther from float64's row guard than eight of
        the type's roundings and one of its smallest steps; ``"inf"``; or ``"nan"``.
    """
    endings = []
    for row in rows_of(steps):
        bad = {step: ~np.isfinite(values) for step, values in row.items()}
        if method != "log-softmax":
            bad["shifted"] = np.isnan(row["shifted"])
        first = next((step for step in row if bad[step].any()), None)
        if first:
            column = int(np.argmax(bad[first]))
            nan = np.isnan(row["result"]).any()
            endings.append(((first, column), "nan" if nan else "inf"))
            continue
        is_log = method == "log-softmax"
        guarded = working(row["score"][np.newaxis], "float64", method if is_log else "row")
        right = guarded["result"][0]
        limits = np.finfo(dtype)
        scale = np.maximum(1, -right) if is_log else right
        allowed = 8 * float(limits.eps) * scale + float(limits.smallest_subnormal)
        wrong = (np.abs(row["result"] - right) / allowed > 1).any()
        endings.append((None, "wrong" if wrong else "right"))
    return endings


def walls(dtype):
    r"""Return between which exponents a float type can store e^f, and where it begins to fade.

    Parameters
    ----------
    dtype : str
        One of ``DTYPES``.

    Returns
    -------
    (low, fades, high) : tuple of float
        Below ``low`` e^f is stored as 0, below ``fades`` as a subnormal number with fewer digits,
        above ``high`` as inf.

    Examples
    --------
    >>> [round(wall, 2) for wall in walls("float16")]
    [-17.33, -9.7, 11.09]
    """
    limits = np.finfo(dtype)
    smallest, normal, largest = (
        float(limit) for limit in (limits.smallest_subnormal, limits.smallest_normal, limits.max)
    )
    low = np.log(smallest) - np.log(2)  # half the smallest is still rounded up to it
    return float(low), float(np.log(normal)), float(np.log(largest))


@functools.cache
def library_corrections(dtype):
    """Return where NumPy's exp and log are not the correctly rounded ones, and by how much.

    Parameters
    ----------
    dtype : str
        One of ``DTYPES``.

    Returns
    -------
    dict
        ``first`` and ``last``: the whole numbers n between which e^n is neither 0 nor inf.
        ``exp`` and ``log``: pairs of an argument and a difference in units of the last place.
        ``log`` covers every sum that three guarded exponentials can have.
    """
    with np.errstate(all="ignore"), localcontext(prec=60):
        n = np.arange(-800, 800).astype(dtype)
        E = np.exp(n)
        stored = (E > 0) & np.isfinite(E)
        n, E = n[stored], E[stored]
        exact_E = np.array([float(Decimal(int(k)).exp()) for k in n]).astype(dtype)
        # Beside a 1, nothing below e^-75 reaches the sum, not even through the other two.
        small = np.exp(-np.arange(76).astype(dtype))
        one, a, b = (v.ravel() for v in np.meshgrid(small[:1], small, small))
        rows = np.concatenate([np.stack(row, axis=1) for row in ((one, a, b), (a, b, one))])
        sums = np.unique(rows.sum(axis=1))
        exact_log = np.array([float(Decimal(float(s)).ln()) for s in sums]).astype(dtype)
        return {
            "first": int(n[0]),
            "last": int(n[-1]),
            "exp": _differences(n, E, exact_E),
            "log": _differences(sums, np.log(sums), exact_log),
        }


def _differences(arguments, ours, exact):
    wrong = ours != exact
    ulps = (ours[wrong] - exact[wrong]) / np.spacing(exact[wrong])
    return [[float(x), int(u)] for x, u in zip(arguments[wrong], ulps, strict=True)]
