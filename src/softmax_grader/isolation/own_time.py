"""What of the time that passes is a student's own: what their code computes, and what it sleeps.

On a busy machine a process waits for its turn. That is nobody's fault, and is charged to nobody.
"""

import os
import time
from pathlib import Path

SHORT = 0.01  # seconds that are charged without looking
PATIENCE = 6  # times its own time, a process may take on the clock on the wall
ENOUGH = 0.25  # the share of its own time from which on it is the process that has no end
PER_SECOND = os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 100


class MachineError(Exception):
    """There is no answer, and the student's code is not the reason."""


class OwnTime:
    """A process's own time, from outside of it.

    Parameters
    ----------
    pid : str or int, optional
        Without it, or where Linux does not tell, all time is the process's own.
    """

    def __init__(self, pid: str | int | None = None) -> None:
        self.folder = Path(f"/proc/{pid}") if pid is not None else None
        self.last = time.monotonic()
        self.processor, self.waiting, _ = self._look()

    def _look(self) -> tuple[float, float, bool]:
        """Return its seconds on a processor, those it waited for one, and if it could use one."""
        if self.folder is None:
            return 0.0, 0.0, False
        try:
            after_name = (self.folder / "stat").read_text().rpartition(")")[2].split()
            states = {after_name[0]}
            if int(after_name[17]) > 1:  # threads
                states |= {
                    path.read_text().rpartition(")")[2].split()[0]
                    for path in self.folder.glob("task/*/stat")
                }
            processor = (int(after_name[11]) + int(after_name[12])) / PER_SECOND
        except (OSError, ValueError, IndexError):  # it has ended
            return 0.0, 0.0, False
        try:
            waiting = int((self.folder / "schedstat").read_text().split()[1]) / 1e9
        except (OSError, ValueError, IndexError):  # a kernel that does not count it
            waiting = 0.0
        return processor, waiting, bool(states & {"R", "D"})

    def take(self) -> float:
        """Return the seconds of its own since the last time.

        Returns
        -------
        float
        """
        now = time.monotonic()
        passed, self.last = now - self.last, now
        if passed < SHORT:
            return passed
        processor, waiting, could_use_one = self._look()
        used, waited = processor - self.processor, waiting - self.waiting
        self.processor, self.waiting = processor, waiting
        own = used if could_use_one else passed - waited
        return min(max(own, 0.0), passed)

    def skip(self) -> None:
        """Leave the time since the last look out."""
        self.last = time.monotonic()


class Allowance:
    """The time that one answer may take.

    Parameters
    ----------
    seconds : float
        Of the process's own time.
    own : OwnTime
    """

    def __init__(self, seconds: float, own: OwnTime) -> None:
        self.seconds, self.own, self.used = seconds, own, 0.0
        self.end = time.monotonic() + PATIENCE * seconds
        own.skip()

    def left(self) -> float:
        """Return the seconds that are left.

        Returns
        -------
        float

        Raises
        ------
        MachineError
            If the process came too seldom to its turn to use what it may.
        """
        self.used += self.own.take()
        if time.monotonic() < self.end or self.used >= self.seconds:
            return self.seconds - self.used
        if self.used < ENOUGH * self.seconds:
            raise MachineError(
                f"this machine was too busy: in {PATIENCE * self.seconds:.0f} seconds the "
                f"student's code came to its turn for only {self.used:.1f}"
            )
        return 0.0
