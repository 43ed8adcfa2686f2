"""The benchmark of rows beyond memory runs, and holds the stream to the right loss."""

import importlib.util
import json
from pathlib import Path

import pytest

PROGRAM = Path(__file__).resolve().parents[2] / "benchmarks" / "more_than_memory.py"


@pytest.fixture(scope="module")
def benchmark():
    spec = importlib.util.spec_from_file_location("more_than_memory_benchmark", PROGRAM)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_at_a_tiny_size_it_writes_what_it_prints(benchmark, tmp_path, monkeypatch, capsys):
    step = {
        "parts": 3,
        "seconds": 0.3,
        "processor_seconds_per_part": 0.1,
    }  # tests/steps/test_cluster.py
    monkeypatch.setattr(benchmark, "step_on_a_cluster", lambda rounds, parts: step)
    out = tmp_path / "deeper" / "stream.json"
    assert benchmark.main(["--tiny", "--folder", str(tmp_path), "--out", str(out)]) == 0
    printed = capsys.readouterr().out
    numbers = json.loads(out.read_text("utf-8"))
    assert numbers["step"] == step
    assert numbers["streamed"]["bytes_on_disk"] < numbers["streamed"]["bytes"]
    assert f"{numbers['streamed']['rows_per_second']:.3g} rows a second" in printed
    assert "100 machines" in printed
    assert str(out) in printed
    assert [path.name for path in tmp_path.iterdir()] == ["deeper"]  # the file is gone


def test_the_paper_adds_up(benchmark):
    streamed = {"rows": 10**6, "processor_seconds": 1.0}
    step = {"processor_seconds_per_part": 1e-3}
    # 10⁷ rows at 10⁶ a second; 100 tasks of a millisecond; 62.8 kB over 7 + 3 hops at 1.25 GB/s.
    text = benchmark.on_paper(streamed, step, 1e9, 100)
    assert "arithmetic and reading    10.000 s" in text
    assert "scheduler's tasks      0.100 s" in text
    assert "0.00050 s" in text
    assert "together                  10.101 s; 31.4 GB of rows on each machine" in text


def test_a_wrong_stream_is_refused(benchmark, tmp_path, monkeypatch):
    def wrong(rows, W, b, progress):
        return benchmark.loss_and_gradient(W.T[:, :784], [0] * 10, W, b)

    monkeypatch.setattr(benchmark.streaming, "loss_and_gradient", wrong)
    with pytest.raises(RuntimeError, match="The loss over the file is"):
        benchmark.stream(0.001, tmp_path, progress=False)
