"""What all tests share: no window for pictures, no figure left open, no clock on properties."""

import os
import sys

import pytest
from hypothesis import settings

os.environ.setdefault("MPLBACKEND", "Agg")

# A busy machine must not turn a right answer into a failure. In CI hypothesis draws the same
# examples each time, so that a change is judged and not its luck.
parent = settings.get_profile("ci" if os.environ.get("CI") else "default")
settings.register_profile("book", parent=parent, deadline=None, print_blob=True)
settings.load_profile("book")


@pytest.fixture(autouse=True)
def _close_figures():
    yield
    if "matplotlib.pyplot" in sys.modules:
        sys.modules["matplotlib.pyplot"].close("all")
