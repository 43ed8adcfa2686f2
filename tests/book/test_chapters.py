"""What every chapter must have, read from its source."""

import re
from pathlib import Path

import pytest

BOOK = Path(__file__).parents[2] / "book"
CHAPTERS = sorted(path.stem for path in BOOK.glob("0[1-7]_*.md"))
CELL = re.compile(
    r"^```\{code-cell\}[^\n]*\n(?:---\n.*?^---\n)?(.*?)^```", re.MULTILINE | re.DOTALL
)


def test_all_seven_chapters_are_there():
    numbers = [name[:2] for name in CHAPTERS]
    assert numbers == ["01", "02", "03", "04", "05", "06", "07"]


@pytest.fixture(params=CHAPTERS)
def chapter(request):
    return request.param, (BOOK / f"{request.param}.md").read_text("utf-8")


def test_the_title_begins_with_the_number(chapter):
    name, text = chapter
    assert re.search(rf"^# {int(name[:2])} · \S", text, re.MULTILINE)


def test_it_opens_with_what_you_will_do_learn_and_need(chapter):
    _, text = chapter
    opening = re.search(
        r"^:::\{admonition\} In this chapter\n:class: tip\n(.*?)^:::", text, re.M | re.S
    )
    assert opening, "no opening block"
    for words in ("**You will**", "**You will learn**", "**You need**", "**Time**"):
        assert words in opening[1], f"the opening block lacks {words}"
    assert re.search(r"\d+ minutes", opening[1])
    assert text.index(opening[0]) < text.index("\n## ")


def test_it_has_a_recap_a_mistake_and_exercises_with_folded_solutions(chapter):
    _, text = chapter
    assert re.search(r"^## Recap", text, re.MULTILINE)
    assert re.search(r"common mistake", text, re.IGNORECASE)
    exercises = re.search(r"^## Exercises\n(.*)\Z", text, re.MULTILINE | re.DOTALL)
    assert exercises, "no exercises"
    solutions = len(re.findall(r"\{dropdown\} Solution", exercises[1]))
    asked = len(re.findall(r"★+", re.sub(r"★★*", "★", exercises[1])))
    assert solutions >= 3
    assert asked >= solutions
    for stars in ("★ ", "★★ ", "★★★ "):
        assert re.search(rf"(?<!★){stars}", exercises[1]), f"no exercise with {stars}"


def test_it_ends_with_the_door_to_the_next(chapter):
    name, text = chapter
    last = text.rstrip().splitlines()[-1]
    assert last.startswith("**Next:**")
    number = int(name[:2])
    if number < 7:
        following = CHAPTERS[number]
        assert f"({following}.md)" in last


def test_no_cell_needs_the_network_or_installs_or_names_a_path(chapter):
    _, text = chapter
    code = "\n".join(CELL.findall(text))
    found = re.search(r"^\s*[!%]|pip install|https?://|urlopen|/home/|/tmp|sys\.path", code, re.M)
    assert not found, found
    assert not re.search(r"np\.random\.(seed|rand|randn|normal)\b", code)


def test_a_cell_is_short(chapter):
    name, text = chapter
    long = []
    for cell in CELL.findall(text):
        lines = [line for line in cell.splitlines() if line.strip() and not line.startswith(":")]
        if len(lines) > 16:
            long.append(f"{len(lines)} lines: {lines[0]}")
    assert not long, f"{name}: {long}"


@pytest.mark.parametrize("name", ["index", "notation", *CHAPTERS])
def test_no_line_of_a_cell_scrolls_sideways(name):
    """The page's column holds some 84 characters of code."""
    text = (BOOK / f"{name}.md").read_text("utf-8")
    long = [line for cell in CELL.findall(text) for line in cell.splitlines() if len(line) > 82]
    assert not long, f"{name}: {long}"
