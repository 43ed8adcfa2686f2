"""Points in the plane: place them, train by hand, and see the borders move. Chapters 06 and 07."""

import matplotlib.pyplot as plt
import numpy as np
import traitlets

from softmax_steps.checks import check_model, require_labels, require_strength
from softmax_steps.gradient import loss_and_gradient
from softmax_steps.notebook import show
from softmax_steps.palette import CLASSES
from softmax_steps.plots.stills.points_in_the_plane import draw_points_in_the_plane
from softmax_steps.regularization import l2_penalty
from softmax_steps.score import scores
from softmax_steps.softmax import softmax
from softmax_steps.svm import FORMS, hinge_loss_and_gradient
from softmax_steps.widgets.base import BookWidget, plain

# The sliders, with 50 positions for a factor of ten: λ is 0, or 10⁻⁵ to 10; η is 0.01 to 10.
STRENGTHS = {"from": -5, "to": 1, "perDecade": 50}
LEARNING_RATES = {"from": -2, "to": 1, "perDecade": 50}
EDGE = 1.0  # the plane that is drawn goes from −EDGE to EDGE in each feature


class PointsInThePlane(BookWidget):
    """Let the reader drag labelled points, choose λ, η and the loss, and take the steps.

    Parameters
    ----------
    points : array_like, shape (N, 3), optional
        For each point its two features, between −1 and 1, and its label 0, 1 or 2.
    model : array_like, shape (3, 3), optional
        The weights of feature 1, those of feature 2 and the biases, one column a class.
    strength : float
        λ at the start.
    learning_rate : float
        η at the start.
    loss : {"softmax", "sum", "worst", "one_vs_all"}
        The cross-entropy, or a form of :func:`softmax_steps.svm.hinge_loss`.

    Raises
    ------
    TypeError, ValueError
        If points, model, λ or the loss are not as described.

    Source: note 004 names the classifiers; note 000 gives the steps.
    """

    name = "points_in_the_plane"

    points = traitlets.List().tag(sync=True)
    model = traitlets.List().tag(sync=True)
    strength = traitlets.Float().tag(sync=True)
    strength_scale = traitlets.Dict(STRENGTHS).tag(sync=True)
    learning_rate = traitlets.Float().tag(sync=True)
    rate_scale = traitlets.Dict(LEARNING_RATES).tag(sync=True)
    loss = traitlets.Enum(["softmax", *FORMS], "softmax").tag(sync=True)
    class_colours = traitlets.List(list(CLASSES)).tag(sync=True)
    edge = traitlets.Float(EDGE).tag(sync=True)
    numpy_says = traitlets.Dict().tag(sync=True)

    def __init__(
        self, points=None, model=None, *, strength=0.01, learning_rate=0.5, loss="softmax"
    ):
        points = example_points() if points is None else np.asarray(points, dtype=float)
        model = example_model() if model is None else np.asarray(model, dtype=float)
        if points.ndim != 2 or points.shape[1] != 3:
            raise ValueError(
                f"points has shape {points.shape}; expected (N, 3): two features and a label "
                f"for each point."
            )
        if model.shape != (3, 3):
            raise ValueError(
                f"model has shape {model.shape}; expected (3, 3): the weights of two features "
                f"and the biases, one column for each of three classes."
            )
        check_model(points[:, :2], model[:2], model[2])
        if (points[:, 2] % 1 != 0).any():
            raise ValueError(
                f"points has labels {points[:, 2]}; expected 0, 1 or 2 in the third column."
            )
        require_labels(points[:, 2].astype(int), len(points), 3, labels_of="the points")
        super().__init__(
            points=[[*map(float, row[:2]), int(row[2])] for row in points],
            model=plain(model),
            strength=require_strength(strength),
            learning_rate=float(learning_rate),
            loss=loss,
        )

    def _answers(self):
        """Return the loss in two parts, and the gradient in the shape of ``model``."""
        X = np.array([row[:2] for row in self.points])
        y = np.array([row[2] for row in self.points])
        model = np.array(self.model)
        W, b = model[:2], model[2]
        form = {} if self.loss == "softmax" else {"form": self.loss}
        model = hinge_loss_and_gradient if form else loss_and_gradient
        whole, dW, db = model(X, y, W, b, strength=self.strength, **form)
        penalty = l2_penalty(W, strength=self.strength)
        return whole - penalty, penalty, np.vstack([dW, db])

    @traitlets.observe("points", "model", "strength", "loss")
    def _answer(self, change):
        """Recompute with NumPy what the view has shown, so that it can say how they differ."""
        if self.points and self.model:
            data_loss, penalty, gradient = self._answers()
            self.numpy_says = {
                "asked": {
                    name: getattr(self, name) for name in ("points", "model", "strength", "loss")
                },
                "data_loss": data_loss,
                "penalty": penalty,
                "gradient": plain(gradient),
            }

    def page_state(self):
        """Return the state, with the steps that a page's address keeps and where they began."""
        return {**super().page_state(), "base": self.model, "steps": 0}

    def picture(self):
        """Return the points and the regions of the three classes."""
        data_loss, penalty, _ = self._answers()
        model, axis = np.array(self.model), np.linspace(-EDGE, EDGE, 201)
        plane = np.column_stack([g.ravel() for g in np.meshgrid(axis, axis)])
        P = softmax(scores(plane, model[:2], model[2])).reshape(201, 201, 3)
        points = np.array(self.points)
        with plt.style.context("softmax_steps.book"):
            ax = draw_points_in_the_plane(P, points[:, :2], points[:, 2].astype(int), edge=EDGE)
        return show(
            ax.figure,
            alt=(
                f"{len(points)} points of three classes in a plane. Its regions have the colour of "
                f"the class that the model names there, with lines where two classes tie. Data "
                f"loss {data_loss:.4f}, penalty {penalty:.4f}."
            ),
            caption=f"Three classes in the plane, before the first step: loss "
            f"{data_loss + penalty:.4f}.",
        )


def example_points():
    """Fifteen points, five around each of three centres, to two decimals."""
    rng = np.random.default_rng(4)
    y = np.repeat([0, 1, 2], 5)
    centres = np.array([[-0.45, 0.4], [0.5, 0.35], [0.0, -0.5]])
    X = (centres[y] + 0.2 * rng.normal(size=(15, 2))).clip(-0.95, 0.95).round(2)
    return np.column_stack([X, y])


def example_model():
    """Weights and biases at random, to two decimals. Each class has a part of the plane."""
    return np.random.default_rng(92).normal(size=(3, 3)).round(2)
