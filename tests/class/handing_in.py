"""Helpers: write what students hand in, and read what became of it."""

import io
import os
import zipfile

import nbformat

from softmax_grader.cells import grade_id

from .courses import MINI, RIGHT, released_notebook


def as_bytes(notebook):
    return nbformat.writes(notebook).encode()


def put(folder, name, data):
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def zipped(members):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members:
            archive.writestr(name, data)
    return packed.getvalue()


def answers(course, student):
    notebook = nbformat.read(course.notebook("submitted", MINI, student), as_version=4)
    return {grade_id(cell): cell.source for cell in notebook.cells if grade_id(cell) in RIGHT}


def is_whole(course, student):
    """The submission has each cell of the release once, in order."""
    notebook = nbformat.read(course.notebook("submitted", MINI, student), as_version=4)
    wanted = [grade_id(cell) for cell in released_notebook(course).cells]
    return [grade_id(cell) for cell in notebook.cells if grade_id(cell)] == wanted


def dated(path, seconds):
    os.utime(path, (seconds, seconds))
    return path
