"""The class's list, and the names to show."""

import pytest

from softmax_grader.course.folder import Course, CourseError
from softmax_grader.course.records import write_record
from softmax_grader.course.roster import (
    ROSTER,
    Person,
    groups,
    read_roster,
    sections,
    shown_names,
    write_roster,
)

from ..courses import MINI, solve, submit


def test_the_roster_is_read_as_it_was_written_and_as_a_teacher_edits_it(course):
    zoe = Person("s001", first_name="Zoë", last_name="=Ng", section="A", group="red")
    write_roster(course, [zoe, Person("s002", name="Jan van Dam", canvas_id="4711")])
    assert read_roster(course) == {
        "s001": zoe,
        "s002": Person("s002", name="Jan van Dam", canvas_id="4711"),
    }
    assert shown_names(course) == {"s001": "Zoë =Ng", "s002": "Jan van Dam"}
    assert sections(course) == {"s001": "A"}
    assert groups(course) == {"s001": "red"}
    assert "'=Ng" in (course.root / ROSTER).read_text("utf-8")
    by_hand = "Last name;ID;First name\nGröße;s003;Jo\n"
    (course.root / ROSTER).write_bytes(by_hand.encode("cp1252"))
    assert shown_names(course) == {"s003": "Jo Größe"}


def test_rows_that_cannot_be_used_are_named_by_their_lines(course):
    text = "id,name\ns001,One\n,Two\n\ns001,Three\n"
    (course.root / ROSTER).write_text(text, "utf-8")
    with pytest.raises(CourseError, match=r"line 3: no id; line 5: the id s001 stands in line 2"):
        read_roster(course)


def test_the_name_that_the_lms_sent_serves_where_the_roster_has_none(course):
    for student in ("4711", "s002"):
        submit(course, student, solve(course))
        sender = {"lms": "moodle", "name": f"Moodle's {student}"}
        write_record(course.record(MINI, "collected", student), {"sender": sender})
    write_roster(course, [Person("s002", name="Own")])
    assert shown_names(course) == {"4711": "Moodle's 4711", "s002": "Own"}


def test_blind_marking_shows_no_name(course):
    write_roster(course, [Person("s002", name="Own")])
    settings = course.root / "course.toml"
    settings.write_text("names = false\n" + settings.read_text("utf-8"), "utf-8")
    assert shown_names(Course(course.root)) == {}
