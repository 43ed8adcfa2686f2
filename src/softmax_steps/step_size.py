"""What the step h does to a measured slope, by three methods and in two floating types."""

import numpy as np

METHODS = ("forward", "central", "complex")


def loss_in_one_type(X, y, W, b, strength):
    r"""Compute the loss with no number wider than those that come in, in plain NumPy.

    The steps of the package add up a float32 loss in float64 at the end, and take no
    complex64. Here everything stays float32, or complex64 while a complex step travels.

    Parameters
    ----------
    X, W, b : ndarray, shapes (N, D), (D, C) and (C,)
        All float32 or all float64; ``W`` may be complex instead.
    y : ndarray of int, shape (N,)
    strength : float
        λ ≥ 0.

    Returns
    -------
    NumPy scalar of the type of ``W``
        The loss in nats.
    """
    number = X.dtype.type
    F = X @ W + b
    F = F - F.real.max(axis=1, keepdims=True)
    log_p = F - np.log(np.exp(F).sum(axis=1, keepdims=True))
    data_loss = -log_p[np.arange(len(y)), y].sum() / number(len(y))
    return data_loss + number(strength / 2) * np.sum(W * W)


def measured_slopes(example, *, step, float_type):
    r"""Measure the gradient of the loss by three methods, with one step h for all weights.

    .. math:: \frac{f(w + h) - f(w)}{h}, \qquad \frac{f(w + h) - f(w - h)}{2h}, \qquad
        \frac{\operatorname{Im} f(w + ih)}{h}

    Parameters
    ----------
    example : TinyExample
    step : float
        h > 0.
    float_type : str
        ``"float64"`` or ``"float32"``; the complex step then uses complex128 or complex64.

    Returns
    -------
    dict of str to ndarray, shape (D, C)
        Under each of ``METHODS`` its slopes, in the floating type asked for.
    """
    dtype = np.dtype(float_type)
    X, W, b = (value.astype(dtype) for value in (example.X, example.W, example.b))
    h = dtype.type(step)
    slopes = {name: np.empty_like(W) for name in METHODS}

    def f(W):
        return loss_in_one_type(X, example.y, W, b, example.strength)

    for k in np.ndindex(W.shape):
        above, below, aside = W.copy(), W.copy(), W.astype(np.result_type(dtype, np.complex64))
        above[k] += h
        below[k] -= h
        aside[k] += 1j * h
        slopes["forward"][k] = (f(above) - f(W)) / h
        slopes["central"][k] = (f(above) - f(below)) / (h + h)
        slopes["complex"][k] = f(aside).imag / h
    return slopes
