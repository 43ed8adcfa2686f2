"""Why is my loss NaN, why does it not fall? Run the reader's own functions, and name the cause."""

import numpy as np

from softmax_steps.checks import require_function, require_learning_rate, require_strength
from softmax_steps.diagnosis import causes
from softmax_steps.diagnosis.black_box import black_box, converter_for, to_numpy
from softmax_steps.diagnosis.report import Diagnosis, Finding

__all__ = ["Diagnosis", "Finding", "diagnose"]


def diagnose(
    *,
    my_softmax=None,
    my_loss=None,
    my_gradient=None,
    my_update=None,
    X=None,
    y=None,
    W=None,
    b=None,
    strength=0.0,
    learning_rate=None,
    convert=None,
):
    r"""Run your own functions on a dozen small cases, and name what is wrong with them.

    What they should give is :math:`P = \operatorname{softmax}(F)`, the loss
    :math:`L = \frac1N \sum_i -\log P_{i y_i} + \frac\lambda2 \lVert W \rVert^2` with
    :math:`F = XW + b`, its slope :math:`\partial L/\partial W`, and one step downhill,
    :math:`W - \eta\, \partial L/\partial W`. Each function is a black box: NumPy's, or PyTorch's
    or JAX's, of which only the numbers are looked at.

    Parameters
    ----------
    my_softmax : callable, optional
        Called with scores, (N, C); returns probabilities.
    my_loss : callable, optional
        Called with X, y, W, and with b where ``b`` is given; returns one number. If yours takes
        scores, pass ``lambda X, y, W: yours(X @ W, y)``.
    my_gradient : callable, optional
        Called as ``my_loss`` is; returns ∂L/∂W, or (∂L/∂W, ∂L/∂b).
    my_update : callable, optional
        One plain step, weight decay included. Called as ``my_loss`` is, and with η last; returns
        the new W, or (W, b). An optimizer of a library is made inside, with this η: the first
        step is looked at, without Adam's rescaling.
    X : array, shape (N, D), optional
    y : array of int, shape (N,), optional
    W : array, shape (D, C), optional
    b : array, shape (C,), optional
        Your own data, labels and weights. They are looked at, never changed, and say by their
        type which library's arrays the functions get.
    strength : float
        The λ that your functions have inside. Where ``my_update`` is right, ``my_loss`` and
        ``my_gradient`` may leave it to the step.
    learning_rate : float, optional
        η, to see what a step along ``my_gradient`` does to the loss; needs X, y and W.
    convert : callable, optional
        Makes an array of your library from one of NumPy, such as ``torch.tensor``. Needed only if
        neither X nor W is given.

    Returns
    -------
    Diagnosis
        Printed, it says what was found, on which numbers, and where the book treats it.
        ``slips`` lists the causes' ids; it is true where none was found.

    Raises
    ------
    TypeError
        If nothing is passed, a function cannot be called, or an array's library is not known.
    ValueError
        If λ or η is out of its range.

    Examples
    --------
    >>> def my_softmax(F):
    ...     E = np.exp(F - F.max())
    ...     return E / E.sum(axis=1, keepdims=True)
    >>> diagnose(my_softmax=my_softmax)
    ✗ my_softmax: guard with the maximum of the whole matrix
    With rows far apart:
      F         [[0.0, -1.2, -5.0],
                 [-800.0, -804.0, -804.0]]
      came      [[0.7646, 0.2303, 0.005152],
                 [nan, nan, nan]]
      expected  [[0.7646, 0.2303, 0.005152],
                 [0.9647, 0.01767, 0.01767]]
    You subtract the largest score of the whole matrix. A sample far below it is
    left with exponentials that are all 0: give each sample its own maximum.
    Chapter 2, Each row its own guard.
    <BLANKLINE>
    Tried: my_softmax.
    """
    given = {"my_softmax": my_softmax, "my_loss": my_loss, "my_gradient": my_gradient}
    given["my_update"] = my_update
    for name, function in given.items():
        if function is not None:
            require_function(function, name, "that you wrote")
    if all(value is None for value in (*given.values(), X, y, W)):
        raise TypeError(
            "nothing to look at; expected one of my_softmax, my_loss, my_gradient, my_update, "
            "X, y, W, such as diagnose(my_softmax=my_softmax)."
        )
    strength = require_strength(strength)
    if learning_rate is not None:
        learning_rate = require_learning_rate(learning_rate)
    convert = convert or converter_for(X, W, b, y)
    boxes = {name: black_box(f, convert) for name, f in given.items() if f is not None}
    data = {name: _array(value) for name, value in {"X": X, "y": y, "W": W, "b": b}.items()}
    with np.errstate(all="ignore"):
        findings = list(_findings(boxes, data, strength, learning_rate))
    tried = [*boxes, *(name for name, value in data.items() if value is not None)]
    tried += ["one step"] if learning_rate is not None else []
    return Diagnosis(tuple(findings), tuple(tried))


def _findings(boxes, data, strength, learning_rate):
    """Yield each cause once: the data first, since whatever they spoil looks wrong."""
    X, y, W, b = data.values()
    my_loss, my_gradient = boxes.get("my_loss"), boxes.get("my_gradient")
    my_update = boxes.get("my_update")
    of_data = list(causes.in_the_data(X, y, W, b, my_loss))
    yield from of_data
    of_functions = []
    if "my_softmax" in boxes:
        of_functions += causes.in_the_softmax(boxes["my_softmax"])
    if my_loss:
        from_one = causes.counts_from_one(y, W)
        of_functions += causes.in_the_loss(my_loss, strength, b is not None, from_one=from_one)
    if my_gradient:
        of_functions += causes.in_the_gradient(my_gradient, strength, b is not None, my_loss)
    if my_update:
        of_update = list(causes.in_the_update(my_update, strength, b is not None, my_gradient))
        if not of_update:  # λ may stand in the step alone, as weight decay
            of_functions = [found for found in of_functions if found.slip != "penalty-missing"]
        of_functions += of_update
    yield from of_functions
    if of_data or of_functions or X is None or y is None or W is None:
        return  # the reader's own data say more only where all that was tried is right
    if my_loss:
        half = list(causes.in_half_precision(my_loss, X, y, W, b))
        yield from half
        if half:
            return
    if my_loss and my_gradient:
        different = list(causes.apart(my_loss, my_gradient, X, y, W, b))
        yield from different
        if different:
            return
    if my_gradient and learning_rate is not None:
        yield from causes.in_the_step(my_loss, my_gradient, X, y, W, b, learning_rate, strength)


def _array(value):
    return None if value is None else np.asarray(to_numpy(value))
