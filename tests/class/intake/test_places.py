"""Whose a file is."""

from functools import partial
from pathlib import PurePosixPath

import pytest

from softmax_grader.course.folder import Course
from softmax_grader.course.records import read_record
from softmax_grader.intake.collect import collect
from softmax_grader.intake.places import student_of

from ..courses import AUTOMATIC, MINI, RIGHT, WRONG, grade_all, scores, snapshot, solve
from ..handing_in import (
    Sent,
    answers,
    as_bytes,
    blackboard_zip,
    canvas_zip,
    dated,
    moodle_zip,
    put,
    tarred,
    zipped,
)


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


ONE, TWO, THREE = "Student One", "Student Two", "Student Three"
ARCHIVES = {
    "Moodle's folders": moodle_zip,
    "Moodle's files": partial(moodle_zip, folders=False),
    "Canvas": canvas_zip,
    "Blackboard": blackboard_zip,
}
BORROWED = [
    "x_4712_assignsubmission_file_.ipynb",
    "x_4712_assignsubmission_file_mini.ipynb",
    "4712_attempt_2.ipynb",
    "Mini_4712_attempt_2026-11-20-14-03-22_mini.ipynb",
    "studenttwo_4712_81_mini.ipynb",
    "studenttwo_LATE_4712_81_mini.ipynb",
    "4712_mini.ipynb",
    "mini_4712.ipynb",
    "4712.ipynb",
    "4712/mini.ipynb",
    "..\\..\\Student Two_4712_assignsubmission_file_\\mini.ipynb",
]


@pytest.mark.parametrize("lms", ARCHIVES)
def test_no_file_name_of_a_students_own_takes_anothers_place_in_an_lmss_archive(
    course, inbox, right, lms
):
    """In the same collect and in a later one, newer, and with a better name."""
    pack = ARCHIVES[lms]
    evil = as_bytes(solve(course, **WRONG))
    first = {ONE: Sent(4711, {"mini.ipynb": right}), TWO: Sent(4712, {"mine.ipynb": right})}
    both = {**first, THREE: Sent(4713, dict.fromkeys(BORROWED, evil), (2026, 11, 26, 1, 2, 2))}
    later = {THREE: Sent(4713, dict.fromkeys(BORROWED, evil + b" "), (2026, 11, 27, 1, 2, 2))}
    collect(course, MINI, [pack(inbox / "first.zip", first)])
    before = snapshot(course.root / "originals" / MINI / "4712")
    collect(course, MINI, [pack(inbox / "both.zip", both)])
    collect(course, MINI, [pack(inbox / "later.zip", later)])
    assert course.submitted(MINI) == ["4711", "4712", "4713"]
    assert answers(course, "4712") == RIGHT
    assert answers(course, "4713") == WRONG
    assert snapshot(course.root / "originals" / MINI / "4712") == before
    theirs, own = (
        " ".join(read_record(course.record(MINI, "collected", student))["flags"])
        for student in ("4712", "4713")
    )
    assert "a file that 4713 handed in carries the name of 4712" in theirs
    assert "carries the name of 4712; it counts as 4713's" in own


@pytest.mark.parametrize("kind", ["folder", "archive", "given itself", "tar"])
def test_a_students_only_file_with_anothers_name_is_the_students(course, inbox, right, kind):
    """Also when the teacher gives that archive itself, and also when it is the newer one."""
    evil = as_bytes(solve(course, **WRONG))
    dated(put(inbox, "s001_mini.ipynb", right), 1_000_000_000)
    dated(put(inbox, "s002_mini.ipynb", right), 1_000_000_000)
    collect(course, MINI, [inbox])
    late = inbox.parent / "late"
    if kind == "folder":
        put(late, "s003/s002_mini.ipynb", evil)
    elif kind == "tar":
        put(late, "s003.tar.gz", tarred([("s002_mini.ipynb", evil)]))
    else:
        put(late, "s003.zip", zipped([("s002_mini.ipynb", evil)]))
    result = collect(course, MINI, [late / "s003.zip" if kind == "given itself" else late])
    assert answers(course, "s002") == RIGHT
    assert answers(course, "s003") == WRONG
    for student in ("s002", "s003"):
        assert "carries the name of s002" in " ".join(result["students"][student]["flags"])


ODD = {
    "a trailing blank": "s002 /mini.ipynb",
    "a trailing dot": "s002./mini.ipynb",
    "a name in capitals": "S002/mini.ipynb",
    "a Cyrillic letter": "\u0455002/mini.ipynb",
    "wide letters": "\uff53002/mini.ipynb",
    "a zero-width letter": "s0\u200b02/mini.ipynb",
    "a reversed name": "\u202e200s/mini.ipynb",
    "a climbing path": "x/../s002/mini.ipynb",
    "an absolute path": "/s002/mini.ipynb",
    "a drive": "C:\\s002\\mini.ipynb",
    "a flat file": "s002_mini.ipynb",
    "another archive": "s002.zip",
}


