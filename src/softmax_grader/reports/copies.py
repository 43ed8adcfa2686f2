"""Submissions that are nearly the same, or nearly what is public, however their names were changed.

Two measures: words, which is :mod:`~softmax_grader.reports.similarity`, and structure. What many
wrote says nothing, nor does what everybody was given; so each run of words counts by how rare it is
in the class. Short functions that everybody writes the same therefore accuse nobody.
"""

import ast
import math
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import combinations
from pathlib import Path

from softmax_grader.cells import defined_names
from softmax_grader.reports.class_page import Likeness, Passage
from softmax_grader.reports.similarity import similar_pairs
from softmax_grader.reports.structure import MOST, Run, Structure, structure_of

Cells = Sequence[tuple[str, str]]  # kind and source
LEAST_SHARE = 0.65  # of the rare structure of both
LEAST_RUNS = 50  # that a pair shares
FEW = 20  # students: in a smaller class chance is not known from what is rare,
LEAST_RUNS_OF_FEW = 100  # so a pair must share more
LEAST_FUNCTIONS = 3  # in which it shares most of what is rare
PUBLIC_SHARE = 0.85  # of the rare structure of one that stands in what is public
MOST_CELLS = 100  # of a submission, that are read,
MOST_LETTERS = 10 * MOST  # and in all of them
SIDE_BY_SIDE = 40  # of the most similar are shown with what they share


def likenesses(
    submissions: Mapping[str, Cells], stub: Cells, public: Mapping[str, Sequence[str]]
) -> list[Likeness]:
    """Return who shares what hardly anybody else wrote.

    Parameters
    ----------
    submissions : dict
        From a student to the cells that they wrote.
    stub : list of (kind, source)
        What everybody was given.
    public : dict
        From what it is, in words, to code that everybody can find: the assignment's solution, the
        book.

    Returns
    -------
    list of Likeness
        The most similar first.
    """
    names = {name for _, source in stub for name in defined_names(source)}
    given = _runs(structure_of(source, names) for kind, source in stub if kind == "code")
    lines_given = {_plain(line) for _, source in stub for line in source.splitlines()}
    read = {student: _Read(_first(cells), names, given) for student, cells in submissions.items()}
    known = {
        what: [structure_of(source, names) for source in sources]
        for what, sources in public.items()
    }
    pairs = {
        frozenset((one, other)): Likeness(one, other, share, "of their rare words")
        for share, one, other in similar_pairs(submissions, stub)
    }
    for share, one, other in _pairs(read, set().union(*map(_runs, known.values())) - given):
        by_words = pairs.get(frozenset((one, other)))
        if by_words is None or by_words.share < share:
            how = "of their rare structure, names and numbers apart"
            pairs[frozenset((one, other))] = Likeness(one, other, share, how)
    found_public = [
        Likeness(student, what, share, "of its rare structure")
        for what, structures in known.items()
        for share, student in _as_public(read, structures, given)
    ]
    found = sorted(
        [*pairs.values(), *found_public],
        key=lambda likeness: (-likeness.share, likeness.one, likeness.other),
    )
    for likeness in found[:SIDE_BY_SIDE]:
        if likeness.other in public:
            cells = [("code", source) for source in public[likeness.other]]
            beside = _Read(cells, names, given)
        else:
            beside = read[likeness.other]
        likeness.passages = _passages(read[likeness.one], beside, given, lines_given)
    return found


def _first(cells: Cells) -> Cells:
    """Return the cells that are read."""
    kept, left = [], MOST_LETTERS
    for kind, source in cells[:MOST_CELLS]:
        kept.append((kind, source[: min(MOST, left)]))
        left -= len(kept[-1][1])
    return kept


class _Read:
    """A submission, read."""

    def __init__(self, cells: Cells, names: Collection[str], given: set[Run]) -> None:
        self.cells = cells
        self.structures = [
            structure_of(source, names) if kind == "code" else Structure() for kind, source in cells
        ]
        self.functions: dict[str, set[Run]] = defaultdict(set)
        for structure in self.structures:
            for name, runs in structure.functions.items():
                self.functions[name] |= runs - given
        self.runs = set().union(*self.functions.values()) if self.functions else set()


