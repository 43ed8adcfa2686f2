"""What must hold against a hostile submission: one class, most of it hostile, graded in one run.

For each: no more points than the stub, no other student's row changed, no file outside touched,
nothing left running, the run goes on, and the teacher sees a flag.
"""

import json
import platform
import re
import struct
import time
from html import escape, unescape
from pathlib import Path

import nbformat
import numpy as np
import psutil
import pytest

from softmax_grader.cells import defined_names, grade_id, is_solution
from softmax_grader.gradebook.points import grades
from softmax_grader.intake.collect import collect
from softmax_grader.intake.flags import PURPOSE, look_at
from softmax_grader.intake.rebuild import rebuild
from softmax_grader.isolation import messages, seccomp
from softmax_grader.isolation.handle import Sandbox, SandboxLostError
from softmax_grader.isolation.limits import Limits
from softmax_grader.isolation.session import Session, StudentError, StudentFunction
from softmax_grader.marking.examiner import examine, examine_once
from softmax_grader.reports.feedback import feedback
from softmax_grader.reports.report import report
from softmax_grader.text import clean_text

from ..waiting import wait_until
from . import hostile, hostile_answers, hostile_walls
from .courses import (
    AUTOMATIC,
    MINI,
    RIGHT,
    grade_all,
    make_course,
    released_notebook,
    snapshot,
    solve,
    submit,
)

BODIES = {**hostile.BODIES, **hostile_walls.BODIES, **hostile_answers.BODIES}
CELLS = {**hostile.CELLS, **hostile_answers.CELLS}
NAMES = [*BODIES, *CELLS]
# Code that is wrong, as honest code can be, and does nothing else.
FAULTY_ONLY = (
    *("endless recursion", "long source", "deep source", "nulls and halves"),
    *("a number of 4000 digits", "a long text", "not numbers", "numbers without end"),
    *("long doubles", "complex", "a table backwards", "no dimension", "masks", "luck"),
    *("an exception with many parts", "the answer to what it has seen"),
)


@pytest.fixture(scope="module")
def hostile_class(tmp_path_factory, released):
    """Grade two honest students among all the hostile ones; return what there is to see."""
    base = tmp_path_factory.mktemp("hostile")
    course = make_course(base / "course", released)
    outside = base / "outside"
    outside.mkdir()
    (outside / "canary").write_text("alive")
    places = {"course": course.root, "outside": outside, "sources": course.sources}
    submit(course, "honest", solve(course, **RIGHT))
    submit(course, "zz_honest", solve(course, **RIGHT))
    students = {}
    for k, name in enumerate(NAMES):
        student = students[name] = f"h{k:03}"
        if name in BODIES:
            body = BODIES[name].format(**places)
            notebook = solve(course, guard=f"import numpy as np\ndef guard(F):\n{body}")
        else:
            notebook = solve(course, guard=CELLS[name].format(**places))
        submit(course, student, notebook)
    before = snapshot(course.root), snapshot(outside)
    result = grade_all(course, jobs=4)  # most of them only wait for their time to be over
    return course, students, result, before, outside


@pytest.fixture(scope="module")
def marks(hostile_class):
    course, *_ = hostile_class
    return grades(course, MINI)


@pytest.mark.parametrize("name", NAMES)
def test_a_hostile_submission_earns_nothing_and_is_flagged(hostile_class, marks, name):
    course, students, *_ = hostile_class
    found = marks[students[name]]
    assert found["score"] == 0, found["cells"]
    run = json.loads(course.record(MINI, "run", students[name]).read_text("utf-8"))
    assert run["flags"] or name in FAULTY_ONLY


def test_the_run_goes_on(hostile_class):
    _, students, result, *_ = hostile_class
    assert len(result["graded"]) == len(students) + 2
    assert result["failed"] == []


