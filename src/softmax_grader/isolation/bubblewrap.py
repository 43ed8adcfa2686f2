"""The walls around a student's code: the command line of bubblewrap.

Inside there is Python with NumPy, an empty folder, and nothing else: no network, no other
process, no file of the course, no environment, none of this book's packages. Time, memory, disk
and output are bounded. It works for an ordinary user and for root.
"""

import functools
import os
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Iterable
from pathlib import Path

from softmax_grader.isolation.limits import Limits
from softmax_grader.isolation.seccomp import NoLibseccompError, filter_descriptor

HERE = Path(__file__).resolve().parent
INSIDE = "/opt/softmax-class"  # the folder of our files that run inside
WORK = "/sandbox"
OURS = ("softmax_steps", "softmax_book", "softmax_grader", "nbgrader")


class SandboxError(Exception):
    """The sandbox cannot be used here."""


def python_folders() -> tuple[Path, list[Path], list[Path]]:
    """Return where Python is.

    Returns
    -------
    interpreter : Path
    folders : list of Path
        Those of Python itself.
    packages : list of Path
        Those of installed packages.
    """
    base = Path(sys.base_prefix).resolve()
    interpreter = Path(getattr(sys, "_base_executable", sys.executable)).resolve()
    names = ("purelib", "platlib")
    packages = {Path(sysconfig.get_path(name)).resolve() for name in names}
    packages |= {Path(p).resolve() for p in sys.path if p.endswith("-packages")}
    stdlib = Path(sysconfig.get_path("stdlib")).resolve()
    return interpreter, [base, stdlib.parent.parent], sorted(p for p in packages if p.is_dir())


def _is_within(path: Path, folders: Iterable[Path]) -> bool:
    """Return whether `path` is one of `folders` or below one."""
    return any(path.is_relative_to(folder) for folder in folders)


@functools.cache
def _bubblewrap_can(option: str) -> bool:
    """Return whether the installed bubblewrap has an option; older ones lack some."""
    run = subprocess.run(["bwrap", "--help"], capture_output=True, text=True, check=False)
    return option in run.stdout + run.stderr


def bubblewrap_command(
    *,
    limits: Limits,
    as_root: bool,
    hidden: Iterable[str | Path] = (),
    filter_number: int | None = None,
) -> list[str]:
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

    Returns
    -------
    list of str
    """
    _, folders, packages = python_folders()
    command = ["bwrap", "--unshare-pid", "--unshare-net", "--unshare-ipc", "--unshare-uts"]
    command += ["--unshare-cgroup-try", "--die-with-parent", "--new-session", "--cap-drop", "ALL"]
    if as_root:
        command += ["--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID"]
    else:
        command += ["--unshare-user", "--uid", "1000", "--gid", "1000"]
        if _bubblewrap_can("--disable-userns"):
            command += ["--disable-userns"]
    command += ["--hostname", "sandbox"]
    # First what can be written, so that a Python that is installed below it is not covered.
    size = ["--size", str(limits.disk_mb * 2**20)] if _bubblewrap_can("--size") else []
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
    shown = [folder for folder in [*folders, *packages] if not _is_within(folder, seen)]
    parents = {
        parent for path in [*shown, Path("/etc/x"), Path(INSIDE, "x")] for parent in path.parents
    }
    for parent in sorted(parents - {Path("/"), Path("/tmp"), Path(WORK)}):
        if not _is_within(parent, [*seen, *shown]):
            command += ["--perms", "0755", "--dir", str(parent)]
    for name in ("/etc/ld.so.cache", "/etc/localtime", "/etc/fonts"):
        command += ["--ro-bind-try", name, name]
    for folder in shown:
        if not _is_within(folder, seen):
            command += ["--ro-bind", str(folder), str(folder)]
            seen.append(folder)
    # Packages of ours that are installed among the others, and folders that lie within them.
    masked = [p / name for p in packages for name in OURS if (p / name).is_dir()]
    masked += [path for path in map(Path, hidden) if path.is_dir()]
    for path in masked:
        if _is_within(path.resolve(), seen):
            command += ["--tmpfs", str(path.resolve()), "--remount-ro", str(path.resolve())]
    for name in ("messages.py", "cells_inside.py", "inside.py"):
        command += ["--ro-bind", str(HERE / name), f"{INSIDE}/{name}"]
    command += ["--proc", "/proc", "--dev", "/dev", "--remount-ro", "/dev"]
    command += ["--remount-ro", "/", "--chdir", WORK, "--clearenv"]
    for name, value in inside_environment(packages).items():
        command += ["--setenv", name, value]
    if filter_number is not None:
        command += ["--seccomp", str(filter_number)]
    return [*command, "--"]


def inside_environment(packages: Iterable[Path]) -> dict[str, str]:
    """Return the whole environment of the process inside: nothing of this machine's is in it.

    Parameters
    ----------
    packages : iterable of Path
        Folders of installed packages that it may import.

    Returns
    -------
    dict
    """
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


def _try_walls(*, as_root: bool) -> subprocess.CompletedProcess[str]:
    """Run a program that does nothing behind the walls."""
    try:
        with filter_descriptor() as number:
            command = bubblewrap_command(limits=Limits(), as_root=as_root, filter_number=number)
            return subprocess.run(
                [*command, "/bin/true"],
                env={},
                capture_output=True,
                text=True,
                check=False,
                pass_fds=(number,),
            )
    except NoLibseccompError as error:
        raise SandboxError(str(error)) from None


@functools.cache
def find_mode() -> str:
    """Return the way in which bubblewrap works here.

    Returns
    -------
    str
        ``"root"`` or ``"user"``.

    Raises
    ------
    SandboxError
        If bubblewrap or libseccomp is missing, or the walls cannot be built.
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
    reason = ""
    for mode in modes:
        run = _try_walls(as_root=mode == "root")
        if run.returncode == 0:
            return mode
        reason = run.stderr.strip().splitlines()[-1] if run.stderr.strip() else "no reason given"
    forbidden = Path("/proc/sys/kernel/apparmor_restrict_unprivileged_userns")
    if forbidden.is_file() and forbidden.read_text().strip() == "1":
        reason += f"; Ubuntu allows it with: sudo sysctl kernel.{forbidden.name}=0"
    raise SandboxError(f"bubblewrap cannot build its walls here ({reason[:250]})")
