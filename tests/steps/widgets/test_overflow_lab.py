"""The overflow lab: NumPy's own numbers bit for bit, its verdicts, its words, its picture."""

import json
import re

import numpy as np
import pytest
import traitlets

from softmax_steps.overflow_working import DTYPES, METHODS, rows_of, verdicts, walls, working
from softmax_steps.widgets import OverflowLab
from softmax_steps.widgets.overflow_lab import LARGEST_SCORE

ARITHMETIC = "parts/overflow_arithmetic"
LAB = """
const kinds = Object.fromEntries(view.TYPES.map((type) =>
  [type, view.arithmetic(type, data.corrections[type])]));
"""


@pytest.fixture(scope="module")
def corrections():
    return OverflowLab().corrections


def number(value):
    """Node prints Infinity, Python inf."""
    return float(value.replace("Infinity", "inf")) if isinstance(value, str) else float(value)


def same(theirs, ours):
    return np.array_equal([number(value) for value in theirs], ours, equal_nan=True)


def random_scores(rng, count):
    """Scores of every size, most of them within one type's walls of each other."""
    cases = []
    for _ in range(count):
        spread = rng.choice([3, 20, 120, 800, 3000, 70_000])
        centre = rng.choice([0, 11, -17, 88, -103, 709, -745, 2048, 65_520])
        F = rng.integers(-spread, spread, (2, 3), endpoint=True)
        F = F + rng.choice([0, centre], (2, 1)) if rng.random() < 0.8 else F
        cases.append(np.clip(F, -100_000, 100_000).tolist())
    return cases


EXTREMES = [
    [[0, 0, 0], [0, 0, 0]],
    [[100_000] * 3, [-100_000] * 3],
    [[100_000, 0, -100_000], [-100_000, 100_000, 0]],
    [[65_504, 65_519, 65_520], [-65_504, -65_519, -65_520]],
    [[2049, 2050, 2051], [4097, 4098, 4099]],
    [[11, 11, 11], [12, 11, 10]],
    [[-17, -17, -17], [-18, -18, -17]],
    [[88, 88, 88], [89, 88, 87]],
    [[-103, -104, -104], [-104, -104, -104]],
    [[709, 709, 709], [710, 709, 0]],
    [[-745, -745, -746], [-746, -746, -746]],
    [[1000, 999, 998], [800, 0, 0]],
    [[1000, 400, 0], [-800, -804, -804]],
]


