"""The bound of a computation: counts, and the slower of arithmetic and reading."""

import pytest

from softmax_steps.roofline import Machine, Work, least_seconds, work


def test_the_tiny_example_is_counted_by_hand():
    assert work(2, 2, 3, 8) == Work(multiplications=24, bytes=32)
    assert work(2, 2, 3, 8).per_byte == 0.75


@pytest.mark.parametrize(
    ("machine", "reads", "seconds"),
    [
        (Machine(12, 32), 1, 2),  # arithmetic 2 s, reading 1 s
        (Machine(12, 8), 1, 4),  # reading 4 s
        (Machine(12, 8), 2, 8),  # twice
        (Machine(24, 32), 1, 1),  # both
    ],
)
def test_the_slower_of_the_two_sets_the_pace(machine, reads, seconds):
    assert least_seconds(work(2, 2, 3, 8), machine, reads=reads) == seconds
