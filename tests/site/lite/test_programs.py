import sys

import pytest

from softmax_book.lite import LiteError
from softmax_book.lite.programs import LINES, run


def test_a_program_that_fails_is_named_with_its_last_lines():
    code = "import sys\nfor k in range(20): print('line', k)\nsys.exit('the reason')"
    with pytest.raises(LiteError) as caught:
        run([sys.executable, "-c", code], "It could not be built")
    first, *lines = str(caught.value).splitlines()
    assert first == "It could not be built. Its last lines:"
    assert len(lines) == LINES
    assert lines[-1].strip() == "the reason"
    assert lines[-2].strip() == "line 19"


def test_a_program_that_ends_well_says_nothing(capfd):
    run([sys.executable, "-c", "print('news')"], "It could not be built")
    assert capfd.readouterr().out == ""
