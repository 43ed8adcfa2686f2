"""Compares what a cell shows in the browser with what it shows on the built page."""

import re
from decimal import Decimal

NUMBER = re.compile(r"(?<![\w.])[-−+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?(?![\w])")
# More digits than these say more than a sum in another order keeps.
RELATIVE = 1e-12
# What rounding leaves of a difference that would be 0: only its size is the same everywhere.
REMAINDERS = (1e-20, 1e-10)


def differ(expected, actual):
    """Say how two texts differ, beyond the rounding of their numbers.

    Parameters
    ----------
    expected, actual : str

    Returns
    -------
    str
        Empty if they agree.

    Examples
    --------
    >>> differ("loss 0.2470 nats", "loss 0.2471 nats")
    ''
    >>> differ("left over: 3.5e-15", "left over: 8.9e-16")
    ''
    >>> differ("loss 0.247 nats", "loss 0.249 nats")
    "'0.249' where the page has '0.247'"
    >>> differ("loss 0.247", "price 0.247")
    "'price 0.247' where the page has 'loss 0.247'"
    """
    expected, actual = " ".join(expected.split()), " ".join(actual.split())
    if re.sub(r"\s+", "", NUMBER.sub("#", expected)) != re.sub(r"\s+", "", NUMBER.sub("#", actual)):
        return f"{actual!r} where the page has {expected!r}"
    pairs = zip(NUMBER.findall(expected), NUMBER.findall(actual), strict=True)
    apart = [(theirs, mine) for theirs, mine in pairs if not near(theirs, mine)]
    return "; ".join(f"{mine!r} where the page has {theirs!r}" for theirs, mine in apart)


def near(first, second):
    """Say whether two written numbers are one number, rounded in two ways.

    >>> near("0.2470", "0.2471"), near("1.690307810541640", "1.690307810541641"), near("1", "2")
    (True, True, False)
    """
    if first == second:
        return True
    numbers = [Decimal(each.replace("−", "-")) for each in (first, second)]
    if all("." not in each and "e" not in each.lower() for each in (first, second)):
        return numbers[0] == numbers[1]  # counts
    if all(REMAINDERS[0] < abs(each) < REMAINDERS[1] for each in numbers):
        return abs((numbers[0] / numbers[1]).adjusted()) <= 1
    last_place = min(Decimal(1).scaleb(each.as_tuple().exponent) for each in numbers)
    allowed = max(last_place, abs(numbers[0]) * Decimal(RELATIVE))
    return abs(numbers[0] - numbers[1]) <= allowed
