"""What stands around every page's text: header, list of chapters, footer, and copying from it.

In forced colours, on paper, without scripts, by touch and with the keys.
"""

import re

import pytest
from playwright.sync_api import expect

LONG = "book/06_gradient.html"
# For each icon that is seen: its place, and whether it differs from what lies behind it.
ICONS = """() => {
  const icons = document.querySelectorAll(
    "i[class*='fa-'], span[class*='fa-'], a.sms-tested, .sms-live-start");
  return [...icons].filter((icon) => icon.checkVisibility() && icon.offsetWidth).map((icon) => {
    const drawn = /fa-/.test(icon.className) ? getComputedStyle(icon)
      : getComputedStyle(icon, "::before");
    const ground = getComputedStyle(document.body).backgroundColor;
    return [icon.className, drawn.backgroundColor !== ground];
  });
}"""


@pytest.mark.parametrize("setting", ["wide-light", "narrow-dark"])
def test_icons_are_seen_in_forced_colours_and_the_present_page_is_marked(visit, setting):
    opened = visit("book/03_softmax.html", setting, forced_colors="active")
    # As on a site that has the notebooks for the browser, whether or not this one has.
    opened.page.route("**/live/status", lambda route: route.fulfill(json={"lite": True}))
    opened.page.reload()
    opened.page.locator(".sms-live[data-door=lite]").wait_for()
    icons = opened.page.evaluate(ICONS)
    names = " ".join(name for name, _ in icons)
    for part in ("fa-bars", "fa-download", "fa-magnifying-glass", "sms-tested", "sms-live-start"):
        assert part in names
    assert [name for name, is_seen in icons if not is_seen] == []
    # Pictures have the reader's colours for letters and lines, whichever theme was chosen.
    for theme in ("light", "dark"):
        opened.page.evaluate(f"() => {{ document.documentElement.dataset.theme = '{theme}'; }}")
        ink, text = opened.page.evaluate("""() => {
          const line = document.createElementNS("http://www.w3.org/2000/svg", "path");
          line.style.fill = "var(--sms-ink)";
          document.querySelector(".sms-figure svg").append(line);
          return [getComputedStyle(line).fill, getComputedStyle(document.body).color];
        }""")
        assert ink == text, theme
    current = opened.page.locator("#pst-primary-sidebar .current > a")
    assert current.evaluate("(a) => getComputedStyle(a).borderLeftStyle") == "solid"


def test_whatever_takes_the_focus_in_the_frame_shows_it(visit):
    opened = visit("book/03_softmax.html")
    page, seen, without = opened.page, [], []
    page.locator(".sms-live[data-door]").wait_for()
    while len(seen) < 60:
        page.keyboard.press("Tab")
        focused = page.evaluate("""() => {
          const element = document.activeElement, style = getComputedStyle(element);
          const ring = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
          return [element.closest("article") ? "" : element.outerHTML.slice(0, 90), ring];
        }""")
        if not focused[0]:
            break
        seen.append(focused[0])
        if not focused[1]:
            without.append(focused[0])
    assert len(seen) > 15
    for part in ("#main-content", "primary-toggle", "dropdown-toggle", "theme-switch-button"):
        assert any(part in element for element in seen), part
    assert without == []


def test_paper_has_the_books_name_and_the_title(visit):
    opened = visit("book/03_softmax.html")
    page = opened.page
    expect(page.locator("h1")).to_have_count(1)
    expect(page.locator(".sms-print-book")).to_be_hidden()
    page.emulate_media(media="print")
    expect(page.locator("article h1")).to_be_visible()
    book = page.locator(".sms-print-book")
    expect(book).to_be_visible()
    expect(book).to_have_text("Softmax, Step by Step")
    name, title = book.bounding_box(), page.locator("article h1").bounding_box()
    assert name["y"] + name["height"] <= title["y"]
    padding = book.evaluate("(p) => parseFloat(getComputedStyle(p).paddingLeft)")
    assert name["x"] + padding == pytest.approx(title["x"], abs=1)
    expect(page.locator("#pst-primary-sidebar")).to_be_hidden()


