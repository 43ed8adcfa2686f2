"""Each slip of ``book/notes_mended.md`` fails in the way that its section says.

A test here begins with ``says``: the section must hold the wrong form and the words as they are
quoted, so that neither they nor their test change alone.
"""

import re
from pathlib import Path

import numpy as np
import pytest

from softmax_book.sources import Prose, read_book
from softmax_steps import (
    compare_gradients,
    complex_step_gradient,
    cross_entropy,
    l2_gradient,
    l2_penalty,
    log_softmax,
    loss,
    loss_and_gradient,
    mistakes,
    one_hot,
    score_gradient,
    score_gradient_by_chain_rule,
    scores,
    softmax,
)
from softmax_steps.differentials import loss_differential, score_tensor
from softmax_steps.slips import SLIPS
from softmax_steps.two_layer import (
    initial_two_layer,
    two_layer_forward,
    two_layer_loss_and_gradient,
)

ROOT = Path(__file__).parents[2]
PAGES = read_book(ROOT)
PAGE = PAGES["book/notes_mended"]
NUMBERS = [f"E{number}" for number in range(1, 23)]


def sections():
    """Return {number: (group, text)} of the slips, in the order of the page."""
    group, found = "", {}
    for part in re.split(r"^(?=##+ )", PAGE.text, flags=re.MULTILINE):
        heading = part.splitlines()[0]
        if heading.startswith("## "):
            group = heading.removeprefix("## ")
        elif match := re.match(r"### (E\d+) · ", heading):
            found[match[1]] = group, part
    return found


SECTIONS = sections()


def says(number, *sentences):
    """Fail unless each sentence stands in the section of a slip, whatever its lines are."""
    text = " ".join(SECTIONS[number][1].split())
    for sentence in sentences:
        assert " ".join(sentence.split()) in text, f"{number} does not say: {sentence}"


class Problem:
    """A random problem of given sizes, and what follows from it."""

    def __init__(self, N, D, C, seed=0):
        rng = np.random.default_rng(seed)
        self.N, self.D, self.C, self.strength = N, D, C, 0.1
        self.X, self.y = rng.normal(size=(N, D)), np.arange(N) * 2 % C
        self.W, self.b = rng.normal(size=(D, C)), rng.normal(size=C)
        self.F = scores(self.X, self.W, self.b)
        self.P, self.log_p, self.Y = softmax(self.F), log_softmax(self.F), one_hot(self.y, C)
        self.dF = score_gradient(self.P, self.y)
        self.right = loss_and_gradient(self.X, self.y, self.W, self.b, strength=self.strength)
        self.measured = complex_step_gradient(self.loss_of, self.W)

    def loss_of(self, W):
        return loss(self.X, self.y, W, self.b, strength=self.strength)

    def compare(self, gradient):
        return compare_gradients(
            gradient, self.measured, X=self.X, y=self.y, W=self.W, strength=self.strength
        )

    def network(self, H, seed=1):
        rng = np.random.default_rng(seed)
        net = initial_two_layer(self.D, H, self.C, rng=rng)
        return net._replace(b1=rng.normal(size=H), b2=rng.normal(size=self.C))


@pytest.fixture(scope="module")
def apart():
    """Sizes that all differ."""
    return Problem(5, 4, 3)


@pytest.fixture(scope="module")
def square():
    """Sizes that are all equal."""
    return Problem(3, 3, 3)


# The page


def test_every_slip_of_the_notes_has_its_section_and_its_entry_in_the_registry():
    assert sorted(SECTIONS, key=NUMBERS.index) == NUMBERS
    noted = [slip for slip in SLIPS.values() if slip.note]
    assert {slip.note for slip in noted} == set(NUMBERS)
    running = {slip.note for slip in noted if slip.shows}
    assert set(NUMBERS) - running == {"E8"}  # a size, and no step


