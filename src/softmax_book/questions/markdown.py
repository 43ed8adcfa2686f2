"""A question as plain Markdown, for a downloaded notebook: the text, and the answers folded."""

from softmax_book.questions import values
from softmax_book.questions.syntax import ANYTHING_ELSE, NUMBER, ORDER, Option, Question
from softmax_steps.advice import ADVICE

TITLE = "A question"
FOLD = "The answer"


def as_markdown(question: Question) -> str:
    """Return a question in MyST without its directive.

    Parameters
    ----------
    question : Question

    Returns
    -------
    str
    """
    lines = [f"**{TITLE}.** {question.text}", ""]
    for place, option in enumerate(question.shown, 1):
        lines.append(f"{place}. {_hang(option.text)}")
    if question.shown:
        lines.append("")
    lines += [f"<details><summary>{FOLD}</summary>", ""]
    lines += [f"Hint: {hint}\n" for hint in question.hints]
    for place, option in enumerate(question.options, 1):
        mark = f"{place}." if question.shown else "-"
        lines.append(f"{mark} {_hang(answer_text(question, option))}")
    lines += ["", *([question.after, ""] if question.after else []), "</details>"]
    return "\n".join(lines)


def answer_text(question: Question, option: Option) -> str:
    """Return what the fold says of one answer.

    Parameters
    ----------
    question : Question
    option : Option

    Returns
    -------
    str
        In MyST.
    """
    said = option.reason or ADVICE[option.slip].sentence
    if option.text == ANYTHING_ELSE:
        return f"Anything else. {said}"
    if question.kind == ORDER:
        return f"{option.text} {said}"
    verdict = "Right." if option.right else "No."
    if question.shown:
        return f"{verdict} {said}"
    if question.kind == NUMBER:
        return f"**{values.shown(values.number(option.text))}** = `{option.text}`. {verdict} {said}"
    return f"`{option.text}`. {verdict} {said}"


def _hang(text: str) -> str:
    """Return a text whose further lines belong to the item of a list."""
    return text.replace("\n", "\n   ")
