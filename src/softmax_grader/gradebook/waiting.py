"""How many submissions wait for points by hand: asked of gradebook.db itself.

nbgrader and what it stands on take seconds to import; a look at how far a class is should not.
"""

import contextlib
import sqlite3
from urllib.parse import quote

from softmax_grader.course.folder import Course

WAITING = """
select count(distinct submitted_assignment.id)
from grade
join submitted_notebook on submitted_notebook.id = grade.notebook_id
join submitted_assignment on submitted_assignment.id = submitted_notebook.assignment_id
join assignment on assignment.id = submitted_assignment.assignment_id
where grade.needs_manual_grade and assignment.name = ?
"""


def waiting_by_hand(course: Course, assignment: str) -> int:
    """Return how many submissions of an assignment wait for points by hand.

    Parameters
    ----------
    course : Course
    assignment : str

    Returns
    -------
    int
    """
    path = course.root / "gradebook.db"
    if not path.is_file():
        return 0
    # A kill may have left a journal, which only who may write can roll back.
    address = f"file:{quote(str(path))}?mode=rw"
    with contextlib.closing(sqlite3.connect(address, uri=True, timeout=10)) as gradebook:
        gradebook.execute("pragma query_only = on")
        return gradebook.execute(WAITING, (assignment,)).fetchone()[0]
