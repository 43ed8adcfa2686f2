"""The rebuilt notebook of a submission: made once, kept, and read by all that come after.

It is made when a submission is collected. One that came another way, by nbgrader's exchange, or
whose assignment was released anew since, is rebuilt when it is first asked for.
"""

import nbformat

from softmax_grader.course.folder import Course
from softmax_grader.course.records import read_record, write_record
from softmax_grader.intake.rebuild import rebuild
from softmax_grader.staleness import digest, key_of


def keep_rebuilt(course: Course, assignment: str, student: str, notebook: str) -> None:
    """Keep a rebuilt notebook, beside the submission from which it was made.

    Parameters
    ----------
    course : Course
    assignment, student : str
    notebook : str
        The notebook's text.
    """
    record = {"key": _key(course, assignment, student), "notebook": notebook}
    write_record(course.record(assignment, "rebuilt", student), record)


def rebuilt_notebook(course: Course, assignment: str, student: str) -> nbformat.NotebookNode:
    """Return a submission as it is graded: the release's cells with the student's answers.

    Parameters
    ----------
    course : Course
    assignment, student : str

    Returns
    -------
    nbformat.NotebookNode
    """
    record = read_record(course.record(assignment, "rebuilt", student))
    if record is None or record.get("key") != _key(course, assignment, student):
        release = nbformat.read(course.notebook("release", assignment), as_version=4)
        data = course.notebook("submitted", assignment, student).read_bytes()
        text = nbformat.writes(rebuild(release, data).notebook) + "\n"
        keep_rebuilt(course, assignment, student, text)
    else:
        text = record["notebook"]
    return nbformat.reads(text, as_version=4)


def _key(course: Course, assignment: str, student: str) -> str:
    """Return the mark of all that a rebuilt notebook depends on."""
    submitted = course.notebook("submitted", assignment, student).read_bytes()
    release = course.notebook("release", assignment).read_bytes()
    return key_of(digest(submitted), digest(release))
