"""Time the loss with its gradient beside its peers: ``make bench-loss``.

For several sizes, in float32 and in float64, the same loss and gradient are computed by the
package, by bare NumPy, by scikit-learn's internal loss, and by PyTorch and JAX where they are
installed. They take turns, so that a machine that slows down slows all of them; medians are
compared. The measure is the time of the two matrix products XW and XᵀF, which no program can do
without. Every contender's gradient is compared with the package's before it is timed.
"""

import argparse
import json
import os
import platform
import statistics
import sys
import time
from collections.abc import Callable
from importlib import metadata
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import threadpoolctl

from softmax_steps import loss_and_gradient

ROOT = Path(__file__).resolve().parents[1]
RESULT = ROOT / "build" / "bench" / "loss.json"
STRENGTH = 0.01
PRODUCTS, OURS, BARE = "two products", "softmax_steps", "bare NumPy"


class Size(NamedTuple):
    """Samples N, features D, classes C."""

    N: int
    D: int
    C: int

    def __str__(self) -> str:
        return f"{self.N}×{self.D}×{self.C}"


SIZES = (
    Size(32, 64, 10),
    Size(1797, 64, 10),
    Size(100, 784, 10),
    Size(500, 3073, 10),
    Size(60_000, 784, 10),
)
TINY = (Size(8, 5, 3),)
# What the package promises of its checks: at most so many times the time of bare NumPy, float64.
PROMISES = {Size(32, 64, 10): 1.5, Size(1797, 64, 10): 1.2}


class Problem(NamedTuple):
    """The data, the labels and the model that every contender gets."""

    X: np.ndarray
    y: np.ndarray
    W: np.ndarray
    b: np.ndarray


def make_problem(size: Size, dtype: str) -> Problem:
    """Return random numbers in the ranges that pictures and small weights have."""
    rng = np.random.default_rng(0)
    return Problem(
        rng.random((size.N, size.D), dtype=dtype),  # type: ignore[call-overload]
        rng.integers(0, size.C, size.N),
        (0.01 * rng.normal(size=(size.D, size.C))).astype(dtype),
        np.zeros(size.C, dtype),
    )


# Each contender takes a problem and returns a function of no argument, which gives the gradient
# with respect to W as something that np.asarray takes, or raises ImportError.


def two_products(problem: Problem) -> Callable[[], Any]:
    """Compute XW and XᵀF and nothing else."""
    X, _, W, _ = problem
    return lambda: X.T @ (X @ W)


def ours(problem: Problem) -> Callable[[], Any]:
    """Call the package."""
    X, y, W, b = problem
    return lambda: loss_and_gradient(X, y, W, b, strength=STRENGTH).dW


def bare_numpy(problem: Problem) -> Callable[[], Any]:
    """Compute the same in NumPy without a check, as one would write it by hand."""
    X, y, W, b = problem

    def compute() -> np.ndarray:
        F = X @ W + b
        F = F - F.max(axis=1, keepdims=True)
        log_p = F - np.log(np.exp(F).sum(axis=1, keepdims=True))
        rows = np.arange(len(y))
        loss = -log_p[rows, y].mean() + STRENGTH / 2 * np.sum(W * W)
        dF = np.exp(log_p)
        dF[rows, y] -= 1
        dF /= len(y)
        return (loss, X.T @ dF + STRENGTH * W, dF.sum(axis=0))[1]

    return compute


def scikit_learn(problem: Problem) -> Callable[[], Any]:
    """Call the loss that scikit-learn's LogisticRegression minimises (not public)."""
    from sklearn._loss import HalfMultinomialLoss
    from sklearn.linear_model._linear_loss import LinearModelLoss

    X, y, W, b = problem
    loss = LinearModelLoss(base_loss=HalfMultinomialLoss(n_classes=W.shape[1]), fit_intercept=True)
    coefficients = np.asfortranarray(np.vstack([W, b]).T)
    labels = y.astype(X.dtype)
    return lambda: (
        loss.loss_gradient(coefficients, X, labels, l2_reg_strength=STRENGTH)[1][:, :-1].T
    )


