"""The widgets are those of the folder: each is found by its name, and has all its parts."""

import subprocess
import sys
from pathlib import Path

import pytest

import softmax_steps.widgets
from softmax_steps.widgets.names import FOLDER, class_name, view_names

ROOT = Path(__file__).parents[3]
PACKAGE = Path("src", "softmax_steps")
# What a widget called NAME is made of. Its style is left out: it may do with the shared one.
PARTS = {
    "module": str(PACKAGE / "widgets" / "{}.py"),
    "view": str(PACKAGE / "widgets" / "{}.mjs"),
    "still": str(PACKAGE / "plots" / "stills" / "{}.py"),
    "test": str(Path("tests", "steps", "widgets", "test_{}.py")),
}
STYLE = str(PACKAGE / "widgets" / "{}.css")
COMMON = {"__init__", "base", "names"}  # serve every widget, as the modules of shared/ do


def names_of(part):
    """Return the names that stand in a folder where each widget has one file."""
    before, after = Path(part).name.split("{}")
    paths = (ROOT / part).parent.glob(f"{before}*{after}")
    names = {path.name.removeprefix(before).removesuffix(after) for path in paths}
    return {name for name in names - COMMON if not name.startswith("shared_")}


def test_every_widget_has_all_its_parts():
    names = set.union(*map(names_of, [*PARTS.values(), STYLE]))
    missing = [
        f"{name} has no {kind}: {part.format(name)}"
        for name in sorted(names)
        for kind, part in PARTS.items()
        if not (ROOT / part.format(name)).is_file()
    ]
    assert not missing, "\n".join(missing)


def test_the_package_lists_and_finds_the_widgets_of_its_folder():
    names = softmax_steps.widgets.__all__
    assert names == sorted(map(class_name, view_names()))
    assert set(names) <= set(dir(softmax_steps.widgets))
    for name in names:
        assert getattr(softmax_steps.widgets, name).__name__ == name
    assert not (FOLDER / "no_such_widget.mjs").exists()
    with pytest.raises(AttributeError, match=rf"'NoSuchWidget'; expected one of .*{names[0]}"):
        softmax_steps.widgets.NoSuchWidget  # noqa: B018


def test_a_chapter_loads_only_the_widgets_that_it_shows():
    loaded = "sorted(m for m in sys.modules if m.startswith('softmax_steps.widgets.'))"
    code = (
        f"import sys, softmax_steps.widgets as w; print({loaded}); w.SoftmaxBars; print({loaded})"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.splitlines() == [
        "['softmax_steps.widgets.names']",
        str([f"softmax_steps.widgets.{name}" for name in ("base", "names", "softmax_bars")]),
    ]
