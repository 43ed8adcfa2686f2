"""A page with widgets of ipywidgets itself, and one of the book's: alive without a kernel."""

import json

import pytest

from softmax_book.pages.policy import read_policy
from softmax_book.pages.widgets.core_widgets import needed_models

from ..site.conftest import ToyBook
from .conftest import serving

CELL = "```{code-cell} ipython3\n%s\n```\n\n"
SOURCES = (
    """import ipywidgets
strength = ipywidgets.FloatSlider(value=0.5, max=1, step=0.1, description="strength")
same = ipywidgets.FloatText(value=0.5, description="the same")
tied = ipywidgets.jslink((strength, "value"), (same, "value"))
ipywidgets.VBox([strength, same])""",
    """from ipywidgets import Accordion, Button, Checkbox, Dropdown, IntRangeSlider, RadioButtons
Accordion([ipywidgets.VBox([
    IntRangeSlider(description="range"), Dropdown(options=["a", "b"], description="kind"),
    Checkbox(description="check"), RadioButtons(options=["p", "q"], description="one of"),
    Button(description="Press", icon="check"), ipywidgets.Play(),
    ipywidgets.ColorPicker(description="colour", value="#0072b2"),
    ipywidgets.HTMLMath("some <b>words</b>"), ipywidgets.Valid(value=True)])], titles=("All",),
    selected_index=0)""",
    """from softmax_steps.widgets import SoftmaxBars
SoftmaxBars()""",
)
# The front end's own remark on a schema of its own, on each start.
REMARK = 'strict mode: use allowUnionTypes to allow union type keyword at "#/properties/state/'


@pytest.fixture(scope="module")
def toy_site(site, tmp_path_factory):
    root = tmp_path_factory.mktemp("core_widgets")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(root / "src"))
        patch.setenv("PYTHONDONTWRITEBYTECODE", "1")
        book = ToyBook(root)
        book.write_page("".join(CELL % source for source in SOURCES))
        book.build()
        book.write_page("Prose.\n\n" + "".join(CELL % source for source in SOURCES))
        report = book.build()
    assert report.remembered, "the page ran again: whether its widgets are remembered is not seen"
    return report.site


@pytest.fixture(scope="module")
def served_toy(toy_site):
    with serving(toy_site) as server:
        yield server.home


@pytest.fixture(params=["server", "disk"])
def home(request, toy_site):
    if request.param == "disk":
        return f"{toy_site.as_uri()}/"
    return request.getfixturevalue("served_toy")


def problems_of(opened):
    return [problem for problem in opened.problems if REMARK not in problem]


@pytest.mark.parametrize("setting", ["wide-light", "wide-dark", "narrow-dark"])
def test_they_are_drawn_in_the_pages_theme_without_barriers(visit, axe, served_toy, setting):
    opened = visit("book/index.html", setting, home=served_toy)
    opened.page.locator("[role=slider][aria-label='strength']").wait_for()
    opened.widgets()
    barriers = opened.barriers(axe)
    assert not barriers, "\n".join(barriers)
    assert opened.overflow() <= 0
    paper = opened.page.evaluate("() => getComputedStyle(document.body).backgroundColor")
    boxes = opened.page.locator(".widget-subarea, .widget-subarea > .jupyter-widgets")
    behind = boxes.evaluate_all("(all) => all.map((box) => getComputedStyle(box).backgroundColor)")
    assert behind
    assert set(behind) <= {"rgba(0, 0, 0, 0)", paper}, "a box of another colour stands behind them"
    assert not problems_of(opened), "\n".join(opened.problems)


def test_a_slider_moves_what_it_is_tied_to(visit, home):
    opened = visit("book/index.html", home=home)
    handle = opened.page.locator("[role=slider][aria-label='strength']")
    handle.focus()
    opened.page.keyboard.press("ArrowRight")
    field = opened.page.get_by_label("the same")
    opened.page.wait_for_function("(field) => field.value === '0.6'", arg=field.element_handle())
    field.fill("0.2")
    field.press("Enter")
    opened.page.wait_for_function(
        "(handle) => handle.getAttribute('aria-valuenow') === '0.2'", arg=handle.element_handle()
    )
    assert not problems_of(opened), "\n".join(opened.problems)


def test_without_javascript_each_says_what_it_is(visit, served_toy):
    opened = visit("book/index.html", home=served_toy, java_script_enabled=False)
    said = opened.page.locator(".cell_output noscript p, .cell_output p").all_inner_texts()
    assert "strength: 0.5; the same: 0.5" in said


def test_only_such_a_page_may_make_code_of_text(site, toy_site):
    page = (toy_site / "book" / "index.html").read_text("utf-8")
    rules = read_policy(page)
    assert "'unsafe-eval'" in rules["script-src"].split()
    assert rules["connect-src"] == "'self'"
    for rule in rules.values():
        assert not {"*", "http:", "https:"} & set(rule.split())
    assert "unsafe-eval" not in (toy_site / "search.html").read_text("utf-8")
    for other in (site / "book").glob("*.html"):
        text = other.read_text("utf-8")
        assert "unsafe-eval" not in text, other.name
        assert "core_widgets/" not in text, other.name


def test_a_page_carries_the_state_of_its_own_core_widgets_alone(toy_site):
    page = (toy_site / "book" / "index.html").read_text("utf-8")
    (state,) = page.split('<script type="application/vnd.jupyter.widget-state+json">')[1:]
    models = json.loads(state.partition("</script>")[0])["state"]
    names = {model["model_name"] for model in models.values()}
    assert {"FloatSliderModel", "FloatTextModel", "LinkModel"} <= names
    assert {model["model_module"].partition("/")[0] for model in models.values()} == {
        "@jupyter-widgets"
    }


def model(name, module="@jupyter-widgets/controls", **state):
    return {"model_name": name, "model_module": module, "state": state}


def test_what_a_view_needs_is_kept_and_nothing_else():
    models = {
        "box": model("VBoxModel", children=["IPY_MODEL_a", "IPY_MODEL_b"]),
        "a": model("IntSliderModel", style="IPY_MODEL_style"),
        "b": model("IntTextModel"),
        "style": model("SliderStyleModel"),
        "tie": model("LinkModel", source=["IPY_MODEL_a", "value"], target=["IPY_MODEL_b", "value"]),
        "loose": model("LinkModel", source=["IPY_MODEL_a", "v"], target=["IPY_MODEL_other", "v"]),
        "other": model("AnyModel", "anywidget"),
    }
    assert set(needed_models(models, ["box"])) == {"box", "a", "b", "style", "tie"}
    assert needed_models(models, ["gone"]) == {}
    models["box"]["state"]["children"].append("IPY_MODEL_other")
    with pytest.raises(ValueError, match="a widget of anywidget stands inside"):
        needed_models(models, ["box"])
