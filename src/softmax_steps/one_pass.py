"""The mean loss and its gradient in one pass over the data, block by block.

A block of rows that fits into the processor's cache is read from memory once for both products,
XW and XᵀF, and what is computed of it needs no more room for more samples. Numbers that are stored
in another type or layout are converted one block at a time.
"""

import math
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import numpy as np

from softmax_steps.checks import (
    as_array,
    finite_mean,
    has_finite_sum,
    require_finite,
    require_finite_model,
    widen,
)
from softmax_steps.compensated_sum import CompensatedSum
from softmax_steps.compiled import Compiled, OnePass

# Measured by `make bench-loss`. OpenBLAS copies the factors of a product into an order of its own
# before it multiplies, unless the product is small: at most a million multiplications.
SMALL_PRODUCT = 1_000_000
# A tile is a small product's rows. With fewer rows than that, to be small gains nothing.
FEWEST_ROWS = 10
# What the second-level cache of a processor holds, with room for the rest.
CACHE = 3 * 2**19
# A gradient beyond the cache goes through memory with each block: then the blocks are longer.
LONG_BLOCK = 2**26
# Float32 adds up so many rows with no loss to speak of; below the lower one, calls take the time.
MOST_ROWS, LEAST_ROWS = 4096, 256
# With few classes, the scores of a class lie side by side: what is done for all rows is one loop
# over a long line of numbers and not many loops over ten.
FEW_CLASSES = 64
# So many tiles are added up before their sum is added with care.
TILES_AT_ONCE = 32
# For compiled products: what a block of rows may take of the cache, and how many rows that may be.
BLOCK_BYTES, MOST_BLOCK_ROWS, LEAST_BLOCK_ROWS = 2**18, 512, 32
# With rows shorter than that, and many of them, OpenBLAS's products are the quicker ones.
SHORT_ROW, MANY_ROWS = 512, 4096


class Blocks(NamedTuple):
    """How the rows are taken: ``rows`` at a time, of which ``tile`` make one product."""

    rows: int
    tile: int


class Mean(NamedTuple):
    """Means over the samples, of the data alone: ``loss``, ``dW`` (D, C) and ``db`` (C,)."""

    loss: float
    dW: np.ndarray
    db: np.ndarray


