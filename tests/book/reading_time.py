"""How long a page takes: an estimate from its words, formulas, code and pictures, and exercises."""

import re

from softmax_book.sources import Cell

# What a student of the second year needs. Rates of reading are for text that is studied.
WORDS_PER_MINUTE = 180
SECONDS_PER_FORMULA = 20
SECONDS_PER_LINE = 5  # of code that is shown
SECONDS_PER_PICTURE = 40
SECONDS_PER_QUESTION = 60
MINUTES_PER_WIDGET = 4
MINUTES_PER_EXERCISE = {"★": 3, "★★": 7, "★★★": 15}

FOLDED = re.compile(r"^(:{3,})\{dropdown\}.*?^\1[ ]*$", re.M | re.S)
QUESTION = re.compile(r"^(:{3,}|`{3,})\{question\}.*?^\1[ ]*$", re.M | re.S)
FORMULA = re.compile(r"^\$\$\n.*?^\$\$", re.M | re.S)
CELL = re.compile(r"^```\{code-cell\}.*?^```", re.M | re.S)
EXERCISE = re.compile(r"^\*\*\d+\.\*\* (★+)", re.M)


def minutes_of(page):
    """Return the minutes to read and try a page, and those of its exercises.

    Parameters
    ----------
    page : softmax_book.sources.Page

    Returns
    -------
    reading, exercises : float
    """
    text = CELL.sub("", page.text)
    exercises = sum(MINUTES_PER_EXERCISE[stars] for stars in EXERCISE.findall(text))
    text, questions = QUESTION.subn("", text.partition("\n## Exercises")[0])
    text, formulas = FORMULA.subn("", FOLDED.sub("", text))
    seconds = 60 * len(re.findall(r"\w+", text)) / WORDS_PER_MINUTE
    seconds += SECONDS_PER_FORMULA * formulas + SECONDS_PER_QUESTION * questions
    for part in page.parts:
        if not isinstance(part, Cell):
            continue
        if "softmax_steps.widgets" in part.code:
            seconds += 60 * MINUTES_PER_WIDGET
        elif "figure" in part.options:
            seconds += SECONDS_PER_PICTURE
        elif "hide-input" not in part.tags:
            seconds += SECONDS_PER_LINE * len(part.code.splitlines())
    return seconds / 60, exercises
