"""What every widget has: a view, a still, an example; and the module that a kernel sends."""

import importlib
import json
import re

import pytest

import softmax_steps.widgets
from softmax_steps.widgets import base
from softmax_steps.widgets.base import UNSENT, BookWidget, view_module, view_style
from softmax_steps.widgets.names import FOLDER, class_name, css_class, view_names

NAMES = view_names()


@pytest.mark.parametrize("name", NAMES)
def test_a_widget_is_called_like_its_module_and_its_still(name):
    widget = getattr(softmax_steps.widgets, class_name(name))
    assert issubclass(widget, BookWidget)
    assert (widget.name, widget.__module__) == (name, f"softmax_steps.widgets.{name}")
    still = importlib.import_module(f"softmax_steps.plots.stills.{name}")
    drawn = getattr(still, f"draw_{name}")
    assert getattr(importlib.import_module(widget.__module__), f"draw_{name}") is drawn


@pytest.mark.parametrize("name", NAMES)
def test_the_example_of_a_widget_has_a_picture_and_a_state(name):
    widget = getattr(softmax_steps.widgets, class_name(name)).example()
    assert len(widget.picture().alt) > 40
    assert json.loads(json.dumps(widget.page_state(), allow_nan=False))


# Starts a view as anywidget does, on a state that no kernel answers, and returns what it has drawn.
MOUNT = """async ([text, state]) => {
  Math.random = () => 0.5; // names of radio groups
  const address = URL.createObjectURL(new Blob([text], { type: "text/javascript" }));
  const view = await (await import(address)).default();
  const el = document.createElement("div");
  document.body.replaceChildren(el);
  const model = { get: (name) => state[name], set() {}, save_changes() {}, on() {}, off() {} };
  await view.render({ model, el });
  return el.innerHTML;
}"""


@pytest.mark.parametrize("name", NAMES)
def test_the_module_that_a_kernel_sends_draws_the_widget(views_page, name):
    widget = getattr(softmax_steps.widgets, class_name(name)).example()
    problems = []
    views_page.on("pageerror", lambda error: problems.append(str(error)))
    drawn = views_page.evaluate(MOUNT, [widget._esm, widget.page_state()])
    assert f'class="sms-widget {css_class(name)}"' in drawn
    assert re.search(r'<input type="range"|role="slider"', drawn)
    assert not problems


