"""What a class has answered and worked out in the book: readers' files, as one table."""

import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from softmax_grader.course.folder import CourseError
from softmax_grader.text import clean_text, one_line, quoted

FORMAT = "softmax-steps progress"
#: The first had no examples.
VERSIONS = (1, 2)
MOST_BYTES = 1_000_000
MOST_FILES = 5000
MOST_QUESTIONS = 1000
MOST_TRIES = 9999
MOST_EXAMPLES = 1000
MOST_CELLS = 100
MOST_NAME = 40
#: How many questions are named as the hardest.
HARDEST = 5
_LABEL = re.compile(r"\d\d-[a-z0-9]+(-[a-z0-9]+)*")
_SEED = re.compile(r"[0-9]{1,9}")
_CELL = re.compile(r"[A-Za-z_]{1,12}[0-9]{2}")
HEAD = ("right", "first try", "looked up", "not yet")


class ProgressError(ValueError):
    """A file that cannot be read; the message says what was expected."""


@dataclass(frozen=True)
class Answered:
    """What became of one question.

    Parameters
    ----------
    tries : int
    right : bool
    shown : bool
        Whether the answer was looked up before it was right.
    """

    tries: int
    right: bool
    shown: bool

    @property
    def is_first(self) -> bool:
        """Whether the first try was right, without a look at the answer."""
        return self.right and self.tries == 1 and not self.shown


@dataclass(frozen=True)
class Progress:
    """What a file holds.

    Parameters
    ----------
    answers : dict
        From a question's label, such as ``03-lead``, to what became of it.
    cells : dict
        From an example's seed to how many cells of it were worked out rightly, without a look at
        their step.
    """

    answers: dict[str, Answered]
    cells: dict[int, int]


def read_progress(path: Path) -> Progress:
    """Read a file that a reader saved.

    Parameters
    ----------
    path : pathlib.Path

    Returns
    -------
    Progress

    Raises
    ------
    ProgressError
        If it is no such file.
    """
    try:
        if path.stat().st_size > MOST_BYTES:
            raise ProgressError(f"is larger than {MOST_BYTES // 1_000_000} MB")
        file = json.loads(path.read_bytes().decode("utf-8-sig"))
    except OSError as error:
        raise ProgressError(f"cannot be read: {error.strerror or error}") from None
    except (ValueError, RecursionError) as error:
        if isinstance(error, ProgressError):
            raise
        raise ProgressError("is no JSON, or was cut off") from None
    if not isinstance(file, dict) or file.get("format") != FORMAT:
        raise ProgressError(f"does not say format: {FORMAT}; expected what the front page saves")
    version = file.get("version")
    if version not in VERSIONS or isinstance(version, bool):
        came = quoted(version, 20)
        raise ProgressError(f"has version {came}; this program reads versions 1 and 2")
    answers = file.get("answers")
    if not isinstance(answers, dict):
        raise ProgressError("has no answers in it")
    if len(answers) > MOST_QUESTIONS:
        raise ProgressError(f"has {len(answers)} answers; expected at most {MOST_QUESTIONS}")
    examples = file.get("examples", {}) if version == 2 else {}
    if not isinstance(examples, dict) or len(examples) > MOST_EXAMPLES:
        raise ProgressError(f"has no list of examples; expected at most {MOST_EXAMPLES}")
    return Progress(
        {label: _answered(label, answer) for label, answer in answers.items()},
        dict(_cells(seed, example) for seed, example in examples.items()),
    )


def _cells(seed: str, example: object) -> tuple[int, int]:
    right = example.get("right") if isinstance(example, dict) else None
    if _SEED.fullmatch(seed) and isinstance(right, list) and len(right) <= MOST_CELLS:
        cells = {cell for cell in right if isinstance(cell, str) and _CELL.fullmatch(cell)}
        if len(cells) == len(right):
            return int(seed), len(cells)
    raise ProgressError(f"has an example that cannot be read, {quoted(seed)}; was it edited?")


def _answered(label: str, answer: object) -> Answered:
    if isinstance(answer, dict) and _LABEL.fullmatch(label):
        tries, right, shown = (answer.get(name) for name in ("tries", "right", "shown"))
        match tries, right, shown:
            case int(), bool(), bool() if not isinstance(tries, bool) and 0 <= tries <= MOST_TRIES:
                return Answered(tries, right, shown)
    raise ProgressError(f"has an answer that cannot be read, {quoted(label)}; was it edited?")


