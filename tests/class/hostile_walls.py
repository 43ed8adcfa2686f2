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

# System calls of x86-64 that would lead out of the walls, each with arguments that could work.
CALLS = {
    "ptrace, of itself": (101, 0, 0, 0, 0),
    "unshare, a user namespace": (272, 0x10000000),
    "clone, a user namespace": (56, 0x10000000 | 17, 0, 0, 0, 0),
    "clone, a process": (56, 17, 0, 0, 0, 0),
    "clone, as vfork does": (56, 0x4000 | 0x100 | 17, 0, 0, 0, 0),
    "fork": (57,),
    "vfork": (58,),
    "setns": (308, 0, 0),
    "keyctl, the session's keys": (250, 0, -3, 1),
    "add_key": (248, 0, 0, 0, 0, -3),
    "memfd_create": (319, 0, 0),
    "shmget": (29, 0, 4096, 0o1600),
    "io_uring_setup": (425, 1, 0),
    "bpf": (321, 0, 0, 0),
    "perf_event_open": (298, 0, 0, -1, -1, 0),
    "userfaultfd": (323, 0),
    "fsopen": (430, 0, 0),
    "open_tree": (428, -100, 0, 0),
    "mount": (165, 0, 0, 0, 0, 0),
    "chroot": (161, 0),
    "process_vm_readv": (310, 1, 0, 0, 0, 0, 0),
    "pidfd_open": (434, 1, 0),
    "personality": (135, 0x0040000),
    "a socket of the internet": (41, 2, 1, 0),
    "a socket of the internet, version 6": (41, 10, 1, 0),
    "a socket of packets": (41, 17, 3, 0),
    "a socket of the kernel": (41, 16, 3, 0),
    "a socket of virtual machines": (41, 40, 1, 0),
    "a socket of Bluetooth": (41, 31, 3, 0),
    "a socket of the kernel's cryptography": (41, 38, 5, 0),
    "the x32 way": (0x40000000 + 57,),
}
