"""Records are whole or not there, and one command at a time holds a course."""

import pytest

from softmax_grader.course.records import (
    UNFINISHED,
    locked,
    read_record,
    remove_unfinished,
    write_atomically,
    write_record,
)


def test_a_record_is_read_as_it_was_written(tmp_path):
    path = tmp_path / "kind" / "s001.json"
    write_record(path, {"key": "λ", "flags": []})
    assert read_record(path) == {"key": "λ", "flags": []}


@pytest.mark.parametrize("content", [b"", b"{", b"[1]", b"\xff\xfe", b"null"])
def test_what_is_no_record_is_none(tmp_path, content):
    path = tmp_path / "record.json"
    assert read_record(path) is None
    path.write_bytes(content)
    assert read_record(path) is None


def test_a_write_that_fails_leaves_the_old_file_and_nothing_else(tmp_path, monkeypatch):
    path = tmp_path / "file"
    write_atomically(path, "old")

    def fails(self, target):
        raise OSError("the disk is full")

    monkeypatch.setattr(type(path), "replace", fails)
    with pytest.raises(OSError, match="full"):
        write_atomically(path, "new")
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_what_a_killed_command_began_to_write_is_removed_and_nothing_else(tmp_path):
    write_atomically(tmp_path / "run" / "s001.json", "{}")
    (tmp_path / "run" / f"{UNFINISHED}x").write_text("{")
    remove_unfinished(tmp_path)
    assert [path.name for path in (tmp_path / "run").iterdir()] == ["s001.json"]
    remove_unfinished(tmp_path / "no folder")


def test_a_lock_is_held_once_and_let_go(tmp_path):
    path = tmp_path / "records" / "at-work"
    with locked(path) as first, locked(path) as second:
        assert (first, second) == (True, False)
    with locked(path) as again:
        assert again
