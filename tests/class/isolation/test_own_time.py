"""What is charged to a process: its computing and its sleeping, not its waiting for a processor."""

from types import SimpleNamespace

import pytest

from softmax_grader.isolation import own_time
from softmax_grader.isolation.own_time import Allowance, MachineError, OwnTime


@pytest.fixture
def process(tmp_path, monkeypatch):
    """A made-up process of which one can say what it did in the next seconds."""
    made = SimpleNamespace(now=0.0, processor=0.0, waiting=0.0)
    monkeypatch.setattr(own_time, "Path", lambda _: tmp_path)
    monkeypatch.setattr(own_time.time, "monotonic", lambda: made.now)

    def passes(seconds, *, processor=0.0, waiting=0.0, state="S"):
        made.now += seconds
        made.processor += processor
        made.waiting += waiting
        ticks = round(made.processor * own_time.PER_SECOND)
        numbers = " ".join(["0"] * 10)
        (tmp_path / "stat").write_text(f"7 (a b) c) {state} {numbers} {ticks} 0 0 0 0 0 1 0")
        (tmp_path / "schedstat").write_text(f"0 {round(made.waiting * 1e9)} 1")

    made.passes = passes
    passes(0)
    return made


@pytest.mark.parametrize(
    ("what", "own"),
    [
        ({"processor": 2, "state": "R"}, 2),  # a loop on a machine of its own
        ({"processor": 0.25, "waiting": 1.75, "state": "R"}, 0.25),  # with many others
        ({"processor": 0.25, "state": "R"}, 0.25),  # where nobody counts the waiting
        ({"state": "S"}, 2),  # asleep
        ({"state": "T"}, 2),  # stopped
        ({"processor": 0.5, "waiting": 1.5, "state": "S"}, 0.5),  # done, after it waited
        ({"processor": 6, "state": "R"}, 2),  # several threads
    ],
)
def test_waiting_for_a_processor_is_not_charged(process, what, own):
    time_of = OwnTime(7)
    process.passes(2, **what)
    assert time_of.take() == pytest.approx(own)
    assert time_of.take() == 0


def test_a_busy_machine_gives_more_time_and_then_takes_the_blame(process):
    allowed = Allowance(10, OwnTime(7))
    process.passes(40, processor=1, waiting=39, state="R")
    assert allowed.left() == pytest.approx(9)
    process.passes(21, processor=0.5, waiting=20.5, state="R")
    with pytest.raises(MachineError, match=r"too busy: in 60 seconds .* only 1\.5"):
        allowed.left()


def test_an_endless_loop_ends_on_a_busy_machine_too(process):
    allowed = Allowance(10, OwnTime(7))
    process.passes(61, processor=3, waiting=58, state="R")
    assert allowed.left() == 0


def test_where_nothing_is_told_all_time_is_its_own():
    assert OwnTime(None).take() >= 0
    assert OwnTime(2**30).take() >= 0
