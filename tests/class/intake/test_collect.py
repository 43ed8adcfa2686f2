"""Whatever students hand in becomes one notebook each: mended or flagged, never lost."""

import datetime
import os
import time

import nbformat
import pytest

from softmax_grader.commands.softmax_class import main
from softmax_grader.course.records import read_record
from softmax_grader.intake.chosen import take_chosen
from softmax_grader.intake.collect import collect
from softmax_grader.intake.names import lms_of
from softmax_grader.intake.rebuild import MAX_BYTES
from softmax_grader.reports.feedback import feedback

from ..courses import AUTOMATIC, MINI, RIGHT, WRONG, grade_all, scores, solve, submit
from ..handing_in import (
    Sent,
    answers,
    as_bytes,
    blackboard_zip,
    canvas_zip,
    dated,
    is_whole,
    moodle_zip,
    put,
    tarred,
    zipped,
)


def test_folders_archives_and_single_files_are_collected(course, inbox, right):
    put(inbox, "s001/mini.ipynb", right)
    put(inbox, "s002_mini.ipynb", right)
    put(inbox, "s003.zip", zipped([("inside/mini.ipynb", right)]))
    put(inbox, "One Student_4711_assignsubmission_file/mini.ipynb", right)
    lms = put(inbox, "all.zip", zipped([("studentone_5_6_mini.ipynb", right)]))
    whole = inbox.parent / "lms.zip"
    lms.rename(whole)
    one = put(inbox.parent, "s006.ipynb", right)
    result = collect(course, MINI, [inbox, whole, one])
    assert sorted(result["students"]) == ["4711", "5", "s001", "s002", "s003", "s006"]
    for student in result["students"]:
        assert answers(course, student) == RIGHT
        assert is_whole(course, student)
        assert read_record(course.record(MINI, "collected", student))["flags"] == []
    again = collect(course, MINI, [inbox, whole, one])
    assert again["students"] == {}
    assert len(again["unchanged"]) == 6


def test_what_was_handed_in_is_kept_as_it_came(course, inbox, right):
    put(inbox, "s001/mini.ipynb", right + b"\n\n")
    collect(course, MINI, [inbox])
    kept = course.root / "originals" / MINI / "s001.ipynb"
    assert kept.read_bytes() == right + b"\n\n"


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
def test_what_is_no_notebook_becomes_a_blank_submission_with_a_note(course, inbox, kind):
    put(inbox, "s001/mini.ipynb", BROKEN[kind])
    record = collect(course, MINI, [inbox])["students"]["s001"]
    assert record["flags"]
    assert answers(course, "s001") != RIGHT
    assert record["readable"] is False
    assert is_whole(course, "s001")


def test_of_several_notebooks_the_likely_one_is_taken_and_it_is_said(course, inbox, right):
    put(
        inbox,
        "s001/notes.ipynb",
        as_bytes(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("x = 1")])),
    )
    put(inbox, "s001/mini.ipynb", right)
    record = collect(course, MINI, [inbox])["students"]["s001"]
    assert answers(course, "s001") == RIGHT
    assert "2 notebooks came" in record["flags"][0]


def test_a_renamed_notebook_is_taken(course, inbox, right):
    put(inbox, "s001/my solution FINAL.ipynb", right)
    record = collect(course, MINI, [inbox])["students"]["s001"]
    assert answers(course, "s001") == RIGHT
    assert record["mended"] == ["its name was my solution FINAL.ipynb"]


def test_a_student_without_a_notebook_is_not_lost(course, inbox, right):
    put(inbox, "s001/mini.ipynb", right)
    put(inbox, "s002/essay.pdf", b"%PDF")
    put(inbox, "readme.txt", b"from the LMS")
    students = collect(course, MINI, [inbox])["students"]
    assert sorted(students) == ["s001", "s002"]
    assert "there is no notebook, only essay.pdf" in students["s002"]["flags"]


