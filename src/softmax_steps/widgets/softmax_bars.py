"""The softmax bars: drag scores, shift them all, change the temperature. Chapter 03.

The probabilities of three classes are shown as a point of a triangle as well.
"""

import matplotlib.pyplot as plt
import numpy as np
import traitlets

from softmax_steps.checks import as_array, require_finite
from softmax_steps.notebook import show
from softmax_steps.plots.stills.softmax_bars import draw_softmax_bars
from softmax_steps.readings import softmax_readings
from softmax_steps.softmax import softmax
from softmax_steps.widgets.base import BookWidget, plain

COLDEST, HOTTEST = 0.01, 100.0  # powers of ten: the slider has a tick at each


class SoftmaxBars(BookWidget):
    r"""Let the reader drag one sample's scores, shift them all, and change the temperature.

    .. math:: P_j = \frac{e^{(f_j + s) / T}}{\sum_k e^{(f_k + s) / T}}

    The probabilities do not depend on the shift :math:`s`.

    Parameters
    ----------
    scores : array_like, shape (C,)
        One score for each class.
    shift : float
        Added to every score.
    temperature : float
        T, from ``COLDEST`` to ``HOTTEST``; every score is divided by it.
    chosen : int
        The class whose equation is written out.

    Raises
    ------
    TypeError, ValueError
        If the scores are not a row of finite numbers, or another number is out of range.

    Source: note 000, step 3; note 001.
    """

    name = "softmax_bars"

    scores = traitlets.List().tag(sync=True)
    shift = traitlets.Float().tag(sync=True)
    temperature = traitlets.Float(1.0).tag(sync=True)
    temperatures = traitlets.List([COLDEST, HOTTEST]).tag(sync=True)
    chosen = traitlets.Int().tag(sync=True)
    numpy_says = traitlets.Dict().tag(sync=True)

    def __init__(self, scores=(1.0, 3.0, -1.0, 0.5, 2.5), *, shift=0.0, temperature=1.0, chosen=0):
        row = as_array(
            scores, "scores", 1, allow_complex=False, shape_hint="(C,), one score for each class"
        ).astype(np.float64)
        require_finite(row, "scores")
        if not np.isfinite(shift):
            raise ValueError(f"shift is {shift!r}; expected a finite number, such as 0.0.")
        if not COLDEST <= temperature <= HOTTEST:
            raise ValueError(
                f"temperature is {temperature!r}; expected a number from {COLDEST} to "
                f"{HOTTEST:g}, such as 1.0, which changes nothing."
            )
        if chosen not in range(row.size):
            raise ValueError(
                f"chosen is {chosen!r}; expected the index of a class, 0 to {row.size - 1}."
            )
        super().__init__(
            scores=plain(row),
            shift=float(shift),
            temperature=float(temperature),
            chosen=int(chosen),
        )

    def answers(self):
        """Return every number that the view shows, by NumPy.

        Returns
        -------
        dict
            As :func:`softmax_steps.readings.softmax_readings`.
        """
        return softmax_readings(self.scores, shift=self.shift, temperature=self.temperature)

    @traitlets.observe("scores", "shift", "temperature")
    def _answer(self, change):
        """Recompute with NumPy what the view has shown, so that it can say how they differ."""
        if self.scores:
            answers = self.answers()
            self.numpy_says = {
                "scores": self.scores,
                "shift": self.shift,
                "temperature": self.temperature,
                "P": plain(answers["P"]),
                "entropy": float(answers["entropy"]),
            }

    def picture(self):
        """Return the present scores and their probabilities as bars."""
        answers = self.answers()
        F = np.array(self.scores) + self.shift
        way = temperature_path(F) if len(F) == 3 else None
        with plt.style.context("softmax_steps.book"):
            axes = draw_softmax_bars(F, answers["P"], way=way)
        pairs = "; ".join(
            f"class {j}: score {f:.1f}, probability {p:.3f}"
            for j, (f, p) in enumerate(zip(F, answers["P"], strict=True))
        ).replace("-", "−")
        at = "" if self.temperature == 1 else f" at the temperature {self.temperature:g}"
        alt = f"Scores and probabilities of {len(F)} classes as bars{at}. {pairs}."
        caption = (
            f"Scores and their softmax{at}: class {answers['leader']} leads, the entropy is "
            f"{answers['entropy']:.3f} nats."
        )
        if way is not None:
            is_alone = np.sum(F.max() == F) == 1
            region = f", in the region of class {answers['leader']}" if is_alone else ""
            alt += (
                " With them a triangle with a corner for each class: the probabilities are a point "
                f"in it{region}, on a curve that ends in the middle."
            )
            caption += (
                " In the triangle the temperature moves them along the curve: the higher it is, "
                "the nearer to the middle."
            )
        return show(axes[0].figure, alt=alt, caption=caption)


def temperature_path(scores):
    r"""Give the probabilities of a row of scores from a very low temperature to a very high one.

    .. math:: P_j(T) = \frac{e^{f_j / T}}{\sum_k e^{f_k / T}}

    Parameters
    ----------
    scores : ndarray, shape (C,)
        f: one score for each class.

    Returns
    -------
    ndarray, shape (K, C)
        A row for each temperature, the lowest first; only one if all scores are equal.
    """
    leads = scores.max() - scores
    widest = leads.max()
    if widest == 0:
        return np.full((1, len(scores)), 1 / len(scores))
    narrowest = max(leads[leads > 0].min(), 1e-6 * widest)
    T = np.geomspace(narrowest / 40, 2000 * widest, 200)
    return softmax(-leads / T[:, np.newaxis])
