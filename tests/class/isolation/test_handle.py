"""Nothing can be reached from inside the sandbox, or left there."""

import platform
import time

import pytest

from softmax_grader.isolation.handle import Sandbox, SandboxLostError
from softmax_grader.isolation.limits import Limits

from .. import hostile_walls
from ..examining import printed


@pytest.fixture(params=["as it is", "user"])
def mode(request, monkeypatch, sandbox):
    """Root needs no user namespace; an ordinary user has one, and so do these walls."""
    if request.param == "user":
        from softmax_grader.isolation import handle as module

        monkeypatch.setattr(module, "find_mode", lambda: "user")
    return request.param


def test_nothing_can_be_reached_or_left(mode):
    text = printed(PROBE, "print(probe())")
    assert "inside: []" in text, text


@pytest.mark.skipif(platform.machine() != "x86_64", reason="the numbers are those of x86-64")
def test_no_system_call_leads_out(mode):
    source = f"""
import ctypes
CALLS = {hostile_walls.CALLS!r}
def out():
    libc = ctypes.CDLL(None, use_errno=True)
    return [name for name, call in CALLS.items() if libc.syscall(*call) != -1]
"""
    assert printed(source, "print(out())") == "[]\n"


def test_a_flood_of_empty_files_is_stopped_early(mode):
    source = "import os\ndef f():\n    k = 0\n    while True:\n"
    source += "        os.close(os.open(f'{k}', os.O_CREAT))\n        k += 1\n"
    # Where its time had run out, it would be told that.
    text = printed(source, "f()", limits={"call_seconds": 60, "total_seconds": 60})
    assert "too many files" in text


PROBE = """
def probe():
    import os, socket
    out = []
    for what in (
        lambda: os.fork(),
        lambda: open("/left-by-a-student", "w"),
        lambda: open("/etc/passwd").read(),
        lambda: socket.socket(),
        lambda: __import__("softmax_steps"),
        lambda: os.listdir("/home"),
        lambda: os.listdir(os.path.join(os.sep, "root", ".ssh")),
        lambda: os.setuid(0) if os.getuid() else None.x,
        lambda: open("/dev/shm/left-by-a-student", "w"),
    ):
        try:
            out.append(repr(what()))
        except Exception as error:
            pass
    return f"inside: {out}"
"""


def test_a_process_that_is_gone_is_told(sandbox):
    process = Sandbox(Limits())
    try:
        process.ask({"do": "run", "source": "x = 1"}, [], until=time.monotonic() + 30)
        request = {"do": "run", "source": "import os; os._exit(3)"}
        with pytest.raises(SandboxLostError, match="ended"):
            process.ask(request, [], until=time.monotonic() + 30)
        with pytest.raises(SandboxLostError):
            process.ask({"do": "get", "name": "x"}, [], until=time.monotonic() + 30)
    finally:
        process.stop()
