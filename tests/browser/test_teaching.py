"""The page for teachers: each of its links opens a widget alone, in the state that it names."""

import re
from urllib.parse import parse_qsl

from playwright.sync_api import expect

KEEP_LINK = "() => { navigator.clipboard.writeText = () => Promise.reject(Error()); }"


def test_each_link_opens_its_widget_alone_in_the_state_that_it_names(visit):
    opened = visit("book/teaching.html")
    links = opened.page.locator("a[href*='?present=']").evaluate_all(
        "(all) => all.map((a) => a.href)"
    )
    assert len(links) >= 7
    for link in links:
        kind, state = re.search(r"\?present=(\w+)#(.*)$", link).groups()
        opened.page.goto("about:blank")
        opened.page.goto(link)
        shown = opened.page.locator(".sms-presented")
        expect(shown).to_have_count(1)
        assert shown.evaluate("(node) => node.closest('[data-widget]').dataset.widget") == kind
        # The widget's own link to its state has all that it took from the address.
        opened.page.evaluate(KEEP_LINK)
        shown.get_by_role("button", name="Copy link to this state").click()
        copied = shown.get_by_role("textbox", name="The link").input_value()
        missing = set(parse_qsl(state)) - set(parse_qsl(copied.partition("#")[2]))
        assert not missing, f"{link}: its widget says {copied}"
    assert not opened.problems, "\n".join(opened.problems)
