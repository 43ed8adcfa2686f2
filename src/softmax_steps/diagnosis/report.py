"""What :func:`softmax_steps.diagnose` found."""

from dataclasses import dataclass
from textwrap import wrap

from softmax_steps.advice import ADVICE
from softmax_steps.practice.exercise import WIDTH


@dataclass(frozen=True)
class Finding:
    """One cause.

    Parameters
    ----------
    slip : str or None
        Its id in :data:`softmax_steps.advice.ADVICE`; None where something is wrong that no
        known slip explains.
    where : str
        The argument that it was found in, such as ``"my_loss"``.
    evidence : tuple of str
        Lines that show it.
    """

    slip: str | None
    where: str
    evidence: tuple = ()

    def lines(self):
        """Return the finding as lines: what, by which evidence, the mend, where it is treated."""
        if self.slip is None:
            return [
                f"✗ {self.where}: wrong",
                *self.evidence,
                "No known slip explains it.",
                "Go through that case by hand, line by line.",
            ]
        known = ADVICE[self.slip]
        return [
            *wrap(f"✗ {self.where}: {known.title}", WIDTH),
            *self.evidence,
            *wrap(known.sentence, WIDTH),
            *wrap(f"{known.place}.", WIDTH),
        ]


@dataclass(frozen=True, repr=False)
class Diagnosis:
    """The causes that were found, and what was tried. Printed, it says both.

    Parameters
    ----------
    findings : tuple of Finding
    tried : tuple of str
        What was looked at.
    """

    findings: tuple
    tried: tuple

    @property
    def slips(self):
        """The ids of the causes, in the order in which they were found."""
        return [finding.slip for finding in self.findings]

    def __bool__(self):
        return not self.findings

    def __str__(self):
        parts = ["\n".join(finding.lines()) for finding in self.findings]
        if not parts:
            parts = ["✓ No known cause was found."]
        return "\n\n".join([*parts, "\n".join(wrap(f"Tried: {'; '.join(self.tried)}.", WIDTH))])

    __repr__ = __str__
