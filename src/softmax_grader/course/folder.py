"""A course's folder: where things are, and what is set."""

import contextlib
import hashlib
import os
import re
import tomllib
import unicodedata
from collections.abc import Iterator
from pathlib import Path

from softmax_grader.course.records import locked, remove_unfinished, write_atomically

SETTINGS = "course.toml"
RECORDS = ".softmax-class"
WRITTEN_INTO = (RECORDS, "submitted", "originals", "feedback", "reports")  # by the steps
TEMPLATE = """\
# What softmax-class knows about this course. Lines that begin with # are switched off.

course = "{course}"

# Where the assignments' sources are, seen from this folder.
assignments = "{assignments}"

# Where the book is on the web; feedback then links to its sections.
# book_url = "https://example.org/softmax"

# How to find a student's id in a file name of your LMS, as a regular expression with (?P<id>...).
# Without it, the names that Canvas, Moodle and Blackboard give are known, and ID_anything.ipynb.
# id_pattern = '^(?P<id>s\\d+)_'

# Mark blind: no name on reports, pages and in formgrader, ids only.
# names = false

# What groups hand in together: one notebook counts for each member. The groups: roster.csv.
# group_work = ["a2_gradient"]

# The column of roster.csv by which a student's own values are drawn, where it is not id; the
# students write the same into their notebook: email, login, sis_user_id or canvas_id.
# variants_by = "email"

# Where the clock of the due dates is; without it, this machine's.
# zone = "Europe/Berlin"

[limits]
# What one submission's code may use.
call_seconds = 10    # one call of a student's function
total_seconds = 60   # all of them together
memory_mb = 512

# Until when each assignment may be handed in, a name and a moment in each line.
# [due]
# a1_forward = 2026-12-01T23:59:00

# What lateness costs. Each day that has begun counts. Points, or "10 %" of the assignment's.
# [late]
# grace_minutes = 15
# late_days = 3              # free for each student, over the whole course
# penalty_per_day = "10 %"
# penalty_at_most = "50 %"
# last_day = 7               # nothing is accepted more days after the due date

# The column of an assignment in Canvas's gradebook, where the name does not tell.
# [canvas_columns]
# a1_forward = "Assignment 1 (12345)"

# How numbers are written in the files for Canvas and for mail merges.
# [csv]
# separator = ";"
# decimal = ","
"""
NBGRADER_CONFIG = """\
# Written by softmax-class init. nbgrader and formgrader read it: with it, they too run student
# code in the sandbox only, and keep hidden tests out of feedback.
from pathlib import Path

from softmax_grader.gradebook.nbgrader_parts import configure

configure(get_config(), Path(__file__).parent)  # noqa: F821
"""
GITIGNORE = """\
# Written by softmax-class init. A course holds what students hand in, their names and grades, and
# hidden tests: git passes over all of it. Name below what of your own it is to keep.
/*
!/.gitignore
!/assignments/
!/course.toml
!/nbgrader_config.py
"""
ASSIGNMENT = re.compile(r"[A-Za-z0-9][\w.-]*")
MAX_ID = 64
EXCHANGE_FILES = ("timestamp.txt", "submission_secret.txt")  # nbgrader's, beside a notebook


class CourseError(Exception):
    """Something the teacher can mend; the command shows it as one line."""


