"""Claims of Chapter 11. What it says of the sample's numbers is tried on the sample."""

import contextlib
import io
import json
import re
from importlib import resources

import numpy as np
import pytest
from threadpoolctl import threadpool_limits

from softmax_steps import compiled, loss_and_gradient, one_hot, one_pass, softmax
from softmax_steps.measurements import SAMPLE, measured_machine
from softmax_steps.roofline import work
from softmax_steps.widgets import WhereTheTimeGoes

from .pages import PAGES, says


@pytest.fixture(scope="module")
def sample():
    return json.loads(resources.files("softmax_steps").joinpath(SAMPLE).read_text("utf-8"))


@pytest.fixture(scope="module")
def alone(sample):
    """Return the sample's median times of float32 on one thread, by size."""
    return {
        (case["N"], case["D"], case["C"]): case["median_seconds"]
        for case in sample["loss"]["cases"]
        if case["dtype"] == "float32" and case["threads"] == 1
    }


def test_a_small_float_loses_the_share_of_a_row_and_blocks_do_not():
    says(
        "11_one_pass",
        "Nothing overflows, nothing complains, and the more rows there are, the worse the number "
        "is.",
        "With 20 million rows the gradient is exactly 0, and training stands still.",
        "float16 is now what it should be, a way to *store* numbers.",
    )

    def as_it_stands(N, entries):
        """Of N rows, the sum of the first ones' shares."""
        P = np.full((entries, 2), 0.5, np.float16)
        Y = one_hot((np.arange(entries) % 3 > 0).astype(int), 2).astype(np.float16)
        return float(((P - Y) * np.float16(1 / N))[:, 1].astype(float).sum() * (N / entries))

    few, many = (abs(as_it_stands(N, 3000) + 1 / 6) for N in (3_000, 999_999))
    assert many > 20 * few
    assert as_it_stands(20_000_000, 3000) == 0
    for N in (3_000, 999_999):
        X, y = np.ones((N, 1), np.float16), (np.arange(N) % 3 > 0).astype(int)
        got = loss_and_gradient(X, y, np.zeros((1, 2), np.float16)).dW
        assert got[0, 1] == np.float16(-1 / 6)


def test_the_counts_of_the_tiny_example_and_of_a_hundred_pictures():
    says(
        "11_one_pass",
        "So there are 24 multiplications, and for each number of $X$ there are 6: one for each "
        "class, twice.",
        "Ten classes in float32 make 5 of them, for one row or for a billion.",
        "2 · 100 · 784 · 10 = 1,568,000 multiplications. $X$ has 313,600 bytes in float32 and "
        "627,200 in float64. That makes 5 and 2.5 for each byte.",
        "with $s = 1$ there are 20 for each byte, eight times as many as in float64",
        "$\\lambda = 1/(1 \\cdot 1797)$, which is 0.00056.",
        "each sample has $2DC$ multiplications and $C$ exponentials",
    )
    assert work(2, 2, 3, 8) == (24, 32)
    assert 24 / 4 == 2 * 3
    assert work(1, 784, 10, 4).per_byte == work(10**9, 784, 10, 4).per_byte == 5
    assert work(100, 784, 10, 4) == (1_568_000, 313_600)
    assert work(100, 784, 10, 8).bytes == 627_200
    assert work(100, 784, 10, 8).per_byte == 2.5
    assert work(1797, 64, 10, 1).per_byte == 20 == 8 * work(1797, 64, 10, 8).per_byte
    assert round(1 / 1797, 5) == 0.00056


def test_the_sample_waits_for_memory_with_ten_classes_and_for_arithmetic_with_a_thousand(
    sample, alone
):
    says(
        "11_one_pass",
        "With a thousand classes memory hardly counts.",
        "With ten, the processor of the sample has time to spare while it waits for the next rows.",
        "With ten classes they are far below it, for two reasons.",
    )
    machine = measured_machine(sample["loss"], "float32")
    for size, seconds in alone.items():
        counts = work(*size, 4)
        arithmetic = counts.multiplications / machine.multiplications
        reading = counts.bytes / machine.bytes
        if size[2] == 1000:
            assert reading < arithmetic / 10
        else:
            assert arithmetic < reading / 2
        if counts.bytes > 10**8:  # more than the caches hold: nobody is above the roof
            least = max(arithmetic, reading)
            names = set(seconds) - {"one read of X"}
            assert all(seconds[name] >= least for name in names)
            assert seconds["two products"] > 2 * least


