"""The softmax classifier as scikit-learn's pipelines and cross-validation want it.

A thin coat around :func:`softmax_steps.fit`: labels may be names, and what was learned ends with
an underscore. This module needs scikit-learn.
"""

import warnings

import numpy as np

from softmax_steps.fitting import NotConvergedWarning, fit
from softmax_steps.score import scores
from softmax_steps.softmax import log_softmax, predict, softmax

try:
    from sklearn.base import BaseEstimator, ClassifierMixin
except ImportError as error:
    _MISSING = error

    class BaseEstimator:
        """Stands in for scikit-learn's, so that this module can be read without it."""

        def __new__(cls, *_args, **_options):  # noqa: D102
            raise ImportError(
                f"{cls.__name__} needs scikit-learn, which is not installed. Install it "
                f"(python -m pip install scikit-learn), or use softmax_steps.fit."
            ) from _MISSING

    class ClassifierMixin:
        """Stands in for scikit-learn's."""


class SoftmaxClassifier(ClassifierMixin, BaseEstimator):
    r"""Softmax regression with an L2 penalty, for scikit-learn.

    Parameters
    ----------
    strength : float, default=0.001
        λ ≥ 0, beside the mean of the losses; :math:`1/(cN)` for scikit-learn's ``C=c``.
    tolerance : float, default=1e-5
        How far the weights may be from the best ones, about.
    most_passes : int, default=10000
        Stop after so many passes over the data.
    kernel : {"numpy", "numba"}, default="numpy"
        What computes a pass: NumPy, or compiled loops, for which numba has to be installed.

    Attributes
    ----------
    classes_ : ndarray, shape (C,)
        The labels, in order.
    coef_ : ndarray, shape (C, D)
        The weights, W transposed; for two classes too, and their rows then add up to 0.
    intercept_ : ndarray, shape (C,)
        The biases.
    n_features_in_ : int
        D.
    feature_names_in_ : ndarray, shape (D,)
        The names of the columns, where they had some.
    n_iter_ : int
        Passes over the data.

    Examples
    --------
    >>> X, y = [[0.0], [1.0], [2.0], [3.0]], ["low", "low", "high", "high"]
    >>> SoftmaxClassifier(strength=0.01).fit(X, y).predict([[0.5], [2.5]])
    array(['low', 'high'], dtype='<U4')
    """

    def __init__(self, strength=0.001, *, tolerance=1e-5, most_passes=10_000, kernel="numpy"):
        self.strength = strength
        self.tolerance = tolerance
        self.most_passes = most_passes
        self.kernel = kernel

    def fit(self, X, y):
        """Find the weights and biases at which the loss is least.

        Parameters
        ----------
        X : array_like, shape (N, D)
            One sample per row.
        y : array_like, shape (N,)
            Labels: numbers or names, at least two of them.

        Returns
        -------
        SoftmaxClassifier
            Itself.

        Raises
        ------
        ImportError
            If the kernel is numba's and numba is not installed.
        TypeError, ValueError
            If the inputs do not fit together, there is one class only, or no such kernel.
        """
        from sklearn.exceptions import ConvergenceWarning
        from sklearn.utils.multiclass import check_classification_targets
        from sklearn.utils.validation import validate_data

        X, y = validate_data(self, X, y, dtype=[np.float64, np.float32, np.float16])
        check_classification_targets(y)
        self.classes_, y = np.unique(y, return_inverse=True)
        if len(self.classes_) < 2:
            raise ValueError(
                f"y has only one class, {self.classes_[0]!r}; expected at least two classes. "
                f"Did a split leave the others out?"
            )
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always", NotConvergedWarning)
            model = fit(
                X,
                y,
                strength=self.strength,
                tolerance=self.tolerance,
                most_passes=self.most_passes,
                kernel=self.kernel,
            )
        for warning in caught:
            late = issubclass(warning.category, NotConvergedWarning)
            kind = ConvergenceWarning if late else warning.category
            warnings.warn(str(warning.message), kind, stacklevel=2)
        if model.interrupted:  # a search over many fits has to end too
            raise KeyboardInterrupt
        self.coef_, self.intercept_, self.n_iter_ = model.W.T, model.b, model.passes
        return self

    def decision_function(self, X):
        """Give the scores of each class; of two classes, by how much the second's is larger.

        Parameters
        ----------
        X : array_like, shape (N, D)

        Returns
        -------
        ndarray, shape (N, C), or (N,) for two classes
        """
        F = self._scores(X)
        return F[:, 1] - F[:, 0] if len(self.classes_) == 2 else F

    def predict(self, X):
        """Give the label with the largest score.

        Parameters
        ----------
        X : array_like, shape (N, D)

        Returns
        -------
        ndarray, shape (N,)
        """
        best = predict(self._scores(X))
        return self.classes_[best]

    def predict_proba(self, X):
        """Give the probability of each class, in the order of ``classes_``.

        Parameters
        ----------
        X : array_like, shape (N, D)

        Returns
        -------
        ndarray, shape (N, C)
        """
        return softmax(self._scores(X))

    def predict_log_proba(self, X):
        """Give the logarithm of the probability of each class.

        Parameters
        ----------
        X : array_like, shape (N, D)

        Returns
        -------
        ndarray, shape (N, C)
        """
        return log_softmax(self._scores(X))

    def _scores(self, X):
        from sklearn.utils.validation import check_is_fitted, validate_data

        check_is_fitted(self)
        X = validate_data(self, X, dtype=[np.float64, np.float32, np.float16], reset=False)
        return scores(X, self.coef_.T, self.intercept_)
