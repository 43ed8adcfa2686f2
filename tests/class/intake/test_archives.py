"""Damaged and malicious archives cost their student only."""

import gzip
import io
import os
import stat
import tarfile
import tracemalloc
import zipfile
from pathlib import Path

import nbformat
import pytest

from softmax_grader.commands.softmax_class import main
from softmax_grader.course.folder import CourseError
from softmax_grader.intake.archives import arrivals
from softmax_grader.intake.arrival import MAX_INNER_BYTES
from softmax_grader.intake.collect import collect
from softmax_grader.intake.rebuild import MAX_BYTES

from ..courses import MINI, RIGHT, solve
from ..handing_in import answers, put, tarred, zipped


def test_paths_that_climb_out_of_an_archive_lead_nowhere(course, inbox, right):
    names = [
        "../../evil/mini.ipynb",
        "/etc/mini.ipynb",
        "..\\..\\up\\mini.ipynb",
        "C:\\x\\mini.ipynb",
    ]
    put(inbox.parent, "lms.zip", zipped([(name, right) for name in names]))
    result = collect(course, MINI, [inbox.parent / "lms.zip"])
    assert len(result["students"]) >= 3
    assert "climbs out of its archive" in " ".join(result["remarks"])
    for record in result["students"].values():
        assert "its archive names paths outside of itself" in record["flags"]
    inside = list(course.root.parent.rglob("*.ipynb"))
    assert all(path.is_relative_to(course.root) for path in inside)
    assert not Path("/etc/mini.ipynb").exists()


def test_links_are_not_followed(course, inbox, right):
    secret = put(inbox.parent, "secret.ipynb", right)
    (inbox / "s001").mkdir()
    (inbox / "s001" / "mini.ipynb").symlink_to(secret)
    (inbox / "s002").symlink_to(inbox.parent)
    info = zipfile.ZipInfo("s003/mini.ipynb")
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    put(inbox, "more.zip", zipped([(info, str(secret))]))
    result = collect(course, MINI, [inbox])
    for student in ("s001", "s003"):
        matching = [s for s in result["students"] if student in s or s == "more"]
        assert matching
    for student, record in result["students"].items():
        assert answers(course, student) != RIGHT
        assert "link" in " ".join(record["flags"])


def test_an_archive_that_explodes_is_not_unpacked(course, inbox):
    put(inbox, "s001.zip", zipped([("mini.ipynb", b" " * (MAX_BYTES * 5))]))
    many = zipped([(f"{k}.ipynb", b"") for k in range(20_001)])
    put(inbox, "s002.zip", many)
    nested = zipped([("mini.ipynb", b"{}")])
    for _ in range(6):
        nested = zipped([("again.zip", nested)])
    put(inbox, "s003.zip", nested)
    put(inbox, "s004.zip", b"PK\x03\x04 this is no archive")
    put(inbox, "s005.zip", b"")
    result = collect(course, MINI, [inbox])
    for k in range(1, 6):
        assert result["students"][f"s00{k}"]["flags"], k
        assert result["students"][f"s00{k}"]["readable"] is False


def test_an_archive_that_lies_about_its_sizes_is_refused(course, inbox):
    data = bytearray(zipped([("mini.ipynb", b"x" * 5_000_000)]))
    where = data.rfind(b"PK\x01\x02")
    data[where + 24 : where + 28] = (10).to_bytes(4, "little")
    put(inbox, "s001.zip", bytes(data))
    record = collect(course, MINI, [inbox])["students"]["s001"]
    assert record["readable"] is False


def test_an_encrypted_archive_is_told(course, inbox):
    put(inbox, "s001.zip", encrypted(b"{}"))
    record = collect(course, MINI, [inbox])["students"]["s001"]
    assert "cannot be unpacked" in " ".join(record["flags"])


def test_a_folder_with_the_name_of_a_notebook_is_told(course, inbox, right):
    put(inbox, "s001/mini.ipynb/hello.txt", b"x")
    put(inbox, "s002/mini.ipynb/mini.ipynb", right)
    students = collect(course, MINI, [inbox])["students"]
    assert "its notebook is a folder" in " ".join(students["s001"]["flags"])
    assert answers(course, "s002") == RIGHT


def test_special_files_and_deep_folders_are_passed_by(course, inbox, right):
    put(inbox, "s001/mini.ipynb", right)
    os.mkfifo(inbox / "s001" / "pipe.ipynb")
    deep = inbox / "s002" / "/".join("d" * 30)
    deep.mkdir(parents=True)
    (deep / "mini.ipynb").write_bytes(right)
    result = collect(course, MINI, [inbox])
    assert "no ordinary file" in " ".join(result["remarks"])
    assert "nested too deeply" in " ".join(result["remarks"])
    assert answers(course, "s001") == RIGHT


def test_many_large_notebooks_do_not_fill_the_memory(course, inbox):
    text = nbformat.writes(solve(course, **RIGHT))
    big = text.replace('"outputs": []', '"outputs": [{"text": "' + "x" * 15_000_000 + '"}]', 1)
    packed = zipped([(f"s{k:03}_mini.ipynb", big) for k in range(12)])
    path = put(inbox, "lms.zip", packed)
    tracemalloc.start()
    try:
        students = collect(course, MINI, [path])["students"]
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert len(students) == 12
    assert answers(course, "s011") == RIGHT
    assert peak < 120e6


