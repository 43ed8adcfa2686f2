"""Points in the plane that no straight border can part. Chapter ``book/09_two_layer.md``."""

import numpy as np

from softmax_steps.checks import require_count, require_rng
from softmax_steps.data import Samples

TURNS = 0.75  # of an arm of the spiral, from the middle to its end


def spiral(n_per_class=60, n_classes=3, *, noise=0.06, rng):
    r"""Draw points on the arms of a spiral, one arm for each class.

    .. math:: r \in [0.1, 1], \qquad
        \varphi = 2\pi \left(\frac{j}{C} + \tfrac{3}{4} r\right), \qquad
        x = (r \cos \varphi,\; r \sin \varphi) + \varepsilon

    Parameters
    ----------
    n_per_class : int
        Points on each arm.
    n_classes : int
        The number of arms C.
    noise : float
        The standard deviation of ε in each direction.
    rng : numpy.random.Generator
        Draws ε.

    Returns
    -------
    Samples
        ``X`` (N, 2) and ``y`` (N,), the classes one after the other.

    Raises
    ------
    TypeError, ValueError
        If a count is no whole number of at least 1, or ``rng`` no generator.

    Examples
    --------
    >>> X, y = spiral(3, 2, noise=0, rng=np.random.default_rng(0))
    >>> X.round(2)
    array([[ 0.09,  0.05],
           [-0.47,  0.29],
           [-0.  , -1.  ],
           [-0.09, -0.05],
           [ 0.47, -0.29],
           [ 0.  ,  1.  ]])
    """
    n = require_count(n_per_class, "n_per_class")
    C = require_count(n_classes, "n_classes")
    rng = require_rng(rng)
    y = np.repeat(np.arange(C), n)
    r = np.tile(np.linspace(0.1, 1, n), C)
    angle = 2 * np.pi * (y / C + TURNS * r)
    X = np.column_stack([r * np.cos(angle), r * np.sin(angle)])
    return Samples(X + noise * rng.standard_normal(X.shape), y)


def moons(n_per_class=60, *, noise=0.1, rng):
    r"""Draw points on two half circles, each reaching into the other.

    .. math:: (\cos \varphi,\; \sin \varphi) \text{ and }
        (1 - \cos \varphi,\; \tfrac12 - \sin \varphi), \qquad \varphi \in [0, \pi]

    Parameters
    ----------
    n_per_class : int
        Points on each half circle.
    noise : float
        The standard deviation of what is added in each direction.
    rng : numpy.random.Generator
        Draws it.

    Returns
    -------
    Samples
        ``X`` (N, 2) and ``y`` (N,), the classes one after the other.

    Raises
    ------
    TypeError, ValueError
        As for :func:`spiral`.

    Examples
    --------
    >>> moons(2, noise=0, rng=np.random.default_rng(0)).X.round(2)
    array([[ 1. ,  0. ],
           [-1. ,  0. ],
           [ 0. ,  0.5],
           [ 2. ,  0.5]])
    """
    n = require_count(n_per_class, "n_per_class")
    rng = require_rng(rng)
    angle = np.linspace(0, np.pi, n)
    X = np.vstack(
        [
            np.column_stack([np.cos(angle), np.sin(angle)]),
            np.column_stack([1 - np.cos(angle), 0.5 - np.sin(angle)]),
        ]
    )
    return Samples(X + noise * rng.standard_normal(X.shape), np.repeat([0, 1], n))


def exclusive_or():
    """Return the four corners of a square; opposite corners have the same class.

    Returns
    -------
    Samples
        ``X`` (4, 2) and ``y`` (4,).

    Examples
    --------
    >>> exclusive_or().y
    array([0, 1, 1, 0])
    """
    return Samples(
        np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]), np.array([0, 1, 1, 0])
    )
