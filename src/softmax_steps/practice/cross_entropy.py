"""The exercises of Chapter 4 that ask for a function."""

import numpy as np

from softmax_steps import mistakes
from softmax_steps.cross_entropy import cross_entropy
from softmax_steps.practice.cases import TINY
from softmax_steps.practice.exercise import Exercise
from softmax_steps.score import scores
from softmax_steps.softmax import log_softmax, one_hot, softmax


def losses(F, y):
    """Return each sample's cross-entropy from the scores, in nats.

    Parameters
    ----------
    F : array_like, shape (N, C)
    y : array_like of int, shape (N,)

    Returns
    -------
    ndarray, shape (N,)
    """
    return cross_entropy(log_softmax(F), y)


def _of_true(log_p, y):
    return -log_p[np.arange(len(y)), y]


def _guarded_by_the_whole_matrix(F, y):
    F = F - F.max()
    return -(F - np.log(np.exp(F).sum(axis=1, keepdims=True)))[np.arange(len(y)), y]


def _with_a_small_number(small):
    return [
        lambda F, y: -np.log(softmax(F)[np.arange(len(y)), y] + small),
        lambda F, y: -np.log(np.maximum(softmax(F)[np.arange(len(y)), y], small)),
    ]


LOSS_SLIPS = {
    "log-of-softmax": lambda F, y: _of_true(mistakes.log_of_softmax(F), y),
    "zero-times-infinity": lambda F, y: mistakes.one_hot_times_log(
        mistakes.log_of_softmax(F), one_hot(y, F.shape[1])
    ),
    "no-guard": [
        lambda F, y: _of_true(np.log(mistakes.unguarded_softmax(F)), y),
        lambda F, y: _of_true(F - np.log(np.exp(F).sum(axis=1, keepdims=True)), y),
    ],
    "whole-matrix-guard": [
        lambda F, y: _of_true(np.log(mistakes.whole_matrix_softmax(F)), y),
        _guarded_by_the_whole_matrix,
    ],
    "small-number-in-log": [
        version
        for small in (1e-7, 1e-8, 1e-10, 1e-12, 1e-15, 1e-16, 1e-300)
        for version in _with_a_small_number(small)
    ],
    "softmax-twice": lambda F, y: losses(softmax(F), y),
    "labels-from-one": lambda F, y: losses(F, y - 1 + F.shape[1] * (y == 0)),
    "other-base": [
        lambda F, y: losses(F, y) / np.log(2),
        lambda F, y: losses(F, y) / np.log(10),
    ],
    "logarithm-forgotten": lambda F, y: -softmax(F)[np.arange(len(y)), y],
    "wrong-sign": lambda F, y: -losses(F, y),
    "wrong-axis": lambda F, y: _of_true(
        F - F.max(axis=0) - np.log(np.exp(F - F.max(axis=0)).sum(axis=0)), y
    ),
}
"""What the samples' losses are under each slip: functions of F and y."""

_CASES = {
    "the tiny example": (scores(TINY.X, TINY.W, TINY.b), TINY.y),
    "as many samples as classes": (
        np.array([[0.0, 1.0, 2.0], [4.0, 2.0, 0.5], [-1.0, 0.0, 3.0]]),
        np.array([2, 0, 1]),
    ),
    "four classes": (np.array([[0.5, 0.0, -1.0, 2.0], [1.0, 1.0, 1.0, 1.0]]), np.array([3, 1])),
    "scores of ±1000": (np.array([[1000.0, 0.0, -1000.0], [0.0, 1000.0, 0.0]]), np.array([1, 1])),
    "rows far apart": (np.array([[0.0, -1.2], [-800.0, -804.0]]), np.array([0, 1])),
}

EXERCISES = (
    Exercise(
        number="04-7",
        call="two_class_loss(z)",
        right=lambda z: np.logaddexp(0, -z),
        cases={
            "leads from −2 to 2": (np.array([-2.0, 0.0, 2.0]),),
            "a lead of 40": (np.array([40.0]),),
            "a lead of −1000": (np.array([-1000.0, 0.0]),),
        },
        slips={
            "lost-beside-one": [
                lambda z: np.where(z < 0, -z, 0) + np.log(1 + np.exp(-np.abs(z))),
                lambda z: np.log(1 + np.exp(-z)),
                lambda z: -np.log(1 / (1 + np.exp(-z))),
            ],
            "no-guard": lambda z: np.log1p(np.exp(-z)),
            "wrong-sign": [lambda z: np.logaddexp(0, z), lambda z: -np.logaddexp(0, -z)],
            "other-base": lambda z: np.logaddexp(0, -z) / np.log(2),
        },
    ),
    Exercise(
        number="04-8",
        call="my_losses(F, y)",
        right=losses,
        cases=_CASES,
        slips={
            **LOSS_SLIPS,
            "one-number-for-all": [
                lambda F, y: losses(F, y).mean(),
                lambda F, y: losses(F, y).sum(),
            ],
            "all-pairs": lambda F, y: mistakes.all_pairs_cross_entropy(log_softmax(F), y),
            "not-summed": lambda F, y: -one_hot(y, F.shape[1]) * log_softmax(F),
            "mean-over-classes": lambda F, y: losses(F, y) / F.shape[1],
        },
        classes=lambda F, y: F.shape[1],
        many=lambda n: (np.ones((n, 3)), np.zeros(n, dtype=int)),
    ),
)
