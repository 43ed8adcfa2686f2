"""The sandbox from outside: start the process that is walled in, talk to it, end it."""

import contextlib
import json
import os
import select
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import IO, Any, cast

from softmax_grader.isolation import messages
from softmax_grader.isolation.bubblewrap import (
    HERE,
    INSIDE,
    WORK,
    bubblewrap_command,
    find_mode,
    inside_environment,
    python_folders,
)
from softmax_grader.isolation.limits import Limits
from softmax_grader.isolation.own_time import Allowance, MachineError, OwnTime
from softmax_grader.isolation.seccomp import filter_descriptor

MAX_FILES = 2000  # empty ones have no size, but each takes a kilobyte of the machine's memory
LOOK_SECONDS = 0.2
START_SECONDS = 60  # for Python and NumPy, on a machine with much else to do
FIRST_USER = 61_000  # numbers for the users that root lets student code run as

CallBack = Callable[[dict, list[bytes]], tuple[dict, list[bytes]]]


class SandboxLostError(Exception):
    """The student's process ended, did not answer in time, or spoke out of turn."""


class OutOfTimeError(SandboxLostError):
    """The student's process used up what it may take for one answer.

    Parameters
    ----------
    text : str
    seconds : float
        What it might have taken.
    """

    def __init__(self, text: str, seconds: float) -> None:
        super().__init__(text)
        self.seconds = seconds


