"""A question on a page: its text, its answers folded, and what a script makes of it.

Without scripts the page shows the question and, folded, every answer with what is said of it. With
scripts ``questions.js`` lets the reader answer: it takes what it says from the same fold, so that
both say the same.
"""

from softmax_book.pages.questions.directive import (
    QuestionDirective,
    Tagged,
    add_questions,
    computed_role,
    leave_tag,
    visit_tag,
)

__all__ = [
    "QuestionDirective",
    "Tagged",
    "add_questions",
    "computed_role",
    "leave_tag",
    "visit_tag",
]
