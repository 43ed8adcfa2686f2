"""Another example in the browser: every cell right and wrong, kept, shown, linked, and on paper."""

import json
import re
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import expect

from softmax_grader.reports.progress import read_progress
from softmax_steps.advice import ADVICE
from softmax_steps.widgets import AnotherExample

from ..one_widget import opening, write_widget_page
from .conftest import DRAWN, NARROW

STEPS = {
    1: ("F",),
    2: ("shifted",),
    3: ("E", "P"),
    4: ("losses", "data_loss"),
    5: ("penalty", "loss"),
    6: ("dF", "dW", "db"),
}
KEPT = "() => JSON.parse(localStorage.getItem('sms-widget-another_example') ?? '{}')"
# What would be on paper, once the button has been pressed.
PRINTED = """() => {
  window.print = () => {
    const cells = [...document.querySelectorAll(".sheet .line td")];
    window.paper = {
      texts: cells.map((cell) => cell.textContent),
      isAlone: document.adoptedStyleSheets.length === 1,
    };
  };
}"""


def right(seed, *, only=None):
    """Return the texts of the cells of an example, or of one step of it."""
    lines = AnotherExample(seed).answers()
    return {
        f"{line}{i}{j}": f"{value:.3f}"
        for line in (STEPS[only] if only else lines)
        for (i, j), value in np.ndenumerate(lines[line])
    }


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    return write_widget_page(tmp_path_factory.mktemp("another"), AnotherExample())


@pytest.fixture
def example(chromium, address):
    """Return ``open(hash, **options)``, which gives the page and the widget."""
    yield from opening(chromium, address, "another_example")


def cell_of(widget, name):
    return widget.locator(f"[data-cell={name}]")


def to_step(widget, step):
    slider = widget.get_by_role("slider", name="Step")
    slider.fill(str(step))
    expect(widget.locator(".step:not(.away)")).to_have_attribute(
        "aria-label", re.compile(f"^Step {step}:")
    )


def test_every_cell_is_judged_as_it_is_typed(example):
    page, widget = example("example=417")
    said = widget.get_by_role("status").filter(has_text="cells of this step")
    expect(said).to_have_text(
        "0 of 6 cells of this step are right. Work with three decimals: 0.002 off is right."
    )
    total = 0
    for step in STEPS:
        to_step(widget, step)
        for name, text in right(417, only=step).items():
            cell = cell_of(widget, name)
            cell.fill("77.000")
            expect(cell).to_have_attribute("data-verdict", "wrong")
            expect(cell).to_have_attribute("aria-invalid", "true")
            expect(widget.locator(".said")).to_contain_text("Not yet.")
            cell.fill(text.replace(".", ","))
            expect(cell).to_have_attribute("data-verdict", "right")
            expect(cell).to_have_attribute("aria-invalid", "false")
            expect(cell).to_have_attribute("aria-label", re.compile(", right$"))
            total += 1
        expect(widget.locator(".said")).to_contain_text("Right. All ")
    assert total == 44
    expect(widget.locator(".said")).to_contain_text("You have worked the whole example.")
    widget.get_by_text("Numbers", exact=True).click()
    expect(widget.get_by_role("row", name="all")).to_contain_text("44 of 44")
    kept = page.evaluate(KEPT)
    assert list(kept) == ["417"]
    assert sorted(kept["417"]["right"]) == sorted(right(417))
    assert kept["417"]["shown"] == ""


def test_a_number_that_a_slip_makes_is_told_what_to_do(example):
    _, widget = example("example=1")
    said = widget.locator(".said")
    to_step(widget, 3)
    E = AnotherExample(1).answers()["E"]
    for i, j in np.ndindex(E.shape):
        cell_of(widget, f"P{i}{j}").fill(f"{(E / E.sum(axis=0))[i, j]:.3f}")
    expect(said).to_have_text(f"Not yet. {ADVICE['wrong-axis'].sentence}")
    to_step(widget, 4)
    expect(said).to_contain_text("0 of 3 cells")  # of this step, and no word of the last one
    cell_of(widget, "losses10").fill("-0.170")
    expect(said).to_contain_text("The minus is missing")
    cell_of(widget, "losses10").fill("0.074")
    expect(said).to_have_text(f"Not yet. {ADVICE['other-base'].sentence}")
    to_step(widget, 6)
    cell_of(widget, "dF00").fill("0.965")
    expect(said).to_have_text(f"Not yet. {ADVICE['missing-mean'].sentence}")
    cell_of(widget, "dF00").fill("a few")
    cell_of(widget, "dF01").focus()
    expect(cell_of(widget, "dF00")).to_have_attribute("data-verdict", "unreadable")
    cell_of(widget, "dF00").focus()
    expect(said).to_have_text("No number. Write it as −0.117.")


