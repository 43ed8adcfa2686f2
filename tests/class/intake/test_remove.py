"""Who is taken out of a course leaves nothing in it that would come back as points."""

from softmax_grader.course.folder import RECORDS
from softmax_grader.course.records import read_record, write_record
from softmax_grader.intake.remove import remove

from ..courses import MINI, RIGHT, solve, submit


def test_what_was_given_by_hand_goes_with_the_student_and_is_kept_aside(course):
    for student in ("s001", "s002"):
        submit(course, student, solve(course, **RIGHT))
        write_record(course.record(MINI, "marks", student), {"cells": {}, "again": {"why": 2.0}})
    aside = course.root / RECORDS / MINI / "set_aside.json"
    given = {"points": 1.0, "extra": None, "comment": "good"}
    write_record(aside, {"gone": {"s001": given, "s002": given}, "other": {"s002": given}})
    removed = remove(course, MINI, "s001")
    assert read_record(aside) == {"gone": {"s002": given}, "other": {"s002": given}}
    kept = read_record(removed["folder"] / "by_hand.json")
    assert kept == {"by hand": [{"cell": "gone", **given}]}
    assert removed["by_hand"] == 1
    assert not course.record(MINI, "marks", "s001").exists()
    assert (removed["folder"] / "records" / "marks.json").is_file()
    assert read_record(course.record(MINI, "marks", "s002"))["again"] == {"why": 2.0}
    # All that is left of s001 in the records is that it was taken out.
    left = (course.root / RECORDS / MINI).rglob("s001*")
    assert [path.parent.name for path in left] == ["removed"]
