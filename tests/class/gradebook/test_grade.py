"""Submissions graded on the small assignment: points, what is done again, what a kill leaves."""

import errno
import json
import os
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

from nbgrader.api import Gradebook
from nbgrader.converters import Autograde

from softmax_grader.commands.softmax_class import main
from softmax_grader.course.folder import at_work
from softmax_grader.gradebook import grade as grade_module
from softmax_grader.gradebook.nbgrader_parts import make_config, run_converter
from softmax_grader.gradebook.points import grades
from softmax_grader.marking.examiner import ExaminerError
from softmax_grader.reports.feedback import feedback

from ...waiting import wait_until
from ..courses import (
    AUTOMATIC,
    MINI,
    RIGHT,
    grade_all,
    make_course,
    mark,
    release_changed,
    scores,
    solve,
    submit,
)


def test_scores_are_what_the_tests_give(graded):
    by_student = scores(graded)
    assert by_student == {"s001": 8.0, "s002": 4.0, "s003": 0.0, "s004": 3.0, "s005": 8.0}


def test_a_warning_in_a_test_costs_nothing(graded):
    # The hidden test of the guard takes log(0) on purpose; stock nbgrader would give 0 for it.
    assert grades(graded, MINI)["s001"]["cells"]["guard_hidden"][0] == 4.0


def test_written_answers_wait_for_the_teacher(graded):
    by_student = grades(graded, MINI)
    assert by_student["s001"]["cells"]["why"] == (0.0, 2.0, True)
    assert by_student["s003"]["cells"]["why"] == (0.0, 2.0, False)  # nothing was written


def test_only_what_changed_is_graded_again(graded):
    again = grade_all(graded)
    assert again["graded"] == []
    assert len(again["unchanged"]) == 5
    submit(graded, "s003", solve(graded, slope=RIGHT["slope"]))
    assert grade_all(graded)["graded"] == ["s003"]
    assert scores(graded)["s003"] == 3.0
    submit(graded, "s003", solve(graded))
    grade_all(graded)


def regrade_all(course, **options):
    """Return what is graded again, and what waits for the teacher again."""
    result = grade_all(course, **options)
    return sorted(result["graded"]), result["again"]


def waits(course, cell="why"):
    return {s: grade["cells"][cell][2] for s, grade in grades(course, MINI).items()}


def test_students_and_parts_are_chosen(graded, tmp_path, monkeypatch, capsys):
    course = make_course(tmp_path / "course", graded)
    monkeypatch.chdir(course.root)
    everyone = ["s001", "s002", "s003", "s004", "s005"]
    submit(course, "s003", solve(course, **RIGHT))
    assert sorted(grade_all(course, students=["s002", "s001"])["graded"]) == ["s001", "s002"]
    assert scores(course)["s003"] == 0  # not chosen, so not graded
    assert sorted(grade_all(course, part="slope")["graded"]) == ["s003"]
    assert sorted(grade_all(course, part="guard")["graded"]) == ["s002", "s004"]
    assert grade_all(course, part="slope_hidden")["graded"] == []
    assert grade_all(course, part="guard", students=["s001", "s002"])["graded"] == ["s002"]
    # With another test, who was right may be wrong now.
    release_changed(course, tmp_path, ("12) < 1e-6", "12) < 1e-7"))
    assert sorted(grade_all(course, part="slope_hidden")["graded"]) == everyone
    assert main(["grade", MINI, "--student", "s02", "--jobs", "1"]) == 2
    assert "'s02' is not a student who has handed in (near it: s002" in capsys.readouterr().err
    assert main(["grade", MINI, "--part", "slop"]) == 2
    assert "'slop' is not a test or a tested function (near it: slope" in capsys.readouterr().err
    assert main(["grade", MINI, "--student", "s004", "s005", "--part", "guard_hidden"]) == 0
    told = capsys.readouterr().out
    assert "1 graded" in told
    assert "s004" in told


