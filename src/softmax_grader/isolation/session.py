"""The trusted side of the sandbox: a student's functions as a test sees them.

A test calls ``softmax(F)`` as if the student's function were its own. What it calls is a
:class:`StudentFunction`: it copies the arguments into the sandbox and the result out of it.
"""

import contextlib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NoReturn

import numpy as np

from softmax_grader.ipython_syntax import as_python
from softmax_grader.isolation import messages
from softmax_grader.isolation.handle import (
    CallBack,
    OutOfTimeError,
    Sandbox,
    SandboxLostError,
)
from softmax_grader.isolation.inside import EVENTS
from softmax_grader.isolation.limits import Limits
from softmax_grader.isolation.notebook_notes import NOTED, NotebookNotes
from softmax_grader.isolation.own_time import MachineError
from softmax_grader.isolation.shown_errors import kind_shown, shown_text, sizes_in
from softmax_grader.isolation.unusable import NoNumbers, what_came
from softmax_grader.isolation.where_it_stopped import note_where, why_missing
from softmax_grader.text import clean_text, one_line, quoted

MAX_CALL_BACKS = 100_000  # of one call
MAX_RESTARTS = 5
MAX_LOST_CALLS = 2  # of one function that ended its process
CELLS_SHARE = 0.5  # of the total time, after which cells are only searched for definitions
LEAST_SHARE = 0.1  # of the time for an answer, also after others took too long
AGAIN = "used up its time before and was not called again"
NOTICED = frozenset(EVENTS.values())
NOT_SHOWN = "what it says is kept from this page; call the function yourself to read it"
NOT_RUN = "it could not be run"
LARGE = 2**20  # bytes of an answer that no exercise asks for
SLOW = 0.25  # the share of the total time above which the teacher is told


class StudentError(Exception):
    """What a student's code raised, or why there is no answer from it.

    Parameters
    ----------
    text : str
    where : iterable of str
    summary : str, optional
        Without it, the text.

    It is also the plain exception of Python's that the student's code raised, where that is one
    of `KINDS`, so that a test can catch it as it would catch it from a function of its own.

    Attributes
    ----------
    summary : str
        The exception's name and its text, on one line.
    where : tuple of str
        The lines of the student's code that led there.
    kind : str or None
        The exception's name, if the student's code raised it.
    stopped_in : str or None
        The student's function that stopped.
    within : str or None
        The same, where it is not the one that was called.
    is_written : bool
        Whether there is code in that function.
    """

    def __init__(self, text: str, where: Iterable[str] = (), *, summary: str | None = None) -> None:
        super().__init__(text)
        self.summary = summary or text
        self.where = tuple(where)
        self.kind: str | None = None
        self.stopped_in: str | None = None
        self.within: str | None = None
        self.is_written = False
        self.text = text

    def __str__(self) -> str:
        return self.args[0]


KINDS = {
    kind.__name__: type(kind.__name__, (StudentError, kind), {})
    for kind in (
        *(ArithmeticError, AttributeError, FloatingPointError, IndexError, KeyError, LookupError),
        *(NameError, NotImplementedError, OverflowError, RecursionError, RuntimeError, TypeError),
        *(UnboundLocalError, ValueError, ZeroDivisionError),
    )
}


def student_error(name: str, text: str, where: Iterable[str]) -> StudentError:
    """Return the error for an exception that the student's code raised.

    Parameters
    ----------
    name, text : str
        The exception's.
    where : iterable of str
        The lines of the student's code that led there.

    Returns
    -------
    StudentError
    """
    summary = f"{name}: {text}" if text else name
    error = (
        KINDS[name](text, where, summary=summary) if name in KINDS else StudentError(summary, where)
    )
    error.kind, error.text = name, text
    return error


def discreet(
    error: StudentError, sources: Sequence[str], sizes: Collection[int] = ()
) -> StudentError:
    """Return the error without a text that could hold what a hidden test handed over.

    Parameters
    ----------
    error : StudentError
    sources : sequence of str
        The student's cells; what is raised in them may be shown.
    sizes : collection of int
        Of the arrays that the test handed over.

    Returns
    -------
    StudentError
    """
    if error.kind is None:
        return error
    text = shown_text(error.text, sources, sizes) if error.text else ""
    told = student_error(
        kind_shown(error.kind, sources), NOT_SHOWN if text is None else text, error.where
    )
    told.stopped_in, told.within = error.stopped_in, error.within
    told.is_written = error.is_written
    return told


