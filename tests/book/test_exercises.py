"""The exercises: four kinds in every chapter, and solutions that run.

The line below the heading says which exercises are of which kind. What an exercise to debug says of
the function that it shows is tried on that function, and on the mended one of its solution.
"""

import contextlib
import io
import re
import symtable
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest

import softmax_steps
from softmax_book.sources import read_book
from softmax_steps import mistakes, one_hot, softmax, softmax_differential, tiny_example
from softmax_steps.practice import EXERCISES, examine

from .claims.pages import says

ROOT = Path(__file__).parents[2]
CHAPTERS = {
    f"{page.number:02d}": page for page in read_book(ROOT).values() if page.number is not None
}
KINDS = ("By hand", "Derive", "Code", "Debug")
EXERCISE = re.compile(
    r"^\*\*(?P<number>\d+)\.\*\* ★+ (?P<task>.*?)^:::\{dropdown\} Solution[^\n]*\n"
    r"(?P<solution>.*?)^:::$",
    re.M | re.S,
)
CODE = re.compile(r"^```python\n(.*?)^```", re.M | re.S)
# What every page has imported.
GIVEN = {**vars(softmax_steps), "np": np, "mistakes": mistakes, "t": tiny_example()}
CHECK = re.compile(r'check\("(\d\d-\d+)"')


class Found(NamedTuple):
    """An exercise of a chapter."""

    task: str
    solution: str


def exercises_of(page):
    """Return the exercises of a chapter by their number, and the numbers of each kind."""
    after = page.text.split("\n## Exercises\n")[1]
    found = {
        int(each["number"]): Found(each["task"], each["solution"])
        for each in EXERCISE.finditer(after)
    }
    line = next(line for line in after.splitlines() if line)
    parts = (re.fullmatch(r"\*\*(.+)\*\* (\d+(?:, \d+)*)", part) for part in line.split(" · "))
    kinds = {part[1]: [int(number) for number in part[2].split(", ")] for part in parts if part}
    return found, kinds


BROKEN = [
    (chapter, number)
    for chapter, page in CHAPTERS.items()
    for number in exercises_of(page)[1].get("Debug", [])
]


def run(code, names):
    """Run a piece of a page, and return what it defines."""
    space = {**GIVEN, **names}
    with contextlib.redirect_stdout(io.StringIO()):
        exec(compile(code, "<page>", "exec"), space)
    return space


def functions_of(chapter, number):
    """Return the function that an exercise to debug shows, and the mended one."""
    exercise = exercises_of(CHAPTERS[chapter])[0][number]
    both = []
    for text in exercise:
        (code,) = (code for code in CODE.findall(text) if "def " in code)
        name = re.search(r"def (\w+)", code)[1]
        both.append(run(code, {})[name])
    return both


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_every_exercise_is_of_one_kind_and_no_kind_is_missing(chapter):
    found, kinds = exercises_of(CHAPTERS[chapter])
    assert tuple(kinds) == KINDS
    assert sorted(number for numbers in kinds.values() for number in numbers) == list(found)
    assert list(found) == list(range(1, len(found) + 1))
    for numbers in kinds.values():
        assert numbers == sorted(numbers)


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_a_kind_is_what_it_says(chapter):
    found, kinds = exercises_of(CHAPTERS[chapter])
    checked = [n for n in kinds["Code"] if f"{chapter}-{n}" in CHECK.findall(found[n].task)]
    assert checked, "no exercise to code has a check"
    for number in kinds["Debug"]:
        assert all("def " in text for text in found[number]), f"{number}: show and mend a function"
    for number in (*kinds["By hand"], *kinds["Derive"]):
        assert not CODE.search(found[number].task), f"{number} shows code: is it of this kind?"


def tables_of(table):
    """Yield a table of symbols, and those of the functions within it."""
    yield table
    for child in table.get_children():
        yield from tables_of(child)


def taken_and_left(code):
    """Return the names that code takes from what ran before it, and those that it leaves behind."""
    module, *functions = tables_of(symtable.symtable(code, "<page>", "exec"))
    left = {symbol.get_name() for symbol in module.get_symbols() if symbol.is_assigned()}
    left |= {symbol.get_name() for symbol in module.get_symbols() if symbol.is_imported()}
    taken = {symbol.get_name() for symbol in module.get_symbols() if symbol.is_referenced()}
    for function in functions:
        taken |= {symbol.get_name() for symbol in function.get_symbols() if symbol.is_global()}
    return taken, left


