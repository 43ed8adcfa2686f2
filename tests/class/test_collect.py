"""Whatever students hand in becomes one notebook each: mended or flagged, never lost."""

import io
import json
import os
import stat
import time
import tracemalloc
import zipfile
from pathlib import Path, PurePosixPath

import nbformat
import pytest

from softmax_grader.cells import grade_id
from softmax_grader.course.folder import Course, CourseError
from softmax_grader.course.records import read_record
from softmax_grader.intake.archives import arrivals
from softmax_grader.intake.collect import collect
from softmax_grader.intake.names import student_of
from softmax_grader.intake.rebuild import MAX_BYTES
from softmax_grader.reports.feedback import feedback

from .courses import AUTOMATIC, MINI, RIGHT, grade_all, released_notebook, scores, solve, submit


def as_bytes(notebook):
    return nbformat.writes(notebook).encode()


@pytest.fixture
def right(course):
    return as_bytes(solve(course, **RIGHT))


@pytest.fixture
def came(tmp_path):
    folder = tmp_path / "came"
    folder.mkdir()
    return folder


def put(folder, name, data):
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def zipped(members):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members:
            archive.writestr(name, data)
    return packed.getvalue()


def answers(course, student):
    notebook = nbformat.read(course.notebook("submitted", MINI, student), as_version=4)
    return {grade_id(cell): cell.source for cell in notebook.cells if grade_id(cell) in RIGHT}


def is_whole(course, student):
    """The submission has each cell of the release once, in order."""
    notebook = nbformat.read(course.notebook("submitted", MINI, student), as_version=4)
    wanted = [grade_id(cell) for cell in released_notebook(course).cells]
    return [grade_id(cell) for cell in notebook.cells if grade_id(cell)] == wanted


# --- whose it is ---


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


def test_the_courses_own_pattern_is_asked_first(course, came, right):
    settings = course.root / "course.toml"
    settings.write_text(f"id_pattern = 'nr(?P<id>[0-9]+)'\n{settings.read_text('utf-8')}", "utf-8")
    put(came, "x_nr77_y/mini.ipynb", right)
    result = collect(Course(course.root), MINI, [came])
    assert list(result["students"]) == ["77"]


# --- what comes ---


def test_folders_archives_and_single_files_are_collected(course, came, right):
    put(came, "s001/mini.ipynb", right)
    put(came, "s002_mini.ipynb", right)
    put(came, "s003.zip", zipped([("inside/mini.ipynb", right)]))
    put(came, "One Student_4711_assignsubmission_file/mini.ipynb", right)
    lms = put(came, "all.zip", zipped([("studentone_5_6_mini.ipynb", right)]))
    whole = came.parent / "lms.zip"
    lms.rename(whole)
    one = put(came.parent, "s006.ipynb", right)
    result = collect(course, MINI, [came, whole, one])
    assert sorted(result["students"]) == ["4711", "5", "s001", "s002", "s003", "s006"]
    for student in result["students"]:
        assert answers(course, student) == RIGHT
        assert is_whole(course, student)
        assert read_record(course.record(MINI, "collected", student))["flags"] == []
    again = collect(course, MINI, [came, whole, one])
    assert again["students"] == {}
    assert len(again["unchanged"]) == 6


def test_what_was_handed_in_is_kept_as_it_came(course, came, right):
    put(came, "s001/mini.ipynb", right + b"\n\n")
    collect(course, MINI, [came])
    kept = course.root / "originals" / MINI / "s001.ipynb"
    assert kept.read_bytes() == right + b"\n\n"


def test_a_notebook_without_metadata_is_known_by_what_is_in_it(course, came):
    notebook = solve(course, **RIGHT)
    for cell in notebook.cells:
        cell.metadata = {}
    notebook.metadata = {}
    put(came, "s001/mini.ipynb", as_bytes(notebook))
    record = collect(course, MINI, [came])["students"]["s001"]
    assert answers(course, "s001") == RIGHT
    assert "known by what they define: cells guard, slope" in record["mended"]
    assert is_whole(course, "s001")


