"""Who is at fault when a function that is built on others is wrong."""

import numpy as np
import pytest

from softmax_grader.isolation.limits import Limits
from softmax_grader.isolation.session import Session, StudentFunction
from softmax_grader.marking import Part, ask, grade_parts
from softmax_grader.marking.answers import Failed
from softmax_grader.marking.stand_ins import Trial, handed_over

CODE = """
import numpy as np
kept = []
def double(x):
    {double}
def shifted(x):
    return double(x) + 1
def both(x, *, times=1):
    {both}
def walk(step, x):
    for _ in range(3):
        x = step(x)
    return x
def far(step, x):
    return walk(step, x) - 1
"""
RIGHT = {"double": "return 2 * x", "both": "return times * double(x) * shifted(x)"}
REFERENCES = {
    "double": lambda x: 2 * x,
    "shifted": lambda x: 2 * x + 1,
    "walk": lambda step, x: step(step(step(x))),
}


@pytest.fixture(params=["here", "in a sandbox"], scope="module")
def place(request):
    if request.param == "here":
        yield None
    else:
        session = Session(Limits(), unsafe=True)
        yield session
        session.stop()


def functions(place, **bodies):
    source = CODE.format(**(RIGHT | bodies))
    names = ("double", "shifted", "both", "walk", "far")
    if place is None:
        space = {}
        exec(source, space)
        return {name: space[name] for name in names}
    place.run(source, names)
    return {name: StudentFunction(place, name, source) for name in names}


def score(place, capsys, **bodies):
    own = functions(place, **bodies)

    def check():
        if ask(own["both"], 3.0) != 42:
            raise Failed("it is not 42")

    needs = {name: (own[name], REFERENCES[name]) for name in ("double", "shifted")}
    points = grade_parts([Part("both", 1, check, needs)])
    return points, capsys.readouterr().out


def test_the_one_that_is_wrong_is_named(place, capsys):
    assert score(place, capsys) == (1, "✓ 1/1  both\n")
    for wrong in ("return 3 * x", "raise ValueError", "return None", "return missing"):
        assert score(place, capsys, double=wrong) == (
            1, "✓ 1/1  both (right once double is right; double is charged above)\n"
        )  # fmt: skip


def test_a_fault_of_its_own_is_not_forgiven(place, capsys):
    points, told = score(place, capsys, double="return 3 * x", both="return double(x)")
    assert (points, told) == (0, "✗ 0/1  both: it is not 42\n")
    points, told = score(place, capsys, both="return double(x)")
    assert points == 0
    points, told = score(place, capsys, double="return 3 * x", both="return 1 / 0")
    assert points == 0
    assert "ZeroDivisionError" in told


def test_what_is_handed_over_is_gone_afterwards(place):
    own = functions(place, double="return 3 * x")
    with handed_over(own.values(), REFERENCES):
        assert ask(own["both"], 3.0) == 42
    assert ask(own["both"], 3.0) == 90


def test_a_function_of_the_test_goes_back_to_it(place):
    """A reference may be handed the function that the student's was handed."""
    own = functions(place)
    steps = []

    def step(x):
        steps.append(x)
        return x + 1

    trial = Trial({"walk": (own["walk"], REFERENCES["walk"])})
    with trial.running():
        assert ask(own["far"], step, 1.0) == 3
    assert steps == [1, 2, 3]
    assert trial.at_fault() == []


def test_a_change_in_place_is_a_fault(place):
    own = functions(place, double="x += x\n    return x")
    trial = Trial({"double": (own["double"], REFERENCES["double"])})
    with trial.running():
        ask(own["shifted"], np.ones(3))
    assert trial.at_fault() == ["double"]


def test_a_reference_is_asked_with_names_too(place):
    own = functions(place, both="return double(x=x)")
    trial = Trial({"double": (own["double"], REFERENCES["double"])})
    with trial.running():
        assert ask(own["both"], 3.0) == 6
    assert trial.at_fault() == []