@pytest.fixture(scope="module")
def numpys():
    """Scores, and for each type and method NumPy's rows of steps and their verdicts."""
    arguments = [[[k, 0, -1], [-k, -(k // 2), -k - 1]] for k in range(750)]
    sums = [[[0, -a, -b], [-a, -b, 0]] for a in range(41) for b in range(a, 41)]
    cases = random_scores(np.random.default_rng(21), 400) + EXTREMES + arguments + sums
    found = []
    for scores in cases:
        for dtype in DTYPES:
            for method in METHODS:
                steps = working(scores, dtype, method)
                found.append((rows_of(steps), verdicts(steps, dtype, method)))
    return cases, found


def test_every_number_and_verdict_is_numpys(corrections, numpys, in_javascript):
    cases, found = numpys
    found = iter(found)
    from_view = in_javascript(
        ARITHMETIC,
        LAB + "return data.cases.map((scores) => view.lab(scores, kinds));",
        {"corrections": corrections, "cases": cases},
    )
    seen = set()
    for scores, shown in zip(cases, from_view, strict=True):
        for dtype in DTYPES:
            for method in METHODS:
                theirs, (rows, endings) = shown[dtype][method], next(found)
                for row, ours, (first, verdict) in zip(theirs, rows, endings, strict=True):
                    assert list(row["steps"]) == list(ours)
                    for step, values in ours.items():
                        assert same(row["steps"][step], values), (scores, dtype, method, step)
                    assert row["verdict"] == verdict, (scores, dtype, method)
                    place = row["first"] and (row["first"]["step"], row["first"]["column"])
                    assert place == first
                    seen.add((method, verdict))
    words = {"right", "wrong", "inf", "nan"}
    assert {word for method, word in seen if method == "unguarded"} == words
    assert {word for method, word in seen if method == "whole-matrix"} >= words - {"inf"}
    assert ("row", "wrong") not in seen
    assert ("log-softmax", "wrong") not in seen


def test_every_correction_is_used_and_needed(corrections, in_javascript):
    """Each exp and log is NumPy's own; without the corrections those listed are not."""
    for dtype in DTYPES:
        own = corrections[dtype]
        n = np.arange(own["first"] - 3, own["last"] + 4)
        sums = [x for x, _ in own["log"]] + [1.0, 2.0, 3.0]
        exp, log, plain = in_javascript(
            ARITHMETIC,
            "const full = view.arithmetic(data.dtype, data.own);"
            "const bare = view.arithmetic(data.dtype, {...data.own, exp: [], log: []});"
            "return [data.n.map(full.exp), data.sums.map(full.log),"
            " [...data.n.map(bare.exp), ...data.sums.map(bare.log)]];",
            {"dtype": dtype, "own": own, "n": n.tolist(), "sums": sums},
        )
        with np.errstate(all="ignore"):
            ours = np.exp(n.astype(dtype))
        assert same(exp, ours)
        ours_log = np.log(np.array(sums, dtype=dtype))
        assert same(log, ours_log)
        bare = [number(value) for value in plain]
        assert sum(a != b for a, b in zip(bare, [*ours, *ours_log], strict=True)) == len(
            own["exp"]
        ) + len(own["log"])


@pytest.mark.parametrize(
    ("scores", "dtype", "method", "row", "verdict", "words"),
    [
        ([89, 88, 85], "float32", "unguarded", 0, "nan", "e^89 does not fit float32: inf."),
        ([88, 88, 87], "float32", "unguarded", 0, "inf", "their sum does not: inf."),
        ([-800, -804, -804], "float64", "row", 0, "right", "Right."),
        ([-800, -804, -804], "float64", "unguarded", 0, "nan", "0/0: every exponential"),
        ([-744, -745, -746], "float64", "unguarded", 0, "wrong", "class 2 gets 0, not 0.0900."),
        ([1000, 0, 0], "float64", "log-softmax", 0, "right", "its logarithm, −1000, is not"),
        ([100, 0, 0], "float32", "whole-matrix", 0, "right", "Right."),
        ([70000, 0, 0], "float16", "row", 0, "nan", "70000 does not fit float16: the score"),
        ([2049, 0, 0], "float16", "row", 0, "right", "float16 stores 2049 as 2048. Right."),
        ([40000, -40000, 0], "float16", "log-softmax", 0, "inf", "A gap of 80000 does not fit"),
        ([0, 0, 0], "float32", "whole-matrix", 1, "nan", "Its best score lies 990 below"),
    ],
)
def test_what_breaks_is_named(
    scores, dtype, method, row, verdict, words, corrections, in_javascript
):
    F = [scores, [-990, -991, -992]]
    from_view, said = in_javascript(
        ARITHMETIC,
        LAB + "const {F, dtype, method, row} = data;"
        "const rows = view.lab(F, kinds)[dtype][method];"
        "const top = Math.max(...rows.flatMap((r) => r.steps.score));"
        "return [rows[row].verdict, view.explain(rows[row], dtype, method, F[row], top)];",
        {"corrections": corrections, "F": F, "dtype": dtype, "method": method, "row": row},
    )
    assert from_view == verdict
    assert words in said


@pytest.mark.parametrize("dtype", DTYPES)
def test_the_walls_stand_at_the_same_places_of_the_line_in_each_type(dtype, in_javascript):
    low, fades, high = walls(dtype)
    with np.errstate(all="ignore"):
        beyond = np.exp(np.array([low - 0.02, low + 0.02, high - 0.02, high + 0.02], dtype=dtype))
        around = np.exp(np.array([fades - 0.02, fades + 0.02], dtype=dtype))
    assert [beyond[0] == 0, beyond[1] > 0, np.isfinite(beyond[2]), np.isinf(beyond[3])] == [
        True
    ] * 4
    assert around[0] < np.finfo(dtype).smallest_normal < around[1]
    first, last = in_javascript(
        "parts/overflow_line", "return view.reach(data);", [low, fades, high]
    )
    assert (low - first) / (last - first) == pytest.approx(0.5 / 1.9)
    assert (high - first) / (last - first) == pytest.approx(1.5 / 1.9)


@pytest.mark.parametrize(
    ("value", "text"),
    [(0, "0"), (-1000, "−1000"), (0.66524, "0.665"), (22026.4, "22026"), (4.5e-5, "4.5e−5"),
     (1.6516e38, "1.7e38"), (9.88e-324, "1e−323"), ("-Infinity", "−inf"), ("NaN", "nan"),
     (20.0855, "20.1")],
)  # fmt: skip
def test_numbers_are_short(value, text, in_javascript):
    assert in_javascript(ARITHMETIC, "return view.brief(Number(data));", value) == text


def test_python_answers_each_change_and_the_view_finds_no_difference(corrections, in_javascript):
    widget = OverflowLab()
    F = [[70000, 2049, 12], [-744, -745, -746]]
    widget.scores = F
    assert widget.numpy_says["scores"] == F
    numbers = widget.numpy_says["numbers"]
    json.dumps(numbers, allow_nan=False)
    wrong = ["0.5" if v == "1.0" else v for v in numbers]
    from_view = in_javascript(
        ARITHMETIC,
        LAB + "const shown = view.lab(data.F, kinds);"
        "return [data.numbers, data.wrong].map((says) => view.difference(shown, says));",
        {"corrections": corrections, "F": F, "numbers": numbers, "wrong": wrong},
    )
    assert from_view[0] == {"count": len(numbers), "gap": 0}
    assert from_view[1]["gap"] == 1


def test_the_page_carries_little_and_all_of_it_is_numbers():
    data, _ = OverflowLab()._repr_mimebundle_()
    script = re.search(r'<script type="application/json">(.*?)</script>', data["text/html"])
    state = json.loads(script.group(1))
    assert set(state) == {
        *("scores", "chosen", "dtype", "method", "corrections", "largest", "walls", "examples"),
    }
    assert state["largest"] == LARGEST_SCORE
    assert [round(wall, 2) for wall in state["walls"]["float32"]] == [-103.97, -87.34, 88.72]
    assert state["scores"] == state["examples"][0][1]
    for _, scores in state["examples"]:
        OverflowLab(scores)
    assert len(script.group(1)) < 12_000


def test_a_plain_viewer_gets_a_picture_and_words():
    data, _ = OverflowLab([[709, 709, 709], [-744, -745, -746]])._repr_mimebundle_()
    assert data["image/png"].startswith(b"\x89PNG")
    assert (
        "no guard: float16 nan and nan, float32 nan and nan, float64 inf and wrong"
        in (data["text/plain"])
    )
    assert "<figcaption>" in data["text/html"]


@pytest.mark.parametrize(
    ("F", "error", "message"),
    [
        ([[1, 2, 3]], ValueError, "F has shape (1, 3); expected (2, 3)"),
        ([[1, 2, 3], [4, 5, 0.5]], ValueError, "F[1, 2] is 0.5; expected a whole number"),
        ([[1, 2, 3], [4, 5, 100_001]], ValueError, "F[1, 2] is 100001"),
        ([[1, 2, 3], [4, 5, np.nan]], ValueError, "F[1, 2] is nan"),
        ([["a", 2, 3], [4, 5, 6]], TypeError, "expected whole numbers"),
    ],
)
def test_bad_scores_are_refused_by_name(F, error, message):
    with pytest.raises(error, match=re.escape(message)):
        OverflowLab(F)


def test_an_unknown_method_is_refused():
    with pytest.raises(traitlets.TraitError, match="log-softmax"):
        OverflowLab(method="log")
