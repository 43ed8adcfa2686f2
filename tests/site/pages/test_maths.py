import pytest
from sphinxcontrib import katex

from softmax_book.expected import UnexpectedError
from softmax_book.pages.maths import draw_strictly

from ..page_reader import name_of


def test_no_equation_was_drawn_as_an_error(pages, site):
    for page in pages:
        assert "katex-error" not in page.path.read_text("utf-8"), name_of(page, site)


@pytest.fixture
def drawn(monkeypatch):
    """The renderer as it is imported, put back after the test; and the options it is given."""
    options_given = []

    def render_latex(latex, options=None):
        options_given.append(options)
        return latex

    for name in ("STARTUP_TIMEOUT", "RENDER_TIMEOUT"):
        monkeypatch.setattr(katex, name, 5.0)
    monkeypatch.setattr(katex, "render_latex", render_latex)
    start = classmethod(lambda cls, rundir, timeout: None)
    monkeypatch.setattr(katex.KaTeXServer, "start_server_process", start)
    return options_given


def test_equations_are_drawn_strictly_and_patiently(drawn):
    draw_strictly()
    draw_strictly()  # a second build in one process changes nothing more
    assert katex.STARTUP_TIMEOUT == katex.RENDER_TIMEOUT == 60.0
    latex = katex.render_latex(r"a \\ b", {"displayMode": True})
    assert latex.startswith(r"\begin{aligned}")
    (given,) = drawn
    assert given.pop("macros") == {r"\mathsf": r"\mathrm"}  # no face for a single letter
    assert given == {"displayMode": True, "throwOnError": True, "strict": "ignore"}


@pytest.mark.parametrize("name", ["STARTUP_TIMEOUT", "RENDER_TIMEOUT"])
def test_a_renderer_without_its_settings_is_an_error(drawn, monkeypatch, name):
    monkeypatch.delattr(katex, name)
    with pytest.raises(UnexpectedError, match=f"expected .*{name}, found none"):
        draw_strictly()


@pytest.mark.parametrize("name", ["render_latex", "start_server_process"])
def test_a_renderer_with_other_parameters_is_an_error(drawn, monkeypatch, name):
    owner = katex if name == "render_latex" else katex.KaTeXServer
    monkeypatch.setattr(owner, name, lambda text: text)
    with pytest.raises(UnexpectedError, match=rf"{name}\(.*\), found the parameters \(text\)"):
        draw_strictly()
