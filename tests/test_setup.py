"""The set-up of .venv: which Python it takes, what it says without one, when it does nothing.

The pythons here are small scripts that answer the way real ones would, so no network is needed.
"""

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
SCRIPT = "scripts/make_venv.sh"
MADE_FROM = ["pyproject.toml", "requirements.txt", "constraints.txt"]

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows sets up with pip: README")

FAKE_PYTHON = r"""#!/bin/sh
# Python 3.{minor}. {venv}: can it make a venv?  {pip}: does pip succeed?
case "$1 $2" in
    "-c "*ensurepip*) exit {venv} ;;
    "-c "*"import pip"*) echo True ;;
    "-c "*) echo {minor} ;;
    "--version "*) echo "Python 3.{minor}.0" ;;
    "-m venv") mkdir -p "$3/bin" && cp "$0" "$3/bin/python" ;;
    "-m pip")
        echo "$@" >> pip_calls
        printf 'Collecting numpy\nthe reason it gave\n'
        exit {pip} ;;
esac
"""


@pytest.fixture
def checkout(tmp_path):
    """A checkout in a folder with a space in its name, and an empty folder of programs."""
    root = tmp_path / "a checkout"
    (root / "scripts").mkdir(parents=True)
    for name in [SCRIPT, *MADE_FROM]:
        shutil.copy(ROOT / name, root / name)
    programs = tmp_path / "programs"
    programs.mkdir()
    for name in ("sh", "cat", "cksum", "cp", "dirname", "mkdir", "rm", "tail", "tee"):
        (programs / name).symlink_to(shutil.which(name))
    return root


def add_python(checkout, name, minor, *, venv=True, pip=True):
    path = checkout.parent / "programs" / name
    text = FAKE_PYTHON.format(minor=minor, venv=0 if venv else 1, pip=0 if pip else 1)
    path.write_text(text, "utf-8")
    path.chmod(0o755)
    return path


def set_up(checkout, what="book", **environment):
    env = {"PATH": str(checkout.parent / "programs"), "LC_ALL": "C", **environment}
    return subprocess.run(
        [shutil.which("sh"), SCRIPT, what],
        cwd=checkout,
        env=env,
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
    )


def pip_calls(checkout):
    calls = checkout / "pip_calls"
    return calls.read_text("utf-8").splitlines() if calls.exists() else []


def assert_stops_with_one_line(run, *parts):
    assert run.returncode == 1
    assert run.stdout == ""
    assert len(run.stderr.splitlines()) == 1, run.stderr
    for part in parts:
        assert part in run.stderr


def test_the_newest_tested_python_is_taken(checkout):
    for name, minor in (("python3.11", 11), ("python3.12", 12), ("python3", 14)):
        add_python(checkout, name, minor)
    run = set_up(checkout)
    assert run.returncode == 0, run.stderr
    assert "Setting up .venv (Python 3.12)" in run.stdout
    assert "exact versions of constraints.txt" in run.stdout
    assert pip_calls(checkout) == [
        "-m pip install --disable-pip-version-check --no-input -c constraints.txt "
        "-r requirements.txt"
    ]


def test_the_tests_get_the_test_packages(checkout):
    add_python(checkout, "python3", 11)
    assert set_up(checkout, "test").returncode == 0
    assert pip_calls(checkout)[0].endswith("-r requirements.txt -e .[class,live,test]")
    # What serves the tests serves the book and the class.
    assert set_up(checkout, "book").stdout == ""
    assert set_up(checkout, "class").stdout == ""
    assert len(pip_calls(checkout)) == 1


def test_the_class_gets_its_packages(checkout):
    add_python(checkout, "python3", 11)
    assert set_up(checkout, "class").returncode == 0
    assert pip_calls(checkout)[0].endswith("-r requirements.txt -e .[class]")
    assert set_up(checkout, "book").stdout == ""
    assert set_up(checkout, "test").returncode == 0
    assert len(pip_calls(checkout)) == 2


def test_without_pins_the_newest_versions_are_taken(checkout):
    add_python(checkout, "python3", 12)
    assert "with the newest versions;" in set_up(checkout, PINS="none").stdout
    assert pip_calls(checkout)[0].endswith(
        "--no-input --upgrade --upgrade-strategy eager -r requirements.txt"
    )
    assert set_up(checkout, PINS="none").stdout == ""
    assert "the exact versions of constraints.txt" in set_up(checkout).stdout
    assert_stops_with_one_line(set_up(checkout, PINS="some"), "PINS=some is unknown")


