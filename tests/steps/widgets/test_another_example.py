"""Another example: the browser draws and works out what the package does, and names each slip."""

import functools
import json
import re

import numpy as np
import pytest

from softmax_steps import cross_entropy, fresh_example, log_softmax, mistakes, softmax
from softmax_steps.advice import ADVICE
from softmax_steps.plots.stills.another_example import draw_another_example
from softmax_steps.widgets import AnotherExample
from softmax_steps.widgets.another_example import BY_HAND, LINES, MOST, NAMED, WITHIN

NUMBERS, CHECK = "parts/example_numbers", "parts/example_check"
SEEDS = [*range(1000), 10**9 - 1, 2**31 - 3, 2**31 - 2, 2**31]
DRAW = "return data.map((seed) => view.freshExample(seed));"
WORK = "return data.map((seed) => view.workThrough(view.freshExample(seed)));"
# What becomes of each typed cell, and what is said of the one that is asked for.
JUDGE = """return data.cases.map(({ example, typed, asked }) => {
  const checked = view.check(example, typed, data.within);
  const [line, i, j] = asked ?? [];
  const term = (name, r, c) => (data.knows ? `<${name}${r}${c}>` : null);
  return {
    verdicts: checked.verdicts,
    slip: asked && view.nameSlip(example, checked, typed, data.within, line, i, j),
    how: asked && view.recipe(example, term, line, i, j),
  };
});"""


def as_page_has_it(seed):
    t = fresh_example(seed)
    return {
        "X": t.X.tolist(),
        "y": t.y.tolist(),
        "W": t.W.tolist(),
        "b": t.b.tolist(),
        "strength": t.strength,
    }


@functools.cache
def answers(seed):
    return AnotherExample(seed).answers()


def judge(in_javascript, cases, *, knows=False):
    data = {"cases": cases, "within": WITHIN, "knows": knows}
    return in_javascript(CHECK, JUDGE, data)


def written(line, values, digits=3):
    """Return the texts of a line's cells, by their names."""
    return {
        f"{line}{i}{j}": f"{value:.{digits}f}"
        for (i, j), value in np.ndenumerate(np.asarray(values))
    }


def all_written(seed, digits=3):
    cells = {}
    for line, values in answers(seed).items():
        cells |= written(line, values, digits)
    return cells


def test_the_browser_draws_the_same_example_from_the_same_seed(in_javascript):
    for seed, drawn in zip(SEEDS, in_javascript(NUMBERS, DRAW, SEEDS), strict=True):
        assert drawn == as_page_has_it(seed), seed


def test_the_browser_finds_what_the_package_finds(in_javascript):
    seeds = SEEDS[: MOST + 1 : 7]
    for seed, found in zip(seeds, in_javascript(NUMBERS, WORK, seeds), strict=True):
        right = answers(seed)
        assert list(found) == list(right) == list(LINES)
        for line, values in right.items():
            np.testing.assert_allclose(found[line], values, rtol=1e-13, atol=1e-15, err_msg=line)


def test_the_lines_have_the_same_formulas_on_the_page_and_in_the_picture(in_javascript):
    lines = in_javascript(NUMBERS, "return view.LINES.map((x) => [x.name, x.formula]);", None)
    assert dict(lines) == LINES


def test_every_cell_is_right_with_three_decimals_and_wrong_beyond_what_is_allowed(in_javascript):
    seeds = range(60)
    right = [{"example": as_page_has_it(s), "typed": all_written(s)} for s in seeds]
    off = []
    for seed in seeds:
        cells = {cell: f"{float(text) + 0.1:.3f}" for cell, text in all_written(seed).items()}
        off.append({"example": as_page_has_it(seed), "typed": cells})
    for found in judge(in_javascript, right):
        assert len(found["verdicts"]) == 44
        assert set(found["verdicts"].values()) == {"right"}
    for found in judge(in_javascript, off):
        assert set(found["verdicts"].values()) == {"wrong"}