def cells_behind(page, pieces):
    """Return the cells of a page that pieces of code lean on, in their order."""
    needed, chosen = set(), []
    for code in pieces:
        taken, left = taken_and_left(code)
        needed |= taken - left
    for cell in reversed(page.cells):
        taken, left = taken_and_left(cell.code)
        if left & (needed - set(GIVEN)):
            needed |= taken
            chosen.insert(0, cell.code)
    return chosen


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_the_code_of_every_solution_runs_after_the_cells_of_its_page(chapter):
    page = CHAPTERS[chapter]
    found, _ = exercises_of(page)
    pieces = [code for each in found.values() for code in CODE.findall(each.solution)]
    assert pieces
    cells = cells_behind(page, pieces)
    after_the_cells = run("\n".join(cells), {})
    for code in pieces:
        run(code, after_the_cells)


@pytest.mark.parametrize(("chapter", "number"), BROKEN)
def test_a_function_to_debug_is_wrong_and_the_mended_one_is_right(chapter, number):
    task = exercises_of(CHAPTERS[chapter])[0][number].task
    broken, mended = functions_of(chapter, number)
    (check,) = CHECK.findall(task)
    assert f'check("{check}", {mended.__name__})' in task
    assert not examine(EXERCISES[check], broken).right
    result = examine(EXERCISES[check], mended)
    assert result.right, result


def test_an_array_of_whole_numbers_cuts_the_shares():
    says("03_softmax", "it gives three zeros", "Such an array cannot hold 0.665.")
    broken, mended = functions_of("03", 8)
    F = np.array([[2, 0, 1]])
    np.testing.assert_array_equal(broken(F), [[0, 0, 0]])
    np.testing.assert_allclose(broken(F.astype(float)), softmax(F))
    np.testing.assert_allclose(mended(F), softmax(F))
    assert round(float(softmax(F)[0, 0]), 3) == 0.665


def test_a_number_for_a_matrix_spoils_the_sum_of_the_changes():
    says("08_differentials", "But the changes do not add up to 0.")
    broken, mended = functions_of("08", 9)
    p, df = np.array([0.5, 0.25, 0.25]), np.array([0.2, 0.0, 0.4])
    assert abs(broken(p, df).sum()) > 0.1
    np.testing.assert_allclose(
        mended(p, df), softmax_differential(p[np.newaxis], df[np.newaxis])[0]
    )


def test_a_diagonal_of_0_lets_each_digit_name_itself():
    says(
        "10_neighbours",
        "This says 1.000, for random labels as well.",
        "Now it says 0.983 for the training digits, and about a tenth for random labels.",
    )
    broken, mended = functions_of("10", 8)
    X, y = softmax_steps.load_digits()
    rng = np.random.default_rng(0)
    X, y, _, _ = softmax_steps.train_validation_split(X, y, validation=0.2, rng=rng)
    X, y, _, _ = softmax_steps.train_validation_split(X, y, rng=rng)
    at_random = np.random.default_rng(0).integers(0, 10, len(y))
    assert broken(X, y) == broken(X, at_random) == 1
    assert round(mended(X, y), 3) == 0.983
    assert mended(X, at_random) == pytest.approx(0.1, abs=0.03)


def test_a_small_float_loses_what_a_block_adds():
    says(
        "11_one_pass",
        "For three thousand rows this says −0.1666, for thirty thousand −0.1628, though no block "
        "has more than a hundred.",
        "it goes to −5000, where a float16 goes in steps of 4. Each block adds −16 or −17",
    )
    broken, mended = functions_of("11", 6)
    for rows, told in ((3_000, -0.1666), (30_000, -0.1628)):
        P = np.full((rows, 2), 0.5, np.float16)
        Y = one_hot((np.arange(rows) % 3 > 0).astype(int), 2).astype(np.float16)
        assert round(float(broken(P, Y)[1]), 4) == told
        assert mended(P, Y)[1] == pytest.approx(-1 / 6, rel=1e-12)
        assert set((P - Y)[:, 1].reshape(-1, 100).sum(axis=1)) == {-16, -17}
    assert np.spacing(np.float16(5000)) == 4


def test_a_fold_that_is_in_another_order_makes_all_scores_wrong():
    says("01_score", "and yet all scores of the tiny example are wrong")
    broken, mended = functions_of("01", 8)
    t = tiny_example()
    assert np.all(broken(t.X, t.W, t.b) != mended(t.X, t.W, t.b))


