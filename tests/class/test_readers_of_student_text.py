"""What reads a student's text takes time in proportion to it, whatever the text is.

Each reader is timed on texts of two sizes, by the processor time of this process: four times the
text may take eight times as long at most, where sixteen would be the square.
"""

import json
import time

import nbformat
import pytest

from softmax_grader.cells import defined_names
from softmax_grader.intake.flags import LIVE, look_at
from softmax_grader.intake.rebuild import (
    MAX_BYTES,
    MAX_VALUES,
    UnreadableError,
    harmless_markdown,
    parse,
    rebuild,
)
from softmax_grader.isolation.limits import Limits
from softmax_grader.isolation.session import Session, StudentError, discreet
from softmax_grader.isolation.shown_errors import kind_shown, shown_text
from softmax_grader.reports.similarity import runs_of, similar_pairs, words_of
from softmax_grader.text import clean_text, one_line

SMALL, FACTOR, MOST = 6_000, 4, 8
QUICK = 0.05  # seconds that are not worth a comparison

# What makes a reader go back, nest, or begin again at each letter.
PARTS = (
    *(" ", "\n", "\t", "\\\n", "#", "'", '"', "'''\n", "(", "[", "{", "()", "[]", "<", "< /"),
    *("</ ", "&", "&a", "`", "*", "_", "$", "|", "-", "not ", "lambda:", "a.b", "a if b else "),
    *("+1", "f'{", "0", "1_", "é", "ſ", "İ", "def ", "def f\n", "async ", "async def\n"),
    *(
        "class\n",
        "import ",
        "import\n",
        "from\n",
        "from a import b\n",
        "data ",
        "data:",
        "javascript",
    ),
    *(
        "\\href",
        "\\def ",
        "\x1b[",
        "\x1b]",
        "\x1b[0;",
        "\x1b\\",
        "\u202e",
        "\r",
        "\r\n",
        "(1,",
        "(1, ",
    ),
    *(
        "'a' object ",
        "cell 1, line 1: ",
        "x=",
        "x:=",
        "@a\n",
        "if x:\n",
        "%%bash\n",
        "!ls\n",
        "[x for ",
    ),
)
HEADS = ("", "x = 0", "<", "data", "def", "\x1b[", "from")
TAILS = ("", "'", "!", "\x00", "<script")
TEXTS = [
    *((head, part, tail) for part in PARTS for head, tail in (("", ""), ("x = 0", "'"))),
    *((head, blank, tail) for blank in (" ", "\n", "\t") for head in HEADS for tail in TAILS),
]


