"""Whatever students hand in becomes one notebook each: mended or flagged, never lost."""

import os

import nbformat
import pytest

from softmax_grader.course.records import read_record
from softmax_grader.intake.collect import collect
from softmax_grader.intake.rebuild import MAX_BYTES
from softmax_grader.reports.feedback import feedback

from ..courses import AUTOMATIC, MINI, RIGHT, grade_all, scores, solve, submit
from ..handing_in import answers, as_bytes, is_whole, put, zipped


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
