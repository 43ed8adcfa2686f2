"""Of several notebooks the newest counts in which the student worked."""

import struct
import time
import zipfile

import pytest

from softmax_grader.intake.choose import Release
from softmax_grader.intake.collect import collect

from ..courses import MINI, RIGHT, WRONG, solve
from ..handing_in import Sent, answers, as_bytes, canvas_zip, dated, moodle_zip, put, write_zip

EARLY, LATE = (2026, 11, 20, 14, 3, 22), (2026, 11, 20, 14, 9, 4)


@pytest.fixture
def wrong(course):
    return as_bytes(solve(course, **WRONG))


def student_in(course, path):
    (record,) = collect(course, MINI, [path])["students"].values()
    return record


@pytest.mark.parametrize("copy", ["(1)", " (1)", "-2", " (copy)", " - Copy", ""])
@pytest.mark.parametrize("newer", ["the copy", "the other"])
def test_the_newest_counts_by_the_archives_own_times(course, inbox, right, wrong, copy, newer):
    names = [f"s001/mini{copy or '.final'}.ipynb", "s001/mini.ipynb"]
    times = [LATE, EARLY] if newer == "the copy" else [EARLY, LATE]
    members = [
        (name, right if at == LATE else wrong, at) for name, at in zip(names, times, strict=True)
    ]
    record = student_in(course, write_zip(inbox / "all.zip", members))
    assert answers(course, "s001") == RIGHT
    assert "2 notebooks came" in record["flags"][0]
    assert "(2026-11-20 14:09:04) was taken, not" in record["flags"][0]
    assert "(2026-11-20 14:03:22)" in record["flags"][0]


def test_in_a_folder_the_newest_counts_by_its_time(course, inbox, right, wrong):
    dated(put(inbox, "s001/mini.ipynb", wrong), 1_700_000_000)
    dated(put(inbox, "s001/mini(1).ipynb", right), 1_700_000_100)
    student_in(course, inbox)
    assert answers(course, "s001") == RIGHT


@pytest.mark.parametrize("name", ["mini(1).ipynb", "mini-1.ipynb", "mini (copy).ipynb"])
@pytest.mark.parametrize("seconds", [22, 24])
def test_with_the_same_time_the_highest_copy_number_counts(
    course, inbox, right, wrong, name, seconds
):
    """A zip file tells time in steps of two seconds."""
    members = [("s001/mini.ipynb", wrong, (*EARLY[:5], seconds)), (f"s001/{name}", right, EARLY)]
    student_in(course, write_zip(inbox / "all.zip", members))
    assert answers(course, "s001") == RIGHT


def test_times_to_the_second_are_read_where_the_archive_has_them(course, inbox, right, wrong):
    """The old field of all says 1980 or the same; the extra one of Info-ZIP or NTFS tells more."""
    path = inbox / "all.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for student, kind in (("s001", 0x5455), ("s002", 0x000A)):
            for name, data, at in (("mini", right, 100), ("mini(1)", wrong, 0)):
                info = zipfile.ZipInfo(f"{student}/{name}.ipynb", EARLY)
                seconds = 1_700_000_000 + at
                if kind == 0x5455:
                    info.extra = struct.pack("<HHBi", kind, 5, 1, seconds)
                else:
                    ticks = int((seconds + 11_644_473_600) * 1e7)
                    info.extra = struct.pack("<HHIHHQQQ", kind, 32, 0, 1, 24, ticks, ticks, ticks)
                archive.writestr(info, data)
    students = collect(course, MINI, [path])["students"]
    for student in ("s001", "s002"):
        assert answers(course, student) == RIGHT
        assert students[student]["changed"] == 1_700_000_100


def test_a_time_that_cannot_be_is_none(course, inbox, right, wrong):
    """1980, where a program writes no times, and the next century."""
    for year, student in ((1980, "s001"), (2099, "s002")):
        at = (year, 1, 1, 0, 0, 0)
        members = [(f"{student}/mini.ipynb", wrong, at), (f"{student}/mini(1).ipynb", right, at)]
        record = student_in(course, write_zip(inbox / f"of {year}.zip", members))
        assert abs(record["changed"] - time.time()) < 3600
    assert answers(course, "s002") == RIGHT
    assert answers(course, "s001") == RIGHT


def test_a_blank_copy_that_is_newer_does_not_count(course, inbox, right):
    stub = as_bytes(solve(course))
    members = [("s001/mini.ipynb", right, EARLY), ("s001/mini(1).ipynb", stub, LATE)]
    student_in(course, write_zip(inbox / "all.zip", members))
    assert answers(course, "s001") == RIGHT


def test_a_blank_or_broken_file_that_comes_later_does_not_replace_work(course, inbox, right):
    collect(course, MINI, [canvas_zip(inbox / "1.zip", {"One": Sent(5, {"mini.ipynb": right})})])
    for number, (data, told) in enumerate(
        [(as_bytes(solve(course)), "in which nothing was done"), (b"{", "that cannot be read")]
    ):
        sent = {"One": Sent(5, {"mini-1.ipynb": data}, (2026, 11, 21 + number, 1, 1, 2))}
        record = student_in(course, canvas_zip(inbox / "2.zip", sent))
        assert told in record["flags"][0]
        assert answers(course, "5") == RIGHT


def test_what_a_student_packed_counts_by_the_time_it_came(course, inbox, right, wrong):
    """The archive came later, though the file in it is older than the one that came first."""
    packed = write_zip(inbox / "x.zip", [("mini.ipynb", right, (2026, 11, 1, 1, 1, 2))])
    first = {"One": Sent(5, {"mini.ipynb": wrong}, EARLY)}
    collect(course, MINI, [moodle_zip(inbox / "1.zip", first)])
    second = {"One": Sent(5, {"work.zip": packed.read_bytes()}, LATE)}
    collect(course, MINI, [moodle_zip(inbox / "2.zip", second)])
    assert answers(course, "5") == RIGHT


def test_of_notebooks_that_hold_too_much_together_only_some_are_looked_into(
    course, inbox, right, monkeypatch
):
    bomb = b'{"cells": [' + b"[]," * 150_000 + b"[]]}"
    members = [(f"s001/mini{k}.ipynb", bomb + b" " * k, LATE) for k in range(30)]
    members.append(("s001/mini.ipynb", right, EARLY))
    path = write_zip(inbox / "all.zip", members)
    looked_into, look_into = [], Release.look_into
    monkeypatch.setattr(
        Release, "look_into", lambda self, one: looked_into.append(one) or look_into(self, one)
    )
    record = student_in(course, path)
    assert 0 < len(looked_into) <= 15
    assert "hold too much together" in " ".join(record["flags"])


def test_one_notebook_of_brackets_alone_is_a_blank_with_a_note(course, inbox):
    put(inbox, "s001/mini.ipynb", b"[" * 10_000_000 + b"]" * 9_000_000)
    record = student_in(course, inbox)
    assert record["readable"] is False
    assert record["flags"][-1].startswith("the file was not looked into")
