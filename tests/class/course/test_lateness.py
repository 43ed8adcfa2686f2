"""Due dates, extensions, late days, and what lateness costs."""

import datetime as dt

import pytest

from softmax_grader.course.enrolling import enrol
from softmax_grader.course.extending import extend, find_student
from softmax_grader.course.extensions import EXTENSIONS
from softmax_grader.course.folder import Course, CourseError
from softmax_grader.course.lateness import Calendar, late_line, late_notes
from softmax_grader.course.records import write_record
from softmax_grader.course.roster import Person, write_roster

from ..courses import MINI, solve, submit, with_dates
from .test_class_lists import WORKSHEET

TOTAL = 10.0


def came(course, student, moment, assignment=MINI, **more):
    submit(course, student, solve(course))
    sender = {"lms": None, "name": None, "place": "x", "handed_in": moment, **more}
    write_record(course.record(assignment, "collected", student), {"sender": sender})


@pytest.mark.parametrize(
    ("moment", "days"),
    [
        ("2026-12-01T23:59:00+01:00", 0),
        ("2026-12-01T22:59:00+00:00", 0),
        ("2026-12-01T23:59:59+01:00", 0),
        ("2026-12-02T00:08:59+01:00", 0),  # within the grace of ten minutes
        ("2026-12-02T00:09:01+01:00", 1),
        ("2026-12-03T00:08:00+01:00", 1),  # the grace holds on each day
        ("2026-12-03T00:10:00+01:00", 2),
        ("2026-12-04T12:00:00", 3),  # without a zone, the course's
    ],
)
def test_each_day_that_has_begun_counts(course, moment, days):
    course = with_dates(course, grace_minutes=10, penalty_per_day="10 %")
    came(course, "s001", moment)
    lateness = Calendar(course).of(MINI, "s001")
    assert (lateness.days, lateness.penalty) == (days, days * TOTAL / 10)


def test_a_day_over_the_change_of_the_clocks_is_a_day_of_the_clock(course):
    course = with_dates(course, due="2026-10-24T12:00:00", penalty_per_day=1)
    came(course, "s001", "2026-10-25T12:00:00+01:00")  # 25 hours later
    assert Calendar(course).of(MINI, "s001").days == 1


def test_the_minute_of_the_due_date_counts_to_its_end_also_without_grace(course):
    course = with_dates(course)
    came(course, "s001", "2026-12-01T23:59:59+01:00")
    came(course, "s002", "2026-12-02T00:00:01+01:00")
    calendar = Calendar(course)
    assert [calendar.of(MINI, student).days for student in ("s001", "s002")] == [0, 1]


def test_a_due_date_of_no_assignment_is_told(course):
    path = course.root / "course.toml"
    path.write_text(path.read_text("utf-8") + "\n[due]\nmimi = 2026-12-01\n", "utf-8")
    (note,) = late_notes(Course(course.root), MINI)
    assert note.startswith("course.toml has a due date for mimi, and there is no such assignment")
    assert note.endswith(f"(there are: {MINI})")


def test_a_date_ends_with_its_day(course):
    course = with_dates(course, due="2026-12-01")
    came(course, "s001", "2026-12-01T23:59:30+01:00")
    assert Calendar(course).of(MINI, "s001").days == 0


def test_points_a_cap_and_a_last_day(course):
    course = with_dates(course, penalty_per_day=1.5, penalty_at_most="25 %", last_day=3)
    for student, day in (("s001", 2), ("s002", 3), ("s003", 5)):
        came(course, student, f"2026-12-0{day}T20:00:00+01:00")
    calendar = Calendar(course)
    found = [calendar.of(MINI, student) for student in ("s001", "s002", "s003")]
    assert [(one.days, one.penalty, one.refused) for one in found] == [
        *((1, 1.5, False), (2, 2.5, False)),
        (4, TOTAL, True),
    ]
    assert late_line(course, MINI, "s003") == (
        "Handed in 4 days late; it was due 1 December 2026, 23:59. "
        "Nothing is accepted after 3 days: no points."
    )