@pytest.mark.parametrize("method", [zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_damaged_archive_costs_its_student_only(course, inbox, right, method):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", method) as archive:
        archive.writestr("mini.ipynb", right)
    data = bytearray(packed.getvalue())
    data[60:90] = bytes(range(30))
    put(inbox, "s001.zip", bytes(data))
    put(inbox, "s002/mini.ipynb", right)
    students = collect(course, MINI, [inbox])["students"]
    assert students["s001"]["flags"]
    assert students["s001"]["readable"] is False
    assert answers(course, "s002") == RIGHT


def test_a_tar_file_is_read_with_the_same_bounds(course, inbox, right):
    put(inbox, "s001.tar.gz", tarred([("../../s002/mini.ipynb", right)]))
    put(inbox, "s002.tgz", tarred([(f"{k}.ipynb", b"") for k in range(20_001)]))
    put(inbox, "s003.tar", tarred([("mini.ipynb", right)]))  # packed, whatever its name says
    put(inbox, "s004.tar.xz", tarred([("mini.ipynb", b" " * (MAX_BYTES + 1))]))
    put(inbox, "s005.tar.gz", tarred([("mini.ipynb", right)])[:300])
    with tarfile.open(inbox / "s006.tar.bz2", "w:bz2") as archive:
        for kind in (tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.FIFOTYPE):
            info = tarfile.TarInfo("mini.ipynb")
            info.type, info.linkname = kind, "/etc/passwd"
            archive.addfile(info)
    collect_and_check = collect(course, MINI, [inbox])["students"]
    readable = {student: record["readable"] for student, record in collect_and_check.items()}
    assert readable == {
        "s001": True, "s002": False, "s003": True, "s004": False, "s005": False, "s006": False
    }  # fmt: skip
    assert "paths outside of itself" in " ".join(collect_and_check["s001"]["flags"])
    assert "more than 20000 files" in " ".join(collect_and_check["s002"]["flags"])


def test_a_tar_file_that_explodes_fills_no_memory(course, inbox):
    """Its header says that the name of its file has two gigabytes."""
    header = tarfile.TarInfo("././@LongLink")
    header.type, header.size = tarfile.GNUTYPE_LONGNAME, 2**31
    with gzip.open(inbox / "s001.tar.gz", "wb", compresslevel=1) as file:
        file.write(header.tobuf(tarfile.GNU_FORMAT))
        for _ in range(200):
            file.write(bytes(2**20))
    tracemalloc.start()
    try:
        record = collect(course, MINI, [inbox])["students"]["s001"]
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert "its archive is too large" in record["flags"]
    assert peak < 450e6


def test_a_students_archives_share_one_bound(course, inbox):
    """Ten archives in one, each within its bound, together beyond it."""
    large = zipped([(f"{k}.ipynb", b" " * MAX_BYTES) for k in range(5)])
    put(inbox, "s001.zip", zipped([(f"{k}.zip", large + bytes(k)) for k in range(10)]))
    files, _ = arrivals(inbox)
    assert sum(one.size for one in files) <= MAX_INNER_BYTES


def test_one_students_flood_of_files_hides_nobody(course, inbox, right):
    members = [(f"s001/{k}.txt", b"x") for k in range(4_000)]
    packed = zipped([*members, ("s001/mini.ipynb", right), ("s002/mini.ipynb", right)])
    result = collect(course, MINI, [put(inbox, "all.zip", packed)])
    assert answers(course, "s002") == RIGHT
    assert "more than 2000 files came" in " ".join(result["students"]["s001"]["flags"])
    assert result["files"]["seen"] == 4_002


GIVEN = {
    "nowhere.zip": (None, "is not there"),
    "broken.zip": (b"PK\x03\x04 this is no archive", "cannot be read as an archive"),
    "empty.zip": (b"", "cannot be read as an archive"),
    "cut.tar.gz": (b"\x1f\x8b\x08", "cannot be read as an archive"),
    "locked.zip": ("encrypted", "asks for a password"),
    "all.rar": (b"Rar!", "no archive that is read"),
    "notes.txt": (b"x", "no notebook"),
    "pipe.zip": ("pipe", "is no ordinary file"),
}


@pytest.mark.parametrize("name", GIVEN)
def test_a_path_that_cannot_be_collected_is_one_sentence(
    course, inbox, right, name, capsys, monkeypatch
):
    """Nothing is collected then, of no other path either."""
    data, told = GIVEN[name]
    if data == "pipe":
        os.mkfifo(inbox / name)
    elif data == "encrypted":
        put(inbox, name, encrypted(right))
    elif data is not None:
        put(inbox, name, data)
    put(inbox.parent, "good/s001/mini.ipynb", right)
    monkeypatch.chdir(course.root)
    assert main(["collect", MINI, str(inbox.parent / "good"), str(inbox / name)]) == 2
    error = capsys.readouterr().err
    assert told in error
    assert name in error
    assert len(error.splitlines()) == 1
    assert course.submitted(MINI) == []


def test_a_path_without_rights_is_one_sentence(course, inbox, monkeypatch):
    def refuse(path, *options, **named):
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, "open", refuse)
    path = inbox / "all.zip"
    path.touch()
    with pytest.raises(CourseError, match=r"all\.zip may not be read by you: Permission denied"):
        arrivals(path)


def encrypted(notebook):
    data = bytearray(zipped([("mini.ipynb", notebook)]))
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.find(mark) + offset] |= 1
    return bytes(data)
