"""Pairs of submissions that share what hardly anybody else wrote.

The right answers of a class look alike, so what most wrote says nothing. Each run of a few
words counts by how rare it is in the class.
"""

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from itertools import combinations

RUN = 5  # words
LEAST = 12  # rare runs that a pair must share to be named
MOST = 20_000  # characters of a cell, and ten times as many of a submission, that are compared


def words_of(source: str, kind: str) -> list[str]:
    """Return the words of a cell; the names of Python's variables count, spaces do not.

    Parameters
    ----------
    source : str
    kind : str
        *code* or *markdown*.

    Returns
    -------
    list of str
    """
    if kind != "code":
        return re.findall(r"\w+", source.lower())
    return re.findall(r"\w+|[^\w\s]", source)


def runs_of(cells: Iterable[tuple[str, str]]) -> set[tuple[str, ...]]:
    """Return all runs of a few words in cells.

    Parameters
    ----------
    cells : iterable of (kind, source)

    Returns
    -------
    set of tuple of str
    """
    runs: set[tuple[str, ...]] = set()
    left = 10 * MOST
    for kind, source in cells:
        source = source[: min(MOST, left)]
        left -= len(source)
        words = words_of(source, kind)
        runs |= {tuple(words[k : k + RUN]) for k in range(len(words) - RUN + 1)}
    return runs


def similar_pairs(
    submissions: Mapping[str, Iterable[tuple[str, str]]],
    stub: Iterable[tuple[str, str]],
    *,
    least_share: float = 0.7,
) -> list[tuple[float, str, str]]:
    """Return pairs of submissions that share most of what is rare in them.

    Parameters
    ----------
    submissions : dict
        From a student to a list of (kind, source) of the cells they wrote.
    stub : list of (kind, source)
        What everybody was given.
    least_share : float
        From 0 to 1, the share of their rare runs that a pair must have in common.

    Returns
    -------
    list of (share, one, other)
        The most similar pair first.
    """
    of_stub = runs_of(stub)
    runs = {student: runs_of(cells) - of_stub for student, cells in submissions.items()}
    often = Counter(run for of_student in runs.values() for run in of_student)
    n = len(runs)
    if n < 2:
        return []
    weight = {run: math.log((n + 1) / count) for run, count in often.items() if count <= n / 2 + 1}
    rare = {
        student: {run for run in of_student if run in weight}
        for student, of_student in runs.items()
    }
    least = LEAST * math.log((n + 1) / 2)
    pairs = []
    for one, other in combinations(sorted(rare), 2):
        both = sum(weight[run] for run in rare[one] & rare[other])
        if both < least:
            continue
        share = both / sum(weight[run] for run in rare[one] | rare[other])
        if share >= least_share:
            pairs.append((share, one, other))
    return sorted(pairs, reverse=True)
