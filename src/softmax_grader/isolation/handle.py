"""The sandbox: a process for a student's code, walled in by bubblewrap, and how to talk to it.

Inside there is Python with NumPy, an empty folder, and nothing else: no network, no other
process, no file of the course, no environment, none of this book's packages. Time, memory, disk
and output are bounded. It works for an ordinary user and for root.
"""

import contextlib
import functools
import json
import os
import platform
import select
import shutil
import struct
import subprocess
import sys
import sysconfig
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from softmax_grader.isolation import messages

HERE = Path(__file__).resolve().parent
INSIDE = "/opt/softmax-class"
WORK = "/sandbox"
OURS = ("softmax_steps", "softmax_book", "softmax_grader", "nbgrader")
MAX_FILES = 2000  # empty ones have no size, but each takes a kilobyte of the machine's memory
LOOK_SECONDS = 0.2
FIRST_USER = 61_000  # numbers for the users that root lets student code run as


class SandboxError(Exception):
    """The sandbox cannot be used here."""


class WorkerLostError(Exception):
    """The student's process ended, did not answer in time, or spoke out of turn."""


@dataclass(frozen=True)
class Limits:
    """What a student's code may use."""

    call_seconds: float = 10.0
    total_seconds: float = 60.0
    memory_mb: int = 512
    disk_mb: int = 16
    threads: int = 16

    def as_resources(self):
        """Return the limits by the names of the ``resource`` module."""
        return {
            "AS": self.memory_mb * 2**20,
            "DATA": self.memory_mb * 2**20,
            "FSIZE": self.disk_mb * 2**20,
            "CPU": int(2 * self.total_seconds) + 10,
            "NPROC": self.threads,
            "NOFILE": 64,
            "CORE": 1,  # with 0 a system that hands dumps to a program would still make one
            "MEMLOCK": 65536,
            "MSGQUEUE": 0,
        }


# --- system calls that no exercise needs ---

# By name: number on x86-64, number on 64-bit ARM (None where there is none).
FORBIDDEN = {
    "fork": (57, None),
    "vfork": (58, None),
    "ptrace": (101, 117),
    "shmget": (29, 194),
    "semget": (64, 190),
    "msgget": (68, 186),
    "mount": (165, 40),
    "umount2": (166, 39),
    "pivot_root": (155, 41),
    "chroot": (161, 51),
    "setns": (308, 268),
    "unshare": (272, 97),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "pidfd_open": (434, 434),
    "pidfd_getfd": (438, 438),
    "kcmp": (312, 272),
    "open_by_handle_at": (304, 265),
    "personality": (135, 92),
    "syslog": (103, 116),
    "fsopen": (430, 430),
    "open_tree": (428, 428),
    "move_mount": (429, 429),
    "mount_setattr": (442, 442),
    "memfd_create": (319, 279),
    "memfd_secret": (447, 447),
    "bpf": (321, 280),
    "perf_event_open": (298, 241),
    "userfaultfd": (323, 282),
    "io_uring_setup": (425, 425),
    "keyctl": (250, 219),
    "add_key": (248, 217),
    "request_key": (249, 218),
    "kexec_load": (246, 104),
    "init_module": (175, 105),
    "finit_module": (313, 273),
}
CLONE, CLONE3, SOCKET = (56, 220), (435, 435), (41, 198)
ARCHITECTURES = {"x86_64": (0, 0xC000003E), "aarch64": (1, 0xC00000B7)}
LOAD, EQUAL, AT_LEAST, ANY_BIT, RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
ALLOW, KILL = 0x7FFF0000, 0x80000000
EPERM, ENOSYS = 0x00050001, 0x00050026
CLONE_THREAD, AF_UNIX = 0x00010000, 1


