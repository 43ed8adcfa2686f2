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
import re
import resource
import signal
import struct
import subprocess
import sys
import threading
import traceback
import warnings
from pathlib import Path

from softmax_grader.intake.flags import clean_text
from softmax_grader.isolation.handle import limits_from
from softmax_grader.isolation.session import Session, StudentError, StudentFunction

TEST_SECONDS = 240
MEMORY = 3 * 2**30
SLIP = re.compile(r"^ {5}slip: (.+)$", re.MULTILINE)  # as softmax_grader.marking prints it
SIZE = struct.Struct(">Q")


class ExaminerError(Exception):
    """The trusted process failed; the tests or this program are at fault, not the student."""


# --- one submission ---


def examine(plan):
    """Run the cells of a submission and return what came of each.

    Parameters
    ----------
    plan : dict
        ``cells``, each with its ``role``: *setup* runs on both sides, *try* and *test* on the
        trusted side, *student* in the sandbox, *text* nowhere; its ``source``; ``points`` of a
        test; ``functions`` and ``values``, the names that a student's cell has to define.
        ``limits``,
        ``hidden`` and ``unsafe`` are the sandbox's.

    Returns
    -------
    dict
        ``cells``, each with ``outputs`` in the notebook format and ``slips``; ``flags``.
    """
    limits = limits_from(plan.get("limits", {}))
    hidden = [Path(name) for name in plan.get("hidden", ())]
    session = Session(limits, hidden=hidden, unsafe=plan.get("unsafe", False))
    namespace = {"__name__": "__main__", "__builtins__": __builtins__}
    found, tested, told_late = [], False, []
    try:
        session.start()
        for number, cell in enumerate(plan["cells"]):
            outputs = run_cell(cell, session, namespace)
            slips = []
            if cell["role"] == "test":
                tested = True
                slips = SLIP.findall(outputs[0].get("text", "")) if outputs else []
            elif tested and tells_of_values(cell["role"], outputs):
                told_late.append(number)
            found.append({"outputs": outputs, "slips": slips})
    finally:
        session.stop()
    if told_late:
        tell_again(plan, found, told_late, limits, hidden)
    return {"cells": found, "flags": session.flags, "seconds": round(session.spent, 3)}


def run_cell(cell, session, namespace):
    """Run one cell where its role wants it; return its outputs."""
    role, source = cell["role"], cell["source"]
    if role == "setup":
        outputs = run_trusted(source, namespace)
        session.run(source)
        return outputs
    if role in ("try", "test"):
        session.discreet = role == "test"
        return run_trusted(source, namespace, points=cell.get("points"))
    if role == "student":
        outputs = run_student(session, source, cell.get("functions", ()))
        for name in cell.get("functions", ()):
            namespace[name] = StudentFunction(session, name, source)
        for name in cell.get("values", ()):
            namespace[name] = session.value(name)
        return outputs
    return []


def run_student(session, source, functions=()):
    """Run a student's cell; return outputs for the notebook, nothing but texts."""
    text, error = session.run(source, functions)
    outputs = [stream(text)] if text else []
    if error:
        outputs.append(error_output(error, list(error.where)))
    return outputs


def tells_of_values(role, outputs):
    """Return whether the outputs of a cell may show values of the student's choice.

    A visible test that is passed prints its own words, each line with a check mark.
    """
    if role == "try":
        return any(
            output["output_type"] != "stream"
            or any(line and not line.startswith("✓") for line in output["text"].splitlines())
            for output in outputs
        )
    return role == "student" and bool(outputs)


def tell_again(plan, found, numbers, limits, hidden):
    """Put in place of late outputs those of a process that has never seen a hidden test.

    What a cell prints, or a visible test shows, after a hidden test has called the student's
    functions could be what that test handed over.
    """
    session = Session(limits, hidden=hidden, unsafe=plan.get("unsafe", False))
    namespace = {"__name__": "__main__", "__builtins__": __builtins__}
    try:
        for number, cell in enumerate(plan["cells"][: numbers[-1] + 1]):
            if cell["role"] != "test":
                outputs = run_cell(cell, session, namespace)
                if number in numbers:
                    found[number]["outputs"] = outputs
    finally:
        session.stop()


def run_trusted(source, namespace, *, points=None):
    """Run a cell of the assignment itself; return its outputs.

    A test's score is the value of its last line, kept within 0 and `points`. What goes to
    stderr, such as a warning of NumPy's, is not an output: nbgrader would give no points for it.
    """
    printed, outputs = io.StringIO(), []
    old = signal.signal(signal.SIGALRM, _too_long)
    signal.setitimer(signal.ITIMER_REAL, TEST_SECONDS)
    try:
        with (
            contextlib.redirect_stdout(printed),
            contextlib.redirect_stderr(io.StringIO()),
            warnings.catch_warnings(),
        ):
            tree = ast.parse(source)
            last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
            exec(compile(tree, "<test>", "exec"), namespace)
            value = None
            if last is not None:
                value = eval(compile(ast.Expression(last.value), "<test>", "eval"), namespace)
        if value is not None:
            text = _shown(value) if points is None else _number(score_of(value, points))
            outputs.append(result_output(text))
    except BaseException as error:
        outputs.append(error_output(error, traceback.format_exc().splitlines()[-12:]))
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, old)
    if printed.getvalue():
        outputs.insert(0, stream(printed.getvalue()))
    return outputs


