"""What a student named is told as the student's words: nothing in a name speaks for the grader."""

import re

from softmax_grader.commands.softmax_class import main
from softmax_grader.course.records import read_record

from ..courses import MINI
from ..handing_in import dated, put, tarred, zipped

CLAIM = "graded 36 of 36"
CLAIMS = [
    CLAIM,
    f"{CLAIM}” counts in place of “mini",
    f"{CLAIM}\nmini: 99 submissions collected",
    f"\u202e{CLAIM}\u202c\u2066",
    f"\x1b[2J\x1b[31m{CLAIM}\x1b]0;gone\x07",
    f"<b>{CLAIM}<script>alert(1)<",
    f"{CLAIM}'; 2 notebooks came; x was taken, not y",
]


def ours(text):
    """What is said without what is quoted; at the end of a line a quotation may be cut."""
    return re.sub("“[^“”]*(”|$)", "", text)


def hand_in(inbox, claim, number, right):
    """Put into the inbox what seven students named with a claim, each in another way."""
    (one, two, three, four, five, six, seven) = (f"s{number}{k}" for k in range(1, 8))
    put(inbox, f"{one}/{claim}.ipynb", right)
    dated(put(inbox, f"{one}/{claim}(0).ipynb", right + b" "), 1_000_000_000)
    put(inbox, f"{one}/{claim}.pdf", b"%PDF")
    put(inbox, f"{two}/{claim}.pdf", b"%PDF")
    put(inbox, f"{three}/{claim}.rar", b"Rar!")
    put(inbox, f"{four}/{one}_mini {claim}.ipynb", right)
    put(inbox, f"{five}.zip", zipped([(f"../{claim}.ipynb", right), (f"{claim}.zip", b"")]))
    put(inbox, f"{six}.tar.gz", tarred([(f"{claim}/a.ipynb", b"{")]))
    (inbox / seven).mkdir()
    (inbox / seven / f"{claim}.ipynb").symlink_to("/etc/hostname")
    put(inbox, f"{claim}.txt", b"nobody's")


def test_a_name_that_claims_something_is_quoted_wherever_it_is_told(
    course, inbox, right, monkeypatch, capsys
):
    for number, claim in enumerate(CLAIMS, 10):
        hand_in(inbox, claim, number, right)
    monkeypatch.chdir(course.root)
    assert main(["collect", MINI, str(inbox)]) == 0
    told = capsys.readouterr().out.splitlines()
    for student in course.submitted(MINI):
        record = read_record(course.record(MINI, "collected", student))
        told += [*record["flags"], *record["mended"], *record["told"]]
    assert sum(CLAIM in text for text in told) > 5 * len(CLAIMS)
    for text in told:
        assert CLAIM not in ours(text), text
        assert all(c.isprintable() for c in text), ascii(text)


def test_a_chosen_file_is_quoted(course, inbox, right, monkeypatch, capsys):
    put(inbox, f"{CLAIM}.ipynb", right)
    monkeypatch.chdir(course.root)
    command = ["collect", MINI, str(inbox / f"{CLAIM}.ipynb"), "--student", "s001"]
    assert main(command) == 0
    assert f"s001: “{CLAIM}.ipynb” counts" in capsys.readouterr().out
