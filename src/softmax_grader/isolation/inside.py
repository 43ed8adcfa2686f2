"""Run inside the sandbox: a student's cells, and calls to the functions they define.

It knows no test and no grade. It is started as a script, with nothing of this package beside it
but ``messages.py`` and ``cells_inside.py``, and imports nothing else of it. A student's code can
change everything here; what it can gain by that is to choose its own answers, which it could
anyway.
"""

import contextlib
import io
import os
import sys
import traceback
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

MAX_TEXT = 20_000  # characters of output or of an error that are handed over
MAX_EVENTS = 40


def limit_resources(limits: dict[str, int]) -> None:
    """Set the limits that a student's code cannot raise again.

    Parameters
    ----------
    limits : dict
        From the part of a name after ``RLIMIT_`` to the limit.
    """
    import resource

    for name, value in limits.items():
        kind = getattr(resource, f"RLIMIT_{name}", None)
        if kind is None:
            continue
        try:
            hard = resource.getrlimit(kind)[1]
            if hard != resource.RLIM_INFINITY:
                value = min(value, hard)
            resource.setrlimit(kind, (value, value))
        except (OSError, ValueError):
            pass  # a system without this limit; the others hold


def drop_privileges(user: int) -> None:
    """Become another user; for root only.

    Parameters
    ----------
    user : int
        The user's number, and the group's.
    """
    os.setgroups([])
    os.setresgid(user, user, user)
    os.setresuid(user, user, user)


