"""The trusted process: it runs the tests, and lets the sandbox run what the student wrote.

One process of this kind stays warm, with NumPy loaded, and makes a copy of itself (a fork) for
each submission, so that nothing of one submission is there when the next one comes.
"""

import ast
import contextlib
import ctypes
import io
import json
import math
import os
import resource
import signal
import struct
import subprocess
import sys
import threading
import traceback
import warnings
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import FrameType
from typing import IO, Any, cast

from softmax_grader.isolation.bubblewrap import SandboxError, find_mode
from softmax_grader.isolation.limits import limits_from
from softmax_grader.isolation.session import Session, StudentError, StudentFunction
from softmax_grader.marking.known_slips import class_at
from softmax_grader.marking.verdicts import (
    MAX_TEXT,
    Verdict,
    as_output,
    received_by,
    verdicts_of,
)
from softmax_grader.text import clean_text

TEST_SECONDS = 240
MEMORY = 3 * 2**30
SIZE = struct.Struct(">Q")


class ExaminerError(Exception):
    """The trusted process failed; the tests or this program are at fault, not the student."""


# --- one submission ---


def examine(plan: Mapping[str, Any]) -> dict:
    """Run the cells of a submission and return what came of each.

    Parameters
    ----------
    plan : dict
        ``cells``, each with its ``role``: *setup* runs on both sides, *try* and *test* on the
        trusted side, *student* in the sandbox, *text* nowhere; its ``source``; ``points`` of a
        test; ``shared``, what of a *try* the sandbox runs too; ``functions`` and ``values``, the
        names that a student's cell has to define. First the whole notebook runs in the sandbox,
        then the trusted side, so that what counts is what the notebook has at its end.
        ``limits``, ``hidden`` and ``unsafe`` are the sandbox's. ``chapter``, if it is there, is
        the last one that the class has read: slips are told in its words.

    Returns
    -------
    dict
        ``cells``, each with ``outputs`` in the notebook format and ``slips``, the ids of those
        that its test named; ``flags``, from a sentence for the teacher to how often it came up;
        ``remarks``, sentences for the student on how the cells were run;
        ``seconds``, what the student's code took.
    """
    limits = limits_from(plan.get("limits", {}))
    hidden = [Path(name) for name in plan.get("hidden", ())]
    wanted = [name for cell in plan["cells"] for name in cell.get("functions", ())]
    unsafe = plan.get("unsafe", False)
    session = Session(limits, hidden=hidden, unsafe=unsafe, wanted=wanted)
    namespace = _fresh_namespace()
    cells: list[dict] = []
    tested, late = False, []
    try:
        session.start()
        inside = run_notebook(plan["cells"], session)
        for number, (cell, ran) in enumerate(zip(plan["cells"], inside, strict=True)):
            with class_at(plan.get("chapter")):
                outputs = run_cell(cell, session, namespace) or ran
            if session.failure:
                raise ExaminerError(session.failure)
            slips = []
            if cell["role"] == "test":
                tested = True
                verdicts = [v for output in outputs for v in verdicts_of(output)]
                slips = [v.slip.id for v in verdicts if v.slip is not None]
            elif tested and may_show_values(cell["role"], outputs):
                late.append(number)
            cells.append({"outputs": outputs, "slips": slips})
    finally:
        session.stop()
    if late:
        _run_again(plan, cells, late, session)
    seconds = round(session.spent, 3)
    remarks, flags = session.notes.remarks, session.flags
    return {"cells": cells, "flags": flags, "remarks": remarks, "seconds": seconds}


def _fresh_namespace() -> dict[str, Any]:
    return {"__name__": "__main__", "__builtins__": __builtins__}


def run_notebook(cells: Iterable[Mapping[str, Any]], session: Session) -> list[list[dict]]:
    """Run the whole notebook in the sandbox, before the first test.

    Parameters
    ----------
    cells : iterable of dict
        A plan's ``cells``.
    session : Session
        The student's code.

    Returns
    -------
    list of list of dict
        For each cell the outputs of the student's own code.
    """
    outputs: list[list[dict]] = []
    for cell in cells:
        ran: list[dict] = []
        if cell["role"] == "student":
            ran = run_student(session, cell["source"], cell.get("functions", ()))
        elif given := cell["source"] if cell["role"] == "setup" else cell.get("shared"):
            session.run(given, given=True)
        outputs.append(ran)
    session.settle()
    return outputs


