"""Where the time goes: arithmetic or memory, for N, D, C and a float type. Chapter 11."""

import matplotlib.pyplot as plt
import traitlets

from softmax_steps.checks import require_count
from softmax_steps.measurements import load_measurements, measured_machine
from softmax_steps.notebook import show
from softmax_steps.plots.stills.where_the_time_goes import draw_where_the_time_goes
from softmax_steps.roofline import least_seconds, work
from softmax_steps.widgets.base import BookWidget

# The type that X is stored in: the bytes of a number, and the type that is computed in.
STORED = {
    "float64": (8, "float64"),
    "float32": (4, "float32"),
    "float16": (2, "float32"),
    "uint8": (1, "float32"),
}
MOST = {"n_samples": 10**9, "n_features": 10**5, "n_classes": 10**5}


class WhereTheTimeGoes(BookWidget):
    r"""Let the reader choose a problem, and see which of two bounds its gradient waits for.

    .. math:: t \ge \max\Bigl( \frac{2 N D C}{r}, \; \frac{s N D}{w} \Bigr)

    Parameters
    ----------
    n_samples, n_features, n_classes : int
        N, D and C at the start, from 1 to ``MOST``.
    stored : str
        The type that X is stored in, one of ``STORED``.

    Raises
    ------
    TypeError, ValueError
        If a number is no count, or too large.
    traitlets.TraitError
        If there is no such type.
    """

    name = "where_the_time_goes"

    n_samples = traitlets.Int().tag(sync=True)
    n_features = traitlets.Int().tag(sync=True)
    n_classes = traitlets.Int().tag(sync=True)
    stored = traitlets.Enum(list(STORED), "float32").tag(sync=True)
    most = traitlets.Dict(MOST).tag(sync=True)
    types = traitlets.Dict().tag(sync=True)
    machines = traitlets.Dict().tag(sync=True)
    told = traitlets.Unicode().tag(sync=True)
    numpy_says = traitlets.Dict().tag(sync=True)

    def __init__(self, n_samples=60_000, n_features=784, n_classes=10, *, stored="float32"):
        sizes = {"n_samples": n_samples, "n_features": n_features, "n_classes": n_classes}
        for name, size in sizes.items():
            sizes[name] = require_count(size, name)
            if size > MOST[name]:
                raise ValueError(
                    f"{name} is {size}; expected at most {MOST[name]}, where the slider ends."
                )
        run = load_measurements("loss")
        self._machines = {
            kind: measured_machine(run.numbers, kind) for kind in ("float64", "float32")
        }
        super().__init__(
            **sizes,
            stored=stored,
            types={
                kind: {"bytes": size, "computed": computed}
                for kind, (size, computed) in STORED.items()
            },
            machines={kind: machine._asdict() for kind, machine in self._machines.items()},
            told=run.told,
        )

    def answers(self):
        """Return every number that the view shows.

        Returns
        -------
        dict of str to float
            Counts, seconds, and the multiplications a second of a program that takes no longer
            than it must.
        """
        size, computed = STORED[self.stored]
        machine = self._machines[computed]
        counted = work(self.n_samples, self.n_features, self.n_classes, size)
        least = least_seconds(counted, machine)
        return {
            "multiplications": float(counted.multiplications),
            "bytes": float(counted.bytes),
            "per_byte": counted.per_byte,
            "arithmetic": counted.multiplications / machine.multiplications,
            "reading": counted.bytes / machine.bytes,
            "least": least,
            "rate": counted.multiplications / least,
            "ridge": machine.multiplications / machine.bytes,
        }

    @traitlets.observe("n_samples", "n_features", "n_classes", "stored")
    def _answer(self, change):
        """Count again in Python what the view has counted, so that it can say how they differ."""
        if min(self.n_samples, self.n_features, self.n_classes) >= 1 and self.machines:
            sizes = [self.n_samples, self.n_features, self.n_classes]
            self.numpy_says = {"sizes": sizes, "stored": self.stored, **self.answers()}

    def picture(self):
        """Return the machine's roof, with the problem's place below it."""
        answers = self.answers()
        machine = self._machines[STORED[self.stored][1]]
        problem = f"{self.n_samples}×{self.n_features}×{self.n_classes} in {self.stored}"
        paced = "memory" if answers["reading"] > answers["arithmetic"] else "arithmetic"
        with plt.style.context("softmax_steps.book"):
            ax = draw_where_the_time_goes(machine, (answers["per_byte"], answers["rate"]))
        return show(
            ax.figure,
            alt=(
                f"The roof of a machine: multiplications a second against multiplications for each "
                f"byte. {problem} stands at {answers['per_byte']:g} for each byte, where {paced} "
                f"sets the pace."
            ),
            caption=(
                f"{problem}: arithmetic {1e3 * answers['arithmetic']:.3g} ms, memory "
                f"{1e3 * answers['reading']:.3g} ms. {self.told}"
            ),
        )
