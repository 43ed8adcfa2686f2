"""The conventions: one model, written this book's way and another's. The page on notation."""

import matplotlib.pyplot as plt
import numpy as np
import traitlets

from softmax_steps.conventions import FORKS, TEXTS, other_text
from softmax_steps.notebook import show
from softmax_steps.plots.stills.conventions import draw_conventions
from softmax_steps.tiny_example import TinyExample, tiny_example
from softmax_steps.widgets.base import BookWidget, plain

# The slider for λ: 0, then 10⁻³ to 1, with 50 positions for a factor of ten.
STRENGTHS = {"from": -3, "to": 0, "perDecade": 50}
MOST = 4  # samples, features or classes: larger matrices could not be read side by side
STEPS = (1, 100)  # how many the reader may choose


class Conventions(BookWidget):
    r"""Let the reader choose a text or library by name, and see λ and η carried over to it.

    The two losses stand one under the other, with what differs marked. Both texts take the same
    steps against their own gradients, and the largest difference between their weights is shown:
    rounding, where a rule converts the one into the other.

    Parameters
    ----------
    example : TinyExample, optional
        The numbers to start from; :func:`softmax_steps.tiny_example` without. At most
        4 samples, features and classes.
    text : str, optional
        A key of :data:`softmax_steps.conventions.TEXTS`: the other text at the start. Without, it
        is that with the conventions given, or ``"other"``.
    penalty, over, samples, bias, unit, carried : str
        The other text's conventions at the start, as in
        :func:`softmax_steps.conventions.other_text`.
    steps : int
        1 or 100, the number of steps that both texts take.

    Raises
    ------
    TypeError, ValueError
        If the example is none or too large.
    traitlets.TraitError
        If there is no such convention.

    Source: notes 000 and 003, which part at most of these forks.
    """

    name = "conventions"

    X = traitlets.List().tag(sync=True)
    y = traitlets.List().tag(sync=True)
    W = traitlets.List().tag(sync=True)
    b = traitlets.List().tag(sync=True)
    strength = traitlets.Float().tag(sync=True)
    strength_scale = traitlets.Dict(STRENGTHS).tag(sync=True)
    learning_rate = traitlets.Float().tag(sync=True)
    penalty = traitlets.Enum(["half", "whole"], "half").tag(sync=True)
    over = traitlets.Enum(["mean", "sum"], "sum").tag(sync=True)
    samples = traitlets.Enum(["rows", "columns"], "rows").tag(sync=True)
    bias = traitlets.Enum(["apart", "folded", "penalised"], "apart").tag(sync=True)
    unit = traitlets.Enum(["nats", "bits"], "nats").tag(sync=True)
    carried = traitlets.Enum(["converted", "copied"], "converted").tag(sync=True)
    steps = traitlets.Enum(STEPS, 1).tag(sync=True)
    text = traitlets.Enum([*TEXTS, "other"], "other").tag(sync=True)
    texts = traitlets.List([{"key": key, **text._asdict()} for key, text in TEXTS.items()]).tag(
        sync=True
    )
    steps_offered = traitlets.List(list(STEPS)).tag(sync=True)
    numpy_says = traitlets.Dict().tag(sync=True)

    def __init__(self, example=None, *, text=None, **conventions):
        example = tiny_example() if example is None else example
        if not isinstance(example, TinyExample):
            raise TypeError(
                f"example is {example!r:.60}; expected what tiny_example() returns. "
                f"Call Conventions(tiny_example())."
            )
        unknown = sorted(set(conventions) - {*_CHOICES, "steps"})
        if unknown:
            raise TypeError(
                f"Conventions has no {', '.join(unknown)}; expected any of "
                f"{', '.join(_CHOICES)} and steps."
            )
        if max(*example.X.shape, example.W.shape[1]) > MOST:
            raise ValueError(
                f"the example has {len(example.X)} samples, {len(example.W)} features and "
                f"{example.W.shape[1]} classes; expected at most {MOST} of each, so that its "
                f"matrices can be read side by side."
            )
        if text is not None and text not in TEXTS:
            raise ValueError(f"text is {text!r}; expected one of {', '.join(TEXTS)}.")
        given = set(conventions) & set(FORKS)
        if text is not None and given:
            raise TypeError(
                f"text={text!r} and {', '.join(sorted(given))} were both given; expected a text by "
                f"name, or its conventions."
            )
        if text is not None:
            conventions |= TEXTS[text].conventions()
        super().__init__(
            X=plain(example.X),
            y=plain(example.y),
            W=plain(example.W),
            b=plain(example.b),
            strength=example.strength,
            learning_rate=example.learning_rate,
            **conventions,
        )
        forks = {name: getattr(self, name) for name in FORKS}
        alike = (key for key, known in TEXTS.items() if known.conventions() == forks)
        self.text = text or next(alike, "other")

    def _choices(self):
        return {name: getattr(self, name) for name in (*_CHOICES, "steps")}

    def _example(self):
        return tiny_example(
            X=self.X,
            y=self.y,
            W=self.W,
            b=self.b,
            strength=self.strength,
            learning_rate=self.learning_rate,
        )

    @traitlets.observe("strength", "penalty", "over", "samples", "bias", "unit", "carried", "steps")
    def _answer(self, change):
        """Recompute with NumPy what the view has shown, so that it can say how they differ."""
        if not (self.X and self.W and self.b):
            return
        with np.errstate(over="ignore", invalid="ignore"):
            try:
                theirs = other_text(self._example(), **self._choices())
            except ValueError:  # the steps were so long that the weights have left all numbers
                self.numpy_says = {}
                return
        self.numpy_says = {
            "asked": {"strength": self.strength, **self._choices()},
            "loss": theirs.loss,
            "dW": plain(theirs.dW),
            "W_after": plain(theirs.W),
        }

    def picture(self):
        """Return both texts' formulas, and their losses in two parts."""
        example, choices = self._example(), self._choices()
        ours = other_text(example, **{**choices, **_OURS})
        theirs = other_text(example, **choices)
        count = "one step" if self.steps == 1 else f"{self.steps} steps"
        known = TEXTS.get(self.text)
        name = known.name if known else "another text"
        here, there = _formulas(_OURS), _formulas(choices)
        in_theirs = f"λ = {theirs.strength:.4g}, η = {theirs.learning_rate:.3g}"
        if known and known.inverse and self.strength:
            in_theirs = f"C = {1 / (len(self.y) * self.strength):.4g}"
        with plt.style.context("softmax_steps.book"):
            figure = draw_conventions(
                list(zip(here, there, strict=True)),
                [(t.data_loss, t.penalty) for t in (ours, theirs)],
                titles=[
                    f"this book, λ = {ours.strength:.3g}, η = {ours.learning_rate:.3g}",
                    f"{name}, {in_theirs}",
                ],
                unit=self.unit,
            )
        return show(
            figure,
            alt=(
                f"This book, with λ = {ours.strength:.4g}: data loss {ours.data_loss:.4f} and "
                f"penalty {ours.penalty:.4f}. The other text, with {in_theirs}: "
                f"{theirs.data_loss:.4f} and {theirs.penalty:.4f}. After {count} the largest "
                f"difference of their weights is {theirs.difference:.1e}."
            ),
            caption=(
                f"This book's scores and loss, and those of {name}: {_in_words(choices)}. Below, "
                f"both losses: the data loss in blue, the penalty in orange. After {count} the "
                f"largest difference of the weights is {theirs.difference:.1e}."
            ),
        )


