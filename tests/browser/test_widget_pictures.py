"""What all widgets' pictures have in common: their size, fixed while one plays; letters; colours.

Each widget stands alone on a page with the site's own styles, in the state of its ``example()``,
with its view as it is in the tree: nothing of the built site is needed.
"""

import html
import io
import json
import re
from importlib.resources import files
from pathlib import Path
from urllib.parse import urlsplit

import numpy as np
import pytest
from matplotlib.image import imread
from playwright.sync_api import expect

import softmax_steps.widgets
from softmax_book.building.npm import TEXT_FONT, package_folder
from softmax_book.pages.styles import SHEETS
from softmax_book.pages.widgets.views import bundle_views
from softmax_steps.widgets.names import FOLDER, class_name, view_names

from ..conftest import PATIENCE
from ..one_widget import typeset_widgets
from .conftest import DRAWN, NARROW, ROOT
from .test_widgets import SEEN

LAPTOP = {"viewport": {"width": 1280, "height": 650}}
TALLEST = 560  # of a widget on a laptop: its window has 650, the page's header 48
HEADER = 56  # of the page on a phone
MOST_CONTROLS = 3
LETTERS = (11.5, 16.5)  # of a picture, in pixels
STYLES = {
    "theme.css": ("pydata_sphinx_theme", "pydata-sphinx-theme.css"),
    "book_theme.css": ("sphinx_book_theme", "sphinx-book-theme.css"),
}
# The boxes in which a chapter's page lays a widget out, at 1280 and at 390 pixels.
PAGE = """<!doctype html><html lang="en" data-theme="{theme}"><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>{name}</title>
<link rel="stylesheet" href="theme.css"><link rel="stylesheet" href="book_theme.css">
<link rel="stylesheet" href="katex/katex.min.css"><link rel="stylesheet" href="{name}.css">
<link rel="stylesheet" href="book.css">
<body><article class="bd-article" style="width: min(100% - 35px, 685px); padding: 0; margin: auto">
<div class="sms-page-widget" data-widget="{name}"><figure>a picture</figure>
<script type="application/json">{state}</script></div></article>
<script src="host.js"></script><script src="{name}.js"></script>"""


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    """The folder of all views, bundled, with their formulas typeset and the book's style sheet."""
    folder = tmp_path_factory.mktemp("widgets")
    bundle_views(ROOT, folder, view_names(), typeset=typeset_widgets(view_names()))
    colours, names = SHEETS["book.css"]
    styles = [(ROOT / "book" / "styles" / name).read_text("utf-8") for name in names]
    (folder / "book.css").write_text("\n".join([colours(), *styles]), "utf-8")
    (folder / "fonts").symlink_to(package_folder(ROOT, TEXT_FONT) / "files")
    for name, (package, file) in STYLES.items():
        (style,) = Path(str(files(package))).rglob(file)
        (folder / name).symlink_to(style)
    (folder / "katex").symlink_to(package_folder(ROOT, "katex") / "dist")
    return folder


class Shown:
    """A widget alone on a page."""

    def __init__(self, page, name):
        self.page, self.name, self.problems = page, name, []
        page.on("pageerror", lambda error: self.problems.append(str(error)))
        page.on("console", lambda m: m.type == "error" and self.problems.append(m.text))
        page.goto("http://127.0.0.1/")
        self.place = page.locator(".sms-page-widget[data-mounted]")
        self.place.wait_for()
        self.widget = self.place.locator(".sms-widget")
        assert self.widget.locator(".sms-stage").count() == 1, f"{name} has not the common frame"
        self.rest()

    def rest(self):
        self.page.evaluate("() => document.fonts.ready")
        self.page.evaluate(DRAWN)

    def state(self):
        """What a reader sees of it, line by line."""
        self.rest()
        return self.place.evaluate(SEEN).splitlines()


@pytest.fixture(scope="module")
def show(chromium, served):
    """Return ``show(name, **options)``: a widget on a page of its own, opened once."""
    contexts, known = [], {}

    def answer(route, name, theme):
        path = urlsplit(route.request.url).path.removeprefix("/")
        if path:
            kinds = {"css": "text/css", "js": "text/javascript"}
            kind = kinds.get(path.rpartition(".")[2], "application/octet-stream")
            route.fulfill(body=(served / path).read_bytes(), content_type=kind)
            return
        state = getattr(softmax_steps.widgets, class_name(name)).example().page_state()
        text = json.dumps(state, allow_nan=False).replace("</", r"<\/")
        body = PAGE.format(name=html.escape(name), theme=theme, state=text)
        route.fulfill(body=body, content_type="text/html; charset=utf-8")

    def go(name, setting, **options):
        if (name, setting) not in known:
            context = chromium.new_context(**options)
            contexts.append(context)
            page = context.new_page()
            page.set_default_timeout(PATIENCE)
            theme = options.get("color_scheme", "light")
            page.route("**/*", lambda route: answer(route, name, theme))
            known[name, setting] = Shown(page, name)
        return known[name, setting]

    yield go
    for context in contexts:
        context.close()