class StudentFunction:
    """A student's function, called from a test.

    Parameters
    ----------
    session : Session
    name : str
    source : str

    Attributes
    ----------
    source : str
        The cell that defines the function.
    changed_arguments : tuple
        Positions and names of the arrays that the last call changed in place. The arrays of the
        test itself are copies, and never change.
    """

    __name__: str

    def __init__(self, session: "Session", name: str, source: str) -> None:
        self.session, self.__name__, self.source = session, name, source
        self.changed_arguments: tuple = ()

    def __call__(self, *args: Any, **named: Any) -> Any:
        """Call the student's function.

        Parameters
        ----------
        *args, **named
            None, numbers, text, arrays, lists, tuples and dicts of them, functions, generators.

        Returns
        -------
        object

        Raises
        ------
        StudentError
            If it raised, or there is no answer.
        """
        self.changed_arguments = ()
        value, self.changed_arguments = self.session.call(self.__name__, args, named)
        return value

    def counted(self, *args: Any, **named: Any) -> tuple[int, Any]:
        """Call the student's function and count its lines and calls of Python, NumPy's included.

        Parameters
        ----------
        *args, **named
            As for a call.

        Returns
        -------
        count : int
        result : object
        """
        self.changed_arguments = ()
        told, self.changed_arguments = self.session.call(self.__name__, args, named, do="count")
        if type(told) is not list or len(told) != 2 or type(told[0]) is not int or told[0] < 1:
            self.session.flag("answered a call that was counted without a count")
            raise StudentError("the lines of your function could not be counted")
        return told[0], told[1]

    @contextlib.contextmanager
    def standing_in(self, references: Mapping[str, Callable]) -> Iterator[None]:
        """Let names of the student's code stand for functions of the test while the block runs.

        Parameters
        ----------
        references : dict
            From a name to the function that it stands for, which runs on this side.
        """
        before = self.session.stand_ins
        self.session.stand_ins = dict(references)
        try:
            yield
        finally:
            self.session.stand_ins = before

    def __repr__(self) -> str:
        return f"<the student's function {self.__name__}>"


