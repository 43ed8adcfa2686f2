"""fit finds the same least loss as scikit-learn, whatever the data's type, in fewer passes."""

import builtins
import math
import warnings
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.linear_model import LogisticRegression
from threadpoolctl import threadpool_limits

from softmax_steps import (
    FittedModel,
    NotConvergedWarning,
    fit,
    fit_path,
    load_digits,
    loss_and_gradient,
)
from softmax_steps import fitting as module
from softmax_steps.data import read_idx
from softmax_steps.fitting import Survey, join_surveys, survey

SHARED = Path(__file__).resolve().parents[3] / "shared" / "data" / "mnist"


@pytest.fixture(scope="module", autouse=True)
def _one_thread():
    """Many short products: threads that wait for a busy processor would take minutes."""
    with threadpool_limits(1):
        yield


@pytest.fixture(scope="module")
def digits():
    return load_digits()


def best_of_scikit_learn(X, y, c):
    """Return the weights and biases at which scikit-learn's loss is least, biases centred."""
    X = X.astype(np.float64)
    model = LogisticRegression(C=c, tol=1e-9, max_iter=100_000).fit(X, y)
    return model.coef_.T, model.intercept_ - model.intercept_.mean()


@pytest.fixture(scope="module")
def best_for_digits(digits):
    return best_of_scikit_learn(*digits, 0.1)


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
def test_on_digits_the_weights_are_those_of_scikit_learn(digits, best_for_digits, dtype):
    X, y = digits
    model = fit(X.astype(dtype), y, strength=1 / (0.1 * len(X)))  # sixteenths: exact in all types
    rounding = np.finfo(dtype).eps
    for ours, theirs in zip((model.W, model.b), best_for_digits, strict=True):
        assert ours.dtype == dtype
        assert np.abs(ours - theirs).max() < 1e-4 + rounding * np.abs(theirs).max()
    assert model.converged
    assert not model.interrupted


def test_on_mnist_the_weights_are_those_of_scikit_learn():
    paths = [SHARED / "t10k-images-idx3-ubyte.gz", SHARED / "t10k-labels-idx1-ubyte.gz"]
    if missing := [path.name for path in paths if not path.exists()]:
        pytest.skip(f"needs {' and '.join(missing)} in shared/data/mnist beside the repository")
    images, y = read_idx(paths[0], ndim=3), read_idx(paths[1], ndim=1).astype(int)
    X, y = images.reshape(len(images), -1)[:1000] / np.float32(255), y[:1000]
    W, b = best_of_scikit_learn(X, y, 1e-2)
    model = fit(X, y, strength=1 / (1e-2 * len(X)))
    assert np.abs(model.W - W).max() < 1e-4
    assert np.abs(model.b - b).max() < 1e-4


def test_of_two_classes_scikit_learn_has_the_difference():
    X, y = load_digits()
    X, y = X[y < 2], y[y < 2]
    theirs = LogisticRegression(C=0.1, tol=1e-9, max_iter=10_000).fit(X, y)
    model = fit(X, y, strength=2 / (0.1 * len(X)))
    assert np.abs(model.W[:, 1] - model.W[:, 0] - theirs.coef_[0]).max() < 1e-4
    assert model.b[1] - model.b[0] == pytest.approx(theirs.intercept_[0], abs=1e-4)


def test_it_goes_through_the_data_less_than_half_as_often_as_scikit_learn(digits):
    X, y = digits
    c = 1.0
    model = fit(X, y, strength=1 / (c * len(X)))
    W, _ = best_of_scikit_learn(X, y, c)
    theirs = LogisticRegression(C=c, tol=1e-6, max_iter=10_000).fit(X, y)
    assert np.abs(model.W - W).max() < np.abs(theirs.coef_.T - W).max()
    assert model.passes < theirs.n_iter_[0] / 2


