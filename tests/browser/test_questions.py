"""The questions of the chapters: every answer given, right and wrong, and what is said to it."""

import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from softmax_book.questions import read_question, values
from softmax_book.questions.syntax import ANYTHING_ELSE, FORMULA, NUMBER, ORDER
from softmax_book.sources import read_book
from softmax_grader.reports.progress import read_progress

ROOT = Path(__file__).parents[2]
PAGES = read_book(ROOT).values()
QUESTIONS = {
    page.name: [
        read_question(directive.options, directive.body)
        for directive in page.directives
        if directive.name == "question"
    ]
    for page in PAGES
}
CHAPTERS = [page.name for page in PAGES if page.number is not None]
# Of no use as an answer to any question.
FAR = {NUMBER: "-98765", FORMULA: "7"}

# Gives an answer as a hand would, and returns what is said, beside what the fold has to say.
GIVE = """([label, answers]) => {
  const question = document.querySelector(`[data-question="${label}"]`);
  const form = question.querySelector("form");
  const options = [...question.querySelectorAll(".sms-question-options > li")];
  const words = (element) => element?.textContent.replace(/\\s+/g, " ").trim() ?? "";
  const fold = [...question.querySelectorAll(".sms-question-answers > ol > li")];
  return answers.map((answer) => {
    if (typeof answer === "number") options[answer].querySelector("input").click();
    else if (typeof answer === "string") {
      const input = form.querySelector("input");
      input.value = answer;
    } else {
      // Lines to their places, from the last to the first, by the buttons alone.
      answer.forEach((line, place) => {
        const list = options[0].parentElement;
        while ([...list.children].indexOf(options[line]) > place)
          options[line].querySelector("button").click();
      });
    }
    form.requestSubmit();
    const said = question.querySelector(".sms-question-said");
    const reason = words(said.querySelector(".sms-question-reason"));
    return {
      verdict: said.dataset.verdict,
      note: words(said.firstElementChild),
      reason,
      which: fold.findIndex((li) => words(li.querySelector(".sms-question-reason")) === reason),
      mark: [...question.querySelectorAll("[data-verdict]")].map((each) => each.dataset.verdict),
      state: words(question.querySelector(".sms-question-state")),
    };
  });
}"""


def file_of(content):
    """Return a file as a reader would choose it."""
    return {"name": "p.json", "mimeType": "application/json", "buffer": content.encode("utf-8")}


def answers_of(question):
    """Return what a reader gives for each option, and the place of its option."""
    given = []
    for place, option in enumerate(question.options):
        if option.text == ANYTHING_ELSE:
            given.append((FAR[question.kind], place))
        elif question.kind == NUMBER:
            given.append((repr(values.number(option.text)), place))
        elif question.kind == FORMULA:
            given.append((option.text, place))
        else:
            given.append((question.shown.index(option), place))
    return given


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_every_answer_is_told_why_it_tempts_and_why_it_fails(visit, chapter):
    opened = visit(f"book/{chapter}.html")
    page = opened.page
    questions = QUESTIONS[chapter]
    expect(page.locator("[data-question]")).to_have_count(len(questions))
    for question in questions:
        if question.kind == ORDER:
            right = [question.shown.index(option) for option in question.options]
            wrong = [*right[1:], right[0]]
            first, then = page.evaluate(GIVE, [question.label, [wrong, right]])
            # The line that stands first there is told why it cannot.
            assert (first["verdict"], first["which"]) == ("wrong", 1), (question.label, first)
            assert "Line 1 is the first that does not belong" in first["note"]
            assert first["mark"].count("wrong") == 2  # the line, and what is said of it
            assert then["verdict"] == "right", (question.label, then)
            continue
        given = answers_of(question)
        results = page.evaluate(GIVE, [question.label, [answer for answer, _ in given]])
        for (answer, place), result in zip(given, results, strict=True):
            verdict = "right" if question.options[place].right else "wrong"
            assert (result["verdict"], result["which"]) == (verdict, place), (
                f"{question.label}, {answer}: {result}"
            )
            assert len(result["reason"]) > 20, (question.label, answer)
    summary = page.locator(".sms-question-summary")
    expect(summary).to_contain_text(
        f"Of the {len(questions)} questions of this page you have answered all right"
    )
    assert not opened.problems, "\n".join(opened.problems)