def run_cell(
    cell: Mapping[str, Any], session: Session, namespace: dict[str, Any]
) -> list[dict] | None:
    """Run one cell on the trusted side, once the notebook has run in the sandbox.

    Parameters
    ----------
    cell : dict
        One of a plan's ``cells``.
    session : Session
        The student's code.
    namespace : dict
        The names of the trusted side.

    Returns
    -------
    list of dict or None
        Outputs in the notebook format; None for a student's cell, which hands over its functions
        and values.
    """
    role, source = cell["role"], cell["source"]
    if role in ("setup", "try", "test"):
        session.discreet = role == "test"
        return run_trusted(source, namespace, points=cell.get("points"))
    for name in cell.get("functions", ()):
        namespace[name] = StudentFunction(session, name, session.notes.source_of(name) or source)
    for name in cell.get("values", ()):
        namespace[name] = session.value(name)
    return None


def run_student(session: Session, source: str, functions: Iterable[str] = ()) -> list[dict]:
    """Run a student's cell.

    Parameters
    ----------
    session : Session
    source : str
    functions : iterable of str
        Names that it has to define.

    Returns
    -------
    list of dict
        Outputs in the notebook format; nothing but text, whatever the cell did.
    """
    text, error = session.run(source, functions)
    outputs = [stream(text)] if text else []
    if error:
        outputs.append(error_output(error, list(error.where)))
    return outputs


def may_show_values(role: str, outputs: Iterable[Mapping[str, Any]]) -> bool:
    """Return whether the outputs of a cell may show values of the student's choice.

    A visible test that is passed prints its own words, each line with a check mark.

    Parameters
    ----------
    role : str
        The cell's.
    outputs : iterable of dict

    Returns
    -------
    bool
    """
    if role == "try":
        return any(
            output["output_type"] != "stream"
            or any(line and not line.startswith("✓") for line in output["text"].splitlines())
            for output in outputs
        )
    return False


def _run_again(
    plan: Mapping[str, Any],
    cells: list[dict],
    late: list[int],
    before: Session,
) -> None:
    """Put in place of late outputs those of a process that has never seen a hidden test.

    What a visible test shows after a hidden test has called the student's functions could be what
    that test handed over.
    """
    session = Session(
        before.limits,
        hidden=before.hidden,
        unsafe=before.unsafe,
        wanted=before.notes.wanted,
        before=before,
    )
    namespace = _fresh_namespace()
    try:
        run_notebook(plan["cells"], session)
        for number, cell in enumerate(plan["cells"][: late[-1] + 1]):
            if cell["role"] != "test":
                outputs = run_cell(cell, session, namespace)
                if session.failure:
                    raise ExaminerError(session.failure)
                if number in late:
                    cells[number]["outputs"] = outputs or []
    finally:
        session.stop()


def run_trusted(
    source: str, namespace: dict[str, Any], *, points: float | None = None
) -> list[dict]:
    """Run a cell of the assignment itself.

    A test's score is the value of its last line, kept within 0 and `points`. What goes to
    stderr, such as a warning of NumPy's, is not an output: nbgrader would give no points for it.

    Parameters
    ----------
    source : str
    namespace : dict
    points : float, optional
        Of a test.

    Returns
    -------
    list of dict
        Outputs in the notebook format: what was printed and what the test's parts came to, in
        order, then the value or the error.
    """
    printed = io.StringIO()
    outputs: list[dict] = []
    endings: list[dict] = []

    def keep_printed() -> None:
        if text := printed.getvalue():
            outputs.append(stream(text))
            printed.seek(0)
            printed.truncate()

    def receive(verdicts: list[Verdict]) -> None:
        keep_printed()
        if verdicts:
            outputs.append(as_output(verdicts))

    old = signal.signal(signal.SIGALRM, _too_long)
    signal.setitimer(signal.ITIMER_REAL, TEST_SECONDS)
    try:
        with (
            contextlib.redirect_stdout(printed),
            contextlib.redirect_stderr(io.StringIO()),
            warnings.catch_warnings(),
            received_by(receive),
        ):
            tree = ast.parse(source)
            last = tree.body[-1] if tree.body else None
            if isinstance(last, ast.Expr):
                tree.body.pop()
            exec(compile(tree, "<test>", "exec"), namespace)
            value = None
            if isinstance(last, ast.Expr):
                value = eval(compile(ast.Expression(last.value), "<test>", "eval"), namespace)
        if value is not None:
            text = _shown(value) if points is None else _number(score_of(value, points))
            endings.append(result_output(text))
    except BaseException as error:
        endings.append(error_output(error, traceback.format_exc().splitlines()[-12:]))
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, old)
    keep_printed()
    return outputs + endings