def test_cells_that_were_deleted_are_there_again(course, came):
    notebook = solve(course, **RIGHT)
    gone = ("guard_hidden", "setup", "slope")
    notebook.cells = [cell for cell in notebook.cells if grade_id(cell) not in gone]
    put(came, "s001/mini.ipynb", as_bytes(notebook))
    record = collect(course, MINI, [came])["students"]["s001"]
    assert is_whole(course, "s001")
    assert answers(course, "s001")["guard"] == RIGHT["guard"]
    assert "missing and put back: cells setup, guard_hidden, slope" in record["mended"]
    grade_all(course)
    assert scores(course)["s001"] == 5.0


def test_of_an_answer_that_is_there_twice_the_filled_one_counts(course, came):
    notebook = solve(course, **RIGHT)
    (cell,) = [cell for cell in notebook.cells if grade_id(cell) == "guard"]
    stub = nbformat.from_dict(cell)
    stub.source = next(c.source for c in released_notebook(course).cells if grade_id(c) == "guard")
    stub["id"] = "twin"
    notebook.cells.append(stub)
    put(came, "s001/mini.ipynb", as_bytes(notebook))
    record = collect(course, MINI, [came])["students"]["s001"]
    assert answers(course, "s001") == RIGHT
    assert "cell guard is there 2 times" in record["flags"]


def test_the_students_own_cells_stay_in_their_place(course, came):
    notebook = solve(course, **{**RIGHT, "guard": "def guard(F):\n    return helper(F)\n"})
    place = [grade_id(cell) for cell in notebook.cells].index("guard")
    helper = "def helper(F):\n    return F - F.max(axis=1, keepdims=True)"
    notebook.cells.insert(place, nbformat.v4.new_code_cell(helper))
    notebook.cells.insert(place, nbformat.v4.new_code_cell("%matplotlib inline\n!pip install x"))
    put(came, "s001/mini.ipynb", as_bytes(notebook))
    collect(course, MINI, [came])
    grade_all(course)
    assert scores(course)["s001"] == AUTOMATIC


def test_a_function_moved_to_a_cell_of_its_own_counts(course, came):
    notebook = solve(course, [RIGHT["guard"]], guard="# see below", slope=RIGHT["slope"])
    put(came, "s001/mini.ipynb", as_bytes(notebook))
    collect(course, MINI, [came])
    grade_all(course)
    # The tests stand where the release has them, before that cell: as in the notebook itself.
    assert scores(course)["s001"] == 3.0


BROKEN = {
    "empty": b"",
    "no JSON": b"{ broken",
    "a list": b"[1, 2]",
    "a number": b"7",
    "no cells": b'{"metadata": {}}',
    "cells that are none": b'{"cells": 5}',
    "an empty list of cells": b'{"cells": []}',
    "only nonsense in its cells": b'{"cells": [1, null, "x", {"cell_type": 3}]}',
    "binary": bytes(range(256)) * 10,
    "deep": b'{"cells": ' + b"[" * 100_000,
    "too large": b" " * (MAX_BYTES + 1),
    "a pickle": b"\x80\x04cos\nsystem\n.",
    "a web page": b"<html>please log in</html>",
}


@pytest.mark.parametrize("kind", BROKEN)
def test_what_is_no_notebook_becomes_a_blank_submission_with_a_note(course, came, kind):
    put(came, "s001/mini.ipynb", BROKEN[kind])
    record = collect(course, MINI, [came])["students"]["s001"]
    assert record["flags"]
    assert answers(course, "s001") != RIGHT
    assert record["readable"] is False
    assert is_whole(course, "s001")


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_other_encodings_are_read(course, came, encoding):
    text = nbformat.writes(solve(course, **{**RIGHT, "why": "It cancels, für λ."}))
    put(came, "s001/mini.ipynb", text.encode(encoding))
    collect(course, MINI, [came])
    assert answers(course, "s001")["why"] == "It cancels, für λ."


