"""The overflow lab: where the road from scores to probabilities breaks, and how. Chapter 02."""

import functools
from decimal import Decimal, localcontext

import matplotlib.pyplot as plt
import numpy as np
import traitlets

from softmax_steps.notebook import show
from softmax_steps.plots.stills.overflow_lab import draw_overflow_lab
from softmax_steps.widgets.base import BookWidget

DTYPES = ("float16", "float32", "float64")
METHODS = {
    "unguarded": "no guard",
    "whole-matrix": "whole-matrix guard",
    "row": "row guard",
    "log-softmax": "log-softmax",
}
LARGEST_SCORE = 100_000
EXAMPLE = ((89, 88, 85), (-10, -11, -15))


class OverflowLab(BookWidget):
    """Let the reader move a score, and see what four methods make of it in three float types.

    The page shows NumPy's numbers bit for bit. It does the exact part of IEEE arithmetic
    itself, and the state lists where NumPy's ``exp`` and ``log`` are not the correctly
    rounded ones on the machine that made it.

    Parameters
    ----------
    F : array_like of int, shape (2, 3)
        The scores to start from: whole numbers from −100000 to 100000, so that differences
        are whole too.
    dtype : {"float16", "float32", "float64"}
        The type whose working stands out, and alone on a narrow screen.
    method : {"unguarded", "whole-matrix", "row", "log-softmax"}
        The method whose working is shown.

    Raises
    ------
    TypeError, ValueError
        If ``F`` is not such a matrix.
    traitlets.TraitError
        If the type or the method is none of those.

    Source: note 000, steps 2 and 3; slips ``no-guard`` and ``whole-matrix-guard``.
    """

    name = "overflow_lab"

    scores = traitlets.List().tag(sync=True)
    chosen = traitlets.Int(0, min=0, max=5).tag(sync=True)
    dtype = traitlets.Enum(list(DTYPES), "float32").tag(sync=True)
    method = traitlets.Enum(list(METHODS), "unguarded").tag(sync=True)
    corrections = traitlets.Dict().tag(sync=True)
    numpy_says = traitlets.Dict().tag(sync=True)

    def __init__(self, F=EXAMPLE, *, dtype="float32", method="unguarded"):
        super().__init__(
            scores=_require_whole_scores(F),
            dtype=dtype,
            method=method,
            corrections={name: _corrections(name) for name in DTYPES},
        )

    @traitlets.observe("scores")
    def _answer(self, change):
        """Recompute with NumPy what the view has shown; as text, for JSON has no nan."""
        numbers = [
            repr(float(value))
            for dtype in DTYPES
            for method in METHODS
            for steps in by_row(work(self.scores, dtype, method))
            for values in steps.values()
            for value in values
        ]
        self.numpy_says = {"scores": self.scores, "numbers": numbers}

    def picture(self):
        """Return the verdicts on all methods and types, and the working of the chosen one."""
        found = {
            (method, dtype): examine(work(self.scores, dtype, method), dtype, method)
            for method in METHODS
            for dtype in DTYPES
        }
        verdicts = [
            [[verdict for _, verdict in found[method, dtype]] for dtype in DTYPES]
            for method in METHODS
        ]
        steps = work(self.scores, self.dtype, self.method)
        if self.method == "unguarded":
            del steps["shifted"]
        breaks = [first for first, _ in found[self.method, self.dtype]]
        with plt.style.context("softmax_steps.book"):
            figure = draw_overflow_lab(
                verdicts,
                steps,
                method_names=list(METHODS.values()),
                dtype_names=list(DTYPES),
                breaks=breaks,
                title=f"{METHODS[self.method]}, {self.dtype}",
            )
        rows = " and ".join(str(tuple(row)).replace("-", "−") for row in self.scores)
        ends = "; ".join(
            f"{METHODS[method]}: "
            + ", ".join(f"{d} {' and '.join(v for _, v in found[method, d])}" for d in DTYPES)
            for method in METHODS
        )
        return show(
            figure,
            alt=f"What becomes of the scores {rows}. For the two rows, {ends}. Below, the working "
            f"with {METHODS[self.method]} in {self.dtype}; the cell where a row breaks is framed.",
            caption=f"The scores {rows}: what comes out of each row with four methods in three "
            f"float types, and one of the workings. ✓ right, ≠ wrong and nothing tells.",
        )


