"""Tables as a teacher has them: CSV of any program, in any of its encodings and separators."""

import csv
import io
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from softmax_grader.course.folder import CourseError
from softmax_grader.text import clean_text

SEPARATORS = (",", ";", "\t", "|")
MOST_BYTES = 20_000_000
#: Signs at the start of a cell that a spreadsheet takes for the start of a formula.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


@dataclass(frozen=True)
class Table:
    """The rows of a file.

    Parameters
    ----------
    rows : list of list of str
    lines : list of int
        The line of the file on which each row begins, from 1.
    separator : str
    is_sure : bool
        Whether the file tells its encoding; if not, it was read as Windows-1252.
    """

    rows: list[list[str]]
    lines: list[int]
    separator: str
    is_sure: bool = True


def read_table(path: str | Path) -> Table:
    """Read a file of rows; its encoding and its separator are found out.

    Parameters
    ----------
    path : path

    Returns
    -------
    Table
        Without empty rows, and without blanks around what stands in a cell.

    Raises
    ------
    CourseError
        If it is not there, or is no such file.
    """
    path = Path(path)
    try:
        if path.stat().st_size > MOST_BYTES:
            raise CourseError(f"{path} is larger than {MOST_BYTES // 1_000_000} MB: no class list")
        data = path.read_bytes()
    except FileNotFoundError:
        raise CourseError(f"{path} is not there") from None
    except IsADirectoryError:
        raise CourseError(f"{path} is a folder; expected a CSV file") from None
    if data[:4] in (b"PK\x03\x04", b"\xd0\xcf\x11\xe0"):
        raise CourseError(f"{path} is a workbook or an archive; expected CSV: save it as CSV first")
    text, is_sure = decoded(data)
    if "\x00" in text:
        raise CourseError(f"{path} is no text; expected CSV")
    first, _, rest = text.partition("\n")
    separator = _separator(text)
    skipped = 0
    if first.strip().lower().startswith("sep=") and len(first.strip()) == 5:  # as Excel writes it
        separator, text, skipped = first.strip()[4], rest, 1
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    rows, lines, line = [], [], 1 + skipped
    try:
        for row in reader:
            cells = [_cell(cell) for cell in row]
            if any(cells):
                rows.append(cells)
                lines.append(line)
            line = reader.line_num + 1 + skipped
    except csv.Error as error:
        raise CourseError(f"{path}, line {line}: {error}; expected CSV") from None
    if not rows:
        raise CourseError(f"{path} is empty; expected a row of headings, and one for each student")
    return Table(rows, lines, separator, is_sure)


def _cell(text: str) -> str:
    text = clean_text(text).strip()
    # What was made harmless for a spreadsheet, here or elsewhere.
    return text[1:] if text[:1] == "'" and text[1:2] in FORMULA else text


def decoded(data: bytes) -> tuple[str, bool]:
    r"""Return the text of a file of any usual encoding.

    Parameters
    ----------
    data : bytes

    Returns
    -------
    text : str
    is_sure : bool
        False where it was read as Windows-1252, for want of anything better.

    Examples
    --------
    >>> decoded("Zoë".encode("utf-16")), decoded("Zoë".encode("cp1252"))
    (('Zoë', True), ('Zoë', False))
    """
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", "replace"), True
    even, odd = data[:2000:2].count(0), data[1:2000:2].count(0)
    if 4 * max(even, odd) > len(data[:2000]):  # no mark, and every second byte is 0
        return data.decode("utf-16-le" if odd > even else "utf-16-be", "replace"), True
    try:
        return data.decode("utf-8-sig"), True
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace"), False


def _separator(text: str) -> str:
    """Return the sign that parts the first rows into most columns, the same number in each."""

    def worth(separator: str) -> tuple[int, int]:
        try:
            reader = csv.reader(io.StringIO(text[:50_000], newline=""), delimiter=separator)
            widths = [len(row) for row, _ in zip(reader, range(30), strict=False) if any(row)]
        except csv.Error:
            return 0, 0
        (width, times), *_ = Counter(widths).most_common(1) or [(0, 0)]
        return (times, width) if width > 1 else (0, max(widths, default=0))

    return max(SEPARATORS, key=worth)


def plain_heading(text: str) -> str:
    """Return a heading without capitals, accents, blanks and signs.

    Parameters
    ----------
    text : str

    Returns
    -------
    str

    Examples
    --------
    >>> plain_heading("Prénom "), plain_heading("E-mail address")
    ('prenom', 'emailaddress')
    """
    parts = unicodedata.normalize("NFKD", text).casefold()
    return "".join(c for c in parts if c.isalnum())


def harmless(value: object) -> str:
    """Return a cell that a spreadsheet takes as text, not as a formula.

    Parameters
    ----------
    value : object

    Returns
    -------
    str

    Examples
    --------
    >>> harmless("=1+1")
    "'=1+1"
    """
    text = str(value)
    first = unicodedata.normalize("NFKC", text[:1])  # a wide = begins a formula too
    return f"'{text}" if first in FORMULA and text != "-" else text


def csv_text(rows: Iterable[Sequence[object]], *, separator: str = ",", decimal: str = ".") -> str:
    """Return rows as CSV, each text in them made harmless.

    Parameters
    ----------
    rows : iterable of sequence
        Text, numbers.
    separator, decimal : str

    Returns
    -------
    str
    """
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=separator, lineterminator="\n")
    for row in rows:
        writer.writerow([_written(cell, decimal) for cell in row])
    return text.getvalue()


def _written(cell: object, decimal: str) -> object:
    if isinstance(cell, str):
        return harmless(cell)
    if isinstance(cell, float) and decimal != ".":
        return str(cell).replace(".", decimal)
    return cell
