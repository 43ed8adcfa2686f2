"""`diagnose` names one slip for each kind, accuses no right function, and takes any library."""

import re

import numpy as np
import pytest

from softmax_steps import diagnose, log_softmax, loss_and_gradient, mistakes, softmax
from softmax_steps.advice import ADVICE
from softmax_steps.practice.cross_entropy import LOSS_SLIPS, losses
from softmax_steps.practice.gradient import gradient_slips
from softmax_steps.practice.softmax import SOFTMAX_SLIPS

RNG = np.random.default_rng(1)
X, W, b = RNG.normal(size=(12, 3)), RNG.normal(size=(3, 4)), RNG.normal(size=4)
y = np.arange(12) % 4


def every(slips):
    return [
        pytest.param(slip, version, id=f"{slip} {i}")
        for slip, versions in slips.items()
        for i, version in enumerate(versions if isinstance(versions, list) else [versions])
    ]


@pytest.mark.parametrize(("slip", "wrong"), every(SOFTMAX_SLIPS))
def test_a_softmax_with_one_slip(slip, wrong):
    assert diagnose(my_softmax=wrong).slips == [slip]


@pytest.mark.parametrize(("slip", "wrong"), every(LOSS_SLIPS))
@pytest.mark.parametrize("strength", [0.0, 0.5])
def test_a_loss_with_one_slip(slip, wrong, strength):
    def my_loss(X, y, W):
        return np.mean(wrong(X @ W, y)) + strength / 2 * np.sum(W**2)

    found = diagnose(my_loss=my_loss, strength=strength).slips
    # A penalty without a sign is another number: then no known slip is meant.
    assert found == [slip]


@pytest.mark.parametrize(
    ("slip", "penalty"),
    [
        ("penalty-factor-two", lambda X, W, b: np.sum(W**2)),
        ("penalty-missing", lambda X, W, b: 0.0),
        ("penalty-sign", lambda X, W, b: -np.sum(W**2) / 2),
        ("penalty-in-the-mean", lambda X, W, b: np.sum(W**2) / 2 / len(X)),
        ("bias-penalised", lambda X, W, b: (np.sum(W**2) + np.sum(b**2)) / 2),
        ("data-penalised", lambda X, W, b: np.sum(X**2) / 2),
    ],
)
def test_a_loss_with_a_slip_in_its_penalty(slip, penalty):
    def my_loss(X, y, W, b):
        return losses(X @ W + b, y).mean() + 0.1 * penalty(X, W, b)

    assert diagnose(my_loss=my_loss, b=b, strength=0.1).slips == [slip]


@pytest.mark.parametrize(("slip", "wrong"), every(gradient_slips()))
def test_a_gradient_with_one_slip_in_weights_and_biases(slip, wrong):
    def my_gradient(X, y, W, b):
        return wrong(X, y, W, b, 0.5)

    assert diagnose(my_gradient=my_gradient, b=b, strength=0.5).slips == [slip]


def test_two_causes_are_both_named():
    def my_gradient(X, y, W):
        return -loss_and_gradient(X, y, W).dW

    found = diagnose(my_softmax=mistakes.whole_matrix_softmax, my_gradient=my_gradient)
    assert found.slips == ["whole-matrix-guard", "wrong-sign"]
    assert not found


def test_what_no_slip_explains_is_said_with_the_case():
    found = diagnose(my_softmax=lambda F: softmax(F) ** 2)
    assert found.slips == [None]
    assert str(found).startswith("✗ my_softmax: wrong\nWith small scores:\n  F ")
    assert "No known slip explains it.\n" in str(found)


@pytest.mark.parametrize(
    ("function", "words"),
    [
        (lambda X, y: 0.0, "it stops with TypeError"),
        (lambda X, y, W: None, "it gives None"),
        (lambda X, y, W: "many", "it gives a str"),
        (lambda X, y, W: (0.0, 1.0), "it gives 2 results, expected 1"),
    ],
)
def test_what_is_no_loss_is_said(function, words):
    assert words in str(diagnose(my_loss=function))


# --- right functions are not accused ---


def a_loss(X, y, W, b=0.0):
    return -log_softmax(np.asarray(X @ W + b, dtype=np.float64))[np.arange(len(y)), y].mean()


