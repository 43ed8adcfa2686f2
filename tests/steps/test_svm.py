"""The hinge loss in its three forms, against its definition and central differences."""

import numpy as np
import pytest
from sklearn.metrics import hinge_loss as peer

from softmax_steps.svm import FORMS, hinge_loss, hinge_score_gradient


def plainly(f, y, form):
    """One sample's loss, written as the definition says it."""
    wrong = [max(0.0, f[j] - f[y] + 1) for j in range(len(f)) if j != y]
    if form == "sum":
        return sum(wrong)
    if form == "worst":
        return max(wrong, default=0.0)
    return sum(max(0.0, 1 - (1 if j == y else -1) * f[j]) for j in range(len(f)))


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("n_classes", [1, 2, 3, 10])
def test_each_form_is_its_definition(form, n_classes):
    rng = np.random.default_rng(1)
    F, y = rng.normal(size=(30, n_classes)) * 2, rng.integers(0, n_classes, 30)
    right = [plainly(f, k, form) for f, k in zip(F, y, strict=True)]
    np.testing.assert_allclose(hinge_loss(F, y, form=form), right, rtol=1e-12)


def test_the_worst_form_is_scikit_learns():
    rng = np.random.default_rng(2)
    F, y = rng.normal(size=(50, 4)), rng.integers(0, 4, 50)
    theirs = peer(y, F, labels=range(4))
    assert hinge_loss(F, y, form="worst").mean() == pytest.approx(theirs, rel=1e-12)


@pytest.mark.parametrize("form", FORMS)
def test_the_gradient_is_the_measured_slope(form):
    rng = np.random.default_rng(3)
    F, y = rng.normal(size=(12, 4)), rng.integers(0, 4, 12)
    slope = np.zeros_like(F)
    for place in np.ndindex(F.shape):
        h = np.zeros_like(F)
        h[place] = 1e-6
        up, down = (hinge_loss(G, y, form=form).mean() for G in (F + h, F - h))
        slope[place] = (up - down) / 2e-6
    np.testing.assert_allclose(hinge_score_gradient(F, y, form=form), slope, atol=1e-7)


@pytest.mark.parametrize("form", FORMS)
def test_beyond_the_margin_nothing_costs_and_nothing_pulls(form):
    F, y = np.array([[5.0, -5.0, -5.0]]), [0]
    assert hinge_loss(F, y, form=form) == 0
    assert not hinge_score_gradient(F, y, form=form).any()


@pytest.mark.parametrize("form", FORMS)
def test_on_the_margin_itself_nothing_pulls(form):
    F, y = np.array([[1.0, -1.0, -1.0] if form == "one_vs_all" else [1.0, 0.0, 0.0]]), [0]
    assert hinge_loss(F, y, form=form) == 0
    assert not hinge_score_gradient(F, y, form=form).any()
    nearer = F - [[1e-9, 0, 0]]
    assert hinge_score_gradient(nearer, y, form=form).any()


def test_bad_input_is_refused_by_name():
    with pytest.raises(ValueError, match="form is 'squared'"):
        hinge_loss([[0.0, 1.0]], [0], form="squared")
    with pytest.raises(ValueError, match=r"y\[0\] is 2"):
        hinge_score_gradient([[0.0, 1.0]], [2])