@dataclass(frozen=True)
class ClassProgress:
    """What the files of a class say.

    Parameters
    ----------
    students : dict
        From a file's name to what it holds.
    unread : dict
        From a file's name to why it was not read.
    """

    students: dict[str, Progress]
    unread: dict[str, str]

    @property
    def chapters(self) -> list[str]:
        """The chapters of which anybody tried a question, as ``03``."""
        return sorted({label[:2] for each in self.students.values() for label in each.answers})

    def rows(self) -> list[list[str | int]]:
        """Return the table: a heading, and a row for each student.

        Returns
        -------
        list of list
            The name, four counts (right, right at the first try, looked up, tried and not right
            yet), for each chapter the number that is right; and, if anybody worked an example, how
            many of its cells are right.
        """
        chapters = self.chapters
        has_cells = any(each.cells for each in self.students.values())
        cells = ["cells"] if has_cells else []
        rows: list[list[str | int]] = [["file", *HEAD, *(f"ch {int(c)}" for c in chapters), *cells]]
        for name, progress in self.students.items():
            answered = progress.answers
            right = [label for label, each in answered.items() if each.right]
            by_chapter = Counter(label[:2] for label in right)
            rest = [each for each in answered.values() if not each.right]
            rows.append(
                [
                    name,
                    len(right),
                    sum(each.is_first for each in answered.values()),
                    sum(each.shown for each in answered.values()),
                    sum(each.tries > 0 for each in rest),
                    *(by_chapter[chapter] for chapter in chapters),
                    *([sum(progress.cells.values())] if has_cells else []),
                ]
            )
        return rows

    def hardest(self) -> list[tuple[str, int, int]]:
        """Return the questions that were right at the first try least often.

        Returns
        -------
        list of tuple
            The label, how many were right at the first try, and how many tried or looked.
        """
        tried: dict[str, list[bool]] = defaultdict(list)
        for progress in self.students.values():
            for label, each in progress.answers.items():
                if each.tries or each.shown:
                    tried[label].append(each.is_first)
        known = [(label, sum(first), len(first)) for label, first in tried.items()]
        hard = [each for each in known if each[1] < each[2]]
        return sorted(hard, key=lambda each: (each[1] / each[2], -each[2], each[0]))[:HARDEST]


def read_class(folder: Path) -> ClassProgress:
    """Read all files of a folder, and of the folders in it, that end in ``.json``.

    Parameters
    ----------
    folder : pathlib.Path
        Links in it are not followed.

    Returns
    -------
    ClassProgress

    Raises
    ------
    CourseError
        If there is no such folder, or no such file in it, or far too many.
    """
    if not folder.is_dir():
        raise CourseError(f"{folder} is no folder; expected the one with the files of the class")
    paths = sorted(p for p in folder.rglob("*.json") if p.is_file() and not p.is_symlink())
    if not paths:
        raise CourseError(
            f"{folder} has no .json file in it; expected what readers save on the book's front "
            f"page. If your LMS gave you a zip, unpack it first"
        )
    if len(paths) > MOST_FILES:
        raise CourseError(f"{folder} has {len(paths)} .json files; expected at most {MOST_FILES}")
    names = _names([path.relative_to(folder) for path in paths])
    students, unread = {}, {}
    for path, name in zip(paths, names, strict=True):
        try:
            students[name] = read_progress(path)
        except ProgressError as error:
            unread[name] = str(error)
    return ClassProgress(students, unread)


def _names(paths: Sequence[Path]) -> list[str]:
    """Return a name for each file: its path without the ending, harmless, short, used once."""
    names: list[str] = []
    for path in paths:
        name = one_line(path.with_suffix("").as_posix(), MOST_NAME) or "?"
        same = sum(other == name or other.startswith(f"{name} (") for other in names)
        names.append(f"{name} ({same + 1})" if same else name)
    return names


def table_lines(rows: Iterable[Sequence[str | int]]) -> list[str]:
    """Return rows as lines: the first column on the left, numbers on the right.

    Parameters
    ----------
    rows : iterable of sequence

    Returns
    -------
    list of str

    Examples
    --------
    >>> table_lines([["file", "right"], ["ada", 12]])
    ['file  right', 'ada      12']
    """
    texts = [[clean_text(cell) for cell in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(*texts, strict=True)]
    return [
        "  ".join(
            cell.rjust(width) if place else cell.ljust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in texts
    ]
