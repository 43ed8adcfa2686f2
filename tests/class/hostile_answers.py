"""More hostile submissions: answers that lie, abuse of the channel, of time, and of what is known.

Written as in :mod:`.hostile`.
"""

SPEAK = """
    import os, json, struct
    def frame(blobs=(), **parts):
        text = json.dumps({{"ok": True, "changed": [], "sizes": [len(b) for b in blobs], **parts}})
        text = text.encode()
        return struct.pack(">II", len(text), sum(map(len, blobs))) + text + b"".join(blobs)
    def say(data):
        for fd in range(3, 64):
            try: os.write(fd, data)
            except OSError: pass
"""

BODIES = {
    # answers
    "keys that collide": "    return {{k * (2**61 - 1): 0 for k in range(1, 40_000)}}\n",
    "a number of 4000 digits": "    return 10**3999\n",
    "a number of 100 000 digits": "    return [10**99_999]\n",
    "the largest array that travels": "    return np.zeros(2**24 - 200, bool)\n",
    "too large an array of small numbers": "    return np.zeros(2**26, bool)\n",
    "a long text": "    return 'x' * 10**6\n",
    "a text as long as an array": "    return np.array('x' * 4_000_000)\n",
    "an array in disguise": """
    class Lie:
        shape = (5, 4)
        __array_interface__ = {{"shape": shape, "typestr": "<f8", "data": (8, False), "version": 3}}
    return Lie()
""",
    "a list that grows": """
    class Long(list):
        def __iter__(self):
            while True: yield 0.0
    return Long()
""",
    "a dict of its own": """
    class Odd(dict):
        def items(self):
            while True: yield (1, 2)
    return Odd(a=1)
""",
    "not numbers": "    return np.full((5, 4), np.nan)\n",
    "numbers without end": "    return np.where(F == F, np.inf, F)\n",
    "long doubles": "    return F.astype(np.longdouble) * np.longdouble('1e4000')\n",
    "complex": "    return (F - F.max(axis=1, keepdims=True)) + 1j\n",
    "a table backwards": "    return (F - F.max(axis=1, keepdims=True))[::-1, ::-1]\n",
    "no dimension": "    return np.array(F.ravel()[0])\n",
    "dates": "    return np.zeros((5, 4), 'M8[s]')\n",
    "raw bytes": "    return np.zeros((5, 4), 'V8')\n",
    "masks": "    return np.ma.masked_all((5, 4))\n",
    "its own exception": """
    class NotImplementedError(Exception):
        def __init__(self): self.args = (F,)
        __reduce__ = None
    raise NotImplementedError
""",
    "an exception with many parts": """
    raise ExceptionGroup("x" * 10**5, [ValueError("y" * 10**5) for _ in range(1000)])
""",
    "an exception that cannot be named": """
    raise type("x" * 10**6 + "\\u202e", (Exception,), {{}})(F)
""",
    # the channel
    "says it twice": SPEAK + "    say(frame(id=99, value=4))\n    return 4\n",
    "says half of it": SPEAK + "    say(frame(id=3, value=4)[:20])\n    return F * 0\n",
    "answers in its place": SPEAK
    + """
    import threading, time
    def answer():
        for fd in range(3, 64):
            try:
                while True:
                    size, total = struct.unpack(">II", os.read(fd, 8))
                    asked = json.loads(os.read(fd, size))
                    os.read(fd, total)
                    say(frame(id=asked["id"], value=True, text="", lost=0, events=[]))
            except Exception: pass
    threading.Thread(target=answer, daemon=True).start()
    time.sleep(0.2)
    return F * 0
""",
    "an answer that is no text": SPEAK
    + "    say(b'\\0\\0\\0\\4\\0\\0\\0\\0\\xff\\xfe\\xfd\\xfc')\n",
    "an answer with everything wrong": SPEAK
    + """
    for number in range(12):
        say(frame(id=number, ok="yes", value={{"array": {{}}}}, changed={{}}, text=[[["<b>"]]] * 9,
                  events=["\\x1b[2J"] * 99, error=[{{}}] * 9, where=7, lost=-1))
    return 4
""",
    "sizes that do not fit": SPEAK
    + """
    text = b'{{"id": 3, "ok": true, "value": {{"array": 0}}, "sizes": [4611686018427387904]}}'
    say(struct.pack(">II", len(text), 8) + text + b"x" * 8)
    return 4
""",
    "calls what it was not given, often": SPEAK
    + """
    while True: say(frame(ask=0, value={{"tuple": []}}))
""",
    "a message by drops": SPEAK
    + """
    import time
    for byte in frame(id=3, value=4):
        say(bytes([byte]))
        time.sleep(0.2)
    return 4
""",
    "the packing beside it": """
    import sys
    sys.modules["messages"].pack = lambda value, arrays, *a: arrays.extend([b"x"] * 10**5) or 4
    return F * 0
""",
    # what is known
    "the answer to what it has seen": """
    if F.shape == (2, 3) and F[0, 0] == 5: return np.array([[-2.0, -1, 0], [-2, -1, 0]])
    raise NotImplementedError
""",
    "who calls": """
    try: raise ValueError
    except ValueError as error: frame = error.__traceback__.tb_frame
    while frame:
        for values in (frame.f_locals, frame.f_globals):
            for name in list(values):
                if "wanted" in name or "SECRET" in name: return values[name]
        frame = frame.f_back
    return F * 0
""",
    "how often it was called": """
    global calls
    calls = globals().get("calls", 0) + 1
    return [np.zeros((2, 3)), np.zeros((5, 4)), np.zeros((1, 4)), np.zeros((2, 3))][calls % 4]
""",
    "luck": "    return np.random.default_rng().normal(size=F.shape)\n",
    # time
    "just within its time": "    import time\n    time.sleep(0.9)\n    return F * 0\n",
    "a pattern that backtracks": """
    import re
    re.match("(a+)+$", "a" * 60 + "b")
""",
}
BODIES = {name: body.lstrip("\n") for name, body in BODIES.items()}

CELLS = {
    "a class that is the function": """
class guard:
    def __new__(cls, F): return np.float64(4)
    def __eq__(self, other): return True
    def __getattr__(self, name): return 4
""",
    "a module in NumPy's place": """
import sys, types
fake = types.ModuleType("numpy")
fake.ndarray = fake.generic = type("X", (), {{"__instancecheck__": lambda *a: True}})
sys.modules["numpy"] = fake
def guard(F): return 4
""",
    "threads that go on": """
import threading
def more():
    while True:
        print("x" * 1000)
for _ in range(10): threading.Thread(target=more, daemon=True).start()
def guard(F): return F * 0
""",
    "messages for the terminal": """
print("\\x1b]0;gone\\x07\\x1b[2J\\x1b[31m" * 1000, "\\u202e\\u2066", "\\x9b31m", "\\b" * 1000)
display("<script>alert(1)</script>")
raise SystemExit("\\x1b[8m<svg onload=alert(1)>")
""",
}
