"""An assignment's source is found by its name or its path, and read as a notebook."""

import pytest

from softmax_grader.cells import grade_id
from softmax_grader.course.folder import CourseError
from softmax_grader.gradebook.source import find_source, read_source, sources_in

from ..courses import SMALL


def test_a_source_is_found_by_its_name_and_by_its_path():
    path = SMALL / "mini.md"
    assert find_source("mini", SMALL) == find_source(str(path), SMALL) == path
    assert sources_in(SMALL) == [path]


@pytest.mark.parametrize("name", ["nothing", "nowhere/nothing.md"])
def test_what_is_not_there_is_said_with_what_is(name):
    with pytest.raises(CourseError, match=r"nothing\.md is not there .*: mini\)"):
        find_source(name, SMALL)


def test_a_name_that_is_no_folder_name_is_refused(tmp_path):
    path = tmp_path / "-odd name.md"
    path.write_text("# x")
    with pytest.raises(CourseError, match="is made of letters"):
        find_source(str(path), SMALL)


def test_a_source_is_a_notebook_whose_cells_say_what_they_are():
    notebook = read_source(SMALL / "mini.md")
    marks = {grade_id(cell): cell.metadata["nbgrader"] for cell in notebook.cells}
    assert marks["guard"]["solution"]
    assert marks["guard_hidden"]["points"] == 4
    assert notebook.metadata == {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}
    }


@pytest.mark.parametrize("text", ["no notebook at all", ""])
def test_a_source_without_a_cell_to_fill_in_is_refused(tmp_path, text):
    path = tmp_path / "empty.md"
    path.write_text(text)
    with pytest.raises(CourseError):
        read_source(path)