@given(
    seed=st.integers(0, 2**32 - 1),
    shape=st.tuples(st.integers(6, 30), st.integers(1, 4), st.integers(2, 4)),
    strength=st.sampled_from([1e-3, 0.1, 10.0]),
    offset=st.sampled_from([0.0, 100.0]),
)
def test_no_step_leads_lower(seed, shape, strength, offset):
    rng = np.random.default_rng(seed)
    N, D, C = shape
    X, y = offset + rng.normal(size=(N, D)), np.arange(N) % C
    before = X.copy(), y.copy()
    model = fit(X, y, strength=strength)
    loss, dW, db = loss_and_gradient(X, y, model.W, model.b, strength=strength)
    assert model.converged
    assert model.loss == pytest.approx(loss, rel=1e-12)
    centred = dW - np.outer(X.mean(axis=0), db)
    assert math.hypot(*centred.ravel(), *db) == pytest.approx(model.slope, abs=1e-8)
    assert model.W.sum(axis=1) == pytest.approx(0, abs=1e-5)  # λ keeps it so
    assert model.b.sum() == pytest.approx(0, abs=1e-8)
    for _ in range(3):
        W = model.W + rng.normal(size=(D, C)) / 10
        assert loss_and_gradient(X, y, W, model.b, strength=strength).loss > model.loss
    assert np.array_equal(X, before[0])
    assert np.array_equal(y, before[1])


def test_the_data_may_be_read_only_and_in_any_layout(digits):
    X, y = digits
    X, y = X[:200], y[:200]
    right = fit(X, y, strength=0.1)
    strided = np.repeat(X, 2, axis=1)[:, ::2]
    locked = X.copy()
    locked.flags.writeable = False
    for other in (np.asfortranarray(X), strided, locked, X.tolist()):
        assert np.abs(fit(other, y, strength=0.1).W - right.W).max() < 1e-4


def test_without_a_penalty_the_free_direction_stays_in_the_middle():
    # Three rows of each kind, labels not to be parted: by hand, P is 1/3 and 2/3, log 2 between.
    X, y = np.array([[0.0], [0.0], [0.0], [1.0], [1.0], [1.0]]), [0, 0, 1, 0, 1, 1]
    model = fit(X, y, strength=0)
    gap = math.log(2)
    assert pytest.approx(np.array([[-gap, gap]]), abs=1e-6) == model.W
    assert model.b == pytest.approx([gap / 2, -gap / 2], abs=1e-6)
    assert model.loss == pytest.approx(math.log(3) - 2 / 3 * math.log(2))
    moved = fit(X, y, strength=0, initial=(np.array([[5.0, 5.0]]), np.array([3.0, 3.0])))
    assert pytest.approx(model.W, abs=1e-6) == moved.W


def test_without_a_penalty_classes_that_can_be_parted_are_refused(digits):
    with pytest.raises(ValueError, match=r"without end. Pass a small strength"):
        fit(*digits, strength=0)


def test_a_path_gives_the_same_models_with_fewer_passes(digits):
    X, y = digits
    strengths = [1e-3, 3e-3, 1e-4, 1e-2, 3e-4]
    path = fit_path(X, y, strengths=strengths)
    assert [model.strength for model in path] == strengths
    alone = [fit(X, y, strength=strength) for strength in strengths]
    for ours, theirs in zip(path, alone, strict=True):
        assert np.abs(ours.W - theirs.W).max() < 2e-4
    assert sum(m.passes for m in path) < 0.95 * sum(m.passes for m in alone)
    with pytest.raises(ValueError, match="strengths is empty"):
        fit_path(X, y, strengths=[])


def test_from_the_solution_one_pass_is_enough(digits):
    X, y = digits
    model = fit(X, y, strength=0.1)
    again = fit(X, y, strength=0.1, initial=model)
    assert again.passes <= 3
    assert fit(X, y, strength=0.1, initial=(model.W, model.b)).passes == again.passes
    assert np.abs(again.W - model.W).max() < 1e-4


