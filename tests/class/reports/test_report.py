"""The files that a teacher takes away."""

from nbgrader.api import Gradebook

from softmax_grader.gradebook.by_hand import Mark, give_by_hand
from softmax_grader.reports.feedback import feedback
from softmax_grader.reports.report import report

from ..courses import MINI


def test_the_teachers_page_tells_of_the_class(graded):
    with Gradebook(graded.db_url, graded.id) as gradebook:
        gradebook.add_student("s009", first_name="Away", last_name="All Term")
    feedback(graded, MINI)
    give_by_hand(graded, MINI, [Mark("s002", "why", 1.5, None)])
    result = report(graded, MINI)
    page = (graded.root / "reports" / MINI / "report.html").read_text("utf-8")
    assert "5 submissions. Median 5.5 of 10 points; half of the class has 3 to 8." in page
    assert "1 handed nothing in" in page
    assert result["students"] == 5
    row = page[page.index('<tr id="student-s002">') :].partition("</tr>")[0]
    assert '<td class="number" data-key="5.5">5.5</td>' in row
    assert f'href="../../feedback/s002/{MINI}/{MINI}.html"' in row
    assert f'href="../../submitted/s002/{MINI}/{MINI}.ipynb"' in row
    absent = page[page.index('id="absent"') :]
    assert "<li>s009</li>" in absent.partition("</ul>")[0]
    by_hand = page[page.index('id="by-hand"') :].partition("</table>")[0]
    assert '<a href="#student-s002">s002</a> <span class="muted">1.5</span>' in by_hand
    assert '<a href="#student-s001">s001</a>' in by_hand
    with Gradebook(graded.db_url, graded.id) as gradebook:
        gradebook.find_grade("why", MINI, MINI, "s002").manual_score = None
        gradebook.remove_student("s009")
