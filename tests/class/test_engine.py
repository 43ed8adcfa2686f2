"""The pipeline from release to the file of grades, on a small assignment."""

import csv
import io
import json
import os
import re
import signal
import subprocess
import sys

import nbformat
import numpy as np
import pytest

from softmax_grader.commands.softmax_class import main
from softmax_grader.course.folder import CourseError, at_work, safe_id
from softmax_grader.course.records import read_record
from softmax_grader.gradebook.points import grades
from softmax_grader.gradebook.release import release
from softmax_grader.intake.collect import collect
from softmax_grader.marking.examiner import Examiner, score_of
from softmax_grader.marking.plan import make_plan
from softmax_grader.reports.feedback import feedback
from softmax_grader.reports.report import report
from softmax_grader.reports.similarity import runs_of, similar_pairs

from ..waiting import wait_until
from .courses import (
    AUTOMATIC,
    MINI,
    RIGHT,
    SMALL,
    grade_all,
    released_notebook,
    scores,
    solve,
    submit,
)

WRONG = {**RIGHT, "guard": "def guard(F):\n    return F - F.max()\n"}


def run_in_course(course, *words, **options):
    return subprocess.run(
        [sys.executable, "-m", *words],
        cwd=course.root,
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
        **options,
    )


@pytest.fixture(scope="module")
def graded(tmp_path_factory, released):
    """A course with five submissions, graded."""
    from .courses import make_course

    course = make_course(tmp_path_factory.mktemp("graded") / "course", released)
    submit(course, "s001", solve(course, **RIGHT))
    submit(course, "s002", solve(course, **WRONG))
    submit(course, "s003", solve(course))
    broken = {**RIGHT, "guard": "def guard(F:\n    return F"}
    submit(course, "s004", solve(course, **broken))
    printing = "print('<script>alert(1)</script>\\x1b[31m')\nguard"
    submit(course, "s005", solve(course, [printing], **RIGHT))
    grade_all(course, jobs=2)
    return course


# --- release ---


def test_the_release_holds_no_solution_and_no_hidden_test(released):
    text = released.notebook("release", MINI).read_text("utf-8")
    for secret in ("SECRET_OF_THE_GUARD", "x**3", "MARK SCHEME", "1e-5", "BEGIN"):
        assert secret not in text
    assert "raise NotImplementedError()" in text
    assert "F (N, C)" in text


def test_the_release_runs_where_this_package_is_not(released, tmp_path):
    notebook = released_notebook(released)
    code = [cell.source for cell in notebook.cells if cell.cell_type == "code"]
    program = "\n".join(
        source if "NotImplementedError" not in source else RIGHT[re.search(r"def (\w+)", source)[1]]
        for source in code
    )
    script = tmp_path / "release.py"
    script.write_text(program)
    run = subprocess.run([sys.executable, script], capture_output=True, text=True, check=False)
    assert (run.returncode, run.stderr) == (0, "")
    assert "softmax" not in program


def source_with(tmp_path, old, new):
    content = (SMALL / "mini.md").read_text("utf-8")
    assert old in content
    path = tmp_path / "other.md"
    path.write_text(content.replace(old, new), "utf-8")
    return path


@pytest.mark.parametrize(
    ("old", "new", "word"),
    [
        ("return F - F.max(axis=1, keepdims=True)", "return F", "does not get all points"),
        ("grade_id: slope,", "grade_id: guard,", "there twice"),
        ("### END HIDDEN TESTS\n```", "```", "hidden tests"),
        ("locked: true, points: 3, ", "locked: true, ", "no points"),
        ("    ### END SOLUTION\n", "", "solution"),
    ],
)
def test_a_faulty_source_is_one_sentence(course, tmp_path, old, new, word):
    with pytest.raises(CourseError, match=word) as caught:
        release(course, str(source_with(tmp_path, old, new)))
    assert "\n" not in str(caught.value)


def test_a_source_with_submissions_cannot_lose_a_cell(course, tmp_path):
    submit(course, "s001", solve(course, **RIGHT))
    grade_all(course)
    text = (course.sources / "mini.md").read_text("utf-8")
    changed = tmp_path / "mini.md"
    changed.write_text(text.replace("grade_id: slope_hidden", "grade_id: slope_secret"), "utf-8")
    with pytest.raises(CourseError, match="submissions associated"):
        release(course, str(changed), check=False)
    assert "slope_hidden" in course.notebook("source", MINI).read_text("utf-8")