def system_call_filter(machine):
    """Return the filter (a classic BPF program) that bubblewrap puts around student code.

    No new processes (threads may start), no sockets but local ones, no memory outside of what the
    limits count, nothing of the kernel's deeper parts. Returns None for a machine that is
    not known here; the other walls stand without it.
    """
    if machine not in ARCHITECTURES:
        return None
    column, audit = ARCHITECTURES[machine]
    program = []

    def add(code, value, if_true=0, if_false=0):
        program.append(struct.pack("<HBBI", code, if_true, if_false, value))

    def refuse(number, answer):
        add(EQUAL, number, 0, 1)
        add(RETURN, answer)

    add(LOAD, 4)
    add(EQUAL, audit, 1, 0)
    add(RETURN, KILL)
    add(LOAD, 0)
    if machine == "x86_64":
        add(AT_LEAST, 0x40000000, 0, 1)  # the x32 way round the numbers below
        add(RETURN, EPERM)
    for numbers in FORBIDDEN.values():
        if numbers[column] is not None:
            refuse(numbers[column], EPERM)
    refuse(CLONE3[column], ENOSYS)  # the C library then takes clone, whose flags can be read
    add(EQUAL, CLONE[column], 0, 4)
    add(LOAD, 16)
    add(ANY_BIT, CLONE_THREAD, 1, 0)
    add(RETURN, EPERM)
    add(LOAD, 0)
    add(EQUAL, SOCKET[column], 0, 4)
    add(LOAD, 16)
    add(EQUAL, AF_UNIX, 1, 0)
    add(RETURN, EPERM)
    add(LOAD, 0)
    add(RETURN, ALLOW)
    return b"".join(program)


# --- what is inside ---


def python_folders():
    """Return (interpreter, folders of Python itself, folders of packages)."""
    base = Path(sys.base_prefix).resolve()
    interpreter = Path(getattr(sys, "_base_executable", sys.executable)).resolve()
    names = ("purelib", "platlib")
    packages = {Path(sysconfig.get_path(name)).resolve() for name in names}
    packages |= {Path(p).resolve() for p in sys.path if p.endswith("-packages")}
    stdlib = Path(sysconfig.get_path("stdlib")).resolve()
    return interpreter, [base, stdlib.parent.parent], sorted(p for p in packages if p.is_dir())


def is_within(path, folders):
    """Return whether `path` is one of `folders` or below one."""
    return any(path.is_relative_to(folder) for folder in folders)


@functools.cache
def bubblewrap_can(word):
    """Return whether the installed bubblewrap has the option `word`; older ones lack some."""
    run = subprocess.run(["bwrap", "--help"], capture_output=True, text=True, check=False)
    return word in run.stdout + run.stderr


def bubblewrap_command(*, limits, as_root, hidden=(), filter_number=None):
    """Return the command line that walls in whatever follows it.

    Parameters
    ----------
    limits : Limits
    as_root : bool
        Whether root starts it: root needs no user namespace, and its student code
        becomes an unprivileged user of its own.
    hidden : iterable of Path
        Folders that must not be seen, wherever they are.
    filter_number : int, optional
        File descriptor to read the system call filter from.
    """
    _, folders, packages = python_folders()
    command = ["bwrap", "--unshare-pid", "--unshare-net", "--unshare-ipc", "--unshare-uts"]
    command += ["--unshare-cgroup-try", "--die-with-parent", "--new-session", "--cap-drop", "ALL"]
    if as_root:
        command += ["--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID"]
    else:
        command += ["--unshare-user", "--uid", "1000", "--gid", "1000"]
        if bubblewrap_can("--disable-userns"):
            command += ["--disable-userns"]
    command += ["--hostname", "sandbox"]
    # First what can be written, so that a Python that is installed below it is not covered.
    size = ["--size", str(limits.disk_mb * 2**20)] if bubblewrap_can("--size") else []
    for name in ("/tmp", WORK):
        command += ["--perms", "1777", *size, "--tmpfs", name]
    command += ["--ro-bind", "/usr", "/usr"]
    for name in ("/bin", "/lib", "/lib32", "/lib64", "/sbin"):
        path = Path(name)
        if path.is_symlink():
            command += ["--symlink", str(path.readlink()), name]
        elif path.is_dir():
            command += ["--ro-bind", name, name]
    seen = [Path("/usr")]
    shown = [folder for folder in [*folders, *packages] if not is_within(folder, seen)]
    parents = {
        parent for path in [*shown, Path("/etc/x"), Path(INSIDE, "x")] for parent in path.parents
    }
    for parent in sorted(parents - {Path("/"), Path("/tmp"), Path(WORK)}):
        if not is_within(parent, [*seen, *shown]):
            command += ["--perms", "0755", "--dir", str(parent)]
    for name in ("/etc/ld.so.cache", "/etc/localtime", "/etc/fonts"):
        command += ["--ro-bind-try", name, name]
    for folder in shown:
        if not is_within(folder, seen):
            command += ["--ro-bind", str(folder), str(folder)]
            seen.append(folder)
    # Packages of ours that are installed among the others, and folders that lie within them.
    masked = [p / name for p in packages for name in OURS if (p / name).is_dir()]
    masked += [path for path in map(Path, hidden) if path.is_dir()]
    for path in masked:
        if is_within(path.resolve(), seen):
            command += ["--tmpfs", str(path.resolve()), "--remount-ro", str(path.resolve())]
    for name in ("messages.py", "inside.py"):
        command += ["--ro-bind", str(HERE / name), f"{INSIDE}/{name}"]
    command += ["--proc", "/proc", "--dev", "/dev", "--remount-ro", "/dev"]
    command += ["--remount-ro", "/", "--chdir", WORK, "--clearenv"]
    for name, value in worker_environment(packages).items():
        command += ["--setenv", name, value]
    if filter_number is not None:
        command += ["--seccomp", str(filter_number)]
    return [*command, "--"]