@pytest.mark.parametrize("number", NUMBERS)
def test_a_slip_is_written_wrong_run_and_corrected(number):
    """In this order; what a cell runs is the function of the registry."""
    text = SECTIONS[number][1]
    functions = [name for slip in SLIPS.values() if slip.note == number for name in slip.shows]
    wrong, ran, right = (text.find(w) for w in ("**Wrong", "```{code-cell}", "**Corrected"))
    assert 0 < wrong < ran < right
    assert not functions or any(f"mistakes.{name}" in text for name in functions)


def test_the_table_lists_each_slip_under_its_group_in_the_order_of_the_page():
    row = r"^\| \[([a-z <>]+)\]\(#([a-z-]+)\) \| ([^|]+) \| (.+) \|$"
    rows = re.findall(row, PAGE.text, re.MULTILINE)
    listed = []
    for group, anchor, habit, slips in rows:
        group = group.replace("<br>", " ")
        assert f"({anchor})=\n## {group.capitalize()}\n" in PAGE.text
        assert habit
        for slip in slips.split("<br>"):
            number, title, there, link = re.match(
                r"\[(E\d+) ([^]]+)\]\(#(e\d+)\), (.*)", slip
            ).groups()
            assert there == number.lower()
            assert f"### {number} · {title[0].upper()}{title[1:]}\n" in PAGE.text
            assert re.search(r"^\[?(Chapter \d|Notation)", link), f"{number}: explained where?"
            listed.append((number, group.capitalize()))
    assert listed == [(number, group) for number, (group, _) in SECTIONS.items()]


def test_each_group_begins_with_the_habit_that_catches_it():
    for group in {group for group, _ in SECTIONS.values()}:
        (text,) = re.findall(rf"^## {group}\n(.*?)^### ", PAGE.text, re.M | re.S)
        assert text.count("**The habit.**") == 1


def test_the_four_notes_own_all_slips_between_them():
    table = PAGE.text.partition("## The four notes")[2]
    owned = set()
    for row in re.findall(r"^\| \w+ \(\d{3}\).*$", table, re.M):
        cell = row.split(" | ")[3]
        for first, _, last in re.findall(r"E(\d+)( to E(\d+))?", cell):
            owned |= {f"E{n}" for n in range(int(first), int(last or first) + 1)}
    assert owned == set(NUMBERS)


def test_the_page_is_short():
    words = " ".join(part.text for part in PAGE.parts if isinstance(part, Prose))
    assert len(words.split()) <= 4000


# A wrong index


def test_e2_one_guard_for_all_rows():
    says("E2", "loses all its exponentials to 0", "take $\\max_k F_{ik}$, its own maximum")
    far = np.array([[1000.0, 999.0], [200.0, 199.0]])
    assert np.exp(mistakes.whole_matrix_shift(far))[1].tolist() == [0, 0]
    with pytest.warns(RuntimeWarning, match="invalid value"):
        wrong = mistakes.whole_matrix_softmax(far)
    np.testing.assert_allclose(wrong[0], softmax(far)[0])
    assert np.isnan(wrong[1]).all()
    np.testing.assert_allclose(softmax(far)[1], softmax(far - 200)[1])


def test_e5_a_sum_over_the_samples(apart):
    says("E5", r"$S = e^{f} / \sum_{i=1}^{n} e^{f}$, where $i$ already counts the samples.")
    wrong = mistakes.softmax_over_columns(apart.F)
    np.testing.assert_allclose(wrong.sum(axis=0), 1)
    assert not np.isclose(wrong.sum(axis=1), 1).any()
    np.testing.assert_allclose(apart.P.sum(axis=1), 1)
    others = apart.F.copy()
    others[1:] += 1  # the habit: another sample changes, and this one must not
    assert not np.allclose(mistakes.softmax_over_columns(others)[0], wrong[0])
    np.testing.assert_array_equal(softmax(others)[0], apart.P[0])