def work(F, dtype, method):
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
            shifted = F - F.max()
        else:  # shift_scores, without its refusal of scores that are inf already
            shifted = F - F.max(axis=1, keepdims=True)
        E = np.exp(shifted)
        total = E.sum(axis=1, keepdims=True)
        steps = {"score": F, "shifted": shifted, "exponential": E, "sum": total}
        if method == "log-softmax":
            logarithm = np.log(total)
            return {**steps, "logarithm": logarithm, "result": shifted - logarithm}
        return {**steps, "result": E / total}


def by_row(steps):
    """Return the steps of each row apart: one dict for each row of the matrices."""
    return [dict(zip(steps, row, strict=True)) for row in zip(*steps.values(), strict=True)]


def examine(steps, dtype, method):
    """Return for each row where it breaks first, and its verdict.

    Parameters
    ----------
    steps : dict of str to ndarray
        From :func:`work`.
    dtype, method : str

    Returns
    -------
    list of (first, verdict)
        ``first`` is (step, column) of the first ``inf`` or ``nan``, or None; a shifted score
        of −inf counts only with log-softmax, for e^−inf is 0, as it should be. ``verdict`` is
        ``"right"``; ``"wrong"``: finite, and farther from float64's row guard than eight of
        the type's roundings and one of its smallest steps; ``"inf"``; or ``"nan"``.
    """
    found = []
    for row in by_row(steps):
        bad = {step: ~np.isfinite(values) for step, values in row.items()}
        if method != "log-softmax":
            bad["shifted"] = np.isnan(row["shifted"])
        first = next((step for step in row if bad[step].any()), None)
        if first:
            column = int(np.argmax(bad[first]))
            nan = np.isnan(row["result"]).any()
            found.append(((first, column), "nan" if nan else "inf"))
            continue
        is_log = method == "log-softmax"
        right = work(row["score"][np.newaxis], "float64", method if is_log else "row")["result"][0]
        limits = np.finfo(dtype)
        scale = np.maximum(1, -right) if is_log else right
        allowed = 8 * float(limits.eps) * scale + float(limits.smallest_subnormal)
        wrong = (np.abs(row["result"] - right) / allowed > 1).any()
        found.append((None, "wrong" if wrong else "right"))
    return found


@functools.cache
def _corrections(dtype):
    """Return where NumPy's exp and log are not the correctly rounded ones, and by how much.

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
    apart = ours != exact
    ulps = (ours[apart] - exact[apart]) / np.spacing(exact[apart])
    return [[float(x), int(u)] for x, u in zip(arguments[apart], ulps, strict=True)]


def _require_whole_scores(F):
    """Return the scores as lists of Python integers."""
    F = np.asarray(F)
    if F.shape != (2, 3):
        raise ValueError(f"F has shape {F.shape}; expected (2, 3): two rows of three scores.")
    if F.dtype.kind not in "iuf":
        raise TypeError(f"F holds {F.dtype} values; expected whole numbers, such as 89.")
    with np.errstate(invalid="ignore"):
        bad = ~((np.rint(F) == F) & (np.abs(F) <= LARGEST_SCORE))
    if bad.any():
        i, j = (int(k) for k in np.argwhere(bad)[0])
        raise ValueError(
            f"F[{i}, {j}] is {F[i, j]}; expected a whole number from −{LARGEST_SCORE} to "
            f"{LARGEST_SCORE}, so that every difference is whole."
        )
    return [[int(value) for value in row] for row in F]
