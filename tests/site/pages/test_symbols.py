"""Marked formulas and the cards of their symbols, on the built pages."""

import re

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
