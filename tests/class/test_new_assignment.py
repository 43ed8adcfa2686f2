"""An assignment that is added is picked up by all that goes over assignments, or fails loudly."""

import re
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from softmax_book.lite import contents
from softmax_grader.commands.release_for_students import release_all

ROOT = Path(__file__).resolve().parents[2]
MODEL, NEW = "a1_forward", "a9_throw_away"
CHECKED = ("test_assignments.py", "test_assignments_sandbox.py")


@pytest.fixture
def tree(tmp_path):
    """A copy of what knows of assignments, with one more of them: its source alone."""
    for name in ("assignments", "tests/class"):
        shutil.copytree(
            ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__", "small")
        )
    for path in (ROOT / "pyproject.toml", ROOT / "_toc.yml", *ROOT.glob("tests/*.py")):
        shutil.copyfile(path, tmp_path / path.relative_to(ROOT))
    (tmp_path / "book").mkdir()
    shutil.copyfile(ROOT / "book" / "running_a_class.md", tmp_path / "book" / "running_a_class.md")
    write_source(tmp_path)
    return tmp_path


def write_source(tree, old="", new=""):
    text = (tree / "assignments" / f"{MODEL}.md").read_text("utf-8")
    assert old in text
    (tree / "assignments" / f"{NEW}.md").write_text(text.replace(old, new), "utf-8")


def write_known_answers(tree):
    folder = tree / "tests" / "class" / "known_answers"
    text = (folder / f"{MODEL}.py").read_text("utf-8")
    (folder / f"{NEW}.py").write_text(text.replace(f'"{MODEL}"', f'"{NEW}"'), "utf-8")


def run_tests(tree, *words, files=CHECKED):
    paths = [f"tests/class/{name}" for name in files]
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *paths, *words],
        cwd=tree,
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )


def test_one_of_which_nothing_is_known_is_an_error(tree):
    run = run_tests(tree, "--collect-only")
    assert run.returncode != 0
    wanted = f"assignments/{NEW}.md has no tests/class/known_answers/{NEW}.py"
    assert wanted in " ".join(run.stdout.split())


def test_every_test_over_assignments_has_it(tree):
    write_known_answers(tree)
    run = run_tests(tree, "--collect-only")
    assert run.returncode == 0, run.stdout + run.stderr
    tests = {name: Counter() for name in (MODEL, NEW)}
    for path, parameters in re.findall(r"^(tests/\S+?)\[(.*)\]$", run.stdout, re.M):
        for name, count in tests.items():
            count[path] += name in parameters
    assert len(tests[MODEL]) >= 15
    assert tests[NEW] == tests[MODEL]
    # The mutants carry their own names; those of the new one are its model's once more.
    mutants = re.findall(r"test_a_slip_costs_what_it_must_and_is_named\[(.*)\]", run.stdout)
    assert len([m for m in mutants if m.startswith("bias left out")]) == 2


OF_IT = f"{NEW} and (every_cell or visible_tests_pass or points_add_up)"
OF_THE_PAGE = "named_with_their_points or copy_earns"


def test_its_tests_are_run_and_can_fail_and_the_teachers_page_must_name_it(tree):
    """One run: a slip in its solution fails one of its tests, and the page fails two."""
    write_known_answers(tree)
    write_source(tree, "return X @ W[1:] + W[0]", "return X @ W[1:] - W[0]")
    files = [*CHECKED, "test_running_a_class.py"]
    run = run_tests(tree, "-vv", "-k", f"({OF_IT}) or {OF_THE_PAGE}", files=files)
    assert run.returncode == 1
    outcomes = dict(re.findall(r"::(test_\w+)(?:\[\w+\])? (PASSED|FAILED)", run.stdout))
    failed = {name for name, outcome in outcomes.items() if outcome == "FAILED"}
    assert len(outcomes) == 5, run.stdout + run.stderr
    assert "test_the_visible_tests_pass_the_solution" in failed
    assert len(failed) == 3
    assert not {name for name in failed if "every_cell" in name or "add_up" in name}


def test_it_is_released_and_put_into_the_notebooks_of_the_browser(tree):
    names = release_all(tree / "assignments", tree / "released")
    assert NEW in names
    assert [lesson.name for lesson in contents.assignments(tree / "released")] == names