def test_whoever_goes_on_with_rounded_numbers_is_right_all_the_way(in_javascript):
    """By hand: each line from the numbers of the lines before as they were written down."""
    cases = []
    for seed in range(60):
        t, found = fresh_example(seed), {}
        rounded = lambda values: np.round(np.asarray(values, dtype=float), 3)  # noqa: E731
        found["F"] = t.X @ t.W + t.b
        found["shifted"] = found["F"] - found["F"].max(axis=1, keepdims=True)
        found["E"] = rounded(np.exp(found["shifted"]))
        found["P"] = rounded(found["E"] / found["E"].sum(axis=1, keepdims=True))
        found["losses"] = rounded(-np.log(found["P"][np.arange(2), t.y]))[:, np.newaxis]
        found["data_loss"] = rounded([[found["losses"].mean()]])
        found["penalty"] = rounded([[t.strength / 2 * np.sum(t.W**2)]])
        found["loss"] = rounded(found["data_loss"] + found["penalty"])
        found["dF"] = rounded((found["P"] - np.eye(3)[t.y]) / 2)
        found["dW"] = rounded(t.X.T @ found["dF"] + t.strength * t.W)
        found["db"] = rounded([found["dF"].sum(axis=0)])
        typed = {}
        for line, values in found.items():
            typed |= written(line, values)
        cases.append({"example": as_page_has_it(seed), "typed": typed})
    for seed, found in enumerate(judge(in_javascript, cases)):
        assert set(found["verdicts"].values()) == {"right"}, seed


# --- the slips: each made by the function of softmax_steps.mistakes where there is one ---


def slips(seed):
    """Return (line, id, the wrong line) of every slip that is named."""
    t = fresh_example(seed)
    X, y, W, b, strength = t.X, t.y, t.W, t.b, t.strength
    right = answers(seed)
    F, shifted, E, P, losses, dF, dW, db = (
        right[name] for name in ("F", "shifted", "E", "P", "losses", "dF", "dW", "db")
    )
    data_loss, penalty = right["data_loss"].item(), right["penalty"].item()
    Y, log_p = np.eye(3)[y], log_softmax(F)
    true = P[[0, 1], y][:, np.newaxis]
    back = X.T @ dF
    pull = strength * W
    return [
        ("F", "bias-left-out", X @ W),
        ("F", "bias-subtracted", X @ W - b),
        ("F", "transposed-data", X.T @ W + b),
        ("shifted", "whole-matrix-guard", mistakes.whole_matrix_shift(F)),
        ("shifted", "wrong-axis", mistakes.shift_by_column_maximum(F)),
        ("shifted", "row-mean-guard", mistakes.shift_by_row_mean(F)),
        ("shifted", "minimum-for-maximum", F - F.min(axis=1, keepdims=True)),
        ("shifted", "guard-added", F + F.max(axis=1, keepdims=True)),
        ("shifted", "unchanged-scores", F),
        ("E", "no-guard", np.exp(F)),
        ("E", "sign-of-exponent", np.exp(-shifted)),
        ("E", "base-ten", 10.0**shifted),
        ("E", "base-ten", 2.0**shifted),
        ("E", "unchanged-exponent", shifted),
        ("P", "wrong-axis", E / E.sum(axis=0)),
        ("P", "whole-sum", E / E.sum()),
        ("P", "not-divided", E),
        ("P", "scores-divided", shifted / shifted.sum(axis=1, keepdims=True)),
        ("losses", "sign-of-logarithm", np.log(true)),
        ("losses", "other-base", -np.log10(true)),
        ("losses", "other-base", -np.log2(true)),
        ("losses", "largest-for-true", cross_entropy(log_p, F.argmax(axis=1))[:, np.newaxis]),
        ("losses", "no-logarithm", true),
        ("losses", "one-minus", 1 - true),
        ("data_loss", "sum-for-mean", [[mistakes.summed_loss(log_p, y)]]),
        ("data_loss", "classes-for-samples", [[losses.sum() / 3]]),
        ("data_loss", "mean-over-classes", [[data_loss / 3]]),
        ("penalty", "penalty-factor-two", [[2 * penalty]]),
        ("penalty", "strength-forgotten", [[np.sum(W**2) / 2]]),
        ("penalty", "strength-forgotten", [[np.sum(W**2)]]),
        ("penalty", "halved-twice", [[penalty / 2]]),
        ("penalty", "strength-squared", [[strength * penalty]]),
        ("penalty", "bias-penalised", [[penalty + strength / 2 * np.sum(b**2)]]),
        ("penalty", "norm-not-squared", [[strength / 2 * np.sqrt(np.sum(W**2))]]),
        ("penalty", "data-penalised", [[mistakes.penalise_the_data(X, strength=strength)]]),
        ("penalty", "weights-not-squared", [[strength / 2 * np.sum(W)]]),
        ("loss", "penalty-missing", [[data_loss]]),
        ("loss", "sum-for-mean", [[losses.sum() + penalty]]),
        ("loss", "penalty-in-the-mean", [[(losses.sum() + penalty) / 2]]),
        ("loss", "penalty-for-each-sample", [[data_loss + 2 * penalty]]),
        ("loss", "penalty-sign", [[data_loss - penalty]]),
        ("dF", "missing-mean", P - Y),
        ("dF", "missing-mean", Y - P),
        ("dF", "wrong-sign", -dF),
        ("dF", "one-hot-left", P / 2),
        ("dF", "one-hot-left", P),
        ("dF", "one-hot-added", (P + Y) / 2),
        ("dF", "divided-twice", dF / 2),
        ("dF", "classes-for-samples", (P - Y) / 3),
        ("dF", "divided-by-classes", dF / 3),
        ("dW", "penalty-missing", back),
        ("dW", "missing-mean", X.T @ (P - Y) + pull),
        ("dW", "wrong-sign", -dW),
        ("dW", "penalty-sign", back - pull),
        ("dW", "penalty-factor-two", back + 2 * pull),
        ("dW", "penalty-halved", back + pull / 2),
        ("dW", "data-sign", pull - back),
        ("dW", "one-hot-left", X.T @ P / 2 + pull),
        ("dW", "transposed-data", X @ dF + pull),
        ("db", "missing-mean", 2 * db),
        ("db", "divided-twice", db / 2),
        ("db", "wrong-sign", -db),
        ("db", "bias-penalised", db + strength * b),
        ("db", "one-hot-left", [P.mean(axis=0)]),
    ]


