"""The parser of formulas agrees with NumPy, and runs nothing that a reader types."""

import json
from pathlib import Path

import numpy as np
import pytest

from softmax_book.building.npm import bundle
from softmax_book.questions import values

from ....node import run_node

ROOT = Path(__file__).parents[4]
SOURCE = ROOT / "src" / "softmax_book" / "pages" / "questions" / "checks.js"
FORMULA = SOURCE.parent / "formula.js"

AS_NUMPY = [
    "X @ W + b",
    "X.T @ (P - Y) / N + lam * W",
    "(P - Y).sum(axis=0) / N",
    "np.exp(F) / np.exp(F).sum(axis=1, keepdims=True)",
    "np.exp(F - np.max(F, axis=1, keepdims=True))",
    "F - F.max(axis=-1)[:, None]",
    "-np.log(P[np.arange(N), y])",
    "-np.log(P[np.arange(N), y]).mean() + lam / 2 * np.sum(W**2)",
    "-2**2 + 2**-1 - (-F)**2",
    "2 ** 3 ** 2 / 7 // 2 * 3",
    "1 / 3 * 3 - 1e-2 + .5",
    "np.maximum(F, 0) + np.minimum(0, F)",
    "np.abs(F).min() * np.sqrt(np.square(F)).mean(1)[:, np.newaxis]",
    "X[0] @ W[:, 1] + b[-1]",
    "b[y]",
    "W[:, y]",
    "W.T[y]",
    "np.transpose(X) @ X - X.T @ X",
    "F.sum(keepdims=True) + F.sum(0) - F.min(axis=(1))[:, None]",
    "W[None, 0, :, None]",
    "+X − 1".replace("−", "-"),
    "b @ b",
    "X @ X.T @ F",
    "np.log(0 * b)",
    "F / (F - F)",
    "X.T @ (dO2 @ W2.T * (O1 > 0)) + lam * W1",
    "(F <= 1) + (F >= F.max(axis=1, keepdims=True)) * 2 + (H < 1) @ W2",
    "F > b",
    "np.log2(P) - np.log10(P)",
]


@pytest.fixture(scope="module")
def ask(tmp_path_factory):
    """Return ``ask(program, data)``: run a program that knows the parser and the checks."""
    folder = tmp_path_factory.mktemp("formula")
    for path in (SOURCE, FORMULA):
        bundle(ROOT, path, folder, splitting=False, options=("--format=esm",))

    def run(program, data):
        head = (
            'import { readFileSync } from "node:fs";'
            f"import * as formula from {json.dumps((folder / FORMULA.name).as_uri())};"
            f"import * as checks from {json.dumps((folder / SOURCE.name).as_uri())};"
            'const data = JSON.parse(readFileSync(0, "utf8"));'
            "const unpack = (packed) => packed && { shape: packed[0], data: packed[1] };"
            "const letters = (each) => Object.fromEntries("
            "Object.entries(each).map(([name, value]) => [name, unpack(value)]));"
        )
        return run_node(head + program, data)

    return run


def letters():
    return [{name: values.packed(case[name]) for name in case} for case in values.cases()]


EVALUATE = """
const found = data.formulas.map((text) => data.letters.map((each) => {
  try {
    const { shape, data } = formula.evaluate(text, letters(each));
    return { shape, data: data.map(String) };
  } catch (error) {
    return { error: error.message, isOurs: error instanceof formula.FormulaError };
  }
}));
console.log(JSON.stringify(found));
"""


def test_a_formula_is_worth_what_numpy_finds(ask):
    found = ask(EVALUATE, {"formulas": AS_NUMPY, "letters": letters()})
    for text, results in zip(AS_NUMPY, found, strict=True):
        for result, value in zip(results, values.evaluate_formula(text), strict=True):
            assert value is not None, text
            assert result.get("shape") == list(value.shape), (text, result)
            numbers = [float(each.replace("Infinity", "inf")) for each in result["data"]]
            np.testing.assert_allclose(numbers, value.ravel(), rtol=1e-11, err_msg=text)


REFUSED = {
    "": "ends too early",
    "X @": "ends too early",
    "X @ W)": "“)” was not expected here",
    "X W": "“W” was not expected here. Is a sign missing",
    "X * W": "(2, 2) * (2, 3): entry by entry the shapes must fit, from the right. For the matrix",
    "W @ X": "(2, 3) @ (2, 2): the inner sizes, 3 and 2, must be equal. Is one transposed?",
    "F - F.max(axis=1)": "(2, 3) - (2,): entry by entry the shapes must fit",
    "F.max(axis=2)": "has no such axis",
    "X^2": "Python writes a power as **",
    "X^T @ W": "Write X.T for a transpose",
    "X × W": "@ for the matrix product",
    "λ * W": "Write lam for λ",
    "lambda * W": "Write lam for λ",
    "softmax(F)": "“softmax” is not known here. Known are X, y",
    "exp(F)": "and np.exp",
    "np.linalg.inv(X)": "Here “.” stands where “(” was expected",
    "np.load(X)": "np.load is not known here",
    "X.tofile(y)": ".tofile is not known here",
    "X.constructor": ".constructor is not known here",
    "constructor": "“constructor” is not known here",
    "__proto__": "“__proto__” is not known here",
    "np.constructor(X)": "np.constructor is not known here",
    "np.hasOwnProperty(X)": "np.hasOwnProperty is not known here",
    "F.sum(dtype=1)": "“dtype” is not known here",
    "F.sum(axis=": "ends too early",
    "F.sum(": "ends too early",
    "X.": "is not known here",
    "np.": "Here “the end” stands",
    "X[": "ends too early",
    "X[5]": "There is no place 5 among 2",
    "X[0, 0, 0]": "has no 3 axes",
    "alert`1`": "“`” is no sign that a formula needs",
    "np.arange(1e9)": "too many numbers",
    "np.arange(4096)[:, None] + np.arange(4096)": "too many numbers",
    "1" * 301: "longer than 300 letters",
    "(" * 300: "ends too early",
}


