"""Written answers on one page, and the way of their marks into the gradebook and back."""

import re

import pytest
from nbgrader.api import Gradebook

from softmax_grader.commands.softmax_class import main
from softmax_grader.gradebook.by_hand import given_by_hand
from softmax_grader.gradebook.points import grades
from softmax_grader.reports.marks_file import marks_path
from softmax_grader.reports.written import as_html, questions_of

from ..courses import AUTOMATIC, MINI, RIGHT, grade_all, make_course, solve, submit

ANSWERS = {
    "s001": RIGHT["why"],
    "s002": RIGHT["why"].upper().replace(" ", "  "),
    "s003": "No idea <script>alert(1)</script>",
    "s004": "",
    "s005": "It cancels: $e^{-c}$ stands above and below the bar, in each of the terms of a row.",
}


@pytest.fixture(scope="module")
def answered(tmp_path_factory, released):
    """A course with five written answers, two of them the same, and one blank."""
    course = make_course(tmp_path_factory.mktemp("answered") / "course", released)
    for student, text in ANSWERS.items():
        submit(course, student, solve(course, **{**RIGHT, "why": text}))
    grade_all(course, jobs=2)
    return course


@pytest.fixture(autouse=True)
def in_the_course(answered, monkeypatch):
    monkeypatch.chdir(answered.root)


def codes(course):
    (question,) = questions_of(course, MINI)
    return {student: answer.code for answer in question.answers for student in answer.students}


def test_the_same_answers_are_one_and_blank_ones_come_last(answered):
    (question,) = questions_of(answered, MINI)
    assert [answer.students for answer in question.answers] == [
        ["s005"],
        ["s001", "s002"],
        ["s003"],
    ]
    assert question.blank == ["s004"]
    assert question.points == 2
    assert question.scheme == "2 for the common factor that cancels."
    assert question.text == "Why may each row's maximum be subtracted?"
    assert all(re.fullmatch("[b-t]{5}", answer.code) for answer in question.answers)


def test_the_page_has_answers_and_scheme_and_names_nobody(answered, capsys):
    assert main(["answers", MINI]) == 0
    assert "4 written answers to 1 question" in capsys.readouterr().out
    path = answered.root / "reports" / MINI / "answers.html"
    page = path.read_text("utf-8")
    places = [
        page.index(text)
        for text in (
            "Why may each row",
            "4 answers, 3 different",
            ANSWERS["s005"],
            "2 students",
            "&lt; script",
            "1 wrote nothing",
            "2 for the common factor",
        )
    ]
    assert places == sorted(places)
    assert "<code>marks/mini.csv</code>" in page
    assert "<script" not in page
    assert not re.search(r"s00\d", page)
    assert main(["answers", MINI, "--names"]) == 0
    named = path.read_text("utf-8")
    assert "s001, s002" in named
    assert "1 wrote nothing: s004" in named


def test_marks_go_into_the_gradebook_and_come_back(answered, capsys):
    main(["answers", MINI])
    comments = answered.root / "marks" / "comments.toml"
    comments.write_text('[cancels]\ntext = "It cancels."\npoints = 1.5\n', "utf-8")
    code = codes(answered)
    table = marks_path(answered, MINI)
    text = table.read_text("utf-8")
    text = text.replace(f"{code['s001']},,,", f"{code['s001']},,,cancels; Say why.")
    text = text.replace(f"{code['s003']},,,", f'{code["s003"]},,"0",=1+1')
    text += f"why,,s002,2,\nwhy,{code['s005']}x,,,\n"
    table.write_text(text, "utf-8")
    capsys.readouterr()
    assert main(["answers", MINI, "--take", str(table)]) == 0
    assert "4 answers marked, 2 comments given" in capsys.readouterr().out
    by_student = grades(answered, MINI)
    assert {s: g["cells"]["why"] for s, g in by_student.items()} == {
        "s001": (1.5, 2.0, False),
        "s002": (2.0, 2.0, False),
        "s003": (0.0, 2.0, False),
        "s004": (0.0, 2.0, False),
        "s005": (0.0, 2.0, True),
    }
    assert by_student["s001"]["score"] == AUTOMATIC + 1.5
    assert by_student["s001"]["comments"]["why"] == "It cancels.\nSay why."
    assert by_student["s003"]["comments"]["why"] == "=1+1"
    with Gradebook(answered.db_url, answered.id) as gradebook:  # what formgrader changes
        assert gradebook.find_grade("why", MINI, MINI, "s001").manual_score == 1.5
        gradebook.find_grade("why", MINI, MINI, "s005").manual_score = 1.0
        gradebook.find_grade("why", MINI, MINI, "s005").needs_manual_grade = False
        gradebook.db.commit()
    table.unlink()
    assert main(["answers", MINI]) == 0
    rows = table.read_text("utf-8").splitlines()
    assert f"why,{code['s005']},,1," in rows
    assert "why,blank,,0," in rows
    assert f"why,{code['s003']},,0,'=1+1" in rows
    assert f"why,{code['s001']},,," in rows  # two who wrote the same have different marks
    before = given_by_hand(answered, MINI)
    assert main(["answers", MINI, "--take", str(table)]) == 0
    assert given_by_hand(answered, MINI) == before
    page = (answered.root / "reports" / MINI / "answers.html").read_text("utf-8")
    assert "1.5 or 2 of 2" in page
    assert "You: It cancels." in page


