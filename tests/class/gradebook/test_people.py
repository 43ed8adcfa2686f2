"""Names in nbgrader's gradebook."""

from nbgrader.api import Gradebook

from softmax_grader.course.folder import Course
from softmax_grader.course.roster import Person, write_roster
from softmax_grader.gradebook.people import put_people


def names_in(course):
    with Gradebook(course.db_url, course.id) as gradebook:
        return {s.id: (s.last_name, s.first_name, s.email) for s in gradebook.students}


def test_names_come_into_the_gradebook_and_go_when_marking_is_blind(course):
    people = [
        Person("s001", last_name="Doe", first_name="Jane", email="j@x.org"),
        Person("s002", name="Wei Ng"),
        Person("s003", section="A"),
    ]
    write_roster(course, people)
    with Gradebook(course.db_url, course.id) as gradebook:
        gradebook.add_student("s003", last_name="Only here")
    put_people(course)
    named = {
        "s001": ("Doe", "Jane", "j@x.org"),
        "s002": ("Wei Ng", None, None),
        "s003": ("Only here", None, None),
    }
    assert names_in(course) == named
    settings = course.root / "course.toml"
    text = settings.read_text("utf-8")
    settings.write_text("names = false\n" + text, "utf-8")
    put_people(Course(course.root))
    blank = (None, None, None)
    assert names_in(course) == {"s001": blank, "s002": blank, "s003": named["s003"]}
    settings.write_text(text, "utf-8")
    put_people(Course(course.root))
    assert names_in(course) == named