def test_a_half_typed_number_is_not_wrong_and_the_keys_lead_on(example):
    page, widget = example("example=1")
    first, second, below = (cell_of(widget, f"F{k}") for k in ("00", "01", "10"))
    first.press_sequentially("-")
    expect(first).to_have_attribute("data-verdict", "empty")
    first.press("Backspace")
    first.press_sequentially("3")
    expect(first).to_have_attribute("data-verdict", "right")
    first.press("Enter")
    expect(second).to_be_focused()
    second.press_sequentially("1")
    expect(second).to_have_attribute("data-verdict", "empty")
    second.press("Enter")
    expect(second).to_have_attribute("data-verdict", "wrong")
    page.keyboard.press("ArrowLeft")
    expect(second).to_be_focused()
    sign = widget.get_by_role("button", name="Change the sign of the cell")
    sign.click()
    expect(second).to_have_value("−1")
    expect(second).to_have_attribute("data-verdict", "right")
    expect(second).to_be_focused()
    page.keyboard.press("Home")
    page.keyboard.press("ArrowLeft")
    expect(first).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(below).to_be_focused()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Shift+Enter")
    expect(first).to_be_focused()
    for name, text in right(1, only=1).items():
        cell_of(widget, name).fill(text)
    page.keyboard.press("Enter")  # in the last cell
    expect(cell_of(widget, "shifted00")).to_be_focused()
    expect(widget.locator(".step:not(.away) .before")).to_have_text("F = (3 −1 −1), (0 2 −1)")


def test_what_was_typed_is_there_again_and_each_example_has_its_own(example):
    page, widget = example("example=417")
    cell_of(widget, "F00").fill(right(417)["F00"])
    cell_of(widget, "F01").fill("77")
    number = widget.get_by_role("textbox", name="Number of the example")
    number.fill("5")
    number.press("Enter")
    expect(cell_of(widget, "F00")).to_have_value("")
    page.wait_for_function("location.hash === '#example=5'")
    number.fill("-3")
    number.press("Enter")
    expect(number).to_have_value("5")
    number.fill("417")
    number.press("Enter")
    expect(cell_of(widget, "F01")).to_have_value("77")
    page.wait_for_function("location.hash === '#example=417'")
    page.reload()
    expect(cell_of(widget, "F00")).to_have_attribute("data-verdict", "right")
    expect(cell_of(widget, "F01")).to_have_attribute("data-verdict", "wrong")
    given = widget.locator(".sms-stage .givens").inner_text()
    widget.get_by_role("button", name="Another example").click()
    expect(widget.locator(".sms-stage .givens")).not_to_have_text(given)
    page.wait_for_function("/^#example=\\d+$/.test(location.hash) && location.hash.length > 9")
    expect(number).not_to_have_value("417")
    expect(cell_of(widget, "F00")).to_have_value("")
    page.goto(page.url.partition("#")[0] + "#example=417")
    widget.get_by_text("Numbers", exact=True).click()
    widget.get_by_role("button", name="Forget what I typed").click()
    expect(cell_of(widget, "F01")).to_have_value("")
    assert page.evaluate(KEPT) == {}


def test_a_step_that_is_shown_is_in_the_link_and_counts_for_nobody(example):
    page, widget = example("example=1")
    cell_of(widget, "F00").fill("3")
    cell_of(widget, "F01").fill("77")
    show = widget.get_by_role("button", name="Show this step")
    show.click()
    expect(cell_of(widget, "F01")).to_have_value("−1")
    expect(cell_of(widget, "F01")).not_to_be_editable()
    page.wait_for_function("location.hash === '#example-shown=1'")
    page.reload()
    expect(cell_of(widget, "F01")).to_have_value("−1")
    widget.get_by_role("button", name="Hide the numbers").click()
    expect(cell_of(widget, "F01")).to_have_value("77")
    cell_of(widget, "F01").fill("-1")
    expect(cell_of(widget, "F01")).to_have_attribute("data-verdict", "right")
    kept = page.evaluate(KEPT)["1"]
    assert (kept["right"], kept["shown"]) == (["F00"], "1")
    page.goto("about:blank")
    page.goto(page.context.pages[0].url)
    _, key = example("example=7&example-step=6&example-shown=123456")
    for name, text in right(7).items():
        assert abs(float(cell_of(key, name).input_value().replace("−", "-")) - float(text)) < 1e-9


