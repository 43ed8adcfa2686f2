"""Training falls to the optimum, repeats itself, survives Ctrl-C, and says when it runs away."""

import builtins
import math
import signal
import sys
from typing import NamedTuple

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import minimize
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import confusion_matrix as sklearn_confusion_matrix

from softmax_steps import (
    DivergedError,
    History,
    TrainedModel,
    accuracy,
    confusion_matrix,
    load_digits,
    loss,
    loss_and_gradient,
    one_epoch,
    predict,
    score_gradient,
    scores,
    softmax,
    tiny_example,
    train,
    train_validation_split,
)
from softmax_steps.svm import hinge_loss_and_gradient

SETTINGS = {
    "strength": 0.01,
    "learning_rate": 0.5,
    "epochs": 5,
    "batch_size": 8,
    "progress": False,
}


def blobs(n=60, d=4, c=3, seed=0):
    rng = np.random.default_rng(seed)
    y = rng.integers(0, c, size=n)
    y[:c] = np.arange(c)
    return rng.normal(size=(n, d)) + 2 * np.eye(c, d)[y], y


def fit(X, y, seed=0, **changes):
    return train(X, y, rng=np.random.default_rng(seed), **(SETTINGS | changes))


@pytest.fixture(scope="module")
def digits():
    rng = np.random.default_rng(0)
    X, y, X_test, y_test = train_validation_split(*load_digits(), validation=0.2, rng=rng)
    return train_validation_split(X, y, validation=0.25, rng=rng), (X_test, y_test)


# What it computes


def test_it_agrees_with_a_plain_loop():
    X, y = blobs()
    W, b = np.zeros((4, 3)), np.zeros(3)
    rng = np.random.default_rng(7)
    for _ in range(3):
        order = rng.permutation(60)
        for start in range(0, 60, 7):  # the last batch has 4 rows
            rows = order[start : start + 7]
            E = np.exp(X[rows] @ W + b)
            G = E / E.sum(axis=1, keepdims=True)
            G[np.arange(len(rows)), y[rows]] -= 1
            G /= len(rows)
            W, b = W - 0.3 * (X[rows].T @ G + 0.02 * W), b - 0.3 * G.sum(axis=0)
    model = fit(X, y, seed=7, strength=0.02, learning_rate=0.3, epochs=3, batch_size=7)
    np.testing.assert_allclose(model.W, W, atol=1e-13)
    np.testing.assert_allclose(model.b, b, atol=1e-13)


def test_the_tiny_example_takes_the_step_worked_by_hand():
    t = tiny_example()
    model = train(
        t.X,
        t.y,
        strength=t.strength,
        learning_rate=t.learning_rate,
        epochs=1,
        batch_size=2,
        rng=np.random.default_rng(0),
        initial=(t.W, t.b),
        progress=False,
    )
    np.testing.assert_allclose(model.history.train_loss, [0.935, 0.302], atol=5e-4)
    expected = [[1.472, 0.023, 0.405], [-0.242, 1.020, -0.778]]
    np.testing.assert_allclose(model.W, expected, atol=1e-3)


def test_it_reaches_the_optimum_that_scikit_learn_finds():
    X, y = blobs(n=150, seed=3)
    strength = 0.05
    peer = LogisticRegression(C=1 / (len(X) * strength), tol=1e-10, max_iter=1000).fit(X, y)
    model = fit(X, y, strength=strength, learning_rate=0.7, epochs=800, batch_size=len(X))
    np.testing.assert_allclose(model.W, peer.coef_.T, atol=1e-5)
    np.testing.assert_allclose(
        model.b - model.b.mean(), peer.intercept_ - peer.intercept_.mean(), atol=1e-5
    )


def test_each_epoch_sees_each_row_once():
    X, y = blobs(n=10)
    X[:, 0] = np.arange(10)
    seen = []

    def watch(X, y, W, b, *, strength):
        if 1 < len(X) < 10:  # a batch: what is measured is measured on one row or on all
            seen.append(X[:, 0].copy())
        return loss_and_gradient(X, y, W, b, strength=strength)

    fit(X, y, epochs=2, batch_size=4, learning_rate=1e-3, loss_and_gradient=watch)
    assert [len(rows) for rows in seen] == [4, 4, 2, 4, 4, 2]
    first, second = np.concatenate(seen[:3]), np.concatenate(seen[3:])
    np.testing.assert_array_equal(np.sort(first), np.arange(10))
    np.testing.assert_array_equal(np.sort(second), np.arange(10))
    assert not np.array_equal(first, second)
    assert not np.array_equal(first, np.arange(10))


