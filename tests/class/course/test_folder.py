"""A student's id is a file name and nothing else."""

import re

import pytest

from softmax_grader.course.folder import safe_id


@pytest.mark.parametrize("text", ["s001", "jane.doe@uni.example", "Łukasz", "李雷", "12345"])
def test_an_ordinary_id_stays(text):
    assert safe_id(text) == (text, False)


@pytest.mark.parametrize(
    "text",
    ["../../etc/passwd", "a/b", "a\\b", "", ".", "..", "x" * 300, "a*b", "[a]", "-rf", "a+b"],
)
def test_an_id_that_is_no_file_name_becomes_one(text):
    safe, changed = safe_id(text)
    assert changed
    assert re.fullmatch(r"\w[\w.@-]*-[0-9a-f]{6}", safe)
    assert len(safe) < 80
    assert safe != safe_id(text + "?")[0]
