"""Each row of ``book/symptoms.md`` is run: the symptom is seen, and `diagnose` names the cause."""

import re
from pathlib import Path

import numpy as np
import pytest

from softmax_book.sources import read_book
from softmax_steps import diagnose, mistakes, softmax
from softmax_steps import loss as right_loss
from softmax_steps import loss_and_gradient as loss_and_slopes
from softmax_steps.advice import ADVICE

PAGE = read_book(Path(__file__).parents[2])["book/symptoms"]
PLAIN = PAGE.text.replace("$\\lambda$", "λ").replace("$\\lambda/2$", "λ/2").replace("$1/N$", "1/N")
ROWS = [
    [cell.strip() for cell in row.strip("|").split(" | ")]
    for row in re.findall(r"^\| (?!what you see)[^\n]+ \|$", PLAIN, re.M)
]
TITLES = {slip.title: name for name, slip in ADVICE.items()}

RNG = np.random.default_rng(0)
X, W = RNG.normal(size=(40, 3)), RNG.normal(size=(3, 4))
y = np.argmax(X @ W + RNG.normal(size=(40, 4)), axis=1)
assert set(y) == {0, 1, 2, 3}
ORDINARY = np.array([[1.0, 3.0, -1.0], [3.0, 0.0, 4.0], [0.0, 0.5, 0.0]])


def right_gradient(X, y, W, strength=0.0):
    return loss_and_slopes(X, y, W, strength=strength).dW


def plain_loss(X, y, W):
    F = X @ W
    F = F - F.max(axis=1, keepdims=True)
    return -(F - np.log(np.exp(F).sum(axis=1, keepdims=True)))[np.arange(len(y)), y].mean()


def loss_of_computed_softmax(X, y, W):
    return -np.log(softmax(X @ W)[np.arange(len(y)), y]).mean()


def not_finite():
    broken = X.copy()
    broken[3, 1] = np.nan
    assert np.isnan(plain_loss(broken, y, 0 * W))
    assert not np.isfinite(broken).all()
    return {"my_loss": plain_loss, "X": broken, "y": y, "W": W}


def no_guard():
    assert np.isnan(mistakes.unguarded_softmax(ORDINARY * 1000)).any()
    assert np.allclose(mistakes.unguarded_softmax(ORDINARY), softmax(ORDINARY))
    return {"my_softmax": mistakes.unguarded_softmax}


def whole_matrix_guard():
    F = np.array([[0.0, 1.0], [-800.0, -801.0]])
    P = mistakes.whole_matrix_softmax(F)
    assert np.isnan(P).all(axis=1).tolist() == [False, True]
    assert np.allclose(mistakes.whole_matrix_softmax(F[1:]), softmax(F[1:]))
    return {"my_softmax": mistakes.whole_matrix_softmax}


def log_of_softmax():
    one, label = np.eye(1), np.array([1])
    assert loss_of_computed_softmax(one, label, np.array([[1000.0, 0.0]])) == np.inf
    return {"my_loss": loss_of_computed_softmax}


def score_mask():
    def one_hot_loss(X, y, W):
        F = X @ W
        shift = F.max(axis=1, keepdims=True)
        log_p = F - shift - np.log(np.exp(F - shift).sum(axis=1, keepdims=True))
        return -(np.eye(W.shape[1])[y] * log_p).sum(axis=1).mean()

    masked = np.array([[-np.inf, 0.0, 1.0]])
    assert np.isnan(one_hot_loss(np.eye(1), np.array([2]), masked))
    assert np.isfinite(plain_loss(np.eye(1), np.array([2]), masked))
    return {"my_loss": one_hot_loss}


def half_precision():
    def naive(X, y, W):
        F = X @ W
        E = np.exp(F)  # overflows in float16 above 11.09
        log_p = F - np.log(E.sum(axis=1, keepdims=True))
        small = -log_p[np.arange(len(y)), y].mean()
        return small if F.dtype == np.float16 else plain_loss(X, y, W)

    X16, W16 = X.astype(np.float16), (6 * W).astype(np.float16)
    assert not np.isfinite(naive(X16, y, W16))
    assert np.isfinite(naive(X16.astype(np.float64), y, W16.astype(np.float64)))
    return {"my_loss": naive, "X": X16, "y": y, "W": W16}


def softmax_twice():
    def twice(X, y, W):
        return -np.log(softmax(softmax(X @ W))[np.arange(len(y)), y]).mean()

    best = twice(np.eye(1), np.array([0]), np.array([[1000.0] + [0.0] * 9]))
    assert np.isclose(best, np.log(1 + 9 / np.e))
    assert f"{best:.2f}" in ROWS[[r[1] for r in ROWS].index("softmax taken twice")][0]
    return {"my_loss": twice}