def test_one_epoch_leaves_its_start_alone():
    X, y = blobs()
    W, b = np.ones((4, 3)), np.ones(3)
    kwargs = {"strength": 0.1, "learning_rate": 0.5, "batch_size": 20}
    steps = list(one_epoch(X, y, W, b, **kwargs, rng=np.random.default_rng(0)))
    assert len(steps) == 3
    np.testing.assert_array_equal(W, np.ones((4, 3)))
    np.testing.assert_array_equal(b, np.ones(3))
    assert not np.array_equal(steps[0].W, steps[1].W)


@given(st.integers(0, 2**32 - 1))
def test_the_same_generator_gives_the_same_model(seed):
    X, y = blobs()
    first, second = fit(X, y, seed=seed), fit(X, y, seed=seed)
    np.testing.assert_array_equal(first.W, second.W)
    np.testing.assert_array_equal(first.b, second.b)


def test_another_generator_gives_another_path():
    X, y = blobs()
    assert not np.array_equal(fit(X, y, seed=0).W, fit(X, y, seed=1).W)


@given(st.integers(0, 2**32 - 1))
def test_full_batches_with_a_small_rate_never_raise_the_loss(seed):
    X, y = blobs(seed=seed)
    history = fit(X, y, learning_rate=0.05, epochs=20, batch_size=len(X)).history
    assert np.all(np.diff(history.train_loss) < 0)


def test_float32_stays_float32_and_inputs_are_not_changed():
    X, y = blobs()
    X = X.astype(np.float32)
    X_before, y_before = X.copy(), y.copy()
    model = fit(X, y, validation=(X, y))
    assert model.W.dtype == model.b.dtype == np.float32
    np.testing.assert_array_equal(X, X_before)
    np.testing.assert_array_equal(y, y_before)


def test_lists_unsigned_labels_one_sample_and_one_class():
    assert fit([[1, 0], [0, 1]], [0, 1], batch_size=1).W.shape == (2, 2)
    assert fit(*blobs()[:1], blobs()[1].astype(np.uint8)).W.shape == (4, 3)
    lonely = fit([[1.0, 2.0]], [0], batch_size=1)
    assert lonely.W.shape == (2, 1)
    np.testing.assert_array_equal(lonely.history.train_loss, np.zeros(6))


def test_going_on_from_a_model_equals_not_having_stopped():
    X, y = blobs()
    rng = np.random.default_rng(3)
    first = train(X, y, rng=rng, **(SETTINGS | {"epochs": 2}))
    second = train(X, y, rng=rng, **(SETTINGS | {"epochs": 3}), initial=(first.W, first.b))
    np.testing.assert_array_equal(second.W, fit(X, y, seed=3).W)


# The digits


def test_digits_above_95_percent_on_pictures_never_seen(digits):
    split, (X_test, y_test) = digits
    model = fit(
        *split[:2], strength=1e-4, epochs=60, batch_size=49, validation=split[2:], learning_rate=0.5
    )
    assert accuracy(scores(X_test, model.W, model.b), y_test) > 0.95
    assert model.history.validation_accuracy[-1] > 0.95
    assert model.history.train_loss[0] == pytest.approx(math.log(10))
    assert model.history.validation_data_loss[0] == pytest.approx(math.log(10))


def test_rows_and_labels_shuffled_apart_learn_nothing(digits):
    split, _ = digits
    X = np.random.default_rng(0).permutation(split.X_train)
    model = fit(X, split.y_train, validation=split[2:], epochs=20, batch_size=49)
    assert model.history.validation_accuracy[-1] < 0.3
    assert model.history.validation_data_loss[-1] > 2


# The history


