"""Moments that people and LMSs write, read in a course's zone."""

import datetime as dt
import functools
import re
from collections.abc import Sequence

from babel.dates import get_month_names

#: The languages of an LMS whose months are known; the first that reads most is taken.
LANGUAGES = (
    *("en", "de", "fr", "es", "it", "pt", "nl", "sv", "da", "nb", "fi", "pl", "cs", "sk", "sl"),
    *("hr", "hu", "ro", "tr", "ru", "uk", "el", "ca", "gl", "et", "lv", "lt", "id", "vi"),
)
CLOCK = re.compile(
    r"(?<!\d)(\d{1,2})[:.h](\d{2})(?:[:.](\d{2}))?(?!\d)\s*(a\.?\s?m|p\.?\s?m)?", re.I
)
CJK_DATE = re.compile(r"(\d{4})\s*[年년]\s*(\d{1,2})\s*[月월]\s*(\d{1,2})\s*[日일]")
ISO_DATE = re.compile(r"(?<!\d)(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?!\d)")
SHORT_DATE = re.compile(r"(?<!\d)(\d{1,2})([-/.])\s?(\d{1,2})[-/.]\s?(\d{4})(?!\d)")


def read_moments(texts: Sequence[str], zone: dt.tzinfo) -> list[dt.datetime | None]:
    """Read moments that one program has written, all in the same language and form.

    Parameters
    ----------
    texts : sequence of str
    zone : tzinfo
        Where the program's clock is.

    Returns
    -------
    list of datetime or None
        None where nothing stands there, or nothing that is sure: 3/4/2026 may be in March or in
        April, and is read only where another one of the texts tells.

    Examples
    --------
    >>> from zoneinfo import ZoneInfo
    >>> berlin = ZoneInfo("Europe/Berlin")
    >>> read_moments(["Dienstag, 1. Dezember 2026, 23:59"], berlin)[0].isoformat()
    '2026-12-01T23:59:00+01:00'
    >>> read_moments(["Tuesday, 1 December 2026, 11:59 PM", "-"], berlin)[1] is None
    True
    """
    day_first = _day_first(texts)
    best: list[dt.datetime | None] = []
    for language in LANGUAGES:
        read = [_moment(text, language, day_first, zone) for text in texts]
        if not best or sum(map(bool, read)) > sum(map(bool, best)):
            best = read
    return best or [None] * len(texts)


def _day_first(texts: Sequence[str]) -> bool | None:
    """Return whether dates such as 3/4/2026 begin with the day; None where nothing tells."""
    found = [match for text in texts for match in SHORT_DATE.finditer(text)]
    if any(match[2] == "." or int(match[1]) > 12 for match in found):
        return True
    return False if any(int(match[3]) > 12 for match in found) else None


def _moment(
    text: str, language: str, day_first: bool | None, zone: dt.tzinfo
) -> dt.datetime | None:
    date = _date(text, language, day_first)
    if date is None:
        return None
    rest = ISO_DATE.sub(" ", SHORT_DATE.sub(" ", text)).replace("T", " ")
    clock = CLOCK.search(rest)
    if clock is None:
        return None
    hour, minute, second = int(clock[1]), int(clock[2]), int(clock[3] or 0)
    half = (clock[4] or "").lower()[:1]
    if re.search("下午|晚上|午後|오후", text):
        half = "p"
    elif re.search("上午|凌晨|早上|午前|오전", text):
        half = "a"
    if half and not 1 <= hour <= 12:
        half = ""
    hour = hour % 12 + 12 * (half == "p") if half else hour
    try:
        return dt.datetime(*date, hour, minute, second, tzinfo=zone)
    except ValueError:
        return None


def _date(text: str, language: str, day_first: bool | None) -> tuple[int, int, int] | None:
    if match := CJK_DATE.search(text) or ISO_DATE.search(text):
        return int(match[1]), int(match[2]), int(match[3])
    if match := SHORT_DATE.search(text):
        if day_first is None:
            return None
        one, other = int(match[1]), int(match[3])
        day, month = (one, other) if day_first else (other, one)
        return int(match[4]), month, day
    year = re.search(r"(?<!\d)(20\d{2})(?!\d)", text)
    named = _month(text, language)
    of_month = re.search(r"(?<![\d:.])(\d{1,2})(?!\d|[:.h]\d)", text)
    if year is None or named is None or of_month is None:
        return None
    return int(year[1]), named, int(of_month[1])


def _month(text: str, language: str) -> int | None:
    words = {word.rstrip(".") for word in re.findall(r"[^\W\d_]+", text.casefold())}
    found = {month for word, month in _months(language).items() if word in words}
    return found.pop() if len(found) == 1 else None


@functools.cache
def _months(language: str) -> dict[str, int]:
    return {
        name.casefold().rstrip("."): number
        for width in ("wide", "abbreviated")
        for context in ("format", "stand-alone")
        for number, name in get_month_names(width, context, language).items()
    }
