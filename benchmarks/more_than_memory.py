"""Stream rows that do not fit into memory, and spread them: ``make bench-stream``.

A sparse ``.npy`` file takes no room on the disk and reads as zeros; a few rows in it are not. One
pass over it for the loss and gradient: rows a second, and the most memory that the process held.
Then a small problem on a local cluster of processes: what a step costs beside its arithmetic.
From both numbers follows, on paper, what many rows cost on many machines.
"""

import argparse
import json
import os
import resource
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

from softmax_steps import loss_and_gradient, streaming
from softmax_steps.stored_rows import open_rows

ROOT = Path(__file__).resolve().parents[1]
RESULT = ROOT / "build" / "bench" / "stream.json"
D, C = 784, 10
NETWORK = 1.25e9  # bytes a second of a common cluster's network, 10 Gbit/s; for the paper only


def peak_memory() -> int:
    """Return the most bytes that this process has held in memory so far."""
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit


def stream(gigabytes: float, folder: Path, progress: bool) -> dict[str, Any]:
    """Make a sparse file of so many bytes and go through it once.

    Raises
    ------
    RuntimeError
        If the loss or the gradient is not that of the rows in the file.
    """
    N = max(100, round(gigabytes * 1e9 / (4 * D)))
    rng = np.random.default_rng(0)
    path = folder / "X.npy"
    X = np.lib.format.open_memmap(path, "w+", np.float32, (N, D))
    marked = np.linspace(0, N - 1, 20).astype(int)
    X[marked] = rng.random((20, D))
    few = np.array(X[marked])
    X.flush()
    del X
    y = (np.arange(N) % C).astype(np.uint8)
    W = (0.01 * rng.normal(size=(D, C))).astype(np.float32)
    b = np.zeros(C, np.float32)
    begin, at_work = time.perf_counter(), time.process_time()
    result = streaming.loss_and_gradient(open_rows(path, y), W, b, progress=progress)
    seconds, at_work = time.perf_counter() - begin, time.process_time() - at_work
    # Zeros give log C each, and nothing to dW: the rest comes from the marked rows.
    part = loss_and_gradient(few.astype(np.float64), y[marked].astype(int), W, b)
    loss = np.log(C) + 20 / N * (part.loss - np.log(C))
    right = np.abs(result.dW - 20 / N * part.dW).max() <= 1e-5 * np.abs(20 / N * part.dW).max()
    if not (np.isclose(result.loss, loss, rtol=1e-6) and right):
        raise RuntimeError(f"The loss over the file is {result.loss}; expected {loss}.")
    return {
        "rows": N,
        "D": D,
        "C": C,
        "bytes": path.stat().st_size,
        "bytes_on_disk": path.stat().st_blocks * 512,
        "seconds": seconds,
        "processor_seconds": at_work,
        "rows_per_second": N / seconds,
        "bytes_per_second": path.stat().st_size / seconds,
        "peak_memory": peak_memory(),
    }


def step_on_a_cluster(rounds: int, parts: int) -> dict[str, Any]:
    """Measure a step on two processes with hardly any rows: what the cluster itself costs."""
    import dask.array as da
    from distributed import Client, LocalCluster

    from softmax_steps import cluster

    address = "127.0.0.1:0"
    with (
        LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=address) as local,
        Client(local) as client,
    ):
        X = client.persist(da.ones((parts, D), chunks=(1, D)))
        y = client.persist(da.zeros(parts, chunks=1, dtype=int))
        W, b = np.zeros((D, C)), np.zeros(C)
        times, scheduling = [], []
        for _ in range(rounds + 1):
            begin, at_work = time.perf_counter(), time.process_time()
            cluster.loss_and_gradient(X, y, W, b, client=client)
            times.append(time.perf_counter() - begin)
            scheduling.append(time.process_time() - at_work)  # client and scheduler are here
    at_work = statistics.median(scheduling[1:])
    return {
        "parts": parts,
        "seconds": statistics.median(times[1:]),
        "processor_seconds_per_part": at_work / parts,
    }


def on_paper(streamed: dict[str, Any], step: dict[str, Any], rows: float, workers: int) -> str:
    """Say what a step over many rows on many machines would cost, from what one has shown."""
    arithmetic = rows / workers * streamed["processor_seconds"] / streamed["rows"]
    scheduling = step["processor_seconds_per_part"] * workers
    model = 8 * (D + 1) * C
    hops = int(np.ceil(np.log2(workers))) + int(np.ceil(np.log(workers) / np.log(8)))
    sending = hops * model / NETWORK
    memory = rows * D * 4 / workers
    whole = arithmetic + scheduling + sending
    return (
        f"On paper, from the time that the processors worked: a step over {rows:.0e} rows of {D} "
        f"numbers on {workers} machines with one processor such as this one's, one part each:\n"
        f"  arithmetic and reading  {arithmetic:8.3f} s  ({rows / workers:.0e} rows each)\n"
        f"  the scheduler's tasks   {scheduling:8.3f} s  "
        f"({1e3 * step['processor_seconds_per_part']:.2f} ms for each part)\n"
        f"  the model and the sums  {sending:8.5f} s  ({model / 1e3:.0f} kB over {hops} hops at "
        f"{NETWORK / 1e9:g} GB/s, which is assumed)\n"
        f"  together                {whole:8.3f} s; {memory / 1e9:.1f} GB of rows on each machine"
    )


def parse(arguments: list[str] | None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        prog="python benchmarks/more_than_memory.py",
        description="Stream a sparse file, and measure what a step on a cluster costs.",
    )
    parser.add_argument("--gigabytes", type=float, default=20, help="of the file (default: 20)")
    parser.add_argument("--folder", type=Path, help="where the file goes (default: a temporary)")
    parser.add_argument("--parts", type=int, default=100, help="of the cluster's rows")
    parser.add_argument("--tiny", action="store_true", help="a small file, to see that it runs")
    parser.add_argument("--out", type=Path, default=RESULT, help="where to write the numbers")
    return parser.parse_args(arguments)


def main(arguments: list[str] | None = None) -> int:
    """Run the benchmark, print what it found and write its numbers."""
    options = parse(arguments)
    gigabytes, parts = (0.002, 3) if options.tiny else (options.gigabytes, options.parts)
    load = os.getloadavg()
    print(f"Load of {os.cpu_count()} processors in the last 1, 5, 15 minutes: {load}")
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        streamed = stream(gigabytes, Path(folder), progress=not options.tiny)
    print(
        f"{streamed['bytes'] / 1e9:.3g} GB ({streamed['bytes_on_disk'] / 1e6:.3g} MB on the disk), "
        f"{streamed['rows']} rows: {streamed['seconds']:.1f} s, "
        f"of which the processors worked {streamed['processor_seconds']:.1f} s, "
        f"{streamed['rows_per_second']:.3g} rows a second, "
        f"{streamed['bytes_per_second'] / 1e9:.2f} GB a second; "
        f"at most {streamed['peak_memory'] / 1e6:.0f} MB of memory"
    )
    step = step_on_a_cluster(1 if options.tiny else 10, parts)
    print(
        f"A step on a local cluster of {step['parts']} parts with one row each: "
        f"{1e3 * step['seconds']:.1f} ms"
    )
    print(on_paper(streamed, step, 1e9, 100))
    options.out.parent.mkdir(parents=True, exist_ok=True)
    result = {"load": load, "streamed": streamed, "step": step}
    options.out.write_text(json.dumps(result, indent=1) + "\n", "utf-8")
    print(f"Written to {options.out}.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
