"""Wait for an event, not for a time."""

import time


def wait_until(what, seconds=120, message="it did not happen"):
    """Wait until a condition holds; returns its value."""
    end = time.monotonic() + seconds
    while not (value := what()):
        assert time.monotonic() < end, message
        time.sleep(0.02)
    return value
