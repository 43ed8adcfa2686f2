"""References in the place of a student's earlier functions, to see whose fault a wrong answer is.

A function that is built on others cannot be right while one of them is missing, stops or is wrong.
So it is run once more, and the names of the earlier functions stand for the right ones meanwhile.
If it is right then, it gets its points, and it is told whose fault it was: that of the functions
that answer otherwise than the reference when they are asked the same.

A part says which functions it is built on (``needs``), always earlier ones of the assignment. So a
function that only asks a later one, such as a softmax that takes the exponential of the
log-softmax, is not handed what it should have found itself.
"""

import contextlib
import copy
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from softmax_grader.marking.answers import Failed, agree, as_answer, call_with_copies

Needs = Mapping[str, tuple[Callable, Callable]]
"""From a function's name to the student's own and the reference, in the assignment's order."""

MAX_CALLS = 12  # of one function that are kept, to be asked again
TOLERANCE = 1e-5


class Trial:
    """One run of a part with the references handed over.

    Parameters
    ----------
    needs : dict
        From a function's name to the student's own and the reference.
    """

    def __init__(self, needs: Needs) -> None:
        self.needs = dict(needs)
        self.calls: dict[str, list[tuple[tuple, dict]]] = {name: [] for name in needs}

    @contextlib.contextmanager
    def running(self) -> Iterator[None]:
        """Hand the references over while the block runs, and note what they are asked."""
        with self._handed_over(list(self.needs)):
            yield

    def _handed_over(self, names: Iterable[str]) -> contextlib.AbstractContextManager[None]:
        references = {name: self._noting(name) for name in names}
        return handed_over([own for own, _ in self.needs.values()], references)

    def _noting(self, name: str) -> Callable:
        reference = self.needs[name][1]

        def called(*args: Any, **named: Any) -> Any:
            if len(self.calls[name]) < MAX_CALLS:
                self.calls[name].append(copy.deepcopy((args, named)))
            return reference(*copy.deepcopy(args), **copy.deepcopy(named))

        return called

    def at_fault(self) -> list[str]:
        """Return the names of the functions whose own version is not right.

        A function that is only wrong because it asks an earlier one is not among them: what is
        asked again has the references of those before it.

        Returns
        -------
        list of str
            In the order of `needs`.
        """
        names, wrong = list(self.needs), []
        for place in reversed(range(len(names))):
            name = names[place]
            with self._handed_over(names[:place]):
                if any(not self._is_right(name, *call) for call in list(self.calls[name])):
                    wrong.append(name)
        return wrong[::-1]

    def _is_right(self, name: str, args: tuple, named: dict) -> bool:
        own, reference = self.needs[name]
        try:
            expected = as_answer(reference(*copy.deepcopy(args), **copy.deepcopy(named)))
        except Exception:
            return True  # asked for what the reference cannot answer either: no fault of its own

        def ask(*copies: Any) -> Any:
            return own(*copies, **copy.deepcopy(named))

        try:
            answer, changed = call_with_copies(ask, args)
        except Failed:
            return False
        changed = changed or tuple(getattr(own, "changed_arguments", ()))
        return not changed and agree(answer, expected, TOLERANCE)


@contextlib.contextmanager
def handed_over(own: Iterable[Callable], references: Mapping[str, Callable]) -> Iterator[None]:
    """Let names stand for references where the student's functions look them up.

    Parameters
    ----------
    own : iterable of callable
        Functions of the student: plain ones, or proxies with a method ``standing_in(references)``
        that returns a context manager.
    references : dict
        From a name to the function that it stands for.
    """
    with contextlib.ExitStack() as stack:
        for function in own:
            if hasattr(function, "standing_in"):
                stack.enter_context(function.standing_in(references))
            elif hasattr(function, "__globals__"):
                stack.enter_context(_replaced(function.__globals__, references))
        yield


@contextlib.contextmanager
def _replaced(names: dict[str, Any], references: Mapping[str, Callable]) -> Iterator[None]:
    before = {name: names[name] for name in references if name in names}
    names |= references
    try:
        yield
    finally:
        for name in references:
            names.pop(name, None)
        names |= before