def test_no_other_students_row_changes(hostile_class):
    course, *_ = hostile_class
    found = grades(course, MINI)
    for student in ("honest", "zz_honest"):
        assert found[student]["score"] == AUTOMATIC
        run = json.loads(course.record(MINI, "run", student).read_text("utf-8"))
        assert run["flags"] == []


def test_no_file_outside_the_work_folders_changes(hostile_class):
    course, _, _, (course_before, outside_before), outside = hostile_class
    assert snapshot(outside) == outside_before
    after = snapshot(course.root)
    ours = ("autograded/", ".softmax-class/", "gradebook.db")
    changed = {
        name for name in {*after, *course_before} if after.get(name) != course_before.get(name)
    }
    assert [name for name in changed if not name.startswith(ours)] == []
    assert not list(course.root.parent.rglob("left-by-a-student"))
    for place in ("/tmp", "/dev/shm", "/var/tmp", "/"):
        assert not (Path(place) / "left-by-a-student").exists()


def test_nothing_survives(hostile_class):
    ours = psutil.Process()
    wait_until(lambda: ours.children(recursive=True) == [], message="a process is left")
    for process in psutil.process_iter(["cmdline"]):
        assert "98765.4" not in (process.info["cmdline"] or [])


def test_pages_about_hostile_work_are_harmless(hostile_class):
    course, students, *_ = hostile_class
    feedback(course, MINI)
    report(course, MINI)
    pages = [*course.root.glob("feedback/*/*/*.html"), course.root / f"reports/{MINI}/report.html"]
    assert len(pages) == len(students) + 3
    for path in pages:
        page = path.read_text("utf-8")
        body = page.partition("<body>")[2]
        for bad in ("<script", "<img", "<iframe", "\x1b", "\u202e", "javascript:"):
            assert bad not in body, path
        for secret in ("SECRET_OF_THE_GUARD", "_wanted", "default_rng(7)"):
            assert secret not in body.replace(_own(course, path), ""), path
        assert len(page) < 200_000
        assert "default-src 'none'" in page.replace("&#x27;", "'")


def _own(course, path):
    """What a student wrote stands in their own page, whatever it says."""
    student = path.parent.parent.name
    submitted = course.notebook("submitted", MINI, student)
    if not submitted.is_file():
        return "\0"
    notebook = nbformat.read(submitted, as_version=4)
    (cell,) = [cell for cell in notebook.cells if grade_id(cell) == "guard"]
    return escape(clean_text(cell.source, 20_000).strip("\n"), quote=True)


# --- notebooks that are hostile themselves; they go through `collect` ---


def forged(course):
    notebook = solve(course)
    for cell in notebook.cells:
        ours = cell.metadata.get("nbgrader", {})
        if ours.get("grade"):
            ours["points"] = 100.0
            ours["locked"] = False
            ours["checksum"] = "0" * 32
            if cell.cell_type == "code":
                cell.source = "100.0"
                cell.execution_count = 7
                cell.outputs = [nbformat.v4.new_output("execute_result", {"text/plain": "100.0"})]
    notebook.metadata["kernelspec"] = {"name": "../evil", "display_name": "x", "language": "sh"}
    notebook.metadata["nbgrader"] = {"score": 100}
    return notebook


def doubled(course):
    notebook = solve(course)
    for name in ("guard_hidden", "guard_visible", "guard"):
        (cell,) = [cell for cell in notebook.cells if grade_id(cell) == name]
        twin = nbformat.from_dict(cell)
        twin.source = "def guard(F):\n    return 4\n4.0"
        notebook.cells += [twin, nbformat.from_dict(twin)]
    for number, cell in enumerate(notebook.cells):
        cell["id"] = f"own-{number}"
    return notebook


def test_as_text_in_the_wrong_place(course):
    notebook = solve(course)
    for cell in notebook.cells:
        if is_solution(cell) and cell.cell_type == "code":
            cell.cell_type = "markdown"
            cell.attachments = {"x.html": {"text/html": "PHNjcmlwdD4="}}
    assert take(course, notebook)[0] == 0


