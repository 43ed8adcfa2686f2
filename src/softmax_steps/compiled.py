"""What is compiled of the loss and its gradient: ``loss_and_gradient(…, kernel="numba")``.

NumPy does one operation on a whole block before it begins with the next, and each is a call. Here
all are done to a few numbers at a time, which stay in the nearest cache. Of few classes everything
is compiled, the two products too (:func:`whole`); of many, the products are BLAS's, and a block's
way from the scores to their gradient is one call (:class:`Compiled`). The results are those of
:mod:`softmax_steps.one_pass`, to rounding. What compiles is numba, which is imported when it is
first asked for, by ``softmax-steps[compiled]``.
"""

import math
from collections.abc import Callable
from decimal import Decimal
from functools import cache
from typing import NamedTuple

import numpy as np

ROWS_AT_ONCE = 256  # of all of a few classes: as many as the nearest cache holds
FACTORS = 16  # sums from 1 to C, whose product float64 holds, so that they share a logarithm
# What the two products compute at a time: so many sums, or factors, have room in registers.
TILE_ROWS, TILE_CLASSES = 4, 5
# So many rows are added up in the type of the weights before they are added to the float64 sums.
ROWS_OF_A_PART = 1024


class Compiled:
    """The compiled kernel for blocks of up to ``rows`` rows, with its room in memory."""

    def __init__(self, dtype, rows, n_classes, *, by_class):
        kernels = _compile(dtype.char)
        self.kernel = kernels.class_by_class if by_class else kernels.row_by_row
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


def whole(X, y, W, b, strength, rows):
    """Give the mean loss and its gradient for few classes, with compiled products.

    OpenBLAS is made for many columns, and loses half of its speed with ten. Here a few rows meet a
    few classes at a time, and what they give stays in registers. A block of rows is read from
    memory once, for both products.

    Parameters
    ----------
    X : ndarray, shape (N, D)
        Row by row in memory, in the type of the weights.
    y : ndarray of int, shape (N,)
    W : ndarray, shape (D, C)
        Of float32 or float64.
    b : ndarray, shape (C,), or None
    strength : float
        λ, whose pull λW is in the gradient.
    rows : int
        Rows in a block.

    Returns
    -------
    (float, float, ndarray, ndarray) or None
        The mean loss, without the penalty; the sum of the squares of W; dW (D, C) and db (C,) in
        the type of ``W``. None where a label has no class, or a score or the loss is not finite.
    """
    (D, C), dtype = W.shape, W.dtype
    dW, db = np.empty((D, C), dtype), np.zeros(C, dtype)
    if b is not None:
        db[:] = b
    arrays = _ready(X), _ready(y.astype(np.intp, copy=False)), _ready(W)
    loss, square = _compile(dtype.char).whole(*arrays, rows, strength, dW, db)
    return (loss, square, dW, db) if math.isfinite(loss) else None


class Parts:
    """The same for rows that come in parts.

    Parameters
    ----------
    W, b, strength, rows
        As for :func:`whole`.
    n_samples : int
        How many rows come in all.
    """

    def __init__(self, W, b, strength, rows, n_samples):
        C, dtype = W.shape[1], W.dtype
        self.kernels, self.n_samples, self.loss = _compile(dtype.char), n_samples, 0.0
        self.W, self.strength, self.rows = _ready(W), strength, rows
        self.b = np.zeros(C, dtype) if b is None else _ready(b)
        self.state = self.kernels.begin(self.W, rows, n_samples)

    def add(self, X, y):
        """Add some rows; tell whether their labels are of the classes and their losses finite."""
        arrays = _ready(X), _ready(y.astype(np.intp, copy=False)), self.b
        self.loss += self.kernels.add_rows(*arrays, self.rows, self.n_samples, self.state)
        return math.isfinite(self.loss)

    def result(self):
        """Return what :func:`whole` returns."""
        dW, db = np.empty_like(self.W), np.empty_like(self.b)
        square = self.kernels.finish(self.state, self.n_samples, self.strength, dW, db)
        return self.loss / self.n_samples, square, dW, db


class _Memory:
    """An array's memory, of which NumPy makes another array."""

    def __init__(self, array):
        self.array = array
        self.__array_interface__ = {
            **array.__array_interface__,
            "data": (array.__array_interface__["data"][0], False),
        }