def test_points_given_by_hand_stay_given_while_the_answer_is_the_same(course):
    for student in ("s001", "s002", "s003"):
        submit(course, student, solve(course, **RIGHT))
    grade_all(course)
    mark(course, "s001", "why", 2, "Well <b>put</b>.")
    mark(course, "s002", "why", 1)
    mark(course, "s001", "guard_hidden", 3)  # in the place of the test's 4
    assert regrade_all(course, force=True) == (["s001", "s002", "s003"], {})
    assert scores(course) == {"s001": AUTOMATIC - 1 + 2, "s002": AUTOMATIC + 1, "s003": AUTOMATIC}
    assert waits(course) == {"s001": False, "s002": False, "s003": True}
    feedback(course, MINI)
    page = course.notebook("feedback", MINI, "s001").with_suffix(".html").read_text("utf-8")
    assert "Well &lt;b&gt;put&lt;/b&gt;." in page
    assert "waits for your teacher" not in page
    # Other code: the written answer is the same, the test's place is not.
    slower = {**RIGHT, "guard": RIGHT["guard"] + "# more\n"}
    submit(course, "s001", solve(course, **slower))
    submit(course, "s002", solve(course, **{**RIGHT, "why": "Since it cancels."}))  # that alone
    assert regrade_all(course) == (
        ["s001", "s002"],
        {"s001": {"guard_hidden": 3.0}, "s002": {"why": 1.0}},
    )
    assert waits(course) == {"s001": False, "s002": True, "s003": True}
    assert scores(course)["s002"] == AUTOMATIC + 1  # the old number stands until it is renewed
    submit(course, "s002", solve(course, **RIGHT))  # back to what was judged
    assert regrade_all(course) == (["s002"], {})
    mark(course, "s001", "guard_hidden", 2)
    assert regrade_all(course, students=["s001"]) == (["s001"], {})
    assert not waits(course)["s002"]


def test_points_by_hand_wait_again_where_another_number_is_due(course, tmp_path):
    submit(course, "s001", solve(course, **RIGHT))
    grade_all(course)
    mark(course, "s001", "why", 2)
    mark(course, "s001", "slope_hidden", 1)
    release_changed(course, tmp_path, ('"points": 2', '"points": 4'))
    assert regrade_all(course) == (["s001"], {"s001": {"why": 2.0}})  # of 2, not of 4
    mark(course, "s001", "why", 4)
    record = course.record(MINI, "marks", "s001")
    record.unlink()  # a course of before there was one
    assert regrade_all(course, force=True) == (["s001"], {})
    config = make_config(course.root, course.id)
    config.CourseDirectory.assignment_id = MINI
    run_converter(Autograde, config)  # plain nbgrader, formgrader's button
    assert grades(course, MINI)["s001"]["cells"]["slope_hidden"] == (1, 3, False)
    assert waits(course) == {"s001": False}


def test_it_says_that_the_source_has_changed_since_the_release(
    graded, tmp_path, monkeypatch, capsys
):
    course = make_course(tmp_path / "course", graded)
    release_changed(course, tmp_path, ("A small assignment", "A little assignment"))
    monkeypatch.chdir(course.root)
    assert main(["report", MINI]) == 0
    before = "5 graded submissions of before its last release or collect: softmax-class grade mini"
    assert before in capsys.readouterr().out
    assert main(["grade", MINI]) == 0
    told = capsys.readouterr().out
    assert "0 graded" in told  # the tests are as they were
    assert "has changed" not in told
    assert "of before" not in told
    source = tmp_path / "mini.md"
    source.write_text(source.read_text("utf-8").replace("12) < 1e-6", "12) < 1e-9"), "utf-8")
    assert main(["grade", MINI]) == 0
    told = capsys.readouterr().out
    assert (
        "../mini.md has changed since it was released: softmax-class release ../mini.md\n" in told
    )
    assert "0 graded" in told


