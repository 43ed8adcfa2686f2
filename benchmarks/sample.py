"""Make the sample of measurements that comes with the book, from three benchmarks' numbers.

Chapter 11 shows what was measured on its reader's machine; where nothing was, it shows this sample,
and says so. Run ``make bench-loss bench-fit bench-stream`` on a quiet machine, then this program.
What it takes of the two kernels may come from a run of its own (``--kernels``), and a part may stay
as it is (``--keep``). Each part says under ``run`` whose it is: machines differ in more than speed.
"""

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from softmax_steps.measurements import COMPILED, PRODUCTS

ROOT = Path(__file__).resolve().parents[1]
RESULTS = ROOT / "build" / "bench"
SAMPLE = ROOT / "src" / "softmax_steps" / "measurements_sample.json"
# What the chapter shows; the rest stays with the machine.
LOSS_CASE = ("N", "D", "C", "dtype", "threads")
FIT_CASE = ("data", "N", "D", "dtype", "C", "passes")
KERNELS = (PRODUCTS, "softmax_steps", COMPILED)
DIGITS = 4  # of a measured number, which has no more
PARTS = ("loss", "fit", "stream", "kernels")
KEPT = "an earlier one"  # the run of a part that was kept


def sample(numbers: dict[str, Any], kept: dict[str, Any] | None = None) -> dict[str, Any]:
    """Return what the chapter needs of the benchmarks' numbers, rounded.

    ``numbers`` has those of each benchmark by its name. Those of the kernels are the loss's, where
    they have no run of their own. Parts of another sample, ``kept``, stay as they are.
    """
    kept = {name: {**part, "run": KEPT} for name, part in (kept or {}).items()}
    made = {name: MAKE[name](numbers[name]) for name in numbers}
    if "kernels" not in made and "loss" in numbers:
        made["kernels"] = {**kernels_part(numbers["loss"]), "run": "loss"}
    parts = made | kept
    return {name: {"run": name, **parts[name]} for name in PARTS}


def loss_part(loss: dict[str, Any]) -> dict[str, Any]:
    """Return the times of one thread, and what they depend on."""
    return {
        "processors": loss["processors"],
        "load": [short(number) for number in loss["load"]],
        "versions": loss["versions"],
        "blas": loss["blas"],
        "cases": [_case(case, LOSS_CASE) for case in loss["cases"] if case["threads"] == 1],
    }


def fit_part(fit: dict[str, Any]) -> dict[str, Any]:
    """Return the times of each fit, its passes and its error."""
    return {
        "cases": [
            {**_case(case, FIT_CASE), "error": shortened(case["error"])} for case in fit["cases"]
        ]
    }


def stream_part(stream: dict[str, Any]) -> dict[str, Any]:
    """Return what a pass over a file took, and a step on a cluster."""
    return {name: shortened(stream[name]) for name in ("streamed", "step")}


def kernels_part(kernels: dict[str, Any]) -> dict[str, Any]:
    """Return the times of the kernels alone: one thread, float32."""
    return {
        "load": [short(number) for number in kernels["load"]],
        "clock": kernels.get("clock", "wall"),
        "cases": [
            _case(case, LOSS_CASE, KERNELS)
            for case in kernels["cases"]
            if (case["threads"], case["dtype"]) == (1, "float32")
            and COMPILED in case["median_seconds"]
        ],
    }


MAKE = {"loss": loss_part, "fit": fit_part, "stream": stream_part, "kernels": kernels_part}


def _case(
    case: dict[str, Any], fields: tuple[str, ...], programs: tuple[str, ...] | None = None
) -> dict[str, Any]:
    """Return fields of a case, and the median times of some programs, or of all."""
    seconds = case["median_seconds"]
    return {
        **{name: case[name] for name in fields},
        "median_seconds": shortened({name: seconds[name] for name in programs or seconds}),
    }


def shortened(numbers: dict[str, float]) -> dict[str, float]:
    """Return measured numbers rounded, and whole numbers as they are."""
    return {name: short(number) for name, number in numbers.items()}


def short(number: float) -> float:
    """Return a measured number rounded; a whole number as it is."""
    return number if isinstance(number, int) else float(f"{number:.{DIGITS}g}")


def main(arguments: list[str] | None = None) -> int:
    """Write the sample."""
    parser = argparse.ArgumentParser(
        prog="python benchmarks/sample.py",
        description="Make chapter 11's sample of measurements from the benchmarks' numbers.",
    )
    for name in ("loss", "fit", "stream"):
        parser.add_argument(f"--{name}", type=Path, default=RESULTS / f"{name}.json")
    parser.add_argument("--kernels", type=Path, help="default: what --loss names")
    parser.add_argument(
        "--keep",
        choices=PARTS,
        action="append",
        default=[],
        help="leave this part of the sample as it is; may be repeated",
    )
    parser.add_argument("--out", type=Path, default=SAMPLE)
    options = parser.parse_args(arguments)
    if "loss" in options.keep and not (options.kernels or "kernels" in options.keep):
        parser.error("--keep loss: the kernels are the loss's. Add --keep kernels, or --kernels.")
    before = json.loads(options.out.read_text("utf-8")) if options.keep else {}
    numbers = {
        name: json.loads(path.read_text("utf-8"))
        for name in PARTS
        if name not in options.keep and (path := getattr(options, name)) is not None
    }
    made = sample(numbers, {name: before[name] for name in options.keep})
    options.out.write_text(json.dumps(made, indent=1) + "\n", "utf-8")
    print(f"Written to {options.out}.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
