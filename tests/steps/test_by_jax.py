"""Whatever needs JAX, which is imported here alone.

The network's gradient is held against an automatic differentiation that shares nothing with it:
JAX knows the loss, as the book writes it, and none of our derivatives. It compiles once for each
of the sizes. And JAX's functions are another library's to what looks at a reader's own.
"""

import platform
import sys

import numpy as np
import pytest

from softmax_steps import diagnose, two_layer_loss_and_gradient
from softmax_steps.practice import EXERCISES, examine

if sys.platform == "darwin" and platform.machine() == "x86_64":
    pytest.skip("there is no JAX for a Mac with an Intel processor", allow_module_level=True)
import jax

SIZES = ((7, 4, 5, 3), (1, 1, 1, 2), (12, 2, 16, 2))  # N, D, M and C
CASES = 20  # of random numbers, for each


def plain_loss(params, X, y, strength):
    W1, b1, W2, b2 = params
    H = jax.nn.relu(X @ W1 + b1)
    log_p = jax.nn.log_softmax(H @ W2 + b2)
    penalty = strength / 2 * ((W1**2).sum() + (W2**2).sum())
    return -log_p[np.arange(len(y)), y].mean() + penalty


def draw_case(sizes, seed):
    """Draw a network and data; every fourth has weights that make large scores."""
    rng = np.random.default_rng(seed)
    N, D, M, C = sizes
    size = 30.0 if seed % 4 == 0 else 1.0
    params = [size * rng.normal(size=s) for s in ((D, M), (M,), (M, C), (C,))]
    strength = float(rng.choice([0.0, 0.01, 1.0]))
    return rng.normal(size=(N, D)), rng.integers(0, C, size=N), params, strength


@pytest.fixture(scope="module")
def differentiate():
    """Return JAX's loss with its gradient, on the processor and in float64."""
    with jax.default_device(jax.devices("cpu")[0]), jax.enable_x64(True):
        yield jax.jit(jax.value_and_grad(plain_loss))


@pytest.mark.parametrize("sizes", SIZES, ids=str)
def test_loss_and_all_four_gradients_are_jaxs(differentiate, sizes):
    for seed in range(CASES):
        X, y, params, strength = draw_case(sizes, seed)
        loss, slopes = differentiate(params, X, y, strength)
        assert loss.dtype == np.float64
        found = two_layer_loss_and_gradient(X, y, *params, strength=strength)
        largest = max(np.abs(slope).max() for slope in slopes)
        np.testing.assert_allclose(found.loss, loss, rtol=1e-12, atol=1e-13)
        for ours, theirs in zip(found[1:], slopes, strict=True):
            np.testing.assert_allclose(ours, theirs, rtol=1e-12, atol=1e-12 * largest)


def test_at_the_corner_jax_says_0_too(differentiate):
    X, y, W2 = np.array([[1.0]]), np.array([0]), np.array([[1.0, -1.0]])
    params = [np.zeros((1, 1)), np.zeros(1), W2, np.zeros(2)]
    _, slopes = differentiate(params, X, y, 0.0)
    found = two_layer_loss_and_gradient(X, y, *params)
    assert found.dW1 == slopes[0] == 0
    np.testing.assert_array_equal(found.db2, slopes[3])


# --- a reader's own functions ---


def one_layer_loss(X, y, W):
    log_p = jax.nn.log_softmax(X @ W)
    return -log_p[jax.numpy.arange(len(y)), y].mean()


def test_a_check_takes_a_function_of_jaxs():
    """Its results are arrays of another library, in float32."""
    wrong = examine(EXERCISES["02-7"], jax.jit(lambda F: F - F.max()))
    assert wrong.slip == "whole-matrix-guard"


def test_diagnose_takes_functions_of_jaxs():
    rng = np.random.default_rng(0)
    X, y = jax.numpy.asarray(rng.normal(size=(5, 2))), jax.numpy.asarray(np.arange(5) % 4)
    mine = {"X": X, "y": y, "W": jax.numpy.zeros((2, 4))}
    my_loss, slope = jax.jit(one_layer_loss), jax.jit(jax.grad(one_layer_loss, argnums=2))
    found = diagnose(my_loss=my_loss, my_gradient=slope, **mine, learning_rate=0.1)
    assert found, found
    assert diagnose(my_gradient=lambda X, y, W: -np.asarray(slope(X, y, W)), **mine).slips == [
        "wrong-sign"
    ]
