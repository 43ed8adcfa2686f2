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
    require_labels,
    widen,
)
from softmax_steps.compensated_sum import CompensatedSum
from softmax_steps.compiled import Compiled, Parts, whole
from softmax_steps.regularization import _l2_penalty

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
BLOCK_BYTES, MOST_BLOCK_ROWS, LEAST_BLOCK_ROWS = 3 * 2**17, 512, 32
# With rows shorter than that, and many of them, OpenBLAS's products are the quicker ones.
SHORT_ROW, MANY_ROWS = 512, 4096

# A thread takes its time to start, and waits for threads of others that do not sleep yet. It is
# worth both with so many multiplications of its own, which take some milliseconds.
WORTH_A_THREAD = 2**27


class Blocks(NamedTuple):
    """How the rows are taken: ``rows`` at a time, of which ``tile`` make one product."""

    rows: int
    tile: int


class Mean(NamedTuple):
    """Means over the samples: ``loss``, ``dW`` (D, C) and ``db`` (C,)."""

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


def mean_loss_and_gradient(
    X, y, W, b=None, *, strength=0.0, block_rows=None, scale=None, threads=1, kernel=None
):
    """Give the mean loss and its gradient, with the penalty.

    Parameters
    ----------
    X : ndarray, shape (N, D)
        Floating or whole numbers in any type and layout; converted block by block.
    y : ndarray of int, shape (N,)
        Labels in 0…C−1; for ``kernel="numba"``, any.
    W : ndarray, shape (D, C)
        Of a real floating type, in which all is computed; float16 is computed in float32.
    b : ndarray, shape (C,), optional
        Biases, in the type of ``W``.
    strength : float
        λ.
    block_rows : int, optional
        Rows in a block; by default :func:`choose_blocks` chooses.
    scale : float, optional
        The features are ``scale * X``.
    threads : int
        How many share the blocks, at most: fewer where there is little to do, and one where the
        products are large, which BLAS shares out itself.
    kernel : str, optional
        What turns scores into their gradient, and multiplies where classes are few: NumPy, or
        ``"numba"`` for :mod:`softmax_steps.compiled`.

    Returns
    -------
    Mean
        With the gradient in the type of ``W``, row by row in memory.

    Raises
    ------
    ImportError
        If numba is asked for and is not installed.
    ValueError
        If an entry of X, W or b, or a score, is not finite, or there is no class of a label.
    """
    dtype, mean = W.dtype, None
    W, b = widen(W), None if b is None else widen(b)
    if kernel == "numba":
        mean = _by_compiled_products(X, y, W, b, strength, block_rows, scale, threads)
        if mean is None:  # it leaves labels beyond the classes to be named
            require_labels(y, len(X), W.shape[1], labels_of="X")
    if mean is None:
        mean = _by_blas(X, y, W, b, block_rows, scale, threads, kernel)
        loss = mean.loss + _l2_penalty(W, strength)
        mean = Mean(loss, _with_pull(mean.dW, W, strength), mean.db)
    if mean.dW.dtype is dtype is mean.db.dtype:
        return mean
    return Mean(mean.loss, mean.dW.astype(dtype), mean.db.astype(dtype))


def _by_blas(X, y, W, b, block_rows, scale, threads, kernel):
    (N, D), C = X.shape, W.shape[1]
    blocks = choose_blocks(N, D, C, W.dtype, block_rows)

    def mean_of(start, end):
        return _mean_of_rows(X, y, W, b, start, end, blocks, scale, kernel)

    if blocks.tile * D * C > SMALL_PRODUCT:
        return mean_of(0, N)
    threads = _useful(threads, N, D, C, blocks.rows)
    return mean_of(0, N) if threads <= 1 else Mean(*_shared(mean_of, N, threads))


def _useful(threads, N, D, C, rows):
    """Return how many of the threads have enough to do, and a block of rows at least."""
    return min(threads, N // rows, 2 * N * D * C // WORTH_A_THREAD)


def _shared(mean_of, N, threads):
    """Let threads share the rows; return the means of their means, or None if one has none."""
    ends = [N * k // threads for k in range(threads + 1)]
    with ThreadPoolExecutor(threads) as pool:
        means = list(pool.map(mean_of, ends, ends[1:]))
    if None in means:
        return None
    shares = np.diff(ends) / N

    def joined(parts):
        mean = sum(share * np.float64(part) for share, part in zip(shares, parts, strict=True))
        return mean if mean.ndim else mean.item()

    return tuple(map(joined, zip(*means, strict=True)))


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


def _by_compiled_products(X, y, W, b, strength, block_rows, scale, threads):
    """Return what :func:`mean_loss_and_gradient` returns, by compiled products.

    None where OpenBLAS's are quicker, and where something is not finite, which is named there.
    """
    N, C, row = len(X), W.shape[1], X.shape[1] * W.itemsize
    if C > FEW_CLASSES or (row < SHORT_ROW and N > MANY_ROWS):
        return None
    rows = block_rows or min(max(BLOCK_BYTES // row, LEAST_BLOCK_ROWS), MOST_BLOCK_ROWS)
    if X.flags.c_contiguous and X.dtype is W.dtype and scale is None and X.flags.aligned:

        def mean_of(start, end):
            return whole(X[start:end], y[start:end], W, b, strength, min(rows, end - start))
    else:

        def mean_of(start, end):
            return _mean_of_converted(X, y, W, b, start, end, min(rows, N), strength, scale)

    threads = _useful(threads, N, len(W), C, rows)
    found = mean_of(0, N) if threads <= 1 else _shared(mean_of, N, threads)
    if found is None:
        return None
    loss, square, dW, db = found
    return Mean(loss + _l2_penalty(W, strength, square), dW, db)


def _mean_of_converted(X, y, W, b, first, last, rows, strength, scale):
    parts, buffer = Parts(W, b, strength, rows, last - first), np.empty((rows, len(W)), W.dtype)
    for start in range(first, last, rows):
        end = min(start + rows, last)
        with np.errstate(over="ignore", invalid="ignore"):
            x = _converted(X[start:end], scale, X, out=buffer[: end - start])
        if not parts.add(x, y[start:end]):
            return None
    return parts.result()


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


def _with_pull(dW, W, strength):
    """Return the data's gradient plus λW, row by row in memory and in the type of W."""
    if strength:
        # float32 has no λ beyond its range; float16 is computed in float32 at least.
        wide = W.dtype.itemsize < 8 and not 1e-30 < strength < 1e30
        strength = np.float64(strength) if wide else strength
        pull = strength * W.astype(dW.dtype, "C", copy=False)
        dW = np.add(pull, dW, out=pull)  # the other way round it takes another copy
    return np.ascontiguousarray(dW, W.dtype)
