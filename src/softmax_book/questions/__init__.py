"""Questions that a reader answers on the page, and is told at once whether it was right.

A question is written as teachbooks-questions writes one: a directive ``question``, its text, a line
``---``, and the answers, each behind ``[x]`` or ``[ ]`` and followed by ``>`` and what is said to
whoever gives it. ``label``, ``class`` and the fold of the solution are those of sphinx-exercise.

::

    :::{question}
    :label: 03-lead
    :type: number

    By which factor does one class lead the other, when its score is 2 higher?

    ---
    [x] `np.exp(2)`
    > One unit of score is a factor of e, so two units are e · e.
    [ ] `2`
    > It tempts, since the difference is 2. But a *difference* of scores is a *ratio* of shares.
    [ ] anything else
    > Raise e to the difference of the two scores.
    ---
    :::

Why the book has a directive of its own, and does not take one of these two:

- teachbooks-questions loads MathLive and its Compute Engine for every answer that is a number, a
  megabyte of script that makes code of strings, which the pages' policy forbids. It compares
  formulas as algebra of numbers: arrays, shapes and ``@`` it does not know. A right answer is typed
  into the page, where the book wants it computed. It has no lines to order and no line to find, and
  keeps no progress.
- sphinx-exercise numbers exercises and folds solutions. Nothing is asked and nothing is checked.
- Neither shows a question and its answers where there are no scripts, in a downloaded notebook, or
  on paper.

:mod:`~softmax_book.questions.syntax` reads a question, :mod:`~softmax_book.questions.values`
computes its numbers, :mod:`~softmax_book.questions.markdown` writes it for a download, and
:mod:`softmax_book.pages.questions` for a page.
"""

from softmax_book.questions.syntax import Option, Question, QuestionError, read_question

__all__ = ["Option", "Question", "QuestionError", "read_question"]
