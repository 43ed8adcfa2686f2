"""The estimator keeps scikit-learn's conventions: its own checks say so."""

import re
import sys
from pathlib import Path
from unittest import SkipTest

import numpy as np
import pytest
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import parametrize_with_checks
from threadpoolctl import threadpool_limits

from softmax_steps import estimator as module
from softmax_steps import load_digits, predict, softmax
from softmax_steps.estimator import SoftmaxClassifier


@pytest.fixture(scope="module", autouse=True)
def _one_thread():
    with threadpool_limits(1):
        yield


@pytest.mark.filterwarnings("default")  # the checks themselves warn of what they do
@parametrize_with_checks([SoftmaxClassifier(strength=0.01)])
def test_scikit_learn_finds_nothing_to_blame(estimator, check):
    unused = "SCIPY_ARRAY_API is not set|pandas is not installed"
    try:
        check(estimator)
    except SkipTest as skip:
        if not re.match(unused, str(skip)):
            raise


def test_names_come_back_as_labels_and_columns_stand_in_their_order():
    X, y = load_digits()
    names = np.array([f"digit {9 - k}" for k in range(10)])  # so that their order is the reverse
    model = SoftmaxClassifier(strength=0.01).fit(X, names[y])
    assert model.classes_.tolist() == sorted(names)
    P = model.predict_proba(X)
    assert P.shape == (len(X), 10)
    assert P.sum(axis=1) == pytest.approx(1)
    assert np.exp(model.predict_log_proba(X)) == pytest.approx(P)
    assert np.array_equal(softmax(model.decision_function(X)), P)
    assert np.array_equal(model.predict(X), model.classes_[predict(P)])
    assert model.score(X, names[y]) > 0.95
    theirs = LogisticRegression(C=1 / (0.01 * len(X)), tol=1e-9, max_iter=10_000).fit(X, names[y])
    assert np.abs(model.coef_ - theirs.coef_).max() < 1e-4
    assert np.abs(model.intercept_ - theirs.intercept_).max() < 1e-4


def test_it_stands_in_a_pipeline_and_is_searched_for_the_best_strength():
    X, y = load_digits()
    X, y = X[:300], y[:300]
    search = GridSearchCV(
        make_pipeline(StandardScaler(), SoftmaxClassifier()),
        {"softmaxclassifier__strength": [1e-2, 1e3]},
        cv=3,
    ).fit(X, y)
    assert search.best_params_ == {"softmaxclassifier__strength": 1e-2}
    assert search.best_score_ > 0.9


def test_what_is_cut_short_is_told_in_scikit_learns_way():
    X, y = load_digits()
    with pytest.warns(ConvergenceWarning, match="larger most_passes"):
        SoftmaxClassifier(most_passes=2).fit(X, y)


def test_one_class_is_refused_by_its_name():
    with pytest.raises(ValueError, match="only one class, 'cat'"):
        SoftmaxClassifier().fit([[0.0], [1.0]], np.array(["cat", "cat"], dtype=object))


def test_an_interruption_ends_a_search_over_many_fits(monkeypatch):
    def interrupted(X, y, **options):
        return type("Model", (), {"interrupted": True})()

    monkeypatch.setattr(module, "fit", interrupted)
    with pytest.raises(KeyboardInterrupt):
        SoftmaxClassifier().fit([[0.0], [1.0]], [0, 1])


def test_without_scikit_learn_one_line_says_what_to_install(monkeypatch):
    for name in ("sklearn", "sklearn.base"):
        monkeypatch.setitem(sys.modules, name, None)
    source = Path(module.__file__).read_text("utf-8")
    alone = {"__name__": "softmax_steps.estimator"}
    exec(compile(source, module.__file__, "exec"), alone)
    with pytest.raises(ImportError, match=r"SoftmaxClassifier needs scikit-learn.*pip install"):
        alone["SoftmaxClassifier"](strength=0.1)


def test_the_kernel_is_a_parameter_that_fit_looks_at(monkeypatch):
    X, y = load_digits()
    X, y = X[:300], y[:300]
    assert SoftmaxClassifier().get_params()["kernel"] == "numpy"
    unknown = SoftmaxClassifier(kernel="jax")  # no word before fit
    with pytest.raises(ValueError, match='kernel is \'jax\'; expected "numpy" or "numba"'):
        unknown.fit(X, y)
    monkeypatch.setitem(sys.modules, "numba", None)
    with pytest.raises(ImportError, match=r"needs numba.*softmax-steps\[compiled\]"):
        SoftmaxClassifier(kernel="numba").fit(X, y)


def test_the_compiled_kernel_finds_the_same_weights():
    pytest.importorskip("numba", reason="the extra softmax-steps[compiled] brings it")
    X, y = load_digits()
    X, y = X[:300], y[:300]
    ours, plain = (
        SoftmaxClassifier(strength=0.1, kernel=kernel, tolerance=1e-7).fit(X, y)
        for kernel in ("numba", "numpy")
    )
    np.testing.assert_allclose(ours.coef_, plain.coef_, atol=1e-6)
    np.testing.assert_allclose(ours.intercept_, plain.intercept_, atol=1e-6)
