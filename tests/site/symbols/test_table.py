import numpy as np
import pytest

from softmax_book.symbols import table
from softmax_book.symbols.letters import find_letters
from softmax_book.symbols.table import read_table, resolve, written_table
from softmax_book.symbols.values import tiny_values, written_rows
from softmax_steps import loss, tiny_example


def meaning(latex, page, label=""):
    (letter, *_) = find_letters(latex)
    return resolve(letter, page, label).name


def test_the_equation_counts_before_its_page_and_both_before_no_place():
    assert meaning("f_k", "06_gradient") == "row_of_scores"
    assert meaning("f", "06_gradient", "eq-central-difference") == "loss_of_one_weight"
    assert meaning("R", "05_regularization", "eq-affine-in-lambda") == "half_square"
    assert meaning("W_{dj}", "06_gradient") == "W" == meaning("W", "notation")


def test_two_meanings_at_one_place_are_refused(tmp_path, monkeypatch):
    entry = '[{}]\ntex = "G"\nsaid = "G"\nmeaning = "m"\ncode = ""\nshape = ""\nunit = ""\n'
    file = tmp_path / "table.toml"
    file.write_text(entry.format("one") + entry.format("other"))
    monkeypatch.setattr(table, "FILE", file)
    with pytest.raises(ValueError, match="one and other are both written G everywhere"):
        read_table.__wrapped__()
    file.write_text(entry.format("one") + 'value = "nothing"\n')
    with pytest.raises(ValueError, match="one has the value 'nothing'"):
        read_table.__wrapped__()


def test_each_value_is_shown_somewhere_and_comes_from_the_package():
    assert {symbol.value for symbol in read_table().values()} - {""} <= set(tiny_values())
    t = tiny_example()
    expected = loss(t.X, t.y, t.W, t.b, strength=t.strength)
    assert tiny_values()["L"] == pytest.approx(expected)
    assert written_rows("L") == [[f"{expected:.3f}"]]
    assert written_rows("W") == [["1", "0", "1"], ["0", "1", "−1"]]
    assert written_rows("dW")[1][1] == "−0.040"  # as long as its neighbours
    assert np.allclose(tiny_values()["data_gradient"] + 0.1 * t.W, tiny_values()["dW"])


def test_a_table_that_is_not_there_is_named():
    with pytest.raises(ValueError, match="no table 'step'; expected one of sizes, steps"):
        written_table("step")
    rows = written_table("somewhere").splitlines()
    assert "{eq}`eq-complex-step`" in next(row for row in rows if "imaginary unit" in row)
    assert "[Chapter 7](07_training.md)" in next(row for row in rows if "the batch:" in row)
