"""How one submission is judged: hidden tests run on the trusted side and name what is wrong.

A hidden test imports what it needs from here::

    from softmax_grader.marking import grade_parts, same_answers
"""

from softmax_grader.marking.parts import (
    SLIPS,
    Failed,
    GradientPieces,
    Part,
    Slip,
    Stopped,
    agrees_with_itself,
    ask,
    diagnose,
    difference,
    grade_parts,
    gradient_from_pieces,
    index_arrays,
    inputs_kept,
    no_python_loop,
    result,
    same_answers,
)

__all__ = [
    "SLIPS",
    "Failed",
    "GradientPieces",
    "Part",
    "Slip",
    "Stopped",
    "agrees_with_itself",
    "ask",
    "diagnose",
    "difference",
    "grade_parts",
    "gradient_from_pieces",
    "index_arrays",
    "inputs_kept",
    "no_python_loop",
    "result",
    "same_answers",
]
