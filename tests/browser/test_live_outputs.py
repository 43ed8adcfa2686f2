"""What a live cell shows: formulas, what is taken out of HTML, what is cut, help, fonts."""

# ruff: noqa: F811 - a fixture that is imported is named again by the tests that take it

import re

import pytest
from playwright.sync_api import expect

from .conftest import SCREENSHOTS

# The fixtures of the live page.
from .test_live import known, open_page, server  # noqa: F401

PAGE = "notation"  # the page with the fewest cells


def shown(opened, number, code):
    """Run a cell; return its outputs, for assertions that wait until they are drawn."""
    opened.run(number, code)
    return opened.output(number)


def test_formulas_are_drawn_and_dollars_of_prices_are_not(open_page):
    opened = open_page(PAGE).start()
    drawn = ".katex-html"
    display = "from IPython.display import Latex, Markdown, Math, display\n"

    output = shown(opened, 1, display + r"Math(r'\frac ab')")
    expect(output.locator(".text_latex .mfrac")).to_have_count(1)
    expect(output.locator("annotation")).to_have_text(r"\displaystyle \frac ab")

    output = shown(
        opened, 1, "import sympy\nx = sympy.Symbol('x')\nsympy.Integral(x**2, (x, 0, 1))"
    )
    expect(output.locator(drawn)).to_contain_text("∫")

    source = r"Latex(r'Let $a>1$ and \begin{align}b&=a^2\\c&=1\end{align}')"
    output = shown(opened, 1, display + source)
    expect(output.locator(".katex-display")).to_have_count(1)
    expect(output.locator(drawn)).to_have_count(2)
    expect(output).to_contain_text("Let ")

    text = (
        r"It costs \$5, or $6 and $7; $a_i < b_i$, and \\(c_1*d*e_2\\)."
        "\n\n"
        r"$$\nx_{1} = \\frac{1}{2}\n$$"
        "\n\n"
        r"`code with $x$` and **bold**"
        "\n\n"
        r"| a | b |\n|---|---|\n| $\\alpha$ | 2 |"
    )
    output = shown(opened, 1, f'{display}Markdown("""{text}""")')
    markdown = output.locator(".text_markdown")
    expect(markdown.locator("annotation")).to_have_text(
        ["a_i < b_i", "c_1*d*e_2", re.compile(r"^\s*x_\{1\} = \\frac\{1\}\{2\}\s*$"), r"\alpha"]
    )
    expect(markdown.locator(".katex-display")).to_have_count(1)
    expect(markdown.locator("code")).to_have_text("code with $x$")
    expect(markdown.locator("strong")).to_have_text("bold")
    expect(markdown).to_contain_text("It costs $5, or $6 and $7;")

    code = "import ipywidgets\nipywidgets.HTMLMath(r'<b>so</b> $x^2$')"
    output = shown(opened, 1, code)
    expect(output.locator(".widget-htmlmath b")).to_have_text("so")
    expect(output.locator("annotation")).to_have_text("x^2")

    # What KaTeX cannot draw is said, and nothing is lost.
    output = shown(opened, 1, display + r"Math(r'\frac{a}{')")
    expect(output.locator(".sms-live-note")).to_contain_text("This formula cannot be drawn")
    expect(output.locator("code")).to_contain_text(r"\frac{a}{")
    # Nor does a formula make links or reach another address.
    shown(opened, 1, display + r"Math(r'\href{javascript:alert(1)}{x}')")
    expect(output.locator("a")).to_have_count(0)
    fonts = opened.page.evaluate(
        "() => performance.getEntriesByType('resource').map(({ name }) => name)"
        ".filter((name) => name.endsWith('woff2') && name.includes('KaTeX'))"
    )
    assert fonts
    assert all(name.startswith(opened.home) for name in fonts)
    assert not opened.problems, "\n".join(opened.problems)