def take(course, notebook, student="s001"):
    """Collect and grade one notebook; return (score, flags)."""
    data = notebook if isinstance(notebook, bytes) else nbformat.writes(notebook).encode()
    came = course.root.parent / "came" / student
    came.mkdir(parents=True, exist_ok=True)
    (came / f"{MINI}.ipynb").write_bytes(data)
    record = collect(course, MINI, [came.parent])["students"][student]
    grade_all(course, jobs=1)
    return grades(course, MINI)[student]["score"], record["flags"]


@pytest.mark.parametrize(("make", "word"), [(forged, "was changed"), (doubled, "is there 3 times")])
def test_a_forged_notebook_earns_nothing(course, make, word):
    score, flags = take(course, make(course))
    assert score == 0
    assert word in " ".join(flags)


def test_a_forged_kernel_is_not_used(course):
    _, flags = take(course, forged(course))
    assert "kernel of its own" in " ".join(flags)
    graded = nbformat.read(course.notebook("autograded", MINI, "s001"), as_version=4)
    assert graded.metadata.kernelspec.name == "python3"


def test_a_notebook_of_thousands_of_cells_is_cut(course):
    notebook = solve(course, ["x = 1"] * 5000, **RIGHT)
    score, flags = take(course, notebook)
    assert "cells" in " ".join(flags)
    graded = nbformat.read(course.notebook("autograded", MINI, "s001"), as_version=4)
    assert len(graded.cells) < 1000
    assert score == AUTOMATIC


def test_html_in_a_written_answer_is_text(course):
    answer = "<script>fetch('/')</script><img src=x onerror=alert(1)> [x](javascript:alert(1))"
    _, flags = take(course, solve(course, **{**RIGHT, "why": answer}))
    assert "HTML" in " ".join(flags)
    feedback(course, MINI)
    page = course.notebook("feedback", MINI, "s001").with_suffix(".html").read_text("utf-8")
    assert "<script" not in page
    assert "<img" not in page
    assert "&lt; script&gt;" in page


@pytest.mark.parametrize(
    "answer",
    [
        "<script>alert(1)</script>",
        "<b onclick=alert(1)>x</b>",
        "<img src=x onerror=alert(1)>",
        "[x](javascript:alert(1))",
        "[x](JaVaScRiPt:alert(1))",
        "[x](java&#115;cript:alert(1))",
        "[x](&#x6a;avascript&colon;alert(1))",
        "[x]: javascript:alert(1)\n[x]",
        "[x]: java&#115;cript:alert`1`\n[x]",
        "[x]: java&#115cript:alert`1`\n[x]",
        "<javascript:alert(1)>",
        "![x](data:text/html;base64,PHNjcmlwdD4=)",
        "$<script>alert(1)</script>$",
        r"$\href{java\script:alert(1)}{x}$",
        r"$\def\j#1{\href{java#1:alert(1)}{x}} \j{script}$",
        r"$\style{position:fixed;inset:0}{x} \require{html} \cssId{x}{y}$",
    ],
)
def test_a_written_answer_does_not_act_in_formgrader(course, answer):
    from nbconvert.filters import markdown2html

    rebuilt = rebuild(
        released_notebook(course), nbformat.writes(solve(course, why=answer)).encode()
    )
    (cell,) = [cell for cell in rebuilt.notebook.cells if grade_id(cell) == "why"]
    shown = markdown2html(cell.source)
    assert not re.search(r"<(script|img|b|iframe)\b[^>]*\bon|<script", shown), shown
    assert not re.search(r"\\(href|def|style|require|cssId)", shown), shown
    assert not re.search(r"(href|src)=\"\s*(javascript|vbscript|data)", unescape(shown), re.I), (
        shown
    )


# --- the channel ---


def message(value, arrays=(), **more):
    return messages.to_bytes({"id": 1, "value": value, **more}, list(arrays))


