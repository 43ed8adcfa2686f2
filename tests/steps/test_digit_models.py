"""The models that read drawings are those that the chapters train."""

from pathlib import Path

import numpy as np
import pytest

import softmax_steps as sm
from softmax_book.sources import read_page
from softmax_steps.digit_models import digit_models

BOOK = Path(__file__).parents[2] / "book"


def run(page, *words, changes):
    """Run the cells of a chapter that hold certain words, and return what they define."""
    cells = [cell.code for cell in read_page(BOOK / f"{page}.md").cells]
    found = {name: getattr(sm, name) for name in sm.__all__} | {"np": np}
    found |= {"progress": lambda items: items}
    for word in words:
        (code,) = [code for code in cells if word in code]
        for old, new in changes.items():
            code = code.replace(old, new)
        exec(code, found)
    return found


def test_the_linear_model_is_the_one_that_chapter_7_tests():
    found = run(
        "07_training",
        "X, y = load_digits()",
        "X_train, y_train, X_val, y_val =",
        "for strength in (0.0001, 0.001, 0.01, 0.1)",
        "final = ",
        changes={"(0.0001, 0.001, 0.01, 0.1)": "(0.0001,)"},
    )
    W, b = digit_models().linear
    assert np.array_equal(W, found["final"].W)
    assert np.array_equal(b, found["final"].b)


def test_the_network_is_the_first_one_of_chapter_9():
    found = run(
        "09_two_layer",
        "def train_linear",
        "def train_network",
        "A = accuracy(scores(X_test, *linear.params), y_test)",
        changes={
            "range(5)": "range(1)",
            # The model of the four corners, which stands in the same cell.
            "linear = train_linear(X, y, epochs=200, batch_size=4)": "",
            "print(linear)\nprint(linear.W)": "",
        },
    )
    for ours, theirs in zip(digit_models().hidden, found["net"].params, strict=True):
        assert np.array_equal(ours, theirs)


def test_what_is_shared_cannot_be_written_to():
    with pytest.raises(ValueError, match="read-only"):
        digit_models().linear[0][:] = 0
