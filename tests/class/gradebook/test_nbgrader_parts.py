"""nbgrader itself grades in the sandbox, and another nbgrader than the known one is refused."""

import pytest
from nbconvert.exporters import HTMLExporter
from nbgrader.converters import Autograde, GenerateFeedback
from traitlets.config import Config

from softmax_grader.commands.softmax_class import main
from softmax_grader.gradebook.nbgrader_parts import NbgraderChangedError, put_settings, steps_of

from ..courses import AUTOMATIC, MINI, RIGHT, WRONG, grade_all, run_in_course, scores, solve, submit


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


KNOWN_STEPS = ["GetGrades", "CSSHTMLHeaderPreprocessor"]


@pytest.mark.parametrize(
    "known",
    [KNOWN_STEPS[:1], KNOWN_STEPS[::-1], [*KNOWN_STEPS, "GetGrades"], ["GetMarks"]],
    ids=["one more", "another order", "one less", "another name"],
)
def test_another_nbgrader_than_the_known_one_is_refused_in_one_sentence(known):
    with pytest.raises(NbgraderChangedError, match="has GetGrades, CSSHTML") as caught:
        steps_of(GenerateFeedback, "preprocessors", known=known, swap={})
    assert "\n" not in str(caught.value)


def test_a_step_to_be_swapped_must_be_there_exactly_once():
    for name in ("GetMarks", "GetGrades"):
        with pytest.raises(ValueError, match="expected once"):
            steps_of(
                GenerateFeedback,
                "preprocessors",
                known=["GetGrades", "GetGrades"],
                swap={name: []},
            )


def test_a_changed_nbgrader_stops_the_command(course, monkeypatch, capsys):
    monkeypatch.setattr(Autograde.autograde_preprocessors, "default", lambda: [])
    monkeypatch.chdir(course.root)
    submit(course, "s001", solve(course, **RIGHT))
    assert main(["grade", MINI]) == 2
    error = capsys.readouterr().err
    assert "autograde_preprocessors; expected Execute" in error
    assert len(error.splitlines()) == 1


def test_a_setting_that_nbgrader_does_not_know_is_refused():
    config = Config()
    put_settings(config, HTMLExporter, sanitize_html=True)
    assert config.HTMLExporter.sanitize_html is True
    with pytest.raises(NbgraderChangedError, match=r"HTMLExporter of .* has no setting sanitise"):
        put_settings(config, HTMLExporter, sanitise_html=True)
