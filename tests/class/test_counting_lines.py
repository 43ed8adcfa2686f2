"""Ways to hide a Python loop from the count of lines: none is passed in silence."""

import pytest

from softmax_grader.marking.examiner import examine
from softmax_grader.marking.source_loops import loops_of
from softmax_grader.marking.verdicts import text_of

from . import play
from .assignments import RIVALS

A2 = "a2_gradient"
LOOP = """def by_loop(X, y, W, b, class_weights, strength):
    dW, db = np.zeros(W.shape), np.zeros(len(b))
    for i in range(len(y)):
        f = W @ X[:, i] + b
        p = np.exp(f - f.max()) / np.exp(f - f.max()).sum()
        p[y[i]] -= 1
        dW += class_weights[y[i]] * np.outer(p, X[:, i]) / len(y)
        db += class_weights[y[i]] * p / len(y)
    return dW + 2 * strength * W, db


def gradient(X, y, W, b, class_weights, strength):
    {}
"""
CALL = "by_loop(X, y, W, b, class_weights, strength)"
TRICKS = {
    "settrace": f"import sys\n    sys.settrace(None)\n    return {CALL}",
    "settrace, found in NumPy": f"np.lib._utils_impl.sys.settrace(None)\n    return {CALL}",
    "settrace, put back": "import sys\n    old = sys.gettrace()\n    sys.settrace(None)\n"
    f"    answer = {CALL}\n    sys.settrace(old)\n    return answer",
    "lines of its frame": "import sys\n    sys._getframe().f_trace_lines = False\n"
    "    dF = np.zeros((len(b), len(y)))\n    for i in range(len(y)):\n"
    "        f = W @ X[:, i] + b\n        e = np.exp(f - f.max())\n"
    "        dF[:, i] = class_weights[y[i]] * (e / e.sum() - (np.arange(len(b)) == y[i]))\n"
    "    return dF @ X.T / len(y) + 2 * strength * W, dF.sum(axis=1) / len(y)",
    "no trace in its frame": "import sys\n    sys._getframe().f_trace = None\n"
    "    def hidden():\n        sys._getframe().f_trace = None\n"
    "        del sys._getframe().f_trace\n"
    f"        return {CALL}\n    return hidden()",
    "a thread": "import threading\n    answers = []\n    thread = threading.Thread(target=lambda: "
    f"answers.append({CALL}))\n    thread.start()\n    thread.join()\n    return answers[0]",
    "a count of its own": "import sys\n    frame = sys._getframe()\n"
    "    while frame and 'trace' not in frame.f_locals:\n        frame = frame.f_back\n"
    "    runner = frame.f_locals['self'] if frame else None\n"
    "    if runner is not None:\n"
    "        type(runner).count = lambda self, f, a, n, *more: [9, f(*a, **n)]\n"
    f"    return {CALL}",
    "a count with a guess": "import sys\n    frame = sys._getframe()\n"
    "    while frame and 'trace' not in frame.f_locals:\n        frame = frame.f_back\n"
    "    runner = frame.f_locals['self'] if frame else None\n"
    "    if runner is not None:\n"
    "        type(runner).count = lambda self, f, a, n, *more: [9, 61, f(*a, **n)]\n"
    f"    return {CALL}",
}


def graded(source):
    """Return the line on loops, and the flags."""
    cells = {c.name: c.source for c in play.cells(A2)}
    hidden = play.HIDDEN.sub(lambda m: m[1], cells["test_gradient"])
    plan = [
        {"role": "setup", "source": cells["setup"]},
        {"role": "student", "source": source, "functions": ["gradient"]},
        {"role": "test", "source": hidden, "points": 9},
    ]
    ran = examine({"cells": plan})
    told = text_of(ran["cells"][2]["outputs"])
    (line,) = (line for line in told.splitlines() if "no Python loop" in line)
    return line, ran["flags"]


@pytest.mark.parametrize("trick", TRICKS)
def test_a_loop_that_hides_earns_nothing_and_is_flagged(sandbox, trick):
    line, flags = graded(LOOP.format(TRICKS[trick]))
    assert line.startswith("✗ 0/2"), (line, flags)
    assert flags


def test_a_loop_that_the_count_cannot_see_is_told_to_the_teacher(sandbox):
    """Here a loop that only a few samples never take; the points stay, for it may be honest."""
    source = play.submission(A2)["gradient"].replace(
        "### BEGIN SOLUTION",
        "### BEGIN SOLUTION\n    if strength > 1e6:\n        return "
        + CALL.replace("by_loop", "careful"),
    )
    helper = LOOP.partition("\n\n\n")[0].replace("by_loop", "careful")
    line, flags = graded(f"{helper}\n\n\n{source}")
    assert line.startswith("✓ 2/2")
    assert [f for f in flags if f.startswith("gradient: no Python loop: the lines that")] == [
        "gradient: no Python loop: the lines that were counted show none, but the text has one: "
        "for in careful"
    ]


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ("for x in X:\n        pass", ["for in f"]),
        ("while True:\n        break", ["while in f"]),
        ("return [x for x in X]", ["for in brackets in f"]),
        ("return sum(x for x in X)", ["for in brackets in f"]),
        ("return list(map(g, X))", ["map in f", "for in g"]),
        ("return np.vectorize(len)(X)", ["vectorize in f"]),
        ("return np.apply_along_axis(g, 0, X)", ["apply_along_axis in f", "for in g"]),
        ("return f(X[1:])", ["a call of itself in f"]),
        ("return h(X)", ["for in g"]),
        ("for sign in (1, -1):\n        X = X * sign\n    return X", []),
        ("return [X * k for k in range(2)]", []),
        ("for a, b in zip((1, 2), X):\n        pass", []),
        ("return X @ X", []),
        ("return np.add.reduce(X)", []),
        ("return functools.reduce(max, X)", ["reduce in f"]),
        ("def inner(*args):\n        return [a + 1 for a in args]\n    return inner(X, X)", []),
    ],
)
def test_loops_are_read_in_the_text(body, found):
    helpers = "def g(X):\n    for x in X:\n        pass\n\n\ndef h(X):\n    return g(X)\n"
    assert loops_of([helpers, f"def f(X):\n    {body}\n"], "f") == found
    assert loops_of(["f(", "def other(:"], "f") == []


@pytest.mark.parametrize("name", [name for assignment, name in RIVALS if assignment == A2])
def test_no_right_style_has_a_loop_in_its_text(name):
    code = play.submission(A2, RIVALS[A2, name])
    assert loops_of(list(code.values()), "gradient") == []
