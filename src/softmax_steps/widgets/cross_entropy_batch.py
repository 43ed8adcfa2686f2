"""A batch of probabilities on the curve −log p, and the two roads to its loss. Chapter 04."""

import matplotlib.pyplot as plt
import numpy as np
import traitlets

from softmax_steps.checks import as_array, require_finite
from softmax_steps.notebook import show
from softmax_steps.plots.stills.cross_entropy_batch import draw_cross_entropy_batch
from softmax_steps.readings import cross_entropy_readings
from softmax_steps.widgets.base import BookWidget, plain

REPEATS = (1, 100, 1000)  # how often the reader may take the batch
AXES, CURVES = ("linear", "log"), ("price", "rivals")


class CrossEntropyBatch(BookWidget):
    r"""Let the reader drag the probabilities that a batch gives to its true classes.

    .. math:: L = -\frac{1}{N} \sum_i \log p_i, \qquad e^{-N L} = \prod_i p_i

    Parameters
    ----------
    p : array_like, shape (N,)
        For each sample the probability of its true class, above 0 and at most 1.
    chosen : int, optional
        The sample whose price, slope and tangent are shown; the middle one without.
    repeats : int
        How often the batch is taken, one of ``REPEATS``.
    axis : {"linear", "log"}
        The axis of p.
    curves : {"price", "rivals"}
        Draw −log p alone, or 1 − p and its square as well.

    Raises
    ------
    TypeError, ValueError
        If an entry of ``p`` is no such probability, or an option is none of its values.

    Source: note 000, step 4; note 001.
    """

    name = "cross_entropy_batch"

    p = traitlets.List().tag(sync=True)
    chosen = traitlets.Int().tag(sync=True)
    repeats = traitlets.Int(1).tag(sync=True)
    repeats_offered = traitlets.List(list(REPEATS)).tag(sync=True)
    axis = traitlets.Enum(AXES, "linear").tag(sync=True)
    curves = traitlets.Enum(CURVES, "price").tag(sync=True)
    numpy_says = traitlets.Dict().tag(sync=True)

    def __init__(
        self,
        p=(0.9, 0.6, 0.3, 0.1, 0.05),
        *,
        chosen=None,
        repeats=1,
        axis="linear",
        curves="price",
    ):
        p = as_array(
            p, "p", 1, allow_complex=False, shape_hint="(N,), one probability for each sample"
        ).astype(np.float64)
        require_finite(p, "p")
        bad = np.flatnonzero((p <= 0) | (p > 1))
        if bad.size:
            raise ValueError(
                f"p[{bad[0]}] is {p[bad[0]]}; expected probabilities of the true class, above 0 "
                f"and at most 1. From scores F: softmax(F)[np.arange(N), y]."
            )
        chosen = p.size // 2 if chosen is None else chosen
        if chosen not in range(p.size):
            raise ValueError(
                f"chosen is {chosen!r}; expected the index of a sample, 0 to {p.size - 1}."
            )
        if repeats not in REPEATS:
            raise ValueError(f"repeats is {repeats!r}; expected one of {REPEATS}.")
        for option, value, known in (
            ("axis", axis, AXES),
            ("curves", curves, CURVES),
        ):
            if value not in known:
                raise ValueError(f"{option} is {value!r}; expected one of {known}.")
        super().__init__(
            p=plain(p), chosen=int(chosen), repeats=int(repeats), axis=axis, curves=curves
        )

    def answers(self):
        """Return every number that the view shows, by NumPy.

        Returns
        -------
        dict
            As :func:`softmax_steps.readings.cross_entropy_readings`.
        """
        return cross_entropy_readings(self.p, repeats=self.repeats)

    @traitlets.observe("p", "repeats")
    def _answer(self, change):
        """Recompute with NumPy what the view has shown, so that it can say how they differ."""
        if self.p:
            answers = self.answers()
            numbers = {
                name: float(answers[name]) for name in ("product", "logSum", "loss", "typical")
            }
            self.numpy_says = {
                "p": self.p,
                "repeats": self.repeats,
                "losses": plain(answers["losses"]),
                **numbers,
            }

    def picture(self):
        """Return the curve with the present batch on it."""
        answers, p = self.answers(), np.array(self.p)
        x = np.geomspace(0.003, 1, 400)
        prices = {"−log p": -np.log(x), "1 − p": 1 - x, "(1 − p)²": (1 - x) ** 2}
        if self.curves == "price":
            prices = {"−log p": prices["−log p"]}
        with plt.style.context("softmax_steps.book"):
            ax = draw_cross_entropy_batch(
                x,
                prices,
                batch_p=p,
                batch_losses=answers["losses"],
                chosen=self.chosen,
            )
        batch = ", ".join(f"{value:g}" for value in self.p)
        return show(
            ax.figure,
            alt=(
                f"The curve of minus log p falls from the left to 0 at p = 1. On it {len(p)} "
                f"samples, at p = {batch}. Their mean, the loss, is {answers['loss']:.3f} nats, "
                f"and the product of the probabilities is {answers['product']:.3g}."
            ),
            caption=(
                f"A batch on the curve −log p. Its loss, the mean, is {answers['loss']:.3f} nats; "
                f"the product of the probabilities is {answers['product']:.3g}."
            ),
        )
