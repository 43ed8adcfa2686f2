"""A class whose students have values of their own: who is graded by whose, what is said of it."""

import csv
import html
import re
import shutil
from dataclasses import replace

import nbformat
import numpy as np
import pytest

import softmax_steps as book
from softmax_grader.cells import grade_id
from softmax_grader.commands.softmax_class import main
from softmax_grader.course.drawn_ids import read_drawn_ids
from softmax_grader.course.folder import Course, CourseError, init_course
from softmax_grader.course.roster import Person, write_roster
from softmax_grader.gradebook.drawn import Draws, worked_with
from softmax_grader.gradebook.grade import grade
from softmax_grader.gradebook.points import grades
from softmax_grader.gradebook.release import release
from softmax_grader.gradebook.rename import rename
from softmax_grader.gradebook.source import paper_code
from softmax_grader.reports.feedback import feedback
from softmax_grader.reports.report import report
from softmax_grader.reports.worksheets import make_sheets, versions, worksheet_pages

from .. import play
from ..test_variants import written_out

OWN = "a4_own_conventions"
CLASS = [
    *(Person("s005", email="eve@example.org"), Person("s006"), Person("s008"), Person("s009")),
    Person("s010", email="ada@example.org"),
]


def notebook_of(course, typed, own):
    """Return the release with an id typed into it, and the functions of some values."""
    notebook = nbformat.read(course.notebook("release", OWN), as_version=4)
    code = written_out(OWN, own)
    for cell in notebook.cells:
        if grade_id(cell) == "student":
            cell.source = f"STUDENT = {typed!r}"
        elif grade_id(cell) in code:
            cell.source = code[grade_id(cell)]
    return notebook


def submit(course, student, notebook):
    path = course.notebook("submitted", OWN, student)
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(notebook, path)


@pytest.fixture(scope="module")
def course(tmp_path_factory, sandbox):
    """Five students: an honest one, two who copied, one with a slip, one with another id."""
    root = tmp_path_factory.mktemp("variants") / "course"
    course = init_course(root, assignments=play.ASSIGNMENTS)
    release(course, OWN, check=False)
    write_roster(course, CLASS)
    own = Draws(course, OWN).choices.own
    honest = notebook_of(course, " S005", own("s005"))
    # What else stands beside the id is not run: nobody changes what is drawn, or the tests.
    ids = next(cell for cell in honest.cells if grade_id(cell) == "student")
    ids.source += "\nimport no_such_module\nCHOICES = {}"
    submit(course, "s005", honest)
    submit(course, "s006", notebook_of(course, "s005", own("s005")))
    submit(course, "s008", notebook_of(course, "s008", own("s005")))
    submit(course, "s009", notebook_of(course, "s009", own("s009") | {"penalty": "half"}))
    submit(course, "s010", notebook_of(course, "ada@example.org", own("ada@example.org")))
    grade(course, OWN)
    return course


def scores(course):
    return {student: given["score"] for student, given in grades(course, OWN).items()}


def words(page):
    return html.unescape(" ".join(re.sub(r"<[^>]+>", " ", page).split()))


def page_of(course, student):
    feedback(course, OWN)
    return words(course.notebook("feedback", OWN, student).with_suffix(".html").read_text("utf-8"))


def test_each_is_graded_by_the_own_id_whichever_stands_in_the_notebook(course):
    values = {student: Draws(course, OWN).own(student) for student in ("s005", "s006", "s008")}
    assert len({tuple(own.values()) for own in values.values()}) == 3
    given = scores(course)
    assert given["s005"] == 12
    assert given["s006"] == 4  # what λ adds: their penalty is the same
    assert given["s008"] == 0
    assert given["s009"] == 8  # the penalty's part of two functions
    assert given["s010"] < 12


def test_a_student_reads_which_values_the_answers_are_right_for_and_nobodys_name(course):
    page = page_of(course, "s008")
    assert "Your values, drawn from the id “s008”: layout columns (" in page
    assert "Your temperature is 4; this answer is right for 3." in page
    assert "s005" not in page
    told = page_of(course, "s006")
    assert "Your notebook was worked with the values of the id “s005”." in told
    assert "It is graded with yours, those of “s006”: layout columns (" in told
    assert "The conventions of s006" not in told
    honest = page_of(course, "s005")
    assert "Right for another" not in honest
    assert "worked with" not in honest