def _too_long(number: int, frame: FrameType | None) -> None:
    raise TimeoutError(f"the test did not come to an end within {TEST_SECONDS} seconds")


def score_of(value: Any, points: float) -> float:
    """Return a test's last value as points.

    Parameters
    ----------
    value : object
        A bool for all or nothing, or a number.
    points : float
        What the test is worth.

    Returns
    -------
    float
        From 0 to `points`.

    Raises
    ------
    TypeError
        If the value is no number.
    """
    if isinstance(value, bool):
        return points if value else 0.0
    try:
        score = float(value)
    except (TypeError, ValueError):
        raise TypeError(
            f"a test's last line gives its points, but it is a {type(value).__name__}: "
            f"expected a number from 0 to {points:g}, or nothing for all of them"
        ) from None
    return 0.0 if math.isnan(score) else min(max(score, 0.0), points)


def stream(text: str) -> dict:
    """Return printed text as a notebook's output.

    Parameters
    ----------
    text : str

    Returns
    -------
    dict
    """
    return {"output_type": "stream", "name": "stdout", "text": clean_text(text, MAX_TEXT)}


def result_output(text: str) -> dict:
    """Return a cell's value as a notebook's output.

    Parameters
    ----------
    text : str

    Returns
    -------
    dict
    """
    data = {"text/plain": text}
    return {"output_type": "execute_result", "execution_count": 1, "metadata": {}, "data": data}


def _number(score: float) -> str:
    return f"{score:g}" if score == round(score, 4) else repr(score)


def _shown(value: object) -> str:
    try:
        return clean_text(repr(value), 2000)
    except Exception as error:
        return f"(a {type(value).__name__} that cannot be shown: {type(error).__name__})"


def error_output(error: BaseException, lines: Iterable[str]) -> dict:
    """Return an error as a notebook's output.

    Parameters
    ----------
    error : BaseException
    lines : iterable of str
        Where it came up.

    Returns
    -------
    dict
    """
    if isinstance(error, StudentError):
        name, text = "StudentError", clean_text(error.summary, 2000)
    else:
        name, text = type(error).__name__, clean_text(error, 2000)
    return {
        "output_type": "error",
        "ename": name,
        "evalue": text,
        "traceback": [*(clean_text(line, 300) for line in lines), f"{name}: {text}"],
    }


# --- the process ---


def die_with_parent() -> None:
    """Ask Linux to end this process when the one that started it ends, however that happens."""
    parent = os.getppid()
    if sys.platform == "linux":
        with contextlib.suppress(OSError, AttributeError):
            ctypes.CDLL(None).prctl(1, signal.SIGKILL)
        if os.getppid() != parent:
            os._exit(1)


def bound_memory() -> None:
    """Let a test that is handed too large an answer fail, and not the machine."""
    with contextlib.suppress(OSError, ValueError):
        hard = resource.getrlimit(resource.RLIMIT_AS)[1]
        most = MEMORY if hard == resource.RLIM_INFINITY else min(MEMORY, hard)
        resource.setrlimit(resource.RLIMIT_AS, (most, hard))


