import pytest

from softmax_book.symbols.letters import find_letters, mark_letters, without_marks


@pytest.mark.parametrize(
    ("latex", "letters"),
    [
        (r"F'_{ij} = F_{ij}", ["F'_ij", "i", "j", "F_ij", "i", "j"]),
        (r"X_i^{\mathsf T}", [r"X_i^\mathsfT", "i", r"\mathsfT"]),
        (r"\text{for each } d", ["d"]),
        (r"dL = \operatorname{tr}(G\, dW)", ["dL", r"\operatornametr", "G", "dW"]),
        (r"d(AB) + d \log h", ["d*", "A", "B", "d*", r"\log", "h"]),
        (r"\frac{d}{df}\,(1 - p)", ["d/df", "f", "p"]),
        (r"\underset{N \times C}{P}", ["N", "C", "P"]),
        (r"\hat y_i^2", [r"\haty_i^2", "i"]),
        (r"\sum_{d=1}^{D} x_d", ["d", "D", "x_d", "d"]),
    ],
)
def test_the_letters_of_a_formula_in_the_order_in_which_they_are_read(latex, letters):
    assert [letter.keys[0] for letter in find_letters(latex)] == letters


@pytest.mark.parametrize("latex", [r"F_j^2", r"e^{f_j}", r"\frac{\partial L}{\partial W_j}", r"dW"])
def test_marks_go_as_they_came(latex):
    marked = mark_letters(latex, lambda letter: "it")
    assert marked.count("htmlData") == len(find_letters(latex))
    assert without_marks(marked) == latex


def test_a_letter_without_a_name_has_no_mark():
    assert mark_letters("x + y", lambda letter: None) == "x + y"
