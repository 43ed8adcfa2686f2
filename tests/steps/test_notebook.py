"""What a chapter shows: pictures a page can carry, and a step's own code."""

import ast
import inspect
import io
import os
import re
import subprocess
import sys
import textwrap
from xml.etree import ElementTree

import matplotlib.image
import matplotlib.pyplot as plt
import numpy as np
import pytest

import softmax_steps
from softmax_steps import Gradient, checks, loss_and_gradient, notebook, softmax
from softmax_steps.notebook import add_words, progress, show, show_code
from softmax_steps.palette import FIGURE

ALT = 'Two lines: "a" < b & c'


def draw(height=1.0):
    """Draw a figure with clips, an image, markers, and ink of every themed colour."""
    with plt.style.context("softmax_steps.book"):
        figure, ax = plt.subplots()
        ax.plot([0, 1], [0, height], "o-", color=FIGURE["ink"])
        ax.plot([0, 1], [height, 0], "s", color=FIGURE["paper"])
        ax.imshow(np.eye(2), extent=(0, 1, 0, 1))
        ax.grid(color=FIGURE["grid"])
        ax.set_xlabel("λ, no unit & more", color=FIGURE["muted"])
    return figure


def page(figure, **options):
    return figure._repr_mimebundle_(**options)["text/html"]


def test_the_picture_has_a_role_and_words_once():
    root = ElementTree.fromstring(page(show(draw(), alt=ALT)))
    (picture,) = [node for node in root.iter() if node.get("role") == "img"]
    assert picture.get("aria-label") == ALT
    drawings = root.findall(".//{http://www.w3.org/2000/svg}svg")
    assert [svg.get("aria-hidden") for svg in drawings] == ["true", "true"]
    assert not any(svg.get("aria-label") for svg in drawings)


def test_a_picture_is_drawn_for_a_page_and_for_a_phone_which_is_hidden_at_first():
    root = ElementTree.fromstring(page(show(draw(), alt=ALT)))
    wide, narrow = root.find("div")
    assert (wide.get("class"), wide.get("hidden")) == ("sms-wide", None)
    assert (narrow.get("class"), narrow.get("hidden")) == ("sms-narrow", "")
    assert wide[0].get("viewBox").startswith("0 0 403.2 ")
    assert narrow[0].get("viewBox").startswith("0 0 259.2 ")


def test_a_narrow_picture_is_drawn_once():
    figure = draw()
    figure.set_size_inches(3, 3)
    root = ElementTree.fromstring(page(show(figure, alt=ALT)))
    (drawing,) = root.find("div")
    assert not drawing.attrib
    assert plt.get_fignums() == []


def test_no_id_stands_twice_in_a_picture():
    found = re.findall(r'\bid="([^"]*)"', page(show(draw(), alt=ALT)))
    assert len(found) == len(set(found)) >= 4


def test_the_same_drawing_has_other_ids_with_other_words():
    one, two = (page(show(draw(), alt=alt)) for alt in (ALT, "Another"))
    ids = [set(re.findall(r'\bid="([^"]*)"', html)) for html in (one, two)]
    assert not ids[0] & ids[1]


def test_a_plain_viewer_gets_pixels_on_white_paper_and_words():
    bundle = show(draw(), alt=ALT)._repr_mimebundle_()
    pixels = matplotlib.image.imread(io.BytesIO(bundle["image/png"]), format="png")
    assert pixels.shape[:2] == (352, 616)
    assert pixels[0, 0].tolist() == [1, 1, 1, 1]
    assert bundle["text/plain"] == ALT
    assert repr(show(draw(), alt=ALT)) == ALT


def test_the_caption_is_escaped_and_may_be_left_out():
    assert "<figcaption>a &lt; b</figcaption></figure>" in page(
        show(draw(), alt=ALT, caption="a < b")
    )
    assert "figcaption" not in page(show(draw(), alt=ALT))


def test_a_shown_figure_is_closed():
    figure = draw()
    show(figure, alt=ALT)
    assert not plt.fignum_exists(figure.number)


@pytest.mark.parametrize("alt", ["", "  ", 3])
def test_an_alt_text_that_says_nothing_is_refused(alt):
    with pytest.raises(ValueError, match=f"alt is {alt!r}; expected a sentence"):
        show(draw(), alt=alt)


# words from the cell's metadata


def test_words_added_later_give_the_same_picture_as_words_passed():
    passed = page(show(draw(), alt=ALT, caption="a < b"))
    added, alt = add_words(page(show(draw())), alt=ALT, caption="a < b")
    # The ids of a picture hold a hash of its words, where show knows them.
    one, two = (re.sub(r"\bf[0-9a-f]{8}-", "", html) for html in (passed, added))
    assert one == two
    assert alt == ALT


def test_a_picture_without_an_alt_text_has_other_words_in_a_plain_viewer():
    assert repr(show(draw())) == "A picture without an alt text"
    assert repr(show(draw(), caption="Two lines.")) == "Two lines."


