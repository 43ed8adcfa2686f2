"""The values that the symbols have in the tiny example, computed by the book's package."""

from functools import cache
from typing import Any

import numpy as np

import softmax_steps as steps

DIGITS = 3  # as the working of the tiny example is printed


@cache
def tiny_values() -> dict[str, Any]:
    """Compute every value that the table of the symbols asks for.

    Returns
    -------
    dict of str to float, ndarray or str
        By the names that ``table.toml`` gives; an index has the words for its range.
    """
    t = steps.tiny_example()
    done = steps.work_through(t)
    (N, D), C = t.X.shape, t.W.shape[1]
    each = np.arange(N), t.y
    exponentials = np.exp(done.F)
    # The two hidden units of Chapter 9, in front of the tiny example.
    layers = steps.TwoLayerParams(np.array([[1.0, -1.0], [0.0, 1.0]]), np.zeros(2), t.W, t.b)
    O1, H, O2 = steps.two_layer_forward(t.X, *layers)
    two_layers = steps.two_layer_loss_and_gradient(t.X, t.y, *layers, strength=t.strength)
    dO2 = steps.score_gradient(steps.softmax(O2), t.y)
    dH = dO2 @ t.W.T
    return {
        **{"N": N, "D": D, "C": C, "M": layers.W1.shape[1]},
        **{"X": t.X, "y": t.y, "Y": steps.one_hot(t.y, C), "W": t.W, "b": t.b},
        **{"strength": t.strength, "learning_rate": t.learning_rate},
        **{"F": done.F, "shifted": done.shifted, "P": done.P, "log_p": steps.log_softmax(done.F)},
        **{"L_i": done.losses, "L_data": done.data_loss, "L": done.loss},
        **{"dF": done.dF, "dW": done.dW, "db": done.db, "dX": done.dF @ t.W.T},
        "L_bits": done.data_loss / np.log(2),
        **{"i": _counted(N, 1), "d": _counted(D, 1), "j": _counted(C, 0)},
        "e": np.e,
        "x": t.X[0],
        "p": done.P[0],
        "one_hot_row": steps.one_hot(t.y, C)[0],
        "predicted": steps.predict(done.F),
        "accuracy": steps.accuracy(done.F, t.y),
        "row_maxima": done.F.max(axis=1),
        "mean_template": t.W.mean(axis=1),
        "mean_sample": t.X.mean(axis=0),
        "counts": np.bincount(t.y, minlength=C),
        "true_probability": done.P[each],
        "true_score": done.F[each],
        "other_exponentials": exponentials.sum(axis=1) - exponentials[each],
        "probability_of_labels": done.P[each].prod(),
        "row_sums": exponentials.sum(axis=1),
        "h_of_first": exponentials[0].sum(),
        "leads": done.F[each][:, np.newaxis] - done.F,
        "J": steps.softmax_jacobian(done.P[0]),
        "penalty": done.penalty,
        "penalty_gradient": steps.l2_gradient(t.W, strength=t.strength),
        "half_square": steps.l2_penalty(t.W, strength=1.0),
        "data_gradient": steps.loss_and_gradient(t.X, t.y, t.W, t.b).dW,
        "half_strength": t.strength / 2,
        "strength_of_sum": N * t.strength,
        "inverse_strength": 1 / (N * t.strength),
        "prior_width": 1 / np.sqrt(N * t.strength),
        **{"W1": layers.W1, "b1": layers.b1, "O1": O1, "H": H, "O2": O2},
        **{"two_layer_P": steps.softmax(O2), "two_layer_L": two_layers.loss},
        **{"dO2": dO2, "dH": dH, "dO1": dH * (O1 > 0)},
        **{"dW1": two_layers.dW1, "db1": two_layers.db1},
        **{"dW2": two_layers.dW2, "db2": two_layers.db2},
        "hinge": steps.hinge_loss(done.F, t.y),
        "hinge_slopes": N * steps.hinge_score_gradient(done.F, t.y),
        "sides": 2 * steps.one_hot(t.y, C) - 1,
    }


def _counted(size: int, first: int) -> str:
    return f"{first} to {first + size - 1}"


def written_rows(name: str) -> list[list[str]]:
    """Write a value as the card of a symbol shows it: rows of entries.

    Parameters
    ----------
    name : str
        One of those of :func:`tiny_values`.

    Returns
    -------
    list of list of str
        One entry for a number or for words, one row for a vector.

    Raises
    ------
    KeyError
        If no value has the name.

    Examples
    --------
    >>> written_rows("X"), written_rows("strength"), written_rows("i")
    ([['1', '2'], ['3', '−1']], [['0.1']], [['1 to 2']])
    """
    value = tiny_values()[name]
    if isinstance(value, str):
        return [[value]]
    entries = np.asarray(value, float)
    digits = 0 if np.all(entries == entries.round()) else DIGITS
    rows = [[_written(entry, digits) for entry in row] for row in np.atleast_2d(entries)]
    return rows if entries.ndim or not digits else [[rows[0][0].rstrip("0")]]


def _written(number: float, digits: int) -> str:
    text = f"{number:.{digits}f}"
    return text.replace("-", "−") if float(text) else text.removeprefix("-")
