"""A new widget is tested, bundled and sent everywhere, without being listed anywhere else.

In a copy of the tree: a module, a view, a style, a still, a test of its own, and a chapter's cell.
Those are the places to touch.
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
OWN_TEST = """from softmax_steps.widgets import ThrowAway


def test_it_starts_at_three():
    assert ThrowAway().value == 3
"""
FILES = {  # all that is added, but for the cell
    "src/softmax_steps/widgets/throw_away.py": MODULE,
    "src/softmax_steps/widgets/throw_away.mjs": VIEW,
    "src/softmax_steps/widgets/throw_away.css": STYLE,
    "src/softmax_steps/plots/stills/throw_away.py": STILL,
    "tests/steps/widgets/test_throw_away.py": OWN_TEST,
}
KINDS = ("module", "view", None, "still", "test")  # a style may be left out
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
        "test_a_style_reaches_its_own_widget_alone[throw_away]",
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
from softmax_steps.widgets.names import view_names
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
    for name, text in FILES.items():
        (root / name).write_text(text, "utf-8")
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


def test_a_file_that_was_left_out_is_named(tree):
    """A style alone is there, and the test says what else belongs to a widget."""
    left_out = {name: kind for name, kind in zip(FILES, KINDS, strict=True) if kind}
    for name in left_out:
        (tree / name).unlink()
    test = "tests/steps/widgets/test_names.py"
    ran = python(tree, "-m", "pytest", "-q", test, "-k", "has_all_its_parts")
    for name in left_out:
        (tree / name).write_text(FILES[name], "utf-8")
    assert ran.returncode == 1, ran.stdout + ran.stderr
    for name, kind in left_out.items():
        assert f"throw_away has no {kind}: {name}" in ran.stdout


def test_every_test_of_widgets_takes_it_up(tree):
    with (tree / "book" / "notation.md").open("a", encoding="utf-8") as page:
        page.write(CELL)
    ran = python(tree, "-m", "pytest", "-q", "--collect-only", *TAKEN_UP)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    collected = ran.stdout.splitlines()
    for file, names in TAKEN_UP.items():
        assert {f"{file}::{name}" for name in names} <= set(collected)


def test_what_is_held_of_each_widget_is_held_of_it(tree):
    folder = "tests/steps/widgets"
    files = [f"{folder}/test_{name}.py" for name in ("base", "names", "throw_away")]
    choice = "parts or lists or three or (throw_away and not sends)"
    ran = python(tree, "-m", "pytest", "-q", *files, "-k", choice)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "6 passed" in ran.stdout


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