def test_late_days_are_spent_in_the_order_of_the_due_dates_and_move_with_them(course, tmp_path):
    second = course.notebook("release", "second")
    second.parent.mkdir()
    second.write_bytes(course.notebook("release", MINI).read_bytes())
    path = course.root / "course.toml"
    course = with_dates(course, late_days=3, penalty_per_day=1)
    path.write_text(
        path.read_text("utf-8").replace("\n[due]", "\n[due]\nsecond = 2026-12-08T23:59:00"), "utf-8"
    )
    course = Course(course.root)
    came(course, "s001", "2026-12-03T20:00:00+01:00")  # 2 days late
    target = course.notebook("submitted", "second", "s001")
    target.parent.mkdir(parents=True)
    target.write_text("{}", "utf-8")
    sender = {"handed_in": "2026-12-10T20:00:00+01:00"}  # 2 days late as well
    write_record(course.record("second", "collected", "s001"), {"sender": sender})
    calendar = Calendar(course)
    assert (calendar.of(MINI, "s001").free_days, calendar.of(MINI, "s001").penalty) == (2, 0)
    assert (calendar.of("second", "s001").free_days, calendar.of("second", "s001").penalty) == (
        *(1, 1),
    )
    assert late_line(course, "second", "s001") == (
        "Handed in 2 days late; it was due 8 December 2026, 23:59. "
        "1 of your 3 late days was used for it. 1 point was taken off."
    )
    assert extend(course, MINI, ["s001"], days=1, reason="ill") == [
        f"s001: {MINI} is due 2 December 2026, 23:59; handed in 1 day late, 0 points taken off"
    ]
    assert Calendar(course).of("second", "s001").penalty == 0


def test_an_extension_is_kept_in_a_file_that_a_teacher_can_read_and_edit(course):
    course = with_dates(course, penalty_per_day=1)
    write_roster(course, [Person("s001", name="Jane Doe", login="jdoe"), Person("s002")])
    extend(course, MINI, ["Jane Doe", "s002"], until="2026-12-04", reason="=ill")
    text = (course.root / EXTENSIONS).read_text("utf-8-sig")
    assert text.splitlines()[0] == "assignment,student,until,days,handed_in,reason"
    assert f"{MINI},s001,2026-12-04 23:59:59+01:00,,,'=ill" in text
    (course.root / EXTENSIONS).write_text(
        f"Student;Assignment;Until\ns001;{MINI};2026-12-05\n", "utf-8"
    )
    assert Calendar(course).due_of(MINI, "s001").day == 5
    extend(course, MINI, ["s001"], none=True)
    assert Calendar(course).due_of(MINI, "s001").day == 1


def test_days_granted_follow_the_due_date_and_no_extension_shortens(course):
    course = with_dates(course)
    submit(course, "s001", solve(course))
    extend(course, MINI, ["s001"], days=2)
    assert Calendar(course).due_of(MINI, "s001").day == 3
    course = with_dates(course, due="2026-12-10T12:00:00")
    assert Calendar(course).due_of(MINI, "s001").isoformat() == "2026-12-12T12:00:00+01:00"
    with pytest.raises(CourseError, match="is no extension"):
        extend(course, MINI, ["s001"], until="2026-12-02")


def test_without_a_time_nothing_is_taken_and_the_teacher_is_told(course):
    course = with_dates(course, penalty_per_day=1)
    came(course, "s001", None, late=True)
    came(course, "s002", None, late=False)
    came(course, "s003", None, late=None)
    calendar = Calendar(course)
    assert [calendar.of(MINI, f"s00{k}").penalty for k in (1, 2, 3)] == [0, 0, 0]
    late, unknown = late_notes(course, MINI)
    assert late.startswith("s001: the LMS says late, not by how much, so nothing was taken off")
    assert unknown.startswith("nothing tells when s003 handed in")
    extend(course, MINI, ["s001"], handed_in="2026-12-03 10:00")
    assert Calendar(course).of(MINI, "s001").penalty == 2
    assert len(late_notes(course, MINI)) == 1


