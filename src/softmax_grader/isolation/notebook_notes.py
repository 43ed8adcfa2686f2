"""The trusted side of a notebook's run: which cell defines what, and what is to be said of it.

The process inside says what it noted. It is believed in names that stand in the student's code,
and nothing depends on it but sentences for the student and the teacher.
"""

from collections.abc import Callable, Iterable, Mapping

from softmax_grader.text import one_line, quoted

MAX_REMARKS = 20
NOTED = ("defined", "rebound", "missing", "lacking")
WORDS = {
    "missing": "is not there when work is graded: the cells ran without it",
    "lacking": "is not there when work is graded: what needs it was left out",
    "rebound": "is no function any more at the end of the notebook: "
    "the function that it was before counts",
}


class NotebookNotes:
    """What is known of a student's cells.

    Parameters
    ----------
    wanted : iterable of str
        The names of the functions that the assignment asks for.
    flag : callable
        Takes a sentence for the teacher.

    Attributes
    ----------
    sources : list of str
        The cells that were run, in order; a cell's number is its place, from 1.
    remarks : list of str
        What the student should know; the teacher is told too.
    """

    def __init__(self, wanted: Iterable[str], flag: Callable[[str], None]) -> None:
        self.wanted, self.flag = list(dict.fromkeys(wanted)), flag
        self.sources: list[str] = []
        self.given_for: dict[str, int] = {}  # the number of the cell that is given for a name
        self.defined_in: dict[str, list[int]] = {}
        self.remarks: list[str] = []

    def add(self, source: str, names: Iterable[str]) -> int:
        """Note a cell, before it is run.

        Parameters
        ----------
        source : str
        names : iterable of str
            The functions that the cell is given for.

        Returns
        -------
        int
            Its number.
        """
        self.sources.append(source)
        self.given_for |= dict.fromkeys(names, len(self.sources))
        self.wanted += [name for name in names if name not in self.wanted]
        return len(self.sources)

    def take(self, notes: Mapping[str, list[str]], number: int) -> None:
        """Take over what was noted inside.

        Parameters
        ----------
        notes : dict
            Lists of names and files by their kind, of `NOTED`.
        number : int
            The cell's.
        """
        for name in notes.get("defined", ()):
            cells = self.defined_in.setdefault(name, []) if name in self.wanted else [number]
            if number not in cells:
                cells.append(number)
        for kind, words in WORDS.items():
            for what in notes.get(kind, ()):
                if what == "a file" or self.stands_in_a_cell(what):
                    self.remark(f"{quoted(what)} {words}")

    def stands_in_a_cell(self, what: str) -> bool:
        """Return whether the student wrote a name: what is told is not made up inside.

        Parameters
        ----------
        what : str
            A name, with points between its parts, or a file's.

        Returns
        -------
        bool
        """
        return any(
            what in source or all(part in source for part in what.split("."))
            for source in self.sources
        )

    def sum_up(self) -> None:
        """Say which of several cells counts."""
        for name in self.wanted:
            cells = self.defined_in.get(name, [])
            if len(cells) > 1:
                self.remark(f"{name} is defined in {len(cells)} cells: the last of them counts")
            if cells and self.given_for.get(name) not in (None, *cells):
                self.remark(
                    f"{name} is not written in the cell that is given for it: "
                    f"the one in another cell counts"
                )

    def remark(self, text: str) -> None:
        """Note a sentence for the student and the teacher.

        Parameters
        ----------
        text : str
        """
        text = one_line(text)
        if text not in self.remarks and len(self.remarks) < MAX_REMARKS:
            self.remarks.append(text)
            self.flag(text)

    def source_of(self, name: str) -> str | None:
        """Return the cell in which the function that counts is defined.

        Parameters
        ----------
        name : str

        Returns
        -------
        str or None
            None where no cell defines it.
        """
        cells = self.defined_in.get(name)
        return self.sources[max(cells) - 1] if cells else None
