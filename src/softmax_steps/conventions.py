"""The conventions: one model's numbers, written this book's way and another text's.

The rules are those of ``book/notation.md``. What the named texts and libraries write is taken from
their own pages: cs231n.github.io (Linear Classification; Neural Networks Case Study), d2l.ai
(Weight Decay), the documentation of ``torch.optim.SGD``, of Keras's ``regularizers.L2``, and
scikit-learn's User Guide on logistic regression.
"""

from typing import NamedTuple

import numpy as np

from softmax_steps.gradient import loss_and_gradient
from softmax_steps.regularization import l2_penalty
from softmax_steps.score import fold_bias, scores


class KnownText(NamedTuple):
    """What a text or a library that is known by name writes, and what it calls λ and η.

    ``strength`` and ``rate`` are its names for them; ``rate`` is empty if it takes none.
    ``inverse`` tells that its number divides, as 1 / (Nλ).
    """

    name: str
    penalty: str
    over: str
    samples: str
    bias: str
    says: str
    strength: str = "λ"
    rate: str = "η"
    unit: str = "nats"
    inverse: bool = False

    def conventions(self):
        """Return its side of each fork, as :func:`other_text` takes them."""
        return {name: getattr(self, name) for name in FORKS}


FORKS = ("penalty", "over", "samples", "bias", "unit")
TEXTS = {
    "third-note": KnownText(
        "the third note",
        *("whole", "mean", "rows", "penalised"),
        "Its W holds the biases as a last row, and the penalty is taken of all of it.",
    ),
    "fourth-note": KnownText(
        "the fourth note",
        *("half", "sum", "rows", "apart"),
        "It adds the losses up. It has no penalty; here this book’s is added.",
    ),
    "cs231n": KnownText(
        "CS231n, notes",
        *("whole", "mean", "columns", "apart"),
        "A sample is a column, f = Wx + b, and λ stands before the whole sum of squares.",
    ),
    "cs231n-code": KnownText(
        "CS231n, case study",
        *("half", "mean", "rows", "apart"),
        "Its code has 0.5*reg*np.sum(W*W): all as in this book.",
        strength="reg",
        rate="step_size",
    ),
    "d2l": KnownText(
        "Dive into Deep Learning",
        *("half", "mean", "rows", "apart"),
        "(λ/2)‖w‖² beside a mean, and the bias goes free: all as in this book.",
    ),
    "pytorch": KnownText(
        "PyTorch, weight_decay",
        *("half", "mean", "rows", "penalised"),
        "SGD lets it reach the biases too. Give them a group with weight_decay=0, and it is this "
        "book’s model.",
        strength="weight_decay",
        rate="lr",
    ),
    "keras": KnownText(
        "Keras, l2(a)",
        *("whole", "mean", "rows", "apart"),
        "kernel_regularizer=l2(a) adds a times the sum of squares, without a half. The biases are "
        "free.",
        strength="a",
        rate="learning_rate",
    ),
    "scikit-learn": KnownText(
        "scikit-learn, C",
        *("half", "mean", "rows", "apart"),
        "LogisticRegression divides by C: a larger one is a weaker penalty. Its solvers choose "
        "their own steps.",
        strength="C",
        rate="",
        inverse=True,
    ),
}


class OtherText(NamedTuple):
    """What another text prints for our model: its λ and η, its numbers, and how far it strays.

    Matrices lie in the text's own layout, with the biases in them if it folds them in; then
    ``db`` and ``b`` are None. ``difference`` is the largest one between its weights and
    biases and ours, after the steps.
    """

    strength: float
    learning_rate: float
    scores: np.ndarray
    data_loss: float
    penalty: float
    loss: float
    dW: np.ndarray
    db: np.ndarray | None
    W: np.ndarray
    b: np.ndarray | None
    difference: float


def other_text(example, *, penalty, over, samples, bias, unit, carried, steps=1):
    r"""Give another text's numbers for our model by the rules of ``book/notation.md``.

    Its loss is ours times s = N for a sum, 1 for a mean, over log 2 for bits. Its λ is s λ, or
    half that if it writes no ½, and its η is η / s.

    Parameters
    ----------
    example : TinyExample
        The data, the model, λ and η as this book has them.
    penalty : str
        ``"half"`` for (λ/2)‖W‖², ``"whole"`` for λ‖W‖².
    over : str
        ``"mean"`` or ``"sum"`` over the samples.
    samples : str
        ``"rows"`` or ``"columns"``.
    bias : str
        ``"apart"``, ``"folded"`` into W but free of the penalty, or folded and
        ``"penalised"``.
    unit : str
        ``"nats"`` or ``"bits"``.
    carried : str
        ``"converted"``, or ``"copied"`` where λ and η are taken over as they stand.
    steps : int
        How many steps against the gradient both texts take.

    Returns
    -------
    OtherText
    """
    X, y, W, b = example.X, example.y, example.W, example.b
    scale = (len(y) if over == "sum" else 1) / (np.log(2) if unit == "bits" else 1)
    half = 2 if penalty == "whole" else 1
    strength, rate = example.strength, example.learning_rate
    if carried == "converted":
        strength, rate = strength * scale / half, rate / scale
    ours_by_theirs = strength * half / scale  # what their λ weighs in this book
    X1, W1 = fold_bias(X, W, b)

    def loss_there(W1):
        if bias == "penalised":
            loss, dW1, _ = loss_and_gradient(X1, y, W1, strength=ours_by_theirs)
            return scale * loss, scale * dW1
        loss, dW, db = loss_and_gradient(X, y, W1[:-1], W1[-1], strength=ours_by_theirs)
        return scale * loss, scale * np.vstack([dW, db])

    def step_here(W1):
        _, dW, db = loss_and_gradient(X, y, W1[:-1], W1[-1], strength=example.strength)
        return W1 - example.learning_rate * np.vstack([dW, db])

    loss, dW1 = loss_there(W1)
    priced = W1 if bias == "penalised" else W
    here = there = W1
    for _ in range(steps):
        here, there = step_here(here), there - rate * loss_there(there)[1]
    turn = np.transpose if samples == "columns" else np.asarray
    apart = bias == "apart"
    price = scale * l2_penalty(priced, strength=ours_by_theirs)
    return OtherText(
        strength=strength,
        learning_rate=rate,
        scores=turn(scores(X, W, b)),
        data_loss=loss - price,
        penalty=price,
        loss=loss,
        dW=turn(dW1[:-1] if apart else dW1),
        db=dW1[-1] if apart else None,
        W=turn(there[:-1] if apart else there),
        b=there[-1] if apart else None,
        difference=np.abs(there - here).max().item(),
    )
