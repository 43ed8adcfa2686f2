"""The glossary: each word has a Chinese name and a meaning, and is linked where it is first met."""

import re
from pathlib import Path

import pytest

from softmax_book.sources import chapters

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "book" / "glossary.md").read_text("utf-8")
BODY = PAGE.split("```{glossary}\n")[1].split("```")[0]
ENTRIES = [entry.split("\n", 2) for entry in BODY.strip().split("\n\n")]
WORDS = [english for english, _, _ in ENTRIES]
CHAPTERS = {page.name: page.text for page in chapters(ROOT)}
LINK = re.compile(r"\{term\}`(?:([^`<]+?) <)?([^`<>]+)>?`")


def test_every_word_has_a_chinese_name_and_a_meaning():
    assert len(ENTRIES) > 50
    for english, chinese, meaning in ENTRIES:
        assert re.search("[\u4e00-\u9fff]", chinese), english
        assert re.match(r"  \S.*\.$", meaning), english


def test_the_words_stand_in_their_order():
    assert sorted(WORDS, key=str.casefold) == WORDS
    assert len(set(WORDS)) == len(WORDS)


@pytest.mark.parametrize("word", WORDS)
def test_a_word_is_linked_once_where_it_is_first_met(word):
    """Where it is set off, in bold or in italics, for the first time, or in plain text before."""
    linked = [name for name, text in CHAPTERS.items() for m in LINK.finditer(text) if m[2] == word]
    assert len(linked) == 1, f"{word}: linked from {linked}"
    set_off = re.compile(rf"(?<!\*)(\*\*?){re.escape(word)}s?\1(?!\*)", re.IGNORECASE)
    for name, text in CHAPTERS.items():
        if name == linked[0]:
            return
        assert not set_off.search(text), f"{word}: set off in {name}, linked from {linked[0]}"
