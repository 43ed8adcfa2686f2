"""Draw a digit, and follow it through the six steps. The front page, and chapter 01."""

from itertools import pairwise

import matplotlib.pyplot as plt
import numpy as np
import traitlets

from softmax_steps.checks import check_model
from softmax_steps.cross_entropy import cross_entropy
from softmax_steps.digit_models import N_HIDDEN, STRENGTH, digit_models
from softmax_steps.drawn_digit import SIZE, block_counts, digit_counts, require_bitmap
from softmax_steps.gradient import loss_and_gradient
from softmax_steps.notebook import show
from softmax_steps.palette import FIGURE, SIGNED
from softmax_steps.plots.stills.draw_a_digit import draw_draw_a_digit
from softmax_steps.regularization import l2_penalty
from softmax_steps.score import scores
from softmax_steps.softmax import log_softmax, predict, softmax
from softmax_steps.two_layer import two_layer_forward, two_layer_loss_and_gradient
from softmax_steps.widgets.base import BookWidget, plain

#: The weights are sent as whole thousandths, those of the network as whole hundredths.
PER = {"linear": 1000, "hidden": 100}
LEARNING_RATE = 0.01  # one of some 50 drawings of a batch, at the learning rate of chapter 7
N_STEPS = 7  # the stages after the picture; the last one is the step that learns
MOST_TAKEN = 20
DARKEST = 16
#: Two arcs, drawn with the widget's pen.
EXAMPLE_LINES = (
    [(10, 8), (12, 6), (15, 5), (18, 6), (20, 8), (20, 11), (18, 13), (15, 14)],
    [(15, 14), (18, 15), (21, 17), (21, 21), (19, 24), (15, 25), (11, 24), (9, 22)],
)


