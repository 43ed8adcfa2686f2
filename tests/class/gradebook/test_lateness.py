"""What lateness costs, in nbgrader's gradebook."""

import datetime as dt

from nbgrader.api import Gradebook

from softmax_grader.course.folder import Course
from softmax_grader.course.records import write_record
from softmax_grader.gradebook.lateness import put_lateness

from ..courses import MINI, make_course, with_dates


def in_gradebook(course, student):
    with Gradebook(course.db_url, course.id) as gradebook:
        one = gradebook.find_submission(MINI, student)
        return one.late_submission_penalty, one.total_seconds_late, one.assignment.duedate


def test_dates_and_penalties_come_move_and_go(graded, tmp_path):
    course = with_dates(make_course(tmp_path / "course", graded), penalty_per_day=2)
    path = course.record(MINI, "collected", "s001")
    write_record(path, {"sender": {"handed_in": "2026-12-02T20:00:00+01:00"}})
    put_lateness(course, MINI)
    due = dt.datetime(2026, 12, 1, 22, 59)
    assert in_gradebook(course, "s001") == (2.0, 20 * 3600 + 60, due)
    assert in_gradebook(course, "s002") == (0.0, 0, due)
    course = with_dates(course, due="2026-12-03", penalty_per_day=2)
    put_lateness(course, MINI)
    assert in_gradebook(course, "s001")[:2] == (0.0, 0)
    settings = course.root / "course.toml"
    settings.write_text(settings.read_text("utf-8").partition("\n[due]")[0], "utf-8")
    put_lateness(Course(course.root), MINI)
    assert in_gradebook(course, "s001") == (0.0, 0, None)


def test_nbgraders_own_due_date_stays_where_the_settings_have_none(graded, tmp_path):
    course = make_course(tmp_path / "course", graded)
    with Gradebook(course.db_url, course.id) as gradebook:
        gradebook.update_or_create_assignment(MINI, duedate="2026-12-01 12:00")
        submission = gradebook.find_submission(MINI, "s001")
        submission.notebooks[0].late_submission_penalty = 3.0
        gradebook.db.commit()
    put_lateness(course, MINI)
    penalty, _, due = in_gradebook(course, "s001")
    assert (penalty, due) == (3.0, dt.datetime(2026, 12, 1, 12))
