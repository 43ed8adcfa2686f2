"""Rebuild a submission on the released notebook: the release's cells, the student's answers.

Nothing else of what was handed in is believed: not its metadata, not its outputs, not its tests.
A file that cannot be read becomes the release itself, with a note of why.
"""

import copy
import json
import re
from dataclasses import dataclass, field
from itertools import pairwise

import nbformat

from softmax_grader.cells import (
    OWN_CHECK,
    OWN_CHECK_TEXT,
    defined_names,
    grade_id,
    is_solution,
)
from softmax_grader.intake.flags import LIVE
from softmax_grader.intake.written_answers import join_texts, text_in, without_placeholder
from softmax_grader.text import quoted

MAX_BYTES = 20 * 2**20
MAX_VALUES = 1_000_000  # in its JSON: each takes many times the memory of its text
MAX_CELLS = 400
MAX_SOURCE = 100_000  # characters of one cell
MAX_TEXT = 1_000_000  # and of all of them
EDITORS = re.compile(r"[^!-~]+|\?")  # what is not the same in another encoding or editor
JSON_TEXT = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"?', re.DOTALL)
ACTING_TEX = re.compile(
    r"\\(?=(?:href|url|style|class|cssId|data|html\w*|require|[egx]?def|let|(?:re)?newcommand|"
    r"(?:re)?newenvironment|DeclareMathOperator|providecommand|csname|unicode|bbox|mmlToken|"
    r"includegraphics|texttip|toggle|action|input|catcode|begingroup)(?![A-Za-z]))",
    re.I,
)


@dataclass
class Rebuilt:
    """A submission on the released notebook.

    Parameters
    ----------
    notebook : nbformat.NotebookNode
    mended : list of str
        What was put right.
    flags : list of str
        What a teacher should look at.
    readable : bool
        Whether there was anything to take answers from.
    """

    notebook: nbformat.NotebookNode
    mended: list[str] = field(default_factory=list)
    flags: list[str] = field(default_factory=list)
    readable: bool = True


@dataclass
class Cell:
    """A cell of a submission, with nothing kept that is not needed.

    Parameters
    ----------
    kind : str
        *code*, *markdown* or *raw*.
    source : str
    grade_id : str or None
        The id that it claims to have.
    place : int
        Its number in the submission.
    """

    kind: str
    source: str
    grade_id: str | None
    place: int


class UnreadableError(Exception):
    """A file that is no notebook."""


def parse(data: bytes) -> tuple[list[Cell], list[str]]:
    """Read a notebook of any version.

    Parameters
    ----------
    data : bytes
        Whatever was handed in.

    Returns
    -------
    cells : list of Cell
    flags : list of str

    Raises
    ------
    UnreadableError
        If it is no notebook, or has no cells.
    """
    if len(data) > MAX_BYTES:
        raise UnreadableError(f"it has more than {MAX_BYTES // 2**20} MB")
    encoding = "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        text = _decoded(data, encoding)
        structure = JSON_TEXT.sub("", text)
        if sum(map(structure.count, "[{,")) > MAX_VALUES:
            raise UnreadableError(f"it holds more than {MAX_VALUES} values beside its text")
        content = json.loads(text)
    except (ValueError, RecursionError, MemoryError):
        raise UnreadableError("it is not JSON, the form of a notebook") from None
    if not isinstance(content, dict):
        raise UnreadableError("it is JSON but no notebook")
    cells = content.get("cells")
    flags: list[str] = []
    if cells is None:  # version 3 and before
        sheets = content.get("worksheets")
        sheets = sheets if isinstance(sheets, list) else []
        cells = [
            cell
            for sheet in sheets
            if isinstance(sheet, dict) and isinstance(sheet.get("cells"), list)
            for cell in sheet["cells"]
        ]
    if not isinstance(cells, list) or not cells:
        raise UnreadableError("it has no cells")
    parsed: list[Cell] = []
    left = MAX_TEXT
    for place, cell in enumerate(cells):
        if not isinstance(cell, dict):
            continue
        kind = cell.get("cell_type")
        kind = "markdown" if kind in ("heading", "html") else kind
        source = cell.get("source", cell.get("input", ""))
        if isinstance(source, list):
            source = "".join(part for part in source if isinstance(part, str))
        if kind not in ("code", "markdown", "raw") or not isinstance(source, str):
            continue
        if len(source) > MAX_SOURCE:
            flags.append(f"a cell of {len(source)} characters was cut to {MAX_SOURCE}")
            source = source[:MAX_SOURCE]
        if len(source) > left:
            flags.append(f"its cells hold more than {MAX_TEXT} characters; the rest was left out")
            source = ""
        left -= len(source)
        metadata = cell.get("metadata")
        marks = metadata.get("nbgrader") if isinstance(metadata, dict) else None
        claimed = marks.get("grade_id") if isinstance(marks, dict) else None
        source = source.encode("utf-8", "replace").decode().replace("\r\n", "\n")
        claimed = claimed if isinstance(claimed, str) else None
        parsed.append(Cell(kind, source.replace("\0", ""), claimed, place))
        if cell.get("attachments"):
            flags.append("attachments were left out")
    if not parsed:
        raise UnreadableError("it has no cells")
    if len(parsed) > MAX_CELLS:
        flags.append(f"it has {len(parsed)} cells; those beyond {MAX_CELLS} were left out")
        known = [cell for cell in parsed[MAX_CELLS:] if cell.grade_id]
        parsed = parsed[:MAX_CELLS] + known[:MAX_CELLS]
    flags += _look_at_metadata(content)
    return parsed, list(dict.fromkeys(flags))


