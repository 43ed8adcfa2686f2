"""Text that a student wrote becomes what can be read."""

from softmax_grader.text import capital, clean_text


def test_a_text_becomes_what_can_be_read():
    assert clean_text("a\x1b[31mb\x1b]0;t\x07c\x00\u202ed\ud800e\r\nf") == "abcde\nf"
    assert clean_text("x" * 100, 10) == "x" * 10 + " …"


def test_a_symbol_at_the_beginning_of_a_sentence_stays_what_it_is():
    """In Greek capitals λ would be Λ, which no formula of the book has."""
    assert capital("λ on the bias") == "λ on the bias"
    assert capital("sum instead of mean") == "Sum instead of mean"
    assert capital("") == ""
