"""The steps composed: minibatch gradient descent. Chapter ``book/07_training.md``.

The trainer works for any model: its parameters are a NamedTuple of arrays, and its loss is a
function called as ``loss_and_gradient(X, y, *params, strength=λ)``, which returns the loss and
then one gradient for each parameter, in their order.
"""

import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from softmax_steps.checks import (
    as_array,
    check_model,
    is_named_tuple,
    plain_array,
    require_batch_size,
    require_class_count,
    require_count,
    require_finite,
    require_function,
    require_labels,
    require_learning_rate,
    require_rng,
    require_strength,
)
from softmax_steps.gradient import loss_and_gradient
from softmax_steps.progress_bar import progress_bar
from softmax_steps.score import scores
from softmax_steps.softmax import predict


class LinearParams(NamedTuple):
    """The parameters of a linear classifier: weights ``W`` (D, C) and biases ``b`` (C,)."""

    W: np.ndarray
    b: np.ndarray


class Update(NamedTuple):
    """One step: the batch's ``loss`` before it, in nats, and the parameters ``params`` after it.

    For the linear classifier ``W`` (D, C) and ``b`` (C,) are there by themselves too.
    """

    loss: float
    params: NamedTuple

    @property
    def W(self):
        """The weights of a linear classifier."""
        return self.params.W

    @property
    def b(self):
        """The biases of a linear classifier."""
        return self.params.b


@dataclass(frozen=True, eq=False)
class History:
    """What was measured before the first epoch and after each: arrays of epochs + 1 entries.

    ``steps`` counts the updates made so far. The two data losses are mean cross-entropies
    in nats, without the penalty, so that runs with different λ can be compared; the
    accuracies are shares between 0 and 1. Without a validation set its two are None. A run
    that was interrupted within an epoch has a last entry for the part it finished.
    """

    steps: np.ndarray
    train_data_loss: np.ndarray
    validation_data_loss: np.ndarray | None
    penalty: np.ndarray
    train_accuracy: np.ndarray
    validation_accuracy: np.ndarray | None

    @property
    def train_loss(self):
        """The whole loss L on the training set: data loss plus penalty."""
        return self.train_data_loss + self.penalty


@dataclass(frozen=True, eq=False, repr=False)
class TrainedModel:
    """The parameters ``params``, the :class:`History`, and whether training was interrupted.

    For the linear classifier ``W`` (D, C) and ``b`` (C,) are there by themselves too.
    """

    params: NamedTuple
    history: History
    interrupted: bool = False

    @property
    def W(self):
        """The weights of a linear classifier."""
        return self.params.W

    @property
    def b(self):
        """The biases of a linear classifier."""
        return self.params.b

    def __repr__(self):
        if isinstance(self.params, LinearParams):
            D, C = self.W.shape
            parts = [f"{D} features, {C} classes"]
        else:
            parts = [f"{name} {array.shape}" for name, array in self.params._asdict().items()]
        parts.append(f"{self.history.steps[-1]} steps")
        parts.append(f"train accuracy {self.history.train_accuracy[-1]:.3f}")
        if self.history.validation_accuracy is not None:
            parts.append(f"validation accuracy {self.history.validation_accuracy[-1]:.3f}")
        if self.interrupted:
            parts.append("interrupted")
        return f"TrainedModel({', '.join(parts)})"


class DivergedError(ArithmeticError):
    """Training diverged: the loss is no longer a finite number.

    ``model`` is the :class:`TrainedModel` at the last finite loss, ``step`` the number of
    updates after which the loss was not finite any more.
    """

    def __init__(self, message, *, step, model):
        super().__init__(message)
        self.step = step
        self.model = model


def accuracy(F, y):
    r"""Give the share of samples whose largest score belongs to the true class.

    .. math:: A = \frac{1}{N} \sum_i [\, \hat{y}_i = y_i \,], \qquad
        \hat{y}_i = \operatorname{arg\,max}_j F_{ij}

    Parameters
    ----------
    F : array_like, shape (N, C)
        Scores or probabilities.
    y : array_like of int, shape (N,)
        True labels in 0…C−1.

    Returns
    -------
    float
        Between 0 and 1.

    Raises
    ------
    TypeError, ValueError
        If ``F`` is not a matrix of finite numbers, or labels and rows do not fit.

    Examples
    --------
    >>> accuracy([[1.0, 3.0, -1.0], [3.0, 0.0, 4.0]], y=[1, 0])
    0.5
    """
    guesses = predict(F)
    y = require_labels(y, *np.shape(F))
    return np.mean(guesses == y).item()