@pytest.mark.parametrize("lms", ["moodle", "canvas"])
def test_the_time_of_a_file_in_an_archive_charges_nobody(course, lms):
    course = with_dates(course, penalty_per_day=1)
    came(course, "s001", "2026-12-03T20:00:00+01:00", lms=lms)
    came(course, "s002", "2026-12-01T20:00:00+01:00", lms=lms)
    assert Calendar(course).of(MINI, "s001").penalty == 0
    (note,) = late_notes(course, MINI)
    assert note.startswith("s001: the file in the archive is of 3 December 2026, 20:00")


def test_blackboards_name_tells_the_time_by_the_lmss_clock(course):
    course = with_dates(course, penalty_per_day=1)
    local = dt.datetime(2026, 12, 1, 23, 58).astimezone().isoformat()  # as it is collected
    came(course, "s001", local, lms="blackboard")
    assert Calendar(course).handed_in(MINI, "s001").isoformat() == "2026-12-01T23:58:00+01:00"


def test_moodles_worksheet_and_nbgraders_exchange_tell_the_time(course, tmp_path):
    course = with_dates(course, due="2026-12-01T12:00:00", penalty_per_day=1)
    for student in ("101", "s002", "s003"):
        path = submit(course, student, solve(course))
    path.with_name("timestamp.txt").write_text("2026-12-02 10:00:00.000000 UTC", "utf-8")
    sheet = tmp_path / "sheet.csv"
    sheet.write_text(WORKSHEET, "utf-8")
    enrol(course, sheet)
    calendar = Calendar(course)
    assert calendar.handed_in(MINI, "101").isoformat() == "2026-12-01T23:58:00+01:00"
    assert [calendar.of(MINI, student).days for student in ("101", "s002", "s003")] == [1, 0, 1]


def test_a_due_date_moved_moves_what_it_costs(course):
    course = with_dates(course, penalty_per_day=2)
    came(course, "s001", "2026-12-03T20:00:00+01:00")
    assert Calendar(course).of(MINI, "s001").penalty == 4
    course = with_dates(course, due="2026-12-03T12:00:00", penalty_per_day=2)
    assert Calendar(course).of(MINI, "s001").penalty == 2
    assert Calendar(course).of(MINI, "nobody").penalty == 0


def test_settings_that_cannot_be_are_said(course):
    for rules, reason in (
        ({"penalty": 1}, r"\[late\] has penalty; expected grace_minutes"),
        ({"penalty_per_day": "much"}, "expected points, or such as '10 %'"),
        ({"late_days": -1}, "expected a number from 0 on"),
    ):
        with pytest.raises(CourseError, match=reason):
            Calendar(with_dates(course, **rules))
    with pytest.raises(CourseError, match="expected a date, such as"):
        Calendar(with_dates(course, due="'soon'"))
    path = course.root / "course.toml"
    path.write_text(path.read_text("utf-8").replace("Europe/Berlin", "Berlin"), "utf-8")
    with pytest.raises(CourseError, match="expected a zone such as"):
        Calendar(Course(course.root))


def test_a_student_is_found_by_id_name_or_address_and_never_guessed(course):
    people = [Person("s001", name="Jane Doe", email="j@x.org"), Person("s002", name="Wei Ng")]
    write_roster(course, [*people, Person("s003", name="Wei Ng")])
    assert find_student(course, MINI, "jane doe") == find_student(course, MINI, "J@x.org") == "s001"
    with pytest.raises(CourseError, match="may be s002 or s003"):
        find_student(course, MINI, "Wei Ng")
    with pytest.raises(CourseError, match="Near: s001"):
        find_student(course, MINI, "Jane Do")
