"""`status` is a look: it imports nothing that grades, and says what is behind."""

import subprocess
import sys

import pytest

from softmax_grader.commands.softmax_class import STEPS, main, step_name

from ..courses import MINI, RIGHT, grade_all, make_course, mark, release_changed, solve, submit

HEAVY = ("nbgrader", "sqlalchemy", "nbformat", "nbconvert", "jupytext", "traitlets", "numpy")
LIST_MODULES = """
import sys
from softmax_grader.commands.softmax_class import main
try:
    main(sys.argv[1:])
except SystemExit:
    pass
print("imported:", *sorted({name.partition(".")[0] for name in sys.modules}))
"""


@pytest.fixture(scope="module")
def graded(tmp_path_factory, released):
    """A course with three students graded, one of them marked by hand; copy it."""
    course = make_course(tmp_path_factory.mktemp("status") / "course", released)
    for student in ("s001", "s002"):
        submit(course, student, solve(course, **RIGHT))
    submit(course, "s003", solve(course))
    grade_all(course)
    mark(course, "s002", "why", 1)
    return course


@pytest.mark.parametrize("words", [["status"], ["status", "--help"], ["--help"], ["grade"], []])
def test_a_look_imports_nothing_that_grades(graded, words):
    command = [sys.executable, "-c", LIST_MODULES, "--course", str(graded.root), *words]
    command = command if words else command[:3]
    run = subprocess.run(command, capture_output=True, text=True, check=True)
    imported = run.stdout.splitlines()[-1].split()
    assert "softmax_grader" in imported
    assert not set(HEAVY) & set(imported)
    if words == ["status"]:
        assert run.stdout.splitlines()[-2].split() == [MINI, "yes", "3", "3", "1", "0", "0"]


def test_it_says_what_is_behind_and_what_to_type(graded, tmp_path, monkeypatch, capsys):
    course = make_course(tmp_path / "my course", graded)
    release_changed(course, tmp_path)
    monkeypatch.chdir(tmp_path)
    status = ["--course", str(course.root), "status"]
    assert main(status) == 0
    assert len(capsys.readouterr().out.splitlines()) == 2
    source = tmp_path / "mini.md"
    source.write_text(source.read_text("utf-8").replace("points: 4", "points: 6"), "utf-8")
    submit(course, "s003", solve(course, **RIGHT))
    assert main(status) == 0
    assert capsys.readouterr().out.splitlines()[2:] == [
        "mini.md has changed since it was released: "
        "softmax-class --course 'my course' release mini.md",
        "mini: 1 graded submission of before its last release or collect: "
        "softmax-class --course 'my course' grade mini",
    ]


def test_a_kill_in_the_middle_of_a_write_does_not_stop_it(graded, tmp_path, capsys):
    course = make_course(tmp_path / "course", graded)
    code = (
        "import os, sqlite3, sys\n"
        "db = sqlite3.connect(sys.argv[1]); db.execute('pragma cache_size = 1')\n"
        "db.execute('update grade set needs_manual_grade = 1')\n"
        "db.execute('create table big as with recursive n(i) as (select 1 union all '\n"
        "           'select i + 1 from n where i < 2000) select i, randomblob(500) from n')\n"
        "os._exit(9)"
    )
    subprocess.run([sys.executable, "-c", code, str(course.root / "gradebook.db")], check=False)
    assert (course.root / "gradebook.db-journal").is_file()
    assert main(["--course", str(course.root), "status"]) == 0
    assert capsys.readouterr().out.splitlines()[-1].split()[4] == "1"


@pytest.mark.parametrize("step", STEPS, ids=step_name)
def test_the_help_of_each_step_says_what_it_writes_with_an_example(step, capsys):
    name = step_name(step)
    with pytest.raises(SystemExit):
        main([name, "--help"])
    told = capsys.readouterr().out
    assert f"softmax-class {name}" in told.partition("example")[2]
    assert "writes" in told


def test_the_command_alone_is_its_help(capsys):
    assert main([]) == 0
    told = capsys.readouterr()
    assert told.err == ""
    assert all(step.HELP in told.out for step in STEPS)