def test_more_rows_are_more_of_the_same_and_more_classes_go_round_the_bend():
    says(
        "11_one_pass",
        "Both bars grow alike and the point stays: more rows are more of the same.",
        "The bar of memory stays and that of arithmetic grows, until the point goes round the "
        "bend.",
        "The point moves to the right, and the time falls with the bytes, as long as it is memory "
        "that sets the pace.",
    )
    few, rows, classes, narrow = (
        WhereTheTimeGoes(**options).answers()
        for options in ({}, {"n_samples": 120_000}, {"n_classes": 1000}, {"stored": "float16"})
    )
    assert rows["per_byte"] == few["per_byte"]
    for name in ("arithmetic", "reading"):
        assert rows[name] == pytest.approx(2 * few[name])
    assert classes["reading"] == few["reading"]
    assert few["per_byte"] < few["ridge"] < classes["per_byte"]
    assert narrow["per_byte"] == 2 * few["per_byte"]
    assert narrow["least"] == pytest.approx(few["least"] / 2)


def test_a_small_product_is_the_quickest_of_those_with_ten_columns(alone):
    says("11_one_pass", "It leaves the copying out if a product is small. The rates show it:")
    rates = {
        (N, D): N * D * C / seconds["two products"]
        for (N, D, C), seconds in alone.items()
        if C == 10
    }
    quickest = max(rates, key=rates.get)
    assert 10 * np.prod(quickest) <= one_pass.SMALL_PRODUCT
    assert all(
        rates[quickest] > 2 * rate
        for size, rate in rates.items()
        if 10 * np.prod(size) > one_pass.SMALL_PRODUCT
    )


def test_blocks_gain_where_rows_are_many_and_classes_few(alone):
    says(
        "11_one_pass",
        "Blocks gain where $X$ is large and the classes are few, which is where the roof said "
        "that there was something to gain.",
        "With a thousand classes everybody calls the same products and waits for the same "
        "arithmetic.",
        "With a hundred rows it is neither:",
    )
    for (N, _, C), seconds in alone.items():
        ours = seconds["softmax_steps"]
        others = [
            seconds[name]
            for name in ("bare NumPy", "scikit-learn", "PyTorch", "PyTorch compiled", "JAX")
        ]
        if N >= 10_000 and C == 10:
            assert ours < min(*others, seconds["two products"])
        if C == 1000:
            assert ours < 1.1 * min(others)
        if N == 100:
            assert ours > min(others)


def test_the_scores_of_few_classes_lie_class_by_class():
    says("11_one_pass", "With few classes the scores lie in memory class by class, not row by row.")
    assert one_pass.FEW_CLASSES >= 10


def test_scores_tell_of_a_bad_entry_and_its_place_is_named():
    says("11_one_pass", "Only then is $X$ looked through, to name the place.")
    X, y = np.ones((3000, 5)), np.zeros(3000, int)
    X[2500, 3] = np.nan
    with pytest.raises(ValueError, match=r"X\[2500, 3\] is nan"):
        loss_and_gradient(X, y, np.ones((5, 2)))


def test_a_hundred_pictures_as_bytes_give_the_same_gradient(digits):
    says("11_one_pass", "It is the same to rounding. By {eq}`eq-per-byte` with $s = 1$")
    (X, y), W = digits, np.random.default_rng(0).normal(size=(64, 10))
    ink = np.round(16 * X).astype(np.uint8)
    stored = loss_and_gradient(ink, y, W, scale=1 / 16)
    np.testing.assert_allclose(stored.dW, loss_and_gradient(X, y, W).dW, atol=1e-13)


def test_two_gradients_tell_how_far_to_step(digits):
    says(
        "11_one_pass",
        "It is not always nearer after a step.",
        "The steps that are measured wander, and end more than a million times nearer.",
        "But both used the same number of gradients, and one of them is done.",
    )
    (cell,) = (cell for cell in PAGES["11_one_pass"].cells if "def distances(" in cell.code)
    names = {"np": np, "loss_and_gradient": loss_and_gradient, "X": digits.X, "y": digits.y}
    exec(cell.code, names)
    fixed, measured = names["distances"](120, learning_rate=0.5), names["distances"](120)
    assert np.all(np.diff(fixed) < 0)
    assert np.any(np.diff(measured) > 0)
    assert measured[-1] < 1e-6 * fixed[-1]