def test_the_history_holds_what_the_functions_give():
    X, y = blobs()
    X_val, y_val = blobs(n=25, seed=9)
    model = fit(X, y, validation=(X_val, y_val))
    h = model.history
    assert isinstance(h, History)
    np.testing.assert_array_equal(h.steps, [0, 8, 16, 24, 32, 40])
    assert h.train_loss[-1] == pytest.approx(loss(X, y, model.W, model.b, strength=0.01))
    assert h.train_data_loss[-1] == pytest.approx(loss(X, y, model.W, model.b))
    assert h.validation_data_loss[-1] == pytest.approx(loss(X_val, y_val, model.W, model.b))
    assert h.train_accuracy[-1] == accuracy(scores(X, model.W, model.b), y)
    assert h.validation_accuracy[-1] == accuracy(scores(X_val, model.W, model.b), y_val)
    assert h.penalty[-1] == pytest.approx(0.005 * np.sum(model.W**2))
    assert h.penalty[0] == 0
    assert h.train_loss[0] == pytest.approx(math.log(3))
    assert not model.interrupted


def test_validation_is_measured_and_not_trained_on():
    X, y = blobs()
    alone, watched = fit(X, y), fit(X, y, validation=blobs(seed=5))
    np.testing.assert_array_equal(alone.W, watched.W)
    assert alone.history.validation_data_loss is None
    assert alone.history.validation_accuracy is None


def test_a_class_only_seen_in_validation_still_gets_a_column():
    X, y = blobs()
    assert fit(X, np.minimum(y, 1), validation=(X, y)).W.shape == (4, 3)


def test_the_model_prints_in_one_line():
    X, y = blobs()
    text = repr(fit(X, y, validation=(X, y)))
    assert text.startswith("TrainedModel(4 features, 3 classes, 40 steps, train accuracy 0.")
    assert "validation accuracy 0." in text
    assert "\n" not in text


# Interruption


class ImpatientGenerator(np.random.Generator):
    """Presses Ctrl-C when the third epoch asks for its order."""

    orders = 0

    def permutation(self, *args, **kwargs):
        self.orders += 1
        if self.orders == 3:
            raise KeyboardInterrupt
        return super().permutation(*args, **kwargs)


def test_an_interruption_between_epochs_keeps_all(capsys):
    X, y = blobs()
    rng = ImpatientGenerator(np.random.PCG64(0))
    model = train(X, y, rng=rng, **SETTINGS)
    assert isinstance(model, TrainedModel)
    assert model.interrupted
    np.testing.assert_array_equal(model.W, fit(X, y, epochs=2).W)
    np.testing.assert_array_equal(model.history.steps, [0, 8, 16])
    assert "Interrupted after 16 steps" in capsys.readouterr().out
    assert "interrupted" in repr(model)


def test_a_real_ctrl_c_within_an_epoch_keeps_the_finished_steps(capsys):
    X, y = blobs()
    batches = []

    def watch(X, *args, **kwargs):
        if 1 < len(X) < 60:
            batches.append(len(X))
            if len(batches) == 12:  # the fourth batch of the second epoch
                signal.raise_signal(signal.SIGINT)
        return loss_and_gradient(X, *args, **kwargs)

    model = fit(X, y, validation=(X, y), loss_and_gradient=watch)
    assert model.interrupted
    np.testing.assert_array_equal(model.history.steps, [0, 8, 11])
    assert model.history.train_data_loss[-1] == pytest.approx(loss(X, y, model.W, model.b))
    assert "Interrupted after 11 steps" in capsys.readouterr().out


def test_an_interruption_while_measuring_is_measured_again(capsys):
    X, y = blobs()
    calls = []

    def watch(X, W, b):
        if len(X) == 60:
            calls.append(1)
            if len(calls) == 2:
                raise KeyboardInterrupt
        return scores(X, W, b)

    model = fit(X, y, scores=watch)
    assert model.interrupted
    np.testing.assert_array_equal(model.history.steps, [0, 8])
    assert "Interrupted after 8 steps" in capsys.readouterr().out


# Divergence


