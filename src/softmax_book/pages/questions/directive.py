"""``{question}`` and ``{computed}``: what stands in the page."""

import json
import re
from pathlib import Path
from typing import Any

from docutils import nodes
from docutils.statemachine import StringList
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from softmax_book.edition import PAGES
from softmax_book.pages.equations import chapter_sign
from softmax_book.pages.files import add_script, add_style
from softmax_book.pages.questions.tags import Tagged, tagged
from softmax_book.questions import Option, Question, QuestionError, read_question, values
from softmax_book.questions.markdown import FOLD
from softmax_book.questions.syntax import ANYTHING_ELSE, BUG, FORMULA, NUMBER, OPTIONS, ORDER
from softmax_steps.advice import ADVICE

HERE = Path(__file__).parent
FOLDER = "questions"  # of the site, below _static
MARK = "data-question="
#: What the reader is to do, by the kind.
TASKS = {
    "choose": "Choose one",
    "number": "Find the number",
    "order": "Put the lines in order",
    "bug": "Find the line that is wrong",
    "formula": "Type the formula",
}


class QuestionDirective(SphinxDirective):
    """``{question}``, as :mod:`softmax_book.questions` describes it."""

    has_content = True
    option_spec = dict.fromkeys(OPTIONS, str)

    def run(self) -> list[nodes.Node]:
        """Return the question, with its number in the chapter."""
        try:
            question = read_question(self.options, "\n".join(self.content))
            self.check_label(question.label)
            return [self.question(question)]
        except QuestionError as error:
            raise self.error(str(error)) from None

    def check_label(self, label: str) -> None:
        """Raise if another question has this label: progress is kept by it."""
        labels = self.env.temp_data.setdefault("question_labels", [])
        sign = chapter_sign(self.env.docname).rjust(2, "0")
        if label in labels or not label.startswith(f"{sign}-"):
            raise QuestionError(
                f"label: {label!r} on the page {self.env.docname}; expected one that begins with "
                f"{sign}- and is used once."
            )
        labels.append(label)

    def question(self, question: Question) -> Tagged:
        """Return the whole question."""
        place = len(self.env.temp_data["question_labels"])
        anchor = nodes.make_id(f"question-{question.label}")
        title = tagged(
            "p",
            tagged("strong", nodes.Text(f"Question {chapter_sign(self.env.docname)}.{place}")),
            tagged("span", nodes.Text(TASKS[question.kind]), cls="sms-question-task"),
            cls="sms-question-title",
        )
        title["ids"] = [f"{anchor}-title"]
        if question.again:
            sign = chapter_sign(f"{PAGES}/{question.again}")
            link = nodes.reference(
                "", f"Chapter {sign}", refuri=f"{question.again}.html", internal=True
            )
            title += nodes.inline("", "again from ", link, classes=["sms-question-again"])
        element = tagged(
            "div",
            title,
            tagged("div", *self.parsed(question.text), cls="sms-question-text"),
            cls=" ".join(["sms-question", *question.classes]),
            data_question=question.label,
            data_kind=question.kind,
            role="group",
            aria_labelledby=f"{anchor}-title",
        )
        element["ids"] = [anchor]
        told = element["attributes_of_tag"]
        if question.kind == NUMBER:
            told["data-within"] = f"{question.within:g}"
        if question.kind == FORMULA:
            names = values.letters(option.text for option in question.foreseen)
            told["data-letters"] = _json(
                [{name: values.packed(case[name]) for name in names} for case in values.cases()]
            )
        if question.shown:
            items = [tagged("li", *self.shown(question, option)) for option in question.shown]
            element += tagged("ol", *items, cls="sms-question-options")
        for hint in question.hints:
            element += tagged(
                "details",
                tagged("summary", nodes.Text("A hint")),
                *self.parsed(hint),
                cls="sms-question-hint",
            )
        element += tagged(
            "details",
            tagged("summary", nodes.Text(f"Show {FOLD[0].lower()}{FOLD[1:]}")),
            tagged("ol", *(self.answer(question, option) for option in question.options)),
            *self.parsed(question.after),
            cls="sms-question-answers",
        )
        return element

    def shown(self, question: Question, option: Option) -> list[nodes.Node]:
        """Return an option as it stands below the question; a line of code keeps its indent."""
        if question.kind in {BUG, ORDER} and option.code:
            return [tagged("code", nodes.Text(option.code), cls="sms-question-line")]
        return self.parsed(option.text)

    def answer(self, question: Question, option: Option) -> Tagged:
        """Return an answer in the fold, with what the script needs in order to know it."""
        item = tagged("li")
        told = item["attributes_of_tag"]
        if option.right:
            told["data-right"] = "true"
        if option.text == ANYTHING_ELSE:
            told["data-otherwise"] = "true"
            item += tagged("p", nodes.Text("Anything else"), cls="sms-question-given")
        elif question.kind in {NUMBER, FORMULA}:
            given = tagged("p", cls="sms-question-given")
            if question.kind == NUMBER:
                value = values.number(option.text)
                told["data-value"] = repr(value)
                given += [tagged("strong", nodes.Text(values.shown(value))), nodes.Text(" = ")]
            else:
                told["data-formula"] = option.text
                told["data-values"] = _json(
                    [values.packed(value) for value in values.evaluate_formula(option.text)]
                )
            given += nodes.literal("", option.text)
            item += given
        else:
            told["data-place"] = str(question.shown.index(option))
            item += tagged("div", *self.shown(question, option), cls="sms-question-given")
        item += tagged("div", *self.reason(option), cls="sms-question-reason")
        return item

    def reason(self, option: Option) -> list[nodes.Node]:
        """Return what is said of an answer; of a slip, the sentence of the registry."""
        if not option.slip:
            return self.parsed(option.reason)
        if option.slip not in ADVICE:
            raise QuestionError(f"slip: {option.slip!r}; expected an id of softmax_steps.advice.")
        slip = ADVICE[option.slip]
        paragraph = nodes.paragraph()
        for place, piece in enumerate(re.split("`([^`]*)`", f"{slip.sentence} (")):
            paragraph += nodes.literal("", piece) if place % 2 else nodes.Text(piece)
        link = slip.link.removeprefix(f"{PAGES}/")
        paragraph += [nodes.reference("", slip.place, refuri=link, internal=True), nodes.Text(")")]
        return [paragraph]

    def parsed(self, text: str) -> list[nodes.Node]:
        """Return the nodes of a piece of MyST."""
        if not text:
            return []
        holder = nodes.container()
        lines = StringList(text.splitlines(), source=self.env.docname)
        self.state.nested_parse(lines, self.content_offset, holder)
        return holder.children


def computed_role(
    name: str, rawtext: str, text: str, lineno: int, inliner: Any, *rest: Any
) -> tuple[list[nodes.Node], list[nodes.system_message]]:
    """``{computed}`w.P[0, 1]:.3f```: a number that is computed while the page is built."""
    try:
        return [nodes.Text(values.written(text))], []
    except QuestionError as error:
        message = inliner.reporter.error(str(error), line=lineno)
        return [nodes.problematic(rawtext, rawtext)], [message]


def add_questions(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: Any
) -> None:
    """Give a page that asks something the script and the style of questions."""
    if MARK in (context.get("body") or ""):
        add_script(app, HERE / "questions.js", FOLDER)
        add_style(app, HERE / "questions.css", FOLDER)


def _json(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"))
