"""What is said to whoever made a slip: a sentence, and the section of the book that treats it.

:data:`softmax_steps.slips.SLIPS` names the slips; here stands what feedback, the checks of the
exercises and :func:`softmax_steps.diagnose` say of them, so that all three say the same.
"""

from softmax_steps.advice.common_slips import COMMON_SLIPS
from softmax_steps.advice.known_slip import KnownSlip
from softmax_steps.advice.practice_slips import PRACTICE_SLIPS
from softmax_steps.advice.step_slips import STEP_SLIPS

__all__ = ["ADVICE", "KNOWN_SLIPS", "KnownSlip"]

KNOWN_SLIPS = {slip.id: slip for slip in (*STEP_SLIPS, *COMMON_SLIPS)}
"""Every slip that an assignment can name, by its id; it may add :class:`KnownSlip` of its own."""

ADVICE = KNOWN_SLIPS | {slip.id: slip for slip in PRACTICE_SLIPS}
"""Every slip of which something is said, by its id."""