def a_gradient(X, y, W):
    return loss_and_gradient(X, y, W).dW


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_right_functions_are_not_accused(dtype):
    found = diagnose(
        my_softmax=lambda F: softmax(F).astype(dtype), my_loss=a_loss, my_gradient=a_gradient,
        X=X.astype(dtype), y=y, W=W.astype(dtype), learning_rate=0.1,
    )  # fmt: skip
    assert found, found


def test_labels_from_one_are_right_where_the_loss_is_made_for_them():
    found = diagnose(my_loss=lambda X, y, W: a_loss(X, y - 1, W), X=X, y=y + 1, W=W)
    assert found, found


@pytest.mark.parametrize("mask", [-1, -100])
def test_a_label_mask_is_right_where_the_loss_leaves_it_out(mask):
    def leaving_out(X, y, W):
        return a_loss(X[y >= 0], y[y >= 0], W)

    some = np.where(y == 2, mask, y)
    assert diagnose(my_loss=leaving_out, X=X, y=some, W=W)
    assert diagnose(my_loss=a_loss, X=X, y=some, W=W).slips == ["label-mask"]
    assert diagnose(X=X, y=some, W=W).slips == ["label-mask"]


def test_a_gradient_of_a_loss_with_a_slip_has_none_of_its_own():
    """Bits for nats, in the loss and in its slope."""

    def in_bits(X, y, W):
        return a_loss(X, y, W) / np.log(2)

    found = diagnose(my_loss=in_bits, my_gradient=lambda X, y, W: a_gradient(X, y, W) / np.log(2))
    assert found.slips == ["other-base"]


def test_labels_in_a_column_are_named():
    assert diagnose(X=X, y=y[:, np.newaxis], W=W).slips == ["column-of-labels"]


def test_nothing_is_changed():
    before = [a.copy() for a in (X, y, W, b)]
    diagnose(my_loss=a_loss, my_gradient=lambda X, y, W, b: loss_and_gradient(X, y, W, b)[1:],
             X=X, y=y, W=W, b=b, learning_rate=1.0)  # fmt: skip
    assert all(np.array_equal(*pair) for pair in zip(before, (X, y, W, b), strict=True))


# --- what is passed ---


@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        ({}, TypeError, "nothing to look at; expected one of my_softmax"),
        ({"my_softmax": softmax([[1.0]])}, TypeError, "expected a function that you wrote"),
        ({"my_softmax": softmax, "strength": -1}, ValueError, "strength is -1"),
        ({"my_softmax": softmax, "learning_rate": 0}, ValueError, "learning_rate is 0"),
        ({"X": object()}, TypeError, "expected convert, a function that does it"),
    ],
)
def test_a_wrong_call_is_told_with_its_mend(arguments, error, words):
    with pytest.raises(error, match=re.escape(words)):
        diagnose(**arguments)


# --- another library's arrays ---


class Tensor:
    """A stand-in for an array of another library: it hides its numbers while it has a graph."""

    def __init__(self, values, graph=False):
        self.values, self.graph = np.asarray(values), graph
        self.dtype = f"foreign.{self.values.dtype}"

    def detach(self):
        return Tensor(self.values)

    def cpu(self):
        return self

    def numpy(self):
        assert not self.graph, "detach first"
        return self.values

    def __array__(self, dtype=None, copy=None):
        raise RuntimeError("no array of NumPy's: call numpy()")


def foreign(function):
    """Return a function that takes and gives tensors alone."""

    def of_tensors(*args):
        assert all(isinstance(a, Tensor) for a in args)
        return Tensor(function(*(a.values for a in args)), graph=True)

    return of_tensors


def test_another_librarys_functions_are_black_boxes():
    unguarded = foreign(mistakes.unguarded_softmax)
    assert diagnose(my_softmax=unguarded, convert=Tensor).slips == ["no-guard"]
    right = {"my_loss": foreign(a_loss), "my_gradient": foreign(a_gradient)}
    mine = {"X": Tensor(X), "y": Tensor(y), "W": Tensor(W, graph=True), "convert": Tensor}
    assert diagnose(**right, **mine, learning_rate=0.1)
    assert diagnose(**right, **mine, learning_rate=1e5).slips == ["learning-rate-too-large"]
    summed = foreign(lambda X, y, W: len(y) * a_loss(X, y, W))
    assert diagnose(my_loss=summed, **mine).slips == ["sum-for-mean"]


def test_every_cause_that_can_be_named_has_its_advice():
    for slips in (SOFTMAX_SLIPS, LOSS_SLIPS, gradient_slips()):
        assert set(slips) <= set(ADVICE)
