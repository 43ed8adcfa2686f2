"""The numbers of questions: computed, told shortly, and different in two examples."""

import numpy as np
import pytest

from softmax_book.questions import QuestionError, values


def test_a_number_in_the_text_is_computed_and_formatted():
    assert values.written("1 / 8:.2f") == "0.12"
    assert values.written("w.dW[0, 0]:.3f") == "−0.943"
    assert values.written("np.array([2, 1])[1]:d") == "1"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("w.P[0, 1]", "has no format; expected an expression and one, as w.P[0, 1]:.3f"),
        ("nobody:.3f", "'nobody' cannot be computed: name 'nobody' is not defined"),
    ],
)
def test_a_number_that_cannot_be_computed_is_named(text, words):
    with pytest.raises(QuestionError) as caught:
        values.written(text)
    assert words in str(caught.value)


@pytest.mark.parametrize("code", ["[1, 2]", "np.inf", "np.log(0)"])
def test_an_answer_is_one_finite_number(code):
    with pytest.raises(QuestionError, match="expected one finite number"):
        values.number(code)


@pytest.mark.parametrize(
    ("value", "text"),
    [(84.0, "84"), (-0.5, "−0.5"), (20.0856, "20.086"), (1e-7, "1e−07"), (0.0, "0")],
)
def test_a_value_is_told_as_shortly_as_it_can_be(value, text):
    assert values.shown(value) == text


def test_all_sizes_of_the_second_example_differ_and_its_rows_are_no_ties():
    case = values.cases()[1]
    assert len({case["N"], case["D"], case["C"]}) == 3
    assert not {case["N"], case["D"], case["C"]} & {values.cases()[0]["C"]} - {3}
    assert case["F"].shape == case["P"].shape == case["Y"].shape == (case["N"], case["C"])


def test_the_hidden_layers_have_open_and_closed_units_and_other_sizes_in_the_second_example():
    for case in values.cases():
        assert (case["O1"] > 0).any()
        assert (case["O1"] < 0).any()
        assert case["dO2"].sum(axis=1) == pytest.approx(0)
    second = values.cases()[1]
    assert len({*second["X"].shape, *second["W2"].shape}) == 4


def test_a_formula_that_stops_has_no_value():
    stops = values.evaluate_formula("X * W")
    assert stops == [None, None]
    fits_once, stops_once = values.evaluate_formula("X.T @ W")
    assert fits_once.shape == (2, 3)
    assert stops_once is None


def test_letters_that_nobody_knows_are_named():
    with pytest.raises(QuestionError, match="A formula uses Z; expected any of X, y"):
        values.letters(["X @ Z"])


def test_a_page_gets_what_no_number_is_as_nothing():
    assert values.packed(np.array([np.inf, 1.0])) == [[2], [None, 1.0]]