# The controls of a widget that are seen without unfolding anything; the switches apart.
SWITCHES = "input[type=radio], input[type=checkbox]"
MOVED = "input[type=range], [role=slider], select"
NEXT = """(widget, what) => {
  const next = [...widget.querySelectorAll(what)].find((node) =>
    !node.isPlayed && !node.disabled && node.checkVisibility() &&
    !node.closest("details:not([open])"));
  if (next) next.isPlayed = true;
  return next ?? null;
}"""
MOST_HANDLES = 3  # of a crowd of points
# Every setting of one control, its ends among them, as a hand would bring it there.
PLAY = """async (node) => {
  const say = (kind) => node.dispatchEvent(new Event(kind, { bubbles: true }));
  const frame = () => new Promise(requestAnimationFrame);
  const press = (key, times = 1) => {
    for (let k = 0; k < times; k++)
      node.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
  };
  const acts = [];
  if (node.type === "range") {
    const [low, high] = [Number(node.min), Number(node.max)];
    for (const share of [0, 0.35, 0.5, 0.65, 0.8, 1])
      acts.push(() => { node.value = low + share * (high - low); say("input"); say("change"); });
  } else if (node.tagName === "SELECT") {
    for (const { value } of node.options)
      acts.push(() => { node.value = value; say("change"); });
  } else if (["radio", "checkbox"].includes(node.type)) {
    acts.push(() => node.click());
    if (node.type === "checkbox") acts.push(() => node.click()); // and back
  } else {
    for (const key of ["Home", "End"]) acts.push(() => press(key));
    for (const side of ["Up", "Left", "Down", "Right"]) acts.push(() => press(`Arrow${side}`, 40));
  }
  const widget = node.closest(".sms-widget");
  const faults = [];
  for (const act of acts) {
    act();
    await frame();
    await frame();
    if (!node.isConnected) break;
    faults.push(...MEASURE(widget));
  }
  return faults;
}"""
# What is wrong with a widget's looks now: [] where all is well. `start` are the heights at first.
MEASURE = """(widget) => {
  const faults = [];
  const box = widget.getBoundingClientRect();
  const stage = widget.querySelector(".sms-stage").getBoundingClientRect();
  const foot = widget.querySelector(".sms-foot").getBoundingClientRect(); // a fold below may open
  const heights = [foot.bottom - box.top, stage.height].map(Math.round);
  const first = (widget.firstHeights ??= heights);
  if (heights.some((height, k) => Math.abs(height - first[k]) > 1))
    faults.push(`down to its foot, and its stage, were ${first} px tall and are ${heights}`);
  const parts = [];
  const walk = document.createTreeWalker(widget.querySelector(".sms-stage"), NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const { data, parentElement: holder } = walk.currentNode;
    if (!data.trim() || !holder.checkVisibility({ visibilityProperty: true })) continue;
    if (holder.closest(".katex, select, .sms-spoken, [hidden]")) continue;
    if (getComputedStyle(holder).clipPath !== "none") continue; // for screen readers alone
    const range = document.createRange();
    range.selectNodeContents(walk.currentNode);
    for (const rect of range.getClientRects())
      if (rect.width > 1 && rect.height > 1) parts.push({ text: data.trim(), rect });
    const svg = holder.closest("svg");
    if (svg) {
      const size = parseFloat(getComputedStyle(holder).fontSize) * svg.getScreenCTM().a;
      if (size < LETTERS[0] || size > LETTERS[1])
        faults.push(`“${data.trim()}” has letters of ${size} px`);
    }
  }
  for (const { text, rect } of parts)
    if (rect.left < box.left - 1 || rect.right > box.right + 1 || rect.bottom > box.bottom + 1)
      faults.push(`“${text}” runs out of the widget`);
  parts.forEach(({ text, rect }, k) => {
    for (const other of parts.slice(0, k)) {
      const wide = Math.min(rect.right, other.rect.right) - Math.max(rect.left, other.rect.left);
      const high = Math.min(rect.bottom, other.rect.bottom) - Math.max(rect.top, other.rect.top);
      // A line of letters is taller than its ink: lines that touch do not overlap.
      if (wide > 1.5 && high > 0.3 * Math.min(rect.height, other.rect.height))
        faults.push(`“${text}” lies on “${other.text}”`);
    }
  });
  return [...new Set(faults)];
}"""
MEASURE = MEASURE.replace("LETTERS", json.dumps(LETTERS))
PLAY = PLAY.replace("MEASURE", f"({MEASURE})")