def at_size(text, size):
    head, part, tail = text
    return head + part * (size // len(part)) + tail


def as_notebook(source):
    cell = {"cell_type": "code", "metadata": {}, "source": source}
    return json.dumps({"cells": [cell, {**cell, "cell_type": "markdown"}]}).encode()


def shown(text):
    error = StudentError(text)
    error.kind, error.text = text[:60], text[:300]  # as a session bounds them
    return discreet(error, [text])


READERS = {
    "words of code": lambda text: words_of(text, "code"),
    "words of text": lambda text: words_of(text, "markdown"),
    "runs of words": lambda text: runs_of([("code", text), ("markdown", text)]),
    "flags": look_at,
    "HTML": LIVE.search,
    "names": defined_names.__wrapped__,
    "harmless Markdown": harmless_markdown,
    "clean text": clean_text,
    "one line": one_line,
    "a notebook": lambda text: parse(as_notebook(text)),
    "an error's words": lambda text: shown_text(text[:300], [text]),
    "an error's kind": lambda text: kind_shown(text[:60], [text]),
    "an error": shown,
}


def seconds(read, text):
    begin = time.process_time()
    read(text)
    return time.process_time() - begin


@pytest.mark.parametrize("name", READERS)
def test_a_reader_takes_time_in_proportion(name):
    read = READERS[name]
    for text in TEXTS:
        large = at_size(text, SMALL * FACTOR)
        took = seconds(read, large)
        if took < QUICK:
            continue
        small = at_size(text, SMALL)
        before = min(seconds(read, small) for _ in range(3))
        took = min(took, *(seconds(read, large) for _ in range(2)))
        assert took <= max(QUICK, MOST * before), text


def test_a_notebook_of_nothing_but_lists_is_not_read():
    """A list of two characters takes 60 bytes of memory: 20 MB of them took 740 MB and 8 s.

    Text may be long, and hold what it likes.
    """
    begin = time.process_time()
    n = MAX_VALUES + 1
    for data in (b"[" + b"[]," * n + b"[]]", b"[" * n, b"[1.5" + b",1.5" * n + b"]", b"{" * n):
        with pytest.raises(UnreadableError, match="values beside its text"):
            parse(data)
    with pytest.raises(UnreadableError, match="more than 20 MB"):
        parse(b" " * (MAX_BYTES + 1))
    with pytest.raises(UnreadableError, match="not JSON"):
        parse(b'"' + b'\\"' * n)
    output = {"output_type": "stream", "text": '[1, "2", {}]\\' * n}
    cell = {"cell_type": "code", "metadata": {}, "source": "x = 1", "outputs": [output]}
    assert parse(json.dumps({"cells": [cell]}).encode())[0][0].source == "x = 1"
    assert time.process_time() - begin < 10


def test_deep_and_long_work_is_rebuilt_and_compared(released):
    """The longest cells that are kept, through all that reads them, in seconds and not in hours."""
    release = nbformat.read(released.notebook("release", "mini"), as_version=4)
    begin = time.process_time()
    written = {}
    for student, part in (("s001", " "), ("s002", "("), ("s003", "\n"), ("s004", "-")):
        cell = {"cell_type": "code", "metadata": {}, "source": f"x = 0{part * 99_990}'"}
        data = json.dumps({"cells": [cell] * 10}).encode()
        cells = rebuild(release, data).notebook.cells
        own = [(c.cell_type, c.source) for c in cells if "nbgrader" not in c.metadata]
        assert own
        for _, source in own:
            look_at(source)
        written[student] = own
    assert similar_pairs(written, []) == []
    assert time.process_time() - begin < 20


CLAIM = "x” was approved by the teacher. “y\u202e\x1b[2J\n" + "z" * 500


@pytest.mark.parametrize(
    "source",
    [
        "np.__{0}__",
        "def __{0}__(): pass",
        "class {0}(metaclass=M): pass",
        "class A(ndarray_{0}): pass",
        "np.testing.{0} = 4",
        "__{0}",
    ],
)
def test_what_a_flag_quotes_is_marked_and_cut(source):
    name = "this_work_was_approved_by_the_teacher_and_is_worth_all_points_that_there_are_" * 4
    (flag,) = look_at(source.format(name))
    (start, end) = flag.index("“"), flag.index("”")
    assert "approved" not in flag[:start] + flag[end:]
    assert len(flag) < 120


def test_flags_of_one_cell_are_bounded():
    flags = look_at("\n".join(f"__x{k}" for k in range(500)))
    assert len(flags) < 40
    assert flags[-1].startswith("and 470 more")


def test_ids_and_kernels_that_claim_something_are_quoted(released):
    release = nbformat.read(released.notebook("release", "mini"), as_version=4)
    metadata = {"nbgrader": {"grade_id": CLAIM}}
    cell = {"cell_type": "code", "metadata": metadata, "source": "x = 1"}
    kernel = {"kernelspec": {"name": CLAIM, "language": "sh"}}
    flags = rebuild(release, json.dumps({"cells": [cell], "metadata": kernel}).encode()).flags
    found = [flag for flag in flags if "approved" in flag]
    assert len(found) == 2
    for flag in found:
        assert flag.count("“") == flag.count("”") == 1
        assert flag.index("“") < flag.index("approved") < flag.index("”")
        assert not set(flag) & {"\u202e", "\x1b", "\n"}


def test_what_the_process_says_that_it_noticed_is_quoted():
    session = Session(Limits())
    events = ["starts a program", f"opens /{CLAIM}", f"is right, says {CLAIM}", "opens"]
    session._read({"ok": True, "events": events})
    first, opened, claimed, bare = session.flags
    assert first == "when run, it starts a program"
    assert opened.startswith("when run, it opens “/x' was approved")
    assert claimed.startswith("when run, it says “is right, says x' was")
    assert (opened[-1], claimed[-1], bare) == ("”", "”", "when run, it opens “”")
