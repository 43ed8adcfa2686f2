"""Put a new release in the place of the old one: all of it, or nothing.

The new files are written aside first, into a folder that gets its name, ``releasing``, when it is
whole. Then the gradebook changes in one transaction, and the files are moved. Whatever stops that
on the way, a kill too, leaves the old release, or that folder, with which the next command goes on
to the new one.
"""

import json
import shutil
from pathlib import Path
from typing import Any

from nbgrader.api import Gradebook

from softmax_grader.course.folder import RECORDS, Course
from softmax_grader.course.records import move_into, write_atomically
from softmax_grader.course.releases import release_record
from softmax_grader.gradebook.graded_cells import put_cells
from softmax_grader.gradebook.nbgrader_parts import course_directory, make_config


def put_in_place(
    course: Course,
    assignment: str,
    *,
    source: str,
    release: str,
    cells: list[dict[str, Any]],
    renamed: dict[str, str],
    kernelspec: dict[str, Any],
    record: dict[str, Any],
) -> dict[str, list[str]]:
    """Replace an assignment's source and release notebooks, and its cells in the gradebook.

    Parameters
    ----------
    course : Course
    assignment : str
    source, release : str
        The notebooks' texts.
    cells : list of dict
        What the gradebook is to know, as
        :func:`softmax_grader.gradebook.graded_cells.cells_for_gradebook` returns it.
    renamed : dict
        From the old names of cells to new ones.
    kernelspec : dict
    record : dict
        What is to be known of the release.

    Returns
    -------
    dict
        What changed in the gradebook, as :func:`softmax_grader.gradebook.graded_cells.put_cells`
        returns it.
    """
    _need_gradebook(course)
    preparing = course.root / RECORDS / assignment / "preparing"
    shutil.rmtree(preparing, ignore_errors=True)
    for_gradebook = {"cells": cells, "renamed": renamed, "kernelspec": kernelspec}
    try:
        write_atomically(preparing / "source.ipynb", source)
        write_atomically(preparing / "release.ipynb", release)
        write_atomically(preparing / "released.json", json.dumps(record, indent=1) + "\n")
        write_atomically(preparing / "cells.json", json.dumps(for_gradebook) + "\n")
        for place in _places(course, assignment).values():  # before anything changes
            place.parent.mkdir(parents=True, exist_ok=True)
    except BaseException:
        shutil.rmtree(preparing, ignore_errors=True)
        raise
    releasing = preparing.with_name("releasing")
    preparing.rename(releasing)
    try:
        changes = _into_gradebook(course, releasing)
    except Exception:  # the gradebook is as it was; a kill or Ctrl-C instead leads to the new one
        shutil.rmtree(releasing)
        raise
    _move_files(course, releasing)
    return changes


def finish_releases(course: Course) -> list[str]:
    """Finish the releases that were stopped on their way.

    Parameters
    ----------
    course : Course
        No other command may be at work in it.

    Returns
    -------
    list of str
        The assignments.
    """
    finished = []
    for releasing in sorted((course.root / RECORDS).glob("*/releasing")):
        if (releasing / "cells.json").is_file():
            _into_gradebook(course, releasing)
            _move_files(course, releasing)
            finished.append(releasing.parent.name)
        else:  # all was in its place
            shutil.rmtree(releasing)
    return finished


def _places(course: Course, assignment: str) -> dict[str, Path]:
    """Return where each file that waits in ``releasing`` belongs."""
    return {
        "source.ipynb": course.notebook("source", assignment),
        "release.ipynb": course.notebook("release", assignment),
        "released.json": release_record(course, assignment),
    }


def _need_gradebook(course: Course) -> None:
    """Make a gradebook where there is none, and not half of one."""
    path = course.root / "gradebook.db"
    if path.exists():
        return
    course_directory(make_config(course.root, course.id))  # so that nbgrader finds alembic
    new = path.with_name(".gradebook.db.new")
    new.unlink(missing_ok=True)
    try:
        with Gradebook(f"sqlite:///{new}", course.id):
            pass
        new.replace(path)
    finally:
        new.unlink(missing_ok=True)


def _into_gradebook(course: Course, releasing: Path) -> dict[str, list[str]]:
    new = json.loads((releasing / "cells.json").read_text("utf-8"))
    assignment = releasing.parent.name
    with Gradebook(course.db_url, course.id) as gradebook:
        aside = releasing.with_name("set_aside.json")
        return put_cells(gradebook, assignment, **new, aside=aside)


def _move_files(course: Course, releasing: Path) -> None:
    assignment = releasing.parent.name
    places = _places(course, assignment)
    for name, place in places.items():
        if (releasing / name).is_file():
            move_into(releasing / name, place)
    beside = places["source.ipynb"].parent
    for path in sorted(beside.rglob("*")):  # pictures and the like, as nbgrader copies them
        target = places["release.ipynb"].parent / path.relative_to(beside)
        hidden = any(part.startswith(".") for part in path.relative_to(beside).parts)
        if path.is_file() and path.suffix != ".ipynb" and not hidden:
            write_atomically(target, path.read_bytes())
    (releasing / "cells.json").unlink()
    shutil.rmtree(releasing)