def reader(data):
    def read(n):
        nonlocal data
        if len(data) < n:
            raise EOFError
        part, data = data[:n], data[n:]
        return part

    return read


@pytest.mark.parametrize(
    "value",
    [None, True, 3, -2.5, float("inf"), "λ", 1 + 2j, [1, [2.0, "x"]], (1, (2,)), {"a": [1], 2: ()}],
)
def test_a_plain_value_travels_as_it_is(value):
    arrays = []
    packed = messages.pack(value, arrays)
    sent, blobs = messages.from_stream(reader(messages.to_bytes({"value": packed}, arrays)))
    got = messages.unpack(sent["value"], blobs)
    assert got == value
    assert type(got) is type(value)


@pytest.mark.parametrize(
    "array",
    [
        np.arange(6.0).reshape(2, 3),
        np.asfortranarray(np.arange(6).reshape(2, 3)),
        np.zeros((0, 3)),
        np.array(["λ", "b"]),
        np.array([True, False]),
        np.array([1, 2], dtype=">i2"),
        np.float32(2.5),
        np.array(3),
    ],
    ids=str,
)
def test_an_array_travels_as_it_is(array):
    arrays = []
    got = messages.unpack(messages.pack(array, arrays), arrays)
    assert type(got) is type(array)
    assert got.dtype == array.dtype
    assert np.shape(got) == np.shape(array)
    assert np.array_equal(got, array)


@pytest.mark.parametrize(
    "value",
    [
        *[object(), {1, 2}, b"x", lambda: 0, np.array([None])],
        *[np.zeros(2, [("a", "f8")]), np.array(["2020"], "M8[D]")],
    ],
    ids=str,
)
def test_what_is_no_plain_value_does_not_travel(value):
    with pytest.raises(messages.MessageError):
        messages.pack(value, [])


NPY = b"\x93NUMPY\x01\x00"


def npy(header, body=b""):
    header = header.encode().ljust(117) + b"\n"
    return NPY + struct.pack("<H", len(header)) + header + body


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x93NUMPY",
        NPY + b"\xff\xff",
        npy("{'descr': '<f8', 'fortran_order': False, 'shape': (1000000000000,), }"),
        npy("{'descr': '<f8', 'fortran_order': False, 'shape': (-1,), }", b"x" * 8),
        npy("{'descr': '<f8', 'fortran_order': False, 'shape': (True,), }", b"x" * 8),
        npy("{'descr': '|O', 'fortran_order': False, 'shape': (1,), }", b"cos\nsystem\n."),
        npy("{'descr': [('a', '<f8')], 'fortran_order': False, 'shape': (1,), }", b"x" * 8),
        npy("{'descr': '|S0', 'fortran_order': False, 'shape': (9,), }"),
        npy("{'descr': ('<f8', (2,)), 'fortran_order': False, 'shape': (1,), }", b"x" * 16),
        npy("__import__('os').system('true')"),
        npy("{'descr': '<f8', 'fortran_order': False, 'shape': (2,), }", b"x" * 8),
        npy("(" * 100),
        npy("{'descr': '<f8', 'fortran_order': False, 'shape': (0, 1000000000), }"),
        npy("{'descr': '<f8', 'fortran_order': False, 'shape': " + "(1," * 9 + ")" * 9 + "}"),
        b"\x93NUMPY\x03\x00" + b"\xff" * 8,
    ],
)
def test_a_malicious_array_is_refused(data):
    with pytest.raises(messages.MessageError):
        messages.read_array(data)


@pytest.mark.parametrize(
    "packed",
    [
        {"array": 0},
        {"array": -1},
        {"array": True},
        {"function": 0},
        {"generator": {}},
        {"a": 1, "b": 2},
        {},
        {"list": 3},
        {"dict": [[1]]},
        {"dict": [[{"list": []}, 1]]},
        {"complex": ["1", 2]},
        {"dict": [[k * (2**61 - 1), 0] for k in range(40_000)]},  # keys that all have one hash
    ],
    ids=lambda packed: str(packed)[:40],
)
def test_a_malformed_value_is_refused(packed):
    with pytest.raises(messages.MessageError):
        messages.unpack(packed, [])