def test_the_teacher_is_told_whose_values_they_are(course):
    told = report(course, OWN)
    assert told["flagged"]["s006"] == [
        "the id in the notebook is “s005”; it is s005's",
        "right for other values than the student's: layout rows; temperature 3; mean weights, "
        "as for s005",
    ]
    (flag,) = told["flagged"]["s008"]
    assert flag.endswith(", as for s005")
    assert told["flagged"]["s010"][0] == (
        "the id in the notebook is “ada@example.org”; it is the student's too, but not the one "
        "that variants are drawn by"
    )
    # One of three options, in s009: an honest slip, and no flag.
    assert set(told["flagged"]) == {"s006", "s008", "s010"}
    assert told["slips"]["right-for-another:penalty"] == 3
    page = words((course.root / "reports" / OWN / "report.html").read_text("utf-8"))
    assert "right for another penalty 3 s008 , s009 , s010" in page


def test_a_slip_of_the_pen_is_granted_and_taken_back(course, monkeypatch, capsys):
    monkeypatch.chdir(course.root)
    before = scores(course)
    assert main(["variants", OWN, "s006", "--as", "S005"]) == 2
    assert "S005 is s005's id; granting it would make a copy right" in capsys.readouterr().err
    assert main(["variants", OWN, "s010", "--as", "ada@example.org", "--reason", "typed"]) == 0
    assert "s010 is drawn by ada@example.org now. Next: softmax-class grade" in (
        capsys.readouterr().out
    )
    assert read_drawn_ids(course)[OWN, "s010"].reason == "typed"
    assert grade(course, OWN)["graded"] == ["s010"]
    assert scores(course) == before | {"s010": 12}
    assert worked_with(Draws(course, OWN), "s010").flags == ()
    assert "drawn from the id “ada@example.org”" in page_of(course, "s010")
    assert main(["variants", OWN, "s010", "--none"]) == 0
    assert grade(course, OWN)["graded"] == ["s010"]
    assert scores(course) == before
    assert main(["variants", OWN, "s010", "--none"]) == 2
    assert "nothing is granted to s010" in capsys.readouterr().err


def test_each_students_values_are_listed_and_kept_as_csv(course, monkeypatch, capsys):
    monkeypatch.chdir(course.root)
    assert main(["variants", OWN]) == 0
    printed = capsys.readouterr().out.splitlines()
    assert printed[0].split() == ["student", "layout", "temperature", "mean", "penalty"]
    assert printed[1].split() == ["s005", "rows", "3", "weights", "half"]
    assert printed[6] == f"5 students, 72 variants. All of them: reports/{OWN}/variants.csv"
    with (course.root / "reports" / OWN / "variants.csv").open(encoding="utf-8-sig") as file:
        rows = list(csv.DictReader(file))
    assert [row["student"] for row in rows] == [one.id for one in CLASS]
    for row in rows:
        own = Draws(course, OWN).own(row["student"])
        assert {name: row[name] for name in own} == {n: str(value) for n, value in own.items()}


def test_what_is_wrong_is_said_in_a_line(course, released, monkeypatch, capsys):
    monkeypatch.chdir(course.root)
    for line, told in (
        ([OWN, "s999"], "not in the class: s999"),
        ([OWN, "--versions", "3"], "--versions makes worksheets: give --paper too"),
        ([OWN, "--paper", "--versions", "27"], "'27' is no number from 1 to 26"),
        ([OWN, "s005", "s006", "--as", "x"], "are for one student"),
        (["a9"], "a9"),
    ):
        assert main(["variants", *line]) == 2
        err = capsys.readouterr().err
        assert told in err
        assert len(err.splitlines()) == 1
    monkeypatch.chdir(released.root)
    assert main(["variants", "mini"]) == 2
    assert "mini has no variants: all students have the same" in capsys.readouterr().err


def other_course(course, tmp_path, settings="", people=CLASS):
    """Return a course with the same release, without submissions."""
    other = init_course(tmp_path / "other", assignments=play.ASSIGNMENTS)
    for step in ("source", "release"):
        path = other.notebook(step, OWN)
        path.parent.mkdir(parents=True)
        path.write_bytes(course.notebook(step, OWN).read_bytes())
    path = other.root / "course.toml"
    path.write_text(f"{settings}\n{path.read_text('utf-8')}", "utf-8")
    write_roster(other, people)
    return Course(other.root)