def test_on_paper_it_is_an_empty_worksheet_and_its_key_is_full(example):
    page, widget = example("example=417")
    cell_of(widget, "F00").fill("77")
    page.evaluate(PRINTED)
    expected = [float(text) for text in right(417).values()]
    widget.get_by_role("button", name="Print its key").click()
    paper = page.evaluate("paper")
    assert paper["isAlone"]
    numbers = [float(text.replace("−", "-")) for text in paper["texts"]]
    np.testing.assert_allclose(numbers, expected, atol=1e-9)
    page.emulate_media(media="print")
    assert page.locator("body > p").is_hidden()  # what stands below the widget
    sheet = widget.locator(".sheet")
    assert sheet.is_visible()
    assert widget.locator(".sms-stage").is_hidden()
    page.emulate_media(media="screen")
    page.evaluate("() => { dispatchEvent(new Event('afterprint')); }")
    assert page.evaluate("document.adoptedStyleSheets.length") == 0
    widget.get_by_role("button", name="Print it empty").click()
    assert set(page.evaluate("paper.texts")) == {""}
    assert len(page.evaluate("paper.texts")) == 44
    page.evaluate("() => { dispatchEvent(new Event('afterprint')); }")
    page.emulate_media(media="print")  # the whole page, by the browser's own command
    expect(sheet).to_contain_text("Six steps by hand: example 417")
    assert page.locator("body > p").is_visible()
    # Presented, too, and on one page of paper.
    page.emulate_media(media="screen")
    widget.get_by_role("button", name="Present (P)").click()
    widget.get_by_role("button", name="Print its key").click()
    pdf = page.pdf(format="A4")
    assert len(re.findall(rb"/Type\s*/Page\b", pdf)) == 1


def test_on_a_phone_fields_are_large_and_nothing_is_too_wide(example):
    page, widget = example("example-step=6", **NARROW)
    page.evaluate(DRAWN)
    height = widget.bounding_box()["height"]
    for name, text in right(1).items():
        page.evaluate(
            """([name, text]) => {
              const cell = document.querySelector(`[data-cell=${name}]`);
              cell.value = text;
              cell.dispatchEvent(new Event("input", { bubbles: true }));
            }""",
            [name, text],
        )
    for step in STEPS:
        to_step(widget, step)
        page.evaluate(DRAWN)
        assert page.evaluate("document.documentElement.scrollWidth") == 390
        assert abs(widget.bounding_box()["height"] - height) <= 1
    fields = widget.locator(".step input").all()
    for field in [fields[0], fields[-1]]:
        assert field.evaluate("(node) => parseFloat(getComputedStyle(node).fontSize)") >= 16
        assert field.get_attribute("inputmode") == "decimal"


def test_it_goes_into_the_file_of_the_front_page_and_is_taken_in(visit, tmp_path):
    opened = visit("book/07_training.html#example=417")
    page = opened.page
    widget = page.locator(".sms-another-example")
    cells = right(417, only=1)
    for name, text in cells.items():
        cell_of(widget, name).fill(text)
    kept = page.evaluate(KEPT)
    opened.open("book/index.html")
    overview = page.locator(".sms-progress")
    expect(overview).to_contain_text("Worked by hand: example 417, 6 cells right.")
    expect(overview.get_by_role("link", name="example 417")).to_have_attribute(
        "href", "07_training.html#example=417"
    )
    with page.expect_download() as download:
        overview.get_by_role("button", name="Save as a file").click()
    said = overview.get_by_role("status")
    expect(said).to_contain_text("Saved 0 questions and 1 example in softmax-progress.json")
    saved = Path(download.value.path())
    assert read_progress(saved).cells == {417: 6}
    text = saved.read_text("utf-8")
    take = overview.get_by_label("A file of answers")

    def give(content):
        file = {"name": "p.json", "mimeType": "application/json", "buffer": content.encode()}
        take.set_input_files(file)

    give(text.replace('"F00": "', f'"F00": "{"9" * 30}'))
    expect(said).to_contain_text(
        "Nothing was changed. That file has an example that cannot be read"
    )
    assert page.evaluate(KEPT) == kept
    # Joined: what is right in one is right, and a shown step was shown.
    page.evaluate(
        "(all) => localStorage.setItem('sms-widget-another_example', JSON.stringify(all))",
        {"417": {"typed": {"F00": "77", "E00": "1"}, "right": ["E00"], "shown": "6"}},
    )
    give(text)
    expect(said).to_contain_text("Also 1 example.")
    joined = page.evaluate(KEPT)["417"]
    assert joined["typed"] == {**cells, "E00": "1"}
    assert sorted(joined["right"]) == sorted([*cells, "E00"])
    assert joined["shown"] == "6"
    expect(overview).to_contain_text("example 417, 7 cells right")
    opened.open("book/07_training.html#example=417")
    expect(cell_of(widget, "F00")).to_have_value(cells["F00"])
    assert not opened.problems, "\n".join(opened.problems)
    assert json.loads(text)["version"] == 2
