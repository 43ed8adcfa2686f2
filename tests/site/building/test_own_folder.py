"""No command of the site empties a folder that it has not made."""

import pytest

from softmax_book.building.own_folder import MARK, empty_own_folder
from softmax_book.edition import BookError


def test_a_folder_is_emptied_only_if_an_earlier_run_has_made_it(tmp_path):
    own, other = tmp_path / "build" / "own", tmp_path / "thesis"
    empty_own_folder(own)
    (own / "deep").mkdir()
    (own / "deep" / "file").write_text("")
    other.mkdir()
    (other / "thesis.ipynb").write_text("years")
    (own / "link").symlink_to(other, target_is_directory=True)
    empty_own_folder(own)
    assert [path.name for path in own.iterdir()] == [MARK]
    with pytest.raises(BookError, match=r"thesis would be emptied, and this command has not made"):
        empty_own_folder(other)
    assert (other / "thesis.ipynb").read_text() == "years"