def test_too_few_passes_are_told(digits):
    X, y = digits
    with pytest.warns(NotConvergedWarning, match=r"ended after \d passes .* larger most_passes"):
        model = fit(X, y, strength=1e-3, most_passes=3)
    assert not model.converged
    assert repr(model).endswith("not converged)")


def test_an_interruption_gives_the_best_model_so_far(digits, monkeypatch):
    X, y = digits
    calls = []

    def interrupted(*args, **options):
        calls.append(1)
        if len(calls) == 6:
            raise KeyboardInterrupt
        return loss_and_gradient(*args, **options)

    monkeypatch.setattr(module, "loss_and_gradient", interrupted)
    model = fit(X, y, strength=1e-3)
    assert model.interrupted
    assert repr(model).endswith("interrupted)")
    assert 0 < model.loss < math.log(10)
    assert model.loss == pytest.approx(
        loss_and_gradient(X, y, model.W, model.b, strength=1e-3).loss, rel=1e-12
    )


def test_one_class_has_no_weights():
    model = fit([[1.0], [2.0]], [0, 0], strength=0.1)
    assert model.W.tolist() == [[0.0]]
    assert model.loss == 0


X3, Y3 = np.array([[0.0], [1.0], [2.0]]), np.array([0, 1, 0])


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"strength": -1}, ValueError, "strength is -1"),
        ({"n_classes": 3}, ValueError, "No sample has the label 2"),
        ({"y": np.array([0, 2, 2])}, ValueError, "No sample has the label 1"),
        ({"n_classes": 1}, ValueError, r"y\[1\] is 1"),
        ({"X": np.array([[0.0], [np.nan], [1.0]])}, ValueError, r"X\[1, 0\] is nan"),
        ({"y": np.array([0.0, 1.0, 0.0])}, TypeError, "integer"),
        ({"tolerance": 0}, ValueError, "tolerance is 0"),
        ({"most_passes": 0}, ValueError, "most_passes is 0"),
        ({"initial": 3}, TypeError, r"initial is a int; expected a FittedModel or the pair"),
        ({"initial": (np.zeros((2, 2)), np.zeros(2))}, ValueError, r"expected \(1, 2\) and \(2,\)"),
        ({"initial": (np.full((1, 2), np.inf), np.zeros(2))}, ValueError, r"W\[0, 0\] is inf"),
    ],
)
def test_a_wrong_call_says_what_came_and_how_to_mend_it(options, error, message):
    with pytest.raises(error, match=message):
        fit(**{"X": X3, "y": Y3, "strength": 0.1, **options})


def test_without_scipy_one_line_says_what_to_install(monkeypatch):
    real = builtins.__import__

    def without(name, *args, **options):
        if name.startswith("scipy"):
            raise ImportError(f"No module named {name!r}")
        return real(name, *args, **options)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(ImportError, match=r"fit needs SciPy.*pip install scipy"):
        fit(X3, Y3, strength=0.1)


def test_surveys_of_parts_join_to_that_of_the_whole():
    rng = np.random.default_rng(0)
    X, y = rng.normal(3, 1, size=(50, 4)), rng.integers(0, 3, 50)
    whole = survey(X, y, 3)
    assert whole.mean == pytest.approx(X.mean(axis=0))
    assert whole.size == pytest.approx(math.sqrt(np.mean(np.sum(X**2, axis=1))))
    joined = join_surveys(survey(X[p], y[p], 3) for p in (slice(0, 7), slice(7, 8), slice(8, 50)))
    assert joined.class_counts.tolist() == whole.class_counts.tolist() == np.bincount(y).tolist()
    assert joined.mean == pytest.approx(whole.mean)
    assert joined.size == pytest.approx(whole.size)
    assert isinstance(joined, Survey)


def test_a_model_says_in_short_what_it_is(digits):
    X, y = digits
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        model = fit(X, y, strength=1.0)
    assert isinstance(model, FittedModel)
    assert repr(model).startswith("FittedModel(64 features, 10 classes, strength 1, loss ")
