"""What the benchmarks measured: on this machine where they have run, else the book's sample.

``make bench-loss``, ``bench-fit`` and ``bench-stream`` write their numbers into ``build/bench``.
Where there are none, as in a browser, a small sample takes their place, and says that it is one.
"""

import json
from importlib import resources
from pathlib import Path
from typing import NamedTuple

from softmax_steps.roofline import Machine

RESULTS = Path(__file__).parents[2] / "build" / "bench"
SAMPLE = "measurements_sample.json"
# What the numbers of each benchmark must have; those of an older program may lack it.
NEEDED = {
    "loss": ("processors", "blas", "cases"),
    "fit": ("cases",),
    "stream": ("streamed", "step"),
    "kernels": ("cases",),
}
# The benchmark that measures it, where that has another name.
MEASURED_BY = {"kernels": "loss"}
# The cases that the two numbers of the machine are taken from: one float type, one thread.
PRODUCTS, READ, COMPILED = "two products", "one read of X", "compiled"


class Measurements(NamedTuple):
    """The ``numbers`` of one benchmark, and ``told``: whose they are, in a sentence."""

    numbers: dict
    told: str


def load_measurements(benchmark):
    """Load what a benchmark measured on this machine, else the sample that comes with the book.

    Parameters
    ----------
    benchmark : str
        ``"loss"``, ``"fit"`` or ``"stream"``; or ``"kernels"``, what ``make bench-loss`` found of
        NumPy's kernel and the compiled one.

    Returns
    -------
    Measurements

    Raises
    ------
    ValueError
        If there is no such benchmark.

    Examples
    --------
    >>> sorted(load_measurements("stream").numbers["step"])
    ['parts', 'processor_seconds_per_part', 'seconds']
    """
    if benchmark not in NEEDED:
        raise ValueError(
            f"benchmark is {benchmark!r}; expected one of {', '.join(map(repr, NEEDED))}."
        )
    written = MEASURED_BY.get(benchmark, benchmark)
    own = _read(RESULTS / f"{written}.json")
    if own is not None and _is_whole(own, benchmark):
        return Measurements(own, f"Measured on this machine, by make bench-{written}.")
    text = resources.files("softmax_steps").joinpath(SAMPLE).read_text("utf-8")
    told = f"A sample that comes with the book. make bench-{written} measures this machine."
    return Measurements(json.loads(text)[benchmark], told)


def _read(path):
    """Return the numbers of a file, or None where there is none that can be read."""
    try:
        return json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return None


def _is_whole(numbers, benchmark):
    if not isinstance(numbers, dict) or not set(NEEDED[benchmark]) <= set(numbers):
        return False
    if benchmark not in ("loss", "kernels"):
        return True
    # A few sizes alone say nothing of the machine: the reads must be of more than the caches hold.
    alone = _on_one_thread(numbers["cases"], "float32")
    if benchmark == "kernels" and not all(COMPILED in case["median_seconds"] for case in alone):
        return False
    return any(
        READ in case["median_seconds"] and _bytes_of(case) >= 10**8 for case in alone
    ) and any(case["C"] >= 1000 for case in alone)


def measured_machine(loss, dtype):
    """Give the two numbers of the machine that ran the benchmark of the loss, on one thread.

    Parameters
    ----------
    loss : dict
        The numbers of ``load_measurements("loss")``.
    dtype : str
        ``"float32"`` or ``"float64"``.

    Returns
    -------
    softmax_steps.roofline.Machine
        The multiplications of the fastest pair of products, and the bytes of the largest X, each
        by its median time.

    Examples
    --------
    >>> case = {"N": 10, "D": 5, "C": 2, "dtype": "float64", "threads": 1}
    >>> case["median_seconds"] = {"two products": 2.0, "one read of X": 4.0}
    >>> measured_machine({"cases": [case]}, "float64")
    Machine(multiplications=100.0, bytes=100.0)
    """
    cases = _on_one_thread(loss["cases"], dtype)
    seconds = [case["median_seconds"] for case in cases]
    multiplications = max(
        2 * case["N"] * case["D"] * case["C"] / took[PRODUCTS]
        for case, took in zip(cases, seconds, strict=True)
    )
    largest = max(cases, key=_bytes_of)
    return Machine(multiplications, _bytes_of(largest) / largest["median_seconds"][READ])


def _on_one_thread(cases, dtype):
    return [case for case in cases if case["threads"] == 1 and case["dtype"] == dtype]


def _bytes_of(case):
    return case["N"] * case["D"] * int(case["dtype"].removeprefix("float")) // 8
