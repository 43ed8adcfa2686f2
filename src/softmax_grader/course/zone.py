"""Where a course's clock is: ``zone`` in course.toml."""

import datetime as dt
import os
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from softmax_grader.course.folder import SETTINGS, Course, CourseError


def zone_of(course: Course) -> dt.tzinfo:
    """Return the course's zone; without the setting, this machine's.

    Parameters
    ----------
    course : Course

    Returns
    -------
    tzinfo

    Raises
    ------
    CourseError
        If the setting names none.
    """
    name = course.settings.get("zone")
    if name is None:
        return _of_this_machine()
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, TypeError, OSError):
        raise CourseError(
            f"{SETTINGS}: zone = {name!r}; expected a zone such as 'Europe/Berlin' or 'UTC'"
        ) from None


def _of_this_machine() -> dt.tzinfo:
    place = Path("/etc/localtime").resolve().as_posix().partition("/zoneinfo/")[2]
    for name in (os.environ.get("TZ", "").lstrip(":"), place):
        try:
            if name:
                return ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            continue
    return dt.UTC


def moment_of(value: object, zone: dt.tzinfo, where: str) -> dt.datetime:
    """Return the moment that a setting or an option names.

    Parameters
    ----------
    value : object
        A date, which ends with its day; a date and a time, with or without a zone; or such as text
        in ISO's form.
    zone : tzinfo
        For what names none.
    where : str
        Where it stands, for the message.

    Returns
    -------
    datetime

    Raises
    ------
    CourseError
        If it is neither.

    Examples
    --------
    >>> moment_of("2026-12-01", dt.UTC, "due").isoformat()
    '2026-12-01T23:59:59+00:00'
    """
    moment = value
    if isinstance(value, str):
        text = value.strip()
        try:
            moment = (
                dt.date.fromisoformat(text) if len(text) == 10 else dt.datetime.fromisoformat(text)
            )
        except ValueError:
            moment = None
    if isinstance(moment, dt.datetime):
        return moment if moment.tzinfo else moment.replace(tzinfo=zone)
    if isinstance(moment, dt.date):
        return dt.datetime.combine(moment, dt.time(23, 59, 59), zone)
    raise CourseError(
        f"{where} = {value!r}; expected a date, such as 2026-12-01 or 2026-12-01 18:00"
    )
