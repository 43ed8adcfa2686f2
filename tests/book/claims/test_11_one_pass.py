"""Claims of Chapter 11. What it says of measured numbers is tried on two machines.

One is the sample that comes with the book. On the other, ten classes wait for what the first has
plenty of. What the chapter says must hold on both, and its cells say which of the two they show.
"""

import contextlib
import io
import json
import re
from importlib import resources
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pytest
from threadpoolctl import threadpool_limits

from softmax_steps import compiled, loss_and_gradient, measurements, one_hot, one_pass, softmax
from softmax_steps.measurements import SAMPLE, measured_machine
from softmax_steps.roofline import least_seconds, work
from softmax_steps.widgets import WhereTheTimeGoes

from .pages import PAGES, says

SAMPLES = {
    "the book's": Path(str(resources.files("softmax_steps").joinpath(SAMPLE))),
    "slow memory": Path(__file__).with_name("measurements_slow_memory.json"),
}
# Cells that show measured numbers use one of these.
MEASURED = re.compile(r"\b(run\.|machine[.)]|(shown|ratios|kernels)\b)")
PEERS = ("bare NumPy", "scikit-learn", "PyTorch", "PyTorch compiled", "JAX")


def read(path):
    return json.loads(path.read_text("utf-8"))


@pytest.fixture(scope="module", params=SAMPLES.values(), ids=SAMPLES)
def sample(request):
    """Make the package find one of the samples, and no run of this machine; return it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(measurements, "SAMPLE", str(request.param))
        patch.setattr(measurements, "RESULTS", Path(__file__).parent / "no run")
        yield read(request.param)


@pytest.fixture(scope="module")
def alone(sample):
    return float32_alone(sample)


def float32_alone(sample):
    """Return a sample's median times of float32 on one thread, by size."""
    return {
        (case["N"], case["D"], case["C"]): case["median_seconds"]
        for case in sample["loss"]["cases"]
        if case["dtype"] == "float32" and case["threads"] == 1
    }


def bound_with_ten_classes(sample):
    machine = measured_machine(sample["loss"], "float32")
    counts = work(60_000, 784, 10, 4)
    reading = counts.bytes / machine.bytes
    return "memory" if reading == least_seconds(counts, machine) else "arithmetic"


@pytest.fixture(scope="module")
def ran(sample):
    """Run the page's cells that show measured numbers, on a sample.

    Returned is a function of a piece of a cell's code, which gives what the cell printed and the
    values of its picture.
    """
    first, *cells = PAGES["11_one_pass"].cells
    (sizes,) = (cell for cell in cells if cell.code.startswith('print("    N × D × C'))
    names, found = {}, []
    with plt.rc_context(), np.printoptions():
        exec(first.code, names)
        for cell in (sizes, *(cell for cell in cells if MEASURED.search(cell.code))):
            values, printed = {}, io.StringIO()
            names["show"] = lambda figure, *, values, kept=values: kept.update(values)
            with contextlib.redirect_stdout(printed):
                exec(cell.code, names)
            found.append((cell.code, printed.getvalue(), values))
        plt.close("all")

    def of(piece):
        ((_, printed, values),) = (each for each in found if piece in each[0])
        return printed, values

    return of


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


def test_the_two_samples_are_of_two_kinds():
    says("11_one_pass", "With ten it depends on the machine, and both kinds are in use.")
    kinds = {name: bound_with_ten_classes(read(path)) for name, path in SAMPLES.items()}
    assert sorted(kinds.values()) == ["arithmetic", "memory"], (
        f"with ten classes the bounds are {kinds}: a claim that holds on one kind alone would not "
        f"be seen. Keep a sample of each."
    )


def test_the_page_names_the_larger_time_and_where_both_are_alike(sample, ran):
    says(
        "11_one_pass",
        "The larger number of a line is its bound. With a thousand classes memory hardly counts.",
        "The last line says where the one becomes the other: where $2C/s$ is $r/w$.",
    )
    printed, _ = ran('bound = "memory"')
    *lines, alike = printed.splitlines()
    machine = measured_machine(sample["loss"], "float32")
    pattern = r"(\d+)×(\d+)×(\d+): arithmetic (\d+) ms, memory (\d+) ms, bound: (\w+)"
    for line in lines:
        *numbers, bound = re.fullmatch(pattern, line).groups()
        N, D, C, arithmetic, reading = map(int, numbers)
        counts = work(N, D, C, 4)
        assert arithmetic == round(1e3 * counts.multiplications / machine.multiplications)
        assert reading == round(1e3 * counts.bytes / machine.bytes)
        assert {"arithmetic": arithmetic, "memory": reading}[bound] == max(arithmetic, reading)
        if C == 1000:
            assert bound == "arithmetic"
            assert 10 * reading < arithmetic
        else:
            assert bound == bound_with_ten_classes(sample)
    assert {line.split(":")[0].split("×")[2] for line in lines} == {"10", "1000"}
    (classes,) = map(int, re.findall(r"both take as long with (\d+) classes", alike))
    ridge = machine.multiplications / machine.bytes
    assert work(1, 1, classes - 1, 4).per_byte < ridge < work(1, 1, classes + 1, 4).per_byte