# Each with what is said of it, and the words that stay.
CUT = [
    ("<script>window.ran = 1</script><b>kept</b>", "A script of this output is left out"),
    ("<b onmouseenter='window.ran = 1'>kept</b>", "A script of this output is left out"),
    ("<a href='javascript:window.ran = 1'>kept</a>", "A script of this output is left out"),
    ("<svg onload='window.ran = 1'><text>kept</text></svg>", "A script of this output"),
    ("<meta http-equiv=refresh content='0;url=/book/index.html'>kept", "An order to leave"),
    ("<base href='/elsewhere/'>kept", "An order to leave"),
    ("<style>body { display: none !important }</style>kept", "A style sheet of this output"),
    ("<svg><style>* { fill: red }</style><text>kept</text></svg>", "A style sheet of this output"),
    ("<link rel=stylesheet href='/x.css'>kept", "A style sheet of this output"),
    ("<iframe src='https://example.org/film'></iframe>kept", "https://example.org/film"),
    ("<object data='https://example.org/a.swf'></object>kept", "A frame of this output"),
    ("<audio controls src='data:audio/wav;base64,UklGRg=='></audio>kept", "A sound or film"),
    ("<video src='film.mp4' autoplay></video>kept", "A sound or film"),
    ("<img src='https://example.org/a.png'>kept", "lies elsewhere (https://example.org/a.png)"),
    ("<img src='plot.png'>kept", "lies elsewhere (plot.png)"),
    ("<form action='/book/index.html'><button>kept</button></form>", "A form of this output"),
]


def test_html_cannot_run_leave_or_repaint_the_page_and_what_is_cut_is_told(open_page):
    opened = open_page(PAGE).start()
    address = opened.page.url
    for html, says in CUT:
        code = f"from IPython.display import HTML\nHTML({html!r})"
        output = shown(opened, 1, code)
        expect(output.locator(".sms-live-note"), html).to_have_count(1)
        expect(output.locator(".sms-live-note"), html).to_contain_text(says)
        expect(output.locator(".text_html"), html).to_contain_text("kept")
        # The same in Markdown, which may hold HTML, and in a widget that shows HTML.
    both = "<style>body { display: none }</style><script>window.ran = 1</script>"
    output = shown(opened, 1, f"from IPython.display import Markdown\nMarkdown({both + 'kept'!r})")
    expect(output.locator(".sms-live-note")).to_have_count(2)
    output = shown(opened, 1, f"import ipywidgets\nipywidgets.HTML({both + '<i>kept</i>'!r})")
    expect(output.locator(".widget-html i")).to_have_text("kept")
    expect(output.locator(".sms-live-note")).to_have_count(2)
    # A picture is drawn apart, with its own styles: they reach nothing else.
    svg = (
        "<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'>"
        "<style>body { display: none }</style><script>window.ran = 1</script></svg>"
    )
    output = shown(opened, 1, f"from IPython.display import SVG\nSVG({svg!r})")
    expect(output.locator("img.image_svg")).to_be_visible()
    # What lies over everything stays in its place, and a link opens beside the page.
    fixed = "<div style='position: fixed; inset: 0; z-index: 99999'><a href='/'>away</a></div>"
    output = shown(opened, 1, f"from IPython.display import HTML\nHTML({fixed!r})")
    expect(output.locator("a")).to_have_attribute("target", "_blank")
    assert opened.page.evaluate("""() => {
      const button = document.querySelector(".sms-live-all").getBoundingClientRect();
      return document.elementFromPoint(button.x + 9, button.y + 9).className;
    }""").startswith("sms-live-all")
    # pandas gives each table a style sheet of three harmless rules: no word on it.
    table = "<style scoped>.dataframe td { text-align: right }</style><table><td>1</table>"
    output = shown(opened, 1, f"from IPython.display import HTML\nHTML({table!r})")
    expect(output.locator("td")).to_have_text("1")
    expect(output.locator(".sms-live-note")).to_have_count(0)

    assert opened.page.evaluate("() => window.ran") is None
    assert opened.page.url == address
    assert opened.run(1, "print('still here')").strip() == "still here"
    # Nothing was so much as asked for. The page's policy, the second wall, may speak up while a
    # handler is still being looked at.
    problems = [each for each in opened.problems if "inline event handler" not in each]
    assert not problems, "\n".join(problems)


