"""The steps composed: minibatch gradient descent. Chapter ``book/07_training.md``."""

import math
import operator
import sys
from contextlib import nullcontext
from dataclasses import dataclass
from numbers import Real
from typing import NamedTuple

import numpy as np

from softmax_steps.checks import as_array, require_finite, require_labels, require_strength
from softmax_steps.gradient import loss_and_gradient
from softmax_steps.regularization import l2_penalty, loss
from softmax_steps.score import check_model, scores
from softmax_steps.softmax import predict


class Update(NamedTuple):
    """One step: the batch's ``loss`` in nats before it, ``W`` (D, C) and ``b`` (C,) after it."""

    loss: float
    W: np.ndarray
    b: np.ndarray


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
    """Weights ``W`` (D, C), biases ``b`` (C,), the :class:`History`, and if it was cut short."""

    W: np.ndarray
    b: np.ndarray
    history: History
    interrupted: bool = False

    def __repr__(self):
        D, C = self.W.shape
        parts = [f"{D} features, {C} classes, {self.history.steps[-1]} steps"]
        parts.append(f"train accuracy {self.history.train_accuracy[-1]:.3f}")
        if self.history.validation_accuracy is not None:
            parts.append(f"validation accuracy {self.history.validation_accuracy[-1]:.3f}")
        if self.interrupted:
            parts.append("interrupted")
        return f"TrainedModel({', '.join(parts)})"


