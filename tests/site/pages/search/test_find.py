"""What readers type, and what they should find: asked of the built book."""

import pytest

from softmax_book.building.npm import bundle
from softmax_book.edition import BookError
from softmax_book.pages.search import index

from ....node import run_node
from ...live.serving import ROOT

READ = 'const data = JSON.parse((await import("node:fs")).readFileSync(0, "utf8"));'

# A query, and what must be among the first three hits: a part of the address.
WANTED = {
    "softmax": "book/03_softmax.html",
    "lambda": "book/05_regularization.html#change-lambda",
    "λ": "book/05_regularization.html#change-lambda",
    "regularisation": "book/05_regularization.html",
    "weight decay": "book/05_regularization.html",
    "logsumexp": "book/04_cross_entropy.html#the-logarithm-of-a-probability",
    "log sum exp": "book/04_cross_entropy.html#the-logarithm-of-a-probability",
    "cross entropy": "book/04_cross_entropy.html",
    "mask": "book/02_overflow_guard.html#five-rows-that-fail",
    "(3.5)": "book/03_softmax.html#equation-eq-softmax",
    "equation 3.5": "book/03_softmax.html#equation-eq-softmax",
    "(13)": "book/04_cross_entropy.html#equation-eq-cross-entropy-from-scores",
    "softmx": "book/03_softmax.html",
    "sofmtax": "book/03_softmax.html",
    "soft max": "book/03_softmax.html",
    "temperture": "book/03_softmax.html#temperature-how-much-is-one-unit-worth",
    "gradi": "book/06_gradient.html",
    "loss_and_gradient": "book/api.html#softmax_steps.loss_and_gradient",
    "for teachers": "book/teaching.html",
}


@pytest.fixture(scope="module")
def answers(site):
    program = f"""{READ}
    globalThis.window = {{}};
    await import(data.script);
    const find = await window.softmaxFind;
    console.log(JSON.stringify(data.queries.map(find)));"""
    queries = [*WANTED, "colours", "colors", "xyzzyq", "  ", "nan"]
    script = (site / "_static" / "search" / "book.js").as_uri()
    return dict(
        zip(queries, run_node(program, {"script": script, "queries": queries}), strict=True)
    )


def test_what_readers_type_leads_to_its_section(answers):
    first = {query: [hit["address"] for hit in answers[query]["hits"][:3]] for query in WANTED}
    missed = {query: found for query, found in first.items() if WANTED[query] not in found}
    assert missed == {}


def test_a_chapter_comes_before_the_functions(answers):
    for query in ("softmax", "gradi", "cross entropy", "regularisation", "softmx"):
        assert answers[query]["hits"][0]["address"].startswith("book/0"), query


def test_both_spellings_find_the_same(answers):
    british, american = (answers[word]["hits"] for word in ("colours", "colors"))
    assert british == american
    assert british


def test_a_slip_of_the_pen_is_said_and_a_right_word_is_not_corrected(answers):
    assert answers["softmx"]["corrected"] == ["softmax"]
    assert answers["softmax"]["corrected"] == []
    assert answers["xyzzyq"] == answers["  "] == {"hits": [], "corrected": []}


def test_an_excerpt_shows_the_word_in_text_that_a_person_can_read(answers):
    for query, word in (("nan", "nan"), ("temperture", "temperature")):
        for hit in answers[query]["hits"][:3]:
            assert word in f"{hit['title']} {hit['excerpt']}".lower(), query
    for answer in answers.values():
        for hit in answer["hits"]:
            assert len(hit["excerpt"]) < 200
            assert not {"\\", "\u2061"} & set(hit["excerpt"])
            assert "Show the code" not in hit["excerpt"]


def test_every_hit_leads_to_a_place_that_is_there(answers, pages, site):
    ids = {page.path.relative_to(site).as_posix(): page.ids for page in pages}
    for answer in answers.values():
        for hit in answer["hits"]:
            page, _, anchor = hit["address"].partition("#")
            assert not anchor or anchor in ids[page], hit["address"]


def test_sphinx_makes_no_index_of_its_own(site):
    assert not (site / "searchindex.js").exists()


def test_a_chinese_book_is_searched_by_words(tmp_path):
    section = {"page": 0, "code": "", "equation": ""}
    book = {
        "pages": [{"address": "a.html", "title": "交叉熵", "weight": 1}],
        "sections": [
            {**section, "anchor": "", "title": "交叉熵", "text": "损失函数有三个要求。"},
            {**section, "anchor": "b", "title": "梯度", "text": "交叉熵的梯度，softmax 与 λ。"},
        ],
        "synonyms": [["梯度", "gradient"]],
    }
    bundle(ROOT, index.HERE / "find.js", tmp_path, options=["--out-extension:.js=.mjs"])
    program = f"""{READ}
    const {{ makeFinder, places }} = await import(data.script);
    const find = await makeFinder(data.book);
    console.log(JSON.stringify([
      ...data.queries.map((query) => find(query).hits.map(({{ address }}) => address)),
      places("交叉熵的梯度", ["梯度"]),
    ]));"""
    queries = ["交叉熵", "损失函数", "gradient", "softmax", "卷积"]
    data = {"script": (tmp_path / "find.mjs").as_uri(), "book": book, "queries": queries}
    *found, unknown, places = run_node(program, data)
    assert found == [["a.html", "a.html#b"], ["a.html"], ["a.html#b"], ["a.html#b"]]
    assert unknown == []
    assert places == [[4, 6]]


@pytest.mark.parametrize("text", ["a: b", "- one", "- [one]", "- [one, 2]", "- [one, no]"])
def test_words_that_are_no_groups_are_refused(tmp_path, text):
    path = tmp_path / "search.yml"
    path.write_text(text)
    with pytest.raises(BookError, match=r"search\.yml has .*; expected a list of two or more"):
        index.read_synonyms(path)


def test_a_book_may_have_no_synonyms(tmp_path):
    assert index.read_synonyms(tmp_path / "search.yml") == []
