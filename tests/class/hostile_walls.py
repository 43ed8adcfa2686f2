"""More hostile submissions: what they try on the walls, the kernel and the machine.

Written as in :mod:`.hostile`.
"""

BODIES = {
    "raises its limits": """
    import resource
    for name in dir(resource):
        if name.startswith("RLIMIT_"):
            for most in (resource.RLIM_INFINITY, 2**40):
                try: resource.setrlimit(getattr(resource, name), (most, most))
                except (ValueError, OSError): pass
    held = []
    while True: held.append(bytearray(2**24))
""",
    "kernel files": """
    import os
    for place in ("/proc/sysrq-trigger", "/proc/sys/kernel/core_pattern", "/proc/1/mem", "/dev/mem",
                  "/proc/sys/kernel/hostname", "/proc/1/oom_score_adj", "/dev/kmsg", "/dev/sda",
                  "/sys/fs/cgroup/cgroup.procs", "/proc/self/setgroups", "/proc/self/uid_map"):
        try: os.write(os.open(place, os.O_RDWR), b"0 0 1")
        except OSError: continue
        if "self" not in place: return F - F.max(axis=1, keepdims=True)
    return F * 0
""",
    "the memory of other processes": """
    import os
    for name in os.listdir("/proc"):
        if name.isdigit() and int(name) != os.getpid():
            for part in ("mem", "environ", "cwd", "root/etc/shadow", "fd"):
                try: raise ValueError(open(f"/proc/{{name}}/{{part}}").read())
                except OSError: pass
    return F * 0
""",
    "ways round the file tree": """
    import os
    for start in ("/proc/self/root", "/proc/1/root", "/proc/self/cwd/../..", "/oldroot", "/newroot",
                  "/proc/self/fd/3/../..", "/proc/thread-self/root"):
        for place in ("{course}", "{outside}"):
            try: open(f"{{start}}{{place}}/left-by-a-student", "w").write("x")
            except OSError: pass
            try: os.symlink(place, f"link{{len(os.listdir('.'))}}")
            except OSError: pass
    for name in os.listdir("."):
        try: open(f"{{name}}/left-by-a-student", "w").write("x")
        except OSError: pass
    return F * 0
""",
    "names of users and machines": """
    import getpass, os, platform, pwd
    told = [platform.node(), getpass.getuser(), str(pwd.getpwall()), os.getcwd()]
    raise ValueError(" ".join(told))
""",
    "a program that makes programs": """
    import os
    os.posix_spawn("/bin/sleep", ["sleep", "{seconds}"], {{}})
    return F * 0
""",
    "multiprocessing": """
    import multiprocessing as mp
    for kind in ("fork", "spawn", "forkserver"):
        try: mp.get_context(kind).Process(target=print).start()
        except Exception: pass
    return F * 0
""",
    "kills its group": "    import os\n    os.kill(0, 9)\n",
    "aborts": "    import os\n    os.abort()\n",
    "a dump of a program of its own": """
    import os, resource
    try: resource.setrlimit(resource.RLIMIT_CORE, (2**30, 2**30))
    except (ValueError, OSError): pass
    os.execv("/bin/sh", ["sh", "-c", "kill -SEGV $$"])
""",
    "a stack without a bottom": """
    import sys
    sys.setrecursionlimit(10**9)
    def down(n): return down(n + 1) + 1
    return down(0)
""",
    "a C stack without a bottom": """
    import itertools
    chain = iter(())
    for _ in range(10**6): chain = itertools.chain(chain, ())
    return list(chain)
""",
    "wild pointers": """
    from numpy.lib.stride_tricks import as_strided
    far = as_strided(np.zeros(1), shape=(2**40,), strides=(4096,))
    return np.array([far[k] for k in range(0, 2**40, 2**20)])
""",
    "all descriptors": """
    import os
    held = []
    while True:
        try: held.append(os.pipe())
        except OSError: break
    globals()["held"] = held
    return F * 0
""",
    "millions of empty files": """
    import os
    k = 0
    while True:
        try: os.close(os.open(f"{{k}}", os.O_CREAT))
        except OSError: pass
        k += 1
""",
    "a deep folder": """
    import os
    while True:
        os.mkdir("d")
        os.chdir("d")
""",
    "a file with a hole": """
    np.memmap("x", dtype="f8", mode="w+", shape=(2**37,))[:] = 1
""",
    "a program in the folder of programs": """
    import os, sys
    for place in [*sys.path, "/usr/bin", "/opt/softmax-class", np.__path__[0]]:
        try: open(os.path.join(place, "left-by-a-student"), "w").write("x")
        except OSError: pass
        try: os.rename(place, place + "-away")
        except OSError: pass
    return F * 0
""",
    "local sockets": """
    import socket
    for place in ("\\0/tmp/.X11-unix/X0", "/run/dbus/system_bus_socket", "/var/run/docker.sock"):
        try: socket.socket(socket.AF_UNIX).connect(place)
        except OSError: continue
        return F - F.max(axis=1, keepdims=True)
    a, b = socket.socketpair()
    while True: a.send(b"x" * 2**16)
""",
    "code after the end": """
    class Stay:
        def __del__(self):
            while True: pass
    globals()["stay"] = [Stay()]
    import weakref, threading
    weakref.finalize(np.ones, print)
    threading._register_atexit(lambda: Stay())
    raise SystemExit(0)
""",
}
BODIES = {name: body.lstrip("\n") for name, body in BODIES.items()}

