"""The registry of slips is complete, and nothing beside it keeps a list of its own."""

import ast
import inspect
import re
from dataclasses import FrozenInstanceError
from pathlib import Path

import numpy as np
import pytest

import softmax_steps
from softmax_steps import gradient_check, mistakes
from softmax_steps.slips import _SLIPS, SLIPS

PACKAGE = Path(softmax_steps.__file__).parent
FUNCTIONS = {
    name: function
    for name, function in inspect.getmembers(mistakes, inspect.isfunction)
    if function.__module__ == mistakes.__name__ and not name.startswith("_")
}


def strings_of(path):
    """Return every string constant of a module, docstrings included."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    ]


def test_ids_are_unique_and_can_stand_in_an_address():
    assert len(SLIPS) == len(_SLIPS)
    for slip_id, slip in SLIPS.items():
        assert slip.id == slip_id
        assert re.fullmatch(r"[a-z]+(-[a-z]+)*", slip_id)


@pytest.mark.parametrize("slip", SLIPS.values(), ids=SLIPS)
def test_a_slip_says_what_is_wrong_what_is_right_and_what_happens(slip):
    assert slip.title
    assert slip.wrong
    assert slip.right
    assert slip.wrong != slip.right
    assert slip.effect.endswith(".")
    assert re.fullmatch(r"(E([1-9]|1\d|2[0-2]))?", slip.note)


def test_every_mistake_belongs_to_one_slip_and_every_slip_names_mistakes_that_exist():
    shown = [name for slip in SLIPS.values() for name in slip.shows]
    assert sorted(shown) == sorted(FUNCTIONS)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_mistake_names_the_slip_that_names_it(name):
    named = re.findall(r"Slip: ``([a-z-]+)``", inspect.getdoc(FUNCTIONS[name]))
    assert [slip.id for slip in SLIPS.values() if name in slip.shows] == named


def test_every_error_of_the_notes_with_a_running_wrong_form_is_there():
    running = {slip.note for slip in SLIPS.values() if slip.shows}
    assert running >= {"E2", "E3", "E4", "E5", "E6", "E7", "E9", "E13", "E14"}


def test_the_error_numbers_of_the_notes_stand_in_the_registry_alone():
    others = [path for path in PACKAGE.rglob("*.py") if path.name != "slips.py"]
    assert len(others) > 20
    listed = {
        path.name: numbers
        for path in others
        if (numbers := re.findall(r"\bE\d{1,2}\b", path.read_text(encoding="utf-8")))
    }
    assert listed == {}


def test_a_diagnosis_is_written_once():
    """compare_gradients takes its sentences from the registry; no module repeats one."""
    diagnoses = [slip.diagnosis for slip in SLIPS.values() if slip.diagnosis]
    assert len(set(diagnoses)) == len(diagnoses) >= 10
    for path in PACKAGE.rglob("*.py"):
        if path.name != "slips.py":
            assert set(strings_of(path)).isdisjoint(diagnoses)


def test_compare_gradients_can_recognise_exactly_the_slips_with_a_diagnosis():
    rng = np.random.default_rng(0)
    X, y, W = rng.normal(size=(3, 3)), [0, 1, 2], rng.normal(size=(3, 3))
    wrong = gradient_check._wrong_gradients(rng.normal(size=(3, 3)), X, y, W, 0.1)
    assert {name for name, _ in wrong} == {slip.id for slip in SLIPS.values() if slip.diagnosis}


def test_a_diagnosis_puts_the_number_of_samples_in():
    assert "N = 7" in SLIPS["missing-mean"].diagnose(N=7)
    assert all("{" not in slip.diagnose(N=7) for slip in SLIPS.values())


def test_a_slip_cannot_be_changed():
    with pytest.raises(FrozenInstanceError):
        SLIPS["no-guard"].title = "another"
