import re
import textwrap
from pathlib import Path

import pytest

from softmax_book.equations import (
    find_tests,
    read_equation_tests,
    read_equations,
    register_faults,
    same_latex,
)
from softmax_book.sources import read_text

ROOT = Path(__file__).parents[2]


def test_every_labelled_equation_has_a_test_that_quotes_it():
    equations = read_equations(ROOT)
    assert equations, "the register sees no equation at all"
    faults = register_faults(equations, read_equation_tests(ROOT / "tests" / "book" / "equations"))
    assert not faults, "\n\n" + "\n".join(faults)


CHAPTER = r"""
# A chapter

$$
a = b .
$$ (eq-first)

$$ 1 + 1 = 2 $$

:::{admonition} Also here
$$
\begin{aligned}
c &= d
\end{aligned}
$$ (eq-second)
:::

```{math}
:label: eq-third
e = f
```

> $$
> g = h
> $$ (eq-fourth)

Code is no equation: `$$ x $$ (eq-inline)`.

```{code-cell} ipython3
print("$$ x $$ (eq-in-code)")
```

```python
"$$ x $$ (eq-in-block)"
```
"""

TESTS = r'''
import pytest

@pytest.mark.equation("eq-first")
def test_first():
    r"""a = b"""
    assert True

@pytest.mark.equation("eq-second")
@pytest.mark.equation("eq-third")
@pytest.mark.equation("eq-fourth")
def test_others():
    r"""
    \begin{aligned} c &= d \end{aligned}
    e = f
    g = h
    """

def helper():
    pass
'''


def faults_of(chapter=CHAPTER, tests=TESTS, file="test_03_softmax.py"):
    return register_faults(read_text(chapter, "03_softmax").equations, find_tests(tests, file))


def test_test_functions_are_found_with_their_labels_and_source():
    first, others = find_tests(TESTS, "test_03_softmax.py")
    assert first.labels == ("eq-first",)
    assert first.latex == "a = b"
    assert first.source.startswith('@pytest.mark.equation("eq-first")\ndef test_first')
    assert first.source.endswith("assert True")
    assert set(others.labels) == {"eq-second", "eq-third", "eq-fourth"}


def test_a_register_in_order_has_no_faults():
    assert faults_of() == []


def test_one_test_for_equations_of_two_pages_stands_with_either():
    here = read_text("$$ a = b $$ (eq-here)\n", "03_softmax").equations
    there = read_text("$$ 2a = 2b $$ (eq-there)\n", "notation").equations
    both = (
        '@pytest.mark.equation("eq-here")\n@pytest.mark.equation("eq-there")\n'
        'def test_both():\n    r"""a = b\n\n    2a = 2b"""\n'
    )
    for file, faults in (("03_softmax", 0), ("notation", 0), ("04_cross_entropy", 2)):
        found = register_faults([*here, *there], find_tests(both, f"test_{file}.py"))
        assert len(found) == faults, found


@pytest.mark.parametrize(
    ("chapter", "tests", "file", "word"),
    [
        (CHAPTER + "\n$$ x = y $$ (eq-new)\n", TESTS, "test_03_softmax.py", "eq-new has no test"),
        (CHAPTER.replace("a = b", "a = -b"), TESTS, "test_03_softmax.py", "does not hold eq-first"),
        (CHAPTER.replace("(eq-first)", "(eq-1st)"), TESTS, "test_03_softmax.py", "no chapter has"),
        (CHAPTER.replace("eq-fourth", "eq-third"), TESTS, "test_03_softmax.py", "this label, too"),
        (CHAPTER.replace("(eq-first)", "(first)"), TESTS, "test_03_softmax.py", "begin with 'eq-'"),
        (
            CHAPTER,
            TESTS,
            "test_04_cross_entropy.py",
            "Move it to tests/book/equations/test_03",
        ),
        (CHAPTER, TESTS + "\ndef test_x():\n    pass\n", "test_03_softmax.py", "names no equation"),
    ],
)
def test_each_fault_is_named(chapter, tests, file, word):
    assert word in "\n".join(faults_of(chapter, tests, file))


def test_white_space_and_the_final_stop_do_not_count():
    docstring = textwrap.dedent(
        r"""
        P_{ij} = \frac{e^{F_{ij}}}
                      {\sum_k e^{F_{ik}}}
        """
    )
    assert same_latex(docstring, r"P_{ij}=\frac{e^{F_{ij}}}{\sum_k e^{F_{ik}}} .")
    assert same_latex(docstring + r"\,.", r"P_{ij}=\frac{e^{F_{ij}}}{\sum_k e^{F_{ik}}}")
    assert not same_latex(docstring, r"P_{ij}=\frac{e^{F_{ij}}}{\sum_k e^{F_{jk}}}")


def test_the_site_shows_each_equation_with_its_test(site):
    page = (site / "book" / "equations.html").read_text("utf-8")
    for equation in read_equations(ROOT):
        chapter = (site / "book" / f"{equation.chapter}.html").read_text("utf-8")
        assert f'href="equations.html#test-{equation.label}"' in chapter
        assert f'id="test-{equation.label}"' in page
        assert f'id="equation-{equation.label}"' in chapter
    for test in read_equation_tests(ROOT / "tests" / "book" / "equations"):
        assert test.name in page


def test_a_reference_shows_the_number_that_stands_beside_the_equation(site):
    numbers = {}
    for page in sorted((site / "book").glob("*.html")):
        for number, anchor in re.findall(
            r'<span class="eqno">\(([^)]+)\)<a class="headerlink" href="#([^"]+)"',
            page.read_text("utf-8"),
        ):
            numbers[page.name, anchor] = number
    assert len(set(numbers.values())) == len(numbers)
    for page in sorted((site / "book").glob("*.html")):
        for target, anchor, number in re.findall(
            r'<a class="reference internal" href="([^"#]*)#(equation-eq-[^"]+)">\(([^)]+)\)</a>',
            page.read_text("utf-8"),
        ):
            assert numbers[target or page.name, anchor] == number
