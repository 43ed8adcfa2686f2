"""A chapter that a sentence names is a link to it, with a card, and nothing else becomes one."""

import re

import pytest
from docutils import nodes

from softmax_book.pages.chapter_links import link_chapters
from softmax_book.pages.questions import Tagged

from ..page_reader import name_of

PLAIN = re.compile(r"\b[Cc]hapters?[\s\N{NO-BREAK SPACE}]\d")
CHAPTERS = re.compile(r"\d\d_\w+\.html")


def linked(*children, wrap=nodes.paragraph):
    """Return what is linked in a paragraph of chapter 2: the words and their addresses."""
    holder = wrap() if wrap is nodes.container else wrap("", "")
    holder += children
    document = nodes.container("", holder)
    text = document.astext()
    known = {str(n): f"{n:02}.html" for n in (1, 3, 4, 10)}
    link_chapters(document, known.get)
    assert document.astext() == text
    return [(link.astext(), link["refuri"]) for link in document.findall(nodes.reference)]


@pytest.mark.parametrize(
    ("text", "links"),
    [
        ("As in Chapter 3, so here.", [("Chapter 3", "03.html")]),
        ("Chapter\N{NO-BREAK SPACE}1's", [("Chapter\N{NO-BREAK SPACE}1", "01.html")]),
        ("in\nchapter\n10", [("chapter\n10", "10.html")]),
        ("Chapters 1 and 3", [("Chapters 1", "01.html"), ("3", "03.html")]),
        (
            "Chapters 1, 3 and 4 show 3 digits",
            [("Chapters 1", "01.html"), ("3", "03.html"), ("4", "04.html")],
        ),
        ("Chapters 2 to 4", [("4", "04.html")]),  # this page is chapter 2
        ("Chapter 3 and 4 samples", [("Chapter 3", "03.html")]),
        ("Chapters 3 and 4.5 nats", [("Chapters 3", "03.html")]),
        ("Chapter 2, Chapter 12, chapters, a Chapter 1b", []),
    ],
)
def test_a_named_chapter_becomes_a_link(text, links):
    assert linked(nodes.Text(text)) == links


@pytest.mark.parametrize(
    "node",
    [
        nodes.title, nodes.rubric, nodes.caption, nodes.literal, nodes.math, nodes.raw, nodes.term,
    ],
)  # fmt: skip
def test_headings_captions_and_code_have_no_links(node):
    assert linked(node("", "Chapter 3")) == []
    assert linked(nodes.emphasis("", "Chapter 3"), wrap=nodes.title) == []


def test_a_link_stays_as_it_is():
    link = nodes.reference("", "", nodes.inline("", "Chapter 3"), refuri="elsewhere.html")
    assert linked(link) == [("Chapter 3", "elsewhere.html")]


@pytest.mark.parametrize(
    ("tag", "cls", "count"),
    [
        ("ol", "sms-question-options", 0),
        ("div", "sms-question-given", 0),
        ("summary", "", 0),
        ("div", "sms-question-reason", 1),
        ("div", "sms-question-text", 1),
    ],
)
def test_what_is_pressed_in_a_question_has_no_links(tag, cls, count):
    element = Tagged(
        "", nodes.paragraph("", "Chapter 3"), tag=tag, classes=cls.split(), attributes_of_tag={}
    )
    assert len(linked(element, wrap=nodes.container)) == count


def test_a_chapter_of_another_book_is_not_ours():
    book = nodes.inline("", "Prince [19]", classes=["bibtex-citation"])
    assert linked(book, nodes.Text(", Chapters 3 to 10")) == []
    book = nodes.inline("", "Prince [19]", classes=["bibtex-citation"])
    assert linked(book, nodes.Text(", Chapter 3 for one, and Chapter 4 for two")) == []
    book = nodes.inline("", "Prince [19]", classes=["bibtex-citation"])
    assert linked(book, nodes.Text(", Chapter 3. Chapter 4 does")) == [("Chapter 4", "04.html")]
    book = nodes.inline("", "Murphy [18]", classes=["bibtex-citation"])
    assert linked(book, nodes.Text(" has Chapter 10")) == [("Chapter 10", "10.html")]


def test_on_the_site_no_chapter_is_left_plain(site):
    """What stands plain is this chapter, or one of another book, or is pressed or read as code."""
    left = {}
    for path in sorted((site / "book").glob("*.html")):
        page = path.read_text("utf-8")
        article = page.partition('<article class="bd-article"')[2].partition("</article>")[0]
        text = article.partition('<template id="sms-cards">')[0]
        for links in (r"<a\b.*?</a>", r"<h\d.*?</h\d>", r"<pre.*?</pre>", r"<code.*?</code>"):
            text = re.sub(links, "", text, flags=re.DOTALL)
        text = re.sub(r'(?<=bibtex)-citation"[^;:]*?</span>, [Cc]hapters?[^.;:]*', "", text)
        for pressed in (r'<ol class="sms-question-options.*?</ol>', r"<summary.*?</summary>"):
            text = re.sub(pressed, "", text, flags=re.DOTALL)
        own = re.match(r"(\d\d)_", path.name)
        for found in PLAIN.finditer(text):
            words = text[found.start() : found.end() + 1]
            if not own or int(re.search(r"\d+", words)[0]) != int(own[1]):
                left.setdefault(path.name, []).append(text[found.start() - 60 : found.end() + 20])
    assert left == {}


def test_each_link_to_a_chapter_has_its_card(pages, site):
    for page in pages:
        text = page.path.read_text("utf-8")
        article, _, cards = text.partition('<template id="sms-cards">')
        article = article.partition('<article class="bd-article"')[2]
        for address in re.findall(r'<a class="reference internal" href="([^"#]+)">', article):
            if CHAPTERS.fullmatch(address):
                assert f'data-card="{address}"' in cards, (name_of(page, site), address)
