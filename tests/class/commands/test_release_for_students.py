"""Every assignment as students get it, for the notebooks in the browser."""

import nbformat
import pytest

from softmax_grader.commands.release_for_students import main, release_all
from softmax_grader.course.folder import CourseError
from softmax_grader.course.own_folder import MARK, empty_own_folder

from ..courses import SMALL
from ..play import ASSIGNMENTS


def test_every_assignment_is_released_and_what_was_there_goes(tmp_path):
    folder = tmp_path / "released"
    empty_own_folder(folder)
    (folder / "old.ipynb").write_text("{}")
    names = release_all(ASSIGNMENTS, folder)
    assert names == sorted(path.stem for path in ASSIGNMENTS.glob("*.md"))
    assert sorted(path.name for path in folder.iterdir()) == [MARK, *(f"{n}.ipynb" for n in names)]
    for path in folder.glob("*.ipynb"):
        nbformat.validate(nbformat.read(path, as_version=4))


def test_a_faulty_source_leaves_the_folder_as_it_was(tmp_path):
    sources, folder = tmp_path / "sources", tmp_path / "released"
    sources.mkdir()
    empty_own_folder(folder)
    (folder / "old.ipynb").write_text("{}")
    with pytest.raises(CourseError, match="no assignment"):
        release_all(sources, folder)
    text = (SMALL / "mini.md").read_text("utf-8")
    (sources / "mini.md").write_text(text.replace("grade_id: slope,", "grade_id: guard,"), "utf-8")
    with pytest.raises(CourseError, match="there twice"):
        release_all(sources, folder)
    assert sorted(path.name for path in folder.iterdir()) == [MARK, "old.ipynb"]


def test_the_command_says_what_it_did_or_needs(tmp_path, monkeypatch, capsys):
    assert main([]) == 2
    assert "usage" in capsys.readouterr().err
    monkeypatch.chdir(tmp_path)
    assert main(["released"]) == 1
    assert "were not released: there is no assignment" in capsys.readouterr().err
    (tmp_path / "assignments").mkdir()
    text = (SMALL / "mini.md").read_text("utf-8")
    (tmp_path / "assignments" / "mini.md").write_text(text, "utf-8")
    assert main(["released"]) == 0
    assert capsys.readouterr().out == "Released for students: mini.\n"