def confusion_matrix(y_true, y_pred, *, n_classes):
    r"""Count how often each true class was taken for each class.

    .. math:: M_{jk} = \sum_i [\, y_i = j \,]\,[\, \hat{y}_i = k \,]

    Parameters
    ----------
    y_true, y_pred : array_like of int, shape (N,)
        True and predicted labels in 0…C−1.
    n_classes : int
        The number of classes C.

    Returns
    -------
    ndarray of int, shape (C, C)
        A row for each true class, a column for each predicted one; the right answers
        stand on the diagonal.

    Raises
    ------
    TypeError, ValueError
        If labels are no integers in 0…C−1 or the two do not have the same length.

    Examples
    --------
    >>> confusion_matrix([1, 0, 1], [1, 2, 1], n_classes=3)
    array([[0, 0, 1],
           [0, 2, 0],
           [0, 0, 0]])
    """
    n_classes = require_class_count(n_classes)
    y_true = require_labels(y_true, None, n_classes)
    y_pred = require_labels(y_pred, len(y_true), n_classes, labels_of="y_true")
    counts = np.zeros((n_classes, n_classes), dtype=int)
    np.add.at(counts, (y_true, y_pred), 1)
    return counts


def one_epoch(
    X,
    y,
    *params,
    strength,
    learning_rate,
    batch_size,
    rng,
    loss_and_gradient=loss_and_gradient,
):
    r"""Go once through the data in a fresh random order; yield after each batch's step.

    .. math:: W \leftarrow W - \eta \frac{\partial L_B}{\partial W}, \qquad
        b \leftarrow b - \eta \frac{\partial L_B}{\partial b}

    where :math:`L_B` is the loss over the rows of one batch. If the batch size does not
    divide N, the last batch is smaller.

    Parameters
    ----------
    X : array_like, shape (N, D)
    y : array_like of int, shape (N,)
    *params : array_like or NamedTuple of array_like
        Where to start: ``W`` (D, C) and ``b`` (C,), or another model's parameters as one
        NamedTuple. Not changed.
    strength : float
        λ ≥ 0.
    learning_rate : float
        η > 0.
    batch_size : int
        Rows per step, B, in 1…N.
    rng : numpy.random.Generator
        Shuffles the rows.
    loss_and_gradient : callable
        The model's loss with its gradient, as described at the head of this module.

    Yields
    ------
    Update
        The batch's loss before the step, and the parameters after it.

    Raises
    ------
    TypeError, ValueError
        If an input does not fit, at the call; later as ``loss_and_gradient``, which sees each
        batch.

    Examples
    --------
    The tiny example, both samples in one batch:

    >>> from softmax_steps import tiny_example
    >>> t = tiny_example()
    >>> for step in one_epoch(t.X, t.y, t.W, t.b, strength=0.1, learning_rate=0.5,
    ...                       batch_size=2, rng=np.random.default_rng(0)):
    ...     print(step.b.round(3))
    [ 0.154  1.03  -0.184]
    """
    X, y, params = _require_epoch(X, y, params)
    return _one_epoch(
        X,
        y,
        params,
        strength=require_strength(strength),
        learning_rate=require_learning_rate(learning_rate),
        batch_size=require_batch_size(batch_size, len(X)),
        rng=require_rng(rng),
        loss_and_gradient=_require_loss_function(loss_and_gradient),
    )


def _one_epoch(
    X,
    y,
    params,
    *,
    strength,
    learning_rate,
    batch_size,
    rng,
    loss_and_gradient,
):
    order = rng.permutation(len(X))
    for start in range(0, len(X), batch_size):
        rows = order[start : start + batch_size]
        X_B, y_B = X[rows], y[rows]
        L_B, *slopes = loss_and_gradient(X_B, y_B, *params, strength=strength)
        pairs = zip(params, slopes, strict=True)
        params = params._make(p - learning_rate * dp for p, dp in pairs)
        yield Update(L_B, params)


