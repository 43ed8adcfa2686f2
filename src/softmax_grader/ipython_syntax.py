r"""What IPython understands in a cell beside Python, such as ``np.max?``, made Python.

IPython's own transformer says what a line means. It gets only the lines that could be such ones,
each by itself: over a whole cell it takes time with the square of the length.
"""

import ast
import re
import textwrap
from collections.abc import Iterator

MAX_LINE = 2000  # characters of a line that IPython is asked about
MAX_LINES = 300  # of a cell
NESTED = 5  # magics for a whole cell, one in the other
RUN_LINE = {"time", "prun", "memit", "mprun", "lprun", "debug", "capture"}
RUN_CELL = {"time", "prun", "memit", "mprun", "lprun", "debug", "capture", "notify", "wandb"}
WITHOUT_PERCENT = re.compile(
    r"\s*(pip3?|conda|mamba|ls|ll|cd|cat|mkdir|pwd|time|timeit|matplotlib|load_ext|autoreload)\s+\S"
)
OPTIONS = re.compile(r"(?:-[nrpTDls]\s*\S+|-{1,2}[\w-]+(?:=\S+)?)(?:\s+|$)")
BEGINS = re.compile(r"[ \t]*(?:[%!?,;/]|[A-Za-z_(\[][\w.,()\[\]'\" \t*]{0,200}?=[ \t]*[%!])")
# Within code: what hides a bracket or the end of a line, and what nests.
PIECES = re.compile(
    r"#[^\n]*|[rbfuRBFU]{0,2}(?:'''|\"\"\")|'(?:[^'\\\n]|\\.)*'?|\"(?:[^\"\\\n]|\\.)*\"?"
    r"|[(\[{]|[)\]}]|\\\n|\n",
    re.DOTALL,
)


def as_python(source: str) -> str:
    r"""Return a cell as Python, with its lines in their places.

    What needs a shell or a magic of IPython's becomes a call of ``get_ipython()``; of ``%time z =
    f()`` the statement is left, since that is what it does.

    Parameters
    ----------
    source : str
        Code, a student's too. What is Python already is returned as it is, and so is what can
        be made Python by nothing.

    Returns
    -------
    str

    Examples
    --------
    >>> print(as_python("np.max?\n%time z = f(2)\nfiles = !ls"))
    get_ipython().run_line_magic('pinfo', 'np.max')
    z = f(2)
    files = get_ipython().getoutput('ls')
    """
    if is_python(source):
        return source
    code = source
    for _ in range(NESTED):
        rest = _without_cell_magic(code)
        if rest is None:
            break
        code = rest
        if is_python(code):
            return code
    if WITHOUT_PERCENT.match(code) and "\n" not in code.strip():
        return _line(f"%{code.strip()}")
    code = _without_prompts(textwrap.dedent(code))
    return code if is_python(code) else "\n".join(_lines(code))


def is_python(source: str) -> bool:
    """Return whether Python can read code.

    Parameters
    ----------
    source : str

    Returns
    -------
    bool
    """
    try:
        ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


def _without_cell_magic(source: str) -> str | None:
    """Return a cell without the magic in its first line, or None if there is none."""
    before = len(source) - len(source.lstrip())
    match = re.match(r"%%(\w+)([^\n]*)(?:\n|$)", source[before:])
    if match is None:
        return None
    name, line, body = match[1], match[2].strip(), source[before + match.end() :]
    first = source[:before]
    if name in RUN_CELL:
        target = line.split()[-1] if line.split() else ""
        if name == "capture" and target.isidentifier():
            first += f"{target} = get_ipython().captured()"
        return f"{first}\n{body}"
    if name == "timeit":  # it leaves no names
        return first
    return f"{first}get_ipython().run_cell_magic({name!r}, {line!r}, {body!r})"


def _without_prompts(source: str) -> str:
    """Return code without ``>>>`` and ``In [1]:``, which come with what is pasted."""
    if not re.match(r"\s*(?:>>>|In \[\d+\]:)", source):
        return source
    from IPython.core.inputtransformer2 import classic_prompt, ipython_prompt

    lines = source.splitlines(keepends=True)
    return "".join(ipython_prompt(classic_prompt(lines)))


def _lines(code: str) -> Iterator[str]:
    """Yield the lines of a cell, those of IPython's as Python."""
    left = MAX_LINES
    for lines in _statements(code.split("\n")):
        first, text = lines[0], "\n".join(lines)
        is_help = lines[-1].rstrip().endswith("?")
        if is_help or BEGINS.match(first):
            indent = first[: len(first) - len(first.lstrip())]
            if left and len(text) <= MAX_LINE:
                left -= 1
                text = _line(text.strip())
            elif first.lstrip().startswith(("%", "!")):
                text = "pass"
            yield indent + text
            yield from [""] * (len(lines) - 1 - text.count("\n"))
        else:
            yield from lines


def _statements(lines: list[str]) -> Iterator[list[str]]:
    """Yield the physical lines that belong together, in one pass."""
    held: list[str] = []
    within, depth = "", 0  # a string of several lines, and brackets
    for line in lines:
        if not held and BEGINS.match(line) and not within:
            held.append(line)
            if not line.endswith("\\"):
                yield held
                held = []
            continue
        if held and not within and depth == 0 and BEGINS.match(held[0]):
            held.append(line)  # the next line of a magic that ends in a backslash
            if not line.endswith("\\"):
                yield held
                held = []
            continue
        held.append(line)
        within, depth, goes_on = _state_after(line, within, depth)
        if not within and depth <= 0 and not goes_on:
            yield held
            held, depth = [], 0
    if held:
        yield held


def _state_after(line: str, within: str, depth: int) -> tuple[str, int, bool]:
    """Return the string that is open after a line, the brackets, and whether the line goes on."""
    place, goes_on = 0, False
    text = line + "\n"
    while place < len(text):
        if within:
            match = re.compile(rf"\\.|{within}", re.DOTALL).search(text, place)
            if match is None:
                return within, depth, False
            place = match.end()
            within = "" if match[0] == within else within
            continue
        match = PIECES.search(text, place)
        if match is None:
            break
        place, piece = match.end(), match[0]
        if piece.endswith(("'''", '"""')) and not piece.startswith("#") and len(piece) <= 5:
            within = piece[-3:]
        elif piece in "([{":
            depth += 1
        elif piece in ")]}":
            depth -= 1
        goes_on = piece == "\\\n"
    return within, depth, goes_on


def _line(text: str) -> str:
    """Return one line as Python; if IPython has nothing to say to it, as it is."""
    from IPython.core.inputtransformer2 import TransformerManager

    try:
        changed = TransformerManager().transform_cell(text).strip("\n")
        (statement,) = ast.parse(changed).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return text
    call = getattr(statement, "value", None)
    if not (isinstance(call, ast.Call) and ast.unparse(call.func).endswith(".run_line_magic")):
        return changed
    magic, line = (getattr(argument, "value", "") for argument in call.args[:2])
    while option := OPTIONS.match(line):
        line = line[option.end() :]
    if magic in RUN_LINE and is_python(line) and "\n" not in line:
        if isinstance(statement, ast.Assign):
            return " = ".join([*map(ast.unparse, statement.targets), line])
        return line or "pass"
    if magic == "timeit":  # it leaves no names
        return "pass"
    return changed
