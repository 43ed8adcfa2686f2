"""The command line of the walls: what is not shown inside, and what may not be used."""

from pathlib import Path

from softmax_grader.isolation.bubblewrap import (
    bubblewrap_command,
    inside_environment,
    python_folders,
)
from softmax_grader.isolation.limits import Limits, limits_from


def pairs(command, option):
    """Return what follows each `option` of a command."""
    return [command[k + 1] for k, word in enumerate(command) if word == option]


def test_nothing_of_the_machine_is_shared():
    command = bubblewrap_command(limits=Limits(), as_root=False)
    for option in ("--unshare-pid", "--unshare-net", "--unshare-ipc", "--unshare-uts"):
        assert option in command
    assert {"--unshare-user", "--die-with-parent", "--clearenv"} <= set(command)
    assert command[-1] == "--"
    assert pairs(command, "--cap-drop") == ["ALL"]
    assert pairs(command, "--cap-add") == []


def test_nothing_but_python_and_two_files_is_bound():
    command = bubblewrap_command(limits=Limits(), as_root=True)
    bound = {Path(name) for name in pairs(command, "--ro-bind")}
    ours = {path.name for path in bound if "softmax_grader" in path.parts}
    assert ours == {"messages.py", "cells_inside.py", "inside.py"}
    assert Path("/") not in bound
    assert Path("/home") not in bound


def test_what_is_hidden_is_covered_only_where_it_would_be_seen(tmp_path):
    _, _, packages = python_folders()
    seen = packages[0]
    command = bubblewrap_command(limits=Limits(), as_root=False, hidden=[seen, tmp_path])
    covered = pairs(command, "--tmpfs")
    assert str(seen) in covered
    assert str(tmp_path) not in covered


def test_the_environment_holds_nothing_of_the_teachers(monkeypatch):
    monkeypatch.setenv("TEACHERS_SECRET", "x")
    environment = inside_environment([Path("/packages")])
    assert "TEACHERS_SECRET" not in environment
    assert environment["PYTHONPATH"] == "/packages"
    assert environment["OMP_NUM_THREADS"] == "1"


def test_limits_come_from_a_courses_settings():
    limits = limits_from({"memory_mb": 100, "total_seconds": 20, "unknown": 1})
    assert limits == Limits(memory_mb=100, total_seconds=20)
    assert limits.as_resources()["AS"] == 100 * 2**20
    assert limits.as_resources()["CPU"] == 50
