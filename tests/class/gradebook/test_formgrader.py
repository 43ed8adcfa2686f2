"""nbgrader's own page for points by hand works on a course, and what it is given counts."""

import pytest

from softmax_grader.commands.softmax_class import main

from ...jupyter import jupyter_server
from ..courses import MINI, make_course, scores


@pytest.fixture
def formgrader(tmp_path, graded):
    """A course, and the address at which a Jupyter server shows formgrader for it."""
    course = make_course(tmp_path / "course", graded)
    folder = tmp_path / "jupyter"
    folder.mkdir()
    with jupyter_server("jupyter_server", folder, course.root) as address:
        yield course, address


def test_points_that_formgrader_is_given_are_in_the_report(formgrader, chromium, capsys):
    course, address = formgrader
    before = scores(course)
    page = chromium.new_page()
    # It would fetch MathJax from the web.
    page.route(lambda url: not url.startswith(address), lambda route: route.abort())
    page.goto(f"{address}/formgrader/gradebook/{MINI}/{MINI}")
    first = page.locator("table tbody tr a[href*='/submissions/']").first
    page.goto(address + first.get_attribute("href"))
    page.wait_for_function("formgrader.grades?.loaded && formgrader.comments?.loaded")
    score = page.locator("input.score").last
    for field, text in ((score, "1.5"), (page.locator("textarea.comment").last, "Well said.")):
        with page.expect_response(lambda answer: answer.request.method == "PUT") as saved:
            field.fill(text)
            field.press("Tab")
        assert saved.value.status == 200
    student = saved.value.json()["student"]
    assert saved.value.json()["name"] == "why"
    page.close()
    points = before[student] + 1.5
    assert scores(course)[student] == points
    assert main(["--course", str(course.root), "report", MINI]) == 0
    table = (course.root / "reports" / MINI / "grades.csv").read_text("utf-8")
    (row,) = [line for line in table.splitlines() if f",{student}," in line]
    assert f",{points}," in row
    assert main(["--course", str(course.root), "feedback", MINI]) == 0
    told = course.notebook("feedback", MINI, student).with_suffix(".html").read_text("utf-8")
    assert "Your teacher:</strong> Well said." in told
    capsys.readouterr()