def _too_long(*_):
    raise TimeoutError(f"the test did not come to an end within {TEST_SECONDS} seconds")


def score_of(value, points):
    """Return a test's last value as points: all or nothing for a bool, else within 0 and points."""
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


def stream(text):
    """Return printed text as a notebook's output."""
    return {"output_type": "stream", "name": "stdout", "text": clean_text(text, 30_000)}


def result_output(text):
    """Return a cell's value as a notebook's output."""
    data = {"text/plain": text}
    return {"output_type": "execute_result", "execution_count": 1, "metadata": {}, "data": data}


def _number(score):
    return f"{score:g}" if score == round(score, 4) else repr(score)


def _shown(value):
    try:
        return clean_text(repr(value), 2000)
    except Exception as error:
        return f"(a {type(value).__name__} that cannot be shown: {type(error).__name__})"


def error_output(error, lines):
    """Return an error as a notebook's output."""
    student = isinstance(error, StudentError)
    name = "StudentError" if student else type(error).__name__
    text = clean_text(error.told if student else error, 2000)
    return {
        "output_type": "error",
        "ename": name,
        "evalue": text,
        "traceback": [*(clean_text(line, 300) for line in lines), f"{name}: {text}"],
    }


# --- the process ---


def die_with_parent():
    """Ask Linux to end this process when the one that started it ends, however that happens."""
    parent = os.getppid()
    if sys.platform == "linux":
        with contextlib.suppress(OSError, AttributeError):
            ctypes.CDLL(None).prctl(1, signal.SIGKILL)
        if os.getppid() != parent:
            os._exit(1)


def bound_memory():
    """Let a test that is handed too large an answer fail, and not the machine."""
    with contextlib.suppress(OSError, ValueError):
        hard = resource.getrlimit(resource.RLIMIT_AS)[1]
        most = MEMORY if hard == resource.RLIM_INFINITY else min(MEMORY, hard)
        resource.setrlimit(resource.RLIMIT_AS, (most, hard))


def serve():
    """Read plans from stdin and write results to stdout until there are no more."""
    die_with_parent()
    reading, writing = os.dup(0), os.dup(1)
    null = os.open(os.devnull, os.O_RDWR)
    os.dup2(null, 0)
    os.dup2(2, 1)
    import softmax_steps  # noqa: F401  so that each copy has it

    with contextlib.suppress(ImportError):
        import softmax_grader.marking  # noqa: F401
    with os.fdopen(reading, "rb") as incoming, os.fdopen(writing, "wb") as outgoing:
        while True:
            head = incoming.read(SIZE.size)
            if len(head) < SIZE.size:
                return
            plan = incoming.read(SIZE.unpack(head)[0])
            result = in_a_copy(plan)
            outgoing.write(SIZE.pack(len(result)) + result)
            outgoing.flush()


def in_a_copy(plan):
    """Examine in a fork of this process and return the result as JSON."""
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

    def __init__(self):
        self.process = None

    def start(self):
        """Start the process; :meth:`examine` does it when it has to."""
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

    def examine(self, plan, *, seconds=600):
        """Return what :func:`examine` returns.

        Raises
        ------
        ExaminerError
            If the process failed or took more than `seconds`.
        """
        if self.process is None:
            self.start()
        data = json.dumps(plan).encode()
        clock = threading.Timer(seconds, self._kill)
        clock.start()
        try:
            self.process.stdin.write(SIZE.pack(len(data)) + data)
            self.process.stdin.flush()
            head = self.process.stdout.read(SIZE.size)
            if len(head) < SIZE.size:
                raise ExaminerError("the tests' process ended or took too long")
            result = json.loads(self.process.stdout.read(SIZE.unpack(head)[0]))
        except (OSError, ValueError, ExaminerError) as error:
            self.stop()
            raise ExaminerError(str(error)) from None
        finally:
            clock.cancel()
        if "failed" in result:
            raise ExaminerError(result["failed"])
        return result

    def _kill(self):
        with contextlib.suppress(ProcessLookupError, AttributeError):
            os.killpg(self.process.pid, signal.SIGKILL)

    def stop(self):
        """End the process and all that it started."""
        if self.process is None:
            return
        self._kill()
        self.process.wait()
        self.process.stdin.close()
        self.process.stdout.close()
        self.process = None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()


def examine_once(plan):
    """Examine a single submission; the way of plain ``nbgrader autograde``."""
    with Examiner() as examiner:
        return examiner.examine(plan)
