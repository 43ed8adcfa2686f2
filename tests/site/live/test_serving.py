"""What the tests of servers stand on: ports of their own, and processes that have ended."""

import itertools
import subprocess
import sys

import psutil
import pytest

from ...waiting import wait_until
from . import serving

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="processes as Unix has them")


def test_two_runs_at_once_are_given_different_ports(monkeypatch):
    given = []
    for _ in range(2):  # two runs whose numbers begin at the same place
        monkeypatch.setattr(serving, "PORTS", itertools.count(20_000))
        given += [serving.free_port() for _ in range(3)]
    assert len(set(given)) == 6


def test_a_process_that_has_ended_is_gone_also_before_anybody_asks_about_it():
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as child:
        process = psutil.Process(child.pid)
        assert serving.gone([process], seconds=0) == [process]
        child.stdin.close()
        wait_until(lambda: process.status() == psutil.STATUS_ZOMBIE)
        assert serving.gone([process]) == []
    assert serving.gone([process]) == []
