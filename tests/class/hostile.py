"""Submissions that try to cheat, to break out, or to break the run.

Each is the body of the small assignment's first function, or a whole cell. ``{outside}`` is a
folder beside the course, ``{course}`` the course itself.
"""

BODIES = {
    "a loop that swallows interrupts": """
    while True:
        try:
            while True: pass
        except BaseException: pass
""",
    "sleeps": "    import time\n    time.sleep(1e6)\n",
    "sys.exit": "    import sys\n    sys.exit(0)\n",
    "os._exit": "    import os\n    os._exit(0)\n",
    "raises KeyboardInterrupt": "    raise KeyboardInterrupt\n",
    "kills itself": "    import os, signal\n    os.kill(os.getpid(), signal.SIGKILL)\n",
    "stops itself": "    import os, signal\n    os.kill(os.getpid(), signal.SIGSTOP)\n",
    "kills everything": "    import os\n    os.kill(-1, 9)\n",
    "kills its parents": """
    import os
    for pid in (1, os.getppid(), 2, 3):
        try: os.kill(pid, 9)
        except OSError: pass
""",
    "a fork bomb": """
    import os
    while True:
        try: os.fork()
        except OSError: pass
""",
    "a bomb of threads": """
    import threading, time
    while True:
        try: threading.Thread(target=time.sleep, args=(1e6,)).start()
        except RuntimeError: pass
""",
    "a flood of memory": "    held = []\n    while True: held.append(bytearray(2**24))\n",
    "a flood of big arrays": "    held = []\n    while True: held.append(np.ones(2**22))\n",
    "a flood of shared memory": """
    import ctypes, os
    libc = ctypes.CDLL(None)
    while True:
        if libc.shmget(0, 2**28, 0o1600) < 0: break
    while True: os.write(os.memfd_create("x"), b"x" * 2**24)
""",
    "a flood of the disk": """
    k = 0
    while True:
        try: open(os.path.join(os.sep, "tmp", str(k % 100)), "wb").write(b"x" * 2**20)
        except OSError: pass
        try: open(f"{{k % 100}}", "wb").write(b"x" * 2**20)
        except OSError: pass
        k += 1
""",
    "a flood of output": "    while True: print('x' * 10**6)\n",
    "a flood of output to every descriptor": """
    import os
    for fd in (1, 2):
        for _ in range(1000): os.write(fd, b"x" * 2**16)
    return F * 0
""",
    "a process that stays": """
    import os, subprocess
    try:
        if os.fork() == 0:
            os.setsid()
            os.execvp("sleep", ["sleep", "{seconds}"])
    except OSError: pass
    subprocess.Popen(["sleep", "{seconds}"], start_new_session=True)
    return F * 0
""",
    "a program in its place": """
    import os
    os.execv("/bin/sleep", ["sleep", "{seconds}"])
""",
    "the network": """
    import socket, urllib.request
    try: socket.create_connection(("1.1.1.1", 53), 1)
    except OSError: pass
    urllib.request.urlopen("http://127.0.0.1:8888/")
""",
    "reads the tests": """
    import glob
    text = ""
    for path in ["{course}/source/mini/mini.ipynb", *glob.glob("/**/mini.*", recursive=False)]:
        text += open(path).read()
    exec(text)
""",
    "reads the gradebook": """
    import sqlite3
    base = sqlite3.connect("{course}/gradebook.db")
    base.execute("update grade set auto_score = 100")
    base.commit()
""",
    "reads another student's work": """
    exec(open("{course}/submitted/honest/mini/mini.ipynb").read())
""",
    "reads the environment": """
    import os
    secrets = str(os.environ) + open("/proc/1/environ").read() + open("/proc/self/environ").read()
    raise ValueError(secrets)
""",
    "reads the stack of the tests": """
    import sys, inspect
    frame = sys._getframe()
    while frame:
        for value in list(frame.f_globals.values()) + list(frame.f_locals.values()):
            if "SECRET_OF_THE_GUARD" in str(value)[:9999]: return value
        for name in ("_wanted", "SECRET_OF_THE_GUARD"):
            if name in frame.f_globals: return frame.f_globals[name]
        frame = frame.f_back
""",
    "searches the memory": """
    import gc
    for thing in gc.get_objects():
        if isinstance(thing, dict) and "_wanted" in thing: return thing["_wanted"]
""",
    "writes anywhere": """
    import os
    for place in ("{outside}", "{course}", "/tmp", "/", "/dev/shm", "/usr", os.path.expanduser("~"),
                  "/opt/softmax-class", "/var/tmp", "/sandbox", "/etc"):
        try: open(place + "/left-by-a-student", "w").write("x")
        except OSError: pass
    return F * 0
""",
    "deletes everything": """
    import shutil, os
    for place in ("{outside}", "{course}", "/sandbox", "/tmp", "/opt/softmax-class"):
        shutil.rmtree(place, ignore_errors=True)
        try: os.rename(place, place + "-away")
        except OSError: pass
    return F * 0
""",
    "patches NumPy": """
    for name in ("allclose", "array_equal", "isclose", "all"):
        setattr(np, name, lambda *a, **k: True)
    np.testing.assert_allclose = np.testing.assert_array_equal = lambda *a, **k: None
    np.ndarray.__eq__ = lambda *a: True
""",
    "patches the builtins": """
    import builtins
    builtins.print = builtins.abs = builtins.float = lambda *a, **k: 4
    builtins.AssertionError = type("Quiet", (Exception,), {{}})
    return F * 0
""",
    "patches IPython and the display hook": """
    import sys
    sys.displayhook = lambda value: print(4)
    sys.excepthook = lambda *a: None
    from IPython.core.interactiveshell import InteractiveShell
    InteractiveShell.run_cell = lambda *a, **k: None
    return F * 0
""",
    "lies about equality": """
    class Yes:
        shape = F.shape; dtype = F.dtype; ndim = F.ndim
        def __eq__(self, other): return True
        def __sub__(self, other): return 0
        __rsub__ = __sub__
        def __array__(self, *a, **k): return np.zeros((1,))
        def __float__(self): return 0.0
        def __bool__(self): return True
        def __lt__(self, other): return True
        def __le__(self, other): return True
        def __abs__(self): return 0
        def __array_ufunc__(self, *a, **k): return True
        def __array_function__(self, *a, **k): return True
    return Yes()
""",
    "lies about its shape": """
    class Liar(np.ndarray):
        shape = property(lambda self: (5, 4))
        def __eq__(self, other): return np.ones((5, 4), bool)
        def __array_function__(self, *a, **k): return True
    return np.zeros((1, 1)).view(Liar)
""",
    "a number that lies": """
    class Number(float):
        def __eq__(self, other): return True
        __hash__ = float.__hash__
        def __ge__(self, other): return True
    return Number(4)
""",
    "takes the reference package": """
    import sys
    sys.path += ["/work", "{course}", "{course}/../..", "{sources}", "/usr/lib/python3"]
    import softmax_steps
    return softmax_steps.shift_scores(F)
""",
    "a malicious pickle": """
    import os, pickle
    class Bomb:
        def __reduce__(self): return os.system, ("touch {outside}/left-by-a-student",)
    array = np.empty(1, object)
    array[0] = Bomb()
    np.save("x.npy", array, allow_pickle=True)
    return array
""",
    "a pickle": """
    class Bomb:
        def __reduce__(self): return print, ("gone",)
    return Bomb()
""",
    "a record array": "    return np.zeros(3, dtype=[('a', 'O'), ('b', 'f8')])\n",
    "an enormous array": "    return np.zeros((2**13, 2**13))\n",
    "an array that repeats itself": "    return np.broadcast_to(np.zeros(1), (2**15, 2**15))\n",
    "a deep nest": """
    nest = []
    for _ in range(10**5): nest = [nest]
    return nest
""",
    "a nest in itself": "    nest = []\n    nest.append(nest)\n    return nest\n",
    "an endless generator": "    def more():\n        while True: yield 0\n    return more()\n",
    "a huge number": "    return 10 ** (10**6)\n",
    "a million lists": "    return [[] for _ in range(10**6)]\n",
    "endless recursion": "    return guard(F)\n",
    "an error that cannot be told": """
    class Mute(Exception):
        def __str__(self):
            while True: pass
    raise Mute
""",
    "an error with a dangerous text": """
    raise ValueError("<script>alert(1)</script>\\x1b]0;gone\\x07\\x1b[2J\\u202e" + "x" * 10**6)
""",
    "an error whose name is dangerous": """
    raise type("<img src=x onerror=alert(1)>", (Exception,), {{}})("x")
""",
    "traces the interpreter": """
    import sys
    def trace(frame, event, argument):
        frame.f_locals["result"] = 4
        return trace
    sys.settrace(trace)
    return F * 0
""",
    "atexit": """
    import atexit
    def stay():
        while True: pass
    atexit.register(stay)
    raise SystemExit
""",
    "signal handlers": """
    import signal
    for number in range(1, 65):
        try: signal.signal(number, lambda *a: None)
        except (OSError, ValueError): pass
    while True: pass
""",
    "a full message of its own": """
    import os, json, struct
    def frame(number):
        text = json.dumps({{"id": number, "ok": True, "value": 4, "changed": [], "text": "",
                           "lost": 0, "events": [], "sizes": []}}).encode()
        return struct.pack(">II", len(text), 0) + text
    for fd in range(3, 64):
        try: os.write(fd, b"".join(frame(k) for k in range(50)))
        except OSError: pass
    return 4
""",
    "forged answers from a thread": """
    import os, json, struct, threading, time
    text = json.dumps({{"id": 99, "ok": True, "value": True, "sizes": []}}).encode()
    def forge():
        while True:
            for fd in range(3, 64):
                try: os.write(fd, struct.pack(">II", len(text), 0) + text)
                except OSError: pass
    threading.Thread(target=forge, daemon=True).start()
    return F * 0
""",
    "noise on the channel": """
    import os
    for fd in range(3, 64):
        try: os.write(fd, os.urandom(2**16))
        except OSError: pass
    return 4
""",
    "a header that promises too much": """
    import os, struct
    for fd in range(3, 64):
        try: os.write(fd, struct.pack(">II", 2**32 - 1, 2**32 - 1) + b"x" * 1000)
        except OSError: pass
    return 4
""",
    "half a message": """
    import os, struct, time
    for fd in range(3, 64):
        try: os.write(fd, struct.pack(">II", 1000, 0) + b"{{")
        except OSError: pass
    time.sleep(1e6)
""",
    "nested JSON on the channel": """
    import os, struct
    text = b"[" * 10**5 + b"]" * 10**5
    for fd in range(3, 64):
        try: os.write(fd, struct.pack(">II", len(text), 0) + text)
        except OSError: pass
    return 4
""",
    "an array with a forged header": """
    import os, json, struct, io
    head = b"\\x93NUMPY\\x01\\x00"
    about = b"{{'descr': '<f8', 'fortran_order': False, 'shape': (1000000000000,), }}"
    about = about.ljust(117) + b"\\n"
    blob = head + struct.pack("<H", len(about)) + about
    import gc
    for number in range(1, 20):
        text = json.dumps({{"id": number, "ok": True, "value": {{"array": 0}}, "changed": [],
                           "sizes": [len(blob)]}}).encode()
        for fd in range(3, 64):
            try: os.write(fd, struct.pack(">II", len(text), len(blob)) + text + blob)
            except OSError: pass
    return 4
""",
    "asks for functions it was not given": """
    import os, json, struct, time
    text = json.dumps({{"ask": -1, "value": {{"tuple": []}}, "sizes": []}}).encode()
    for fd in range(3, 64):
        try: os.write(fd, struct.pack(">II", len(text), 0) + text)
        except OSError: pass
    time.sleep(1e6)
""",
    "closes the channel": """
    import os
    os.closerange(0, 100)
    return F * 0
""",
    "changes what runs beside it": """
    import sys, gc
    for thing in gc.get_objects():
        if type(thing).__name__ == "Runner":
            thing.functions.clear()
            thing.answer = lambda request, arrays: (
                {{"id": request["id"], "ok": True, "value": 4}}, [])
            type(thing).answer = lambda self, request, arrays: (
                {{"id": request["id"], "ok": True, "value": True, "text": 5, "events": "x",
                  "lost": "y", "changed": 7, "error": {{}}}}, [])
    sys.modules["messages"].MAX_JSON = 2**40
    return F * 0
""",
    "loads C": """
    import ctypes
    ctypes.string_at(0)
""",
    "system calls": """
    import ctypes
    libc = ctypes.CDLL(None)
    for number in (57, 58, 101, 165, 272, 308, 321, 425, 41): libc.syscall(number, 0, 0, 0, 0)
    libc.unshare(0x10000000)
    libc.mount(b"none", b"/tmp", b"tmpfs", 0, 0)
    return F * 0
""",
}
BODIES = {name: body.lstrip("\n") for name, body in BODIES.items()}

# Whole cells, that run as soon as they are there.
CELLS = {
    "ends the process at once": "import os\nos._exit(0)\n",
    "a loop at once": "while True:\n    pass\n",
    "a flood of output at once": "while True:\n    print('x' * 10**6)\n",
    "input": "answer = input('your grade? ')\nexit()\nquit()\n",
    "shell": "!touch {outside}/left-by-a-student\n%%bash\ntouch {outside}/left-by-a-student\n",
    "its own function in the proxy's place": """
guard = type("G", (), {{"__call__": lambda self, F: F * 0, "changed_arguments": ()}})()
""",
    "a metaclass": """
class Meta(type):
    def __call__(cls, *a): return 4
class guard(metaclass=Meta):
    pass
""",
    "nulls and halves": "guard = '\\ud800\\x00'\n",
    "deep source": "x = " + "(" * 3000 + ")" * 3000 + "\n",
    "long source": "x = [" + "1," * 200_000 + "]\n",
}
