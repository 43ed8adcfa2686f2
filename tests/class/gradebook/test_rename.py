"""A student gets another id: work, marks and records go along, and nobody is graded again."""

import datetime as dt
from pathlib import Path

import pytest

from softmax_grader.commands.softmax_class import main
from softmax_grader.course.drawn_ids import DrawnId, read_drawn_ids, write_drawn_ids
from softmax_grader.course.enrolling import enrol, worksheet_of
from softmax_grader.course.extensions import Extension, read_extensions, write_extensions
from softmax_grader.course.folder import RECORDS, Course, CourseError
from softmax_grader.course.records import read_record, write_record
from softmax_grader.course.roster import Person, read_roster, write_roster
from softmax_grader.gradebook.points import grades
from softmax_grader.gradebook.rename import rename
from softmax_grader.intake.collect import collect
from softmax_grader.intake.remove import remove
from softmax_grader.reports.feedback import feedback

from ..courses import MINI, RIGHT, WRONG, grade_all, make_course, mark, snapshot, solve
from ..handing_in import Sent, answers, as_bytes, moodle_zip, put


@pytest.fixture
def marked(tmp_path, graded):
    """The graded course with points and a comment by hand for s002."""
    course = make_course(tmp_path / "course", graded)
    mark(course, "s002", "why", 1.5, "Say which factor.")
    grade_all(course, jobs=1)  # the points are kept beside what they were given to
    return course


def everything(course):
    """Return all that a course has of students: files, tables, grades."""
    kept = snapshot(course.root)
    kept.pop("gradebook.db")
    kept.pop(f"{RECORDS}/at-work", None)
    return kept, {
        student: grade | {"timestamp": ""} for student, grade in grades(course, MINI).items()
    }


def named(course, student):
    """Return the paths in a course that carry an id."""
    paths = (path.relative_to(course.root) for path in course.root.rglob("*"))
    return {path.as_posix() for path in paths if student in path.as_posix()}


def test_work_points_comments_and_records_go_along_and_nobody_is_graded_again(marked, capsys):
    feedback(marked, MINI)
    before = grades(marked, MINI)
    were = named(marked, "s002")
    assert {path.partition("/")[0] for path in were} >= {"submitted", "autograded", "feedback"}
    assert main(["--course", str(marked.root), "rename", "s002", "jane.doe"]) == 0
    said = capsys.readouterr().out
    assert f"s002 is jane.doe now: {MINI}" in said
    assert "2 marks by hand (points, comments) went along" in said
    after = grades(marked, MINI)
    assert after.pop("jane.doe") == before.pop("s002")
    assert after == before
    assert named(marked, "s002") == set()
    assert named(marked, "jane.doe") == {path.replace("s002", "jane.doe") for path in were}
    again = grade_all(marked, jobs=1)
    assert again["graded"] == []
    assert again["again"] == {}  # no mark by hand waits for the teacher once more
    assert grades(marked, MINI)["jane.doe"]["comments"] == {"why": "Say which factor."}
    assert "jane.doe" in feedback(marked, MINI)["written"] + feedback(marked, MINI)["unchanged"]


def test_it_goes_there_and_back(marked):
    before, given = everything(marked)
    rename(marked, "s002", "s014")
    rename(marked, "s014", "s002")
    after, again = everything(marked)
    renamed = read_record(marked.root / RECORDS / "renamed.json")
    assert {old: one["id"] for old, one in renamed.items()} == {"s014": "s002"}
    del after[f"{RECORDS}/renamed.json"]
    assert after == before
    assert again == given


def test_one_that_was_stopped_anywhere_is_finished_by_the_same_command(
    tmp_path, marked, monkeypatch
):
    write_roster(marked, [Person("s002", name="Jane Doe"), Person("s003")])
    write_record(marked.root / RECORDS / MINI / "set_aside.json", {"gone": {"s002": {"points": 1}}})
    whole = make_course(tmp_path / "whole", marked)
    rename(whole, "s002", "s014")
    wanted = everything(whole)
    moved = Path.rename
    steps = 0
    while True:
        course = make_course(tmp_path / f"stopped{steps}", marked)
        left = [steps]

        def stop(path, target, left=left):
            left[0] -= 1
            if left[0] < 0:
                raise KeyboardInterrupt
            return moved(path, target)

        monkeypatch.setattr(Path, "rename", stop)
        try:
            rename(course, "s002", "s014")
            break
        except KeyboardInterrupt:
            monkeypatch.setattr(Path, "rename", moved)
        rename(course, "s002", "s014")
        assert everything(course) == wanted, steps
        steps += 1
    assert steps > 5
    assert not rename(whole, "s002", "s014").is_new


def test_a_refusal_changes_nothing(marked, tmp_path):
    write_roster(marked, [Person("s001"), Person("s003"), Person("s008")])
    put(marked.root / "incoming", "mini/came.ipynb", b"{}")
    (marked.root / "feedback" / "s009" / MINI).mkdir(parents=True)
    (marked.root / "feedback" / "s001" / MINI).mkdir(parents=True, exist_ok=True)
    before = everything(marked)
    for old, new, why in (
        ("s002", "s001", f"s002 and s001 have both handed in {MINI}, and nothing was changed"),
        ("s001", "s008", "s001 and s008 are two students of roster.csv, and nothing was changed"),
        ("s001", "s009", "is there already, and nothing was changed: move it away"),
        ("s077", "s078", "nobody has the id s077"),
        ("s002", "../s078", "'../s078' cannot be a student's id; expected one such as s001"),
        ("s002", "s078.ipynb", "cannot be a student's id"),
        ("s002", "s002", "s002 is the same id twice"),
        ("../incoming", "s078", "'../incoming' is no id that a course gives"),
        ("s00*", "s078", "'s00*' is no id that a course gives"),
    ):
        with pytest.raises(CourseError) as raised:
            rename(marked, old, new)
        assert why in str(raised.value)
    assert everything(marked) == before


