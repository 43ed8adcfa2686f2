"""The search box: opened by a key, used with the keys alone, and on a page of its own."""

import re

import pytest
from playwright.sync_api import expect

FIELD = "#pst-search-dialog input[type=search]"
OPTIONS = "#pst-search-dialog [role=option]"
STATUS = "#pst-search-dialog [role=status]"


def ask(page, words):
    """Open the box by its key, and type once the field has the keys."""
    page.keyboard.press("/")
    expect(page.locator(FIELD)).to_be_focused()
    page.keyboard.type(words)


def test_with_the_keys_alone_a_reader_comes_to_a_section(visit, axe):
    opened = visit("book/06_gradient.html")
    page, asked = opened.page, []
    page.on("request", lambda request: asked.append(request.url))
    field, options = page.locator(FIELD), page.locator(OPTIONS)
    for key in ("Control+K", "/"):  # each opens it, Escape closes it
        page.keyboard.press(key)
        expect(field).to_be_focused()
        page.keyboard.press("Escape")
        expect(field).to_be_hidden()
    ask(page, "temperture")
    expect(options.first).to_contain_text("Temperature: how much is one unit worth?")
    expect(options.first).to_contain_text("3 · Softmax")
    expect(options.first.locator("mark").first).to_have_text("Temperature")
    count = options.count()
    said = r"^Nothing has “temperture”\. \d+ sections with “temperature”, “temperatures”\."
    expect(page.locator(STATUS)).to_have_text(re.compile(said))
    assert opened.barriers(axe, exclude=[".bd-container"]) == []
    # From elsewhere in the box the key leads back into the field.
    page.locator(f"{STATUS} a").focus()
    page.keyboard.press("/")
    expect(field).to_be_focused()
    # The arrows go round; what they choose is said and seen.
    for key, chosen in (("ArrowUp", count - 1), ("ArrowDown", 0), ("ArrowDown", 1), ("ArrowUp", 0)):
        page.keyboard.press(key)
        option = options.nth(chosen)
        expect(option).to_have_attribute("aria-selected", "true")
        expect(field).to_have_attribute("aria-activedescendant", option.get_attribute("id"))
        expect(page.locator(f"{OPTIONS}[aria-selected=true]")).to_have_count(1)
    page.keyboard.press("Enter")
    page.wait_for_url("**/03_softmax.html#temperature-how-much-is-one-unit-worth")
    page.wait_for_function("() => document.documentElement.dataset.smsSettled")
    heading = page.locator("#temperature-how-much-is-one-unit-worth > h2")
    assert abs(heading.evaluate("(h) => h.parentElement.getBoundingClientRect().top") - 72) < 2
    expect(page.get_by_text("Hide Search Matches")).to_have_count(0)
    assert sum(url.endswith("_static/search/book.js") for url in asked) == 1
    assert not opened.problems, "\n".join(opened.problems)


# Both keys before the browser draws: until then the field that was closed still has the focus.
AT_ONCE = """() => {
  for (const key of ["Escape", "/"]) {
    const options = { key, bubbles: true, cancelable: true };
    document.activeElement.dispatchEvent(new KeyboardEvent("keydown", options));
  }
  return document.querySelector("#pst-search-dialog").open;
}"""


def test_the_key_opens_a_box_that_has_just_been_closed(visit):
    opened = visit("book/index.html")
    ask(opened.page, "")
    assert opened.page.evaluate(AT_ONCE)
    opened.settle()
    opened.page.keyboard.type("softmax")
    expect(opened.page.locator(FIELD)).to_have_value("softmax")
    expect(opened.page.locator(OPTIONS).first).to_be_visible()


def test_nothing_of_the_book_is_loaded_before_the_box_is_used(visit):
    asked = []
    opened = visit("book/index.html")
    opened.page.on("request", lambda request: asked.append(request.url))
    opened.page.reload(wait_until="load")
    assert any("search/box.js" in url for url in asked)
    assert not any("search/book.js" in url for url in asked)
    # In a field, "/" is a letter.
    ask(opened.page, "/")
    expect(opened.page.locator(FIELD)).to_have_value("/")


@pytest.mark.parametrize("setting", ["wide-light", "narrow-dark"])
def test_a_hit_on_the_same_page_closes_the_box_and_says_how_many_there_are(visit, setting):
    opened = visit("book/03_softmax.html", setting)
    page = opened.page
    page.locator(".search-button__button:visible").first.click()
    page.keyboard.type("softmax")
    options = page.locator(OPTIONS)
    expect(options).to_have_count(12)
    status = page.locator(STATUS)
    expect(status).to_contain_text("sections. The first 12 are here. See all")
    assert opened.overflow() <= 0
    all_of_them = int(status.inner_text().split()[0])
    page.locator(FIELD).fill("odds log")
    expect(status).not_to_contain_text("See all")
    expect(status).to_have_text(f"{options.count()} sections.")
    page.locator(FIELD).fill("drag the scores")
    options.filter(has_text="Drag the scores").first.click()
    page.wait_for_url("**/03_softmax.html#drag-the-scores", wait_until="commit")
    expect(page.locator(FIELD)).to_be_hidden()
    # All of them, on the page of the search, by its address.
    page.goto(f"{opened.home}search.html?q=softmax")
    expect(page.locator("main .sms-search-results li")).to_have_count(all_of_them)
    expect(page.locator("main [role=status]")).to_have_text(f"{all_of_them} sections.")
    assert opened.overflow() <= 0
    page.locator("main input[type=search]").fill("xyzzyq")
    expect(page.locator("main [role=status]")).to_have_text("Nothing in the book has “xyzzyq”.")
    page.wait_for_url("**/search.html?q=xyzzyq")
    assert not opened.problems, "\n".join(opened.problems)


def test_a_book_on_the_disk_is_searched_too(visit, site):
    opened = visit("book/index.html", home=f"{site.as_uri()}/")
    ask(opened.page, "overflow")
    opened.page.locator(OPTIONS).first.click()
    expect(opened.page.locator("article h1")).to_contain_text("2 · The overflow guard")
    assert not opened.problems, "\n".join(opened.problems)


def test_a_search_that_cannot_be_loaded_says_so_and_is_tried_again(visit):
    opened = visit("book/index.html", intercepting=True)
    page = opened.page
    page.route("**/search/book.js", lambda route: route.abort())
    ask(page, "loss")
    expect(page.locator(STATUS)).to_have_text(
        "The search could not be loaded. Reload the page and try again."
    )
    page.unroute("**/search/book.js")
    page.keyboard.type("es")
    expect(page.locator(OPTIONS).first).to_be_visible()
