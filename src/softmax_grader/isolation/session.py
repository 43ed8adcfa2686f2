"""The trusted side of the sandbox: a student's functions as a test sees them.

A test calls ``softmax(F)`` as if the student's function stood beside it. What stands there is a
:class:`StudentFunction`: it copies the arguments into the sandbox and the result out of it.
"""

import time

import numpy as np

from softmax_grader.intake.flags import clean_text, one_line
from softmax_grader.isolation import messages
from softmax_grader.isolation.handle import Worker, WorkerLostError
from softmax_grader.isolation.shown_errors import kind_shown, may_be_shown

MAX_CALL_BACKS = 100_000  # of one call
MAX_RESTARTS = 2
START_SECONDS = 60  # for Python and NumPy, on a machine with much else to do
MAX_LOST_CALLS = 2  # of one function
NOT_SHOWN = "its text is not shown here"
LARGE = 2**20  # bytes of an answer that no exercise asks for
SLOW = 0.25  # the share of the time for all calls from which on a teacher is told


class StudentError(Exception):
    """What a student's code raised, or why there is no answer from it.

    It is also the plain exception of Python's that the student's code raised, where that is one
    of `KINDS`, so that a test can tell it apart as if the function stood beside it.

    Attributes
    ----------
    told : str
        The exception's name and its text, on one line.
    where : tuple of str
        The lines of the student's code that led there.
    """

    def __init__(self, text, where=(), *, told=None):
        super().__init__(text)
        self.told = told or text
        self.where = tuple(where)
        self.kind = None

    def __str__(self):
        return self.args[0]


KINDS = {
    kind.__name__: type(kind.__name__, (StudentError, kind), {})
    for kind in (
        *(ArithmeticError, AttributeError, FloatingPointError, IndexError, KeyError, LookupError),
        *(NameError, NotImplementedError, OverflowError, RecursionError, RuntimeError, TypeError),
        *(UnboundLocalError, ValueError, ZeroDivisionError),
    )
}


def student_error(name, text, where):
    """Return the error for an exception with this name and text that the student's code raised."""
    told = f"{name}: {text}" if text else name
    error = KINDS[name](text, where, told=told) if name in KINDS else StudentError(told, where)
    error.kind, error.text = name, text
    return error


def discreet(error, sources):
    """Return the error without a text that could hold what a hidden test handed over."""
    if error.kind is None:
        return error
    text = error.text if may_be_shown(error.text, sources) else NOT_SHOWN
    return student_error(kind_shown(error.kind, sources), text, error.where)


class StudentFunction:
    """A student's function, called from a test.

    Attributes
    ----------
    source : str
        The cell in which the function stands.
    changed_arguments : tuple
        Positions and names of the arrays that the last call changed in place. The arrays of the
        test itself are copies, and never change.
    """

    def __init__(self, session, name, source):
        self.session, self.__name__, self.source = session, name, source
        self.changed_arguments = ()

    def __call__(self, *args, **named):
        """Call the student's function."""
        self.changed_arguments = ()
        value, self.changed_arguments = self.session.call(self.__name__, args, named)
        return value

    def count_lines(self, *args, **named):
        """Return how many lines and calls of Python one call takes, NumPy's own included."""
        count, _ = self.session.call(self.__name__, args, named, do="count")
        return count if type(count) is int else 0

    def __repr__(self):
        return f"<the student's function {self.__name__}>"