def test_what_comes_under_the_former_id_counts_as_the_students(course, inbox):
    put(inbox, "mini.ipynb", as_bytes(solve(course, **WRONG)))
    collect(course, MINI, [inbox])
    (unknown,) = course.submitted(MINI)
    rename(course, unknown, "s014")
    assert course.submitted(MINI) == ["s014"]
    again = collect(course, MINI, [inbox])  # the same file, as nameless as before
    assert again["unchanged"] == ["s014"]
    rename(course, "s014", "s015")
    collect(course, MINI, [inbox])
    assert course.submitted(MINI) == ["s015"]
    # One under each id: the newest counts, as always.
    put(inbox, "s014/mini.ipynb", as_bytes(solve(course, **RIGHT)))
    collect(course, MINI, [inbox])
    assert course.submitted(MINI) == ["s015"]
    assert answers(course, "s015") == RIGHT
    # Somebody else has the former id by now.
    write_roster(course, [Person("s014"), Person("s015")])
    collect(course, MINI, [inbox])
    assert course.submitted(MINI) == ["s014", "s015"]


def test_a_number_of_moodles_is_the_students_in_that_assignment_only(course, tmp_path):
    sent = {"Jane Doe": Sent(4711, {"mini.ipynb": as_bytes(solve(course, **RIGHT))})}
    came = moodle_zip(tmp_path / "moodle.zip", sent)
    collect(course, MINI, [came])
    assert course.submitted(MINI) == ["4711"]
    rename(course, "4711", "s014")
    collect(course, MINI, [came])
    assert course.submitted(MINI) == ["s014"]
    path = course.root / RECORDS / "renamed.json"
    write_record(path, {"4711": {"id": "s014", "assignments": ["another_one"]}})
    collect(course, MINI, [came])
    assert course.submitted(MINI) == ["4711", "s014"]


def test_tables_lists_and_other_students_records_follow(course, inbox, tmp_path):
    for student in ("s001", "s002"):
        put(inbox, f"{student}/mini.ipynb", as_bytes(solve(course, **RIGHT)))
    collect(course, MINI, [inbox])
    remove(course, MINI, "s001")
    put(inbox, "s001/mini.ipynb", as_bytes(solve(course, **WRONG)))
    collect(course, MINI, [inbox])
    write_roster(course, [Person("s001", name="Jane Doe", group="red"), Person("s002")])
    until = dt.datetime(2026, 12, 3, tzinfo=dt.UTC)
    write_extensions(
        course, [Extension(MINI, "s001", until, reason="ill"), Extension(MINI, "s002")]
    )
    write_drawn_ids(course, [DrawnId("a4", "s001", "jane")])
    sheet = {"head": [], "rows": [], "places": {}, "ids": {"4": "s001", "5": "s002"}}
    sheet["times"] = {"s001": "2026-12-01T10:00:00+00:00"}
    write_record(course.root / RECORDS / MINI / "moodle.json", sheet)
    shared = course.record(MINI, "collected", "s002")
    write_record(shared, {**read_record(shared), "shared_from": "s001"})
    aside = course.root / RECORDS / MINI / "set_aside.json"
    write_record(aside, {"gone": {"s001": {"points": 1.0}, "s002": {"points": 2.0}}})
    done = rename(course, "s001", "s014")
    assert done.in_roster
    assert done.assignments == [MINI]
    assert read_roster(course)["s014"] == Person("s014", name="Jane Doe", group="red")
    assert sorted(read_roster(course)) == ["s002", "s014"]
    assert sorted(read_extensions(course)) == [(MINI, "s002"), (MINI, "s014")]
    assert read_extensions(course)[MINI, "s014"].reason == "ill"
    assert read_drawn_ids(course)["a4", "s014"].drawn_by == "jane"
    assert worksheet_of(course, MINI)["ids"] == {"4": "s014", "5": "s002"}
    assert list(worksheet_of(course, MINI)["times"]) == ["s014"]
    assert read_record(shared)["shared_from"] == "s014"
    assert read_record(aside)["gone"] == {"s014": {"points": 1.0}, "s002": {"points": 2.0}}
    assert named(course, "s001") == set()
    # What was taken out stays out, and a list with the former id means the same student.
    kept = read_record(course.record(MINI, "removed", "s014"))["digests"]
    assert len(kept) == 1
    names = tmp_path / "class.csv"
    names.write_text("id,name\ns001,Jane B. Doe\ns002,Wei Ng\n", "utf-8")
    changes = enrol(course, names)
    assert changes.added == []
    assert read_roster(course)["s014"].shown == "Jane B. Doe"
    # A list that has both ids means two students.
    rename(course, "s002", "s022")
    names.write_text("id,name\ns002,Ada Lee\ns022,Wei Ng\n", "utf-8")
    assert [one.id for one in enrol(course, names).added] == ["s002"]


def test_the_gradebooks_own_row_of_a_student_without_work_is_taken_along(marked):
    from nbgrader.api import Gradebook

    with Gradebook(marked.db_url, marked.id) as gradebook:
        gradebook.add_student("s020", last_name="Ng", first_name="Wei")
        gradebook.add_student("s021")
    done = rename(marked, "s020", "s021")
    assert (done.assignments, done.by_hand) == ([], 0)
    with Gradebook(marked.db_url, marked.id) as gradebook:
        assert gradebook.find_student("s021").last_name == "Ng"
        assert "s020" not in {student.id for student in gradebook.students}
    assert Course(marked.root).submitted(MINI) == marked.submitted(MINI)