def worker_environment(packages):
    """Return the whole environment of a worker: one thread, and nothing of this machine's."""
    threads = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
    return {
        "PATH": "/usr/bin:/bin",
        "HOME": WORK,
        "LANG": "C.UTF-8",
        "PYTHONPATH": os.pathsep.join(map(str, packages)),
        "PYTHONHASHSEED": "0",
        "MPLBACKEND": "Agg",
        "MPLCONFIGDIR": "/tmp",
        **dict.fromkeys(threads, "1"),
    }


@functools.cache
def find_mode():
    """Return ``"root"`` or ``"user"``, whichever way bubblewrap works here.

    Raises
    ------
    SandboxError
        If bubblewrap is missing or cannot build its walls.
    """
    if sys.platform != "linux":
        raise SandboxError(
            "student code is walled in by bubblewrap, which needs Linux (on Windows: WSL)"
        )
    if shutil.which("bwrap") is None:
        raise SandboxError(
            "bubblewrap is not installed (Debian, Ubuntu: sudo apt install bubblewrap)"
        )
    modes = ["root", "user"] if os.geteuid() == 0 else ["user"]
    said = ""
    for mode in modes:
        command = bubblewrap_command(limits=Limits(), as_root=mode == "root")
        run = subprocess.run(
            [*command, "/bin/true"], env={}, capture_output=True, text=True, check=False
        )
        if run.returncode == 0:
            return mode
        said = run.stderr.strip().splitlines()[-1] if run.stderr.strip() else "no reason given"
    forbidden = Path("/proc/sys/kernel/apparmor_restrict_unprivileged_userns")
    if forbidden.is_file() and forbidden.read_text().strip() == "1":
        said += f"; Ubuntu allows it with: sudo sysctl kernel.{forbidden.name}=0"
    raise SandboxError(f"bubblewrap cannot build its walls here ({said[:250]})")


