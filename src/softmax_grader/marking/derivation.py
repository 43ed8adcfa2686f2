"""Whether a gradient was derived, or measured in place of the derivation.

A gradient that is measured, by differences of the loss, is right to some digits, and says nothing
of a derivation. It is told from one that was derived by what the function does:

- it asks for the loss, or for the scores, once more for each weight that is added;
- its errors are those of a difference: they go with the second or third derivative of the loss,
  or are noise far above that of float64, and its work grows with the weights alone, whatever the
  number of samples.

Of these, a call for each weight, an error that goes with a higher derivative, and noise together
with such work are sure, and cost the points of the derivation. Noise alone is told, and costs
nothing: there may be a reason. A gradient in float32 has as much of it, but does not change with
the twelfth digit of a weight, as a difference does.
"""

import copy
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from softmax_grader.marking.answers import (
    Failed,
    answer_and_lines,
    call_with_copies,
)
from softmax_grader.marking.parts import Part, Remark
from softmax_grader.marking.stand_ins import handed_over

EXACT, ROUGH = 2e-13, 1e-3  # relative errors: of a derivation; of what is no gradient
TINY, SMALL = 1e-10, 1e-3  # changes of the weights, as a share
COARSE = 0.8  # the share of numbers that a tiny change leaves alone in float32
NOISE = 0.2  # how much of an error a tiny change moves, where it is noise
ALIKE = 0.97  # the cosine between an error and the derivative that it goes with
LINES = 3  # of Python for each weight
FEW, MANY = 3, 8  # features
SAMPLES = 4
TOLD = (
    "these numbers look measured, by differences of the loss, not derived: derive the formula "
    "and compute it"
)
FLAG = "{}: its numbers look measured, by differences of the loss, and not derived ({})"


class Derivation:
    """How a student's function finds its gradient, looked at once, when it is asked for.

    Parameters
    ----------
    function, right : callable
        The student's, and the reference.
    case : callable
        ``case(n_samples, n_features)`` gives arguments, with no penalty.
    weights : int
        The place of the weights among them: an array, or a list of arrays. The first results are
        their gradients.
    helpers : dict
        From the name of what a difference would ask for, such as the loss, to the reference.
    """

    def __init__(
        self,
        function: Callable,
        right: Callable,
        case: Callable[[int, int], tuple],
        weights: int,
        helpers: Mapping[str, Callable],
    ) -> None:
        self.function, self.right, self.case = function, right, case
        self.weights, self.helpers = weights, helpers
        self._found: tuple[bool, str] | None = None

    @property
    def found(self) -> tuple[bool, str]:
        """Whether it is sure that the gradient was measured, and what speaks for it."""
        if self._found is None:
            self._found = self._look()
        return self._found

    def _look(self) -> tuple[bool, str]:
        few, many = self.case(SAMPLES, FEW), self.case(SAMPLES, MANY)
        added = _size(many[self.weights]) - _size(few[self.weights])
        before, after = self._calls(few), self._calls(many)
        for name in self.helpers:
            if after[name] - before[name] >= added:
                return True, f"it calls {name} for each weight"
        error = self._error(few)
        if error is None or not EXACT < _norm(error) < ROUGH or self._is_coarse(few):
            return False, ""
        if self._goes_with_a_derivative(error, few):
            return True, "its errors are those of a difference"
        moved = self._error(_moved(few, self.weights, TINY))
        if moved is None or _norm(moved - error) < NOISE * _norm(error):
            return False, ""
        sure = self._works_for_each_weight(few, many, added)
        return sure, "its last digits are noise" + (
            ", and it works through the weights" if sure else ""
        )

    def _calls(self, args: tuple) -> dict[str, int]:
        """Return how often a call asks for each helper."""
        calls = dict.fromkeys(self.helpers, 0)

        def counting(name: str) -> Callable:
            def helper(*given: Any, **named: Any) -> Any:
                calls[name] += 1
                return self.helpers[name](*copy.deepcopy(given), **copy.deepcopy(named))

            return helper

        with handed_over([self.function], {name: counting(name) for name in self.helpers}):
            call_with_copies(self.function, args)
        return calls

    def _gradient(self, function: Callable, args: tuple) -> np.ndarray | None:
        answer, _ = call_with_copies(function, args)
        if not isinstance(answer, tuple):
            return None
        weights = args[self.weights]
        arrays = weights if isinstance(weights, list) else [weights]
        if [a.shape for a in answer[: len(arrays)]] != [w.shape for w in arrays]:
            return None
        return np.concatenate([a.ravel() for a in answer[: len(arrays)]])

    def _right(self, args: tuple) -> np.ndarray:
        found = self._gradient(self.right, args)
        assert found is not None
        return found

    def _error(self, args: tuple) -> np.ndarray | None:
        """Return the error, as a share of the gradient's size."""
        mine, right = self._gradient(self.function, args), self._right(args)
        return None if mine is None else (mine - right) / _norm(right)

    def _is_coarse(self, args: tuple) -> bool:
        """Return whether numbers were cut: by float32, or rounded to some decimals."""
        mine = self._gradient(self.function, args)
        other = self._gradient(self.function, _moved(args, self.weights, TINY))
        if mine is None or other is None or np.mean(mine == other) > COARSE:
            return True
        return any(np.array_equal(mine.round(digits), mine) for digits in range(5, 14))

    def _goes_with_a_derivative(self, error: np.ndarray, args: tuple) -> bool:
        """Return whether the error is that of a difference from two points, on one side or both."""
        here, second, third = self._right(args), np.empty(error.size), np.empty(error.size)
        for k in range(error.size):
            up, down = (self._right(_stepped(args, self.weights, k, s)) for s in (SMALL, -SMALL))
            second[k], third[k] = up[k] - down[k], up[k] - 2 * here[k] + down[k]
        return any(abs(error @ of) > ALIKE * _norm(error) * _norm(of) > 0 for of in (second, third))

    def _works_for_each_weight(self, few: tuple, many: tuple, added: int) -> bool:
        """Return whether lines grow with the weights alone, whatever the number of samples."""
        growth = []
        for factor in (1, 3):
            lines = [
                answer_and_lines(self.function, args)[1]
                for args in (
                    (few, many)
                    if factor == 1
                    else (self.case(factor * SAMPLES, FEW), self.case(factor * SAMPLES, MANY))
                )
            ]
            growth.append(lines[1] - lines[0])
        return growth[0] >= LINES * added and growth[1] <= 1.3 * growth[0]


