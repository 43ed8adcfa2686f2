"""The line diff of a cell's code."""

import random

import pytest

LINES = "return data.map(([a, b]) => page.lineDiff(a, b).map(({ kind, text }) => [kind, text]));"


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("a\nb", "a\nb", [("same", "a"), ("same", "b")]),
        ("a\nb\nc", "a\nc", [("same", "a"), ("old", "b"), ("same", "c")]),
        ("a\nb", "a\nB\nb", [("same", "a"), ("new", "B"), ("same", "b")]),
        ("a", "a\nb", [("same", "a"), ("new", "b")]),
        ("a", "a\n", [("same", "a"), ("new", "")]),
        ("", "a", [("new", "a")]),
        ("a\nb", "", [("old", "a"), ("old", "b")]),
        ("x = 1", "x = 2", [("old", "x = 1"), ("new", "x = 2")]),
    ],
)
def test_lines_that_only_one_version_has_are_told_apart(in_node, before, after, expected):
    (found,) = in_node("compare", LINES, [[before, after]])
    assert [tuple(line) for line in found] == expected


def test_both_versions_can_be_read_from_the_comparison(in_node):
    draw = random.Random(9)
    texts = [
        ["\n".join(draw.choice("abc def") for _ in range(draw.randrange(1, 30))) for _ in range(2)]
        for _ in range(300)
    ]
    for (before, after), found in zip(texts, in_node("compare", LINES, texts), strict=True):
        assert "\n".join(text for kind, text in found if kind != "new") == before
        assert "\n".join(text for kind, text in found if kind != "old") == after


def test_a_text_is_most_like_the_one_that_it_was_made_from(in_node):
    code = "t = tiny_example()\nF = scores(t.X, t.W, t.b)\nprint(F)"
    edit = "t = tiny_example()\nF = scores(t.X, t.W, 0)\nprint(2 * F)"
    other = "import numpy as np\nplt.style.use('softmax_steps.book')"
    body = "return data.map(([a, b]) => page.likeness(a, b));"
    near, far, same = in_node("compare", body, [[edit, code], [edit, other], [code, code]])
    assert same == 1
    assert near > 0.8
    assert far < 0.4
