"""Digits of other writers, drawn on the built front page: it names what the package names."""

import numpy as np
from playwright.sync_api import expect

import softmax_steps as sm
from softmax_steps.digit_models import digit_models
from softmax_steps.drawn_digit import digit_counts

from ..other_writers import read_written, strokes_of

FRONT = "book/index.html"
DIGIT = ".sms-page-widget:has(.sms-draw-a-digit)"
# What the field shows, row by row, and what the page takes it for. The field is read from a copy,
# which is made for that.
READ = """(widget) => {
  const copy = new OffscreenCanvas(32, 32).getContext("2d", { willReadFrequently: true });
  copy.drawImage(widget.querySelector(".field canvas"), 0, 0);
  const { data } = copy.getImageData(0, 0, 32, 32);
  const ink = Array.from({ length: 32 * 32 }, (_, k) => (data[4 * k] < 128 ? 1 : 0));
  return { ink, leader: Number(widget.querySelector(".answer b").textContent) };
}"""
# Draws each digit by pointer events of the page's own, which no pointer stands behind.
DRAW_ALL = f"""async (widget, digits) => {{
  const read = {READ};
  const field = widget.querySelector(".field");
  const clear = [...widget.querySelectorAll("button")].find((it) => it.textContent === "Clear");
  field.setPointerCapture = () => {{}};
  const box = field.querySelector("canvas").getBoundingClientRect();
  const send = (type, [column, row]) =>
    field.dispatchEvent(new PointerEvent(type, {{
      bubbles: true,
      button: type === "pointermove" ? -1 : 0,
      clientX: box.left + ((column + 0.5) * box.width) / 32,
      clientY: box.top + ((row + 0.5) * box.height) / 32,
    }}));
  const found = [];
  for (const strokes of digits) {{
    clear.click();
    for (const stroke of strokes) {{
      send("pointerdown", stroke[0]);
      for (const place of stroke.slice(1)) send("pointermove", place);
      send("pointerup", stroke.at(-1));
    }}
    await Promise.resolve(); // the page has drawn, once for all events
    found.push(read(widget));
  }}
  return found;
}}"""


def draw_by_mouse(opened, widget, bitmaps):
    """Draw digits with the browser's own mouse, and return what is found of each."""
    mouse, box = opened.page.mouse, widget.locator(".field canvas").bounding_box()
    side = box["width"] / 32

    def go(column, row):
        mouse.move(box["x"] + (column + 0.5) * side, box["y"] + (row + 0.5) * side)

    found = []
    for bitmap in bitmaps:
        widget.get_by_role("button", name="Clear").click()
        expect(widget.locator(".answer")).to_have_text("Draw a digit")
        for first, *more in strokes_of(bitmap):
            go(*first)
            mouse.down()
            for place in more:
                go(*place)
            mouse.up()
        opened.settle()
        found.append(widget.evaluate(READ))
    return found


def hold_against_package(found, kind):
    """Compare with the package's classes for the same fields; return fields and classes."""
    fields = np.array([each["ink"] for each in found], dtype=bool).reshape(-1, 32, 32)
    X = np.array([digit_counts(field).ravel() for field in fields]) / 16
    models = digit_models()
    if kind == "linear":
        F = sm.scores(X, *models.linear)
    else:
        F = sm.two_layer_forward(X, *models.hidden).O2
    leaders = [each["leader"] for each in found]
    assert leaders == sm.predict(F).tolist()
    return fields, np.array(leaders)


def test_digits_drawn_on_the_front_page_are_named_as_by_the_package(visit):
    bitmaps, labels = read_written(200)
    strokes = [strokes_of(bitmap) for bitmap in bitmaps]
    opened = visit(FRONT)
    widget = opened.page.locator(DIGIT)
    opened.bring(widget)
    opened.rest()

    by_mouse, _ = hold_against_package(draw_by_mouse(opened, widget, bitmaps[:20]), "linear")
    fields, leaders = hold_against_package(widget.evaluate(DRAW_ALL, strokes), "linear")
    assert np.array_equal(by_mouse, fields[:20])  # one hand or the other
    # It followed what was written, and most are read.
    common = (fields & bitmaps).sum(axis=(1, 2)) / (fields | bitmaps).sum(axis=(1, 2))
    assert common.mean() > 0.7
    assert np.mean(leaders == labels) > 0.65

    widget.get_by_role("radio", name="two layers").check(force=True)
    _, again = hold_against_package(widget.evaluate(DRAW_ALL, strokes[:50]), "hidden")
    assert (again != leaders[:50]).any()  # another model
    assert opened.problems == []