def test_a_disk_that_is_full_at_any_write_stops_it_in_one_line(
    graded, tmp_path, monkeypatch, capsys
):
    course = make_course(tmp_path / "course", graded)
    monkeypatch.chdir(course.root)
    before = scores(course)
    submit(course, "s003", solve(course, **RIGHT))
    writes, stops = [], []

    def full(self, target):
        writes.append(target)
        if len(writes) > stops[0]:
            raise OSError(errno.ENOSPC, "No space left on device")
        return replace(self, target)

    replace = Path.replace
    for stop in range(3):  # the record of the run; of the marks, in nbgrader's steps; of the end
        writes.clear()
        stops[:] = [stop]
        with monkeypatch.context() as patch:
            patch.setattr(Path, "replace", full)
            assert main(["grade", MINI, "--jobs", "1"]) == 2
        err = capsys.readouterr().err.strip()
        assert len(err.splitlines()) == 1, err
        assert err.startswith(f"softmax-class: {writes[-1]} was not written: there is no space")
        assert "Make room, then give the same command again" in err
    assert main(["grade", MINI]) == 0
    assert scores(course) == before | {"s003": AUTOMATIC}


def test_a_gradebook_that_cannot_be_written_stops_it_in_one_line(
    graded, tmp_path, monkeypatch, capsys
):
    course = make_course(tmp_path / "course", graded)
    monkeypatch.chdir(course.root)
    submit(course, "s003", solve(course, **RIGHT))
    for reason, told in (
        ("database or disk is full", "there is no space left on the disk"),
        ("database is locked", "another program is writing into it"),
        ("attempt to write a readonly database", "it cannot be written"),
    ):

        def refuse(*_, reason=reason, **__):
            raise sqlite3.OperationalError(reason)

        with monkeypatch.context() as patch:
            patch.setattr(Gradebook, "update_or_create_submission", refuse)
            assert main(["grade", MINI, "--jobs", "1"]) == 2
        err = capsys.readouterr().err.strip().splitlines()
        assert len(err) == 1, err
        assert err[0].startswith(f"softmax-class: the gradebook, gradebook.db: {told}")
    assert main(["grade", MINI]) == 0
    assert scores(course)["s003"] == AUTOMATIC


def test_a_kill_at_any_moment_loses_nothing(course):
    for k in range(8):
        answers = {**RIGHT, "slope": RIGHT["slope"] + f"# {k}\n"} if k % 2 else {}
        submit(course, f"s{k:03}", solve(course, **answers))
    done = course.root / ".softmax-class" / MINI / "graded"
    command = [
        sys.executable,
        "-m",
        "softmax_grader.commands.softmax_class",
        "grade",
        MINI,
        "--jobs",
        "2",
    ]
    for stop_after in (1, 3, 6):
        process = subprocess.Popen(
            command, cwd=course.root, stdout=subprocess.DEVNULL, start_new_session=True
        )
        wait_until(
            lambda at=stop_after, process=process: (
                len(list(done.glob("s*.json"))) >= at or process.poll() is not None
            )
        )
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
    with at_work(course, "grade"):
        finished = grade_all(course)
    assert len(finished["unchanged"]) >= 6
    assert scores(course) == {f"s{k:03}": AUTOMATIC if k % 2 else 0.0 for k in range(8)}
    for k in range(8):
        json.loads(course.notebook("autograded", MINI, f"s{k:03}").read_text("utf-8"))
    assert list(course.root.rglob(".writing-*")) == []


def test_a_run_that_the_machine_failed_is_tried_again_and_costs_nothing(course, monkeypatch):
    submit(course, "s001", solve(course, **RIGHT))
    tries = []

    def fails(self, plan):
        tries.append(plan)
        raise ExaminerError("the process for student code did not start: it was late")

    with monkeypatch.context() as broken:
        broken.setattr(grade_module._Examiners, "examine", fails)
        result = grade_all(course)
    assert len(tries) == 2  # once more at once
    assert result["failed"] == ["s001"]
    run = json.loads(course.record(MINI, "run", "s001").read_text("utf-8"))
    assert run["flags"] == [f"could not be graded: {run['failed']}"]
    assert "did not start" in run["failed"]
    again = grade_all(course)
    assert (again["graded"], again["failed"]) == (["s001"], [])
    assert scores(course) == {"s001": AUTOMATIC}
    run = json.loads(course.record(MINI, "run", "s001").read_text("utf-8"))
    assert run["flags"] == []
