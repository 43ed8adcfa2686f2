import itertools

import numpy as np
import pytest

from softmax_steps import (
    complex_step_gradient,
    load_digits,
    loss_and_gradient,
    numerical_gradient,
    train,
)
from softmax_steps.two_layer import (
    TwoLayerParams,
    initial_two_layer,
    two_layer_forward,
    two_layer_loss_and_gradient,
)

N, D, H, C = 7, 4, 5, 3
PARAMETERS = TwoLayerParams._fields


@pytest.fixture
def network():
    rng = np.random.default_rng(9)
    params = TwoLayerParams(*(rng.normal(size=s) for s in ((D, H), (H,), (H, C), (C,))))
    return rng.normal(size=(N, D)), rng.integers(0, C, size=N), params


def plain_loss(X, y, W1, b1, W2, b2, strength):
    """Write the loss out, sample by sample and unit by unit; complex parameters pass."""
    total = 0
    for x, label in zip(X, y, strict=True):
        hidden = []
        for h in range(W1.shape[1]):
            o = sum(x[d] * W1[d, h] for d in range(len(x))) + b1[h]
            hidden.append(o if o.real > 0 else 0)
        f = [sum(hidden[h] * W2[h, j] for h in range(len(hidden))) + b2[j] for j in range(len(b2))]
        total += -f[label] + np.log(sum(np.exp(v) for v in f))
    penalty = sum((W**2).sum() for W in (W1, W2))
    return total / len(X) + strength / 2 * penalty


@pytest.mark.parametrize("strength", [0.0, 0.3])
def test_loss_and_gradient_are_those_of_the_loss_written_out(network, strength):
    X, y, params = network
    result = two_layer_loss_and_gradient(X, y, *params, strength=strength)
    np.testing.assert_allclose(result.loss, plain_loss(X, y, *params, strength), rtol=1e-13)
    for k, name in enumerate(PARAMETERS):

        def of_one(value, k=k):
            changed = [*params]
            changed[k] = value
            return plain_loss(X, y, *changed, strength)

        np.testing.assert_allclose(
            result[k + 1], complex_step_gradient(of_one, params[k]), rtol=1e-10, atol=1e-13
        )
        assert result[k + 1].shape == params[k].shape, name


def test_the_package_s_own_steps_pass_through_the_network(network):
    """Both checks of chapter 6, with the network's own loss."""
    X, y, params = network
    gradient = two_layer_loss_and_gradient(X, y, *params, strength=0.1)

    def of_W1(W1):
        return two_layer_loss_and_gradient(X, y, W1, *params[1:], strength=0.1).loss

    np.testing.assert_allclose(numerical_gradient(of_W1, params.W1), gradient.dW1, atol=1e-8)
    np.testing.assert_allclose(complex_step_gradient(of_W1, params.W1), gradient.dW1, rtol=1e-12)


def test_at_the_kink_the_slope_is_that_of_the_closed_unit():
    X, y = np.array([[1.0]]), np.array([0])
    W1, b1 = np.array([[0.0]]), np.array([0.0])  # O1 is exactly 0
    W2, b2 = np.array([[1.0, -1.0]]), np.zeros(2)
    assert two_layer_loss_and_gradient(X, y, W1, b1, W2, b2).dW1 == 0
    # A difference across the kink reports the mean of both sides: neither.
    right = two_layer_loss_and_gradient(X, y, W1 + 1e-9, b1, W2, b2).dW1
    across = numerical_gradient(
        lambda W1: two_layer_loss_and_gradient(X, y, W1, b1, W2, b2).loss, W1
    )
    np.testing.assert_allclose(across, right / 2, rtol=1e-4)
    along = complex_step_gradient(
        lambda W1: two_layer_loss_and_gradient(X, y, W1, b1, W2, b2).loss, W1
    )
    assert along == 0


def test_open_units_leave_the_linear_classifier(network):
    """With every unit open and W1 the identity, the network is the model of chapter 6."""
    X, y, _ = network
    X = np.abs(X)
    rng = np.random.default_rng(1)
    W, b = rng.normal(size=(D, C)), rng.normal(size=C)
    result = two_layer_loss_and_gradient(X, y, np.eye(D), np.zeros(D), W, b)
    linear = loss_and_gradient(X, y, W, b)
    assert result.loss == pytest.approx(linear.loss, rel=1e-14)
    np.testing.assert_allclose(result.dW2, linear.dW, rtol=1e-13, atol=1e-16)
    np.testing.assert_allclose(result.db2, linear.db, rtol=1e-13, atol=1e-16)


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_floating_types_are_kept(network, dtype):
    X, y, params = network
    params = TwoLayerParams(*(array.astype(dtype) for array in params))
    X = X.astype(dtype)
    forward = two_layer_forward(X, *params)
    assert {array.dtype.type for array in forward} == {dtype}
    result = two_layer_loss_and_gradient(X, y, *params, strength=0.1)
    assert isinstance(result.loss, float)
    assert {array.dtype.type for array in result[1:]} == {dtype}
    wide = two_layer_loss_and_gradient(
        X.astype(float), y, *(array.astype(float) for array in params), strength=0.1
    )
    tolerance = {np.float16: 2e-3, np.float32: 1e-6, np.float64: 0}[dtype]
    for part, whole in zip(result[1:], wide[1:], strict=True):
        np.testing.assert_allclose(part, whole, atol=tolerance)


