"""Claims of the notation and of the other pages."""

import re

import numpy as np
import pytest

from softmax_book.symbols.table import read_table
from softmax_steps import (
    cross_entropy,
    data,
    hinge_loss,
    log_softmax,
    loss,
    loss_and_gradient,
    mistakes,
    numerical_gradient,
    one_hot,
    scores,
    shift_scores,
    softmax,
    tiny_example,
)
from softmax_steps.regularization_path import minimise
from softmax_steps.slips import SLIPS

from .pages import PAGES, says


def test_the_unit_of_the_learning_rate_is_that_of_one_over_lambda():
    says(
        "notation",
        r"The unit of $\eta$ is that of $1/\lambda$, so that $\eta\lambda$ is a pure number; and "
        r"since the same $\eta$ moves the biases, which have no unit, it fits both only if the "
        "features have none either",
    )
    assert read_table()["learning_rate"].unit == "squared unit of weight per nat"
    t = tiny_example()
    ours = loss_and_gradient(t.X, t.y, t.W, t.b, strength=0.1)
    # the same features in a unit that is ten times smaller
    theirs = loss_and_gradient(10 * t.X, t.y, t.W / 10, t.b, strength=100 * 0.1)
    np.testing.assert_allclose(
        10 * (t.W / 10 - 0.5 / 100 * theirs.dW), t.W - 0.5 * ours.dW, rtol=1e-12
    )
    np.testing.assert_allclose(theirs.db, ours.db, rtol=1e-12)


def test_no_page_takes_an_unguarded_log_sum_exp_without_a_word():
    says("notation", "shifted = shift_scores(F)")
    for name, page in PAGES.items():
        for line in page.text.splitlines():
            if re.search(r"np\.log\(np\.exp\(F\w*\)", line):
                assert "# unguarded" in line, f"{name}: {line}"


def test_probabilities_and_scores_above_0_are_no_log_probabilities():
    says("notation", "Ours asks back where it can tell, at a number above 0 for one.")
    for above in (softmax([[-1.0, -2.0]]), [[1.0, 2.0]]):
        with pytest.raises(ValueError, match="expected"):
            cross_entropy(above, [0])


def test_the_loss_of_a_sample_has_slopes_in_its_own_row_only():
    says("06_gradient", "all other rows of $\\partial L_i/\\partial F$ are 0.")
    rng = np.random.default_rng(0)
    F, y = rng.normal(size=(4, 3)), [2, 0, 1, 1]
    for i in range(4):
        slopes = numerical_gradient(lambda F, i=i: cross_entropy(log_softmax(F), y)[i], F)
        np.testing.assert_array_equal(slopes[np.arange(4) != i], 0)
        np.testing.assert_allclose(slopes[i], softmax(F)[i] - one_hot(y, 3)[i], atol=1e-8)


def test_the_fourth_note_gave_what_the_page_of_the_notes_says():
    says("notes_mended", "the gradient by differentials and the trace, a network of two layers")
    says("notes_mended", "its heading lists nearest neighbours and the SVM")
    assert "note 004 names the SVM" in " ".join(hinge_loss.__doc__.split())


def test_no_chapter_talks_of_notes_that_its_reader_has_not_seen():
    """All that is told of them stands on one page; the others link to it."""
    about = re.compile(
        r"\b(first|second|third|fourth|our|that|the) (of (the|our) )?notes?\b(?! of CS231n)"
        r"|\bof (our|the) notes\b",
        re.IGNORECASE,
    )
    for name, page in PAGES.items():
        if name != "notes_mended":
            prose = re.sub(r"\[[^]]*\]\(notes_mended\.md[^)]*\)", "", page.text)
            found = [match[0] for match in about.finditer(prose)]
            assert not found, f"{name}: {found}; link to a place of notes_mended.md instead"


# A slip of the table of the page for teachers, and code that runs it.
RUNS = {
    "one guard for the whole matrix": "mistakes.whole_matrix_shift(",
    "the sum over the wrong axis": "mistakes.softmax_over_columns(",
    "`keepdims` forgotten": "mistakes.softmax_without_keepdims(",
    "the logarithm of a computed softmax": "mistakes.log_of_softmax(",
    "the sum in place of the mean": "batch.sum()",
    r"$\lambda$ for $\lambda/2$, or the other way round": "mistakes.l2_gradient_of_another",
    "the bias penalised": "l2_penalty(W1",
    "the true class not subtracted": "t.X.T @ P / 2",
    "the missing $1/N$": "t.X.T @ (P - Y) + pull",
    "the wrong sign": "t.X.T @ (Y - P)",
    "the bend forgotten on the way back": "def unbent(",
}


def test_a_teacher_is_sent_to_the_page_that_runs_the_slip():
    _, slips = PAGES["teaching"].text.split("## The slips that students make")
    row = r"^\| ([^|]+) \| [^|]+ \| \[Chapter (\d)\]\((\w+)\.md\) \|$"
    rows = re.findall(row, slips, re.MULTILINE)
    assert [slip for slip, _, _ in rows] == list(RUNS)
    for slip, number, page in rows:
        solutions = re.findall(r"^```python\n(.*?)^```", PAGES[page].text, re.M | re.S)
        code = "\n".join([*(cell.code for cell in PAGES[page].cells), *solutions])
        assert RUNS[slip] in code, f"{slip}: no cell and no solution of {page} has it"
        assert int(number) == PAGES[page].number, slip