def test_e9_one_feature_for_the_whole_row(apart):
    says("E9", r"$\partial f_j / \partial W_{:,j} = X_{ij}$", "over the whole column")
    wrong = mistakes.gradient_with_one_feature(apart.X, apart.P, apart.y)
    right = loss_and_gradient(apart.X, apart.y, apart.W, apart.b).dW
    assert wrong.shape == right.shape
    np.testing.assert_allclose(np.ptp(wrong, axis=0), 0, atol=1e-15)
    assert np.all(np.ptp(right, axis=0) > 0.01)
    few = Problem(4, 2, 3)  # fewer features than classes
    with pytest.raises(IndexError):
        mistakes.gradient_with_one_feature(few.X, few.P, few.y)


def test_e10_the_labels_row_for_the_samples():
    says(
        "E10",
        "$f_{y_i} = X_{y_i, j} W_{:,y_i}$",
        "All samples of one class get the same number.",
        "only where a sample's place and its label happen to be the same",
    )
    problem = Problem(9, 4, 3)
    wrong = mistakes.true_scores_from_the_labels_row(problem.X, problem.W, problem.y)
    right = scores(problem.X, problem.W)[np.arange(9), problem.y]
    for label in range(3):
        assert np.ptp(wrong[problem.y == label]) == 0
    np.testing.assert_array_equal(np.isclose(wrong, right), np.arange(9) == problem.y)


def test_e11_the_samples_index_for_the_classs(apart, square):
    says("E11", r"$\partial L_i / \partial f_i$", "only the diagonal is filled")
    with pytest.raises(IndexError, match="out of bounds"):
        mistakes.score_gradient_on_the_diagonal(apart.P, apart.y)
    wrong = mistakes.score_gradient_on_the_diagonal(square.P, square.y)
    np.testing.assert_allclose(wrong, np.diag(np.diag(square.dF)))
    assert np.all(square.dF != 0)


def test_e11_one_letter_that_is_asked_for_and_runs(apart):
    says("E11", "all terms stay, and the probability is gone", "let $k$ run")
    E, x = np.exp(apart.F[0]), apart.X[0]
    wrong = sum(E[j] * x for j in range(apart.C)) / E.sum()
    np.testing.assert_allclose(wrong, x)  # the same for every class

    def log_sum(W):
        return np.log(np.exp(x @ W + apart.b).sum())

    right = complex_step_gradient(log_sum, apart.W)
    np.testing.assert_allclose(right, np.outer(x, apart.P[0]))
    assert not np.isclose(right, wrong[:, np.newaxis]).any()


def test_e12_labels_counted_from_1(apart):
    says(
        "E12",
        r"$y_i = \{1, \dots, M\}$",
        "The whole batch stops with an error.",
        "charged for the class after its own",
    )
    with pytest.raises(IndexError, match="out of bounds"):
        mistakes.cross_entropy_with_labels_from_one(apart.log_p, apart.y + 1)
    few = apart.y < apart.C - 1
    log_p, y = apart.log_p[few], apart.y[few]
    wrong = mistakes.cross_entropy_with_labels_from_one(log_p, y + 1)
    np.testing.assert_array_equal(wrong, cross_entropy(log_p, y + 1))
    assert not np.isclose(wrong, cross_entropy(log_p, y)).any()


def test_e4_the_data_penalised(apart):
    says("E4", r"$\frac{\lambda}{2} \lVert x \rVert^2$", "A price moves only what it depends on")

    def wrong_loss(W):
        data = loss(apart.X, apart.y, W, apart.b)
        return data + mistakes.penalise_the_data(apart.X, strength=apart.strength)

    slope = complex_step_gradient(wrong_loss, apart.W)
    without = loss_and_gradient(apart.X, apart.y, apart.W, apart.b).dW
    np.testing.assert_allclose(slope, without, atol=1e-12)  # λ has no effect
    assert mistakes.penalise_the_data(apart.X, strength=0.1) > 0


def test_e21_one_bias_for_two_layers(apart, square):
    says("E21", "$O_1 = X W_1 + b$", "With as many hidden units as classes it runs")
    net = apart.network(H=2)
    with pytest.raises(ValueError, match="broadcast"):
        mistakes.two_layer_scores_with_one_bias(apart.X, net.W1, net.W2, net.b2)
    net = square.network(H=3)
    wrong = mistakes.two_layer_scores_with_one_bias(square.X, net.W1, net.W2, net.b2)
    right = two_layer_forward(square.X, *net).O2
    assert wrong.shape == right.shape
    assert np.abs(wrong - right).max() > 0.1
    alike = net._replace(b1=net.b2)  # one bias for two is what it computes
    np.testing.assert_allclose(wrong, two_layer_forward(square.X, *alike).O2)


