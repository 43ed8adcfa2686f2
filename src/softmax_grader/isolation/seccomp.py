"""Which system calls a student's code may make: a list of what Python and NumPy need, no more.

Whatever is not on the list is answered as by a kernel that does not know it (ENOSYS): a library
then takes the way that it keeps for older kernels, and a student's code reads "not implemented".
libseccomp writes the program that the kernel runs, for the machine that it is on.
"""

import contextlib
import errno
import functools
import os
import tempfile
from collections.abc import Iterator
from typing import Any

FILES = """
    access chdir chmod close close_range copy_file_range creat dup dup2 dup3 faccessat faccessat2
    fallocate fchdir fchmod fchmodat fdatasync fstat fstatfs fsync ftruncate getcwd getdents
    getdents64 getxattr fgetxattr lgetxattr listxattr flistxattr llistxattr lseek lstat mkdir
    mkdirat newfstatat open openat pipe pipe2 pread64 preadv pwrite64 pwritev read readlink
    readlinkat readv rename renameat renameat2 rmdir sendfile stat statfs statx truncate umask
    unlink unlinkat utime utimensat utimes write writev
"""
WAITING = """
    alarm clock_getres clock_gettime clock_nanosleep epoll_create epoll_create1 epoll_ctl
    epoll_pwait epoll_wait eventfd2 getitimer gettimeofday nanosleep pause poll ppoll pselect6
    restart_syscall select setitimer time times
"""
MEMORY = "brk membarrier mmap mprotect mremap msync munmap"
THREADS = """
    exit exit_group futex get_robust_list gettid rseq sched_get_priority_max
    sched_get_priority_min sched_getaffinity sched_getparam sched_getscheduler sched_yield
    set_robust_list set_tid_address tgkill wait4
"""
SIGNALS = """
    rt_sigaction rt_sigpending rt_sigprocmask rt_sigreturn rt_sigsuspend rt_sigtimedwait
    sigaltstack
"""
FACTS = """
    getcpu getegid geteuid getgid getgroups getpgid getpgrp getpid getppid getpriority getrandom
    getresgid getresuid getrlimit getrusage getsid getuid sysinfo uname
"""
# How a process begins here: bubblewrap starts Python, which gives up what root may do and takes
# its limits. Afterwards they lead nowhere: a program started so is behind the same walls, there
# are no rights to get back, and limits can only be lowered.
START = "arch_prctl execve setgroups setresgid setresuid setrlimit"

# By name: which argument, and the values that it may have.
CHOICES: dict[str, tuple[int, tuple[int, ...]]] = {
    # F_DUPFD, F_GETFD, F_SETFD, F_GETFL, F_SETFL, F_DUPFD_CLOEXEC: no locks and no leases, for
    # which others would wait, and no signals.
    "fcntl": (1, (0, 1, 2, 3, 4, 1030)),
    # TCGETS, TCGETS2, TIOCGWINSZ, FIONREAD, FIONCLEX, FIOCLEX: what asks, and changes nothing.
    "ioctl": (1, (0x5401, 0x802C542A, 0x5413, 0x541B, 0x5450, 0x5451)),
    # NORMAL, RANDOM, SEQUENTIAL, WILLNEED, DONTNEED, FREE, HUGEPAGE, NOHUGEPAGE.
    "madvise": (2, (0, 1, 2, 3, 4, 8, 14, 15)),
    # PR_SET_NAME, PR_GET_NAME, PR_SET_VMA: names of threads and of memory.
    "prctl": (0, (15, 16, 0x53564D41)),
    "prlimit64": (0, (0,)),  # of itself
}
# All that a thread may share with the others, and have set; then it must be a thread. What makes
# a process, or a world of its own, is among the rest of the bits, and none of the rest may be set.
CLONE_THREAD = 0x0001_0000
SHARED_BY_THREADS = (
    CLONE_THREAD
    | 0x0000_0F00  # VM, FS, FILES, SIGHAND
    | 0x0004_0000  # SYSVSEM
    | 0x0008_0000  # SETTLS
    | 0x0170_0000  # PARENT_SETTID, CHILD_CLEARTID, DETACHED, CHILD_SETTID
)


class NoLibseccompError(Exception):
    """The library that writes the filter is not on this machine."""


def _pyseccomp() -> Any:
    try:
        import pyseccomp  # looks for the library when it is imported
    except (ImportError, RuntimeError, OSError) as error:
        raise NoLibseccompError(
            "libseccomp, which says what student code may ask of the system, cannot be used "
            f"({error}); Debian, Ubuntu: sudo apt install libseccomp2; then: make class"
        ) from None
    return pyseccomp


def _filter(machine: int | None = None) -> Any:
    """Return libseccomp's object for the list, for this machine or another architecture."""
    seccomp = _pyseccomp()
    rules = seccomp.SyscallFilter(defaction=seccomp.ERRNO(errno.ENOSYS))
    # Another machine's numbers, which one processor may understand as well (i386, x32).
    rules.set_attr(seccomp.Attr.ACT_BADARCH, seccomp.ERRNO(errno.ENOSYS))
    if machine is not None:
        rules.add_arch(machine)
        rules.remove_arch(seccomp.Arch.NATIVE)

    def allow(name: str, *conditions: Any) -> None:
        number = seccomp.resolve_syscall(seccomp.Arch.NATIVE, name)
        if number != -1:  # an older libseccomp does not know the newest calls
            rules.add_rule(seccomp.ALLOW, number, *conditions)

    for names in (FILES, WAITING, MEMORY, THREADS, SIGNALS, FACTS, START):
        for name in names.split():
            allow(name)
    for name, (place, values) in CHOICES.items():
        for value in values:
            allow(name, seccomp.Arg(place, seccomp.EQ, value))
    others = 2**64 - 1 - SHARED_BY_THREADS
    allow("clone", seccomp.Arg(0, seccomp.MASKED_EQ, others | CLONE_THREAD, CLONE_THREAD))
    return rules


@functools.cache
def system_call_filter() -> bytes:
    """Return the filter that bubblewrap puts around student code.

    No new processes (threads may start), no sockets, no locks or leases on files, no signals to
    others, no memory outside of what the limits count, nothing of the kernel's deeper parts.

    Returns
    -------
    bytes
        A classic BPF program for this machine.

    Raises
    ------
    NoLibseccompError
        If libseccomp is missing.
    """
    with tempfile.TemporaryFile() as file:
        _filter().export_bpf(file)
        file.seek(0)
        return file.read()


@contextlib.contextmanager
def filter_descriptor() -> Iterator[int]:
    """Open the filter for a program that reads it, as bubblewrap's ``--seccomp`` does.

    Yields
    ------
    int
        The file descriptor; it is closed afterwards.
    """
    reading, writing = os.pipe()
    try:
        try:
            os.write(writing, system_call_filter())  # a pipe takes it whole
        finally:
            os.close(writing)
        yield reading
    finally:
        os.close(reading)
