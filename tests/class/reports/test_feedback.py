"""A student's page: what is wrong, and nothing of the hidden tests."""

import re

import nbformat

from softmax_grader.cells import grade_id
from softmax_grader.marking.known_slips import KNOWN_SLIPS
from softmax_grader.marking.verdicts import Verdict, as_output, as_text
from softmax_grader.reports.feedback import feedback, feedback_page
from softmax_grader.reports.page import escape

from ..courses import MINI, RIGHT, released_notebook, solve


def test_feedback_names_what_is_wrong_and_hides_the_tests(graded):
    feedback(graded, MINI)
    pages = {
        path.parent.parent.name: path.read_text("utf-8")
        for path in graded.root.glob(f"feedback/*/{MINI}/{MINI}.html")
    }
    assert set(pages) == {f"s00{k}" for k in range(1, 6)}
    for page in pages.values():
        for secret in ("SECRET_OF_THE_GUARD", "_wanted", "x**3", "default_rng(7)"):
            assert secret not in page
        assert "<script" not in page
        assert "\x1b" not in page
        assert "default-src &#x27;none&#x27;" in page or "default-src 'none'" in page
        assert not re.search(r"(src|href)=\"(?!#)", page)
    assert "<strong>4</strong> of 10" in pages["s002"]
    assert '<div class="bad">✗ values</div>' in pages["s002"]
    assert "cell 2, line 1: def guard(F:" in pages["s004"]
    assert "waits for your teacher" in pages["s001"]
    assert "&lt;script&gt;" in pages["s005"]
    assert feedback(graded, MINI)["written"] == []


def test_a_parts_code_and_tests_stand_under_its_heading(graded):
    feedback(graded, MINI)
    page = graded.notebook("feedback", MINI, "s002").with_suffix(".html").read_text("utf-8")
    places = [
        page.index(text)
        for text in (
            '<h2 id="guard_visible">',
            "return F - F.max()",
            '<h2 id="guard_hidden">',
            '<div class="bad">✗ values</div>',
            '<h2 id="slope_hidden">',
            "return (f(x + 1e-5)",
            '<h2 id="why">',
            "The factor is in the numerator",
        )
    ]
    assert places == sorted(places)


def page_with(course, outputs):
    """Return the feedback on a submission whose hidden test of the guard has these outputs."""
    source = nbformat.read(course.notebook("source", MINI), as_version=4)
    notebook = solve(course, **RIGHT)
    for cell in notebook.cells:
        if grade_id(cell) == "guard_hidden":
            cell.outputs = [nbformat.from_dict(output) for output in outputs]
    grade = {"score": 0.0, "max_score": 10.0, "late_penalty": 0.0, "comments": {}}
    grade["cells"] = {"guard_hidden": (0.0, 4.0, False)}
    released = released_notebook(course)
    return feedback_page(course, MINI, "s001", grade, source, released, notebook, {})


def test_a_slip_is_shown_with_its_sentence_and_its_place(course, monkeypatch):
    slip = KNOWN_SLIPS["no-guard"]
    verdicts = [
        Verdict("far <b>", 1, 0, False, ": wrong", slip, explain=True),
        Verdict("again", 1, 0, False, ": wrong", slip),
        Verdict("fine", 1, 1, True),
    ]
    lines = page_with(course, [as_output(verdicts)]).splitlines()
    at = lines.index('<div class="bad">✗ 0/1  far &lt;b&gt;: wrong</div>')
    place = "Chapter 2, Five rows that fail"
    assert lines[at + 1 : at + 8] == [
        f'<div class="slip">{escape(slip.sentence)}</div>',
        '<div class="slip muted">Known as: no-guard</div>',
        f'<div class="slip">Read: {place}</div>',
        '<div class="bad">✗ 0/1  again: wrong</div>',
        '<div class="slip muted">Known as: no-guard</div>',
        f'<div class="slip">Read: {place}</div>',
        '<div class="good">✓ 1/1  fine</div>',
    ]
    monkeypatch.setattr(course, "book_url", "https://a.example/b")
    page = page_with(course, [as_output(verdicts)])
    assert f'<a href="https://a.example/b/{slip.link}" rel="noreferrer">{place}</a>' in page


def test_printed_lines_that_look_like_a_slip_are_only_lines(course):
    text = as_text([Verdict("far", 1, 0, False, "", KNOWN_SLIPS["no-guard"], explain=True)])
    page = page_with(course, [{"output_type": "stream", "name": "stdout", "text": text}])
    assert '<div class="bad">✗ 0/1  far</div>' in page
    assert "Known as" not in page
    assert 'class="slip' not in page.partition("<body>")[2]
