"""A page is read as a reader sees it: by section, without menus, each formula once."""

import pytest

from softmax_book.pages.search.sections import Section, plain_formula, read_sections


def katex(mathml, latex, drawn):
    """A formula as KaTeX draws it: for readers of screens, its source, and for the eye."""
    return (
        f'<span class="katex"><span class="katex-mathml"><math><semantics><mrow>{mathml}</mrow>'
        f'<annotation encoding="application/x-tex">{latex}</annotation></semantics></math></span>'
        f'<span class="katex-html" aria-hidden="true"><span>{drawn}</span></span></span>'
    )


LAMBDA = katex("<mi>λ</mi><mo>=</mo><mn>0</mn>", r"\lambda = 0", "λ=0")
PAGE = f"""<html><body><nav>Menu <a href="a.html">Chapter 1</a></nav>
<form class="bd-search"><button>Search</button></form>
<article class="bd-article"><section id="softmax">
<h1>3 · Softmax<a class="headerlink" href="#softmax">#</a></h1>
<div class="sms-live"><button>Make this page live</button><p>Edit the cells.</p></div>
<div class="admonition"><p class="admonition-title">In this chapter</p><p>You will learn.</p></div>
<section id="shift"><h2>The shift, {LAMBDA}<a class="headerlink" href="#shift">#</a></h2>
<p>Only differences count. Here {LAMBDA}.</p>
<div class="sms-question" role="group"><p>Which?</p><details><ol><li>All.</li></ol></details></div>
<details class="hide"><summary><p class="admonition-title collapsed">Show the code</p></summary>
<pre><span>loss = one</span>(loss)</pre></details>
<figure><svg aria-label="A line"><text>axis</text></svg><figcaption>One run.</figcaption></figure>
<div class="sms-equation" id="equation-eq-a"><div class="math">{LAMBDA}</div>
<div class="sms-equation-side"><span class="eqno">(3.1)<a class="headerlink" href="#a">#</a></span>
<a class="sms-tested" href="#t">tested</a></div></div>
<p>After it.</p><table><tr><td>one</td><td>two</td></tr></table></section>
<section id="api"><h2>Functions</h2>
<dl class="py function"><dt class="sig" id="pkg.scores"><span class="sig-name descname">
<span class="pre">scores</span></span>(<em>X, weights</em>)</dt><dd><p>Give scores.</p></dd></dl>
<p>More.</p></section>
<section id="words"><h2>Words</h2><p>In two languages.</p>
<dl class="glossary"><dt id="term-score">score<a class="headerlink" href="#term-score">#</a></dt>
<dt id="term-2" lang="zh-Hans">得分<a class="headerlink" href="#term-2">#</a></dt>
<dd><p>A number.</p></dd>
<dt id="term-loss">loss</dt><dd><p>To be made small.</p></dd></dl></section>
</section></article><footer>By the authors</footer></body></html>"""


def test_a_page_is_read_by_section_without_what_stands_around_its_text():
    assert read_sections(PAGE) == [
        Section("", "3 · Softmax", "In this chapter: You will learn."),
        Section(
            "shift",
            "The shift, λ = 0",
            "Only differences count. Here λ = 0. One run. After it. one two",
            code="loss one",
        ),
        Section("equation-eq-a", "", "λ = 0", equation="3.1"),
        Section("api", "Functions", "More."),
        Section("pkg.scores", "scores", "Give scores.", code="weights"),
        Section("words", "Words", "In two languages."),
        Section("term-score", "score · 得分", "A number."),
        Section("term-loss", "loss", "To be made small."),
    ]


def test_a_page_without_an_article_has_no_sections():
    assert read_sections("<html><body><p>Nothing.</p></body></html>") == []


@pytest.mark.parametrize(
    ("mathml", "expected"),
    [
        ("<msub><mi>P</mi><mrow><mi>i</mi><mi>j</mi></mrow></msub>", "P_ij"),
        ("<mo>(</mo><mn>1</mn><mo>,</mo><mo>−</mo><mn>3</mn><mo>)</mo>", "(1, −3)"),
        ("<mi>a</mi><mo>−</mo><mi>b</mi>", "a − b"),
        ("<mover accent='true'><mi>y</mi><mo>^</mo></mover>", "ŷ"),
        ("<msubsup><mi>F</mi><mi>i</mi><mo>′</mo></msubsup>", "F′_i"),
        ("<msup><mi>e</mi><mrow><mo>−</mo><mn>2</mn></mrow></msup>", "e^(−2)"),
        ("<mi>log</mi><mo>\u2061</mo><mi>p</mi>", "log p"),
        ("<munderover><mo>∑</mo><mi>i</mi><mi>N</mi></munderover>", "∑_i^N"),
        ("<msqrt><mi>x</mi></msqrt><annotation>\\sqrt x</annotation>", "√x"),
    ],
)
def test_a_formula_is_read_on_one_line(mathml, expected):
    assert plain_formula(f"<math>{mathml}</math>") == expected
