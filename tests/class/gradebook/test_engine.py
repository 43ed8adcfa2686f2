"""All steps of nbgrader share one way into the gradebook, which holds no file open."""

import os
import shutil
from pathlib import Path

from sqlalchemy.sql.compiler import SQLCompiler

from ..courses import AUTOMATIC, RIGHT, WRONG, grade_all, mark, scores, solve, submit


def test_a_second_submission_is_graded_with_the_statements_of_the_first(course, monkeypatch):
    compiled = []
    begin = SQLCompiler.__init__

    def noted(self, dialect, statement, *rest, **more):
        compiled.append(statement)
        begin(self, dialect, statement, *rest, **more)

    submit(course, "s001", solve(course, **RIGHT))
    grade_all(course, jobs=1)
    submit(course, "s002", solve(course, **RIGHT))
    grade_all(course, jobs=1)
    submit(course, "s003", solve(course, **WRONG))
    monkeypatch.setattr(SQLCompiler, "__init__", noted)
    grade_all(course, jobs=1)
    assert not compiled, str(compiled[0])
    assert scores(course) == {"s001": AUTOMATIC, "s002": AUTOMATIC, "s003": 4.0}


def test_a_gradebook_that_another_file_has_replaced_is_read_anew(course):
    submit(course, "s001", solve(course, **RIGHT))
    grade_all(course, jobs=1)
    book = course.root / "gradebook.db"
    shutil.copy(book, book.with_suffix(".kept"))
    mark(course, "s001", "why", 1.5)
    assert scores(course) == {"s001": AUTOMATIC + 1.5}
    book.with_suffix(".kept").replace(book)
    assert scores(course) == {"s001": AUTOMATIC}


def test_no_gradebook_stays_open(course):
    submit(course, "s001", solve(course, **RIGHT))
    grade_all(course, jobs=1)
    held = [os.path.realpath(each) for each in Path("/proc/self/fd").iterdir()]
    assert not [path for path in held if path.startswith(str(course.root.resolve()))]
