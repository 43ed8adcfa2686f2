"""Time fit beside scikit-learn's LogisticRegression: ``make bench-fit``.

Both solve the same convex problem with L-BFGS. A time means little without the error that it
leaves, so scikit-learn's tolerance is made smaller until its weights and biases, too, are within
1e-4 of the best ones; its default is shown beside. The best ones come from fit with a tolerance so
small that rounding stops it; that both then agree is what the tests show.
The two take turns, so that a machine that slows down slows both; medians are compared.

MNIST is taken from the package's cache or from ``--mnist FOLDER`` with the four published files; a
folder with the test images alone does too, and else MNIST is left out.
"""

import argparse
import json
import os
import statistics
import sys
import time
import warnings
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import threadpoolctl
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression

from softmax_steps import fit, load_digits
from softmax_steps.data import read_idx
from softmax_steps.fitting import NotConvergedWarning

ROOT = Path(__file__).resolve().parents[1]
RESULT = ROOT / "build" / "bench" / "fit.json"
BESIDE = ROOT.parent / "shared" / "data" / "mnist"  # where the tests look too
NEAR = 1e-4
TOLERANCES = (1e-4, 1e-5, 1e-6, 1e-7, 1e-8, 1e-9, 1e-10)
C_VALUES = (0.01, 1.0)  # scikit-learn's C, which is 1 / (λ N)

Weights = tuple[np.ndarray, int]


def ours(X: np.ndarray, y: np.ndarray, c: float, **options: float) -> Weights:
    """Fit with the package; return weights with biases, and passes."""
    model = fit(X, y, strength=1 / (c * len(X)), **options)
    return np.vstack([model.W, model.b]), model.passes


def theirs(X: np.ndarray, y: np.ndarray, c: float, tolerance: float) -> Weights:
    """Fit with scikit-learn; return weights with biases, and iterations."""
    model = LogisticRegression(C=c, tol=tolerance, max_iter=20_000).fit(X, y)
    biases = model.intercept_ - model.intercept_.mean()
    return np.vstack([model.coef_.T, biases]), int(model.n_iter_[0])


def error(weights: np.ndarray, best: np.ndarray) -> float:
    """Return the largest distance of a weight or bias from the best one."""
    return float(np.abs(weights - best).max())


def time_in_turns(
    contenders: dict[str, Callable[[], Weights]], rounds: int
) -> dict[str, list[float]]:
    """Return the seconds of each contender, once for each round."""
    times: dict[str, list[float]] = {name: [] for name in contenders}
    for _ in range(rounds):
        for name, run in contenders.items():
            begin = time.perf_counter()
            run()
            times[name].append(time.perf_counter() - begin)
    return times


def measure(name: str, X: np.ndarray, y: np.ndarray, c: float, rounds: int) -> dict[str, Any]:
    """Measure one problem.

    Raises
    ------
    RuntimeError
        If the package's weights are not within 1e-4 of the best ones.
    """
    wide = X.astype(np.float64)
    best, _ = ours(wide, y, c, tolerance=1e-9)
    near = next((t for t in TOLERANCES if error(theirs(X, y, c, t)[0], best) <= NEAR), None)
    contenders: dict[str, Callable[[], Weights]] = {
        "fit": partial(ours, X, y, c),
        "scikit-learn, its default": partial(theirs, X, y, c, TOLERANCES[0]),
    }
    if near is not None:
        contenders["scikit-learn, as near"] = partial(theirs, X, y, c, near)
    found = {label: run() for label, run in contenders.items()}
    errors = {label: error(weights, best) for label, (weights, _) in found.items()}
    if errors["fit"] > NEAR:
        raise RuntimeError(f"{name}, C = {c}: fit is {errors['fit']:.1e} from the best weights.")
    times = time_in_turns(contenders, rounds)
    return {
        "data": name,
        "N": X.shape[0],
        "D": X.shape[1],
        "dtype": str(X.dtype),
        "C": c,
        "scikit_learn_tolerance": near,
        "error": errors,
        "passes": {label: passes for label, (_, passes) in found.items()},
        "seconds": times,
        "median_seconds": {label: statistics.median(times[label]) for label in times},
    }


