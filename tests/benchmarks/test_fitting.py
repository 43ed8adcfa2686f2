"""The benchmark of the fit runs, and holds both to the best weights. No time is judged."""

import importlib.util
import json
from pathlib import Path

import numpy as np
import pytest
from threadpoolctl import threadpool_limits

PROGRAM = Path(__file__).resolve().parents[2] / "benchmarks" / "fitting.py"


@pytest.fixture(scope="module")
def benchmark():
    spec = importlib.util.spec_from_file_location("fitting_benchmark", PROGRAM)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    with threadpool_limits(1):
        yield module


def test_at_a_tiny_size_it_writes_what_it_prints(benchmark, tmp_path, monkeypatch, capsys):
    monkeypatch.delenv("OPENBLAS_CORETYPE", raising=False)
    out = tmp_path / "deeper" / "fit.json"
    assert benchmark.main(["--tiny", "--out", str(out)]) == 0
    printed = capsys.readouterr().out
    (case,) = json.loads(out.read_text("utf-8"))["cases"]
    names = ["fit", "scikit-learn, its default", "scikit-learn, as near"]
    assert list(case["median_seconds"]) == names
    assert case["error"]["fit"] <= 1e-4
    assert case["error"]["scikit-learn, as near"] <= 1e-4
    assert all(name in printed for name in names)
    assert f"{case['median_seconds']['fit']:.3f} s" in printed
    assert str(out) in printed


def test_weights_that_are_not_the_best_are_refused(benchmark, monkeypatch):
    real = benchmark.ours

    def wrong(X, y, c, **options):
        weights, passes = real(X, y, c, **options)
        return weights + 1e-3 * (not options), passes

    monkeypatch.setattr(benchmark, "ours", wrong)
    X, y = np.random.default_rng(0).normal(size=(30, 4)), np.arange(30) % 3
    with pytest.raises(RuntimeError, match=r"fit is 1.0e-03 from the best weights"):
        benchmark.measure("noise", X, y, 0.01, 1)


def test_without_mnist_it_is_left_out(benchmark, tmp_path):
    assert benchmark.mnist(tmp_path) is None
