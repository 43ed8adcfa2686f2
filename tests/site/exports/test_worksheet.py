"""A worksheet: numbers fit for paper, a place for each, and a key that agrees with the package."""

import re

import numpy as np
import pytest

from softmax_book.cli import main
from softmax_book.exports.worksheet import LINES, worksheet
from softmax_steps import cross_entropy, fresh_example, log_softmax, scores, softmax


def tables(page):
    """Return the numbers of each table of the working, by its name; empty places as None."""
    found = {}
    for name, body in re.findall(r'<table aria-label="([^"]+)">(.*?)</table>', page):
        cells = re.findall(r"<td>([^<]*)</td>", body)
        found[name] = [float(cell.replace("−", "-")) if cell else None for cell in cells]
    return found


def test_the_sheet_has_a_place_for_each_number_of_the_key_and_tells_none():
    t = fresh_example(7)
    sheet, key = tables(worksheet(7)), tables(worksheet(7, key=True))
    assert {name: len(cells) for name, cells in sheet.items()} == {
        name: len(cells) for name, cells in key.items()
    }
    assert list(key) == [words for words, _, _ in LINES]
    assert {cell for cells in sheet.values() for cell in cells} == {None}
    F = scores(t.X, t.W, t.b)
    P = softmax(F)
    assert key["The scores"] == F.ravel().tolist()
    assert key["The probabilities"] == pytest.approx(P.ravel(), abs=5.1e-4)
    losses = cross_entropy(log_softmax(F), t.y)
    assert key["Each sample’s loss"] == pytest.approx(losses, abs=5.1e-4)
    assert key["The penalty"] == pytest.approx([0.05 * np.sum(t.W**2)])
    dF = (P - np.eye(3)[t.y]) / 2
    assert key["The new weights"] == pytest.approx(
        (t.W - 0.5 * (t.X.T @ dF + 0.1 * t.W)).ravel(), abs=5.1e-4
    )


def test_the_command_writes_both_and_asks_nothing_elsewhere(tmp_path, monkeypatch, capsys, request):
    monkeypatch.chdir(request.config.rootpath)
    assert main(["worksheet", "--seed", "12", str(tmp_path / "new")]) == 0
    assert "its key, worksheet-12-key.html." in capsys.readouterr().out
    pages = {path.name: path.read_text("utf-8") for path in (tmp_path / "new").iterdir()}
    assert sorted(pages) == ["worksheet-12-key.html", "worksheet-12.html"]
    assert not any("http" in page or "<script" in page for page in pages.values())