def test_a_course_may_draw_by_another_column(course, tmp_path, monkeypatch, capsys):
    other = other_course(course, tmp_path, 'variants_by = "email"')
    draws = Draws(other, OWN)
    assert draws.key("s005") == "eve@example.org"
    assert draws.own("s005") == draws.choices.own("Eve@Example.org")
    assert draws.key("s006") == "s006"  # the roster has none
    monkeypatch.chdir(other.root)
    assert main(["variants", OWN]) == 0
    out = capsys.readouterr().out
    assert "drawn by" in out
    assert "No email in the roster, so drawn by the id: s006, s008, s009" in out
    wrong = other.root / "course.toml"
    wrong.write_text(wrong.read_text("utf-8").replace('"email"', '"shoe size"'), "utf-8")
    with pytest.raises(CourseError, match="variants_by = 'shoe size'; expected one of id, email"):
        Draws(Course(other.root), OWN)


def test_a_class_without_anybody_is_named(course, tmp_path, monkeypatch, capsys):
    other = other_course(course, tmp_path, people=[])
    monkeypatch.chdir(other.root)
    assert main(["variants", OWN]) == 2
    assert "nobody is known yet for whom to draw: softmax-class roster" in capsys.readouterr().err


def test_a_group_is_graded_by_the_member_who_stands_in_the_notebook(course, tmp_path):
    people = [replace(one, group="red" if one.id != "s009" else "") for one in CLASS[:4]]
    other = other_course(course, tmp_path, f'group_work = ["{OWN}"]', people)
    work = nbformat.read(course.notebook("submitted", OWN, "s006"), as_version=4)  # says s005
    for student in ("s005", "s006", "s009"):
        submit(other, student, work)
    draws = Draws(other, OWN)
    assert [draws.key(student) for student in ("s005", "s006", "s008", "s009")] == [
        *("s005", "s005", "s008", "s009"),
    ]
    assert worked_with(draws, "s006").flags == ()
    assert worked_with(draws, "s009").flags == ("the id in the notebook is “s005”; it is s005's",)


def test_a_file_of_granted_ids_with_a_hole_is_named(course, tmp_path):
    other = other_course(course, tmp_path)
    path = other.root / "variants.csv"
    path.write_text(f"assignment,student,drawn_by\n{OWN},s005,\n", "utf-8")
    with pytest.raises(CourseError, match=r"variants\.csv, line 2: drawn_by is empty"):
        Draws(other, OWN)
    path.write_text("who,what\na,b\n", "utf-8")
    with pytest.raises(CourseError, match=r"first row should be assignment,student,drawn_by"):
        Draws(other, OWN)


# --- paper ---


@pytest.fixture(scope="module")
def source():
    from softmax_grader.gradebook.source import read_source

    return read_source(play.ASSIGNMENTS / f"{OWN}.md")


def sheets_of(source, keys, **options):
    from softmax_grader.variants.choices import read_choices

    choices = read_choices(source, OWN)
    code = paper_code(play.ASSIGNMENTS / f"{OWN}.md")
    return choices, make_sheets(source, code, choices, keys, where=OWN, **options)


def test_the_key_is_what_the_book_computes_from_the_numbers_on_the_sheet(source):
    keys = {f"s{k:03d}": f"s{k:03d}" for k in range(40)}
    choices, sheets = sheets_of(source, keys)
    assert [sheet.label for sheet in sheets] == list(keys)
    for sheet in sheets:
        own, given = choices.own(sheet.label), sheet.given
        X = given["X"].T if own["layout"] == "columns" else given["X"]
        W, b, y, w, T = given["W"], given["b"], given["y"], given["class weights"], (
            own["temperature"]
        )  # fmt: skip
        F = X @ W.T + b
        scores, P, losses, (plain, added), (dW, db), pull = (answer for _, answer in sheet.tasks)
        turned = np.transpose if own["layout"] == "columns" else np.asarray
        np.testing.assert_allclose(scores[0], turned(F))
        np.testing.assert_allclose(scores[1], turned(F / T))
        np.testing.assert_allclose(P, turned(book.softmax(F / T)))
        right = book.cross_entropy(book.log_softmax(F / T), y)
        np.testing.assert_allclose(losses, right)
        M = len(y) if own["mean"] == "number" else w[y].sum()
        np.testing.assert_allclose(plain, np.sum(w[y] * right) / M)
        share = {"whole": 1, "half": 0.5, "half mean": 0.5 / len(y)}[own["penalty"]]
        np.testing.assert_allclose(added, share * 0.1 * np.sum(W**2))
        np.testing.assert_allclose(pull, 2 * share * 0.1 * W)

        def loss(weights, bias, X=X, y=y, w=w, T=T, M=M):
            log_p = book.log_softmax((X @ weights.T + bias) / T)
            return np.sum(w[y] * book.cross_entropy(log_p, y)) / M

        slope = book.numerical_gradient(lambda W, b=b, loss=loss: loss(W, b), W.astype(float))
        np.testing.assert_allclose(dW, slope, atol=1e-6)
        slope = book.numerical_gradient(lambda b, W=W, loss=loss: loss(W, b), b.astype(float))
        np.testing.assert_allclose(db, slope, atol=1e-6)
        # Small and round: whole numbers up to the temperature, scores that it divides.
        assert np.abs(X).max() <= 2
        assert np.abs(W).max() <= T
        assert not (F % T).any()


