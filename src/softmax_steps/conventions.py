"""The conventions: one model's numbers, written this book's way and another text's.

The rules are those of ``book/notation.md``.
"""

from typing import NamedTuple

import numpy as np

from softmax_steps.gradient import loss_and_gradient
from softmax_steps.regularization import l2_penalty
from softmax_steps.score import fold_bias, scores


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
