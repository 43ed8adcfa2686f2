"""Where a derivation is asked for, a gradient that is measured is told.

That no right style is told so stands in ``test_assignments.py``.
"""

import numpy as np
import pytest

from softmax_grader.marking import Derivation
from softmax_grader.marking.examiner import examine
from softmax_grader.marking.verdicts import text_of

from . import play
from .assignments import points_said

A2, A3 = "a2_gradient", "a3_two_layers"
TOLD = "look measured"

# Each gives the slopes of f, a function of a vector, at the vector w.
WAYS = {
    "forward": """return np.array([(f(w + 1e-7 * e) - f(w)) / 1e-7 for e in np.eye(w.size)])""",
    "backward": """return np.array([(f(w) - f(w - 1e-6 * e)) / 1e-6 for e in np.eye(w.size)])""",
    "central": """return np.array([(f(w + h * e) - f(w - h * e)) / (2 * h) for h in (1e-5,)
                     for e in np.eye(w.size)])""",
    "central, in place": """slopes, w = np.zeros(w.size), w.copy()
    for k in range(w.size):
        before = w[k]
        w[k] = before + 1e-4
        up = f(w)
        w[k] = before - 1e-4
        down = f(w)
        w[k] = before
        slopes[k] = (up - down) / 2e-4
    return slopes""",
    "four points": """h, slopes = 1e-3, np.zeros(w.size)
    for k in range(w.size):
        e = np.zeros(w.size)
        e[k] = h
        slopes[k] = (8 * (f(w + e) - f(w - e)) - f(w + 2 * e) + f(w - 2 * e)) / (12 * h)
    return slopes""",
    "Richardson": """def central(h):
        slopes = np.zeros(w.size)
        for k, e in enumerate(np.eye(w.size)):
            up, down = f(w + h * e), f(w - h * e)
            slopes[k] = (up - down) / (2 * h)
        return slopes

    return (4 * central(1e-3) - central(2e-3)) / 3""",
    "complex step": """return np.array([f(w + 1e-30j * e).imag / 1e-30 for e in np.eye(w.size)])""",
    "recursion": """def slopes(k):
        if k == w.size:
            return []
        e = 1e-5 * np.eye(w.size)[k]
        return [(f(w + e) - f(w - e)) / 2e-5] + slopes(k + 1)

    return np.array(slopes(0))""",
}
REAL = [way for way in WAYS if way != "complex step"]  # a loss of real numbers
GIVEN = "return loss(X, y, v[:-C].reshape(C, -1), v[-C:], class_weights, strength)"
OWN = """F = v[:-C].reshape(C, -1) @ X + v[-C:, None]
        F = F - F.real.max(axis=0)
        L = np.log(np.exp(F).sum(axis=0)) - F[y, np.arange(len(y))]
        return np.mean(class_weights[y] * L) + strength * np.sum(v[:-C] ** 2)"""
OF_A2 = """C = len(b)

    def f(v):
        {loss}

    v = measured(f, np.concatenate([W.ravel(), b]))
    return v[:-C].reshape(W.shape), v[-C:]"""
OF_A3 = """def apart(v):
        parts, at = [], 0
        for p in params:
            parts.append(v[at : at + p.size].reshape(p.shape))
            at += p.size
        return parts

    def f(v):
        return loss(apart(v), X, y, class_weights, slope, strength)

    return apart(measured(f, np.concatenate([p.ravel() for p in params])))"""


def with_way(assignment, way, bodies):
    """Return a submission whose gradients are measured."""
    changes = play.written(assignment, bodies)
    helper = f"def measured(f, w):\n    {WAYS[way]}\n\n\n"
    first = min(changes, key=play.names(assignment).index)
    return play.submission(assignment, {**changes, first: helper + changes[first]})


def lines_on_it(graded):
    told = "\n".join(graded.feedback.values())
    return [line for line in told.splitlines() if TOLD in line]


@pytest.mark.parametrize("way", WAYS)
def test_a_gradient_measured_by_the_given_loss_earns_nothing_for_the_derivation(way):
    bodies = dict.fromkeys(("gradient_by_sample", "gradient"), OF_A2.format(loss=GIVEN))
    graded = play.grade(A2, with_way(A2, way, bodies))
    lines = lines_on_it(graded)
    assert [line[:5] for line in lines] == ["✗ 0/3", "✗ 0/3"], "\n".join(graded.feedback.values())
    assert ["derive the formula" in line for line in lines] == [True, True]


@pytest.mark.parametrize("way", REAL)
def test_a_gradient_measured_by_a_loss_of_ones_own_is_told(way):
    bodies = dict.fromkeys(("gradient_by_sample", "gradient"), OF_A2.format(loss=OWN))
    lines = lines_on_it(play.grade(A2, with_way(A2, way, bodies)))
    assert [line[:5] for line in lines] == ["✗ 0/3", "✗ 0/3"]


