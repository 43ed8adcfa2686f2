"""An assignment's cells in nbgrader's gradebook, also when students have handed in already.

nbgrader refuses to add or remove a cell once there are submissions. Here a cell that is new gets a
place in each submission, one whose name alone is new keeps its points and comments, and what was
given by hand in a cell that is gone is set aside, and comes back with a cell of that name.
"""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import nbformat
from nbgrader import utils
from nbgrader.api import (
    Assignment,
    BaseCell,
    Comment,
    Grade,
    Gradebook,
    GradeCell,
    Notebook,
    SolutionCell,
    SourceCell,
    TaskCell,
)

from softmax_grader.cells import STUDENT_CELL, grade_id
from softmax_grader.course.records import read_record, write_record

KINDS = {"GradeCell": GradeCell, "SolutionCell": SolutionCell, "TaskCell": TaskCell}


def cells_for_gradebook(notebook: nbformat.NotebookNode) -> list[dict[str, Any]]:
    """Return what the gradebook is to know of an assignment's cells.

    Parameters
    ----------
    notebook : nbformat.NotebookNode
        With its solutions cleared and its hidden tests still in it, as nbgrader saves it.

    Returns
    -------
    list of dict
        In the notebook's order.
    """
    cells = []
    for cell in notebook.cells:
        kinds = [
            kind
            for kind, is_it in (
                ("GradeCell", utils.is_grade),
                ("SolutionCell", utils.is_solution),
                ("TaskCell", utils.is_task),
            )
            if is_it(cell)
        ]
        if not kinds and not utils.is_locked(cell) and grade_id(cell) != STUDENT_CELL:
            continue
        marks = cell.metadata["nbgrader"]
        cells.append(
            {
                "name": marks["grade_id"],
                "kinds": kinds,
                "points": float(marks["points"]) if {"GradeCell", "TaskCell"} & {*kinds} else None,
                "cell_type": cell.cell_type,
                "locked": bool(utils.is_locked(cell)),
                "source": cell.source,
                "checksum": marks.get("checksum") or utils.compute_checksum(cell),
            }
        )
    return cells


def renamed_cells(old: nbformat.NotebookNode | None, new: nbformat.NotebookNode) -> dict[str, str]:
    """Return which cells of an assignment have a new name, and nothing else that is new.

    Parameters
    ----------
    old, new : nbformat.NotebookNode
        Its sources. Without an old one, nothing has a new name.

    Returns
    -------
    dict
        From the old name to the new one. A written question has to follow the same text; two
        cells that read the same are not told apart, and are in no pair.
    """
    before, after = _readings(old), _readings(new)
    gone = [name for name in before if name not in after]
    come = [name for name in after if name not in before]
    pairs = [(a, b) for a in gone for b in come if before[a] == after[b]]
    olds, news = Counter(a for a, _ in pairs), Counter(b for _, b in pairs)
    return {a: b for a, b in pairs if olds[a] == news[b] == 1}


def _readings(notebook: nbformat.NotebookNode | None) -> dict[str, tuple]:
    """Return all that a cell is but its name, by its name."""
    readings = {}
    above = ""
    for cell in notebook.cells if notebook is not None else ():
        if utils.is_grade(cell) or utils.is_solution(cell) or utils.is_task(cell):
            marks = cell.metadata["nbgrader"]
            roles = tuple(bool(marks.get(role)) for role in ("grade", "solution", "task"))
            question = above if cell.cell_type == "markdown" else ""
            readings[marks["grade_id"]] = (*roles, cell.cell_type, cell.source.strip(), question)
        above = cell.source.strip()
    return readings