def test_answers_are_kept_in_the_browser_and_forgotten_when_asked(visit):
    opened = visit("book/03_softmax.html")
    page = opened.page
    place, other = (page.locator(f"#question-03-{name}") for name in ("lead", "third-class"))
    # With the keys alone: a number with a comma, and Enter.
    field = place.get_by_label("Your answer")
    field.fill("3")
    field.press("Enter")
    expect(place.get_by_role("status")).to_contain_text("Not yet. The lead is 3, so it tempts")
    expect(field).to_have_attribute("aria-invalid", "true")
    field.fill("20,086")
    field.press("Enter")
    expect(place.get_by_role("status")).to_contain_text("Right.")
    expect(place.locator(".sms-question-state")).to_have_text("right, at try 2")
    # What cannot be read is no try.
    field.fill("twenty")
    field.press("Enter")
    expect(place.get_by_role("status")).to_contain_text("“twenty” is no number.")
    radio = other.get_by_role("radio").first
    other.get_by_role("button", name="Check").click()
    expect(other.get_by_role("status")).to_have_text("Choose one first.")
    radio.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(other.get_by_role("status")).to_contain_text("Right.")
    expect(other.locator(".sms-question-state")).to_have_text("right, at the first try")
    # A look at the answer is one.
    looked = page.locator("#question-03-times-ten")
    looked.get_by_text("Show the answer").click()
    expect(looked.locator(".sms-question-state")).to_have_text("looked up")
    kept = json.loads(page.evaluate("() => localStorage.getItem('sms-questions')"))
    assert kept == {
        "03-lead": {"tries": 2, "right": True, "shown": False},
        "03-third-class": {"tries": 1, "right": True, "shown": False},
        "03-times-ten": {"tries": 0, "right": False, "shown": True},
    }
    page.reload()
    expect(place.locator(".sms-question-state")).to_have_text("right, at try 2")
    summary = page.locator(".sms-question-summary")
    expect(summary).to_contain_text("answered 2 right, 1 at the first try. To repeat: 3.5.")
    # The front page shows it among all chapters, and its file is read by the class's table.
    summary.get_by_role("link", name="All chapters").click()
    overview = page.locator(".sms-progress")
    row = overview.get_by_role("row", name="3 · Softmax")
    expect(row).to_contain_text("2 of 7 right, 1 at the first try. To repeat: 3.5")
    expect(row.get_by_role("link", name="3.5")).to_have_attribute(
        "href", "03_softmax.html#question-03-times-ten"
    )
    expect(overview.get_by_role("row", name="1 · The score")).to_contain_text(
        "5 questions, not begun"
    )
    with page.expect_download() as download:
        overview.get_by_role("button", name="Save as a file").click()
    assert download.value.suggested_filename == "softmax-progress.json"
    saved = Path(download.value.path())
    assert {label: vars(each) for label, each in read_progress(saved).answers.items()} == kept
    said = overview.get_by_role("status")
    expect(said).to_have_text("Saved 3 questions in softmax-progress.json, among your downloads.")
    take = overview.get_by_label("A file of answers")
    text = saved.read_text("utf-8")
    for content, words in {
        text[:-4]: "Nothing was changed. That file is no JSON, or was cut off.",
        "null": "That file does not say format",
        text.replace('"version": 1', '"version": 3'): "has version 3; this copy of the book reads",
        text.replace('"tries": 2', '"tries": "<b>"'): "cannot be read, “03-lead”",
        text.replace("03-lead", "<b>"): "cannot be read, “<b>”",
        " " * 200_001: "That file has more than 200000 signs",
    }.items():
        take.set_input_files(file_of(content))
        expect(said).to_contain_text(words)
    assert json.loads(page.evaluate("() => localStorage.getItem('sms-questions')")) == kept
    # Joined with what another browser kept: right stays right, and nothing is lost.
    theirs = {
        "03-lead": {"tries": 4, "right": False, "shown": True},
        "03-times-ten": {"tries": 3, "right": True, "shown": False},
        "77-of-a-later-edition": {"tries": 1, "right": True, "shown": False},
    }
    take.set_input_files(file_of(json.dumps({**json.loads(text), "answers": theirs})))
    expect(said).to_contain_text("Taken in: 3 questions, 1 of them new here.")
    expect(row).to_contain_text("3 of 7 right, 1 at the first try")
    assert json.loads(page.evaluate("() => localStorage.getItem('sms-questions')")) == {
        "03-lead": {"tries": 2, "right": True, "shown": True},
        "03-third-class": {"tries": 1, "right": True, "shown": False},
        "03-times-ten": {"tries": 3, "right": True, "shown": True},
        "77-of-a-later-edition": {"tries": 1, "right": True, "shown": False},
    }
    page.go_back()
    expect(place.locator(".sms-question-state")).to_have_text("right, after a look at the answer")
    summary.get_by_role("button", name="Forget my answers").click()
    expect(summary).to_contain_text("answered none right")
    expect(place.locator(".sms-question-state")).to_be_empty()
    left = json.loads(page.evaluate("() => localStorage.getItem('sms-questions')"))
    assert list(left) == ["77-of-a-later-edition"]  # no question of this page
    assert not opened.problems, "\n".join(opened.problems)