class Session:
    """One student's code at work: cells, calls, and what was noticed.

    Parameters
    ----------
    limits : Limits
    hidden : iterable of Path
        Folders that must not be seen from inside.
    unsafe : bool
        Without bubblewrap.
    wanted : iterable of str
        The names of the functions that the assignment asks for.
    before : Session, optional
        One that ran the same code: what was without an end there is not tried again.

    Attributes
    ----------
    notes : NotebookNotes
        What is known of the cells.
    flags : dict
        From a sentence to how often it came up.
    discreet : bool
        Whether a hidden test is at work: then of an exception no text is told that the student
        could have chosen by what the test handed over.
    stand_ins : dict
        From names of the student's code to functions of a test that they stand for in each call.
    spent : float
        Seconds that the student's code took, of its own time: waiting for a processor is not.
    failure : str
        Why the code cannot be judged now, where the machine is the reason, and not the student.
    """

    def __init__(
        self,
        limits: Limits,
        *,
        hidden: Iterable[Path] = (),
        unsafe: bool = False,
        wanted: Iterable[str] = (),
        before: "Session | None" = None,
    ) -> None:
        self.limits, self.hidden, self.unsafe = limits, list(hidden), unsafe
        self.notes, self.settled = NotebookNotes(wanted, self.flag), False
        self.sandbox: Sandbox | None = None
        self.restarts, self.spent = 0, 0.0
        self.cells: list[dict] = []
        self.failed: dict[str, StudentError] = {}
        self.has_seen, self.clean = False, set[str]()  # whether hidden data came; failed before it
        self.lost_calls: dict[str, int] = {}
        self.endless: set[str] = set(before.endless) if before else set()  # names of functions
        self.endless_cells: set[str] = set(before.endless_cells) if before else set()
        self.wasted: float = before.wasted if before else 0.0  # seconds without an answer
        self.slowest: float = before.slowest if before else 0.0  # seconds until an answer
        self.failure = ""
        self.flags: dict[str, int] = {}
        self.discreet = False
        self.stand_ins: dict[str, Callable] = {}

    def flag(self, text: str) -> None:
        """Note a sentence for the teacher.

        Parameters
        ----------
        text : str
        """
        text = one_line(text)
        if text in self.flags or len(self.flags) < 60:
            self.flags[text] = self.flags.get(text, 0) + 1

    def start(self) -> Sandbox:
        """Start the process before it is needed.

        Returns
        -------
        Sandbox
        """
        if self.sandbox is None:
            self.sandbox = Sandbox(self.limits, hidden=self.hidden, unsafe=self.unsafe)
        return self.sandbox

    def stop(self) -> None:
        """End the process; nothing of it stays."""
        if self.sandbox is not None:
            self.sandbox.stop()
            self.sandbox = None

    def _ask(
        self,
        request: dict,
        arrays: Iterable[bytes] = (),
        *,
        seconds: float,
        call_back: CallBack | None = None,
    ) -> tuple[dict, list[bytes]]:
        """Ask the sandbox, within the time that is left; one that fails is ended."""
        if self.failure:
            raise StudentError(f"it was not run: {self.failure}")
        left = self.limits.total_seconds - self.spent
        if left <= 0:
            self.stop()
            self.flag(f"used up all its time, {self.limits.total_seconds:g} seconds")
            raise StudentError("your code used up its time and was not run again")
        allowed = min(self._allowed(seconds), left)
        try:
            sandbox = self.start()
            sandbox.wait_until_ready()
        except (MachineError, OSError) as error:
            self._fail(error)
        try:
            answer, blobs = sandbox.ask(request, arrays, seconds=allowed, call_back=call_back)
            self.slowest = max(self.slowest, sandbox.used)
        except SandboxLostError as error:
            if isinstance(error, OutOfTimeError):
                self.wasted += sandbox.used
            self.stop()
            self.flag(f"its process was ended: {error}")
            raise
        except MachineError as error:
            self._fail(error)
        except BaseException:
            self.stop()  # in the middle of a message: what would come next is unknown
            raise
        finally:
            self.spent += sandbox.used
            if self.spent > SLOW * self.limits.total_seconds:
                self.flag("took long")
        return self._read(answer), blobs

    def _allowed(self, seconds: float) -> float:
        """Return what an answer may take: after one without an end, others end sooner.

        So what has no end costs its limit once, and half of it for all the rest. What was slow
        before it keeps its time.
        """
        if not self.wasted:
            return seconds
        rest = (1.5 * self.limits.call_seconds - self.wasted) / 2
        return min(seconds, max(LEAST_SHARE * self.limits.call_seconds, rest, 3 * self.slowest))

    def _fail(self, error: Exception) -> NoReturn:
        self.stop()
        self.failure = str(error)
        raise StudentError(f"it was not run: {self.failure}") from None

    def _read(self, answer: dict) -> dict[str, Any]:
        """Take the parts of an answer that are not its value, as nothing but texts."""
        for event in _texts(answer.get("events"), 50):
            self.flag(f"when run, it {_noticed(event)}")
        lost = answer.get("lost")
        if type(lost) is int and lost > 0:
            self.flag("printed more than was kept")
        error = _texts(answer.get("error"), 2)
        name, text = [*error, "", ""][:2]
        read: dict[str, Any] = {"text": clean_text(answer.get("text") or "", 20_000), "error": None}
        read["ok"] = answer.get("ok") is True
        read["value"], read["changed"] = answer.get("value"), answer.get("changed")
        notes = answer.get("notes")
        notes = notes if type(notes) is dict else {}
        read["notes"] = {kind: _texts(notes.get(kind), 40) for kind in NOTED}
        if not read["ok"]:
            where = [one_line(line, 200) for line in _texts(answer.get("where"), 6)]
            name = one_line(name, 60) or "Error"
            text = one_line(text, 300)
            read["error"] = student_error(name, text, where)
            if name in ("SystemExit", "KeyboardInterrupt", "GeneratorExit", "MemoryError"):
                self.flag(f"raised {name}")
            if name == "MessageError":
                self.flag(f"answered with what is no plain value: {quoted(text, 100)}")
        return read

    def _restart(self) -> None:
        """Bring a new process to where the lost one was, without what ended it."""
        while self.sandbox is None and self.cells and not self.failure:
            if self.restarts >= MAX_RESTARTS:
                raise StudentError("your code ended its process too often and was not run again")
            self.restarts += 1
            try:
                for cell in self.cells:
                    answer, _ = self._ask(cell, seconds=self.limits.call_seconds)
                    if not self.settled:  # before any test: nothing of one can be in it
                        self.notes.take(answer["notes"], cell["number"])
                for name in sorted(self.endless):
                    self._ask(_stand_in(name), seconds=self.limits.call_seconds)
                if self.settled:
                    self._ask(self._settling, seconds=self.limits.call_seconds)
            except SandboxLostError:
                if not cell.get("only_definitions"):
                    raise StudentError("your code cannot be run twice") from None
                self.cells.remove(cell)

    def run(
        self, source: str, keep: Iterable[str] = (), *, given: bool = False
    ) -> tuple[str, StudentError | None]:
        """Run a cell.

        One that loses the process, and all when half of the time is used up, is only searched
        for what it defines.

        Parameters
        ----------
        source : str
        keep : iterable of str
            Names of the functions that the cell is to define.
        given : bool
            Whether the cell is the assignment's own.

        Returns
        -------
        printed : str
        error : StudentError or None
        """
        keep = list(keep)
        number = self.notes.add(source, keep)
        wanted = [] if given else self.notes.wanted
        request: dict[str, Any] = {"do": "run", "source": source, "number": number}
        request |= {"code": as_python(source), "wanted": wanted}
        late = not given and self.spent > CELLS_SHARE * self.limits.total_seconds
        if late or source in self.endless_cells:
            request["only_definitions"] = True
        text, stopped, notes = "", None, dict[str, list[str]]()
        try:
            if self.sandbox is None and self.cells:
                self._restart()
            answer, _ = self._ask(request, seconds=self.limits.call_seconds)
            self.cells.append(request)  # also one that raised: it may have defined something
            text, stopped, notes = answer["text"], answer["error"], answer["notes"]
            if request.get("only_definitions") and stopped is None:
                why = "the cells took too long" if late else "it used up its time before"
                text, stopped = "", StudentError(f"only its definitions were run, since {why}")
        except SandboxLostError as lost:
            if isinstance(lost, OutOfTimeError):
                self.endless_cells.add(source)
            stopped = StudentError(_reason(lost, "this cell"))
            if "only_definitions" not in request:
                self.cells.append({**request, "only_definitions": True})
        except (StudentError, messages.MessageError) as error:
            stopped = StudentError(getattr(error, "summary", NOT_RUN))
        if not given:
            self.notes.take(notes, number)
        if stopped is not None:
            self.failed |= dict.fromkeys(keep, stopped)
            if not self.has_seen:
                self.clean |= set(keep)
        return text, stopped

    @property
    def _settling(self) -> dict[str, Any]:
        return {"do": "settle", "wanted": self.notes.wanted}

    def settle(self) -> None:
        """Take the notebook for finished: now it is known which functions count."""
        try:
            if self.sandbox is None and self.cells:
                self._restart()
            answer, _ = self._ask(self._settling, seconds=self.limits.call_seconds)
            self.notes.take(answer["notes"], 0)
        except (StudentError, SandboxLostError, messages.MessageError):
            pass  # the first call of a function will tell
        self.settled = True
        self.notes.sum_up()

    def discreetly(self, error: StudentError, args: object = ()) -> StudentError:
        """Return the error as it may be told to what runs now.

        Parameters
        ----------
        error : StudentError
        args : object
            What was handed over, arrays and numbers in lists, tuples and dicts.

        Returns
        -------
        StudentError
        """
        if not self.discreet:
            return error
        return discreet(error, self.notes.sources, sizes_in(args))

    def in_full(self, name: str) -> bool:
        """Return whether it may be told in full why the cell of a function failed.

        Parameters
        ----------
        name : str

        Returns
        -------
        bool
            False where a hidden test is at work now, and one was before the cell.
        """
        return not self.discreet or name in self.clean

    def value(self, name: str) -> Any:
        """Return the value that the student's code gave to a name.

        Parameters
        ----------
        name : str

        Returns
        -------
        object
            None where there is none.
        """
        try:
            if self.sandbox is None:
                self._restart()
            answer, blobs = self._ask({"do": "get", "name": name}, seconds=self.limits.call_seconds)
            return messages.unpack(answer["value"], blobs) if answer["ok"] else None
        except (StudentError, SandboxLostError, messages.MessageError):
            return None

    def call(
        self, name: str, args: tuple, named: dict[str, Any], *, do: str = "call"
    ) -> tuple[Any, tuple]:
        """Call a student's function.

        Parameters
        ----------
        name : str
        args : tuple
        named : dict
        do : str
            ``"call"``, or ``"count"`` to have the number of its lines with the result.

        Returns
        -------
        result : object
        changed : tuple
            Positions and names of the arguments that it changed.

        Raises
        ------
        StudentError
            If it raised, or there is no answer.
        """
        if name in self.endless:
            raise StudentError(f"{name} {AGAIN}")
        if self.lost_calls.get(name, 0) >= MAX_LOST_CALLS:
            raise StudentError(f"{name} ended its process before and was not called again")
        self.has_seen |= self.discreet
        functions: list[Callable] = []
        arrays: list[bytes] = []

        def special(value: Any) -> dict | None:
            if isinstance(value, StudentFunction):
                return {"student": value.__name__}
            if isinstance(value, np.random.Generator):
                bits = value.bit_generator
                state = messages.pack(bits.state, [])
                return {"generator": {"bit_generator": type(bits).__name__, "state": state}}
            if callable(value):
                functions.append(value)
                return {"function": len(functions) - 1}
            return None

        value = messages.pack((args, named), arrays, special)
        instead = {}
        for stands_for, function in self.stand_ins.items():
            instead[stands_for] = len(functions)
            functions.append(function)
        calls = 0

        def handed_over(kind: str, number: Any) -> Callable:
            if kind != "function" or type(number) is not int or not 0 <= number < len(functions):
                raise messages.MessageError("it handed over what is no function of the test")
            return functions[number]

        def call_back(message: dict, blobs: list[bytes]) -> tuple[dict, list[bytes]]:
            nonlocal calls
            calls += 1
            number = message.get("ask")
            if type(number) is not int or not 0 <= number < len(functions):
                raise messages.MessageError("it asked for a function that was not handed over")
            if calls > MAX_CALL_BACKS:
                raise SandboxLostError("it called the function that it was given too often")
            arguments = messages.unpack(message.get("value"), blobs, handed_over)
            try:
                its_args, its_named = arguments
                result = functions[number](*its_args, **its_named)
                parts: list[bytes] = []
                return {"ok": True, "value": messages.pack(result, parts)}, parts
            except Exception:  # what the student hands to it is the student's choice
                return {"ok": False, "value": None}, []

        request = {"do": do, "name": name, "value": value, "instead": instead}
        try:
            if self.sandbox is None:
                self._restart()
            answer, blobs = self._ask(
                request, arrays, seconds=self.limits.call_seconds, call_back=call_back
            )
        except SandboxLostError as lost:
            self.lost_calls[name] = self.lost_calls.get(name, 0) + 1
            if isinstance(lost, OutOfTimeError):
                self.endless.add(name)
            raise StudentError(_reason(lost, name)) from None
        if answer["error"]:
            error = answer["error"]
            for other in self.endless:
                if error.text == f"{other} {AGAIN}":
                    raise StudentError(f"{name} calls {other}, and {other} {AGAIN}")
            if error.kind == "MessageError":
                return NoNumbers(what_came(error.text)), ()
            if text := why_missing(name, error, self.failed, self.in_full):
                raise StudentError(text) from None
            note_where(error, name, self.notes.sources, self.notes.wanted)
            raise self.discreetly(error, (args, named))
        known = {*range(len(args)), *named}
        claimed = answer["changed"] if type(answer["changed"]) is list else []
        changed = tuple(k for k in claimed if type(k) in (int, str) and k in known)
        size = sum(map(len, blobs))
        if size > LARGE:
            self.flag(f"answered with {size / 1e6:.0f} MB")
        try:
            return messages.unpack(answer["value"], blobs), changed
        except messages.MessageError as error:
            self.flag(f"answered with what is no value: {quoted(error, 100)}")
            return NoNumbers(what_came(str(error))), changed