class DivergedError(ArithmeticError):
    """Training ran away: the loss is no longer a finite number.

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
    n_classes = _require_count(n_classes, "n_classes")
    y_true = require_labels(y_true, None, n_classes)
    y_pred = require_labels(y_pred, len(y_true), n_classes, labels_of="y_true")
    counts = np.zeros((n_classes, n_classes), dtype=int)
    np.add.at(counts, (y_true, y_pred), 1)
    return counts


def one_epoch(X, y, W, b, *, strength, learning_rate, batch_size, rng):
    r"""Go once through the data in a fresh random order; yield after each batch's step.

    .. math:: W \leftarrow W - \eta \frac{\partial L_B}{\partial W}, \qquad
        b \leftarrow b - \eta \frac{\partial L_B}{\partial b}

    where :math:`L_B` is the loss over the rows of one batch. If the batch size does not
    divide N, the last batch is smaller.

    Parameters
    ----------
    X : ndarray, shape (N, D)
    y : ndarray of int, shape (N,)
    W : ndarray, shape (D, C)
    b : ndarray, shape (C,)
        Where to start; not changed.
    strength, learning_rate : float
        λ ≥ 0 and η > 0.
    batch_size : int
        Rows per step, B.
    rng : numpy.random.Generator
        Shuffles the rows.

    Yields
    ------
    Update
        The batch's loss before the step, and W and b after it.

    Raises
    ------
    TypeError, ValueError
        As :func:`softmax_steps.loss_and_gradient`, which sees each batch.

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
    order = rng.permutation(len(X))
    for start in range(0, len(X), batch_size):
        rows = order[start : start + batch_size]
        batch_loss, dW, db = loss_and_gradient(X[rows], y[rows], W, b, strength=strength)
        W, b = W - learning_rate * dW, b - learning_rate * db
        yield Update(batch_loss, W, b)


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
):
    r"""Train the softmax classifier by minibatch gradient descent.

    Starts from zero weights: the loss is convex, so no start is better than another, and
    at zero it is ln C, a number to check against. Interrupting it (Ctrl-C, or the
    notebook's stop button) returns the model trained so far.

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
    initial : (array_like, array_like), optional
        ``W, b`` to start from instead of zeros, such as an interrupted model's.

    Returns
    -------
    TrainedModel
        ``W`` (D, C), ``b`` (C,), ``history``, ``interrupted``.

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
    strength, learning_rate = require_strength(strength), _require_rate(learning_rate)
    epochs, batch_size = _require_count(epochs, "epochs"), _require_count(batch_size, "batch_size")
    sets, W, b = _require_data(X, y, validation, initial)
    X, y = sets[0]
    _require_batch_and_rng(batch_size, len(X), rng)
    run, interrupted = _Run(sets, W, b, strength, learning_rate), False
    with _bar(progress, epochs * math.ceil(len(X) / batch_size)) as bar:
        try:
            for _ in range(epochs):
                settings = {"strength": strength, "learning_rate": learning_rate}
                steps = one_epoch(X, y, *run.model, **settings, batch_size=batch_size, rng=rng)
                run.follow(steps, bar)
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


class _Run:
    """What a training run has reached: its newest step, its last finite one, its records."""

    def __init__(self, sets, W, b, strength, learning_rate):
        self.sets, self.strength, self.learning_rate = sets, strength, learning_rate
        # Step and model under one name: an interruption never leaves W new and b old.
        self.newest = self.finite = (0, Update(math.nan, W, b))
        self.records = []
        self.record()

    @property
    def model(self):
        return self.newest[1].W, self.newest[1].b

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
        W, b = self.model
        train, *held_out = [(loss(X, y, W, b), accuracy(scores(X, W, b), y)) for X, y in self.sets]
        penalty = l2_penalty(W, strength=self.strength)
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
        """Measure what an interruption left unmeasured, and hand over the model."""
        if self.newest[0] > self.records[-1].steps:
            self.record()
        if interrupted:
            print(f"Interrupted after {self.newest[0]} steps: this is the model trained so far.")
        return self.model_so_far(interrupted)

    def model_so_far(self, interrupted=False):
        columns = zip(_Record._fields, zip(*self.records, strict=True), strict=True)
        history = {name: None if None in values else np.array(values) for name, values in columns}
        return TrainedModel(*self.model, History(**history), interrupted)


class _NoBar:
    """Stands in for the progress bar where none is wanted."""

    def update(self):
        pass

    def set_postfix_str(self, text):
        pass


def _bar(progress, total):
    if not progress:
        return nullcontext(_NoBar())
    try:
        from tqdm import tqdm  # only here: the maths itself needs NumPy alone
    except ImportError as error:
        raise ImportError(
            "The progress bar needs tqdm, which is not installed. Install it "
            "(python -m pip install tqdm) or pass progress=False."
        ) from error

    class Bar(tqdm):
        monitor_interval = 0  # no thread to watch it: some places have none

    # Standard output, since notebooks show standard error in red, as if something had failed.
    return Bar(total=total, unit="step", file=sys.stdout, dynamic_ncols=True)


def _require_rate(rate):
    if not isinstance(rate, Real) or isinstance(rate, bool):
        raise TypeError(f"learning_rate is {rate!r}; expected one number above 0, such as 0.1.")
    if not (math.isfinite(rate) and rate > 0):
        raise ValueError(
            f"learning_rate is {rate}; expected a finite number above 0, such as 0.1. The "
            f"minus sign of the descent is in the update already."
        )
    return float(rate)


def _require_count(value, name):
    try:
        count = operator.index(value)
    except TypeError:
        raise TypeError(f"{name} is {value!r}; expected a whole number, such as 10.") from None
    if count < 1:
        raise ValueError(f"{name} is {count}; expected at least 1.")
    return count


def _require_batch_and_rng(batch_size, n_samples, rng):
    if batch_size > n_samples:
        raise ValueError(
            f"batch_size is {batch_size} but X has {n_samples} rows; expected 1…{n_samples}. "
            f"For plain gradient descent pass batch_size={n_samples}."
        )
    if not isinstance(rng, np.random.Generator):
        raise TypeError(
            f"rng is {rng!r}; expected a random generator. Make one with np.random.default_rng(0)."
        )


def _require_data(X, y, validation, initial):
    """Return the training set, perhaps a validation set, and the weights to start from."""
    pairs = [(X, y)]
    if validation is not None:
        pairs.append(_require_pair(validation, "validation", "X_val, y_val"))
    names = [("X", "y"), ("X_val", "y_val")]
    sets = [
        (_require_rows(X, name), np.asarray(y))
        for (X, y), (name, _) in zip(pairs, names, strict=False)
    ]
    n_features = sets[0][0].shape[1]
    if initial is None:
        W = np.zeros((n_features, max(_class_count(y) for _, y in sets)), sets[0][0].dtype)
        b = np.zeros_like(W[0])
    else:
        _, W, b = check_model(sets[0][0], *_require_pair(initial, "initial", "W, b"))
    for (X, y), (name, _) in zip(sets, names, strict=False):
        require_labels(y, len(X), W.shape[1], labels_of=name)
        if X.shape[1] != n_features:
            raise ValueError(
                f"{name} has {X.shape[1]} columns but X has {n_features}; expected the same "
                f"features. Were both prepared in the same way?"
            )
    return sets, W, b


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