def test_a_notebook_of_the_third_version_is_read(course, came):
    cells = []
    for cell in solve(course, **RIGHT).cells:
        old = {"cell_type": cell.cell_type, "metadata": cell.metadata}
        old["input" if cell.cell_type == "code" else "source"] = cell.source.splitlines(True)
        cells.append(old)
    data = json.dumps({"nbformat": 3, "worksheets": [{"cells": cells}]}).encode()
    put(came, "s001/mini.ipynb", data)
    collect(course, MINI, [came])
    assert answers(course, "s001") == RIGHT


def test_halves_of_characters_and_nulls_do_no_harm(course, came):
    text = nbformat.writes(solve(course, **RIGHT))
    data = text.replace("numerator", "\\ud800\\u0000\\udfff numerator").encode()
    put(came, "s001/mini.ipynb", data)
    collect(course, MINI, [came])
    assert "numerator" in answers(course, "s001")["why"]


def test_of_several_notebooks_the_likely_one_is_taken_and_it_is_said(course, came, right):
    put(
        came,
        "s001/notes.ipynb",
        as_bytes(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("x = 1")])),
    )
    put(came, "s001/mini.ipynb", right)
    record = collect(course, MINI, [came])["students"]["s001"]
    assert answers(course, "s001") == RIGHT
    assert "2 notebooks came" in record["flags"][0]


def test_a_renamed_notebook_is_taken(course, came, right):
    put(came, "s001/my solution FINAL.ipynb", right)
    record = collect(course, MINI, [came])["students"]["s001"]
    assert answers(course, "s001") == RIGHT
    assert record["mended"] == ["its name was my solution FINAL.ipynb"]


def test_a_student_without_a_notebook_is_not_lost(course, came, right):
    put(came, "s001/mini.ipynb", right)
    put(came, "s002/essay.pdf", b"%PDF")
    put(came, "readme.txt", b"from the LMS")
    students = collect(course, MINI, [came])["students"]
    assert sorted(students) == ["s001", "s002"]
    assert "there is no notebook, only essay.pdf" in students["s002"]["flags"]


def test_a_notebook_that_is_nobodys_is_not_lost(course, came, right):
    put(came, "mini.ipynb", right)
    (student,) = collect(course, MINI, [came])["students"]
    assert student.startswith("unknown-")
    assert answers(course, student) == RIGHT


def test_an_older_file_does_not_replace_a_newer_one(course, came, right):
    new = put(came, "s001/mini.ipynb", right)
    os.utime(new, (2_000_000_000, 2_000_000_000))
    collect(course, MINI, [came])
    old = put(came.parent / "again", "s001/mini.ipynb", as_bytes(solve(course)))
    os.utime(old, (1_000_000_000, 1_000_000_000))
    result = collect(course, MINI, [came.parent / "again"])
    assert answers(course, "s001") == RIGHT
    assert "an older file came as well" in " ".join(result["students"]["s001"]["flags"])


def test_a_newer_file_replaces_an_older_one(course, came, right):
    old = put(came, "s001/mini.ipynb", as_bytes(solve(course)))
    os.utime(old, (1_000_000_000, 1_000_000_000))
    collect(course, MINI, [came])
    put(came, "s001/mini.ipynb", right)
    collect(course, MINI, [came])
    assert answers(course, "s001") == RIGHT


# --- what would climb, grow or lead elsewhere ---


def test_paths_that_climb_out_of_an_archive_lead_nowhere(course, came, right):
    names = [
        "../../evil/mini.ipynb",
        "/etc/mini.ipynb",
        "..\\..\\up\\mini.ipynb",
        "C:\\x\\mini.ipynb",
    ]
    put(came.parent, "lms.zip", zipped([(name, right) for name in names]))
    result = collect(course, MINI, [came.parent / "lms.zip"])
    assert len(result["students"]) >= 3
    assert "climbs out of its archive" in " ".join(result["remarks"])
    for record in result["students"].values():
        assert "its archive names paths outside of itself" in record["flags"]
    inside = list(course.root.parent.rglob("*.ipynb"))
    assert all(path.is_relative_to(course.root) for path in inside)
    assert not Path("/etc/mini.ipynb").exists()