def derived(part: Part, derivation: Derivation, name: str) -> Part:
    """Return the part for a gradient that was derived.

    One that was surely measured does not pass; one that may have been passes, and the page and the
    teacher are told.

    Parameters
    ----------
    part : Part
        Its values.
    derivation : Derivation
    name : str
        The function's.

    Returns
    -------
    Part
    """

    def check() -> str | None:
        remark = part.check()
        sure, why = derivation.found
        if not why:
            return remark
        flag = FLAG.format(name, why)
        if sure:
            raise Failed(TOLD, flag=flag)
        return Remark(f"these numbers look measured, not derived: {why}", flag=flag)

    return replace(part, check=check)


def _norm(vector: np.ndarray) -> float:
    return float(np.linalg.norm(vector))


def _size(weights: Any) -> int:
    return sum(w.size for w in weights) if isinstance(weights, list) else weights.size


def _with(args: tuple, place: int, change: Callable[[np.ndarray, int], np.ndarray]) -> tuple:
    """Return arguments with other weights: ``change(array, its first weight's number)``."""
    weights, begin, changed = args[place], 0, []
    for array in weights if isinstance(weights, list) else [weights]:
        changed.append(change(array, begin))
        begin += array.size
    return (*args[:place], changed if isinstance(weights, list) else changed[0], *args[place + 1 :])


def _moved(args: tuple, place: int, share: float) -> tuple:
    rng = np.random.default_rng(0)
    return _with(args, place, lambda a, _: a * (1 + share * rng.uniform(0.5, 1, a.shape)))


def _stepped(args: tuple, place: int, number: int, step: float) -> tuple:
    def change(array: np.ndarray, begin: int) -> np.ndarray:
        hit = np.arange(begin, begin + array.size).reshape(array.shape) == number
        return array + step * hit

    return _with(args, place, change)