def test_a_second_run_does_nothing(checkout):
    add_python(checkout, "python3.13", 13)
    set_up(checkout)
    again = set_up(checkout)
    assert (again.returncode, again.stdout, again.stderr) == (0, "", "")
    assert len(pip_calls(checkout)) == 1


@pytest.mark.parametrize("changed", MADE_FROM)
def test_changed_pins_bring_it_up_to_date(checkout, changed):
    add_python(checkout, "python3.13", 13)
    set_up(checkout)
    (checkout / changed).write_text("# other pins\n", "utf-8")
    run = set_up(checkout)
    assert "Bringing .venv up to date" in run.stdout
    assert len(pip_calls(checkout)) == 2


def test_a_moved_checkout_is_set_up_again(checkout):
    add_python(checkout, "python3.13", 13)
    set_up(checkout)
    moved = checkout.rename(checkout.with_name("moved"))
    assert "Bringing .venv up to date" in set_up(moved).stdout


def test_a_broken_venv_is_made_anew(checkout):
    add_python(checkout, "python3.13", 13)
    set_up(checkout)
    (checkout / ".venv" / "bin" / "python").unlink()
    assert "Setting up .venv" in set_up(checkout).stdout


def test_no_python_is_one_line(checkout):
    assert_stops_with_one_line(set_up(checkout), "no Python 3 was found", "apt install python3")


def test_an_old_python_is_one_line(checkout):
    add_python(checkout, "python3", 9)
    assert_stops_with_one_line(set_up(checkout), "Python 3.9 was found", "PYTHON=/path/to")


def test_a_missing_venv_is_one_line(checkout):
    add_python(checkout, "python3", 11, venv=False)
    assert_stops_with_one_line(set_up(checkout), "apt install python3.11-venv")


def test_a_python_without_venv_gives_way_to_one_with_it(checkout):
    add_python(checkout, "python3.13", 13, venv=False)
    add_python(checkout, "python3", 11)
    assert "Setting up .venv (Python 3.11)" in set_up(checkout).stdout


def test_a_newer_python_is_tried_and_named(checkout):
    add_python(checkout, "python3", 15)
    run = set_up(checkout)
    assert run.returncode == 0
    assert "Python 3.15 is newer than the versions tested here (3.11 to 3.13)" in run.stdout


def test_a_named_python_is_taken(checkout):
    add_python(checkout, "python3.13", 13)
    own = add_python(checkout, "my python", 12)
    assert "Setting up .venv (Python 3.12)" in set_up(checkout, PYTHON=str(own)).stdout


def test_another_named_python_makes_venv_anew_and_the_same_does_not(checkout):
    add_python(checkout, "python3.13", 13)
    own = add_python(checkout, "my python", 12)
    set_up(checkout)
    assert "Setting up .venv (Python 3.12)" in set_up(checkout, PYTHON=str(own)).stdout
    assert set_up(checkout, PYTHON=str(own)).stdout == ""
    assert set_up(checkout).stdout == ""
    assert_stops_with_one_line(set_up(checkout, PYTHON="nowhere"), "PYTHON=nowhere does not run")
    assert set_up(checkout).stdout == ""  # and .venv is as it was


def test_a_named_python_that_will_not_do_is_one_line(checkout):
    add_python(checkout, "python3.13", 13)
    old = add_python(checkout, "old", 10)
    assert_stops_with_one_line(set_up(checkout, PYTHON=str(old)), "Python 3.10, too old")
    assert_stops_with_one_line(set_up(checkout, PYTHON="nowhere"), "PYTHON=nowhere does not run")


def test_a_failure_of_pip_is_shown_and_not_taken_for_done(checkout):
    add_python(checkout, "python3.13", 13, pip=False)
    run = set_up(checkout)
    assert run.returncode == 1
    assert "the reason it gave" in run.stderr
    assert "run make again" in run.stderr
    again = set_up(checkout)
    assert again.returncode == 1
    assert len(pip_calls(checkout)) == 2


def test_the_script_and_pyproject_name_the_same_oldest_python():
    oldest = re.search(r"^OLDEST=(\d+)", (ROOT / SCRIPT).read_text("utf-8"), re.MULTILINE).group(1)
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert project["requires-python"] == f">=3.{oldest}"


@pytest.mark.parametrize(("shell", "script"), [("sh", SCRIPT), ("bash", ".ci/run")])
def test_the_scripts_parse(shell, script):
    if shutil.which(shell) is None:
        pytest.skip(f"there is no {shell} here")
    subprocess.run([shell, "-n", ROOT / script], check=True)
    assert shell == "sh" or os.access(ROOT / script, os.X_OK)