def test_divergence_names_step_rate_losses_and_mend():
    X, y = blobs()
    with pytest.raises(DivergedError) as caught:
        fit(X, y, strength=0.1, learning_rate=40.0, epochs=500, validation=(X, y))
    error = caught.value
    message = str(error)
    assert f"After {error.step} steps with learning_rate 40 the loss is inf" in message
    assert "It began at 1.099 and was" in message
    assert "learning_rate × strength is 4: above 2" in message
    assert "Try a smaller learning_rate, such as 4." in message
    assert error.step > 100
    last = error.model
    assert np.isfinite(last.W).all()
    assert math.isfinite(loss(X, y, last.W, last.b, strength=0.1))
    assert np.isfinite(last.history.train_loss).all()
    assert isinstance(error, ArithmeticError)
    # the loss after one more step would not be finite
    with np.errstate(over="ignore"), pytest.raises(DivergedError):
        fit(X, y, strength=0.1, learning_rate=40.0, initial=(last.W, last.b))


def test_divergence_at_once():
    X, y = blobs()
    with pytest.raises(DivergedError, match="After 1 step with") as caught:
        fit(X, y, learning_rate=1e300)
    np.testing.assert_array_equal(caught.value.model.W, np.zeros((4, 3)))
    np.testing.assert_array_equal(caught.value.model.history.steps, [0])


def test_a_rate_far_too_large_for_the_penalty_is_told_one_that_suits_it():
    X, y = blobs()  # a tenth of 3000 would run away as well: 300 · 0.1 is above 2
    with pytest.raises(DivergedError, match=r"Try a smaller learning_rate, such as 10\."):
        fit(X, y, strength=0.1, learning_rate=3000.0, epochs=100)


def test_the_penalty_is_not_blamed_where_the_data_run_away():
    X, y = blobs()
    with pytest.raises(DivergedError) as caught:
        fit(1e160 * X, y, strength=1.5, learning_rate=1.0, epochs=3)
    assert "above 2" not in str(caught.value)
    assert "Try a smaller learning_rate, such as 0.1." in str(caught.value)


def test_weights_that_overflow_are_divergence_too():
    X, y = blobs()
    with pytest.raises(DivergedError, match="the loss is nan"):
        fit(1e10 * X, y, learning_rate=1e300, strength=0)


def test_divergence_in_float32():
    X, y = blobs()
    with pytest.raises(DivergedError):
        fit(X.astype(np.float32), y, strength=0.1, learning_rate=60.0, epochs=100)


def test_a_large_rate_without_penalty_jumps_but_stays_finite():
    X, y = blobs()
    history = fit(X, y, strength=0, learning_rate=100.0, epochs=20).history
    assert np.isfinite(history.train_loss).all()
    assert np.any(np.diff(history.train_loss) > 0)


def test_initial_weights_too_large_are_no_divergence():
    X, y = blobs()
    with pytest.raises(ValueError, match="before the first step"):
        fit(X, y, initial=(np.full((4, 3), 1e200), np.zeros(3)))


# The bar


def test_the_bar_goes_to_standard_output(capsys):
    fit(*blobs(), progress=True)
    captured = capsys.readouterr()
    assert "40/40" in captured.out
    assert "loss 0." in captured.out
    assert captured.err == ""


def test_without_progress_nothing_is_printed(capsys):
    fit(*blobs())
    captured = capsys.readouterr()
    assert captured.out == captured.err == ""


