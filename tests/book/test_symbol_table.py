"""Every letter of a displayed equation is in the table of symbols, and is told before it is used.

Told means: it stands in a sentence before the equation, or in the paragraph right after it. A
letter that means something else than a moment ago is told again, in its own section.
"""

import re
from functools import cache
from pathlib import Path

import pytest

from softmax_book.sources import flatten, read_blocks, read_book, read_text
from softmax_book.symbols.letters import find_letters
from softmax_book.symbols.table import read_table, resolve

ROOT = Path(__file__).parents[2]
PAGES = {name.rsplit("/", 1)[-1]: page for name, page in read_book(ROOT).items()}
IN_SENTENCE = re.compile(r"(?<![\\$])\$([^$]+?)(?<!\\)\$(?!\$)", re.DOTALL)
# Signs that the first chapter to use them tells in words.
SIGNS = {"transposed", "e"}
# What an equation says a letter is: "G = …", alone on its side.
DEFINED_BEFORE = re.compile(r"(?:^|\\\\|,|\\q?quad|\\begin\{aligned\})[\s&]*$")
DEFINED_BEHIND = re.compile(r"(?:\([A-Z]\))?[\s&]*=")


def displayed(page):
    """Yield the displayed formulas of a page: LaTeX, label, first line, last line."""
    for block in flatten(read_blocks(page.text, page.name)):
        token, directive = block.token, block.directive
        if token.type in {"math_block", "math_block_label"}:
            yield token.content, token.info, block.start + 1, block.end
        elif directive is not None and directive.name == "math":
            yield directive.body, directive.options.get("label", ""), block.start + 1, block.end


def told_in_sentences(page):
    """Return the keys of all symbols in a page's sentences, each with its line."""
    return [
        (key, paragraph.line)
        for paragraph in page.paragraphs
        for formula in IN_SENTENCE.findall(paragraph.text)
        for letter in find_letters(formula)
        for key in letter.keys
    ]


def is_made_of_others(symbol):
    """Say whether a symbol is a derivative or a differential, whose letters are looked at too."""
    return any("/" in key or (key[0] == "d" and len(key) > 1) for key in symbol.keys)


def is_defined(latex, letter):
    """Say whether an equation says what the letter is."""
    return bool(
        DEFINED_BEFORE.search(latex[: letter.start]) and DEFINED_BEHIND.match(latex[letter.end :])
    )


def faults(page, told_before):
    """Return what is wrong with the symbols of a page's displayed equations."""
    told = told_in_sentences(page)
    sections = [1, *(heading.line for heading in page.headings)]
    found, meant, defined = [], {}, set()
    for latex, label, first, last in displayed(page):
        section = max(line for line in sections if line <= first)
        after = min((p.line for p in page.paragraphs if p.line >= last), default=last)
        letters = [(letter, resolve(letter, page.name, label)) for letter in find_letters(latex)]
        defined |= {symbol for letter, symbol in letters if symbol and is_defined(latex, letter)}
        for letter, symbol in letters:
            if letter.is_word:
                continue
            place = f"{page.name} line {first} {label}: {latex[letter.start : letter.end]}"
            if symbol is None:
                found.append(f"{place} is not in the table of symbols")
                continue
            if symbol.name in SIGNS or is_made_of_others(symbol):
                continue
            (written, *_) = [key for key in letter.keys if key in symbol.keys]
            is_switch = meant.get(written, symbol) != symbol
            meant[written] = symbol
            since = section if is_switch else 1
            # An index that is a word says itself what it is.
            is_told = (
                "\\text" in written
                or symbol in defined
                or any(key in symbol.keys and since <= line <= after for key, line in told)
            )
            known = not symbol.on and told_before & set(symbol.keys)
            if not is_told and (is_switch or not known):
                again = " again, in its section" if is_switch else ""
                found.append(f"{place} is used for '{symbol.meaning}' before it is told{again}")
    return found


@cache
def told_before(name):
    """Return the keys of all symbols in the sentences of the pages before one."""
    names = list(PAGES)
    at = names.index(name)
    if not at:
        return frozenset()
    last = PAGES[names[at - 1]]
    return told_before(last.name) | {key for key, _ in told_in_sentences(last)}


@pytest.mark.parametrize("name", PAGES)
def test_every_letter_of_an_equation_is_told_for_what_it_means(name):
    found = faults(PAGES[name], told_before(name))
    assert not found, "\n".join(dict.fromkeys(found))


def test_a_place_of_the_table_is_a_page_or_an_equation_that_uses_it():
    used = {
        (symbol.name, place)
        for page in PAGES.values()
        for latex, label, _, _ in displayed(page)
        for letter in find_letters(latex)
        if (symbol := resolve(letter, page.name, label))
        for place in (page.name, label)
    }
    idle = [
        f"{symbol.name} on {place}"
        for symbol in read_table().values()
        for place in symbol.on
        if (symbol.name, place) not in used
    ]
    assert not idle


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("Scores.\n\n$$\nF = 1\n$$\n", None),  # the equation says what it is
        ("Scores.\n\n$$\n1 < F\n$$\n", "F is used for 'the scores' before it is told"),
        ("The scores $F$:\n\n$$\n1 < F\n$$\n", None),
        ("Scores.\n\n$$\n1 < F\n$$\n\nHere $F$ has the scores.\n", None),
        ("Scores.\n\n$$\n1 < F\n$$\n\nWell.\n\nHere $F$ has the scores.\n", "F is used for"),
        ("A number.\n\n$$\n\\phi > 0\n$$\n", r"\phi is not in the table"),
        (
            "The step $h$.\n\n$$\nh > 0\n$$ (eq-across-the-kink)\n\n## Units\n\nMany.\n\n"
            "$$\nh > 0\n$$ (eq-he-start)\n",
            "h is used for 'counts hidden units' before it is told again, in its section",
        ),
    ],
)
def test_a_letter_that_nobody_told_of_is_found(text, fault):
    found = faults(read_text(f"# Chapter\n\n{text}", "09_two_layer"), set())
    assert (fault is None and not found) or (len(found) == 1 and fault in found[0])
