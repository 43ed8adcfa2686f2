import os
import subprocess
import sys

from softmax_book.building.figure_font import fetch_figure_font
from softmax_book.edition import Edition
from softmax_book.live.kernel import figure_fonts
from softmax_book.live.kernel.figure_fonts import LETTERS, Fallback

# In a Python of its own: what is changed of matplotlib stays changed. No font of the machine has
# the letters, so that the fetched one is looked for.
ALONE = """
import sys, warnings
from pathlib import Path
from softmax_book.live.kernel import figure_fonts
from softmax_book.edition import BookError
figure_fonts.FAMILIES = ()
def fetch(edition, say):
    print("fetched")
    if not sys.argv[1]:
        raise BookError("Go online.")
    return Path(sys.argv[1])
figure_fonts.fetch_figure_font = fetch
figure_fonts.draw_every_script()
assert "matplotlib" not in sys.modules
import matplotlib
matplotlib.use("agg")
import matplotlib.pyplot as plt
from matplotlib.font_manager import fontManager
def draw(text):
    figure = plt.figure()
    figure.text(0.1, 0.5, text)
    figure.canvas.draw()
    picture = bytes(figure.canvas.buffer_rgba())
    plt.close(figure)
    return picture
with warnings.catch_warnings(record=True) as said:
    warnings.simplefilter("always")
    draw("plain ±λ")
    print("drawn plain")
    print(len({draw(letter) for letter in "损失の손"}))
for each in said:
    print(each.message)
"""


def draw(font):
    done = subprocess.run(
        [sys.executable, "-c", ALONE, font],
        capture_output=True,
        text=True,
        encoding="utf-8",
        env={**os.environ, "PYTHONIOENCODING": "utf-8"},
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines(), done.stderr


def test_letters_of_every_script_are_drawn_with_the_fetched_font():
    root = Edition(figure_fonts.ROOT)
    root.check_root()
    font = fetch_figure_font(root, say=print)
    lines, errors = draw(str(font))
    assert lines == ["drawn plain", "fetched", "4"]  # on demand, once, four pictures, no warning
    assert "findfont" not in errors


def test_without_a_font_it_is_said_once_what_to_do():
    lines, _ = draw("")
    assert lines[:2] == ["drawn plain", "fetched"]
    assert lines.count("fetched") == 1
    (said,) = [line for line in lines if line.startswith("This figure")]
    assert said == (
        "This figure has Chinese, Japanese or Korean letters, and there is no font for them: "
        "boxes stand in their place. Go online."
    )


def test_only_letters_that_need_it_ask_for_the_font():
    asked = []
    fallback = Fallback(lambda letter: asked.append(letter) or "font.ttc")
    for text in ("loss", "±∂λ ₂", "é", 3, None, ""):
        fallback.meet(text)
    assert asked == []
    fallback.meet("η = 20，步")
    fallback.meet("数")
    assert (asked, fallback.path) == (["，"], "font.ttc")
    for text in ("中", "か", "カ", "한", "，", "ｘ"):
        assert LETTERS.search(text)
