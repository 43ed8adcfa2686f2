"""A compiled way from the scores to their gradient: ``loss_and_gradient(…, kernel="numba")``.

NumPy does one operation on a whole block before it begins with the next, and each is a call. Here
all are done to a few numbers at a time, which stay in the nearest cache, and the block is one call.
It computes what :func:`softmax_steps.one_pass._to_score_gradient` computes, to rounding. What
compiles is numba, which is imported when it is first asked for, by ``softmax-steps[compiled]``.
"""

import math
from decimal import Decimal
from functools import cache

import numpy as np

ROWS_AT_ONCE = 256  # of all of a few classes: as many as the nearest cache holds
FACTORS = 16  # sums from 1 to C, whose product float64 holds, so that they share a logarithm


class Compiled:
    """The compiled kernel for blocks of up to ``rows`` rows, with its room in memory."""

    def __init__(self, dtype, rows, n_classes, *, by_class):
        row_by_row, class_by_class = _compile(dtype.name)
        self.kernel = class_by_class if by_class else row_by_row
        self.by_class = by_class
        self.number = dtype.type
        self.true = np.empty(rows, np.intp)  # of one type whatever the labels', or it compiles anew
        self.sums = np.empty(n_classes, dtype)

    def __call__(self, scores, y, each):
        """Turn scores into ``each`` times P − Y, in their own place.

        Parameters
        ----------
        scores : ndarray, shape (rows, C)
            Row by row or class by class in memory; the first ones are replaced.
        y : ndarray of int, shape (n,)
            The true classes of the first n rows.
        each : float
            The weight of a sample.

        Returns
        -------
        (float, ndarray) or None
            The mean loss, and the sums over the n rows, shape (C,), whose room is used again.
            None where a score, or the loss, is not finite: then ``scores`` is spoiled.
        """
        n = len(y)
        true = self.true[:n]
        true[...] = y
        stored = scores.T if self.by_class else scores
        loss = self.kernel(stored, true, self.number(each), self.sums)
        return (loss / n, self.sums) if math.isfinite(loss) else None


def require_numba():
    """Import numba.

    Returns
    -------
    module

    Raises
    ------
    ImportError
        With the extra that brings it.
    """
    try:
        import numba  # only here: the maths itself needs NumPy alone
    except ImportError as error:
        raise ImportError(
            'kernel="numba" needs numba, which is not installed. Install it '
            '(python -m pip install "softmax-steps[compiled]"), or leave kernel out: NumPy gives '
            "the same numbers."
        ) from error
    return numba


@cache
def _compile(dtype):
    """Return the two kernels for a floating type: for rows, and for few classes, side by side.

    They are compiled when they are first called. "reassoc" lets the compiler add in another order,
    several numbers at once, as NumPy does; none of what is allowed leaves out nan or inf.
    """
    njit = require_numba().njit
    number = np.dtype(dtype).type
    zero, nan = number(0), math.nan
    exp = _compile_exp(njit, number)
    loops = njit(fastmath={"contract", "nsz", "reassoc"}, nogil=True, error_model="numpy")

    # No liberties here: a sum of the best scores less one of the true ones would lose the gaps.
    @njit(nogil=True, forceinline=True)
    def gap(best, true):
        return np.float64(best) - np.float64(true)

    # "nnan" for this loop alone, which runs when all of a row is known to be finite.
    @njit(fastmath={"nnan", "nsz"}, nogil=True, forceinline=True)
    def largest(row):
        best = row[0]
        for c in range(1, row.size):
            best = max(best, row[c])
        return best

    @loops
    def row_by_row(F, y, each, sums):
        C = F.shape[1]
        loss = 0.0
        sums[:] = zero
        for i in range(y.size):
            row, true = F[i], y[i]
            total = zero
            for c in range(C):
                total += row[c]
            if not math.isfinite(total):
                return nan
            best, s = largest(row), zero
            loss += gap(best, row[true])
            for c in range(C):
                row[c] = exp(row[c] - best)
                s += row[c]
            loss += math.log(np.float64(s))
            share = each / s
            for c in range(C):
                row[c] *= share
            row[true] -= each
            for c in range(C):
                sums[c] += row[c]
        return loss

    @loops
    def class_by_class(G, y, each, sums):
        C = G.shape[0]
        best, s = np.empty(ROWS_AT_ONCE, G.dtype), np.empty(ROWS_AT_ONCE, G.dtype)
        loss = 0.0
        sums[:] = zero
        for top in range(0, y.size, ROWS_AT_ONCE):
            n = min(ROWS_AT_ONCE, y.size - top)
            best[:n], s[:n] = G[0, top : top + n], zero
            total = zero
            for c in range(C):
                g = G[c, top : top + n]
                for i in range(n):
                    total += g[i]
                    best[i] = g[i] if g[i] > best[i] else best[i]
            if not math.isfinite(total):
                return nan
            for i in range(n):
                loss += gap(best[i], G[y[top + i], top + i])
            for c in range(C):
                g = G[c, top : top + n]
                for i in range(n):
                    g[i] = exp(g[i] - best[i])
                    s[i] += g[i]
            for first in range(0, n, FACTORS):
                product = 1.0
                for i in range(first, min(first + FACTORS, n)):
                    product *= s[i]
                loss += math.log(product)
            for i in range(n):
                s[i] = each / s[i]
            for c in range(C):
                g = G[c, top : top + n]
                total = zero
                for i in range(n):
                    g[i] *= s[i]
                    total += g[i]
                sums[c] += total
            for i in range(n):
                G[y[top + i], top + i] -= each
                sums[y[top + i]] -= each
        return loss

    return row_by_row, class_by_class


def _compile_exp(njit, number):
    """Return eˣ for x ≤ 0, without a branch or a call, so that several are computed at once.

    x = n log 2 + r with a whole n, and |r| at most half of log 2: a few terms of the series give
    eʳ, and 2ⁿ is made by writing n into the exponent's bits.
    """
    info = np.finfo(number)
    whole = np.int32 if number is np.float32 else np.int64
    terms = 7 if number is np.float32 else 13
    zero, one, half, least = number(0), number(1), number(0.5), np.log(info.tiny)
    inverse = number(1 / math.log(2))
    # log 2 in two parts: the first has so few digits that n times it is exact.
    digits = 2 ** (14 if number is np.float32 else 32)
    coarse = math.floor(math.log(2) * digits) / digits
    fine = number(float(Decimal(2).ln() - Decimal(coarse)))
    coarse = number(coarse)
    bias, place = whole(info.maxexp - 1), whole(info.nmant)
    series = tuple(number(1 / math.factorial(k)) for k in range(terms, 0, -1))

    # Of the liberties with rounding only "contract", a·b + c in one step: the order matters here.
    @njit(fastmath={"contract"}, nogil=True, forceinline=True)
    def exp(x):
        inside = max(x, least)
        n = np.floor(inside * inverse + half)
        r = inside - n * coarse - n * fine
        p = zero
        for term in series:
            p = p * r + term
        p = p * r + one
        power = whole((whole(n) + bias) << place).view(number)
        return p * power if x > least else zero

    return exp
