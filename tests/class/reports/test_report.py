"""The teacher's page."""

from softmax_grader.reports.report import report

from ..courses import MINI


def test_the_teachers_page_tells_of_the_class(graded):
    report(graded, MINI)
    page = (graded.root / "reports" / MINI / "report.html").read_text("utf-8")
    assert "5 submissions" in page
    assert "<svg" in page
    assert "<script" not in page
    assert "s005" in page