def choose_blocks(n_samples, n_features, n_classes, dtype, block_rows=None):
    """Choose how many rows are computed together.

    A tile is as many rows as keep a product small, N·D·C ≤ 10⁶. A block is as many tiles as the
    cache holds. Where not even ten rows make a small product, the gradient itself is large, and
    is worth a longer block.

    Parameters
    ----------
    n_samples, n_features, n_classes : int
        N, D and C.
    dtype : numpy.dtype
        The floating type that is computed in.
    block_rows : int, optional
        Rows in a block, instead of the measured rule.

    Returns
    -------
    Blocks

    Examples
    --------
    >>> choose_blocks(60_000, 784, 10, np.dtype(np.float32))
    Blocks(rows=381, tile=127)
    >>> choose_blocks(1_000_000, 64, 10, np.dtype(np.float32))
    Blocks(rows=3124, tile=1562)
    >>> choose_blocks(4096, 2048, 1000, np.dtype(np.float32)).rows
    4096
    """
    tile = SMALL_PRODUCT // (n_features * n_classes)
    row = (n_features + 2 * n_classes) * dtype.itemsize
    small = tile >= FEWEST_ROWS
    if not small:
        rows = min(max(LONG_BLOCK // row, LEAST_ROWS), MOST_ROWS)
    elif tile <= MOST_ROWS:
        rows = min(max(CACHE // row // tile, 1) * tile, MOST_ROWS)
    else:
        rows = min(max(CACHE // row, LEAST_ROWS), MOST_ROWS)
    rows = min(rows if block_rows is None else block_rows, n_samples)
    return Blocks(rows, min(tile, rows) if small else rows)


def mean_loss_and_gradient(X, y, W, b=None, *, block_rows=None, scale=None, threads=1, kernel=None):
    """Give the mean loss and its gradient, without a penalty.

    Parameters
    ----------
    X : ndarray, shape (N, D)
        Floating or whole numbers in any type and layout; converted block by block.
    y : ndarray of int, shape (N,)
        Labels in 0…C−1.
    W : ndarray, shape (D, C)
        Of a real floating type, in which all is computed; float16 is computed in float32.
    b : ndarray, shape (C,), optional
        Biases, in the type of ``W``.
    block_rows : int, optional
        Rows in a block; by default :func:`choose_blocks` chooses.
    scale : float, optional
        The features are ``scale * X``.
    threads : int
        How many share the blocks. Large products are BLAS's own to share: there it is 1.
    kernel : str, optional
        What turns scores into their gradient, and multiplies where classes are few: NumPy, or
        ``"numba"`` for :mod:`softmax_steps.compiled`.

    Returns
    -------
    Mean
        In float64, or in the type of ``W`` where one block holds all rows.

    Raises
    ------
    ImportError
        If numba is asked for and is not installed.
    ValueError
        If an entry of X, W or b, or a score, is not finite.
    """
    W, b = widen(W), None if b is None else widen(b)
    (N, D), C = X.shape, W.shape[1]
    blocks = choose_blocks(N, D, C, W.dtype, block_rows)

    rows = _compiled_rows(N, D, C, W.dtype, block_rows) if kernel == "numba" else None
    shared = rows or blocks.tile * D * C <= SMALL_PRODUCT

    def mean_of(start, end):
        mean = rows and _mean_by_compiled_products(X, y, W, b, start, end, rows, scale)
        return mean or _mean_of_rows(X, y, W, b, start, end, blocks, scale, kernel)

    threads = min(threads, N // (rows or blocks.rows)) if shared else 1
    if threads <= 1:
        return mean_of(0, N)
    ends = [N * k // threads for k in range(threads + 1)]
    with ThreadPoolExecutor(threads) as pool:
        means = list(pool.map(mean_of, ends, ends[1:]))
    shares = np.diff(ends) / N
    loss, dW, db = (
        sum(share * np.float64(part) for share, part in zip(shares, parts, strict=True))
        for parts in zip(*means, strict=True)
    )
    return Mean(float(loss), dW, db)


# What is not finite shows in the scores and is refused there, by its place.
@np.errstate(over="ignore", invalid="ignore")
def _mean_of_rows(X, y, W, b, first, last, blocks, scale, kernel):
    rows, tile = blocks
    N, (D, C), dtype = last - first, W.shape, W.dtype
    # In a small type 1/N may be too small, and a sum over all rows loses digits.
    wide = dtype.itemsize >= 8
    each = 1 / N if wide else 1 / rows
    by_class = C <= FEW_CLASSES
    order = "F" if by_class else "C"
    scores = np.empty((rows, C), dtype, order)
    product = np.empty((tile, C), dtype) if by_class else None
    part = np.empty((D, C), dtype, order)
    buffer = _buffer_for(X, rows, dtype, scale)
    index = np.arange(rows)
    compiled = Compiled(dtype, rows, C, by_class=by_class) if kernel == "numba" else None

    losses, dW, db = [], CompensatedSum(TILES_AT_ONCE), CompensatedSum(TILES_AT_ONCE)
    for start in range(first, last, rows):
        end = min(start + rows, last)
        x, n = X[start:end], end - start
        if buffer is not None:
            x = _converted(x, scale, X, out=buffer[:n])
        F = scores[:n]
        _scores_in_tiles(x, W, b, tile, product, out=F)
        found = compiled and compiled(scores, y[start:end], each)
        if not found:
            if compiled:  # it met what is not finite, and leaves it to be named
                _scores_in_tiles(x, W, b, tile, product, out=F)
            if not has_finite_sum(F):
                _second_look(F, X, W, b, start)
            found = _to_score_gradient(F, (index[:n], y[start:end]), each)
        loss, sums = found
        losses.append(loss * (n / N))
        if tile >= N:  # nothing to add up
            np.matmul(x.T, F, out=part)
            return Mean(loss, part, sums)
        _add_product_in_tiles(x, F, tile, part, dW)
        db.add(sums)
    dW, db = dW.result(), db.result()
    if not wide and rows != N:
        dW, db = (rows / N) * dW, (rows / N) * db
    return Mean(math.fsum(losses), dW, db)


def _compiled_rows(N, D, C, dtype, block_rows):
    """Return how many rows compiled products take at a time; None where BLAS's are quicker."""
    row = D * dtype.itemsize
    if C > FEW_CLASSES or (row < SHORT_ROW and N > MANY_ROWS):
        return None
    rows = min(max(BLOCK_BYTES // row, LEAST_BLOCK_ROWS), MOST_BLOCK_ROWS)
    return min(rows if block_rows is None else block_rows, N)


def _mean_by_compiled_products(X, y, W, b, first, last, rows, scale):
    """Return the mean of some rows; None where something is not finite, to be named."""
    if not X.flags.c_contiguous:
        buffer = np.empty((rows, X.shape[1]), W.dtype)
    else:
        buffer = _buffer_for(X, rows, W.dtype, scale)
    n = last - first
    sums = OnePass(W, b, n, rows)
    if buffer is None:
        loss = sums.add(X[first:last], y[first:last])
    else:
        losses = []
        for start in range(first, last, rows):
            end = min(start + rows, last)
            x = _converted(X[start:end], scale, X, out=buffer[: end - start])
            losses.append(sums.add(x, y[start:end]))
            if losses[-1] is None:
                return None
        loss = math.fsum(losses)
    return None if loss is None else Mean(loss / n, *sums.mean_gradient())


def _buffer_for(X, rows, dtype, scale):
    """Return room for a block's numbers, or None where they are used as they lie in memory."""
    row_by_row = X.strides[1] == X.itemsize and X.strides[0] >= X.shape[1] * X.itemsize
    ready = X.dtype == dtype and scale is None and X.flags.aligned and row_by_row
    return None if ready else np.empty((rows, X.shape[1]), dtype)


def _converted(block, scale, X, out):
    if block.dtype.kind in "iu" and block.itemsize == 8 and scale is None:
        _require_whole_numbers(block, X)
    np.copyto(out, block, casting="unsafe")
    if scale is not None:
        out *= scale
    return out


def _require_whole_numbers(block, X):
    """Refuse whole numbers that float64 would round, by their place in X."""
    if block.max() >= 2**53 or block.min() <= -(2**53):
        as_array(X, "X", 2)


def _scores_in_tiles(x, W, b, tile, product, out):
    """Write the scores of a block, XW + b; ``product`` is room for those of a tile."""
    for top in range(0, len(x), tile):
        scores = out[top : top + tile]
        # OpenBLAS is slower where it has to write class by class itself.
        XW = scores if product is None else product[: len(scores)]
        np.matmul(x[top : top + tile], W, out=XW)
        if b is not None:
            np.add(XW, b, out=scores)
        elif product is not None:
            scores[...] = XW


def _to_score_gradient(F, true, each):
    """Turn scores into ``each`` times P − Y, in their own place.

    Returned are their mean loss, and the sums of P − Y over the rows.
    """
    best, right = np.maximum.reduce(F, axis=1, keepdims=True), F[true]
    F -= best  # −inf is a gap wider than the type holds
    np.exp(F, out=F)
    sums = np.add.reduce(F, axis=1, keepdims=True)
    F *= each / sums
    F[true] -= each
    losses = np.log(sums[:, 0]) + (best[:, 0] - right)
    mean = np.add.reduce(losses, dtype=np.float64).item() / len(losses)
    if not math.isfinite(mean):  # float64 holds the gaps that are too wide for a smaller type
        gaps = best[:, 0].astype(np.float64) - right
        mean = finite_mean(np.log(sums[:, 0]) + gaps)
    return mean, np.add.reduce(F, axis=0)


def _add_product_in_tiles(x, dF, tile, part, total):
    for top in range(0, len(x), tile):
        np.matmul(x[top : top + tile].T, dF[top : top + tile], out=part)
        total.add(part)


def _second_look(F, X, W, b, start):
    """Refuse what is not finite in X, W, b or a block of scores, by its place.

    Scores whose sum is not finite may be finite themselves: then there is nothing to refuse.
    """
    require_finite_model(X, W, b)
    require_finite(F, "F", first_row=start)
