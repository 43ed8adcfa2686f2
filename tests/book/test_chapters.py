"""What every chapter must have, read from its source. The chapters are those of ``_toc.yml``."""

import ast
import re
from pathlib import Path

import pytest

import softmax_steps
from softmax_book.sources import read_book
from softmax_steps import mistakes
from softmax_steps.notebook import show_code

from .reading_time import minutes_of

ROOT = Path(__file__).parents[2]
PAGES = read_book(ROOT)
CHAPTERS = {page.name: page for page in PAGES.values() if page.number is not None}
NOTEBOOKS = {page.name: page for page in PAGES.values() if page.is_notebook}
OPENING = "In this chapter"
MISTAKE = "A common mistake"
# The page's column holds some 84 characters of code, and the functions that it shows as many.
LONGEST_LINE = 80
LONGEST_CELL = 16


def test_the_chapters_are_numbered_in_the_order_in_which_they_are_read():
    numbers = [page.number for page in CHAPTERS.values()]
    assert numbers
    assert numbers == list(range(1, len(numbers) + 1))


def test_every_page_of_the_folder_stands_in_the_table_of_contents():
    """A page that is not listed is not built, its cells do not run, and no test looks at it."""
    files = {path.relative_to(ROOT).with_suffix("").as_posix() for path in ROOT.glob("book/*.md")}
    assert files == set(PAGES), "add to _toc.yml"


def test_every_page_with_cells_has_a_kernel_that_runs_them():
    for page in PAGES.values():
        assert page.is_notebook == bool(page.cells), page.name


@pytest.fixture(params=CHAPTERS)
def chapter(request):
    return CHAPTERS[request.param]


def test_the_title_begins_with_the_number(chapter):
    assert re.match(rf"{chapter.number} · \S", chapter.title)


def test_it_opens_with_what_you_will_do_learn_and_need(chapter):
    openings = [block for block in chapter.directives if block.argument == OPENING]
    assert [block.name for block in openings] == ["admonition"], f"one block: {OPENING}"
    (opening,) = openings
    assert opening.options == {"class": "tip"}
    for words in ("**You will**", "**You will learn**", "**You need**", "**Time**"):
        assert words in opening.body, f"the opening block lacks {words}"
    assert re.search(r"\d+ minutes", opening.body)
    assert opening.line < chapter.headings[1].line


def test_its_time_is_honest(chapter):
    """Within a third of what its words, formulas, code and pictures, and its exercises, take."""
    told = re.search(r"\*\*Time\*\* (\d+) minutes, and (\d+) for the exercises", chapter.text)
    assert told, f"{chapter.name}: **Time** … minutes, and … for the exercises"
    for minutes, estimate in zip(map(int, told.groups()), minutes_of(chapter), strict=True):
        assert minutes == pytest.approx(estimate, rel=1 / 3), f"{chapter.name}: {estimate:.0f}"


def test_it_has_a_recap_a_mistake_and_exercises_with_folded_solutions(chapter):
    lines = {heading.text: heading.line for heading in chapter.headings}
    assert "Recap" in lines
    mistakes = [box for box in chapter.directives if box.argument == MISTAKE]
    assert [(box.name, box.options) for box in mistakes] == [("admonition", {"class": "warning"})]
    assert len(re.findall(MISTAKE, chapter.text, re.IGNORECASE)) == 1, "not in a box"
    assert "Exercises" in lines, "no exercises"
    after = [text for text, line in lines.items() if line > lines["Exercises"]]
    is_last = chapter.number == len(CHAPTERS)
    ends = [["What you can do now"]] if is_last else [[], ["What you can do now"]]
    assert after in ends, "the exercises come last, and in the last chapter what they can do now"
    solutions = [
        block
        for block in chapter.directives
        if block.name == "dropdown" and block.argument.startswith("Solution")
    ]
    exercises = [
        stars[0]
        for paragraph in chapter.paragraphs
        if paragraph.line > lines["Exercises"]
        for stars in [re.search(r"★+(?= )", paragraph.text)]
        if stars
    ]
    assert all(block.line > lines["Exercises"] for block in solutions)
    assert 3 <= len(solutions) <= len(exercises)
    for stars in ("★", "★★", "★★★"):
        assert stars in exercises, f"no exercise with {stars}"


def test_it_ends_with_the_door_to_the_next(chapter):
    last = chapter.paragraphs[-1]
    assert last.text.startswith("**Next:**")
    assert chapter.text.rstrip().endswith(last.text)
    following = list(CHAPTERS)[chapter.number :][:1]
    targets = [link.page for link in chapter.links if link.line >= last.line]
    assert set(following) <= set(targets), f"link to {following[0]}.md"


def test_the_map_lists_every_chapter_with_its_title():
    links = [
        (link.page, link.text) for link in PAGES["book/index"].links if re.match(r"\d", link.text)
    ]
    titles = [(page.name, page.title) for page in CHAPTERS.values()]
    assert links == titles, "the table of book/index.md"


def test_no_cell_needs_the_network_or_installs_or_names_a_path(chapter):
    code = "\n".join(cell.code for cell in chapter.cells)
    unwanted = re.search(
        r"^\s*[!%]|pip install|https?://|urlopen|/home/|/tmp|sys\.path", code, re.M
    )
    assert not unwanted, unwanted
    assert not re.search(r"np\.random\.(seed|rand|randn|normal)\b", code)


def test_a_cell_is_short(chapter):
    long = []
    for cell in chapter.cells:
        lines = [line for line in cell.code.splitlines() if line.strip()]
        if len(lines) > LONGEST_CELL:
            long.append(f"line {cell.line}: {len(lines)} lines")
    assert not long, f"{chapter.name}: {long}"


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_no_line_of_a_cell_scrolls_sideways(name):
    long = [
        line
        for cell in NOTEBOOKS[name].cells
        for line in cell.code.splitlines()
        if len(line) > LONGEST_LINE
    ]
    assert not long, f"{name}: {long}"


def shown_functions(page):
    """Return the calls of ``show_code`` in a page's cells."""
    return [
        ast.unparse(node)
        for cell in page.cells
        for node in ast.walk(ast.parse(cell.code))
        if isinstance(node, ast.Call) and getattr(node.func, "id", None) == "show_code"
    ]


def imports_of_steps(page):
    """Return what a page's cells import from the modules of the package."""
    return [
        ast.unparse(node)
        for cell in page.cells
        for node in ast.walk(ast.parse(cell.code))
        if isinstance(node, ast.ImportFrom) and node.module.startswith("softmax_steps.")
    ]


def test_no_line_of_a_function_that_a_chapter_shows_scrolls_sideways(chapter):
    calls = shown_functions(chapter)
    names = {**vars(softmax_steps), "mistakes": mistakes, "show_code": show_code}
    exec("\n".join(imports_of_steps(chapter)), names)
    shown = [eval(call, names) for call in calls]
    long = [line for code in shown for line in repr(code).splitlines() if len(line) > LONGEST_LINE]
    assert not long, "\n".join(long)
    assert calls, "a chapter shows the code of its step"


def test_every_work_that_the_book_names_is_cited_where_it_helps():
    """On the page of references, and in the chapter that leans on it."""
    works = set(
        re.findall(r"^@\w+\{(\w+),", (ROOT / "book/references.bib").read_text("utf-8"), re.M)
    )
    cited = re.compile(r"\{cite(?::t)?\}`(\w+)`")
    assert set(cited.findall(PAGES["book/references"].text)) == works
    in_chapters = [key for page in CHAPTERS.values() for key in cited.findall(page.text)]
    assert set(in_chapters) == works