def _ready(array):
    """Return an array row by row in memory that may be written, or all compiles anew for it."""
    if not array.flags.c_contiguous:
        return np.ascontiguousarray(array)
    return array if array.flags.writeable else np.asarray(_Memory(array))


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


class Kernels(NamedTuple):
    """What is compiled for a floating type.

    ``row_by_row`` and ``class_by_class`` turn scores into their gradient: rows, and few classes
    that lie side by side. The others have the products too: ``whole`` is ``begin``, ``add_rows``
    and ``finish`` in one call.
    """

    row_by_row: Callable
    class_by_class: Callable
    begin: Callable
    add_rows: Callable
    finish: Callable
    whole: Callable


@cache
def _compile(dtype):
    """Return the kernels for a floating type, which is named by its letter.

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
        C = sums.size
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

    products = _compile_products(njit, number, class_by_class)
    return Kernels(row_by_row, class_by_class, *products)


def _compile_products(njit, number, class_by_class):
    """Return the kernels with the products.

    Their state is a tuple: the weights and the sums for them, both class by class and as many
    classes as make whole tiles; room for the scores of a block; the sums over parts, in float64,
    with what they lost by rounding, for the weights and for the biases; and how many rows the sums
    have that are in no part yet.
    """
    zero, nan = number(0), math.nan
    narrow = number is np.float32
    loops = njit(fastmath={"contract", "nsz", "reassoc"}, nogil=True, error_model="numpy")
    inline = njit(fastmath={"contract", "nsz", "reassoc"}, nogil=True, forceinline=True)

    # After the last row, it comes again: its factor is 0 then.
    @inline
    def four_rows(X, i):
        last = X.shape[0] - 1
        return X[min(i, last)], X[min(i + 1, last)], X[min(i + 2, last)], X[min(i + 3, last)]

    @inline
    def eight_rows(X, i):
        return four_rows(X, i) + four_rows(X, i + 4)

    @inline
    def four_factors(A, c, i):
        return A[c, i], A[c, i + 1], A[c, i + 2], A[c, i + 3]

    @inline
    def eight_factors(A, c, i):
        return four_factors(A, c, i) + four_factors(A, c, i + 4)

    @inline
    def four_numbers(x, d):
        return x[0][d], x[1][d], x[2][d], x[3][d]

    @inline
    def eight_numbers(x, d):
        return four_numbers(x, d) + four_numbers(x[4:], d)

    # Of narrow numbers, the registers hold the factors of twice as many rows.
    if narrow:
        together, rows_of, factors_of, numbers_of = 8, eight_rows, eight_factors, eight_numbers
    else:
        together, rows_of, factors_of, numbers_of = 4, four_rows, four_factors, four_numbers

    @inline
    def classes_of(A, c):
        return A[c], A[c + 1], A[c + 2], A[c + 3], A[c + 4]

    @inline
    def add_products(sums, x, w):
        a, b, c, d, e = sums
        return a + x * w[0], b + x * w[1], c + x * w[2], d + x * w[3], e + x * w[4]

    @inline
    def add_inner(total, x, g):
        for k in range(together):
            total += x[k] * g[k]
        return total

    @loops
    def write_scores(X, W, b, F):
        D = X.shape[1]
        for i in range(0, X.shape[0], TILE_ROWS):
            x0, x1, x2, x3 = four_rows(X, i)
            for c in range(0, W.shape[0], TILE_CLASSES):
                w0, w1, w2, w3, w4 = classes_of(W, c)
                f0 = f1 = f2 = f3 = (zero, zero, zero, zero, zero)
                for d in range(D):
                    w = w0[d], w1[d], w2[d], w3[d], w4[d]
                    f0 = add_products(f0, x0[d], w)
                    f1 = add_products(f1, x1[d], w)
                    f2 = add_products(f2, x2[d], w)
                    f3 = add_products(f3, x3[d], w)
                for k in range(TILE_CLASSES):
                    bias = b[c + k] if c + k < b.size else zero
                    F[c + k, i] = f0[k] + bias
                    F[c + k, i + 1] = f1[k] + bias
                    F[c + k, i + 2] = f2[k] + bias
                    F[c + k, i + 3] = f3[k] + bias

    @loops
    def add_gradient(X, G, dW):
        D = X.shape[1]
        for i in range(0, X.shape[0], together):
            rows = rows_of(X, i)
            for c in range(0, dW.shape[0], TILE_CLASSES):
                s0, s1, s2, s3, s4 = classes_of(dW, c)
                g0, g1, g2 = factors_of(G, c, i), factors_of(G, c + 1, i), factors_of(G, c + 2, i)
                g3, g4 = factors_of(G, c + 3, i), factors_of(G, c + 4, i)
                for d in range(D):
                    x = numbers_of(rows, d)
                    s0[d] = add_inner(s0[d], x, g0)
                    s1[d] = add_inner(s1[d], x, g1)
                    s2[d] = add_inner(s2[d], x, g2)
                    s3[d] = add_inner(s3[d], x, g3)
                    s4[d] = add_inner(s4[d], x, g4)

    # No liberties: they would find that nothing is lost.
    @njit(nogil=True, forceinline=True)
    def add_exactly(old, new):
        both = old + new
        share = both - old
        return both, (old - (both - share)) + (new - share)

    @njit(nogil=True)
    def add_part(part, sums):
        for c in range(part.shape[0]):
            for d in range(part.shape[1]):
                sums[0, c, d], lost = add_exactly(sums[0, c, d], np.float64(part[c, d]))
                sums[1, c, d] += lost
                part[c, d] = zero

    # A small type may not hold 1/N.
    @inline
    def counted(N):
        return min(N, ROWS_OF_A_PART) if narrow else N

    @loops
    def begin(W, rows, N):
        D, C = W.shape
        padded = -(-C // TILE_CLASSES) * TILE_CLASSES
        room = np.empty((2, padded, D), W.dtype)
        for d in range(D):
            for c in range(C):
                room[0, c, d] = W[d, c]
        room[0, C:], room[1] = zero, zero
        F = np.empty((padded, rows + 8), W.dtype)
        dW = np.zeros((2, padded, D if N > ROWS_OF_A_PART else 0))
        return room, F, dW, np.zeros((2, C)), np.zeros(1, np.intp)

    @loops
    def add_rows(X, y, b, rows, N, state):
        room, F, dW, db, waiting = state
        C, each, sums = b.size, number(1 / counted(N)), np.empty(b.size, F.dtype)
        loss = 0.0
        for start in range(0, y.size, rows):
            end = min(start + rows, y.size)
            if waiting[0] and waiting[0] + end - start > ROWS_OF_A_PART:
                add_part(room[1], dW)
                waiting[0] = 0
            x, true, strange = X[start:end], y[start:end], 0
            for i in range(true.size):
                strange += true[i] < 0 or true[i] >= C
            if strange:
                return nan
            write_scores(x, room[0], b, F)
            loss += class_by_class(F, true, each, sums)
            F[:, end - start :], F[C:] = zero, zero
            add_gradient(x, F, room[1])
            for c in range(C):
                db[0, c], lost = add_exactly(db[0, c], np.float64(sums[c]))
                db[1, c] += lost
            waiting[0] += end - start
        return loss

    @loops
    def finish(state, N, strength, dW, db):
        room, _, sums, biases, _ = state
        (D, C), square, share = dW.shape, 0.0, counted(N) / N
        for c in range(C):
            W, part = room[0, c], room[1, c]
            if N > ROWS_OF_A_PART:
                for d in range(D):
                    lost = sums[1, c, d] if math.isfinite(sums[1, c, d]) else 0.0
                    mean = share * (sums[0, c, d] + (lost + np.float64(part[d])))
                    part[d] = number(mean + strength * np.float64(W[d]))
            else:
                for d in range(D):
                    part[d] = number(np.float64(part[d]) + strength * np.float64(W[d]))
            for d in range(D):
                square += np.float64(W[d]) ** 2
            db[c] = number(share * (biases[0, c] + biases[1, c]))
        for d in range(D):
            for c in range(C):
                dW[d, c] = room[1, c, d]
        return square

    @loops
    def whole(X, y, W, rows, strength, dW, db):
        state = begin(W, rows, y.size)
        loss = add_rows(X, y, db, rows, y.size, state)
        return loss / y.size, finish(state, y.size, strength, dW, db)

    return begin, add_rows, finish, whole


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
