"""Pairs of submissions that share what hardly anybody else wrote.

The right answers of a class look alike, so what most wrote says nothing. Each run of a few
words counts by how rare it is in the class.
"""

import io
import math
import re
import tokenize
from collections import Counter
from itertools import combinations

RUN = 5  # words
LEAST = 12  # rare runs that a pair must share to be named
MOST = 20_000  # characters of a cell, and ten times as many of a submission, that are compared


def words_of(source, kind):
    """Return the words of a cell; the names of Python's variables count, spaces do not."""
    if kind != "code":
        return re.findall(r"\w+", source.lower())
    words = []
    try:
        for token in tokenize.generate_tokens(io.StringIO(source).readline):
            if token.type == tokenize.COMMENT:
                words += re.findall(r"\w+", token.string.lower())
            elif token.string.strip():
                words.append(token.string)
    except (tokenize.TokenError, SyntaxError, IndentationError):
        return re.findall(r"\w+|\S", source)
    return words


def runs_of(cells):
    """Return the set of runs of words in cells, each (kind, source)."""
    found, left = set(), 10 * MOST
    for kind, source in cells:
        source = source[: min(MOST, left)]
        left -= len(source)
        words = words_of(source, kind)
        found |= {tuple(words[k : k + RUN]) for k in range(len(words) - RUN + 1)}
    return found


def similar_pairs(submissions, stub, *, least_share=0.7):
    """Return (share, one, other) of pairs that share most of what is rare in them.

    Parameters
    ----------
    submissions : dict
        From a student to a list of (kind, source) of the cells they wrote.
    stub : list of (kind, source)
        What everybody was given.
    least_share : float
        From 0 to 1, the share of their rare runs that a pair must have in common.
    """
    given = runs_of(stub)
    runs = {student: runs_of(cells) - given for student, cells in submissions.items()}
    often = Counter(run for own in runs.values() for run in own)
    n = len(runs)
    if n < 2:
        return []
    weight = {run: math.log((n + 1) / count) for run, count in often.items() if count <= n / 2 + 1}
    rare = {student: {run for run in own if run in weight} for student, own in runs.items()}
    least = LEAST * math.log((n + 1) / 2)
    found = []
    for one, other in combinations(sorted(rare), 2):
        both = sum(weight[run] for run in rare[one] & rare[other])
        if both < least:
            continue
        share = both / sum(weight[run] for run in rare[one] | rare[other])
        if share >= least_share:
            found.append((share, one, other))
    return sorted(found, reverse=True)
