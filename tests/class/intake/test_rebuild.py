"""Whatever is in a notebook, the release and the answers come out of it."""

import json
import re
import time
from html import unescape

import nbformat
import pytest

from softmax_grader.cells import grade_id
from softmax_grader.intake.collect import collect
from softmax_grader.intake.rebuild import rebuild

from ..courses import AUTOMATIC, MINI, RIGHT, grade_all, released_notebook, scores, solve
from ..handing_in import answers, as_bytes, is_whole, put


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


def test_a_notebook_without_metadata_is_known_by_what_is_in_it(course, inbox):
    notebook = solve(course, **RIGHT)
    for cell in notebook.cells:
        cell.metadata = {}
    notebook.metadata = {}
    put(inbox, "s001/mini.ipynb", as_bytes(notebook))
    record = collect(course, MINI, [inbox])["students"]["s001"]
    assert answers(course, "s001") == RIGHT
    assert "known by what they define: cells guard, slope" in record["mended"]
    assert is_whole(course, "s001")


def test_cells_that_were_deleted_are_there_again(course, inbox):
    notebook = solve(course, **RIGHT)
    gone = ("guard_hidden", "setup", "slope")
    notebook.cells = [cell for cell in notebook.cells if grade_id(cell) not in gone]
    put(inbox, "s001/mini.ipynb", as_bytes(notebook))
    record = collect(course, MINI, [inbox])["students"]["s001"]
    assert is_whole(course, "s001")
    assert answers(course, "s001")["guard"] == RIGHT["guard"]
    assert "missing and put back: cells setup, guard_hidden, slope" in record["mended"]
    grade_all(course)
    assert scores(course)["s001"] == 5.0


def test_of_an_answer_that_is_there_twice_the_filled_one_counts(course, inbox):
    notebook = solve(course, **RIGHT)
    (cell,) = [cell for cell in notebook.cells if grade_id(cell) == "guard"]
    stub = nbformat.from_dict(cell)
    stub.source = next(c.source for c in released_notebook(course).cells if grade_id(c) == "guard")
    stub["id"] = "twin"
    notebook.cells.append(stub)
    put(inbox, "s001/mini.ipynb", as_bytes(notebook))
    record = collect(course, MINI, [inbox])["students"]["s001"]
    assert answers(course, "s001") == RIGHT
    assert "cell guard is there 2 times" in record["flags"]


def test_the_students_own_cells_stay_in_their_place(course, inbox):
    notebook = solve(course, **{**RIGHT, "guard": "def guard(F):\n    return helper(F)\n"})
    place = [grade_id(cell) for cell in notebook.cells].index("guard")
    helper = "def helper(F):\n    return F - F.max(axis=1, keepdims=True)"
    notebook.cells.insert(place, nbformat.v4.new_code_cell(helper))
    notebook.cells.insert(place, nbformat.v4.new_code_cell("%matplotlib inline\n!pip install x"))
    put(inbox, "s001/mini.ipynb", as_bytes(notebook))
    collect(course, MINI, [inbox])
    grade_all(course)
    assert scores(course)["s001"] == AUTOMATIC


def test_a_function_moved_to_a_cell_of_its_own_counts(course, inbox):
    notebook = solve(course, [RIGHT["guard"]], guard="# see below", slope=RIGHT["slope"])
    put(inbox, "s001/mini.ipynb", as_bytes(notebook))
    collect(course, MINI, [inbox])
    grade_all(course)
    assert scores(course)["s001"] == AUTOMATIC


QUESTION = "Why may each row's maximum be subtracted?"
STUB = "YOUR ANSWER HERE"


