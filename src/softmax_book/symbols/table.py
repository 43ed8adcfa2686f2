"""The one table of the book's symbols: ``table.toml``, read and asked.

A symbol that has an ``on`` means what it means there alone, on a page or in an equation.
"""

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from softmax_book.symbols.letters import Letter, key_of
from softmax_book.symbols.values import written_rows

# What stands around the letter that a symbol is sorted by.
LETTER = re.compile(r"\\(?:operatorname|mathrm|mathbb|mathcal|partial|hat|bar)|[\\{} ]")
FILE = Path(__file__).with_suffix(".toml")
#: The tables of the notation, each with the heads of its columns.
SIZES, STEPS, FURTHER, SOMEWHERE = "sizes", "steps", "further", "somewhere"
COLUMNS = {
    SIZES: ("symbol", "meaning", "100 digits of MNIST", "500 photographs of CIFAR-10"),
    STEPS: ("symbol", "meaning", "code", "shape", "unit"),
    FURTHER: ("symbol", "meaning", "code", "shape", "unit"),
    SOMEWHERE: ("letter", "meaning", "where"),
}


@dataclass(frozen=True)
class Symbol:
    """One symbol with what the book tells of it, in Markdown."""

    name: str  #: what pages call it
    tex: str
    said: str  #: what a screen reader says
    meaning: str
    code: str
    shape: str
    unit: str
    also: tuple[str, ...] = ()  #: other ways to write it
    row: str = ""  #: how the notation's table writes it, if otherwise
    card: str = ""  #: the meaning, where the card says it in other words than the table
    value: str = ""  #: the name of its value in the tiny example
    table: str = ""  #: the table of the notation in which it has a row
    cases: tuple[str, ...] = ()  #: the sizes of two well-known sets of data
    on: tuple[str, ...] = ()  #: pages, or labels of equations; empty: everywhere

    @property
    def keys(self) -> tuple[str, ...]:
        """All ways to write it, as :func:`~softmax_book.symbols.letters.key_of` writes them."""
        return tuple(key_of(tex) for tex in (self.tex, *self.also))

    @property
    def rows(self) -> list[list[str]]:
        """Its value in the tiny example, as rows of entries; empty if it has none."""
        return written_rows(self.value) if self.value else []


@cache
def read_table() -> dict[str, Symbol]:
    """Read the table.

    Returns
    -------
    dict of str to Symbol
        By name, in the order of the file.

    Raises
    ------
    ValueError
        If two symbols are written alike and mean their own at the same place, or a value has no
        name among those of the tiny example.
    """
    symbols: dict[str, Symbol] = {}
    seen: dict[tuple[str, str], str] = {}
    for name, entry in tomllib.loads(FILE.read_text("utf-8")).items():
        told: dict[str, Any] = {
            key: tuple(it) if isinstance(it, list) else it for key, it in entry.items()
        }
        symbol = symbols[name] = Symbol(name=name, **told)
        for place in symbol.on or ("",):
            for key in set(symbol.keys):
                other = seen.setdefault((key, place), name)
                if other != name:
                    where = f"on {place}" if place else "everywhere"
                    raise ValueError(
                        f"{FILE.name}: {other} and {name} are both written {symbol.tex} {where}. "
                        f"Say of one of them, with on = [...], where it means this."
                    )
        try:
            _ = symbol.rows
        except KeyError:
            raise ValueError(
                f"{FILE.name}: {name} has the value {symbol.value!r}; expected a name that "
                f"values.py computes. Is it misspelt?"
            ) from None
    return symbols


def resolve(letter: Letter, page: str, label: str = "") -> Symbol | None:
    """Return what a letter means where it stands.

    Parameters
    ----------
    letter : Letter
    page : str
        The page's name, as ``03_softmax``.
    label : str
        The label of the equation, if it has one.

    Returns
    -------
    Symbol or None
        None if the table does not have it.

    Examples
    --------
    >>> from softmax_book.symbols.letters import find_letters
    >>> (gradient,) = find_letters("G")
    >>> resolve(gradient, "05_regularization").name, resolve(gradient, "07_training").name
    ('data_gradient', 'full_gradient')
    """
    meanings = _by_key()
    for key in letter.keys:
        for place in filter(None, (label, page)):
            if (key, place) in meanings:
                return meanings[key, place]
        if (key, "") in meanings:
            return meanings[key, ""]
    return None


@cache
def _by_key() -> dict[tuple[str, str], Symbol]:
    return {
        (key, place): symbol
        for symbol in read_table().values()
        for key in symbol.keys
        for place in symbol.on or ("",)
    }


def written_table(name: str) -> str:
    """Write one of the tables of the notation in Markdown.

    Parameters
    ----------
    name : str
        One of :data:`COLUMNS`.

    Returns
    -------
    str
        The last table names equations by the role ``eq``, and chapters by links.

    Raises
    ------
    ValueError
        If there is no such table.
    """
    if name not in COLUMNS:
        raise ValueError(f"there is no table {name!r}; expected one of {', '.join(COLUMNS)}.")
    lines = [COLUMNS[name], ("---",) * len(COLUMNS[name])]
    symbols = list(read_table().values())
    if name == SOMEWHERE:  # by the alphabet, so that a letter's meanings stand together
        symbols.sort(key=lambda symbol: LETTER.sub("", symbol.tex).casefold())
    for symbol in symbols:
        shown = [f"${symbol.row or symbol.tex}$", symbol.meaning]
        if name == SOMEWHERE and symbol.on and not symbol.table:
            lines.append((*shown, _places(symbol.on)))
        elif name == SIZES == symbol.table:
            lines.append((*shown, *symbol.cases))
        elif name == symbol.table:
            lines.append((*shown, f"`{symbol.code}`", symbol.shape, symbol.unit))
    return "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"


OTHER_PAGES = {"notation": "this page", "notes_mended": "[the mended slips](notes_mended.md)"}


def _places(on: Iterable[str]) -> str:
    words = []
    for place in on:
        chapter = re.match(r"\d+", place)
        if chapter:
            words.append(f"[Chapter {int(chapter[0])}]({place}.md)")
        else:
            words.append(OTHER_PAGES.get(place, f"{{eq}}`{place}`"))
    return ", ".join(words)