# A wrong shape that fits


def test_e1_one_size_for_three(apart, square):
    says("E1", r"all with $n \times n$ entries", "has a shape as good as any")
    with pytest.raises(ValueError, match="mismatch"):
        mistakes.scores_with_transposed_weights(apart.X, apart.W)
    wrong = mistakes.scores_with_transposed_weights(square.X, square.W)
    right = scores(square.X, square.W)
    assert wrong.shape == right.shape
    assert not np.isclose(wrong, right).any()


def test_e8_two_digits_swapped():
    says("E8", "3703 features", r"$32 \cdot 32 \cdot 3 + 1 = 3073$", "nothing would have")
    assert 32 * 32 * 3 + 1 == 3073
    with pytest.raises(ValueError, match=r"X has 3073 columns .* but W has 3703 rows"):
        scores(np.zeros((500, 3073)), np.zeros((3703, 10)))
    assert np.zeros((3703, 10)).shape[0] == 3703


def test_e15_the_product_entry_by_entry(apart, square):
    says("E15", r"$F = X \mathbin{.*} W$", "the shape is right, and no entry is")
    with pytest.raises(ValueError, match="broadcast"):
        mistakes.scores_entry_by_entry(apart.X, apart.W)
    wrong = mistakes.scores_entry_by_entry(square.X, square.W)
    right = scores(square.X, square.W)
    assert wrong.shape == right.shape
    assert not np.isclose(wrong, right).any()


def test_e19_a_matrix_where_its_trace_is_meant(apart):
    says("E19", r"$(e^{a\mathsf T} \odot \mathbf 1)\, da$, used as a number", "the line broadcasts")
    a, da = apart.F[:1], np.array([[0.02, -0.01, 0.03]])
    matrix = mistakes.log_sum_differential_without_trace(a, da)
    assert matrix.shape == (3, 3)
    used = -apart.Y[:1] @ da.T + matrix
    assert used.shape == (3, 3)  # where one number is meant
    one = apart.X[:1], apart.y[:1]
    step = {"dW": np.zeros_like(apart.W), "db": da[0]}  # moves the scores by da
    right = loss_differential(*one, apart.W, apart.b, **step).dL
    np.testing.assert_allclose(-apart.Y[:1] @ da.T + np.trace(matrix), right)
    assert not np.isclose(used, right).any()
    says("E19", "So does $e^{a\\mathsf T} \\odot da$")
    np.testing.assert_allclose(np.exp(a).T * da / np.exp(a).sum(), matrix)


# A lost factor


def test_e13_a_gradient_half_done(apart):
    says(
        "E13",
        "ends as $X^{\\mathsf T} (P - Y)$",
        "which nothing averages",
        "no single slip explains it",
        "names the other",
    )
    half = mistakes.weight_gradient_half_done(apart.X, apart.P, apart.Y)
    report = apart.compare(half)
    assert not report
    assert report.slip is None
    report = apart.compare(half + l2_gradient(apart.W, strength=apart.strength))
    assert SLIPS["missing-mean"].diagnose(N=5) in report.slip
    mended = half / apart.N + l2_gradient(apart.W, strength=apart.strength)
    assert apart.compare(mended)


def test_e14_two_conventions_for_one_penalty(apart):
    says("E14", r"the first loss with the second gradient, $2 \lambda W$", "at half the number")
    data = apart.X.T @ apart.dF
    doubled = mistakes.l2_gradient_of_another_penalty(apart.W, strength=apart.strength)
    report = apart.compare(data + doubled)
    assert report.slip == SLIPS["penalty-factor-two"].diagnosis
    halved = mistakes.l2_gradient_of_another_penalty(apart.W, strength=apart.strength / 2)
    assert apart.compare(data + halved)


