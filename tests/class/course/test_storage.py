"""What is said when the disk or the gradebook takes nothing."""

import errno
import sqlite3

import pytest

from softmax_grader.course.storage import storage_trouble


class OperationalError(Exception):
    """As SQLAlchemy has it: what the database says, the statement, a link."""


OperationalError.__module__ = "sqlalchemy.exc"
WRAPPED = OperationalError("(sqlite3.OperationalError) database is locked\n[SQL: UPDATE grade]")


def from_an_error(error, reason):
    error.__context__ = reason
    return error


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (
            OSError(errno.ENOSPC, "No space", "reports/x.csv"),
            "reports/x.csv was not written: there",
        ),
        (OSError(errno.EDQUOT, "Quota", "a"), "a was not written: you have used up your share"),
        (OSError(errno.EROFS, "Read-only", "a"), "a was not written: the disk is read-only"),
        (sqlite3.OperationalError("database or disk is full"), "gradebook.db: there is no space"),
        (WRAPPED, "gradebook.db: another program is writing into it: close formgrader"),
        (from_an_error(ValueError("(sqlite3..."), WRAPPED), "another program is writing into it"),
        (sqlite3.DatabaseError("file is not a database"), "cannot be used: file is not a database"),
    ],
)
def test_it_is_one_line_with_what_to_do(error, told):
    text = storage_trouble(error)
    assert told in text
    assert "\n" not in text


@pytest.mark.parametrize(
    "error",
    [
        ValueError("no"),
        FileNotFoundError(errno.ENOENT, "No such file", "a"),
        from_an_error(ValueError("no such student"), OperationalError("No row was found")),
    ],
)
def test_any_other_error_is_none_of_it(error):
    assert storage_trouble(error) is None
