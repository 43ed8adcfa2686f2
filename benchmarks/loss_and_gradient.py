"""Time the loss with its gradient beside its peers: ``make bench-loss``.

For several sizes, in float32 and in float64, the same loss and gradient are computed by the
package (with NumPy, and with what numba compiles), by bare NumPy, by scikit-learn's internal loss,
and by PyTorch and JAX where they are installed. They take turns, so that a machine that slows down
slows all of them, and are kept to the same processors; medians are compared. The measures are the
time of the two matrix products XW and XᵀF, which no program can do without, and that of one read of
X from memory. Every contender's gradient is compared with the package's before it is timed. Written
are a table, the numbers and a picture of them.
"""

import argparse
import contextlib
import ctypes
import gc
import json
import os
import platform
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from importlib import metadata
from pathlib import Path
from typing import Any, NamedTuple

import matplotlib

matplotlib.use("Agg")

import matplotlib.pyplot as plt
import numpy as np
import threadpoolctl

from softmax_steps import loss_and_gradient

ROOT = Path(__file__).resolve().parents[1]
RESULT = ROOT / "build" / "bench" / "loss.json"
STRENGTH = 0.01
PRODUCTS, READ, OURS, COMPILED, UNBLOCKED, BARE = (
    "two products",
    "one read of X",
    "softmax_steps",
    "compiled",
    "one block",
    "bare NumPy",
)
# Variables with which OpenBLAS is told of another processor than it runs on.
MISLEADING = ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE")


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
    Size(10_000, 784, 10),
    Size(60_000, 784, 10),
    Size(1_000_000, 64, 10),
    Size(4096, 2048, 1000),
)
TINY = (Size(8, 5, 3),)
TYPES = ("float32", "float64")
CLOCKS = {"wall": time.perf_counter, "processor": time.process_time}
# What the package promises of its checks: at most so many times the time of bare NumPy, float64.
PROMISES = {Size(32, 64, 10): 1.5, Size(1797, 64, 10): 1.2}
# What it is to reach: at most so many times the time of the two products, float32.
GOALS = {
    Size(100, 784, 10): 1.3,
    Size(60_000, 784, 10): 0.75,
    Size(1_000_000, 64, 10): 2.0,
    Size(4096, 2048, 1000): 0.85,
}


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


