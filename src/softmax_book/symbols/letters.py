r"""Finds the letters of a formula, each with what hangs on it, and marks them for the page.

A letter's keys go from the exact to the plain: ``L_{\text{data}}`` is first looked for as a whole,
then as ``L``. A derivative counts as one letter, with the letters of its two parts within it. So
does a differential such as ``dW``.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

TOKEN = re.compile(r"\\[a-zA-Z]+\*?|\\.|\s+|.", re.DOTALL)
GREEK = {
    *("alpha", "beta", "gamma", "delta", "epsilon", "varepsilon", "zeta", "eta", "theta", "iota"),
    *("kappa", "lambda", "mu", "nu", "xi", "pi", "rho", "sigma", "tau", "upsilon", "phi", "varphi"),
    *("chi", "psi", "omega", "Gamma", "Delta", "Theta", "Lambda", "Xi", "Pi", "Sigma", "Phi"),
    *("Psi", "Omega", "ell"),
}
FONTS = {"mathbf", "mathcal", "mathbb", "mathsf", "mathrm", "hat", "bar", "tilde"}
OPERATORS = {"log", "ln", "exp", "odot", "oslash"}
WORDS = {"text", "begin", "end", "htmlClass"}
FRACTIONS = {"frac", "tfrac", "dfrac"}
ARGUMENTS = {"underset": 2, "overset": 2, "sqrt": 1}
#: The keys of a derivative and of a differential that have no entry of their own.
PARTIAL, SLOPE, STEP = r"\partial/\partial", "d/d", "d*"
BRACES = re.compile(r"[{}\s]|\\[,;:!]")


@dataclass(frozen=True)
class Letter:
    """A letter of a formula, with its accents, primes, indices and powers."""

    keys: tuple[str, ...]  #: from the exact to the plain, as :func:`key_of` writes them
    start: int  #: where it begins in the formula
    end: int  #: the place behind its end
    is_word: bool = False  #: an operator, such as ``\log``: it need not be in the table


def key_of(latex: str) -> str:
    r"""Write a symbol without spaces and braces, so that two ways to write it are one.

    >>> key_of(r"L_{\text{data}}"), key_of(r"\hat y_{i}")
    ('L_\\textdata', '\\haty_i')
    """
    return BRACES.sub("", latex)


def find_letters(latex: str) -> list[Letter]:
    r"""Find all letters of a formula.

    Parameters
    ----------
    latex : str

    Returns
    -------
    list of Letter
        In the order in which they begin; a letter of an index stands behind what has the index.

    Examples
    --------
    >>> [letter.keys for letter in find_letters(r"F'_{i}")]
    [("F'_i", "F'", 'F'), ('i',)]
    >>> [letter.keys[0] for letter in find_letters(r"\frac{\partial L}{\partial W}")]
    ['\\partialL/\\partialW', 'L', 'W']
    """
    reader = _Reader(latex)
    reader.read(0, len(reader.tokens))
    return sorted(reader.letters, key=lambda letter: (letter.start, -letter.end))


def mark_letters(latex: str, name: Callable[[Letter], str | None]) -> str:
    r"""Mark the letters of a formula for KaTeX, each by a name.

    Parameters
    ----------
    latex : str
    name : callable
        Returns a letter's name, or None for one that is not to be marked.

    Returns
    -------
    str
        What KaTeX draws as before, with the attribute ``data-s``. :func:`without_marks` undoes it.

    Examples
    --------
    >>> mark_letters("W_{j}", lambda letter: letter.keys[-1])
    '\\htmlData{s=W}{W_{\\htmlData{s=j}{j\\relax}}\\relax}'
    >>> without_marks(mark_letters("W_j^2", lambda letter: letter.keys[-1]))
    'W_j^2'
    """
    places: list[tuple[int, int, str]] = []
    for letter in find_letters(latex):
        given = name(letter)
        if given is not None:
            # An index without braces gets some: KaTeX takes no command there.
            is_bare = latex[: letter.start].rstrip().endswith(("_", "^"))
            begin = f"\\htmlData{{s={given}}}{{"
            places.append((letter.start, 1, rf"{{\relax{begin}" if is_bare else begin))
            places.append((letter.end, 0, r"\relax\relax}}" if is_bare else r"\relax}"))
    # What ends at a place is written before what begins there.
    pieces, done = [], 0
    for place, _, mark in sorted(places, key=lambda each: each[:2]):
        pieces += [latex[done:place], mark]
        done = place
    return "".join([*pieces, latex[done:]])


# No formula of the book has a \relax of its own.
MARKS = re.compile(r"(?:\{\\relax)?\\htmlData\{s=[^}]*\}\{|\\relax\\relax\}\}|\\relax\}")


def without_marks(latex: str) -> str:
    """Return a formula as it was before :func:`mark_letters`."""
    return MARKS.sub("", latex)


class _Reader:
    """Reads the tokens of a formula from left to right; groups by calling itself."""

    def __init__(self, latex: str) -> None:
        self.latex = latex
        self.tokens = [(match[0], match.start()) for match in TOKEN.finditer(latex)]
        self.letters: list[Letter] = []

    def place(self, index: int) -> int:
        return self.tokens[index][1] if index < len(self.tokens) else len(self.latex)

    def text(self, start: int, end: int) -> str:
        return self.latex[self.place(start) : self.place(end)]

    def at(self, index: int) -> str:
        return self.tokens[index][0] if index < len(self.tokens) else ""

    def after_spaces(self, index: int) -> int:
        while self.at(index).isspace():
            index += 1
        return index

    def end_of_argument(self, index: int) -> int:
        """Return the token behind the argument that begins here: a group or one token."""
        index = self.after_spaces(index)
        if self.at(index) != "{":
            if self.at(index)[1:] in FONTS:
                return self.end_of_argument(index + 1)
            return index + 1
        depth = 0
        while index < len(self.tokens):
            depth += {"{": 1, "}": -1}.get(self.at(index), 0)
            index += 1
            if not depth:
                break
        return index

    def read(
        self, index: int, end: int, *, in_script: bool = False, in_slope: bool = False
    ) -> None:
        while index < end:
            token, name = self.at(index), self.at(index)[1:]
            if token.startswith("\\") and name in WORDS:
                index = self.end_of_argument(index + 1)
            elif token.startswith("\\") and name.rstrip("*") == "operatorname":
                behind = self.end_of_argument(index + 1)
                index = self.read_letter(index, behind, end, is_word=True)
            elif token.startswith("\\") and name in FRACTIONS:
                index = self.read_fraction(index)
            elif token.startswith("\\") and name in ARGUMENTS:
                begin = index + 1
                for number in range(ARGUMENTS[name]):
                    stop = self.end_of_argument(begin)
                    self.read(begin, stop, in_script=name != "sqrt" and not number)
                    begin = stop
                index = begin
            elif token.startswith("\\") and name in FONTS:
                index = self.read_letter(index, self.end_of_argument(index + 1), end)
            elif token.startswith("\\") and name in OPERATORS:
                index = self.read_letter(index, index + 1, end, is_word=True)
            elif token.startswith("\\") and name in GREEK:
                index = self.read_letter(index, index + 1, end)
            elif token in {"^", "_"}:  # behind a bracket, or a sign such as a sum
                stop = self.end_of_argument(index + 1)
                self.read(index + 1, stop, in_script=True)
                index = stop
            elif token == "d" and not in_script:
                index = self.read_differential(index, end, in_slope=in_slope)
            elif len(token) == 1 and token.isascii() and token.isalpha():
                index = self.read_letter(index, index + 1, end)
            else:
                index += 1

    def read_letter(
        self,
        index: int,
        behind: int,
        limit: int,
        *,
        first: int | None = None,
        last_key: str = "",
        is_word: bool = False,
    ) -> int:
        """Read the primes, indices and powers behind a letter, and note it."""
        first = index if first is None else first
        base = self.text(first, behind)
        primes, parts = "", {"_": "", "^": ""}
        scripts: list[tuple[int, int]] = []
        while True:
            following = self.after_spaces(behind)
            if following >= limit:
                break
            if self.at(following) == "'":
                primes += "'"
                behind = following + 1
            elif self.at(following) in parts:
                behind = self.end_of_argument(following + 1)
                parts[self.at(following)] = key_of(self.text(following + 1, behind))
                scripts.append((following + 1, behind))
            else:
                break
        below, above = (sign + parts[sign] if parts[sign] else "" for sign in "_^")
        plain = key_of(base)
        found = [plain + primes + each for each in (below + above, below, above, "")]
        keys = tuple(dict.fromkeys([*found, last_key or plain]))
        end = self.place(behind - 1) + len(self.at(behind - 1))
        self.letters.append(Letter(keys, self.place(first), end, is_word))
        for start, stop in scripts:
            self.read(start, stop, in_script=True)
        return behind

    def read_differential(self, index: int, end: int, *, in_slope: bool) -> int:
        """Read a ``d`` that is no index: the change of what follows, or the name of a number."""
        following = self.at(index + 1) if index + 1 < end else ""
        if in_slope:  # noted already, as one with the whole derivative
            if following == "^":
                return self.end_of_argument(index + 2)
            return index + 1
        if following in {" ", "(", "\\,"} and self.at(self.after_spaces(index + 1)) != "}":
            place = self.place(index)
            self.letters.append(Letter((STEP,), place, place + 1))
            return index + 1
        name = following[1:]
        if name in FONTS or name in GREEK or (len(following) == 1 and following.isalpha()):
            behind = self.end_of_argument(index + 2) if name in FONTS else index + 2
            return self.read_letter(index + 1, behind, end, first=index, last_key=STEP)
        return self.read_letter(index, index + 1, end)

    def read_fraction(self, index: int) -> int:
        middle = self.end_of_argument(index + 1)
        behind = self.end_of_argument(middle)
        above, below = key_of(self.text(index + 1, middle)), key_of(self.text(middle, behind))
        kind = ""
        if above.startswith(r"\partial") and below.startswith(r"\partial"):
            kind = PARTIAL
        elif re.match(r"d(?!$)", below) and re.match(r"d", above):
            kind = SLOPE
        if kind:
            without_indices = re.sub(r"_.*", "", above) + "/" + re.sub(r"_.*", "", below)
            keys = (f"{above}/{below}", without_indices, kind)
            end = self.place(behind - 1) + len(self.at(behind - 1))
            self.letters.append(Letter(tuple(dict.fromkeys(keys)), self.place(index), end))
        self.read(index + 1, middle, in_slope=bool(kind))
        self.read(middle, behind, in_slope=bool(kind))
        return behind
