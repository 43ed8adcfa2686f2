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


# --- one step ---


def steps(build):
    """Return a step of X, y, W and η, and one of X, y, W, b and η, at λ = 0.01."""

    def of_weights(X, y, W, eta):
        return build(X, y, W, np.zeros(W.shape[1]), eta, 0.01)[0]

    return of_weights, lambda X, y, W, b, eta: build(X, y, W, b, eta, 0.01)


def penalised(X, y, W, b, eta, strength):
    dW, db = loss_and_gradient(X, y, W, b, strength=strength)[1:]
    return W - eta * dW, b - eta * db


def decayed(X, y, W, b, eta, strength):
    dW, db = loss_and_gradient(X, y, W, b)[1:]
    return (1 - eta * strength) * W - eta * dW, b - eta * db


def with_decay_beside(X, y, W, b, eta, strength):
    new_W, new_b = penalised(X, y, W, b, eta, strength)
    return new_W - eta * strength * W, new_b


def with_decay_after(X, y, W, b, eta, strength):
    new_W, new_b = penalised(X, y, W, b, eta, strength)
    return (1 - eta * strength) * new_W, new_b


def with_decay_of_all(X, y, W, b, eta, strength):
    new_W, new_b = with_decay_beside(X, y, W, b, eta, strength)
    return new_W, new_b - eta * strength * b


def twice_in_the_gradient(X, y, W, b, eta, strength):
    return penalised(X, y, W, b, eta, 2 * strength)


@pytest.mark.parametrize("build", [penalised, decayed])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("strength", [0.0, 1e-7, 0.01, 3.0])
def test_a_step_with_the_penalty_once_is_right(build, dtype, strength):
    def step(X, y, W, b, eta):
        arrays = build(X.astype(dtype), y, W.astype(dtype), b.astype(dtype), eta, strength)
        return tuple(array.astype(dtype) for array in arrays)

    found = diagnose(my_update=step, b=b, strength=strength)
    assert found, found
    assert found.tried == ("my_update", "b")


@pytest.mark.parametrize(
    "build",
    [with_decay_beside, with_decay_after, with_decay_of_all, twice_in_the_gradient],
)
def test_a_penalty_that_acts_twice_in_a_step_is_named(build):
    of_weights, of_both = steps(build)
    found = diagnose(my_update=of_both, b=b, strength=0.01)
    assert found.slips == ["penalty-twice"]
    assert "With features of 0, where λ alone moves W:" in str(found)
    assert diagnose(my_update=of_weights, strength=0.01).slips == ["penalty-twice"]


def test_a_penalty_twice_is_seen_however_small_it_is():
    def step(X, y, W, eta):
        dW = loss_and_gradient(X, y, W, strength=1e-7).dW
        return (W - eta * (dW + 1e-7 * W)).astype(np.float32)

    assert diagnose(my_update=step, strength=1e-7).slips == ["penalty-twice"]


@pytest.mark.parametrize(
    ("slip", "build"),
    [
        ("penalty-missing", lambda X, y, W, b, eta, s: penalised(X, y, W, b, eta, 0.0)),
        ("penalty-halved", lambda X, y, W, b, eta, s: penalised(X, y, W, b, eta, s / 2)),
        ("penalty-sign", lambda X, y, W, b, eta, s: decayed(X, y, W, b, eta, -s)),
        ("wrong-sign", lambda X, y, W, b, eta, s: penalised(X, y, W, b, -eta, s)),
        (
            "bias-penalised",
            lambda X, y, W, b, eta, s: (
                decayed(X, y, W, b, eta, s)[0],
                decayed(X, y, W, b, eta, s)[1] - eta * s * b,
            ),
        ),
        (None, lambda X, y, W, b, eta, s: (W, b)),
    ],
)
def test_another_slip_of_a_step_has_its_own_name(slip, build):
    assert diagnose(my_update=steps(build)[1], b=b, strength=0.01).slips == [slip]


def test_a_right_gradient_and_a_step_that_decays_again():
    def my_gradient(X, y, W):
        return loss_and_gradient(X, y, W, strength=0.01).dW

    def my_update(X, y, W, eta):
        return W - eta * my_gradient(X, y, W) - eta * 0.01 * W

    found = diagnose(my_gradient=my_gradient, my_update=my_update, strength=0.01)
    assert found.slips == ["penalty-twice"]
    assert [one.where for one in found.findings] == ["my_update"]


def test_a_step_along_a_wrong_gradient_has_no_slip_of_its_own():
    def my_gradient(X, y, W):
        return loss_and_gradient(X, y, W, strength=0.02).dW

    def my_update(X, y, W, eta):
        return W - eta * my_gradient(X, y, W)

    found = diagnose(my_gradient=my_gradient, my_update=my_update, strength=0.01)
    assert [(one.where, one.slip) for one in found.findings] == [
        ("my_gradient", "penalty-factor-two")
    ]


def test_a_penalty_may_stand_in_the_step_alone():
    """Weight decay: neither the loss nor the gradient knows of λ."""
    found = diagnose(
        my_loss=lambda X, y, W: a_loss(X, y, W), my_gradient=a_gradient,
        my_update=steps(decayed)[0], strength=0.01, X=X, y=y, W=W,
    )  # fmt: skip
    assert found, found
    assert diagnose(my_gradient=a_gradient, strength=0.01).slips == ["penalty-missing"]


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


class Optimizer:
    """A stand-in for a library's: it changes its parameters in place, each with weight decay."""

    def __init__(self, parameters, lr, weight_decay):
        assert isinstance(lr, float)
        self.parameters, self.lr, self.weight_decay = parameters, lr, weight_decay

    def step(self, slopes):
        for parameter, slope in zip(self.parameters, slopes, strict=True):
            parameter.values = parameter.values - self.lr * (
                slope + self.weight_decay * parameter.values
            )


@pytest.mark.parametrize(
    ("in_loss", "weight_decay", "slips"),
    [(0.1, 0.0, []), (0.1, 0.1, ["penalty-twice"]), (0.0, 0.0, ["penalty-missing"])],
)
def test_another_librarys_optimizer_is_a_black_box(in_loss, weight_decay, slips):
    def my_update(X, y, W, b, eta):
        optimizer = Optimizer([W, b], lr=eta, weight_decay=weight_decay)
        optimizer.step(
            loss_and_gradient(X.values, y.values, W.values, b.values, strength=in_loss)[1:]
        )
        return W, b

    mine = {"W": Tensor(W, graph=True), "b": Tensor(b), "convert": Tensor}
    assert diagnose(my_update=my_update, strength=0.1, **mine).slips == slips
    assert diagnose(my_update=my_update, strength=0.1, **mine, X=Tensor(X)).slips == slips


def test_every_cause_that_can_be_named_has_its_advice():
    for slips in (SOFTMAX_SLIPS, LOSS_SLIPS, gradient_slips()):
        assert set(slips) <= set(ADVICE)