# --- grading ---


def test_scores_are_what_the_tests_give(graded):
    found = scores(graded)
    assert found == {"s001": 8.0, "s002": 4.0, "s003": 0.0, "s004": 3.0, "s005": 8.0}


def test_a_warning_in_a_test_costs_nothing(graded):
    # The hidden test of the guard takes log(0) on purpose; stock nbgrader would give 0 for it.
    assert grades(graded, MINI)["s001"]["cells"]["guard_hidden"][0] == 4.0


def test_written_answers_wait_for_the_teacher(graded):
    found = grades(graded, MINI)
    assert found["s001"]["cells"]["why"] == (0.0, 2.0, True)
    assert found["s003"]["cells"]["why"] == (0.0, 2.0, False)  # nothing was written


def test_only_what_changed_is_graded_again(graded):
    again = grade_all(graded)
    assert again["graded"] == []
    assert len(again["unchanged"]) == 5
    submit(graded, "s003", solve(graded, slope=RIGHT["slope"]))
    assert grade_all(graded)["graded"] == ["s003"]
    assert scores(graded)["s003"] == 3.0
    submit(graded, "s003", solve(graded))
    grade_all(graded)


def test_points_given_by_hand_stay(course):
    from nbgrader.api import Gradebook

    submit(course, "s001", solve(course, **RIGHT))
    grade_all(course)
    with Gradebook(course.db_url, course.id) as gradebook:
        mark = gradebook.find_grade("why", MINI, MINI, "s001")
        mark.manual_score = 2
        gradebook.find_comment("why", MINI, MINI, "s001").manual_comment = "Well <b>put</b>."
        gradebook.db.commit()
    grade_all(course, force=True)
    assert scores(course)["s001"] == AUTOMATIC + 2
    feedback(course, MINI)
    page = course.notebook("feedback", MINI, "s001").with_suffix(".html").read_text("utf-8")
    assert "Well &lt;b&gt;put&lt;/b&gt;." in page


def test_a_perfect_submission_has_full_marks_each_time(course):
    source = nbformat.read(course.notebook("source", MINI), as_version=4)
    plan = make_plan(course, source, solve(course, **RIGHT))
    with Examiner() as examiner:
        for _ in range(50):
            cells = examiner.examine(plan)["cells"]
            results = [
                output["data"]["text/plain"]
                for cell in cells
                for output in cell["outputs"]
                if output["output_type"] == "execute_result"
            ]
            errors = [o for cell in cells for o in cell["outputs"] if o["output_type"] == "error"]
            assert (results, errors) == (["4"], [])


@pytest.mark.parametrize(
    ("value", "score"),
    [
        *[(2, 2), (2.5, 2.5), (9, 4), (-3, 0), (float("nan"), 0), (float("inf"), 4)],
        *[(True, 4), (False, 0), (np.float64(1.5), 1.5), (np.bool_(False), 0)],
    ],
)
def test_a_score_stays_within_its_points(value, score):
    assert score_of(value, 4.0) == score


def test_a_score_that_is_no_number_is_the_tests_fault():
    with pytest.raises(TypeError, match="last line gives its points"):
        score_of("all", 4.0)


def test_a_kill_at_any_moment_loses_nothing(course):
    for k in range(8):
        answers = {**RIGHT, "slope": RIGHT["slope"] + f"# {k}\n"} if k % 2 else {}
        submit(course, f"s{k:03}", solve(course, **answers))
    done = course.root / ".softmax-class" / MINI / "graded"
    command = [
        sys.executable,
        "-m",
        "softmax_grader.commands.softmax_class",
        "grade",
        MINI,
        "--jobs",
        "2",
    ]
    for stop_after in (1, 3, 6):
        process = subprocess.Popen(
            command, cwd=course.root, stdout=subprocess.DEVNULL, start_new_session=True
        )
        wait_until(
            lambda at=stop_after, process=process: (
                len(list(done.glob("s*.json"))) >= at or process.poll() is not None
            )
        )
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
    finished = grade_all(course)
    assert len(finished["unchanged"]) >= 6
    assert scores(course) == {f"s{k:03}": AUTOMATIC if k % 2 else 0.0 for k in range(8)}
    for k in range(8):
        json.loads(course.notebook("autograded", MINI, f"s{k:03}").read_text("utf-8"))
    assert list(course.root.rglob(".writing-*")) == []


