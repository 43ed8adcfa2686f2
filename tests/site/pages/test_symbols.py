"""Marked formulas and the cards of their symbols, on the built pages."""

import re

import pytest

from softmax_book.pages.symbols import (
    CHAPTERS_OF_FUNCTIONS,
    EQUATIONS_OF_FUNCTIONS,
    UNMARKED_FUNCTIONS,
)
from softmax_book.symbols.table import read_table

from ..page_reader import name_of

MARK = re.compile(r'data-s="\d+\.(\w+)"')
CARD = re.compile(r'data-card="([^"]+)"')
SCRIPT_BYTES = 6000


def test_every_marked_letter_has_its_card_and_no_page_has_others(pages, site):
    marked = 0
    for page in pages:
        text = page.path.read_text("utf-8")
        symbols = {name for name in CARD.findall(text) if name in read_table()}
        assert symbols == set(MARK.findall(text)), name_of(page, site)
        marked += len(MARK.findall(text))
    assert marked > 1000


def test_a_letter_means_the_same_on_the_page_of_all_equations_as_in_its_chapter(site):
    register = (site / "book" / "equations.html").read_text("utf-8")
    in_register = {}
    for entry in register.split('<div class="sms-register-entry')[1:]:
        label = re.search(r'id="test-(eq-[^"]+)"', entry)[1]
        in_register[label] = MARK.findall(entry)
    in_chapters = {}
    for path in (site / "book").glob("*.html"):
        for frame in path.read_text("utf-8").split('<div class="sms-equation ')[1:]:
            label = re.search(r'id="equation-(eq-[^"]+)"', frame)[1]
            in_chapters[label] = MARK.findall(frame.partition('<div class="sms-equation-side')[0])
    assert len(in_register) > 90
    assert in_register == in_chapters
    # The same letter is two things on one page.
    assert "data_gradient" in in_register["eq-weight-decay"]
    assert "full_gradient" in in_register["eq-step-gain"]


def test_a_letter_of_a_function_is_told_as_in_its_chapter(site):
    text = (site / "book" / "api.html").read_text("utf-8")
    functions = {
        re.search(r'id="(?:\w+\.)+(\w+)"', part)[1]: MARK.findall(part.partition("<template")[0])
        for part in re.split(r'<dl class="py ', text)[1:]
        if 'class="katex-display"' in part
    }
    assert {name for name, marks in functions.items() if not marks} == UNMARKED_FUNCTIONS
    assert set(EQUATIONS_OF_FUNCTIONS) <= set(functions)
    assert "neighbours" in functions["neighbour_votes"]
    assert "hidden_unit" in functions["initial_two_layer"]
    assert set(functions["softmax"]) == {"P", "F", "e", "i", "j", "k"}
    assert "full_gradient" in functions["gradient_by_differentials"]


@pytest.mark.parametrize("heading", CHAPTERS_OF_FUNCTIONS)
def test_a_section_of_the_functions_that_has_a_chapter_is_there(site, heading):
    assert f'<section id="{heading}">' in (site / "book" / "api.html").read_text("utf-8")


def test_what_is_said_and_copied_of_a_formula_has_no_marks(pages, site):
    for page in pages:
        text = page.path.read_text("utf-8")
        assert not re.search(r'htmlData|class="enclosing"', text), name_of(page, site)


def test_the_script_of_all_cards_is_light(site):
    assert (site / "_static" / "cards.js").stat().st_size <= SCRIPT_BYTES


def test_without_scripts_nothing_is_told_and_nothing_is_in_the_way(site):
    text = (site / "book" / "05_regularization.html").read_text("utf-8")
    before, _, rest = text.partition('<template id="sms-cards">')
    _, _, after = rest.partition("</template>")
    assert "data-card" not in before + after
    assert "sms-asked" not in before + after
    assert not re.search(r'<div class="math[^>]*tabindex', text)


def test_a_card_says_a_vector_once_to_each_reader(site):
    text = (site / "book" / "05_regularization.html").read_text("utf-8")
    card = text.partition('<div data-card="b">')[2].partition("</dl>")[0]
    assert '<span class="sms-said">0, 1, 0</span>' in card
    assert '<table class="sms-matrix" aria-hidden="true"><tr><td>0</td>' in card


def test_the_notation_shows_the_table(site):
    text = (site / "book" / "notation.html").read_text("utf-8")
    rows = len(re.findall(r"<tr\b", text.partition('<template id="sms-cards">')[0]))
    shown = [each for each in read_table().values() if each.table or each.on]
    assert rows > len(shown)
    assert 'id="equation-eq-central-difference"' not in text  # named, and linked to its place
    assert "06_gradient.html#equation-eq-central-difference" in text