@pytest.mark.parametrize(
    "data",
    [
        struct.pack(">II", 2**32 - 1, 0),
        struct.pack(">II", 4, 2**31) + b"null",
        struct.pack(">II", 4, 0) + b"null",
        struct.pack(">II", 2, 0) + b"[]",
        struct.pack(">II", 13, 0) + b'{"sizes":[-1]',
        struct.pack(">II", 14, 0) + b'{"sizes":[-1]}',
        struct.pack(">II", 13, 1) + b'{"sizes":[3]}x',
        struct.pack(">II", 200_000, 0) + b"[" * 200_000,
        struct.pack(">II", 3, 0) + b"\xff\xfe\xfd",
    ],
)
def test_a_malformed_message_is_refused(data):
    with pytest.raises((messages.MessageError, EOFError)):
        messages.from_stream(reader(data))


@pytest.fixture
def session(sandbox):
    made = Session(Limits(call_seconds=5, total_seconds=30))
    yield made
    made.stop()


def test_what_is_said_out_of_turn_ends_the_process(session):
    session.run("import os\ndef f():\n    os.write(4, b'x' * 100)\n    return 1", ["f"])
    with pytest.raises(StudentError):
        session.call("f", (), {})
    with pytest.raises(StudentError):
        session.call("f", (), {})
    assert any("was ended" in flag for flag in session.flags)


def test_a_changed_argument_is_told_and_stays_the_tests_own(session):
    session.run("def f(a, b):\n    b -= 1\n    return b.sum()", ["f"])
    function = StudentFunction(session, "f", "")
    a, b = np.ones(3), np.ones(3)
    assert function(a, b) == 0
    assert function.changed_arguments == (1,)
    assert function(a, b=b) == 0
    assert function.changed_arguments == ("b",)
    assert b.tolist() == [1, 1, 1]


@pytest.mark.parametrize("kind", [ValueError, IndexError, NotImplementedError, ZeroDivisionError])
def test_a_plain_error_is_the_same_on_both_sides(session, kind):
    session.run(f"def f():\n    raise {kind.__name__}('why')", ["f"])
    with pytest.raises(kind, match=r"^why$") as caught:
        session.call("f", (), {})
    assert isinstance(caught.value, StudentError)
    assert caught.value.told == f"{kind.__name__}: why"
    assert caught.value.where == ("cell 1, line 2: " + f"raise {kind.__name__}('why')",)


@pytest.mark.parametrize("name", ["SystemExit", "StopIteration", "AssertionError", "Warning"])
def test_an_error_that_would_steer_a_test_does_not_travel(session, name):
    session.run(f"def f():\n    raise {name}('why')", ["f"])
    with pytest.raises(StudentError, match=f"^{name}: why$") as caught:
        session.call("f", (), {})
    assert type(caught.value) is StudentError


def test_a_generator_gives_the_same_draws_on_both_sides(session):
    session.run("def f(rng):\n    return rng.normal(size=3)", ["f"])
    rng = np.random.default_rng(3)
    value, _ = session.call("f", (rng,), {})
    assert np.array_equal(value, rng.normal(size=3))


def test_a_function_of_the_test_can_be_handed_over_and_no_other_be_called(session):
    session.run("def f(g, x):\n    return g(x) + g(2 * x)", ["f"])
    assert session.call("f", (lambda x: x + 1, 2.0), {})[0] == 8.0
    session.run("def h(g):\n    return g", ["h"])
    with pytest.raises(StudentError, match="cannot be handed over"):
        session.call("h", (abs,), {})

    def fails(x):
        raise ValueError("the secret of the test")

    with pytest.raises(StudentError) as caught:
        session.call("f", (fails, 2.0), {})
    assert "secret" not in str(caught.value)


