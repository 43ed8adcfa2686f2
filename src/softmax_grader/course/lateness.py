"""Due dates, extensions, late days, and what lateness costs.

The dates and the rules stand in ``course.toml``; what one student was granted, in
``extensions.csv``. Nothing else is kept: who changes a date changes all that follows from it.
When work was handed in is taken from the teacher, the LMS or nbgrader's exchange, and never from a
file's own time. Where none of them tells, nothing is taken off.
"""

import datetime as dt
import functools
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from softmax_grader.course.enrolling import handed_in_by_worksheet
from softmax_grader.course.extensions import read_extensions
from softmax_grader.course.folder import SETTINGS, Course, CourseError
from softmax_grader.course.records import read_record
from softmax_grader.course.roster import sender_of
from softmax_grader.course.zone import moment_of, zone_of

SHARE = re.compile(r"(\d+(?:[.,]\d+)?)\s*%")
#: In an archive of these, the times are those of files: nobody is charged by them.
PACKED = ("moodle", "canvas")
DAY = dt.timedelta(days=1)
LONGEST = 3660  # days


@dataclass(frozen=True)
class Rules:
    """What lateness costs: the section ``[late]`` of the settings.

    Parameters
    ----------
    grace : timedelta
        So much later is still in time.
    late_days : int
        Days of lateness that each student has free, over the whole course.
    per_day, at_most : tuple of (float, bool) or None
        What each further day costs and the most that is taken: a number, and whether it is a share
        of the assignment's points.
    last_day : int or None
        After so many days nothing is accepted.
    """

    grace: dt.timedelta = dt.timedelta(0)
    late_days: int = 0
    per_day: tuple[float, bool] | None = None
    at_most: tuple[float, bool] | None = None
    last_day: int | None = None


@dataclass(frozen=True)
class Lateness:
    """How late one student's work came, and what that costs.

    Parameters
    ----------
    due : datetime
        With the student's own extension.
    extension : timedelta
        Zero where there is none.
    handed_in : datetime or None
        None where nothing tells.
    days : int
        Days late, each begun one counted; 0 for in time, or not known.
    free_days : int
        Those that the student's late days pay for.
    penalty : float
        Points.
    refused : bool
        It came after the last day.
    late_unknown : bool
        The LMS says that it was late, and nothing tells by how much: nothing is taken off.
    """

    due: dt.datetime
    extension: dt.timedelta
    handed_in: dt.datetime | None = None
    days: int = 0
    free_days: int = 0
    penalty: float = 0.0
    refused: bool = False
    late_unknown: bool = False