def test_a_notebook_that_is_nobodys_is_not_lost(course, inbox, right):
    put(inbox, "mini.ipynb", right)
    (student,) = collect(course, MINI, [inbox])["students"]
    assert student.startswith("unknown-")
    assert answers(course, student) == RIGHT


def test_an_older_file_does_not_replace_a_newer_one(course, inbox, right):
    new = put(inbox, "s001/mini.ipynb", right)
    os.utime(new, (2_000_000_000, 2_000_000_000))
    collect(course, MINI, [inbox])
    old = put(inbox.parent / "again", "s001/mini.ipynb", as_bytes(solve(course)))
    os.utime(old, (1_000_000_000, 1_000_000_000))
    result = collect(course, MINI, [inbox.parent / "again"])
    assert answers(course, "s001") == RIGHT
    assert "an older file came as well" in " ".join(result["students"]["s001"]["flags"])


def test_a_newer_file_replaces_an_older_one(course, inbox, right):
    old = put(inbox, "s001/mini.ipynb", as_bytes(solve(course)))
    os.utime(old, (1_000_000_000, 1_000_000_000))
    collect(course, MINI, [inbox])
    put(inbox, "s001/mini.ipynb", right)
    collect(course, MINI, [inbox])
    assert answers(course, "s001") == RIGHT


def test_a_link_in_the_submitted_folder_is_taken_away(course, inbox, right):
    path = submit(course, "s001", solve(course))
    (path.parent / "data.csv").symlink_to(course.root / "gradebook.db")
    (path.parent / "deep").mkdir()
    (path.parent / "deep" / "more.ipynb").write_text("{}")
    put(inbox, "s001/mini.ipynb", right)
    collect(course, MINI, [inbox])
    assert [entry.name for entry in path.parent.iterdir()] == ["mini.ipynb"]
    assert (course.root / "gradebook.db").exists()


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


def test_of_a_flood_of_notebooks_only_some_are_looked_into(course, inbox, right):
    packed = [(f"copy {k}.ipynb", right + b" " * k) for k in range(500)]
    put(inbox, "s001.zip", zipped([*packed, ("mini.ipynb", right)]))
    record = collect(course, MINI, [inbox])["students"]["s001"]
    assert answers(course, "s001") == RIGHT
    assert "of 501 notebooks only 30 were looked into" in record["flags"]


def test_every_file_that_came_is_accounted_for(course, inbox, right):
    """A file is used, an older version, or told; and no student is lost by the kind of a file."""
    blank = {
        "s002_mini.py": b"# In[3]:\n",
        "s003.pdf": b"%PDF",
        "s006.txt": b"my answers",
        "s010.tar.gz": b"\x1f\x8b broken",
        "s011/": None,
        "s012.html": b"<p>",
        "s013_mini.docx": b"PK",
        "s014.rar": b"Rar!",
        "s016.zip": zipped([("work/essay.odt", b"x")]),
        "s017/mini.py": b"print(1)",
        "s018.zip": zipped([("empty/", b"")]),
        "s019.7z": b"7z",
        "s020/mini.tar.gz": tarred([]),
    }
    taken = {
        "s001_mini.ipynb": right,
        "s004.ipynb.txt": right,
        "s005.json": right,
        "s007/mini.txt": b"\xef\xbb\xbf" + right,
        "s008/mini": right,
        "s009.tar.gz": tarred([("deep/mini.ipynb", right), ("notes.md", b"x")]),
        "s015/mini.ipynb": right,
        "s015/older mini.ipynb": right + b" ",
        "s015/notes.pdf": b"%PDF",
    }
    for name, data in {**blank, **taken, "readme.txt": b"from the LMS", ".DS_Store": b""}.items():
        if data is None:
            (inbox / name).mkdir()
        else:
            put(inbox, name, data)
    dated(inbox / "s015/older mini.ipynb", 1_000_000_000)
    result = collect(course, MINI, [inbox])
    names = sorted({name.split("/")[0].split(".")[0].split("_")[0] for name in {**blank, **taken}})
    assert sorted(result["students"]) == names == [f"s{k:03}" for k in range(1, 21)]
    for student, record in result["students"].items():
        came_as_notebook = any(name.startswith(student) for name in taken)
        assert record["readable"] is came_as_notebook, student
        assert (answers(course, student) == RIGHT) is came_as_notebook
        assert bool(record["flags"]) is not came_as_notebook or student == "s015"
    flags = {student: " ".join(record["flags"]) for student, record in result["students"].items()}
    assert "there is no notebook, only s002_mini.py" in flags["s002"]
    assert "cannot be opened" in flags["s010"]
    assert flags["s011"] == "its folder is empty"
    assert "is an archive of a kind that is not read" in flags["s014"]
    assert "only essay.odt" in flags["s016"]
    assert "its archive is empty" in flags["s020"]
    assert result["students"]["s015"]["told"] == ["notes.pdf"]
    assert result["students"]["s004"]["mended"] == ["its name was s004.ipynb.txt"]
    assert "no notebook, and nobody's by name: readme.txt" in result["remarks"]
    # s009 has two files in it, s011 and s018 an empty folder each.
    assert result["files"] == {"seen": 25, "used": 7, "older": 1, "told": 17}
    again = collect(course, MINI, [inbox])
    assert (again["students"], again["files"]) == ({}, result["files"])


