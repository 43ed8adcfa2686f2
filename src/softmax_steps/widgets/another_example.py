"""Another example: numbers of one's own, the six steps by hand, every cell checked. Chapter 7."""

import matplotlib.pyplot as plt
import numpy as np
import traitlets

from softmax_steps.advice import ADVICE
from softmax_steps.fresh_example import fresh_example
from softmax_steps.notebook import show
from softmax_steps.plots.stills.another_example import draw_another_example
from softmax_steps.tiny_example import work_through
from softmax_steps.widgets.base import BookWidget, plain

MOST = 999  # the largest seed: three digits are soon said and typed
WITHIN = 0.002  # how far off a cell may be
# The lines of the working that are filled in, with their formulas.
LINES = {
    "F": "F = XW + b",
    "shifted": "F′ = F − each row’s maximum",
    "E": "E = exp F′",
    "P": "P = E / each row’s sum",
    "losses": "Lᵢ = −log of the true class’s P",
    "data_loss": "data loss = mean of the Lᵢ",
    "penalty": "penalty = (λ/2) ‖W‖²",
    "loss": "L = data loss + penalty",
    "dF": "∂L/∂F = (P − Y) / N",
    "dW": "∂L/∂W = Xᵀ ∂L/∂F + λW",
    "db": "∂L/∂b = column sums of ∂L/∂F",
}
# The slips that a cell can tell and that have their sentence in the book's own list.
NAMED = (
    "bias-left-out",
    "whole-matrix-guard",
    "wrong-axis",
    "row-mean-guard",
    "no-guard",
    "not-divided",
    "labels-from-one",
    "other-base",
    "sum-for-mean",
    "mean-over-classes",
    "penalty-factor-two",
    "bias-penalised",
    "data-penalised",
    "penalty-missing",
    "penalty-in-the-mean",
    "penalty-for-each-sample",
    "penalty-sign",
    "penalty-halved",
    "missing-mean",
    "divided-twice",
    "divided-by-classes",
    "wrong-sign",
    "data-sign",
    "one-hot-left",
    "one-hot-added",
)
# Slips of a hand that fills in a table: a program hardly makes them.
BY_HAND = {
    "bias-subtracted": "You subtract the bias. It is added: F = XW + b.",
    "transposed-data": "You take X the wrong way round: rows and columns have changed places.",
    "minimum-for-maximum": "You subtract the row's smallest score. Take the largest one.",
    "guard-added": "You add the row's largest score. It is subtracted, so that the largest is 0.",
    "unchanged-scores": "This is the score itself. Subtract the row's largest score from it.",
    "sign-of-exponent": "The sign of the exponent is lost: it is 0 or below, so no cell exceeds 1.",
    "base-ten": "That is a power of 2 or of 10. Here the base is e, about 2.718.",
    "unchanged-exponent": "This is the exponent itself. Raise e to it.",
    "whole-sum": "You divide by the sum of the whole table. Each row has its own sum.",
    "scores-divided": "You divide the scores. Divide their exponentials, E.",
    "sign-of-logarithm": "The minus is missing: the loss is −log P, and never below 0.",
    "largest-for-true": "You take the largest probability of the row. Take that of the true class.",
    "no-logarithm": "This is the probability itself. The loss is minus its logarithm.",
    "one-minus": "That is 1 − P. The loss is −log P.",
    "classes-for-samples": "You divide by the number of classes. Divide by N, that of the samples.",
    "strength-forgotten": "λ is missing: multiply the sum of the squares by λ/2.",
    "halved-twice": "You halve it twice: the factor is λ/2.",
    "strength-squared": "You multiply by λ twice.",
    "norm-not-squared": "You took a root: ‖W‖² is the sum of the squares, without one.",
    "weights-not-squared": "You add up the weights. Square each of them first.",
    "sign": "The size is right and the sign is wrong.",
    "digits": "Right as far as it goes. Give three decimals.",
    "close": "Close. Keep three decimals on the way.",
}


class AnotherExample(BookWidget):
    """Let the reader work an example through that nobody has worked through before.

    Every cell is checked as it is typed; a wrong number that a known slip makes has the slip named.

    Parameters
    ----------
    seed : int
        Which example of :func:`softmax_steps.fresh_example`, from 0 to ``MOST``.
    step : int
        The step whose table is shown, from 1 to 6.
    shown : str
        The steps whose numbers are given, such as ``"12"``, in their order.

    Raises
    ------
    TypeError
        If the seed or the step is no whole number.
    ValueError
        If one of them is out of its range.
    """

    name = "another_example"

    seed = traitlets.Int().tag(sync=True)
    step = traitlets.Int().tag(sync=True)
    shown = traitlets.Unicode().tag(sync=True)
    most = traitlets.Int(MOST).tag(sync=True)
    within = traitlets.Float(WITHIN).tag(sync=True)
    sentences = traitlets.Dict().tag(sync=True)
    numpy_says = traitlets.Dict().tag(sync=True)

    def __init__(self, seed=1, *, step=1, shown=""):
        fresh_example(seed)  # says what is wrong with a seed
        if seed > MOST:
            raise ValueError(f"seed is {seed}; expected at most {MOST}.")
        if isinstance(step, bool) or not isinstance(step, int):
            raise TypeError(f"step is {step!r:.60}; expected a whole number from 1 to 6.")
        if not 1 <= step <= 6:
            raise ValueError(f"step is {step}; expected 1 to 6.")
        if not isinstance(shown, str) or [*shown] != sorted(set(shown) & set("123456")):
            raise ValueError(f"shown is {shown!r:.60}; expected steps in their order, as '12'.")
        super().__init__(
            seed=int(seed),
            step=step,
            shown=shown,
            sentences={id: ADVICE[id].sentence for id in NAMED} | BY_HAND,
        )

    def answers(self):
        """Return every line of the working by its name, each as a matrix.

        Returns
        -------
        dict of str to ndarray
            ``F``, ``shifted``, ``E``, ``P`` and ``dF`` (2, 3), ``losses`` (2, 1), ``dW`` (2, 3),
            ``db`` (1, 3); ``data_loss``, ``penalty`` and ``loss`` (1, 1).
        """
        working = work_through(fresh_example(self.seed))
        lines = {name: np.atleast_2d(getattr(working, name)) for name in LINES}
        return lines | {"losses": lines["losses"].T}

    @traitlets.observe("seed", "step")
    def _answer(self, change):
        """Work the example through again in Python, so that the view can say how they differ."""
        answers = {name: plain(value) for name, value in self.answers().items()}
        self.numpy_says = {"seed": self.seed, "step": self.step, **answers}

    def picture(self):
        """Return the numbers that are given, and the lines to be filled in."""
        t = fresh_example(self.seed)
        given = [("X", t.X), ("y", t.y[:, np.newaxis]), ("W", t.W), ("b", t.b[np.newaxis])]
        rows = "; ".join(" ".join(f"{value:g}" for value in row) for row in t.X)
        with plt.style.context("softmax_steps.book"):
            figure = draw_another_example(given, t.strength, list(LINES.values()))
        weights = "; ".join(" ".join(f"{value:g}" for value in row) for row in t.W)
        biases = " ".join(f"{value:g}" for value in t.b)
        return show(
            figure,
            alt=(
                f"Example {self.seed}: X has the rows {rows}; y is {t.y[0]} and {t.y[1]}; W has "
                f"the rows {weights}; b is {biases}; λ is {t.strength:g}. Below, the eleven lines "
                f"of the six steps, to be filled in."
            ),
            caption=f"Example {self.seed}. Work with three decimals, from F down to ∂L/∂b.",
        )