def test_the_sheets_hold_no_answer_and_the_key_all_of_them(source):
    choices, sheets = sheets_of(source, {"Ada <b> s005": "s005", "s006": "s006"})
    pages = worksheet_pages("Four", sheets)
    out, key = (words(pages[name]) for name in ("worksheets.html", "worksheets_key.html"))
    probability = f"{sheets[0].tasks[1][1].flat[0]:.4f}"
    assert probability in key
    assert probability not in out
    for page in (out, key):
        assert "Ada <b> s005" in page
        assert f"temperature: {choices.own('s005')['temperature']}" in page
    assert "<b>" not in pages["worksheets.html"].replace("&lt;b&gt;", "")
    assert "break-after: page" in pages["worksheets.html"]
    assert "Name:" not in out


def test_versions_are_all_different_and_have_a_line_for_the_name(source):
    choices, _ = sheets_of(source, {})
    keys = versions(choices, 6)
    assert list(keys) == list("ABCDEF")
    assert list(versions(choices, 3).items()) == list(keys.items())[:3]
    assert len({tuple(choices.own(key).values()) for key in keys.values()}) == 6
    _, sheets = sheets_of(source, keys, to_name=True)
    pages = worksheet_pages("Four", sheets)
    assert words(pages["worksheets.html"]).count("Name:") == 6
    assert "Name:" not in words(pages["worksheets_key.html"])


def test_the_command_writes_both_and_prints_no_answer(course, monkeypatch, capsys):
    monkeypatch.chdir(course.root)
    assert main(["variants", OWN, "--paper", "--versions", "2"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        f"  reports/{OWN}/worksheets.html",
        f"  reports/{OWN}/worksheets_key.html",
        "2 worksheets, a page each, to print from a browser; the key apart.",
    ]
    assert main(["variants", OWN, "s005", "--paper"]) == 0
    assert "1 worksheet, a page each" in capsys.readouterr().out
    page = (course.root / "reports" / OWN / "worksheets.html").read_text("utf-8")
    assert "worksheet s005" in words(page)


def test_a_source_without_a_worksheet_and_one_that_stops_are_named(source):
    choices, _ = sheets_of(source, {})
    with pytest.raises(CourseError, match="a9 has no worksheet: a code cell of the tag paper"):
        make_sheets(source, "", choices, {"A": "A"}, where="a9")
    code = "def paper(own, whole):\n    return {}, [('Why?', 1 / 0)]"
    with pytest.raises(CourseError, match="a9: the worksheet of A stops with ZeroDivisionError"):
        make_sheets(source, code, choices, {"A": "A"}, where="a9")


def test_no_worksheet_is_in_what_students_get(course):
    for step in ("source", "release"):
        text = course.notebook(step, OWN).read_text("utf-8")
        assert "def paper" not in text


def test_values_stay_with_the_work_when_its_student_gets_another_id(course, tmp_path):
    copy = Course(shutil.copytree(course.root, tmp_path / "renamed"))
    own = Draws(copy, OWN).own("s005")
    done = rename(copy, "s005", "eve.adams")
    assert done.drawn == [OWN]
    assert [one.drawn_by for one in read_drawn_ids(copy).values()] == ["s005"]
    assert Draws(copy, OWN).own("eve.adams") == own
    assert grade(copy, OWN)["graded"] == []
    # Who wrote the new id all along is graded by it.
    assert rename(copy, "s009", "s005").drawn == [OWN]
    assert rename(copy, "s008", "s88").drawn == [OWN]
    assert rename(copy, "s006", "s66").drawn == []