def test_e22_a_sum_and_no_penalty(apart):
    says("E22", r"$L = \sum_i -\log P_{i y_i}$", "Both weight matrices are penalised")
    net = apart.network(H=2)
    XX, yy = np.vstack([apart.X, apart.X]), np.append(apart.y, apart.y)

    def summed(X, y, *params):
        return mistakes.summed_loss(log_softmax(two_layer_forward(X, *params).O2), y)

    assert summed(XX, yy, *net) == pytest.approx(2 * summed(apart.X, apart.y, *net))
    once, twice = (
        two_layer_loss_and_gradient(X, y, *net, strength=0.1)
        for X, y in ((apart.X, apart.y), (XX, yy))
    )
    assert once.loss == pytest.approx(twice.loss)
    assert summed(apart.X, apart.y, *net) != pytest.approx(once.loss)
    # Its gradient is N times too large, and without λW.
    slope = complex_step_gradient(lambda W2: summed(apart.X, apart.y, *net[:2], W2, net.b2), net.W2)
    np.testing.assert_allclose(slope, 5 * (once.dW2 - 0.1 * net.W2))


# A wrong order


def test_e3_a_loss_that_is_a_matrix(apart):
    says(
        "E3",
        r"$-Y \ln S + \frac{\lambda}{2} \lVert W \rVert^2$",
        r"the $N \cdot C$ entries",
    )
    wrong = mistakes.loss_without_sums(apart.log_p, apart.Y, apart.W, strength=apart.strength)
    assert wrong.shape == (5, 3)
    penalty = l2_penalty(apart.W, strength=apart.strength)
    data = cross_entropy(apart.log_p, apart.y)
    assert wrong.sum() == pytest.approx(data.sum() + 15 * penalty)
    assert apart.loss_of(apart.W) == pytest.approx(data.mean() + penalty)


def test_e20_one_layers_names_for_the_other(apart, square):
    says(
        "E20",
        r"are called $\partial L/\partial W_2$ and $\partial L/\partial b_2$ again",
        "they overwrite what was there",
        "all shapes would fit, and the first layer would just never learn.",
    )
    for problem, H in ((apart, 2), (square, 3)):
        net = problem.network(H)
        O1, hidden, O2 = two_layer_forward(problem.X, *net)
        dO2 = score_gradient(softmax(O2), problem.y)
        dO1 = (dO2 @ net.W2.T) * (O1 > 0)
        named = mistakes.two_layer_gradient_named_twice(problem.X, hidden, dO2, dO1)
        right = two_layer_loss_and_gradient(problem.X, problem.y, *net)
        assert sorted(named) == ["W2", "b2"]  # the first layer has none
        np.testing.assert_allclose(named["W2"], right.dW1)
        np.testing.assert_allclose(named["b2"], right.db1)
        fits = named["W2"].shape == net.W2.shape and named["b2"].shape == net.b2.shape
        assert fits is (problem is square)


# Computed where it should be combined


def test_e6_a_chain_rule_without_its_sum(apart):
    says("E6", "as if the factors were numbers", "The wrong classes are never pushed down.")
    wrong = mistakes.chain_rule_element_by_element(apart.P, apart.Y)
    assert np.all(wrong[apart.Y == 0] == 0)
    assert np.all(apart.dF[apart.Y == 0] > 0)
    np.testing.assert_allclose(score_gradient_by_chain_rule(apart.P, apart.y), apart.dF)
    P = softmax([[1000.0, 0.0, 0.0]])
    with pytest.raises(ValueError, match="divided by it has no value"):
        score_gradient_by_chain_rule(P, [1])
    assert score_gradient(P, [1]).tolist() == [[1, -1, 0]]


def test_e7_the_logarithm_of_a_computed_softmax():
    says("E7", r"$\ln S$, with $S$ computed first", "never rounded to 0")
    with pytest.warns(RuntimeWarning, match="divide by zero"):
        assert mistakes.log_of_softmax([[1000.0, 0.0]]).tolist() == [[0, -np.inf]]
    assert log_softmax([[1000.0, 0.0]]).tolist() == [[0, -1000]]


