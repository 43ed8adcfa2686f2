"""How a student's own numbers are drawn: from the id alone, on every machine the same.

The function stands in the students' notebook too, where nothing of this package is installed;
:func:`softmax_grader.variants.choices.read_choices` refuses a notebook in which it differs.
"""

import hashlib


def draw(student: str, name: str, number: int) -> int:
    """Return which of so many options is a student's.

    The options are equally likely, and those of two names independent. Blanks and capitals in the
    id do not count.

    Parameters
    ----------
    student : str
        The id.
    name : str
        What is drawn. Another name is another draw.
    number : int
        How many options there are, at least 1.

    Returns
    -------
    int
        From 0 to ``number - 1``.

    Examples
    --------
    >>> draw("s005", "a4 temperature", 6), draw(" S005", "a4 temperature", 6)
    (1, 1)
    """
    text = name + "|" + "".join(student.split()).casefold()
    return int(hashlib.sha256(text.encode("utf-8")).hexdigest(), 16) % number
