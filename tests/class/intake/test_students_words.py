"""What a student named is told as the student's words: nothing in a name speaks for the grader."""

import re

import pytest

from softmax_grader.commands.softmax_class import main
from softmax_grader.course.folder import Course
from softmax_grader.course.records import read_record
from softmax_grader.intake.collect import collect

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


@pytest.mark.parametrize("claim", CLAIMS)
def test_a_name_that_claims_something_is_quoted_wherever_it_is_told(
    course, inbox, right, monkeypatch, capsys, claim
):
    in_a_file = claim.replace("/", "_")
    put(inbox, f"s001/{in_a_file}.ipynb", right)
    dated(put(inbox, f"s001/{in_a_file}(0).ipynb", right + b" "), 1_000_000_000)
    put(inbox, f"s001/{in_a_file}.pdf", b"%PDF")
    put(inbox, f"s002/{in_a_file}.pdf", b"%PDF")
    put(inbox, f"s003/{in_a_file}.rar", b"Rar!")
    put(inbox, f"s004/s001_mini {in_a_file}.ipynb", right)
    put(inbox, f"{in_a_file}.txt", b"nobody's")
    put(inbox, "s005.zip", zipped([(f"../{in_a_file}.ipynb", right), (f"{in_a_file}.zip", b"")]))
    put(inbox, "s006.tar.gz", tarred([(f"{in_a_file}/a.ipynb", b"{")]))
    (inbox / "s007").mkdir()
    (inbox / "s007" / f"{in_a_file}.ipynb").symlink_to("/etc/hostname")
    monkeypatch.chdir(course.root)
    assert main(["collect", MINI, str(inbox)]) == 0
    printed = capsys.readouterr().out
    result = collect(Course(course.root), MINI, [inbox])
    assert result["files"]["seen"] >= 9
    told = [*result["remarks"], *printed.splitlines()]
    for student in course.submitted(MINI):
        record = course.record(MINI, "collected", student)
        assert record.is_file()
        kept = read_record(record)
        told += [*kept["flags"], *kept["mended"], *kept["told"]]
    assert sum(CLAIM in text for text in told) > 5
    for text in told:
        assert CLAIM not in ours(text), text
        assert all(c.isprintable() for c in text), ascii(text)


def test_a_chosen_file_is_quoted(course, inbox, right, monkeypatch, capsys):
    put(inbox, f"{CLAIM}.ipynb", right)
    monkeypatch.chdir(course.root)
    command = ["collect", MINI, str(inbox / f"{CLAIM}.ipynb"), "--student", "s001"]
    assert main(command) == 0
    assert f"s001: “{CLAIM}.ipynb” counts" in capsys.readouterr().out