def test_links_are_not_followed(course, came, right):
    secret = put(came.parent, "secret.ipynb", right)
    (came / "s001").mkdir()
    (came / "s001" / "mini.ipynb").symlink_to(secret)
    (came / "s002").symlink_to(came.parent)
    info = zipfile.ZipInfo("s003/mini.ipynb")
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    put(came, "more.zip", zipped([(info, str(secret))]))
    result = collect(course, MINI, [came])
    for student in ("s001", "s003"):
        found = [s for s in result["students"] if student in s or s == "more"]
        assert found
    for student, record in result["students"].items():
        assert answers(course, student) != RIGHT
        assert "link" in " ".join(record["flags"])


def test_a_link_in_the_submitted_folder_is_taken_away(course, came, right):
    path = submit(course, "s001", solve(course))
    (path.parent / "data.csv").symlink_to(course.root / "gradebook.db")
    (path.parent / "deep").mkdir()
    (path.parent / "deep" / "more.ipynb").write_text("{}")
    put(came, "s001/mini.ipynb", right)
    collect(course, MINI, [came])
    assert [entry.name for entry in path.parent.iterdir()] == ["mini.ipynb"]
    assert (course.root / "gradebook.db").exists()


def test_an_archive_that_explodes_is_not_unpacked(course, came):
    put(came, "s001.zip", zipped([("mini.ipynb", b" " * (MAX_BYTES * 5))]))
    many = zipped([(f"{k}.ipynb", b"") for k in range(20_001)])
    put(came, "s002.zip", many)
    nested = zipped([("mini.ipynb", b"{}")])
    for _ in range(6):
        nested = zipped([("again.zip", nested)])
    put(came, "s003.zip", nested)
    put(came, "s004.zip", b"PK\x03\x04 this is no archive")
    put(came, "s005.zip", b"")
    result = collect(course, MINI, [came])
    for k in range(1, 6):
        assert result["students"][f"s00{k}"]["flags"], k
        assert result["students"][f"s00{k}"]["readable"] is False


def test_an_archive_that_lies_about_its_sizes_is_refused(course, came):
    data = bytearray(zipped([("mini.ipynb", b"x" * 5_000_000)]))
    where = data.rfind(b"PK\x01\x02")
    data[where + 24 : where + 28] = (10).to_bytes(4, "little")
    put(came, "s001.zip", bytes(data))
    record = collect(course, MINI, [came])["students"]["s001"]
    assert record["readable"] is False


def test_an_encrypted_archive_is_told(course, came):
    data = bytearray(zipped([("mini.ipynb", b"{}")]))
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.find(mark) + offset] |= 1
    put(came, "s001.zip", bytes(data))
    record = collect(course, MINI, [came])["students"]["s001"]
    assert "cannot be unpacked" in " ".join(record["flags"])


def test_a_folder_with_the_name_of_a_notebook_is_told(course, came, right):
    put(came, "s001/mini.ipynb/hello.txt", b"x")
    put(came, "s002/mini.ipynb/mini.ipynb", right)
    students = collect(course, MINI, [came])["students"]
    assert "its notebook is a folder" in " ".join(students["s001"]["flags"])
    assert answers(course, "s002") == RIGHT


def test_special_files_and_deep_folders_are_passed_by(course, came, right):
    put(came, "s001/mini.ipynb", right)
    os.mkfifo(came / "s001" / "pipe.ipynb")
    deep = came / "s002" / "/".join("d" * 30)
    deep.mkdir(parents=True)
    (deep / "mini.ipynb").write_bytes(right)
    result = collect(course, MINI, [came])
    assert "no ordinary file" in " ".join(result["remarks"])
    assert "nested too deeply" in " ".join(result["remarks"])
    assert answers(course, "s001") == RIGHT


@pytest.mark.parametrize("name", ["a b", "[x]", "x*", "-rf", "ü", "a'b\"c", "x" * 200, "..x"])
def test_odd_names_become_safe_ids(course, came, right, name):
    put(came, f"{name}/mini.ipynb", right)
    (student,) = collect(course, MINI, [came])["students"]
    assert course.notebook("submitted", MINI, student).is_file()
    grade_all(course)
    assert scores(course) == {student: AUTOMATIC}


