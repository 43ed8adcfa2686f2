"""Wait for an event, not for a time."""

import time

# Seconds that any event is waited for: a slow machine with other work is no failure. What happens
# ends the wait, so that a long patience costs nothing but where a test fails.
PATIENCE = 300


def wait_until(what, seconds=PATIENCE, message="it did not happen"):
    """Wait until a condition holds; returns its value.

    Parameters
    ----------
    what : callable
        Returns something true once the condition holds.
    seconds : float
    message : str or callable
        What to say if it never does; a callable returns it, of what was seen last.
    """
    end = time.monotonic() + seconds
    while not (value := what()):
        assert time.monotonic() < end, message() if callable(message) else message
        time.sleep(0.02)
    return value
