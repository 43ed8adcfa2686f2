"""Submissions graded on the small assignment: points, what is done again, what a kill leaves."""

import json
import os
import signal
import subprocess
import sys

from softmax_grader.gradebook import grade as grade_module
from softmax_grader.gradebook.points import grades
from softmax_grader.marking.examiner import ExaminerError
from softmax_grader.reports.feedback import feedback

from ...waiting import wait_until
from ..courses import AUTOMATIC, MINI, RIGHT, grade_all, scores, solve, submit


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


def test_points_given_by_hand_stay(course):
    from nbgrader.api import Gradebook

    submit(course, "s001", solve(course, **RIGHT))
    grade_all(course)
    with Gradebook(course.db_url, course.id) as gradebook:
        mark = gradebook.find_grade("why", MINI, MINI, "s001")
        mark.manual_score = 2
        gradebook.find_comment("why", MINI, MINI, "s001").manual_comment = "Well <b>put</b>."
        gradebook.db.commit()
    grade_all(course, force=True)
    assert scores(course)["s001"] == AUTOMATIC + 2
    feedback(course, MINI)
    page = course.notebook("feedback", MINI, "s001").with_suffix(".html").read_text("utf-8")
    assert "Well &lt;b&gt;put&lt;/b&gt;." in page


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
