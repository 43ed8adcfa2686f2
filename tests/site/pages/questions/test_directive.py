"""What a question's directive refuses, and where its script is served."""

from types import SimpleNamespace

import pytest

from softmax_book.pages.questions import add_questions, computed_role, directive
from softmax_book.questions import Option, QuestionError


def directive_on(page, labels=()):
    """The part of a directive that knows its page and the labels before it."""
    env = SimpleNamespace(docname=page, temp_data={"question_labels": list(labels)})
    return SimpleNamespace(env=env)


def test_a_label_begins_with_the_chapter_and_is_used_once():
    check = directive.QuestionDirective.check_label
    asked = directive_on("book/03_softmax")
    check(asked, "03-lead")
    assert asked.env.temp_data["question_labels"] == ["03-lead"]
    for label, page in (("03-lead", "book/03_softmax"), ("04-lead", "book/03_softmax")):
        with pytest.raises(QuestionError, match="expected one that begins with 03- and is used"):
            check(directive_on(page, ["03-lead"]), label)


def test_a_slip_says_the_sentence_of_the_registry_and_links_to_its_place():
    (paragraph,) = directive.QuestionDirective.reason(
        SimpleNamespace(), Option("F -= top", True, "", "changed-in-place")
    )
    assert "Your function changes an array that was handed to it. A = B makes" in paragraph.astext()
    (link,) = paragraph.findall(directive.nodes.reference)
    assert link["refuri"] == "02_overflow_guard.html#near-misses"
    with pytest.raises(QuestionError, match=r"expected an id of softmax_steps\.advice"):
        directive.QuestionDirective.reason(SimpleNamespace(), Option("x", True, "", "no-such"))


def test_a_computed_number_without_a_format_is_an_error_of_the_page():
    said = []
    inliner = SimpleNamespace(
        reporter=SimpleNamespace(error=lambda words, line: said.append((words, line)))
    )
    assert computed_role("computed", "", "1 / 8:.3f", 7, inliner)[0][0].astext() == "0.125"
    computed_role("computed", "raw", "1 / 8", 7, inliner)
    ((words, line),) = said
    assert line == 7
    assert "has no format" in words


def test_only_a_page_that_asks_gets_the_script(monkeypatch):
    served = []
    monkeypatch.setattr(directive, "add_script", lambda app, path, folder: served.append(path.name))
    monkeypatch.setattr(directive, "add_style", lambda app, path, folder: served.append(path.name))
    add_questions(None, "a", "", {"body": "<p>Which?</p>"}, None)
    assert served == []
    add_questions(None, "a", "", {"body": '<div data-question="03-lead">'}, None)
    assert served == ["questions.js", "questions.css"]