def test_a_loop_is_seen_in_the_lines_it_takes(session):
    session.run("def f(n):\n    for k in range(n):\n        pass", ["f"])
    function = StudentFunction(session, "f", "")
    assert function.count_lines(100) > function.count_lines(10) + 80
    session.run("import sys\ndef f(n):\n    sys.settrace(None)\n    return f", ["f"])
    with pytest.raises(StudentError, match="tracing"):
        function.count_lines(100)


def test_time_is_bounded_as_a_whole(sandbox):
    session = Session(Limits(call_seconds=1, total_seconds=2))
    try:
        session.run("import time\ndef f():\n    time.sleep(0.9)", ["f"])
        answered = 0
        for _ in range(20):
            try:
                session.call("f", (), {})
                answered += 1
            except StudentError as error:
                said = str(error)
        assert "was not run again" in said or "was not called again" in said
        assert answered <= 2
    finally:
        session.stop()


@pytest.fixture(params=["as it is", "user"])
def mode(request, monkeypatch, sandbox):
    """Root needs no user namespace; an ordinary user has one, and so do these walls."""
    if request.param == "user":
        from softmax_grader.isolation import handle as module

        monkeypatch.setattr(module, "find_mode", lambda: "user")
    return request.param


def printed(source, test, **more):
    """Return what a test prints that runs after a student's cell."""
    plan = {
        "cells": [
            {"role": "student", "source": source, "functions": defined_names(source)},
            {"role": "test", "source": test, "points": 1},
        ],
        **more,
    }
    output = examine(plan)["cells"][1]["outputs"][0]
    return output.get("text", "") or output["evalue"]


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
    said = printed(source, "f()", limits={"call_seconds": 60, "total_seconds": 60})
    assert "too many files" in said


def test_the_tests_process_takes_no_module_from_the_teachers_folder(tmp_path, monkeypatch, sandbox):
    """A student's numpy.py in the folder that the command is called in is not imported."""
    for name in ("numpy", "json", "softmax_steps"):
        (tmp_path / f"{name}.py").write_text("raise SystemExit('taken from the folder')")
    monkeypatch.chdir(tmp_path)
    cell = {"role": "test", "source": "import numpy\nnumpy.ones(2).sum()", "points": 2}
    (ran,) = examine_once({"cells": [cell]})["cells"]
    assert ran["outputs"][0]["data"]["text/plain"] == "2"


# --- what a hidden test hands over does not come back in feedback ---

HIDDEN = "F = np.array([[0.73125, 0.5]])\ntry:\n    f(F)\nexcept Exception as e:\n    print(e)\n"
LEAKS = {
    "in an exception": "raise ValueError(str(F))",
    "in an exception's name": "raise type(str(F), (Exception,), {})('x')",
    "in a KeyError": "return {}[F[0, 0]]",
    "in the name of a name": "return globals()['x' + str(F[0, 0]).replace('.', '_')]",
    "in what looks like NumPy's": "raise IndexError('index %d is out of bounds for axis 0 with "
    "size 3' % round(F[0, 0] * 1e5))",
    "in a line of code": "import linecache\n    for k in linecache.cache:\n        "
    "linecache.cache[k] = (9, None, [str(F)] * 9, k)\n    raise ValueError('x')",
}


@pytest.mark.parametrize("kind", LEAKS)
def test_an_exception_tells_no_value_of_a_hidden_test(sandbox, kind):
    source = f"import numpy as np\ndef f(F):\n    {LEAKS[kind]}\n"
    said = printed(source, "import numpy as np\n" + HIDDEN)
    assert said.strip()
    assert "73125" not in said