class DrawADigit(BookWidget):
    """Let the reader draw a digit, and show what each of the six steps makes of it.

    Two models read it: the linear one that chapter 7 trains, and the network of chapter 9. The last
    stage takes one step that learns from this drawing.

    Parameters
    ----------
    bitmap : array_like of bool, shape (32, 32), optional
        The drawing at the start; without it, a 3.
    meant : int
        Which digit it is meant to be, or −1 if nobody has said.
    part : {"all", "score"}
        Whether it goes through all steps, or through the classes of the first one.
    W : array_like, shape (64, 10), optional
        Other weights, in place of both models. A drawing's counts are divided by 16.
    b : array_like, shape (10,), optional
        Their biases.

    Raises
    ------
    TypeError, ValueError
        If the bitmap, the digit, the part or the weights are not as described.

    Source: the six steps of notes 000 to 003; the network of note 004.
    """

    name = "draw_a_digit"

    models = traitlets.Dict().tag(sync=True)
    part = traitlets.Enum(["all", "score"], "all").tag(sync=True)
    failures = traitlets.List().tag(sync=True)  # drawings that are misread: ink, meant, fit, why
    last = traitlets.Int(N_STEPS).tag(sync=True)
    ink = traitlets.Unicode().tag(sync=True)  # the bitmap, eight hexadecimal digits for each row
    meant = traitlets.Int(-1).tag(sync=True)
    stage = traitlets.Int().tag(sync=True)
    chosen = traitlets.Int().tag(sync=True)  # the class whose shares the score's part adds up
    kind = traitlets.Enum(list(PER), "linear").tag(sync=True)
    fit = traitlets.Enum(["data", "drawn"], "data").tag(sync=True)
    shows = traitlets.Enum(["templates", "shares"], "templates").tag(sync=True)
    taken = traitlets.Int().tag(sync=True)  # steps that the model has learned from this drawing
    most_taken = traitlets.Int(MOST_TAKEN).tag(sync=True)
    learning_rate = traitlets.Float(LEARNING_RATE).tag(sync=True)
    colours = traitlets.List(list(SIGNED)).tag(sync=True)
    # White below 0 and at 0, ink at 1.
    greys = traitlets.List([FIGURE["paper"], FIGURE["paper"], FIGURE["ink"]]).tag(sync=True)
    numpy_says = traitlets.Dict().tag(sync=True)

    def __init__(self, bitmap=None, *, meant=None, part="all", W=None, b=None):
        drawn = draw_lines(EXAMPLE_LINES) if bitmap is None else require_bitmap(bitmap)
        if meant is None:
            meant = 3 if bitmap is None else -1
        if meant not in range(-1, 10):
            raise ValueError(f"meant is {meant!r}; expected a digit, 0 to 9, or −1 for none.")
        super().__init__(
            models=_stored(W, b),
            part=part,
            failures=_failures() if part == "all" and W is None else [],
            ink=text_of(drawn),
            meant=int(meant),
            stage=1,
            chosen=max(int(meant), 0),
        )

    @property
    def params(self):
        """The weights of the model that is shown, as the reader's page has them: rounded.

        Returns
        -------
        list of ndarray
            ``W, b``, or ``W1, b1, W2, b2``. What was learned from the drawing is not in them.
        """
        stored = self.models[self.kind]
        parts = [np.array(part) / stored["per"] for layer in stored["layers"] for part in layer]
        widths = stored["widths"]
        for k in range(len(widths) - 1):
            parts[2 * k] = parts[2 * k].reshape(widths[k], widths[k + 1])
        return parts

    def answers(self):
        """Return every number that the view shows, by NumPy.

        Returns
        -------
        dict
            ``counts`` (8, 8); ``F``, ``log_p`` and ``P``, each (10,); ``penalty``, in nats. If a
            digit is meant, ``loss``, in nats, ``gradient``, one array for each of the parameters,
            ``P_start``, (10,), and ``loss_start``, before the first step, ``P_after`` and
            ``loss_after``, after one step more.
        """
        bitmap = bitmap_of(self.ink)
        counts = digit_counts(bitmap) if self.fit == "data" else block_counts(bitmap)
        x, params = counts.reshape(1, -1) / DARKEST, self.params
        stored = self.models[self.kind]
        strength = stored["strength"]
        y = np.array([self.meant])
        F_start = _scores(x, params)
        if self.meant >= 0:
            for _ in range(self.taken):
                params = _one_step(x, y, params, strength, self.learning_rate)
        F = _scores(x, params)
        answers = {
            "counts": counts,
            "F": F[0],
            "log_p": log_softmax(F)[0],
            "P": softmax(F)[0],
            "penalty": sum(l2_penalty(W, strength=strength) for W in params[::2]),
        }
        if self.meant >= 0:
            _, *gradient = _model(params)(x, y, *params, strength=strength)
            F_after = _scores(x, _one_step(x, y, params, strength, self.learning_rate))
            answers |= {
                "loss": cross_entropy(log_softmax(F), y)[0],
                "gradient": gradient,
                "P_start": softmax(F_start)[0],
                "loss_start": cross_entropy(log_softmax(F_start), y)[0],
                "P_after": softmax(F_after)[0],
                "loss_after": cross_entropy(log_softmax(F_after), y)[0],
            }
        return answers

    @traitlets.observe("ink", "meant", "kind", "fit", "taken")
    def _answer(self, change):
        """Recompute with NumPy what the view has shown, so that it can say how they differ."""
        if not (self.models and self.ink):
            return
        answers = self.answers()
        names = ("counts", "F", "P", "penalty", "loss", "P_after")
        self.numpy_says = {
            "asked": [self.ink, self.meant, self.kind, self.fit, self.taken],
            **{name: plain(answers[name]) for name in names if name in answers},
        }

    def picture(self):
        """Return the drawing, its counts, and its scores and probabilities as bars."""
        answers = self.answers()
        with plt.style.context("softmax_steps.book"):
            axes = draw_draw_a_digit(
                bitmap_of(self.ink),
                answers["counts"],
                answers["F"],
                answers["P"] if self.part == "all" else None,
            )
        F, P, leader = answers["F"], answers["P"], int(predict(answers["F"][np.newaxis])[0])
        said = f"The largest of its ten scores, {F[leader]:.1f}, is that of class {leader}"
        if self.part == "all":
            said += f", and softmax gives it the probability {P[leader]:.3f}"
        meant = f"A drawn {self.meant}" if self.meant >= 0 else "A drawing"
        return show(
            axes[0].figure,
            alt=f"{meant} of 32 by 32 pixels, its 8 by 8 counts, and bars. {said}.",
            caption=f"{meant}, reduced to 8 × 8 counts, on its way through the steps. {said}.",
        )


def cornered(lines, size, *, right=False, below=False):
    """Draw lines smaller, with the same pen, in a corner.

    Parameters
    ----------
    lines : iterable of list of (int, int)
        As :func:`draw_lines` takes them.
    size : float
        Times the given size.
    right, below : bool
        Which corner; without them, the upper left one.

    Returns
    -------
    ndarray of bool, shape (32, 32)
    """
    lines = [[(int(size * x), int(size * y)) for x, y in line] for line in lines]
    columns, rows = zip(*(point for line in lines for point in line), strict=True)
    dx = SIZE - 2 - max(columns) if right else 1 - min(columns)
    dy = SIZE - 2 - max(rows) if below else 1 - min(rows)
    return draw_lines([[(x + dx, y + dy) for x, y in line] for line in lines])