@pytest.mark.parametrize("bare", [False, True], ids=["with ids", "bare"])
@pytest.mark.parametrize(
    ("cells", "answer", "stays"),
    [
        ([(None, "markdown", STUB)], STUB, []),
        ([(None, "markdown", " \n")], STUB, []),
        ([(None, "markdown", STUB), ("own", "markdown", "It cancels.")], "It cancels.", []),
        ([("own", "markdown", "It cancels."), (None, "markdown", STUB)], "It cancels.", []),
        ([(None, "markdown", f"{STUB}\n\nIt cancels.")], "It cancels.", []),
        (
            [("own", "markdown", "a"), (None, "markdown", "b"), ("own", "markdown", "c")],
            "a\n\nb\n\nc",
            [],
        ),
        ([(None, "markdown", STUB), ("own", "raw", "It cancels.")], "It cancels.", []),
        ([(None, "markdown", STUB), ("own", "code", "# It\n#  cancels.")], "It\n cancels.", []),
        ([(None, "markdown", STUB), ("own", "code", '"""It cancels."""')], "It cancels.", []),
        (
            [(None, "markdown", STUB), ("own", "code", "The factor e^m cancels in the fraction")],
            "The factor e^m cancels in the fraction",
            [],
        ),
        (
            [(None, "markdown", STUB), ("own", "code", "x = 1"), ("own", "markdown", "See x.")],
            "See x.",
            ["x = 1"],
        ),
        ([(None, "markdown", "a"), ("own", "code", "# to do")], "a", ["# to do"]),
        ([("own", "markdown", "It cancels.")], "It cancels.", []),
    ],
)
def test_the_text_between_a_question_and_the_next_cell_is_the_answer(
    course, cells, answer, stays, bare
):
    notebook = solve(course, guard=RIGHT["guard"])
    (given,) = [cell for cell in notebook.cells if grade_id(cell) == "why"]
    place = notebook.cells.index(given)
    new = []
    for name, kind, source in cells:
        cell = getattr(nbformat.v4, f"new_{kind}_cell")(source)
        cell.metadata = {} if name else given.metadata
        new.append(cell)
    notebook.cells[place : place + 1] = new
    for cell in notebook.cells:
        cell.metadata = {} if bare else cell.metadata
    released = released_notebook(course)
    rebuilt = rebuild(released, as_bytes(notebook)).notebook
    assert [cell.source for cell in rebuilt.cells if grade_id(cell) == "why"] == [answer]
    assert [cell.source for cell in rebuilt.cells if not grade_id(cell)] == stays
    assert rebuild(released, as_bytes(rebuilt)).notebook == rebuilt


def test_an_answer_below_the_text_of_the_question_counts_and_one_before_it_does_not(course):
    notebook = solve(course)
    (asked,) = [cell for cell in notebook.cells if grade_id(cell) == "why_question"]
    before = nbformat.v4.new_markdown_cell("My notes on the slope.")
    notebook.cells.insert(notebook.cells.index(asked), before)
    asked.source += "\n\nIt cancels."
    rebuilt = rebuild(released_notebook(course), as_bytes(notebook))
    shown = {grade_id(cell): cell.source for cell in rebuilt.notebook.cells}
    assert shown["why"] == "It cancels."
    assert shown["why_question"] == QUESTION
    assert "beside it is taken as the answer" in " ".join(rebuilt.mended)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_other_encodings_are_read(course, inbox, encoding):
    text = nbformat.writes(solve(course, **{**RIGHT, "why": "It cancels, für λ."}))
    put(inbox, "s001/mini.ipynb", text.encode(encoding))
    collect(course, MINI, [inbox])
    assert answers(course, "s001")["why"] == "It cancels, für λ."


def test_a_notebook_of_the_third_version_is_read(course, inbox):
    cells = []
    for cell in solve(course, **RIGHT).cells:
        old = {"cell_type": cell.cell_type, "metadata": cell.metadata}
        old["input" if cell.cell_type == "code" else "source"] = cell.source.splitlines(True)
        cells.append(old)
    data = json.dumps({"nbformat": 3, "worksheets": [{"cells": cells}]}).encode()
    put(inbox, "s001/mini.ipynb", data)
    collect(course, MINI, [inbox])
    assert answers(course, "s001") == RIGHT


def test_halves_of_characters_and_nulls_do_no_harm(course, inbox):
    text = nbformat.writes(solve(course, **RIGHT))
    data = text.replace("numerator", "\\ud800\\u0000\\udfff numerator").encode()
    put(inbox, "s001/mini.ipynb", data)
    collect(course, MINI, [inbox])
    assert "numerator" in answers(course, "s001")["why"]


