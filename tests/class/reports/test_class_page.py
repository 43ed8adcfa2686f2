"""The teacher's page, from what is known of made-up students."""

import re

import nbformat

from softmax_grader.gradebook.by_hand import Mark
from softmax_grader.marking.known_slips import KNOWN_SLIPS
from softmax_grader.reports.class_page import (
    Likeness,
    Passage,
    Student,
    class_page,
)

SLIP = KNOWN_SLIPS["no-guard"]
NASTY = "<script>alert('x')</script>"


def source():
    marks = {"grade": True, "solution": False, "grade_id": "part", "points": 10}
    head = nbformat.v4.new_markdown_cell("# An assignment\n\n## 1 · Guard <b>")
    test = nbformat.v4.new_code_cell("", metadata={"nbgrader": marks})
    return nbformat.v4.new_notebook(cells=[head, test])


def grade(score, *, waits=False, late=0.0):
    cells = {"part": (score, 10.0, waits)}
    return {"score": score, "max_score": 10.0, "late_penalty": late, "cells": cells}


def made_up():
    flags = [f"flag number {k} {NASTY}" for k in range(21)]
    return [
        Student("s1", "Ann " + NASTY, "A", grade(2.0), "late", flags, slips=["no-guard"]),
        Student(
            "s2", "Bo", "A", grade(10.0), slips=["no-guard"], feedback="../../feedback/s2.html"
        ),
        Student("s3", "Cy", "B", grade(4.0)),
        Student("s 4/ü", "Di", "B", grade(8.0)),
        Student("s5", "Ed", "B"),
    ]


def page_of(students, **options):
    options = {"known_slips": {"no-guard": SLIP}, **options}
    return class_page(source(), "an_assignment", students, **options)


def section(page, name):
    return re.split(r"<h2 ", page[page.index(f'<h2 id="{name}"') + 4 :])[0]


def test_figures_are_medians_and_quartiles():
    page = page_of(made_up())
    assert "Median 6 of 10 points; half of the class has 3.5 to 8.5. Mean 6." in page
    row = re.findall(r"<td[^>]*>([^<]*)</td>", section(page, "parts"))
    assert [text.replace("\xa0", " ") for text in row] == [
        *("1 · Guard &lt;b&gt;", "10", "6", "3.5–8.5", "6", "25 %", "0 %", ""),
    ]
    rows = re.findall(r"<tr>(.*)</tr>", section(page, "sections"))[1:]
    assert [re.findall(r"<td[^>]*>([^<]*)</td>", row) for row in rows] == [
        ["A", "2", "0", "6", "4–8", "6"],
        ["B", "2", "1", "6", "5–7", "6"],
    ]


def test_a_part_that_waits_has_no_figures_yet():
    students = [Student("s1", grade=grade(0.0, waits=True)), Student("s2", grade=grade(0.0))]
    row = re.findall(r"<td[^>]*>([^<]*)</td>", section(page_of(students), "parts"))
    assert row[1:] == ["10", *["–"] * 5, "1"]
    assert "#student-s1" in section(page_of(students), "by-hand")


def test_who_made_a_slip_stands_below_it():
    slips = section(page_of(made_up(), book_url="https://a.example"), "slips")
    assert SLIP.title in slips or KNOWN_SLIPS["no-guard"].title in slips
    assert slips.index("#student-s1") < slips.index("#student-s2") < slips.index(SLIP.link)
    assert "#student-s3" not in slips


def test_flags_are_there_in_full_and_the_rest_opens():
    flags = section(page_of(made_up()), "look")
    shown, _, more = flags.partition("<summary>and 9 more</summary>")
    assert len(re.findall("<li>", shown)) == 12
    assert len(re.findall("<li>", more)) == 9
    assert "flag number 20" in more


def test_points_given_by_hand_and_who_is_absent():
    marks = {("s2", "part"): Mark("s2", "part", 9.5, None)}
    page = page_of(made_up(), by_hand=marks)
    assert '<a href="#student-s2">Bo</a> <span class="muted">9.5</span>' in section(page, "by-hand")
    assert '<li>Ed <span class="muted">s5</span></li>' in section(page, "absent")
    assert 'id="absent"' not in page_of(made_up()[:3])


def test_a_pair_is_shown_side_by_side_with_what_is_shared_marked():
    passage = Passage("a = 1\nb = <2>", "x = 1\nown", {1}, {0})
    alike = section(
        page_of(made_up(), alike=[Likeness("s1", "s2", 0.934, "of what is rare", [passage])]),
        "alike",
    )
    assert "93 % of what is rare" in alike
    assert "<pre>a = 1\n<mark>b = &lt;2&gt;</mark></pre>" in alike
    assert "<pre><mark>x = 1</mark>own\n</pre>" in alike
    assert "read both before you ask" in alike
    public = Likeness("s3", "the assignment's public solution", 0.9, "of it")
    assert "the assignment&#x27;s public solution" in page_of(made_up(), alike=[public])


def test_it_sorts_with_its_own_script_only_and_stays_in_its_box(chromium, tmp_path):
    path = tmp_path / "report.html"
    path.write_text(page_of(made_up()), "utf-8")
    page = chromium.new_page(viewport={"width": 390, "height": 844})
    dialogs = []
    page.on("dialog", lambda dialog: dialogs.append(dialog) or dialog.dismiss())
    page.goto(path.as_uri())
    names = "[...document.querySelectorAll('table.sortable tbody th')].map(e => e.textContent)"
    assert [name[:2] for name in page.evaluate(names)] == ["An", "Bo", "Cy", "Di"]
    page.get_by_role("button", name="of 10").press("Enter")
    assert [name[:2] for name in page.evaluate(names)] == ["Bo", "Di", "Cy", "An"]
    page.get_by_role("button", name="of 10").press("Enter")
    assert [name[:2] for name in page.evaluate(names)] == ["An", "Cy", "Di", "Bo"]
    page.get_by_role("button", name="student").click()
    page.get_by_role("button", name="student").click()
    assert [name[:2] for name in page.evaluate(names)] == ["Di", "Cy", "Bo", "An"]
    assert page.locator("th[aria-sort=descending]").inner_text().strip() == "student"
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    assert page.evaluate("document.querySelectorAll('script').length") == 1
    # Another script is refused by the page's own policy.
    page.evaluate(
        "() => { const s = document.createElement('script'); s.textContent = 'window.ran = 1';"
        " document.body.append(s); }"
    )
    assert page.evaluate("window.ran") is None
    assert dialogs == []
    page.close()