def test_from_zeros_all_hidden_units_stay_alike(network):
    X, y, params = network
    start = TwoLayerParams(*(np.full_like(array, 0.1) for array in params))
    model = train(
        X, y, strength=0.01, learning_rate=0.5, epochs=20, batch_size=3, progress=False,
        rng=np.random.default_rng(0), initial=start,
        loss_and_gradient=two_layer_loss_and_gradient,
        scores=lambda X, *params: two_layer_forward(X, *params).O2,
    )  # fmt: skip
    W1, b1, W2, _ = model.params
    np.testing.assert_allclose(W1, W1[:, :1] + 0 * W1, atol=1e-12)
    np.testing.assert_allclose(b1, b1[:1] + 0 * b1, atol=1e-12)
    np.testing.assert_allclose(W2, W2[:1] + 0 * W2, atol=1e-12)
    assert np.abs(W1 - 0.1).max() > 0.01


def test_a_start_has_the_spread_that_keeps_sizes(network):
    """He's rule: what enters a layer leaves it with the same mean square."""
    rng = np.random.default_rng(2)
    params = initial_two_layer(400, 300, 10, rng=rng)
    np.testing.assert_allclose(params.W1.std(), np.sqrt(2 / 400), rtol=0.02)
    np.testing.assert_allclose(params.W2.std(), np.sqrt(2 / 300), rtol=0.05)
    assert not params.b1.any()
    assert not params.b2.any()
    X = rng.normal(size=(500, 400))
    found = two_layer_forward(X, *params)
    np.testing.assert_allclose((found.O1**2).mean(), 2, rtol=0.05)
    np.testing.assert_allclose((found.H**2).mean(), 1, rtol=0.05)
    assert initial_two_layer(3, 2, 2, rng=np.random.default_rng(0), scale=0.0).W1.tolist() == [
        [0, 0],
        [0, 0],
        [0, 0],
    ]


def test_digits_are_learnt_better_than_by_a_linear_model():
    X, y = load_digits()
    start = initial_two_layer(64, 32, 10, rng=np.random.default_rng(0))
    settings = {"strength": 1e-4, "learning_rate": 0.5, "epochs": 15, "batch_size": 50}
    model = train(
        X, y, **settings, rng=np.random.default_rng(1), initial=start, progress=False,
        loss_and_gradient=two_layer_loss_and_gradient,
        scores=lambda X, *params: two_layer_forward(X, *params).O2,
    )  # fmt: skip
    linear = train(X, y, **settings, rng=np.random.default_rng(1), progress=False)
    assert model.history.train_accuracy[-1] > linear.history.train_accuracy[-1]


WRONG = {
    "W1": (np.zeros((3, H)), r"X has 4 columns \(features\) but W1 has 3 rows"),
    "b1": (np.zeros(4), r"b1 has 4 entries but there are 5 columns in W1; .*one bias per hidden"),
    "W2": (np.zeros((C, H)), r"W1 has 5 columns .* but W2 has 3 rows.* Is W2 transposed"),
    "b2": (np.zeros(2), r"b2 has 2 entries but there are 3 columns in W2; .*one bias per class"),
}


@pytest.mark.parametrize("name", PARAMETERS)
def test_parameters_that_do_not_fit_are_named(network, name):
    X, y, params = network
    value, message = WRONG[name]
    with pytest.raises(ValueError, match=message):
        two_layer_forward(X, *params._replace(**{name: value}))
    with pytest.raises(ValueError, match=message):
        two_layer_loss_and_gradient(X, y, *params._replace(**{name: value}))


@pytest.mark.parametrize(
    ("name", "value"), [*itertools.product(("X", *PARAMETERS), (np.nan, np.inf))]
)
def test_what_is_not_finite_is_named_with_its_place(network, name, value):
    X, y, params = network
    arrays = {"X": X, **params._asdict()}
    bad = arrays[name].copy()
    bad.flat[-1] = value
    place = ", ".join(str(n - 1) for n in bad.shape)
    arguments = {**arrays, name: bad}
    with pytest.raises(ValueError, match=rf"{name}\[{place}\] is {value}"):
        two_layer_loss_and_gradient(arguments.pop("X"), y, *arguments.values())


def test_scores_that_overflow_are_reported():
    big = np.full((1, 1), 1e200)
    with pytest.raises(ValueError, match=r"O1\[0, 0\] is inf"):
        two_layer_forward(big, big, [0.0], np.ones((1, 2)), [0.0, 0.0])


@pytest.mark.parametrize("name", ["n_features", "n_hidden", "n_classes"])
def test_a_start_needs_whole_counts(name):
    counts = {"n_features": 2, "n_hidden": 2, "n_classes": 2, name: 0}
    with pytest.raises(ValueError, match=f"{name} is 0"):
        initial_two_layer(**counts, rng=np.random.default_rng(0))
