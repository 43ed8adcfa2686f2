"""Work of a group that one member handed in."""

from softmax_grader.course.folder import Course
from softmax_grader.course.lateness import Calendar
from softmax_grader.course.lms_places import lms_place
from softmax_grader.course.records import read_record
from softmax_grader.course.roster import Person, write_roster
from softmax_grader.intake.collect import collect
from softmax_grader.intake.groups import share_in_groups

from ..courses import MINI, RIGHT, WRONG, solve, with_dates
from ..handing_in import Sent, answers, as_bytes, moodle_zip


def as_group_work(course):
    path = course.root / "course.toml"
    path.write_text(f'group_work = ["{MINI}"]\n' + path.read_text("utf-8"), "utf-8")
    return Course(course.root)


def test_a_members_work_counts_for_each_and_its_place_and_time_are_its_own(course, tmp_path):
    people = [Person("7", group="red"), Person("s2", group="red"), Person("s3", group="blue")]
    write_roster(course, people)
    sent = {"Jane Doe": Sent(7, {"mini.ipynb": as_bytes(solve(course, **RIGHT))})}
    archive = moodle_zip(tmp_path / "moodle.zip", sent)
    collect(course, MINI, [archive])
    assert course.submitted(MINI) == ["7"]  # not a group's work unless the settings say so
    course = as_group_work(course)
    assert share_in_groups(course, MINI) == ["s2 has what 7 handed in for the group red"]
    assert answers(course, "s2") == answers(course, "7")
    record = read_record(course.record(MINI, "collected", "s2"))
    assert (record["shared_from"], lms_place(course, MINI, "s2")) == ("7", None)
    assert share_in_groups(course, MINI) == []
    # The time is the giver's, also one that is known only later.
    course = with_dates(course, penalty_per_day=1)
    course.notebook("submitted", MINI, "7").with_name("timestamp.txt").write_text(
        "2026-12-02 10:00:00 UTC", "utf-8"
    )
    calendar = Calendar(course)
    assert calendar.of(MINI, "s2").penalty == calendar.of(MINI, "7").penalty == 1


def test_a_newer_notebook_of_the_giver_goes_to_the_others_as_well(course, tmp_path):
    write_roster(course, [Person("7", group="red"), Person("s2", group="red")])
    course = as_group_work(course)
    for place, mine in enumerate((WRONG, RIGHT)):
        files = {"mini.ipynb": as_bytes(solve(course, **mine))}
        sent = {"Jane Doe": Sent(7, files, at=(2026, 11, 20 + place, 10, 0, 0))}
        collect(course, MINI, [moodle_zip(tmp_path / f"download-{place}.zip", sent)])
    assert answers(course, "s2") == answers(course, "7") == {**answers(course, "7"), **RIGHT}


def test_a_section_is_no_group(course, tmp_path):
    write_roster(course, [Person(f"s{k}", group="lab A") for k in range(11)])
    course = as_group_work(course)
    sent = {"Jane Doe": Sent(7, {"mini.ipynb": as_bytes(solve(course, **RIGHT))})}
    collect(course, MINI, [moodle_zip(tmp_path / "moodle.zip", sent)])
    write_roster(
        course, [Person("7", group="lab A"), *(Person(f"s{k}", group="lab A") for k in range(11))]
    )
    (remark,) = share_in_groups(course, MINI)
    assert "group lab A has 12 students, so nothing was shared" in remark
    assert course.submitted(MINI) == ["7"]