def test_the_most_machines_that_help_are_between_a_hundred_and_ten_thousand(sample):
    says(
        "11_one_pass",
        "With a hundred machines nearly all of the time is arithmetic and reading, and twice as "
        "many would halve it.",
        "With ten thousand the scheduler has become the slowest machine of all.",
    )
    streamed, step = (sample["stream"][name] for name in ("streamed", "step"))
    row = streamed["processor_seconds"] / streamed["rows"]
    each = step["processor_seconds_per_part"]

    def seconds(machines):
        return 1e9 * row / machines + machines * each

    assert 100 * each < 0.01 * seconds(100)
    assert seconds(200) == pytest.approx(seconds(100) / 2, rel=0.02)
    assert 10_000 * each > 0.9 * seconds(10_000)


def test_what_needs_scipy_prints_what_the_page_says():
    """The page is built without SciPy and scikit-learn, so no cell of it has run this."""
    fold = PAGES["11_one_pass"].text.split(":::{dropdown} Solve it")[1].split("\n:::\n")[0]
    blocks = re.findall(r"```(python)?\n(.*?)```", fold, re.DOTALL)
    code = "".join(text for language, text in blocks if language)
    shown = "".join(text for language, text in blocks if not language)
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed), threadpool_limits(1):  # on a busy machine they wait
        exec(code, {})
    assert printed.getvalue() == shown


def test_one_rows_softmax_needs_that_row_alone():
    says("11_one_pass", "for each row's softmax needs that row alone.")
    F = np.random.default_rng(0).normal(size=(5, 3))
    for i in range(5):
        np.testing.assert_array_equal(softmax(F[i : i + 1])[0], softmax(F)[i])


def test_a_compiled_kernel_helps_where_classes_are_few(sample):
    says(
        "11_one_pass",
        "The compiler is the second, and helps where classes are few.",
        "With a thousand classes the products stay OpenBLAS's, and they are nearly all there is:",
        "Only a quicker product would help.",
    )
    for case in sample["kernels"]["cases"]:
        took = case["median_seconds"]
        if case["C"] == 10:
            assert took["compiled"] < took["softmax_steps"], case
        if case["C"] == 1000:
            assert took["two products"] > 0.85 * took["compiled"]
            assert took["compiled"] > 0.85 * took["softmax_steps"]


def test_a_compiled_loop_has_twenty_sums_at_a_time():
    says(
        "11_one_pass",
        "It takes four rows of $X$ and five columns of $W$ at a time.",
        "Their twenty sums stay in the processor's registers",
        "every number that is loaded is used four times or five.",
    )
    assert (compiled.TILE_ROWS, compiled.TILE_CLASSES) == (4, 5)


def test_a_long_sum_keeps_what_an_addition_rounds_away():
    says(
        "11_one_pass",
        "So what each addition rounds away is kept, added up by itself, and put back at the end.",
    )
    rng = np.random.default_rng(0)
    few, labels = rng.random((50, 1)), rng.integers(0, 2, 50)
    X, y, W = np.tile(few, (5000, 1)), np.tile(labels, 5000), np.array([[0.3, -0.2]])
    once = loss_and_gradient(few, labels, W).dW
    ours = loss_and_gradient(X, y, W, block_rows=50).dW
    plain = sum(loss_and_gradient(few, labels, W).dW for _ in range(5000)) / 5000
    assert np.abs(ours / once - 1).max() < 2e-15 < np.abs(plain / once - 1).max()


def test_means_of_blocks_that_are_summed_are_too_small(digits):
    says(
        "11_one_pass",
        "With blocks of one row this gives the right gradient. With blocks of a hundred it is a "
        "hundred times too small.",
        "For each multiplication there is about one.",
    )
    X, y, W = digits.X[:700], digits.y[:700], np.random.default_rng(0).normal(size=(64, 10))
    whole = loss_and_gradient(X, y, W).dW
    for rows in (1, 100):
        dW = np.zeros(W.shape)
        for start in range(0, len(X), rows):
            x, labels = X[start : start + rows], y[start : start + rows]
            dW += loss_and_gradient(x, labels, W).dW
        dW /= len(X)
        np.testing.assert_allclose(rows * dW, whole, atol=1e-12)
