"""Whose a file is."""

from pathlib import PurePosixPath

import pytest

from softmax_grader.course.folder import Course
from softmax_grader.intake.collect import collect
from softmax_grader.intake.places import student_of

from ..courses import AUTOMATIC, MINI, RIGHT, grade_all, scores, solve
from ..handing_in import answers, as_bytes, dated, put, zipped


@pytest.mark.parametrize(
    ("path", "student"),
    [
        ("s001/mini.ipynb", "s001"),
        ("s001/work/mini.ipynb", "s001"),
        ("s001.ipynb", "s001"),
        ("s001_mini.ipynb", "s001"),
        ("s001-mini-2.ipynb", "s001"),
        ("mini_s001.ipynb", "s001"),
        ("mini s001 (1).ipynb", "s001 (1)"),
        ("mini_12345.ipynb", "12345"),
        ("S001_MINI.ipynb", "S001"),
        ("One Student_4711_assignsubmission_file/mini.ipynb", "4711"),
        ("One Student_4711_assignsubmission_file_mini.ipynb", "4711"),
        ("studentone_4711_81234_mini.ipynb", "4711"),
        ("studentone_LATE_4711_81234_mini-1.ipynb", "4711"),
        ("Mini_s001_attempt_2026-01-02-10-11-12_mini.ipynb", "s001"),
        ("Łukasz/mini.ipynb", "Łukasz"),
        ("mini.ipynb", None),
        ("mini (1).ipynb", None),
        ("Untitled3.ipynb", None),
    ],
)
def test_the_id_is_found_in_the_names_that_an_lms_gives(path, student):
    assert student_of(PurePosixPath(path), MINI) == student


def test_the_courses_own_pattern_is_asked_first(course, inbox, right):
    settings = course.root / "course.toml"
    settings.write_text(f"id_pattern = 'nr(?P<id>[0-9]+)'\n{settings.read_text('utf-8')}", "utf-8")
    put(inbox, "x_nr77_y/mini.ipynb", right)
    result = collect(Course(course.root), MINI, [inbox])
    assert list(result["students"]) == ["77"]


@pytest.mark.parametrize("name", ["a b", "[x]", "x*", "-rf", "ü", "a'b\"c", "x" * 200, "..x"])
def test_odd_names_become_safe_ids(course, inbox, right, name):
    put(inbox, f"{name}/mini.ipynb", right)
    (student,) = collect(course, MINI, [inbox])["students"]
    assert course.notebook("submitted", MINI, student).is_file()
    grade_all(course)
    assert scores(course) == {student: AUTOMATIC}


def test_a_name_that_drives_a_terminal_is_shown_plainly(course, inbox, right, capsys, monkeypatch):
    from softmax_grader.commands.softmax_class import main

    put(inbox, "s001\x1b[2J\x07/mini.ipynb", right)
    put(inbox, "s002/\x1b]0;gone\x07.ipynb", b"broken")
    monkeypatch.chdir(course.root)
    assert main(["collect", MINI, str(inbox)]) == 0
    printed = capsys.readouterr().out
    assert all(c.isprintable() or c == "\n" for c in printed)


@pytest.mark.parametrize("kind", ["archive", "folder"])
def test_a_file_with_anothers_name_does_not_take_their_place(course, inbox, right, kind):
    """In s001's archive, or folder, lies a newer file that says it is s002's."""
    stub = as_bytes(solve(course))
    dated(put(inbox, "s002/mini.ipynb", right), 1_000_000_000)
    if kind == "archive":
        packed = zipped([("mini.ipynb", right), ("s002_mini.ipynb", stub)])
        dated(put(inbox, "s001.zip", packed), 2_000_000_000)
    else:
        put(inbox, "s001/mini.ipynb", right)
        dated(put(inbox, "s001/s002_mini.ipynb", stub), 2_000_000_000)
    students = collect(course, MINI, [inbox])["students"]
    assert answers(course, "s002") == RIGHT
    assert answers(course, "s001") == RIGHT
    assert "carries the name of s002; it counts as s001's" in " ".join(students["s001"]["flags"])
    theirs = " ".join(students["s002"]["flags"])
    assert "a file that s001 handed in carries the name of s002" in theirs


def test_a_borrowed_name_does_not_take_the_place_of_what_came_before(course, inbox, right):
    dated(put(inbox, "s002/mini.ipynb", right), 1_000_000_000)
    collect(course, MINI, [inbox])
    late = zipped([("mini.ipynb", right), ("s002_mini.ipynb", as_bytes(solve(course)))])
    dated(put(inbox.parent / "late", "s001.zip", late), 2_000_000_000)
    students = collect(course, MINI, [inbox.parent / "late"])["students"]
    assert answers(course, "s002") == RIGHT
    theirs = " ".join(students["s002"]["flags"])
    assert "a file that s001 handed in carries the name of s002" in theirs
    assert answers(course, "s001") == RIGHT


def test_a_folder_for_each_group_is_nobodys_archive(course, inbox, right):
    for student in ("s001", "s002"):
        put(inbox, f"group 1/{student}_mini.ipynb", right)
    students = collect(course, MINI, [inbox])["students"]
    assert sorted(students) == ["s001", "s002"]
    assert all(record["flags"] == [] for record in students.values())


@pytest.mark.parametrize("twin", ["S001", "\u0455001", "\uff53\uff10\uff10\uff11"])
def test_an_id_that_looks_like_another_one_is_flagged(course, inbox, right, twin):
    put(inbox, "s001/mini.ipynb", right)
    put(inbox, "s002/mini.ipynb", right)
    collect(course, MINI, [inbox])
    put(inbox.parent / "late", f"{twin}/mini.ipynb", as_bytes(solve(course)))
    (record,) = collect(course, MINI, [inbox.parent / "late"])["students"].values()
    assert "its id looks like another one: s001" in record["flags"]
    assert answers(course, "s001") == RIGHT
