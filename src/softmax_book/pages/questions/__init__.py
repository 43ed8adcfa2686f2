"""A question on a page: its text, its answers folded, and what a script makes of it.

Without scripts the page shows the question and, folded, every answer with what is said of it. With
scripts ``questions.js`` lets the reader answer: it takes what it says from the same fold, so that
both say the same. The front page lists what was answered: ``overview.py``.
"""

from softmax_book.pages.questions.directive import (
    QuestionDirective,
    add_questions,
    computed_role,
)
from softmax_book.pages.questions.overview import ProgressDirective, add_overview
from softmax_book.pages.questions.tags import Tagged, leave_tag, visit_tag

__all__ = [
    "ProgressDirective",
    "QuestionDirective",
    "Tagged",
    "add_overview",
    "add_questions",
    "computed_role",
    "leave_tag",
    "visit_tag",
]
