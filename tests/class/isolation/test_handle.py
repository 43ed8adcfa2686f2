"""Nothing can be reached from inside the sandbox, or left there."""

import pytest
from pyseccomp import Arch, resolve_syscall

from softmax_grader.isolation.handle import Sandbox, SandboxLostError
from softmax_grader.isolation.limits import Limits
from softmax_grader.isolation.own_time import MachineError

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


def test_no_system_call_leads_out(mode):
    def number(name):
        return name if type(name) is int else resolve_syscall(Arch.NATIVE, name)

    calls = {label: (number(name), *rest) for label, (name, *rest) in hostile_walls.CALLS.items()}
    source = f"""
import ctypes, errno, os
CALLS = {calls!r}
def not_refused():
    libc, file = ctypes.CDLL(None, use_errno=True), os.open(os.__file__, os.O_RDONLY)
    found = []
    for label, (number, *rest) in CALLS.items():
        rest = [ctypes.c_long(file if part == "FILE" else part) for part in rest]
        if libc.syscall(ctypes.c_long(number), *rest) != -1 or ctypes.get_errno() != errno.ENOSYS:
            found.append((label, errno.errorcode.get(ctypes.get_errno())))
    return found
"""
    assert printed(source, "print(not_refused())") == "[]\n"


@pytest.mark.parametrize("mode", ["as it is"], indirect=True)
def test_what_honest_code_needs_is_there(mode):
    assert printed(HONEST, "print(work())") == "done\n"


HONEST = """
import numpy as np
def work():
    import concurrent.futures, datetime, os, platform, random, shutil, signal, tempfile, threading
    import time, timeit
    rng = np.random.default_rng(0)
    A = rng.normal(size=(200, 200))
    np.linalg.inv(A), np.linalg.svd(A), np.linalg.eigh(A @ A.T), np.fft.fft2(A), np.sort(A)
    np.random.seed(0), np.random.rand(3), np.random.RandomState(1).permutation(9)
    random.seed(), random.random(), np.random.default_rng().normal()
    np.zeros((1500, 1500)) @ np.ones((1500, 3))
    threads = [threading.Thread(target=time.sleep, args=(0.001,)) for _ in range(4)]
    for thread in threads: thread.start()
    for thread in threads: thread.join(5)
    with concurrent.futures.ThreadPoolExecutor(3) as pool: assert sum(pool.map(int, "123")) == 6
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        np.save("x.npy", A), np.savez("y.npz", A=A), np.savetxt("x.txt", A[:2])
        assert np.array_equal(np.load("x.npy"), np.load("y.npz")["A"])
        np.loadtxt("x.txt"), shutil.copy2("x.txt", "z.txt"), os.rename("z.txt", "w.txt")
        mapped = np.memmap("m", dtype="f8", mode="w+", shape=(100,))
        mapped[:] = 1
        mapped.flush()
        assert len(os.listdir(".")) == 5
        os.chdir("/")
    assert any(part.is_alive() for part in threads) is False
    datetime.datetime.now().astimezone(), platform.platform(), os.cpu_count(), os.getloadavg()
    signal.setitimer(signal.ITIMER_REAL, 0), timeit.timeit("1", number=9), os.get_terminal_size
    try: import matplotlib.pyplot as plt
    except ImportError: return "done"
    figure, axes = plt.subplots()
    axes.plot([1, 2])
    figure.savefig(os.path.join(tempfile.gettempdir(), "x.png"))
    return "done"
"""


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
        process.ask({"do": "run", "source": "x = 1"}, [], seconds=30)
        request = {"do": "run", "source": "import os; os._exit(3)"}
        with pytest.raises(SandboxLostError, match="ended"):
            process.ask(request, [], seconds=30)
        with pytest.raises(SandboxLostError):
            process.ask({"do": "get", "name": "x"}, [], seconds=30)
    finally:
        process.stop()


def test_a_process_that_is_not_ready_in_time_is_the_machines_fault(sandbox):
    process = Sandbox(Limits())
    try:
        with pytest.raises(MachineError, match="did not start: it was not ready within"):
            process.wait_until_ready(0.001)
    finally:
        process.stop()
