"""A new widget is tested, bundled and sent everywhere, without being listed anywhere else.

In a copy of the tree: a module, a view, a still, a line in the package's list, and a chapter. Those
are the places to touch; a style of its own is a sixth.
"""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
COPIED = ("src/softmax_steps", "tests", "book", "pyproject.toml", "_config.yml", "_toc.yml")
MODULE = '''"""A widget that is thrown away."""

import traitlets

from softmax_steps.notebook import show
from softmax_steps.plots.stills.throw_away import draw_throw_away
from softmax_steps.widgets.base import BookWidget


class ThrowAway(BookWidget):
    """One slider."""

    name = "throw_away"

    value = traitlets.Int(3).tag(sync=True)
    numpy_says = traitlets.Dict().tag(sync=True)

    def picture(self):
        """Return the value as a picture."""
        alt = f"One bar that is {self.value} units high, and no other."
        return show(draw_throw_away(self.value).figure, alt=alt)
'''
VIEW = """// One slider.
import { element } from "./shared/view.mjs";

function render({ model, el }) {
  const input = element("input", { type: "range", value: model.get("value") });
  el.append(element("div", { class: "sms-widget sms-throw-away" }, input));
}

export default { render };
"""
STYLE = ".sms-throw-away { color: var(--ink); }\n"
STILL = '''"""The throw-away widget as a still picture."""

import matplotlib.pyplot as plt


def draw_throw_away(value):
    """Draw one bar."""
    _, ax = plt.subplots()
    ax.bar([0], [value])
    return ax
'''
CELL = """
```{code-cell} ipython3
from softmax_steps.widgets import ThrowAway

ThrowAway()
```
"""
# Which test takes up which name.
TAKEN_UP = {
    "tests/steps/widgets/test_base.py": [
        "test_a_widget_is_called_like_its_module_and_its_still[throw_away]",
        "test_the_example_of_a_widget_has_a_picture_and_a_state[throw_away]",
        "test_the_module_that_a_kernel_sends_draws_the_widget[throw_away]",
    ],
    "tests/site/pages/widgets/test_views.py": [
        "test_a_script_is_whole_and_keeps_its_names_to_itself[throw_away]",
        "test_a_page_draws_what_a_kernel_would[throw_away]",
        "test_a_style_holds_the_palette_the_shared_rules_and_its_own[throw_away]",
    ],
    "tests/browser/test_jupyter.py": ["test_every_widget_hears_from_numpy[ThrowAway]"],
    "tests/browser/test_widgets.py": [
        "test_widgets_answer_to_keys_mouse_and_touch[notation-wide-light]",
        "test_without_javascript_each_widget_is_a_picture_with_a_caption[notation]",
    ],
}
BUNDLE = """
import sys
from pathlib import Path
from softmax_book.pages.widgets.views import bundle_views
from softmax_steps.widgets.base import view_names
bundle_views(Path(sys.argv[1]), Path(sys.argv[2]), view_names())
"""


@pytest.fixture(scope="module")
def tree(tmp_path_factory):
    """A copy of the tree with one more widget, which no chapter shows yet."""
    root = tmp_path_factory.mktemp("tree")
    for name in COPIED:
        source, target = ROOT / name, root / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copyfile(source, target)
    package = root / "src" / "softmax_steps"
    widgets = package / "widgets"
    (widgets / "throw_away.py").write_text(MODULE, "utf-8")
    (widgets / "throw_away.mjs").write_text(VIEW, "utf-8")
    (widgets / "throw_away.css").write_text(STYLE, "utf-8")
    (package / "plots" / "stills" / "throw_away.py").write_text(STILL, "utf-8")
    listed = widgets / "__init__.py"
    text = listed.read_text("utf-8").replace(
        "__all__ = [", "from softmax_steps.widgets.throw_away import ThrowAway\n\n__all__ = [", 1
    )
    listed.write_text(text.replace('"SoftmaxBars",', '"SoftmaxBars",\n    "ThrowAway",'), "utf-8")
    return root


def python(tree, *arguments):
    """Run Python in the copy, with its package before the installed one."""
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=tree,
        env={**os.environ, "PYTHONPATH": str(tree / "src")},
        capture_output=True,
        text=True,
    )


def test_a_widget_that_no_chapter_shows_is_found_missing(tree):
    test = "tests/browser/test_widgets.py::test_every_widget_of_the_package_stands_on_a_page"
    ran = python(tree, "-m", "pytest", "-q", test)
    assert ran.returncode == 1, ran.stdout + ran.stderr
    assert "ThrowAway" in ran.stdout


def test_every_test_of_widgets_takes_it_up(tree):
    with (tree / "book" / "notation.md").open("a", encoding="utf-8") as page:
        page.write(CELL)
    ran = python(tree, "-m", "pytest", "-q", "--collect-only", *TAKEN_UP)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    collected = ran.stdout.splitlines()
    for file, names in TAKEN_UP.items():
        assert {f"{file}::{name}" for name in names} <= set(collected)


def test_its_picture_state_and_name_are_right(tree):
    ran = python(
        tree, "-m", "pytest", "-q", "tests/steps/widgets/test_base.py", "-k",
        "every_view or (throw_away and not sends)",
    )  # fmt: skip
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "3 passed" in ran.stdout


def test_the_site_gets_its_script_and_style(tree, tmp_path):
    ran = python(tree, "-c", BUNDLE, str(ROOT), str(tmp_path))
    assert ran.returncode == 0, ran.stderr
    assert 'softmaxWidget("throw_away",' in (tmp_path / "throw_away.js").read_text("utf-8")
    assert ".sms-throw-away{" in (tmp_path / "throw_away.css").read_text("utf-8")


def test_a_kernel_sends_its_view(tree):
    ran = python(
        tree,
        "-c",
        "import json; from softmax_steps.widgets import ThrowAway; "
        "print(json.dumps(ThrowAway()._esm))",
    )
    assert ran.returncode == 0, ran.stderr
    assert "sms-throw-away" in json.loads(ran.stdout)