def _texts(value: object, limit: int) -> list[str]:
    """Return the texts in a list that the student's side sent, whatever it really is."""
    if type(value) is not list:
        return []
    return [one_line(part, 300) for part in value[:limit] if type(part) is str]


def _noticed(event: str) -> str:
    """Return what the process inside noticed: a student's code may have written it."""
    known, _, rest = event.partition(" ")
    if event in NOTICED:
        return event
    return f"{known} {quoted(rest)}" if known in ("opens", "imports") else f"says {quoted(event)}"


def _stand_in(name: str) -> dict:
    """Return the request that puts an error in the place of a function that has no end."""
    text = f"{name} {AGAIN}"
    source = f"def {name}(*args, **named):\n    raise TimeoutError({text!r})\n"
    return {"do": "run", "source": source, "wanted": [name], "number": 0}


def _reason(lost: SandboxLostError, what: str) -> str:
    if isinstance(lost, OutOfTimeError):
        return f"{what} did not come to an end within {lost.seconds:.2g} seconds"
    if str(lost) == "it ended":
        return f"{what} ended Python itself: by exit, a crash, or more memory than it may take"
    if "too often" in str(lost):
        return f"{what} called the function that it was given too often"
    if "too many files" in str(lost):
        return f"{what} was stopped: it made too many files"
    return f"{what} was stopped: it did what no exercise asks for"
