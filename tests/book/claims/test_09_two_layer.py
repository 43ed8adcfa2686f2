"""Claims of Chapter 9."""

import re

import numpy as np
import pytest

from softmax_steps import (
    initial_two_layer,
    loss_and_gradient,
    one_hot,
    softmax,
    two_layer_forward,
    two_layer_loss_and_gradient,
)
from softmax_steps.shapes import exclusive_or, spiral

from .pages import PAGES, says


def test_the_flat_model_is_the_lowest_that_straight_borders_reach_on_the_corners():
    says(
        "09_two_layer",
        "The flat model, one half for each class, has the lowest loss that straight borders can "
        "reach",
    )
    X, y = exclusive_or()
    flat = loss_and_gradient(X, y, np.zeros((2, 2)), np.zeros(2))
    assert flat.loss == pytest.approx(np.log(2))
    assert np.abs(flat.dW).max() == np.abs(flat.db).max() == 0  # and the loss is convex


def test_two_hidden_units_solve_the_corners():
    says(
        "09_two_layer",
        "$h_0 - 2 h_1$ is 0, 1, 1, 0: the class. A score of $10\\,(h_0 - 2 h_1) - 5$ for class 1, "
        "and 0 for class 0, is sure of it.",
    )
    X, y = exclusive_or()
    W1, b1 = np.ones((2, 2)), np.array([0.0, -1.0])
    W2, b2 = np.array([[0.0, 10.0], [0.0, -20.0]]), np.array([0.0, -5.0])
    found = two_layer_forward(X, W1, b1, W2, b2)
    assert found.H.tolist() == [[0, 0], [1, 0], [1, 0], [2, 1]]
    assert (found.H @ [1, -2]).tolist() == y.tolist()
    assert softmax(found.O2)[np.arange(4), y].min() > 0.99


def test_without_the_bend_on_the_way_back_only_the_first_layer_fails():
    says(
        "09_two_layer",
        "In $W_1$ and $b_1$ only, since the slopes of $W_2$ and $b_2$ are taken before the bend.",
    )
    (solution,) = [
        block
        for block in PAGES["09_two_layer"].directives
        if block.name == "dropdown" and "def unbent" in block.body
    ]
    scope = {
        "np": np,
        "softmax": softmax,
        "two_layer_forward": two_layer_forward,
        "exact": two_layer_loss_and_gradient,
    }
    exec(re.search(r"```python\n(.*?)```", solution.body, re.DOTALL)[1], scope)
    X, y = spiral(rng=np.random.default_rng(0))
    params = initial_two_layer(2, 8, 3, rng=np.random.default_rng(2))
    right = two_layer_loss_and_gradient(X, y, *params, strength=0.1)
    wrong = scope["unbent"](X, y, *params, strength=0.1)
    same = {
        name: np.allclose(value, getattr(wrong, name)) for name, value in right._asdict().items()
    }
    assert same == {"loss": True, "dW1": False, "db1": False, "dW2": True, "db2": True}


def test_with_the_bend_forgotten_the_loss_falls_for_a_while():
    says("09_two_layer", "Every shape is right, and the loss even falls for a while.")
    X, y = spiral(rng=np.random.default_rng(0))
    params = initial_two_layer(2, 8, 3, rng=np.random.default_rng(2))
    losses = []
    for _ in range(20):
        O2 = two_layer_forward(X, *params).O2
        right = two_layer_loss_and_gradient(X, y, *params)
        losses.append(right.loss)
        dO1 = (softmax(O2) - one_hot(y, 3)) / len(X) @ params.W2.T
        slopes = (X.T @ dO1, dO1.sum(axis=0), right.dW2, right.db2)
        params = params._make(p - 0.5 * d for p, d in zip(params, slopes, strict=True))
    assert losses[-1] < losses[5] < losses[0]


def test_the_two_models_have_the_parameters_that_the_chapter_counts():
    says(
        "09_two_layer",
        "seven times as many parameters (4810 for 650)",
        "784 · 100 + 100 + 100 · 10 + 10 = 79,510. The linear model has 7850.",
    )
    rng = np.random.default_rng(0)
    for sizes, network, linear in (((64, 64, 10), 4810, 650), ((784, 100, 10), 79510, 7850)):
        assert sum(p.size for p in initial_two_layer(*sizes, rng=rng)) == network
        assert (sizes[0] + 1) * sizes[2] == linear