def train(
    X,
    y,
    *,
    strength,
    learning_rate,
    epochs,
    batch_size,
    rng,
    progress=True,
    validation=None,
    initial=None,
    loss_and_gradient=loss_and_gradient,
    scores=scores,
):
    r"""Train the softmax classifier, or another model, by minibatch gradient descent.

    Starts from zero weights: the softmax classifier's loss is convex, so no start ends in a
    false bottom, and at zero it is ln C, a number to check against. Interrupting it (Ctrl-C,
    or the notebook's stop button) returns the model trained so far.

    Parameters
    ----------
    X : array_like, shape (N, D)
        One sample per row.
    y : array_like of int, shape (N,)
        True labels from 0; the largest label decides the number of classes C.
    strength : float
        λ ≥ 0.
    learning_rate : float
        η > 0, the size of a step.
    epochs : int
        How often to go through the data, at least 1.
    batch_size : int
        Rows per step, 1…N; N itself is plain gradient descent.
    rng : numpy.random.Generator
        Shuffles the rows in each epoch; the same generator state gives the same model.
    progress : bool
        Show a bar (tqdm, on standard output) while it runs.
    validation : (array_like, array_like), optional
        Held-out ``X_val, y_val``; measured after each epoch, never trained on.
    initial : (array_like, array_like) or NamedTuple, optional
        ``W, b`` to start from instead of zeros, such as an interrupted model's; or the
        parameters of another model.
    loss_and_gradient : callable
        The model's loss with its gradient, as described at the head of this module.
    scores : callable
        Called as ``scores(X, *params)``; gives the (N, C) scores from which accuracies are
        counted.

    Returns
    -------
    TrainedModel
        ``params``, of which ``W`` (D, C) and ``b`` (C,), ``history``, ``interrupted``.

    Raises
    ------
    DivergedError
        If the loss is no longer finite; its ``model`` is the last that was.
    TypeError, ValueError
        If an input does not fit; the message says which and how to mend it.

    Examples
    --------
    >>> X, y = [[0.0, 1.0], [1.0, 0.0], [0.1, 0.9], [0.8, 0.1]], [0, 1, 0, 1]
    >>> train(X, y, strength=0.01, learning_rate=1.0, epochs=20, batch_size=2,
    ...       rng=np.random.default_rng(0), progress=False)
    TrainedModel(2 features, 2 classes, 40 steps, train accuracy 1.000)

    Source: note 003's gradient, put to work.
    """
    strength, learning_rate = require_strength(strength), require_learning_rate(learning_rate)
    epochs = require_count(epochs, "epochs")
    model = _Model(
        _require_loss_function(loss_and_gradient),
        require_function(scores, "scores", "of X and the parameters"),
    )
    sets, params = _require_data(X, y, validation, initial, model)
    X, y = sets[0]
    settings = {
        "strength": strength,
        "learning_rate": learning_rate,
        "batch_size": require_batch_size(batch_size, len(X)),
        "rng": require_rng(rng),
        "loss_and_gradient": loss_and_gradient,
    }
    run, interrupted = _Run(model, sets, params, strength, learning_rate), False
    with progress_bar(progress, epochs * math.ceil(len(X) / batch_size)) as bar:
        try:
            for _ in range(epochs):
                run.follow(_one_epoch(X, y, run.params, **settings), bar)
        except KeyboardInterrupt:
            interrupted = True
    return run.finish(interrupted)


class _Record(NamedTuple):
    """One row of the history."""

    steps: int
    train_data_loss: float
    train_accuracy: float
    penalty: float
    validation_data_loss: float | None = None
    validation_accuracy: float | None = None


