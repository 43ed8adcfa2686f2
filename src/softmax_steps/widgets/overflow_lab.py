"""The overflow lab: where the road from scores to probabilities breaks, and how. Chapter 02."""

import matplotlib.pyplot as plt
import numpy as np
import traitlets

from softmax_steps.notebook import show
from softmax_steps.overflow_working import (
    DTYPES,
    METHODS,
    library_corrections,
    rows_of,
    verdicts,
    walls,
    working,
)
from softmax_steps.plots.stills.overflow_lab import draw_overflow_lab
from softmax_steps.widgets.base import BookWidget

LARGEST_SCORE = 100_000  # on either side of 0
EXAMPLES = {  # the first one is shown at the start
    "89 against −10": ((89, 88, 85), (-10, -11, -15)),
    "a row far below": ((1000, 999, 995), (200, 196, 196)),
    "failures without a nan": ((709, 709, 709), (-744, -745, -746)),
    "a score of 12": ((12, 11, 10), (0, -1, -5)),
    "a probability too small to store": ((1000, 0, 0), (0, -1, -2)),
    "scores that float16 cannot hold": ((70000, 69999, 0), (2049, 2048, 2047)),
}


def _rows(F):
    """Return a matrix as lists of Python integers, as the state holds it."""
    return [[int(value) for value in row] for row in F]


class OverflowLab(BookWidget):
    """Let the reader move a score, and see what four methods make of it in three float types.

    The page shows NumPy's numbers bit for bit. It does the exact part of IEEE arithmetic
    itself, and the state lists where NumPy's ``exp`` and ``log`` are not the correctly
    rounded ones on the machine that made it.

    Parameters
    ----------
    F : array_like of int, shape (2, 3)
        The scores to start from: whole numbers, at most ``LARGEST_SCORE`` on either side of 0,
        so that differences are whole too. The first of ``EXAMPLES`` without.
    dtype : {"float16", "float32", "float64"}
        The type whose walls are drawn.
    method : {"unguarded", "whole-matrix", "row", "log-softmax"}
        The method whose exponents are drawn.

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
    largest = traitlets.Int(LARGEST_SCORE).tag(sync=True)
    walls = traitlets.Dict({name: list(walls(name)) for name in DTYPES}).tag(sync=True)
    examples = traitlets.List([[name, _rows(F)] for name, F in EXAMPLES.items()]).tag(sync=True)
    numpy_says = traitlets.Dict().tag(sync=True)

    def __init__(self, F=None, *, dtype="float32", method="unguarded"):
        super().__init__(
            scores=_require_whole_scores(next(iter(EXAMPLES.values())) if F is None else F),
            dtype=dtype,
            method=method,
            corrections={name: library_corrections(name) for name in DTYPES},
        )

    @traitlets.observe("scores")
    def _answer(self, change):
        """Recompute with NumPy what the view has shown; as text, for JSON has no nan."""
        numbers = [
            repr(float(value))
            for dtype in DTYPES
            for method in METHODS
            for steps in rows_of(working(self.scores, dtype, method))
            for values in steps.values()
            for value in values
        ]
        self.numpy_says = {"scores": self.scores, "numbers": numbers}

    def picture(self):
        """Return the line of the chosen way, and the verdicts on all methods and types."""
        endings = {
            (method, dtype): verdicts(working(self.scores, dtype, method), dtype, method)
            for method in METHODS
            for dtype in DTYPES
        }
        words = [
            [[verdict for _, verdict in endings[method, dtype]] for dtype in DTYPES]
            for method in METHODS
        ]
        steps = working(self.scores, self.dtype, self.method)
        with plt.style.context("softmax_steps.book"):
            figure = draw_overflow_lab(
                self.scores,
                steps,
                words,
                walls=self.walls[self.dtype],
                titles=("the scores", f"exponents: {METHODS[self.method]}, {self.dtype}"),
                method_names=list(METHODS.values()),
                dtype_names=list(DTYPES),
            )
        low, _, high = self.walls[self.dtype]
        rows = " and ".join(str(tuple(row)).replace("-", "−") for row in self.scores)
        ends = "; ".join(
            f"{METHODS[method]}: "
            + ", ".join(f"{d} {' and '.join(v for _, v in endings[method, d])}" for d in DTYPES)
            for method in METHODS
        )
        return show(
            figure,
            alt=f"The scores {rows} on a line whose shaded part, from {low:.2f} to {high:.2f}, "
            f"{self.dtype} can store as e^f. Below, the exponents: {METHODS[self.method]}. "
            f"For the two rows, {ends}.",
            caption=f"The scores {rows}, the exponents that are left with "
            f"{METHODS[self.method]}, and what comes out of each row with four methods in three "
            f"float types. ✓ right, ≠ wrong and nothing tells.",
        )


def _require_whole_scores(F):
    """Return the scores as the state holds them."""
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
    return _rows(F)