def draw_lines(lines):
    """Draw lines with the widget's pen, a dot of five pixels.

    Parameters
    ----------
    lines : iterable of list of (int, int)
        Each from point to point: column and row.

    Returns
    -------
    ndarray of bool, shape (32, 32)
    """
    ink = np.zeros((SIZE, SIZE), dtype=bool)
    for line in lines:
        for (x0, y0), (x1, y1) in pairwise(line):
            for t in np.linspace(0, 1, 2 * max(abs(x1 - x0), abs(y1 - y0)) + 1):
                x, y = round(x0 + t * (x1 - x0)), round(y0 + t * (y1 - y0))
                ink[y - 1 : y + 2, x] = ink[y, x - 1 : x + 2] = True
    return ink


def text_of(bitmap):
    """Return a bitmap as text: eight hexadecimal digits for each row.

    Parameters
    ----------
    bitmap : array_like of bool, shape (32, 32)

    Returns
    -------
    str
        256 digits.

    Examples
    --------
    >>> text_of(np.eye(32))[:16]
    '8000000040000000'
    """
    return np.packbits(require_bitmap(bitmap)).tobytes().hex()


def bitmap_of(text):
    """Return the bitmap of a text that :func:`text_of` made.

    Parameters
    ----------
    text : str

    Returns
    -------
    ndarray of bool, shape (32, 32)
    """
    packed = np.frombuffer(bytes.fromhex(text), dtype=np.uint8)
    return np.unpackbits(packed).reshape(SIZE, SIZE).astype(bool)


def _failures():
    """Return drawings that the linear model misreads, and why it does."""
    drawn = [
        (
            cornered(EXAMPLE_LINES, 2 / 3),
            3,
            "drawn",
            "A small 3 in a corner, counted as drawn. The weights look for ink where the data had "
            "it, and meet paper. Now choose “fitted”.",
        ),
        (
            np.rot90(draw_lines(EXAMPLE_LINES)),
            3,
            "data",
            "A 3 on its side. No step turns it back, and the data had none like it. It reads 4, "
            "and with two layers it is surer still.",
        ),
        (
            cornered(EXAMPLE_LINES, 1 / 2),
            3,
            "data",
            "A 3 of half the size, scaled up: so coarse that the linear model reads 2. Choose “two "
            "layers”: the hidden layer mends this.",
        ),
        (
            draw_lines([[(16, 5), (16, 26)]]),
            1,
            "data",
            "A 1 like a bar: scaled to 20 × 32, it is a block, and one layer reads 8. Two read 1. "
            "A slanted 1, made upright last, stays slim.",
        ),
    ]
    return [
        {"ink": text_of(ink), "meant": meant, "fit": fit, "says": says}
        for ink, meant, fit, says in drawn
    ]


def _stored(W, b):
    """Return the models as the page gets them: rounded, row by row."""
    if W is not None:
        # One blank picture, only to check the shapes.
        _, W, b = check_model(np.zeros((1, 64)), W, np.zeros(10) if b is None else b)
        if W.shape[1] != 10:
            raise ValueError(f"W has {W.shape[1]} columns; expected 10, one for each digit.")
        return {"linear": _as_integers((W, b), [64, 10], PER["linear"])}
    models = digit_models()
    return {
        "linear": _as_integers(models.linear, [64, 10], PER["linear"]),
        "hidden": _as_integers(models.hidden, [64, N_HIDDEN, 10], PER["hidden"]),
    }


def _as_integers(params, widths, per):
    parts = [plain(np.rint(per * np.asarray(part)).astype(int).ravel()) for part in params]
    layers = [parts[k : k + 2] for k in range(0, len(parts), 2)]
    return {"per": per, "strength": STRENGTH, "widths": widths, "layers": layers}


def _model(params):
    return two_layer_loss_and_gradient if len(params) == 4 else loss_and_gradient


def _scores(x, params):
    return two_layer_forward(x, *params).O2 if len(params) == 4 else scores(x, *params)


def _one_step(x, y, params, strength, learning_rate):
    _, *gradient = _model(params)(x, y, *params, strength=strength)
    return [p - learning_rate * d for p, d in zip(params, gradient, strict=True)]