class _Model(NamedTuple):
    """What training has to know of a model: its loss with the gradient, and its scores."""

    loss_and_gradient: callable
    scores: callable

    def loss(self, X, y, params, *, strength):
        return float(self.loss_and_gradient(X, y, *params, strength=strength)[0])

    def penalty(self, X, y, params, *, strength):
        """Return the loss without the data loss; it does not depend on the rows, so one will do."""
        if strength == 0:
            return 0.0
        X, y = X[:1], y[:1]
        whole = self.loss(X, y, params, strength=strength)
        return whole - self.loss(X, y, params, strength=0.0)


class _Run:
    """What a training run has reached: its newest step, its last finite one, its records."""

    def __init__(self, model, sets, params, strength, learning_rate):
        self.model, self.sets = model, sets
        self.strength, self.learning_rate = strength, learning_rate
        # Step and parameters under one name: an interruption never leaves W new and b old.
        self.newest = self.finite = (0, Update(math.nan, params))
        self.records = []
        self.record()

    @property
    def params(self):
        return self.newest[1].params

    def follow(self, updates, bar):
        """Take an epoch's steps, one by one, and measure at its end."""
        updates = enumerate(updates, self.newest[0] + 1)
        while (step := self.guarded(lambda: next(updates, None))) is not None:
            if not math.isfinite(step[1].loss):
                self.diverge(step[1].loss)
            self.finite, self.newest = self.newest, step
            bar.update()
        bar.set_postfix_str(f"loss {self.record():.3f}")

    def record(self):
        """Measure losses and accuracies, and return the whole training loss."""
        measured = self.guarded(self.measure)
        whole = measured.train_data_loss + measured.penalty
        if not math.isfinite(whole):
            self.diverge(whole)
        self.records.append(measured)
        return whole

    def measure(self):
        params, model = self.params, self.model
        train, *held_out = [
            (model.loss(X, y, params, strength=0.0), accuracy(model.scores(X, *params), y))
            for X, y in self.sets
        ]
        penalty = model.penalty(*self.sets[0], params, strength=self.strength)
        return _Record(self.newest[0], *train, penalty, *(held_out[0] if held_out else ()))

    def guarded(self, compute):
        """Compute without overflow warnings; what is refused as not finite ends the run."""
        try:
            with np.errstate(over="ignore", invalid="ignore"):
                return compute()
        except ValueError:
            if self.newest[0] == 0:  # nothing was trained yet: the input is at fault
                raise
            self.diverge(math.nan)

    def diverge(self, value):
        (step, update), rate = self.newest, self.learning_rate
        if step == 0:
            raise ValueError(
                f"The loss is {value} before the first step; expected a finite number. "
                f"Are the initial weights too large?"
            )
        began = self.records[0].train_data_loss + self.records[0].penalty
        pull, why, better = rate * self.strength, "", rate / 10
        if pull > 2:
            better = min(better, 1 / self.strength)
            why = (
                f" learning_rate × strength is {pull:.3g}: above 2, the penalty alone makes "
                f"the weights grow with every step."
            )
        self.newest = self.finite
        raise DivergedError(
            f"After {step} step{'s' * (step != 1)} with learning_rate {rate:g} the loss is "
            f"{value}, no longer a finite number. It began at {began:.4g} and was "
            f"{update.loss:.4g} before the last step.{why} Try a smaller learning_rate, such as "
            f"{better:g}. The last finite model is this error's .model.",
            step=step,
            model=self.model_so_far(),
        ) from None

    def finish(self, interrupted):
        """Measure what an interruption left unmeasured, and return the model."""
        if self.newest[0] > self.records[-1].steps:
            self.record()
        if interrupted:
            print(f"Interrupted after {self.newest[0]} steps: this is the model trained so far.")
        return self.model_so_far(interrupted)

    def model_so_far(self, interrupted=False):
        columns = zip(_Record._fields, zip(*self.records, strict=True), strict=True)
        history = {name: None if None in values else np.array(values) for name, values in columns}
        return TrainedModel(self.params, History(**history), interrupted)