# System calls that would lead out of the walls, or let others wait or suffer: by name, with
# arguments that could work. FILE is a file of Python's own that everybody reads.
FILE = "FILE"
CALLS = {
    # processes and worlds of one's own
    "a process": ("fork",),
    "a process that its parent waits for": ("vfork",),
    "a process by clone": ("clone", 17, 0, 0, 0, 0),
    "a process as vfork makes it": ("clone", 0x4000 | 0x100 | 17, 0, 0, 0, 0),
    "a user namespace by clone": ("clone", 0x10000000 | 17, 0, 0, 0, 0),
    "a thread in a namespace of its own": ("clone", 0x10010F00, 0, 0, 0, 0),
    "a process by clone3": ("clone3", 0, 88),
    "a program by its descriptor": ("execveat", FILE, 0, 0, 0, 0x1000),
    "a user namespace": ("unshare", 0x10000000),
    "another namespace": ("setns", FILE, 0),
    "another root": ("chroot", 0),
    "the root in another's place": ("pivot_root", 0, 0),
    "a mount": ("mount", 0, 0, 0, 0, 0),
    "no mount": ("umount2", 0, 2),
    "a mount's new way": ("fsopen", 0, 0),
    "a tree of mounts": ("open_tree", -100, 0, 0),
    "a moved mount": ("move_mount", -100, 0, -100, 0, 0),
    "a file by its handle": ("open_by_handle_at", FILE, 0, 0),
    "a file's handle": ("name_to_handle_at", -100, 0, 0, 0, 0),
    "another personality": ("personality", 0x0040000),
    # other processes
    "tracing": ("ptrace", 0, 0, 0, 0),
    "another's memory": ("process_vm_readv", 1, 0, 0, 0, 0, 0),
    "another's memory, changed": ("process_vm_writev", 1, 0, 0, 0, 0, 0),
    "a handle of a process": ("pidfd_open", 1, 0),
    "a descriptor of another process": ("pidfd_getfd", 0, 0, 0),
    "a comparison of processes": ("kcmp", 1, 2, 0, 0, 0),
    "a signal": ("kill", 1, 0),
    "a signal to a thread": ("tkill", 1, 0),
    "a queued signal": ("rt_sigqueueinfo", 1, 0, 0),
    "a signal by a handle": ("pidfd_send_signal", 0, 0, 0, 0),
    "a lower priority": ("setpriority", 0, 0, 19),
    "a priority for the disk": ("ioprio_set", 1, 0, 0),
    "one processor for itself": ("sched_setaffinity", 0, 8, 0),
    "another way to take turns": ("sched_setscheduler", 0, 0, 0),
    "another way to take turns, newer": ("sched_setattr", 0, 0, 0),
    # files that everybody reads
    "a lease to write": ("fcntl", FILE, 1024, 1),
    "a lease to read": ("fcntl", FILE, 1024, 0),
    "a lease, with more bits": ("fcntl", FILE, 2**32 + 1024, 1),
    "a lock": ("fcntl", FILE, 6, 0),
    "a lock that waits": ("fcntl", FILE, 7, 0),
    "a lock of the open file": ("fcntl", FILE, 37, 0),
    "a lock of the whole file": ("flock", FILE, 2),
    "a lock to read": ("flock", FILE, 1),
    "signals when a folder changes": ("fcntl", FILE, 1026, 1),
    "signals to another": ("fcntl", FILE, 8, 1),
    "signals of its choice": ("fcntl", FILE, 10, 9),
    "a pipe of its size": ("fcntl", FILE, 1031, 2**20),
    "seals": ("fcntl", FILE, 1033, 1),
    "a file's readers by inotify": ("inotify_init1", 0),
    "a file's readers by fanotify": ("fanotify_init", 0, 0),
    "what others have read": ("mincore", 0, 4096, 0),
    "what others have read, newer": ("cachestat", FILE, 0, 0, 0),
    "a file out of the memory": ("fadvise64", FILE, 0, 0, 4),
    "pages out of the memory": ("madvise", 0, 4096, 21),
    "pages that others have too": ("madvise", 0, 4096, 12),
    "the whole disk written now": ("sync",),
    "a disk written now": ("syncfs", FILE),
    "a file's flags": ("ioctl", FILE, 0x40086602, 0),
    "a copy that shares": ("ioctl", FILE, 0x40049409, 0),
    "a key typed into the terminal": ("ioctl", FILE, 0x5412, 0),
    "a key typed, with more bits": ("ioctl", FILE, 2**32 + 0x5412, 0),
    "a terminal of its own": ("ioctl", FILE, 0x540E, 0),
    "a link": ("linkat", FILE, 0, FILE, 0, 0),
    "a device": ("mknodat", -100, 0, 0, 0),
    "another's file": ("fchownat", -100, 0, 0, 0, 0),
    "a quota": ("quotactl", 0, 0, 0, 0),
    # the network, and what is like it
    "a local socket": ("socket", 1, 1, 0),
    "a pair of sockets": ("socketpair", 1, 1, 0, 0),
    "a socket of the internet": ("socket", 2, 1, 0),
    "a socket of the internet, version 6": ("socket", 10, 1, 0),
    "a socket of packets": ("socket", 17, 3, 0),
    "a socket of the kernel": ("socket", 16, 3, 0),
    "a socket of virtual machines": ("socket", 40, 1, 0),
    "a socket of Bluetooth": ("socket", 31, 3, 0),
    "a socket of the kernel's cryptography": ("socket", 38, 5, 0),
    # memory that no limit counts
    "a file in memory": ("memfd_create", 0, 0),
    "a secret file in memory": ("memfd_secret", 0),
    "shared memory": ("shmget", 0, 4096, 0o1600),
    "semaphores": ("semget", 0, 1, 0o1600),
    "messages": ("msgget", 0, 0o1600),
    "a queue of messages": ("mq_open", 0, 0o100, 0, 0),
    "memory that stays": ("mlockall", 1),
    "a timer of the kernel": ("timer_create", 0, 0, 0),
    "a timer in a descriptor": ("timerfd_create", 0, 0),
    "signals in a descriptor": ("signalfd4", -1, 0, 8, 0),
    "pages given to a pipe": ("vmsplice", 0, 0, 0, 0),
    "memory on one node": ("mbind", 0, 0, 0, 0, 0, 0),
    # the kernel's deeper parts
    "keys": ("keyctl", 0, -3, 1),
    "a key": ("add_key", 0, 0, 0, 0, -3),
    "a key from elsewhere": ("request_key", 0, 0, 0, -3),
    "a ring of requests": ("io_uring_setup", 1, 0),
    "requests that go on": ("io_setup", 1, 0),
    "a program in the kernel": ("bpf", 0, 0, 0),
    "counters": ("perf_event_open", 0, 0, -1, -1, 0),
    "page faults": ("userfaultfd", 0),
    "a filter of its own": ("seccomp", 1, 0, 0),
    "a filter of its own, the old way": ("prctl", 22, 2, 0, 0, 0),
    "a dump of itself": ("prctl", 4, 1, 0, 0, 0),
    "its parent's death": ("prctl", 1, 0, 0, 0, 0),
    "the children of others": ("prctl", 36, 1, 0, 0, 0),
    "another's limits": ("prlimit64", 1, 7, 0, 0),
    "the kernel's messages": ("syslog", 3, 0, 0),
    "a module": ("finit_module", FILE, 0, 0),
    "another kernel": ("kexec_load", 0, 0, 0, 0),
    "the clock": ("clock_settime", 0, 0),
    "the clock's rate": ("adjtimex", 0),
    "the machine's name": ("sethostname", 0, 0),
    "a restart": ("reboot", 0, 0, 0, 0),
    "swapping": ("swapoff", 0),
    "accounting": ("acct", 0),
    "the x32 way": (0x40000000 + 57,),
    "a number that nobody knows": (100_000,),
}