def test_plain_nbgrader_grades_the_same_and_in_the_sandbox(course):
    theft = "import os\nmark = os.path.exists('course.toml') or os.path.exists('../course.toml')"
    cheat = {**WRONG, "guard": f"{theft}\ndef guard(F):\n    return F * 0 + mark\n"}
    submit(course, "s001", solve(course, **RIGHT))
    submit(course, "s002", solve(course, **cheat))
    run = run_in_course(course, "nbgrader", "autograde", MINI)
    assert run.returncode == 0, run.stderr
    assert scores(course) == {"s001": AUTOMATIC, "s002": 3.0}
    run = run_in_course(course, "nbgrader", "generate_feedback", MINI)
    assert run.returncode == 0, run.stderr
    for page in course.root.glob("feedback/*/*/*.html"):
        assert "SECRET_OF" not in page.read_text("utf-8")
    assert grade_all(course)["unchanged"] == []  # its own record is missing, so it looks again
    assert scores(course) == {"s001": AUTOMATIC, "s002": 3.0}


# --- feedback ---


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


def test_what_a_cell_prints_after_a_test_is_told_by_a_worker_that_saw_none(course):
    spying = RIGHT["guard"].replace("    return", "    global seen\n    seen = F\n    return")
    late = "print('seen' in globals())"
    submit(course, "s001", solve(course, [late], **{**RIGHT, "guard": spying}))
    grade_all(course)
    run = read_record(course.record(MINI, "run", "s001"))
    assert scores(course)["s001"] == AUTOMATIC
    assert run["cells"][-1]["outputs"][0]["text"] == "False\n"


def test_a_place_in_the_book_becomes_a_link_where_the_book_is_known():
    from softmax_grader.reports.page import link_to_book

    place = "Chapter 5, λ or λ/2", "book/05_regularization.html#lambda"
    assert link_to_book(*place, "") == "Chapter 5, λ or λ/2"
    linked = link_to_book(*place, "https://a.example/b/")
    assert 'href="https://a.example/b/book/05_regularization.html#lambda"' in linked
    assert "<a" not in link_to_book("x", "javascript:alert(1)", "https://a.example")
    assert "<a" not in link_to_book(*place, "javascript:alert(1)")


# --- report ---


def test_the_grades_are_nbgraders_own(graded):
    result = report(graded, MINI)
    ours = (graded.root / "reports" / MINI / "grades.csv").read_text("utf-8")
    run = run_in_course(graded, "nbgrader", "export", "--to", "theirs.csv")
    assert run.returncode == 0, run.stderr
    theirs = (graded.root / "theirs.csv").read_text("utf-8")

    def read(text):
        rows = list(csv.DictReader(io.StringIO(text)))
        return sorted(rows, key=lambda row: row["student_id"])

    assert read(ours) == read(theirs)
    assert result["students"] == 5


def rows_of(course, name):
    path = course.root / "reports" / MINI / name
    return list(csv.reader(io.StringIO(path.read_text("utf-8"))))


def test_the_files_for_canvas_and_moodle(graded):
    report(graded, MINI)
    canvas = rows_of(graded, "canvas.csv")
    assert canvas[0] == ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", MINI]
    assert canvas[1][0].strip() == "Points Possible"
    assert canvas[1][-1] == "10.0"
    assert ["s001", "", "s001", "s001", "", "8.0"] in canvas
    moodle = rows_of(graded, "moodle.csv")
    # Moodle's worksheet importer wants these three by these names, and takes the feedback too.
    heads = ("Identifier", "Grade", "Last modified (grade)", "Feedback comments")
    assert set(heads) < set(moodle[0])
    assert ["", "s001", "s001", "", "8.0", "", "Before points are given by hand."] in moodle