def wrong_axis():
    P = mistakes.softmax_over_columns(ORDINARY)
    assert np.allclose(P.sum(axis=0), 1)
    assert not np.allclose(P.sum(axis=1), 1)
    assert not np.allclose(P[0], mistakes.softmax_over_columns(ORDINARY[:2])[0])
    return {"my_softmax": mistakes.softmax_over_columns}


def lost_keepdims():
    with pytest.raises(ValueError, match="broadcast"):
        mistakes.softmax_without_keepdims(ORDINARY[:2])
    assert not np.allclose(mistakes.softmax_without_keepdims(ORDINARY), softmax(ORDINARY))
    return {"my_softmax": mistakes.softmax_without_keepdims}


def labels_from_one():
    with pytest.raises(IndexError):
        plain_loss(X, y + 1, W)
    return {"my_loss": plain_loss, "X": X, "y": y + 1, "W": W}


def label_mask():
    some = np.where(np.arange(40) % 4 == 0, -1, y)
    last = np.where(some == -1, 3, some)
    assert plain_loss(X, some, W) == plain_loss(X, last, W)
    return {"my_loss": plain_loss, "X": X, "y": some, "W": W}


def sum_for_mean():
    def summed(X, y, W):
        return len(y) * plain_loss(X, y, W)

    twice = summed(np.vstack([X, X]), np.concatenate([y, y]), W)
    assert np.isclose(twice, 2 * summed(X, y, W))
    return {"my_loss": summed}


def penalty_factor_two():
    def doubled(X, y, W):
        return right_gradient(X, y, W) + 2 * 0.5 * W

    assert np.allclose(doubled(0 * X, y, W), 2 * 0.5 * W)
    return {"my_gradient": doubled, "strength": 0.5}


def penalty_twice():
    strength, eta = 0.5, 0.25

    def with_decay(X, y, W, eta):
        return W - eta * right_gradient(X, y, W, strength) - eta * strength * W

    assert np.allclose(with_decay(0 * X, y, W, eta), (1 - 2 * eta * strength) * W)
    return {"my_loss": lambda X, y, W: right_loss(X, y, W, strength=strength),
            "my_gradient": lambda X, y, W: right_gradient(X, y, W, strength),
            "my_update": with_decay, "strength": strength}  # fmt: skip


def missing_mean():
    def not_divided(X, y, W):
        return len(X) * right_gradient(X, y, W)

    assert np.allclose(not_divided(X, y, W) / right_gradient(X, y, W), 40)
    return {"my_gradient": not_divided}


def wrong_sign():
    def turned(X, y, W):
        return -right_gradient(X, y, W)

    losses = [plain_loss(X, y, W - eta * turned(X, y, W)) for eta in (0, 1e-4, 1e-2, 1)]
    assert losses == sorted(losses)
    return {"my_gradient": turned}


def learning_rate_too_large():
    step = right_gradient(X, y, W)
    assert plain_loss(X, y, W - 1000 * step) > plain_loss(X, y, W)
    assert plain_loss(X, y, W - 0.1 * step) < plain_loss(X, y, W)
    return {"my_loss": plain_loss, "my_gradient": right_gradient, "learning_rate": 1000.0,
            "X": X, "y": y, "W": W}  # fmt: skip


def learning_rate_too_small():
    return {"my_loss": plain_loss, "my_gradient": right_gradient, "learning_rate": 1e-9,
            "X": X, "y": y, "W": W}  # fmt: skip


def gradient_apart():
    """Right for the small cases, and a factor lost where there are many samples."""

    def in_batches(X, y, W):
        return right_gradient(X[:32], y[:32], W)

    return {"my_loss": plain_loss, "my_gradient": in_batches, "X": X, "y": y, "W": W}


@pytest.mark.parametrize("row", ROWS, ids=[row[1] for row in ROWS])
def test_a_row_is_seen_and_diagnosed_and_sends_where_it_is_treated(row):
    _, title, _, place = row
    slip = TITLES[title]
    known = ADVICE[slip]
    link = known.link.removeprefix("book/").replace(".html", ".md")
    assert place == f"[{known.place}]({link})"
    with np.errstate(all="ignore"):
        arguments = globals()[slip.replace("-", "_")]()
    found = diagnose(**arguments)
    assert found.slips == [slip], found
    assert known.title in " ".join(str(found).split())


def test_every_cause_has_a_row_of_its_own():
    assert len({row[1] for row in ROWS}) == len(ROWS) >= 15
    assert all(len(row) == 4 for row in ROWS)


def test_right_functions_on_good_data_are_not_accused():
    found = diagnose(
        my_softmax=softmax, my_loss=plain_loss, my_gradient=right_gradient, X=X, y=y, W=W,
        learning_rate=0.5,
    )  # fmt: skip
    assert found, found
    assert " ".join(str(found).split()) == (
        "✓ No known cause was found. Tried: my_softmax; my_loss; my_gradient; X; y; W; one step."
    )
    assert diagnose(my_loss=right_loss, X=X, y=y, W=W)