class Sandbox:
    """A process for one student's code, and how to talk to it.

    Parameters
    ----------
    limits : Limits
    hidden : iterable of Path
        Folders that must not be seen from inside.
    unsafe : bool
        Without bubblewrap: the same process and the same limits, but no walls.
    """

    def __init__(
        self, limits: Limits, *, hidden: Iterable[str | Path] = (), unsafe: bool = False
    ) -> None:
        self.number = 0  # of the last request
        self.inner: str | None = None  # the process that bubblewrap started
        self.own = OwnTime()
        self.used = 0.0  # of its own time, for the last answer
        self.folder: str | None = None  # without bubblewrap, its work folder
        interpreter, folders, packages = python_folders()
        resources = limits.as_resources()
        settings: dict[str, Any] = {"limits": resources, "user": None}
        settings["readable"] = [str(p) for p in [*folders, *packages, "/usr", "/lib", "/etc", WORK]]
        if unsafe:
            resources.pop("NPROC")  # it would count the teacher's own processes
            script = str(HERE / "inside.py")
            self.folder = tempfile.mkdtemp(prefix="softmax-class-")
            environment = inside_environment(packages) | {"HOME": self.folder}
            self._start(interpreter, script, [], settings, environment, ())
            return
        as_root = find_mode() == "root"
        if as_root:
            settings["user"] = FIRST_USER + os.getpid() % 4000
        with filter_descriptor() as number:
            prefix = bubblewrap_command(
                limits=limits, as_root=as_root, hidden=hidden, filter_number=number
            )
            self._start(interpreter, f"{INSIDE}/inside.py", prefix, settings, {}, (number,))

    def _start(
        self,
        interpreter: Path,
        script: str,
        prefix: list[str],
        settings: dict,
        environment: dict[str, str],
        fds: tuple[int, ...],
    ) -> None:
        self.process = subprocess.Popen(
            [*prefix, str(interpreter), "-S", "-s", "-B", script, json.dumps(settings)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment,
            cwd=self.folder or "/",
            pass_fds=fds,
            bufsize=0,
            start_new_session=True,
        )
        self.requests = cast(IO[bytes], self.process.stdin)
        self.answers = cast(IO[bytes], self.process.stdout)
        os.set_blocking(self.requests.fileno(), False)
        os.set_blocking(self.answers.fileno(), False)

    def stop(self) -> None:
        """End the process and all that it started."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, 9)  # without bubblewrap: its children too
        self.process.kill()
        self.process.wait()
        self.requests.close()
        self.answers.close()
        if self.folder:
            shutil.rmtree(self.folder, ignore_errors=True)

    def wait_until_ready(self, seconds: float = START_SECONDS) -> None:
        """Wait until Python and NumPy are there; the student's code has no part in that.

        Parameters
        ----------
        seconds : float
            At most, on the clock on the wall.

        Raises
        ------
        MachineError
            If it ended before, or took longer.
        """
        if self.number:
            return
        try:
            self.ask({"do": "get", "name": ""}, [], seconds=seconds)
        except (SandboxLostError, MachineError) as error:
            took = isinstance(error, OutOfTimeError)
            why = f"it was not ready within {seconds:g} seconds" if took else str(error)
            raise MachineError(f"the process for student code did not start: {why}") from None
        self.own = OwnTime(self._its_python())

    def _its_python(self) -> str | int | None:
        """Return the number of the process that runs Python, below bubblewrap's own two."""
        if self.folder is not None:
            return self.process.pid
        self.inner = _child_of(self.process.pid)
        return self.inner and _child_of(self.inner)

    def ask(
        self,
        request: dict,
        arrays: Iterable[bytes],
        *,
        seconds: float,
        call_back: CallBack | None = None,
    ) -> tuple[dict, list[bytes]]:
        """Send a request and wait for its answer.

        The answer holds a value and texts, whoever wrote it. A process that says something before
        it is asked, or answers another question, is not listened to again.

        Parameters
        ----------
        request : dict
        arrays : list of bytes
        seconds : float
            Of its own time, that the answer may take.
        call_back : callable, optional
            ``call_back(message, arrays) -> (message, arrays)`` for the functions that a test hands
            over.

        Returns
        -------
        answer : dict
        arrays : list of bytes

        Raises
        ------
        SandboxLostError
            If the process ended, did not answer in time, or broke the order of the talk.
        MachineError
            If the machine was too busy for an answer.
        """
        allowed = Allowance(seconds, self.own)
        try:
            return self._talk(request, arrays, allowed, call_back)
        finally:
            self.used = allowed.used + self.own.take()

    def _talk(
        self,
        request: dict,
        arrays: Iterable[bytes],
        allowed: Allowance,
        call_back: CallBack | None,
    ) -> tuple[dict, list[bytes]]:
        if select.select([self.answers], [], [], 0)[0]:
            if self.process.poll() is None and os.read(self.answers.fileno(), 1):
                raise SandboxLostError("it spoke before it was asked")
            raise SandboxLostError("it ended")
        self._look_at_files()
        self.number += 1
        self._write(messages.to_bytes({**request, "id": self.number}, arrays), allowed)
        while True:
            try:
                answer, blobs = messages.from_stream(lambda n: self._read(n, allowed))
            except messages.MessageError as error:
                raise SandboxLostError(f"it sent what is no answer: {error}") from None
            if call_back is None or "ask" not in answer:
                break
            reply, parts = call_back(answer, blobs)
            self._write(messages.to_bytes(reply, parts), allowed)
        if answer.get("id") != self.number:
            raise SandboxLostError("it answered another question")
        return answer, blobs

    def _look_at_files(self) -> None:
        """End a process that fills the memory with files; no limit of the kernel's counts them."""
        # Before the first answer the process may not be in its own folders yet.
        if self.folder is not None or self.number < 2:
            return
        if self.inner is None:
            return
        for name in (WORK, "/tmp"):
            try:
                about = os.statvfs(f"/proc/{self.inner}/root{name}")
            except OSError:
                return
            if about.f_files - about.f_ffree > MAX_FILES:
                raise SandboxLostError("it made too many files")

    def _read(self, n: int, allowed: Allowance) -> bytes:
        data, source = bytearray(), self.answers
        while len(data) < n:
            left = allowed.left()
            if left <= 0:
                raise OutOfTimeError("it did not answer in time", allowed.seconds)
            if not select.select([source], [], [], min(left, LOOK_SECONDS))[0]:
                self._look_at_files()
                continue
            part = os.read(source.fileno(), min(n - len(data), 2**20))
            if not part:
                raise SandboxLostError("it ended")
            data += part
        return bytes(data)

    def _write(self, data: bytes, allowed: Allowance) -> None:
        rest, target = memoryview(data), self.requests
        while rest:
            left = allowed.left()
            if left <= 0:
                raise OutOfTimeError("it did not listen", allowed.seconds)
            if not select.select([], [target], [], min(left, LOOK_SECONDS))[1]:
                continue
            try:
                rest = rest[os.write(target.fileno(), rest[: 2**16]) :]
            except BrokenPipeError:
                raise SandboxLostError("it ended") from None


def _child_of(pid: str | int) -> str | None:
    """Return the first process that another one started, where Linux tells it."""
    try:
        return Path(f"/proc/{pid}/task/{pid}/children").read_text().split()[0]
    except (OSError, IndexError):
        return None
