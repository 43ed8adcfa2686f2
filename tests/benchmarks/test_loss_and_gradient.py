"""The benchmark of the loss runs, compares equals, and writes what it prints. No time is judged."""

import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

PROGRAM = Path(__file__).resolve().parents[2] / "benchmarks" / "loss_and_gradient.py"


L2 = {"OPENBLAS_L2_SIZE": "1024"}


@pytest.fixture(scope="module")
def benchmark():
    spec = importlib.util.spec_from_file_location("loss_benchmark", PROGRAM)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def run(*arguments, **environment):
    return subprocess.run(
        [sys.executable, PROGRAM, *arguments],
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_at_a_tiny_size_it_measures_every_type_and_writes_what_it_prints(tmp_path):
    out = tmp_path / "deeper" / "loss.json"
    result = run("--tiny", "--out", str(out), OPENBLAS_CORETYPE="Haswell", **L2)
    assert result.returncode == 0, result.stderr
    assert "OPENBLAS_CORETYPE and OPENBLAS_L2_SIZE set: running again without" in result.stderr
    assert "[1/4] 8×5×3, float32, 1 thread" in result.stderr
    assert "core type" in result.stdout
    assert str(out) in result.stdout
    numbers = json.loads(out.read_text("utf-8"))
    assert [(case["dtype"], case["threads"]) for case in numbers["cases"]] == [
        ("float32", 1),
        ("float32", "default"),
        ("float64", 1),
        ("float64", "default"),
    ]
    for case in numbers["cases"]:
        assert set(case["median_seconds"]) >= {"two products", "softmax_steps", "bare NumPy"}
        assert "scikit-learn" in case["median_seconds"]
        assert {"one read of X", "one block", "compiled"} <= set(case["median_seconds"])
        for name, median in case["median_seconds"].items():
            low, high = case["quartile_seconds"][name]
            assert low <= median <= high
            assert case["peak_bytes"][name] is None or case["peak_bytes"][name] >= 0
        assert case["rounds"] >= 3
        assert case["ratio_to_products"]["two products"] == 1
        assert f"{case['ours_to_bare']:.2f}" in result.stdout
    assert numbers["blas"][0]["architecture"]
    assert "Peaks of resident memory" in result.stdout
    assert out.with_suffix(".png").read_bytes().startswith(b"\x89PNG")


def test_it_says_what_it_can_be_asked():
    result = run("--help")
    assert result.returncode == 0
    for option in ("--tiny", "--rounds", "--seconds", "--size", "--one-thread", "--out"):
        assert option in result.stdout


def test_a_short_run_leaves_out_peers_and_counts_the_processors_time(
    benchmark, tmp_path, monkeypatch, capsys
):
    for name in benchmark.MISLEADING:
        monkeypatch.delenv(name, raising=False)
    peers = ("scikit-learn", "JAX", "PyTorch", "PyTorch compiled", "compiled")
    without = [word for name in peers for word in ("--without", name)]
    short = ["--tiny", "--dtype", "float32", "--clock", "processor", *without]
    out = tmp_path / "short.json"
    assert benchmark.main([*short, "--one-thread", "--out", str(out)]) == 0
    numbers = json.loads(out.read_text("utf-8"))
    (case,) = numbers["cases"]
    assert case["dtype"] == "float32"
    assert not set(peers) & set(case["median_seconds"])
    assert numbers["clock"] == "processor"
    assert "Left out: JAX (as asked for)." in capsys.readouterr().out
    with pytest.raises(SystemExit):
        benchmark.main(short)
    assert "use it with --one-thread" in capsys.readouterr().err


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_all_contenders_compute_the_same_gradient(benchmark, dtype):
    problem = benchmark.make_problem(benchmark.Size(20, 7, 4), dtype)
    functions = benchmark.prepare(problem, {})
    assert {"softmax_steps", "bare NumPy", "scikit-learn"} <= set(functions)
    assert all(array.dtype == dtype for array in (problem.X, problem.W, problem.b))
    assert np.asarray(functions["two products"]()).shape == (7, 4)


def test_a_contender_with_another_loss_is_refused(benchmark, monkeypatch):
    def without_the_mean(problem):
        right = benchmark.ours(problem)
        return lambda: len(problem.X) * right()

    monkeypatch.setitem(benchmark.CONTENDERS, "bare NumPy", without_the_mean)
    with pytest.raises(RuntimeError, match="bare NumPy: its gradient differs"):
        benchmark.prepare(benchmark.make_problem(benchmark.Size(20, 7, 4), "float64"), {})


def test_a_contender_that_is_not_installed_is_left_out(benchmark, monkeypatch):
    def missing(problem):
        raise ImportError

    monkeypatch.setitem(benchmark.CONTENDERS, "scikit-learn", missing)
    left_out = {}
    functions = benchmark.prepare(
        benchmark.make_problem(benchmark.Size(5, 4, 3), "float64"), left_out
    )
    assert "scikit-learn" not in functions
    assert left_out["scikit-learn"] == "not installed"