@pytest.mark.parametrize("kind", ODD)
def test_what_comes_later_in_a_way_that_resembles_an_id_is_never_taken_silently(
    course, inbox, right, kind
):
    dated(put(inbox, "s002/mini.ipynb", right), 1_000_000_000)
    dated(put(inbox, "s001/mini.ipynb", right), 1_000_000_000)
    collect(course, MINI, [inbox])
    evil = as_bytes(solve(course, **WRONG))
    data = zipped([("mini.ipynb", evil)]) if kind == "another archive" else evil
    late = put(inbox.parent, "late.zip", zipped([("s001/mini.ipynb", right), (ODD[kind], data)]))
    result = collect(course, MINI, [late])
    flags = " ".join(text for record in result["students"].values() for text in record["flags"])
    if answers(course, "s002") != RIGHT:
        assert "came from another place than before" in flags or "paths outside" in flags
        kept = (course.root / "originals" / MINI / "s002").glob("*.ipynb")
        assert right in [path.read_bytes() for path in kept]
    else:
        told = ("looks like another one: s002", "became", "carries the name of s002")
        assert any(text in flags for text in told) or "s0_02" in course.submitted(MINI)


def test_ids_that_differ_in_their_unicode_form_only_are_two_places_of_one(course, inbox, right):
    evil = as_bytes(solve(course, **WRONG))
    names = ["\u00e9va/mini.ipynb", "e\u0301va/mini.ipynb"]
    packed = zipped([(names[0], right), (names[1], evil)])
    record = collect(course, MINI, [put(inbox, "all.zip", packed)])["students"]["\u00e9va"]
    assert "files of this id came in 2 places" in " ".join(record["flags"])
    assert len(list((course.root / "originals" / MINI / "\u00e9va").iterdir())) == 2


def test_two_entries_of_one_name_in_an_archive_are_two_files(course, inbox, right):
    evil = as_bytes(solve(course, **WRONG))
    with pytest.warns(UserWarning, match="Duplicate name"):
        packed = zipped([("s001/mini.ipynb", evil), ("s001/mini.ipynb", right)])
    result = collect(course, MINI, [put(inbox, "all.zip", packed)])
    assert "2 notebooks came" in " ".join(result["students"]["s001"]["flags"])
    assert result["files"] == {"seen": 2, "used": 1, "older": 1, "told": 0}
    assert len(list((course.root / "originals" / MINI / "s001").iterdir())) == 2


def test_an_archive_in_an_archive_in_an_archive_is_its_outermost_students(course, inbox, right):
    inner = zipped([("s002_mini.ipynb", right)])
    inner = zipped([("Student Two_4712_assignsubmission_file_.zip", inner)])
    put(inbox, "s001.zip", zipped([("s002.zip", inner)]))
    put(inbox, "s002/mini.ipynb", as_bytes(solve(course, **WRONG)))
    collect(course, MINI, [inbox])
    assert course.submitted(MINI) == ["s001", "s002"]
    assert answers(course, "s001") == RIGHT
    assert answers(course, "s002") == WRONG


def test_a_name_in_a_flat_folder_that_an_lms_did_not_give_is_no_lmss(course, inbox, right):
    for student in ("4711", "4712", "4713"):
        put(inbox, f"{student}_mini.ipynb", right)
    put(inbox, "x_4712_assignsubmission_file_.ipynb", as_bytes(solve(course)))
    put(inbox, "4712_attempt_2.ipynb", as_bytes(solve(course, **WRONG)))
    dated(inbox / "4712_mini.ipynb", 2_000_000_000)
    result = collect(course, MINI, [inbox])
    assert answers(course, "4712") == RIGHT
    assert len(course.submitted(MINI)) == 4
    assert "2 notebooks came" in " ".join(result["students"]["4712"]["flags"])


def test_what_an_lms_named_is_not_replaced_by_what_a_file_name_says(course, inbox, right):
    sent = {ONE: Sent(4711, {"mini.ipynb": right}), TWO: Sent(4712, {"mini.ipynb": right})}
    collect(course, MINI, [moodle_zip(inbox / "all.zip", sent)])
    put(inbox.parent / "late", "4712_mini.ipynb", as_bytes(solve(course, **WRONG)))
    record = collect(course, MINI, [inbox.parent / "late"])["students"]["4712"]
    assert answers(course, "4712") == RIGHT
    assert "a file from another place came as well: “4712_mini.ipynb”" in " ".join(record["flags"])
    assert f"collect {MINI} FILE --student 4712" in " ".join(record["flags"])


