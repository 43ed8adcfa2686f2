"""The two models that read drawn digits: those that chapters 7 and 9 train."""

from functools import cache
from typing import NamedTuple

import numpy as np

from softmax_steps.data import load_digits, train_validation_split
from softmax_steps.training import train
from softmax_steps.two_layer import (
    TwoLayerParams,
    initial_two_layer,
    two_layer_forward,
    two_layer_loss_and_gradient,
)

STRENGTH = 1e-4  # λ of both
N_HIDDEN = 64


class DigitModels(NamedTuple):
    """The linear model's ``W, b``, and the network's ``W1, b1, W2, b2``."""

    linear: tuple
    hidden: TwoLayerParams


@cache
def digit_models():
    """Train on the digits as chapter 7 does in the end, and as chapter 9 does with its first start.

    It takes a few seconds, once; then the same arrays are returned, which cannot be written to.

    Returns
    -------
    DigitModels
        ``linear``: ``W`` (64, 10) and ``b`` (10,). ``hidden``: the parameters of 64 hidden units.

    Source: chapters 7 and 9 of this book.
    """
    X, y = load_digits()
    # One generator deals both splits, in the chapters too.
    rng = np.random.default_rng(0)
    split = train_validation_split(X, y, validation=0.2, rng=rng)
    X, y, _, _ = train_validation_split(split.X_train, split.y_train, rng=rng)
    settings = {
        "strength": STRENGTH,
        "learning_rate": 0.5,
        "batch_size": 49,
        "progress": False,
    }
    linear = train(X, y, epochs=60, rng=np.random.default_rng(0), **settings)
    network = train(
        X,
        y,
        epochs=30,
        rng=np.random.default_rng(0),
        initial=initial_two_layer(64, N_HIDDEN, 10, rng=np.random.default_rng(0)),
        loss_and_gradient=two_layer_loss_and_gradient,
        scores=lambda X, *params: two_layer_forward(X, *params).O2,
        **settings,
    )
    models = DigitModels((linear.W, linear.b), TwoLayerParams(*network.params))
    for part in (*models.linear, *models.hidden):
        part.flags.writeable = False
    return models