def test_fewer_bytes_help_where_memory_sets_the_pace_and_save_only_room_elsewhere(sample):
    says(
        "11_one_pass",
        "Fewer bytes help, by a narrower type, or by reading $X$ once and not twice.",
        "A quicker processor does not.",
        "Fewer bytes save room, and the bound stays where it is.",
        "They can only be arranged so that the processor does more of them in a second.",
        "That saves half of the room on every machine, and time at most where memory sets the "
        "pace.",
        "Where arithmetic does, they save room alone.",
    )
    machine = measured_machine(sample["loss"], "float32")
    waits_for_memory = bound_with_ten_classes(sample) == "memory"
    whole, half = (least_seconds(work(60_000, 784, 10, s), machine) for s in (4, 2))
    quicker = machine._replace(multiplications=2 * machine.multiplications)
    rearranged = least_seconds(work(60_000, 784, 10, 4), quicker)
    if waits_for_memory:
        assert half < 0.6 * whole
        assert least_seconds(work(60_000, 784, 10, 4), machine, reads=2) == 2 * whole
        assert rearranged == whole
    else:
        assert half == whole
        assert rearranged < 0.6 * whole


def test_nobody_is_above_the_roof_whose_rows_come_from_memory(sample, alone, ran):
    says(
        "11_one_pass",
        "No program gets above it whose rows come from memory.",
        "With ten classes they are far below it, for two reasons.",
    )
    machine = measured_machine(sample["loss"], "float32")
    beyond_caches = {
        size: seconds for size, seconds in alone.items() if work(*size, 4).bytes > 10**8
    }
    assert len(beyond_caches) > 1
    for size, seconds in beyond_caches.items():
        least = least_seconds(work(*size, 4), machine)
        assert all(seconds[name] >= least for name in set(seconds) - {"one read of X"})
        assert seconds["two products"] > 2 * least
    _, values = ran("draw_roofline")
    ridge = machine.multiplications / machine.bytes
    assert float(values["ridge"]) == pytest.approx(ridge, abs=0.05)
    part = {"memory": "slope", "arithmetic": "level part"}[bound_with_ten_classes(sample)]
    assert values["part"] == part
    assert ridge < 500 / 2, "the size with a thousand classes stands well on the level part"


def test_which_reason_is_the_heavier_one_is_told_by_two_reads(sample, alone, ran):
    says(
        "11_one_pass",
        "The last number is the part of their time in which both reads could be done. Where it is "
        "large, this reason is the heavier one. Where it is small, the rows come quickly enough, "
        "and the second reason is.",
    )
    machine = measured_machine(sample["loss"], "float32")
    pattern = r"(\d+)×(\d+)×(\d+): ([\d.]+) times the bound\. Two reads of X: (\d+) %"
    lines = [re.fullmatch(pattern, line) for line in ran("twice =")[0].splitlines()]
    for line in lines:
        size = tuple(map(int, line.groups()[:3]))
        counts, took = work(*size, 4), alone[size]["two products"]
        reads = 2 * counts.bytes / machine.bytes
        assert float(line[4]) == pytest.approx(took / least_seconds(counts, machine), abs=0.05)
        assert int(line[5]) == round(100 * reads / took)
        assert reads < took
        if bound_with_ten_classes(sample) == "arithmetic":
            without_reads = counts.multiplications / (took - reads)
            assert without_reads < machine.multiplications / 2, "it is still far below the roof"
    if bound_with_ten_classes(sample) == "memory":
        assert max(int(line[5]) for line in lines) > 50


def test_more_rows_are_more_of_the_same_and_more_classes_go_round_the_bend(sample):
    says(
        "11_one_pass",
        "Both bars grow alike and the point stays: more rows are more of the same.",
        "Move $C$ down to 1, and then upwards. The bar of memory stays and that of arithmetic "
        "grows. Where it becomes the longer one, the point goes round the bend.",
        "Go back to one class and store $X$ in fewer bytes. The point moves to the right, and the "
        "time falls with the bytes, as long as it is memory that sets the pace.",
        "Now a thousand classes, and *float32* and *float16* in turn. The point moves as before, "
        "and the time stays.",
    )
    says("teaching", "One class, and $X$ is stored in half the bytes. Is it twice as fast?")

    def answers(n_classes, **options):
        return WhereTheTimeGoes(n_classes=n_classes, **options).answers()

    few, rows = answers(10), answers(10, n_samples=120_000)
    assert rows["per_byte"] == few["per_byte"]
    for name in ("arithmetic", "reading"):
        assert rows[name] == pytest.approx(2 * few[name])
    seen = []
    for C in (1, 2, 10, 100, 1000):
        each = answers(C)
        assert each["reading"] == few["reading"]
        assert each["arithmetic"] == pytest.approx(C * answers(1)["arithmetic"])
        longer = each["arithmetic"] > each["reading"]
        assert longer == (each["per_byte"] > each["ridge"])
        seen.append(longer)
    assert seen == sorted(seen)
    assert set(seen) == {False, True}
    for C, paced_by_memory in ((1, True), (1000, False)):
        whole, narrow = answers(C), answers(C, stored="float16")
        assert narrow["per_byte"] == 2 * whole["per_byte"]
        least = whole["least"] / 2 if paced_by_memory else whole["least"]
        assert narrow["least"] == pytest.approx(least)