def _formulas(choices):
    """Return the scores and the loss of some conventions in TeX."""
    is_apart, in_rows = choices["bias"] == "apart", choices["samples"] == "rows"
    if is_apart:
        scores = r"XW + 1\,b^T" if in_rows else r"WX + b\,1^T"
    else:
        scores = "X_1 W_1" if in_rows else "W_1 X_1"
    share = r"\frac{1}{N} \sum_i" if choices["over"] == "mean" else r"\sum_i"
    logarithm = r"\log" if choices["unit"] == "nats" else r"\log_2"
    price = r"\frac{\lambda}{2}" if choices["penalty"] == "half" else r"\lambda"
    norm = "W_1" if choices["bias"] == "penalised" else "W"
    sample = "{i, y_i}" if in_rows else "{y_i, i}"
    return (
        f"F = {scores}",
        rf"L = {share} -{logarithm} P_{sample} + {price} \Vert {norm} \Vert^2",
    )


_CHOICES = (*FORKS, "carried")
_OURS = {
    "penalty": "half",
    "over": "mean",
    "samples": "rows",
    "bias": "apart",
    "unit": "nats",
    "carried": "converted",
}
_WORDS = {
    "half": "the penalty (λ/2)‖W‖²",
    "whole": "the penalty λ‖W‖²",
    "mean": "the mean over the samples",
    "sum": "the sum over the samples",
    "rows": "samples in rows",
    "columns": "samples in columns",
    "apart": "the bias apart",
    "folded": "the bias folded in",
    "penalised": "the bias folded in and penalised",
    "nats": "the loss in nats",
    "bits": "the loss in bits",
    "converted": "λ and η converted",
    "copied": "λ and η copied as they stand",
}


def _in_words(choices):
    """Say how the other text differs, or that it does not."""
    differences = [_WORDS[choices[name]] for name in _CHOICES if choices[name] != _OURS[name]]
    return ", ".join(differences) or "the same conventions"
