"""A student's page: what is wrong, and nothing of the hidden tests."""

import html
import re

import nbformat
from nbgrader.api import Gradebook

from softmax_grader.cells import grade_id
from softmax_grader.marking.known_slips import KNOWN_SLIPS
from softmax_grader.marking.verdicts import Verdict, as_output, as_text
from softmax_grader.reports.feedback import Work, feedback, feedback_page
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


def page_of(course, notebook, *, name="", comments=(), **collected):
    """Return the feedback on a notebook as it was graded."""
    source = nbformat.read(course.notebook("source", MINI), as_version=4)
    grade = {"score": 0.0, "max_score": 10.0, "late_penalty": 0.0, "comments": dict(comments)}
    grade["cells"] = {
        "guard_visible": (1.0, 1.0, False),
        "guard_hidden": (0.0, 4.0, False),
        "slope_hidden": (0.0, 3.0, False),
        "why": (0.0, 2.0, True),
    }
    work = Work(source, released_notebook(course), notebook, collected, name)
    return feedback_page(course, MINI, "s001", grade, work)


def page_with(course, outputs, **others):
    """Return the feedback on a submission whose hidden tests have these outputs."""
    notebook = solve(course, **RIGHT)
    for cell in notebook.cells:
        if shown := {"guard_hidden": outputs, **others}.get(grade_id(cell)):
            cell.outputs = [nbformat.from_dict(output) for output in shown]
    return page_of(course, notebook)


def plain(page):
    """Return what a page says, without its tags and style."""
    body = page.partition("<body>")[2]
    return html.unescape(" ".join(re.sub(r"<[^>]+>", " ", body).split()))


def test_a_slip_is_told_once_on_a_page_and_pointed_back_to(course, monkeypatch):
    slip = KNOWN_SLIPS["no-guard"]
    verdicts = [
        Verdict("far <b>", 1, 0, False, ": wrong", slip, explain=True),
        Verdict("again", 1, 0, False, "", slip),
        Verdict("fine", 1, 1, True, " (counted)"),
    ]
    later = [Verdict("elsewhere", 3, 0, False, ": off", slip, explain=True)]
    outputs = [as_output(verdicts)]
    page = page_with(course, outputs, slope_hidden=[as_output(later)])
    body = page.partition("<body>")[2]
    assert body.count(escape(slip.sentence)) == 1
    place = "Chapter 2, Five rows that fail"
    assert body.count(place) == 1
    lines = page.splitlines()
    at = lines.index('<div class="remark">wrong</div>')
    assert (
        'class="bad"><span class="mark">✗</span> <span class="part">far &lt;b&gt;' in lines[at - 1]
    )
    assert lines[at - 1].endswith('<span class="got">0 of 1</span>')
    assert lines[at + 1 : at + 3] == [
        f'<div class="slip">{escape(slip.sentence)}</div>',
        f'<div class="slip read">Read: {place}</div>',
    ]
    assert f"The same slip as above: {slip.title}." in body
    assert 'The same slip as in <a href="#guard_hidden">' in body
    assert '<li class="good"><span class="mark">✓</span> <span class="part">fine' in body
    # What there is to look at stands first.
    said = plain(page)
    assert said.index("What to look at") < said.lower().index(slip.title) < said.index("far <b>")
    monkeypatch.setattr(course, "book_url", "https://a.example/b")
    page = page_with(course, outputs)
    assert f'<a href="https://a.example/b/{slip.link}" rel="noreferrer">{place}</a>' in page


def test_a_function_that_stops_says_so_once_in_a_part(course):
    stopped = ": for {} your function stopped: it is not written yet"
    verdicts = [Verdict(f"{k}", 1, 0, False, stopped.format(k)) for k in ("few", "many")]
    page = plain(page_with(course, [as_output(verdicts)]))
    assert page.count("it is not written yet") == 1
    assert "for many your function stopped as above" in page


def test_printed_lines_that_look_like_a_slip_are_only_lines(course):
    text = as_text([Verdict("far", 1, 0, False, "", KNOWN_SLIPS["no-guard"], explain=True)])
    page = page_with(course, [{"output_type": "stream", "name": "stdout", "text": text}])
    assert '<div class="bad">✗ 0/1  far</div>' in page
    assert "What to look at" not in page
    assert 'class="slip' not in page.partition("<body>")[2]


def test_what_a_student_wrote_beside_the_answers_is_shown_as_text(course):
    own = nbformat.v4.new_markdown_cell("My **answer**: <b>it</b> cancels")
    notebook = solve(course, guard=RIGHT["guard"])
    notebook.cells.insert(3, own)
    page = page_of(course, notebook)
    assert "<h3>A text cell of yours</h3>" in page
    assert "<p>My <strong>answer</strong>: &lt;b&gt;it&lt;/b&gt; cancels</p>" in page
    # The slope and the answer were left as they came.
    assert page.count("You left this cell as you got it.") == 2


def test_the_teachers_words_are_a_teachers(graded):
    """nbgrader notes "No response." by itself under what is unchanged."""
    feedback(graded, MINI)
    page = graded.notebook("feedback", MINI, "s003").with_suffix(".html").read_text("utf-8")
    with Gradebook(graded.db_url, graded.id) as gradebook:
        notebook = gradebook.find_submission_notebook(MINI, MINI, "s003")
        assert "No response." in [comment.auto_comment for comment in notebook.comments]
    assert "Your teacher" not in page
    assert "You left this cell as you got it." in page
    said = page_of(graded, solve(graded, **RIGHT), comments={"why": "Say <more>.\nPlease."})
    assert "<strong>Your teacher:</strong> Say &lt;more&gt;.\nPlease.</p>" in said


def test_the_page_says_whose_it_is_and_what_came_in(course):
    page = page_of(
        course,
        solve(course, **RIGHT),
        name="Ada <L>",
        file="moodle/4711/mini(1).ipynb",
        sender={"handed_in": "2026-05-12T14:03:00+02:00"},
        mended=["its name was “mini(1).ipynb”", "something new"],
    )
    assert (
        f"<title>{'A small assignment, for the tests of the class'}: Ada &lt;L&gt;</title>" in page
    )
    said = plain(page)
    assert "Ada <L> · s001" in said
    assert "Graded: “mini(1).ipynb”, handed in on 12 May 2026 at 14:03." in said
    assert "Your file was called “mini(1).ipynb”." in said
    assert "Something new." in said


def test_a_file_that_cannot_be_read_is_not_told_to_be_unchanged(course):
    page = page_of(
        course, solve(course), readable=False, flags=["there is no notebook, only a.pdf"]
    )
    assert "Nothing could be graded, since there is no notebook, only a.pdf." in page
    assert "You left this cell" not in page
    assert "Graded:" not in page
    targets = set(re.findall(r'href="#([^"]+)"', page))
    assert targets <= set(re.findall(r'id="([^"]+)"', page)), "a link that leads nowhere"


def test_no_word_of_the_machine_is_told(course):
    outputs = [
        {"output_type": "error", "ename": "AssertionError", "traceback": [],
         "evalue": "guard(F) stops with StudentError: guard did not come to an end"},
        {"output_type": "stream", "name": "stdout",
         "text": "Not yet: it stops with StudentError guard did not come to an end"},
    ]  # fmt: skip
    page = page_with(course, outputs)
    assert "StudentError" not in page
    assert page.count("stops: guard did not come to an end") == 2
