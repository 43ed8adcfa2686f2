"""What this package puts into nbgrader: where student code runs, and what feedback leaves out.

``nbgrader_config.py`` of a course calls :func:`configure`, so plain ``nbgrader autograde``,
``nbgrader generate_feedback`` and formgrader are as safe as ``softmax-class`` itself.
"""

import os
import re
import sys
import sysconfig
from pathlib import Path

import nbformat
from nbconvert.preprocessors import ClearMetadataPreprocessor, CSSHTMLHeaderPreprocessor
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import (
    AssignLatePenalties,
    CheckCellMetadata,
    ClearOutput,
    GetGrades,
    IgnorePattern,
    LimitOutput,
    NbGraderPreprocessor,
    OverwriteCells,
    OverwriteKernelspec,
    SaveAutoGrades,
)
from traitlets.config import Config

from softmax_grader.course.folder import Course, find_course, read_record
from softmax_grader.intake.rebuild import rebuild
from softmax_grader.marking.examiner import examine_once
from softmax_grader.marking.plan import make_plan, plan_key

HIDDEN_TESTS = re.compile(
    r"^[^\n]*BEGIN HIDDEN TESTS.*?END HIDDEN TESTS[^\n]*\n?", re.DOTALL | re.MULTILINE
)


def make_config(root, course_id):
    """Return nbgrader's configuration for a course."""
    config = Config()
    config.CourseDirectory.root = str(root)
    config.CourseDirectory.course_id = course_id
    config.OverwriteCells.add_missing_cells = True
    config.Autograde.sanitize_preprocessors = [
        ClearOutput,
        RebuildOnRelease,
        OverwriteKernelspec,
        OverwriteCells,
        CheckCellMetadata,
    ]
    config.Autograde.autograde_preprocessors = [
        RunInSandbox,
        IgnorePattern,
        ClearMetadataPreprocessor,
        LimitOutput,
        SaveAutoGrades,
        AssignLatePenalties,
        CheckCellMetadata,
    ]
    config.GenerateFeedback.preprocessors = [GetGrades, CutHidden, CSSHTMLHeaderPreprocessor]
    config.HTMLExporter.sanitize_html = True
    return config


def configure(config, root):
    """Set up nbgrader for the course in `root`; called by its ``nbgrader_config.py``."""
    config.merge(make_config(Path(root).resolve(), Course(root).id))


def course_directory(config):
    """Return nbgrader's description of a course, to be handed to its converters."""
    # A new gradebook asks the program alembic, which is installed with nbgrader, maybe not in PATH.
    user = sysconfig.get_preferred_scheme("user")
    own = [sysconfig.get_path("scripts"), sysconfig.get_path("scripts", user)]
    paths = os.environ.get("PATH", "").split(os.pathsep)
    own = [path for path in [str(Path(sys.executable).parent), *own] if path not in paths]
    os.environ["PATH"] = os.pathsep.join([*dict.fromkeys(own), *paths])
    return CourseDirectory(config=config)


class RebuildOnRelease(NbGraderPreprocessor):
    """Rebuild the submission on the release, in case it came here without being collected."""

    def preprocess(self, nb, resources):
        """Rebuild `nb`."""
        course = find_course(Path.cwd())  # nbgrader works in the course's folder
        path = course.notebook("release", resources["nbgrader"]["assignment"])
        release = nbformat.read(path, as_version=4)
        return rebuild(release, nbformat.writes(nb).encode()).notebook, resources


class RunInSandbox(NbGraderPreprocessor):
    """Run the tests here and the student's cells in the sandbox; in nbgrader's place of Execute.

    A run that ``softmax-class grade`` has made of the very same cells is taken as it is.
    """

    def preprocess(self, nb, resources):
        """Fill in the outputs of `nb`."""
        course = find_course(Path.cwd())
        about = resources["nbgrader"]
        source = nbformat.read(course.notebook("source", about["assignment"]), as_version=4)
        plan = make_plan(course, source, nb)
        run = read_record(course.record(about["assignment"], "run", about["student"]))
        if run is None or run.get("key") != plan_key(plan):
            run = examine_once(plan)
        for cell, ran in zip(nb.cells, run["cells"], strict=True):
            if cell.cell_type == "code":
                cell.outputs = [nbformat.from_dict(output) for output in ran["outputs"]]
                cell.execution_count = None
        return nb, resources


class CutHidden(NbGraderPreprocessor):
    """Keep the source of hidden tests, and what an error shows of it, out of feedback."""

    def preprocess_cell(self, cell, resources, index):
        """Cut what is hidden out of `cell`."""
        if cell.cell_type == "code" and "BEGIN HIDDEN TESTS" in cell.source:
            cell.source = HIDDEN_TESTS.sub("# (hidden tests)\n", cell.source)
            for output in cell.outputs:
                if output.output_type == "error":
                    output.traceback = [f"{output.ename}: the test stopped here"]
        return cell, resources