class Session:
    """One student's code at work: cells, calls, and what was noticed.

    Parameters
    ----------
    limits : softmax_grader.isolation.handle.Limits
    hidden : iterable of Path
        Folders that must not be seen from inside.
    unsafe : bool
        Without bubblewrap.

    Attributes
    ----------
    flags : dict
        From a sentence to how often it came up.
    discreet : bool
        Whether a hidden test is at work: then of an exception no text is told that the student
        could have chosen by what the test handed over.
    """

    def __init__(self, limits, *, hidden=(), unsafe=False):
        self.limits, self.hidden, self.unsafe = limits, hidden, unsafe
        self.worker, self.restarts, self.spent = None, 0, 0.0
        self.cells, self.failed, self.lost_calls = [], {}, {}
        self.flags, self.discreet = {}, False

    def flag(self, text):
        """Note a sentence for the teacher."""
        text = one_line(text)
        if text in self.flags or len(self.flags) < 60:
            self.flags[text] = self.flags.get(text, 0) + 1

    def start(self):
        """Start the process before it is needed."""
        if self.worker is None:
            self.worker = Worker(self.limits, hidden=self.hidden, unsafe=self.unsafe)

    def stop(self):
        """End the process; nothing of it stays."""
        if self.worker is not None:
            self.worker.stop()
            self.worker = None

    def _ask(self, request, arrays=(), *, seconds, call_back=None):
        """Ask the worker, within the time that is left; a worker that fails is ended."""
        left = self.limits.total_seconds - self.spent
        if left <= 0:
            self.stop()
            self.flag(f"used up all its time, {self.limits.total_seconds:g} seconds")
            raise StudentError("your code used up its time and was not run again")
        begin = time.monotonic()
        try:
            self.start()
            if not self.worker.number:
                self.worker.ask({"do": "get", "name": ""}, [], until=begin + START_SECONDS)
                begin = time.monotonic()  # what its start takes is not the student's time
            until = begin + min(seconds, left)
            answer, blobs = self.worker.ask(request, arrays, until=until, call_back=call_back)
        except WorkerLostError as error:
            self.stop()
            self.flag(f"its process was ended: {error}")
            raise
        except BaseException:
            self.stop()  # in the middle of a message: what would come next is unknown
            raise
        finally:
            self.spent += time.monotonic() - begin
            if self.spent > SLOW * self.limits.total_seconds:
                self.flag("took long")
        return self._read(answer), blobs

    def _read(self, answer):
        """Take the parts of an answer that are not its value, as nothing but texts."""
        for event in _texts(answer.get("events"), 50):
            self.flag(f"when run, it {event}")
        lost = answer.get("lost")
        if type(lost) is int and lost > 0:
            self.flag("printed more than was kept")
        error = _texts(answer.get("error"), 2)
        name, text = [*error, "", ""][:2]
        read = {"text": clean_text(answer.get("text") or "", 20_000), "error": None}
        read["ok"] = answer.get("ok") is True
        read["value"], read["changed"] = answer.get("value"), answer.get("changed")
        if not read["ok"]:
            where = [one_line(line, 200) for line in _texts(answer.get("where"), 6)]
            name = one_line(name, 60) or "Error"
            text = one_line(text, 300)
            read["error"] = student_error(name, text, where)
            if name in ("SystemExit", "KeyboardInterrupt", "GeneratorExit", "MemoryError"):
                self.flag(f"raised {name}")
            if name == "MessageError":
                name = "its result"
                self.flag(f"answered with what is no plain value: {text}")
        return read

    def _restart(self):
        """Bring a new process to where the lost one was, without what ended it."""
        if self.restarts >= MAX_RESTARTS:
            raise StudentError("your code ended its process too often and was not run again")
        self.restarts += 1
        for cell in self.cells:
            try:
                self._ask(cell, seconds=self.limits.call_seconds)
            except WorkerLostError:
                raise StudentError("your code cannot be run twice") from None

    def run(self, source, keep=()):
        """Run a cell and return (what it printed, StudentError or None)."""
        request = {"do": "run", "source": source, "keep": list(keep)}
        try:
            if self.worker is None and self.cells:
                self._restart()
            answer, _ = self._ask(request, seconds=self.limits.call_seconds)
        except WorkerLostError as lost:
            error = StudentError(_reason(lost, self.limits, "this cell"))
            self.failed |= dict.fromkeys(keep, error)
            return "", error
        except (StudentError, messages.MessageError) as error:
            error = StudentError(getattr(error, "told", str(error)))
            self.failed |= dict.fromkeys(keep, error)
            return "", error
        self.cells.append(request)  # also one that raised: it may have defined something
        if answer["error"]:
            self.failed |= dict.fromkeys(keep, answer["error"])
        return answer["text"], answer["error"]

    def discreetly(self, error):
        """Return the error as it may be told to what runs now."""
        return discreet(error, [cell["source"] for cell in self.cells]) if self.discreet else error

    def value(self, name):
        """Return the value that the student's code gave to `name`; None if there is none."""
        try:
            if self.worker is None:
                self._restart()
            answer, blobs = self._ask({"do": "get", "name": name}, seconds=self.limits.call_seconds)
            return messages.unpack(answer["value"], blobs) if answer["ok"] else None
        except (StudentError, WorkerLostError, messages.MessageError):
            return None

    def call(self, name, args, named, *, do="call"):
        """Call the student's function `name`; return (result, which arguments were changed)."""
        if self.lost_calls.get(name, 0) >= MAX_LOST_CALLS:
            raise StudentError(f"{name} ended its process before and was not called again")
        functions, arrays = [], []

        def special(value):
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
        calls = 0

        def call_back(message, blobs):
            nonlocal calls
            calls += 1
            number = message.get("ask")
            if type(number) is not int or not 0 <= number < len(functions):
                raise messages.MessageError("it asked for a function that was not handed over")
            if calls > MAX_CALL_BACKS:
                raise WorkerLostError("it called the function that it was given too often")
            given = messages.unpack(message.get("value"), blobs)
            try:
                its_args, its_named = given
                result = functions[number](*its_args, **its_named)
                parts = []
                return {"ok": True, "value": messages.pack(result, parts)}, parts
            except Exception:  # what the student hands to it is the student's choice
                return {"ok": False, "value": None}, []

        request = {"do": do, "name": name, "value": value}
        try:
            if self.worker is None:
                self._restart()
            answer, blobs = self._ask(
                request, arrays, seconds=self.limits.call_seconds, call_back=call_back
            )
        except WorkerLostError as lost:
            self.lost_calls[name] = self.lost_calls.get(name, 0) + 1
            raise StudentError(_reason(lost, self.limits, name)) from None
        if answer["error"]:
            if isinstance(answer["error"], NameError) and name in self.failed:
                failed = self.discreetly(self.failed[name])
                raise StudentError(f"its cell did not run: {failed.told}") from None
            raise self.discreetly(answer["error"])
        given = {*range(len(args)), *named}
        changed = answer["changed"] if type(answer["changed"]) is list else []
        changed = tuple(k for k in changed if type(k) in (int, str) and k in given)
        size = sum(map(len, blobs))
        if size > LARGE:
            self.flag(f"answered with {size / 1e6:.0f} MB")
        try:
            return messages.unpack(answer["value"], blobs), changed
        except messages.MessageError as error:
            self.flag(f"answered with what is no value: {error}")
            raise StudentError(f"the result of {name} cannot be read: {error}") from None


def _texts(value, limit):
    """Return the texts in a list that the student's side sent, whatever it really is."""
    if type(value) is not list:
        return []
    return [one_line(part, 300) for part in value[:limit] if type(part) is str]


def _reason(lost, limits, what):
    if "in time" in str(lost):
        return f"{what} did not come to an end within {limits.call_seconds:g} seconds"
    if str(lost) == "it ended":
        return f"{what} ended the whole process (by exit, a crash, or a limit)"
    return f"{what} was stopped: {lost}"
