"""Rebuild a submission on the released notebook: the release's cells, the student's answers.

Nothing else of what was handed in is believed: not its metadata, not its outputs, not its tests.
A file that cannot be read becomes the release itself, with a note of why.
"""

import ast
import copy
import functools
import json
import re
from dataclasses import dataclass, field
from itertools import pairwise

import nbformat

from softmax_grader.intake.flags import LIVE, one_line

MAX_BYTES = 20 * 2**20
MAX_CELLS = 400
MAX_SOURCE = 100_000  # characters of one cell
MAX_TEXT = 1_000_000  # and of all of them
ACTING_TEX = re.compile(
    r"\\(?=(?:href|url|style|class|cssId|data|html\w*|require|[egx]?def|let|(?:re)?newcommand|"
    r"(?:re)?newenvironment|DeclareMathOperator|providecommand|csname|unicode|bbox|mmlToken|"
    r"includegraphics|texttip|toggle|action|input|catcode|begingroup)(?![A-Za-z]))",
    re.I,
)
DEFINED = re.compile(r"^(?:async\s+)?(?:def|class)\s+(\w+)", re.MULTILINE)


@dataclass
class Rebuilt:
    """A submission on the released notebook.

    `mended` tells what was put right, `flags` what a teacher should look at.
    """

    notebook: object
    mended: list = field(default_factory=list)
    flags: list = field(default_factory=list)
    readable: bool = True


@dataclass
class Cell:
    """A cell of a submission, with nothing kept that is not needed."""

    kind: str
    source: str
    grade_id: str | None
    place: int


class UnreadableError(Exception):
    """A file that is no notebook."""


def parse(data):
    """Return (cells, flags) of the bytes of a notebook of any version.

    Raises
    ------
    UnreadableError
    """
    if len(data) > MAX_BYTES:
        raise UnreadableError(f"it has more than {MAX_BYTES // 2**20} MB")
    encoding = "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        content = json.loads(data.decode(encoding, "replace"))
    except (ValueError, RecursionError, MemoryError):
        raise UnreadableError("it is not JSON, the form of a notebook") from None
    if not isinstance(content, dict):
        raise UnreadableError("it is JSON but no notebook")
    cells, flags = content.get("cells"), []
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
    found, left = [], MAX_TEXT
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
        ours = metadata.get("nbgrader") if isinstance(metadata, dict) else None
        grade_id = ours.get("grade_id") if isinstance(ours, dict) else None
        source = source.encode("utf-8", "replace").decode().replace("\r\n", "\n")
        grade_id = grade_id if isinstance(grade_id, str) else None
        found.append(Cell(kind, source.replace("\0", ""), grade_id, place))
        if cell.get("attachments"):
            flags.append("attachments were left out")
    if not found:
        raise UnreadableError("it has no cells")
    if len(found) > MAX_CELLS:
        flags.append(f"it has {len(found)} cells; those beyond {MAX_CELLS} were left out")
        known = [cell for cell in found[MAX_CELLS:] if cell.grade_id]
        found = found[:MAX_CELLS] + known[:MAX_CELLS]
    flags += _look_at_metadata(content)
    return found, list(dict.fromkeys(flags))


def _look_at_metadata(content):
    metadata = content.get("metadata")
    kernel = metadata.get("kernelspec") if isinstance(metadata, dict) else None
    name = kernel.get("name") if isinstance(kernel, dict) else None
    language = kernel.get("language", "python") if isinstance(kernel, dict) else "python"
    if isinstance(name, str) and language == "python" and "/" not in name:
        return []
    if kernel:
        return [f"it asks for a kernel of its own ({one_line(name, 40)}); it is not used"]
    return []


def grade_id(cell):
    """Return nbgrader's id of a cell; None where it has none."""
    return cell.metadata.get("nbgrader", {}).get("grade_id")


def is_solution(cell):
    """Return whether students write into a cell."""
    return bool(cell.metadata.get("nbgrader", {}).get("solution"))


@functools.lru_cache(maxsize=MAX_CELLS)
def defined_names(source):
    """Return the names of the functions and classes at the top level of the code `source`."""
    try:
        return [
            node.name
            for node in ast.parse(source).body
            if isinstance(node, ast.FunctionDef | ast.ClassDef)
        ]
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return DEFINED.findall(source)


def harmless_markdown(source):
    r"""Return Markdown in which no HTML and no script in a link is left to act.

    Formgrader shows a written answer in the teacher's browser as the HTML that it makes.

    >>> harmless_markdown("a<b, <script>x</script> and [y](javascript:z)")
    'a< b, < script>x< /script> and [y](javascript :z)'
    >>> print(harmless_markdown(r"$\href{x}{y} \frac12$"))
    $\ href{x}{y} \frac12$
    """
    source = re.sub(r"<(?=[A-Za-z/!?])", "< ", source)
    source = ACTING_TEX.sub(r"\\ ", source)  # MathJax makes links, and new commands for links
    source = re.sub(r"&(?=#|\w{1,31};)", "& ", source)  # no letter of a link in disguise
    return re.sub(r"(?i)\b(javascript|vbscript|data)(\s*):", r"\1 :", source)


def names_in(source):
    """Return the set of all names that `source` mentions."""
    return {node.id for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Name)}


def assigned_names(source):
    """Return the names that `source` assigns at its top level."""
    names = []
    for node in ast.parse(source).body:
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        for target in targets:
            parts = target.elts if isinstance(target, ast.Tuple | ast.List) else [target]
            names += [part.id for part in parts if isinstance(part, ast.Name)]
    return names