BUNDLE = "from IPython.display import display\ndisplay({}, raw=True)"
UNSHOWN = [
    (
        "from IPython.display import Javascript\nJavascript('window.ran = 1')",
        "JavaScript of a cell",
    ),
    (BUNDLE.format({"application/vnd.plotly.v1+json": {}, "text/plain": "Figure()"}), "write_html"),
    (BUNDLE.format({"application/x-thing": "a", "text/plain": "told"}), "application/x-thing"),
    (BUNDLE.format({"application/x-thing": "a"}), "It has no text either"),
    (BUNDLE.format({"application/pdf": "JVBERi0="}), "A PDF is not shown here"),
    ("from IPython.display import Audio\nAudio([0.0] * 100, rate=8000)", "A sound or film"),
    ("from IPython.display import IFrame\nIFrame('https://example.org/a', 9, 9)", "example.org/a"),
]


def test_what_cannot_be_shown_says_so_in_one_line(open_page):
    opened = open_page(PAGE).start()
    for code, says in UNSHOWN:
        output = shown(opened, 1, code)
        expect(output.locator(".sms-live-note"), code).to_have_count(1)
        expect(output.locator(".sms-live-note"), code).to_contain_text(says)
        assert "object>" not in output.inner_text()
    output = shown(opened, 1, UNSHOWN[2][0])
    expect(output).to_contain_text("told")
    # What can be shown has no such line, whatever else comes with it.
    output = shown(opened, 1, BUNDLE.format({"text/html": "<b>1</b>", "application/x-thing": "a"}))
    expect(output.locator("b")).to_have_text("1")
    expect(output.locator(".sms-live-note")).to_have_count(0)
    output = shown(opened, 1, "from IPython.display import JSON\nJSON({'a': [1, 2]})")
    expect(output).to_contain_text('"a": [')
    assert opened.page.evaluate("() => window.ran") is None
    assert not opened.problems, "\n".join(opened.problems)


def test_a_value_too_long_for_a_page_is_cut_and_says_so(open_page):
    opened = open_page(PAGE).start()
    output = shown(opened, 1, "value = [list(range(1000))] * 1000\nvalue")
    said = output.locator(".sms-live-note")
    expect(said).to_contain_text("Cut here: the text of this list of 1,000 items")
    assert output.bounding_box()["height"] < 800  # what is said is near
    assert 90_000 < len(output.text_content()) < 110_000
    output = shown(opened, 1, "'x' * 7_000_000")
    expect(output).to_contain_text("of this str of 7,000,000 letters")
    assert len(output.text_content()) < 110_000
    # Also where no formatter of the kernel stands before it.
    code = "from IPython.display import display\ndisplay({'text/plain': 'y' * 3_000_000}, raw=True)"
    output = shown(opened, 1, code)
    expect(output.locator(".sms-live-note")).to_contain_text("This text has 3,000,000 letters")
    assert len(output.text_content()) < 110_000
    code = "from IPython.display import HTML\nHTML('<i>z</i>' * 1_000_000)"
    output = shown(opened, 1, code)
    expect(output.locator(".sms-live-note")).to_contain_text("8,000,000 letters of HTML")
    opened.run(1, "raise ValueError('w' * 3_000_000)", ends="failed")
    expect(output.locator(".sms-live-note")).to_contain_text("letters")
    assert len(output.text_content()) < 110_000
    # A bar that has gone leaves nothing, and what comes after it is seen.
    output = shown(opened, 1, "print('###', end='')\nprint('\\r   \\r', end='')")
    expect(output.locator("pre")).to_be_hidden()
    output = shown(opened, 1, "print('###\\r   \\r', end='')\nprint('after')")
    expect(output.locator("pre")).to_be_visible()
    expect(output).to_contain_text("after")
    # A value of ordinary size is whole, to the last number.
    output = shown(opened, 1, "list(range(900))")
    expect(output.locator(".sms-live-note")).to_have_count(0)
    expect(output).to_contain_text("899]")
    assert not opened.problems, "\n".join(opened.problems)