class Calendar:
    """The dates of a course.

    Parameters
    ----------
    course : Course

    Attributes
    ----------
    due : dict of datetime
        From each assignment with a due date, in the dates' order.
    rules : Rules
    extensions : dict of Extension
        From (assignment, student).

    Raises
    ------
    CourseError
        If a date or a rule cannot be read.
    """

    def __init__(self, course: Course) -> None:
        self.course = course
        self.zone = zone_of(course)
        dates = _section(course, "due")
        due = {
            name: moment_of(value, self.zone, f"{SETTINGS}: {name}")
            for name, value in dates.items()
        }
        self.due = dict(sorted(due.items(), key=lambda item: (item[1], item[0])))
        self.rules = _rules(_section(course, "late"))
        self.extensions = read_extensions(course)
        self._times: dict[str, dict[str, dt.datetime]] = {}
        self._totals: dict[str, float] = {}

    def due_of(self, assignment: str, student: str) -> dt.datetime | None:
        """Return until when a student may hand in; None where there is no due date.

        Parameters
        ----------
        assignment, student : str

        Returns
        -------
        datetime or None
        """
        due = self.due.get(assignment)
        extension = self.extensions.get((assignment, student))
        if due is None or extension is None:
            return due
        dates = [due, self._later(due, extension.days)]
        return max([*dates, extension.until] if extension.until else dates)

    def _later(self, moment: dt.datetime, days: int) -> dt.datetime:
        """Return the same time of the clock some days later, also over a change of the clocks."""
        return moment.astimezone(self.zone) + days * DAY

    def handed_in(self, assignment: str, student: str) -> dt.datetime | None:
        """Return when work was handed in, as far as it can be trusted.

        Parameters
        ----------
        assignment, student : str

        Returns
        -------
        datetime or None
        """
        extension = self.extensions.get((assignment, student))
        if extension is not None and extension.handed_in is not None:
            return extension.handed_in
        if assignment not in self._times:
            self._times[assignment] = handed_in_by_worksheet(self.course, assignment)
        if student in self._times[assignment]:
            return self._times[assignment][student]
        record = read_record(self.course.record(assignment, "collected", student)) or {}
        giver = record.get("shared_from")  # of the same group
        if isinstance(giver, str) and giver != student:
            return self.handed_in(assignment, giver)
        moment = self.told(assignment, student)
        if (
            moment is not None
            and sender_of(self.course, assignment, student).get("lms") not in PACKED
        ):
            return moment
        return self._exchanged(assignment, student)

    def told(self, assignment: str, student: str) -> dt.datetime | None:
        """Return the time that came with a submission, which may be only that of a file.

        Parameters
        ----------
        assignment, student : str

        Returns
        -------
        datetime or None
        """
        sender = sender_of(self.course, assignment, student)
        try:
            moment = dt.datetime.fromisoformat(sender.get("handed_in") or "")
        except (TypeError, ValueError):
            return None
        if sender.get("lms") == "blackboard":  # it stands in the name, as the LMS's clock shows it
            moment = moment.astimezone().replace(tzinfo=None)
        return moment if moment.tzinfo else moment.replace(tzinfo=self.zone)

    def _exchanged(self, assignment: str, student: str) -> dt.datetime | None:
        """Return what nbgrader's exchange wrote down."""
        path = self.course.notebook("submitted", assignment, student).with_name("timestamp.txt")
        try:
            text = path.read_text("utf-8").strip()
        except (OSError, UnicodeDecodeError):
            return None
        match = re.fullmatch(r"(\d{4}-\d\d-\d\d[ T]\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?)\s*(.*)", text)
        if match is None:
            return None
        try:
            moment = dt.datetime.fromisoformat(match[1])
            return moment.replace(tzinfo=ZoneInfo(match[2]) if match[2] else dt.UTC)
        except (ValueError, OSError, KeyError):
            return moment_of(text, dt.UTC, str(path)) if match[2][:1] in ("+", "-") else None

    def total(self, assignment: str) -> float:
        """Return the points that an assignment can give.

        Parameters
        ----------
        assignment : str

        Returns
        -------
        float
        """
        if assignment not in self._totals:
            text = self.course.notebook("release", assignment).read_text("utf-8")
            cells = [cell["metadata"].get("nbgrader", {}) for cell in json.loads(text)["cells"]]
            graded = [marks for marks in cells if marks.get("grade") or marks.get("task")]
            self._totals[assignment] = float(sum(marks.get("points", 0) for marks in graded))
        return self._totals[assignment]

    def of(self, assignment: str, student: str) -> Lateness | None:
        """Return how late a student's work was; None where the assignment has no due date.

        Parameters
        ----------
        assignment, student : str

        Returns
        -------
        Lateness or None
        """
        if assignment not in self.due:
            return None
        left = self.rules.late_days
        for name in self.due:  # late days go in the order of the due dates
            if not self.course.notebook("submitted", name, student).is_file():
                if name == assignment:
                    return self._lateness(name, student, left)
                continue
            lateness = self._lateness(name, student, left)
            if name == assignment:
                return lateness
            left -= lateness.free_days
        return None

    def _lateness(self, assignment: str, student: str, left: int) -> Lateness:
        due = self.due_of(assignment, student)
        if due is None:
            raise CourseError(f"{assignment} has no due date in {SETTINGS}")
        make = functools.partial(Lateness, due, due - self.due[assignment])
        if not self.course.notebook("submitted", assignment, student).is_file():
            return make()
        moment = self.handed_in(assignment, student)
        if moment is None:
            return make(
                late_unknown=sender_of(self.course, assignment, student).get("late") is True
            )
        rules, days = self.rules, 0
        grace = max(rules.grace, dt.timedelta(seconds=59 - due.second))  # to the minute's end
        while days < LONGEST and moment > self._later(due, days) + grace:
            days += 1
        make = functools.partial(make, handed_in=moment, days=days)
        if not days or not self.course.is_released(assignment):
            return make()
        total = self.total(assignment)
        if rules.last_day is not None and days > rules.last_day:
            return make(penalty=total, refused=True)
        free = min(days, left)
        penalty = _points(rules.per_day, total) * (days - free) if rules.per_day else 0.0
        most = _points(rules.at_most, total) if rules.at_most else total
        return make(free_days=free, penalty=round(min(penalty, most, total), 2))


def _points(amount: tuple[float, bool], total: float) -> float:
    number, is_share = amount
    return number * total / 100 if is_share else number


def _section(course: Course, name: str) -> Mapping[str, Any]:
    section = course.settings.get(name, {})
    if not isinstance(section, dict):
        raise CourseError(f"{SETTINGS}: {name} = {section!r}; expected a section [{name}]")
    return section


def _rules(settings: Mapping[str, Any]) -> Rules:
    names = {"grace_minutes", "late_days", "penalty_per_day", "penalty_at_most", "last_day"}
    if unknown := sorted(set(settings) - names):
        raise CourseError(
            f"{SETTINGS}: [late] has {', '.join(unknown)}; expected {', '.join(sorted(names))}"
        )

    def number(name: str) -> float | None:
        value = settings.get(name)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < 1e6:
            raise CourseError(f"{SETTINGS}: {name} = {value!r}; expected a number from 0 on")
        return value

    def amount(name: str) -> tuple[float, bool] | None:
        value = settings.get(name)
        match = SHARE.fullmatch(value.strip()) if isinstance(value, str) else None
        if match:
            return float(match[1].replace(",", ".")), True
        if isinstance(value, str):
            raise CourseError(f"{SETTINGS}: {name} = {value!r}; expected points, or such as '10 %'")
        points = number(name)
        return None if points is None else (float(points), False)

    last_day = number("last_day")
    return Rules(
        grace=dt.timedelta(minutes=number("grace_minutes") or 0),
        late_days=int(number("late_days") or 0),
        per_day=amount("penalty_per_day"),
        at_most=amount("penalty_at_most"),
        last_day=None if last_day is None else int(last_day),
    )


