"""What a computation costs at least: from its work and two numbers of the machine that does it.

Chapter ``book/11_one_pass.md``.
"""

from typing import NamedTuple


class Work(NamedTuple):
    """What the loss and gradient take: ``multiplications``, and the ``bytes`` of X, read once."""

    multiplications: int
    bytes: int

    @property
    def per_byte(self):
        """Multiplications for each byte that comes from memory."""
        return self.multiplications / self.bytes


class Machine(NamedTuple):
    """What a machine does in a second at most: ``multiplications``, and ``bytes`` of memory."""

    multiplications: float
    bytes: float


def work(n_samples, n_features, n_classes, itemsize):
    r"""Count the multiplications of the two products XW and XᵀF, and the bytes of X.

    .. math:: 2 N D C \text{ multiplications}, \qquad s N D \text{ bytes}

    Parameters
    ----------
    n_samples, n_features, n_classes : int
        N, D and C.
    itemsize : int
        Bytes s of a stored number: 8 for float64, 4 for float32, 1 for the ink of a picture.

    Returns
    -------
    Work

    Examples
    --------
    >>> work(2, 2, 3, 8)
    Work(multiplications=24, bytes=32)
    """
    N, D, C = n_samples, n_features, n_classes
    return Work(2 * N * D * C, itemsize * N * D)


def least_seconds(work, machine, *, reads=1):
    r"""Give the time that no program can beat: the longer of arithmetic and reading.

    .. math:: t \ge \max\Bigl( \frac{2 N D C}{r}, \; \frac{s N D}{w} \Bigr)

    Parameters
    ----------
    work : Work
        From :func:`work`.
    machine : Machine
        ``r`` multiplications and ``w`` bytes a second.
    reads : int
        How often X is read from memory.

    Returns
    -------
    float
        Seconds.

    Examples
    --------
    >>> least_seconds(work(1000, 100, 10, 4), Machine(1e10, 1e9))
    0.0004

    Source: Williams, Waterman and Patterson (2009), *Roofline*.
    """
    arithmetic = work.multiplications / machine.multiplications
    reading = reads * work.bytes / machine.bytes
    return max(arithmetic, reading)
