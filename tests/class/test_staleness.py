"""What depends on the grader's code is done again when any of it has changed."""

import shutil
from pathlib import Path

import pytest

from softmax_grader import staleness


def test_the_same_values_have_the_same_key_and_others_another():
    assert staleness.key_of({"a": 1}, "x") == staleness.key_of({"a": 1}, "x")
    assert staleness.key_of({"a": 1}, "x") != staleness.key_of({"a": 2}, "x")


@pytest.mark.parametrize("name", ["text.py", "marking/parts.py", "isolation/inside.py"])
def test_a_change_in_any_room_is_a_change(tmp_path, monkeypatch, name):
    package = shutil.copytree(Path(staleness.__file__).parent, tmp_path / "package")
    monkeypatch.setattr(staleness, "__file__", str(package / "staleness.py"))
    read = staleness.package_code.__wrapped__
    before = read()
    assert before == read()
    with (package / name).open("a") as file:
        file.write("\n# changed\n")
    assert read() != before