def test_a_name_that_drives_a_terminal_is_shown_plainly(course, came, right, capsys, monkeypatch):
    from softmax_grader.commands.softmax_class import main

    put(came, "s001\x1b[2J\x07/mini.ipynb", right)
    put(came, "s002/\x1b]0;gone\x07.ipynb", b"broken")
    monkeypatch.chdir(course.root)
    assert main(["collect", MINI, str(came)]) == 0
    said = capsys.readouterr().out
    assert all(c.isprintable() or c == "\n" for c in said)


# --- nbgrader's exchange ---


def test_what_the_exchange_brought_is_rebuilt_where_it_is(course, right):
    folder = course.notebook("submitted", MINI, "s001").parent
    folder.mkdir(parents=True)
    (folder / "mini.ipynb").write_bytes(right)
    (folder / "timestamp.txt").write_text("2026-01-02 10:11:12.0 UTC")
    (folder / "submission_secret.txt").write_text("a secret of the exchange")
    (folder / "picture.png").write_bytes(b"x" * 100)
    bare = course.notebook("submitted", MINI, "s002").parent
    bare.mkdir(parents=True)
    (bare / "mini.ipynb").write_bytes(b"{ broken")
    result = collect(course, MINI)
    assert sorted(result["students"]) == ["s001", "s002"]
    kept = ["mini.ipynb", "submission_secret.txt", "timestamp.txt"]
    assert sorted(entry.name for entry in folder.iterdir()) == kept
    assert (course.root / "originals" / MINI / "s002.ipynb").read_bytes() == b"{ broken"
    assert collect(course, MINI)["students"] == {}
    grade_all(course)
    assert scores(course) == {"s001": AUTOMATIC, "s002": 0.0}
    feedback(course, MINI)
    page = course.notebook("feedback", MINI, "s001").parent
    assert sorted(entry.name for entry in page.iterdir()) == ["mini.html", *kept[1:]]


@pytest.mark.parametrize("name", ["nowhere", "notes.txt"])
def test_a_path_that_cannot_be_collected_is_one_sentence(tmp_path, name):
    (tmp_path / "notes.txt").write_text("x")
    with pytest.raises(CourseError, match=name):
        arrivals(tmp_path / name)


# --- names that are borrowed ---


def dated(path, seconds):
    os.utime(path, (seconds, seconds))
    return path


@pytest.mark.parametrize("kind", ["archive", "folder"])
def test_a_file_with_anothers_name_does_not_take_their_place(course, came, right, kind):
    """In s001's archive, or folder, lies a newer file that says it is s002's."""
    stub = as_bytes(solve(course))
    dated(put(came, "s002/mini.ipynb", right), 1_000_000_000)
    if kind == "archive":
        packed = zipped([("mini.ipynb", right), ("s002_mini.ipynb", stub)])
        dated(put(came, "s001.zip", packed), 2_000_000_000)
    else:
        put(came, "s001/mini.ipynb", right)
        dated(put(came, "s001/s002_mini.ipynb", stub), 2_000_000_000)
    students = collect(course, MINI, [came])["students"]
    assert answers(course, "s002") == RIGHT
    assert answers(course, "s001") == RIGHT
    assert "it lay in what s001 handed in" in students["s002"]["flags"]


def test_a_borrowed_name_does_not_take_the_place_of_what_came_before(course, came, right):
    dated(put(came, "s002/mini.ipynb", right), 1_000_000_000)
    collect(course, MINI, [came])
    late = zipped([("mini.ipynb", right), ("s002_mini.ipynb", as_bytes(solve(course)))])
    dated(put(came.parent / "late", "s001.zip", late), 2_000_000_000)
    students = collect(course, MINI, [came.parent / "late"])["students"]
    assert answers(course, "s002") == RIGHT
    assert "another student's came as well" in " ".join(students["s002"]["flags"])


