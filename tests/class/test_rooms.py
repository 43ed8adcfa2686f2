"""The rooms of the grader: who may import whom, and what goes into the sandbox alone."""

import ast
import sys
from pathlib import Path

import softmax_grader

SRC = Path(softmax_grader.__file__).parent
FLOORS = [
    {"text", "cells", "staleness"},
    {"course", "isolation"},
    {"intake", "marking"},
    {"gradebook"},
    {"reports", "demonstration"},
    {"commands"},
]
FLOOR = {room: k for k, rooms in enumerate(FLOORS) for room in rooms}


def imported(source):
    """Yield the names of all modules that `source` imports, inside functions too."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "rooms are named in full"
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def climbs(room, source):
    """Return the rooms that `source`, in `room`, imports and must not know."""
    rooms = {
        name.split(".")[1]
        for name in imported(source)
        if name.startswith("softmax_grader.") and name.split(".")[1] in FLOOR
    }
    return sorted(other for other in rooms - {room} if FLOOR[other] >= FLOOR[room])


def test_no_room_imports_one_above_or_beside_it():
    seen = set()
    for path in sorted(SRC.rglob("*.py")):
        room = path.relative_to(SRC).parts[0].removesuffix(".py")
        if room == "__init__":
            continue
        seen.add(room)
        assert climbs(room, path.read_text("utf-8")) == [], path
    assert seen == set(FLOOR)


def test_a_climb_is_found():
    assert climbs("intake", "from softmax_grader.marking.plan import make_plan") == ["marking"]
    assert climbs("isolation", "def lazy():\n    import softmax_grader.commands.x") == ["commands"]
    assert climbs("marking", "from softmax_grader.isolation import messages") == []


def test_what_runs_inside_the_sandbox_needs_nothing_of_ours():
    beside = {"messages.py": {"numpy"}, "inside.py": {"numpy", "messages"}}
    for name, allowed in beside.items():
        tops = {n.partition(".")[0] for n in imported((SRC / "isolation" / name).read_text())}
        assert tops - set(sys.stdlib_module_names) <= allowed, name