# A question left open


def test_e18_without_a_logarithm_two_models_are_alike():
    says("E18", "The first gives every label 0.1, the second 0.15")
    y = np.zeros(400, dtype=int)
    rows = [np.log(np.tile([p, 1 - p], (400, 1))) for p in (0.1, 0.15)]
    assert [mistakes.likelihood_as_a_product(log_p, y) for log_p in rows] == [0, 0]
    worse, better = (cross_entropy(log_p, y).mean() for log_p in rows)
    assert worse == pytest.approx(-np.log(0.1))
    assert better == pytest.approx(-np.log(0.15))
    few = y[:5]
    np.testing.assert_allclose(mistakes.likelihood_as_a_product(rows[0][:5], few), 0.1**5)


def test_e16_the_other_order(apart, square):
    says("E16", "In the square problem the other order fits as well, and is wrong.")
    T = score_tensor(apart.X, apart.C)
    summed = np.einsum("ijdk,ij->dk", T, apart.dF)
    right = loss_and_gradient(apart.X, apart.y, apart.W, apart.b).dW
    np.testing.assert_allclose(summed, right)
    with pytest.raises(ValueError, match="mismatch"):
        mistakes.weight_gradient_in_the_other_order(apart.X, apart.dF)
    wrong = mistakes.weight_gradient_in_the_other_order(square.X, square.dF)
    right = loss_and_gradient(square.X, square.y, square.W, square.b).dW
    assert wrong.shape == right.shape
    assert np.abs(wrong - right).max() > 0.05


def test_e17_stopped_at_the_scores(apart, square):
    says("E17", "to stop there and to step by it", "one product more for each")
    with pytest.raises(ValueError, match="broadcast"):
        mistakes.step_by_the_score_gradient(apart.W, apart.dF, learning_rate=0.5)
    # Where it runs, the features have no say: other data with the same errors, the same step.
    wrong = mistakes.step_by_the_score_gradient(square.W, square.dF, learning_rate=0.5)
    assert wrong.shape == square.W.shape
    assert not np.allclose(wrong, square.W - 0.5 * square.X.T @ square.dF)
    right = loss_and_gradient(apart.X, apart.y, apart.W, apart.b)
    np.testing.assert_allclose(apart.X.T @ apart.dF, right.dW)
    np.testing.assert_allclose(apart.dF.sum(axis=0), right.db)


# The recap


def test_equal_sizes_hide_seven_slips(apart, square):
    assert "Equal sizes hide seven of the slips on this page." in PAGE.text

    def network_step(problem, H):
        net = problem.network(H)
        O1, hidden, O2 = two_layer_forward(problem.X, *net)
        dO2 = score_gradient(softmax(O2), problem.y)
        dO1 = (dO2 @ net.W2.T) * (O1 > 0)
        named = mistakes.two_layer_gradient_named_twice(problem.X, hidden, dO2, dO1)
        return net.W2 - named["W2"], net.b2 - named["b2"]

    def network_scores(problem, H):
        net = problem.network(H)
        return mistakes.two_layer_scores_with_one_bias(problem.X, net.W1, net.W2, net.b2)

    hidden = {
        "E1": lambda p: mistakes.scores_with_transposed_weights(p.X, p.W),
        "E11": lambda p: mistakes.score_gradient_on_the_diagonal(p.P, p.y),
        "E15": lambda p: mistakes.scores_entry_by_entry(p.X, p.W),
        "E16": lambda p: mistakes.weight_gradient_in_the_other_order(p.X, p.dF),
        "E17": lambda p: mistakes.step_by_the_score_gradient(p.W, p.dF, learning_rate=1),
        "E20": lambda p: network_step(p, 3 if p is square else 2),
        "E21": lambda p: network_scores(p, 3 if p is square else 2),
    }
    assert len(hidden) == 7
    for wrong in hidden.values():
        wrong(square)
        with pytest.raises((ValueError, IndexError)):
            wrong(apart)
