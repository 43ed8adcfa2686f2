"""The book's sample of measurements is made from what the three benchmarks wrote."""

import importlib.util
import json
from pathlib import Path

import pytest

from softmax_steps.measurements import NEEDED

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = ROOT / "benchmarks" / "sample.py"


@pytest.fixture(scope="module")
def program():
    spec = importlib.util.spec_from_file_location("sample_program", PROGRAM)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_it_keeps_what_the_chapter_shows_of_each_and_rounds_it(program, tmp_path, capsys):
    case = {"N": 8, "D": 5, "C": 3, "dtype": "float32", "median_seconds": {"JAX": 1.23456e-5}}
    numbers = {
        "loss": {
            "processors": 2,
            "load": [1.0],
            "versions": {"numpy": "2"},
            "blas": [],
            "machine": "a name that stays with the machine",
            "cases": [{**case, "threads": threads, "rounds": 9} for threads in (1, "default")],
        },
        "fit": {
            "cases": [
                {
                    **{"data": "digits", "N": 8, "D": 5, "dtype": "float64", "C": 1.0},
                    **{"passes": {"fit": 7}, "error": {"fit": 1e-7}, "seconds": {"fit": [1, 2]}},
                    "median_seconds": {"fit": 0.123456},
                }
            ]
        },
        "stream": {"load": [1], "streamed": {"rows": 123456}, "step": {"seconds": 2.34567}},
    }
    pair = {"two products": 1.23456e-5, "softmax_steps": 3e-5, "compiled": 2e-5}
    kernels = {
        "load": [1.0],
        "cases": [
            {**case, "threads": 1, "median_seconds": {**pair, "one block": 1}},
            {**case, "threads": 1, "dtype": "float64", "median_seconds": pair},
            {**case, "threads": 1},
        ],
    }
    numbers["kernels"] = kernels
    options = []
    for name, written in numbers.items():
        (tmp_path / f"{name}.json").write_text(json.dumps(written))
        options += [f"--{name}", str(tmp_path / f"{name}.json")]
    out = tmp_path / "sample.json"
    assert program.main([*options, "--out", str(out)]) == 0
    assert str(out) in capsys.readouterr().out
    sample = json.loads(out.read_text("utf-8"))
    assert sample["loss"]["cases"] == [{**case, "threads": 1, "median_seconds": {"JAX": 1.235e-5}}]
    assert "machine" not in sample["loss"]
    (fit,) = sample["fit"]["cases"]
    assert fit["median_seconds"] == {"fit": 0.1235}
    assert fit["passes"] == {"fit": 7}
    assert "seconds" not in fit
    stream = {"streamed": {"rows": 123456}, "step": {"seconds": 2.346}}
    assert sample["stream"] == {"run": "stream", **stream}
    (kernel,) = sample["kernels"]["cases"]
    assert kernel["median_seconds"] == {**pair, "two products": 1.235e-5}
    assert all(set(needed) <= set(sample[name]) for name, needed in NEEDED.items())


def test_the_kernels_are_the_losss_where_they_have_no_run_and_a_part_can_stay(program):
    pair = {"two products": 2e-5, "softmax_steps": 3e-5, "compiled": 2e-5}
    case = {"N": 8, "D": 5, "C": 3, "dtype": "float32", "threads": 1, "median_seconds": pair}
    loss = {"processors": 2, "load": [], "versions": {}, "blas": [], "cases": [case]}
    before = {"fit": {"cases": [1]}, "stream": {"run": "stream", "step": {}}}
    sample = program.sample({"loss": loss}, before)
    assert {name: part["run"] for name, part in sample.items()} == {
        **{"loss": "loss", "kernels": "loss"},
        **{"fit": "an earlier one", "stream": "an earlier one"},
    }
    assert sample["kernels"]["cases"] == [case]
    assert sample["fit"]["cases"] == [1]
    assert before["stream"]["run"] == "stream", "what is kept is not changed"


def test_a_part_that_is_kept_is_taken_from_the_sample(program, tmp_path):
    out = tmp_path / "sample.json"
    parts = {name: {"cases": [name]} for name in program.PARTS}
    out.write_text(json.dumps(parts))
    keep = [text for name in program.PARTS for text in ("--keep", name)]
    assert program.main([*keep, "--out", str(out)]) == 0
    kept = json.loads(out.read_text("utf-8"))
    assert kept == {name: {**part, "run": "an earlier one"} for name, part in parts.items()}


def test_who_keeps_the_loss_says_whose_the_kernels_are(program, capsys):
    with pytest.raises(SystemExit):
        program.main(["--keep", "loss"])
    assert "Add --keep kernels, or --kernels." in capsys.readouterr().err


def test_the_books_sample_has_the_kernels_of_the_run_that_it_has_the_loss_of(program):
    sample = json.loads(program.SAMPLE.read_text("utf-8"))
    assert sample["loss"]["run"] == sample["kernels"]["run"] == "loss"
    times = {
        tuple(case[name] for name in program.LOSS_CASE): case["median_seconds"]
        for case in sample["loss"]["cases"]
    }
    for case in sample["kernels"]["cases"]:
        whole = times[tuple(case[name] for name in program.LOSS_CASE)]
        assert case["median_seconds"].items() <= whole.items()


def test_the_books_sample_has_every_size_in_both_float_types(program):
    sample = json.loads(program.SAMPLE.read_text("utf-8"))
    sizes = {(case["N"], case["D"], case["C"]) for case in sample["loss"]["cases"]}
    assert {(60_000, 784, 10), (1_000_000, 64, 10), (4096, 2048, 1000)} <= sizes
    assert len(sample["loss"]["cases"]) == 2 * len(sizes)
    alone = sample["kernels"]["cases"]
    assert {(case["N"], case["D"], case["C"]) for case in alone} == sizes
    assert program.SAMPLE.stat().st_size < 15_000