class BoundedText(io.TextIOBase):
    """A stream that takes any amount of output and keeps the beginning of it."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.size, self.lost = 0, 0

    def writable(self) -> bool:
        """Return that it takes text.

        Returns
        -------
        bool
        """
        return True

    def write(self, text: str) -> int:
        """Take text.

        Parameters
        ----------
        text : str

        Returns
        -------
        int
            Its length, as a file's ``write`` does.
        """
        kept = text[: max(0, MAX_TEXT - self.size)]
        self.parts.append(kept)
        self.size += len(kept)
        self.lost += len(text) - len(kept)
        return len(text)

    def take(self) -> tuple[str, int]:
        """Return what was written since the last time.

        Returns
        -------
        text : str
        lost : int
            The number of characters that were not kept.
        """
        text, lost = "".join(self.parts), self.lost
        self.parts, self.size, self.lost = [], 0, 0
        return text, lost


EVENTS = {  # of the interpreter: what a student's code does that raises them
    "os.system": "starts a program",
    "os.exec": "starts a program",
    "os.posix_spawn": "starts a program",
    "os.spawn": "starts a program",
    "subprocess.Popen": "starts a program",
    "os.fork": "starts a process",
    "os.forkpty": "starts a process",
    "os.kill": "sends a signal",
    "os.killpg": "sends a signal",
    "socket.__new__": "uses the network",
    "socket.connect": "uses the network",
    "socket.getaddrinfo": "uses the network",
    "ctypes.dlopen": "loads a C library",
    "ctypes.dlsym": "loads a C library",
    "pickle.find_class": "loads a pickle",
    "marshal.loads": "loads compiled code",
    "sys.settrace": "traces the interpreter",
    "sys.setprofile": "traces the interpreter",
    "gc.get_objects": "searches the interpreter's memory",
    "gc.get_referrers": "searches the interpreter's memory",
    "os.remove": "changes files",
    "os.rename": "changes files",
    "os.chmod": "changes files",
    "os.symlink": "changes files",
    "os.listdir": "lists folders",
    "os.scandir": "lists folders",
}


class Watch:
    """An audit hook: note what a student's code asks of the system that no exercise needs.

    Parameters
    ----------
    readable : iterable of str
        Beginnings of paths that code may open: Python's own.
    """

    def __init__(self, readable: Iterable[str]) -> None:
        self.home = str(Path.cwd())
        self.active, self.counting = False, False
        self.events: dict[str, int] = {}
        self.readable = (*readable, self.home, "/tmp", "/dev/null", "/dev/urandom")

    def __call__(self, event: str, args: tuple) -> None:
        """Look at an event of the interpreter.

        Parameters
        ----------
        event : str
        args : tuple
            As ``sys.addaudithook`` gives them.
        """
        if not self.active or len(self.events) >= MAX_EVENTS:
            return
        if event == "open":
            path = args[0]
            if type(path) is bytes:
                path = os.fsdecode(path)
            if type(path) is not str:
                return
            if not self.whole(path).startswith(self.readable):
                self.note(f"opens {path}")
        elif event == "import":
            name = args[0]
            if type(name) is str and name.startswith(("softmax_", "nbgrader")):
                self.note(f"imports {name}")
        elif event in EVENTS and not self.is_importing(event, args):
            self.note(EVENTS[event])
            if self.counting and event == "sys.settrace":
                raise RuntimeError("the tracing of the lines that are counted was changed")

    def whole(self, path: str) -> str:
        """Return a path from the root, without steps up; a Path would open files itself.

        Parameters
        ----------
        path : str

        Returns
        -------
        str
        """
        return os.path.normpath(path if path.startswith("/") else f"{self.home}/{path}")

    def is_importing(self, event: str, args: tuple) -> bool:
        """Return whether an import raised the event: packages do such things themselves.

        Parameters
        ----------
        event : str
        args : tuple

        Returns
        -------
        bool
        """
        if event in ("os.listdir", "os.scandir") and type(args[0]) is str:
            return args[0].startswith(self.readable)
        frame: Any = sys._getframe(2)
        while frame is not None:
            if "importlib" in frame.f_code.co_filename:
                return True
            frame = frame.f_back
        return False

    def note(self, text: str) -> None:
        """Keep a sentence on what was asked.

        Parameters
        ----------
        text : str
        """
        self.events[text[:200]] = self.events.get(text[:200], 0) + 1

    def take(self) -> list[str]:
        """Return the sentences since the last time.

        Returns
        -------
        list of str
        """
        events, self.events = list(self.events), {}
        return events


class Runner:
    """The student's namespace and what may be done with it.

    Parameters
    ----------
    messages : module
    send, receive : callable
        The channel to the trusted side.
    watch : Watch
    notebook : cells_inside.Notebook
    """

    def __init__(
        self,
        messages: ModuleType,
        send: Callable[..., None],
        receive: Callable[[], tuple[dict, list[bytes]]],
        watch: Watch,
        notebook: Any,
    ) -> None:
        import numpy as np

        self.np, self.messages, self.send, self.receive = np, messages, send, receive
        self.watch, self.out = watch, BoundedText()
        self.notebook = notebook
        self.namespace, self.functions = notebook.namespace, notebook.functions
        self.handed_over: dict[int, tuple[Callable, int]] = {}  # in this call, with its number
        sys.modules["__main__"].__dict__.setdefault("display", print)

    def run(self, request: dict) -> None:
        """Run a cell.

        Parameters
        ----------
        request : dict
            As :meth:`Notebook.run` takes it.
        """
        self.notebook.run(
            request["source"],
            request.get("code"),
            wanted=request.get("wanted", ()),
            number=request.get("number"),
            only_definitions=request.get("only_definitions", False),
            show=lambda text: print(text, file=self.out),
        )

    def get(self, request: dict) -> Any:
        """Return a value of the namespace.

        Parameters
        ----------
        request : dict
            Its ``name``.

        Returns
        -------
        object
            None where there is no such name.
        """
        return self.namespace.get(request["name"])

    def call(self, request: dict, arrays: list[bytes]) -> tuple[Any, list]:
        """Call a function, or count the lines that it takes.

        Parameters
        ----------
        request : dict
            What to ``do``, the function's ``name``, and its arguments as ``value``.
        arrays : list of bytes

        Returns
        -------
        result : object
        changed : list
            Positions and names of the arguments that it changed.
        """
        self.handed_over.clear()
        args, named = self.messages.unpack(request["value"], arrays, self.special)
        arguments = [*enumerate(args), *named.items()]
        before = [
            (k, array, array.copy()) for k, value in arguments for array in self.arrays_in(value)
        ]
        function = self.notebook.function(request["name"])
        if function is None:
            raise NameError(f"name '{request['name']}' is not defined")
        with self.standing_in(request.get("instead") or {}):
            if request["do"] == "count":
                result = self.count(function, args, named)
            else:
                result = function(*args, **named)
        changed = dict.fromkeys(k for k, x, old in before if not self.same(x, old))
        return result, list(changed)

    @contextlib.contextmanager
    def standing_in(self, instead: dict[str, int]) -> Iterator[None]:
        """Let names of the namespace stand for functions of the test while the block runs.

        Parameters
        ----------
        instead : dict
            From a name to the number of the function.
        """
        before = {name: self.namespace[name] for name in instead if name in self.namespace}
        self.namespace |= {name: self.special("function", k) for name, k in instead.items()}
        try:
            yield
        finally:
            for name in instead:
                self.namespace.pop(name, None)
            self.namespace |= before

    def arrays_in(self, value: Any) -> Iterator[Any]:
        """Yield the arrays of an argument, those in lists, tuples and dicts too.

        Parameters
        ----------
        value : object

        Yields
        ------
        numpy.ndarray
        """
        if isinstance(value, self.np.ndarray):
            yield value
        elif isinstance(value, list | tuple | dict):
            for part in value.values() if isinstance(value, dict) else value:
                yield from self.arrays_in(part)

    def count(self, function: Callable, args: tuple, named: dict) -> list:
        """Call a function, and count its lines and calls of Python.

        Parameters
        ----------
        function : callable
        args : tuple
        named : dict

        Returns
        -------
        list
            The number, and what the function returned.
        """
        count = 0

        def trace(frame: Any, event: str, argument: Any) -> Any:
            nonlocal count
            count += event in ("call", "line")
            return trace

        self.watch.active = False
        sys.settrace(trace)
        self.watch.active = self.watch.counting = True
        try:
            result = function(*args, **named)
        finally:
            self.watch.active = self.watch.counting = False
            sys.settrace(None)
            self.watch.active = True
        return [count, result]

    def same(self, x: Any, old: Any) -> bool:
        """Return whether an array is still what it was, NaNs and all.

        Parameters
        ----------
        x, old : numpy.ndarray
            Of any shape.

        Returns
        -------
        bool
        """
        return x.shape == old.shape and x.dtype == old.dtype and x.tobytes() == old.tobytes()

    def special(self, name: str, content: Any) -> Any:
        """Make what only a test can send: its functions, its generators, this side's functions.

        Parameters
        ----------
        name : str
            *function*, *student* or *generator*.
        content : object

        Returns
        -------
        object

        Raises
        ------
        MessageError
            If the name is another one.
        """
        if name == "function":

            def handed_over(*args: Any, **named: Any) -> Any:
                return self.call_back(content, args, named)

            self.handed_over[id(handed_over)] = handed_over, content
            return handed_over
        if name == "student":
            return self.notebook.function(content)
        if name == "generator":
            bits = getattr(self.np.random, content["bit_generator"])()
            bits.state = self.messages.unpack(content["state"], [])
            return self.np.random.Generator(bits)
        raise self.messages.MessageError(f"a value of unknown kind {name!r}")

    def call_back(self, number: int, args: tuple, named: dict) -> Any:
        """Call a function of the test, which runs on the other side.

        Parameters
        ----------
        number : int
            Which of those that were handed over.
        args : tuple
        named : dict

        Returns
        -------
        object

        Raises
        ------
        RuntimeError
            If it failed there.
        """
        arrays: list[bytes] = []

        def special(value: Any) -> dict | None:
            handed_over, its_number = self.handed_over.get(id(value), (None, 0))
            return {"function": its_number} if handed_over is value and callable(value) else None

        value = self.messages.pack((args, named), arrays, special)
        self.send({"ask": number, "value": value}, arrays)
        answer, arrays = self.receive()
        if not answer.get("ok"):
            raise RuntimeError("the function that was handed to your code failed: see its input")
        return self.messages.unpack(answer["value"], arrays)

    def answer(self, request: dict, arrays: list[bytes]) -> tuple[dict, list[bytes]]:
        """Do what is asked, whatever comes of it.

        Parameters
        ----------
        request : dict
        arrays : list of bytes

        Returns
        -------
        reply : dict
        arrays : list of bytes
        """
        reply: dict[str, Any] = {"id": request["id"], "ok": True, "value": None, "changed": []}
        blobs: list[bytes] = []
        streams = sys.stdout, sys.stderr
        sys.stdout = sys.stderr = self.out
        self.watch.active = True
        try:
            result = None
            if request["do"] == "run":
                self.run(request)
            elif request["do"] == "settle":
                self.notebook.settle(request["wanted"])
            elif request["do"] == "get":
                result = self.get(request)
            else:
                result, reply["changed"] = self.call(request, arrays)
            reply["value"] = self.messages.pack(result, blobs)
        except BaseException as error:  # SystemExit and KeyboardInterrupt as well
            self.watch.active = False
            blobs.clear()
            reply |= {"ok": False, "value": None, "changed": [], **self.describe(error)}
        finally:
            self.watch.active = False
            sys.stdout, sys.stderr = streams
        reply["text"], reply["lost"] = self.out.take()
        reply["events"], reply["notes"] = self.watch.take(), self.notebook.take_notes()
        return reply, blobs

    def describe(self, error: BaseException) -> dict:
        """Return what may be told of an error.

        Parameters
        ----------
        error : BaseException

        Returns
        -------
        dict
            ``error``, its name and its text; ``where``, the lines of the student's code.
        """
        try:
            text = str(error)[:2000]
        except BaseException:
            text = "(its text could not be read)"
        frames = [
            f"{frame.filename.strip('<>')}, line {frame.lineno}: {frame.line}"
            for frame in traceback.extract_tb(error.__traceback__)
            if frame.filename.startswith("<cell")
        ]
        if isinstance(error, SyntaxError) and (error.filename or "").startswith("<cell"):
            frames = [f"{str(error.filename).strip('<>')}, line {error.lineno}: {error.text or ''}"]
            text = error.msg or ""
        name = type(error).__name__
        return {"error": [str(name)[:100], text], "where": [f[:300] for f in frames[-6:]]}


def main() -> None:
    """Answer requests until there are no more."""
    import json

    settings = json.loads(sys.argv[1])
    sys.argv = [""]
    if settings["user"] is not None:
        drop_privileges(settings["user"])
    limit_resources(settings["limits"])
    incoming, outgoing = os.dup(0), os.dup(1)
    null = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1, 2):
        os.dup2(null, number)

    import cells_inside  # beside it, and in no package there
    import messages

    sys.path.pop(0)  # where this file and the other two are

    def read(n: int) -> bytes:
        data = bytearray()
        while len(data) < n:
            part = os.read(incoming, min(n - len(data), 2**20))
            if not part:
                os._exit(0)
            data += part
        return bytes(data)

    def send(message: dict, arrays: Iterable[bytes] = ()) -> None:
        data = memoryview(messages.to_bytes(message, arrays))
        while data:
            data = data[os.write(outgoing, data) :]

    def receive() -> tuple[dict, list[bytes]]:
        return messages.from_stream(read)

    watch = Watch(settings["readable"])
    runner = Runner(messages, send, receive, watch, cells_inside.Notebook())
    sys.addaudithook(watch)
    while True:
        request, arrays = receive()
        reply, blobs = runner.answer(request, arrays)
        try:
            send(reply, blobs)
        except messages.MessageError as error:
            reply |= {
                "ok": False,
                "value": None,
                "error": ["MessageError", str(error)],
                "where": [],
            }
            reply["text"] = reply["text"][:1000]
            send(reply)


if __name__ == "__main__":
    main()