class Course:
    """A course folder, as nbgrader lays it out, with a settings file beside it.

    Parameters
    ----------
    root : path

    Attributes
    ----------
    root : Path
    id : str
        The course's name for nbgrader.
    book_url : str
        Where the book is on the web; empty where that is not known.
    limits : dict
        What a submission's code may use: names of
        :class:`softmax_grader.isolation.limits.Limits` and their values.
    id_pattern : re.Pattern or None
        The course's own way to find a student's id in a file name.
    names : bool
        Whether students' names are shown; False for blind marking.
    db_url : str
        The gradebook.

    Raises
    ------
    CourseError
        If there is no course, or its settings cannot be read.
    """

    def __init__(self, root: str | Path) -> None:
        self.root = usable(Path(root).resolve())
        path = self.root / SETTINGS
        try:
            self.settings = tomllib.loads(path.read_text("utf-8"))
        except FileNotFoundError:
            raise CourseError(
                f"{self.root} is not a course: it has no {SETTINGS}. "
                f"Make one with: softmax-class init FOLDER"
            ) from None
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise CourseError(f"{path} cannot be read: {error}") from None
        self.id = self._text("course") or "softmax"
        self.book_url = self._text("book_url")
        self.limits = self._limits()
        self.id_pattern = self._pattern()
        self.names = self._switch("names", default=True)
        self.db_url = f"sqlite:///{self.root / 'gradebook.db'}"

    def _text(self, name: str) -> str:
        value = self.settings.get(name, "")
        if not isinstance(value, str):
            raise CourseError(f'{SETTINGS}: {name} = {value!r}; expected text in "quotes"')
        return value

    def _switch(self, name: str, *, default: bool) -> bool:
        value = self.settings.get(name, default)
        if not isinstance(value, bool):
            raise CourseError(f"{SETTINGS}: {name} = {value!r}; expected true or false")
        return value

    def _limits(self) -> dict[str, float]:
        limits = self.settings.get("limits", {})
        for name, value in limits.items():
            good = isinstance(value, int | float) and not isinstance(value, bool) and value > 0
            if not good:
                raise CourseError(f"{SETTINGS}: {name} = {value!r}; expected a number above 0")
        return limits

    def _pattern(self) -> re.Pattern[str] | None:
        text = self._text("id_pattern")
        try:
            pattern = re.compile(text) if text else None
        except re.error as error:
            raise CourseError(f"{SETTINGS}: id_pattern is no regular expression: {error}") from None
        if pattern and "id" not in pattern.groupindex:
            raise CourseError(f"{SETTINGS}: id_pattern has no (?P<id>...) that marks the id")
        return pattern

    @property
    def sources(self) -> Path:
        """The folder of the assignments' sources."""
        return (self.root / (self._text("assignments") or "assignments")).resolve()

    def notebook(self, step: str, assignment: str, student: str = ".") -> Path:
        """Return the path of a notebook in one of nbgrader's folders.

        Parameters
        ----------
        step : str
            The folder: *source*, *release*, *submitted*, *autograded* or *feedback*.
        assignment : str
        student : str
            Not for *source* and *release*.

        Returns
        -------
        Path
        """
        return self.root / step / student / assignment / f"{assignment}.ipynb"

    def record(self, assignment: str, kind: str, student: str) -> Path:
        """Return the path of a record.

        Parameters
        ----------
        assignment : str
        kind : str
            *collected*, *rebuilt*, *run* or *graded*.
        student : str

        Returns
        -------
        Path
        """
        return self.root / RECORDS / assignment / kind / f"{student}.json"

    def is_released(self, assignment: str) -> bool:
        """Return whether students can have an assignment.

        Parameters
        ----------
        assignment : str

        Returns
        -------
        bool
        """
        return self.notebook("release", assignment).is_file()

    def need_released(self, assignment: str) -> None:
        """Require that an assignment has been released.

        Parameters
        ----------
        assignment : str

        Raises
        ------
        CourseError
            If that is no name, or has not been released.
        """
        if not ASSIGNMENT.fullmatch(assignment):
            raise CourseError(f"{assignment!r} is no name of an assignment, such as a1_forward")
        if not self.is_released(assignment):
            known = ", ".join(self.released()) or "none"
            raise CourseError(
                f"{assignment} is not released (released: {known}). "
                f"First: softmax-class release {assignment}"
            )

    def released(self) -> list[str]:
        """Return the names of the released assignments.

        Returns
        -------
        list of str
            Sorted.
        """
        paths = (self.root / "release").glob("*/*.ipynb")
        return sorted(path.stem for path in paths if path.parent.name == path.stem)

    def submitted(self, assignment: str) -> list[str]:
        """Return the students with a collected submission.

        Parameters
        ----------
        assignment : str

        Returns
        -------
        list of str
            Sorted ids.
        """
        paths = (self.root / "submitted").glob(f"*/{assignment}/{assignment}.ipynb")
        return sorted(path.parent.parent.name for path in paths)