@pytest.mark.parametrize("way", REAL)
def test_a_networks_gradient_that_is_measured_is_told(way):
    lines = lines_on_it(play.grade(A3, with_way(A3, way, {"gradient": OF_A3})))
    assert [line[:5] for line in lines] == ["✗ 0/2", "✗ 0/3"]


AT_ONCE = """C, D = W.shape

    def losses(V):
        F = np.einsum("kcd,dn->kcn", V[:, : C * D].reshape(-1, C, D), X) + V[:, C * D :, None]
        F = F - F.max(axis=1, keepdims=True)
        L = np.log(np.exp(F).sum(axis=1)) - F[:, y, np.arange(len(y))]
        return (class_weights[y] * L).mean(axis=1) + strength * (V[:, : C * D] ** 2).sum(axis=1)

    v, h = np.concatenate([W.ravel(), b]), 1e-3
    E = h * np.eye(v.size)
    g = 8 * (losses(v + E) - losses(v - E)) - losses(v + 2 * E) + losses(v - 2 * E)
    return g[: C * D].reshape(C, D) / (12 * h), g[C * D :] / (12 * h)"""


def test_where_it_is_not_sure_it_is_told_and_costs_nothing():
    """All weights are measured at once, by a loss of one's own: only the last digits speak."""
    graded = play.grade(A2, play.submission(A2, play.written(A2, {"gradient": AT_ONCE})))
    assert lines_on_it(graded) == [
        "✓ 3/3  gradient: without penalty "
        "(these numbers look measured, not derived: its last digits are noise)"
    ]


def odd(*, scores=float, out=float, eps=0.0, finish=lambda dW: dW, loops=False):
    """Return a derived gradient whose last digits are not those of float64."""

    def gradient(X, y, W, b, class_weights, strength):
        F = (W @ X + b[:, np.newaxis]).astype(scores)
        E = np.exp(F - F.max(axis=0))
        G = class_weights[y] * (E / (E.sum(axis=0) + eps) - np.eye(len(b))[:, y]) / len(y)
        dW = (G @ X.T).astype(out)
        if loops:
            copied = np.zeros(W.shape)
            for j in range(len(W)):
                for d in range(len(X)):
                    slope = dW[j, d]
                    penalty = 2 * strength * W[j, d]
                    copied[j, d] = slope + penalty
            return copied, G.sum(axis=1)
        return finish(dW + 2 * strength * W), G.sum(axis=1)

    return gradient


ODD = {
    "scores in float32": odd(scores=np.float32),
    "result in float32": odd(out=np.float32),
    "float32 and loops over the weights": odd(scores=np.float32, loops=True),
    "a small number below": odd(eps=1e-12),
    "a larger one, and loops over the weights": odd(eps=1e-8, loops=True),
    "rounded to 6 digits": odd(finish=lambda dW: dW.round(6)),
    "rounded to 12 digits": odd(finish=lambda dW: dW.round(12)),
}


@pytest.mark.parametrize("kind", ODD)
def test_last_digits_lost_otherwise_are_no_sign_of_measuring(kind):
    for seed in range(10):
        rng = np.random.default_rng(seed)

        def case(N, D, rng=rng):
            X, y = rng.standard_normal((D, N)), rng.integers(0, 3, size=N)
            W, b = rng.standard_normal((3, D)), rng.standard_normal(3)
            return X, y, W, b, rng.uniform(0.5, 3.0, size=3), 0.0

        assert Derivation(ODD[kind], odd(), case, 2, {}).found == (False, "")


def test_a_gradient_that_asks_for_the_loss_once_is_derived():
    """To print it, for instance; and for the scores of each sample."""
    cells = {c.name: c.source for c in play.cells(A2)}
    for name in ("gradient_by_sample", "gradient"):
        line = "    print(loss(X, y, W, b, class_weights, strength))\n    ### BEGIN SOLUTION"
        cells[name] = cells[name].replace("    ### BEGIN SOLUTION", line)
    changes = {name: cells[name] for name in ("gradient_by_sample", "gradient")}
    graded = play.grade(A2, play.submission(A2, changes))
    assert lines_on_it(graded) == []
    assert graded.total == points_said(A2)[0]


@pytest.mark.parametrize("way", ["central", "complex step"])
def test_the_teacher_is_told_of_what_was_measured_in_the_sandbox(sandbox, way):
    code = with_way(A2, way, {"gradient": OF_A2.format(loss=GIVEN)})
    cells = {c.name: c.source for c in play.cells(A2)}
    hidden = play.HIDDEN.sub(lambda m: m[1], cells["test_gradient"])
    plan = [
        {"role": "setup", "source": cells["setup"]},
        {"role": "student", "source": code["gradient"], "functions": ["gradient"]},
        {"role": "test", "source": hidden, "points": 9},
    ]
    ran = examine({"cells": plan})
    told = text_of(ran["cells"][2]["outputs"])
    assert f"0/3  gradient: without penalty: these numbers {TOLD}" in told
    (flag,) = (flag for flag in ran["flags"] if TOLD in flag)
    assert flag.startswith("gradient: its numbers look measured")