def play(shown):
    """Bring every control to its ends, in each position of the switches; return what went wrong."""
    faults, handles = shown.widget.evaluate(MEASURE), 0
    while True:
        node = shown.widget.evaluate_handle(NEXT, MOVED).as_element()
        node = node or shown.widget.evaluate_handle(NEXT, SWITCHES).as_element()
        if node is None:
            return list(dict.fromkeys(faults))
        if node.get_attribute("role") == "slider":
            handles += 1
            if handles > MOST_HANDLES:
                continue
        name = node.get_attribute("aria-label") or node.get_attribute("value")
        faults += [f"{name}: {fault}" for fault in node.evaluate(PLAY)]


@pytest.mark.parametrize("name", view_names())
def test_a_widget_fits_a_laptop_and_stays_as_it_is_while_one_plays(show, name):
    shown = show(name, "laptop", **LAPTOP)
    assert not shown.problems
    assert shown.widget.bounding_box()["height"] <= TALLEST
    assert shown.place.locator(".sms-controls > *:visible").count() <= MOST_CONTROLS
    assert shown.place.locator("details[open]").count() == 0
    assert shown.place.locator("summary").all_inner_texts().count("Numbers") == 1
    before = shown.state()
    assert play(shown) == []
    assert shown.page.evaluate(
        "() => document.scrollingElement.scrollWidth <= document.documentElement.clientWidth"
    )
    assert shown.state() != before
    shown.place.get_by_role("button", name="Start over").click()
    for opened in shown.place.locator("details[open] > summary").all():
        opened.click()  # a fold that opened on the way is the reader's to close
    assert shown.state() == before
    assert not shown.problems


# Widgets that draw what "Numbers" holds only while it is open.
WHEN_OPEN = [n for n in view_names() if "numbersFold" in (FOLDER / f"{n}.mjs").read_text("utf-8")]


@pytest.mark.parametrize("name", WHEN_OPEN)
def test_numbers_that_were_folded_away_are_those_of_now_when_they_are_opened(show, name):
    shown = show(name, "numbers", **LAPTOP)
    fold = shown.place.locator(".sms-fold").first
    summary = fold.locator("summary")
    summary.click()
    expect(fold.locator("td", has_text=re.compile(r"\d")).first).to_be_visible()
    before = fold.inner_text()
    summary.click()
    shown.widget.locator("input[type=range], [role=slider]").first.press("ArrowRight")
    summary.click()
    expect(fold).not_to_have_text(before, use_inner_text=True)
    shown.place.get_by_role("button", name="Start over").click()
    expect(fold).to_have_text(before, use_inner_text=True)
    assert not shown.problems


@pytest.mark.parametrize("name", view_names())
def test_a_widget_presented_is_whole_on_a_laptop(show, name):
    """Also once its pictures have been drawn for the width that they get there."""
    shown = show(name, "presented", **LAPTOP)
    shown.place.get_by_role("button", name="Present (P)").click()
    shown.page.wait_for_function(
        """() => {
          const node = document.querySelector(".sms-presented");
          return node?.scrollHeight <= node?.clientHeight + 1
            && node.scrollWidth <= node.clientWidth;
        }"""
    )
    assert not shown.problems


@pytest.mark.parametrize("name", view_names())
def test_on_a_phone_the_picture_is_seen_while_a_control_is_used(show, name):
    shown = show(name, "phone", **NARROW)
    stage = shown.place.locator(".sms-stage").bounding_box()
    assert stage["height"] <= NARROW["viewport"]["height"] - HEADER
    assert play(shown) == []
    assert shown.page.evaluate("() => document.scrollingElement.scrollWidth") == 390
    assert not shown.problems


def marks(shown):
    """How many pixels of the picture stand out from its ground, and how many are coloured."""
    picture = shown.place.locator(".sms-stage").screenshot(animations="disabled")
    pixels = np.rint(255 * imread(io.BytesIO(picture))[..., :3]).astype(int)
    values, counts = np.unique(pixels.reshape(-1, 3), axis=0, return_counts=True)
    ground = values[counts.argmax()]
    stands_out = np.abs(pixels - ground).max(axis=-1) > 60
    coloured = np.ptp(pixels, axis=-1) > 60
    return np.count_nonzero(stands_out), np.count_nonzero(coloured)


@pytest.mark.parametrize("name", view_names())
def test_the_marks_stay_where_the_system_sets_the_colours(show, name):
    usual = marks(show(name, "laptop", **LAPTOP))
    forced = marks(show(name, "forced", **LAPTOP, forced_colors="active"))
    assert forced[0] > 0.5 * usual[0]
    if show(name, "laptop").place.locator(".sms-stage :is(svg, canvas)").count():  # else: words
        assert forced[1] > 0.5 * usual[1]