def _decoded(data: bytes, encoding: str) -> str:
    """Return the text of a file; one that is not in UTF-8 at all is taken for Windows-1252."""
    text = data.decode(encoding, "replace")
    broken = text.count("\ufffd")
    if broken > sum(not c.isascii() for c in text) - broken:
        return data.decode("cp1252", "replace")
    return text


def says_the_same(one: str, other: str) -> bool:
    r"""Return whether two texts differ only by what editors and encodings do to them.

    Blanks, tabs and line ends do not count, nor do letters beyond ASCII, with the question marks
    that come in their place where a file is saved in an encoding that lacks them.

    Parameters
    ----------
    one, other : str

    Returns
    -------
    bool

    Examples
    --------
    >>> says_the_same("x = 1  # the slope λ\n\ty", "x = 1  # the slope ?\r\n    y")
    True
    >>> says_the_same("assert x == 1", "assert x == 2")
    False
    """
    return EDITORS.sub("", one) == EDITORS.sub("", other)


def _look_at_metadata(content: dict) -> list[str]:
    metadata = content.get("metadata")
    kernel = metadata.get("kernelspec") if isinstance(metadata, dict) else None
    name = kernel.get("name") if isinstance(kernel, dict) else None
    language = kernel.get("language", "python") if isinstance(kernel, dict) else "python"
    if isinstance(name, str) and language == "python" and "/" not in name:
        return []
    if kernel:
        return [f"it asks for a kernel of its own ({quoted(name, 40)}); it is not used"]
    return []


def harmless_markdown(source: str) -> str:
    r"""Return Markdown in which no HTML and no script in a link is left to act.

    Formgrader shows a written answer in the teacher's browser as the HTML that it makes.

    Parameters
    ----------
    source : str

    Returns
    -------
    str

    Examples
    --------
    >>> harmless_markdown("a<b, <script>x</script> and [y](javascript:z)")
    'a< b, < script>x< /script> and [y](javascript :z)'
    >>> print(harmless_markdown(r"$\href{x}{y} \frac12$"))
    $\ href{x}{y} \frac12$
    """
    source = re.sub(r"<(?=[A-Za-z/!?])", "< ", source)
    source = ACTING_TEX.sub(r"\\ ", source)  # MathJax makes links, and new commands for links
    source = re.sub(r"&(?=#|\w{1,31};)", "& ", source)  # no letter of a link in disguise
    return re.sub(r"(?i)\b(javascript|vbscript|data)(\s*):", r"\1 :", source)


def rebuild(release: nbformat.NotebookNode, data: bytes) -> Rebuilt:
    """Rebuild a submission on the release.

    Parameters
    ----------
    release : nbformat.NotebookNode
    data : bytes
        What was handed in.

    Returns
    -------
    Rebuilt
    """
    try:
        cells, flags = parse(data)
    except UnreadableError as error:
        return Rebuilt(_clean(release), flags=[f"the file cannot be read: {error}"], readable=False)
    return _Rebuilder(release, cells, flags).rebuild()


def blank(release: nbformat.NotebookNode, why: str) -> Rebuilt:
    """Return the release itself, for a submission of which nothing can be used.

    Parameters
    ----------
    release : nbformat.NotebookNode
    why : str
        A flag.

    Returns
    -------
    Rebuilt
    """
    return Rebuilt(_clean(release), flags=[why], readable=False)


def _clean(release: nbformat.NotebookNode) -> nbformat.NotebookNode:
    notebook = copy.deepcopy(release)
    notebook.cells = [c for c in notebook.cells if grade_id(c) not in (OWN_CHECK, OWN_CHECK_TEXT)]
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    return notebook