def test_a_flood_of_text_is_cut(course, inbox):
    helper = "def helper_{}(x):\n" + "    x = x + 1\n" * 6000
    notebook = solve(course, [helper.format(k) for k in range(100)], **RIGHT)
    for cell in notebook.cells:
        cell.metadata = {}
    put(inbox, "s001/mini.ipynb", as_bytes(notebook))
    begin = time.process_time()  # other work on the machine is not counted
    record = collect(course, MINI, [inbox])["students"]["s001"]
    assert time.process_time() - begin < 30
    assert "hold more than 1000000 characters" in " ".join(record["flags"])
    assert answers(course, "s001") == RIGHT


@pytest.mark.parametrize("value", [None, 7, [], ["code"], {}, {"a": 1}, True, "\ud800"])
def test_a_value_of_any_kind_in_any_place_of_a_cell_does_no_harm(course, inbox, value):
    cells = json.loads(as_bytes(solve(course, **RIGHT)))["cells"]
    spoilt = [{**cell, name: value} for cell in cells for name in cell]
    deep = [{**cell, "metadata": {"nbgrader": {"grade_id": value}}} for cell in cells]
    for k, damaged in enumerate((spoilt, deep)):
        data = json.dumps({"cells": damaged, "metadata": value, "nbformat": value}).encode()
        put(inbox, f"s{k}/mini.ipynb", data)
    assert len(collect(course, MINI, [inbox])["students"]) == 2
    for k in range(2):
        nbformat.validate(nbformat.read(course.notebook("submitted", MINI, f"s{k}"), 4))
        assert is_whole(course, f"s{k}")


@pytest.mark.parametrize(
    "spoil",
    [
        lambda text: text.replace("    ", "\t"),
        lambda text: text.replace("\n", "\r\n"),
        lambda text: text.encode("cp1252", "replace").decode("utf-8", "replace"),
        lambda text: text.encode("ascii", "replace").decode(),
        lambda text: text.encode().decode("cp1252", "replace"),
        lambda text: text.encode().decode("mac-roman"),
        lambda text: "\n".join(f"{line}  " for line in text.splitlines()),
        lambda text: text.replace(" ", "\xa0"),
    ],
)
def test_what_an_editor_or_an_encoding_does_to_locked_cells_is_no_change(course, spoil):
    released, notebook = released_notebook(course), solve(course, **RIGHT)
    for book, change in ((released, str), (notebook, spoil)):
        for cell in book.cells:
            if grade_id(cell) not in RIGHT:
                cell.source += "\n# the slope of x³ − λ → 0\nif True:\n    pass\n"
                cell.source = change(cell.source)
    assert rebuild(released, as_bytes(notebook)).flags == []


def test_a_changed_test_is_flagged_whatever_its_blanks(course):
    notebook = solve(course, **RIGHT)
    for cell in notebook.cells:
        if grade_id(cell) == "guard_visible":
            cell.source = cell.source.replace("[-2, -1, 0]", "[0, 0, 0]")
    (flag,) = rebuild(released_notebook(course), as_bytes(notebook)).flags
    assert flag == "locked cell guard_visible was changed; the release's counts"


def test_a_file_in_windows_1252_keeps_its_letters(course):
    notebook = solve(course, **{**RIGHT, "why": "Er kürzt sich – für jede Zeile."})
    text = nbformat.writes(notebook)
    rebuilt = rebuild(released_notebook(course), text.encode("cp1252", "replace"))
    (answer,) = [c.source for c in rebuilt.notebook.cells if grade_id(c) == "why"]
    assert answer == "Er kürzt sich – für jede Zeile."
    one_broken_byte = text.encode().replace("für".encode(), b"f\xc3r")
    rebuilt = rebuild(released_notebook(course), one_broken_byte)
    (answer,) = [c.source for c in rebuilt.notebook.cells if grade_id(c) == "why"]
    assert answer == "Er kürzt sich – f\ufffdr jede Zeile."
