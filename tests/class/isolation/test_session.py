"""A student's functions as a test sees them."""

import numpy as np
import pytest

from softmax_grader.isolation.handle import Sandbox
from softmax_grader.isolation.limits import Limits
from softmax_grader.isolation.own_time import MachineError
from softmax_grader.isolation.session import (
    NOT_SHOWN,
    Session,
    StudentError,
    StudentFunction,
)
from softmax_grader.marking.answers import Failed, as_numbers, reason_of
from softmax_grader.marking.examiner import ExaminerError, examine


@pytest.fixture
def session(sandbox):
    running = Session(Limits(call_seconds=5, total_seconds=30))
    yield running
    running.stop()


def test_what_is_said_out_of_turn_ends_the_process(session):
    session.run("import os\ndef f():\n    os.write(4, b'x' * 100)\n    return 1", ["f"])
    with pytest.raises(StudentError):
        session.call("f", (), {})
    with pytest.raises(StudentError):
        session.call("f", (), {})
    assert any("was ended" in flag for flag in session.flags)


def test_a_changed_argument_is_told_and_stays_the_tests_own(session):
    session.run("def f(a, b):\n    b -= 1\n    return b.sum()", ["f"])
    function = StudentFunction(session, "f", "")
    a, b = np.ones(3), np.ones(3)
    assert function(a, b) == 0
    assert function.changed_arguments == (1,)
    assert function(a, b=b) == 0
    assert function.changed_arguments == ("b",)
    assert b.tolist() == [1, 1, 1]


@pytest.mark.parametrize("hand", [list, tuple, lambda arrays: {"W": arrays[0], "b": arrays[1]}])
def test_a_change_of_an_array_within_an_argument_is_told(session, hand):
    session.run(
        "def f(lr, params):\n"
        "    for p in params.values() if isinstance(params, dict) else params:\n"
        "        p -= lr\n"
        "    return lr\n"
        "def g(lr, params):\n"
        "    return lr",
        ["f", "g"],
    )
    f, g = (StudentFunction(session, name, "") for name in "fg")
    params = hand([np.ones((2, 2)), np.ones(2)])
    f(0.5, params)
    assert f.changed_arguments == (1,)
    f(0.5, params=params)
    assert f.changed_arguments == ("params",)
    g(0.5, params)
    assert g.changed_arguments == ()


@pytest.mark.parametrize("kind", [ValueError, IndexError, NotImplementedError, ZeroDivisionError])
def test_a_plain_error_is_the_same_on_both_sides(session, kind):
    session.run(f"def f():\n    raise {kind.__name__}('why')", ["f"])
    with pytest.raises(kind, match=r"^why$") as caught:
        session.call("f", (), {})
    assert isinstance(caught.value, StudentError)
    assert caught.value.summary == f"{kind.__name__}: why"
    assert caught.value.where == ("cell 1, line 2: " + f"raise {kind.__name__}('why')",)


@pytest.mark.parametrize("name", ["SystemExit", "StopIteration", "AssertionError", "Warning"])
def test_an_error_that_would_steer_a_test_does_not_travel(session, name):
    session.run(f"def f():\n    raise {name}('why')", ["f"])
    with pytest.raises(StudentError, match=f"^{name}: why$") as caught:
        session.call("f", (), {})
    assert type(caught.value) is StudentError


def test_a_generator_gives_the_same_draws_on_both_sides(session):
    session.run("def f(rng):\n    return rng.normal(size=3)", ["f"])
    rng = np.random.default_rng(3)
    value, _ = session.call("f", (rng,), {})
    assert np.array_equal(value, rng.normal(size=3))


def test_a_function_of_the_test_can_be_handed_over_and_no_other_be_called(session):
    session.run("def f(g, x):\n    return g(x) + g(2 * x)", ["f"])
    assert session.call("f", (lambda x: x + 1, 2.0), {})[0] == 8.0
    session.run("def h(g):\n    return g", ["h"])
    assert session.call("h", (abs,), {})[0].what == (
        "it gives a function, and an array was expected"
    )

    def fails(x):
        raise ValueError("the secret of the test")

    with pytest.raises(StudentError) as caught:
        session.call("f", (fails, 2.0), {})
    assert "secret" not in str(caught.value)


def test_a_loop_is_seen_in_the_lines_it_takes(session):
    session.run("def f(n):\n    for k in range(n):\n        pass", ["f"])
    function = StudentFunction(session, "f", "")
    assert function.counted(100)[0] > function.counted(10)[0] + 80
    session.run("import sys\ndef f(n):\n    sys.settrace(None)\n    return f", ["f"])
    with pytest.raises(StudentError, match="tracing"):
        function.counted(100)


def test_time_is_bounded_as_a_whole(sandbox):
    session = Session(Limits(call_seconds=10, total_seconds=4))
    try:
        session.run("import time\ndef f():\n    time.sleep(1.9)", ["f"])
        answered = 0
        for _ in range(20):
            try:
                session.call("f", (), {})
                answered += 1
            except StudentError as error:
                text = str(error)
        assert "was not run again" in text or "was not called again" in text
        assert answered <= 2
    finally:
        session.stop()