def put_cells(
    gradebook: Gradebook,
    assignment: str,
    cells: Sequence[Mapping[str, Any]],
    kernelspec: Mapping[str, Any],
    renamed: Mapping[str, str],
    aside: Path,
) -> dict[str, list[str]]:
    """Make the gradebook's cells of an assignment those of its new release, in one transaction.

    Parameters
    ----------
    gradebook : nbgrader.api.Gradebook
    assignment : str
    cells : sequence of dict
        As :func:`cells_for_gradebook` returns them.
    kernelspec : dict
    renamed : dict
        As :func:`renamed_cells` returns it.
    aside : Path
        The record of what was given by hand in cells that are gone.

    Returns
    -------
    dict
        ``added`` and ``removed``, names of cells with points; ``renamed``, "old to new";
        ``set_aside`` and ``back``, cells whose points by hand were set aside, or came back. All
        are empty as long as nobody has handed in.
    """
    db = gradebook.db
    try:
        notebook = _notebook(gradebook, assignment)
        notebook.kernelspec = json.dumps(kernelspec)
        wanted = {(cell["name"], kind): cell for cell in cells for kind in cell["kinds"]}
        for cell in notebook._base_cells:
            cell.name = renamed.get(cell.name, cell.name)
        known = {(cell.name, cell.type): cell for cell in notebook._base_cells}
        set_aside = _set_aside(aside, [known[key] for key in known.keys() - wanted.keys()])
        for key in known.keys() - wanted.keys():
            for row in [*(known[key].grades or ()), *(known[key].comments or ())]:
                db.delete(row)
            db.flush()
            db.delete(known[key])
        given = read_record(aside) or {}
        back = []
        for (name, kind), cell in wanted.items():
            entry = known.get((name, kind))
            if entry is None:
                entry = KINDS[kind](name=name, notebook=notebook, **_scored(cell, kind))
                db.add(entry)
                if _into_submissions(db, notebook, entry, kind, given.get(name, {})):
                    back.append(name)
            else:
                for attribute, value in _scored(cell, kind).items():
                    setattr(entry, attribute, value)
        for source in list(notebook.source_cells):
            db.delete(source)
        db.flush()
        for cell in cells:
            names = ("name", "cell_type", "locked", "source", "checksum")
            db.add(SourceCell(notebook=notebook, **{name: cell[name] for name in names}))
            db.flush()  # one by one: nbgrader reads them in the order in which they came
        had_submissions = bool(notebook.submissions)
        db.commit()
    except BaseException:
        db.rollback()
        raise
    if not had_submissions:
        return {"added": [], "removed": [], "renamed": [], "set_aside": [], "back": []}
    of_points = ("GradeCell", "TaskCell")
    return {
        "added": [name for name, kind in wanted if kind in of_points and (name, kind) not in known],
        "removed": sorted(n for n, kind in known.keys() - wanted.keys() if kind in of_points),
        "renamed": [f"{old} to {new}" for old, new in renamed.items()],
        "set_aside": sorted(set_aside),
        "back": list(dict.fromkeys(back)),
    }


def _notebook(gradebook: Gradebook, assignment: str) -> Notebook:
    db = gradebook.db
    entry = db.query(Assignment).filter(Assignment.name == assignment).one_or_none()
    if entry is None:
        entry = Assignment(name=assignment, course_id=gradebook.course_id)
        db.add(entry)
    for notebook in entry.notebooks:
        if notebook.name == assignment:
            return notebook
    notebook = Notebook(name=assignment, assignment=entry)
    db.add(notebook)
    db.flush()
    return notebook


def _scored(cell: Mapping[str, Any], kind: str) -> dict[str, Any]:
    if kind == "SolutionCell":
        return {}
    return {"max_score": cell["points"], "cell_type": cell["cell_type"]}


def _set_aside(path: Path, gone: Sequence[BaseCell]) -> set[str]:
    """Keep what was given by hand in cells that are to be removed; return their names."""
    kept: dict[str, dict[str, dict]] = {}
    for cell in gone:
        for grade in cell.grades or ():
            if grade.manual_score is not None or grade.extra_credit:
                of_student = kept.setdefault(cell.name, {}).setdefault(grade.student.id, {})
                of_student |= {"points": grade.manual_score, "extra": grade.extra_credit}
        for comment in cell.comments or ():
            if comment.manual_comment:
                of_student = kept.setdefault(cell.name, {}).setdefault(comment.student.id, {})
                of_student["comment"] = comment.manual_comment
    if kept:
        before = read_record(path) or {}
        write_record(path, before | {n: before.get(n, {}) | kept[n] for n in kept})
    return set(kept)


def _into_submissions(
    db: Any, notebook: Notebook, cell: BaseCell, kind: str, given: Mapping[str, Mapping[str, Any]]
) -> bool:
    """Give a new cell a place in each submission, with what was set aside for it."""
    is_back = False
    for submission in notebook.submissions:
        of_student = given.get(submission.student.id, {})
        if kind in ("GradeCell", "TaskCell"):
            points, extra = of_student.get("points"), of_student.get("extra")
            db.add(Grade(cell=cell, notebook=submission, manual_score=points, extra_credit=extra))
            is_back |= points is not None
        if kind in ("SolutionCell", "TaskCell"):
            words = of_student.get("comment")
            db.add(Comment(cell=cell, notebook=submission, manual_comment=words))
            is_back |= words is not None
    return is_back