def test_without_tqdm_the_mend_is_named(monkeypatch):
    real = builtins.__import__

    def missing(name, *args, **kwargs):
        if name == "tqdm":
            raise ImportError(name)
        return real(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", missing)
    monkeypatch.delitem(sys.modules, "tqdm", raising=False)
    with pytest.raises(ImportError, match=r"pip install tqdm.*progress=False"):
        fit(*blobs(), progress=True)
    fit(*blobs())


# The boundary


@pytest.mark.parametrize(
    ("changes", "error", "words"),
    [
        ({"learning_rate": 0}, ValueError, "above 0"),
        ({"learning_rate": -0.1}, ValueError, "minus sign of the descent is in the update"),
        ({"learning_rate": math.nan}, ValueError, "nan"),
        ({"learning_rate": "fast"}, TypeError, "'fast'"),
        ({"strength": -1}, ValueError, "λ ≥ 0"),
        ({"epochs": 0}, ValueError, "epochs is 0; expected at least 1"),
        ({"epochs": 2.5}, TypeError, "epochs is 2.5; expected a whole number"),
        ({"batch_size": 0}, ValueError, "batch_size is 0"),
        ({"batch_size": 61}, ValueError, r"expected 1…60.*pass batch_size=60"),
        ({"rng": 0}, TypeError, r"np\.random\.default_rng\(0\)"),
        ({"rng": None}, TypeError, "rng is None"),
        ({"validation": 0.25}, TypeError, r"validation is a float; expected the pair"),
        ({"validation": (np.ones((2, 5)), [0, 1])}, ValueError, "X_val has 5 columns but X has 4"),
        ({"validation": (np.ones((2, 4)), [0])}, ValueError, "y has 1 labels for 2 rows of X_val"),
        ({"validation": (np.ones(4), [0])}, ValueError, "X_val has shape"),
        ({"initial": (np.zeros((3, 4)), np.zeros(3))}, ValueError, "W should be"),
        ({"initial": np.zeros((4, 3))}, TypeError, r"initial is a ndarray.*\(W, b\)"),
        ({"initial": (np.zeros((4, 2)), np.zeros(2))}, ValueError, "expected a label in 0…1"),
        ({"X": np.full((60, 4), np.nan)}, ValueError, r"X\[0, 0\] is nan"),
        ({"X": np.zeros((0, 4))}, ValueError, "holds no numbers"),
        ({"X": np.zeros(60)}, ValueError, "expected"),
        ({"y": np.zeros(59, int)}, ValueError, "y has 59 labels"),
        ({"y": np.zeros(60)}, TypeError, "integer class labels"),
        ({"y": np.zeros((60, 3), int)}, ValueError, "looks one-hot"),
        ({"y": -np.ones(60, int)}, ValueError, r"y\[0\] is -1"),
    ],
)
def test_wrong_settings_are_refused(changes, error, words):
    X, y = blobs()
    arguments = SETTINGS | {"X": X, "y": y, "rng": np.random.default_rng(0)} | changes
    with pytest.raises(error, match=words):
        train(arguments.pop("X"), arguments.pop("y"), **arguments)


# Accuracy and the confusion matrix


@given(st.integers(1, 40), st.integers(1, 5), st.integers(0, 2**32 - 1))
def test_accuracy_is_the_trace_of_the_confusion_matrix(n, c, seed):
    rng = np.random.default_rng(seed)
    F, y = rng.normal(size=(n, c)), rng.integers(0, c, size=n)
    counts = confusion_matrix(y, predict(F), n_classes=c)
    assert counts.sum() == n
    assert accuracy(F, y) == pytest.approx(np.trace(counts) / n)
    assert accuracy(F, y) == pytest.approx(sum(F[i].argmax() == y[i] for i in range(n)) / n)
    if c > 1:  # scikit-learn warns of a single class
        peer = sklearn_confusion_matrix(y, predict(F), labels=range(c))
        np.testing.assert_array_equal(counts, peer)


def test_rows_are_true_and_columns_predicted():
    counts = confusion_matrix([2, 2, 0], [1, 1, 0], n_classes=3)
    np.testing.assert_array_equal(counts, [[1, 0, 0], [0, 0, 0], [0, 2, 0]])


def test_labels_and_rows_must_fit():
    with pytest.raises(ValueError, match="y has 1 labels"):
        accuracy([[1.0, 2.0], [2.0, 1.0]], [0])
    with pytest.raises(ValueError, match="y has 1 labels for 2 rows of y_true"):
        confusion_matrix([0, 1], [0], n_classes=2)
    with pytest.raises(ValueError, match="for 2 classes"):
        confusion_matrix([0, 2], [0, 1], n_classes=2)
    with pytest.raises(TypeError, match="n_classes"):
        confusion_matrix([0, 1], [0, 1], n_classes=2.0)


# Other models and other losses


class TwoLayers(NamedTuple):
    """A network with one hidden layer: four arrays, to show that two are not built in."""

    W1: np.ndarray
    b1: np.ndarray
    W2: np.ndarray
    b2: np.ndarray


def two_layer_scores(X, W1, b1, W2, b2):
    return np.tanh(X @ W1 + b1) @ W2 + b2


def two_layer_loss_and_gradient(X, y, W1, b1, W2, b2, *, strength):
    H = np.tanh(X @ W1 + b1)
    mean, dW2, db2 = loss_and_gradient(H, y, W2, b2, strength=strength)
    dF = score_gradient(softmax(scores(H, W2, b2)), y)
    dO = dF @ W2.T * (1 - H**2)
    penalty = strength / 2 * np.sum(W1**2)
    return mean + penalty, X.T @ dO + strength * W1, dO.sum(axis=0), dW2, db2


@pytest.fixture
def network():
    rng = np.random.default_rng(1)
    return TwoLayers(rng.normal(size=(2, 6)), np.zeros(6), rng.normal(size=(6, 2)), np.zeros(2))


def train_network(X, y, network, **changes):
    return fit(
        X,
        y,
        initial=network,
        loss_and_gradient=changes.pop("loss_and_gradient", two_layer_loss_and_gradient),
        scores=two_layer_scores,
        **({"strength": 1e-4, "learning_rate": 2.0, "epochs": 60, "batch_size": 20} | changes),
    )


def test_the_same_trainer_trains_a_hinge_loss_to_the_optimum_of_its_definition():
    X, y = blobs(n=90, seed=2)
    model = fit(
        X,
        y,
        strength=0.1,
        learning_rate=0.05,
        epochs=400,
        batch_size=90,
        loss_and_gradient=hinge_loss_and_gradient,
    )

    def plain_loss(parameters):
        W, b = parameters[:12].reshape(4, 3), parameters[12:]
        F = X @ W + b
        excess = np.maximum(0, F - F[np.arange(90), y][:, None] + 1)
        return (excess.sum(axis=1) - 1).mean() + 0.05 * np.sum(W**2)  # − 1: the true class's own

    start = np.concatenate([model.W.ravel(), model.b])
    optimum = minimize(plain_loss, start, method="Powell", options={"maxiter": 3})
    assert model.history.train_loss[-1] == pytest.approx(plain_loss(start))
    assert model.history.train_loss[-1] < optimum.fun + 2e-3
    assert model.history.train_loss[0] == pytest.approx(2)  # two classes within the margin
    assert model.history.penalty[-1] == pytest.approx(0.05 * np.sum(model.W**2))
    assert model.history.train_accuracy[-1] > 0.9


def test_the_same_trainer_trains_a_network_where_no_line_can_part_the_classes(network):
    rng = np.random.default_rng(0)
    X = rng.uniform(-1, 1, size=(200, 2))
    y = (X[:, 0] * X[:, 1] > 0).astype(int)
    straight = fit(X, y, epochs=50)
    model = train_network(X, y, network)
    assert straight.history.train_accuracy[-1] < 0.75
    assert model.history.train_accuracy[-1] > 0.95
    assert type(model.params) is TwoLayers
    penalty = 5e-5 * sum(np.sum(W**2) for W in (model.params.W1, model.params.W2))
    assert model.history.penalty[-1] == pytest.approx(penalty)
    assert repr(model).startswith("TrainedModel(W1 (2, 6), b1 (6,), W2 (6, 2), b2 (2,), 600 steps")


def test_going_on_from_a_network_equals_not_having_stopped(network):
    X, y = blobs(d=2, c=2)
    whole = train_network(X, y, network, epochs=4)
    rng = np.random.default_rng(0)
    first = train_network(X, y, network, epochs=1)
    rng.permutation(len(X))
    second = train(
        X,
        y,
        rng=rng,
        initial=first.params,
        loss_and_gradient=two_layer_loss_and_gradient,
        scores=two_layer_scores,
        **(SETTINGS | {"strength": 1e-4, "learning_rate": 2.0, "epochs": 3, "batch_size": 20}),
    )
    for name in TwoLayers._fields:
        np.testing.assert_array_equal(getattr(second.params, name), getattr(whole.params, name))


def test_an_epoch_of_a_network_gives_its_parameters_as_they_came(network):
    X, y = blobs(d=2, c=2)
    settings = {"strength": 0.1, "learning_rate": 0.5, "batch_size": 30}
    updates = one_epoch(
        X,
        y,
        network,
        **settings,
        rng=np.random.default_rng(0),
        loss_and_gradient=two_layer_loss_and_gradient,
    )
    assert [type(update.params) for update in updates] == [TwoLayers, TwoLayers]


def test_a_loss_that_returns_too_few_gradients_is_refused(network):
    X, y = blobs(d=2, c=2)

    def half(*args, **options):
        return two_layer_loss_and_gradient(*args, **options)[:3]

    with pytest.raises(TypeError, match=r"returned 3 values; .* each of W1, b1, W2, b2"):
        train_network(X, y, network, loss_and_gradient=half)
    with pytest.raises(TypeError, match=r"returned float; expected a tuple of the loss and one"):
        fit(X, y, loss_and_gradient=lambda *args, **options: 0.5)


def test_gradients_in_another_order_are_refused(network):
    X, y = blobs(d=2, c=2)

    def crossed(*args, **options):
        loss, dW1, db1, dW2, db2 = two_layer_loss_and_gradient(*args, **options)
        return loss, dW2, db1, dW1, db2

    with pytest.raises(ValueError, match=r"shape \(6, 2\) for W1, which has shape \(2, 6\)"):
        train_network(X, y, network, loss_and_gradient=crossed)


def test_the_parameters_of_a_network_are_checked_by_name(network):
    X, y = blobs(d=2, c=2)
    with pytest.raises(ValueError, match=r"b1\[0\] is nan"):
        train_network(X, y, network._replace(b1=np.full(6, np.nan)))


def test_a_result_in_the_place_of_a_loss_function_is_refused():
    with pytest.raises(TypeError, match=r"loss_and_gradient is 0\.7; expected a function of X, y"):
        fit(*blobs(), loss_and_gradient=0.7)


# One epoch by itself

EPOCH = {"strength": 0.1, "learning_rate": 0.5, "batch_size": 20}


@pytest.mark.parametrize(
    ("changes", "error", "words"),
    [
        ({"batch_size": -1}, ValueError, "batch_size is -1; expected at least 1"),
        ({"batch_size": 0}, ValueError, "batch_size is 0; expected at least 1"),
        ({"batch_size": 61}, ValueError, "batch_size is 61 but X has 60 rows"),
        ({"batch_size": 20.0}, TypeError, r"batch_size is 20\.0; expected a whole number"),
        ({"learning_rate": 0}, ValueError, "learning_rate is 0"),
        ({"learning_rate": None}, TypeError, "learning_rate is None"),
        ({"strength": -1}, ValueError, "strength is -1"),
        ({"rng": 0}, TypeError, "rng is 0; expected a random generator"),
        ({"loss_and_gradient": 0.7}, TypeError, "loss_and_gradient is 0.7; expected a function"),
        ({"X": np.zeros((0, 4))}, ValueError, "X has shape .* holds no numbers"),
        ({"X": np.full((60, 4), np.nan)}, ValueError, r"X\[0, 0\] is nan"),
        ({"y": np.zeros(59, int)}, ValueError, "y has 59 labels for 60 rows of X"),
        ({"y": np.zeros(60)}, TypeError, "y holds float64 values"),
        ({"y": np.full(60, 3)}, ValueError, r"y\[0\] is 3; expected a label in 0…2"),
        ({"params": ()}, TypeError, "one_epoch got 0 parameters after X and y; expected W and b"),
        ({"params": [np.zeros((4, 3))]}, TypeError, "one_epoch got 1 parameters"),
        ({"params": [np.zeros((3, 4)), np.zeros(4)]}, ValueError, "W should be"),
        ({"params": [np.zeros((4, 3)), None]}, TypeError, "b is None"),
    ],
)
def test_one_epoch_refuses_at_the_call_what_it_cannot_train_with(changes, error, words):
    X, y = blobs()
    arguments = {"X": X, "y": y, "params": [np.zeros((4, 3)), np.zeros(3)]} | EPOCH
    arguments |= {"rng": np.random.default_rng(0)} | changes
    X, y, params = (arguments.pop(name) for name in ("X", "y", "params"))
    with pytest.raises(error, match=words):
        one_epoch(X, y, *params, **arguments)


def test_one_epoch_takes_lists():
    X, y = blobs()
    W, b = np.zeros((4, 3)), np.zeros(3)
    arrays = list(one_epoch(X, y, W, b, **EPOCH, rng=np.random.default_rng(0)))
    lists = (value.tolist() for value in (X, y, W, b))
    for one, other in zip(
        one_epoch(*lists, **EPOCH, rng=np.random.default_rng(0)), arrays, strict=True
    ):
        assert np.array_equal(one.W, other.W)
