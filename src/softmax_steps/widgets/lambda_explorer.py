"""The λ explorer: change λ, and watch the loss and the gradient respond. Chapters 05 and 06."""

import base64

import matplotlib.pyplot as plt
import numpy as np
import traitlets

from softmax_steps.checks import check_model
from softmax_steps.data import load_digits
from softmax_steps.gradient import loss_and_gradient
from softmax_steps.notebook import show
from softmax_steps.palette import SIGNED
from softmax_steps.plots.stills.lambda_explorer import draw_lambda_explorer
from softmax_steps.regularization import l2_gradient, l2_penalty
from softmax_steps.widgets.base import BookWidget, plain

# The slider for λ: 0, then 10⁻⁵ to 10, with 100 positions for a factor of ten.
STRENGTHS = {"from": -5, "to": 1, "perDecade": 100}


class LambdaExplorer(BookWidget):
    r"""Let the reader change λ at fixed weights, take steps, and see every part respond.

    At fixed weights the loss and its gradient are affine in λ,

    .. math:: L = L_{\text{data}} + \lambda \tfrac{1}{2} \lVert W \rVert^2, \qquad
        \frac{\partial L}{\partial W} = G + \lambda W,

    so the page needs only X, y, W and b to give the exact answer for any λ.

    Parameters
    ----------
    X : array_like, shape (N, D)
        Samples, D = height · width of an image.
    y : array_like of int, shape (N,)
        True labels in 0…C−1.
    W : array_like, shape (D, C)
        The weights to start from.
    b : array_like, shape (C,), optional
        The biases; zeros without.
    strength : float
        λ at the start.
    learning_rate : float
        η of "take one step".
    image_shape : (int, int)
        Height and width in which a class's weights are drawn.
    trained : list of PathPoint, optional
        From :func:`softmax_steps.regularization_path.regularization_path`: the models trained
        at some values of λ. With them the reader may switch from the given weights to the
        trained ones, at the nearest λ of the list; nothing is interpolated.

    Raises
    ------
    TypeError, ValueError
        If the inputs are not finite numbers or do not fit together.

    Source: note 000, steps 5 and 6.
    """

    name = "lambda_explorer"

    X = traitlets.List().tag(sync=True)
    y = traitlets.List().tag(sync=True)
    W = traitlets.List().tag(sync=True)
    b = traitlets.List().tag(sync=True)
    strength = traitlets.Float().tag(sync=True)
    strength_scale = traitlets.Dict(STRENGTHS).tag(sync=True)
    learning_rate = traitlets.Float().tag(sync=True)
    image_shape = traitlets.List().tag(sync=True)
    trained = traitlets.Dict().tag(sync=True)
    weights_from = traitlets.Enum(["given", "trained"], "given").tag(sync=True)
    part = traitlets.Enum(["sum", "data", "penalty"], "sum").tag(sync=True)
    scales = traitlets.Enum(["fixed", "refitted"], "fixed").tag(sync=True)
    colours = traitlets.List(list(SIGNED)).tag(sync=True)
    numpy_says = traitlets.Dict().tag(sync=True)

    def __init__(
        self,
        X,
        y,
        W,
        b=None,
        *,
        strength=0.01,
        learning_rate=0.5,
        image_shape=(8, 8),
        trained=None,
    ):
        b = np.zeros(np.shape(W)[1:2]) if b is None else b
        X, W, b = check_model(X, W, b)
        loss_and_gradient(X, y, W, b, strength=strength)  # refuses what does not fit
        if int(np.prod(image_shape)) != X.shape[1]:
            raise ValueError(
                f"image_shape is {tuple(image_shape)} but X has {X.shape[1]} columns; expected "
                f"height · width = {X.shape[1]}."
            )
        super().__init__(
            X=plain(X),
            y=plain(y),
            W=plain(W),
            b=plain(b),
            strength=float(strength),
            learning_rate=float(learning_rate),
            image_shape=list(image_shape),
            trained=_table(trained) if trained else {},
        )

    @classmethod
    def example(cls):
        """Return the explorer of small random weights on a hundred digits."""
        X, y = load_digits()
        W = 0.1 * np.random.default_rng(0).normal(size=(64, 10))
        return cls(X[:100], y[:100], W)

    @traitlets.observe("W", "b", "strength")
    def _answer(self, change):
        """Recompute with NumPy what the view has shown, so that it can say how they differ."""
        if not (self.X and self.W and self.b):
            return
        loss, dW, db = loss_and_gradient(self.X, self.y, self.W, self.b, strength=self.strength)
        self.numpy_says = {
            "strength": self.strength,
            "loss": loss,
            "penalty": l2_penalty(self.W, strength=self.strength),
            "dW": plain(dW),
            "db": plain(db),
        }

    def page_state(self):
        """Return the state, with the steps that a page's address keeps."""
        return {**super().page_state(), "taken": []}

    def picture(self):
        """Return the loss over λ in its two parts, and the gradient's images at the present λ."""
        W = np.array(self.W)
        data_loss, G, _ = loss_and_gradient(self.X, self.y, W, self.b)
        penalty = l2_penalty(W, strength=self.strength)
        pull = l2_gradient(W, strength=self.strength)
        length = np.linalg.norm
        with plt.style.context("softmax_steps.book"):
            figure = draw_lambda_explorer(
                data_loss,
                l2_penalty(W, strength=1.0),
                G,
                W,
                strength=self.strength,
                shape=self.image_shape,
            )
        return show(
            figure,
            alt=(
                f"The loss over λ: a data loss of {data_loss:.4f} nats at each, and on it a "
                f"penalty that grows with λ, {penalty:.4f} at λ = {self.strength:g}. Below, the "
                f"gradient there as one small image per class: {length(G + pull):.4f} long, its "
                f"data part {length(G):.4f}, its penalty part {length(pull):.4f}."
            ),
            caption=f"The loss over λ, and its gradient at λ = {self.strength:g}.",
        )


def _table(points):
    """Return the trained models as columns; the weights only as finely as a picture shows them."""
    points = sorted(points, key=lambda point: point.strength)
    tops = [np.abs(point.W).max().item() for point in points]
    levels = [np.rint(127 * p.W.T / top) for p, top in zip(points, tops, strict=True)]
    columns = ("strength", "data_loss", "penalty", "gradient_length")
    columns += ("train_accuracy", "validation_accuracy")
    return {
        **{name: [getattr(point, name) for point in points] for name in columns},
        "largest_weight": tops,
        "images": base64.b64encode(np.array(levels, dtype=np.int8).tobytes()).decode(),
    }
