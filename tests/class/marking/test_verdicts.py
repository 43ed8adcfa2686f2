"""Verdicts travel as data, and nothing that a student's code does can be taken for one."""

import json

import nbformat
import pytest

from softmax_grader.marking import KNOWN_SLIPS, Failed, KnownSlip, Part, grade_parts
from softmax_grader.marking.examiner import examine, run_trusted
from softmax_grader.marking.verdicts import (
    MEDIA_TYPE,
    Verdict,
    as_output,
    as_text,
    received_by,
    text_of,
    verdicts_of,
)

OWN = KnownSlip("own", "a slip of its own", "You did it.", "Chapter 9, Here", "book/09.html#here")
VERDICTS = [
    Verdict("values", 2, 2, True, " (counted with your own functions)"),
    Verdict("far", 1, 0, False, ": wrong", KNOWN_SLIPS["no-guard"], explain=True),
    Verdict("low", 1.5, 0, False, ": wrong — here", OWN),
]
PARTS = """
from softmax_grader.marking import Failed, Part, grade_parts
def wrong():
    raise Failed("wrong", slip="no-guard")
print("before")
score = grade_parts([Part("fine", 1, lambda: None), Part("far", 2, wrong)])
print("after")
score
"""


def test_verdicts_are_the_same_after_a_journey_as_json():
    output = json.loads(json.dumps(as_output(VERDICTS)))
    assert verdicts_of(output) == VERDICTS
    cell = nbformat.v4.new_code_cell(outputs=[nbformat.from_dict(output)])
    notebook = nbformat.v4.new_notebook(cells=[cell])
    nbformat.validate(notebook)
    read = nbformat.reads(nbformat.writes(notebook), as_version=4)
    assert verdicts_of(read.cells[0].outputs[0]) == VERDICTS


def test_the_text_beside_the_data_says_the_same():
    text = as_output(VERDICTS)["data"]["text/plain"]
    assert text == as_text(VERDICTS)
    assert text.splitlines() == [
        "✓ 2/2  values (counted with your own functions)",
        "✗ 0/1  far: wrong",
        f"     {KNOWN_SLIPS['no-guard'].sentence}",
        "     slip: no-guard",
        "     read: Chapter 2, Five rows that fail — "
        "book/02_overflow_guard.html#five-rows-that-fail",
        "✗ 0/1.5  low: wrong — here",
        "     slip: own",
        "     read: Chapter 9, Here — book/09.html#here",
    ]


@pytest.mark.parametrize(
    "output",
    [
        {"output_type": "stream", "name": "stdout", "text": as_text(VERDICTS)},
        {"output_type": "display_data", "metadata": {}, "data": {"text/plain": as_text(VERDICTS)}},
        {**as_output(VERDICTS), "output_type": "execute_result"},
        {"output_type": "error", "ename": MEDIA_TYPE, "evalue": "", "traceback": []},
    ],
    ids=lambda output: output["output_type"],
)
def test_no_other_output_holds_verdicts(output):
    assert verdicts_of(output) == []


def test_what_a_test_prints_stays_around_its_verdicts():
    outputs = run_trusted(PARTS, {"__name__": "__main__"}, points=3)
    kinds = [output["output_type"] for output in outputs]
    assert kinds == ["stream", "display_data", "stream", "execute_result"]
    assert text_of(outputs).startswith("before\n✓ 1/1  fine\n✗ 0/2  far: wrong\n")
    assert text_of(outputs).endswith("after\n")
    assert outputs[-1]["data"]["text/plain"] == "1"
    assert [v.passed for v in verdicts_of(outputs[1])] == [True, False]


def test_where_nobody_receives_them_they_are_printed(capsys):
    grade_parts([Part("fine", 1, lambda: None)])
    assert capsys.readouterr().out == "✓ 1/1  fine\n"


def test_what_stops_a_test_leaves_the_verdicts_before_it():
    def interrupted():
        raise KeyboardInterrupt

    received = []
    with received_by(received.extend), pytest.raises(KeyboardInterrupt):
        grade_parts([Part("fine", 1, lambda: None), Part("stopped", 1, interrupted)])
    assert [verdict.part for verdict in received] == ["fine"]


def test_only_the_innermost_receiver_gets_them(capsys):
    outer, inner = [], []
    with received_by(outer.extend):
        with received_by(inner.extend):
            grade_parts([Part("inner", 1, lambda: None)])
        grade_parts([Part("outer", 1, lambda: None)])
    assert [[v.part for v in received] for received in (outer, inner)] == [["outer"], ["inner"]]
    assert capsys.readouterr().out == ""


def test_an_unknown_slip_is_the_tests_fault():
    def unknown():
        raise Failed("wrong", slip="no-such-slip")

    with pytest.raises(KeyError, match="no-such-slip"):
        grade_parts([Part("a part", 1, unknown)])


# --- a student's code that sends the same media type ---

FORGED = as_output([Verdict("forged", 99, 99, True, slip=OWN, explain=True)])
HEAD = f"import json\nFORGED = json.loads({json.dumps(json.dumps(FORGED))})\n"
FORGERIES = {
    "printed": "print(json.dumps(FORGED))\ndef f(x): return x",
    "shown": "display(FORGED['data'], raw=True)\ndef f(x): return x",
    "shown by IPython": """
def f(x): return x
try:
    from IPython.display import display, publish_display_data
    publish_display_data(FORGED["data"])
    display(FORGED["data"], raw=True)
except Exception as error:
    print(error)
""",
    "a value that has it": """
class Rich:
    def _repr_mimebundle_(self, **how): return FORGED["data"]
    def __repr__(self): return json.dumps(FORGED)
def f(x): return x
Rich()
""",
    "returned": "def f(x): return FORGED",
    "printed by a function": "def f(x):\n    print(json.dumps(FORGED))\n    return x",
    "raised": "def f(x): raise ValueError(json.dumps(FORGED))",
    "raised by a cell": "def f(x): return x\nraise ValueError(json.dumps(FORGED))",
    "sent beside an answer": """
import sys
def f(x):
    messages = sys.modules["messages"]
    real = messages.to_bytes
    messages.to_bytes = lambda message, arrays=(): real(
        {**message, **FORGED, "outputs": [FORGED], "text": json.dumps(FORGED), "slips": ["own"]},
        arrays)
    return x
""",
}
TEST = """
from softmax_grader.marking import Part, ask, grade_parts
grade_parts([Part("honest", 1, lambda: None if ask(f, 2.0) == 2.0 else "odd")])
"""


@pytest.mark.parametrize("way", FORGERIES)
def test_a_students_code_cannot_send_a_verdict(sandbox, way):
    cells = [
        {"role": "student", "source": HEAD + FORGERIES[way], "functions": ["f"]},
        {"role": "try", "source": "f(1.0)"},
        {"role": "test", "source": TEST, "points": 1},
        {"role": "student", "source": "print(json.dumps(FORGED))"},
    ]
    result = examine({"cells": cells})["cells"]
    for cell, ran in zip(cells, result, strict=True):
        verdicts = [v for output in ran["outputs"] for v in verdicts_of(output)]
        assert [v.part for v in verdicts] == (["honest"] if cell["role"] == "test" else [])
        assert ran["slips"] == []
        for output in ran["outputs"]:
            assert MEDIA_TYPE not in output.get("data", {}) or cell["role"] == "test"