def test_a_folder_for_each_group_is_nobodys_archive(course, came, right):
    for student in ("s001", "s002"):
        put(came, f"group 1/{student}_mini.ipynb", right)
    students = collect(course, MINI, [came])["students"]
    assert sorted(students) == ["s001", "s002"]
    assert all(record["flags"] == [] for record in students.values())


@pytest.mark.parametrize("twin", ["S001", "\u0455001", "\uff53\uff10\uff10\uff11"])
def test_an_id_that_looks_like_another_one_is_flagged(course, came, right, twin):
    put(came, "s001/mini.ipynb", right)
    put(came, "s002/mini.ipynb", right)
    collect(course, MINI, [came])
    put(came.parent / "late", f"{twin}/mini.ipynb", as_bytes(solve(course)))
    (record,) = collect(course, MINI, [came.parent / "late"])["students"].values()
    assert "its id looks like another one: s001" in record["flags"]
    assert answers(course, "s001") == RIGHT


# --- what would take too much ---


def test_many_large_notebooks_do_not_fill_the_memory(course, came):
    text = nbformat.writes(solve(course, **RIGHT))
    big = text.replace('"outputs": []', '"outputs": [{"text": "' + "x" * 15_000_000 + '"}]', 1)
    packed = zipped([(f"s{k:03}_mini.ipynb", big) for k in range(12)])
    path = put(came, "lms.zip", packed)
    tracemalloc.start()
    try:
        students = collect(course, MINI, [path])["students"]
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert len(students) == 12
    assert answers(course, "s011") == RIGHT
    assert peak < 120e6


def test_of_a_flood_of_notebooks_only_some_are_looked_into(course, came, right):
    packed = [(f"copy {k}.ipynb", right + b" " * k) for k in range(500)]
    put(came, "s001.zip", zipped([*packed, ("mini.ipynb", right)]))
    record = collect(course, MINI, [came])["students"]["s001"]
    assert answers(course, "s001") == RIGHT
    assert "of 501 notebooks only 30 were looked into" in record["flags"]


def test_a_flood_of_text_is_cut(course, came):
    helper = "def helper_{}(x):\n" + "    x = x + 1\n" * 6000
    notebook = solve(course, [helper.format(k) for k in range(100)], **RIGHT)
    for cell in notebook.cells:
        cell.metadata = {}
    put(came, "s001/mini.ipynb", as_bytes(notebook))
    begin = time.process_time()  # other work on the machine is not counted
    record = collect(course, MINI, [came])["students"]["s001"]
    assert time.process_time() - begin < 30
    assert "hold more than 1000000 characters" in " ".join(record["flags"])
    assert answers(course, "s001") == RIGHT


@pytest.mark.parametrize("method", [zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_damaged_archive_costs_its_student_only(course, came, right, method):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", method) as archive:
        archive.writestr("mini.ipynb", right)
    data = bytearray(packed.getvalue())
    data[60:90] = bytes(range(30))
    put(came, "s001.zip", bytes(data))
    put(came, "s002/mini.ipynb", right)
    students = collect(course, MINI, [came])["students"]
    assert students["s001"]["flags"]
    assert students["s001"]["readable"] is False
    assert answers(course, "s002") == RIGHT


@pytest.mark.parametrize("value", [None, 7, [], ["code"], {}, {"a": 1}, True, "\ud800"])
def test_a_value_of_any_kind_in_any_place_of_a_cell_does_no_harm(course, came, value):
    cells = json.loads(as_bytes(solve(course, **RIGHT)))["cells"]
    spoilt = [{**cell, name: value} for cell in cells for name in cell]
    deep = [{**cell, "metadata": {"nbgrader": {"grade_id": value}}} for cell in cells]
    for k, own in enumerate((spoilt, deep)):
        data = json.dumps({"cells": own, "metadata": value, "nbformat": value}).encode()
        put(came, f"s{k}/mini.ipynb", data)
    assert len(collect(course, MINI, [came])["students"]) == 2
    for k in range(2):
        nbformat.validate(nbformat.read(course.notebook("submitted", MINI, f"s{k}"), 4))
        assert is_whole(course, f"s{k}")
