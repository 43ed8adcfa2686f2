"""What is told of a slip: its name, a sentence to who made it, and where the book treats it."""

from dataclasses import dataclass

from softmax_steps.slips import SLIPS


@dataclass(frozen=True)
class KnownSlip:
    """A mistake that can be named to whoever made it.

    Parameters
    ----------
    id : str
        Lower-case words joined by hyphens.
    title : str
        A few words for the teacher.
    sentence : str
        What the student or reader is told.
    place : str
        Where the book treats it, in words: chapter and section.
    link : str
        The same place as an address below the book's.
    """

    id: str
    title: str
    sentence: str
    place: str
    link: str


@dataclass(frozen=True)
class Page:
    """A page of the book.

    Parameters
    ----------
    name : str
        As a student knows it.
    file : str
        Without its ending.
    """

    name: str
    file: str

    def at(self, section: str, anchor: str) -> tuple[str, str]:
        """Return the place of a section in words, and its link.

        Parameters
        ----------
        section : str
            Its heading.
        anchor : str

        Returns
        -------
        place, link : str
        """
        return f"{self.name}, {section}", f"book/{self.file}.html#{anchor}"


SCORE = Page("Chapter 1", "01_score")
GUARD = Page("Chapter 2", "02_overflow_guard")
SOFTMAX = Page("Chapter 3", "03_softmax")
PRICE = Page("Chapter 4", "04_cross_entropy")
PENALTY = Page("Chapter 5", "05_regularization")
GRADIENT = Page("Chapter 6", "06_gradient")
TRAINING = Page("Chapter 7", "07_training")
DIFFERENTIALS = Page("Chapter 8", "08_differentials")
LAYERS = Page("Chapter 9", "09_two_layer")
NEIGHBOURS = Page("Chapter 10", "10_neighbours")
ONE_PASS = Page("Chapter 11", "11_one_pass")
NOTATION = Page("Notation", "notation")


def of_the_book(id: str, sentence: str, place: tuple[str, str]) -> KnownSlip:
    """Return a slip of the book's registry, with what is said to whoever made it.

    Parameters
    ----------
    id, sentence : str
    place : tuple of str
        As :meth:`Page.at` gives it.

    Returns
    -------
    KnownSlip
    """
    return KnownSlip(id, SLIPS[id].title, sentence, *place)


def of_the_class(id: str, title: str, sentence: str, place: tuple[str, str]) -> KnownSlip:
    """Return a slip that the registry does not hold, since no step of the book shows it.

    Parameters
    ----------
    id, title, sentence : str
    place : tuple of str
        As :meth:`Page.at` gives it.

    Returns
    -------
    KnownSlip
    """
    return KnownSlip(id, title, sentence, *place)