@pytest.mark.parametrize("setting", ["wide-dark", "narrow-dark"])
def test_without_scripts_a_page_is_whole_dark_and_has_no_dead_button(visit, setting):
    opened = visit("book/03_softmax.html", setting, java_script_enabled=False)
    page = opened.page
    expect(page.locator("article h1")).to_be_visible()
    expect(page.locator(".katex").first).to_be_visible()
    buttons = page.locator("button:visible").evaluate_all(
        "(all) => all.map((button) => button.ariaLabel ?? button.textContent.trim())"
    )
    assert buttons == ["Download this page"]
    page.get_by_label("Download this page").focus()
    notebook = page.get_by_role("link", name="Jupyter notebook")
    expect(notebook).to_be_visible()
    with page.expect_download() as begun:
        notebook.click()
    assert begun.value.suggested_filename == "03_softmax.ipynb"
    expect(page.locator("nav.bd-links a").first).to_be_visible()
    ground, keyword, name = page.evaluate("""() => [
      [document.body, "backgroundColor"],
      [document.querySelector("pre .kn"), "color"],
      [document.querySelector("pre .nn"), "color"],
    ].map(([element, what]) => getComputedStyle(element)[what])""")
    assert max(map(int, re.findall(r"\d+", ground))) < 60
    assert keyword != name


def test_the_list_of_chapters_stays_hidden_and_the_text_in_the_middle(visit):
    opened = visit("book/03_softmax.html")
    page = opened.page
    sidebar, toggle = page.locator("#pst-primary-sidebar"), page.get_by_label("List of chapters")
    expect(toggle).to_have_attribute("aria-expanded", "true")
    toggle.focus()
    page.keyboard.press("Enter")
    expect(sidebar).to_be_hidden()
    expect(toggle).to_be_focused()
    expect(toggle).to_have_attribute("aria-expanded", "false")
    page.goto(f"{opened.home}book/references.html")
    expect(sidebar).to_be_hidden()
    box = page.locator(".bd-article-container").bounding_box()
    assert box["x"] == pytest.approx(1280 - box["x"] - box["width"], abs=20)
    # A narrow window has a drawer, which opens all the same.
    page.set_viewport_size({"width": 600, "height": 800})
    toggle.click()
    expect(page.get_by_role("link", name="3 · Softmax")).to_be_visible()
    page.keyboard.press("Escape")
    page.set_viewport_size({"width": 1280, "height": 800})
    toggle.click()
    expect(sidebar).to_be_visible()
    assert not opened.problems, "\n".join(opened.problems)


def test_the_list_opens_at_the_present_page_with_the_books_name_above(visit):
    opened = visit("book/references.html", viewport={"width": 1366, "height": 500})
    page = opened.page
    for part in (".navbar-brand", ".search-button-field", ".bd-links .current > a"):
        box = page.locator(f"#pst-primary-sidebar {part}").bounding_box()
        assert box["y"] >= 0, part
        assert box["y"] + box["height"] <= 500, part


def test_the_button_of_the_colours_says_which_are_in_use(visit):
    opened = visit("book/index.html")
    html, button = opened.page.locator("html"), opened.page.locator("button.theme-switch-button")
    seen = {}
    for _ in range(3):
        mode = html.get_attribute("data-mode")
        seen[mode] = button.get_attribute("aria-label")
        button.click()
        expect(html).not_to_have_attribute("data-mode", mode)
    assert seen == {
        "auto": "Colours: as your system",
        "light": "Colours: light",
        "dark": "Colours: dark",
    }
    assert not opened.problems, "\n".join(opened.problems)