def table(cases: list[dict[str, Any]]) -> str:
    """Return the measurements as text."""
    lines = []
    for case in cases:
        lines.append(
            f"{case['data']} {case['N']}×{case['D']} {case['dtype']}, C = {case['C']:g}: "
            f"scikit-learn is as near with tol = {case['scikit_learn_tolerance']}"
        )
        for label, seconds in case["median_seconds"].items():
            lines.append(
                f"  {label:26} {seconds:9.3f} s  {case['passes'][label]:6d} passes  "
                f"{case['error'][label]:.0e} from the best  "
                f"{seconds / case['median_seconds']['fit']:6.2f} × fit"
            )
    return "\n".join(lines)


def mnist(folder: Path) -> tuple[np.ndarray, np.ndarray] | None:
    """Return MNIST's training part, else its test part, from a folder; None where it has none."""
    for part in ("train", "t10k"):
        paths = folder / f"{part}-images-idx3-ubyte.gz", folder / f"{part}-labels-idx1-ubyte.gz"
        if all(path.exists() for path in paths):
            images, labels = read_idx(paths[0], ndim=3), read_idx(paths[1], ndim=1)
            X = images.reshape(len(images), -1) / np.float32(255)
            return X, labels.astype(np.int64)
    return None


def parse(arguments: list[str] | None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        prog="python benchmarks/fitting.py",
        description="Time fit beside scikit-learn's LogisticRegression at the same error.",
    )
    parser.add_argument("--tiny", action="store_true", help="one small problem, to see it run")
    parser.add_argument("--rounds", type=int, default=5, help="how many (default: 5)")
    parser.add_argument("--mnist", type=Path, default=BESIDE, help="a folder with MNIST's files")
    parser.add_argument("--out", type=Path, default=RESULT, help="where to write the numbers")
    return parser.parse_args(arguments)


def main(arguments: list[str] | None = None) -> int:
    """Run the benchmark, print its table and write its numbers."""
    options = parse(arguments)
    if "OPENBLAS_CORETYPE" in os.environ:  # the library has read it by now: begin anew without it
        print("OPENBLAS_CORETYPE is set: running again without it.", file=sys.stderr, flush=True)
        environment = {k: v for k, v in os.environ.items() if k != "OPENBLAS_CORETYPE"}
        os.execve(sys.executable, [sys.executable, __file__, *sys.argv[1:]], environment)
    warnings.simplefilter("ignore", ConvergenceWarning)
    warnings.simplefilter("ignore", NotConvergedWarning)
    X, y = load_digits()
    problems = [("digits", X, y, c) for c in C_VALUES]
    if options.tiny:
        problems = [("digits", X[:200], y[:200], 0.01)]
    elif (found := mnist(options.mnist)) is not None:
        problems += [("MNIST", found[0].astype(kind), found[1], 0.01) for kind in ("f8", "f4")]
    else:
        print(f"No MNIST in {options.mnist}: it is left out.", file=sys.stderr)
    load = os.getloadavg()
    print(f"Load of {os.cpu_count()} processors in the last 1, 5, 15 minutes: {load}")
    cases = []
    for number, (name, X, y, c) in enumerate(problems, 1):
        print(f"[{number}/{len(problems)}] {name}, C = {c:g}", file=sys.stderr, flush=True)
        cases.append(measure(name, X, y, c, 1 if options.tiny else options.rounds))
    print(f"\n{table(cases)}")
    pools = [
        {key: pool.get(key) for key in ("internal_api", "architecture", "num_threads")}
        for pool in threadpoolctl.threadpool_info()
    ]
    options.out.parent.mkdir(parents=True, exist_ok=True)
    result = {"load": load, "processors": os.cpu_count(), "threads": pools, "cases": cases}
    options.out.write_text(json.dumps(result, indent=1) + "\n", "utf-8")
    print(f"\nWritten to {options.out}.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