def test_a_small_product_is_the_quickest_of_those_with_ten_columns(sample, alone, ran):
    says(
        "11_one_pass",
        "It leaves the copying out if a product is small. The rates show it:",
        "Take a **tile** of so few rows that its products are small: that is for the arithmetic.",
    )
    rates = {
        (N, D): 2 * N * D * C / seconds["two products"]
        for (N, D, C), seconds in alone.items()
        if C == 10
    }
    quickest = max(rates, key=rates.get)
    assert 10 * np.prod(quickest) <= one_pass.SMALL_PRODUCT
    assert all(
        rates[quickest] > 1.5 * rate
        for size, rate in rates.items()
        if 10 * np.prod(size) > one_pass.SMALL_PRODUCT
    )
    r = measured_machine(sample["loss"], "float32").multiplications
    shares = map(int, re.findall(r"(\d+) % of r$", ran("a product,")[0], re.M))
    assert list(shares) == [round(100 * rate / r) for rate in rates.values()]


def test_blocks_gain_where_rows_are_many_and_classes_few(alone):
    says(
        "11_one_pass",
        "Blocks gain where $X$ is large and the classes are few, which is where the roof said "
        "that there was something to gain.",
        "With a thousand classes everybody calls the same products and waits for the same "
        "arithmetic.",
        "With a hundred rows they do not:",
    )
    for (N, _, C), seconds in alone.items():
        ours = seconds["softmax_steps"]
        others = [seconds[name] for name in PEERS]
        if N >= 10_000 and C == 10:
            assert ours < min(*others, seconds["two products"])
        if C == 1000:
            assert ours < 1.1 * min(others)
        if N == 100:
            assert ours > min(others)


def test_tiles_gain_and_blocks_gain_once_more_and_neither_passes_the_bound(sample, alone, ran):
    says(
        "11_one_pass",
        "Then it has its tiles, and still reads $X$ twice.",
        "A number of the first column below 1 says that tiles multiply so much quicker that the "
        "softmax is paid for as well.",
        "Blocks gain once more, also where arithmetic is the bound.",
    )
    machine = measured_machine(sample["loss"], "float32")
    _, *lines = ran("tiles  and blocks")[0].splitlines()
    below = 0
    for line in lines:
        name, *numbers = line.split()
        size = tuple(map(int, name.split("×")))
        took, counts = alone[size], work(*size, 4)
        expected = took["one block"], took["softmax_steps"], least_seconds(counts, machine)
        tiles, blocks, bound = (seconds / took["two products"] for seconds in expected)
        assert list(map(float, numbers)) == pytest.approx([tiles, blocks, bound], abs=0.006)
        assert blocks > bound
        if size[2] == 10:
            assert blocks < 0.99 * tiles
            below += tiles < 1
    assert below, "tiles pay for the softmax at one size at least"


def test_with_a_thousand_classes_the_products_are_at_the_roof_and_none_is_much_below_one(
    alone, ran
):
    says(
        "11_one_pass",
        "What is missing to 100 % is all that a better arrangement could win, and every program "
        "that multiplies row by column has these multiplications to do. So none can be much below "
        "1 here, however clever it is between the products.",
        "It would have to multiply quicker than the quickest pair of products that was measured, "
        "for that is what $r$ is.",
    )
    printed, _ = ran("N, D, C = sizes[-1]")
    share, quickest = re.fullmatch(
        r"two products, 4096×2048×1000: (\d+) % of r\n"
        r"the quickest program: ([\d.]+) of their time\n",
        printed,
    ).groups()
    took = alone[4096, 2048, 1000]
    rates = [2 * np.prod(size) / seconds["two products"] for size, seconds in alone.items()]
    assert int(share) == round(100 * 2 * 4096 * 2048 * 1000 / took["two products"] / max(rates))
    assert int(share) >= 95
    programs = [took[name] / took["two products"] for name in ("softmax_steps", *PEERS)]
    assert float(quickest) == pytest.approx(min(programs), abs=0.006)
    assert min(programs) > 0.95


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


def test_the_most_machines_that_help_are_between_a_hundred_and_ten_thousand():
    says(
        "11_one_pass",
        "With a hundred machines nearly all of the time is arithmetic and reading, and twice as "
        "many would halve it.",
        "With ten thousand the scheduler has become the slowest machine of all.",
    )
    streamed, step = (read(SAMPLES["the book's"])["stream"][name] for name in ("streamed", "step"))
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
