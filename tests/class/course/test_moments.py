"""Moments as an LMS writes them, in many languages."""

from zoneinfo import ZoneInfo

import pytest

from softmax_grader.course.moments import read_moments

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    "text",
    [
        "Tuesday, 1 December 2026, 11:59 PM",
        "December 1, 2026, 11:59 pm",
        "Dienstag, 1. Dezember 2026, 23:59",
        "mardi 1 décembre 2026, 23:59",
        "mardi 1 décembre 2026, 23h59",
        "martes, 1 de diciembre de 2026, 23:59",
        "martedì, 1 dicembre 2026, 23:59",
        "terça-feira, 1 de dezembro de 2026 às 23:59",
        "wtorek, 1 grudnia 2026, 23:59",
        "вторник, 1 декабря 2026, 23:59",
        "2026年12月1日 星期二 下午11:59",
        "2026-12-01 23:59",
        "1.12.2026, 23.59",
    ],
)
def test_the_same_moment_in_many_forms(text):
    assert read_moments([text], BERLIN)[0].isoformat() == "2026-12-01T23:59:00+01:00"


def test_what_is_not_sure_is_not_read():
    assert read_moments(["3/4/2026, 10:00", "-", "", "yesterday"], BERLIN) == [None] * 4
    april = read_moments(["3/4/2026, 10:00", "13/4/2026, 10:00"], BERLIN)[0]
    march = read_moments(["3/4/2026, 10:00", "3/14/2026, 10:00"], BERLIN)[0]
    assert (april.month, march.month) == (4, 3)


def test_midnight_and_noon_of_the_clock_of_twelve_hours():
    texts = ["1 May 2026, 12:05 AM", "1 May 2026, 12:05 PM"]
    assert [moment.hour for moment in read_moments(texts, BERLIN)] == [0, 12]


def test_a_month_that_two_languages_share_is_read_in_the_language_of_the_others():
    polish = read_moments(["3 listopada 2026, 10:00", "3 grudnia 2026, 10:00"], BERLIN)
    croatian = read_moments(["3 listopada 2026, 10:00", "3 prosinca 2026, 10:00"], BERLIN)
    assert [polish[0].month, croatian[0].month] == [11, 10]