def late_line(
    course: Course, assignment: str, student: str, calendar: Calendar | None = None
) -> str:
    """Return one line for a student's page: how late it was, and what that cost.

    Parameters
    ----------
    course : Course
    assignment, student : str
    calendar : Calendar, optional
        The course's, for whoever asks for many students.

    Returns
    -------
    str
        Empty where nothing is to be said.
    """
    calendar = calendar or Calendar(course)
    lateness = calendar.of(assignment, student)
    if lateness is None or not lateness.days:
        return ""
    rules = calendar.rules
    text = f"Handed in {days_of(lateness.days)} late; it was due {clock(lateness.due)}."
    if lateness.refused:
        return f"{text} Nothing is accepted after {days_of(rules.last_day or 0)}: no points."
    if lateness.free_days:
        of_them = f"{lateness.free_days} of your {rules.late_days} late days"
        text += f" {of_them} {'was' if lateness.free_days == 1 else 'were'} used for it."
    if lateness.penalty:
        points = "1 point was" if lateness.penalty == 1 else f"{lateness.penalty:g} points were"
        return f"{text} {points} taken off."
    return f"{text} No points were taken off."


def late_words(calendar: Calendar, assignment: str, student: str) -> str:
    """Return a few words for a teacher's table: how late work was, and what that costs.

    Parameters
    ----------
    calendar : Calendar
    assignment, student : str

    Returns
    -------
    str
        Empty for what was in time, or is not known to be late.
    """
    lateness = calendar.of(assignment, student)
    if lateness is None:
        late = sender_of(calendar.course, assignment, student).get("late") is True
        return "late" if late else ""
    if not lateness.days:
        return "late, not known how much" if lateness.late_unknown else ""
    words = [days_of(lateness.days)]
    if lateness.free_days:
        words.append(f"{lateness.free_days} free")
    if lateness.refused:
        words.append("not accepted")
    elif lateness.penalty:
        words.append(f"\u2212{lateness.penalty:g}")
    return ", ".join(words)


def late_notes(course: Course, assignment: str) -> list[str]:
    """Return what a teacher should know of the times of an assignment, one sentence each.

    Parameters
    ----------
    course : Course
    assignment : str

    Returns
    -------
    list of str
    """
    calendar = Calendar(course)
    notes, unknown = _unknown_assignments(calendar), []
    if assignment not in calendar.due:
        return notes
    for student in course.submitted(assignment):
        lateness = calendar.of(assignment, student)
        if lateness is None or lateness.handed_in is not None:
            continue
        how = f"If you know: softmax-class extend {assignment} {student} --handed-in DATE"
        told = calendar.told(assignment, student)
        if lateness.late_unknown:
            notes.append(
                f"{student}: the LMS says late, not by how much, so nothing was taken off. {how}"
            )
        elif told is not None and told > lateness.due + calendar.rules.grace:
            notes.append(
                f"{student}: the file in the archive is of {clock(told)}, which may be late and is "
                f"no proof, so nothing was taken off. {how}"
            )
        elif told is None and sender_of(course, assignment, student).get("late") is not False:
            unknown.append(student)
    if unknown:
        more = f" and {len(unknown) - 5} more" if len(unknown) > 5 else ""
        notes.append(
            f"nothing tells when {', '.join(unknown[:5])}{more} handed in, so nothing was taken "
            f"off. Moodle's grading worksheet tells: softmax-class roster WORKSHEET.csv "
            f"--assignment {assignment}"
        )
    return notes


def _unknown_assignments(calendar: Calendar) -> list[str]:
    """Return a sentence on each due date whose assignment there is not: a slip of the pen."""
    course = calendar.course
    known = {*course.released(), *(path.stem for path in course.sources.glob("*.md"))}
    return [
        f"{SETTINGS} has a due date for {name}, and there is no such assignment (there are: "
        f"{', '.join(sorted(known))})"
        for name in calendar.due
        if name not in known
    ]


def days_of(number: int) -> str:
    """Return a number of days in words.

    Parameters
    ----------
    number : int

    Returns
    -------
    str
    """
    return "1 day" if number == 1 else f"{number} days"


def clock(moment: dt.datetime) -> str:
    """Return a moment as people read it.

    Parameters
    ----------
    moment : datetime

    Returns
    -------
    str

    Examples
    --------
    >>> clock(dt.datetime(2026, 12, 1, 23, 59))
    '1 December 2026, 23:59'
    """
    months = "January February March April May June July August September October November December"
    return f"{moment.day} {months.split()[moment.month - 1]} {moment.year}, {moment:%H:%M}"