class Worker:
    """One process for one student's code.

    Parameters
    ----------
    limits : Limits
    hidden : iterable of Path
        Folders that must not be seen from inside.
    unsafe : bool
        Without bubblewrap: the same process and the same limits, but no walls.
    """

    def __init__(self, limits, *, hidden=(), unsafe=False):
        self.number, self.inner = 0, None
        self.folder = None
        interpreter, folders, packages = python_folders()
        settings = {"limits": limits.as_resources(), "user": None}
        settings["readable"] = [str(p) for p in [*folders, *packages, "/usr", "/lib", "/etc", WORK]]
        if unsafe:
            settings["limits"].pop("NPROC")  # it would count the teacher's own processes
            script, prefix = str(HERE / "inside.py"), []
            self.folder = tempfile.mkdtemp(prefix="softmax-class-")
            environment = worker_environment(packages) | {"HOME": self.folder}
            self._start(interpreter, script, prefix, settings, environment, ())
            return
        as_root = find_mode() == "root"
        if as_root:
            settings["user"] = FIRST_USER + os.getpid() % 4000
        program = system_call_filter(platform.machine())
        script, reading = f"{INSIDE}/inside.py", None
        try:
            if program is not None:
                reading, writing = os.pipe()
                os.write(writing, program)
                os.close(writing)
            prefix = bubblewrap_command(
                limits=limits, as_root=as_root, hidden=hidden, filter_number=reading
            )
            fds = () if reading is None else (reading,)
            self._start(interpreter, script, prefix, settings, {}, fds)
        finally:
            if reading is not None:
                os.close(reading)

    def _start(self, interpreter, script, prefix, settings, environment, fds):
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
        os.set_blocking(self.process.stdin.fileno(), False)
        os.set_blocking(self.process.stdout.fileno(), False)

    def stop(self):
        """End the process and all that it started."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, 9)  # without bubblewrap: its children too
        self.process.kill()
        self.process.wait()
        self.process.stdin.close()
        self.process.stdout.close()
        if self.folder:
            shutil.rmtree(self.folder, ignore_errors=True)

    def ask(self, request, arrays, *, until, call_back=None):
        """Send a request and return (answer, arrays).

        The answer holds a value and texts, whoever wrote it. A process that says something before
        it is asked, or answers another question, is not listened to again.

        Parameters
        ----------
        request : dict
        arrays : list of bytes
        until : float
            The moment, by ``time.monotonic()``, at which to stop waiting.
        call_back : callable, optional
            ``call_back(message, arrays) -> (message, arrays)`` for the functions that a test hands
            over.

        Raises
        ------
        WorkerLostError
        """
        if select.select([self.process.stdout], [], [], 0)[0]:
            if self.process.poll() is None and os.read(self.process.stdout.fileno(), 1):
                raise WorkerLostError("it spoke before it was asked")
            raise WorkerLostError("it ended")
        self._look_at_files()
        self.number += 1
        self._write(messages.to_bytes({**request, "id": self.number}, arrays), until)
        while True:
            try:
                answer, blobs = messages.from_stream(lambda n: self._read(n, until))
            except messages.MessageError as error:
                raise WorkerLostError(f"it sent what is no answer: {error}") from None
            if call_back is None or "ask" not in answer:
                break
            reply, parts = call_back(answer, blobs)
            self._write(messages.to_bytes(reply, parts), until)
        if answer.get("id") != self.number:
            raise WorkerLostError("it answered another question")
        return answer, blobs

    def _look_at_files(self):
        """End a process that fills the memory with files; no limit of the kernel's counts them."""
        if (
            self.folder is not None or self.number < 2
        ):  # at first its folders are still the machine's
            return
        own = self.process.pid
        for name in (WORK, "/tmp"):
            try:
                if self.inner is None:  # bubblewrap waits outside; its child is inside
                    text = Path(f"/proc/{own}/task/{own}/children").read_text()
                    self.inner = text.split()[0]
                about = os.statvfs(f"/proc/{self.inner}/root{name}")
            except (OSError, IndexError):
                return
            if about.f_files - about.f_ffree > MAX_FILES:
                raise WorkerLostError("it made too many files")

    def _read(self, n, until):
        data, source = bytearray(), self.process.stdout
        while len(data) < n:
            left = until - time.monotonic()
            if left <= 0:
                raise WorkerLostError("it did not answer in time")
            if not select.select([source], [], [], min(left, LOOK_SECONDS))[0]:
                self._look_at_files()
                continue
            part = os.read(source.fileno(), min(n - len(data), 2**20))
            if not part:
                raise WorkerLostError("it ended")
            data += part
        return bytes(data)

    def _write(self, data, until):
        data, target = memoryview(data), self.process.stdin
        while data:
            left = until - time.monotonic()
            if left <= 0 or not select.select([], [target], [], left)[1]:
                raise WorkerLostError("it did not listen")
            try:
                data = data[os.write(target.fileno(), data[: 2**16]) :]
            except BrokenPipeError:
                raise WorkerLostError("it ended") from None


def limits_from(settings):
    """Return the limits that `settings` (part of a course's settings) asks for."""
    known = asdict(Limits())
    return Limits(**{name: value for name, value in settings.items() if name in known})
