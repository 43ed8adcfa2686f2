"""What a submission's code may use."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class Limits:
    """What a submission's code may use.

    Parameters
    ----------
    call_seconds : float
        For one call of a function, or one cell.
    total_seconds : float
        For all of them together.
    memory_mb, disk_mb : int
    threads : int
    """

    call_seconds: float = 10.0
    total_seconds: float = 60.0
    memory_mb: int = 512
    disk_mb: int = 16
    threads: int = 16

    def as_resources(self) -> dict[str, int]:
        """Return the limits by the names of the ``resource`` module.

        Returns
        -------
        dict
            From the part of a name after ``RLIMIT_`` to the limit.
        """
        return {
            "AS": self.memory_mb * 2**20,
            "DATA": self.memory_mb * 2**20,
            "FSIZE": self.disk_mb * 2**20,
            "CPU": int(2 * self.total_seconds) + 10,
            "NPROC": self.threads,
            "NOFILE": 64,
            "CORE": 1,  # with 0 a system that hands dumps to a program would still make one
            "MEMLOCK": 65536,
            "MSGQUEUE": 0,
        }


def limits_from(settings: Mapping) -> Limits:
    """Return the limits that a course asks for.

    Parameters
    ----------
    settings : dict
        Names of :class:`Limits` and their values; other names are passed by.

    Returns
    -------
    Limits

    Examples
    --------
    >>> limits_from({"call_seconds": 2, "colour": "blue"}).call_seconds
    2
    """
    known = asdict(Limits())
    return Limits(**{name: value for name, value in settings.items() if name in known})
