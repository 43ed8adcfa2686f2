"""The table of what a class has answered: counted rightly, and safe from what is handed in."""

import json

import pytest

from softmax_grader.commands.softmax_class import main
from softmax_grader.reports.progress import ProgressError, read_class, read_progress

FIRST = {"tries": 1, "right": True, "shown": False}
THIRD = {"tries": 3, "right": True, "shown": False}
LOOKED = {"tries": 1, "right": True, "shown": True}
OPEN = {"tries": 2, "right": False, "shown": False}

WORKED = {"typed": {"F00": "3", "F01": "1"}, "right": ["F00", "F01"], "shown": ""}


def text(answers, **changes):
    return json.dumps(
        {"format": "softmax-steps progress", "version": 1, "answers": answers, **changes}
    )


def put(path, content):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content, "utf-8")


def test_the_table_counts_each_student_by_chapter_and_names_the_hardest(tmp_path, capsys):
    class_folder = tmp_path / "class"
    put(class_folder / "ada" / "p.json", text({"01-sizes": FIRST, "03-lead": THIRD}))
    put(class_folder / "zoë.json", "\ufeff" + text({"01-sizes": LOOKED, "03-lead": OPEN}))
    put(class_folder / "cut.json", text({"01-sizes": FIRST})[:-3])
    put(class_folder / "notes.txt", "no file of answers")
    assert main(["progress", str(class_folder), "--csv", str(tmp_path / "table.csv")]) == 0
    assert capsys.readouterr().out.splitlines()[:-1] == [
        "file   right  first try  looked up  not yet  ch 1  ch 3",
        "ada/p      2          1          0        0     1     1",
        "zoë        1          0          1        1     1     0",
        "hard: 03-lead, right at the first try for 0 of 2",
        "hard: 01-sizes, right at the first try for 1 of 2",
        "not read: cut: is no JSON, or was cut off",
    ]
    rows = (tmp_path / "table.csv").read_text("utf-8-sig").splitlines()
    assert rows[2] == "zoë,1,0,1,1,1,0"


def test_the_cells_of_worked_examples_are_counted_where_there_are_any(tmp_path, capsys):
    put(tmp_path / "ada.json", text({"01-sizes": FIRST}, version=2, examples={"7": WORKED}))
    both = {"7": WORKED, "417": {**WORKED, "right": ["db02"]}}
    put(tmp_path / "bo.json", text({}, version=2, examples=both))
    put(tmp_path / "cy.json", text({"01-sizes": FIRST}))
    assert main(["progress", str(tmp_path)]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "file  right  first try  looked up  not yet  ch 1  cells",
        "ada       1          1          0        0     1      2",
        "bo        0          0          0        0     0      3",
        "cy        1          1          0        0     1      0",
    ]


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ("", "is no JSON, or was cut off"),
        ("[" * 100_000, "is no JSON, or was cut off"),
        ("[]", "does not say format: softmax-steps progress"),
        ('{"format": "other"}', "does not say format"),
        (text({}, version=3), "has version “3”; this program reads versions 1 and 2"),
        (text({}, version=True), "has version “True”"),
        (text([]), "has no answers in it"),
        (text({"03-lead": [1]}), "has an answer that cannot be read, “03-lead”"),
        (text({"03-lead": {**FIRST, "tries": -1}}), "has an answer that cannot be read"),
        (text({"03-lead": {**FIRST, "tries": True}}), "has an answer that cannot be read"),
        (text({"03-lead": {**FIRST, "tries": 10**30}}), "has an answer that cannot be read"),
        (text({"03-lead": {**FIRST, "right": 1}}), "has an answer that cannot be read"),
        (text({"\x1b[31m<b>": FIRST}), "cannot be read, “<b>”; was it edited?"),
        (text({f"03-a{k}": FIRST for k in range(1001)}), "has 1001 answers; expected at most"),
        (" " * 1_000_001, "is larger than 1 MB"),
        (text({}, version=2, examples=[]), "has no list of examples"),
        (text({}, version=2, examples={"x\n": WORKED}), "an example that cannot be read, “x"),
        (text({}, version=2, examples={"7": {"right": ["F00", "F00"]}}), "cannot be read, “7”"),
        (text({}, version=2, examples={"7": {"right": ["=F00"]}}), "cannot be read, “7”"),
    ],
    ids=range(19),
)
def test_a_file_that_is_none_is_refused_with_the_reason(tmp_path, content, why):
    path = tmp_path / "p.json"
    put(path, content)
    with pytest.raises(ProgressError) as caught:
        read_progress(path)
    assert why in str(caught.value)
    assert len(str(caught.value)) < 200


def test_no_text_reaches_the_terminal_or_a_spreadsheet_as_it_came(tmp_path, capsys):
    folder = tmp_path / "class"
    put(folder / "=HYPERLINK(1)" / "\x1b[2J\u202eevil.json", text({"01-sizes": FIRST}))
    put(folder / f"{'long' * 30} 1.json", text({"01-sizes": FIRST}))
    put(folder / f"{'long' * 30} 2.json", text({"01-sizes": FIRST}))
    (folder / "link.json").symlink_to("/etc/hostname")
    assert main(["progress", str(folder), "--csv", str(tmp_path / "table.csv")]) == 0
    out = capsys.readouterr().out
    assert "=HYPERLINK(1)/evil" in out
    assert not {"\x1b", "\u202e"} & set(out)
    assert "link" not in out
    assert max(map(len, out.splitlines())) < 100
    rows = (tmp_path / "table.csv").read_text("utf-8-sig").splitlines()
    assert rows[1].startswith("'=HYPERLINK")
    assert len({row.partition(",")[0] for row in rows}) == 4  # each file has a row of its own
    assert read_class(folder).unread == {}


@pytest.mark.parametrize(
    ("folder", "words"),
    [("missing", "missing is no folder; expected the one"), (".", "has no .json file in it")],
)
def test_a_folder_without_files_is_said_in_one_line(tmp_path, monkeypatch, capsys, folder, words):
    monkeypatch.chdir(tmp_path)
    assert main(["progress", folder]) == 2
    error = capsys.readouterr().err
    assert words in error
    assert error.count("\n") == 1