def test_every_slip_that_is_made_in_a_whole_line_is_named(in_javascript):
    """In most examples: where a slip makes a cell that is right, or another slip's, it is not."""
    asked, made = [], []
    for seed in range(40):
        right = answers(seed)
        for line, slip, wrong in slips(seed):
            wrong = np.asarray(wrong, dtype=float)
            typed = all_written(seed) | written(line, wrong)
            cells = np.argwhere(np.abs(wrong - right[line]) > 0.01)
            if len(cells):
                i, j = map(int, cells[0])
                case = {"example": as_page_has_it(seed), "typed": typed, "asked": [line, i, j]}
                asked.append(case)
                made.append((line, slip))
    named = {}
    for (line, slip), found in zip(made, judge(in_javascript, asked), strict=True):
        named.setdefault((line, slip), []).append(found["slip"] == slip)
    assert set(named) == {(line, slip) for line, slip, _ in slips(1)}
    seldom = {key: np.mean(each) for key, each in named.items() if np.mean(each) < 0.5}
    assert not seldom


def test_labels_counted_from_one_are_named(in_javascript):
    """Where no true class is 0: there a probability of its own stands before it."""
    cases = []
    for seed in range(80):
        t = fresh_example(seed)
        i = int(t.y.argmax())
        P = softmax(t.X @ t.W + t.b)
        if P[i].argmax() != t.y[i] - 1:  # then it is also the largest, which is said
            wrong = {f"losses{i}0": f"{-np.log(P[i, t.y[i] - 1]):.3f}"}
            cases.append(
                {"example": as_page_has_it(seed), "typed": wrong, "asked": ["losses", i, 0]}
            )
    found = [each["slip"] for each in judge(in_javascript, cases)]
    assert found.count("labels-from-one") > 0.7 * len(found) > 10


def test_each_slip_of_the_view_has_a_sentence_and_each_sentence_its_slip(in_javascript):
    found = in_javascript(
        "parts/example_slips",
        "return Object.values(view.slipsOf(data.example, data.found)).flat().map(([id]) => id);",
        {
            "example": as_page_has_it(1),
            "found": {line: values.tolist() for line, values in answers(1).items()},
        },
    )
    general = {"sign", "digits", "close"}
    assert set(found) | general == set(NAMED) | set(BY_HAND)
    assert not set(BY_HAND) & set(ADVICE)
    sentences = AnotherExample().sentences
    assert sentences["wrong-axis"] == ADVICE["wrong-axis"].sentence
    assert all(sentence.endswith((".", "?")) for sentence in sentences.values())


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("digits", "digits"),
        ("sign", "sign"),
        ("close", "close"),
        ("far", ""),
    ],
)
def test_what_is_no_slip_is_told_how_near_it_is(in_javascript, text, said):
    value = answers(1)["E"][1, 0]  # 0.135
    typed = {
        "digits": f"{value:.1f}",
        "sign": f"{-value:.3f}",
        "close": f"{value + 0.013:.3f}",
        "far": "77",
    }[text]
    case = {"example": as_page_has_it(1), "typed": {"E10": typed}, "asked": ["E", 1, 0]}
    (found,) = judge(in_javascript, [case])
    assert (found["verdicts"]["E10"], found["slip"]) == ("wrong", said)