def test_on_a_phone_lines_are_moved_and_nothing_is_too_wide_or_too_small(visit, axe):
    opened = visit("book/03_softmax.html", "narrow-dark")
    page = opened.page
    lines = page.locator("#question-03-road")
    down = lines.get_by_role("button", name="Down: E = np.exp(F - top)")
    down.tap()
    expect(lines.locator(".sms-question-moved")).to_have_text("Place 2 of 5")
    expect(down).to_be_focused()
    # Beyond the end nothing moves.
    for _ in range(5):
        down.press("Enter")
    expect(lines.locator(".sms-question-options > li").last).to_contain_text("E = np.exp")
    formula = page.locator("#question-03-softmax")
    formula.get_by_label("Your formula").fill("np.exp(F) / np.exp(F).sum()")
    formula.get_by_role("button", name="Check").tap()
    expect(formula.get_by_role("status")).to_contain_text("You take one sum over the whole batch.")
    expect(formula.get_by_role("status").get_by_role("link")).to_have_attribute(
        "href", re.compile(r"^06_gradient\.html#")
    )
    hints = formula.locator(".sms-question-hint")
    expect(hints.nth(1)).to_be_hidden()  # one after the other
    hints.first.locator("summary").tap()
    expect(hints.nth(1)).to_be_visible()
    assert opened.overflow() == 0
    assert opened.barriers(axe, exclude=[".bd-container"], only=None) == []
    found = opened.page.evaluate(
        """() => [...document.querySelectorAll(".sms-question :is(button, input, summary, label)")]
          .filter((each) => each.getBoundingClientRect().height && each.type !== "radio")
          .filter((each) => each.getBoundingClientRect().height < 24)
          .map((each) => each.outerHTML.slice(0, 80))"""
    )
    assert found == []
    assert not opened.problems, "\n".join(opened.problems)


def test_without_scripts_a_question_stands_with_its_answers_folded(visit):
    page = visit("book/02_overflow_guard.html", java_script_enabled=False).page
    question = page.locator("#question-02-in-place")
    expect(question.locator(".sms-question-options > li")).to_have_count(4)
    fold = question.locator(".sms-question-answers")
    expect(fold.get_by_text("leaves the caller")).to_be_hidden()
    fold.locator("summary").click()
    expect(fold.get_by_text("leaves the caller")).to_be_visible()
    expect(page.locator(".sms-question-form, .sms-question-summary")).to_have_count(0)


def test_from_a_file_a_question_can_be_answered(visit, site):
    opened = visit("book/01_score.html", home=f"{site.as_uri()}/")
    question = opened.page.locator("#question-01-scores")
    question.get_by_label("Your formula").fill("b + X@W")
    question.get_by_role("button", name="Check").click()
    expect(question.get_by_role("status")).to_contain_text("Right. One line for all")


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_a_chapter_asks_where_the_doubt_arises_and_at_its_end(chapter):
    text = (ROOT / "book" / f"{chapter}.md").read_text("utf-8")
    within, end = text.split("\n## Check yourself\n")
    end = end.partition("\n## ")[0]
    questions = QUESTIONS[chapter]
    again = [question for question in questions if question.again]
    assert within.count(":::{question}") >= 2
    assert end.count(":::{question}") - len(again) >= 3
    number = int(chapter[:2])
    assert len(again) >= (2 if number >= 3 else 0)
    assert all(int(question.again[:2]) < number for question in again)
    assert end.count(":from:") == len(again)


def test_the_chapters_use_every_kind_of_question():
    kinds = {question.kind for questions in QUESTIONS.values() for question in questions}
    assert kinds == {"choose", "number", "order", "bug", "formula"}
    labels = [question.label for questions in QUESTIONS.values() for question in questions]
    assert len(set(labels)) == len(labels)
