"""Make the sample of measurements that comes with the book, from three benchmarks' numbers.

Chapter 11 shows what was measured on its reader's machine; where nothing was, it shows this sample,
and says so. Run ``make bench-loss bench-fit bench-stream`` on a quiet machine, then this program.
What it takes of the two kernels may come from a run of its own (``--kernels``).
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


def sample(
    loss: dict[str, Any], fit: dict[str, Any], stream: dict[str, Any], kernels: dict[str, Any]
) -> dict[str, Any]:
    """Return what the chapter needs of the three benchmarks' numbers, rounded."""
    return {
        "loss": {
            "processors": loss["processors"],
            "load": [short(number) for number in loss["load"]],
            "versions": loss["versions"],
            "blas": loss["blas"],
            "cases": [
                {
                    **{name: case[name] for name in LOSS_CASE},
                    "median_seconds": shortened(case["median_seconds"]),
                }
                for case in loss["cases"]
                if case["threads"] == 1
            ],
        },
        "fit": {
            "cases": [
                {
                    **{name: case[name] for name in FIT_CASE},
                    "error": shortened(case["error"]),
                    "median_seconds": shortened(case["median_seconds"]),
                }
                for case in fit["cases"]
            ]
        },
        "stream": {name: shortened(stream[name]) for name in ("streamed", "step")},
        "kernels": {
            "load": [short(number) for number in kernels["load"]],
            "clock": kernels.get("clock", "wall"),
            "cases": [
                {
                    **{name: case[name] for name in LOSS_CASE},
                    "median_seconds": shortened(
                        {name: case["median_seconds"][name] for name in KERNELS}
                    ),
                }
                for case in kernels["cases"]
                if case["threads"] == 1
                and case["dtype"] == "float32"
                and COMPILED in case["median_seconds"]
            ],
        },
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
    parser.add_argument("--out", type=Path, default=SAMPLE)
    options = parser.parse_args(arguments)
    paths = (options.loss, options.fit, options.stream, options.kernels or options.loss)
    numbers = [json.loads(path.read_text("utf-8")) for path in paths]
    options.out.write_text(json.dumps(sample(*numbers), indent=1) + "\n", "utf-8")
    print(f"Written to {options.out}.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