def _runs(structures: Iterable[Structure]) -> set[Run]:
    return {run for structure in structures for run in structure.runs}


def _weights(read: Mapping[str, _Read], most: float) -> dict[Run, float]:
    """Return how much a run says, of those that at most `most` students have."""
    often = Counter(run for one in read.values() for run in one.runs)
    n = len(read)
    return {run: math.log((n + 1) / count) for run, count in often.items() if count <= most}


def _pairs(read: Mapping[str, _Read], public: set[Run]) -> list[tuple[float, str, str]]:
    """Return the pairs that share most of their rare structure."""
    weight = _weights(read, max(3, len(read) / 10))
    rare = {s: {r for r in one.runs if r in weight and r not in public} for s, one in read.items()}
    holders: dict[Run, list[str]] = defaultdict(list)
    for student in sorted(rare):
        for run in rare[student]:
            holders[run].append(student)
    shared: dict[tuple[str, str], set[Run]] = defaultdict(set)
    for run, students in holders.items():
        for pair in combinations(students, 2):
            shared[pair].add(run)
    pairs = []
    least = LEAST_RUNS if len(read) >= FEW else LEAST_RUNS_OF_FEW
    for (one, other), both in shared.items():
        if len(both) < least:
            continue
        union = sum(weight[run] for run in rare[one] | rare[other])
        share = sum(weight[run] for run in both) / union
        functions = sum(
            2 * len(runs & both) > len(runs & rare[one]) > 0
            for runs in read[one].functions.values()
        )
        if share >= LEAST_SHARE and functions >= LEAST_FUNCTIONS:
            pairs.append((share, one, other))
    return pairs


def _as_public(
    read: Mapping[str, _Read], structures: Iterable[Structure], given: set[Run]
) -> list[tuple[float, str]]:
    """Return the students most of whose rare structure stands in what is public."""
    weight = _weights(read, max(2, len(read) / 2))
    public = _runs(structures) - given
    found = []
    for student, one in read.items():
        rare = {run for run in one.runs if run in weight}
        both = rare & public
        if len(both) < LEAST_RUNS:
            continue
        share = sum(weight[run] for run in both) / sum(weight[run] for run in rare)
        functions = sum(
            len(runs & both) > 0.9 * len(runs & rare) > 0 for runs in one.functions.values()
        )
        if share >= PUBLIC_SHARE and functions >= LEAST_FUNCTIONS:
            found.append((share, student))
    return found


def _passages(
    one: _Read, other: _Read, given: set[Run], lines_given: Collection[str]
) -> list[Passage]:
    """Return the cells that two submissions share, each beside the one that is most like it."""
    own_lines = [_own_lines(text, lines_given) for _, text in other.cells]
    passages = []
    for (_, text), structure in zip(one.cells, one.structures, strict=True):
        runs, lines = structure.runs - given, _own_lines(text, lines_given)
        likeness = [
            len(runs & theirs.runs) + 10 * len(lines & there)
            for theirs, there in zip(other.structures, own_lines, strict=True)
        ]
        if max(likeness, default=0) == 0:
            continue
        k = likeness.index(max(likeness))
        both, same = runs & other.structures[k].runs, lines & own_lines[k]
        in_one, in_other = (
            {line for run in both for line in part.lines[run]}
            | {number for number, line in enumerate(whole.splitlines()) if _plain(line) in same}
            for whole, part in ((text, structure), (other.cells[k][1], other.structures[k]))
        )
        passages.append(Passage(text, other.cells[k][1], in_one, in_other))
    return passages


def _own_lines(text: str, given: Collection[str]) -> set[str]:
    """Return the lines of a text that nobody was given."""
    return {_plain(line) for line in text.splitlines()}.difference(given, {""})


def _plain(line: str) -> str:
    return " ".join(line.casefold().split())


def functions_in(folder: Path) -> list[str]:
    """Return the functions of a package's own modules, each as code.

    Parameters
    ----------
    folder : Path
        The package's; its sub-packages are left out.

    Returns
    -------
    list of str
    """
    found = []
    for path in sorted(folder.glob("*.py")):
        source = path.read_text("utf-8")
        for node in ast.parse(source).body:
            if isinstance(node, ast.FunctionDef):
                found.append(ast.get_source_segment(source, node) or "")
    return found
