"""What a cell prints: sentences wrap, tables scroll. The built and the live page say the same."""

import pytest
from docutils import nodes

from softmax_book.pages.outputs import CLASS, is_sentences, mark_sentences

SENTENCES = [
    "X has 2 columns (features) but W has 3 rows: W should be (2, C), one row per feature.",
    "operands could not be broadcast together with shapes (2,3) (2,)",
    "start\nThe loss is no longer a finite number after 508 steps with learning_rate 300.",
    "‏Größe und Länge der beiden Felder passen nicht zueinander.",
]
OTHERS = [
    "",
    "0.734",
    "a short sentence of some few words",
    "start  ‖full gradient‖ 0.447   ‖batch − full‖ 0.521   |mean − full| 3e-16",
    "step  training  held out\nThe held-out loss rises while the training loss still falls.",
    "[0.674 0.011 0.018 0.033 0.031 0.041 0.038 0.016 0.065 0.073]",
    "averages [0.048 0.839 0.564 0.639 0.569 0.598 0.577 0.728 0.836 0.557]",
]


@pytest.mark.parametrize("text", SENTENCES)
def test_long_lines_of_words_are_sentences(text):
    assert is_sentences(text)


@pytest.mark.parametrize("text", OTHERS)
def test_short_lines_columns_and_rows_of_numbers_are_not(text):
    assert not is_sentences(text)


def test_only_outputs_are_marked():
    document = nodes.container()
    for text in (SENTENCES[0], OTHERS[3]):
        document += nodes.literal_block(text, text, classes=["output", "stream"])
    document += nodes.literal_block(SENTENCES[0], SENTENCES[0])
    mark_sentences(None, document)
    assert [CLASS in block["classes"] for block in document.children] == [True, False, False]
