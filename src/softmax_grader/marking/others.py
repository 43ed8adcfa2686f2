"""Answers that are right for another student's values.

Where an assignment draws values for each student, a hidden test hands the references of all other
values to its parts as slips. An answer that fits one of them is named by the values that it is
right for, on the student's page and, with the students who have them, on the teacher's.
"""

import itertools
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from softmax_steps.advice.known_slip import NOTATION, KnownSlip

MARK = "right-for-another:"


def right_for_others(
    right: Callable[[dict[str, Any]], Callable],
    own: Mapping[str, Any],
    choices: Mapping[str, Sequence | Mapping],
    names: Iterable[str],
) -> dict[KnownSlip, Callable]:
    """Return, as slips of a part, the right function for all values but the student's.

    Parameters
    ----------
    right : callable
        Returns the reference for a student's values, given as a dict.
    own : dict
        The student's values, by the names of the choices.
    choices : dict
        From a name to its options: a list, or a dict with each option's meaning in words.
    names : iterable of str
        The choices that the part depends on; all others stay the student's.

    Returns
    -------
    dict
        From a slip to the function that has it, for the ``slips`` of
        :func:`~softmax_grader.marking.parts.same_answers`.

    Raises
    ------
    KeyError
        If there is no choice of a name.

    Examples
    --------
    >>> others = right_for_others(
    ...     lambda own: lambda x: own["factor"] * x, {"factor": 2}, {"factor": [2, 3]}, ["factor"]
    ... )
    >>> [(slip.sentence, function(10)) for slip, function in others.items()]
    [('Your factor is 2; this answer is right for 3.', 30)]
    """
    names = list(names)
    others = {}
    for values in itertools.product(*(choices[name] for name in names)):
        used = {n: value for n, value in zip(names, values, strict=True) if value != own[n]}
        if used:
            others[_slip(used, own, choices)] = right({**own, **used})
    return others


def _slip(
    used: Mapping[str, Any], own: Mapping[str, Any], choices: Mapping[str, Sequence | Mapping]
) -> KnownSlip:
    def words(name: str, value: Any) -> str:
        options = choices[name]
        return f"{value} ({options[value]})" if isinstance(options, Mapping) else str(value)

    told = [
        f"Your {name} is {words(name, own[name])}; this answer is right for {words(name, value)}."
        for name, value in used.items()
    ]
    values = ",".join(f"{name}={value}" for name, value in used.items())
    return KnownSlip(
        MARK + values,
        f"right for another {' and '.join(used)}",
        " ".join(told),
        *NOTATION.at("All forks at once", "all-forks-at-once"),
    )


def values_named(slip_id: str) -> dict[str, str]:
    """Return the values that an answer was right for.

    Parameters
    ----------
    slip_id : str
        Of a slip that a part named.

    Returns
    -------
    dict
        From a choice's name to the option, as text. Empty for any other slip.

    Examples
    --------
    >>> values_named("right-for-another:temperature=3,mean=number")
    {'temperature': '3', 'mean': 'number'}
    >>> values_named("wrong-sign")
    {}
    """
    if not slip_id.startswith(MARK):
        return {}
    pairs = [pair.partition("=") for pair in slip_id.removeprefix(MARK).split(",")]
    return {name: value for name, _, value in pairs}


def without_values(slip_id: str) -> str:
    """Return a slip's id as the class has it: which choices were another's, not which options.

    Parameters
    ----------
    slip_id : str

    Returns
    -------
    str

    Examples
    --------
    >>> without_values("right-for-another:temperature=3,mean=number")
    'right-for-another:temperature,mean'
    >>> without_values("wrong-sign")
    'wrong-sign'
    """
    named = values_named(slip_id)
    return MARK + ",".join(named) if named else slip_id
