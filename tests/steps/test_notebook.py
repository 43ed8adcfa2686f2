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
from softmax_steps.notebook import GRID, INK, MUTED, PAPER, add_words, progress, show, show_code

ALT = 'Two lines: "a" < b & c'


def draw(height=1.0):
    """Draw a figure with clips, an image, markers, and ink of every themed colour."""
    with plt.style.context("softmax_steps.book"):
        figure, ax = plt.subplots()
        ax.plot([0, 1], [0, height], "o-", color=INK)
        ax.plot([0, 1], [height, 0], "s", color=PAPER)
        ax.imshow(np.eye(2), extent=(0, 1, 0, 1))
        ax.grid(color=GRID)
        ax.set_xlabel("λ, no unit & more", color=MUTED)
    return figure


def page(figure, **options):
    return figure._repr_mimebundle_(**options)["text/html"]


def ids(svg):
    return re.findall(r'\bid="([^"]*)"', svg)


def test_the_picture_is_well_formed_and_has_a_role_and_words():
    svg = show(draw(), alt=ALT).svg
    root = ElementTree.fromstring(svg)
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert root.get("role") == "img"
    assert root.get("aria-label") == ALT
    assert "&quot;a&quot; &lt; b &amp; c" in svg
    assert root.get("viewBox").startswith("0 0 403.2 ")
    assert "max-width: 538px" in root.get("style")
    assert "λ, no unit &amp; more" in svg  # text is text: it can be searched and read aloud


def test_nothing_of_the_picture_reaches_the_page_around_it():
    svg = show(draw(), alt=ALT).svg
    assert "<metadata>" not in svg
    assert "<style" not in svg
    assert "<?xml" not in svg
    assert "<!DOCTYPE" not in svg
    assert not re.search(r'(src|href)="(?!#|data:)', svg)


def test_every_id_is_defined_once_and_every_reference_leads_to_one():
    svg = show(draw(), alt=ALT).svg
    defined = ids(svg)
    assert len(defined) == len(set(defined)) > 5
    referred = set(re.findall(r'(?:href="|url\()#([^")]+)', svg))
    assert referred
    assert referred <= set(defined)


@pytest.mark.parametrize(("other", "alt"), [(2.0, ALT), (1.0, "Another")], ids=["drawing", "words"])
def test_two_pictures_on_a_page_share_no_id(other, alt):
    one, two = show(draw(), alt=ALT), show(draw(other), alt=alt)
    assert not set(ids(one.svg)) & set(ids(two.svg))


@pytest.mark.parametrize("style", ["softmax_steps.book", "default"])
def test_the_same_drawing_gives_the_same_bytes(style):
    with plt.style.context(style):
        one, two = (show(draw(), alt=ALT) for _ in range(2))
    assert one.svg == two.svg
    assert one.png == two.png


def test_ink_follows_the_theme_and_other_colours_stay():
    svg = show(draw(), alt=ALT).svg
    for colour, name in {INK: "ink", MUTED: "muted", GRID: "grid", PAPER: "paper"}.items():
        assert f"var(--sms-{name}, {colour})" in svg
        assert colour not in svg.replace(f"var(--sms-{name}, {colour})", "")
    assert "var(--sms-font, sans-serif)" in svg
    assert "DejaVu" not in svg


def test_the_house_style_uses_the_inks_that_show_replaces():
    with plt.style.context("softmax_steps.book"):
        used = {
            plt.rcParams[name].lower().lstrip("#")
            for name in plt.rcParams
            if name.endswith(("labelcolor", "edgecolor", "tick.color", "grid.color", "text.color"))
            and name.startswith(("axes", "xtick", "ytick", "text", "grid"))
        }
    assert used == {ink.lstrip("#") for ink in (INK, MUTED, GRID)}


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
