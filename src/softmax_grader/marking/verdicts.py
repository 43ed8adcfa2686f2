"""What the parts of a hidden test came to, as data beside the text that people read.

:func:`~softmax_grader.marking.parts.grade_parts` publishes one :class:`Verdict` for each part. The
examiner receives them, on the trusted side, and makes of them one output of the test's cell: the
text, and the same as JSON under :data:`MEDIA_TYPE`. Feedback and report read the JSON. What a
student's code prints, raises or returns becomes text or a value, so it can never be taken for a
verdict, whatever it looks like.
"""

import contextlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextvars import ContextVar
from dataclasses import asdict, dataclass
from typing import Any

from softmax_grader.marking.known_slips import KnownSlip
from softmax_grader.text import clean_text

MEDIA_TYPE = "application/vnd.softmax.parts+json"
MAX_TEXT = 30_000  # characters of a cell's text that are kept


@dataclass(frozen=True)
class Verdict:
    """What one part of a hidden test came to.

    Parameters
    ----------
    part : str
        What the student reads.
    points, earned : float
        What it is worth, and what the student gets.
    passed : bool
    remark : str
        What follows the name: what is wrong, or under which condition it is right.
    slip : KnownSlip, optional
        The slip, where it is known.
    explain : bool
        Whether the slip's sentence is told here; one that shows in several parts is told once.
    flag : str
        A sentence for the teacher, where there is something to look at.
    """

    part: str
    points: float
    earned: float
    passed: bool
    remark: str = ""
    slip: KnownSlip | None = None
    explain: bool = False
    flag: str = ""

    @property
    def line(self) -> str:
        """The line that says it, without the slip."""
        mark = "✓" if self.passed else "✗"
        return f"{mark} {self.earned:g}/{self.points:g}  {self.part}{self.remark}"


def as_text(verdicts: Iterable[Verdict]) -> str:
    """Return verdicts as a student reads them where there is no page.

    Parameters
    ----------
    verdicts : iterable of Verdict

    Returns
    -------
    str
        One line for each; where a slip is known, up to three more: what it is, its id, and where
        the book treats it.
    """
    lines = []
    for verdict in verdicts:
        lines.append(verdict.line)
        if verdict.slip is not None:
            if verdict.explain:
                lines.append(f"     {verdict.slip.sentence}")
            lines.append(f"     slip: {verdict.slip.id}")
            lines.append(f"     read: {verdict.slip.place} — {verdict.slip.link}")
    return "".join(f"{line}\n" for line in lines)


def as_output(verdicts: Sequence[Verdict]) -> dict:
    """Return verdicts as one output in the notebook format.

    Parameters
    ----------
    verdicts : sequence of Verdict

    Returns
    -------
    dict
    """
    data = {
        "text/plain": clean_text(as_text(verdicts), MAX_TEXT),
        MEDIA_TYPE: {"parts": [asdict(verdict) for verdict in verdicts]},
    }
    return {"output_type": "display_data", "metadata": {}, "data": data}


def verdicts_of(output: Mapping[str, Any]) -> list[Verdict]:
    """Return the verdicts that one output of a test's cell holds.

    Parameters
    ----------
    output : dict
        In the notebook format.

    Returns
    -------
    list of Verdict
        Empty for any other output.
    """
    if output.get("output_type") != "display_data" or MEDIA_TYPE not in output["data"]:
        return []
    verdicts = []
    for part in output["data"][MEDIA_TYPE]["parts"]:
        slip = KnownSlip(**part["slip"]) if part["slip"] else None
        verdicts.append(Verdict(**{**part, "slip": slip}))
    return verdicts


def text_of(outputs: Iterable[Mapping[str, Any]]) -> str:
    """Return what a cell's outputs say, verdicts and printed text alike.

    Parameters
    ----------
    outputs : iterable of dict
        In the notebook format.

    Returns
    -------
    str
    """
    return "".join(
        output["text"] if output["output_type"] == "stream" else output["data"]["text/plain"]
        for output in outputs
        if output["output_type"] in ("stream", "display_data")
    )


_receiver: ContextVar[Callable[[list[Verdict]], None] | None] = ContextVar("receiver", default=None)


def publish(verdicts: list[Verdict]) -> None:
    """Hand verdicts to whoever receives them; where nobody does, print them.

    Parameters
    ----------
    verdicts : list of Verdict
    """
    receive = _receiver.get()
    if receive is None:
        print(as_text(verdicts), end="")
    else:
        receive(verdicts)


@contextlib.contextmanager
def received_by(receive: Callable[[list[Verdict]], None]) -> Iterator[None]:
    """Hand what is published while the block runs to `receive`.

    Parameters
    ----------
    receive : callable
        ``receive(verdicts)``, for each call of ``grade_parts``.
    """
    token = _receiver.set(receive)
    try:
        yield
    finally:
        _receiver.reset(token)