@pytest.mark.parametrize("setting", ["wide-dark", "narrow-light"])
def test_help_and_loaded_code_stand_below_the_cell(open_page, axe, setting):
    opened = open_page(PAGE, setting).start()
    panel = opened.cell(1).locator(".sms-live-help")
    opened.run(1, "import numpy as np\nnp.dot?")
    expect(panel).to_contain_text("Dot product of two arrays")
    expect(panel).to_have_attribute("aria-label", "Help, cell 1")
    assert opened.overflow() <= 0, "the page can be scrolled sideways"
    barriers = opened.barriers(axe)
    assert not barriers, "\n".join(barriers)
    opened.settle()
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    opened.page.screenshot(path=SCREENSHOTS / f"live-help-{setting}.png")
    panel.get_by_role("button", name="Close: Help").click()
    expect(panel).to_have_count(0)
    for code, words in [
        ("def mine(a):\n    '''Mine alone.'''\n    return a + 41\nmine??", "return a + 41"),
        ("%pinfo mine", "Mine alone."),
        ("%pinfo2 mine", "return a + 41"),
    ]:
        opened.run(1, code)
        expect(panel).to_have_count(1)
        expect(panel).to_contain_text(words)
    assert "\x1b" not in panel.inner_text()

    # %load puts code into the cell, and it can be taken back.
    opened.run(1, "%%writefile loaded.py\nanswer = 41 + 1\nanswer")
    opened.run(1, "%load loaded.py", ends="changed")
    assert opened.code(1).split("\n")[-2:] == ["answer = 41 + 1", "answer"]
    opened.cell(1).locator(".sms-live-asides").get_by_role("button", name="Undo").click()
    assert opened.code(1) == "%load loaded.py"
    # What is only offered waits for the reader.
    opened.run(1, "get_ipython().set_next_input('offered = 1')")
    assert "set_next_input" in opened.code(1)
    panel.get_by_role("button", name="Put it into cell 1").click()
    assert opened.code(1) == "offered = 1"
    # The next run clears it all away.
    opened.run(1)
    expect(opened.cell(1).locator(".sms-live-asides")).to_have_count(0)
    assert not opened.problems, "\n".join(opened.problems)


CHINESE = """
import warnings
warnings.simplefilter("error")
import matplotlib.pyplot as plt
from softmax_steps.notebook import show
figure, axes = plt.subplots()
axes.set_title("损失函数 損失 손실")
axes.set_xlabel("步数")
"""


def test_chinese_titles_are_drawn_without_a_warning(open_page):
    opened = open_page(PAGE).start()
    output = shown(opened, 1, f"{CHINESE}plt.show()")
    expect(output.locator("img")).to_have_count(1)
    assert not re.search("Glyph|findfont|Warning", output.inner_text())
    # A box would be the same for each letter.
    code = (
        "import io\nimport numpy as np\ndef drawn(text):\n"
        "    figure = plt.figure(); figure.text(0.1, 0.5, text); out = io.BytesIO()\n"
        "    figure.savefig(out, format='raw'); plt.close(figure); return out.getvalue()\n"
        "print(len({drawn(letter) for letter in '损失函数の손'}))"
    )
    assert opened.run(1, code).strip() == "6"
    # In the book's own figures the letters are text of the page.
    output = shown(opened, 1, f"{CHINESE}show(figure)")
    expect(output.locator("[role=img]")).to_contain_text("损失函数 損失 손실")
    assert not re.search("Glyph|findfont|Warning", output.inner_text())
    assert not opened.problems, "\n".join(opened.problems)