def test_values_are_put_in_wherever_the_words_stand():
    words = {"alt": "Losses {losses}.", "caption": "λ = {strength}"}
    values = {"losses": '0.1 < "b"', "strength": "0.01"}
    passed = show(draw(), **words, values=values)
    assert passed.alt == 'Losses 0.1 < "b".'
    assert passed.caption == "λ = 0.01"
    added, alt = add_words(page(show(draw(), values=values)), **words)
    assert alt == passed.alt
    assert 'aria-label="Losses 0.1 &lt; &quot;b&quot;."' in added
    assert "<figcaption>λ = 0.01</figcaption>" in added
    # A live page needs the words as they were written.
    assert 'data-alt="Losses {losses}."' in added
    assert 'data-caption="λ = {strength}"' in added
    assert "data-values" not in added


def test_braces_stay_as_they_are_without_values():
    assert show(draw(), alt="The set {a}").alt == "The set {a}"


def test_a_value_that_is_missing_is_named():
    with pytest.raises(ValueError, match=r"ask for \['a'\], but its values are \['b'\]"):
        show(draw(), alt="{a} {b}", values={"b": ""})
    with pytest.raises(ValueError, match=r"ask for \['a'\], but its values are \[\]"):
        add_words(page(show(draw())), alt="{a}")


def test_a_value_must_be_text():
    with pytest.raises(TypeError, match=r"values\['loss'\] is of type float; expected a str"):
        show(draw(), values={"loss": 0.5})


def test_words_are_for_one_picture_that_has_none():
    bare, worded = page(show(draw())), page(show(draw(), alt=ALT))
    with pytest.raises(ValueError, match="2 pictures lack an alt text"):
        add_words(bare + bare, alt=ALT)
    with pytest.raises(ValueError, match="0 pictures lack an alt text"):
        add_words(worded, alt=ALT)
    assert add_words(worded + bare, alt="Another")[0].startswith(worded)


def test_a_caption_from_the_code_stays_where_the_metadata_has_none():
    bare = page(show(draw(), caption="Two lines."))
    assert "<figcaption>Two lines.</figcaption></figure>" in add_words(bare, alt=ALT)[0]
    assert "Two lines." not in add_words(bare, alt=ALT, caption="Other.")[0]


# progress


def test_quick_work_prints_nothing_and_slow_work_a_bar_that_goes(monkeypatch, capsys):
    monkeypatch.delenv("TQDM_DISABLE", raising=False)
    assert list(progress("abc")) == ["a", "b", "c"]
    assert capsys.readouterr() == ("", "")
    monkeypatch.setattr(notebook, "PATIENCE", 0)
    assert list(progress("abc")) == ["a", "b", "c"]
    said, complained = capsys.readouterr()
    assert "3" in said
    assert said.endswith("\r")
    assert said.split("\r")[-2].strip() == ""
    assert "\n" not in said
    assert complained == ""


def test_a_page_gets_no_bar_however_busy_the_machine_is():
    code = "from softmax_steps import notebook; notebook.PATIENCE = 0; [*notebook.progress('ab')]"
    run = [sys.executable, "-c", code]
    quiet = {**os.environ, "TQDM_DISABLE": "1"}
    assert subprocess.run(run, env=quiet, capture_output=True, check=True).stdout == b""
    seen = {name: value for name, value in quiet.items() if name != "TQDM_DISABLE"}
    assert subprocess.run(run, env=seen, capture_output=True, check=True).stdout != b""


def test_without_tqdm_there_is_no_bar_and_all_items(monkeypatch):
    monkeypatch.setitem(sys.modules, "tqdm", None)
    assert list(progress(range(3))) == [0, 1, 2]


# show_code

FUNCTIONS = [
    getattr(softmax_steps, name)
    for name in softmax_steps.__all__
    if inspect.isfunction(getattr(softmax_steps, name))
]


@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda function: function.__name__)
def test_the_code_shown_is_the_packages_own_without_its_docstring(function):
    shown = ast.parse(show_code(function).text)
    text = inspect.getsource(function)
    kernel = getattr(inspect.getmodule(function), f"_{function.__name__}", None)
    if kernel:
        text += f"\n\n{inspect.getsource(kernel)}"
    source = ast.parse(textwrap.dedent(text))
    assert ast.get_docstring(source.body[0])
    source.body[0].body.pop(0)
    assert ast.dump(shown) == ast.dump(source)
    assert all(line in text.splitlines() for line in show_code(function).text.splitlines())


def test_the_code_of_softmax_is_its_check_and_its_two_lines():
    assert show_code(softmax).text == (
        "def softmax(F):\n"
        "    return _softmax(require_scores(F))\n"
        "\n\n"
        "def _softmax(F):\n"
        "    E = np.exp(_shift_scores(F))\n"
        "    return E / E.sum(axis=1, keepdims=True)"
    )


def test_several_functions_and_a_class_are_shown_in_the_order_asked_for():
    text = show_code(loss_and_gradient, Gradient, softmax).text
    assert re.findall(r"^(?:def|class) (\w+)", text, flags=re.MULTILINE) == [
        "loss_and_gradient",
        "_loss_and_gradient",
        "Gradient",
        "softmax",
        "_softmax",
    ]
    assert "\n\n\ndef softmax" in text
    assert '"""' not in text


def test_a_function_without_a_docstring_and_its_comments_are_shown_whole():
    text = show_code(checks._ndim_mend).text
    assert text == inspect.getsource(checks._ndim_mend).rstrip()
    assert "# a sum down strided float16 memory" in show_code(checks.require_scores).text


def test_code_is_displayed_as_python():
    code = show_code(softmax)
    assert code._repr_markdown_() == f"```python\n{code.text}\n```"
    assert repr(code) == code.text