def pytorch(problem: Problem) -> Callable[[], Any]:
    """Let PyTorch differentiate the loss, on the processor."""
    import torch

    X, y = torch.from_numpy(problem.X), torch.from_numpy(problem.y)
    W = torch.from_numpy(problem.W.copy()).requires_grad_()
    b = torch.from_numpy(problem.b.copy()).requires_grad_()

    def compute() -> Any:
        W.grad = b.grad = None
        loss = torch.nn.functional.cross_entropy(X @ W + b, y) + STRENGTH / 2 * (W * W).sum()
        loss.backward()
        return W.grad

    return compute


def jax(problem: Problem) -> Callable[[], Any]:
    """Let JAX differentiate and compile the loss, on the processor."""
    import jax as jax_package

    if problem.X.dtype == np.float64:
        jax_package.config.update("jax_enable_x64", True)
    jnp = jax_package.numpy
    X, y, W, b = (jnp.asarray(array) for array in problem)

    @jax_package.jit
    def compute(W: Any, b: Any) -> Any:
        def loss(W: Any, b: Any) -> Any:
            log_p = jax_package.nn.log_softmax(X @ W + b)
            return -log_p[jnp.arange(len(y)), y].mean() + STRENGTH / 2 * (W * W).sum()

        return jax_package.value_and_grad(loss, argnums=(0, 1))(W, b)

    return lambda: compute(W, b)[1][0].block_until_ready()


CONTENDERS: dict[str, Callable[[Problem], Callable[[], Any]]] = {
    PRODUCTS: two_products,
    OURS: ours,
    BARE: bare_numpy,
    "scikit-learn": scikit_learn,
    "PyTorch": pytorch,
    "JAX": jax,
}


def prepare(problem: Problem) -> dict[str, Callable[[], Any]]:
    """Return the contenders that are installed, each having shown that its gradient is right.

    Raises
    ------
    RuntimeError
        If a gradient is not the package's.
    """
    functions: dict[str, Callable[[], Any]] = {}
    right = ours(problem)()
    for name, contender in CONTENDERS.items():
        try:
            functions[name] = contender(problem)
        except ImportError:
            continue
        gradient = np.asarray(functions[name]())
        error = np.abs(gradient - right).max() / np.abs(right).max()
        if name != PRODUCTS and not error < 50 * np.finfo(right.dtype).eps ** 0.75:
            raise RuntimeError(
                f"{name}: its gradient differs from the package's by {error:.1e} of the largest "
                f"entry; expected the same up to rounding. Does it mean the same loss?"
            )
    return functions


def time_in_turns(
    functions: dict[str, Callable[[], Any]], *, rounds: int, seconds: float
) -> dict[str, list[float]]:
    """Return the seconds of a call of each function, once for each round.

    A round goes through all functions and repeats a short one for about five milliseconds, as a
    training loop would; before that it is called once untimed, for the caches hold what the
    others left. There are at least ``rounds`` of them, and more until ``seconds`` have passed.
    """
    repeats = {}
    for name, function in functions.items():
        function()
        begin = time.perf_counter()
        function()
        repeats[name] = max(1, round(5e-3 / max(time.perf_counter() - begin, 1e-9)))
    times: dict[str, list[float]] = {name: [] for name in functions}
    end = time.perf_counter() + seconds
    while len(times[PRODUCTS]) < rounds or time.perf_counter() < end:
        for name, function in functions.items():
            function()
            begin = time.perf_counter()
            for _ in range(repeats[name]):
                function()
            times[name].append((time.perf_counter() - begin) / repeats[name])
    return times


def measure(
    size: Size, dtype: str, threads: int | None, *, rounds: int, seconds: float
) -> dict[str, Any]:
    """Measure one size in one floating type, with a number of BLAS threads or the default."""
    with threadpoolctl.threadpool_limits(threads):
        functions = prepare(make_problem(size, dtype))
        times = time_in_turns(functions, rounds=rounds, seconds=seconds)
    medians = {name: statistics.median(values) for name, values in times.items()}
    turns = zip(times[OURS], times[BARE], strict=True)
    return {
        **size._asdict(),
        "dtype": dtype,
        "threads": "default" if threads is None else threads,
        "rounds": len(times[PRODUCTS]),
        "median_seconds": medians,
        "ratio_to_products": {name: medians[name] / medians[PRODUCTS] for name in medians},
        "ours_to_bare": statistics.median(mine / plain for mine, plain in turns),
    }