def test_what_has_no_end_costs_its_time_once(sandbox):
    session = Session(Limits(call_seconds=1, total_seconds=60))
    for source, name in [
        ("def f():\n    while True: pass", "f"),
        ("def g():\n    return f()", "g"),
        ("def h(k):\n    while True:\n        if k != 3: return k", "h"),
        ("def right():\n    return 7", "right"),
    ]:
        session.run(source, [name])
    session.run("while True: pass")
    again = None
    try:
        for name, args, reason in [
            *[("f", (), "did not come to an end|used up its time before")] * 5,
            *[("g", (), "g calls f, and f used up its time before")] * 3,
            *[("h", (3,), "did not come to an end|used up its time before")] * 3,
        ]:
            with pytest.raises(StudentError, match=reason):
                session.call(name, args, {})
        assert session.call("right", (), {})[0] == 7
        assert session.wasted <= 1.5 * session.limits.call_seconds + 0.6
        # Where it runs a second time, what had no end is not tried at all.
        again = Session(session.limits, before=session)
        again.run("def f():\n    while True: pass", ["f"])
        with pytest.raises(StudentError, match="before"):
            again.call("f", (), {})
        _, error = again.run("while True: pass")
        assert "it used up its time before" in str(error)
        assert again.spent < 0.5
    finally:
        session.stop()
        if again:
            again.stop()


def test_what_is_slow_and_right_is_called_each_time(sandbox):
    session = Session(Limits(call_seconds=1, total_seconds=60))
    try:
        session.run(
            "import time\n"
            "def slow():\n    begin = time.process_time()\n"
            "    while time.process_time() < begin + 0.5: pass\n    return 3\n"
            "def endless():\n    while True: pass",
            ["slow", "endless"],
        )
        assert session.call("slow", (), {})[0] == 3
        with pytest.raises(StudentError):
            session.call("endless", (), {})
        assert session.call("slow", (), {})[0] == 3
    finally:
        session.stop()


def test_a_machine_that_starts_nothing_is_not_the_students_fault(sandbox, monkeypatch):
    def too_late(self):
        raise MachineError("the process for student code did not start: it was late")

    monkeypatch.setattr(Sandbox, "wait_until_ready", too_late)
    session = Session(Limits())
    _, error = session.run("x = 1")
    assert "it was not run" in str(error)
    assert "did not start" in session.failure
    with pytest.raises(StudentError, match="did not start"):
        session.call("f", (), {})
    assert (session.flags, session.spent) == ({}, 0)
    plan = {"cells": [{"role": "student", "source": "x = 1", "functions": []}]}
    with pytest.raises(ExaminerError, match="did not start"):
        examine(plan)


GIVES = {
    "(x for x in F)": "it gives a generator, and an array was expected",
    "map(abs, F)": "it gives a map, and an array was expected",
    "{1.0}": "it gives a set, and an array was expected",
    "np.array([None, 1.0])": "it gives an array whose entries are no numbers, but objects",
    "np.zeros(10**7)": "it gives far more numbers than any answer needs",
    "type('secret_0_73125', (), {})()": "it gives something that is no number and no array",
    "[[x for x in F], np.datetime64('2020')]": "it gives something that is no number and no array",
}


def test_what_is_no_answer_is_told_in_a_students_words(session):
    cases = enumerate(GIVES)
    code = "\n".join(f"def f{k}(F):\n    return {gives}" for k, gives in cases)
    session.run(f"import numpy as np\n{code}", [f"f{k}" for k in range(len(GIVES))])
    for k, told in enumerate(GIVES.values()):
        answer = session.call(f"f{k}", (np.ones(3),), {})[0]
        with pytest.raises(Failed) as caught:
            as_numbers(answer)
        assert str(caught.value) == told


def reason(session, name, *args):
    with pytest.raises(StudentError) as caught:
        session.call(name, args, {})
    return reason_of(caught.value)


def test_the_function_that_is_missing_is_the_one_that_is_named(session):
    session.run("def scores(X):\n    raise NotImplementedError()", ["scores"])
    session.run(
        "def left(X):\n    X = X + 1\n    raise NotImplementedError()\n    return X", ["left"]
    )
    session.run("def two(X):\n    raise NotImplementedError('two classes only')", ["two"])
    session.run("1 / 0\ndef softmax(F):\n    return F", ["softmax"])
    session.run("def guard(F:\n    return F", ["guard"])
    session.run("def short(X):\n    return X[7]", ["short"])
    for name in ("scores", "left", "two", "softmax", "guard", "short"):
        session.run(f"def by_{name}(X):\n    return {name}(X)", [f"by_{name}"])
    session.discreet = True
    x = np.ones(3)
    stays = "the line `raise NotImplementedError()` is still in"
    assert reason(session, "scores", x) == "it is not written yet"
    assert reason(session, "by_scores", x) == "it needs scores, which is not written yet"
    assert reason(session, "left", x) == f"{stays} it"
    assert reason(session, "by_left", x) == f"{stays} left"
    assert reason(session, "two", x) == "NotImplementedError: two classes only"
    out = "IndexError: index 7 is out of bounds for axis 0 with size 3"
    assert reason(session, "short", x) == out
    assert reason(session, "by_short", x) == f"short, which it calls, stopped: {out}"
    # What failed before a hidden test had its turn is told in full.
    assert reason(session, "guard", x).startswith("its cell did not run: SyntaxError: ")
    assert "stands under it" not in reason(session, "guard", x)
    assert reason(session, "by_guard", x).startswith(
        "it needs guard, and the cell of guard did not run: SyntaxError: "
    )
    by_zero = "its cell did not run: ZeroDivisionError: division by zero"
    assert reason(session, "softmax", x) == by_zero
    # What fails afterwards could tell what the test handed over.
    session.run("raise ValueError(3 * 41)\ndef late(X):\n    return X", ["late"])
    assert reason(session, "late", x) == (
        "its cell did not run: ValueError; what Python says stands under it"
    )


def test_what_python_kept_from_the_page_can_be_read_at_home(session):
    session.run("def f(x):\n    raise ValueError(f'{x}')", ["f"])
    session.discreet = True
    assert reason(session, "f", 0.73125) == f"ValueError: {NOT_SHOWN}"
    session.discreet = False
    assert reason(session, "f", 0.73125) == "ValueError: 0.73125"