def test_an_lms_gets_its_own_numbers_back(course, tmp_path):
    """The numbers in its file names are Canvas's user ids, and Moodle's participants."""
    for name in (
        "studentone_4711_81234_mini.ipynb",
        "One Student_99_assignsubmission_file/mini.ipynb",
        "12345/mini.ipynb",
    ):
        path = tmp_path / "came" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        nbformat.write(solve(course, **RIGHT), path)
    collect(course, MINI, [tmp_path / "came"])
    grade_all(course)
    report(course, MINI)
    canvas = {row[0]: row[1:4] for row in rows_of(course, "canvas.csv")}
    assert canvas["4711"] == ["4711", "", ""]
    assert canvas["12345"] == ["", "12345", "12345"]
    moodle = [row[:3] for row in rows_of(course, "moodle.csv")]
    assert ["Participant 99", "", ""] in moodle
    assert ["", "12345", "12345"] in moodle


def test_a_name_that_is_a_formula_stays_text():
    from softmax_grader.reports.spreadsheets import canvas_csv, moodle_csv, nbgrader_csv

    names = ("=1+1", "@x", "-a@b.c")
    people = {"duedate": "", "max_score": 1.0, "students": {"s001": names}, "lms": {}}
    for make in (nbgrader_csv, canvas_csv, moodle_csv):
        for row in csv.reader(io.StringIO(make(MINI, {}, people))):
            assert not any(cell[:1] in ("=", "+", "-", "@", "\t", "\r") for cell in row)
    assert "'=1+1,'@x,'-a@b.c" in nbgrader_csv(MINI, {}, people)
    wide = {**people, "students": {"s001": ("\uff1d1+1", "", "")}}
    assert "'\uff1d1+1" in nbgrader_csv(MINI, {}, wide)


def test_the_teachers_page_tells_of_the_class(graded):
    report(graded, MINI)
    page = (graded.root / "reports" / MINI / "report.html").read_text("utf-8")
    assert "5 submissions" in page
    assert "<svg" in page
    assert "<script" not in page
    assert "s005" in page


def test_copies_are_found_and_common_answers_are_not():
    common = ("code", "def f(x):\n    return x - x.max(axis=1, keepdims=True)\n")
    texts = [
        f"My own thought number {k} says {' '.join(str(k * j) for j in range(20))}"
        for k in range(2, 9)
    ]
    class_of = {f"s{k}": [common, ("markdown", text)] for k, text in enumerate(texts)}
    assert similar_pairs(class_of, []) == []
    class_of["s9"] = class_of["s3"]
    assert [(one, two) for _, one, two in similar_pairs(class_of, [])] == [("s3", "s9")]


def test_a_flood_of_words_is_compared_in_part():
    flood = [("markdown", " ".join(f"w{k}x{j}" for j in range(4000))) for k in range(100)]
    assert len(runs_of(flood)) < 100_000


# --- the command ---


def test_two_commands_do_not_change_a_course_at_once(course, monkeypatch, capsys):
    submit(course, "s001", solve(course, **RIGHT))
    monkeypatch.chdir(course.root)
    with at_work(course):
        assert main(["grade", MINI]) == 2
    err = capsys.readouterr().err
    assert "another softmax-class is at work" in err
    assert len(err.splitlines()) == 1
    assert main(["grade", MINI]) == 0