def describe_machine() -> dict[str, Any]:
    """Return what the numbers depend on: machine, versions, and the BLAS that ran."""
    versions = {"python": platform.python_version()}
    for name in ("numpy", "scikit-learn", "torch", "jax"):
        try:
            versions[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            versions[name] = "not installed"
    blas = [
        {key: pool.get(key) for key in ("internal_api", "version", "architecture", "num_threads")}
        for pool in threadpoolctl.threadpool_info()
        if pool["user_api"] == "blas"
    ]
    return {
        "machine": platform.platform(),
        "processors": os.cpu_count(),
        "versions": versions,
        "blas": blas,
    }


def table(cases: list[dict[str, Any]]) -> str:
    """Return the ratios as text, one line for each case."""
    names = [name for name in CONTENDERS if name != PRODUCTS]
    head = ["N × D × C", "dtype", "threads", PRODUCTS, *names, "ours / bare", "promised"]
    lines = [head]
    for case in cases:
        size, ratios = Size(case["N"], case["D"], case["C"]), case["ratio_to_products"]
        promise = PROMISES.get(size) if case["dtype"] == "float64" else None
        lines.append(
            [
                str(size),
                case["dtype"],
                str(case["threads"]),
                f"{1e6 * case['median_seconds'][PRODUCTS]:.0f} µs",
                *(f"{ratios[name]:.2f}" if name in ratios else "–" for name in names),
                f"{case['ours_to_bare']:.2f}",
                f"≤ {promise}" if promise else "",
            ]
        )
    widths = [max(len(line[k]) for line in lines) for k in range(len(head))]
    rows = [
        "  ".join(cell.rjust(w) for cell, w in zip(line, widths, strict=True)) for line in lines
    ]
    return "\n".join(row.rstrip() for row in rows)


def parse(arguments: list[str] | None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        prog="python benchmarks/loss_and_gradient.py",
        description="Time the loss and its gradient beside bare NumPy, scikit-learn, PyTorch "
        "and JAX, as multiples of the two matrix products XW and XᵀF.",
    )
    parser.add_argument("--tiny", action="store_true", help="one small size, to see that it runs")
    parser.add_argument("--rounds", type=int, default=15, help="at least so many (default: 15)")
    parser.add_argument(
        "--seconds", type=float, default=3.0, help="for each case at least (default: 3)"
    )
    parser.add_argument("--out", type=Path, default=RESULT, help="where to write the numbers")
    return parser.parse_args(arguments)


def main(arguments: list[str] | None = None) -> int:
    """Run the benchmark, print its table and write its numbers."""
    options = parse(arguments)
    if "OPENBLAS_CORETYPE" in os.environ:
        # It makes OpenBLAS take another processor's kernels, which are slower. The library reads
        # it when it is loaded, so begin anew without it.
        print("OPENBLAS_CORETYPE is set: running again without it.", file=sys.stderr, flush=True)
        environment = {k: v for k, v in os.environ.items() if k != "OPENBLAS_CORETYPE"}
        os.execve(sys.executable, [sys.executable, __file__, *sys.argv[1:]], environment)
    sizes = TINY if options.tiny else SIZES
    rounds, seconds = (3, 0.0) if options.tiny else (options.rounds, options.seconds)
    machine = describe_machine()
    for pool in machine["blas"]:
        print(
            f"BLAS: {pool['internal_api']} {pool['version']}, core type {pool['architecture']}, "
            f"{pool['num_threads']} threads"
        )
    todo = [
        (size, dtype, threads)
        for size in sizes
        for dtype in ("float32", "float64")
        for threads in (1, None)
    ]
    cases = []
    for number, (size, dtype, threads) in enumerate(todo, 1):
        label = "default threads" if threads is None else "1 thread"
        print(f"[{number}/{len(todo)}] {size}, {dtype}, {label}", file=sys.stderr, flush=True)
        cases.append(measure(size, dtype, threads, rounds=rounds, seconds=seconds))
    print(f"\nMedians; the contenders as multiples of the time of the {PRODUCTS}:\n")
    print(table(cases))
    missing = [name for name in CONTENDERS if name not in cases[0]["median_seconds"]]
    if missing:
        print(f"\nNot installed: {', '.join(missing)}.")
    options.out.parent.mkdir(parents=True, exist_ok=True)
    options.out.write_text(json.dumps({**machine, "cases": cases}, indent=1) + "\n", "utf-8")
    print(f"\nWritten to {options.out}.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
