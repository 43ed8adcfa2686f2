import time

import pytest
from IPython.core.interactiveshell import InteractiveShell

from softmax_book.live.kernel.long_values import LONGEST, ShortFormatter, shorten_values

NESTED = [list(range(1000))] * 1000


@pytest.fixture
def formatter():
    return ShortFormatter()


def test_ordinary_values_have_ipythons_own_text(formatter):
    ipythons = InteractiveShell().display_formatter.formatters["text/plain"]
    for value in (1.5, "a\nb", {"a": [1, (2, 3)]}, list(range(2000)), range(3), None):
        assert formatter(value) == ipythons(value)


def test_a_nested_list_of_millions_ends_soon_and_says_so(formatter):
    begun = time.process_time()
    text = formatter(NESTED)
    assert time.process_time() - begun < 10  # all of it takes about as long as 70 times the part
    assert text.startswith("[[0,\n  1,")
    assert text.endswith(
        "\n(Cut here: the text of this list of 1,000 items has more than 100,000 letters. To see "
        "others, show a part of the value, such as value[100:200].)"
    )
    assert LONGEST < len(text) < LONGEST + 300


class Sly:
    def __repr__(self):
        return "s" * 300_000

    def __len__(self):
        raise RuntimeError


def test_text_that_comes_at_once_is_cut_too(formatter):
    assert "of this str of 300,000 letters" in formatter("x" * 300_000)
    assert "of this Sly has more than" in formatter(Sly())
    formatter.pprint = False
    assert "of this list of 1,000 items" in formatter(NESTED)


def test_a_shell_keeps_its_own_settings():
    shell = InteractiveShell()
    shorten_values(shell)
    formatters = shell.display_formatter.formatters
    assert "Cut here" in shell.display_formatter.format(NESTED)[0]["text/plain"]
    shell.run_line_magic("precision", "3")
    assert formatters["text/plain"](3.14159) == "3.142"
