"""Reads a question: its text, its answers, what is said to whoever gives each of them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from softmax_book.edition import BookError

CHOOSE, NUMBER, ORDER, BUG, FORMULA = KINDS = ("choose", "number", "order", "bug", "formula")
#: The answer to whatever no other option foresees.
ANYTHING_ELSE = "anything else"
#: What an answer behind ``>`` begins with when it is a slip of the registry.
SLIP = "slip:"
WITHIN = 0.005
OPTIONS = ("label", "type", "class", "within", "from")

_RULE = re.compile(r"^-{3,}[ \t]*$", re.MULTILINE)
_OPTION = re.compile(r"\[(?P<mark>x| |\d+)\] +(?P<text>\S.*)")
_CODE = re.compile(r"`(?P<code>[^`]+)`")
_LABEL = re.compile(r"\d\d-[a-z0-9]+(-[a-z0-9]+)*")


class QuestionError(BookError, ValueError):
    """A question that cannot be read; the message says what was expected."""


@dataclass(frozen=True)
class Option:
    """One of the answers to a question.

    Parameters
    ----------
    text : str
        In MyST; of the kinds ``number`` and ``formula`` an expression, without its backticks.
    right : bool
    reason : str
        What is said to whoever gives it, in MyST; empty where a slip says it.
    slip : str
        The id of a slip of :data:`softmax_steps.advice.ADVICE`; empty without one.
    """

    text: str
    right: bool
    reason: str
    slip: str = ""

    @property
    def code(self) -> str:
        """The code that the text is, with its indentation; empty where it is a sentence."""
        match = _CODE.fullmatch(self.text)
        return match["code"] if match else ""


@dataclass(frozen=True)
class Question:
    """A question as it is written."""

    label: str  #: unique in the book, as ``03-lead``: the chapter's number and a name
    kind: str  #: one of :data:`KINDS`
    text: str  #: what is asked, in MyST
    options: tuple[Option, ...]  #: of the kind ``order``: the lines in their right order
    hints: tuple[str, ...] = ()  #: in MyST, to be read one after the other
    after: str = ""  #: what is said once it was answered, in MyST
    within: float = WITHIN  #: how far a number may be from the right one
    again: str = ""  #: the page of an earlier chapter that it asks about, as ``01_score``
    classes: tuple[str, ...] = ()

    @property
    def right(self) -> Option:
        """The right answer; of the kind ``order`` the first line."""
        return next(option for option in self.options if option.right)

    @property
    def otherwise(self) -> Option | None:
        """What is said to whoever gives an answer that no option foresees."""
        found = [option for option in self.options if option.text == ANYTHING_ELSE]
        return found[0] if found else None

    @property
    def foreseen(self) -> tuple[Option, ...]:
        """The options but :attr:`otherwise`."""
        return tuple(option for option in self.options if option.text != ANYTHING_ELSE)

    @property
    def shown(self) -> tuple[Option, ...]:
        """The options in the order in which a reader sees them.

        Lines to be ordered stand in the order of the alphabet, or in its reverse, where that would
        give the answer away. Those of a number and of a formula are not shown.
        """
        if self.kind in {NUMBER, FORMULA}:
            return ()
        if self.kind != ORDER:
            return self.options
        by_name = tuple(sorted(self.options, key=lambda option: option.text))
        return by_name[::-1] if by_name[0] == self.options[0] else by_name


def read_question(options: Mapping[str, str], body: str) -> Question:
    """Read a question.

    Parameters
    ----------
    options : mapping of str to str
        The directive's, :data:`OPTIONS`.
    body : str
        What stands below them.

    Returns
    -------
    Question

    Raises
    ------
    QuestionError
        If a part is missing, or the kind wants another one.
    """
    label = options.get("label", "")
    if not _LABEL.fullmatch(label):
        raise QuestionError(
            f"label: {label!r}; expected the chapter's number and a name, as 03-lead."
        )
    unknown = sorted(set(options) - set(OPTIONS))
    if unknown:
        raise _wrong(label, f"has the option {unknown[0]!r}", f"one of {', '.join(OPTIONS)}")
    kind = options.get("type", CHOOSE)
    if kind not in KINDS:
        raise _wrong(label, f"has type: {kind}", f"one of {', '.join(KINDS)}")
    text, *rest = _RULE.split(body)
    if not rest or len(rest) > 2:
        count = f"has {len(rest)} lines of ---"
        raise _wrong(label, count, "one before the answers, and perhaps one behind them")
    if not text.endswith("\n\n") or not text.strip():
        raise _wrong(label, "has text that ends right above ---", "an empty line between them")
    answers, hints = _read_answers(label, rest[0])
    if kind in {NUMBER, FORMULA}:
        answers = tuple(_expression(label, option) for option in answers)
    try:
        within = float(options.get("within", WITHIN))
    except ValueError:
        raise _wrong(label, f"has within: {options['within']!r}", "a number") from None
    question = Question(
        label=label,
        kind=kind,
        text=text.strip(),
        options=answers,
        hints=hints,
        after=rest[1].strip() if len(rest) == 2 else "",
        within=within,
        again=options.get("from", ""),
        classes=tuple(options.get("class", "").split()),
    )
    _check(question, [option.right for option in answers])
    return question


def _read_answers(label: str, text: str) -> tuple[tuple[Option, ...], tuple[str, ...]]:
    """Return the options, lines to be ordered in their right order, and the hints."""
    marks, pieces = [], []  # a piece: what it is, and its lines
    for line in text.strip("\n").splitlines():
        match = _OPTION.fullmatch(line)
        if match:
            marks.append(match["mark"])
            pieces.append(("option", [match["text"]]))
        elif line.startswith(("> ", "? ")):
            pieces.append((line[0], [line[2:]]))
        elif pieces:
            pieces[-1][1].append(line)
        elif line.strip():
            raise _wrong(label, f"has answers that begin with {line!r}", "[x] or [ ], and the text")
    options: list[Option] = []
    hints: list[str] = []
    for what, lines in pieces:
        said = "\n".join(lines).strip()
        if what == "option":
            mark = marks[len(options)]
            options.append(Option(said, mark != " ", ""))
        elif what == "?":
            hints.append(said)
        elif not options or options[-1].reason or options[-1].slip:
            raise _wrong(label, f"says {said[:40]!r} of no answer", "one > below each answer")
        else:
            last = options.pop()
            slip = said.removeprefix(SLIP).strip() if said.startswith(SLIP) else ""
            options.append(Option(last.text, last.right, "" if slip else said, slip))
    if any(mark.isdigit() for mark in marks):
        if sorted(marks) != sorted(str(1 + place) for place in range(len(marks))):
            raise _wrong(label, f"numbers its lines {', '.join(marks)}", "1, 2, 3 and so on")
        options = [options[marks.index(str(1 + place))] for place in range(len(marks))]
    return tuple(options), tuple(hints)


def _expression(label: str, option: Option) -> Option:
    if option.text == ANYTHING_ELSE:
        return option
    if not option.code:
        raise _wrong(label, f"has the answer {option.text!r}", "an expression in backticks")
    return Option(option.code, option.right, option.reason, option.slip)


def _check(question: Question, rights: list[bool]) -> None:
    """Raise if the kind of a question wants other answers."""
    label, kind = question.label, question.kind
    for option in question.options:
        if not option.reason and not option.slip:
            raise _wrong(label, f"says nothing to {option.text!r}", "> and a sentence below it")
    if kind == ORDER:
        if len(rights) < 3 or not all(rights):
            raise _wrong(label, "has no lines to order", "three or more, as [1] to [3]")
        return
    if sum(rights) != 1:
        raise _wrong(label, f"has {sum(rights)} right answers", "one, behind [x]")
    if len(rights) < 3:
        raise _wrong(label, f"has {len(rights)} answers", "at least three")
    if kind == BUG and not all(option.code for option in question.options):
        raise _wrong(label, "has a line that is no code", "each line in backticks")
    if kind in {NUMBER, FORMULA} and question.otherwise is None:
        raise _wrong(label, "foresees only some answers", f"[ ] {ANYTHING_ELSE}, and what to do")


def _wrong(label: str, came: str, expected: str) -> QuestionError:
    return QuestionError(f"The question {label} {came}; expected {expected}.")