def test_who_goes_back_up_can_go_to_the_top_but_no_widget_is_covered(visit):
    opened = visit(LONG, "narrow-light")  # a wide window shows the contents
    page = opened.page
    back = page.locator("#pst-back-to-top")

    def go_up_at(top):
        # Sections above are still laid out, and the browser then moves the page to keep its place.
        page.wait_for_function(
            f"() => {{ scrollTo(0, {top}); return Math.abs(scrollY - {top}) < 2; }}"
        )
        opened.settle()  # within one frame, the way down and the way up would be seen as one
        expect(back).to_be_hidden()
        page.evaluate("() => scrollBy(0, -100)")

    go_up_at(3000)
    expect(back).to_be_visible()
    widget = page.locator(".sms-page-widget").first
    opened.bring(widget)
    opened.rest()
    go_up_at(int(widget.evaluate("(w) => w.getBoundingClientRect().top + scrollY")))
    opened.rest()
    expect(back).to_be_hidden()
    go_up_at(3000)
    expect(back).to_be_visible()
    back.click()
    page.wait_for_function("() => scrollY === 0")
    expect(back).to_be_hidden()


COPY = """([from, to]) => {
  const range = document.createRange(), clipboardData = new DataTransfer();
  const [first, last] = [from, to].map((selector) => document.querySelector(selector));
  range.setStartBefore(first);
  range.setEndAfter(last);
  getSelection().removeAllRanges();
  getSelection().addRange(range);
  const event = new ClipboardEvent("copy", { clipboardData, bubbles: true, cancelable: true });
  first.dispatchEvent(event);
  return [clipboardData.getData("text/plain"), event.defaultPrevented];
}"""


def test_a_formula_is_copied_as_tex_once(visit):
    opened = visit("book/03_softmax.html")
    copied, _ = opened.page.evaluate(COPY, ["#equation-eq-softmax", "#equation-eq-softmax"])
    assert copied.split("\n", 1)[0] == "$$"
    assert re.sub(r"\s", "", copied) == re.sub(
        r"\s", "", r"$$ P_{ij} = \frac{e^{F_{ij}}}{\sum_{k=0}^{C-1} e^{F_{ik}}} $$ (3.5)"
    )
    # From within a formula to within another: both whole, in the lines of the text.
    inner = "#equation-eq-ratio-rule"
    text, _ = opened.page.evaluate(
        COPY, [f"p:has(+ {inner}) .katex .mord", f"{inner} .katex-html .mord"]
    )
    assert text.startswith("$u$, and the second leads the third by $v$.")
    assert text.endswith("Therefore\n\n$$\nr(u + v) = r(u)\\, r(v) .\n$$")
    # Text without a formula is the browser's own affair.
    assert opened.page.evaluate(COPY, ["article h1", "article h1"]) == ["", False]


def test_the_button_that_copies_code_fits_the_theme_and_needs_no_hover(visit):
    opened = visit("book/03_softmax.html", "narrow-dark")
    button = opened.page.locator("button.copybtn").first
    opened.rest()
    style = button.evaluate("""(b) => {
      const { opacity, backgroundColor } = getComputedStyle(b);
      return [opacity, backgroundColor === getComputedStyle(document.body).backgroundColor];
    }""")
    assert style == ["1", True]
    assert min(button.bounding_box()[side] for side in ("width", "height")) >= 24
    comment = opened.page.locator(".highlight .c1").first
    muted = opened.page.locator(".sms-footer").evaluate("(p) => getComputedStyle(p).color")
    assert comment.evaluate("(c) => getComputedStyle(c).color") == muted
    # Written from right to left, code and formulas are not.
    opened.page.evaluate("() => { document.documentElement.dir = 'rtl'; }")
    for kind in ("article pre", ".katex", ".sms-page-widget"):
        element = opened.page.locator(kind).first
        assert element.evaluate("(e) => getComputedStyle(e).direction") == "ltr", kind
    assert opened.overflow() <= 0
