"""How one submission is judged: hidden tests run on the trusted side and name what is wrong.

A hidden test imports what it needs from here::

    from softmax_grader.marking import grade_parts, same_answers
"""

from softmax_grader.marking.answers import Failed, Stopped, as_answer, as_numbers
from softmax_grader.marking.diagnosis import GradientPieces, diagnose, gradient_from_pieces
from softmax_grader.marking.known_slips import KNOWN_SLIPS, KnownSlip
from softmax_grader.marking.parts import (
    Part,
    agrees_with_itself,
    ask,
    at_work,
    difference,
    grade_parts,
    index_arrays,
    inputs_kept,
    no_python_loop,
    result,
    same_answers,
)
from softmax_grader.marking.work import why_idle

__all__ = [
    "KNOWN_SLIPS",
    "Failed",
    "GradientPieces",
    "KnownSlip",
    "Part",
    "Stopped",
    "agrees_with_itself",
    "as_answer",
    "as_numbers",
    "ask",
    "at_work",
    "diagnose",
    "difference",
    "grade_parts",
    "gradient_from_pieces",
    "index_arrays",
    "inputs_kept",
    "no_python_loop",
    "result",
    "same_answers",
    "why_idle",
]