@pytest.mark.parametrize("name", NAMES)
def test_a_style_reaches_its_own_widget_alone(name):
    path = FOLDER / f"{name}.css"
    text = path.read_text("utf-8") if path.is_file() else ""
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)
    text = re.sub(r":(is|not|where)\([^()]*\)", "", text)  # the commas within are no selectors
    heads = re.findall(r"([^{}]+)\{", text)
    selectors = [part.strip() for head in heads for part in head.split(",")]
    root = re.compile(rf"(\.sms-widget)?\.{css_class(name)}(?![\w-])")
    assert [one for one in selectors if not root.match(one) and not one.startswith("@")] == []


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Return ``write(name, text)``, which adds a module to an empty folder of views."""
    shared = tmp_path / "shared"
    shared.mkdir()
    for name in ("loader.mjs", "view.css"):
        (shared / name).write_bytes((base.SHARED / name).read_bytes())
    monkeypatch.setattr(base, "FOLDER", tmp_path)
    monkeypatch.setattr(base, "SHARED", shared)

    def write(name, text):
        (tmp_path / name).write_text(text, "utf-8")

    return write


def test_modules_do_not_share_a_scope(folder, views_page):
    folder("shared/one.mjs", 'const own = "one";\nexport const one = () => own;\n')
    folder(
        "shared/two.mjs",
        'import { one } from "./one.mjs";\nconst own = "two";\n'
        "export const two = () => `${one()} ${own}`;\n",
    )
    folder(
        "three.mjs",
        'import {\n  one,\n} from "./shared/one.mjs";\nimport { two } from "./shared/two.mjs";\n'
        'const own = "three";\nexport default { said: `${one()} ${two()} ${own}` };\n',
    )
    text = view_module("three")
    assert text.count("export const one = () => own") == 1  # twice imported, once sent
    said = views_page.evaluate(
        """async (text) => {
          const address = URL.createObjectURL(new Blob([text], { type: "text/javascript" }));
          return (await (await import(address)).default()).said;
        }""",
        text,
    )
    assert said == "one one two three"


@pytest.mark.parametrize(
    "line",
    [
        'import "./shared/one.mjs";',
        'import one from "./shared/one.mjs";',
        'import * as one from "./shared/one.mjs";',
        "import { one } from './shared/one.mjs';",
        'import { one } from "d3";',
        'export { one } from "./shared/one.mjs";',
        'export * from "./shared/one.mjs";',
    ],
)
def test_another_form_of_import_is_refused(folder, line):
    folder("shared/one.mjs", "export const one = 1;\n")
    folder("three.mjs", f"{line}\nexport default {{}};\n")
    with pytest.raises(ValueError, match=re.escape(f"three.mjs says {line!r}")):
        view_module("three")


def test_a_circle_of_imports_is_refused(folder):
    folder("shared/one.mjs", 'import { two } from "./two.mjs";\nexport const one = 1;\n')
    folder("shared/two.mjs", 'import { one } from "./one.mjs";\nexport const two = 2;\n')
    folder("three.mjs", 'import { one } from "./shared/one.mjs";\nexport default { one };\n')
    with pytest.raises(ValueError, match=r"one\.mjs imports .*two\.mjs imports .*one\.mjs; expect"):
        view_module("three")


def test_a_view_without_a_style_has_the_shared_one(folder):
    folder("three.mjs", "export default {};\n")
    assert "--sms-ink" in view_style("three")


def test_a_kernel_sends_no_comments_and_no_indents(folder):
    folder(
        "shared/one.mjs",
        "/**\n * Say one.\n */\nexport const one = () =>\n"
        "  /** @type {any} */ (1); // one\n\n/** Say it. */\n",
    )
    folder(
        "three.mjs",
        'import { one } from "./shared/one.mjs";\n// Say it.\nexport default { one };\n',
    )
    text = view_module("three")
    assert r"export const one = () =>\n/** @type {any} */ (1);\n" in text
    assert "Say" not in text
    (base.FOLDER / "three.css").write_text("/* Red. */\np {\n  color: red;\n}\n", "utf-8")
    assert view_style("three").endswith("p {\ncolor: red;\n}\n")


def test_no_string_of_a_view_is_taken_for_a_comment():
    for path in FOLDER.rglob("*.mjs"):
        for line in path.read_text("utf-8").splitlines():
            code = UNSENT.sub("", line)
            if code != line.lstrip(" "):
                assert code.count('"') % 2 == code.count("`") % 2 == 0, (path.name, line)


def test_a_part_may_have_a_style_for_the_widgets_that_import_it(folder):
    (base.FOLDER / "parts").mkdir()
    folder("parts/one.mjs", "export const one = 1;\n")
    folder("parts/one.css", ".sms-widget .one {\n  color: red;\n}\n")
    folder("two.mjs", 'import { one } from "./parts/one.mjs";\nexport default { one };\n')
    folder("three.mjs", "export default {};\n")
    folder("two.css", ".sms-two .one {\n  color: blue;\n}\n")
    own = ".sms-two .one {\ncolor: blue;\n}\n"
    assert view_style("two").endswith(f".sms-widget .one {{\ncolor: red;\n}}\n\n{own}")
    assert ".one" not in view_style("three")
    for path in (FOLDER / "parts").glob("*.css"):
        heads = re.findall(r"([^{}]+)\{", re.sub(r"/\*.*?\*/", "", path.read_text("utf-8")))
        assert [head for head in heads if not head.strip().startswith(".sms-widget ")] == [], path


def test_what_a_widget_sends_is_small():
    for name in NAMES:
        assert len(view_module(name).encode()) < 60_000, name
        assert len(view_style(name).encode()) < 15_000, name