def test_what_cannot_be_read_is_told_in_words_and_never_run(ask):
    found = ask(EVALUATE, {"formulas": list(REFUSED), "letters": letters()[:1]})
    for (text, words), (result,) in zip(REFUSED.items(), found, strict=True):
        assert result.get("isOurs"), (text, result)
        assert words in result["error"], (text, result["error"])


JUDGE = """
const cases = data.letters.map(letters);
const foreseen = data.foreseen.map((each) => ({ ...each, values: each.values.map(unpack) }));
console.log(JSON.stringify(data.typed.map((text) => {
  try { return checks.judgeFormula(text, foreseen, cases); }
  catch (error) { return { error: error.message, isOurs: error instanceof formula.FormulaError }; }
})));
"""
RIGHT = "X.T @ (P - Y) / N + lam * W"
FORESEEN = [RIGHT, "X.T @ (P - Y) + lam * W", "X @ (P - Y)", "W * X"]


JUDGED = [
    (RIGHT, 0, ""),
    ("lam*W+1/N*X.T@(P-Y)", 0, ""),
    ("W * lam − X.T @ (Y − P) / N", 0, ""),
    ("X.T @ (P - Y) + W * lam", 1, ""),
    ("X@(P-Y)", 2, ""),  # fits the tiny example alone, as foreseen
    ("W*X", 3, ""),  # stops everywhere, so only its letters tell
    ("X.T @ (P - Y) / 2 + lam * W", None, "Is a number typed where a size belongs?"),
    ("X @ (P - Y) / N + lam * W", None, "stops on another one, with N = 4, D = 3, C = 5: (4, 3)"),
    ("X.T @ (P - Y)  + N * lam * W", None, "Every number of yours is N times too large."),
    ("(X.T @ (P - Y) / N + lam * W) / C", None, "Every number of yours is C times too small."),
    ("-(X.T @ (P - Y) / N + lam * W)", None, "The sign is wrong throughout."),
    ("(X.T @ (P - Y) / N + lam * W).T", None, "has the shape (3, 2); expected (2, 3)."),
    ("X.T @ (P - Y) / N", None, "Entry [0, 0] of yours is −1.043, and should be −0.9433."),
]


def test_a_formula_is_judged_by_its_value_in_two_examples(ask):
    foreseen = [
        {
            "text": text,
            "right": text == RIGHT,
            "values": [values.packed(value) for value in values.evaluate_formula(text)],
        }
        for text in FORESEEN
    ]
    typed = [text for text, _, _ in JUDGED]
    verdicts = ask(JUDGE, {"letters": letters(), "foreseen": foreseen, "typed": typed})
    for (text, which, note), verdict in zip(JUDGED, verdicts, strict=True):
        assert (verdict.get("right"), verdict.get("which", "")) == (which == 0, which), (
            text,
            verdict,
        )
        assert note in verdict["note"], (text, verdict)
        assert bool(note) == bool(verdict["note"]), (text, verdict)


NUMBERS = {
    "0.5": 0.5,
    " 0,5 ": 0.5,
    "−3": -3,
    "+2": 2,
    "50 %": 0.5,
    "1/4": 0.25,
    ".25": 0.25,
    "1e-3": 0.001,
    "two": "“two” is no number. Write it as 0.25, 1/4 or 25 %.",
    "1.2.3": "“1.2.3” is no number",
    "": "Type a number first.",
}


def test_a_number_is_read_as_a_person_writes_it(ask):
    program = """console.log(JSON.stringify(data.map((text) => {
      try { return checks.readNumber(text); } catch (error) { return error.message; }
    })));"""
    for (text, expected), found in zip(NUMBERS.items(), ask(program, list(NUMBERS)), strict=True):
        assert (
            str(found).startswith(expected) if isinstance(expected, str) else found == expected
        ), text


def test_the_nearest_foreseen_number_is_meant_and_one_nearby_is_said_to_be_close(ask):
    program = (
        "console.log(JSON.stringify(data.map((v) => checks.judgeNumber(v, [1, 1.008], 0.005))));"
    )
    exact, other, close, far = ask(program, [1.0005, 1.006, 0.96, 3])
    assert (exact["right"], exact["which"]) == (True, 0)
    assert (other["right"], other["which"]) == (False, 1)
    assert (close["which"], close["note"]) == (
        None,
        "You are close: the answer may be off by 0.005.",
    )
    assert (far["which"], far["note"]) == (None, "")