def serve() -> None:
    """Read plans from stdin and write results to stdout until there are no more."""
    die_with_parent()
    reading, writing = os.dup(0), os.dup(1)
    null = os.open(os.devnull, os.O_RDWR)
    os.dup2(null, 0)
    os.dup2(2, 1)
    import softmax_steps  # noqa: F401  so that each copy has it

    with contextlib.suppress(SandboxError):
        find_mode()  # once, and not in each copy

    with os.fdopen(reading, "rb") as incoming, os.fdopen(writing, "wb") as outgoing:
        while True:
            head = incoming.read(SIZE.size)
            if len(head) < SIZE.size:
                return
            plan = incoming.read(SIZE.unpack(head)[0])
            result = in_a_copy(plan)
            outgoing.write(SIZE.pack(len(result)) + result)
            outgoing.flush()


def in_a_copy(plan: bytes) -> bytes:
    """Examine in a fork of this process.

    Parameters
    ----------
    plan : bytes
        JSON.

    Returns
    -------
    bytes
        The result as JSON; ``failed`` in it says why there is none.
    """
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        status = 1
        try:
            os.close(reading)
            die_with_parent()
            bound_memory()
            data = json.dumps(examine(json.loads(plan))).encode()
            with os.fdopen(writing, "wb") as pipe:
                pipe.write(data)
            status = 0
        except ExaminerError as error:  # the machine's fault: told in one line, and tried again
            with os.fdopen(writing, "wb") as pipe:
                pipe.write(json.dumps({"failed": str(error)}).encode())
            status = 0
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(status)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        data = pipe.read()
    _, status = os.waitpid(child, 0)
    if status != 0 or not data:
        return json.dumps({"failed": f"the examiner stopped ({status})"}).encode()
    return data


class Examiner:
    """The warm process, from outside. One submission at a time; make several for several."""

    def __init__(self) -> None:
        self.process: subprocess.Popen | None = None

    def start(self) -> subprocess.Popen:
        """Start the process; :meth:`examine` does it when it has to.

        Returns
        -------
        subprocess.Popen
        """
        threads = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
        self.process = subprocess.Popen(
            [
                sys.executable,
                "-P",
                "-c",
                "from softmax_grader.marking.examiner import serve; serve()",
            ],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, **dict.fromkeys(threads, "1"), "PYTHONHASHSEED": "0"},
            start_new_session=True,
        )
        return self.process

    def examine(self, plan: Mapping[str, Any], *, seconds: float = 600) -> dict:
        """Examine a submission.

        Parameters
        ----------
        plan : dict
            As for :func:`examine`.
        seconds : float
            The most that it may take.

        Returns
        -------
        dict
            What :func:`examine` returns.

        Raises
        ------
        ExaminerError
            If the process failed or took more than `seconds`.
        """
        process = self.process or self.start()
        requests, results = cast(IO[bytes], process.stdin), cast(IO[bytes], process.stdout)
        data = json.dumps(plan).encode()
        clock = threading.Timer(seconds, self.kill)
        clock.start()
        try:
            requests.write(SIZE.pack(len(data)) + data)
            requests.flush()
            head = results.read(SIZE.size)
            if len(head) < SIZE.size:
                raise ExaminerError("the tests' process ended or took too long")
            result = json.loads(results.read(SIZE.unpack(head)[0]))
        except (OSError, ValueError, ExaminerError) as error:
            self.stop()
            raise ExaminerError(str(error)) from None
        finally:
            clock.cancel()
        if "failed" in result:
            raise ExaminerError(result["failed"])
        return result

    def kill(self) -> None:
        """End the process at once, from another thread too; :meth:`stop` tidies up after it."""
        process = self.process
        if process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)

    def stop(self) -> None:
        """End the process and all that it started."""
        process = self.process
        if process is None:
            return
        self.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                pipe.close()
        self.process = None

    def __enter__(self) -> "Examiner":
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


def examine_once(plan: Mapping[str, Any]) -> dict:
    """Examine a single submission; the way of plain ``nbgrader autograde``.

    Parameters
    ----------
    plan : dict
        As for :func:`examine`.

    Returns
    -------
    dict
        What :func:`examine` returns.

    Raises
    ------
    ExaminerError
        If the process failed.
    """
    with Examiner() as examiner:
        return examiner.examine(plan)
