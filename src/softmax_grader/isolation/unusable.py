"""What stands for a result that no test can use, and why in a student's words."""

import re


class NoNumbers:
    """What stands for a result that is nothing a test can use.

    Parameters
    ----------
    what : str
        What came, for the student: "there is a generator in it".
    """

    def __init__(self, what: str) -> None:
        self.what = what


PLAIN = (
    *("generator", "map", "zip", "filter", "range", "enumerate", "set", "frozenset", "function"),
    *("method", "bytes", "type", "module", "slice", "Fraction", "Decimal", "DataFrame", "Series"),
    *("dict_keys", "dict_values", "reversed", "Tensor", "matrix", "MaskedArray"),
)


def what_came(text: str) -> str:
    """Return in a student's words why a result cannot be used.

    Parameters
    ----------
    text : str
        A :class:`~softmax_grader.isolation.messages.MessageError`'s.

    Returns
    -------
    str
        One of a few sentences: nothing in it is of the student's choice.
    """
    if "too large" in text:
        return "it gives far more numbers than any answer needs"
    if "dtype object" in text:
        return "it gives an array whose entries are no numbers, but objects"
    found = re.fullmatch(r"a value of type (\w+) cannot be handed over", text)
    if found and found[1] in PLAIN:
        article = "an" if found[1][0] in "aeiou" else "a"
        return f"it gives {article} {found[1]}, and an array was expected"
    return "it gives something that is no number and no array"
