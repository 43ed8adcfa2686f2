"""No command empties a folder that it has not made."""

from pathlib import Path

import pytest

from softmax_grader.commands import demonstrate as demonstration
from softmax_grader.commands.release_for_students import release_all
from softmax_grader.course.folder import CourseError
from softmax_grader.course.own_folder import MARK, empty_own_folder

from ..play import ASSIGNMENTS


def release(folder):
    release_all(ASSIGNMENTS, folder)


def demonstrate(folder):
    demonstration.demonstrate(folder, ASSIGNMENTS, "a1_forward")


@pytest.fixture
def thesis(tmp_path):
    """Three ways to name what is not the command's: a folder, a file, and a link to a folder."""
    own = tmp_path / "thesis"
    own.mkdir()
    (own / "thesis.ipynb").write_text("years")
    (tmp_path / "link").symlink_to(own, target_is_directory=True)
    yield {"folder": own, "file": own / "thesis.ipynb", "link": tmp_path / "link"}
    assert {path.name: path.read_text() for path in own.iterdir()} == {"thesis.ipynb": "years"}


@pytest.mark.parametrize("kind", ["folder", "file", "link"])
@pytest.mark.parametrize("command", [empty_own_folder, release, demonstrate])
def test_what_the_command_has_not_made_stays_as_it_is(thesis, command, kind):
    with pytest.raises(CourseError) as caught:
        command(thesis[kind])
    message = str(caught.value)
    assert message.startswith(f"{thesis[kind]} would be emptied, and this command has not made it")
    assert "Name a new folder" in message
    assert "\n" not in message


def test_a_commands_own_folder_is_emptied_and_stays_its_own(tmp_path):
    folder = tmp_path / "build" / "own"
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "thesis.ipynb").write_text("years")
    empty_own_folder(folder)
    for _ in range(2):
        (folder / "deep" / "er").mkdir(parents=True)
        (folder / "deep" / "er" / "file").write_text("")
        (folder / "file").write_text("")
        (folder / "link").symlink_to(outside, target_is_directory=True)
        empty_own_folder(folder)
        assert [path.name for path in folder.iterdir()] == [MARK]
    assert (outside / "thesis.ipynb").read_text() == "years"


def test_a_folder_with_nothing_in_it_may_be_filled(tmp_path):
    empty_own_folder(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == [MARK]


def test_a_folder_that_was_emptied_half_way_is_still_the_commands_own(tmp_path, monkeypatch):
    empty_own_folder(tmp_path)
    for name in ("a", "b"):
        (tmp_path / name).write_text("")

    def fail(path):
        raise PermissionError(13, "Permission denied", str(path))

    with monkeypatch.context() as broken:
        broken.setattr(Path, "unlink", fail)
        with pytest.raises(CourseError, match="cannot be made or emptied: Permission denied"):
            empty_own_folder(tmp_path)
    empty_own_folder(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == [MARK]


def test_make_class_says_in_one_line_that_its_place_is_taken(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    course = tmp_path / "build" / "class"
    course.mkdir(parents=True)
    (course / "gradebook.db").write_text("a real class")
    assert demonstration.main([]) == 1
    assert capsys.readouterr().err.startswith(
        f"The class was not made up: {Path('build/class')} would be emptied"
    )
    assert (course / "gradebook.db").read_text() == "a real class"