def test_a_table_stays_as_the_teacher_left_it_and_gets_the_rows_that_are_new(answered):
    table, code = marks_path(answered, MINI), codes(answered)
    table.write_text(f"question;answer;points;comment\nwhy;{code['s003']};1,5;Mine\n", "utf-8")
    main(["answers", MINI])
    rows = table.read_text("utf-8").splitlines()
    assert rows[:2] == ["question,answer,student,points,comment", f'why,{code["s003"]},,"1,5",Mine']
    assert {row.split(",")[1] for row in rows[2:]} == {code["s001"], code["s005"], "blank"}
    main(["answers", MINI])
    assert table.read_text("utf-8").splitlines() == rows


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ("why,,s777,1,", "no graded work of a student 's777'"),
        ("why,,s001,2.5,", "2.5 points for why; expected 0 to 2"),
        ("why,,s001,-1,", "-1 points for why"),
        ("why,,s001,nan,", "nan points for why"),
        ("why,,s001,much,", "'much' is no number of points"),
        ("who,,s001,1,", "no question 'who' (there are: why)"),
        ("why,zzzzz,,1,", "has no answer 'zzzzz'"),
        ("why,,,1,", "neither an answer's code nor a student"),
        ("why,,s001,1,unknown-code", "no comment has the code 'unknown-code'"),
        ("why,,s003,1,", "the same as line 2"),
    ],
)
def test_one_wrong_row_and_nothing_is_taken(answered, capsys, row, problem):
    path = answered.root / "given.csv"
    head = "question,answer,student,points,comment"
    path.write_text(f"{head}\nwhy,,s003,2,Fine; so far.\n\n{row}\n", "utf-8-sig")
    before = given_by_hand(answered, MINI)
    assert main(["answers", MINI, "--take", str(path)]) == 2
    printed = capsys.readouterr()
    assert printed.err.startswith("softmax-class: given.csv, line 4: ")
    assert problem in printed.err
    assert len(printed.err.splitlines()) == 1
    assert given_by_hand(answered, MINI) == before


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("[Big]\ntext = 'x'", "[Big] is no code"),
        ("[a]\npoints = 1", "[a] has no text"),
        ("[a]\ntext = 'x'\npoints = 'one'", "points = 'one'; expected a number"),
        ("[a", "cannot be read"),
    ],
)
def test_wrong_comments_are_one_line(answered, capsys, text, problem):
    path = answered.root / "marks" / "comments.toml"
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, "utf-8")
    assert main(["answers", MINI]) == 2
    path.unlink()
    err = capsys.readouterr().err
    assert problem in err
    assert len(err.splitlines()) == 1


def test_a_table_that_is_not_there_is_one_line(capsys):
    assert main(["answers", MINI, "--take", "nowhere.csv"]) == 2
    assert "nowhere.csv cannot be read" in capsys.readouterr().err


def test_what_a_line_can_hold_of_a_formula_is_set():
    """In a mark scheme's plain text as well; what is no formula stays as it is."""
    assert as_html("$W_1 = 0$, $a > 0$ and $T$") == (
        "<p><em>W</em><sub>1</sub> = 0, <em>a</em> &gt; 0 and <em>T</em></p>"
    )
    assert as_html("the factor e^{−c}, and e^f") == (
        "<p>the factor e<sup>−c</sup>, and e<sup>f</sup></p>"
    )
    assert as_html("a^bc, $5 and $6") == "<p>a^bc, $5 and $6</p>"
