"""The book's one small example, and its working from the scores to a lower loss.

Two samples, two features, three classes: small enough to do by hand in every chapter.
"""

from dataclasses import dataclass, fields, replace

import numpy as np

from softmax_steps.checks import (
    BIASES,
    as_array,
    check_model,
    require_labels,
    require_learning_rate,
    require_strength,
)
from softmax_steps.cross_entropy import cross_entropy
from softmax_steps.gradient import loss_and_gradient, score_gradient
from softmax_steps.overflow_guard import shift_scores
from softmax_steps.regularization import l2_penalty, loss
from softmax_steps.score import scores
from softmax_steps.softmax import log_softmax, softmax

STEPS = ("score", "overflow_guard", "softmax", "cross_entropy", "regularization", "gradient")


@dataclass(frozen=True, eq=False)
class TinyExample:
    """The numbers to start from: data, a model, λ and the learning rate η."""

    X: np.ndarray
    y: np.ndarray
    W: np.ndarray
    b: np.ndarray
    strength: float
    learning_rate: float


def tiny_example(**changes):
    """Return the tiny example, or the same with some of its numbers changed.

    Parameters
    ----------
    **changes
        New values for any of ``X`` (2, 2), ``y`` (2,), ``W`` (2, 3), ``b`` (3,),
        ``strength`` and ``learning_rate``. Other sizes work too, as long as they fit.

    Returns
    -------
    TinyExample

    Raises
    ------
    TypeError, ValueError
        If a name is unknown or the numbers do not fit together.

    Examples
    --------
    >>> tiny_example().X
    array([[ 1.,  2.],
           [ 3., -1.]])
    >>> tiny_example(strength=0).strength
    0.0
    """
    example = TinyExample(
        X=np.array([[1.0, 2.0], [3.0, -1.0]]),
        y=np.array([1, 0]),
        W=np.array([[1.0, 0.0, 1.0], [0.0, 1.0, -1.0]]),
        b=np.array([0.0, 1.0, 0.0]),
        strength=0.1,
        learning_rate=0.5,
    )
    names = [field.name for field in fields(example)]
    unknown = sorted(set(changes) - set(names))
    if unknown:
        raise TypeError(
            f"tiny_example has no {', '.join(unknown)}; expected any of {', '.join(names)}."
        )
    example = replace(example, **changes)
    b = as_array(example.b, "b", 1, shape_hint=BIASES)
    X, W, b = check_model(example.X, example.W, b)
    return TinyExample(
        X=X,
        y=require_labels(example.y, len(X), W.shape[1], labels_of="X"),
        W=W,
        b=b,
        strength=require_strength(example.strength),
        learning_rate=require_learning_rate(example.learning_rate),
    )


@dataclass(frozen=True, eq=False)
class Working:
    """Every number on the way, one field each; printed, it is the working on paper."""

    F: np.ndarray
    shifted: np.ndarray
    E: np.ndarray
    P: np.ndarray
    losses: np.ndarray
    data_loss: float
    penalty: float
    loss: float
    dF: np.ndarray
    dW: np.ndarray
    db: np.ndarray
    new_W: np.ndarray
    new_b: np.ndarray
    new_loss: float
    up_to: str

    def __str__(self):
        lines = []
        for step, text, name in _LINES:
            value = getattr(self, name)
            if isinstance(value, np.ndarray):
                shown = np.array2string(value, precision=3, suppress_small=True, floatmode="fixed")
            else:
                shown = f"{value:.3f}"
            head, *rest = shown.splitlines()
            lines.append(f"{text:<21}{head}")
            lines += [" " * 21 + line for line in rest]
            if (step, name) == (self.up_to, _LAST[self.up_to]):
                break
        return "\n".join(lines)

    __repr__ = __str__


_LINES = (
    ("score", "F = XW + b", "F"),
    ("overflow_guard", "F′ = F − row maximum", "shifted"),
    ("softmax", "E = exp F′", "E"),
    ("softmax", "P = E / row sum", "P"),
    ("cross_entropy", "L_i = −log P[i, y_i]", "losses"),
    ("cross_entropy", "mean of the L_i", "data_loss"),
    ("regularization", "(λ/2) ‖W‖²", "penalty"),
    ("regularization", "L = mean + penalty", "loss"),
    ("gradient", "∂L/∂F = (P − Y) / N", "dF"),
    ("gradient", "∂L/∂W = Xᵀ∂L/∂F + λW", "dW"),
    ("gradient", "∂L/∂b = column sums", "db"),
    ("gradient", "W − η ∂L/∂W", "new_W"),
    ("gradient", "b − η ∂L/∂b", "new_b"),
    ("gradient", "L after the update", "new_loss"),
)
_LAST = {step: name for step, _, name in _LINES}


def work_through(example, *, up_to="gradient"):
    """Work the example through, from its scores to one update and the loss after it.

    Parameters
    ----------
    example : TinyExample
        From :func:`tiny_example`.
    up_to : str
        The last step to print: ``"score"``, ``"overflow_guard"``, ``"softmax"``,
        ``"cross_entropy"``, ``"regularization"`` or ``"gradient"``.

    Returns
    -------
    Working
        All numbers as fields; ``print`` shows those up to the step asked for.

    Raises
    ------
    TypeError, ValueError
        If the step is unknown, or the example's numbers do not fit together.

    Examples
    --------
    >>> work_through(tiny_example(), up_to="softmax")
    F = XW + b           [[ 1.000  3.000 -1.000]
                          [ 3.000  0.000  4.000]]
    F′ = F − row maximum [[-2.000  0.000 -4.000]
                          [-1.000 -4.000  0.000]]
    E = exp F′           [[0.135 1.000 0.018]
                          [0.368 0.018 1.000]]
    P = E / row sum      [[0.117 0.867 0.016]
                          [0.265 0.013 0.721]]
    """
    if not isinstance(example, TinyExample):
        raise TypeError(
            f"example is {example!r:.60}; expected what tiny_example() returns. "
            f"Call work_through(tiny_example())."
        )
    if up_to not in STEPS:
        raise ValueError(f"up_to is {up_to!r}; expected one of {', '.join(STEPS)}. Is it misspelt?")
    X, y, W, b = example.X, example.y, example.W, example.b
    strength, rate = example.strength, example.learning_rate
    F = scores(X, W, b)
    shifted = shift_scores(F)
    P = softmax(F)
    losses = cross_entropy(log_softmax(F), y)
    total, dW, db = loss_and_gradient(X, y, W, b, strength=strength)
    new_W, new_b = W - rate * dW, b - rate * db
    return Working(
        F=F,
        shifted=shifted,
        E=np.exp(shifted),
        P=P,
        losses=losses,
        data_loss=losses.mean().item(),
        penalty=l2_penalty(W, strength=strength),
        loss=total,
        dF=score_gradient(P, y),
        dW=dW,
        db=db,
        new_W=new_W,
        new_b=new_b,
        new_loss=loss(X, y, new_W, new_b, strength=strength),
        up_to=up_to,
    )
