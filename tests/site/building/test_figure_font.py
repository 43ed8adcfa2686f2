import zipfile

import pytest

from softmax_book.building import figure_font
from softmax_book.building.figure_font import FontError, fetch_figure_font
from softmax_book.edition import Edition


def test_a_font_that_is_there_is_not_fetched_again(tmp_path):
    edition = Edition(tmp_path)
    edition.figure_font.parent.mkdir(parents=True)
    edition.figure_font.write_bytes(b"font")
    said = []
    assert fetch_figure_font(edition, said.append).read_bytes() == b"font"
    assert said == []


def test_without_a_network_it_says_what_to_do_and_leaves_nothing(tmp_path, monkeypatch):
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    said = []
    with pytest.raises(FontError, match=r"None could be fetched \(ERROR: .*\)\. Go online and run"):
        fetch_figure_font(Edition(tmp_path), said.append)
    assert len(said) == 1
    assert "2.3 MB" in said[0]
    assert list((tmp_path / "build" / "fonts").iterdir()) == []


def test_another_font_than_the_pinned_one_is_not_used(tmp_path, monkeypatch):
    def bring(command, **options):
        with zipfile.ZipFile(f"{command[-1]}/font.whl", "w") as wheel:
            wheel.writestr(figure_font.MEMBER, "another font")
        return figure_font.subprocess.CompletedProcess(command, 0, "", "")

    monkeypatch.setattr(figure_font.subprocess, "run", bring)
    with pytest.raises(FontError, match="another one than expected"):
        fetch_figure_font(Edition(tmp_path), print)
    assert not Edition(tmp_path).figure_font.exists()
