"""When students handed in, as far as what came tells it."""

import datetime
from collections.abc import Iterable

from softmax_grader.intake.arrival import Arrival
from softmax_grader.intake.places import Place

PACKED = 600.0  # seconds within which an LMS may pack an archive


class Times:
    """The times of all files that came together.

    An LMS's archive may give each file the time at which it was packed. Times of several students
    that all lie within ten minutes are taken for that, and tell nothing.

    Parameters
    ----------
    placed : iterable of (Arrival, Place)
    """

    def __init__(self, placed: Iterable[tuple[Arrival, Place]]) -> None:
        last: dict[str, float] = {}
        for arrival, place in placed:
            if place.lms and place.student:
                when = arrival.time if arrival.came is None else arrival.came
                last[place.student] = max(when, last.get(place.student, 0.0))
        self.last = last
        self.tell = bool(last) and max(last.values()) - min(last.values()) > PACKED

    def handed_in(self, arrival: Arrival, place: Place) -> str | None:
        """Return when a file was handed in.

        Parameters
        ----------
        arrival : Arrival
        place : Place

        Returns
        -------
        str or None
            In ISO's form, with the zone of this machine; None where nothing tells it.
        """
        if place.at:
            try:
                when = datetime.datetime.strptime(place.at, "%Y-%m-%d-%H-%M-%S")
            except ValueError:
                return None
            return when.astimezone().isoformat()
        if not place.lms or not self.tell:
            return None
        seconds = arrival.time if arrival.came is None else arrival.came
        return datetime.datetime.fromtimestamp(seconds).astimezone().isoformat(timespec="seconds")