def test_an_exceptions_own_words_are_told_where_they_help(sandbox):
    source = "import numpy as np\ndef f(F):\n    return F - np.ones(5)\n"
    said = printed(source, "import numpy as np\n" + HIDDEN)
    assert "operands could not be broadcast together with shapes (1,2) (5,)" in said
    own = "def f(F):\n    raise ValueError('F is too flat')\n"
    assert "F is too flat" in printed(own, "import numpy as np\n" + HIDDEN)


@pytest.mark.parametrize(
    "late",
    [
        {"role": "student", "source": "print(seen)"},
        {"role": "student", "source": "seen"},
        {"role": "student", "source": "raise ValueError(seen)"},
        {"role": "try", "source": "print('Yours:', f(np.zeros((1, 2))))"},
        {"role": "try", "source": "assert not f(np.zeros((1, 2))), str(f(np.zeros((1, 2))))"},
        {"role": "try", "source": "f(np.zeros((1, 2)))"},
    ],
    ids=lambda cell: cell["source"][:25],
)
def test_what_a_hidden_test_handed_over_is_not_told_by_later_cells(sandbox, late):
    own = """
import numpy as np
seen = None
def f(F):
    global seen
    seen, before = F.tolist(), seen
    return before
"""
    cells = [
        {"role": "student", "source": own, "functions": ["f"]},
        {"role": "try", "source": "import numpy as np\nprint('Yours:', f(np.ones(1)))"},
        {"role": "test", "source": HIDDEN, "points": 1},
        late,
        {"role": "test", "source": "print(f(np.ones(1)) is not None)", "points": 1},
    ]
    found = examine({"cells": cells})["cells"]
    assert found[4]["outputs"][0]["text"] == "True\n", "the trick would work"
    assert found[1]["outputs"][0]["text"] == "Yours: None\n"
    assert found[3]["outputs"]
    assert "73125" not in json.dumps(found[:4])


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


def test_the_filter_of_system_calls_is_whole():
    for machine in ("x86_64", "aarch64"):
        program = seccomp.system_call_filter(machine)
        assert len(program) % 8 == 0
        steps = [struct.unpack("<HBBI", program[k : k + 8]) for k in range(0, len(program), 8)]
        for k, (code, if_true, if_false, _) in enumerate(steps):
            if code in (seccomp.EQUAL, seccomp.AT_LEAST, seccomp.ANY_BIT):
                assert k + 1 + max(if_true, if_false) < len(steps)
        assert steps[-1] == (seccomp.RETURN, 0, 0, seccomp.ALLOW)
    assert seccomp.system_call_filter("pdp11") is None


# --- flags ---


def imports_a_tool(source):
    found = re.findall(r"^ *import ([\w, ]+)", source, re.M)
    return any(name.strip() in PURPOSE for names in found for name in names.split(","))


@pytest.mark.parametrize("name", [n for n in BODIES if imports_a_tool(BODIES[n])])
def test_reading_the_source_is_enough_to_flag_most(name):
    source = BODIES[name].format(course="/c", outside="/o", sources="/s")
    assert look_at(f"import numpy as np\ndef guard(F):\n{source}")


@pytest.mark.parametrize(
    "source", [RIGHT["guard"], RIGHT["slope"], "import numpy as np\nnp.ones(3)"]
)
def test_honest_code_is_not_flagged(source):
    assert look_at(source) == []


@pytest.mark.parametrize(
    "source",
    [
        "g = (i for i in [1])\ng.gi_frame.f_trace_lines = False",
        "import scipy.special",
        "try: pass\nexcept E as e: e.__traceback__.tb_frame.f_back",
    ],
)
def test_a_look_behind_the_scenes_is_flagged(source):
    assert look_at(source)


def test_a_text_becomes_what_can_be_read():
    assert clean_text("a\x1b[31mb\x1b]0;t\x07c\x00\u202ed\ud800e\r\nf") == "abcde\nf"
    assert clean_text("x" * 100, 10) == "x" * 10 + " …"


def test_the_released_notebook_has_no_flags(course):
    assert take(course, released_notebook(course))[1] == []
