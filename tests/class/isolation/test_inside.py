"""What runs inside the sandbox stands alone: the folder there holds these three files."""

import ast
import sys
from pathlib import Path

import pytest

from softmax_grader import isolation
from softmax_grader.isolation.inside import BoundedText

ROOM = Path(isolation.__file__).parent


@pytest.mark.parametrize(
    ("name", "allowed"),
    [
        ("messages.py", {"numpy"}),
        ("cells_inside.py", set()),
        ("inside.py", {"numpy", "messages", "cells_inside"}),
    ],
)
def test_it_imports_nothing_of_ours(name, allowed):
    imported = set()
    for node in ast.walk(ast.parse((ROOM / name).read_text("utf-8"))):
        if isinstance(node, ast.Import):
            imported |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            imported.add(node.module)
    tops = {module.partition(".")[0] for module in imported}
    assert tops - set(sys.stdlib_module_names) == allowed


def test_a_flood_of_output_keeps_its_beginning():
    out = BoundedText()
    print("x" * 30_000, file=out)
    print("more", file=out)
    text, lost = out.take()
    assert (len(text), lost) == (20_000, 10_006)
    assert out.take() == ("", 0)
