"""A jump within a page lands on its target, and the Contents mark where the reader is.

A page's sections are laid out on demand: one that has been in sight has its height, and a jump over
it is easy. So each jump begins on a page that knows no height: it is opened anew, or its sections
have been taken out and put back, which makes the browser forget.
"""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from softmax_book.sources import page_names

PAGES = page_names(Path(__file__).parents[2])
MANY = 40  # entries: no chapter has as many, and of a list that has, every third is chosen
LANDING = 72  # pixels below the window's top: scroll-padding-top, 4.5rem
SETTLED = "() => document.documentElement.dataset.smsSettled"
REMEMBERED = "() => document.documentElement.dataset.smsRemembered"
CONTENTS = ".bd-toc .toc-entry a, #pst-secondary-sidebar-modal .toc-entry a"
TOP = """(hash) => document.getElementById(decodeURIComponent(hash.slice(1)))
  .getBoundingClientRect().top"""
AT_END = "() => Math.ceil(scrollY) + innerHeight >= document.documentElement.scrollHeight - 1"


def open_anew(opened, page, wait_until="load", place=""):
    """Open a page as a visitor does, not as one who reloads it."""
    opened.page.goto("about:blank")
    opened.page.goto(f"{opened.home}{page}.html{place}", wait_until=wait_until)


def assert_landed(opened, hash_, near=LANDING):
    opened.page.wait_for_function(SETTLED)
    top = opened.page.evaluate(TOP, hash_)
    is_right = abs(top - near) < 2 or (top > near and opened.page.evaluate(AT_END))
    assert is_right, f"{opened.page.url}: {hash_} is {top:.0f} px below the window's top"


def choose(opened, number):
    """Choose an entry of the page's Contents; return its address."""
    opener = opened.page.locator(".secondary-toggle")
    if opener.is_visible():
        opener.click()
    entry = opened.page.locator(CONTENTS).nth(number)
    hash_ = entry.get_attribute("href")
    if not entry.is_visible():  # it is shown once what it belongs to is reached
        entry.locator("xpath=ancestor::li[2]/a").click()
    entry.click()
    return hash_


# Takes the sections out of the page and puts them back. Returns the heights of those far below that
# are laid out when a reader comes near: the first two are laid out at once.
FORGET = """() => new Promise((done) => {
  scrollTo(0, 0);
  const sections = [...document.querySelectorAll(".bd-article > section > section")];
  const places = sections.map((section) => {
    const place = document.createElement("p");
    section.replaceWith(place);
    return place;
  });
  const drawn = (next) => requestAnimationFrame(() => requestAnimationFrame(next));
  drawn(() => {
    places.forEach((place, k) => place.replaceWith(sections[k]));
    drawn(() => {
      const later = sections.filter((each) => getComputedStyle(each).contentVisibility === "auto");
      const boxes = later.map((section) => section.getBoundingClientRect());
      done(boxes.filter(({ top }) => top > 5 * innerHeight).map(({ height }) => height));
    });
  });
})"""
GUESS = 1500  # pixels, in book.css: the height of a section that has not been laid out


def forget_heights(opened):
    """Bring a page that is open into the state of one that has just been opened."""
    opened.page.wait_for_function(REMEMBERED)  # it lays out no more by itself
    assert set(opened.page.evaluate(FORGET)) <= {GUESS}


# Brings an entry into sight and returns a place on it; nothing where it is hidden or covered.
AIM = """(entry) => {
  entry.scrollIntoView({ block: "nearest" });
  const [line] = entry.getClientRects();
  if (!line) return null;
  const place = [line.left + line.width / 2, line.top + line.height / 2];
  return entry.contains(document.elementFromPoint(...place)) ? place : null;
}"""


def press(opened, number):
    """Choose an entry of a page that stands still; `choose` waits for that, at some cost."""
    place = opened.page.locator(CONTENTS).nth(number).evaluate(AIM)
    if place:
        opened.page.mouse.click(*place)
    else:
        choose(opened, number)