def test_an_id_of_another_person_in_an_lmss_archive_is_flagged_and_not_taken(course, inbox, right):
    """Moodle's numbers are those of one assignment: a zip of another one has other people's."""
    sent = {ONE: Sent(4711, {"mini.ipynb": right}), TWO: Sent(4712, {"mini.ipynb": right})}
    collect(course, MINI, [moodle_zip(inbox / "all.zip", sent)])
    evil = {THREE: Sent(4712, {"mini.ipynb": as_bytes(solve(course, **WRONG))}, (2026, 11, 27) * 2)}
    evil[THREE] = Sent(4712, evil[THREE].files, (2026, 11, 27, 1, 1, 2))
    record = collect(course, MINI, [moodle_zip(inbox / "other.zip", evil)])["students"]["4712"]
    assert answers(course, "4712") == RIGHT
    assert "a file from another place came as well" in " ".join(record["flags"])
    hidden = {"Participant": Sent(4712, {"mini.ipynb": right + b"\n"}, (2026, 11, 28, 1, 1, 2))}
    record = collect(course, MINI, [moodle_zip(inbox / "blind.zip", hidden)])["students"]["4712"]
    assert "it came from another place than before" in " ".join(record["flags"])
    assert record["sender"]["name"] is None
    assert record["time"] > 1.79e9


def test_lms_archives_of_several_weeks_in_one_folder_are_read_as_such(course, right):
    incoming = course.root / "incoming" / MINI
    old = as_bytes(solve(course))
    moodle_zip(incoming / "week1.zip", {ONE: Sent(11, {"mini.ipynb": old}), TWO: Sent(12)})
    sent = {TWO: Sent(12, {"mini.ipynb": right}), THREE: Sent(13, {"mini.ipynb": right})}
    moodle_zip(incoming / "week1.zip", {ONE: Sent(11, {"mini.ipynb": old}), **sent})
    collect(course, MINI)
    again = Sent(11, {"mini.ipynb": right}, (2026, 11, 27, 1, 1, 2))
    moodle_zip(incoming / "week2.zip", {ONE: again})
    result = collect(course, MINI)
    assert course.submitted(MINI) == ["11", "12", "13"]
    assert answers(course, "11") == RIGHT
    assert "it came within another folder or archive" in " ".join(result["students"]["11"]["flags"])


def test_an_archive_with_one_folder_around_all_is_a_class(course, inbox, right):
    members = [(f"handed_in/s00{k}/mini.ipynb", right) for k in range(1, 5)]
    collect(course, MINI, [put(inbox, "download.zip", zipped(members))])
    assert course.submitted(MINI) == ["s001", "s002", "s003", "s004"]


def test_an_archive_given_itself_is_the_student_it_is_named_after(course, inbox, right):
    collect(course, MINI, [put(inbox, "s001.zip", zipped([("mini.ipynb", right)]))])
    collect(course, MINI, [put(inbox, "s002_mini.zip", zipped([("mini.ipynb", right)]))])
    assert course.submitted(MINI) == ["s001", "s002"]


def test_a_group_of_moodles_is_no_part_of_the_id(course, inbox, right):
    sent = {
        "Group A-Student One": Sent(21, {"mini.ipynb": right}),
        "Default group-Student Two": Sent(22, {"mini.ipynb": right}),
    }
    students = collect(course, MINI, [moodle_zip(inbox / "all.zip", sent)])["students"]
    assert sorted(students) == ["21", "22"]
    assert students["21"]["sender"]["name"] == "Group A-Student One"


def test_files_that_systems_make_are_no_students(course, inbox, right):
    members = [
        ("s001/mini.ipynb", right),
        ("__MACOSX/s001/._mini.ipynb", b"\0\5\x16\7"),
        ("s001/.ipynb_checkpoints/mini-checkpoint.ipynb", right + b" "),
        ("s002/._mini.ipynb", b"\0\5\x16\7"),
        (".DS_Store", b"x"),
        ("s002/mini.ipynb", right),
    ]
    result = collect(course, MINI, [put(inbox, "all.zip", zipped(members))])
    assert course.submitted(MINI) == ["s001", "s002"]
    assert all(record["flags"] == [] for record in result["students"].values())
    assert "made by systems or editors, passed by: 4" in result["remarks"]
    assert result["files"] == {"seen": 6, "used": 2, "older": 0, "told": 4}


def test_a_huge_id_and_one_that_ends_like_a_notebook_are_safe(course, inbox, right):
    names = ["9" * 5000 + "_1_mini.ipynb", "x.ipynb/mini.ipynb", "x/mini.ipynb"]
    packed = zipped([(f"studentone_{names[0]}", right), *((name, right) for name in names[1:])])
    collect(course, MINI, [put(inbox, "all.zip", packed)])
    collect(course, MINI, [put(inbox, "again.zip", zipped([(names[1], right + b" ")]))])
    assert len(course.submitted(MINI)) == 3
    assert all(len(student) <= 80 for student in course.submitted(MINI))