def processors() -> int:
    """Return how many processors this process is kept to."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def one_read(problem: Problem) -> Callable[[], Any]:
    """Read X once, as fast as BLAS can: its numbers times themselves."""
    numbers = problem.X.ravel()
    return lambda: np.dot(numbers, numbers)


def ours(problem: Problem) -> Callable[[], Any]:
    """Call the package."""
    X, y, W, b = problem
    threads = processors()
    return lambda: loss_and_gradient(X, y, W, b, strength=STRENGTH, threads=threads).dW


def ours_compiled(problem: Problem) -> Callable[[], Any]:
    """Call the package, with the kernel that numba compiles."""
    X, y, W, b = problem
    settings: dict[str, Any] = {"threads": processors(), "kernel": "numba"}
    return lambda: loss_and_gradient(X, y, W, b, strength=STRENGTH, **settings).dW


def ours_in_one_block(problem: Problem) -> Callable[[], Any]:
    """Call the package and let it take all rows together."""
    X, y, W, b = problem
    return lambda: loss_and_gradient(X, y, W, b, strength=STRENGTH, block_rows=len(X)).dW


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


def pytorch(problem: Problem, *, compiled: bool = False) -> Callable[[], Any]:
    """Let PyTorch differentiate the loss, on the processor."""
    os.environ.setdefault("TORCHINDUCTOR_COMPILE_THREADS", "1")  # or a pool stays, and takes turns
    import torch

    torch.set_num_threads(processors())
    X, y = torch.from_numpy(problem.X), torch.from_numpy(problem.y)
    W = torch.from_numpy(problem.W.copy()).requires_grad_()
    b = torch.from_numpy(problem.b.copy()).requires_grad_()

    def loss(X: Any, y: Any, W: Any, b: Any) -> Any:
        return torch.nn.functional.cross_entropy(X @ W + b, y) + STRENGTH / 2 * (W * W).sum()

    if compiled:
        torch.compiler.reset()  # it counts the sizes, and gives up after eight
    function = torch.compile(loss, dynamic=False) if compiled else loss

    def compute() -> Any:
        W.grad = b.grad = None
        function(X, y, W, b).backward()
        return W.grad

    return compute


def pytorch_compiled(problem: Problem) -> Callable[[], Any]:
    """Let PyTorch compile the loss and its derivative."""
    return pytorch(problem, compiled=True)


def jax(problem: Problem) -> Callable[[], Any]:
    """Let JAX differentiate and compile the loss, on the processor."""
    import jax as jax_package

    if problem.X.dtype == np.float64:
        jax_package.config.update("jax_enable_x64", True)
    jnp = jax_package.numpy
    X, y, W, b = (jnp.asarray(array) for array in problem)

    @jax_package.jit
    def compute(X: Any, y: Any, W: Any, b: Any) -> Any:
        def loss(W: Any, b: Any) -> Any:
            log_p = jax_package.nn.log_softmax(X @ W + b)
            return -log_p[jnp.arange(len(y)), y].mean() + STRENGTH / 2 * (W * W).sum()

        return jax_package.value_and_grad(loss, argnums=(0, 1))(W, b)

    return lambda: compute(X, y, W, b)[1][0].block_until_ready()


CONTENDERS: dict[str, Callable[[Problem], Callable[[], Any]]] = {
    PRODUCTS: two_products,
    READ: one_read,
    OURS: ours,
    COMPILED: ours_compiled,
    UNBLOCKED: ours_in_one_block,
    BARE: bare_numpy,
    "scikit-learn": scikit_learn,
    "PyTorch": pytorch,
    "PyTorch compiled": pytorch_compiled,
    "JAX": jax,
}
BOUNDS = (PRODUCTS, READ)


@contextlib.contextmanager
def kept_to(threads: int | None) -> Iterator[None]:
    """Keep the process, its BLAS and its peers to so many processors, or to all of them."""
    pinned = hasattr(os, "sched_setaffinity") and Path("/proc/self/task").exists()
    everywhere = sorted(os.sched_getaffinity(0)) if pinned else []
    some = everywhere[-threads:] if threads else everywhere

    def stay(processors: list[int]) -> None:
        for thread in Path("/proc/self/task").iterdir() if pinned else ():
            with contextlib.suppress(ProcessLookupError):  # ended meanwhile
                os.sched_setaffinity(int(thread.name), processors)

    with threadpoolctl.threadpool_limits(threads):
        torch = sys.modules.get("torch")
        if torch is not None:
            torch.set_num_threads(threads or len(everywhere) or os.cpu_count() or 1)
        stay(some)
        try:
            yield
        finally:
            stay(everywhere)


def peak_bytes(function: Callable[[], Any]) -> int | None:
    """Return by how much a call raises the process's resident memory; None where Linux is not.

    What a call takes from memory that the process held before does not count.
    """

    def resident(field: str) -> int:
        lines = Path("/proc/self/status").read_text("ascii").splitlines()
        return next(1024 * int(line.split()[1]) for line in lines if line.startswith(field))

    try:
        gc.collect()
        with contextlib.suppress(OSError, AttributeError):
            ctypes.CDLL(None).malloc_trim(0)
        Path("/proc/self/clear_refs").write_text("5", "ascii")  # the peak begins anew
        before = resident("VmRSS")
        function()
        return max(resident("VmHWM") - before, 0)
    except (OSError, StopIteration):
        return None


def prepare(problem: Problem, left_out: dict[str, str]) -> dict[str, Callable[[], Any]]:
    """Return the contenders that run here, each having shown that its gradient is right.

    Those that do not are put in ``left_out``, with the reason.

    Raises
    ------
    RuntimeError
        If a gradient is not the package's.
    """
    functions: dict[str, Callable[[], Any]] = {}
    right = ours(problem)()
    for name, contender in CONTENDERS.items():
        if name in left_out:
            continue
        try:
            function = contender(problem)
            gradient = np.asarray(function())
        except ImportError:
            left_out[name] = "not installed"
            continue
        except Exception as error:  # a compiler that is not there, for one
            left_out[name] = f"{type(error).__name__}: {str(error).strip().splitlines()[0]:.80}"
            continue
        functions[name] = function
        if name in BOUNDS:
            continue
        error_size = np.abs(gradient - right).max() / np.abs(right).max()
        if not error_size < 50 * np.finfo(right.dtype).eps ** 0.75:
            raise RuntimeError(
                f"{name}: its gradient differs from the package's by {error_size:.1e} of the "
                f"largest entry; expected the same up to rounding. Does it mean the same loss?"
            )
    return functions


def time_in_turns(
    functions: dict[str, Callable[[], Any]],
    *,
    rounds: int,
    seconds: float,
    clock: Callable[[], float],
) -> dict[str, list[float]]:
    """Return the seconds of a call of each function, once for each round.

    A round goes through all functions and repeats a short one for about five milliseconds, as a
    training loop would; before that it is called once untimed, for the caches hold what the
    others left. There are at least ``rounds`` of them, five where a round takes longer than a
    second, and more until ``seconds`` have passed. ``clock`` gives the time of what is measured.
    """
    repeats, whole = {}, 0.0
    for name, function in functions.items():
        function()
        begin = clock()
        function()
        once = clock() - begin
        repeats[name] = max(1, round(5e-3 / max(once, 1e-9)))
        whole += once
    rounds = min(rounds, 5) if whole > 1 else rounds
    times: dict[str, list[float]] = {name: [] for name in functions}
    end = time.perf_counter() + seconds
    while len(times[PRODUCTS]) < rounds or time.perf_counter() < end:
        for name, function in functions.items():
            function()
            begin = clock()
            for _ in range(repeats[name]):
                function()
            times[name].append((clock() - begin) / repeats[name])
    return times


def measure(
    size: Size,
    dtype: str,
    threads: int | None,
    left_out: dict[str, str],
    *,
    rounds: int,
    seconds: float,
    clock: Callable[[], float] = time.perf_counter,
) -> dict[str, Any]:
    """Measure one size in one floating type, on a number of processors or on all."""
    with kept_to(threads):
        functions = prepare(make_problem(size, dtype), left_out)
    with kept_to(threads):  # again: a peer may have been imported only now
        times = time_in_turns(functions, rounds=rounds, seconds=seconds, clock=clock)
        peaks = {name: peak_bytes(function) for name, function in functions.items()}
    medians = {name: statistics.median(values) for name, values in times.items()}
    quartiles = {name: statistics.quantiles(values, n=4)[::2] for name, values in times.items()}
    turns = zip(times[OURS], times[BARE], strict=True)
    return {
        **size._asdict(),
        "dtype": dtype,
        "threads": "default" if threads is None else threads,
        "rounds": len(times[PRODUCTS]),
        "median_seconds": medians,
        "quartile_seconds": quartiles,
        "peak_bytes": peaks,
        "ratio_to_products": {name: medians[name] / medians[PRODUCTS] for name in medians},
        "ours_to_bare": statistics.median(mine / plain for mine, plain in turns),
    }


def describe_machine() -> dict[str, Any]:
    """Return what the numbers depend on: machine, versions, and the BLAS that ran."""
    versions = {"python": platform.python_version()}
    for name in ("numpy", "numba", "scikit-learn", "torch", "jax"):
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
        "load": os.getloadavg() if hasattr(os, "getloadavg") else None,
        "versions": versions,
        "blas": blas,
    }


def table(cases: list[dict[str, Any]]) -> str:
    """Return the ratios as text, one line for each case."""
    names = [name for name in CONTENDERS if name != PRODUCTS]
    head = ["N × D × C", "dtype", "threads", PRODUCTS, *names, "goal", "ours / bare", "promised"]
    lines = [head]
    for case in cases:
        size, ratios = Size(case["N"], case["D"], case["C"]), case["ratio_to_products"]
        promise = PROMISES.get(size) if case["dtype"] == "float64" else None
        goal = GOALS.get(size) if case["dtype"] == "float32" else None
        lines.append(
            [
                str(size),
                case["dtype"],
                str(case["threads"]),
                f"{1e6 * case['median_seconds'][PRODUCTS]:.0f} µs",
                *(f"{ratios[name]:.2f}" if name in ratios else "–" for name in names),
                f"≤ {goal}" if goal else "",
                f"{case['ours_to_bare']:.2f}",
                f"≤ {promise}" if promise else "",
            ]
        )
    return aligned(lines)


def memory_table(cases: list[dict[str, Any]]) -> str:
    """Return the peaks of memory as text, in MB, one line for each case of one thread."""
    lines = [["N × D × C", "dtype", "X", *CONTENDERS]]
    for case in cases:
        size, peaks = Size(case["N"], case["D"], case["C"]), case["peak_bytes"]
        if case["threads"] == 1:
            stored = size.N * size.D * np.dtype(case["dtype"]).itemsize
            numbers = (peaks.get(name) for name in CONTENDERS)
            cells = ("–" if number is None else f"{number / 1e6:.1f}" for number in numbers)
            lines.append([str(size), case["dtype"], f"{stored / 1e6:.1f}", *cells])
    return aligned(lines)


def aligned(lines: list[list[str]]) -> str:
    """Return rows of cells as text, each column flush right."""
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    rows = [
        "  ".join(cell.rjust(w) for cell, w in zip(line, widths, strict=True)) for line in lines
    ]
    return "\n".join(row.rstrip() for row in rows)


def draw(cases: list[dict[str, Any]], path: Path) -> None:
    """Draw the ratios of each case of one thread, with their quartiles, into a picture."""
    shown = [case for case in cases if case["threads"] == 1]
    types = list(dict.fromkeys(case["dtype"] for case in shown))
    figure, axes = plt.subplots(
        1, len(types), figsize=(5.5 * len(types), 5), sharey=True, squeeze=False, layout="tight"
    )
    names = [name for name in CONTENDERS if name != PRODUCTS]
    for ax, dtype in zip(axes[0], types, strict=True):
        rows = [case for case in shown if case["dtype"] == dtype]
        labels = [str(Size(case["N"], case["D"], case["C"])) for case in rows]
        for k, name in enumerate(names):
            there = [(i, case) for i, case in enumerate(rows) if name in case["median_seconds"]]
            middle = [case["ratio_to_products"][name] for _, case in there]
            ends = np.array(
                [
                    np.array(case["quartile_seconds"][name]) / case["median_seconds"][PRODUCTS]
                    for _, case in there
                ]
            ).reshape(-1, 2)
            reach = np.abs(ends.T - np.array(middle))
            heights = [i + (k - len(names) / 2) * 0.09 for i, _ in there]
            ax.errorbar(middle, heights, xerr=reach, fmt="osD^vP*Xd"[k % 9], ms=5, label=name)
        ax.axvline(1, color="0.5", lw=1)
        ax.set(xscale="log", title=dtype, xlabel="time / time of the two products")
        ax.set_yticks(range(len(labels)), labels)
    axes[0, 0].invert_yaxis()
    axes[0, -1].legend(fontsize="small")
    figure.savefig(path, dpi=120)
    plt.close(figure)


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
    parser.add_argument(
        "--size",
        type=lambda text: Size(*map(int, text.lower().replace("×", "x").split("x"))),
        action="append",
        help="N×D×C instead of the usual sizes, such as 60000x784x10; may be repeated",
    )
    parser.add_argument(
        "--one-thread", action="store_true", help="leave out the runs on all processors"
    )
    parser.add_argument("--dtype", choices=TYPES, action="append", help="only this floating type")
    parser.add_argument(
        "--without",
        choices=[name for name in CONTENDERS if name not in (*BOUNDS, OURS, BARE)],
        action="append",
        default=[],
        help="a program to leave out; may be repeated",
    )
    parser.add_argument(
        "--clock",
        choices=CLOCKS,
        default="wall",
        help="processor: leave out the time that other processes take of a busy machine; only "
        "with --one-thread (default: wall)",
    )
    parser.add_argument("--out", type=Path, default=RESULT, help="where to write the numbers")
    options = parser.parse_args(arguments)
    if options.clock == "processor" and not options.one_thread:
        parser.error("--clock processor adds up what all threads take: use it with --one-thread.")
    return options


def main(arguments: list[str] | None = None) -> int:
    """Run the benchmark, print its table and write its numbers."""
    options = parse(arguments)
    misleading = [name for name in MISLEADING if name in os.environ]
    if misleading:
        # They make OpenBLAS take another processor's kernels or blocks, which are slower. The
        # library reads them when it is loaded, so begin anew without them.
        without = f"{' and '.join(misleading)} set: running again without."
        print(without, file=sys.stderr, flush=True)
        environment = {k: v for k, v in os.environ.items() if k not in misleading}
        os.execve(sys.executable, [sys.executable, __file__, *sys.argv[1:]], environment)
    sizes = TINY if options.tiny else tuple(options.size or SIZES)
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
        for dtype in options.dtype or TYPES
        for threads in ((1,) if options.one_thread else (1, None))
    ]
    cases, left_out = [], dict.fromkeys(options.without, "as asked for")
    for number, (size, dtype, threads) in enumerate(todo, 1):
        label = "default threads" if threads is None else "1 thread"
        print(f"[{number}/{len(todo)}] {size}, {dtype}, {label}", file=sys.stderr, flush=True)
        clock = CLOCKS[options.clock]
        cases.append(
            measure(size, dtype, threads, left_out, rounds=rounds, seconds=seconds, clock=clock)
        )
        # At once, so that a run that is broken off has told something.
        ratios = cases[-1]["ratio_to_products"].items()
        found = ", ".join(f"{name} {ratio:.2f}" for name, ratio in ratios)
        print(f"    {found}", file=sys.stderr, flush=True)
    print(f"\nMedians; the contenders as multiples of the time of the {PRODUCTS}:\n")
    print(table(cases))
    print("\nPeaks of resident memory during a call, in MB, on one thread:\n")
    print(memory_table(cases))
    for name, reason in left_out.items():
        print(f"\nLeft out: {name} ({reason}).")
    options.out.parent.mkdir(parents=True, exist_ok=True)
    result = {**machine, "clock": options.clock, "left_out": left_out, "cases": cases}
    options.out.write_text(json.dumps(result, indent=1) + "\n", "utf-8")
    picture = options.out.with_suffix(".png")
    draw(cases, picture)
    print(f"\nWritten to {options.out} and {picture}.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
