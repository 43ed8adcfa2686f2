"""Every widget of every page: keyed, dragged and touched, wide and narrow, light and dark."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

import softmax_steps.widgets
from softmax_book.sources import read_book

from .conftest import SCREENSHOTS

ROOT = Path(__file__).parents[2]
CODE = {page.name: "\n".join(cell.code for cell in page.cells) for page in read_book(ROOT).values()}
PAGES = [name for name, code in CODE.items() if "softmax_steps.widgets" in code]

# A number that changes with anything that a widget says or shows, but for one element of it and
# for its spoken line, which waits until the hand rests.
LOOKS = """(widget, but) => {
  const parts = [];
  for (const node of widget.querySelectorAll(":not(.sms-spoken)")) {
    if (node === but) continue;
    if (node.tagName === "CANVAS") parts.push(node.toDataURL());
    for (const { name, value } of node.attributes) parts.push(`${name}=${value}`);
    for (const child of node.childNodes) if (child.nodeType === 3) parts.push(child.data);
  }
  let sum = 0;
  for (const c of parts.join("|")) sum = (Math.imul(sum, 31) + c.codePointAt(0)) | 0;
  return sum;
}"""


# For a picture of a widget taller than the window: nothing that sticks to the window lies on it.
STILL = """
.bd-header-article, .bd-header, #pst-skip-link, #pst-back-to-top { visibility: hidden !important; }
.bd-article > section > section { content-visibility: visible !important; }
"""


def test_every_widget_of_the_package_stands_on_a_page():
    shown = set()
    for page in PAGES:
        names = softmax_steps.widgets.__all__
        shown |= {name for name in names if re.search(rf"\b{name}\(", CODE[page])}
    assert shown == set(softmax_steps.widgets.__all__)


class Hand:
    """A hand at one widget."""

    def __init__(self, visit, place, touches):
        self.visit, self.page, self.place, self.touches = visit, visit.page, place, touches
        self.touch = self.page.context.new_cdp_session(self.page) if touches else None

    def looks(self, but=None):
        self.visit.settle()
        return self.place.evaluate(LOOKS, but)

    def drag(self, start, end):
        (x0, y0), (x1, y1) = start, end
        stops = [(x0 + (x1 - x0) * k / 4, y0 + (y1 - y0) * k / 4) for k in range(1, 5)]
        if self.touches:
            point = lambda x, y: [{"x": x, "y": y}]  # noqa: E731
            send = lambda kind, points: self.touch.send(  # noqa: E731
                "Input.dispatchTouchEvent", {"type": kind, "touchPoints": points}
            )
            send("touchStart", point(x0, y0))
            for stop in stops:
                send("touchMove", point(*stop))
            send("touchEnd", [])
        else:
            self.page.mouse.move(x0, y0)
            self.page.mouse.down()
            for stop in stops:
                self.page.mouse.move(*stop)
            self.page.mouse.up()

    def press(self, node, key):
        node.focus()
        self.page.keyboard.press(key)

    def try_slider(self, node):
        """End, Home, one step up; then the thumb from the left to 0.7 of the length."""
        name = node.get_attribute("aria-label")
        element = node.element_handle()
        assert name, "a slider without a name"
        self.press(node, "End")
        at_end, high = self.looks(element), float(node.input_value())
        self.press(node, "Home")
        at_home, low = self.looks(element), float(node.input_value())
        assert low < high, name
        assert at_home != at_end, f"{name}: nothing shows that it moved from one end to the other"
        said = node.get_attribute("aria-valuetext")
        assert said, f"{name}: its value is not said as a quantity"
        self.press(node, "ArrowRight")
        assert self.looks(element) != at_home, f"{name}: one step changes nothing that is shown"
        assert low < float(node.input_value()) < high, name
        self.press(node, "Home")
        box = node.bounding_box()
        middle = box["y"] + box["height"] / 2
        self.drag((box["x"] + 9, middle), (box["x"] + 0.7 * box["width"], middle))
        self.visit.settle()
        moved = (float(node.input_value()) - low) / (high - low)
        assert 0.5 < moved < 0.9, f"{name}: dragged to 0.7 of its length, it stands at {moved:.2f}"
        assert node.get_attribute("aria-valuetext") != said, name

    def try_handle(self, node):
        """Keys and a drag of a thing with the role of a slider."""
        name = node.get_attribute("aria-label") or node.get_attribute("aria-labelledby")
        assert name, "a handle without a name"
        for attribute in ("aria-valuenow", "aria-valuetext"):
            assert node.get_attribute(attribute), f"{name} has no {attribute}"
        before = self.looks()
        self.press(node, "ArrowUp")
        keyed = self.looks()
        if keyed == before:
            self.press(node, "ArrowDown")  # it stood at its end
            keyed = self.looks()
        assert keyed != before, f"{name}: an arrow key changes nothing"
        node.scroll_into_view_if_needed()
        box = node.bounding_box()
        x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        for dx, dy in ((-25, 30), (25, -30)):
            self.drag((x, y), (x + dx, y + dy))
            if self.looks() != keyed:
                return
        raise AssertionError(f"{name}: a drag changes nothing")

    def try_all(self):
        """Each slider and handle in each position of each switch, and each button."""
        tried = self.try_visible(set())
        for summary in self.place.locator("summary:visible").all():
            summary.click()
            tried |= self.try_visible(tried)
        for switch in self.place.locator("input[type=radio]").element_handles():
            if switch.is_visible() and switch.is_enabled():  # some stand behind another switch
                label = switch.evaluate_handle("(node) => node.closest('label') ?? node")
                label.as_element().click()
                self.visit.settle()
                tried |= self.try_visible(tried)
        for options in self.place.locator("select:visible").all():
            for value in options.locator("option").all():
                options.select_option(value.get_attribute("value"))
                self.visit.settle()
        for key in self.place.locator("button").element_handles():
            if key.is_visible() and key.is_enabled():
                key.click()
                self.visit.settle()
                if self.place.locator(".sms-presented").count():
                    # Alone on the screen: no other widget of the page would take the keys.
                    key.press("Escape")
        return tried

    def try_visible(self, tried):
        done = set()
        for node in self.place.locator("input[type=range]:visible:enabled").all():
            name = node.get_attribute("aria-label")
            if name not in tried | done:
                self.try_slider(node)
                done.add(name)
        handles = self.place.locator("[role=slider]:visible")
        for k in range(handles.count()):
            name = handles.nth(k).get_attribute("aria-label")
            if name not in tried | done and k < 4:  # a crowd of points: the first few
                self.try_handle(handles.nth(k))
                done.add(name)
        return done


# Each width is opened in one theme, and looked at in the other one too. The theme changes colours
# alone, so each hand works once: the mouse in a wide window, the finger in a narrow one, where less
# motion is asked for too.
@pytest.mark.parametrize("setting", ["wide-light", "narrow-dark"])
@pytest.mark.parametrize("page", PAGES)
def test_widgets_answer_to_keys_mouse_and_touch(visit, page, setting):
    opened = visit(f"book/{page}.html", setting)
    width, own = setting.split("-")
    (other,) = {"light", "dark"} - {own}
    places = opened.widgets()
    assert places
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    for number, place in enumerate(places):
        assert place.locator("figure.sms-figure").count() == 0, "the picture still stands there"
        name = place.get_attribute("data-widget")
        place.scroll_into_view_if_needed()
        for theme in (other, own):
            opened.turn(theme)
            place.screenshot(
                path=SCREENSHOTS / f"{page}-{number}-{name}-{width}-{theme}.png",
                animations="disabled",
                style=STILL,
            )
        hand = Hand(opened, place, touches=width == "narrow")
        assert hand.try_all(), f"{name} has nothing to move"
        assert opened.overflow() <= 0, f"{name} makes the page scroll sideways"
    assert not opened.problems, "\n".join(opened.problems)


# What a reader sees of a widget: its numbers, pictures and the state of its controls.
SEEN = """(widget) => {
  const parts = [];
  for (const node of widget.querySelectorAll(":not(.sms-spoken, .sms-spoken *)")) {
    if (!node.checkVisibility()) continue;
    if (node.tagName === "CANVAS") parts.push(node.toDataURL());
    if (node.tagName === "INPUT") parts.push(`${node.value} ${node.checked}`);
    if (node.tagName === "SELECT") parts.push(node.value);
    for (const name of ["d", "points", "x", "y", "transform", "style", "aria-valuetext"])
      if (node.hasAttribute(name)) parts.push(`${name}=${node.getAttribute(name)}`);
    for (const child of node.childNodes) if (child.nodeType === 3) parts.push(child.data);
  }
  return parts.join("\\n");
}"""
# Moves one kind of control of a widget, in place of a hand. All in one task: the address follows
# once the hand has rested, so it follows once, however slow the machine is. Returns how many.
MOVE = """(widget, [what, left]) => {
  let moved = 0;
  for (const node of widget.querySelectorAll(what)) {
    if (!node.checkVisibility() || node.disabled) continue;
    if (new RegExp(left, "i").test(node.closest("fieldset")?.innerText ?? node.innerText)) continue;
    moved += 1;
    if (what === "input[type=range]") {
      node.stepUp(2);
      node.dispatchEvent(new Event("input", { bubbles: true }));
    } else if (what === "[role=slider]") {
      for (let k = 0; k < 2; k++)
        node.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowDown", bubbles: true }));
    } else if (what === "select") {
      node.selectedIndex = node.options.length - 1;
      node.dispatchEvent(new Event("change", { bubbles: true }));
    } else {
      node.click();
    }
    if (moved === 3 && what !== "input[type=radio]") break;
  }
  return moved;
}"""
# Buttons that undo or show, and what only says of which class the next point will be.
NO_STATE = "back|start over|copy|present|run|remove|new point"


class Memory:
    """Sets each control of one widget, and asks the address for what was seen."""

    def __init__(self, opened, number):
        self.opened, self.page, self.number = opened, opened.page, number

    @property
    def place(self):
        return self.page.locator(".sms-page-widget").nth(self.number)

    def seen(self):
        self.opened.bring(self.place)
        self.page.mouse.move(0, 0)
        self.page.evaluate("() => document.activeElement?.blur()")
        self.opened.settle()
        return self.place.evaluate(SEEN)

    def expect(self, seen, where):
        """Wait until the widget shows what was seen before."""
        now = None

        def is_back():
            nonlocal now
            now = self.seen()
            return now == seen

        self.opened.wait_until(is_back, lambda: f"{where}: {now}\n\nis not\n\n{seen}")

    def change(self, what):
        """Move one kind of control, and wait until the address has followed."""
        before = self.page.url
        moved = self.place.evaluate(MOVE, [what, NO_STATE])
        if moved:
            self.page.wait_for_url(lambda url: url != before, wait_until="commit")
        return moved


@pytest.mark.parametrize("page", PAGES)
def test_a_link_shows_what_was_seen(visit, page):
    opened = visit(f"book/{page}.html")
    for number in range(len(opened.widgets())):
        opened.page.goto("about:blank")
        opened.page.goto(f"{opened.home}book/{page}.html")
        memory = Memory(opened, number)
        name = memory.place.get_attribute("data-widget")
        states, total = [(opened.page.url, memory.seen())], 0
        for what in ("input[type=range]", "[role=slider]", "select", "button", "input[type=radio]"):
            moved = memory.change(what)
            total += moved
            if moved:
                states.append((opened.page.url, memory.seen()))
                assert states[-1][1] != states[-2][1], f"{name}: {what} changed nothing"
        assert total, f"{name} has nothing to set"
        for url, seen in states[1:]:
            opened.page.goto("about:blank")
            opened.page.goto(url)
            memory.expect(seen, f"{name}: a link to {url}")
    assert not opened.problems, "\n".join(opened.problems)


@pytest.mark.parametrize("motion", ["no-preference", "reduce"])
def test_a_run_is_seen_as_it_goes_and_at_once_by_readers_who_ask_for_calm(visit, motion):
    opened = visit("book/07_training.html", reduced_motion=motion)
    place, *_ = opened.widgets()
    steps = place.locator(".so-far")
    place.get_by_role("button", name="Run").click()
    if motion == "reduce":
        expect(steps).to_have_text(re.compile("^100 steps, "))
        return
    for more in (2, 10):  # of the thousands that a run has
        opened.page.wait_for_function(
            "(more) => parseInt(document.querySelector('.so-far').textContent) >= more",
            arg=more,
        )
    place.get_by_role("button", name="Pause").click()
    opened.settle()
    stopped = steps.inner_text()
    opened.settle()
    assert steps.inner_text() == stopped
    assert not opened.problems, "\n".join(opened.problems)


@pytest.mark.parametrize("page", PAGES)
def test_without_javascript_each_widget_is_a_picture_with_a_caption(visit, page):
    opened = visit(f"book/{page}.html", java_script_enabled=False)
    places = opened.page.locator(".sms-page-widget").all()
    assert places
    for place in places:
        place.scroll_into_view_if_needed()  # what is out of sight is not laid out, and has no words
        picture = place.locator("figure.sms-figure [role=img]")
        expect(picture).to_be_visible()
        assert len(picture.get_attribute("aria-label")) > 40
        expect(place.locator("figcaption")).to_be_visible()
        assert place.locator("figcaption").text_content().strip()


@pytest.mark.parametrize("page", PAGES)
def test_nothing_moves_by_itself_for_readers_who_ask_for_calm(visit, page):
    opened = visit(f"book/{page}.html", reduced_motion="reduce")
    for place in opened.widgets():
        hand = Hand(opened, place, touches=False)
        expect(place.locator("p.sms-spoken")).not_to_be_empty()  # said once the start has rested
        before = hand.looks()
        opened.page.wait_for_timeout(100)
        assert hand.looks() == before, place.get_attribute("data-widget")
    opened.page.wait_for_function("() => document.getAnimations().length === 0")


def test_a_widget_that_cannot_start_leaves_its_picture(visit, served):
    opened = visit("404.html")
    opened.page.add_init_script("CanvasRenderingContext2D.prototype.createImageData = null;")
    place = opened.page.locator(".sms-page-widget[data-widget=lambda_explorer]")
    # It may be started while the page loads, so the message is waited for from before that.
    with opened.page.expect_console_message(lambda m: "lambda_explorer" in m.text):
        opened.page.goto(f"{served}book/05_regularization.html")
        place.scroll_into_view_if_needed()
    expect(place.locator("figure.sms-figure")).to_be_visible()
    assert place.get_attribute("data-mounted") is None
