"""A release that is stopped, at any moment, is the old one or becomes the new one."""

import errno
import os
import shutil
import signal
import sqlite3
import sys
import tempfile
import warnings

import pytest

from softmax_grader.commands.softmax_class import main
from softmax_grader.course.folder import Course
from softmax_grader.course.storage import storage_trouble
from softmax_grader.gradebook import release as release_module
from softmax_grader.gradebook import replace
from softmax_grader.gradebook.replace import finish_releases, put_in_place

from ..courses import MINI, make_course, release_changed, snapshot

CHANGE = ("points: 4, ", "points: 7, ")
RENAME = ("grade_id: slope_hidden", "grade_id: slope_secret")


def state(course):
    """Return all that a release changes, records of work on the way aside."""
    with sqlite3.connect(course.root / "gradebook.db") as db:
        rows = list(
            db.execute(
                "select b.name, g.max_score from base_cell b "
                "left join grade_cells g on g.id = b.id order by b.name, b.type"
            )
        )
        rows += list(db.execute("select name, source from source_cell"))
    files = snapshot(course.root / "source") | snapshot(course.root / "release")
    return rows, files


def run_and_kill(line, work):
    """Fork, and kill the child at the given line of the module that replaces a release.

    Return whether it was killed.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # of threads and fork; it runs no more
        child = os.fork()
    if child == 0:
        left = line

        def trace(frame, event, argument):
            nonlocal left
            if frame.f_code.co_filename.endswith(("replace.py", "graded_cells.py", "records.py")):
                if event == "line":
                    left -= 1
                    if left < 0:
                        os.kill(os.getpid(), signal.SIGKILL)
                return trace
            return None

        sys.settrace(trace)
        try:
            work()
        finally:
            os._exit(0)
    _, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status)


@pytest.fixture(scope="module")
def changed(tmp_path_factory, released):
    """What a release with changes puts in place; the state before it, and after it."""
    folder = tmp_path_factory.mktemp("changed")
    course = make_course(folder / "course", released)
    old, given = state(course), {}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(release_module, "put_in_place", lambda *_, **words: given.update(words))
        release_changed(course, folder, CHANGE, RENAME)
    put_in_place(course, MINI, **given)
    assert old != state(course)
    return given, old, state(course)


def test_a_kill_at_any_line_leaves_the_old_release_or_the_new_one(released, tmp_path, changed):
    given, old, new = changed
    seen = []
    for line in range(0, 10_000, 17):
        shutil.rmtree(tmp_path / "course", ignore_errors=True)
        course = make_course(tmp_path / "course", released)
        killed = run_and_kill(line, lambda c=course: put_in_place(c, MINI, **given))
        finish_releases(course)
        seen.append(state(course))
        assert seen[-1] in (old, new), line
        assert not list(course.root.glob(".softmax-class/*/releasing")), line
        if not killed:
            break
    turn = seen.index(new)
    assert turn > 3
    assert all(one == new for one in seen[turn:])
    assert len(seen) - turn > 3


def test_any_command_finishes_what_was_stopped(course, tmp_path, monkeypatch, capsys):
    def stop(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(replace, "_move_files", stop)
    with pytest.raises(KeyboardInterrupt):
        release_changed(course, tmp_path, CHANGE)
    monkeypatch.undo()
    monkeypatch.chdir(course.root)
    assert main(["status"]) == 0
    assert "The release of mini, which was stopped, is finished now." in capsys.readouterr().out
    assert '"points": 7' in course.notebook("release", MINI).read_text("utf-8")
    assert main(["status"]) == 0
    assert "finished" not in capsys.readouterr().out


def test_a_gradebook_that_refuses_leaves_everything_as_it_was(course, tmp_path, monkeypatch):
    def refuse(*_, **__):
        raise sqlite3.OperationalError("database is locked")

    before = snapshot(course.root)
    monkeypatch.setattr(replace, "put_cells", refuse)
    with pytest.raises(sqlite3.OperationalError):
        release_changed(course, tmp_path, CHANGE)
    assert snapshot(course.root) == before


def test_the_first_release_makes_a_whole_gradebook_or_none(tmp_path, released, monkeypatch):
    course = make_course(tmp_path / "course", released)
    (course.root / "gradebook.db").unlink()

    def stop(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(replace, "Gradebook", stop)
    with pytest.raises(OSError, match="No space"):
        release_changed(Course(course.root), tmp_path)
    assert not list(course.root.glob("*gradebook.db*"))


def test_a_disk_that_is_full_at_any_write_leaves_the_old_release(
    course, tmp_path, monkeypatch, changed
):
    given, old, new = changed
    mkstemp = tempfile.mkstemp
    for stop in range(20):
        writes = []

        def full(stop=stop, writes=writes, **words):
            writes.append(words)
            if len(writes) > stop:
                raise OSError(errno.ENOSPC, "No space left on device")
            return mkstemp(**words)

        trouble = None
        with monkeypatch.context() as patch:
            patch.setattr(tempfile, "mkstemp", full)
            try:
                put_in_place(course, MINI, **given)
            except OSError as error:
                trouble = storage_trouble(error)
        if trouble is None:
            break
        assert "there is no space left on the disk" in trouble
        assert not list(course.root.glob(".softmax-class/*/preparing"))
        assert finish_releases(course) == []
        assert state(course) == old
    assert stop == 4
    assert state(course) == new