def test_the_whole_way_by_the_command(tmp_path, released, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    root = tmp_path / "course"
    assert main(["init", "course", "--assignments", str(released.sources)]) == 0
    monkeypatch.chdir(root)
    came = tmp_path / "came"
    for student in ("s001", "s002"):
        (came / student).mkdir(parents=True)
        nbformat.write(solve(released, **RIGHT), came / student / f"{MINI}.ipynb")
    for words in (
        ["release", MINI],
        ["collect", MINI, str(came)],
        ["grade", MINI, "--jobs", "1"],
        ["feedback", MINI],
        ["report", MINI],
        ["status"],
    ):
        assert main(words) == 0, words
    said = capsys.readouterr()
    assert said.err == ""
    assert "Its solution gets 8 of 8, the empty stub 0" in said.out
    assert "2 graded" in said.out
    assert "mean 8.0 of 10" in said.out
    status = said.out.splitlines()[-1].split()
    assert status == [MINI, "yes", "2", "2", "2", "2", "0"]
    assert f"reports/{MINI}/grades.csv" in said.out


@pytest.mark.parametrize(
    ("words", "part"),
    [
        (["grade", "nothing"], "is not released"),
        (["grade", "../../etc"], "is no name of an assignment"),
        (["grade", MINI], "nothing is collected"),
        (["feedback", MINI], "nothing is graded"),
        (["report", MINI], "nothing is graded"),
        (["collect", MINI, "nowhere"], "nowhere is not there"),
        (["collect", MINI], "there is nothing to collect"),
        (["release", "nothing"], "nothing.md is not there"),
        (["grade", MINI, "--jobs", "0"], "no number from 1 to 64"),
        (["init", "."], "is a course already"),
        (["grad", MINI], "invalid choice"),
        ([], "required"),
        (["--course", "nowhere", "status"], "is not a course"),
    ],
)
def test_wrong_input_is_one_line_and_exit_code_2(course, monkeypatch, capsys, words, part):
    monkeypatch.chdir(course.root)
    assert main(words) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert len(said.err.splitlines()) == 1
    assert part in said.err
    assert said.err.startswith("softmax-class: ")


@pytest.mark.parametrize(
    ("old", "new", "part"),
    [
        ("[limits]", "[limits", "cannot be read"),
        ("memory_mb = 512", "memory_mb = -1", "expected a number above 0"),
        ("memory_mb = 512", "memory_mb = 'much'", "expected a number above 0"),
        ('course = "course"', "course = 7", "expected text"),
        ('course = "course"', 'id_pattern = "("\n', "no regular expression"),
        ('course = "course"', 'id_pattern = "s.*"\n', "no (?P<id>"),
    ],
)
def test_wrong_settings_are_one_line(course, monkeypatch, capsys, old, new, part):
    path = course.root / "course.toml"
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")
    monkeypatch.chdir(course.root)
    assert main(["status"]) == 2
    err = capsys.readouterr().err
    assert part in err
    assert len(err.splitlines()) == 1


def test_a_folder_that_nbgrader_takes_for_a_pattern_is_refused(tmp_path, capsys):
    assert main(["init", str(tmp_path / "class [2026]" / "course")]) == 2
    err = capsys.readouterr().err
    assert "[ ] in its path" in err
    assert len(err.splitlines()) == 1
    assert not (tmp_path / "class [2026]").exists()


def test_a_new_course_is_closed_to_other_users_and_an_old_folder_stays_as_it_is(tmp_path):
    old = tmp_path / "old"
    old.mkdir(mode=0o750)
    assert main(["init", str(old)]) == main(["init", str(tmp_path / "new")]) == 0
    assert old.stat().st_mode & 0o777 == 0o750
    assert (tmp_path / "new").stat().st_mode & 0o777 == 0o700


def test_a_spoilt_gradebook_is_one_line(course, monkeypatch, capsys):
    submit(course, "s001", solve(course))
    (course.root / "gradebook.db").write_bytes(b"this is no database" * 100)
    monkeypatch.chdir(course.root)
    assert main(["grade", MINI]) == 2
    err = capsys.readouterr().err
    assert "gradebook.db" in err
    assert len(err.splitlines()) == 1


def test_without_bubblewrap_it_refuses_unless_told(course, monkeypatch, capsys):
    from softmax_grader.commands import softmax_class as command
    from softmax_grader.isolation.bubblewrap import SandboxError

    def missing():
        raise SandboxError("bubblewrap is not installed")

    monkeypatch.setattr(command, "find_mode", missing)
    monkeypatch.chdir(course.root)
    submit(course, "s001", solve(course, **RIGHT))
    assert main(["grade", MINI]) == 2
    err = capsys.readouterr().err
    assert "bubblewrap is not installed" in err
    assert "--unsafe" in err
    assert scores(course) == {}
    assert main(["grade", MINI, "--unsafe"]) == 0
    assert "can read and write what you can" in capsys.readouterr().err
    assert scores(course) == {"s001": AUTOMATIC}


@pytest.mark.parametrize("text", ["s001", "jane.doe@uni.example", "Łukasz", "李雷", "12345"])
def test_an_ordinary_id_stays(text):
    assert safe_id(text) == (text, False)


@pytest.mark.parametrize(
    "text",
    ["../../etc/passwd", "a/b", "a\\b", "", ".", "..", "x" * 300, "a*b", "[a]", "-rf", "a+b"],
)
def test_an_id_that_is_no_file_name_becomes_one(text):
    made, changed = safe_id(text)
    assert changed
    assert re.fullmatch(r"\w[\w.@-]*-[0-9a-f]{6}", made)
    assert len(made) < 80
    assert made != safe_id(text + "?")[0]