def rebuild(release, data):
    """Rebuild the notebook in `data` on `release`.

    Parameters
    ----------
    release : nbformat.NotebookNode
    data : bytes

    Returns
    -------
    Rebuilt
    """
    try:
        cells, flags = parse(data)
    except UnreadableError as error:
        return Rebuilt(_clean(release), flags=[f"the file cannot be read: {error}"], readable=False)
    return _Rebuilder(release, cells, flags).rebuild()


def blank(release, why):
    """Return the release itself, for a submission of which nothing can be used."""
    return Rebuilt(_clean(release), flags=[why], readable=False)


def _clean(release):
    notebook = copy.deepcopy(release)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    return notebook


class _Rebuilder:
    def __init__(self, release, cells, flags):
        self.release, self.cells = release, cells
        self.result = Rebuilt(_clean(release), flags=flags)
        self.known = {grade_id(c): c for c in release.cells if grade_id(c)}
        self.open = [name for name, c in self.known.items() if is_solution(c)]
        self.texts = {c.source.strip() for c in release.cells}

    def rebuild(self):
        answers = self.find_answers()
        extra = self.find_extra_cells(answers)
        chosen = {name: max(found, key=self.worth) for name, found in answers.items()}
        rebuilt = list(extra.get(None, []))
        for cell in self.result.notebook.cells:
            name = grade_id(cell)
            if name in chosen:
                for other in answers[name]:  # a copy that is not the answer may define a helper
                    if other is not chosen[name] and self.is_own(other):
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

    def find_answers(self):
        """Return the submission's cells for each open cell: by id, by function, by question."""
        answers, locked = {}, {}
        for cell in self.cells:
            if cell.grade_id in self.open:
                answers.setdefault(cell.grade_id, []).append(cell)
            elif cell.grade_id in self.known:
                locked.setdefault(cell.grade_id, []).append(cell)
        for name, found in answers.items():
            if len(found) > 1:
                self.result.flags.append(f"cell {name} is there {len(found)} times")
            if self.known[name].cell_type != found[-1].kind:
                self.result.mended.append(f"cell {name} had become {found[-1].kind}")
        for name, found in locked.items():
            if len(found) > 1:
                self.result.flags.append(f"locked cell {name} is there {len(found)} times")
            if any(cell.source.strip() != self.known[name].source.strip() for cell in found):
                self.result.flags.append(f"locked cell {name} was changed; the release's counts")
        foreign = {c.grade_id for c in self.cells if c.grade_id} - set(self.known)
        if foreign:
            self.result.flags.append(
                f"cells with an id that the release does not have: "
                f"{one_line(', '.join(sorted(foreign)[:3]), 80)}"
            )
        self.find_by_function(answers)
        self.find_by_question(answers)
        there = {cell.source.strip() for cell in self.cells}
        missing = [
            name
            for name, cell in self.known.items()
            if name not in answers and name not in locked and cell.source.strip() not in there
        ]
        if missing:
            self.result.mended.append(f"missing and put back: cells {', '.join(missing)}")
        return answers

    def find_by_function(self, answers):
        """Without metadata a cell is the answer if it defines the function."""
        told = []
        for name in self.open:
            wanted = set(defined_names(self.known[name].source))
            if name in answers or not wanted or self.known[name].cell_type != "code":
                continue
            found = [
                cell
                for cell in self.cells
                if cell.grade_id not in self.known
                and cell.kind == "code"
                and wanted & set(defined_names(cell.source))
            ]
            if found:
                answers[name] = found
                told.append(name)
        if told:
            self.result.mended.append(f"known by what they define: cells {', '.join(told)}")

    def find_by_question(self, answers):
        """Without metadata a written answer is the text cell that follows the question."""
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

    def find_extra_cells(self, answers):
        """Return the student's own cells, by the id of the release's cell before them."""
        used = {id(cell) for found in answers.values() for cell in found}
        by_place = {id(cell): name for name, found in answers.items() for cell in found}
        extra, before = {}, None
        for cell in self.cells:
            if id(cell) in used:
                before = by_place[id(cell)]
            elif cell.grade_id in self.known:
                before = cell.grade_id
            elif self.is_own(cell):
                extra.setdefault(before, []).append(self.new_cell(cell))
        return extra

    def is_own(self, cell):
        text = cell.source.strip()
        return bool(text) and text not in self.texts and cell.kind in ("code", "markdown")

    def worth(self, cell):
        """Of several cells for one answer: one that is not the stub, and the last of them."""
        stub = self.known.get(cell.grade_id)
        is_stub = stub is not None and cell.source.strip() == stub.source.strip()
        return (not is_stub and bool(cell.source.strip()), cell.place)

    def new_cell(self, cell):
        if cell.kind == "code":
            return nbformat.v4.new_code_cell(cell.source)
        new = nbformat.v4.new_markdown_cell(cell.source)
        self.look_at_answer(new)
        return new

    def look_at_answer(self, cell):
        if cell.cell_type == "markdown":
            if LIVE.search(cell.source):
                self.result.flags.append("its text contains HTML that could act in a browser")
            cell.source = harmless_markdown(cell.source)

    def number_cells(self):
        """Give each cell an id by its place, so that the same work gives the same file."""
        for number, cell in enumerate(self.result.notebook.cells):
            cell["id"] = f"cell-{number}"
        self.result.notebook.nbformat, self.result.notebook.nbformat_minor = 4, 5
