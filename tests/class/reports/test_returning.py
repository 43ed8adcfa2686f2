"""Pages handed back: each to its own student, and to nobody else."""

import csv
import io
import zipfile

import pytest

from softmax_grader.course.folder import CourseError
from softmax_grader.course.lms_places import lms_place
from softmax_grader.course.records import write_record
from softmax_grader.course.roster import Person, write_roster
from softmax_grader.reports.returning import give_back

from ..courses import MINI, make_course


@pytest.fixture(scope="module")
def came_from_lms(tmp_path_factory, graded):
    """A graded course whose work came in each way; leave it as it was."""
    course = make_course(tmp_path_factory.mktemp("returned") / "course", graded)
    places = {
        "s001": ("moodle", "Red-Zoë O'Neil_11_assignsubmission_file_"),
        "s002": ("moodle", "Wei Ng_12_assignsubmission_file"),
        "s003": ("canvas", "doejane_LATE_4711_81000_my.own work-2.ipynb"),
        "s004": (None, None),
    }
    for student, (lms, place) in places.items():
        sender = {"lms": lms, "name": None, "place": place, "handed_in": None, "late": None}
        file = place if place and place.endswith(".ipynb") else f"{place}/{MINI}.ipynb"
        record = {"file": file, "sender": sender}
        write_record(course.record(MINI, "collected", student), record)
    flat = "Al B_15_assignsubmission_file_mini.ipynb"  # as an older release has recorded it
    write_record(course.record(MINI, "collected", "s005"), {"file": flat})
    write_roster(course, [Person("s004", name="=Jo", email="jo@x.org")])
    return course


def page_of(course, student):
    return course.notebook("feedback", MINI, student).with_suffix(".html").read_bytes()


def test_each_page_lies_in_its_own_students_place(came_from_lms):
    course = came_from_lms
    result = give_back(course, MINI, everyone=True)
    folder = course.root / "return" / MINI
    with zipfile.ZipFile(folder / "moodle_feedback.zip") as archive:
        moodle = {name: archive.read(name) for name in archive.namelist()}
    assert moodle == {
        "Al B_15_assignsubmission_file_mini.html": page_of(course, "s005"),
        f"Red-Zoë O'Neil_11_assignsubmission_file_/{MINI}.html": page_of(course, "s001"),
        f"Wei Ng_12_assignsubmission_file/{MINI}.html": page_of(course, "s002"),
    }
    with zipfile.ZipFile(folder / "canvas_feedback.zip") as archive:
        canvas = {name: archive.read(name) for name in archive.namelist()}
    assert canvas == {"doejane_LATE_4711_81000_my.own work-2.html": page_of(course, "s003")}
    assert (folder / "pages" / "s004.html").read_bytes() == page_of(course, "s004")
    merge = list(csv.DictReader(io.StringIO((folder / "mail_merge.csv").read_text("utf-8"))))
    assert [(row["id"], row["name"], row["email"], row["page"]) for row in merge] == [
        ("s004", "'=Jo", "jo@x.org", "pages/s004.html")
    ]
    assert result["left_out"] == {}
    first = (folder / "moodle_feedback.zip").read_bytes()
    give_back(course, MINI, everyone=True)
    assert (folder / "moodle_feedback.zip").read_bytes() == first


def test_a_place_that_two_would_have_is_nobodys(came_from_lms, tmp_path):
    course = make_course(tmp_path / "course", came_from_lms)
    sender = {"lms": "moodle", "place": "Wei Ng_12_assignsubmission_file"}
    write_record(course.record(MINI, "collected", "s001"), {"sender": sender})
    result = give_back(course, MINI, everyone=True)
    assert set(result["left_out"]) == {"s001", "s002"}
    assert result["returned"]["moodle"] == ["s005"]


def test_who_is_left_out_is_said_with_the_reason(came_from_lms, tmp_path):
    course = make_course(tmp_path / "course", came_from_lms)
    waits = give_back(course, MINI)["left_out"]
    assert set(waits.values()) == {"waits for points by hand"}
    run = course.record(MINI, "run", "s004")
    write_record(run, {"failed": "no start"})
    new = course.notebook("submitted", MINI, "s006")
    new.parent.mkdir(parents=True)
    new.write_bytes(course.notebook("submitted", MINI, "s001").read_bytes())
    again = course.notebook("submitted", MINI, "s005")
    again.write_bytes(again.read_bytes() + b"\n")
    result = give_back(course, MINI, everyone=True, as_pages=True)
    how = f"softmax-class grade {MINI}"
    assert result["left_out"] == {
        "s004": f"could not be graded: {how}",
        "s005": f"was collected again since it was graded: {how}",
        "s006": f"is not graded yet: {how}",
    }
    assert result["returned"] == {"pages": ["s001", "s002", "s003"]}


def test_a_folder_of_the_teachers_own_is_not_emptied(came_from_lms, tmp_path):
    course = make_course(tmp_path / "course", came_from_lms)
    folder = course.root / "return" / MINI
    for path in sorted(folder.rglob("*"), reverse=True):
        path.unlink() if path.is_file() else path.rmdir()
    (folder / "mine.txt").parent.mkdir(parents=True, exist_ok=True)
    (folder / "mine.txt").write_text("mine", "utf-8")
    with pytest.raises(CourseError, match="would be emptied"):
        give_back(course, MINI, everyone=True)
    assert (folder / "mine.txt").is_file()


def test_a_place_is_one_only_where_the_lms_made_it(course):
    for sender in (
        {"lms": None, "place": None},
        {"lms": "blackboard", "place": "Mini_s1_attempt_2026-12-01-10-00-00_mini.ipynb"},
        {"lms": "moodle", "place": None},
    ):
        file = "Wei Ng_12_assignsubmission_file_/mini.ipynb"
        write_record(course.record(MINI, "collected", "s001"), {"file": file, "sender": sender})
        assert lms_place(course, MINI, "s001") is None