def usable(folder: Path) -> Path:
    """Return `folder`, unless nbgrader would take its name for a pattern.

    Parameters
    ----------
    folder : Path

    Returns
    -------
    Path

    Raises
    ------
    CourseError
        If there is a ``*``, ``?`` or bracket in its path.
    """
    if odd := set(str(folder)) & set("[]*?"):
        raise CourseError(
            f"{folder} has {' '.join(sorted(odd))} in its path, and nbgrader takes that for a "
            f"pattern: choose another folder"
        )
    return folder


def find_course(start: str | Path) -> Course:
    """Return the course in a folder or the nearest folder above it.

    Parameters
    ----------
    start : path

    Returns
    -------
    Course

    Raises
    ------
    CourseError
        If there is none.
    """
    start = Path(start).resolve()
    for folder in [start, *start.parents]:
        if (folder / SETTINGS).is_file():
            return Course(folder)
    return Course(start)


def init_course(
    folder: str | Path, *, course: str | None = None, assignments: str | Path | None = None
) -> Course:
    """Make a course folder; what is there already stays.

    Parameters
    ----------
    folder : path
    course : str, optional
        The course's name for nbgrader; without it, the folder's.
    assignments : path, optional
        Where the assignments' sources are; without it, ``assignments`` in the course's folder.

    Returns
    -------
    Course

    Raises
    ------
    CourseError
        If the folder cannot be one.
    """
    folder = usable(Path(folder).resolve())
    if folder.exists() and not folder.is_dir():
        raise CourseError(f"{folder} is a file; a course needs a folder")
    if (folder / SETTINGS).exists():
        raise CourseError(f"{folder} is a course already: see its {SETTINGS}")
    course = course or re.sub(r"[^\w.-]+", "_", folder.name) or "softmax"
    if assignments is None:
        assignments = "assignments"
    else:
        assignments = Path(os.path.relpath(Path(assignments).resolve(), folder)).as_posix()
    try:
        if not folder.exists():  # solutions, tests and grades: closed to others on the machine
            folder.mkdir(parents=True)
            folder.chmod(0o700)
        for name in ("source", "release", "incoming", "submitted", "autograded", "feedback"):
            (folder / name).mkdir(parents=True, exist_ok=True)
        write_atomically(folder / SETTINGS, TEMPLATE.format(course=course, assignments=assignments))
        if not (folder / "nbgrader_config.py").exists():
            write_atomically(folder / "nbgrader_config.py", NBGRADER_CONFIG)
        if not (folder / ".gitignore").exists():
            write_atomically(folder / ".gitignore", GITIGNORE)
    except OSError as error:
        raise CourseError(f"{folder} cannot be made a course: {error.strerror}") from None
    return Course(folder)


def safe_id(text: object) -> tuple[str, bool]:
    """Return a student's id that is a file name and nothing else.

    Two different texts never become the same id.

    Parameters
    ----------
    text : object

    Returns
    -------
    id : str
    changed : bool
        Whether it had to change.

    Examples
    --------
    >>> safe_id("s001")
    ('s001', False)
    >>> safe_id("../../etc")[0].startswith("etc-")
    True
    """
    plain = unicodedata.normalize("NFC", str(text)).strip()
    kept = "".join(c if c.isalnum() or c in "_.@-" else "_" for c in plain)
    kept = kept.strip("._-@")[:MAX_ID]
    if kept == plain and kept:
        return kept, False
    mark = hashlib.sha256(str(text).encode("utf-8", "surrogatepass")).hexdigest()[:6]
    return f"{kept or 'student'}-{mark}", True


@contextlib.contextmanager
def at_work(course: Course, doing: str = "") -> Iterator[None]:
    """Hold the course while a command changes it; a kill lets go of it.

    What a command that was killed had begun to write is removed.

    Parameters
    ----------
    course : Course
    doing : str
        The step, for what another command says meanwhile.

    Raises
    ------
    CourseError
        If another command is at work in it.
    """
    path = course.root / RECORDS / "at-work"
    with locked(path, doing) as is_ours:
        if not is_ours:
            with contextlib.suppress(OSError, UnicodeDecodeError):
                doing = path.read_text("utf-8").strip()
            what = f" ({doing})" if doing else ""
            raise CourseError(
                f"another softmax-class is at work in {course.root}{what}: "
                f"wait until it has finished"
            )
        for name in WRITTEN_INTO:
            remove_unfinished(course.root / name)
        yield
