"""The command: the whole way, and one line for whatever is wrong."""

import importlib
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import nbformat
import pytest

from softmax_grader.commands.softmax_class import main
from softmax_grader.course.folder import at_work

from ..courses import AUTOMATIC, MINI, RIGHT, make_course, scores, snapshot, solve, submit


@pytest.mark.parametrize("step", ["grade", "feedback", "report", "collect", "release"])
def test_two_commands_do_not_change_a_course_at_once(course, monkeypatch, capsys, step):
    submit(course, "s001", solve(course, **RIGHT))
    monkeypatch.chdir(course.root)
    before = snapshot(course.root)
    with at_work(course, "grade"):
        before[".softmax-class/at-work"] = (course.root / ".softmax-class/at-work").read_bytes()
        assert main([step, MINI]) == 2
        assert main(["status"]) == 0
    err = capsys.readouterr().err
    assert "another softmax-class is at work" in err
    assert re.search(r"\(grade, since \d\d:\d\d\): wait until it has finished$", err.strip())
    assert len(err.splitlines()) == 1
    assert snapshot(course.root) == before


def test_what_is_to_be_typed_can_be_typed(tmp_path, released, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    root = "my class/Kurs 1; rm -r '$HOME'"
    assert main(["init", root, "--assignments", str(released.sources)]) == 0
    inner = shlex.quote(root)
    assert capsys.readouterr().out.splitlines()[-1] == (
        f"Next: cd {inner} && softmax-class release {MINI}"
    )
    shutil.rmtree(tmp_path / root)
    course = make_course(tmp_path / root, released)
    for words, part in (
        (["pretend", MINI, "-x y", "--number", "1"], f"collect {MINI} './-x y'"),
        (["collect", MINI, "./-x y"], f"grade {MINI}"),
        (["release", MINI], f"collect {MINI} FOLDER_OR_ZIP"),
    ):
        if words[0] == "pretend":
            words = ["pretend", MINI, "--number", "1", "--", "-x y"]
        assert main(["--course", root, *words]) == 0, words
        line = capsys.readouterr().out.splitlines()[-1]
        command = line.partition(": ")[2]
        assert command == f"softmax-class --course {inner} {part}"
        assert shlex.split(command)[2] == root
    assert main(["--course", root, "feedback", MINI]) == 2
    assert f"softmax-class --course {inner} grade {MINI}" in capsys.readouterr().err
    assert course.root.is_dir()


def test_git_passes_over_a_course(tmp_path):
    assert main(["init", str(tmp_path / "course")]) == 0
    course = tmp_path / "course"
    subprocess.run(["git", "init", "-q", str(course)], check=True)
    for name in ("gradebook.db", "roster.csv", "submitted/s001/a1/a1.ipynb", "source/a1/a1.ipynb"):
        (course / name).parent.mkdir(parents=True, exist_ok=True)
        (course / name).write_text("of a student")
    (course / "assignments").mkdir()
    (course / "assignments" / "a9.md").write_text("my own")
    listed = subprocess.run(
        ["git", "-C", str(course), "ls-files", "-o", "--exclude-standard"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert listed.stdout.split() == [
        ".gitignore",
        "assignments/a9.md",
        "course.toml",
        "nbgrader_config.py",
    ]


def test_git_passes_over_a_course_to_practise_in_the_folder_of_the_book():
    root = Path(__file__).parents[3]
    names = ["course/gradebook.db", "course/course.toml", "handed_in/s001/a1_forward.ipynb"]
    command = ["git", "-C", str(root), "check-ignore", *names]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    assert run.stdout.split() == names
    kept = subprocess.run([*command[:4], "src/softmax_grader/course/folder.py"], check=False)
    assert kept.returncode == 1


def test_the_whole_way_by_the_command(tmp_path, released, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    root = tmp_path / "course"
    assert main(["init", "course", "--assignments", str(released.sources)]) == 0
    monkeypatch.chdir(root)
    inbox = tmp_path / "came"
    for student in ("s001", "s002"):
        (inbox / student).mkdir(parents=True)
        nbformat.write(solve(released, **RIGHT), inbox / student / f"{MINI}.ipynb")
    for words in (
        ["release", MINI],
        ["collect", MINI, str(inbox)],
        ["grade", MINI, "--jobs", "1"],
        ["feedback", MINI],
        ["report", MINI],
        ["status"],
    ):
        assert main(words) == 0, words
    printed = capsys.readouterr()
    assert printed.err == ""
    assert "Its solution gets 8 of 8, the empty stub 0" in printed.out
    assert "2 graded" in printed.out
    assert "mean 8.0 of 10" in printed.out
    status = printed.out.splitlines()[-1].split()
    assert status == [MINI, "yes", "2", "2", "2", "2", "0"]
    assert f"reports/{MINI}/grades.csv" in printed.out


@pytest.mark.parametrize(
    ("words", "part"),
    [
        (["grade", "nothing"], "is not released"),
        (["grade", "../../etc"], "is no name of an assignment"),
        (["grade", MINI], "nothing is collected"),
        (["feedback", MINI], "nothing is graded"),
        (["report", MINI], "nothing is graded"),
        (["collect", MINI, "nowhere"], "nowhere is not there"),
        (["collect", MINI], "there is nothing to collect"),
        (["release", "nothing"], "nothing.md is not there"),
        (["grade", MINI, "--jobs", "0"], "no number from 1 to 64"),
        (["roster", "nowhere.csv"], "nowhere.csv is not there"),
        (["extend", MINI, "s001"], "say how long"),
        (["extend", MINI, "s001", "--days", "1"], "has no due date: set it in course.toml"),
        (["return", MINI], "nothing is graded"),
        (["init", "."], "is a course already"),
        (["grad", MINI], "invalid choice"),
        (["--course", "."], "required"),
        (["--course", "nowhere", "status"], "is not a course"),
    ],
)
def test_wrong_input_is_one_line_and_exit_code_2(course, monkeypatch, capsys, words, part):
    monkeypatch.chdir(course.root)
    assert main(words) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert len(printed.err.splitlines()) == 1
    assert part in printed.err
    assert printed.err.startswith("softmax-class: ")


@pytest.mark.parametrize(
    ("old", "new", "part"),
    [
        ("[limits]", "[limits", "cannot be read"),
        ("memory_mb = 512", "memory_mb = -1", "expected a number above 0"),
        ("memory_mb = 512", "memory_mb = 'much'", "expected a number above 0"),
        ('course = "course"', "course = 7", "expected text"),
        ('course = "course"', 'id_pattern = "("\n', "no regular expression"),
        ('course = "course"', 'id_pattern = "s.*"\n', "no (?P<id>"),
    ],
)
def test_wrong_settings_are_one_line(course, monkeypatch, capsys, old, new, part):
    path = course.root / "course.toml"
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")
    monkeypatch.chdir(course.root)
    assert main(["status"]) == 2
    err = capsys.readouterr().err
    assert part in err
    assert len(err.splitlines()) == 1


def test_a_folder_that_nbgrader_takes_for_a_pattern_is_refused(tmp_path, capsys):
    assert main(["init", str(tmp_path / "class [2026]" / "course")]) == 2
    err = capsys.readouterr().err
    assert "[ ] in its path" in err
    assert len(err.splitlines()) == 1
    assert not (tmp_path / "class [2026]").exists()


def test_a_new_course_is_closed_to_other_users_and_an_old_folder_stays_as_it_is(tmp_path):
    old = tmp_path / "old"
    old.mkdir(mode=0o750)
    assert main(["init", str(old)]) == main(["init", str(tmp_path / "new")]) == 0
    assert old.stat().st_mode & 0o777 == 0o750
    assert (tmp_path / "new").stat().st_mode & 0o777 == 0o700


def test_a_spoilt_gradebook_is_one_line(course, monkeypatch, capsys):
    submit(course, "s001", solve(course))
    (course.root / "gradebook.db").write_bytes(b"this is no database" * 100)
    monkeypatch.chdir(course.root)
    assert main(["grade", MINI]) == 2
    err = capsys.readouterr().err
    assert "gradebook.db" in err
    assert len(err.splitlines()) == 1


def test_without_bubblewrap_it_refuses_unless_told(course, monkeypatch, capsys):
    from softmax_grader.commands import common
    from softmax_grader.isolation.bubblewrap import SandboxError

    def missing():
        raise SandboxError("bubblewrap is not installed")

    monkeypatch.setattr(common, "find_mode", missing)
    monkeypatch.chdir(course.root)
    submit(course, "s001", solve(course, **RIGHT))
    assert main(["grade", MINI]) == 2
    err = capsys.readouterr().err
    assert "bubblewrap is not installed" in err
    assert "--unsafe" in err
    assert scores(course) == {}
    assert main(["grade", MINI, "--unsafe"]) == 0
    assert "can read and write what you can" in capsys.readouterr().err
    assert scores(course) == {"s001": AUTOMATIC}


WITHOUT_NBGRADER = """
import sys
class Refuse:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in ("nbgrader", "jupytext", "nbformat", "nbconvert", "traitlets"):
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
sys.meta_path.insert(0, Refuse())
from softmax_grader.commands.softmax_class import main
sys.exit(main(sys.argv[1:]))
"""


@pytest.mark.parametrize(
    "words", [["report", MINI], ["collect", MINI, "."], ["release", MINI, "--unsafe"]]
)
def test_without_nbgrader_it_says_which_extra_to_install(course, words):
    command = [sys.executable, "-c", WITHOUT_NBGRADER, "--course", str(course.root), *words]
    run = subprocess.run(command, capture_output=True, text=True, check=False, cwd=course.root)
    assert run.returncode == 2
    assert len(run.stderr.splitlines()) == 1
    assert 'pip install "softmax-steps[class]"' in run.stderr


def test_without_nbgrader_its_help_is_there():
    command = [sys.executable, "-c", WITHOUT_NBGRADER, "--help"]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    assert run.returncode == 0
    assert "release" in run.stdout


def test_the_console_script_leads_to_the_command():
    project = tomllib.loads((Path(__file__).parents[3] / "pyproject.toml").read_text("utf-8"))
    module, _, function = project["project"]["scripts"]["softmax-class"].partition(":")
    assert getattr(importlib.import_module(module), function) is main
