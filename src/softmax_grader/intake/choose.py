"""Which of a student's notebooks counts: the newest one in which they worked."""

import datetime
from dataclasses import dataclass

import nbformat

from softmax_grader.cells import defined_names, grade_id, is_solution
from softmax_grader.intake.arrival import Arrival
from softmax_grader.intake.names import copy_number
from softmax_grader.intake.places import Place, stem_of
from softmax_grader.intake.rebuild import Cell, UnreadableError, parse
from softmax_grader.text import quoted

MAX_NOTEBOOKS = 30  # of one student, that are looked into
MAX_WORK = 40 * 2**20  # bytes of them, where a bracket counts as many: each becomes an object
BRACKET = 20
STEP = 2.0  # seconds by which a zip file tells time


@dataclass
class Candidate:
    """A notebook that may be the one that counts.

    Parameters
    ----------
    arrival : Arrival
    place : Place
    data : bytes or None
        None for one that was not looked into.
    why : str
        Why it was not.
    carries : str
        The id of another student in its name, or none.
    readable : bool
    kept : int
        How many of the release's cells it has.
    worked : bool
        Whether there is anything in it that the release does not have.
    """

    arrival: Arrival
    place: Place
    data: bytes | None = None
    why: str = ""
    carries: str = ""
    readable: bool = False
    kept: int = 0
    worked: bool = False

    @property
    def came(self) -> float:
        """When it came, as far as that is known."""
        return self.arrival.time if self.arrival.came is None else self.arrival.came


class Release:
    """What a submission is compared with.

    Parameters
    ----------
    notebook : nbformat.NotebookNode
    """

    def __init__(self, notebook: nbformat.NotebookNode) -> None:
        self.notebook = notebook
        self.cells = {str(grade_id(c)): c.source.strip() for c in notebook.cells if grade_id(c)}
        self.sources = {c.source.strip() for c in notebook.cells} | {""}
        self.wanted: dict[str, str] = {}
        for cell in notebook.cells:
            if is_solution(cell) and cell.cell_type == "code":
                for function in defined_names(cell.source):
                    self.wanted[function] = str(grade_id(cell))

    def look_into(self, candidate: Candidate) -> None:
        """See whether a notebook can be read, is this assignment, and was worked in.

        Parameters
        ----------
        candidate : Candidate
            Its marks are set.
        """
        try:
            cells, _ = parse(candidate.data or b"")
        except UnreadableError:
            return
        candidate.readable = True
        candidate.kept = len(self._kept(cells))
        candidate.worked = any(cell.source.strip() not in self.sources for cell in cells)

    def _kept(self, cells: list[Cell]) -> set[str]:
        kept = {str(cell.grade_id) for cell in cells} & set(self.cells)
        texts = {cell.source.strip() for cell in cells}
        kept |= {name for name, source in self.cells.items() if source and source in texts}
        for cell in cells:
            if cell.kind == "code" and not cell.grade_id:
                names = [name for name in self.wanted if name in cell.source]
                if names:
                    kept |= {self.wanted[n] for n in names if n in defined_names(cell.source)}
        return kept


def choose(
    release: Release, assignment: str, candidates: list[Candidate]
) -> tuple[Candidate, list[str]]:
    """Return the notebook that counts, and what is to be said of the choice.

    A notebook without another student's name in its own name comes before one with it; one that
    can be read, belongs to the assignment and was worked in before one that does not. Of those the
    newest counts: by when it came, then by when it was changed. Where times do not differ, the one
    with the highest copy number, ``a1(2)``, then the one with the assignment's name.

    Parameters
    ----------
    release : Release
    assignment : str
    candidates : list of Candidate
        At least one.

    Returns
    -------
    Candidate
    list of str
    """
    flags = []

    def likely(one: Candidate) -> tuple:
        return not one.carries, bool(one.place.lms), one.came, assignment in one.arrival.path.stem

    candidates = sorted(candidates, key=likely, reverse=True)
    if len(candidates) > MAX_NOTEBOOKS:
        flags.append(f"of {len(candidates)} notebooks only {MAX_NOTEBOOKS} were looked into")
    looked_into = _look_into(release, candidates[:MAX_NOTEBOOKS])
    full = len(release.cells) / 2

    def worth(one: Candidate) -> tuple:
        has_lms = bool(one.place.lms)
        return (
            *(not one.carries, has_lms, one.readable, one.kept > 0, one.kept > full and one.worked),
            one.worked,
        )

    best = max(map(worth, looked_into))
    same = [one for one in looked_into if worth(one) == best]
    for time in ("came", "changed"):
        times = [one.came if time == "came" else one.arrival.time for one in same]
        same = [one for one, when in zip(same, times, strict=True) if when >= max(times) - STEP]

    def last(one: Candidate) -> tuple:
        stem = stem_of(one.place.own.name)
        return (
            *(copy_number(stem), assignment in stem, one.arrival.time, one.kept),
            one.arrival.path.as_posix(),
        )

    taken = max(same, key=last)
    others = [one for one in candidates if one.arrival.digest != taken.arrival.digest]
    if others:
        names = ", ".join(_named(one) for one in others[:3])
        more = f" and {len(others) - 3} more" if len(others) > 3 else ""
        flags.append(
            f"{len(candidates)} notebooks came; {_named(taken)} was taken, not {names}{more}"
        )
    not_looked = [one for one in looked_into if one.why and one is not taken]
    flags += [f"{quoted(one.arrival.path.name)} {one.why}" for one in not_looked[:3]]
    return taken, flags


def _look_into(release: Release, candidates: list[Candidate]) -> list[Candidate]:
    left = MAX_WORK
    seen: dict[str, Candidate] = {}
    for one in candidates:
        if one.arrival.digest in seen:  # the same file again
            twin = seen[one.arrival.digest]
            one.readable, one.kept, one.worked = twin.readable, twin.kept, twin.worked
            one.why = twin.why
            continue
        data = one.arrival.data if one.arrival.size <= left else None
        if data is None and one.arrival.size > left:
            one.why = "was not looked into: it and the others are too large together"
        if data is not None:
            work = len(data) + BRACKET * (data.count(b"[") + data.count(b"{"))
            if work > left:
                one.why = "was not looked into: it and the others hold too much together"
            else:
                left -= work
                one.data = data
                release.look_into(one)
                one.data = None  # read anew for the one that is taken
        if one.arrival.digest:
            seen[one.arrival.digest] = one
    return candidates


def _named(one: Candidate) -> str:
    name = quoted(one.arrival.path, 80)
    return f"{name} ({shown_time(one.arrival.time)})" if one.arrival.time else name


def shown_time(seconds: float) -> str:
    """Return a time as a teacher reads it.

    Parameters
    ----------
    seconds : float

    Returns
    -------
    str

    Examples
    --------
    >>> len(shown_time(1_700_000_000))
    19
    """
    return f"{datetime.datetime.fromtimestamp(seconds):%Y-%m-%d %H:%M:%S}"