def test_the_command_says_what_became_of_each_file(course, inbox, right, monkeypatch, capsys):
    put(inbox, "s001/mini.ipynb", right)
    put(inbox, "s001/notes.pdf", b"%PDF")
    dated(put(inbox, "s001/mini(0).ipynb", right + b" "), 1_000_000_000)
    put(inbox, "s002/essay.pdf", b"%PDF")
    monkeypatch.chdir(course.root)
    assert main(["collect", MINI, str(inbox)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert any(line.startswith("  s001: 2 notebooks came; s001/mini.ipynb (") for line in lines)
    assert "  s002: there is no notebook, only essay.pdf" in lines
    assert f"{MINI}: 2 submissions collected, 0 as before, 2 in all." in lines
    assert "4 files: 1 used, 1 older or not taken, 2 not read." in lines


def test_a_py_export_is_told_and_costs_nobody_the_notebook(course, inbox, right):
    put(inbox, "s001/mini.ipynb", right)
    put(inbox, "s001/mini.py", b"# %%\nx = 1\n")
    record = collect(course, MINI, [inbox])["students"]["s001"]
    assert answers(course, "s001") == RIGHT
    assert (record["flags"], record["told"]) == ([], ["mini.py"])


@pytest.mark.parametrize("pack", [moodle_zip, canvas_zip, blackboard_zip])
def test_who_sent_it_and_when_is_in_the_record(course, inbox, right, pack):
    lms = pack.__name__.partition("_")[0]
    sent = {
        "Student One": Sent(41, {"mini.ipynb": right}, (2026, 11, 20, 14, 3, 22)),
        "Student Two": Sent(42, {"mini.ipynb": right}, (2026, 11, 22, 9, 0, 0), late=True),
    }
    students = collect(course, MINI, [pack(inbox / "all.zip", sent)])["students"]
    sender = students["42"]["sender"]
    names = {"moodle": "Student Two", "canvas": "studenttwo", "blackboard": None}
    assert (sender["lms"], sender["name"]) == (lms, names[lms])
    assert sender["late"] is {"canvas": True}.get(lms)
    assert students["41"]["sender"]["late"] is {"canvas": False}.get(lms)
    assert students["42"]["file"].startswith(sender["place"])
    when = datetime.datetime.fromisoformat(sender["handed_in"])
    assert when.tzinfo is not None
    assert when.replace(tzinfo=None) == datetime.datetime(2026, 11, 22, 9, 0)
    assert lms_of(students["42"]) == lms.capitalize()


def test_the_time_at_which_an_lms_packed_its_archive_is_nobodys(course, inbox, right):
    """Members a few seconds apart: nobody handed in then, and nobody is late by it."""
    sent = {
        f"Student {k}": Sent(k + 40, {"mini.ipynb": right}, (2026, 11, 22, 9, k, 0))
        for k in range(9)
    }
    students = collect(course, MINI, [moodle_zip(inbox / "all.zip", sent)])["students"]
    assert {record["sender"]["handed_in"] for record in students.values()} == {None}


def test_every_original_that_came_is_kept(course, inbox, right):
    folder = course.root / "originals" / MINI
    came = set()
    for number in range(3):
        came |= {right + b" " * number, right + b"\n" * (number + 1)}
        new = put(inbox, "s001/mini.ipynb", right + b" " * number)
        dated(new, 1_700_000_000 + 100 * number)
        put(inbox, "s001/mini-2.ipynb", right + b"\n" * (number + 1))
        dated(inbox / "s001/mini-2.ipynb", 1_600_000_000)
        collect(course, MINI, [inbox])
        assert (folder / "s001.ipynb").read_bytes() == right + b" " * number
    kept = [path.read_bytes() for path in (folder / "s001").iterdir()]
    assert len(kept) == len(came) == 6
    assert set(kept) == came


def test_an_original_of_a_course_from_before_is_kept_too(course, inbox, right):
    put(course.root, f"originals/{MINI}/s001.ipynb", b"from before")
    put(inbox, "s001/mini.ipynb", right)
    collect(course, MINI, [inbox])
    kept = {path.read_bytes() for path in (course.root / "originals" / MINI / "s001").iterdir()}
    assert kept == {right, b"from before"}


def test_an_unknown_one_goes_when_its_file_comes_with_a_name(course, inbox, right):
    path = put(inbox, "mini.ipynb", right)
    put(inbox, "s002_mini.ipynb", right + b" ")
    (unknown, _) = sorted(collect(course, MINI, [inbox])["students"], reverse=True)
    grade_all(course)
    path.rename(inbox / "s001_mini.ipynb")
    result = collect(course, MINI, [inbox])
    assert result["replaced"] == {unknown: "s001"}
    assert course.submitted(MINI) == ["s001", "s002"]
    grade_all(course)
    assert sorted(scores(course)) == ["s001", "s002"]
    assert list((course.root / "removed" / MINI / unknown).glob("*/original.ipynb"))


def test_an_unknown_one_whose_file_is_still_nameless_stays(course, inbox, right):
    put(inbox, "mini.ipynb", right)
    put(inbox, "s001/mini.ipynb", right)
    collect(course, MINI, [inbox])
    assert collect(course, MINI, [inbox])["replaced"] == {}
    assert len(course.submitted(MINI)) == 2


def test_what_the_exchange_brings_does_not_undo_a_choice(course, inbox, right):
    take_chosen(course, MINI, put(inbox, "mended.ipynb", right), "s001")
    target = course.notebook("submitted", MINI, "s001")
    target.write_bytes(as_bytes(solve(course, **WRONG)))
    record = collect(course, MINI)["students"]["s001"]
    assert "the one you chose stays" in " ".join(record["flags"])
    assert answers(course, "s001") == RIGHT
    assert is_whole(course, "s001")


def test_200_submissions_are_collected_quickly(course, inbox, right):
    sent = {
        f"Student {k}": Sent(
            1000 + k, {"mini.ipynb": right + b" " * k}, (2026, 11, 1 + k % 20, 1, 1, 2)
        )
        for k in range(200)
    }
    path = moodle_zip(inbox / "all.zip", sent)
    start = time.process_time()
    assert collect(course, MINI, [path])["files"]["used"] == 200
    assert time.process_time() - start < 5
