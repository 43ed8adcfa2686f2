"""A student's functions as a test sees them."""

import numpy as np
import pytest

from softmax_grader.isolation.limits import Limits
from softmax_grader.isolation.session import Session, StudentError, StudentFunction


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
    with pytest.raises(StudentError, match="cannot be handed over"):
        session.call("h", (abs,), {})

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