@pytest.mark.parametrize("page", PAGES)
def test_the_entries_of_the_contents_land_from_a_fresh_page(visit, page):
    opened = visit(f"{page}.html")
    entries = opened.page.locator(CONTENTS)
    hashes = entries.evaluate_all("(links) => links.map((link) => link.getAttribute('href'))")
    # While the page still lays itself out: every fifth, or five of them on a page of many.
    while_it_opens = range(1, len(hashes), max(5, len(hashes) // 4))
    step = 1 if len(hashes) <= MANY else 3
    for number, hash_ in enumerate(hashes):
        if number % step and number not in while_it_opens and number < len(hashes) - 1:
            continue
        if number in while_it_opens:
            open_anew(opened, page, "domcontentloaded")
            choose(opened, number)
        elif number == 0:
            choose(opened, number)
        else:
            forget_heights(opened)
            press(opened, number)
        assert_landed(opened, hash_)
        current = opened.page.locator("#pst-page-toc-nav [aria-current]")
        expect(current).to_have_attribute("href", hash_)
    assert not opened.problems, "\n".join(opened.problems)


@pytest.mark.parametrize("page", [page for page in PAGES if page[-1:] != "x"])
def test_on_a_phone_the_last_entries_land_and_close_the_drawer(visit, page):
    opened = visit(f"{page}.html", "narrow-light")
    count = opened.page.locator("#pst-page-toc-nav a").count()
    first = max(0, count - 2)
    for number in range(first, count):
        if number > first:
            forget_heights(opened)
        hash_ = choose(opened, number)
        expect(opened.page.locator("#pst-secondary-sidebar-modal")).not_to_be_visible()
        assert_landed(opened, hash_)


LONG = "book/06_gradient"


def test_links_addresses_and_the_way_back_land_too(visit):
    opened = visit(f"{LONG}.html")
    page = opened.page
    # An equation from the text of a fresh page, and back to where the link was.
    page.wait_for_function(REMEMBERED)
    link = page.locator("a[href^='#equation-']").last
    link.scroll_into_view_if_needed()
    page.wait_for_function(SETTLED)
    before = page.evaluate("() => scrollY")
    hash_ = link.get_attribute("href")
    link.click()
    page.wait_for_url(f"**{hash_}", wait_until="commit")
    page.wait_for_function(SETTLED)
    assert 0 < page.evaluate(TOP, hash_) < 300
    page.go_back()
    page.wait_for_function(f"() => Math.abs(scrollY - {before}) < 3")
    # The address of a section, typed into a page that is open, and from elsewhere.
    for typed in (True, False):
        open_anew(opened, LONG, place="" if typed else "#what-must-be-so")
        if typed:
            page.wait_for_function(SETTLED)
            page.evaluate("() => { location.hash = '#what-must-be-so'; }")
        assert_landed(opened, "#what-must-be-so")
    # Reload, and Back from another page: where the reader was, not where the address points.
    page.mouse.wheel(0, 700)
    page.wait_for_function(
        f"() => document.querySelector('#what-must-be-so')"
        f".getBoundingClientRect().top < {LANDING - 690}"
    )
    for away in (page.reload, lambda: (page.goto(f"{opened.home}book/index.html"), page.go_back())):
        away()
        page.wait_for_function(SETTLED)
        top = page.evaluate(TOP, "#what-must-be-so")
        assert abs(top - (LANDING - 700)) < 3, top


# What stands above the reader is not yet as it was when the browser goes back to a height.
GROWS = """addEventListener("load", () => {
  const late = document.createElement("div");
  late.style.height = "333px";
  document.querySelector(".bd-article h1").after(late);
}, { capture: true })"""


def test_back_and_reload_find_the_place_whatever_comes_late_above_it(visit):
    opened = visit(f"{LONG}.html#what-must-be-so")
    page = opened.page
    assert_landed(opened, "#what-must-be-so")
    page.evaluate("() => scrollBy(0, 200)")
    page.wait_for_function(REMEMBERED)
    before = page.evaluate(TOP, "#what-must-be-so")
    page.add_init_script(GROWS)
    for away in (page.reload, lambda: (page.goto(f"{opened.home}book/index.html"), page.go_back())):
        away()
        page.wait_for_function(SETTLED)
        assert abs(page.evaluate(TOP, "#what-must-be-so") - before) < 3


def test_the_contents_follow_the_reader(visit):
    opened = visit(f"{LONG}.html")
    page = opened.page
    current = page.locator("#pst-page-toc-nav [aria-current]")
    hashes = [link.get_attribute("href") for link in page.locator("#pst-page-toc-nav a").all()]
    for hash_ in (*hashes[::3], hashes[-1]):
        page.locator(hash_).evaluate("(section) => section.scrollIntoView()")
        expect(current).to_have_attribute("href", hash_)
    page.evaluate("() => scrollTo(0, 0)")
    expect(current).to_have_count(0)


def test_a_drawer_has_a_button_that_closes_it(visit):
    opened = visit("book/03_softmax.html", "narrow-light")
    for name in ("primary", "secondary"):
        drawer = opened.page.locator(f"#pst-{name}-sidebar-modal")
        expect(opened.page.locator(".sms-close-drawer").locator("visible=true")).to_have_count(0)
        opened.page.locator(f".{name}-toggle").click()
        drawer.get_by_role("button", name="Close").click()
        expect(drawer).not_to_be_visible()


def test_a_jump_leaves_the_widgets_alone_and_back_leaves_the_page(visit):
    opened = visit("book/index.html")
    opened.page.goto(f"{opened.home}book/05_regularization.html")
    (place, *_) = opened.widgets()
    slider = place.locator("input[type=range]").first
    start = slider.input_value()
    opened.page.wait_for_function(SETTLED)
    for _ in range(3):
        slider.press("ArrowRight")
        moved = slider.input_value()
        opened.page.wait_for_function("(old) => location.href !== old", arg=opened.page.url)
    address = opened.page.url
    assert moved != start
    choose(opened, 0)
    opened.page.wait_for_url(lambda url: url != address, wait_until="commit")
    opened.page.wait_for_function(SETTLED)
    assert slider.input_value() == moved
    opened.page.go_back()  # from the section to the widget's place
    opened.page.wait_for_url(address, wait_until="commit")
    assert slider.input_value() == moved
    opened.page.go_back()
    opened.page.wait_for_url("**/book/index.html", wait_until="commit")