def test_a_guard_by_size_fails_far_below_0():
    says(
        "02_overflow_guard",
        "The row becomes (−1604, −1608, −1608), far below −745",
        "Without `np.abs` it is (0, −4, −4).",
    )
    broken, mended = functions_of("02", 8)
    row = np.array([[-800.0, -804.0, -804.0]])
    np.testing.assert_array_equal(broken(row), [[-1604, -1608, -1608]])
    np.testing.assert_array_equal(np.exp(broken(row)), np.zeros((1, 3)))
    np.testing.assert_array_equal(mended(row), [[0, -4, -4]])


def test_a_least_probability_limits_the_loss():
    says("04_cross_entropy", "$-\\log 10^{-7} \\approx 16.118$. The right ones are 20 and 1000.")
    broken, mended = functions_of("04", 9)
    F, y = np.array([[20.0, 0.0], [1000.0, 0.0]]), np.array([1, 1])
    np.testing.assert_allclose(broken(F, y), 16.118, atol=5e-4)
    np.testing.assert_allclose(mended(F, y), [20, 1000], atol=1e-8)


def test_a_folded_bias_is_penalised():
    says("05_regularization", "It is too large by $\\frac{\\lambda}{2} \\lVert b \\rVert^2$.")
    broken, mended = functions_of("05", 8)
    t = tiny_example()
    b = np.array([0.5, 1.0, -2.0])
    more = broken(t.X, t.y, t.W, b, 0.3) - mended(t.X, t.y, t.W, b, 0.3)
    assert more == pytest.approx(0.15 * np.sum(b**2))
    zeros = t.X, t.y, t.W, 0 * b, 0.3
    assert broken(*zeros) == pytest.approx(mended(*zeros), rel=1e-15)


def test_columns_of_all_labels_are_right_for_one_sample_only():
    says("06_gradient", "With two labels they sum to $-\\frac12$.")
    broken, mended = functions_of("06", 8)
    t = tiny_example()
    one = t.X[:1], t.y[:1], t.W, t.b, 0.1
    for ours, theirs in zip(mended(*one), broken(*one), strict=True):
        np.testing.assert_allclose(theirs, ours)
    errors = broken(np.eye(2), np.array([1, 0]), t.W, t.b, 0.0)[0]  # with X = 1 it is dF itself
    np.testing.assert_allclose(errors.sum(axis=1), -0.5)


def test_an_update_in_place_moves_the_start():
    says(
        "07_training", "and that is the caller's `W_0`. After the first run there is no other start"
    )
    t = tiny_example()
    for function, is_kept in zip(functions_of("07", 9), (False, True), strict=True):
        W, b = t.W.astype(float), t.b.astype(float)
        after, _ = function(t.X, t.y, W, b, np.array([1, 0]), 0.1, 0.5, 1)
        assert np.array_equal(W, t.W) == is_kept
        assert (after is W) != is_kept


def test_a_score_that_rises_as_the_average_moves_nothing():
    says("08_differentials", "0.5 · 0.2 + 0.25 · 0 + 0.25 · 0.4 = 0.2", "that is (0, −0.05, 0.05)")
    p, df = np.array([[0.5, 0.25, 0.25]]), np.array([[0.2, 0.0, 0.4]])
    np.testing.assert_allclose(softmax_differential(p, df), [[0, -0.05, 0.05]], atol=1e-15)


def test_with_relu_a_set_slope_is_a_multiplied_one():
    says("09_two_layer", "With relu, this function had 0 in place of each 0.01")
    text = exercises_of(CHAPTERS["09"])[0][6].task
    (code,) = CODE.findall(text)
    with_relu = run(code.replace("0.01", "0"), {})["their_gradient"]
    rng = np.random.default_rng(0)
    params = softmax_steps.initial_two_layer(3, 4, 2, rng=rng)
    X, y = rng.normal(size=(6, 3)), np.arange(6) % 2
    right = softmax_steps.two_layer_loss_and_gradient(X, y, *params, strength=0.0)[1:]
    for ours, theirs in zip(right, with_relu(X, y, *params), strict=True):
        np.testing.assert_allclose(theirs, ours, atol=1e-15)


def test_one_neighbour_errs_at_most_twice_as_often():
    says("10_neighbours", "at most $1 - m^2 = (1 - m)(1 + m)$, and $1 + m \\le 2$.")
    p = np.random.default_rng(0).dirichlet(np.full(4, 0.5), size=1000)
    m = p.max(axis=1)
    assert np.all(1 - (p**2).sum(axis=1) <= 1 - m**2 + 1e-12)
    np.testing.assert_allclose(1 - m**2, (1 - m) * (1 + m))
