"""The bar is tqdm's, on standard output; without one nothing is shown."""

import sys

import pytest

from softmax_steps.progress_bar import progress_bar


def test_it_goes_on_standard_output(capsys):
    with progress_bar(True, 3, unit="row") as bar:
        bar.update(3)
        bar.set_postfix_str("loss 0.1")
    shown = capsys.readouterr()
    assert "3/3" in shown.out
    assert "row" in shown.out
    assert shown.err == ""


def test_none_shows_nothing_and_takes_every_call(capsys, monkeypatch):
    monkeypatch.setitem(sys.modules, "tqdm", None)
    with progress_bar(False, 3) as bar:
        bar.update(2)
        bar.reset()
        bar.set_postfix_str("a")
        bar.set_description_str("b")
    assert capsys.readouterr() == ("", "")
    with pytest.raises(ImportError, match="pip install tqdm"):
        progress_bar(True, 3)
