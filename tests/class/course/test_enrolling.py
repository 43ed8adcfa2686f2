"""A class list taken into the course, again and again."""

import pytest

from softmax_grader.course.enrolling import enrol, known_ids
from softmax_grader.course.folder import CourseError
from softmax_grader.course.roster import ROSTER, Person, read_roster, write_roster

from ..courses import MINI, solve, submit
from .test_class_lists import CANVAS, WORKSHEET


@pytest.fixture
def give(course, tmp_path):
    def give(text, name="class.csv", **options):
        path = tmp_path / name
        path.write_text(text, "utf-8")
        return enrol(course, path, **options)

    return give


def ids(people):
    return [person.id for person in people]


def test_reading_again_says_what_is_new_changed_and_gone(course, give):
    give("id,name,section\ns001,Jane Doe,A\ns002,Wei Ng,A\n")
    changes = give("id,name,section\ns002,Wei Ng,B\ns003,Zoë Roe,B\n")
    assert [ids(changes.added), ids(changes.changed), ids(changes.gone)] == [
        *(["s003"], ["s002"], ["s001"])
    ]
    assert sorted(read_roster(course)) == ["s001", "s002", "s003"]
    give("id,name,section\ns002,Wei Ng,B\ns003,Zoë Roe,B\n", prune=True)
    assert sorted(read_roster(course)) == ["s002", "s003"]


def test_nothing_is_half_written(course, give):
    give("id,name\ns001,Jane Doe\n")
    before = (course.root / ROSTER).read_bytes()
    for text in ("id,name\ns002,A\n,B\n", "id,name\ns002,A\ns002,B\n"):
        with pytest.raises(CourseError, match="Nothing was read"):
            give(text)
    assert (course.root / ROSTER).read_bytes() == before


def test_what_a_teacher_wrote_stays_where_the_list_says_nothing(course, give):
    write_roster(course, [Person("4711", group="red", email="own@x.org")])
    give(CANVAS)
    jane = read_roster(course)["4711"]
    assert (jane.group, jane.email, jane.login, jane.shown) == (
        *("red", "own@x.org", "jdoe"),
        "Jane Doe",
    )


def test_work_that_came_by_another_id_of_the_same_student_keeps_its_place(course, give):
    submit(course, "jdoe", solve(course))
    give(CANVAS)
    assert sorted(read_roster(course)) == ["4712", "jdoe"]
    assert known_ids(course, MINI, {"4711": {"lms": "canvas", "name": "doejane"}}) == {
        "4711": "jdoe"
    }


def test_moodles_numbers_are_others_in_each_assignment(course, give):
    give("First name,Last name,ID number,Email address\nJane,Doe,17,jane@x.org\nWei,Ng,18,\n")
    give(WORKSHEET, assignment=MINI)
    people = read_roster(course)
    assert sorted(people) == ["17", "18"]
    assert people["17"].first_name == "Jane"
    assert people["18"].email == "wei@x.org"
    sent = {number: {"lms": "moodle", "name": "of no help"} for number in ("101", "102")}
    assert known_ids(course, MINI, sent) == {"101": "17", "102": "18"}
    # Without the worksheet the name tells, where only one has it; in a group's work too.
    by_name = {
        "301": {"lms": "moodle", "name": "Red team-Jane Doe"},
        "302": {"lms": "moodle", "name": "Somebody Else"},
    }
    assert known_ids(course, "another", by_name) == {"301": "17"}


def test_another_ones_number_is_never_taken_for_a_students_id(course, give):
    give(WORKSHEET, assignment=MINI)  # the only list: its numbers are the ids
    assert sorted(read_roster(course)) == ["101", "102"]
    swapped = {
        "101": {"lms": "moodle", "name": "Wei Ng"},
        "102": {"lms": "moodle", "name": "Jane Doe"},
    }
    assert known_ids(course, "another", swapped) == {"101": "102", "102": "101"}
    stranger = {"101": {"lms": "moodle", "name": "New Here"}}
    assert known_ids(course, "another", stranger) == {"101": "101-another"}
    two = {n: {"lms": "moodle", "name": "Jane Doe"} for n in ("301", "302")}
    assert known_ids(course, "another", two) == {}


def test_two_of_one_name_are_told_apart_or_not_read(course, give):
    twins = "id,name,email\n1,Wei Ng,a@x.org\n2,Wei Ng,b@x.org\n"
    give(twins)
    sheet = "Identifier,Full name,Email address,Grade\nParticipant 9,Wei Ng,b@x.org,\n"
    give(sheet, assignment=MINI)
    assert known_ids(course, MINI, {"9": {"lms": "moodle", "name": "Wei Ng"}}) == {"9": "2"}
    with pytest.raises(CourseError, match="may be 1 and 2 of the roster"):
        give(sheet.replace("b@x.org", "").replace("9", "8"), assignment=MINI)


def test_a_worksheet_of_one_of_several_assignments_has_to_be_named(course, give):
    other = course.notebook("release", "other")
    other.parent.mkdir()
    other.write_text("{}", "utf-8")
    with pytest.raises(CourseError, match="--assignment NAME"):
        give(WORKSHEET)
    assert give(WORKSHEET, name=f"Grades-{MINI}-12.csv").kind == "moodle"
    with pytest.raises(CourseError, match="no grading worksheet"):
        give("id,name\n1,A\n", assignment=MINI)


def test_zeros_and_capitals_that_a_spreadsheet_changed_are_no_other_student(course, give):
    give("id,name\n1234,Jane Doe\nab9,Wei Ng\n7,A\n07,B\n")
    sent = {text: {"lms": None, "name": None} for text in ("001234", "AB9", "007")}
    assert known_ids(course, MINI, sent) == {"001234": "1234", "AB9": "ab9"}
    both = {text: {"lms": None, "name": None} for text in ("01234", "1234")}
    assert known_ids(course, MINI, both) == {}
