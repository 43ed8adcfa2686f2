"""Measured numbers: those of this machine where they are whole, else the sample, and said so."""

import json

import pytest

from softmax_steps import measurements
from softmax_steps.measurements import NEEDED, load_measurements, measured_machine


@pytest.fixture
def results(tmp_path, monkeypatch):
    """The folder in which this machine's numbers are looked for; nothing is in it yet."""
    monkeypatch.setattr(measurements, "RESULTS", tmp_path)
    return tmp_path


def timed(N, D, C, products, read, *, dtype="float32", threads=1):
    times = {"two products": products, "one read of X": read}
    return {
        **{"N": N, "D": D, "C": C, "dtype": dtype, "threads": threads},
        "median_seconds": times,
    }


WHOLE = {
    "processors": 1,
    "blas": [],
    "cases": [timed(10**6, 64, 10, 0.5, 0.128), timed(4096, 2048, 1000, 0.1, 0.003)],
}


@pytest.mark.parametrize("benchmark", NEEDED)
def test_without_a_run_the_sample_is_shown_and_says_that_it_is_one(results, benchmark):
    found = load_measurements(benchmark)
    command = "loss" if benchmark == "kernels" else benchmark
    assert found.told == (
        f"A sample that comes with the book. make bench-{command} measures this machine."
    )
    assert set(NEEDED[benchmark]) <= set(found.numbers)


def test_this_machines_own_numbers_come_first_and_say_so(results):
    (results / "loss.json").write_text(json.dumps(WHOLE))
    found = load_measurements("loss")
    assert found.numbers == WHOLE
    assert found.told == "Measured on this machine, by make bench-loss."
    assert load_measurements("stream").told.startswith("A sample")
    (results / "stream.json").write_text(json.dumps({"streamed": {}, "step": {}}))
    assert load_measurements("stream").told.startswith("Measured on this machine")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        '{"cases": []}',
        json.dumps({**WHOLE, "cases": []}),
        json.dumps({**WHOLE, "cases": WHOLE["cases"][:1]}),  # no thousand classes
        json.dumps({**WHOLE, "cases": WHOLE["cases"][1:]}),  # X fits into a cache
        json.dumps({**WHOLE, "cases": [{**case, "threads": 2} for case in WHOLE["cases"]]}),
        json.dumps({**WHOLE, "cases": [{**case, "median_seconds": {}} for case in WHOLE["cases"]]}),
    ],
)
def test_a_run_that_is_not_whole_is_no_measurement_of_the_machine(results, text):
    (results / "loss.json").write_text(text)
    assert load_measurements("loss").told.startswith("A sample")


def test_the_kernels_are_this_machines_where_its_run_had_the_compiled_one(results):
    (results / "loss.json").write_text(json.dumps(WHOLE))
    assert load_measurements("kernels").told.startswith("A sample")
    both = {"compiled": 0.4, "softmax_steps": 0.5}
    cases = [{**c, "median_seconds": {**c["median_seconds"], **both}} for c in WHOLE["cases"]]
    (results / "loss.json").write_text(json.dumps({**WHOLE, "cases": cases}))
    found = load_measurements("kernels")
    assert found.told == "Measured on this machine, by make bench-loss."
    assert found.numbers["cases"] == cases


def test_an_unknown_benchmark_is_refused():
    with pytest.raises(ValueError, match="benchmark is 'speed'; expected one of 'loss', 'fit'"):
        load_measurements("speed")


def test_the_two_numbers_of_a_machine_are_those_of_the_quickest_products_and_the_largest_read():
    cases = [
        *WHOLE["cases"],
        timed(10**6, 64, 10, 0.001, 0.001, threads="default"),
        timed(10**6, 64, 10, 5.0, 0.512, dtype="float64"),
    ]
    assert measured_machine({"cases": cases}, "float32") == (
        2 * 4096 * 2048 * 1000 / 0.1,
        256e6 / 0.128,
    )
    assert measured_machine({"cases": cases}, "float64") == (2 * 64e7 / 5, 512e6 / 0.512)
