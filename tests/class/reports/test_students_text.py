"""A student's text is shown and never obeyed, and takes no more time than its length."""

import time

import pytest

from softmax_grader.reports.students_text import text_as_html


def test_marks_become_tags_and_html_stays_text():
    shown = text_as_html(
        "# Why\n\nIt **cancels**, `e^c`.\nNext <img src=x onerror=y>\n\n1. a\n2. b"
    )
    assert shown.splitlines() == [
        "<p><strong>Why</strong></p>",
        "<p>It <strong>cancels</strong>, <code>e^c</code>.<br>Next &lt;img src=x onerror=y&gt;</p>",
        "<ul>",
        "<li>a</li>",
        "<li>b</li>",
        "</ul>",
    ]
    assert text_as_html("```\n<b>\n```") == "<pre>&lt;b&gt;</pre>"
    assert text_as_html("[x](javascript:alert(1))") == "<p>[x](javascript:alert(1))</p>"


@pytest.mark.parametrize("piece", ["**", "`", "# ", "- ", "<", "```\n", "**a", "1. \n"])
def test_no_text_takes_more_than_its_length(piece):
    def seconds(n):
        text = piece * n
        begin = time.process_time()  # not the clock: others may use the processor
        text_as_html(text)
        return time.process_time() - begin

    few, many = (min(seconds(n) for _ in range(5)) for n in (1000, 4000))
    assert many < 12 * few + 0.1