class _Rebuilder:
    def __init__(self, release: nbformat.NotebookNode, cells: list[Cell], flags: list[str]) -> None:
        self.release, self.result = release, Rebuilt(_clean(release), flags=flags)
        self.cells = [c for c in cells if c.grade_id not in (OWN_CHECK, OWN_CHECK_TEXT)]
        self.known = {str(grade_id(c)): c for c in self.result.notebook.cells if grade_id(c)}
        self.open = [name for name, c in self.known.items() if is_solution(c)]
        self.texts = {c.source.strip() for c in release.cells}
        self.by_text = {c.source.strip(): name for name, c in self.known.items()}
        self.taken: set[int] = set()  # own cells that are part of a written answer

    def rebuild(self) -> Rebuilt:
        answers = self.find_answers()
        own_cells = self.find_own_cells(answers)
        self.join_written_answers(answers, own_cells)
        extra = self.find_extra_cells(own_cells)
        chosen = {name: max(cells, key=self.worth) for name, cells in answers.items()}
        rebuilt = list(extra.get(None, []))
        for cell in self.result.notebook.cells:
            name = grade_id(cell)
            if name in chosen:
                for other in answers[name]:  # a copy that is not the answer may define a helper
                    if other is not chosen[name] and self.is_own(other) and other.kind != "raw":
                        rebuilt.append(self.new_cell(other))
                cell.source = chosen[name].source
                self.look_at_answer(cell)
            rebuilt.append(cell)
            rebuilt += extra.get(name, []) if name else []
        self.result.notebook.cells = rebuilt
        self.number_cells()
        self.result.mended = list(dict.fromkeys(self.result.mended))
        self.result.flags = list(dict.fromkeys(self.result.flags))
        return self.result

    def find_answers(self) -> dict[str, list[Cell]]:
        """Return the submission's cells for each open cell: by id, by function, by question."""
        answers: dict[str, list[Cell]] = {}
        locked: dict[str, list[Cell]] = {}
        for cell in self.cells:
            if cell.grade_id in self.open:
                answers.setdefault(cell.grade_id, []).append(cell)
            elif cell.grade_id in self.known:
                locked.setdefault(cell.grade_id, []).append(cell)
        for name, copies in answers.items():
            if len(copies) > 1:
                self.result.flags.append(f"cell {name} is there {len(copies)} times")
            if self.known[name].cell_type != copies[-1].kind:
                self.result.mended.append(f"cell {name} had become {copies[-1].kind}")
        for name, copies in locked.items():
            if len(copies) > 1:
                self.result.flags.append(f"locked cell {name} is there {len(copies)} times")
            if any(not says_the_same(c.source, self.known[name].source) for c in copies):
                self.result.flags.append(f"locked cell {name} was changed; the release's counts")
        foreign = {c.grade_id for c in self.cells if c.grade_id} - set(self.known)
        if foreign:
            self.result.flags.append(
                f"cells with an id that the release does not have: "
                f"{', '.join(quoted(name, 40) for name in sorted(foreign)[:3])}"
            )
        self.find_by_function(answers)
        self.find_by_question(answers)
        sources = {cell.source.strip() for cell in self.cells}
        missing = [
            name
            for name, cell in self.known.items()
            if name not in answers and name not in locked and cell.source.strip() not in sources
        ]
        if missing:
            self.result.mended.append(f"missing and put back: cells {', '.join(missing)}")
        return answers

    def find_by_function(self, answers: dict[str, list[Cell]]) -> None:
        """Take a cell without metadata for the answer if it defines the function."""
        recognised = []
        for name in self.open:
            wanted = set(defined_names(self.known[name].source))
            if name in answers or not wanted or self.known[name].cell_type != "code":
                continue
            defining = [
                cell
                for cell in self.cells
                if cell.grade_id not in self.known
                and cell.kind == "code"
                and wanted & set(defined_names(cell.source))
            ]
            if defining:
                answers[name] = defining
                recognised.append(name)
        if recognised:
            self.result.mended.append(f"known by what they define: cells {', '.join(recognised)}")

    def find_by_question(self, answers: dict[str, list[Cell]]) -> None:
        """Take the text cell that follows a question for the answer, if it has no metadata."""
        before = None
        for cell in self.release.cells:
            name = grade_id(cell)
            if (
                name in self.open
                and name not in answers
                and cell.cell_type == "markdown"
                and before
            ):
                for cell_before, answer in pairwise(self.cells):
                    if cell_before.source.strip() == before and answer.kind == "markdown":
                        if answer.source.strip() not in self.texts - {cell.source.strip()}:
                            answers[name] = [answer]
                            self.result.mended.append(f"cell {name} was known by its question")
                        break
            before = cell.source.strip()

    def join_written_answers(
        self, answers: dict[str, list[Cell]], own_cells: dict[str | None, list[Cell]]
    ) -> None:
        """Take the text in cells of the student's own beside an answer in words into it.

        What stands between the question and the next cell of the release is the answer.
        """
        before: str | None = None
        for name, given in self.known.items():
            around = [name]
            question = self.known.get(before or "")
            if question is not None and question.cell_type == "markdown":
                around += [] if is_solution(question) else [str(before)]
            before = name
            if name not in self.open or given.cell_type != "markdown":
                continue
            placeholder = given.source.strip()
            found = []
            for cell in answers.get(name, []):
                text = text_in(cell.kind, cell.source) or cell.source.strip()
                if text and text != placeholder:
                    found.append((cell.place, without_placeholder(text, placeholder), cell))
            beside = [cell for place in around for cell in own_cells.get(place, [])]
            if len(around) > 1:
                beside += self.written_below(around[1])
            read = [(cell.place, text_in(cell.kind, cell.source), cell) for cell in beside]
            own = [(place, text, cell) for place, text, cell in read if text]
            in_code = [part for part in own if part[2].kind == "code"]
            if len(in_code) < len(own) or found:
                own = [part for part in own if part[2].kind != "code"]
            if own:
                self.taken |= {id(cell) for _, _, cell in own}
                self.result.mended.append(
                    f"cell {name}: the text in the cells beside it is taken as the answer"
                )
            texts = [text for _, text, _ in sorted(found + own, key=lambda part: part[0])]
            if len(texts) > 1 or own or not texts or texts[0] != found[0][2].source.strip():
                joined = join_texts(texts) or given.source
                place = found[0][0] if found else len(self.cells)
                answers[name] = [Cell("markdown", joined, name, place)]

    def written_below(self, question: str) -> list[Cell]:
        """Return what was written into the locked cell of a question, below its text."""
        asked = self.known[question].source.strip()
        return [
            Cell("markdown", rest, None, cell.place)
            for cell in self.cells
            if cell.grade_id == question
            and (rest := cell.source.strip().removeprefix(asked).strip())
            and rest != cell.source.strip()
        ]

    def find_own_cells(self, answers: dict[str, list[Cell]]) -> dict[str | None, list[Cell]]:
        """Return the student's own cells, by the id of the release's cell before them."""
        by_cell = {id(cell): name for name, cells in answers.items() for cell in cells}
        own: dict[str | None, list[Cell]] = {}
        before: str | None = None
        for cell in self.cells:
            if id(cell) in by_cell:
                before = by_cell[id(cell)]
            elif cell.grade_id in self.known:
                before = cell.grade_id
            elif cell.source.strip() in self.by_text:
                before = self.by_text[cell.source.strip()]
            elif self.is_own(cell):
                own.setdefault(before, []).append(cell)
        return own

    def find_extra_cells(
        self, own_cells: dict[str | None, list[Cell]]
    ) -> dict[str | None, list[nbformat.NotebookNode]]:
        """Return the student's own cells that stay, by the id of the cell before them."""
        return {
            before: [
                self.new_cell(cell)
                for cell in cells
                if id(cell) not in self.taken and cell.kind != "raw"
            ]
            for before, cells in own_cells.items()
        }

    def is_own(self, cell: Cell) -> bool:
        text = cell.source.strip()
        return bool(text) and text not in self.texts

    def worth(self, cell: Cell) -> tuple[bool, int]:
        """Prefer, of several cells for one answer, one that is not the stub, and the last."""
        stub = self.known.get(cell.grade_id or "")
        is_stub = stub is not None and cell.source.strip() == stub.source.strip()
        return (not is_stub and bool(cell.source.strip()), cell.place)

    def new_cell(self, cell: Cell) -> nbformat.NotebookNode:
        if cell.kind == "code":
            return nbformat.v4.new_code_cell(cell.source)
        new = nbformat.v4.new_markdown_cell(cell.source)
        self.look_at_answer(new)
        return new

    def look_at_answer(self, cell: nbformat.NotebookNode) -> None:
        if cell.cell_type == "markdown":
            if LIVE.search(cell.source):
                self.result.flags.append("its text contains HTML that could act in a browser")
            cell.source = harmless_markdown(cell.source)

    def number_cells(self) -> None:
        """Give each cell an id by its place, so that the same work gives the same file."""
        for number, cell in enumerate(self.result.notebook.cells):
            cell["id"] = f"cell-{number}"
        self.result.notebook.nbformat, self.result.notebook.nbformat_minor = 4, 5