# Which cells of the lines before the way to a cell names, once the reader has them.
BEFORE = {
    "shifted12": ["F10", "F11", "F12", "F12"],
    "E02": ["shifted02"],
    "P11": ["E11", "E10", "E11", "E12"],
    "losses00": ["P02"],  # the true class is 2
    "data_loss00": ["losses00", "losses10"],
    "loss00": ["data_loss00", "penalty00"],
    "dF12": ["P12"],
    "dW10": ["dF00", "dF10"],
    "db01": ["dF01", "dF11"],
}


def test_the_way_to_a_cell_is_said_with_the_numbers_that_the_reader_has(in_javascript):
    asked = [
        [line, int(i), int(j)]
        for line, values in answers(1).items()
        for i, j in np.ndindex(values.shape)
    ]
    cases = [
        {"example": as_page_has_it(1), "typed": {f"{line}{i}{j}": "77"}, "asked": [line, i, j]}
        for line, i, j in asked
    ]
    names = [f"{line}{i}{j}" for line, i, j in asked]
    plain, known = (
        dict(
            zip(names, [each["how"] for each in judge(in_javascript, cases, knows=k)], strict=True)
        )
        for k in (False, True)
    )
    t = fresh_example(1)
    assert (t.X[0].tolist(), t.W[:, 0].tolist(), t.b[0], t.y[0]) == ([1, -2], [0, -1], 1, 2)
    assert plain["F00"] == "Row 1 of X times column 0 of W, plus b: 1 · 0 + (−2) · (−1) + 1."
    assert known["F00"] == plain["F00"]
    assert not any("<" in words or "null" in words for words in plain.values())
    for name, cells in BEFORE.items():
        assert re.findall(r"<(\w+)>", known[name]) == cells
    assert len(set(known.values())) == 44


def test_a_cell_is_read_with_either_sign_and_either_mark(in_javascript):
    texts = ["-0.117", "−0,117", "+3", ".5", "3.", " 1 ", "", "-", "1/2", "1e3", "0.1.1", "x"]
    read = in_javascript(NUMBERS, "return data.map((t) => view.readCell(t) ?? null);", texts)
    assert read == [-0.117, -0.117, 3, 0.5, 3, 1, None, None, None, None, None, None]


# --- the widget in Python ---


def test_python_works_out_again_what_the_reader_draws():
    widget = AnotherExample(7)
    widget.seed = 417
    says = widget.numpy_says
    assert says["seed"] == 417
    np.testing.assert_array_equal(says["F"], answers(417)["F"])
    assert np.shape(says["losses"]) == (2, 1)


def test_the_page_gets_the_seed_and_the_sentences_and_no_number_of_the_working():
    data, _ = AnotherExample(417)._repr_mimebundle_()
    script = re.search(r'<script type="application/json">(.*?)</script>', data["text/html"])
    state = json.loads(script.group(1))
    assert set(state) == {"seed", "step", "shown", "most", "within", "sentences"}
    assert (state["seed"], state["step"], state["shown"]) == (417, 1, "")


def test_a_plain_viewer_is_told_every_number_that_is_given():
    t = fresh_example(417)
    words = AnotherExample(417).picture().alt
    for numbers in (*t.X, *t.W, t.b):
        assert " ".join(f"{value:g}" for value in numbers) in words
    assert f"y is {t.y[0]} and {t.y[1]}" in words


def test_the_picture_has_each_number_and_each_line():
    figure = draw_another_example([("X", np.array([[1, -2], [3, 4]]))], 0.1, ["F = XW + b"])
    (ax,) = figure.axes
    assert [text.get_text() for text in ax.texts] == [
        *("X =", "1", "−2", "3", "4"),
        "λ = 0.1",
        "F = XW + b",
    ]


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"seed": 1000}, ValueError, "seed is 1000; expected at most 999"),
        ({"seed": -1}, ValueError, "seed is -1"),
        ({"seed": "a"}, TypeError, "seed is 'a'"),
        ({"step": 7}, ValueError, "step is 7; expected 1 to 6"),
        ({"step": 1.0}, TypeError, "step is 1.0"),
        ({"shown": "21"}, ValueError, "shown is '21'; expected steps in their order"),
        ({"shown": "7"}, ValueError, "shown is '7'"),
    ],
)
def test_bad_input_is_refused_by_name(arguments, error, message):
    with pytest.raises(error, match=re.escape(message)):
        AnotherExample(**arguments)
