"""Data and training runs that the claims of more than one chapter are tried on."""

import numpy as np
import pytest

from softmax_steps import load_digits, train, train_validation_split


@pytest.fixture(scope="module")
def digits():
    return load_digits()


@pytest.fixture(scope="module")
def chapter_7_sets(digits):
    """Return X and y of chapter 7's training set, then of its validation set."""
    rng = np.random.default_rng(0)
    X_rest, y_rest, _, _ = train_validation_split(*digits, validation=0.2, rng=rng)
    return train_validation_split(X_rest, y_rest, rng=rng)


@pytest.fixture(scope="module")
def chapter_7_training_set(chapter_7_sets):
    return chapter_7_sets[:2]


@pytest.fixture(scope="module")
def chapter_7(chapter_7_sets):
    """Return chapter 7's ``train``, on its training set and held against its validation set."""
    X, y, X_val, y_val = chapter_7_sets

    def run(**changes):
        options = {"strength": 0.001, "learning_rate": 0.5, "epochs": 60, "batch_size": 49}
        options |= {"rng": np.random.default_rng(0), **changes}
        return train(X, y, validation=(X_val, y_val), progress=False, **options)

    return run