def _require_data(X, y, validation, initial, model):
    """Return the training set, perhaps a validation set, and the parameters to start from."""
    pairs = [(X, y)]
    if validation is not None:
        pairs.append(_require_pair(validation, "validation", "X_val, y_val"))
    names = ["X", "X_val"][: len(pairs)]
    sets = [
        (_require_rows(X, name), plain_array(y, "y"))
        for (X, y), name in zip(pairs, names, strict=True)
    ]
    params = _require_params(initial, sets)
    n_features, n_classes = sets[0][0].shape[1], model.scores(sets[0][0][:1], *params).shape[1]
    for (X, y), name in zip(sets, names, strict=True):
        require_labels(y, len(X), n_classes, labels_of=name)
        if X.shape[1] != n_features:
            raise ValueError(
                f"{name} has {X.shape[1]} columns but X has {n_features}; expected the same "
                f"features. Were both prepared in the same way?"
            )
    _require_slopes(model, sets[0], params)
    return sets, params


def _require_params(initial, sets):
    """Return the parameters to start from as a NamedTuple of arrays."""
    X = sets[0][0]
    if initial is None:
        W = np.zeros((X.shape[1], max(_class_count(y) for _, y in sets)), X.dtype)
        return LinearParams(W, np.zeros_like(W[0]))
    if not is_named_tuple(initial) or isinstance(initial, LinearParams):
        _, W, b = check_model(X, *_require_pair(initial, "initial", "W, b"))
        return LinearParams(W, b)
    return _require_arrays(initial)


def _require_arrays(params):
    """Return the parameters of a model, a NamedTuple, as finite arrays of real numbers."""
    arrays = []
    for name, value in params._asdict().items():
        array = as_array(value, name, np.ndim(value), allow_complex=False, shape_hint="an array")
        require_finite(array, name)
        arrays.append(array)
    return params._make(arrays)


def _require_epoch(X, y, params):
    """Return rows, labels and the parameters, which come as W, b or as one NamedTuple."""
    X, y = _require_rows(X, "X"), plain_array(y, "y")
    if len(params) == 1 and is_named_tuple(params[0]):
        params = _require_arrays(params[0])
    elif len(params) == 2:
        params = _require_arrays(LinearParams(*params))
    else:
        raise TypeError(
            f"one_epoch got {len(params)} parameters after X and y; expected W and b, or another "
            f"model's parameters as one NamedTuple."
        )
    n_classes = _class_count(y)
    if isinstance(params, LinearParams):
        X, W, b = check_model(X, *params)
        params, n_classes = LinearParams(W, b), W.shape[1]
    return X, require_labels(y, len(X), n_classes, labels_of="X"), params


def _require_loss_function(function):
    return require_function(function, "loss_and_gradient", "of X, y and the parameters")


def _require_slopes(model, data, params):
    """Refuse a loss function that does not return the loss and one gradient for each parameter."""
    X, y = data
    with np.errstate(over="ignore", invalid="ignore"):
        result = model.loss_and_gradient(X[:1], y[:1], *params, strength=0.0)
    names = ", ".join(params._fields)
    if not isinstance(result, tuple) or len(result) != 1 + len(params):
        kind = f"{len(result)} values" if isinstance(result, tuple) else type(result).__name__
        raise TypeError(
            f"loss_and_gradient returned {kind}; expected a tuple of the loss and one gradient "
            f"for each of {names}, in this order."
        )
    for name, value, slope in zip(params._fields, params, result[1:], strict=True):
        if np.shape(slope) != np.shape(value):
            raise ValueError(
                f"loss_and_gradient returned a gradient of shape {np.shape(slope)} for {name}, "
                f"which has shape {np.shape(value)}; expected the same. Is it transposed, or are "
                f"the gradients not in the order {names}?"
            )


def _require_pair(pair, name, parts):
    if not isinstance(pair, tuple | list) or len(pair) != 2:
        raise TypeError(f"{name} is a {type(pair).__name__}; expected the pair ({parts}).")
    return pair


def _require_rows(X, name):
    X = as_array(X, name, 2, allow_complex=False, shape_hint="(N, D), one sample per row")
    require_finite(X, name)
    return X


def _class_count(y):
    """Return the number of classes that the labels ask for; odd labels are refused later."""
    if y.ndim == 2:
        return y.shape[1]
    return max(int(y.max()) + 1, 1) if y.dtype.kind in "iu" and y.size else 1