def test_a_step_with_the_wrong_sign_raises_the_loss():
    says("teaching", "| the wrong sign | take one step and print the loss before and after |")
    t = tiny_example()
    before, dW, db = loss_and_gradient(t.X, t.y, t.W, t.b)
    for eta in (0.01, 0.1, 1.0):
        assert loss(t.X, t.y, t.W + eta * dW, t.b + eta * db) > before


def test_the_bias_takes_up_the_frequencies_and_the_zero_of_the_data_and_steepens_nothing():
    says(
        "notation",
        "it lifts a class for all samples alike, as the class is common and as the zero of the "
        "data lies, and adds nothing to how steeply the scores turn.",
    )
    rng = np.random.default_rng(3)
    X, y = rng.normal(size=(60, 2)), np.repeat([0, 1, 2], [40, 15, 5])

    def best(X, y):
        fit = minimise(X, y, np.zeros((2, 3)), np.zeros(3), strength=0.5, tolerance=1e-9)
        return fit[0], fit[1] - fit[1].mean()

    W, b = best(X, y)
    assert list(np.argsort(-b)) == [0, 1, 2]  # as the classes are common
    np.testing.assert_allclose(
        softmax(scores(X, W, b)).mean(axis=0), np.bincount(y) / 60, atol=1e-6
    )
    # With the classes as common as before, another zero of the data moves the biases, and only it.
    c = np.array([4.0, -2.0])
    W_moved, b_moved = best(X + c, y)
    np.testing.assert_allclose(W_moved, W, atol=1e-6)
    shift = -c @ W
    np.testing.assert_allclose(b_moved, b + shift - shift.mean(), atol=1e-5)
    assert np.abs(b_moved - b).max() > 0.1
    # However large the bias, two samples' scores differ as before.
    differences = [np.diff(scores(X[:2], W, s * b), axis=0) for s in (0, 1, 50)]
    np.testing.assert_allclose(differences[1], differences[0], atol=1e-12)
    np.testing.assert_allclose(differences[2], differences[0], atol=1e-10)
    for name, page in PAGES.items():
        only = re.search(r"bias(es)?\W+(it |they )?only sets?\b", page.text)
        assert not only, f"{name}: {only[0]}"


def test_no_page_calls_class_means_untrained():
    """Class means are fitted to the labels, though by no gradient. Neighbours are not."""
    pattern = r"nobody trained|without (any )?training|no training|untrained|nothing was trained"
    for name, page in PAGES.items():
        if name == "10_neighbours":
            continue
        found = re.search(pattern, page.text, re.IGNORECASE)
        assert not found, f"{name}: {found[0]}"


def test_a_row_by_its_number_is_the_place_in_the_array():
    says(
        "notation",
        'What is called by its place in an array has Python\'s number, from 0: "row 0" is the '
        "first row.",
    )
    says("02_overflow_guard", "rows 0 and 2 break (a row's number is Python's, from 0).")
    says("04_cross_entropy", "Framed are −0.143 in row 0, class 1, and −1.327 in row 1, class 0.")
    for name, page in PAGES.items():
        assert not re.search(r"\b([Ss]ample|[Pp]icture|[Pp]icture number) 0\b", page.text), name


@pytest.mark.parametrize("slip", ["softmax_without_keepdims", "shift_without_keepdims"])
def test_a_forgotten_keepdims_runs_for_one_sample_and_one_class_too(slip):
    assert "unless N = C, or N or C is 1" in SLIPS["lost-keepdims"].effect
    wrong = getattr(mistakes, slip)
    right = {"softmax_without_keepdims": softmax, "shift_without_keepdims": shift_scores}[slip]
    assert "unless N = C, or N or C is 1" in wrong.__doc__
    F = np.random.default_rng(0).normal(size=(4, 4))
    np.testing.assert_allclose(wrong(F[:1]), right(F[:1]))
    assert wrong(F[:, :1]).shape == (4, 4)
    assert wrong(F).shape == (4, 4)
    for n_samples, n_classes in ((2, 3), (3, 2), (4, 3)):
        with pytest.raises(ValueError, match="broadcast"):
            wrong(F[:n_samples, :n_classes])


@pytest.mark.parametrize(("row", "factor"), [([2.0, 1.0, 0.0], 1 / 2), ([0.5, 0.0, -1.0], 2)])
def test_dividing_by_the_maximum_shrinks_differences_or_stretches_them(row, factor):
    assert SLIPS["divided-by-maximum"].effect.startswith("The differences change, and turn round")
    assert "the differences change, or turn round" in mistakes.divide_by_row_maximum.__doc__
    np.testing.assert_allclose(
        np.diff(mistakes.divide_by_row_maximum([row])[0]), factor * np.diff(row)
    )


def test_only_the_files_of_the_part_that_is_asked_for_are_fetched(monkeypatch):
    """The published sizes are 9912422, 28881, 1648877 and 4542 bytes."""
    says("07_training", "it needs 9.9 MB of data once.")
    assert "9.9 MB to train on and 1.7 MB to test" in " ".join(data.load_mnist.__doc__.split())
    assert round((9912422 + 28881) / 1e6, 1) == 9.9
    assert round((1648877 + 4542) / 1e6, 1) == 1.7
    asked = []

    def fetch(file, **_):
        asked.append(file.name)
        return file

    monkeypatch.setattr(data, "fetch", fetch)
    monkeypatch.setattr(data, "read_idx", lambda file, ndim: np.zeros((2, 2, 2)[:ndim], int))
    data.load_mnist("train")
    assert asked == ["train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz"]
