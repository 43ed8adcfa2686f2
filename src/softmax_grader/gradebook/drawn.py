"""By which id each student's variant is drawn, and whose values a submission shows.

The roster's id counts, never the one in the notebook: so a copied notebook is graded by the values
of who handed it in. A course may draw by another column of the roster (``variants_by`` in
``course.toml``), where students know their e-mail address better than the id of the LMS.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import nbformat

from softmax_grader.course.drawn_ids import read_drawn_ids
from softmax_grader.course.folder import SETTINGS, Course, CourseError
from softmax_grader.course.records import read_record
from softmax_grader.course.roster import Person, read_roster
from softmax_grader.intake.groups import group_mates
from softmax_grader.intake.rebuilt import rebuilt_notebook
from softmax_grader.marking.others import values_named
from softmax_grader.marking.verdicts import verdicts_of
from softmax_grader.variants.choices import Choices, id_written, read_choices, with_id

COLUMNS = ("id", "email", "login", "sis_user_id", "canvas_id")
BY_CHANCE = 4  # a slip hits one of two or three options easily; one of four, hardly


def drawn_by(course: Course) -> str:
    """Return the column of the roster by which variants are drawn.

    Parameters
    ----------
    course : Course

    Returns
    -------
    str

    Raises
    ------
    CourseError
        If the course's settings name another one.
    """
    column = course.settings.get("variants_by", "id")
    if column not in COLUMNS:
        raise CourseError(
            f"{SETTINGS}: variants_by = {column!r}; expected one of {', '.join(COLUMNS)}"
        )
    return str(column)


class Draws:
    """The variants of an assignment in a course.

    Parameters
    ----------
    course : Course
    assignment : str
        It has to be released.
    source : nbformat.NotebookNode, optional
        The released source, where it is at hand.

    Attributes
    ----------
    choices : Choices or None
        None where all students have the same.
    column : str
        Of the roster, by which is drawn.
    people : dict of Person
        The roster.
    """

    def __init__(
        self, course: Course, assignment: str, source: nbformat.NotebookNode | None = None
    ) -> None:
        if source is None:
            source = nbformat.read(course.notebook("source", assignment), as_version=4)
        self.course, self.assignment, self.source = course, assignment, source
        self.choices: Choices | None = read_choices(source, assignment)
        self.people: dict[str, Person] = {}
        self.mates: dict[str, str] = {}
        self.granted: dict[str, str] = {}
        self.column = "id"
        if self.choices is not None:
            self.people = read_roster(course)
            self.column = drawn_by(course)
            self.mates = group_mates(course, assignment)
            self.granted = {
                one.student: one.drawn_by
                for (of, _), one in read_drawn_ids(course).items()
                if of == assignment
            }

    def key(self, student: str) -> str:
        """Return the text by which a student's variant is drawn.

        Parameters
        ----------
        student : str

        Returns
        -------
        str
            What stands in the roster; the id itself where nothing does. Members of a group who
            hand in together are drawn by that one of them who stands in the notebook. What
            ``variants.csv`` grants goes before all of it.
        """
        if student in self.granted:
            return self.granted[student]
        own = self._in_roster(student)
        group = self.mates.get(student)
        if group is not None and self._has_handed_in(student):
            written = id_written(rebuilt_notebook(self.course, self.assignment, student))
            for mate in sorted(name for name, its in self.mates.items() if its == group):
                if same_id(written, self._in_roster(mate)):
                    return self._in_roster(mate)
        return own

    def _in_roster(self, student: str) -> str:
        person = self.people.get(student)
        return getattr(person, self.column, "") or student

    def _has_handed_in(self, student: str) -> bool:
        return self.course.notebook("submitted", self.assignment, student).is_file()

    def source_for(self, student: str) -> nbformat.NotebookNode:
        """Return the assignment's source with the id in it by which a student is graded.

        Parameters
        ----------
        student : str

        Returns
        -------
        nbformat.NotebookNode
        """
        return self.source if self.choices is None else with_id(self.source, self.key(student))

    def own(self, student: str) -> dict[str, Any]:
        """Return a student's values, from the names of the choices; none where all have the same.

        Parameters
        ----------
        student : str

        Returns
        -------
        dict
        """
        return {} if self.choices is None else self.choices.own(self.key(student))

    def everybody(self) -> list[str]:
        """Return the students of the roster and those who handed in.

        Returns
        -------
        list of str
        """
        return sorted({*self.people, *self.course.submitted(self.assignment)})

    def without_key(self) -> list[str]:
        """Return the students of whom the roster lacks what is drawn by.

        Returns
        -------
        list of str
        """
        return [name for name, one in self.people.items() if not getattr(one, self.column)]

    def owners(self, values: Mapping[str, Any], *, but: str) -> list[str]:
        """Return who else has exactly these values.

        Parameters
        ----------
        values : dict
            For every choice; options may be given as text.
        but : str
            A student who is left out, with the group.

        Returns
        -------
        list of str
        """
        wanted = {name: str(value) for name, value in values.items()}
        mine = self.mates.get(but, but)
        return [
            student
            for student in self.everybody()
            if student != but
            and self.mates.get(student, student) != mine
            and {n: str(v) for n, v in self.own(student).items()} == wanted
        ]

    def whose_id(self, written: str) -> str | None:
        """Return the student whose id this is, in any column of the roster.

        Parameters
        ----------
        written : str

        Returns
        -------
        str or None
        """
        for student in self.everybody():
            person = self.people.get(student, Person(student))
            known = {student, *(getattr(person, column) for column in COLUMNS)}
            if any(same_id(written, one) for one in known if one):
                return student
        return None


@dataclass(frozen=True)
class WorkedWith:
    """With whose values a submission was worked.

    Parameters
    ----------
    told : str
        What the student is told of it, a few sentences; empty where all is as it should be.
    flags : tuple of str
        What the teacher is to look at.
    """

    told: str = ""
    flags: tuple[str, ...] = ()


def worked_with(draws: Draws, student: str) -> WorkedWith:
    """Return with whose values a submission was worked, by its id and by its answers.

    Parameters
    ----------
    draws : Draws
    student : str
        Who has handed in.

    Returns
    -------
    WorkedWith
    """
    choices = draws.choices
    if (
        choices is None
        or not draws.course.notebook("submitted", draws.assignment, student).is_file()
    ):
        return WorkedWith()
    own = draws.own(student)
    flags = []
    written = id_written(rebuilt_notebook(draws.course, draws.assignment, student))
    told = ""
    if written and choices.own(written) != own:
        told = (
            f"Your notebook was worked with the values of the id “{written}”. It is graded with "
            f"yours, those of “{draws.key(student)}”: {choices.in_words(own)}. "
            f"If the id was a slip of the pen, tell your teacher."
        )
        owner = draws.whose_id(written)
        whose = "nobody in the class has it" if owner is None else f"it is {owner}'s"
        if owner == student:
            whose = "it is the student's too, but not the one that variants are drawn by"
        flags.append(f"the id in the notebook is “{written}”; {whose}")
    used = _values_used(draws, student)
    if used and _is_no_slip(choices, used):
        owners = draws.owners({**own, **used}, but=student)
        words = "; ".join(f"{name} {value}" for name, value in used.items())
        theirs = f", as for {_some(owners)}" if owners else ", which nobody else in the class has"
        flags.append(f"right for other values than the student's: {words}{theirs}")
    return WorkedWith(told, tuple(flags))


def _values_used(draws: Draws, student: str) -> dict[str, str]:
    """Return the values, not the student's own, that the tests found an answer to be right for."""
    run = read_record(draws.course.record(draws.assignment, "run", student)) or {}
    used: dict[str, str] = {}
    for cell in run.get("cells", ()):
        for output in cell.get("outputs", ()):
            for verdict in verdicts_of(output):
                if verdict.slip is not None:
                    used |= values_named(verdict.slip.id)
    known = draws.choices.options if draws.choices is not None else {}
    return {name: value for name, value in used.items() if name in known}


def _is_no_slip(choices: Choices, used: Iterable[str]) -> bool:
    """Return whether so much fits another student's values that a slip hardly explains it."""
    chances = 1
    for name in used:
        chances *= len(choices.options[name])
    return chances >= BY_CHANCE


def _some(students: list[str], most: int = 5) -> str:
    more = f" and {len(students) - most} more" if len(students) > most else ""
    return ", ".join(students[:most]) + more


def same_id(one: str, other: str) -> bool:
    """Return whether two ids draw the same; blanks and capitals do not count.

    Parameters
    ----------
    one, other : str

    Returns
    -------
    bool

    Examples
    --------
    >>> same_id(" S005", "s005"), same_id("s005", "s006")
    (True, False)
    """
    return "".join(one.split()).casefold() == "".join(other.split()).casefold()
